//! The task that owns the process that analyses: passes requests on, finds answers their requests, and starts the process
//! again when it has died.
//!
//! Nothing that happens to the process is an error for those who ask: a request of a process that died is asked again of the
//! next one, and one that has ended [`MOST_ENDED`] processes gets no answer.

use super::client::{Asked, Notice};
use super::process::{Ending, Launch, Process};
use isopleth_bus::analysis::{Answer, Call, Reply, Request};
use isopleth_bus::frame::{self, Pieces};
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};

/// How many processes a request may end.
const MOST_ENDED: usize = 2;

/// Seconds without a request after which the process is ended.
const IDLE: &str = "ISOPLETH_ANALYSIS_IDLE";

/// When the process is ended, and when it is not started again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// It is ended when nothing was asked for so long.
    pub idle: Duration,
    /// It is ended when it owes an answer for so long.
    pub patience: Duration,
    /// Deaths that lie closer together count as one trouble.
    pub window: Duration,
    /// How many of them are borne.
    pub most_deaths: usize,
    /// How long to wait after the second; twice as long after each further one.
    pub pause: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(30 * 60),
            // Reading the sources over a slow network takes the longest.
            patience: Duration::from_secs(3 * 60),
            window: Duration::from_secs(10 * 60),
            most_deaths: 5,
            pause: Duration::from_secs(1),
        }
    }
}

impl Policy {
    /// As the user's environment has it.
    pub fn from_environment() -> Self {
        // What is no number of seconds that a clock can count is not meant.
        let seconds = std::env::var(IDLE).ok().and_then(|seconds| seconds.parse::<u32>().ok());
        let standard = Self::default();
        Self { idle: seconds.map_or(standard.idle, |seconds| Duration::from_secs(seconds.into())), ..standard }
    }
}

/// A request that has no answer yet.
struct Open {
    call: Call,
    answer: oneshot::Sender<Answer>,
    /// How many processes have ended while they worked on it.
    ended: usize,
}

/// How the time of one process came to its end.
enum End {
    /// Nobody can ask any more.
    NobodyAsks,
    Idle,
    Died,
    /// It owes an answer and gives none.
    Silent,
    /// The sources cannot be read.
    CannotLoad(String),
}

/// One for a kernel; starts at once.
pub struct Supervisor<L> {
    launch: L,
    policy: Policy,
    requests: UnboundedReceiver<Asked>,
    notice: Notice,
    /// In the order in which they were asked, which is that of the answers.
    open: VecDeque<Open>,
    next_number: u64,
    /// The number of a new process's first request, until it has answered that.
    loading: Option<u64>,
    /// How many processes have ended while they read these crates.
    ended_by_crates: usize,
    /// The crates that each new process is to load.
    crates: Option<Value>,
    /// When processes have died, within the window.
    deaths: VecDeque<Instant>,
    /// Whether the notebook knows that there is no analysis.
    told_absent: bool,
}

impl<L: Launch> Supervisor<L> {
    pub fn new(launch: L, policy: Policy, requests: UnboundedReceiver<Asked>, notice: Notice) -> Self {
        Self {
            launch,
            policy,
            requests,
            notice,
            open: VecDeque::new(),
            next_number: 0,
            loading: None,
            ended_by_crates: 0,
            crates: None,
            deaths: VecDeque::new(),
            told_absent: false,
        }
    }

    /// Until nobody can ask any more.
    pub async fn run(mut self) {
        let mut at_once = true;
        loop {
            if !at_once && self.open.is_empty() {
                let Some(asked) = self.requests.recv().await else { return };
                self.take(asked);
            }
            at_once = false;
            if !self.may_start().await {
                self.answer_with_nothing();
                continue;
            }
            let (stream, process) = match self.launch.launch() {
                Ok(started) => started,
                Err(error) => {
                    self.deaths.push_back(Instant::now());
                    self.absent(&format!("{error:#}"), "End programs that you do not need, and run the cell again.");
                    continue;
                }
            };
            let end = self.serve(stream).await;
            let ending = process.end().await;
            tracing::info!("the process that analyses has ended: {ending:?}");
            match end {
                End::NobodyAsks => return,
                End::Idle => {}
                End::Died => at_once = self.died(&ending),
                End::Silent => at_once = self.died(&Ending::new("did not answer any more")),
                End::CannotLoad(reason) if self.crates.take().is_some() => {
                    tracing::warn!("the crates of :dep are not known to completion: {reason}");
                    at_once = true;
                }
                End::CannotLoad(reason) => {
                    self.deaths.push_back(Instant::now());
                    self.absent(&reason, "Run `isopleth doctor`.");
                }
            }
        }
    }

