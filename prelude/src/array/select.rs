//! Selection: from positions and labels to the elements that an array keeps.

use super::data_array::DataArray;
use super::index::{Index, Indices, IntoIndices, Label, LabelValue, after};
use super::names::not_found;
use super::operation::Operation;
use super::search::{self, Method};
use super::select_options::SelectOptions;
use super::turns;
use crate::values::AxisIndex;
use crate::{Error, ErrorKind, Result};

impl DataArray {
    /// The part at the given positions: by dimension, `isel! { time: 0, x: 2..5 }`, or one index per axis from the first,
    /// `s![0, .., 2..5]`, where `..` keeps an axis whole.
    ///
    /// Ranges are half open and are cut to the axis, as in Python; one number drops the axis.
    /// Nothing is read of a lazy array.
    ///
    /// ```
    /// use isopleth::{array::DataArray, s};
    /// let da = DataArray::new(vec![10, 20, 30, 40], "y")?.coord("y", 1..=4)?;
    /// assert_eq!(da.isel(s![1..3])?.to_vec::<i32>()?, [20, 30]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there are more indices than axes, one position lies outside its axis, or `s!` has a `NewAxis`, which would
    /// have no name: [`expand_dims`](Self::expand_dims) makes one.
    pub fn isel(&self, indices: impl IntoIndices) -> Result<Self> {
        self.isel_each(&indices.into_indices())
    }

    /// [`isel`](Self::isel) with options: `SelectOptions::new().drop(true)` leaves no scalar coordinates behind.
    ///
    /// # Errors
    /// As for [`isel`](Self::isel), and when the options have a method or a tolerance, which are for labels.
    pub fn isel_with(&self, indices: impl IntoIndices, options: SelectOptions) -> Result<Self> {
        self.isel_by(&indices.into_indices(), options)
    }

