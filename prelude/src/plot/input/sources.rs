//! The types that figures are made of.

use super::Held;
use crate::array::{DataArray, Values};
use crate::parallel::threads;
use crate::time::{DateRange, DateTime};
use crate::values::{Element, buffers, layout, numbers};
use ndarray::{Array1, Array2, Array3, ArrayD, ArrayView1, ArrayView2, ArrayView3, ArrayViewD, Axis};

/// Two-dimensional values that [`imshow`](crate::plot::imshow) can draw.
///
/// Implemented for `Array2<T>` and `ArrayView2<T>` (and `ArrayD<T>` that has two dimensions) where `T` is
/// `bool`, an integer of 8 to 64 bits, `f32` or `f64`, and for `DataArray`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be drawn as an image",
    label = "not an array with two dimensions",
    note = "imshow takes a reference to an Array2, an ArrayView2 or a DataArray with two dimensions (row, column); \
            select the others first"
)]
pub trait ImageSource: sealed::Sealed {}

/// Values that [`line`](crate::plot::line), [`hist`](crate::plot::hist) and [`scatter`](crate::plot::scatter) can draw.
///
/// Implemented for `DataArray`, and for vectors, slices, arrays and ndarray's arrays of numbers or booleans; dates
/// (`DateRange`, vectors of `DateTime`) go along an axis.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be drawn",
    label = "not an array, vector or slice of numbers",
    note = "give a reference to a DataArray, a Vec, a slice, or an ndarray array of numbers"
)]
pub trait PlotSource: sealed::Sealed {}

mod sealed {
    /// Keeps the traits closed and their one method out of the documentation.
    pub trait Sealed {
        #[allow(private_interfaces)]
        fn held(&self) -> super::Held;
    }
}

macro_rules! source {
    ($({$($generics:tt)*})? $type:ty, $value:ident => $held:expr) => {
        #[allow(private_interfaces)]
        impl $(<$($generics)*>)? sealed::Sealed for $type {
            fn held(&self) -> Held {
                let $value = self;
                $held
            }
        }
        impl $(<$($generics)*>)? PlotSource for $type {}
    };
}

source!(DataArray, array => Held::labelled(array));
impl ImageSource for DataArray {}

/// Rows that are copied at once.
const ROWS: usize = 64;

/// Copied in parallel: for a fresh block of memory the time goes into its first touch.
fn copied<T: Element>(view: &ArrayView2<'_, T>) -> Array2<T> {
    let mut copy: Vec<T> = buffers::take(view.len());
    let parts = view.axis_chunks_iter(Axis(0), ROWS).zip(copy.chunks_mut((ROWS * view.ncols()).max(1))).collect();
    let part = |(rows, into): (ArrayView2<'_, T>, &mut [T])| {
        layout::copy_into(rows.into_dyn(), into);
        Ok(())
    };
    let outcome = threads::for_each(threads::threads(), parts, &part);
    // Where no thread can be started, this one copies.
    match outcome.map(|()| Array2::from_shape_vec(view.raw_dim(), copy)) {
        Ok(Ok(copy)) => copy,
        _ => view.to_owned(),
    }
}

macro_rules! lists {
    ($($type:ty, $list:ident => $held:expr;)*) => { $(
        source!([$type], $list => $held);
        source!(Vec<$type>, list => list.as_slice().held());
        source!({const N: usize} [$type; N], list => list.as_slice().held());
    )* };
}

macro_rules! arrays {
    ({} integers { $(($I:ident, $i:ident $($_i:tt)*))* } floats { $(($F:ident, $f:ident $($_f:tt)*))* }) => {
        arrays! { Bool bool $(, $I $i)* $(, $F $f)* }
    };
    ($($variant:ident $type:ty),*) => { $(
        lists!($type, list => Held::plain(list););
        source!(ArrayView2<'_, $type>, view => {
            Held::plain(Values::$variant(copied(view).into_dyn().into_shared()))
        });
        source!(Array2<$type>, array => array.view().held());
        source!(ArrayD<$type>, array => array.view().held());
        source!(ArrayViewD<'_, $type>, view => match view.view().into_dimensionality() {
            Ok(view) => ArrayView2::<$type>::held(&view),
            Err(_) => Held::plain(Values::$variant(view.to_owned().into_shared())),
        });
        source!(Array1<$type>, array => array.view().held());
        source!(ArrayView1<'_, $type>, view => view.view().into_dyn().held());
        source!(Array3<$type>, array => array.view().held());
        source!(ArrayView3<'_, $type>, view => view.view().into_dyn().held());
        impl ImageSource for ArrayView2<'_, $type> {}
        impl ImageSource for Array2<$type> {}
        impl ImageSource for ArrayD<$type> {}
    )* };
}
numbers! { arrays }

lists! {
    usize, list => Held::plain(list.iter().map(|&count| count as i64).collect::<Vec<_>>());
    DateTime, list => Held::plain(Values::from_nanoseconds(list.iter().map(|date| date.nanoseconds()).collect()));
}

source!(DateRange, dates => Held::plain(dates));

/// The one way to a source's array.
pub(in crate::plot) fn held<S: sealed::Sealed + ?Sized>(source: &S) -> Held {
    source.held()
}
