//! The loop of the process that analyses: it answers one call after the other, and prepares for later ones in between.

use super::{Analysis, Binding, Completions};
use isopleth_bus::analysis::{Answer, Call, Reply, Request};
use isopleth_bus::frame;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// What is done ahead of time, once nothing was asked for a while.
pub type WarmUp = (Duration, fn(&mut dyn Analysis));

/// The first inference and the first completion load what all later ones use.
pub const WARM_UP: [WarmUp; 2] = [
    (Duration::from_millis(1), |analysis| {
        let text = "use ::isopleth::prelude::*; async fn f() { let warm = vec![String::new()].len(); warm; }";
        let _ = analysis.types(text, &[Binding { name: "warm".into(), at: text.find("warm").unwrap_or(0) }]);
    }),
    (Duration::from_secs(2), |analysis| {
        let text = "use ::isopleth::prelude::*; async fn f() { String::new().len ; }";
        let _ = analysis.complete(text, text.find(".len").map_or(0, |at| at + 4));
    }),
];
const FOREVER: Duration = Duration::from_secs(u32::MAX as u64);

/// Answers `calls` until there are no more; `warm_up` is done whenever sources have been loaded.
///
/// # Errors
/// If nobody reads the answers any more.
pub fn serve(
    analysis: &mut dyn Analysis,
    warm_up: &[WarmUp],
    calls: &Receiver<Call>,
    answers: &mut impl Write,
) -> io::Result<()> {
    // Before the first call nothing is loaded.
    let mut ahead = [].iter();
    let mut next: Option<&WarmUp> = None;
    loop {
        match calls.recv_timeout(next.map_or(FOREVER, |(idle, _)| *idle)) {
            Ok(Call { number, request }) => {
                let answer = answer(analysis, request);
                if answer == Answer::Loaded(Ok(())) {
                    ahead = warm_up.iter();
                    next = ahead.next();
                }
                frame::write(answers, &Reply { number, answer })?;
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Some((_, work)) = next {
                    let _ = guarded(|| work(analysis));
                }
                next = ahead.next();
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn answer(analysis: &mut dyn Analysis, request: Request) -> Answer {
    match request {
        Request::Types { text, bindings } => {
            let types = guarded(|| analysis.types(&text, &bindings));
            // One name that rust-analyzer does not survive must not take the others with it.
            Answer::Types(types.unwrap_or_else(|| {
                let one = |binding: &Binding| guarded(|| analysis.types(&text, std::slice::from_ref(binding)));
                bindings.iter().filter_map(one).flatten().collect()
            }))
        }
        Request::Complete { text, cursor } => Answer::Completions(
            guarded(|| analysis.complete(&text, cursor)).unwrap_or_else(|| Completions::none(cursor)),
        ),
        Request::Inspect { text, cursor } => Answer::Inspection(guarded(|| analysis.inspect(&text, cursor)).flatten()),
        Request::Load { dependencies } => Answer::Loaded(match guarded(|| analysis.load(dependencies.as_ref())) {
            Some(loaded) => loaded.map_err(|error| format!("{error:#}")),
            None => Err("rust-analyzer panicked while it read the sources".into()),
        }),
    }
}

/// rust-analyzer may panic on code that it does not understand; what it has loaded outlives that.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).ok()
}
