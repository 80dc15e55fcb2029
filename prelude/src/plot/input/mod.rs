//! What can be drawn, and the one form that all of it takes before it is drawn: a labelled array.
//!
//! The traits have one concrete implementation per type, compiled in this
//! crate: a cell that calls `imshow` or `line` instantiates nothing but a call.

pub(super) mod image;
pub(super) mod places;
mod sources;

pub(super) use sources::held;
pub use sources::{ImageSource, PlotSource};

use crate::array::{DType, DataArray};
use crate::{Error, ErrorKind, Result};
use std::sync::OnceLock;

/// An error that is kept until the figure is drawn.
pub(super) type Refusal = (ErrorKind, String);

/// An array to be drawn. A lazy one is computed once, when it is first needed.
pub(super) struct Held {
    array: DataArray,
    /// Its names are the user's, not made up here.
    pub labelled: bool,
    computed: OnceLock<std::result::Result<DataArray, Refusal>>,
}

impl Held {
    pub fn labelled(array: &DataArray) -> Self {
        Self { array: array.clone(), labelled: true, computed: OnceLock::new() }
    }

    /// An array without names of its own.
    pub fn plain(values: impl Into<crate::array::Values>) -> Self {
        let values = values.into();
        let dims: Vec<String> = (0..values.ndim()).map(|at| format!("dim_{at}")).collect();
        let array = DataArray::new(values, dims).expect("as many names as axes, all different");
        Self { array, labelled: false, computed: OnceLock::new() }
    }

    /// The array as it was given: for what can be said without its values.
    pub fn array(&self) -> &DataArray {
        &self.array
    }

    /// The array in memory.
    ///
    /// # Errors
    /// When it cannot be computed.
    pub fn computed(&self) -> Result<&DataArray> {
        let compute = || self.array.compute().map_err(|error| (error.kind(), error.to_string()));
        self.computed.get_or_init(compute).as_ref().map_err(refused)
    }
}

/// The error that was kept.
pub(super) fn refused((kind, message): &Refusal) -> Error {
    Error::new(*kind, message.clone())
}

/// `array` without the first dimensions of length 1 that it has beyond `wanted`.
pub(super) fn squeezed(array: &DataArray, wanted: usize) -> Result<DataArray> {
    let mut array = array.clone();
    while array.ndim() > wanted {
        let Some(at) = array.shape().iter().position(|&len| len == 1) else { break };
        let dim = array.dims()[at].clone();
        array = array.isel_dim(&dim, 0)?;
    }
    Ok(array)
}

/// `dimensions (time: 3, y: 2)`, or `shape [3, 2]` of an array whose dimensions the user has not named.
pub(super) fn sizes(array: &DataArray, labelled: bool) -> String {
    if !labelled {
        return format!("shape {:?}", array.shape());
    }
    let sizes: Vec<String> = array.sizes().iter().map(|(dim, size)| format!("{dim}: {size}")).collect();
    format!("dimensions ({})", sizes.join(", "))
}

/// Refuses what has no place on a scale of numbers.
///
/// # Errors
/// For dates and text; `what` is what was to be drawn, `place` where there is no room for them.
pub(super) fn numbers_only(array: &DataArray, what: &str, place: &str) -> Result<()> {
    let message = match array.dtype() {
        date if date.is_date() => {
            format!("{what} of dates: they have no place on {place}; take a calendar field such as .month()")
        }
        DType::Text => {
            format!("{what} of text: it has no place on {place}; draw numbers, such as positions in a list")
        }
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::InvalidArgument, message))
}
