//! Cells that end well, and what they show.

use super::fakes::CLOSURE;
use super::*;
use crate::jupyter::request::{Fields, Request};
use isopleth_bus::worker::{Answer, Command, Question};
use jupyter_protocol::ExpressionResult;
use std::sync::mpsc;

#[tokio::test]
async fn what_a_cell_prints_shows_and_is_stands_in_this_order() {
    let mut notebook = Notebook::new([Box::new(|mut worker: FakeWorker| {
        let run = worker.expect_run();
        assert_eq!((run.path.to_str(), run.symbol.as_str()), (Some("/nowhere/cell_1.so"), "cell"));
        worker.print("before\n");
        worker.show(&Message::Display(plain("a display")));
        worker.print_error("between\n");
        worker.say(&Message::Update(plain("newer")));
        worker.show(&Message::Clear { wait: false });
        worker.print("after\n");
        worker.show(&Message::Result(plain("3")));
        worker.print("the end\n");
        worker.say(&Message::Done(Box::new(done(&["x"]))));
    }) as Script]);
    let reply = notebook.run("let x = 3; x").await;
    assert!(reply.error.is_none() && serde_json::to_value(reply.execution_count).unwrap() == 1);
    let expected = [
        "execute_input: ",
        "stdout: before\n",
        "display_data: a display",
        "stderr: between\n",
        "update_display_data: newer",
        "clear_output: ",
        "stdout: after\n",
        "execute_result: 3",
        "stdout: the end\n",
    ];
    assert_eq!(notebook.shown(), expected);
    assert_eq!(notebook.variables(), ["x"]);
}

#[tokio::test]
async fn a_cell_takes_the_variables_of_earlier_ones() {
    let mut notebook = Notebook::new([runs([done(&["a"]), done(&["a", "b"]), done(&["a"])])]);
    notebook.run("let a = 1;").await;
    notebook.run("let b = a;").await;
    assert_eq!(notebook.variables(), ["a", "b"]);
    notebook.run("drop(b);").await;
    assert_eq!(notebook.variables(), ["a"]);
    assert!(notebook.gone("b").contains("moved away by cell [3]"), "{}", notebook.gone("b"));
}

#[tokio::test]
async fn what_becomes_outdated_is_dropped_before_the_cell_runs_that_defines_it_anew() {
    let (tell, told) = mpsc::channel();
    let mut notebook = Notebook::new([obeys(tell, "own")]);
    notebook.run("struct Own(i32); let own = Own(1);").await;
    notebook.shown();
    notebook.run("struct Own(u8);").await;
    let orders: Vec<Command> = told.try_iter().collect();
    let forget = Command::Forget { names: vec!["own".into()] };
    assert!(matches!(&orders[..], [Command::Run(_), dropped, Command::Run(_)] if *dropped == forget), "{orders:?}");
    assert!(notebook.shown()[1].contains("`own` was dropped, since `Own` is defined anew"));
}

#[tokio::test]
async fn what_no_later_cell_can_name_is_dropped_and_told_below_the_output() {
    let (tell, told) = mpsc::channel();
    let mut notebook = Notebook::new([Box::new(move |mut worker: FakeWorker| {
        worker.expect_run();
        worker.print("text\n");
        worker.say(&Message::Done(Box::new(done(&[CLOSURE, "x"]))));
        let _ = tell.send(worker.next_order());
    }) as Script]);
    notebook.run("let closure = || 1; let x = 1;").await;
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), Some(Command::Forget { names: vec![CLOSURE.into()] }));
    let shown = notebook.shown();
    assert_eq!(shown[1], "stdout: text\n");
    assert!(shown[2].starts_with("display_data: `closure` is a closure and ends with this cell"), "{shown:?}");
    assert_eq!(notebook.variables(), ["x"]);
}

#[tokio::test]
async fn a_silent_cell_shows_what_it_prints_and_nothing_else() {
    let mut notebook = Notebook::new([Box::new(|mut worker: FakeWorker| {
        worker.expect_run();
        worker.print("text\n");
        worker.show(&Message::Result(plain("3")));
        worker.say(&Message::Done(Box::new(done(&[CLOSURE]))));
        while worker.next().is_some() {}
    }) as Script]);
    let silent = ExecuteRequest { silent: true, ..ExecuteRequest::new("let closure = || 1; 3".to_owned()) };
    notebook.request(silent).await;
    assert_eq!(notebook.shown(), ["stdout: text\n"]);
}

