//! The labelled array: values, the names of their axes, coordinates and attributes.

use super::attachment::Attachment;
use super::attrs::{Attr, Attrs};
use super::convert::IntoPlan;
use super::coord::Coord;
use super::coords::Coords;
use super::into_coord::IntoCoord;
use super::names::{Dims, listed, not_found};
use super::operation::{ENCODING_ATTRIBUTES, Operation};
use crate::lazy::Plan;
use crate::values::{AxisIndex, DType};
use crate::{Error, ErrorKind, Result};
use std::ops::Index;
use std::sync::Arc;

/// An n-dimensional array whose axes have names and labels, in memory or lazy.
///
/// The element type is known at run time, so the type is not generic and a cell that uses it
/// compiles fast. A clone shares the values. Operations on arrays in memory compute at once;
/// on lazy ones they build a plan, and [`compute`](Self::compute) carries it out.
///
/// ```
/// use isopleth::array::DataArray;
/// let rain = DataArray::new(ndarray::array![[1.0, 2.0], [3.0, 6.0]], ["y", "x"])?
///     .name("rain").coord("x", [10, 20])?.attr("units", "mm");
/// assert_eq!(rain.mean("y")?.to_vec::<f64>()?, [2.0, 4.0]);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Clone)]
pub struct DataArray {
    name: Option<Arc<str>>,
    dims: Arc<[String]>,
    plan: Plan,
    coords: Coords,
    attrs: Attrs,
    attachment: Option<Arc<dyn Attachment>>,
}

impl DataArray {
    /// An array of `data` whose axes are called `dims`, first axis first.
    ///
    /// `data` is an ndarray array (owned, or borrowed and copied), a `Vec`, a number, [`Values`](super::Values) or a
    /// [`Plan`].
    ///
    /// # Errors
    /// When the number of names differs from the number of axes, or a name occurs twice.
    pub fn new(data: impl IntoPlan, dims: impl Into<Dims>) -> Result<Self> {
        Self::from_plan(data.into_plan(), dims.into())
    }

