//! What is kept, what is left out, and who waits.

use super::super::super::wire::message;
use super::*;
use jupyter_protocol::{DisplayData, ErrorOutput, ExecuteRequest, Status, StreamContent, Transient, UpdateDisplayData};

const LIMITS: Limits = Limits { messages: 5, bytes: 1 << 20, patience: Duration::from_millis(20) };

fn parent() -> JupyterMessage {
    message(ExecuteRequest::new("1".into()), None)
}

fn put(queue: &Queue, content: impl Into<Content>, parent: &JupyterMessage) {
    queue.put(message(content, Some(parent)), Some(parent), |left_out| {
        let said = format!("{} and {}", left_out.displays, left_out.bytes_of_text);
        message(StreamContent::stdout(&said), Some(&left_out.parent))
    });
}

fn display(id: Option<&str>) -> DisplayData {
    let transient = Transient { display_id: id.map(str::to_owned) };
    DisplayData { transient: Some(transient), ..DisplayData::default() }
}

fn update(id: &str, value: u64) -> UpdateDisplayData {
    let metadata = serde_json::Map::from_iter([("value".to_owned(), value.into())]);
    UpdateDisplayData { metadata, ..UpdateDisplayData::new(Default::default(), id) }
}

fn taken(queue: &Queue) -> Vec<Content> {
    std::iter::from_fn(|| queue.state().take()).map(|message| message.content).collect()
}

#[test]
fn what_can_be_missed_is_left_out_and_told_once() {
    let (queue, cell) = (Queue::new(LIMITS), parent());
    for _ in 0..50 {
        put(&queue, display(None), &cell);
        put(&queue, StreamContent::stdout("12345"), &cell);
    }
    put(&queue, ErrorOutput::default(), &cell);
    put(&queue, Status::idle(), &cell);
    let contents = taken(&queue);
    assert_eq!(contents.len(), LIMITS.messages + 3);
    let [.., Content::StreamContent(line), Content::ErrorOutput(_), Content::Status(_)] = contents.as_slice() else {
        panic!("{contents:?}")
    };
    assert_eq!(line.text, "47 and 240");
}

#[test]
fn the_last_update_of_a_display_is_kept() {
    let (queue, cell) = (Queue::new(LIMITS), parent());
    for _ in 0..10 {
        put(&queue, display(Some("a")), &cell);
    }
    for value in 0..1000 {
        put(&queue, update("a", value), &cell);
        put(&queue, update("was shown before", value), &cell);
    }
    let contents = taken(&queue);
    assert_eq!(contents.len(), LIMITS.messages + 1);
    let value = |content: &Content| match content {
        Content::DisplayData(display) => display.metadata.get("value").cloned(),
        Content::UpdateDisplayData(update) => update.metadata.get("value").cloned(),
        _ => None,
    };
    let values: Vec<u64> = contents.iter().filter_map(value).filter_map(|value| value.as_u64()).collect();
    assert_eq!(values, [999, 999]);
}

#[test]
fn clearing_again_and_again_takes_no_memory() {
    let (queue, cell) = (Queue::new(LIMITS), parent());
    for wait in [true, false, true].repeat(1000) {
        put(&queue, ClearOutput { wait }, &cell);
    }
    let contents = taken(&queue);
    assert!(matches!(contents.as_slice(), [Content::ClearOutput(ClearOutput { wait: false })]), "{contents:?}");
}

#[test]
fn bytes_count_as_well_as_messages() {
    let (queue, cell) = (Queue::new(Limits { messages: 1000, ..LIMITS }), parent());
    for _ in 0..100 {
        put(&queue, StreamContent::stdout(&"x".repeat(100_000)), &cell);
    }
    assert!(taken(&queue).len() <= 11);
}

#[tokio::test]
async fn nobody_waits_for_readers_that_have_stopped_or_after_stop() {
    let (queue, cell) = (Queue::new(LIMITS), parent());
    queue.room().await;
    (0..9).for_each(|_| put(&queue, display(None), &cell));
    queue.room().await;
    assert!(queue.state().unread);
    queue.next().await;
    queue.sent();
    assert!(!queue.state().unread);
    let patient = Queue::new(Limits { patience: Duration::from_secs(1000), ..LIMITS });
    (0..9).for_each(|_| put(&patient, display(None), &cell));
    patient.hurry(true);
    patient.room().await;
}

#[tokio::test]
async fn room_comes_when_a_reader_takes_something() {
    let (queue, cell) = (Queue::new(Limits { patience: Duration::from_secs(1000), ..LIMITS }), parent());
    (0..5).for_each(|_| put(&queue, display(None), &cell));
    let reader = async {
        queue.next().await;
        queue.sent();
    };
    tokio::join!(queue.room(), reader);
    taken(&queue);
    queue.sent();
    queue.drained().await;
}
