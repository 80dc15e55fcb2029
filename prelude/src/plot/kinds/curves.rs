//! Arrays as curves: the points of each line or cloud, and what runs along both axes.

use super::refuse;
use crate::array::{Coord, DType, DataArray, Join, align, not_found};
use crate::plot::axes::Meaning;
use crate::plot::canvas::Rgb;
use crate::plot::figure::{AlongX, Kind, Layer};
use crate::plot::input::places::{self, Places};
use crate::plot::input::{Held, numbers_only, sizes, squeezed};
use crate::{Error, ErrorKind, Result};

/// More lines than this cannot be told apart.
const MOST: usize = 200;

/// The points of one line or cloud; one that is not finite is a gap.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    pub name: Option<String>,
    pub points: Vec<(f64, f64)>,
}

/// What runs along an axis.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub meaning: Meaning,
    pub label: Option<String>,
}

/// All that one layer draws into one panel.
pub(super) struct Curves {
    pub curves: Vec<Curve>,
    pub x: End,
    pub y: End,
    /// What the names of several curves are: the dimension that they come from.
    pub title: Option<String>,
    /// The values run along x, the places up the figure.
    pub upright: bool,
    pub kind: Kind,
    pub color: Option<Rgb>,
}

/// What `layer` draws of `part`, which is what a panel shows of its array.
///
/// # Errors
/// When it does not have the dimensions for that, or what is to run along an axis does not fit.
pub(super) fn of(layer: &Layer, part: &dyn Fn(&DataArray) -> Result<DataArray>) -> Result<Curves> {
    match &layer.other {
        Some(other) => cloud(layer, other, part),
        None => lines(layer, &part(layer.data.computed()?)?),
    }
}

fn lines(layer: &Layer, array: &DataArray) -> Result<Curves> {
    numbers_only(array, "a line", "the axis of values")?;
    let labelled = layer.data.labelled;
    let array = squeezed(array, 1 + usize::from(layer.hue.is_some()))?;
    let hue = layer.hue.as_deref();
    if let Some(hue) = hue.filter(|hue| array.axis_of(hue).is_none()) {
        return Err(not_found("dimension", hue, array.dims().iter().map(String::as_str)).context("hue"));
    }
    let rest: Vec<&String> = array.dims().iter().filter(|dim| Some(dim.as_str()) != hue).collect();
    let [dim] = rest.as_slice() else {
        let what = sizes(&array, labelled);
        return Err(Error::new(
            ErrorKind::Mismatch,
            format!(
                "a line of an array of {what}: a line needs one dimension; select or reduce the others, or make one \
                 of them lines with .hue(\"name\") or panels with .col(\"name\")"
            ),
        ));
    };
    let upright = layer.y.is_some();
    let along = along(layer, &array, dim, labelled)?;
    let names = hue.map(|hue| names(&array, hue)).transpose()?;
    let single = |array: &DataArray, name: Option<String>| -> Result<Curve> {
        let values = places::numbers(&array.values()?);
        let pairs = along.at.iter().copied().zip(values);
        let points = if upright { pairs.map(|(at, value)| (value, at)).collect() } else { pairs.collect() };
        Ok(Curve { name, points })
    };
    let curves = match (hue, names) {
        (Some(hue), Some(names)) => {
            let each = names.into_iter().enumerate();
            each.map(|(at, name)| single(&array.isel_dim(hue, at)?, Some(name))).collect::<Result<_>>()?
        }
        _ => vec![single(&array, layer.label.clone())?],
    };
    let place = End { meaning: along.meaning.clone(), label: along.label.clone() };
    let value_label = labelled.then(|| places::value_label(&array)).flatten();
    let whole = array.dtype().is_integer();
    let value = End { meaning: if whole { Meaning::Whole } else { Meaning::Number }, label: value_label };
    let (x, y) = if upright { (value, place) } else { (place, value) };
    let title = hue.map(|hue| layer.label.clone().unwrap_or_else(|| hue.to_owned()));
    Ok(Curves { curves, x, y, title, upright, kind: layer.kind, color: layer.color })
}

/// What the labels of the dimension `hue` say.
fn names(array: &DataArray, hue: &str) -> Result<Vec<String>> {
    let len = array.shape()[array.axis(hue)?];
    if len > MOST {
        return refuse(format!(
            "hue {hue:?}: {len} lines cannot be told apart, {MOST} are the most; select some, or draw the array as an \
             image"
        ));
    }
    let text = |at: usize| array.index_of(hue).map_or_else(|| at.to_string(), |coord| places::label_text(coord, at));
    Ok((0..len).map(text).collect())
}

