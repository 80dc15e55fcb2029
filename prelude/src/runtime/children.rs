//! The processes that a cell has started: Stop ends them.
//!
//! A cell that waits for a program (`Command::status`) looks at nothing until the program ends. So Stop asks the
//! programs of the cell to end, as Ctrl-C in a terminal would, and insists if they do not: SIGINT, SIGTERM, SIGKILL. A cell's programs are
//! the children of this process that were not there when the cell began, and what these have started.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One process, told from a later one of the same number by when it started (in ticks of the system's clock).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Process {
    number: i32,
    started: u64,
}

/// The running cell and the children that it found. `None` between cells.
static RUNNING: Mutex<Option<(u64, HashSet<Process>)>> = Mutex::new(None);

fn running() -> MutexGuard<'static, Option<(u64, HashSet<Process>)>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The cell `number` begins: children that are there now are not its own.
pub(super) fn start_cell(number: u64) {
    let found =
        if has_children() { Tree::now().children_of(own_number()).into_iter().collect() } else { HashSet::new() };
    *running() = Some((number, found));
}

/// What is started from now on is no cell's.
pub(super) fn end_cell() {
    *running() = None;
}

/// What is done to processes, one after the other, and how long each is given.
const STEPS: [(libc::c_int, Duration); 3] = [
    (libc::SIGINT, Duration::from_millis(200)),
    (libc::SIGTERM, Duration::from_millis(300)),
    (libc::SIGKILL, Duration::from_millis(300)),
];

/// The ending of one cell's processes, from Stop to the last of them.
#[derive(Debug)]
pub(super) struct Ending {
    cell: u64,
    step: usize,
    due: Instant,
    /// Those that were asked to end: their own children may have changed hands since, and the cell may be over.
    asked: HashSet<Process>,
}

impl Ending {
    /// Stop was pressed for `cell`: its processes are asked to end.
    pub fn begin(cell: u64) -> Self {
        let mut ending = Self { cell, step: 0, due: Instant::now(), asked: HashSet::new() };
        ending.go_on();
        ending
    }

    /// The cell that was stopped.
    pub fn cell(&self) -> u64 {
        self.cell
    }

    /// How long [`go_on`](Self::go_on) has time.
    pub fn left(&self) -> Duration {
        self.due.saturating_duration_since(Instant::now())
    }

    /// Does what is due. False when nothing is left to do.
    pub fn go_on(&mut self) -> bool {
        if !self.left().is_zero() {
            return true;
        }
        let (signal, patience) = STEPS[self.step];
        self.step = (self.step + 1).min(STEPS.len() - 1);
        self.due = Instant::now() + patience;
        let found = running().as_ref().filter(|(cell, _)| *cell == self.cell).map(|(_, found)| found.clone());
        // The cell may start another one while it runs.
        let runs = found.is_some();
        if !runs && self.asked.is_empty() {
            return false;
        }
        if runs && self.asked.is_empty() && !has_children() {
            return true;
        }
        let tree = Tree::now();
        let mut targets: HashSet<Process> = self.asked.iter().copied().filter(|known| tree.lives(*known)).collect();
        if let Some(found) = found {
            targets.extend(tree.children_of(own_number()).into_iter().filter(|child| !found.contains(child)));
        }
        // Parents first: a shell whose child ends before it does would start the next one.
        let families = tree.families(&targets);
        for process in &families {
            // SAFETY: no preconditions. The process was there a moment ago; numbers are not given anew so soon.
            unsafe { libc::kill(process.number, signal) };
        }
        self.asked = families.into_iter().collect();
        runs || !self.asked.is_empty()
    }
}

fn own_number() -> i32 {
    // SAFETY: no preconditions.
    unsafe { libc::getpid() }
}

/// Whether this process has any children, alive or not yet waited for. Nearly always not, and the system says so at once.
fn has_children() -> bool {
    // SAFETY: zeros are a valid `siginfo_t`; with WNOWAIT the child, if there is one, is left to whoever waits for it.
    unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        libc::waitid(libc::P_ALL, 0, &raw mut info, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT) == 0
    }
}

/// All processes that this one can see, dead ones left out.
struct Tree {
    processes: HashMap<i32, (Process, i32)>,
}

impl Tree {
    fn now() -> Self {
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        let processes = numbers.filter_map(|number| Some((number, parse(number, &stat(number)?)?))).collect();
        Self { processes }
    }

    fn lives(&self, process: Process) -> bool {
        self.processes.get(&process.number).is_some_and(|(now, _)| *now == process)
    }

    fn children_of(&self, parent: i32) -> Vec<Process> {
        self.processes.values().filter(|(_, of)| *of == parent).map(|(process, _)| *process).collect()
    }

