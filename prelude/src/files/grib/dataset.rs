//! The variables of a file as one dataset, as far as they go together.

use super::fields::{Field, Fields};
use super::grid::{Grid, Places};
use super::keys::{self, Named, Value};
use super::messages::Reader;
use super::names::Parameter;
use super::product::centre;
use super::variable::{Variable, choose, variable};
use crate::array::{Attrs, Coord, DataArray, Dataset, Values};
use crate::disk::shown;
use crate::files::opening::Opening;
use crate::gdal::library;
use crate::geo::SPATIAL_REF;
use crate::{Error, ErrorKind, Result};
use gdal::spatial_ref::SpatialRef;
use std::sync::Arc;

/// The file as cfgrib's `open_dataset` gives it.
///
/// # Errors
/// If a message is damaged (the error says which, and where), no field can be read, or fields of one parameter differ
/// in what a variable has once; then the error says what to choose by.
pub(in crate::files) fn open(opening: &Arc<Opening>) -> Result<Dataset> {
    opened(opening).map_err(|error| error.context(shown(opening.path())))
}

fn opened(opening: &Arc<Opening>) -> Result<Dataset> {
    let (path, options) = (opening.path(), opening.options());
    let found = Fields::read(&Reader::open(path)?)?;
    let mut left_out: Vec<String> = Vec::new();
    if let Some(first) = found.damaged.first() {
        if !options.skips_damaged() {
            return Err(Error::new(
                ErrorKind::Damaged,
                format!(
                    "{first} ({} of {} messages are damaged); copy the file again, or read the others: \
                     open_dataset_with(path, DatasetOptions::new().skip_damaged(true))",
                    found.damaged.len(),
                    found.damaged.len() + found.fields.len() + found.unread.len()
                ),
            ));
        }
        left_out.extend(found.damaged.iter().map(Error::to_string));
    }
    left_out.extend(found.unread.iter().map(Error::to_string));
    if found.fields.is_empty() {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            left_out.first().cloned().unwrap_or_else(|| "there is no GRIB message".to_owned()),
        ));
    }
    let fields = keys::filtered(named(found.fields), options.filters())?;
    let mut set = Set::default();
    for group in by_parameter(&fields) {
        if group.first().is_some_and(|first| options.drops(&first.parameter.variable)) {
            continue;
        }
        set.add(variable(opening, &group, &fields)?, &mut left_out, options.decodes_coords());
    }
    let attrs = global(&fields)?;
    if options.decodes_coords()
        && let Some(first) = fields.first()
    {
        set.place(&fields, &first.field.grid)?;
    }
    Ok(set.finished(attrs, &left_out))
}

/// The fields with their names and the numbers of their grids.
fn named(fields: Vec<Field>) -> Vec<Named> {
    let mut grids: Vec<Arc<Grid>> = Vec::new();
    fields
        .into_iter()
        .map(|field| {
            let known = grids.iter().position(|grid| Arc::ptr_eq(grid, &field.grid) || **grid == *field.grid);
            let grid = known.unwrap_or_else(|| {
                grids.push(field.grid.clone());
                grids.len() - 1
            });
            Named { parameter: Parameter::of(&field.product), field, grid: grid + 1 }
        })
        .collect()
}

