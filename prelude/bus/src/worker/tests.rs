use super::*;
use crate::frame;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(message: T) {
    let bytes = frame::encode(&message).unwrap();
    assert_eq!(frame::read::<T>(&mut bytes.as_slice()).unwrap(), Some(message));
}

fn object(text: &str) -> Object {
    serde_json::from_str(text).unwrap()
}

fn panic() -> PanicReport {
    let location = Some(Location { file: "cell-0a/lib.rs".into(), line: 3 });
    let frames = vec![StackFrame { object: "/tmp/cells/cell_1.so".into(), address: u64::MAX }];
    PanicReport { message: "no \"way\"\n".into(), location, frames }
}

#[test]
fn every_command_comes_back_as_it_was_sent() {
    let (id, data) = ("c".to_owned(), object(r#"{"x": [1.5, null], "command": "run"}"#));
    comes_back(Command::Run(Run { path: "/tmp/ä b/cell_1.so".into(), symbol: "f".into(), global: true }));
    comes_back(Command::Forget { names: vec!["a".into(), "r#type".into()] });
    comes_back(Command::Interrupt);
    comes_back(Command::Input { question: 7, answer: Answer::Line(String::new()) });
    comes_back(Command::Input { question: 7, answer: Answer::Refused("nobody".into()) });
    comes_back(Command::CommMessage { id: id.clone(), data });
    comes_back(Command::CommClose { id });
    comes_back(Command::Acknowledge);
}

#[test]
fn every_message_comes_back_as_it_was_sent() {
    let (id, data) = ("c".to_owned(), object(r#"{"message": "done", "b": 2, "a": 1}"#));
    let display = Display { data: data.clone(), metadata: Object::new(), id: Some(id.clone()) };
    comes_back(Message::Ready { gdal: "3.8.0".into() });
    comes_back(Message::Display(display.clone()));
    comes_back(Message::Update(display.clone()));
    comes_back(Message::Result(Display { id: None, ..display }));
    comes_back(Message::Clear { wait: false });
    comes_back(Message::Input(Question { number: 1, prompt: "?".into(), password: true }));
    comes_back(Message::CommOpen { id: id.clone(), target: "t".into(), data: data.clone() });
    comes_back(Message::CommMessage { id: id.clone(), data });
    comes_back(Message::CommClose { id });
    comes_back(Message::ThreadPanic(ThreadPanic { thread: None, panic: panic() }));
    comes_back(Message::Dying { cause: CauseOfDeath::StackOverflow });
    comes_back(Message::Done(Box::default()));
    let location = Location { file: "cell-0a/lib.rs".into(), line: 1 };
    let error = ErrorReport { name: "E".into(), texts: vec!["a".into(), "b".into()], location };
    let failures =
        [Failure::Panic(panic()), Failure::Error(error), Failure::Interrupted, Failure::Load { reason: "r".into() }];
    for failure in failures {
        let described = Description { shape: Some(vec![0, 3]), bytes: 12, ..Description::default() };
        let described = [("v".to_owned(), described)].into();
        let variables = ["v".to_owned()].into();
        let done = Done { failure: Some(failure), variables, changed: vec!["w".into()], described };
        comes_back(Message::Done(Box::new(done)));
    }
}

#[test]
fn the_parts_of_a_mime_bundle_keep_their_order() {
    let display = Display { data: object(r#"{"z": 1, "a": 2}"#), ..Display::default() };
    let bytes = frame::encode(&Message::Display(display)).unwrap();
    let Some(Message::Display(display)) = frame::read(&mut bytes.as_slice()).unwrap() else { panic!("no display") };
    assert_eq!(display.data.keys().collect::<Vec<_>>(), ["z", "a"]);
}

#[test]
fn what_is_of_another_version_is_no_message() {
    for text in [
        r#"{"message":"ready"}"#,
        r#"{"message":"ready","gdal":"3","more":1}"#,
        r#"{"message":"unheard of"}"#,
        r#"{"message":"clear","wait":"yes"}"#,
        r#"{"message":"done","failure":{"failure":"shame"},"variables":[],"changed":[],"described":{}}"#,
        "{}",
        "[]",
    ] {
        assert!(serde_json::from_str::<Message>(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_shown_among_the_text_is_acknowledged_and_an_update_is_not() {
    assert!(Message::Display(Display::default()).is_acknowledged());
    assert!(!Message::Update(Display::default()).is_acknowledged());
    assert!(!Message::Done(Box::default()).is_acknowledged());
}

#[test]
fn a_thread_is_called_by_its_name_if_it_has_one() {
    let mut told = ThreadPanic { thread: None, panic: panic() };
    assert!(told.to_string().starts_with("a thread of the cell panicked: no"));
    told.thread = Some("reader".into());
    assert!(told.to_string().starts_with("thread `reader` panicked: no"));
}
