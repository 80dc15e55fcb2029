//! What the worker says: shown below the cell that runs, or between cells below the one that ran last.

use super::cell::ExecutingCell;
use super::engine::Engine;
use super::executor::{Ended, Executor};
use crate::jupyter::display::{display, update};
use crate::report::{CellError, thread_panic};
use crate::worker::{Ending, Event, Stream};
use isopleth_bus::worker::{Message, Question};
use jupyter_protocol::{ClearOutput, CommId, CommMsg, JupyterMessage};
use tokio::sync::mpsc::UnboundedReceiver;

impl<E: Engine> Executor<E> {
    /// The next request; what threads of earlier cells say until then is shown.
    pub async fn next(&mut self, queue: &mut UnboundedReceiver<JupyterMessage>) -> Option<JupyterMessage> {
        loop {
            let Some(worker) = &mut self.worker else { return queue.recv().await };
            let publisher = &self.frontends.publisher;
            let next = async {
                publisher.room().await;
                worker.events.recv().await
            };
            tokio::select! {
                biased;
                request = queue.recv() => return request,
                event = next => self.between_cells(event).await,
            }
        }
    }

    async fn between_cells(&mut self, event: Option<Event>) {
        let Some(cell) = self.last.clone() else {
            if matches!(event, None | Some(Event::Ended(_))) {
                self.worker = None;
            }
            return;
        };
        if let Some(Ended::WorkerGone(ending, lost)) = self.take(event, &cell).await {
            let told = CellError::worker_ended(&ending, &lost).in_plain_text();
            cell.text(Stream::Stderr, &format!("{told}\n"));
        }
    }

    /// Shows what the worker says until the cell has ended.
    pub(super) async fn follow(&mut self, cell: &ExecutingCell) -> Ended {
        let mut _phase = tracing::info_span!("load");
        loop {
            self.frontends.publisher.room().await;
            let event = match &mut self.worker {
                Some(worker) => worker.events.recv().await,
                None => None,
            };
            if matches!(event, Some(Event::Message(Message::Loaded))) {
                // The one before ends first, and does not become the parent.
                _phase = tracing::Span::none();
                _phase = tracing::info_span!("code");
            }
            if let Some(ended) = self.take(event, cell).await {
                return ended;
            }
        }
    }

    /// Shows an event, unless it is an end.
    async fn take(&mut self, event: Option<Event>, cell: &ExecutingCell) -> Option<Ended> {
        match event {
            Some(Event::Text(stream, written)) => cell.text(stream, &self.engine.places().in_words(&written)),
            Some(Event::Message(Message::Done(done))) => return Some(Ended::Done(done)),
            Some(Event::Message(message)) => self.show(message, cell).await,
            Some(Event::Ended(ending)) => return Some(Ended::WorkerGone(ending, self.worker_gone(cell))),
            None => {
                let ending = Ending::new("the cell's process ended", "");
                return Some(Ended::WorkerGone(ending, self.worker_gone(cell)));
            }
        }
        None
    }

    async fn show(&mut self, message: Message, cell: &ExecutingCell) {
        match message {
            Message::Display(shown) => cell.publish(display(shown)),
            Message::Update(shown) => cell.publish(update(shown)),
            Message::Result(value) => cell.result(value),
            Message::Clear { wait } => cell.publish(ClearOutput { wait }),
            Message::Input(question) => self.ask(question, cell).await,
            Message::CommOpen { id, target, data } => {
                if let Some(worker) = &self.worker {
                    cell.publish(self.frontends.comms.opened_by_cell(CommId(id), target, data, worker.control()));
                }
            }
            Message::CommMessage { id, data } => cell.publish(CommMsg { comm_id: CommId(id), data }),
            Message::CommClose { id } => cell.publish(self.frontends.comms.closed_by_cell(CommId(id))),
            Message::ThreadPanic(told) => {
                let told = thread_panic(&told, cell.count, self.engine.places());
                cell.text(Stream::Stderr, &format!("{told}\n"));
            }
            // `Dying` is for the words about the end that follows it; cells end where they are followed.
            Message::Ready { .. } | Message::Loaded | Message::Dying { .. } | Message::Done(_) => {}
        }
    }

    /// Puts the cell's question to the frontend. The answer goes to the worker by itself, and Stop does not wait.
    async fn ask(&self, question: Question, cell: &ExecutingCell) {
        if let Some(worker) = &self.worker {
            self.frontends.stdin.ask(question, cell.request(), worker.control()).await;
        }
    }
}
