//! What waits to be published: bounded, whatever cells show and however slowly it is read.
//!
//! Two things keep it so. Whoever shows what a cell says first waits for [room](Queue::room), so a reader that is only slow
//! gets everything. When readers take nothing for a while, what can be missed is left out: displays, updates, printed text;
//! one line then says how much. Statuses, inputs, results and errors are always kept: a cell has few of them, and a frontend
//! without one would wait for ever.

use jupyter_protocol::{ClearOutput, ExecutionState, JupyterMessage, JupyterMessageContent as Content};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::Notify;

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub messages: usize,
    pub bytes: usize,
    /// How long readers may take nothing before they count as stopped.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { messages: 2000, bytes: 16 << 20, patience: Duration::from_secs(2) }
    }
}

/// Messages on their way to the socket.
pub struct Queue {
    limits: Limits,
    state: Mutex<State>,
    /// A message has come.
    filled: Notify,
    /// A message has been taken by the readers.
    taken: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// Whether a message is with the socket now.
    sending: bool,
    /// Whether readers have taken nothing for too long.
    unread: bool,
    /// Whether the cell that runs was stopped: what it still shows waits for nobody.
    hurried: bool,
    left_out: Option<LeftOut>,
}

struct Waiting {
    message: JupyterMessage,
    bytes: usize,
}

/// What one cell has shown in vain.
#[derive(Debug, Clone)]
pub struct LeftOut {
    pub parent: JupyterMessage,
    pub displays: usize,
    pub comm_messages: usize,
    pub bytes_of_text: usize,
}

impl Queue {
    pub fn new(limits: Limits) -> Self {
        Self { limits, state: Mutex::default(), filled: Notify::new(), taken: Notify::new() }
    }

    /// Puts `message`, a consequence of `parent`, behind the others. `line` makes the line that says what was left out.
    pub fn put(
        &self,
        message: JupyterMessage,
        parent: Option<&JupyterMessage>,
        line: impl FnOnce(&LeftOut) -> JupyterMessage,
    ) {
        let bytes = size_of(&message);
        let mut state = self.state();
        let full = state.is_full(&self.limits);
        match &message.content {
            Content::StreamContent(text) if full => {
                return state.leave_out(parent, |left_out| left_out.bytes_of_text += text.text.len());
            }
            Content::UpdateDisplayData(_) | Content::DisplayData(_) if full => {
                let Some(message) = state.replace(message, bytes) else { return };
                let may_stay =
                    matches!(message.content, Content::UpdateDisplayData(_)) && !state.is_overfull(&self.limits);
                if !may_stay {
                    return state.leave_out(parent, |left_out| left_out.displays += 1);
                }
                state.push(message, bytes);
            }
            Content::CommMsg(_) | Content::CommOpen(_) | Content::CommClose(_) if state.is_overfull(&self.limits) => {
                return state.leave_out(parent, |left_out| left_out.comm_messages += 1);
            }
            Content::ClearOutput(clear) => {
                if state.join_clears(clear, parent) {
                    return;
                }
                state.push(message, bytes);
            }
            Content::DisplayData(_) | Content::UpdateDisplayData(_) | Content::StreamContent(_) => {
                state.push(message, bytes);
            }
            _ => {
                // Below the cell's last output, or below the cell before this one.
                if let Some(left_out) = state.left_out.take_if(|left_out| ends(&message, left_out)) {
                    let line = line(&left_out);
                    let bytes = size_of(&line);
                    state.push(line, bytes);
                }
                state.push(message, bytes);
            }
        }
        drop(state);
        self.filled.notify_one();
    }

    /// The next message. What is taken counts as being sent until [`Queue::sent`].
    pub async fn next(&self) -> JupyterMessage {
        loop {
            if let Some(message) = self.state().take() {
                return message;
            }
            self.filled.notified().await;
        }
    }

    /// The next message, if there is one already.
    #[cfg(test)]
    pub fn next_if_any(&self) -> Option<JupyterMessage> {
        self.state().take()
    }

    /// The readers have the message that was taken last.
    pub fn sent(&self) {
        let mut state = self.state();
        state.sending = false;
        state.unread = false;
        drop(state);
        self.taken.notify_waiters();
    }

    /// Waits until there is room, as long as readers take anything.
    pub async fn room(&self) {
        loop {
            let taken = self.taken.notified();
            tokio::pin!(taken);
            taken.as_mut().enable();
            {
                let state = self.state();
                if state.unread || state.hurried || !state.is_full(&self.limits) {
                    return;
                }
            }
            if tokio::time::timeout(self.limits.patience, taken).await.is_err() {
                self.state().unread = true;
            }
        }
    }