    pub(crate) fn isel_by(&self, indices: &Indices, options: SelectOptions) -> Result<Self> {
        if options.method != Method::Exact || options.tolerance.is_some() {
            let message = "isel: a method and a tolerance are for labels; sel_with takes them";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let part = self.isel_each(indices)?;
        Ok(if options.drop { part.without_new_scalars(self) } else { part })
    }

    fn isel_each(&self, indices: &Indices) -> Result<Self> {
        match indices {
            Indices::ByAxis(indices) => self.isel_axes(indices),
            Indices::ByDim(indices) => {
                let mut axes = self.whole();
                for (dim, index) in indices {
                    let axis = self.axis(dim).map_err(|error| error.context("isel"))?;
                    axes[axis] = positions(dim, index, self.shape()[axis])?;
                }
                self.pick(&axes)
            }
        }
    }

    /// The part at the given positions of one dimension: a number, a range, or a list.
    ///
    /// # Errors
    /// When there is no such dimension, or a position lies outside it.
    pub fn isel_dim(&self, dim: &str, index: impl Into<Index>) -> Result<Self> {
        self.isel_one(dim, &index.into())
    }

    /// The part with the given labels, by dimension: `da.sel(sel! { x: -30.0..=19.0, y: 20.0..=-5.0 })?`.
    ///
    /// Both ends of a range are included. On an axis that goes down the bounds go down too. One
    /// label drops the dimension; dates may be written short (`"2016-01"` is the whole month). Of dates of other
    /// calendars a written one is always a span, and the dimension stays; a [`CfTime`](crate::time::CfTime) is one label.
    /// A dimension without coordinate is selected by position. Nothing is read of a lazy array.
    ///
    /// # Errors
    /// When there is no such dimension or label, or the labels are in no order and a bound is missing.
    pub fn sel<'a>(&self, labels: impl AsRef<[(&'a str, Label)]>) -> Result<Self> {
        self.sel_by(labels.as_ref(), SelectOptions::default())
    }

    /// [`sel`](Self::sel) with options: for labels that are not there exactly (`method`, `tolerance`), and without the scalar
    /// coordinates that selected dimensions leave (`drop`).
    ///
    /// # Errors
    /// As for [`sel`](Self::sel); with a method when no label is near enough, a range is given, or a label is missing.
    pub fn sel_with<'a>(&self, labels: impl AsRef<[(&'a str, Label)]>, options: SelectOptions) -> Result<Self> {
        self.sel_by(labels.as_ref(), options)
    }

    /// [`sel`](Self::sel) along one dimension: `da.sel_dim("time", "2016-01-01")?`.
    ///
    /// # Errors
    /// As for [`sel`](Self::sel).
    pub fn sel_dim(&self, dim: &str, label: impl Into<Label>) -> Result<Self> {
        self.sel_by(&[(dim, label.into())], SelectOptions::default())
    }

    /// The part whose labels are nearest to those given; of two equally near the larger is taken.
    ///
    /// # Errors
    /// When there is no such dimension, or a range is given: nearness is for single labels. When a label, or what is asked
    /// for, is missing: nothing is near to it.
    pub fn sel_nearest<'a>(&self, labels: impl AsRef<[(&'a str, Label)]>) -> Result<Self> {
        self.sel_by(labels.as_ref(), SelectOptions::new().method(Method::Nearest))
    }

    /// [`sel`](Self::sel) for labels that are not there exactly: nearest, last before, or next after,
    /// at most `tolerance` away (in the labels' unit; days for dates).
    ///
    /// # Errors
    /// When no label is near enough, a range is given, or a label is missing.
    #[doc(hidden)] // sel_with, as all that takes options
    pub fn sel_method<'a>(
        &self,
        labels: impl AsRef<[(&'a str, Label)]>,
        method: Method,
        tolerance: impl Into<Option<f64>>,
    ) -> Result<Self> {
        self.sel_by(labels.as_ref(), SelectOptions { method, tolerance: tolerance.into(), drop: false })
    }

    pub(crate) fn sel_by(&self, labels: &[(&str, Label)], options: SelectOptions) -> Result<Self> {
        let SelectOptions { method, tolerance, drop } = options;
        let mut axes = self.whole();
        for (dim, label) in labels {
            let axis = self.axis(dim).map_err(|error| error.context("sel"))?;
            axes[axis] = match self.index_of(dim) {
                Some(index) => {
                    turns::check(dim, index, label, method)?;
                    search::find(dim, index, label, method, tolerance)?
                }
                None => positions(dim, &unlabelled(dim, label)?, self.shape()[axis])?,
            };
        }
        let part = self.pick(&axes)?;
        Ok(if drop { part.without_new_scalars(self) } else { part })
    }

    pub(crate) fn isel_one(&self, dim: &str, index: &Index) -> Result<Self> {
        let axis = self.axis(dim)?;
        let mut axes = self.whole();
        axes[axis] = positions(dim, index, self.shape()[axis])?;
        self.pick(&axes)
    }

    fn isel_axes(&self, indices: &[Index]) -> Result<Self> {
        if indices.contains(&Index::NewAxis) {
            return Err(new_axis());
        }
        if indices.len() > self.ndim() {
            return Err(Error::new(
                ErrorKind::Mismatch,
                format!("isel: {} indices for {} dimensions ({})", indices.len(), self.ndim(), self.dims().join(", ")),
            ));
        }
        let mut axes = self.whole();
        for (axis, index) in indices.iter().enumerate() {
            axes[axis] = positions(&self.dims()[axis], index, self.shape()[axis])?;
        }
        self.pick(&axes)
    }

    /// Every axis as it is.
    fn whole(&self) -> Vec<AxisIndex> {
        self.shape().iter().map(|&len| AxisIndex::Range { start: 0, len, step: 1 }).collect()
    }

    /// The part at `positions` of one axis, in their order.
    pub(crate) fn take(&self, axis: usize, positions: &[usize]) -> Result<Self> {
        let mut axes = self.whole();
        axes[axis] = list(positions);
        self.pick(&axes)
    }

    /// Takes the same positions of the values and of every coordinate.
    fn pick(&self, axes: &[AxisIndex]) -> Result<Self> {
        let kept = |dims: &[String], axes: &[AxisIndex]| -> Vec<String> {
            let kept = dims.iter().zip(axes).filter(|(_, axis)| !matches!(axis, AxisIndex::At(_)));
            kept.map(|(dim, _)| dim.clone()).collect()
        };
        let mut coords = Vec::with_capacity(self.coords().len());
        for coord in self.coords() {
            let own: Option<Vec<AxisIndex>> =
                coord.dims().iter().map(|dim| self.axis_of(dim).map(|axis| axes[axis].clone())).collect();
            let Some(own) = own.filter(|own| !own.is_empty()) else {
                coords.push(coord.clone());
                continue;
            };
            coords.push(coord.index(&own, kept(coord.dims(), &own))?);
        }
        let plan = self.plan().index(axes)?;
        let part = self.with_parts(Operation::Select, kept(self.dims(), axes), plan, coords);
        let mut attachment = self.attachment().cloned();
        for (dim, index) in self.dims().iter().zip(axes) {
            if !index.is_all(self.shape()[self.axis(dim)?]) {
                attachment = attachment.and_then(|attachment| attachment.select(dim, index));
            }
        }
        Ok(part.with_attachment(attachment))
    }
}

