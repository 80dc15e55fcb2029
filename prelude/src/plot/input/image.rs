//! An array of two dimensions as an image: rows, columns, and what runs along them.

use super::places;
use super::{numbers_only, sizes, squeezed};
use crate::array::{DataArray, Values};
use crate::plot::axes::{Axis, Meaning};
use crate::{Error, ErrorKind, Result};

/// A 2-d block of values with what is known about its axes. Cheap to clone.
#[derive(Clone)]
pub(in crate::plot) struct Image {
    /// Two-dimensional: row, column; evenly spaced.
    pub values: Values,
    /// The same as the user gave it.
    pub given: Values,
    pub rows: Axis,
    pub columns: Axis,
    /// What the values are, for the colour bar.
    pub label: Option<String>,
    /// Height of the image as a share of its width, where its cells or units have to be square.
    pub aspect: Option<f64>,
}

impl Image {
    /// `array` in memory, its dimension `x` across and `y` down if named; otherwise the last one goes across.
    ///
    /// # Errors
    /// When it has not two dimensions, or its values are no numbers.
    pub fn of(array: &DataArray, labelled: bool, x: Option<&str>, y: Option<&str>) -> Result<Self> {
        let array = squeezed(array, 2)?;
        if array.ndim() != 2 {
            let what = sizes(&array, labelled);
            let advice = "an image needs two dimensions (row, column); select one step of the others, reduce them, \
                          or make each a panel with .col(\"name\")";
            return Err(Error::new(ErrorKind::Mismatch, format!("imshow of an array of {what}: {advice}")));
        }
        numbers_only(&array, "imshow", "a colour scale")?;
        let array = turned(&array, x, y)?;
        let shape = (array.shape()[0], array.shape()[1]);
        let (rows, row_picks) = places::image_axis(&array, 0, labelled);
        let (columns, column_picks) = places::image_axis(&array, 1, labelled);
        let aspect = aspect(&array, &rows, &columns, shape);
        let label = labelled.then(|| places::value_label(&array)).flatten();
        let mut even = array.clone();
        for (axis, picks) in [row_picks, column_picks].into_iter().enumerate() {
            if let Some(picks) = picks {
                even = even.take(axis, &picks)?;
            }
        }
        Ok(Self { values: even.values()?, given: array.values()?, rows, columns, label, aspect })
    }

    /// Rows and columns of the user's array.
    pub fn shape(&self) -> (usize, usize) {
        let shape = self.given.shape();
        (shape[0], shape[1])
    }
}

/// The array with `x` as its last dimension, or `y` as its first.
fn turned(array: &DataArray, x: Option<&str>, y: Option<&str>) -> Result<DataArray> {
    let across = x.map(|x| array.axis(x)).transpose()?;
    let down = y.map(|y| array.axis(y)).transpose()?;
    match (across, down) {
        (Some(across), Some(down)) if across == down => Err(Error::new(
            ErrorKind::InvalidArgument,
            format!("x and y are both {:?}; an image has one dimension along each", array.dims()[across]),
        )),
        (Some(0), _) | (_, Some(1)) => {
            let dims = array.dims();
            array.transpose([dims[1].as_str(), dims[0].as_str()])
        }
        _ => Ok(array.clone()),
    }
}

/// Maps have square units, arrays without coordinates square cells; anything else fills its figure.
fn aspect(array: &DataArray, rows: &Axis, columns: &Axis, shape: (usize, usize)) -> Option<f64> {
    let cells = Some(shape.0 as f64 / shape.1 as f64);
    let units = Some(((rows.end - rows.start) / (columns.end - columns.start)).abs());
    let on_earth = |axis: &Axis| matches!(axis.meaning, Meaning::Longitude | Meaning::Latitude);
    let is_map = array.map_dims().is_some_and(|dims| dims.iter().all(|dim| array.axis_of(dim).is_some()));
    match (&rows.meaning, &columns.meaning) {
        (Meaning::Index, Meaning::Index) => cells,
        _ if on_earth(rows) && on_earth(columns) => units,
        (Meaning::Number, Meaning::Number) if is_map => units,
        (Meaning::Index | Meaning::Number, Meaning::Index | Meaning::Number) if is_map => cells,
        _ => None,
    }
}
