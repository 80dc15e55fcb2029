//! What GDAL does to a whole file at once, in steps that Stop can end: smaller versions, copies in another format.

use crate::cancel;
use crate::gdal::library;
use gdal::cpl::CslStringList;
use gdal::errors::GdalError;
use gdal::raster::RasterCreationOptions;
use gdal::{Dataset, DriverManager};
use std::ffi::{CString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr;

/// What becomes of a file when all its pixels are there.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    /// Smaller versions, made by this resampling.
    pub overviews: Option<&'static str>,
    /// A copy by GDAL's COG driver with these options, in place of the file itself.
    pub cog: Option<Vec<String>>,
}

/// The smallest version is no larger than this: a program shows it as a whole.
const SMALLEST: usize = 256;

/// Asked by GDAL now and then while it works; 0 ends the work.
pub(super) unsafe extern "C" fn go_on(_done: f64, _message: *const c_char, _data: *mut c_void) -> c_int {
    c_int::from(!cancel::is_cancelled())
}

fn gdal_error(message: &str) -> GdalError {
    GdalError::BadArgument(message.to_owned())
}

/// Adds smaller versions to a file that is open for writing.
pub(crate) fn overviews(dataset: &mut Dataset, resampling: &str) -> Result<(), String> {
    let (width, height) = dataset.raster_size();
    let mut factors: Vec<c_int> = Vec::new();
    let mut factor = 2;
    while width.max(height) / (factor / 2) > SMALLEST {
        factors.push(factor as c_int);
        factor *= 2;
    }
    if factors.is_empty() {
        return Ok(());
    }
    library::call(|| {
        dataset.flush_cache()?;
        let resampling = CString::new(resampling).map_err(|_| gdal_error("a resampling with a zero byte"))?;
        // SAFETY: the dataset is open for as long as `dataset` is borrowed; the list of factors outlives the call and
        // has the length given; no bands are listed (0 and null), which means all; the callback takes no data.
        let outcome = unsafe {
            gdal_sys::GDALBuildOverviews(
                dataset.c_dataset(),
                resampling.as_ptr(),
                factors.len() as c_int,
                factors.as_mut_ptr(),
                0,
                ptr::null_mut(),
                Some(go_on),
                ptr::null_mut(),
            )
        };
        if outcome == gdal_sys::CPLErr::CE_None { Ok(()) } else { Err(gdal_error("no overviews could be made")) }
    })
}

/// Copies a raster file into one of another driver.
pub(crate) fn copy(from: &Path, to: &Path, driver: &str, options: &[String]) -> Result<(), String> {
    library::call(|| {
        let source = Dataset::open(from)?;
        let driver = DriverManager::get_driver_by_name(driver)?;
        let path = CString::new(to.as_os_str().as_bytes()).map_err(|_| gdal_error("a path with a zero byte"))?;
        let options: CslStringList = RasterCreationOptions::from_iter(options.iter().map(String::as_str));
        // SAFETY: driver, source, path and options are alive until the call returns; the callback takes no data. What
        // comes back is null or a dataset that nobody else has, which `from_c_dataset` takes over and closes.
        let copied = unsafe {
            let copied = gdal_sys::GDALCreateCopy(
                driver.c_driver(),
                path.as_ptr(),
                source.c_dataset(),
                0,
                options.as_ptr(),
                Some(go_on),
                ptr::null_mut(),
            );
            (!copied.is_null()).then(|| Dataset::from_c_dataset(copied))
        };
        copied.ok_or_else(|| gdal_error("the copy could not be made"))?.close()
    })
    .and(library::complaints().map_or(Ok(()), Err))
}
