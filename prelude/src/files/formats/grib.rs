//! GRIB, by GDAL's driver.

use super::{Format, through_gdal};
use crate::Result;
use crate::array::Dataset;
use crate::disk::shown;
use crate::files::options::DatasetOptions;
use crate::files::{assemble, grib};
use std::path::Path;

pub(super) struct Grib;

impl Format for Grib {
    fn name(&self) -> &'static str {
        "GRIB"
    }

    fn can_open(&self, _: &Path, first_bytes: &[u8]) -> bool {
        first_bytes.starts_with(b"GRIB")
    }

    fn open(&self, path: &Path, options: &DatasetOptions) -> Result<Dataset> {
        let mut header = through_gdal::header(path, options)?;
        header.one_grid = true;
        grib::tidy(&mut header);
        assemble::dataset(header, options).map_err(|error| error.context(shown(path)))
    }
}