/// Ascending runs of a list are ranges: those can be pushed down into a read.
pub(crate) fn list(positions: &[usize]) -> AxisIndex {
    let run = positions.windows(2).all(|pair| pair[1] == pair[0] + 1);
    match positions.first() {
        Some(&start) if run => AxisIndex::Range { start, len: positions.len(), step: 1 },
        _ => AxisIndex::List(positions.into()),
    }
}

fn new_axis() -> Error {
    let message =
        "isel: a NewAxis would be a dimension without a name; leave it out, and add one with expand_dims(\"name\")";
    Error::new(ErrorKind::InvalidArgument, message)
}

/// Positions as they are written, to positions that exist.
fn positions(dim: &str, index: &Index, len: usize) -> Result<AxisIndex> {
    let size = len as i64;
    let at = |position: i64| {
        let counted = if position < 0 { position + size } else { position };
        usize::try_from(counted).ok().filter(|&at| at < len).ok_or_else(|| {
            let has = if len == 0 { "none".to_owned() } else { format!("{len} (0 to {})", size - 1) };
            let message = format!("isel: position {position} of dimension {dim:?}, which has {has}");
            Error::new(ErrorKind::InvalidArgument, message)
        })
    };
    match index {
        Index::NewAxis => Err(new_axis()),
        Index::At(position) => Ok(AxisIndex::At(at(*position)?)),
        Index::List(positions) => {
            let positions: Result<Vec<usize>> = positions.iter().map(|&position| at(position)).collect();
            Ok(list(&positions?))
        }
        Index::Range { start, end, step } => {
            let bound = |position: i64| (if position < 0 { position + size } else { position }).clamp(0, size);
            let (start, end) = (bound(*start), bound(end.unwrap_or(size)));
            let span = (end - start).max(0);
            if *step == 0 {
                let message = format!("isel: the step along {dim:?} is 0; a range advances by at least 1");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            let count = (span as u64).div_ceil(step.unsigned_abs());
            // A negative step walks the same range from its last position, as ndarray's s! does.
            let first = if *step < 0 && span > 0 { end - 1 } else { start };
            Ok(AxisIndex::Range { start: first as usize, len: count as usize, step: *step as isize })
        }
    }
}

/// A label along a dimension without coordinate is a position.
fn unlabelled(dim: &str, label: &Label) -> Result<Index> {
    let position = |value: &LabelValue| match value {
        LabelValue::Int(position) => Ok(*position),
        LabelValue::Large(position) if i64::try_from(*position).is_ok() => Ok(*position as i64),
        other => Err(Error::new(
            ErrorKind::Mismatch,
            format!(
                "sel: dimension {dim:?} has no coordinate, so it is selected by position, and {other} is none; give it labels with .coord({dim:?}, …)"
            ),
        )),
    };
    Ok(match label {
        Label::At(at) => Index::At(position(at)?),
        Label::HalfOpen(start, end) => Index::Range { start: position(start)?, end: Some(position(end)?), step: 1 },
        Label::Between(start, end) => {
            let start = start.as_ref().map(position).transpose()?.unwrap_or(0);
            let last = end.as_ref().map(position).transpose()?.unwrap_or(-1);
            Index::Range { start, end: after(last), step: 1 }
        }
        Label::Among(list) => Index::List(list.iter().map(position).collect::<Result<_>>()?),
    })
}

impl DataArray {
    /// The axis of `dim`.
    pub(crate) fn axis(&self, dim: &str) -> Result<usize> {
        self.axis_of(dim).ok_or_else(|| not_found("dimension", dim, self.dims().iter().map(String::as_str)))
    }
}
