//! Many files as one dataset.

use super::open::opened;
use super::options::DatasetOptions;
use crate::array::{DataArray, Dataset, concat};
use crate::disk::shown;
use crate::parallel::Pool;
use crate::parallel::threads;
use crate::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Many files as one lazy dataset: arrays that have `dim` follow each other along it, in the order of the files.
///
/// Arrays without `dim` are those of the first file. If no array of the first file has it, it is added as the first dimension of
/// all. Other labels must be equal in all files. Attributes are those of the first.
///
/// ```no_run
/// use isopleth::prelude::*;
/// let files = glob("era5", "*.nc")?;
/// let ds = open_datasets(&files, "time")?;
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// If there is no file, one cannot be opened, lacks a variable, or has other labels; the error names the file.
pub fn open_datasets<P: AsRef<Path>>(paths: &[P], dim: &str) -> Result<Dataset> {
    joined(&paths.iter().map(|path| path.as_ref().to_owned()).collect::<Vec<_>>(), dim)
}

fn joined(paths: &[PathBuf], dim: &str) -> Result<Dataset> {
    let options = DatasetOptions::new();
    let open = |index: usize| opened(&paths[index], &options);
    let all =
        Pool::new(threads::threads())?.collect("opening files", paths.len(), &open).map_err(|(_, error)| error)?;
    let Some(first) = all.first() else {
        return Err(Error::new(ErrorKind::InvalidArgument, "open_datasets needs one file or more; the list is empty"));
    };
    let new = first.arrays().iter().all(|array| array.axis_of(dim).is_none());
    let mut arrays: Vec<DataArray> = Vec::new();
    for array in first.arrays() {
        if !new && array.axis_of(dim).is_none() {
            arrays.push(array.clone());
            continue;
        }
        let name = array.get_name().unwrap_or_default();
        let mut parts = Vec::with_capacity(all.len());
        for (ds, path) in all.iter().zip(paths) {
            let part = ds.get(name).map_err(|error| error.context(shown(path)))?;
            // Two at a time tell which file does not fit; all at once would tell a number.
            concat([array, part], dim)
                .map_err(|error| error.context(format!("{} does not continue {}", shown(path), shown(&paths[0]))))?;
            parts.push(part);
        }
        arrays.push(concat(parts, dim)?);
    }
    Ok(crate::array::merge(arrays)?.with_attrs(first.attrs().clone()))
}
