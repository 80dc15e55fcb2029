//! Tests of what is the whole process's: they run in a process of their own.

/// Runs `test` alone: in a new process that runs the test called `name` only, and in it does.
pub(crate) fn alone(name: &str, test: impl FnOnce()) {
    const ALONE: &str = "ISOPLETH_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return test();
    }
    let tests = std::env::current_exe().unwrap();
    let run =
        std::process::Command::new(tests).args([name, "--exact", "--nocapture"]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&run.stderr));
}
