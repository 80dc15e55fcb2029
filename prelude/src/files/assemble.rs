//! From a header to a dataset: which variables are coordinates, what belongs to which.

use super::attribute::{Given, GivenAttrs, find};
use super::characters;
use super::coders::{self, FileEncoding, empty};
use super::header::{Header, Variable};
use super::opening::{Known, KnownValues, Opening};
use super::options::DatasetOptions;
use super::source::VariableSource;
use crate::Result;
use crate::array::{Attrs, Coord, DataArray, Dataset, Values};
use crate::geo::{Crs, SPATIAL_REF};
use crate::lazy::Plan;
use crate::limits::refuse_beyond_memory;
use crate::values::count;
use std::collections::HashSet;
use std::sync::Arc;

/// The arrays and coordinates of what a header says. Coordinates are read.
///
/// # Errors
/// If a coordinate cannot be read.
pub(super) fn dataset(mut header: Header, opening: &Arc<Opening>) -> Result<Dataset> {
    let options = opening.options();
    leave_out_too_many(&mut header);
    characters::join(&mut header.variables);
    if options.decodes_times() {
        share_time_with_bounds(&mut header.variables);
    }
    let coord_names = coordinate_names(&mut header, options);
    let (crs, mapping) = spatial_ref(&header, options);
    let mut coords: Vec<Coord> = Vec::new();
    let mut arrays: Vec<DataArray> = Vec::new();
    let dims: HashSet<&String> = header.variables.iter().flat_map(|variable| &variable.place.dims).collect();
    for variable in header.variables.iter().filter(|variable| mapping.as_ref() != Some(&variable.name)) {
        // One with the name of a dimension is a coordinate whatever its shape.
        if dims.contains(&variable.name) || coord_names.contains(&variable.name) {
            coords.push(coordinate(variable, options)?);
            continue;
        }
        let Opened { mut source, mut attrs, encoding } = opened(variable, options)?;
        let values = match count(&source.place.shape) {
            0 => Plan::memory(empty(source.decoding.dtype, &source.place.shape)?),
            _ if source.place.shape.is_empty() => Plan::memory(source.all()?),
            _ => {
                let (place, decoding) = (Box::new(source.place.clone()), Box::new(source.decoding.clone()));
                let known = Known { attrs: attrs.clone(), values: KnownValues::Variable { place, decoding } };
                source.kept = Some(opening.keep(&variable.name, known));
                Plan::source(source)
            }
        };
        if crs.is_some() {
            attrs.remove("grid_mapping");
        }
        let array = DataArray::new(values, variable.place.dims.clone())?.name(&variable.name).with_attrs(attrs);
        arrays.push(with_encoding(array, encoding));
    }
    coords.extend(crs);
    let dims: Vec<String> = arrays.iter().flat_map(|array| array.dims().iter().cloned()).collect();
    let mut attrs = Attrs::default();
    header
        .attrs
        .iter()
        .filter(|(name, _)| name != "_NCProperties")
        .for_each(|(name, value)| attrs.set(name, value.attr()));
    if !header.skipped.is_empty() {
        let skipped: Vec<String> = header.skipped.iter().map(|(name, why)| format!("{name}: {why}")).collect();
        attrs.set("not_read", skipped.join("; "));
    }
    // A single pixel of a map does not tell how large it is, so each array knows where all of it lies.
    let placed = Dataset::assemble(arrays, coords.clone(), &dims).arrays().iter().map(DataArray::keep_place).collect();
    Ok(Dataset::assemble(placed, coords, &dims).with_attrs(attrs))
}

/// Takes out the variables that no array can hold: a header may say any shape.
fn leave_out_too_many(header: &mut Header) {
    let Header { variables, skipped, .. } = header;
    variables.retain(|variable| {
        let shape = &variable.place.shape;
        let elements =
            shape.iter().filter(|&&length| length > 0).fold(1, |all: usize, &length| all.saturating_mul(length));
        let fits = isize::try_from(elements).is_ok();
        if !fits {
            skipped.push((variable.name.clone(), format!("its shape {shape:?} has more elements than can be counted")));
        }
        fits
    });
}

/// The array with the encoding that its variable had in the file, for a file that is written of it.
fn with_encoding(array: DataArray, encoding: FileEncoding) -> DataArray {
    array.with_encoding(encoding.into())
}

fn coordinate(variable: &Variable, options: &DatasetOptions) -> Result<Coord> {
    let Opened { source, attrs, encoding } = opened(variable, options)?;
    // Coordinates are read at once, so nobody else asks whether they fit.
    let bytes = (count(&source.place.shape) as u64).saturating_mul(source.decoding.dtype.size() as u64);
    let advice =
        format!("leave it out: open_dataset_with(…, DatasetOptions::new().drop_variables([{:?}]))", variable.name);
    refuse_beyond_memory(&format!("the coordinate {:?}", variable.name), bytes, &advice)?;
    let values = match variable.place.shape.contains(&0) {
        true => empty(source.decoding.dtype, &source.place.shape)?,
        false => source.all()?,
    };
    Ok(Coord::named(&variable.name, variable.place.dims.clone(), values, attrs).keeping(Arc::new(encoding)))
}

