//! Stop, before a cell runs and while it does.

use super::fakes::{NO_RUST, STOP};
use super::*;
use isopleth_bus::worker::{Command, Failure};
use std::sync::{OnceLock, mpsc};

#[tokio::test]
async fn a_cell_that_is_stopped_while_it_is_compiled_does_not_run() {
    let (tell, told) = mpsc::channel();
    let mut notebook = Notebook::new([obeys(tell, "v")]);
    notebook.run("let v = 1;").await;
    notebook.shown();
    let reply = notebook.run(&format!("{STOP}; let never = v;")).await;
    assert_eq!(ename(&reply), "Interrupted");
    assert_eq!(notebook.shown(), ["execute_input: ", "error: Interrupted: stopped; every variable was kept"]);
    assert_eq!(notebook.variables(), ["v"]);
    notebook.run("let v = v;").await;
    let runs: Vec<Command> = told.try_iter().collect();
    assert!(matches!(&runs[..], [Command::Run(_), Command::Run(_)]), "{runs:?}");
}

#[tokio::test]
async fn what_a_compiler_says_that_stop_has_ended_is_not_shown() {
    let mut notebook = Notebook::new([runs([])]);
    assert_eq!(ename(&notebook.run(&format!("{STOP}; {NO_RUST}")).await), "Interrupted");
}

/// A worker that runs one cell of `v` to its end, and another until it is stopped; then the cell does as `then` does.
fn until_stopped(engine: &Arc<OnceLock<Arc<FakeEngine>>>, then: impl FnOnce(FakeWorker) + Send + 'static) -> Script {
    let engine = Arc::clone(engine);
    Box::new(move |mut worker: FakeWorker| {
        worker.expect_run();
        worker.say(&Message::Done(Box::new(done(&["v"]))));
        worker.expect_run();
        engine.get().expect("was set").press_stop();
        assert_eq!(worker.next_order(), Some(Command::Interrupt));
        then(worker);
    })
}

async fn stopped(then: impl FnOnce(FakeWorker) + Send + 'static) -> (Notebook, ExecuteReply) {
    let engine: Arc<OnceLock<Arc<FakeEngine>>> = Arc::default();
    let mut notebook = Notebook::new([until_stopped(&engine, then), runs([])]);
    assert!(engine.set(Arc::clone(&notebook.engine)).is_ok());
    notebook.engine.stop_from(tokio::runtime::Handle::current());
    notebook.run("let v = 1;").await;
    let reply = notebook.run("loop { v; }").await;
    (notebook, reply)
}

#[tokio::test]
async fn stop_reaches_the_cell_that_runs_and_its_variables_are_kept() {
    let (notebook, reply) = stopped(|mut worker| {
        let failure = Some(Failure::Interrupted);
        worker.say(&Message::Done(Box::new(Done { failure, ..done(&["v"]) })));
        while worker.next().is_some() {}
    })
    .await;
    assert!(ename(&reply) == "Interrupted" && traceback(&reply).contains("every variable was kept"));
    assert_eq!(notebook.variables(), ["v"]);
}

#[tokio::test]
async fn a_cell_that_stop_has_made_fail_says_nothing_but_what_went_with_it() {
    let (notebook, reply) = stopped(|mut worker| {
        let failure = Some(Failure::Load { reason: "whatever".into() });
        worker.say(&Message::Done(Box::new(Done { failure, ..Done::default() })));
        while worker.next().is_some() {}
    })
    .await;
    assert_eq!(ename(&reply), "Interrupted");
    assert!(traceback(&reply).contains("gone: v.") && !traceback(&reply).contains("whatever"), "{}", traceback(&reply));
    assert!(notebook.variables().is_empty());
}

#[tokio::test]
async fn a_worker_that_ends_while_its_cell_is_stopped_is_told() {
    let (notebook, reply) = stopped(|worker| worker.die(libc::SIGABRT)).await;
    assert!(ename(&reply) == "WorkerEnded" && traceback(&reply).contains("The variables are gone: v."));
    assert!(notebook.variables().is_empty());
}
