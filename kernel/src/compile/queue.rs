//! Whose turn it is to run tools: one at a time, and what a cell waits for goes before what is made ahead of time.
//!
//! A tool leads a process group of its own, which Stop ends with all that the tool has started.

use crate::keeper::Keeper;
use crate::threads;
use anyhow::{Context, Result};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Condvar, Mutex, MutexGuard};

/// How soon something is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A cell waits for it.
    Now,
    /// Nobody waits for it yet: it is ended as soon as something is wanted now.
    Ahead,
}

#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// Told when a turn ends, and when one is to end.
    changed: Condvar,
    /// Ends the tool that runs if this process is killed.
    keeper: Option<Keeper>,
}

#[derive(Debug, Default)]
struct State {
    turn: Option<Priority>,
    /// How many wait for a turn of [`Priority::Now`].
    waiting: usize,
    /// The process group of the tool that runs.
    group: Option<i32>,
    /// Stop was asked for since the cell's work began.
    stopped: bool,
    /// The turn ahead of time that runs is to end.
    cancelled: bool,
}

impl State {
    fn is_over(&self, priority: Priority) -> bool {
        match priority {
            Priority::Now => self.stopped,
            Priority::Ahead => self.cancelled || self.waiting > 0,
        }
    }

    fn end_tool(&self) {
        if let Some(group) = self.group {
            // SAFETY: the group is led by a child that is not waited for while the lock is held.
            unsafe { libc::kill(-group, libc::SIGKILL) };
        }
    }
}

impl Queue {
    pub fn new(keeper: Option<Keeper>) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), keeper }
    }

    /// Begins work that [`Queue::stop`] can end.
    pub fn begin(&self) {
        self.state().stopped = false;
    }

    /// Ends the tool that a cell waits for, and whatever its work would start yet.
    pub fn stop(&self) {
        let mut state = self.state();
        state.stopped = true;
        if state.turn == Some(Priority::Now) {
            state.end_tool();
        }
        self.changed.notify_all();
    }

    /// Ends what is made ahead of time.
    pub fn cancel(&self) {
        let mut state = self.state();
        if state.turn == Some(Priority::Ahead) {
            state.cancelled = true;
            state.end_tool();
        }
    }

    /// Waits for a turn, which lasts until it is dropped. `None` after Stop; and for work ahead of time where something is
    /// wanted now.
    pub fn turn(&self, priority: Priority) -> Option<Turn<'_>> {
        let mut state = self.state();
        if priority == Priority::Now {
            state.waiting += 1;
            if state.turn == Some(Priority::Ahead) {
                state.cancelled = true;
                state.end_tool();
            }
            state = self.wait_while(state, |state| state.turn.is_some() && !state.stopped);
            state.waiting -= 1;
        }
        let refused = match priority {
            Priority::Now => state.stopped,
            Priority::Ahead => state.waiting > 0,
        };
        if refused || state.turn.is_some() {
            return None;
        }
        state.turn = Some(priority);
        state.cancelled = false;
        drop(state);
        Some(Turn { queue: self, priority })
    }

    fn wait_while<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        condition: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_while(state, |state| condition(state));
        waited.unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn at_work(&self, state: &mut State, group: Option<i32>) {
        state.group = group;
        if let Some(keeper) = &self.keeper {
            keeper.at_work(group);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The right to run tools.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    queue: &'a Queue,
    priority: Priority,
}

impl Turn<'_> {
    /// Whether the work is to end.
    pub fn is_over(&self) -> bool {
        self.queue.state().is_over(self.priority)
    }

    /// Starts a tool. `None` if the work is to end.
    ///
    /// # Errors
    /// If the program cannot be run.
    pub fn start(&self, command: &mut Command) -> Result<Option<Tool<'_>>> {
        let mut state = self.queue.state();
        if state.is_over(self.priority) {
            return Ok(None);
        }
        let program = command.get_program().to_string_lossy().into_owned();
        let spawned = command.process_group(0).spawn().map_err(threads::explained);
        let child = spawned.with_context(|| format!("cannot run {program}"))?;
        self.queue.at_work(&mut state, i32::try_from(child.id()).ok());
        Ok(Some(Tool { queue: self.queue, child, is_waited_for: false }))
    }
}

