//! GRIB, read here.

use super::Format;
use crate::Result;
use crate::array::Dataset;
use crate::files::grib;
use crate::files::options::DatasetOptions;
use std::path::Path;

pub(super) struct Grib;

impl Format for Grib {
    fn name(&self) -> &'static str {
        "GRIB"
    }

    // Messages may begin late, behind a line of an archive.
    fn can_open(&self, path: &Path, _: &[u8]) -> bool {
        grib::can_open(path)
    }

    fn open(&self, path: &Path, options: &DatasetOptions) -> Result<Dataset> {
        grib::open(path, options)
    }
}
