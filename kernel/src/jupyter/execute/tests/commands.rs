//! The notebook's own commands.

use super::fakes::NO_CRATE;
use super::*;
use crate::jupyter::execute::engine::Engine;
use isopleth_bus::worker::Command;
use jupyter_protocol::Payload;
use std::sync::mpsc;

async fn answer(notebook: &mut Notebook, line: &str) -> Vec<String> {
    notebook.shown();
    let reply = notebook.run(line).await;
    assert_eq!(ename(&reply), "", "{line}");
    notebook.shown().split_off(1)
}

#[tokio::test]
async fn commands_tell_what_the_session_and_the_worker_say() {
    let mut notebook = Notebook::new([runs([done(&["x", "y"])])]);
    assert_eq!(answer(&mut notebook, ":vars").await, ["execute_result: There are no variables."]);
    notebook.run("let x = 3; let y = 3;").await;
    assert_eq!(answer(&mut notebook, ":vars").await, ["execute_result: x: i32 (4 bytes, 3)\ny: i32 (4 bytes, 3)"]);
    assert_eq!(answer(&mut notebook, ":type y").await, ["execute_result: y: i32"]);
    assert_eq!(answer(&mut notebook, ":version").await, ["execute_result: isopleth of the tests"]);
    let reply = notebook.run(":type z").await;
    assert!(ename(&reply) == "CommandError" && traceback(&reply).contains("There are `x`, `y`."));
}

#[tokio::test]
async fn a_command_of_a_silent_cell_says_nothing() {
    let mut notebook = Notebook::new([runs([])]);
    for line in [":vars", ":version", ":help", ":restart", "!echo text", ":dep itoa = \"1\""] {
        notebook.request(ExecuteRequest { silent: true, ..ExecuteRequest::new(line.to_owned()) }).await;
        assert!(notebook.shown().is_empty(), "{line}");
    }
}

#[tokio::test]
async fn clear_forgets_the_variables_in_the_worker_too() {
    let (tell, told) = mpsc::channel();
    let mut notebook = Notebook::new([Box::new(move |mut worker: FakeWorker| {
        worker.expect_run();
        worker.say(&Message::Done(Box::new(done(&["a", "b"]))));
        let _ = tell.send(worker.next_order());
    }) as Script]);
    notebook.run("let a = 1; let b = 2; fn f() {}").await;
    assert!(answer(&mut notebook, ":clear").await.is_empty());
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), Some(Command::Forget { names: vec!["a".into(), "b".into()] }));
    assert!(notebook.variables().is_empty());
}

#[tokio::test]
async fn restart_names_what_is_lost_and_functions_stay() {
    let mut notebook = Notebook::new([runs([done(&["v"])]), runs([done(&["w"])])]);
    notebook.run("fn f() {} let v = 1;").await;
    let told = answer(&mut notebook, ":restart").await;
    assert_eq!(told, ["execute_result: The cells' process was started anew. Gone with the old one: `v`."]);
    notebook.run("let w = 1;").await;
    assert_eq!(notebook.variables(), ["w"]);
}

#[tokio::test]
async fn quit_asks_for_the_end_and_help_opens_a_page() {
    let mut notebook = Notebook::new([runs([])]);
    assert!(matches!(notebook.run(":quit").await.payload[..], [Payload::AskExit { keepkernel: false }]));
    for help in ["?Pool", "Pool?", ":doc Pool"] {
        notebook.shown();
        assert!(matches!(notebook.run(help).await.payload[..], [Payload::Page { .. }]), "{help}");
    }
    notebook.shown();
    assert!(notebook.run("?nothing").await.payload.is_empty());
    assert!(notebook.shown()[1].starts_with("stderr: Nothing is known of `nothing`."));
}

#[tokio::test]
async fn a_crate_is_built_with_one_line_that_changes_and_stays_if_another_fails() {
    let mut notebook = Notebook::new([runs([])]);
    let told = answer(&mut notebook, ":dep itoa = \"1\"").await;
    assert_eq!(told, ["display_data: Compiling", "update_display_data: Linking"]);
    assert!(notebook.engine.session().has_crate("itoa"));
    let reply = notebook.run(&format!(":dep {NO_CRATE}")).await;
    assert!(ename(&reply) == "CompileError" && traceback(&reply).contains("error: no such crate"));
    assert!(notebook.engine.session().has_crate("itoa") && !notebook.engine.session().has_crate("nothing"));
    answer(&mut notebook, ":dep ryu = \"1\"").await;
    assert!(notebook.engine.session().has_crate("itoa") && notebook.engine.session().has_crate("ryu"));
}

#[tokio::test]
async fn what_a_program_prints_is_shown_and_how_it_ended() {
    let mut notebook = Notebook::new([runs([])]);
    assert_eq!(answer(&mut notebook, "!echo text").await, ["stdout: text\n"]);
    let reply = notebook.run("!exit 3").await;
    assert!(ename(&reply) == "CommandError" && traceback(&reply).contains("ended with status 3"));
}
