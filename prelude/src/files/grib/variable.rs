//! Fields of one parameter as one variable: the dimensions that they vary in, their coordinates and attributes.

use super::fields::Field;
use super::keys::{self, Named, Value};
use super::levels;
use super::names::Parameter;
use super::places::Coordinates;
use super::source::{FieldsOf, FieldsSource};
use crate::array::{Attrs, Coord, DataArray, Values};
use crate::files::opening::{Known, KnownValues, Opening};
use crate::lazy::Plan;
use crate::{Error, ErrorKind, Result};
use ndarray::{Array1, ArrayD, IxDyn};
use std::collections::HashMap;
use std::sync::Arc;

/// What all fields of a variable have in common, as in cfgrib; each can be chosen.
const COMMON: [&str; 6] = ["dataType", "numberOfPoints", "typeOfLevel", "stepType", "gridType", "uvRelativeToGrid"];
/// What cfgrib says stands for missing values.
const MISSING: f64 = f32::MAX as f64;

/// A variable and the coordinates of it.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) array: DataArray,
    pub(super) coords: Vec<Coord>,
}

/// One dimension besides those of the grid, or a coordinate of one value.
#[derive(Debug)]
struct Axis {
    name: String,
    /// Ascending or, for pressures, descending.
    labels: Labels,
    attrs: Attrs,
}

#[derive(Debug)]
enum Labels {
    Whole(Vec<i64>),
    /// Seconds from 1970.
    Times(Vec<i64>),
    /// Seconds, which are shown as hours.
    Steps(Vec<i64>),
    Levels(Vec<f64>),
}

impl Labels {
    fn len(&self) -> usize {
        match self {
            Self::Whole(labels) | Self::Times(labels) | Self::Steps(labels) => labels.len(),
            Self::Levels(labels) => labels.len(),
        }
    }

    fn values(&self) -> Result<Values> {
        let shape: &[usize] = if self.len() == 1 { &[] } else { &[self.len()] };
        match self {
            Self::Whole(labels) => Values::from_shape_vec(shape, labels.clone()),
            Self::Times(labels) => times(labels.clone(), shape),
            Self::Steps(labels) => {
                Values::from_shape_vec(shape, labels.iter().map(|&seconds| seconds as f64 / 3600.0).collect::<Vec<_>>())
            }
            Self::Levels(labels) => Values::from_shape_vec(shape, labels.clone()),
        }
    }

    /// Where the label of a field is.
    fn position(&self, field: &Field) -> Option<usize> {
        let product = &field.product;
        match self {
            Self::Whole(labels) => labels.binary_search(&product.number?).ok(),
            Self::Times(labels) => labels.binary_search(&product.reference).ok(),
            Self::Steps(labels) => labels.binary_search(&product.steps?.1).ok(),
            Self::Levels(labels) => {
                let level = product.level?;
                labels.iter().position(|&label| label == level)
            }
        }
    }
}

/// Dates from seconds since 1970.
fn times(seconds: Vec<i64>, shape: &[usize]) -> Result<Values> {
    let nanoseconds = |seconds: i64| {
        seconds.checked_mul(1_000_000_000).ok_or_else(|| {
            Error::new(
                ErrorKind::Damaged,
                format!("a time {seconds} seconds from 1970 is outside the years 1678 to 2262"),
            )
        })
    };
    let values: Vec<i64> = seconds.into_iter().map(nanoseconds).collect::<Result<_>>()?;
    let array = ArrayD::from_shape_vec(IxDyn(shape), values);
    array
        .map(|array| Values::DateTime(array.into_shared()))
        .map_err(|error| Error::new(ErrorKind::Other, error.to_string()))
}

