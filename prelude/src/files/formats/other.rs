//! What begins like none of the formats: GDAL may know it still, as it does what lies behind its virtual paths.

use super::{Format, through_gdal};
use crate::Result;
use crate::array::Dataset;
use crate::disk::shown;
use crate::files::assemble;
use crate::files::opening::Opening;
use std::path::Path;
use std::sync::Arc;

pub(super) struct Other;

impl Format for Other {
    fn name(&self) -> &'static str {
        ""
    }

    fn can_open(&self, _: &Path, _: &[u8]) -> bool {
        true
    }

    fn open(&self, opening: &Arc<Opening>) -> Result<Dataset> {
        let (path, options) = (opening.path(), opening.options());
        let header = through_gdal::header(path, options)?;
        assemble::dataset(header, opening).map_err(|error| error.context(shown(path)))
    }
}
