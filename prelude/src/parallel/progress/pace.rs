//! How fast work goes, and how long it will take: an estimate that does not jump.
//!
//! Threads that take equally long finish together, so steps come in bursts. The rate is therefore measured from burst to
//! burst, never from a burst to now, and the time left counts down between them.

use std::time::Duration;

/// How fast the past is forgotten, as a share of the time so far: late in long work a slow minute changes little.
const MEMORY: f64 = 0.5;

/// The pace of one piece of work. Times are since it began.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    /// The last time that something was done, and how much there was then.
    at: Duration,
    done: usize,
    /// Steps and seconds so far, older ones counting less.
    steps: f64,
    seconds: f64,
}

impl Pace {
    /// At `now`, `done` steps are done.
    pub fn observe(&mut self, now: Duration, done: usize) {
        if done <= self.done || now <= self.at {
            return;
        }
        let passed = (now - self.at).as_secs_f64();
        let kept = (-passed / (MEMORY * now.as_secs_f64())).exp();
        self.steps = self.steps * kept + (done - self.done) as f64;
        self.seconds = self.seconds * kept + passed;
        (self.at, self.done) = (now, done);
    }

    /// Steps per second; `None` before the first.
    pub fn rate(&self) -> Option<f64> {
        (self.steps > 0.0).then(|| self.steps / self.seconds)
    }

    /// The time until `total` steps are done; `None` as long as nothing can be said.
    pub fn left(&self, now: Duration, total: usize) -> Option<Duration> {
        let all = total.saturating_sub(self.done) as f64 / self.rate()?;
        // Overdue: the rate no longer holds, and there is no other yet.
        let left = all - now.saturating_sub(self.at).as_secs_f64();
        (left > 0.0).then(|| Duration::try_from_secs_f64(left).ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    fn left(pace: &Pace, now: f64, total: usize) -> f64 {
        pace.left(seconds(now), total).unwrap().as_secs_f64()
    }

    #[test]
    fn nothing_is_said_before_something_is_done() {
        let mut pace = Pace::default();
        pace.observe(seconds(5.0), 0);
        assert_eq!((pace.rate(), pace.left(seconds(5.0), 10)), (None, None));
    }

    #[test]
    fn bursts_of_eight_threads_do_not_make_the_estimate_jump() {
        // 80 items of 10 s each on 8 threads: 100 s in all.
        let mut pace = Pace::default();
        for tenth in 1..1000 {
            let now = tenth as f64 / 10.0;
            pace.observe(seconds(now), 8 * (tenth / 100));
            if now >= 10.0 {
                assert!((left(&pace, now, 80) - (100.0 - now)).abs() < 0.2, "at {now}: {}", left(&pace, now, 80));
            }
        }
    }

    #[test]
    fn a_change_of_speed_is_learnt_by_and_by() {
        let mut pace = Pace::default();
        (1..=100).for_each(|n| pace.observe(seconds(n as f64 / 10.0), n));
        assert!((pace.rate().unwrap() - 10.0).abs() < 1e-6);
        // Ten times slower from here on.
        let before = left(&pace, 10.0, 200);
        pace.observe(seconds(11.0), 101);
        let after = left(&pace, 11.0, 200);
        assert!(after > before && after < 2.0 * before, "{before} then {after}");
        (12..=60).for_each(|n| pace.observe(seconds(n as f64), 90 + n));
        assert!((pace.rate().unwrap() - 1.0).abs() < 0.3, "{:?}", pace.rate());
    }

    #[test]
    fn what_is_overdue_is_not_guessed() {
        let mut pace = Pace::default();
        pace.observe(seconds(10.0), 5);
        assert!((left(&pace, 15.0, 10) - 5.0).abs() < 1e-9);
        assert_eq!(pace.left(seconds(60.0), 10), None);
    }
}