/// The variable that some fields of one parameter are; `all` are those of the file.
///
/// # Errors
/// If the fields differ in what a variable has once; the error says how to choose.
pub(super) fn variable(opening: &Arc<Opening>, fields: &[&Named], all: &[Named]) -> Result<Variable> {
    let Some(first) = fields.first() else {
        return Err(Error::new(ErrorKind::Other, "a variable without fields"));
    };
    let name = &first.parameter.variable;
    for key in COMMON {
        if keys::values(fields.iter().copied(), key).len() > 1 {
            return Err(choose(name, key, &keys::values(all, key)));
        }
    }
    let grids = keys::values(fields.iter().copied(), "gridNumber");
    if grids.len() > 1 {
        return Err(choose(name, "gridNumber", &grids));
    }
    let axes = axes(name, fields)?;
    let places = Coordinates::of(&first.field.grid)
        .map_err(|error| error.context(format!("message {}", first.field.message.number)))?;
    let (mut coords, own) = grid_coords(first, &places)?;
    let outer: Vec<&Axis> = axes.iter().filter(|axis| axis.labels.len() > 1).collect();
    let own_shape: Vec<usize> = match (&own[..], first.field.grid.size) {
        ([_, _], Some((columns, rows))) => vec![rows, columns],
        _ => vec![first.field.grid.points],
    };
    let dims: Vec<String> =
        outer.iter().map(|axis| axis.name.clone()).chain(own.iter().map(|&dim| dim.to_owned())).collect();
    let shape: Vec<usize> = outer.iter().map(|axis| axis.labels.len()).chain(own_shape.iter().copied()).collect();
    if shape.iter().try_fold(1usize, |product, &length| product.checked_mul(length)).is_none() {
        return Err(Error::new(ErrorKind::InvalidArgument, format!("{name}: {shape:?} is more than can be counted")));
    }
    let mut placed: HashMap<usize, Field> = HashMap::new();
    let mut doubles = 0;
    for field in fields {
        let at =
            outer.iter().try_fold(0, |at, axis| Some(at * axis.labels.len() + axis.labels.position(&field.field)?));
        let at = at.ok_or_else(|| Error::new(ErrorKind::Other, "a field without a place"))?;
        match placed.entry(at) {
            std::collections::hash_map::Entry::Occupied(_) => doubles += 1,
            std::collections::hash_map::Entry::Vacant(vacant) => drop(vacant.insert(field.field.clone())),
        }
    }
    let mut block = vec![1; outer.len()];
    block.extend(&own_shape);
    let storage = first.field.packed.packing.describe();
    let of = Arc::new(FieldsOf { dims: dims.clone(), shape, own: own.len(), fields: placed });
    let mut attrs = attributes(first);
    if doubles > 0 {
        let note = format!(
            "{doubles} more fields have the same member, time, step and level as another; the first of each is read. \
             They may differ in {}; choose with DatasetOptions::new().filter(…)",
            differing(fields).join(", ")
        );
        attrs.set("fields_not_read", note);
    }
    for axis in &axes {
        let dims = if axis.labels.len() > 1 { vec![axis.name.clone()] } else { Vec::new() };
        coords.push(Coord::named(&axis.name, dims, axis.labels.values()?, axis.attrs.clone()));
    }
    coords.extend(valid_time(&axes)?);
    let kept = opening.keep(name, Known { attrs: attrs.clone(), values: KnownValues::Fields(of.clone()) });
    let source = FieldsSource { path: opening.path().to_owned(), name: name.clone(), block, storage, of, kept };
    let array = DataArray::new(Plan::source(source), dims)?.name(name).with_attrs(attrs);
    Ok(Variable { array, coords })
}

/// Which keys have several values, besides those that are dimensions.
fn differing(fields: &[&Named]) -> Vec<&'static str> {
    let keys = ["stepRange", "centre", "subCentre", "edition"];
    let several = |key: &&str| keys::values(fields.iter().copied(), key).len() > 1;
    let found: Vec<&str> = keys.into_iter().filter(several).collect();
    if found.is_empty() { vec!["nothing that can be chosen by"] } else { found }
}

