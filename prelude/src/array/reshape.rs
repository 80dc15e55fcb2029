//! New names and new arrangements of the same values.

use super::coord::Coord;
use super::data_array::{DataArray, unique};
use super::labels::Direction;
use super::names::{Dims, listed, not_found};
use super::operation::Operation;
use crate::{Error, ErrorKind, Result};

impl DataArray {
    /// The array with the dimension or coordinate `old` called `new`. (`name` sets the name of the array.)
    ///
    /// # Errors
    /// When there is no `old`, or `new` is taken.
    pub fn rename(&self, old: &str, new: &str) -> Result<Self> {
        self.renamed(&[(old, new)])
    }

    /// Several dimensions or coordinates under new names at once: `da.rename_all([("lon", "x"), ("lat", "y")])?`.
    ///
    /// # Errors
    /// As for [`rename`](Self::rename).
    pub fn rename_all<'a>(&self, names: impl AsRef<[(&'a str, &'a str)]>) -> Result<Self> {
        self.renamed(names.as_ref())
    }

    fn renamed(&self, names: &[(&str, &str)]) -> Result<Self> {
        for (old, _) in names {
            if self.axis_of(old).is_none() && self.coords().get(old).is_none() {
                let dims = self.dims().iter().map(String::as_str);
                let others = self.coords().names().filter(|name| self.axis_of(name).is_none());
                return Err(not_found("dimension or coordinate", old, dims.chain(others)).context("rename"));
            }
        }
        let new = |name: &str| names.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| new).to_owned();
        let dims: Vec<String> = self.dims().iter().map(|dim| new(dim)).collect();
        unique(&dims).map_err(|error| error.context("rename"))?;
        let mut coords: Vec<Coord> = Vec::with_capacity(self.coords().len());
        for coord in self.coords() {
            let renamed = coord.renamed(&new(coord.name()), coord.dims().iter().map(|dim| new(dim)).collect());
            let name = renamed.name();
            let taken = coords.iter().any(|other| other.name() == name)
                || (dims.iter().any(|dim| dim == name) && !renamed.is_index());
            if taken {
                let message =
                    format!("rename: the name {name:?} would stand for two things; drop_vars({name:?}) first");
                return Err(Error::new(ErrorKind::Mismatch, message));
            }
            coords.push(renamed);
        }
        let array = self.with_parts(Operation::Rename, dims, self.plan().clone(), coords);
        let attachment = self.attachment().and_then(|attachment| attachment.rename(&|name| new(name)));
        Ok(array.with_attachment(attachment))
    }

    /// The array with its axes in the order `dims`; `()` reverses them.
    ///
    /// # Errors
    /// When `dims` does not name each dimension once.
    pub fn transpose(&self, dims: impl Into<Dims>) -> Result<Self> {
        self.transposed(&dims.into())
    }

    fn transposed(&self, dims: &Dims) -> Result<Self> {
        let order = match dims {
            Dims::All => (0..self.ndim()).rev().collect(),
            Dims::Names(names) => {
                let order = self.axes_of(dims).map_err(|error| error.context("transpose"))?;
                if order.len() != self.ndim() {
                    let (asked, has) = (listed(names), listed(self.dims()));
                    let message = format!("transpose: {asked} does not name every dimension; the array has {has}");
                    return Err(Error::new(ErrorKind::Mismatch, message));
                }
                order
            }
        };
        let dims: Vec<String> = order.iter().map(|&axis| self.dims()[axis].clone()).collect();
        // Coordinates of several dimensions turn with the array.
        let turned = |coord: &Coord| {
            let own: Vec<String> = dims.iter().filter(|dim| coord.dims().contains(dim)).cloned().collect();
            let order: Vec<usize> =
                own.iter().filter_map(|dim| coord.dims().iter().position(|other| other == dim)).collect();
            coord.with_values(own, coord.values().transpose(&order))
        };
        let coords = self.coords().iter().map(turned).collect();
        Ok(self.with_parts(Operation::Arrange, dims, self.plan().transpose(&order)?, coords))
    }

    /// The array without its dimensions of length 1; their labels stay as scalar coordinates.
    ///
    /// # Errors
    /// Only when Stop was pressed.
    pub fn squeeze(&self) -> Result<Self> {
        let short = self.sizes().into_iter().filter(|(_, len)| *len == 1);
        short.map(|(dim, _)| dim).try_fold(self.clone(), |array, dim| array.isel_dim(&dim, 0))
    }

    /// The array with a new first dimension `dim` of length 1. A scalar coordinate of that name becomes its label.
    ///
    /// # Errors
    /// When the array has such a dimension.
    pub fn expand_dims(&self, dim: &str) -> Result<Self> {
        if self.axis_of(dim).is_some() {
            let message = format!("expand_dims: the array has a dimension {dim:?} already");
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let mut coords = Vec::with_capacity(self.coords().len());
        for coord in self.coords() {
            coords.push(match coord.dims() {
                [] if coord.name() == dim => coord.with_values(vec![dim.to_owned()], coord.values().insert_axis(0)),
                _ if coord.name() == dim => {
                    let message =
                        format!("expand_dims: {dim:?} is a coordinate along {}; rename it first", listed(coord.dims()));
                    return Err(Error::new(ErrorKind::Mismatch, message));
                }
                _ => coord.clone(),
            });
        }
        let dims = std::iter::once(dim.to_owned()).chain(self.dims().iter().cloned()).collect();
        Ok(self.with_parts(Operation::Arrange, dims, self.plan().insert_axis(0), coords))
    }

    /// The array with the labels of a dimension in ascending order, or the values of another coordinate along one; equal
    /// ones keep their order, and missing ones come last.
    ///
    /// ```
    /// use isopleth::array::{Coord, DataArray};
    /// let da = DataArray::new(vec![10, 20, 30], "x")?.coord("height", Coord::along(["x"], [500, 100, 300]))?;
    /// assert_eq!(da.sort_by("height")?.to_vec::<i32>()?, [20, 30, 10]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension or coordinate, the dimension has no labels, or the coordinate does not lie along
    /// exactly one dimension.
    pub fn sort_by(&self, by: &str) -> Result<Self> {
        self.sorted(by).map_err(|error| error.context("sort_by"))
    }

    fn sorted(&self, by: &str) -> Result<Self> {
        let coord = self.coords().get(by).ok_or_else(|| not_found("coordinate", by, self.coords().names()))?;
        let [dim] = coord.dims() else {
            let message = format!(
                "{by:?} has {} dimensions ({}); elements are sorted along one",
                coord.dims().len(),
                listed(coord.dims())
            );
            return Err(Error::new(ErrorKind::Mismatch, message));
        };
        let axis = self.axis(dim)?;
        let labels = coord.label_index();
        if labels.direction() == Direction::Ascending {
            return Ok(self.clone());
        }
        self.take(axis, labels.sorted())
    }
}