    fn from_plan(plan: Plan, dims: Dims) -> Result<Self> {
        let dims = match dims {
            Dims::Names(names) => names,
            Dims::All => Vec::new(),
        };
        if dims.len() != plan.ndim() {
            let (names, axes) = (dims.len(), plan.ndim());
            let message = format!(
                "{names} dimension names ({}) for data of {axes} axes, shape {:?}; give one name per axis",
                listed(&dims),
                plan.shape()
            );
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        unique(&dims)?;
        Ok(Self::assemble(None, dims, plan, Coords::default(), Attrs::default()))
    }

    /// An array from parts that are known to fit together.
    pub(crate) fn assemble(
        name: Option<Arc<str>>,
        dims: Vec<String>,
        plan: Plan,
        coords: Coords,
        attrs: Attrs,
    ) -> Self {
        debug_assert_eq!(dims.len(), plan.ndim());
        Self { name, dims: dims.into(), plan, coords, attrs, attachment: None }
    }

    /// What `operation` makes of this array: other values, dimensions and coordinates, and of the rest what the table of
    /// operations keeps.
    pub(crate) fn with_parts(&self, operation: Operation, dims: Vec<String>, plan: Plan, coords: Vec<Coord>) -> Self {
        let coords = Coords::new(coords, &dims);
        let mut kept = self.kept_by(operation);
        if operation != Operation::Rename {
            // What was said of a dimension that is gone is true no more, even if another gets its name.
            for gone in self.dims.iter().filter(|dim| !dims.contains(dim)) {
                kept.attachment = kept.attachment.and_then(|attachment| attachment.select(gone, &AxisIndex::At(0)));
            }
        }
        Self { dims: dims.into(), plan, coords, ..kept }
    }

    /// What `operation` makes of this array: other values of the same shape.
    pub(crate) fn with_plan(&self, operation: Operation, plan: Plan) -> Self {
        Self { plan, ..self.kept_by(operation) }
    }

    /// This array beside other coordinates, none of which labels a dimension anew.
    pub(crate) fn with_coords(&self, coords: Vec<Coord>) -> Self {
        Self { coords: Coords::new(coords, &self.dims), ..self.clone() }
    }

    /// This array with what of its name, attributes and attachment the table keeps.
    fn kept_by(&self, operation: Operation) -> Self {
        let keeps = operation.keeps();
        let mut kept = self.clone();
        if !keeps.name {
            kept.name = None;
        }
        if !keeps.attributes {
            kept.attrs = Attrs::default();
        } else if !keeps.encoding {
            kept.attrs = kept.attrs.without(&ENCODING_ATTRIBUTES);
        }
        kept.attachment = self.attachment.as_ref().and_then(|attachment| attachment.keep(keeps));
        kept
    }

    /// What an upper room keeps with the array.
    pub(crate) fn attachment(&self) -> Option<&Arc<dyn Attachment>> {
        self.attachment.as_ref()
    }

    /// This array with another attachment, whose words stand in attributes that repeat it.
    pub(crate) fn with_attachment(mut self, attachment: Option<Arc<dyn Attachment>>) -> Self {
        if let Some(attachment) = &attachment {
            let mut coords = self.coords.to_vec();
            attachment.describe(&mut self.attrs, &mut coords);
            self.coords = Coords::new(coords, &self.dims);
        }
        self.attachment = attachment;
        self
    }

    pub(crate) fn with_name(mut self, name: Option<Arc<str>>) -> Self {
        self.name = name;
        self
    }

    pub(crate) fn with_attrs(mut self, attrs: Attrs) -> Self {
        self.attrs = attrs;
        self
    }

    pub(crate) fn shared_name(&self) -> Option<Arc<str>> {
        self.name.clone()
    }

    /// This array called `name`.
    #[must_use]
    pub fn name(&self, name: &str) -> Self {
        self.clone().with_name(Some(name.into()))
    }

    /// This array with the attribute `name` set.
    #[must_use]
    pub fn attr(&self, name: &str, value: impl Into<Attr>) -> Self {
        let mut attrs = self.attrs.clone();
        attrs.set(name, value);
        self.clone().with_attrs(attrs)
    }

    /// This array without an attribute.
    pub(crate) fn without_attr(&self, name: &str) -> Self {
        Self { attrs: self.attrs.without(&[name]), ..self.clone() }
    }

    /// This array with the coordinate `name`, replacing one of that name.
    ///
    /// A list of values becomes the labels of the dimension `name`; one number becomes a coordinate
    /// of the whole array; [`Coord::along`] names other dimensions, and an array brings its own.
    ///
    /// # Errors
    /// When there is no such dimension, or its length differs.
    pub fn coord(&self, name: &str, values: impl IntoCoord) -> Result<Self> {
        values
            .into_coord()
            .and_then(|coord| self.set_coord(name, coord))
            .map_err(|error| error.context(format!("coordinate {name:?}")))
    }

    /// The same as [`coord`](Self::coord), under the name that xarray gives it.
    ///
    /// # Errors
    /// As for [`coord`](Self::coord).
    pub fn assign_coord(&self, name: &str, values: impl IntoCoord) -> Result<Self> {
        self.coord(name, values)
    }

    fn set_coord(&self, name: &str, coord: Coord) -> Result<Self> {
        let axes = coord.shape().len();
        let dims: Vec<String> = if coord.dims_are_given() {
            coord.dims().to_vec()
        } else if axes == 0 {
            Vec::new()
        } else {
            vec![name.to_owned()]
        };
        if dims.len() != axes {
            let message = format!(
                "{axes} axes of values for {} dimensions ({}); say which with Coord::along",
                dims.len(),
                listed(&dims)
            );
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        for (dim, &len) in dims.iter().zip(&coord.shape()) {
            let axis =
                self.axis_of(dim).ok_or_else(|| not_found("dimension", dim, self.dims.iter().map(String::as_str)))?;
            if self.shape()[axis] != len {
                let message = format!("{len} labels for dimension {dim:?}, which has {}", self.shape()[axis]);
                return Err(Error::new(ErrorKind::Mismatch, message));
            }
        }
        if self.axis_of(name).is_some() && dims.len() != 1 {
            let message = format!(
                "{name:?} is a dimension: its coordinate is one list of {} labels",
                self.shape()[self.axis(name)?]
            );
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let mut coords: Vec<Coord> = self.coords.iter().filter(|other| other.name() != name).cloned().collect();
        let relabels = self.index_of(name).is_none_or(|old| !old.same(&coord.renamed(name, dims.clone())));
        coords.push(coord.renamed(name, dims));
        let array = self.kept_by(Operation::Relabel).with_coords(coords);
        // A dimension that is labelled anew lies elsewhere.
        Ok(match &self.attachment {
            Some(attachment) if relabels && self.axis_of(name).is_some() => {
                array.with_attachment(attachment.relabel(name))
            }
            _ => array,
        })
    }

    /// This array without the coordinate `name`. Its dimension, if it has one, stays.
    #[doc(hidden)] // drop_vars, as in xarray
    pub fn drop_coord(&self, name: &str) -> Result<Self> {
        self.coords.view(name)?;
        Ok(self.with_coords(self.coords.iter().filter(|coord| coord.name() != name).cloned().collect()))
    }

    /// The coordinate `name` as an array; `&da["time"]` is the short form.
    ///
    /// # Errors
    /// When there is no such coordinate.
    pub fn get_coord(&self, name: &str) -> Result<DataArray> {
        self.coords.view(name).cloned()
    }

    /// The name, if it has one.
    pub fn get_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The attribute `name`.
    pub fn get_attr(&self, name: &str) -> Option<&Attr> {
        self.attrs.get(name)
    }

    /// The attributes.
    pub fn attrs(&self) -> &Attrs {
        &self.attrs
    }

    /// The coordinates.
    pub fn coords(&self) -> &Coords {
        &self.coords
    }

    /// The names of the axes, first axis first.
    pub fn dims(&self) -> &[String] {
        &self.dims
    }

    /// The length of each axis, in the order of [`dims`](Self::dims).
    pub fn shape(&self) -> &[usize] {
        self.plan.shape()
    }

    /// Name and length of each dimension.
    pub fn sizes(&self) -> Vec<(String, usize)> {
        self.dims.iter().cloned().zip(self.shape().iter().copied()).collect()
    }

    /// The number of axes.
    pub fn ndim(&self) -> usize {
        self.dims.len()
    }

    /// The number of elements; `usize::MAX` if they are too many to be counted.
    pub fn size(&self) -> usize {
        self.plan.len()
    }

    /// Bytes that the values take in memory, or would take if they were loaded.
    pub fn nbytes(&self) -> u64 {
        self.plan.nbytes()
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.plan.dtype()
    }

    /// Whether the values are still to be computed or read.
    pub fn is_lazy(&self) -> bool {
        self.plan.is_lazy()
    }

    /// The values without labels, as a plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn axis_of(&self, dim: &str) -> Option<usize> {
        self.dims.iter().position(|other| other == dim)
    }

    /// The coordinate with the labels of `dim`.
    pub(crate) fn index_of(&self, dim: &str) -> Option<&Coord> {
        self.coords.get(dim).filter(|coord| coord.is_index())
    }

    /// The axes of `dims`; all of them for `()`.
    pub(crate) fn axes_of(&self, dims: &Dims) -> Result<Vec<usize>> {
        match dims {
            Dims::All => Ok((0..self.ndim()).collect()),
            Dims::Names(names) => {
                unique(names)?;
                names.iter().map(|name| self.axis(name)).collect()
            }
        }
    }
}

/// A coordinate by its name, as an array: `da["time"].dt()?.month()`.
///
/// # Panics
/// When there is no such coordinate; [`DataArray::get_coord`] returns an error instead.
impl Index<&str> for DataArray {
    type Output = DataArray;

    #[track_caller]
    fn index(&self, name: &str) -> &DataArray {
        self.coords.view(name).unwrap_or_else(|error| panic!("{error}"))
    }
}

pub(crate) fn unique(dims: &[String]) -> Result<()> {
    match dims.iter().enumerate().find(|(at, dim)| dims[..*at].contains(dim)) {
        Some((_, twice)) => {
            let message = format!("the dimension {twice:?} is named twice in {}", listed(dims));
            Err(Error::new(ErrorKind::InvalidArgument, message))
        }
        None => Ok(()),
    }
}