#[tokio::test]
async fn what_a_frontend_wants_to_know_is_answered_and_not_shown() {
    let mut notebook = Notebook::new([Box::new(|mut worker: FakeWorker| {
        for value in [None, Some("7"), None] {
            worker.expect_run();
            if let Some(value) = value {
                worker.show(&Message::Result(plain(value)));
            }
            worker.say(&Message::Done(Box::default()));
        }
    }) as Script]);
    let wanted = [("a", "3 + 4"), ("b", "()"), ("c", "let x = 1;")];
    let wanted = wanted.iter().map(|(name, code)| ((*name).to_owned(), (*code).to_owned())).collect();
    let asked = ExecuteRequest { user_expressions: Some(wanted), ..ExecuteRequest::new("f();".to_owned()) };
    let answers = notebook.request(asked).await.user_expressions.unwrap();
    let value = |name: &str| match &answers[name] {
        ExpressionResult::Ok { data, .. } => {
            serde_json::to_value(data).unwrap()["text/plain"].as_str().unwrap_or_default().to_owned()
        }
        ExpressionResult::Error { ename, .. } => ename.clone(),
    };
    assert_eq!(["a", "b", "c"].map(value), ["7", "()", "CompileError"]);
    assert_eq!(notebook.shown(), ["execute_input: "]);
}

fn asks(tell: mpsc::Sender<Option<Command>>) -> Script {
    Box::new(move |mut worker: FakeWorker| {
        worker.expect_run();
        worker.say(&Message::Input(Question { number: 4, prompt: "How many? ".into(), password: true }));
        let _ = tell.send(worker.next_order());
        worker.say(&Message::Done(Box::default()));
    })
}

#[tokio::test]
async fn a_cell_that_asks_where_nobody_can_be_asked_is_told_so() {
    let (tell, told) = mpsc::channel();
    let mut notebook = Notebook::new([asks(tell)]);
    let asked = ExecuteRequest { allow_stdin: false, ..ExecuteRequest::new("f()".to_owned()) };
    notebook.request(asked).await;
    let Some(Command::Input { question, answer: Answer::Refused(why) }) = told.recv_timeout(PATIENCE).unwrap() else {
        panic!("not refused")
    };
    assert!(question == 4 && why.contains("allow_stdin"), "{why}");
    assert!(notebook.asked.try_recv().is_err());
}

#[tokio::test]
async fn a_question_is_put_to_the_frontend_and_its_answer_to_the_cell() {
    let (tell, told) = mpsc::channel();
    let mut notebook = Notebook::new([asks(tell)]);
    let stdin = Arc::clone(&notebook.executor.frontends.stdin);
    let mut asked = std::mem::replace(&mut notebook.asked, unbounded_channel().1);
    let frontend = tokio::spawn(async move {
        let question = asked.recv().await.expect("a question");
        let Content::InputRequest(request) = &question.content else { panic!("no question") };
        assert!(request.prompt == "How many? " && request.password);
        let mut reply = message(jupyter_protocol::InputReply::default(), None);
        reply.parent_header = Some(question.header.clone());
        reply.zmq_identities = vec![Vec::new().into()];
        let fields = Ok(Fields::new(serde_json::Map::from_iter([("value".to_owned(), "12".into())])));
        assert_eq!(stdin.take(&Request { message: reply, fields }), Ok(()));
    });
    let request = ExecuteRequest { allow_stdin: true, ..ExecuteRequest::new("f()".to_owned()) };
    notebook.request(request).await;
    frontend.await.unwrap();
    let answer = Command::Input { question: 4, answer: Answer::Line("12".into()) };
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), Some(answer));
}

#[tokio::test]
async fn a_frame_that_is_no_message_is_passed_over() {
    let mut notebook = Notebook::new([Box::new(|mut worker: FakeWorker| {
        worker.expect_run();
        worker.say_nonsense();
        worker.show(&Message::Result(plain("3")));
        worker.say_nonsense();
        worker.say(&Message::Done(Box::new(done(&["x"]))));
    }) as Script]);
    assert_eq!(ename(&notebook.run("let x = 3; x").await), "");
    assert_eq!(notebook.shown(), ["execute_input: ", "execute_result: 3"]);
    assert_eq!(notebook.variables(), ["x"]);
}
