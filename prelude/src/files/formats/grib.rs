//! GRIB, read here.

use super::Format;
use crate::Result;
use crate::array::Dataset;
use crate::files::grib;
use crate::files::opening::Opening;
use std::path::Path;
use std::sync::Arc;

pub(super) struct Grib;

impl Format for Grib {
    fn name(&self) -> &'static str {
        "GRIB"
    }

    // Messages may begin late, behind a line of an archive.
    fn can_open(&self, path: &Path, _: &[u8]) -> bool {
        grib::can_open(path)
    }

    fn open(&self, opening: &Arc<Opening>) -> Result<Dataset> {
        grib::open(opening)
    }
}
