//! The element types that can be coloured, and how code for any of them is reached from [`Values`](crate::array::Values).

use crate::values::{integer_types, numbers};
use ndarray::{ArrayView2, ArrayViewD, Ix2};

/// A value that can be coloured.
pub(super) trait Cell: Copy + Send + Sync + 'static {
    fn number(self) -> f64;

    /// `value` as this type can hold it: a nodata of -3.4e38 given in double precision means the float nearest to it.
    fn narrowed(value: f64) -> f64 {
        value
    }
}

macro_rules! cells {
    ($($type:ident)*) => { $(impl Cell for $type {
        #[inline]
        #[allow(clippy::cast_lossless)]
        fn number(self) -> f64 { self as f64 }
    })* };
}
numbers! { integer_types cells f64 }

impl Cell for f32 {
    #[inline]
    fn number(self) -> f64 {
        f64::from(self)
    }

    fn narrowed(value: f64) -> f64 {
        f64::from(value as f32)
    }
}

impl Cell for bool {
    #[inline]
    fn number(self) -> f64 {
        f64::from(u8::from(self))
    }
}

/// Runs `$body` for the element type that `$values` has, with its view bound to `$view`.
macro_rules! with_cells {
    ($values:expr, $view:ident => $body:expr) => {
        crate::values::numbers! { [$crate::plot::cell::cell_arms] $values, $view => $body }
    };
}

macro_rules! cell_arms {
    (
        {$values:expr, $view:ident => $body:expr}
        integers { $(($I:ident $($_i:tt)*))* } floats { $(($F:ident $($_f:tt)*))* }
    ) => {
        match $values {
            $crate::array::Values::Bool(array) => {
                let $view = array.view();
                $body
            }
            $($crate::array::Values::$I(array) => {
                let $view = array.view();
                $body
            })*
            $($crate::array::Values::$F(array) => {
                let $view = array.view();
                $body
            })*
            $crate::array::Values::DateTime(array) | $crate::array::Values::CfTime(_, array) => {
                let $view = array.view();
                $body
            }
            $crate::array::Values::Text(_) => unreachable!("text is refused before it is drawn"),
        }
    };
}
pub(super) use {cell_arms, with_cells};

/// The view as rows and columns.
pub(super) fn two_d<T>(view: ArrayViewD<'_, T>) -> ArrayView2<'_, T> {
    view.into_dimensionality::<Ix2>().expect("`source` lets only arrays with two dimensions through")
}

/// Hands row `row` of `view` to `read` as a slice, through `buffer` where its memory is not in a line.
pub(super) fn with_row<T: Copy, R>(
    view: &ArrayView2<'_, T>,
    row: usize,
    buffer: &mut Vec<T>,
    read: impl FnOnce(&[T]) -> R,
) -> R {
    let line = view.row(row);
    if let Some(slice) = line.as_slice() {
        return read(slice);
    }
    buffer.clear();
    buffer.extend(line.iter().copied());
    read(buffer)
}