    /// `processes` and all that descend from them, each behind its parent.
    fn families(&self, processes: &HashSet<Process>) -> Vec<Process> {
        let parent = |process: &Process| self.processes.get(&process.number).map(|(_, parent)| *parent);
        let of_another = |process: &&Process| processes.iter().any(|other| parent(process) == Some(other.number));
        let mut families: Vec<Process> = processes.iter().filter(|process| !of_another(process)).copied().collect();
        let mut at = 0;
        while let Some(process) = families.get(at) {
            let children = self.children_of(process.number);
            families.extend(children);
            at += 1;
        }
        families
    }
}

fn stat(number: i32) -> Option<String> {
    // The name of a program need not be text.
    Some(String::from_utf8_lossy(&std::fs::read(format!("/proc/{number}/stat")).ok()?).into_owned())
}

/// The process and its parent, of the line in `/proc`; None for one that is dead already.
fn parse(number: i32, stat: &str) -> Option<(Process, i32)> {
    // The name, in parentheses, may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let (state, parent) = (fields.next()?, fields.next()?.parse().ok()?);
    let started = fields.nth(17)?.parse().ok()?;
    (!matches!(state, "Z" | "X")).then_some((Process { number, started }, parent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Child, Command, Stdio};
    use std::sync::mpsc;

    fn shell(script: &str) -> Child {
        Command::new("sh").args(["-c", script]).stdout(Stdio::null()).spawn().unwrap()
    }

    /// Waits for a child as a cell does; Stop is pressed meanwhile. The signal that ended it, and how long that took.
    fn stopped(script: &str, cell: u64) -> (Option<i32>, Duration) {
        start_cell(cell);
        let mut child = shell(script);
        std::thread::sleep(Duration::from_millis(150));
        let (send, ended) = mpsc::channel();
        let waiting = std::thread::spawn(move || {
            let _ = send.send(child.wait().unwrap().signal());
        });
        let begun = Instant::now();
        let mut ending = Ending::begin(cell);
        let signal = loop {
            match ended.recv_timeout(ending.left()) {
                Ok(signal) => break signal,
                Err(_) => assert!(ending.go_on(), "nothing left to do, and it lives"),
            }
        };
        waiting.join().unwrap();
        end_cell();
        let took = begun.elapsed();
        for _ in 0..3 {
            std::thread::sleep(ending.left());
            if !ending.go_on() {
                return (signal, took);
            }
        }
        panic!("the ending has no end");
    }

    #[test]
    fn processes_of_the_cell_are_ended_and_no_others() {
        // Other tests start processes too.
        let name = "runtime::children::tests::processes_of_the_cell_are_ended_and_no_others";
        crate::runtime::alone::alone(name, end_processes);
    }

    fn end_processes() {
        // A shell that starts tests in the background has them ignore SIGINT, and their children with them.
        // SAFETY: the default action needs no handler.
        unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
        let mut earlier = shell("exec sleep 60");
        let (signal, took) = stopped("exec sleep 60", 1);
        assert!(signal == Some(libc::SIGINT) && took < Duration::from_secs(2), "{signal:?} {took:?}");
        let (signal, took) = stopped("trap '' INT; exec sleep 60", 2);
        assert!(signal == Some(libc::SIGTERM) && took < Duration::from_secs(5), "{signal:?} {took:?}");
        let (signal, took) = stopped("trap '' INT TERM; sleep 60; sleep 60", 3);
        assert!(signal == Some(libc::SIGKILL) && took < Duration::from_secs(15), "{signal:?} {took:?}");
        assert!(earlier.try_wait().unwrap().is_none(), "what an earlier cell has started lives on");
        // What a child has started itself is ended with it.
        let mark = format!("60.{}", std::process::id());
        for script in ["sleep M & sleep M & wait", "trap '' INT; sleep M; sleep M"] {
            let (_, took) = stopped(&script.replace('M', &mark), 4);
            assert!(took < Duration::from_secs(7), "{took:?}");
        }
        let left = std::fs::read_dir("/proc").unwrap().flatten().filter(|entry| {
            let line = std::fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
            line.starts_with("sleep") && line.contains(&mark)
        });
        assert_eq!(left.count(), 0, "what a child has started is ended with it");
        earlier.kill().unwrap();
        earlier.wait().unwrap();
    }

    #[test]
    fn a_line_of_the_system_is_read_whatever_the_program_is_called() {
        let line = |state| format!("7 (a) b (c) {state} 3 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 1");
        assert_eq!(parse(7, &line("S")), Some((Process { number: 7, started: 4711 }, 3)));
        assert_eq!(parse(7, &line("Z")), None);
        assert_eq!(parse(7, "7 (a"), None);
    }
}
