//! The header of a file as GDAL's multidimensional API shows it.

use crate::array::not_found;
use crate::disk::shown;
use crate::files::attribute::{self, Given, GivenAttrs, find};
use crate::files::characters::Characters;
use crate::files::file_type::FileType;
use crate::files::header::{Header, Variable, own_names};
use crate::files::library::{self, Driver, File};
use crate::files::options::DatasetOptions;
use crate::files::source::{Access, Place, sensible_block};
use crate::gdal::multidim::{Array, Attribute, Dimension, Kind};
use crate::{Error, ErrorKind, Result};
use gdal_sys as c;
use std::collections::HashSet;
use std::path::Path;

/// Why an array is left out, where nobody knows better.
pub(super) const NEITHER: &str = "neither numbers nor text";

/// Whether an array stands for a dimension of netCDF that has no coordinates, as the HDF5 driver shows them.
pub(super) fn is_only_a_dimension(array: &Array) -> bool {
    let attrs = attribute::read(array.attributes());
    let name = find(&attrs, "NAME").and_then(Given::as_text);
    name.is_some_and(|name| name.starts_with("This is a netCDF dimension but not a netCDF variable"))
}

/// All variables of the group that the options name.
///
/// # Errors
/// If GDAL cannot open the file, or there is no such group.
pub(super) fn header(path: &Path, options: &DatasetOptions) -> Result<Header> {
    let header = library::with(path, |file| of_group(path, file, options))??;
    if header.variables.is_empty() && !options.has_dropped() {
        return Err(library::with(path, |file| no_variables(path, file, &header))?);
    }
    Ok(header)
}

/// The same from an open file; it may have no variables.
pub(super) fn of_group(path: &Path, file: &File, options: &DatasetOptions) -> Result<Header> {
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
    // A Zarr store lists its folders in whatever order the disk has them, and again when they have been opened.
    if file.driver == "Zarr" {
        names.sort();
        names.dedup();
    }
    let mut header = Header { attrs: attribute::read(lists(group.attributes())), ..Header::default() };
    names.retain(|name| !options.drops(name));
    for name in names {
        let array = file.open_array(options.groups(), &name);
        if file.driver == "HDF5" && array.as_ref().is_some_and(is_only_a_dimension) {
            continue;
        }
        match array.and_then(|array| variable(path, file, options, &name, &array)) {
            Some(variable) => header.variables.push(variable),
            None => header.skipped.push((name, NEITHER.to_owned())),
        }
    }
    labels_around(path, file, options, &mut header);
    Ok(header)
}

/// Labels of a group's dimensions may stand in the groups around it.
fn labels_around(path: &Path, file: &File, options: &DatasetOptions, header: &mut Header) {
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
}

pub(super) fn no_variables(path: &Path, file: &File, header: &Header) -> Error {
    let groups = file.top.group_names();
    let message = match (groups.is_empty(), header.skipped.is_empty()) {
        (false, _) => format!(
            "{} has its variables in groups; open one: open_dataset_with(…, DatasetOptions::new().group(\"{}\")); there are {}",
            shown(path),
            groups[0],
            groups.join(", ")
        ),
        (_, false) => {
            let skipped: Vec<String> = header.skipped.iter().map(|(name, why)| format!("{name} ({why})")).collect();
            format!("{} holds no variable that can be read: {}", shown(path), skipped.join(", "))
        }
        // GDAL 3.6, which knows a draft, takes the groups of Zarr 3 for empty ones.
        _ if path.join("zarr.json").is_file() => format!(
            "{} is a store of Zarr 3 in which this GDAL finds no variables; write it as Zarr 2, in Python ds.to_zarr(…, zarr_format=2)",
            shown(path)
        ),
        _ => format!("{} holds no variables", shown(path)),
    };
    Error::new(ErrorKind::NotFound, message)
}

/// None if the values are neither numbers nor text.
pub(super) fn variable(
    path: &Path,
    file: &File,
    options: &DatasetOptions,
    name: &str,
    array: &Array,
) -> Option<Variable> {
    let kind = array.kind();
    let (of, element_bytes) = match kind {
        Kind::Number(dtype, _) => (FileType::of(dtype), dtype.size()),
        Kind::Text => (FileType::Text, 16),
        Kind::Other => return None,
    };
    let dimensions = array.dimensions();
    let dims: Vec<String> = dimensions.iter().map(Dimension::name).collect();
    let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
    let mut block = array.block();
    let chunked = block.len() == shape.len() && !shape.is_empty() && block.iter().all(|&length| length > 0);
    if !chunked {
        block = sensible_block(&shape, element_bytes);
    }
    let attrs = attributes(file, array);
    // Working out a CRS takes long.
    let mapped = file.driver != "netCDF" || find(&attrs, "grid_mapping").is_some();
    // The netCDF driver of GDAL 3.6 gives a pointer to memory that it has freed for text without a dimension.
    let by_hdf5 = file.driver == "netCDF" && kind == Kind::Text && shape.is_empty();
    let place = Place {
        path: path.to_owned(),
        groups: options.groups().to_vec(),
        name: name.to_owned(),
        dims: own_names(dims),
        shape,
        kind,
        of,
        access: Access::Gdal(if by_hdf5 { Driver::Hdf5 } else { file.opened_with }),
        characters: Characters::Letters,
        chunked,
        block,
        storage: array.compression().map_or_else(|| "not compressed".to_owned(), |how| how.to_lowercase()),
    };
    let wkt = if mapped { array.wkt() } else { None };
    Some(Variable { name: name.to_owned(), place, attrs, wkt })
}

/// Those that are a number, a text or a list of them. GDAL 3.6 reads the rows of a table one over the other.
fn lists(mut attributes: Vec<Attribute>) -> Vec<Attribute> {
    // SAFETY: the handle is alive.
    attributes.retain(|attribute| unsafe { c::GDALAttributeGetDimensionCount(attribute.raw()) } <= 1);
    attributes
}

/// The attributes, with those put back that a driver keeps apart.
fn attributes(file: &File, array: &Array) -> GivenAttrs {
    let mut attrs = attribute::read(lists(array.attributes()));
    // The netCDF driver shows all; what it makes of them itself is wrong for NaN in an integer variable.
    if file.driver == "netCDF" {
        return attrs;
    }
    // How HDF5 and Zarr store dimensions is no knowledge about the values.
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
            put(name, Given::Floats(vec![value], FileType::F64));
        }
    }
    attrs
}
