//! GDAL as this process uses it: set up once, silent, and remembering per thread what it complained about.

use crate::{Error, ErrorKind, Result};
use gdal::errors::{CplErrType, GdalError};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

/// Memory for GDAL's block cache for each thread, in MiB: a row of tiles. Whole strips and tiles are read, so more only costs.
const CACHE_MIB: usize = 8;
/// Complaints kept per operation; the first ones name the cause, later ones repeat it.
const KEPT: usize = 4;

/// What an error says where GDAL said nothing.
pub(crate) const NO_REASON: &str = "GDAL gives no reason";

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
            // A folder of 366 files need not be listed 366 times in search of side-car files.
            ("GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR".to_owned()),
        ] {
            if gdal::config::get_config_option(key, "").is_ok_and(|set| set.is_empty()) {
                // Both are plain ASCII, so this cannot fail.
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
        other => other.to_string(),
    }
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
