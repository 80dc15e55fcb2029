//! The kernel's handle on analysis: questions go in, answers come out, whatever becomes of the process meanwhile.

use super::process::{Launch, Launcher};
use super::supervisor::{Policy, Supervisor};
use super::{Binding, Completions, Inspection, TypeOf};
use crate::prefix::Prefix;
use anyhow::{Result, anyhow};
use isopleth_bus::analysis::{Answer, Request};
use serde_json::Value;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// A request, and where its answer is waited for. No answer: it cannot be told.
pub struct Asked {
    pub request: Request,
    pub answer: oneshot::Sender<Answer>,
}

/// What the notebook is still to be told: one line, and of several the last.
#[derive(Debug, Clone, Default)]
pub struct Notice(Arc<Mutex<Option<String>>>);

impl Notice {
    pub fn set(&self, line: String) {
        *self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(line);
    }

    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take()
    }
}

/// Asks the process that analyses. Requests wait until it has loaded.
#[derive(Clone)]
pub struct Analyst {
    requests: UnboundedSender<Asked>,
    notice: Notice,
}

impl Analyst {
    /// Starts the process, which loads in the background. To be called within a runtime.
    pub fn start(prefix: &Prefix, workspace: &Path) -> Self {
        Self::start_with(Launcher::new(prefix, &workspace.join("analysed")), Policy::from_environment())
    }

    pub(super) fn start_with(launcher: impl Launch, policy: Policy) -> Self {
        let (requests, asked) = unbounded_channel();
        let notice = Notice::default();
        tokio::spawn(Supervisor::new(launcher, policy, asked, notice.clone()).run());
        Self { requests, notice }
    }

    /// The types of the names that `bindings` place in `text`; nothing where they cannot be told.
    pub async fn types(&self, text: String, bindings: Vec<Binding>) -> Vec<(String, TypeOf)> {
        match self.ask(Request::Types { text, bindings }).await {
            Some(Answer::Types(types)) => types,
            None | Some(Answer::Completions(_) | Answer::Inspection(_) | Answer::Loaded(_)) => Vec::new(),
        }
    }

    /// What could follow at `cursor`.
    pub async fn complete(&self, text: String, cursor: usize) -> Option<Completions> {
        match self.ask(Request::Complete { text, cursor }).await? {
            Answer::Completions(completions) => Some(completions),
            Answer::Types(_) | Answer::Inspection(_) | Answer::Loaded(_) => None,
        }
    }

    /// What the name at `cursor` is.
    pub async fn inspect(&self, text: String, cursor: usize) -> Option<Inspection> {
        match self.ask(Request::Inspect { text, cursor }).await? {
            Answer::Inspection(inspection) => inspection,
            Answer::Types(_) | Answer::Completions(_) | Answer::Loaded(_) => None,
        }
    }

    /// Makes crates known, now and whenever the process is started again.
    ///
    /// # Errors
    /// If their sources cannot be read.
    pub async fn load(&self, dependencies: Option<Arc<Value>>) -> Result<()> {
        let dependencies = dependencies.map(Arc::unwrap_or_clone);
        match self.ask(Request::Load { dependencies }).await {
            Some(Answer::Loaded(loaded)) => loaded.map_err(|reason| anyhow!(reason)),
            None | Some(Answer::Types(_) | Answer::Completions(_) | Answer::Inspection(_)) => {
                Err(anyhow!("the process that analyses is not there"))
            }
        }
    }

    /// What has become of the process, if the notebook was not told yet.
    pub fn take_notice(&self) -> Option<String> {
        self.notice.take()
    }

    async fn ask(&self, request: Request) -> Option<Answer> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(Asked { request, answer }).ok()?;
        answered.await.ok()
    }
}
