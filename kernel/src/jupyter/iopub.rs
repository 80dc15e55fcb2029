//! IOPub: everything the kernel tells all frontends, in the order it was said.

use super::wire::message;
use jupyter_protocol::{ExecutionState, IoPubWelcome, JupyterMessage, JupyterMessageContent, Status};
use jupyter_zmq_client::{KernelIoPubXPubConnection, SubscriptionEvent};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// Puts messages on IOPub, from any task.
#[derive(Clone)]
pub struct Publisher {
    queue: UnboundedSender<JupyterMessage>,
    /// The request that keeps the kernel busy, while one does.
    executing: Arc<Mutex<Option<JupyterMessage>>>,
}

/// Starts the task that owns the socket. It ends when all publishers are gone.
pub fn start(socket: KernelIoPubXPubConnection) -> (Publisher, JoinHandle<()>) {
    let (queue, messages) = unbounded_channel();
    let mut starting = message(Status { execution_state: ExecutionState::Starting }, None);
    starting.zmq_identities = vec![starting.header.msg_type.clone().into_bytes().into()];
    let _ = queue.send(starting);
    let task = tokio::spawn(publish(socket, messages));
    (Publisher { queue, executing: Arc::default() }, task)
}

async fn publish(mut socket: KernelIoPubXPubConnection, mut messages: UnboundedReceiver<JupyterMessage>) {
    loop {
        tokio::select! {
            event = socket.recv_subscription() => {
                if let Ok(SubscriptionEvent::Subscribe(topic)) = event {
                    let _ = socket.send(message(IoPubWelcome::new(topic), None)).await;
                }
            }
            message = messages.recv() => match message {
                Some(message) => drop(socket.send(message).await),
                None => return,
            },
        }
    }
}

impl Publisher {
    /// One whose messages a test reads.
    #[cfg(test)]
    pub fn collecting() -> (Self, UnboundedReceiver<JupyterMessage>) {
        let (queue, messages) = unbounded_channel();
        (Self { queue, executing: Arc::default() }, messages)
    }

    /// Publishes `content` as a consequence of `parent`.
    pub fn publish(&self, content: impl Into<JupyterMessageContent>, parent: &JupyterMessage) {
        let mut message = message(content, Some(parent));
        // The first frame of a published message is its topic, not the address of one frontend.
        message.zmq_identities = vec![message.header.msg_type.clone().into_bytes().into()];
        // The receiver only ends with the kernel.
        let _ = self.queue.send(message);
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
        self.busy(parent);
    }

    pub fn end_execution(&self, parent: &JupyterMessage) {
        *self.executing() = None;
        self.idle(parent);
    }

    fn executing(&self) -> std::sync::MutexGuard<'_, Option<JupyterMessage>> {
        self.executing.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
