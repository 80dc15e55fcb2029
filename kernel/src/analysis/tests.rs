//! The supervisor against a fake analysis, with real frames over real sockets. What the fake does is said in the texts.

use super::process::{Ending, Launch, Process};
use super::serve::{WarmUp, serve};
use super::supervisor::Policy;
use super::{Analysis, Analyst, Binding, Completions, Inspection, TypeOf};
use anyhow::{Result, bail};
use isopleth_bus::analysis::Call;
use isopleth_bus::frame;
use serde_json::{Value, json};
use std::net::Shutdown;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tokio::time::timeout;

/// For what would otherwise be waited for in vain.
const LONG: Duration = Duration::from_secs(60);

/// What all fakes of a test have done, in order.
type Log = Arc<Mutex<Vec<String>>>;

struct Fake {
    log: Log,
    /// Its side of the socket: closed, the process is dead for the kernel.
    socket: std::os::unix::net::UnixStream,
    dies_loading: bool,
}

impl Fake {
    fn note(&self, what: String) {
        self.log.lock().unwrap().push(what);
    }
}

impl Analysis for Fake {
    fn types(&mut self, text: &str, bindings: &[Binding]) -> Vec<(String, TypeOf)> {
        self.note(format!("types {text}"));
        let dies = match text {
            "die" => true,
            "die once" => self.log.lock().unwrap().iter().filter(|line| *line == "types die once").count() == 1,
            _ => false,
        };
        if dies {
            self.socket.shutdown(Shutdown::Both).unwrap();
        }
        assert!(text != "panic" || bindings.len() == 1 && bindings[0].name != "bad", "as rust-analyzer may");
        if text == "hang" {
            std::thread::park_timeout(LONG);
        }
        bindings.iter().map(|binding| (binding.name.clone(), TypeOf::Named(text.to_owned()))).collect()
    }

    fn complete(&mut self, text: &str, cursor: usize) -> Completions {
        self.note(format!("complete {text}"));
        Completions::none(cursor + text.len())
    }

    fn inspect(&mut self, text: &str, _: usize) -> Option<Inspection> {
        Some(Inspection { text: text.to_owned(), html: String::new() })
    }

    fn load(&mut self, dependencies: Option<&Value>) -> Result<()> {
        self.note(format!("load {}", dependencies.unwrap_or(&Value::Null)));
        if self.dies_loading {
            self.socket.shutdown(Shutdown::Both).unwrap();
        }
        if dependencies == Some(&json!("unreadable")) {
            bail!("no sources");
        }
        Ok(())
    }
}

/// Starts fakes, each on a thread.
struct FakeLauncher {
    log: Log,
    warm_up: &'static [WarmUp],
    fails: bool,
    /// How many of the next die before they have loaded.
    die_loading: usize,
}

struct FakeProcess(std::os::unix::net::UnixStream);

impl Process for FakeProcess {
    async fn end(self) -> Ending {
        let _ = self.0.shutdown(Shutdown::Both);
        Ending::new("was ended by the test")
    }
}

impl Launch for FakeLauncher {
    type Process = FakeProcess;

    fn launch(&mut self) -> Result<(tokio::net::UnixStream, FakeProcess)> {
        self.log.lock().unwrap().push("start".into());
        if self.fails {
            bail!("no more processes");
        }
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let process = FakeProcess(ours.try_clone()?);
        let dies_loading = self.die_loading > 0;
        self.die_loading = self.die_loading.saturating_sub(1);
        let mut fake = Fake { log: Arc::clone(&self.log), socket: theirs.try_clone()?, dies_loading };
        let (mut reading, mut answers, warm_up) = (theirs.try_clone()?, theirs, self.warm_up);
        let (send, calls) = mpsc::channel();
        std::thread::spawn(move || serve(&mut fake, warm_up, &calls, &mut answers));
        std::thread::spawn(move || {
            while let Ok(Some(call)) = frame::read::<Call>(&mut reading) {
                let _ = send.send(call);
            }
        });
        Ok((tokio::net::UnixStream::from_std(ours)?, process))
    }
}

