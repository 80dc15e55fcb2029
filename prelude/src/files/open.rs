//! From a file to a dataset: which variables are coordinates, what each value means.

use super::attribute::{self, Given, GivenAttrs, find};
use super::decode::{Decoding, decide, empty};
use super::grib;
use super::library::{self, File};
use super::options::DatasetOptions;
use super::source::{Place, VariableSource, sensible_block};
use crate::array::{Attrs, Coord, DType, DataArray, Dataset, Values, not_found};
use crate::disk::shown;
use crate::gdal::multidim::{Array, Kind};
use crate::lazy::Plan;
use crate::{Error, ErrorKind, Result};
use std::collections::HashSet;
use std::path::Path;

/// The file as a dataset of lazy arrays: netCDF (3 and 4), HDF5, GRIB, or a Zarr 2 folder. Headers and coordinates are read.
///
/// Every variable is an array with its dimensions, coordinates and attributes, decoded as [the module](super) says.
/// A variable with the name of its only dimension holds the labels of it; those that an attribute `coordinates`
/// names are coordinates too. HDF5 without names of dimensions gets those of the netCDF library, `phony_dim_0` and so
/// on. Zarr 3, which Python writes unless told `zarr_format=2`, needs a GDAL that
/// reads its final form; 3.6 does not.
///
/// ```no_run
/// use isopleth::prelude::*;
/// let ds = open_dataset("eraint_uvz.nc")?;
/// let wind = ds["u"].sel(sel! { level: 500 })?.mean("month")?;
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// If there is no such file (the error names similar ones), it is none of these formats, or it is damaged.
pub fn open_dataset(path: impl AsRef<Path>) -> Result<Dataset> {
    opened(path.as_ref(), &DatasetOptions::new())
}

/// [`open_dataset`] with a choice of what is decoded, and of the group.
///
/// # Errors
/// As [`open_dataset`], and if there is no such group; the error names those there are.
pub fn open_dataset_with(path: impl AsRef<Path>, options: impl std::borrow::Borrow<DatasetOptions>) -> Result<Dataset> {
    opened(path.as_ref(), options.borrow())
}

/// The only array of a file, with its coordinates.
///
/// # Errors
/// As [`open_dataset`], and if the file holds several arrays; the error names them.
pub fn open_dataarray(path: impl AsRef<Path>) -> Result<DataArray> {
    let path = path.as_ref();
    let ds = opened(path, &DatasetOptions::new())?;
    match ds.arrays() {
        [only] => Ok(only.clone()),
        [] => Err(Error::new(ErrorKind::NotFound, format!("{} holds no array besides coordinates", shown(path)))),
        many => Err(Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "{} holds {} arrays; choose one: open_dataset(…)?[…], with {}",
                shown(path),
                many.len(),
                ds.names().collect::<Vec<_>>().join(", ")
            ),
        )),
    }
}

/// A variable as the file has it.
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) attrs: GivenAttrs,
    pub(super) wkt: Option<String>,
}

/// What the header of a file says.
pub(super) struct Header {
    pub(super) variables: Vec<Variable>,
    pub(super) attrs: GivenAttrs,
    /// Variables that are neither numbers nor text.
    skipped: Vec<String>,
}

pub(super) fn opened(path: &Path, options: &DatasetOptions) -> Result<Dataset> {
    if grib::can_open(path) {
        return grib::open(path, options);
    }
    let header = library::with(path, |file| header(path, file, options))??;
    assembled(header, options).map_err(|error| error.context(shown(path)))
}

fn header(path: &Path, file: &File, options: &DatasetOptions) -> Result<Header> {
    let inner;
    let group = match options.groups() {
        [] => &file.top,
        names => {
            inner = file.group(names).ok_or_else(|| {
                let known = file.top.group_names();
                not_found("group", &names.join("/"), known.iter().map(String::as_str)).context(shown(path))
            })?;
            &inner
        }
    };
    let mut names = group.array_names();
    // A Zarr store lists its folders in whatever order the disk has them.
    if file.driver == "Zarr" {
        names.sort();
    }
    let mut header = Header { variables: Vec::new(), attrs: attribute::read(group.attributes()), skipped: Vec::new() };
    names.retain(|name| !options.drops(name));
    for name in names {
        let Some(array) = file.open_array(options.groups(), &name) else {
            header.skipped.push(name);
            continue;
        };
        match variable(path, file, options, &name, &array) {
            Some(variable) => header.variables.push(variable),
            None => header.skipped.push(name),
        }
    }
    // Labels of a group's dimensions may stand in the groups around it.
    for depth in (0..options.groups().len()).rev() {
        let outer = &options.groups()[..depth];
        let dims: HashSet<String> =
            header.variables.iter().flat_map(|variable| variable.place.dims.iter().cloned()).collect();
        for dim in dims {
            if header.variables.iter().any(|variable| variable.name == dim) || options.drops(&dim) {
                continue;
            }
            let Some(array) = file.open_array(outer, &dim) else { continue };
            let found = variable(path, file, options, &dim, &array);
            if let Some(mut found) = found.filter(|found| found.place.dims == [dim.clone()]) {
                found.place.groups = outer.to_vec();
                header.variables.push(found);
            }
        }
    }
    if header.variables.is_empty() {
        return Err(no_variables(path, file, &header));
    }
    Ok(header)
}

