//! Threads and processes where the system may refuse more of them: a limit that is reached becomes an error that says so.
//!
//! A batch system or a shared server gives each user a number of processes and threads. tokio panics where it cannot have
//! another thread, so the kernel asks for its threads itself.

use anyhow::{Context, Result, anyhow};
use ra_ap_syntax::{Edition, SourceFile};
use rustix::process::{Resource, getrlimit};
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;
use tokio::sync::oneshot;

/// How many threads serve the channels.
const SERVERS: usize = 2;

/// The runtime that serves the channels; on this one thread where there can be no others.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    if can_start(SERVERS) {
        return Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(SERVERS).enable_all().build()?);
    }
    tracing::warn!("{}", no_more());
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// Whether `count` threads can be had at once.
fn can_start(count: usize) -> bool {
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let ended = std::sync::Arc::new(std::sync::Mutex::new(ended));
    let started: Vec<_> = (0..count)
        .map_while(|_| {
            let ended = ended.clone();
            let wait = move || drop(ended.lock().map(|ended| ended.recv()));
            std::thread::Builder::new().spawn(wait).ok()
        })
        .collect();
    let all = started.len() == count;
    drop(end);
    started.into_iter().for_each(|thread| drop(thread.join()));
    all
}

/// Whether texts can be parsed: rust-analyzer's parser drops what it has made on a thread, and panics where it has none.
pub fn parser_is_ready() -> bool {
    static READY: OnceLock<()> = OnceLock::new();
    if READY.get().is_none() && can_start(1) {
        let parsed = std::panic::catch_unwind(|| drop(SourceFile::parse("", Edition::Edition2024)));
        let _ = parsed.map(|()| READY.set(()));
    }
    READY.get().is_some()
}

/// Runs `work` on a thread of its own.
///
/// # Errors
/// If there can be no thread, or `work` panics.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let (give, given) = oneshot::channel();
    std::thread::Builder::new().name("work".into()).spawn(move || drop(give.send(work()))).map_err(explained)?;
    given.await.context("it panicked")
}

/// Runs `work` beside everything else, if there can be a thread; the runtime waits for it when it ends.
pub fn in_background(work: impl FnOnce() + Send + 'static) {
    if can_start(1) {
        // tokio panics if the thread that there was is taken meanwhile.
        let _ = std::panic::catch_unwind(AssertUnwindSafe(|| tokio::task::spawn_blocking(work)));
    }
}

/// `error` of starting a thread or a process; a limit that is reached is named.
pub fn explained(error: io::Error) -> anyhow::Error {
    if error.kind() == io::ErrorKind::WouldBlock { anyhow!(no_more()) } else { error.into() }
}

/// Whether a program that has failed complains, in what it `said`, that it could have no thread or process.
pub fn tells_of_the_limit(said: &str) -> bool {
    said.contains("Resource temporarily unavailable") || said.contains("WouldBlock")
}

/// What to say where there can be no more threads and processes.
pub fn no_more() -> String {
    let limit = getrlimit(Resource::Nproc).current;
    let limit = limit.map_or_else(String::new, |limit| format!(" (you may have {limit}: `ulimit -u`)"));
    format!(
        "no more processes or threads can be started{limit}. End programs of yours that you do not need, other notebooks for \
         example, or ask for a higher limit"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_limit_that_is_reached_is_explained_so() {
        assert!(explained(io::Error::from_raw_os_error(libc::EAGAIN)).to_string().starts_with("no more processes"));
        assert!(!explained(io::Error::from_raw_os_error(libc::ENOENT)).to_string().contains("processes"));
        assert!(tells_of_the_limit("failed to spawn: Resource temporarily unavailable (os error 11)"));
        assert!(!tells_of_the_limit("error[E0425]: cannot find value"));
    }

    #[tokio::test]
    async fn work_that_panics_is_an_error() {
        assert_eq!(blocking(|| 5).await.ok(), Some(5));
        assert!(blocking(|| panic!("on purpose")).await.is_err());
    }
}