    /// Whether what is shown from now on waits for no reader.
    pub fn hurry(&self, hurried: bool) {
        self.state().hurried = hurried;
        self.taken.notify_waiters();
    }

    /// Waits until everything has been sent.
    pub async fn drained(&self) {
        loop {
            let taken = self.taken.notified();
            tokio::pin!(taken);
            taken.as_mut().enable();
            {
                let state = self.state();
                if state.waiting.is_empty() && !state.sending {
                    return;
                }
            }
            taken.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    fn is_full(&self, limits: &Limits) -> bool {
        self.waiting.len() >= limits.messages || self.bytes >= limits.bytes
    }

    /// The last word about a display is worth more than the first: updates may take as much again.
    fn is_overfull(&self, limits: &Limits) -> bool {
        self.waiting.len() >= 2 * limits.messages || self.bytes >= 2 * limits.bytes
    }

    fn push(&mut self, message: JupyterMessage, bytes: usize) {
        self.bytes += bytes;
        self.waiting.push_back(Waiting { message, bytes });
    }

    fn take(&mut self) -> Option<JupyterMessage> {
        let Waiting { message, bytes } = self.waiting.pop_front()?;
        self.bytes -= bytes;
        self.sending = true;
        Some(message)
    }

    fn leave_out(&mut self, parent: Option<&JupyterMessage>, count: impl FnOnce(&mut LeftOut)) {
        let Some(parent) = parent else { return };
        let new = || LeftOut { parent: parent.clone(), displays: 0, comm_messages: 0, bytes_of_text: 0 };
        count(self.left_out.get_or_insert_with(new));
    }

    /// Has an update that waits take the newer value of its display. Gives the message back if there is none.
    fn replace(&mut self, message: JupyterMessage, bytes: usize) -> Option<JupyterMessage> {
        let id = display_id(&message.content).map(str::to_owned);
        let waiting = id.and_then(|id| {
            let same = |waiting: &&mut Waiting| display_id(&waiting.message.content) == Some(&id);
            self.waiting.iter_mut().rev().find(same)
        });
        match (waiting, message.content) {
            (Some(waiting), Content::UpdateDisplayData(update)) => {
                match &mut waiting.message.content {
                    Content::UpdateDisplayData(older) => *older = update,
                    Content::DisplayData(shown) => (shown.data, shown.metadata) = (update.data, update.metadata),
                    _ => {}
                }
                self.bytes = self.bytes + bytes - waiting.bytes;
                waiting.bytes = bytes;
                None
            }
            (_, content) => Some(JupyterMessage { content, ..message }),
        }
    }

    /// Two clearings with nothing between them are one.
    fn join_clears(&mut self, clear: &ClearOutput, parent: Option<&JupyterMessage>) -> bool {
        let Some(last) = self.waiting.back_mut() else { return false };
        let Content::ClearOutput(before) = &mut last.message.content else { return false };
        let of_last = last.message.parent_header.as_ref().map(|parent| &parent.msg_id);
        let same = of_last == parent.map(|parent| &parent.header.msg_id);
        if same {
            before.wait &= clear.wait;
        }
        same
    }
}

/// Whether what was left out is told before `message`: one that ends the output of its cell, or begins another cell's.
fn ends(message: &JupyterMessage, left_out: &LeftOut) -> bool {
    let is_of_it = message.parent_header.as_ref().is_some_and(|parent| parent.msg_id == left_out.parent.header.msg_id);
    match &message.content {
        Content::Status(status) => is_of_it && status.execution_state == ExecutionState::Idle,
        Content::ExecuteResult(_) | Content::ErrorOutput(_) => is_of_it,
        Content::ExecuteInput(_) => !is_of_it,
        _ => false,
    }
}

fn display_id(content: &Content) -> Option<&str> {
    match content {
        Content::DisplayData(display) => display.transient.as_ref()?.display_id.as_deref(),
        Content::UpdateDisplayData(update) => update.transient.display_id.as_deref(),
        _ => None,
    }
}

/// What a message takes in memory beside its content, about: identifiers, dates, the parent's header.
const HEADERS: usize = 1 << 10;

/// About how many bytes a message takes.
fn size_of(message: &JupyterMessage) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(HEADERS);
    // What cannot be written as JSON cannot be sent either.
    let _ = serde_json::to_writer(&mut count, &message.content);
    count.0
}

#[cfg(test)]
mod tests;
