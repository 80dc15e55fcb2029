//! What can be drawn as an image, and the one form that all of it takes before it is drawn.
//!
//! [`ImageSource`] has one concrete implementation per type, compiled in this
//! crate: a cell that calls `imshow` instantiates nothing but a call.

use super::axes::Axis;
use crate::array::Values;
use crate::{Error, ErrorKind, Result};
use ndarray::{Array2, ArrayD, ArrayView2, Zip};

/// A 2-d block of values with what is known about its axes. Cheap to clone.
#[derive(Clone)]
pub(super) struct Image {
    /// Two-dimensional: row, column.
    pub values: Values,
    pub rows: Axis,
    pub columns: Axis,
    /// What the values are, for the colour bar.
    pub label: Option<String>,
}

/// Why there is no image, kept until the figure is drawn.
pub(super) type Source = Result<Image, (ErrorKind, String)>;

impl Image {
    fn plain(values: Values, rows: usize, columns: usize) -> Self {
        Self { values, rows: Axis::index(rows), columns: Axis::index(columns), label: None }
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.rows.len, self.columns.len)
    }
}

/// Two-dimensional values that [`imshow`](super::imshow) can draw.
///
/// Implemented for `Array2<T>` and `ArrayView2<T>` (and `ArrayD<T>` that has two dimensions) where `T` is
/// `bool`, `u8`, `i16`, `u16`, `i32`, `u32`, `i64`, `f32` or `f64`, and for `DataArray`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be drawn as an image",
    label = "not an array with two dimensions",
    note = "imshow takes a reference to an Array2, an ArrayView2 or a DataArray with two dimensions (row, column); \
            select the others first"
)]
pub trait ImageSource: sealed::Sealed {}

pub(super) mod sealed {
    /// Keeps the trait closed and its one method out of the documentation.
    pub trait Sealed {
        #[allow(private_interfaces)]
        fn image(&self) -> super::Source;
    }
}

macro_rules! sources {
    ($($variant:ident $type:ty),*) => { $(
        #[allow(private_interfaces)]
        impl sealed::Sealed for ArrayView2<'_, $type> {
            fn image(&self) -> Source {
                // Copied in parallel: for a fresh block of memory the time goes into its first touch.
                let copy = Zip::from(self).par_map_collect(|&value| value);
                Ok(Image::plain(Values::$variant(copy.into_dyn().into_shared()), self.nrows(), self.ncols()))
            }
        }
        #[allow(private_interfaces)]
        impl sealed::Sealed for Array2<$type> {
            fn image(&self) -> Source {
                self.view().image()
            }
        }
        #[allow(private_interfaces)]
        impl sealed::Sealed for ArrayD<$type> {
            fn image(&self) -> Source {
                match self.view().into_dimensionality() {
                    Ok(view) => ArrayView2::<$type>::image(&view),
                    Err(_) => Err(not_two_d(&format!("shape {:?}", self.shape()))),
                }
            }
        }
        impl ImageSource for ArrayView2<'_, $type> {}
        impl ImageSource for Array2<$type> {}
        impl ImageSource for ArrayD<$type> {}
    )* };
}
sources!(Bool bool, U8 u8, I16 i16, U16 u16, I32 i32, U32 u32, I64 i64, F32 f32, F64 f64);

/// What to say of an array that has more or fewer than two dimensions.
pub(super) fn not_two_d(what: &str) -> (ErrorKind, String) {
    let advice = "an image needs two dimensions (row, column); select one step of the others, or reduce them";
    (ErrorKind::Mismatch, format!("imshow of an array of {what}: {advice}"))
}

/// The error that a missing image stands for.
pub(super) fn error((kind, message): &(ErrorKind, String)) -> Error {
    Error::new(*kind, message.clone())
}