/// A variable as the coders decided.
struct Opened {
    source: VariableSource,
    attrs: Attrs,
    encoding: FileEncoding,
}

/// A variable of dates has one type of them, which follows from its numbers; what is no date stays a number.
fn opened(variable: &Variable, options: &DatasetOptions) -> Result<Opened> {
    let mut opened = decided(variable, options);
    if opened.source.decoding.dtype.is_date() && !variable.place.shape.contains(&0) {
        let sample = opened.source.sample()?;
        if let Err(error) = opened.source.decoding.settle(&sample) {
            let mut opened = decided(variable, &options.clone().decode_times(false));
            opened.attrs.set("decoding_note", format!("left as numbers: {error}"));
            return Ok(opened);
        }
    }
    Ok(opened)
}

fn decided(variable: &Variable, options: &DatasetOptions) -> Opened {
    let decoded = coders::decode(variable.place.of, &variable.attrs, options);
    let mut attrs = Attrs::default();
    decoded.attrs.iter().for_each(|(name, value)| attrs.set(name, value.attr()));
    if let Some(note) = decoded.note {
        attrs.set("decoding_note", note);
    }
    let source = VariableSource { place: variable.place.clone(), decoding: decoded.decoding, kept: None };
    Opened { source, attrs, encoding: decoded.encoding }
}

/// The bounds of a time have its units, whether the file repeats them or not.
fn share_time_with_bounds(variables: &mut [Variable]) {
    let shared: Vec<(String, GivenAttrs)> = variables
        .iter()
        .filter_map(|variable| {
            let bounds = find(&variable.attrs, "bounds")?.as_text()?.to_owned();
            let units = find(&variable.attrs, "units")?.as_text()?;
            let timed = crate::time::units::is_time(units);
            let of_time = |(name, _): &&(String, Given)| name == "units" || name == "calendar";
            timed.then(|| (bounds, variable.attrs.iter().filter(of_time).cloned().collect()))
        })
        .collect();
    for (bounds, attrs) in shared {
        if let Some(variable) = variables.iter_mut().find(|variable| variable.name == bounds) {
            for (name, value) in attrs {
                if find(&variable.attrs, &name).is_none() {
                    variable.attrs.push((name, value));
                }
            }
        }
    }
}

/// The names in the attributes `coordinates`, which are taken off.
fn coordinate_names(header: &mut Header, options: &DatasetOptions) -> HashSet<String> {
    let mut names = HashSet::new();
    if !options.decodes_coords() {
        return names;
    }
    let known: HashSet<String> = header.variables.iter().map(|variable| variable.name.clone()).collect();
    let lists = header.variables.iter_mut().map(|variable| &mut variable.attrs).chain([&mut header.attrs]);
    for attrs in lists {
        if let Some(list) = find(attrs, "coordinates").and_then(Given::as_text) {
            names.extend(list.split_whitespace().filter(|name| known.contains(*name)).map(str::to_owned));
            attrs.retain(|(name, _)| name != "coordinates");
        }
    }
    names
}

/// The CRS as a coordinate, and the variable that it came from, where all arrays that have one have the same.
fn spatial_ref(header: &Header, options: &DatasetOptions) -> (Option<Coord>, Option<String>) {
    if !options.decodes_coords() {
        return (None, None);
    }
    let mapping =
        |variable: &Variable| find(&variable.attrs, "grid_mapping").and_then(Given::as_text).map(str::to_owned);
    let named: Vec<(String, Option<String>)> =
        header.variables.iter().filter_map(|variable| Some((mapping(variable)?, variable.wkt.clone()))).collect();
    let (mapping, wkt) = match named.first() {
        Some((name, wkt)) if named.iter().all(|(other, _)| other == name) => (Some(name.clone()), wkt.clone()),
        Some(_) => return (None, None),
        None => return (None, None),
    };
    let described = mapping.as_ref().and_then(|name| header.variables.iter().find(|variable| variable.name == *name));
    if mapping.is_some() && described.is_none_or(|variable| !variable.place.dims.is_empty()) {
        return (None, None);
    }
    let mut attrs = Attrs::default();
    if let Some(variable) = described {
        variable.attrs.iter().for_each(|(name, value)| attrs.set(name, value.attr()));
    }
    if let (None, Some(wkt)) = (attrs.get("crs_wkt").or(attrs.get("spatial_ref")), wkt) {
        attrs.set("crs_wkt", wkt);
    }
    if let (None, Some(wkt)) = (attrs.get("crs_wkt"), attrs.get("spatial_ref").cloned()) {
        attrs.set("crs_wkt", wkt);
    }
    if attrs.get("crs_wkt").is_none() {
        // What no WKT says the parameters of the projection may.
        let Ok(Some(crs)) = Crs::from_cf(&attrs) else { return (None, None) };
        attrs.set("crs_wkt", crs.wkt());
    }
    (Some(Coord::named(SPATIAL_REF, Vec::<String>::new(), Values::from(0i64), attrs)), mapping)
}
