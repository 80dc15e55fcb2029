//! How GDAL is asked for a file: told whether others lie beside it, so that it need not list the folder.

use crate::disk::{refuse_special, shown};
use crate::gdal::errors::not_opened;
use crate::gdal::library;
use crate::gdal::siblings::Siblings;
use crate::{Error, ErrorKind, Result};
use gdal::errors::GdalError;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags, Metadata as _};
use std::path::Path;

/// Opens a file, or one of the overviews in it or beside it, for reading; the only place where that is done.
///
/// # Errors
/// If there is none that GDAL reads, or no such overview; the error says how many there are.
pub(super) fn open(path: &Path, overview: Option<usize>, siblings: Option<&Siblings>) -> Result<Dataset> {
    refuse_special(path)?;
    let alone = siblings.filter(|_| library::finds_files_by_name()).and_then(|siblings| siblings.for_gdal(path));
    let whole = whole(path, alone.as_deref(), None).map_err(|said| not_opened(path, &said))?;
    let Some(level) = overview else { return Ok(whole) };
    let there = library::call(|| whole.rasterband(1)?.overview_count()).unwrap_or(0).max(0) as usize;
    if level >= there {
        let has = match there {
            0 => "it has none; open it as it is".to_owned(),
            n => format!("it has {n}, and they count from 0"),
        };
        return Err(Error::new(ErrorKind::NotFound, format!("overview {level} of {}: {has}", shown(path))));
    }
    let option = format!("OVERVIEW_LEVEL={level}");
    self::whole(path, alone.as_deref(), Some(&option)).map_err(|said| not_opened(path, &said))
}

/// `alone` is the name of a file beside which there is no other.
fn whole(path: &Path, alone: Option<&str>, option: Option<&str>) -> Result<Dataset, String> {
    let options = option.map(|option| [option]);
    let siblings = alone.map(|alone| [alone]);
    let siblings = siblings.as_ref().map(<[&str; 1]>::as_slice);
    let ask = |siblings: Option<&[&str]>| -> Result<Dataset, GdalError> {
        let options = DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_RASTER | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
            allowed_drivers: None,
            open_options: options.as_ref().map(<[&str; 1]>::as_slice),
            sibling_files: siblings,
        };
        Dataset::open_ex(path, options)
    };
    if is_remote(path) {
        // Each name that is asked for is a request, and GDAL keeps the list of a folder.
        return library::call(|| library::listing_folders(|| ask(None)));
    }
    let first = match library::call(|| ask(siblings)) {
        Ok(dataset) => return Ok(dataset),
        Err(said) => said,
    };
    // Some formats are known by what else lies in their folder. The first answer is the one that names the reason.
    match library::call(|| library::listing_folders(|| ask(None))) {
        Ok(dataset) => Ok(dataset),
        Err(_) => Err(first),
    }
}

/// Whether GDAL reads `path` over the network.
fn is_remote(path: &Path) -> bool {
    const REMOTE: [&str; 9] = ["curl", "s3", "gs", "az", "adls", "oss", "swift", "webhdfs", "hdfs"];
    let Some(path) = path.to_str() else { return false };
    let begins =
        |name: &str| path.starts_with(&format!("/vsi{name}/")) || path.starts_with(&format!("/vsi{name}_streaming/"));
    REMOTE.into_iter().any(begins) || path.starts_with("http://") || path.starts_with("https://")
}

/// Formats such as netCDF hold several rasters; each has a name of its own.
pub(super) fn no_bands(path: &Path, dataset: &Dataset) -> Error {
    let inner: Vec<String> = dataset
        .metadata_domain("SUBDATASETS")
        .unwrap_or_default()
        .into_iter()
        .filter_map(|item| item.split_once("_NAME=").map(|(_, name)| name.to_owned()))
        .collect();
    if inner.is_empty() {
        Error::new(ErrorKind::Damaged, format!("{} holds no raster band", shown(path)))
    } else {
        Error::new(
            ErrorKind::InvalidArgument,
            format!("{} holds several rasters; open one of them by its name: {}", shown(path), inner.join(", ")),
        )
    }
}
