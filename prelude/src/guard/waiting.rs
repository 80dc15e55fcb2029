//! A cell that waits for a future: Stop wakes it.

use super::{Stop, check};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// Who is to be woken when Stop is pressed: the future of the cell that runs.
static WAITS: Mutex<Option<Waker>> = Mutex::new(None);

/// A cell's statements as a future, which looks at Stop whenever it is woken.
#[derive(Debug)]
pub struct Waiting<F> {
    stop: &'static Stop,
    future: F,
}

/// Waits for `future` until Stop is pressed.
pub fn waiting<F: Future>(stop: &'static Stop, future: F) -> Waiting<F> {
    Waiting { stop, future }
}

impl<F: Future> Future for Waiting<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // First this, or a Stop between the two would wake nobody.
        *WAITS.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        check(self.stop);
        // SAFETY: `future` is moved out of nowhere: it is pinned with the whole, and `Waiting` has no `Drop`.
        let future = unsafe { self.map_unchecked_mut(|waiting| &mut waiting.future) };
        let polled = future.poll(context);
        if polled.is_ready() {
            WAITS.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
        polled
    }
}

/// Stop was pressed: the cell's future is to look.
pub(crate) fn wake() {
    let waker = WAITS.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::Wake;

    struct Counting(AtomicU32);

    impl Wake for Counting {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_future_that_waits_is_woken_by_stop_and_its_value_comes_through() {
        static STOP: Stop = Stop::new();
        let count = Arc::new(Counting(AtomicU32::new(0)));
        let waker = Waker::from(Arc::clone(&count));
        let mut context = Context::from_waker(&waker);
        let mut endless = std::pin::pin!(waiting(&STOP, std::future::pending::<()>()));
        assert!(endless.as_mut().poll(&mut context).is_pending());
        wake();
        wake();
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
        let mut ready = std::pin::pin!(waiting(&STOP, std::future::ready(3)));
        assert_eq!(ready.as_mut().poll(&mut context), Poll::Ready(3));
    }
}