/// The places along the line: what was asked for, else the dimension's labels.
fn along(layer: &Layer, array: &DataArray, dim: &str, labelled: bool) -> Result<Places> {
    let named = match (&layer.x, &layer.y) {
        (Some(AlongX::Places(coord)), None) => {
            let len = array.shape()[array.axis(dim)?];
            if coord.len() != len || coord.values().ndim() != 1 {
                return refuse(format!("x has {} values, but the line has {len} points", coord.len()));
            }
            return Ok(Places::of(coord, None));
        }
        (Some(_), Some(_)) => {
            return refuse("a line runs along x or along y, not along both: set one of them");
        }
        (Some(AlongX::Named(name)), None) | (None, Some(name)) => name,
        (None, None) => return Ok(Places::along(array, dim, labelled)),
    };
    if name_is_bare(array, named, dim) {
        return Ok(Places::along(array, dim, labelled));
    }
    let names = || array.dims().iter().map(String::as_str).chain(array.coords().names());
    let coord = array.coords().get(named).ok_or_else(|| not_found("coordinate", named, names()))?;
    if coord.dims() != [dim.to_owned()] {
        return refuse(format!("the coordinate {named:?} does not lie along {dim:?}, along which the line runs"));
    }
    Ok(Places::of(coord, array.crs()))
}

/// Whether `named` is the line's own dimension, which has no labels.
fn name_is_bare(array: &DataArray, named: &str, dim: &str) -> bool {
    named == dim && array.index_of(dim).is_none()
}

fn cloud(layer: &Layer, other: &Held, part: &dyn Fn(&DataArray) -> Result<DataArray>) -> Result<Curves> {
    if layer.hue.is_some() || layer.x.is_some() || layer.y.is_some() {
        return refuse("scatter takes what runs along x and y as its two arrays; x, y and hue belong to lines");
    }
    let (x, y) = (part(layer.data.computed()?)?, part(other.computed()?)?);
    let labelled = layer.data.labelled && other.labelled;
    let same_dims = x.ndim() == y.ndim() && x.dims().iter().all(|dim| y.axis_of(dim).is_some());
    let (x, y) = if labelled && same_dims {
        let aligned = align(&[&x, &y], Join::Inner).map_err(|error| error.context("scatter"))?;
        let turned = aligned[1].transpose(aligned[0].dims())?;
        (aligned[0].compute()?, turned.compute()?)
    } else {
        (x, y)
    };
    if x.shape() != y.shape() && (x.size() != y.size() || x.ndim() > 1 || y.ndim() > 1) {
        let (x, y) = (sizes(&x, layer.data.labelled), sizes(&y, other.labelled));
        return Err(Error::new(
            ErrorKind::Mismatch,
            format!("scatter: x has {x}, y has {y}; each point needs one value of both"),
        ));
    }
    let (x_places, y_places) = (of_values(&x, layer.data.labelled)?, of_values(&y, other.labelled)?);
    let points = x_places.at.iter().copied().zip(y_places.at.iter().copied()).collect();
    let end = |places: Places| End { meaning: places.meaning, label: places.label };
    Ok(Curves {
        curves: vec![Curve { name: layer.label.clone(), points }],
        x: end(x_places),
        y: end(y_places),
        title: None,
        upright: false,
        kind: Kind::Scatter,
        color: layer.color,
    })
}

/// The values of an array as places along an axis.
fn of_values(array: &DataArray, labelled: bool) -> Result<Places> {
    let values = array.values()?.standard().reshape(&[array.size()])?;
    let label = labelled.then(|| places::value_label(array)).flatten();
    // As a coordinate of that name they say whether they are dates, longitudes or names.
    let name = array.get_name().filter(|_| labelled).unwrap_or_default();
    let is_whole = values.dtype().is_integer() || values.dtype() == DType::Bool;
    let coord = Coord::named(name, ["points".to_owned()], values, array.attrs().clone());
    let places = Places::of(&coord, None);
    let meaning = if places.meaning == Meaning::Number && is_whole { Meaning::Whole } else { places.meaning };
    let label = if matches!(meaning, Meaning::Longitude | Meaning::Latitude) { None } else { label };
    Ok(Places { at: places.at, meaning, label })
}
