//! IOPub: everything the kernel tells all frontends, in the order it was said.

mod queue;

use super::wire::message;
use jupyter_protocol::{ExecutionState, IoPubWelcome, JupyterMessage, JupyterMessageContent, Status, StreamContent};
use jupyter_zmq_client::{KernelIoPubXPubConnection, SubscriptionEvent};
use queue::{LeftOut, Limits, Queue};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// Puts messages on IOPub, from any task.
#[derive(Clone)]
pub struct Publisher {
    queue: Arc<Queue>,
    /// The request that keeps the kernel busy, while one does.
    executing: Arc<Mutex<Option<JupyterMessage>>>,
}

/// Starts the task that owns the socket.
pub fn start(socket: KernelIoPubXPubConnection) -> Publisher {
    let publisher = Publisher { queue: Arc::new(Queue::new(Limits::default())), executing: Arc::default() };
    publisher.put(message(Status { execution_state: ExecutionState::Starting }, None), None);
    tokio::spawn(publish(socket, Arc::clone(&publisher.queue)));
    publisher
}

async fn publish(mut socket: KernelIoPubXPubConnection, queue: Arc<Queue>) {
    loop {
        tokio::select! {
            event = socket.recv_subscription() => {
                if let Ok(SubscriptionEvent::Subscribe(topic)) = event {
                    let _ = socket.send(message(IoPubWelcome::new(topic), None)).await;
                }
            }
            message = queue.next() => {
                // A frontend that went away needs no message.
                let _ = socket.send(message).await;
                queue.sent();
            }
        }
    }
}

/// What was published, for a test to read.
#[cfg(test)]
pub struct Published(Arc<Queue>);

#[cfg(test)]
impl Published {
    pub async fn next(&self) -> JupyterMessage {
        let message = self.0.next().await;
        self.0.sent();
        message
    }

    /// The next message, if there is one already.
    pub fn next_if_any(&self) -> Option<JupyterMessage> {
        let message = self.0.next_if_any();
        self.0.sent();
        message
    }
}

impl Publisher {
    /// One whose messages a test reads.
    #[cfg(test)]
    pub fn collecting() -> (Self, Published) {
        let queue = Arc::new(Queue::new(Limits::default()));
        (Self { queue: Arc::clone(&queue), executing: Arc::default() }, Published(queue))
    }

    /// Publishes `content` as a consequence of `parent`. Displays and text are left out while nobody reads.
    pub fn publish(&self, content: impl Into<JupyterMessageContent>, parent: &JupyterMessage) {
        self.put(message(content, Some(parent)), Some(parent));
    }

    fn put(&self, content: JupyterMessage, parent: Option<&JupyterMessage>) {
        self.queue.put(addressed(content), parent, |left_out| {
            addressed(message(StreamContent::stdout(&line_about(left_out)), Some(&left_out.parent)))
        });
    }

    /// Waits until what a cell shows next finds room, as long as readers take anything.
    pub async fn room(&self) {
        self.queue.room().await;
    }

    /// Lets no output wait for readers until the next execution: the cell that makes it was stopped.
    pub fn stop_waiting(&self) {
        self.queue.hurry(true);
    }

    /// Waits until everything that was said is with its readers, but no longer than `patience`.
    pub async fn finish(&self, patience: Duration) {
        let _ = tokio::time::timeout(patience, self.queue.drained()).await;
    }

    pub fn busy(&self, parent: &JupyterMessage) {
        self.publish(Status::busy(), parent);
    }

    pub fn idle(&self, parent: &JupyterMessage) {
        self.publish(Status::idle(), parent);
        // Frontends show the last status they saw: a completion must not make a running kernel look idle.
        if let Some(executing) = &*self.executing() {
            self.publish(Status::busy(), executing);
        }
    }

    pub fn begin_execution(&self, parent: &JupyterMessage) {
        *self.executing() = Some(parent.clone());
        self.queue.hurry(false);
        self.busy(parent);
    }

    pub fn end_execution(&self, parent: &JupyterMessage) {
        *self.executing() = None;
        self.idle(parent);
    }

    fn executing(&self) -> MutexGuard<'_, Option<JupyterMessage>> {
        self.executing.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The first frame of a published message is its topic, not the address of one frontend.
fn addressed(mut message: JupyterMessage) -> JupyterMessage {
    message.zmq_identities = vec![message.header.msg_type.clone().into_bytes().into()];
    message
}

fn line_about(left_out: &LeftOut) -> String {
    let counted = [
        (left_out.displays, "displays"),
        (left_out.comm_messages, "messages to widgets"),
        (left_out.bytes_of_text, "bytes of text"),
    ];
    let counted = counted.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = counted.map(|(count, what)| format!("{count} {what}")).collect();
    format!("\n… left out here, since the frontend did not read for a while: {}\n", parts.join(", "))
}
