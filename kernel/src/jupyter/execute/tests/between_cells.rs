//! Threads that a cell has left, and a worker that ends while nothing runs.

use super::*;
use isopleth_bus::worker::{Object, PanicReport, ThreadPanic};
use std::sync::mpsc;

/// A worker that runs a cell, waits for the word, and then does what `then` does.
fn afterwards(then: impl FnOnce(FakeWorker) + Send + 'static) -> (Script, mpsc::Sender<()>) {
    let (go, wait) = mpsc::channel();
    let script = Box::new(move |mut worker: FakeWorker| {
        worker.expect_run();
        worker.say(&Message::Done(Box::new(done(&["v"]))));
        if wait.recv().is_ok() {
            then(worker);
        }
    });
    (script, go)
}

#[tokio::test]
async fn what_a_thread_says_between_cells_is_shown_at_once_below_its_cell() {
    let (script, go) = afterwards(|mut worker| {
        worker.print("printed\n");
        worker.show(&Message::Display(plain("shown")));
        let panic = PanicReport { message: "boom".into(), location: None, frames: Vec::new() };
        worker.say(&Message::ThreadPanic(ThreadPanic { thread: Some("reader".into()), panic }));
        let (id, target) = ("c".to_owned(), "t".to_owned());
        worker.say(&Message::CommOpen { id, target, data: Object::new() });
        worker.show(&Message::Result(plain("a value")));
        while worker.next().is_some() {}
    });
    let mut notebook = Notebook::new([script]);
    notebook.run("let v = 1;").await;
    notebook.shown();
    go.send(()).unwrap();
    for expected in [
        "stdout: printed\n",
        "display_data: shown",
        "stderr: thread `reader` panicked: boom\n",
        "comm_open: ",
        "execute_result: a value",
    ] {
        assert_eq!(notebook.shown_meanwhile().await, expected);
    }
    assert_eq!(notebook.variables(), ["v"]);
}

#[tokio::test]
async fn what_a_thread_of_a_silent_cell_says_later_is_shown_too() {
    let (script, go) = afterwards(|mut worker| worker.show(&Message::Result(plain("a value"))));
    let mut notebook = Notebook::new([script]);
    notebook.request(ExecuteRequest { silent: true, ..ExecuteRequest::new("let v = 1;".to_owned()) }).await;
    go.send(()).unwrap();
    assert_eq!(notebook.shown_meanwhile().await, "execute_result: a value");
}

#[tokio::test]
async fn a_worker_that_dies_between_cells_is_told_below_the_last_one() {
    let (script, go) = afterwards(|worker| worker.die(libc::SIGSEGV));
    let mut notebook = Notebook::new([script, runs([done(&["w"])])]);
    notebook.run("let v = 1;").await;
    notebook.shown();
    go.send(()).unwrap();
    let told = notebook.shown_meanwhile().await;
    assert!(told.starts_with("stderr: WorkerEnded: the cell crashed"), "{told}");
    assert!(told.contains("The variables are gone: v.") && told.ends_with("the next cell runs.\n"), "{told}");
    assert!(notebook.variables().is_empty());
    assert_eq!(ename(&notebook.run("let w = 1;").await), "");
    assert_eq!(notebook.variables(), ["w"]);
}

#[tokio::test]
async fn a_worker_that_dies_before_the_first_cell_costs_nothing() {
    let (ended, wait) = mpsc::channel::<()>();
    let dies: Script = Box::new(move |worker: FakeWorker| {
        worker.die(libc::SIGKILL);
        drop(ended);
    });
    let mut notebook = Notebook::new([dies, runs([done(&["x"])])]);
    assert!(wait.recv_timeout(PATIENCE).is_err());
    // Until the kernel has seen it.
    let idle = async {
        while notebook.executor.worker.is_some() {
            let _ = tokio::time::timeout(Duration::from_millis(10), notebook.executor.next(&mut notebook.queue)).await;
        }
    };
    tokio::time::timeout(PATIENCE, idle).await.expect("the end is seen");
    assert_eq!(ename(&notebook.run("let x = 1;").await), "");
    assert_eq!(notebook.shown(), ["execute_input: "]);
}
