//! Cells that fail, and workers that end in one.

use super::fakes::NO_RUST;
use super::*;
use isopleth_bus::worker::{CauseOfDeath, Command, ErrorReport, Failure, Location, Object, PanicReport};
use std::sync::mpsc;

fn panic(message: &str) -> Option<Failure> {
    Some(Failure::Panic(PanicReport { message: message.into(), location: None, frames: Vec::new() }))
}

#[tokio::test]
async fn a_failure_is_one_error_and_names_the_variables_that_went_with_it() {
    let failed = Done { failure: panic("boom"), ..done(&["kept"]) };
    let mut notebook = Notebook::new([runs([done(&["v", "kept"]), failed])]);
    notebook.run("let v = 1; let kept = 2;").await;
    notebook.shown();
    let reply = notebook.run("drop(v); let never = kept; panic!()").await;
    assert_eq!(ename(&reply), "Panic");
    assert!(traceback(&reply).contains("Moved away by this cell before it failed, and gone: v."));
    assert_eq!(notebook.shown(), ["execute_input: ", "error: Panic: boom"]);
    assert_eq!(notebook.variables(), ["kept"]);
    assert!(notebook.gone("v").contains("then failed") && notebook.gone("never").contains("failed before its end"));
}

#[tokio::test]
async fn an_error_has_the_name_of_its_type_and_its_causes() {
    let location = Location { file: "elsewhere.rs".into(), line: 1 };
    let texts = vec!["cannot read".to_owned(), "no such file".to_owned()];
    let failure = Some(Failure::Error(ErrorReport { name: "ReadError".into(), texts, location }));
    let mut notebook = Notebook::new([runs([Done { failure, ..Done::default() }])]);
    let reply = notebook.run("read()?;").await;
    assert_eq!(notebook.shown()[1], "error: ReadError: cannot read: no such file");
    assert!(traceback(&reply).ends_with("caused by: no such file"), "{}", traceback(&reply));
}

#[tokio::test]
async fn an_object_that_does_not_load_defines_no_static() {
    let failure = Some(Failure::Load { reason: "undefined symbol".into() });
    let (tell, told) = mpsc::channel();
    let mut notebook = Notebook::new([Box::new(move |mut worker: FakeWorker| {
        let ends = [Done { failure, ..Done::default() }, Done::default(), Done::default()];
        for end in ends {
            let _ = tell.send(worker.expect_run().global);
            worker.say(&Message::Done(Box::new(end)));
        }
    }) as Script]);
    let code = "static HITS: AtomicU32 = AtomicU32::new(0); HITS.load(Relaxed);";
    assert_eq!(ename(&notebook.run(code).await), "LoadError");
    notebook.run("HITS.load(Relaxed);").await;
    notebook.run("HITS.load(Relaxed);").await;
    // The second object defines it, and so the third need not.
    assert_eq!(told.iter().take(3).collect::<Vec<_>>(), [true, true, false]);
}

#[tokio::test]
async fn a_cell_that_does_not_compile_is_not_handed_over() {
    let mut notebook = Notebook::new([runs([done(&["x"])])]);
    assert_eq!(ename(&notebook.run(NO_RUST).await), "CompileError");
    assert_eq!(notebook.shown(), ["execute_input: ", "error: CompileError: no Rust"]);
    notebook.run("let x = 1;").await;
    assert_eq!(notebook.variables(), ["x"]);
}

#[tokio::test]
async fn a_silent_cell_that_fails_says_so_in_its_reply_alone() {
    let mut notebook = Notebook::new([runs([Done { failure: panic("boom"), ..Done::default() }])]);
    let silent = ExecuteRequest { silent: true, ..ExecuteRequest::new("panic!()".to_owned()) };
    assert_eq!(ename(&notebook.request(silent).await), "Panic");
    assert!(notebook.shown().is_empty());
}

#[tokio::test]
async fn a_variable_whose_type_has_changed_is_dropped_and_named() {
    let changed = Done { changed: vec!["x".into()], ..done(&["y"]) };
    let mut notebook = Notebook::new([runs([done(&["x", "y"]), changed])]);
    notebook.run("let x = 1; let y = 2;").await;
    let reply = notebook.run("let z = x;").await;
    assert_eq!(ename(&reply), "TypeChanged");
    assert!(traceback(&reply).contains("`x` no longer had the type"), "{}", traceback(&reply));
    assert_eq!(notebook.variables(), ["y"]);
}

#[tokio::test]
async fn a_worker_that_dies_takes_the_variables_and_the_next_cell_runs_in_another() {
    let dies: Script = Box::new(|mut worker: FakeWorker| {
        worker.expect_run();
        worker.say(&Message::Done(Box::new(done(&["v"]))));
        worker.expect_run();
        worker.print("half a line");
        let (id, target) = ("c".to_owned(), "t".to_owned());
        worker.say(&Message::CommOpen { id, target, data: Object::new() });
        worker.say(&Message::Dying { cause: CauseOfDeath::StackOverflow });
        worker.die(libc::SIGSEGV);
    });
    let mut notebook = Notebook::new([dies, runs([done(&["w"])])]);
    notebook.run("fn f() {} let v = 1;").await;
    notebook.shown();
    let reply = notebook.run("f();").await;
    assert_eq!(ename(&reply), "WorkerEnded");
    assert!(traceback(&reply).contains("The variables are gone: v."), "{}", traceback(&reply));
    let shown = notebook.shown();
    assert_eq!(shown[..4], ["execute_input: ", "stdout: half a line", "comm_open: ", "comm_close: "]);
    assert!(shown[4].starts_with("error: WorkerEnded: stack overflow"), "{shown:?}");
    assert!(notebook.gone("v").contains("went with the process"));
    assert_eq!(ename(&notebook.run("f(); let w = 1;").await), "");
    assert_eq!(notebook.variables(), ["w"]);
}

#[tokio::test]
async fn a_worker_that_cannot_be_started_is_told_and_tried_again() {
    let dies: Script = Box::new(|mut worker: FakeWorker| {
        worker.expect_run();
        worker.die(libc::SIGABRT);
    });
    let mut notebook = Notebook::new([dies]);
    assert_eq!(ename(&notebook.run("f();").await), "WorkerEnded");
    let reply = notebook.run("f();").await;
    assert!(ename(&reply) == "WorkerEnded" && traceback(&reply).contains("there is no worker left"));
    assert!(traceback(&reply).contains("isopleth doctor"));
    notebook.engine.add_worker(runs([done(&["x"])]));
    assert_eq!(ename(&notebook.run("let x = 1;").await), "");
}

#[tokio::test]
async fn a_command_that_fails_leaves_the_rest_of_the_cell_alone() {
    let (tell, told) = mpsc::channel();
    let mut notebook = Notebook::new([Box::new(move |mut worker: FakeWorker| {
        let _ = tell.send(worker.next_order());
    }) as Script]);
    assert_eq!(ename(&notebook.run(":nonsense\nlet x = 1;").await), "CommandError");
    assert!(notebook.variables().is_empty());
    drop(notebook);
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), None::<Command>);
}