/// The fields of each parameter, in the order in which parameters first come.
fn by_parameter(fields: &[Named]) -> Vec<Vec<&Named>> {
    let mut groups: Vec<Vec<&Named>> = Vec::new();
    let mut places: std::collections::HashMap<(i64, &str), usize> = std::collections::HashMap::new();
    for field in fields {
        let place = *places.entry((field.parameter.id, &field.parameter.short)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(field);
    }
    groups
}

/// What is known of all fields.
fn global(fields: &[Named]) -> Result<Attrs> {
    let mut attrs = Attrs::default();
    for key in ["edition", "centre", "subCentre"] {
        let values = keys::values(fields, key);
        match values.as_slice() {
            [Value::Text(text)] => attrs.set(format!("GRIB_{key}"), text.as_str()),
            [Value::Number(number)] => attrs.set(format!("GRIB_{key}"), *number as i64),
            [] => {}
            several => return Err(choose("the file", key, several)),
        }
        if key == "centre"
            && let Some((_, name)) = fields.first().and_then(|first| centre(first.field.product.centre))
        {
            attrs.set("GRIB_centreDescription", name);
        }
    }
    attrs.set("Conventions", "CF-1.7");
    if let Some(name) = attrs.get("GRIB_centreDescription").cloned() {
        attrs.set("institution", name);
    }
    Ok(attrs)
}

/// Variables that share their coordinates.
#[derive(Debug, Default)]
struct Set {
    arrays: Vec<DataArray>,
    coords: Vec<Coord>,
}

impl Set {
    /// Adds a variable, or says in `left_out` why it does not go with the others.
    fn add(&mut self, variable: Variable, left_out: &mut Vec<String>, with_coords: bool) {
        let Variable { array, coords } = variable;
        let name = array.get_name().unwrap_or_default().to_owned();
        let clash = coords.iter().find_map(|coord| {
            let other = self.coords.iter().find(|other| other.name() == coord.name())?;
            (!other.same(coord)).then_some(coord.name())
        });
        let length = |dim: &str| {
            let sizes = self.arrays.iter().find_map(|array| Some(array.shape()[array.axis_of(dim)?]));
            sizes.zip(array.axis_of(dim).map(|axis| array.shape()[axis])).is_some_and(|(a, b)| a != b)
        };
        let clash = clash.or_else(|| array.dims().iter().map(String::as_str).find(|dim| length(dim)));
        if let Some(clash) = clash.map(str::to_owned) {
            let first = self.arrays.first().and_then(DataArray::get_name).unwrap_or_default().to_owned();
            let short = array.get_attr("GRIB_shortName").map(ToString::to_string).unwrap_or_default();
            left_out.push(format!(
                "{name}, whose {clash} is not that of the variables before it, such as {first}; open it by itself: \
                 open_dataset_with(path, DatasetOptions::new().filter(\"shortName\", {short:?}))"
            ));
            return;
        }
        if self.arrays.iter().any(|other| other.get_name() == Some(name.as_str())) {
            let id = array.get_attr("GRIB_paramId").map(ToString::to_string).unwrap_or_default();
            left_out.push(format!(
                "a second {name}; open it by itself: \
                 open_dataset_with(path, DatasetOptions::new().filter(\"paramId\", {id}))"
            ));
            return;
        }
        for coord in coords {
            if with_coords && !self.coords.iter().any(|other| other.name() == coord.name()) {
                self.coords.push(coord);
            }
        }
        self.arrays.push(array);
    }

    /// The CRS of the grid, and its metres if it lies on a map; only where all variables have the same grid.
    fn place(&mut self, fields: &[Named], grid: &Grid) -> Result<()> {
        if fields.iter().any(|field| field.grid != fields[0].grid) {
            return Ok(());
        }
        let proj = match (&grid.places, grid.earth, grid.kind) {
            (Places::LatLon(_) | Places::Gaussian { .. }, Some(earth), "regular_ll" | "regular_gg") => {
                format!("+proj=longlat {}", earth.proj())
            }
            (Places::Projected(projected), Some(_), kind) if kind != "mercator" => {
                let (x, y) = projected.metres(grid)?;
                for (name, metres) in [("x", x), ("y", y)] {
                    let mut attrs = Attrs::default();
                    attrs.set("units", "m");
                    attrs.set("standard_name", format!("projection_{name}_coordinate"));
                    let values = Values::from_shape_vec(&[metres.len()], metres)?;
                    self.coords.push(Coord::named(name, vec![name.to_owned()], values, attrs));
                }
                projected.proj.clone()
            }
            _ => return Ok(()),
        };
        let wkt = library::call(|| SpatialRef::from_proj4(&proj)?.to_wkt());
        let wkt = wkt.map_err(|said| Error::new(ErrorKind::Damaged, format!("the grid's map {proj}: {said}")))?;
        let mut attrs = Attrs::default();
        attrs.set("crs_wkt", wkt);
        self.coords.push(Coord::named(SPATIAL_REF, Vec::<String>::new(), Values::from(0i64), attrs));
        Ok(())
    }

    fn finished(self, mut attrs: Attrs, left_out: &[String]) -> Dataset {
        const MOST: usize = 20;
        if !left_out.is_empty() {
            let mut shown = left_out[..left_out.len().min(MOST)].join("; ");
            if left_out.len() > MOST {
                shown = format!("{shown}; and {} more", left_out.len() - MOST);
            }
            attrs.set("not_read", shown);
        }
        let dims: Vec<String> = self.arrays.iter().flat_map(|array| array.dims().iter().cloned()).collect();
        Dataset::assemble(self.arrays, self.coords, &dims).with_attrs(attrs)
    }
}
