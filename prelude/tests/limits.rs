//! What a process may use by `ulimit` is what it knows of, and what does not fit is an error instead of its end.

use isopleth::ErrorKind;
use isopleth::array::DataArray;
use isopleth::parallel::memory_limit;
use std::process::Command;

const INSIDE: &str = "ISOPLETH_TEST_INSIDE";
/// Larger than what the test itself takes, less than a machine has.
const KIB: u64 = 3 << 20;

/// Runs one test of this file again, in a process with limits of its own.
fn limited(limits: &str, test: &str) {
    let program = std::env::current_exe().unwrap();
    let script = format!("{limits} && exec \"$0\" --exact {test} --nocapture");
    let output = Command::new("sh").args(["-c", &script]).arg(program).env(INSIDE, "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

#[test]
fn an_address_space_with_a_limit_is_what_there_is() {
    if !is_inside() {
        return limited(&format!("ulimit -v {KIB}"), "an_address_space_with_a_limit_is_what_there_is");
    }
    assert!(memory_limit() <= KIB << 10, "{}", memory_limit());
    // 4 GB of zeros: without the limit a machine might have them.
    let rows = DataArray::new(vec![0.0f64; 25_000], "y").unwrap().chunk([("y", 1000)]).unwrap();
    let columns = DataArray::new(vec![0.0f64; 20_000], "x").unwrap();
    let error = (&rows + &columns).compute().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Memory);
    // What the limit leaves can be had.
    let some = rows.isel(isopleth::s![0..5000]).unwrap();
    assert_eq!((&some + &columns).mean(()).unwrap().item().unwrap(), 0.0);
}

#[test]
fn a_limit_on_data_is_known_too() {
    if !is_inside() {
        return limited(&format!("ulimit -d {KIB}"), "a_limit_on_data_is_known_too");
    }
    assert!(memory_limit() <= KIB << 10, "{}", memory_limit());
}
