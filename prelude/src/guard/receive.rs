//! Channels that are waited for, but not longer than until Stop.
//!
//! libstd waits for a message in one piece. In slices, the one who waits can look.

use super::{Stop, check};
use std::sync::mpsc::{Receiver, RecvError, RecvTimeoutError};
use std::time::{Duration, Instant};

/// How soon Stop is seen.
const SLICE: Duration = Duration::from_millis(50);

/// `receiver.recv()`, and a look now and then.
///
/// # Errors
/// As `Receiver::recv`: nobody is left who could send.
#[inline]
pub fn recv<T>(stop: &'static Stop, receiver: &Receiver<T>) -> Result<T, RecvError> {
    check(stop);
    // Most often it is there already, and then no clock is needed.
    if let Ok(message) = receiver.try_recv() {
        return Ok(message);
    }
    loop {
        match receiver.recv_timeout(SLICE) {
            Ok(message) => return Ok(message),
            Err(RecvTimeoutError::Disconnected) => return Err(RecvError),
            Err(RecvTimeoutError::Timeout) => check(stop),
        }
    }
}

/// `receiver.recv_timeout(timeout)`, and a look now and then.
///
/// # Errors
/// As `Receiver::recv_timeout`.
#[inline]
pub fn recv_timeout<T>(stop: &'static Stop, receiver: &Receiver<T>, timeout: Duration) -> Result<T, RecvTimeoutError> {
    check(stop);
    let begun = Instant::now();
    loop {
        let left = timeout.saturating_sub(begun.elapsed());
        match receiver.recv_timeout(left.min(SLICE)) {
            Err(RecvTimeoutError::Timeout) if left > SLICE => check(stop),
            answer => return answer,
        }
    }
}

/// The messages of a channel, for a `for` loop.
#[derive(Debug)]
pub struct Receiving<R> {
    receiver: Option<R>,
    stop: &'static Stop,
}

/// `receiver.iter()`, and a look now and then.
#[inline]
pub fn receiving<'a, T>(stop: &'static Stop, receiver: &'a Receiver<T>) -> Receiving<&'a Receiver<T>> {
    Receiving::new(stop, Some(receiver))
}

impl<R> Receiving<R> {
    pub(super) fn new(stop: &'static Stop, receiver: Option<R>) -> Self {
        Self { receiver, stop }
    }
}

/// What a [`Receiving`] receives from.
pub trait Channel {
    /// What is sent.
    type Message;
    /// The channel's end.
    fn receiver(&self) -> &Receiver<Self::Message>;
}

impl<T> Channel for Receiver<T> {
    type Message = T;

    fn receiver(&self) -> &Self {
        self
    }
}

impl<T> Channel for &Receiver<T> {
    type Message = T;

    fn receiver(&self) -> &Receiver<T> {
        self
    }
}

impl<R: Channel> Iterator for Receiving<R> {
    type Item = R::Message;

    #[inline]
    fn next(&mut self) -> Option<R::Message> {
        recv(self.stop, self.receiver.as_ref()?.receiver()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::guarded;
    use super::*;
    use std::sync::mpsc::channel;

    static STOP: Stop = Stop::new();

    #[test]
    fn messages_come_as_they_were_sent() {
        let (send, receiver) = channel();
        let sender = std::thread::spawn(move || {
            for number in 0..3 {
                std::thread::sleep(Duration::from_millis(60 * number));
                send.send(number).unwrap();
            }
        });
        assert_eq!(recv(&STOP, &receiver), Ok(0));
        assert_eq!(receiving(&STOP, &receiver).next(), Some(1));
        assert_eq!(guarded(&STOP, &receiver).__isopleth_turns().collect::<Vec<_>>(), [2]);
        sender.join().unwrap();
        assert_eq!(recv(&STOP, &receiver), Err(RecvError));
        assert_eq!(guarded(&STOP, receiver).__isopleth_turns().count(), 0);
    }

    #[test]
    fn a_time_that_is_up_is_up() {
        let (send, receiver) = channel::<u8>();
        let begun = Instant::now();
        assert_eq!(recv_timeout(&STOP, &receiver, Duration::from_millis(120)), Err(RecvTimeoutError::Timeout));
        assert!((120..1000).contains(&begun.elapsed().as_millis()));
        send.send(7).unwrap();
        assert_eq!(recv_timeout(&STOP, &receiver, Duration::ZERO), Ok(7));
        drop(send);
        assert_eq!(recv_timeout(&STOP, &receiver, Duration::MAX), Err(RecvTimeoutError::Disconnected));
    }
}