/// No test waits for any of these.
fn patient() -> Policy {
    Policy { pause: Duration::from_millis(1), ..Policy::default() }
}

struct Running {
    analyst: Analyst,
    log: Log,
}

impl Running {
    fn start(policy: Policy) -> Self {
        Self::start_with(policy, |_| {})
    }

    fn start_with(policy: Policy, change: impl FnOnce(&mut FakeLauncher)) -> Self {
        let log = Log::default();
        let mut launcher = FakeLauncher { log: Arc::clone(&log), warm_up: &[], fails: false, die_loading: 0 };
        change(&mut launcher);
        Self { analyst: Analyst::start_with(launcher, policy), log }
    }

    /// The type that `a` has in `text`.
    async fn type_in(&self, text: &str) -> Option<TypeOf> {
        let bindings = vec![Binding { name: "a".into(), at: 0 }];
        let types = timeout(LONG, self.analyst.types(text.to_owned(), bindings)).await.expect("an answer");
        types.into_iter().next().map(|(_, of)| of)
    }

    fn count(&self, line: &str) -> usize {
        self.log.lock().unwrap().iter().filter(|written| *written == line).count()
    }

    async fn wait_for(&self, line: &str, times: usize) {
        timeout(LONG, async {
            while self.count(line) < times {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("{line} {times} times in {:?}", self.log.lock().unwrap()));
    }
}

fn named(text: &str) -> Option<TypeOf> {
    Some(TypeOf::Named(text.to_owned()))
}

#[tokio::test]
async fn answers_find_their_requests() {
    let running = Running::start(patient());
    let (first, completions, inspection, last) = tokio::join!(
        running.type_in("first"),
        running.analyst.complete("four".into(), 3),
        running.analyst.inspect("page".into(), 0),
        running.type_in("last"),
    );
    assert_eq!((first, last), (named("first"), named("last")));
    assert_eq!(completions, Some(Completions::none(7)));
    assert_eq!(inspection.unwrap().text, "page");
    assert_eq!((running.count("start"), running.analyst.take_notice()), (1, None));
}

#[tokio::test]
async fn one_name_that_panics_does_not_take_the_others_with_it() {
    let running = Running::start(patient());
    let binding = |name: &str| Binding { name: name.into(), at: 0 };
    let types = running.analyst.types("panic".into(), vec![binding("good"), binding("bad")]).await;
    assert_eq!(types, [("good".to_owned(), TypeOf::Named("panic".into()))]);
    assert_eq!(running.count("start"), 1);
}

#[tokio::test]
async fn what_a_process_that_dies_was_asked_is_asked_of_the_next() {
    let running = Running::start(patient());
    let (first, second) = tokio::join!(running.type_in("die once"), running.type_in("behind it"));
    assert_eq!((first, second), (named("die once"), named("behind it")));
    assert_eq!(running.count("start"), 2);
    let told = running.analyst.take_notice().unwrap();
    let expected = "Completion and types of variables were restarted: their process was ended by the test.";
    assert_eq!(told, expected);
    assert_eq!(running.analyst.take_notice(), None, "told once");
}

#[tokio::test]
async fn a_request_that_has_ended_two_processes_is_given_up_and_the_others_are_answered() {
    let running = Running::start(patient());
    let (first, second) = tokio::join!(running.type_in("die"), running.type_in("behind it"));
    assert_eq!((first, second), (None, named("behind it")));
    assert_eq!((running.count("start"), running.count("types die")), (3, 2));
}

#[tokio::test]
async fn what_waits_while_processes_die_at_their_start_is_not_given_up() {
    let running = Running::start_with(patient(), |launcher| launcher.die_loading = 3);
    assert_eq!(running.type_in("waiting").await, named("waiting"));
    assert_eq!(running.count("start"), 4);
}

#[tokio::test]
async fn a_new_process_loads_the_crates_that_the_old_one_had() {
    let running = Running::start(patient());
    running.analyst.load(Some(Arc::new(json!({ "crate": 1 })))).await.unwrap();
    let refused = running.analyst.load(Some(Arc::new(json!("unreadable")))).await.unwrap_err();
    assert_eq!(refused.to_string(), "no sources");
    assert_eq!(running.type_in("die once").await, named("die once"));
    let log = running.log.lock().unwrap().join(", ");
    let expected = "start, load null, load {\"crate\":1}, load \"unreadable\", types die once, \
                    start, load {\"crate\":1}, types die once";
    assert_eq!(log, expected);
}

#[tokio::test]
async fn after_many_deaths_there_is_no_analysis_for_a_while_and_the_notebook_is_told_once() {
    let running = Running::start(Policy { most_deaths: 3, ..patient() });
    assert_eq!(running.type_in("die").await, None);
    assert!(running.analyst.take_notice().unwrap().contains("were restarted"));
    let (first, second) = tokio::join!(running.type_in("die"), running.type_in("behind it"));
    assert_eq!((first, second), (None, None), "nobody waits");
    let told = running.analyst.take_notice().unwrap();
    assert!(told.contains("not available") && told.contains("3 times") && told.contains("isopleth doctor"), "{told}");
    assert_eq!(running.type_in("later").await, None);
    assert_eq!((running.count("start"), running.analyst.take_notice()), (3, None));
}

#[tokio::test]
async fn when_the_deaths_are_long_ago_it_is_tried_again() {
    let running = Running::start(Policy { most_deaths: 1, window: Duration::from_millis(50), ..patient() });
    assert_eq!(running.type_in("die").await, None);
    let answer = timeout(LONG, async {
        loop {
            if let Some(answer) = running.type_in("later").await {
                return answer;
            }
        }
    });
    assert_eq!(answer.await.ok(), named("later"));
}

#[tokio::test]
async fn where_no_process_can_be_started_everybody_is_answered_and_it_is_told_once() {
    let running = Running::start_with(patient(), |launcher| launcher.fails = true);
    assert_eq!(running.type_in("first").await, None);
    let told = running.analyst.take_notice().unwrap();
    assert!(told.contains("not available: no more processes"), "{told}");
    assert_eq!(running.analyst.complete("second".into(), 0).await, None);
    assert_eq!(running.analyst.take_notice(), None);
}

#[tokio::test]
async fn an_idle_process_is_ended_and_the_next_request_starts_another_with_its_crates() {
    let running = Running::start(Policy { idle: Duration::from_millis(20), ..patient() });
    running.analyst.load(Some(Arc::new(json!("mine")))).await.unwrap();
    // Its socket is closed before the log could say so: only the next start shows that it had ended.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let before = running.count("start");
    assert_eq!(running.type_in("later").await, named("later"));
    assert_eq!(running.count("start"), before + 1);
    assert_eq!(running.count("load \"mine\""), 2);
    assert_eq!(running.analyst.take_notice(), None, "nothing went wrong");
}

#[tokio::test]
async fn a_process_that_gives_no_answer_is_ended() {
    let running = Running::start(Policy { patience: Duration::from_secs(3), ..patient() });
    let (first, second) = tokio::join!(running.type_in("hang"), running.type_in("behind it"));
    assert_eq!((first, second), (None, named("behind it")));
    assert!(running.analyst.take_notice().unwrap().contains("did not answer"));
}

#[tokio::test]
async fn it_warms_up_once_it_has_loaded_and_nothing_is_asked() {
    const WARM_UP: &[WarmUp] = &[(Duration::from_millis(1), |analysis| drop(analysis.complete("warm", 0)))];
    let running = Running::start_with(patient(), |launcher| launcher.warm_up = WARM_UP);
    running.wait_for("complete warm", 1).await;
    assert_eq!(running.log.lock().unwrap()[..2], ["start", "load null"]);
}
