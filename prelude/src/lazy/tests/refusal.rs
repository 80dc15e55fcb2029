//! What cannot be: too large, stopped, or shapes that do not go together.

use super::*;
use crate::lazy::{memory, stream};

#[test]
fn what_would_not_fit_is_refused_with_advice() {
    let year = Year::new(366, [2600, 7200], [1, 7200], DType::F32);
    let plan = year.plan();
    let error = memory::admit(std::slice::from_ref(&plan), 8_000_000_000).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Memory);
    let text = error.to_string();
    assert!(text.contains("25.5 GiB") && text.contains("7.5 GiB") && text.contains("mean"), "{text}");
    let mean = reduce(&plan, ReduceOp::Mean, &[0]);
    memory::admit(std::slice::from_ref(&mean), 2_000_000_000).unwrap();
    assert_eq!(year.log.pixels(), 0);
}

#[test]
fn the_mean_of_a_year_takes_a_window_per_thread() {
    let bytes = |files| {
        let mean = reduce(&Year::new(files, [2600, 7200], [1, 7200], DType::F32).plan(), ReduceOp::Mean, &[0]);
        [1, 2, 8].map(|threads| stream::Pass::new(vec![stream::Member::of(&mean)], threads).bytes(threads))
    };
    assert!(bytes(366).iter().all(|&bytes| bytes < 100 << 20), "{:?}", bytes(366));
    assert_eq!(bytes(366), bytes(36));
}

#[test]
fn shapes_that_do_not_go_together_are_both_named() {
    let (a, b) = (Plan::memory(Values::from(vec![1.0; 3])), Plan::memory(Values::from(vec![1.0; 4])));
    let error = Plan::binary(BinaryOp::Add, &a, &b).unwrap_err();
    assert!(error.to_string().contains("[3]") && error.to_string().contains("[4]"), "{error}");
    assert!(Plan::concat(vec![a.clone(), Plan::memory(Values::from(1.0))], 0).is_err());
    assert!(Plan::concat(Vec::new(), 0).is_err());
    assert!(a.transpose(&[1]).is_err() && a.broadcast_to(&[4]).is_err());
    assert!(Plan::select(&a, &a, &b).is_err());
}

#[test]
fn a_panic_in_a_mapped_function_comes_back_to_the_caller() {
    let year = Year::of_strips(3, 10, 10);
    let plan = year.plan().map("fails", Arc::new(|_| panic!("no such value")));
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| plan.evaluate())).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"no such value"));
    assert!(year.plan().evaluate().is_ok(), "the threads live on");
}
