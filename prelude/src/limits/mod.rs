//! What this process may use: processors and memory, which are rarely all there are. A job has a part of its node, a
//! shell a limit of its own, and others run on the same machine.
//!
//! At the ground floor, since whoever takes much memory asks here first: [`available`] says what is left,
//! [`refuse_beyond_memory`] turns a request that cannot be met into an error, before the system ends the process for it.

mod bytes;
mod cgroup;
mod cpus;
mod memory;

pub(crate) use bytes::{bytes, short_bytes};
pub(crate) use memory::resident;

use crate::{Error, ErrorKind, Result};
use memory::Memory;
use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// How long an answer of the system's holds: it takes a dozen files to find out.
const FRESH: Duration = Duration::from_secs(1);

/// What was found the last time.
#[derive(Debug, Clone, Copy)]
struct Found {
    at: Instant,
    cpus: usize,
    memory: Memory,
}

impl Found {
    fn now() -> Self {
        let group = cgroup::group();
        Self { at: Instant::now(), cpus: cpus::cpus(&group), memory: Memory::now(&group) }
    }
}

/// What holds now, or held a moment ago.
fn found() -> Found {
    static LAST: Mutex<Option<Found>> = Mutex::new(None);
    let mut last = match LAST.try_lock() {
        Ok(last) => last,
        Err(TryLockError::Poisoned(poisoned)) => PoisonError::into_inner(poisoned),
        // Somebody finds it out at this moment, or did when this process was forked off.
        Err(TryLockError::WouldBlock) => return Found::now(),
    };
    match *last {
        Some(found) if found.at.elapsed() < FRESH => found,
        _ => *last.insert(Found::now()),
    }
}

/// The processors that this process may use: its affinity and its control group count, not the machine.
///
/// ```
/// assert!(isopleth::parallel::cpus() >= 1);
/// ```
pub fn cpus() -> usize {
    found().cpus
}

/// The memory that this process may use, in bytes: the machine's, or less if its control group or one of its own limits
/// (`ulimit -v`, `ulimit -d`) allows less.
pub fn memory_limit() -> u64 {
    found().memory.limit
}

/// The memory that this process may still take, in bytes: what is left of [`memory_limit`], and no more than what other
/// processes leave of the machine and of the control group.
pub(crate) fn available() -> u64 {
    let memory = found().memory;
    // What this process has taken or given back since then is known at once.
    let held = resident();
    match held.checked_sub(memory.held) {
        Some(taken) => memory.free.saturating_sub(taken),
        None => memory.free.saturating_add(memory.held - held).min(memory.limit.saturating_sub(held)),
    }
}

/// What is smaller is taken without looking.
const SMALL: u64 = 64 << 20;

/// Refuses to take `size` bytes for `what` if this process may not have them; `advice` says what to do instead. For what is no
/// part of a plan, and whose size a file or an argument may say without anybody having so much.
///
/// # Errors
/// Of kind `Memory`, if they are more than there are.
pub(crate) fn refuse_beyond_memory(what: &str, size: u64, advice: &str) -> Result<()> {
    if size <= SMALL {
        return Ok(());
    }
    let most = available();
    if size <= most {
        return Ok(());
    }
    let message = format!("{what} would take {}, and this process may use {} more: {advice}", bytes(size), bytes(most));
    Err(Error::new(ErrorKind::Memory, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_memory_and_a_processor() {
        assert!(cpus() >= 1);
        assert!(memory_limit() > 64 << 20);
        assert!(resident() > 1 << 20 && resident() < memory_limit());
    }

    #[test]
    fn what_is_held_is_not_there_to_take() {
        let held = std::hint::black_box(vec![1u8; 64 << 20]);
        assert!(resident() >= held.len() as u64, "{}", resident());
        assert!(available() <= memory_limit() - held.len() as u64, "{} of {}", available(), memory_limit());
        drop(std::hint::black_box(held));
    }

    #[test]
    fn what_cannot_be_had_is_refused_with_size_and_advice() {
        refuse_beyond_memory("a small thing", 1 << 20, "").unwrap();
        let error = refuse_beyond_memory("a cube", 1 << 60, "take less").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Memory);
        let text = error.to_string();
        assert!(text.contains("a cube would take 1048576.0 TiB, and this process may use"), "{text}");
        assert!(text.ends_with("more: take less"), "{text}");
    }
}