/// A tool that runs. Dropped before it was waited for, it is ended.
#[derive(Debug)]
pub(super) struct Tool<'a> {
    queue: &'a Queue,
    pub child: Child,
    is_waited_for: bool,
}

impl Tool<'_> {
    /// Waits until the tool has ended.
    ///
    /// # Errors
    /// Those of the system.
    pub fn wait(&mut self) -> std::io::Result<ExitStatus> {
        // Waiting without reaping first keeps the lock free for Stop, and the number is nobody else's as yet.
        // SAFETY: the structure is valid, and the child is this process's own.
        unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            libc::waitid(libc::P_PID, self.child.id(), &raw mut info, libc::WEXITED | libc::WNOWAIT);
        }
        let mut state = self.queue.state();
        self.queue.at_work(&mut state, None);
        self.is_waited_for = true;
        self.child.wait()
    }
}

impl Drop for Tool<'_> {
    fn drop(&mut self) {
        if !self.is_waited_for {
            self.queue.state().end_tool();
            let _ = self.wait();
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.queue.state().turn = None;
        self.queue.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn sleep() -> Command {
        let mut command = Command::new("sleep");
        command.arg("1000");
        command
    }

    #[test]
    fn what_is_wanted_now_ends_what_is_made_ahead() {
        let queue = Queue::new(None);
        std::thread::scope(|scope| {
            let ahead = queue.turn(Priority::Ahead).unwrap();
            let mut tool = ahead.start(&mut sleep()).unwrap().unwrap();
            let now = scope.spawn(|| queue.turn(Priority::Now).is_some());
            assert_eq!(tool.wait().unwrap().signal(), Some(libc::SIGKILL));
            assert!(ahead.is_over() && ahead.start(&mut sleep()).unwrap().is_none());
            drop(tool);
            drop(ahead);
            assert!(now.join().unwrap());
        });
        assert!(queue.turn(Priority::Ahead).is_some());
    }

    #[test]
    fn nothing_is_made_ahead_while_something_is_wanted_now() {
        let queue = Queue::new(None);
        let now = queue.turn(Priority::Now).unwrap();
        assert!(queue.turn(Priority::Ahead).is_none());
        drop(now);
        let ahead = queue.turn(Priority::Ahead).unwrap();
        queue.cancel();
        assert!(ahead.is_over());
        drop(ahead);
        assert!(!queue.turn(Priority::Ahead).unwrap().is_over(), "the next one is not cancelled");
    }

    #[test]
    fn stop_is_for_what_a_cell_waits_for() {
        let queue = Queue::new(None);
        queue.begin();
        let ahead = queue.turn(Priority::Ahead).unwrap();
        queue.stop();
        assert!(!ahead.is_over());
        drop(ahead);
        assert!(queue.turn(Priority::Now).is_none(), "after Stop");
        queue.begin();
        let now = queue.turn(Priority::Now).unwrap();
        let mut tool = now.start(&mut sleep()).unwrap().unwrap();
        queue.stop();
        assert_eq!(tool.wait().unwrap().signal(), Some(libc::SIGKILL));
    }

    #[test]
    fn two_that_are_wanted_now_have_their_turns_one_after_the_other() {
        let queue = Queue::new(None);
        let first = queue.turn(Priority::Now).unwrap();
        std::thread::scope(|scope| {
            let others = [(); 2].map(|()| scope.spawn(|| queue.turn(Priority::Now).is_some()));
            while queue.state().waiting < 2 {
                std::thread::yield_now();
            }
            drop(first);
            assert_eq!(others.map(|other| other.join().unwrap()), [true, true]);
        });
    }

    #[test]
    fn a_tool_that_nobody_waits_for_is_ended() {
        let queue = Queue::new(None);
        let turn = queue.turn(Priority::Now).unwrap();
        let tool = turn.start(&mut sleep()).unwrap().unwrap();
        let process = i32::try_from(tool.child.id()).unwrap();
        drop(tool);
        // SAFETY: no preconditions; signal 0 is none.
        assert_eq!(unsafe { libc::kill(process, 0) }, -1, "it was reaped");
        assert!(queue.state().group.is_none());
    }
}