fn no_variables(path: &Path, file: &File, header: &Header) -> Error {
    let groups = file.top.group_names();
    let message = match (groups.is_empty(), header.skipped.is_empty()) {
        (false, _) => format!(
            "{} has its variables in groups; open one: open_dataset_with(…, DatasetOptions::new().group(\"{}\")); there are {}",
            shown(path),
            groups[0],
            groups.join(", ")
        ),
        (_, false) => format!(
            "{} holds no variable of numbers or text; what there is are records or complex numbers: {}",
            shown(path),
            header.skipped.join(", ")
        ),
        // GDAL 3.6, which knows a draft, takes the groups of Zarr 3 for empty ones.
        _ if path.join("zarr.json").is_file() => format!(
            "{} is a store of Zarr 3 in which this GDAL finds no variables; write it as Zarr 2, in Python ds.to_zarr(…, zarr_format=2)",
            shown(path)
        ),
        _ => format!("{} holds no variables", shown(path)),
    };
    Error::new(ErrorKind::NotFound, message)
}

fn variable(path: &Path, file: &File, options: &DatasetOptions, name: &str, array: &Array) -> Option<Variable> {
    let kind = array.kind();
    let element_bytes = match kind {
        Kind::Number(dtype, _) => dtype.size(),
        Kind::Text => 16,
        Kind::Other => return None,
    };
    let dimensions = array.dimensions();
    let dims: Vec<String> = dimensions.iter().map(crate::gdal::multidim::Dimension::name).collect();
    let shape: Vec<usize> = dimensions.iter().map(crate::gdal::multidim::Dimension::len).collect();
    let mut block = array.block();
    let chunked = block.len() == shape.len() && !shape.is_empty() && block.iter().all(|&length| length > 0);
    if !chunked {
        block = sensible_block(&shape, element_bytes);
    }
    let place = Place {
        path: path.to_owned(),
        groups: options.groups().to_vec(),
        name: name.to_owned(),
        dims: own_names(dims),
        shape,
        kind,
        chunked,
        block,
        storage: array.compression().map_or_else(|| "not compressed".to_owned(), |how| how.to_lowercase()),
    };
    Some(Variable { name: name.to_owned(), place, attrs: attributes(file, array), wkt: array.wkt() })
}

/// Dimensions that occur twice, as in a covariance, get a number: an array here has each name once.
fn own_names(dims: Vec<String>) -> Vec<String> {
    let mut named: Vec<String> = Vec::with_capacity(dims.len());
    for dim in dims {
        let name = if named.contains(&dim) { format!("{dim}_{}", named.len() + 1) } else { dim };
        named.push(name);
    }
    named
}

/// The attributes, with those put back that a driver keeps apart.
fn attributes(file: &File, array: &Array) -> GivenAttrs {
    let mut attrs = attribute::read(array.attributes());
    // How HDF5 stores dimensions is no knowledge about the values.
    let plumbing = [
        "CLASS",
        "NAME",
        "DIMENSION_LIST",
        "REFERENCE_LIST",
        "_Netcdf4Dimid",
        "_Netcdf4Coordinates",
        "_NCProperties",
        "_ARRAY_DIMENSIONS",
    ];
    attrs.retain(|(name, _)| !plumbing.contains(&name.as_str()));
    // The netCDF driver shows all; what it makes of them itself is wrong for NaN in an integer variable.
    if file.driver == "netCDF" {
        return attrs;
    }
    let mut put = |name: &str, value: Given| {
        if find(&attrs, name).is_none() {
            attrs.push((name.to_owned(), value));
        }
    };
    let (scale, offset) = array.scale_and_offset();
    let units = array.unit();
    if !units.is_empty() {
        put("units", Given::Text(units));
    }
    for (name, value) in [("scale_factor", scale), ("add_offset", offset), ("_FillValue", array.nodata())] {
        if let Some(value) = value {
            put(name, Given::Floats(vec![value], DType::F64));
        }
    }
    attrs
}