/// The error for a key of which a variable has one value only.
pub(super) fn choose(name: &str, key: &str, values: &[Value]) -> Error {
    let example = values.first().map(Value::to_string).unwrap_or_default();
    Error::new(
        ErrorKind::InvalidArgument,
        format!(
            "{name} has fields with several values of {key}, which cannot be one variable; choose: \
             open_dataset_with(path, DatasetOptions::new().filter({key:?}, {example})); there are {}",
            keys::listed(values)
        ),
    )
}

/// Members, times, steps and levels, in cfgrib's order.
fn axes(name: &str, fields: &[&Named]) -> Result<Vec<Axis>> {
    let mut axes = Vec::new();
    let mut add = |axis: &str, labels: Option<Labels>, attrs: Attrs| {
        axes.extend(labels.map(|labels| Axis { name: axis.to_owned(), labels, attrs }));
    };
    let fields = || fields.iter().map(|named| &named.field);
    let whole = |of: fn(&Field) -> Option<i64>, key: &str| -> Result<Option<Vec<i64>>> {
        let mut labels: Vec<i64> = fields().filter_map(of).collect();
        if !labels.is_empty() && labels.len() < fields().count() {
            let text =
                format!("{name}: some fields have a {key} and others have none; choose by \"dataType\" or {key:?}");
            return Err(Error::new(ErrorKind::InvalidArgument, text));
        }
        labels.sort_unstable();
        labels.dedup();
        Ok((!labels.is_empty()).then_some(labels))
    };
    let described = |pairs: &[(&str, &str)]| {
        let mut attrs = Attrs::default();
        pairs.iter().for_each(|(name, value)| attrs.set(*name, *value));
        attrs
    };
    add(
        "number",
        whole(|field| field.product.number, "number")?.map(Labels::Whole),
        described(&[("long_name", "ensemble member numerical id"), ("units", "1"), ("standard_name", "realization")]),
    );
    add(
        "time",
        whole(|field| Some(field.product.reference), "time")?.map(Labels::Times),
        described(&[("long_name", "initial time of forecast"), ("standard_name", "forecast_reference_time")]),
    );
    add(
        "step",
        whole(|field| field.product.steps.map(|(_, end)| end), "step")?.map(Labels::Steps),
        described(&[
            ("long_name", "time since forecast_reference_time"),
            ("units", "hours"),
            ("standard_name", "forecast_period"),
        ]),
    );
    let mut labels: Vec<f64> = fields().filter_map(|field| field.product.level).collect();
    labels.sort_by(f64::total_cmp);
    labels.dedup();
    if !labels.is_empty() {
        let kind = fields().next().and_then(|field| field.product.level_type).unwrap_or("level");
        let mut attrs = described(levels::attributes(kind));
        if attrs.is_empty() {
            attrs = described(&[
                ("long_name", &format!("original GRIB coordinate for key: level({kind})")),
                ("units", "1"),
            ]);
        }
        if attrs.get("stored_direction").is_some() {
            labels.reverse();
        }
        add(kind, Some(Labels::Levels(labels)), attrs);
    }
    Ok(axes)
}

/// The time that each field is for.
fn valid_time(axes: &[Axis]) -> Result<Option<Coord>> {
    let find = |name: &str| axes.iter().find(|axis| axis.name == name).map(|axis| &axis.labels);
    let (Some(Labels::Times(starts)), Some(Labels::Steps(steps))) = (find("time"), find("step")) else {
        return Ok(None);
    };
    let late = || Error::new(ErrorKind::Damaged, "a time of validity is later than can be told");
    let mut seconds = Vec::with_capacity(starts.len() * steps.len());
    for start in starts {
        for step in steps {
            seconds.push(start.checked_add(*step).ok_or_else(late)?);
        }
    }
    let lengths = [("time", starts.len()), ("step", steps.len())];
    let several = lengths.iter().filter(|(_, length)| *length > 1);
    let shape: Vec<usize> = several.clone().map(|(_, length)| *length).collect();
    let dims: Vec<String> = several.map(|(dim, _)| (*dim).to_owned()).collect();
    let mut attrs = Attrs::default();
    attrs.set("long_name", "time");
    attrs.set("standard_name", "time");
    Ok(Some(Coord::named("valid_time", dims, times(seconds, &shape)?, attrs)))
}

