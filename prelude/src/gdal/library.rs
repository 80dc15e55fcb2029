//! GDAL as this process uses it: set up once, silent, and remembering per thread what it complained about.

use crate::{Error, ErrorKind, Result};
use gdal::errors::{CplErrType, GdalError};
use gdal::raster::RasterBand;
use std::cell::RefCell;
use std::ffi::CStr;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

/// Memory for GDAL's block cache for each thread, in MiB: a row of tiles. Whole strips and tiles are read, so more only costs.
const CACHE_MIB: usize = 8;
/// Complaints kept per operation; the first ones name the cause, later ones repeat it.
const KEPT: usize = 4;

/// What an error says where GDAL said nothing.
pub(crate) const NO_REASON: &str = "GDAL gives no reason";
/// How GDAL finds the files that lie beside the one that it opens.
const LISTING: &str = "GDAL_DISABLE_READDIR_ON_OPEN";
/// By asking for each name that its drivers know.
const BY_NAME: &str = "TRUE";
/// By listing the folder.
const BY_LISTING: &str = "FALSE";

thread_local! {
    static COMPLAINTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Sets GDAL up on the first call. Everything in this module's folder that touches GDAL starts here.
pub(crate) fn ready() {
    static READY: Once = Once::new();
    READY.call_once(|| {
        // Options that the user's environment sets win: a cluster may need its own.
        for (key, value) in [
            ("GDAL_CACHEMAX", (CACHE_MIB * crate::parallel::cpus().max(2)).to_string()),
            // A folder of 100,000 files is not listed at each of them: the files beside it are asked for by their names.
            (LISTING, BY_NAME.to_owned()),
            // GDAL would let two VRTs that one thread opened share their sources. They may be used by two threads later.
            ("VRT_SHARED_SOURCE", "NO".to_owned()),
        ] {
            if gdal::config::get_config_option(key, "").is_ok_and(|set| set.is_empty()) {
                // All are plain ASCII, so this cannot fail.
                let _ = gdal::config::set_config_option(key, &value);
            }
        }
        super::hdf5::leave_at_exit();
        gdal::config::set_error_handler(remember);
        // Two threads that register the drivers at the same moment crash the process. The count is the crate's way to
        // register them once for everybody; `register_all` would do it again each time.
        let _ = gdal::DriverManager::count();
    });
}

/// Whether GDAL looks for files beside another by name, as [`ready`] sets it up if the environment says nothing else.
pub(crate) fn finds_files_by_name() -> bool {
    ready();
    gdal::config::get_config_option(LISTING, "").is_ok_and(|set| set == BY_NAME)
}

/// Lets GDAL list folders on this thread while `operation` runs: some formats are known only by what else is there.
pub(crate) fn listing_folders<R>(operation: impl FnOnce() -> R) -> R {
    /// Takes the permission back, also if the operation unwinds.
    struct Permission;
    impl Drop for Permission {
        fn drop(&mut self) {
            let _ = gdal::config::clear_thread_local_config_option(LISTING);
        }
    }
    if !finds_files_by_name() {
        return operation();
    }
    let _permission = Permission;
    // Plain ASCII, so this cannot fail.
    let _ = gdal::config::set_thread_local_config_option(LISTING, BY_LISTING);
    operation()
}

/// Keeps what GDAL would have written to stderr; warnings are not worth a student's attention.
fn remember(class: CplErrType, _number: i32, message: &str) {
    if !matches!(class, CplErrType::Failure | CplErrType::Fatal) {
        return;
    }
    COMPLAINTS.with_borrow_mut(|complaints| {
        if complaints.len() < KEPT && !complaints.iter().any(|earlier| earlier == message) {
            complaints.push(message.trim().to_owned());
        }
    });
}

/// Runs one GDAL operation; on failure the error says what GDAL said, in its own words.
pub(crate) fn call<T>(operation: impl FnOnce() -> Result<T, GdalError>) -> Result<T, String> {
    ready();
    COMPLAINTS.with_borrow_mut(Vec::clear);
    operation().map_err(|error| {
        let said = COMPLAINTS.with_borrow_mut(std::mem::take);
        if said.is_empty() { plain(&error) } else { said.join("; ") }
    })
}

/// What GDAL complained about since the last [`call`] of this thread began, although it reported success.
///
/// Writers need it: before GDAL 3.7 closing a file cannot report that the disk is full.
pub(crate) fn complaints() -> Option<String> {
    let said = COMPLAINTS.with_borrow_mut(std::mem::take);
    (!said.is_empty()).then(|| said.join("; "))
}

fn plain(error: &GdalError) -> String {
    match error {
        GdalError::CplError { msg, .. } | GdalError::NullPointer { msg, .. } if !msg.is_empty() => msg.clone(),
        // Which function gave null is no reason.
        GdalError::CplError { .. } | GdalError::NullPointer { .. } => NO_REASON.to_owned(),
        GdalError::BadArgument(msg) => msg.clone(),
        other => other.to_string(),
    }
}

/// GDAL's name of a band's element type, which the crate knows only of some: `CFloat32` is one that it does not.
pub(crate) fn type_name(band: &RasterBand<'_>) -> String {
    // SAFETY: the band is open for as long as it is borrowed; the name is null or a constant of GDAL's.
    let name = unsafe { gdal_sys::GDALGetDataTypeName(gdal_sys::GDALGetRasterDataType(band.c_rasterband())) };
    if name.is_null() {
        return "an unknown type".to_owned();
    }
    // SAFETY: not null, and such a constant ends with a zero byte.
    unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
}

/// GDAL's version, such as `3.6.2`.
pub fn gdal_version() -> String {
    gdal::version::VersionInfo::release_name()
}

/// Lends `bytes` to GDAL as a file, whose path `work` gets.
///
/// # Errors
/// If GDAL cannot make such a file.
pub(crate) fn with_memory_file<R>(bytes: &'static [u8], name: &str, work: impl FnOnce(&Path) -> R) -> Result<R> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    // A number of its own: two threads may each have theirs.
    let path = PathBuf::from(format!("/vsimem/{}-{name}", NEXT.fetch_add(1, Ordering::Relaxed)));
    let failed = |said| Error::new(ErrorKind::Other, format!("{name} in memory: {said}"));
    call(|| gdal::vsi::create_mem_file(&path, bytes.to_vec())).map_err(failed)?;
    let result = work(&path);
    call(|| gdal::vsi::unlink_mem_file(&path)).map_err(failed)?;
    Ok(result)
}
