//! `show!`: any value, shown in the middle of a cell as the last expression of a cell is shown.

use std::cell::Cell;
use std::marker::PhantomData;

thread_local! {
    static IN_THE_MIDDLE: Cell<bool> = const { Cell::new(false) };
}

/// Shows a value now, as the last expression of a cell is shown: by its own view, or by its `Debug` text.
///
/// In a program the text goes to stdout; for figures see [`save_plots`](crate::program::save_plots). The value is only
/// looked at, not moved: `show!(array)` leaves the variable `array` as it is.
///
/// ```
/// use isopleth::prelude::*;
/// let days = vec![31, 29, 31];
/// show!(days);
/// show!(&days[..2]);
/// assert_eq!(days.len(), 3);
/// ```
#[macro_export]
macro_rules! show {
    ($value:expr $(,)?) => {{
        #[allow(unused_imports)]
        use $crate::display::DebugDisplay as _;
        let _in_the_middle = $crate::display::InTheMiddle::begin();
        ($value).evcxr_display()
    }};
}

/// While one lives, what is shown on this thread is not the value of the cell.
#[doc(hidden)]
#[derive(Debug)]
pub struct InTheMiddle {
    before: bool,
    of_this_thread: PhantomData<*const ()>,
}

impl InTheMiddle {
    /// Begins.
    #[must_use]
    pub fn begin() -> Self {
        Self { before: IN_THE_MIDDLE.replace(true), of_this_thread: PhantomData }
    }

    /// Whether there is one.
    pub(crate) fn is_now() -> bool {
        IN_THE_MIDDLE.get()
    }
}

impl Drop for InTheMiddle {
    fn drop(&mut self) {
        IN_THE_MIDDLE.set(self.before);
    }
}