/// The arrays and coordinates of what a header says.
fn assembled(mut header: Header, options: &DatasetOptions) -> Result<Dataset> {
    share_time_with_bounds(&mut header.variables);
    let coord_names = coordinate_names(&mut header, options);
    let (crs, mapping) = spatial_ref(&mut header, options)?;
    let mut coords: Vec<Coord> = Vec::new();
    let mut arrays: Vec<DataArray> = Vec::new();
    for variable in header.variables.iter().filter(|variable| mapping.as_ref() != Some(&variable.name)) {
        let is_index = variable.place.dims == [variable.name.clone()];
        let is_coord = is_index || coord_names.contains(&variable.name);
        let (source, mut attrs) = source(variable, options);
        if is_coord {
            match coord_values(&source, variable) {
                Ok(values) => coords.push(Coord::named(&variable.name, variable.place.dims.clone(), values, attrs)),
                // Dates that do not fit are labels still, as numbers.
                Err(error)
                    if error.kind() == ErrorKind::InvalidArgument && source.decoding.dtype == DType::DateTime =>
                {
                    let numbers = options.clone().decode_times(false);
                    let (source, mut as_numbers) = self::source(variable, &numbers);
                    as_numbers.set("decoding_note", format!("left as numbers: {error}"));
                    let values = coord_values(&source, variable)?;
                    coords.push(Coord::named(&variable.name, variable.place.dims.clone(), values, as_numbers));
                }
                Err(error) => return Err(error),
            }
            continue;
        }
        let values = match source.place.shape.iter().product::<usize>() {
            0 => Plan::memory(empty(source.decoding.dtype, &source.place.shape)?),
            _ if source.place.shape.is_empty() => Plan::memory(source.all()?),
            _ => Plan::source(source),
        };
        if crs.is_some() {
            attrs.remove("grid_mapping");
        }
        arrays.push(DataArray::new(values, variable.place.dims.clone())?.name(&variable.name).with_attrs(attrs));
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
        attrs.set("not_read", format!("neither numbers nor text: {}", header.skipped.join(", ")));
    }
    Ok(Dataset::assemble(arrays, coords, &dims).with_attrs(attrs))
}

fn coord_values(source: &VariableSource, variable: &Variable) -> Result<Values> {
    if variable.place.shape.contains(&0) {
        return empty(source.decoding.dtype, &variable.place.shape);
    }
    source.all()
}

fn source(variable: &Variable, options: &DatasetOptions) -> (VariableSource, Attrs) {
    let raw = match variable.place.kind {
        Kind::Number(dtype, _) => dtype,
        _ => DType::Text,
    };
    let decoded = decide(raw, &variable.attrs, options);
    let mut attrs = Attrs::default();
    decoded.attrs.iter().for_each(|(name, value)| attrs.set(name, value.attr()));
    if let Some(note) = decoded.note {
        attrs.set("decoding_note", note);
    }
    let decoding: Decoding = decoded.decoding;
    (VariableSource { place: variable.place.clone(), decoding }, attrs)
}

/// The bounds of a time have its units, whether the file repeats them or not.
fn share_time_with_bounds(variables: &mut [Variable]) {
    let shared: Vec<(String, GivenAttrs)> = variables
        .iter()
        .filter_map(|variable| {
            let bounds = find(&variable.attrs, "bounds")?.as_text()?.to_owned();
            let units = find(&variable.attrs, "units")?.as_text()?;
            let timed = super::calendar::is_time(units);
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
fn spatial_ref(header: &mut Header, options: &DatasetOptions) -> Result<(Option<Coord>, Option<String>)> {
    if !options.decodes_coords() {
        return Ok((None, None));
    }
    let mapping =
        |variable: &Variable| find(&variable.attrs, "grid_mapping").and_then(Given::as_text).map(str::to_owned);
    let named: Vec<(String, Option<String>)> =
        header.variables.iter().filter_map(|variable| Some((mapping(variable)?, variable.wkt.clone()))).collect();
    let (mapping, wkt) = match named.first() {
        Some((name, wkt)) if named.iter().all(|(other, _)| other == name) => (Some(name.clone()), wkt.clone()),
        Some(_) => return Ok((None, None)),
        None => return Ok((None, None)),
    };
    let described = mapping.as_ref().and_then(|name| header.variables.iter().find(|variable| variable.name == *name));
    if mapping.is_some() && described.is_none_or(|variable| !variable.place.dims.is_empty()) {
        return Ok((None, None));
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
        return Ok((None, None));
    }
    Ok((Some(Coord::named("spatial_ref", Vec::<String>::new(), Values::from(0i64), attrs)), mapping))
}