/// The coordinates of the points, and the dimensions of the grid.
fn grid_coords(first: &Named, places: &Coordinates) -> Result<(Vec<Coord>, Vec<&'static str>)> {
    let about = |name: &str, units: &str| {
        let mut attrs = Attrs::default();
        attrs.set("long_name", name);
        attrs.set("units", units);
        attrs.set("standard_name", name);
        attrs
    };
    let (mut north, east) = (about("latitude", "degrees_north"), about("longitude", "degrees_east"));
    let owned = |dims: &[&str]| -> Vec<String> { dims.iter().map(|dim| (*dim).to_owned()).collect() };
    let (latitudes, longitudes, dims): (_, _, Vec<&'static str>) = match places {
        Coordinates::Axes { latitudes, longitudes } => {
            if latitudes.first() > latitudes.last() {
                north.set("stored_direction", "decreasing");
            }
            let latitudes = Values::from(Array1::from_vec(latitudes.clone()).into_dyn());
            let longitudes = Values::from(Array1::from_vec(longitudes.clone()).into_dyn());
            let coords = vec![
                Coord::named("latitude", owned(&["latitude"]), latitudes, north),
                Coord::named("longitude", owned(&["longitude"]), longitudes, east),
            ];
            return Ok((coords, vec!["latitude", "longitude"]));
        }
        Coordinates::Plane { latitudes, longitudes } => (latitudes, longitudes, vec!["y", "x"]),
        Coordinates::Points { latitudes, longitudes } => (latitudes, longitudes, vec!["values"]),
        Coordinates::Unknown => return Ok((Vec::new(), vec!["values"])),
    };
    let shape = match (&dims[..], first.field.grid.size) {
        ([_, _], Some((columns, rows))) => vec![rows, columns],
        _ => vec![first.field.grid.points],
    };
    let coords = vec![
        Coord::named("latitude", owned(&dims), Values::from_shape_vec(&shape, latitudes.clone())?, north),
        Coord::named("longitude", owned(&dims), Values::from_shape_vec(&shape, longitudes.clone())?, east),
    ];
    Ok((coords, dims))
}

/// The attributes that cfgrib gives a variable.
fn attributes(first: &Named) -> Attrs {
    let Named { field, parameter, .. } = first;
    let Parameter { id, short, variable, units, standard_name, name } = parameter;
    let (product, grid) = (&field.product, &field.grid);
    let mut attrs = Attrs::default();
    attrs.set("GRIB_paramId", *id);
    if let Some(kind) = product.data_type {
        attrs.set("GRIB_dataType", kind);
    }
    attrs.set("GRIB_numberOfPoints", grid.points as i64);
    if let Some(kind) = product.level_type {
        attrs.set("GRIB_typeOfLevel", kind);
    }
    attrs.set("GRIB_stepUnits", 1i64);
    attrs.set("GRIB_stepType", product.step_type.as_str());
    attrs.set("GRIB_gridType", grid.kind);
    if let Some(relative) = grid.uv_relative {
        attrs.set("GRIB_uvRelativeToGrid", i64::from(relative));
    }
    attrs.set("GRIB_NV", product.vertical_numbers);
    attrs.set("GRIB_cfName", standard_name.as_str());
    attrs.set("GRIB_cfVarName", variable.as_str());
    attrs.set("GRIB_gridDefinitionDescription", grid.description);
    attrs.set("GRIB_missingValue", MISSING);
    attrs.set("GRIB_name", name.as_str());
    attrs.set("GRIB_shortName", short.as_str());
    if let Some(members) = product.members {
        attrs.set("GRIB_totalNumber", members);
    }
    attrs.set("GRIB_units", units.as_str());
    for (key, value) in &grid.attributes {
        attrs.set(format!("GRIB_{key}"), value.clone());
    }
    attrs.set("long_name", name.as_str());
    attrs.set("units", units.as_str());
    attrs.set("standard_name", standard_name.as_str());
    attrs
}
