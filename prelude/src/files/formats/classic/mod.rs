//! Classic netCDF (CDF-1, CDF-2 and CDF-5, what netCDF calls its version 3), read here.
//!
//! GDAL is asked for one thing only: the CRS that it makes of a grid mapping.

mod bytes;
#[cfg(fuzzing)]
pub mod fuzzing;
mod header;
mod read;
#[cfg(test)]
mod tests;

use super::Format;
use crate::array::Dataset;
use crate::disk::shown;
use crate::files::assemble;
use crate::files::attribute::find;
use crate::files::characters::Characters;
use crate::files::header::{Header, Variable, own_names};
use crate::files::library;
use crate::files::opening::Opening;
use crate::files::options::DatasetOptions;
use crate::files::source::{Access, Place, sensible_block};
use crate::gdal::multidim::Kind;
use crate::values::Values;
use crate::{Error, ErrorKind, Result};
use bytes::FromBeginning;
use std::io::BufReader;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

pub(super) struct ClassicNetcdf;

/// A variable of a classic file.
#[derive(Debug)]
pub(in crate::files) struct ClassicArray {
    variable: header::Variable,
}

impl Format for ClassicNetcdf {
    fn name(&self) -> &'static str {
        "netCDF"
    }

    fn can_open(&self, _: &Path, first_bytes: &[u8]) -> bool {
        matches!(first_bytes, [b'C', b'D', b'F', 1 | 2 | 5, ..])
    }

    fn open(&self, opening: &Arc<Opening>) -> Result<Dataset> {
        let (path, options) = (opening.path(), opening.options());
        let header = read(path, options).map_err(|error| error.context(shown(path)))?;
        assemble::dataset(header, opening).map_err(|error| error.context(shown(path)))
    }
}

fn read(path: &Path, options: &DatasetOptions) -> Result<Header> {
    if let Some(group) = options.groups().first() {
        return Err(Error::new(
            ErrorKind::NotFound,
            format!("there is no group {group:?}: classic netCDF files have no groups; open it without one"),
        ));
    }
    let found = parse(path)?;
    let mut header = Header { attrs: found.attrs, ..Header::default() };
    for variable in found.variables.into_iter().filter(|variable| !options.drops(&variable.name)) {
        header.variables.push(described(path, variable));
    }
    let mapped = |variable: &Variable| find(&variable.attrs, "grid_mapping").is_some();
    if options.decodes_coords() && header.variables.iter().any(mapped) {
        // Without GDAL's reading of it the mapping stays a variable.
        let _ = library::with(path, |file| {
            for variable in header.variables.iter_mut().filter(|variable| mapped(variable)) {
                variable.wkt = file.open_array(&[], &variable.name).and_then(|array| array.wkt());
            }
        });
    }
    Ok(header)
}

fn parse(path: &Path) -> Result<header::Header> {
    let file = bytes::open(path)?;
    let unreadable = |error: std::io::Error| Error::new(ErrorKind::Io, format!("it cannot be read: {error}"));
    let length = file.length().map_err(unreadable)?;
    header::parse(&mut BufReader::new(FromBeginning { bytes: &*file, at: 0, length }), length)
}

fn described(path: &Path, variable: header::Variable) -> Variable {
    let (of, shape, attrs) = (variable.of, variable.shape.clone(), variable.attrs.clone());
    let name = variable.name.clone();
    let place = Place {
        path: path.to_owned(),
        groups: Vec::new(),
        name: name.clone(),
        dims: own_names(variable.dims.clone()),
        block: sensible_block(&shape, of.size()),
        shape,
        kind: Kind::Other,
        of,
        access: Access::Classic(Arc::new(ClassicArray { variable })),
        characters: Characters::Letters,
        chunked: false,
        storage: "not compressed".to_owned(),
    };
    Variable { name, place, attrs, wkt: None }
}

impl ClassicArray {
    pub(in crate::files) fn values(&self, path: &Path, window: &[Range<usize>]) -> Result<Values> {
        read::window(&*bytes::open(path)?, &self.variable, window)
    }

    /// The bytes of characters.
    pub(in crate::files) fn bytes(&self, path: &Path, window: &[Range<usize>]) -> Result<Vec<u8>> {
        read::bytes(&*bytes::open(path)?, &self.variable, window)
    }

    /// Whether the values of another one lie where these do, as far as there are as many.
    pub(in crate::files) fn continues(&self, other: &Self) -> bool {
        let (now, before) = (&self.variable, &other.variable);
        let inner = |variable: &header::Variable| variable.shape.get(1..).map(<[usize]>::to_vec);
        (now.begin, now.record, now.of, inner(now)) == (before.begin, before.record, before.of, inner(before))
    }
}
