//! What the macros make of code: `todo!()`, panics, errors, types that no check knows.

use crate::{Result, check, check_that};

fn not_begun(_: &[f64]) -> Result<f64> {
    todo!("your code here")
}

struct Odd;

fn said(check: impl FnOnce() -> Result<()>) -> String {
    check().unwrap_err().to_string()
}

#[test]
fn what_is_not_done_yet_says_so() {
    let text = said(|| {
        check!(not_begun(&[1.0]), crate::check::expect(1.0).title("Exercise 3"));
        Ok(())
    });
    assert!(text.starts_with("Exercise 3 is not done yet: put your code where todo!() stands"), "{text}");
    let text = said(|| {
        check_that!(not_begun(&[1.0])? > 0.0, "it is positive");
        Ok(())
    });
    assert!(text.starts_with("`not_begun(&[1.0])? > 0.0` is not done yet"), "{text}");
}

#[test]
fn what_is_not_done_yet_in_a_pool_says_so() {
    let text = said(|| {
        check!(crate::parallel::Pool::new(2)?.map(&[1, 2], |_| -> f64 { todo!() })?, vec![1.0, 2.0]);
        Ok(())
    });
    assert!(text.contains("not done yet"), "{text}");
}

#[test]
fn another_panic_goes_on() {
    let panic = std::panic::catch_unwind(|| {
        said(|| {
            check!([1, 2, 3].iter().map(|i| 6 / (i - 2)).sum::<i32>(), 3);
            Ok(())
        })
    });
    assert!(panic.unwrap_err().downcast_ref::<&str>().unwrap().contains("divide by zero"));
}

#[test]
fn a_type_that_cannot_be_compared_is_named() {
    let text = said(|| {
        check!(Odd, 1.0);
        Ok(())
    });
    assert!(text.starts_with("`Odd`: its type is Odd, where a number is wanted"), "{text}");
    let text = said(|| {
        check!((1, 2.0), 1.0);
        Ok(())
    });
    assert!(text.contains("its type is (i32, f64), several values at once"), "{text}");
    let text = said(|| {
        check!((), 1.0);
        Ok(())
    });
    assert!(text.contains("does a semicolon end the last line?"), "{text}");
}

#[test]
fn an_error_inside_is_told_and_a_value_is_only_borrowed() {
    let text = said(|| {
        check!("x".parse::<f64>()?, 1.0);
        Ok(())
    });
    assert!(text.contains("it stopped with an error: invalid float literal"), "{text}");
    let values = vec![1.0, 2.0];
    let passed = || -> Result<()> {
        check!(values, &[1.0, 2.0]);
        check!(values, vec![1.0, 2.0]);
        Ok(())
    };
    passed().unwrap();
    assert_eq!(values.len(), 2);
}

#[test]
fn a_property_that_does_not_hold_is_told() {
    let text = said(|| {
        let nodata = Some(0.0);
        check_that!(nodata == Some(-9999.0), "the file has the nodata value of {}", "the daily files");
        Ok(())
    });
    assert_eq!(text, "Not so yet: the file has the nodata value of the daily files.");
}