    /// Passes on what is asked, until the process has to be ended or has ended.
    async fn serve(&mut self, mut stream: UnixStream) -> End {
        let load = Call { number: self.number(), request: Request::Load { dependencies: self.crates.clone() } };
        self.loading = Some(load.number);
        let mut sent = write(&mut stream, &load, self.policy.patience).await;
        for open in &self.open {
            sent = sent && write(&mut stream, &open.call, self.policy.patience).await;
        }
        let mut pieces = Pieces::default();
        let mut buffer = vec![0; 64 << 10];
        let mut since = Instant::now();
        while sent {
            let owes = self.loading.is_some() || !self.open.is_empty();
            let until = since + if owes { self.policy.patience } else { self.policy.idle };
            tokio::select! {
                read = stream.read(&mut buffer) => match read {
                    Ok(length @ 1..) => {
                        since = Instant::now();
                        pieces.push(&buffer[..length]);
                        while let Some(reply) = pieces.take::<Reply>() {
                            // Only another version could say what this one does not understand.
                            let Ok(Reply { number, answer }) = reply else { return End::Died };
                            if self.loading == Some(number) {
                                self.loading = None;
                                self.ended_by_crates = 0;
                                if let Answer::Loaded(Err(reason)) = answer {
                                    return End::CannotLoad(reason);
                                }
                                self.told_absent = false;
                            } else {
                                self.answered(number, answer);
                            }
                        }
                    }
                    Ok(0) | Err(_) => return End::Died,
                },
                asked = self.requests.recv() => {
                    let Some(asked) = asked else { return End::NobodyAsks };
                    if !owes {
                        since = Instant::now();
                    }
                    self.take(asked);
                    if let Some(open) = self.open.back() {
                        sent = write(&mut stream, &open.call, self.policy.patience).await;
                    }
                }
                () = sleep_until(until) => return if owes { End::Silent } else { End::Idle },
            }
        }
        End::Died
    }

    fn take(&mut self, asked: Asked) {
        let call = Call { number: self.number(), request: asked.request };
        self.open.push_back(Open { call, answer: asked.answer, ended: 0 });
    }

    fn number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }

    /// Whoever has gone away is no reason to stop.
    fn answered(&mut self, number: u64, answer: Answer) {
        let Some(at) = self.open.iter().position(|open| open.call.number == number) else { return };
        let Some(open) = self.open.remove(at) else { return };
        if let (Request::Load { dependencies }, Answer::Loaded(Ok(()))) = (open.call.request, &answer) {
            self.crates = dependencies;
        }
        let _ = open.answer.send(answer);
    }

    /// True if the process is to be started again at once.
    fn died(&mut self, ending: &Ending) -> bool {
        self.deaths.push_back(Instant::now());
        // Answers come in the order of the requests: the first that is open is the one that it worked on.
        if let Some(first) = self.open.front_mut().filter(|_| self.loading.is_none()) {
            first.ended += 1;
        }
        if self.loading.is_some() && self.crates.is_some() {
            self.ended_by_crates += 1;
            if self.ended_by_crates >= MOST_ENDED {
                self.crates = None;
                self.ended_by_crates = 0;
                tracing::warn!("the crates of :dep are not known to completion: reading them has ended its process");
            }
        }
        self.open.retain(|open| {
            let is_load = matches!(open.call.request, Request::Load { .. });
            open.ended < MOST_ENDED && (is_load || !open.answer.is_closed())
        });
        if self.is_hopeless() {
            let (times, minutes) = (self.policy.most_deaths, self.policy.window.as_secs() / 60);
            let why = format!("their process {}, and ended {times} times within {minutes} minutes", ending.what);
            let advice = if ending.out_of_memory {
                "Close other notebooks, or ask for more memory."
            } else {
                "Restart the kernel; if that does not help, run `isopleth doctor`."
            };
            self.absent(&why, advice);
            return false;
        }
        self.notice.set(format!("Completion and types of variables were restarted: their process {}.", ending.what));
        // Where memory is short the next process may wait until somebody needs it.
        !ending.out_of_memory
    }

    /// There is no analysis: said once, until there was one again.
    fn absent(&mut self, why: &str, advice: &str) {
        if !self.told_absent {
            self.notice.set(format!("Completion and types of variables are not available: {why}. {advice}"));
            self.told_absent = true;
        }
        self.answer_with_nothing();
    }

    fn answer_with_nothing(&mut self) {
        for open in self.open.drain(..) {
            // A later process may be able to load them.
            if let Request::Load { dependencies } = open.call.request {
                self.crates = dependencies;
            }
        }
    }

    fn is_hopeless(&mut self) -> bool {
        let window = self.policy.window;
        self.deaths.retain(|death| death.elapsed() < window);
        self.deaths.len() >= self.policy.most_deaths
    }

    /// False if too many processes have died of late; otherwise waits for as long as their number suggests.
    async fn may_start(&mut self) -> bool {
        if self.is_hopeless() {
            return false;
        }
        if let (Some(last), further @ 2..) = (self.deaths.back(), self.deaths.len()) {
            let doublings = u32::try_from(further - 2).unwrap_or(u32::MAX).min(16);
            sleep_until(*last + self.policy.pause * (1 << doublings)).await;
        }
        true
    }
}

/// False if the process does not read. It reads while it works, so that only one that is stopped lets this wait.
async fn write(stream: &mut UnixStream, call: &Call, patience: Duration) -> bool {
    let Ok(frame) = frame::encode(call) else { return false };
    matches!(timeout(patience, stream.write_all(&frame)).await, Ok(Ok(())))
}
