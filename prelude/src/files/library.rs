//! Open files for reading by windows: kept for the next window, and never used by two threads at once.
//!
//! netCDF-C and HDF5 are not made for threads, and a netCDF-4 file goes through both. GDAL's drivers hold a lock
//! each, but not the same one, so here one lock covers every call that could reach either; that costs nothing,
//! since they would wait for each other inside. Zarr is GDAL's own code, with nothing shared between datasets: its
//! chunks are read and unpacked in parallel. So are values decoded after reading, of any format.

use super::errors;
use crate::disk::FileState;
use crate::gdal::hdf5_errors;
use crate::gdal::library::{self, ready};
use crate::gdal::multidim::{Array, Group, Root, c_text, text};
use crate::{Error, ErrorKind, Result};
use gdal_sys as c;
use std::collections::HashMap;
use std::ffi::CString;
use std::fs;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Idle files kept: each holds a descriptor and a megabyte or so of the library's chunk cache.
const KEPT: usize = 32;

/// `GDAL_OF_MULTIDIM_RASTER` and `GDAL_OF_VERBOSE_ERROR`, macros that the bindings leave out; reading only is 0.
const FLAGS: u32 = 0x10 | 0x40;

static SERIAL: Mutex<()> = Mutex::new(());
/// Oldest first.
static IDLE: Mutex<Vec<Idle>> = Mutex::new(Vec::new());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Holds the lock of the libraries that are not made for threads.
pub(super) fn serial() -> MutexGuard<'static, ()> {
    ready();
    let guard = lock(&SERIAL);
    hdf5_errors::remember();
    guard
}

/// Which of GDAL's drivers opens a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Driver {
    /// The one that suits the file best.
    #[default]
    Best,
    /// HDF5, for what the netCDF driver does not show of an HDF5 file.
    Hdf5,
}

/// An open file: its handles are used by one thread at a time.
///
/// Fields are dropped in order, so what belongs to the file goes before the file.
#[derive(Debug)]
pub(super) struct File {
    arrays: HashMap<String, Array>,
    pub(super) top: Group,
    _root: Root,
    /// The driver's short name: `netCDF`, `HDF5`, `Zarr`.
    pub(super) driver: String,
    /// What was asked for.
    pub(super) opened_with: Driver,
}

impl File {
    /// The variable `name` of the group at `groups`.
    pub(super) fn open_array(&self, groups: &[String], name: &str) -> Option<Array> {
        match groups {
            [] => self.top.array(name),
            groups => self.group(groups)?.array(name),
        }
    }

    /// The same, opened once and kept with what the library caches of it.
    pub(super) fn array(&mut self, groups: &[String], name: &str) -> Option<&Array> {
        let key = [groups.join("/").as_str(), name].join("/");
        if !self.arrays.contains_key(&key) {
            let array = self.open_array(groups, name)?;
            self.arrays.insert(key.clone(), array);
        }
        self.arrays.get(&key)
    }

    /// The group at the end of a path of names.
    pub(super) fn group(&self, groups: &[String]) -> Option<Group> {
        let (first, rest) = groups.split_first()?;
        rest.iter().try_fold(self.top.group(first)?, |group, name| group.group(name))
    }

    /// Whether only one thread of the process may use any file of this kind.
    fn is_serial(&self) -> bool {
        self.driver != "Zarr"
    }
}

/// A file that is closed under the lock.
#[derive(Debug)]
struct Shut(Option<File>);

impl Drop for Shut {
    fn drop(&mut self) {
        let _serial = serial();
        self.0 = None;
    }
}

struct Idle {
    path: PathBuf,
    driver: Driver,
    state: Option<FileState>,
    file: Shut,
}

/// Uses a file that no other thread has, opening one if none is idle.
///
/// # Errors
/// If the file cannot be opened.
pub(super) fn with<R>(path: &Path, work: impl FnOnce(&mut File) -> R) -> Result<R> {
    with_driver(path, Driver::Best, work)
}

/// The same, opened by `driver`.
///
/// # Errors
/// If the file cannot be opened.
pub(super) fn with_driver<R>(path: &Path, driver: Driver, work: impl FnOnce(&mut File) -> R) -> Result<R> {
    ready();
    let state = FileState::of(path);
    let mut shut = match take(path, driver, state) {
        Some(shut) => shut,
        None => Shut(Some(open(path, driver)?)),
    };
    // If `work` unwinds, the lock is released first and then the file closed: its state is not worth trusting.
    let result = {
        let file = shut.0.as_mut().ok_or_else(|| Error::new(ErrorKind::Other, "the file was closed while in use"))?;
        let _serial = file.is_serial().then(serial);
        work(file)
    };
    put(Idle { path: path.to_owned(), driver, state, file: shut });
    Ok(result)
}

fn take(path: &Path, driver: Driver, state: Option<FileState>) -> Option<Shut> {
    let mut idle = lock(&IDLE);
    let at = idle.iter().rposition(|one| one.path == path && one.driver == driver)?;
    let one = idle.remove(at);
    drop(idle);
    // A file that was rewritten is closed here, outside the lock on the list.
    (one.state.is_some() && one.state == state).then_some(one.file)
}

fn put(one: Idle) {
    if one.state.is_none() {
        return;
    }
    let mut idle = lock(&IDLE);
    idle.push(one);
    let oldest = (idle.len() > KEPT).then(|| idle.remove(0));
    drop(idle);
    drop(oldest);
}

/// Closes what is idle of `path`, before another file takes its name.
pub(super) fn forget(path: &Path) {
    let mut idle = lock(&IDLE);
    let (gone, kept): (Vec<Idle>, Vec<Idle>) = idle.drain(..).partition(|one| one.path == path);
    *idle = kept;
    drop(idle);
    drop(gone);
}

fn open(path: &Path, wanted: Driver) -> Result<File> {
    ready();
    let _serial = serial();
    let mut reasons: Vec<String> = Vec::new();
    for (name, driver) in candidates(path, wanted) {
        hdf5_errors::forget();
        match library::call(|| open_as(&name, driver)).map_err(with_cause) {
            Ok(Some(mut file)) => {
                file.opened_with = wanted;
                return Ok(file);
            }
            Ok(None) => {}
            Err(said) if said != library::NO_REASON && !reasons.contains(&said) => reasons.push(said),
            Err(_) => {}
        }
    }
    Err(errors::not_opened(path, &reasons.join("; ")))
}

/// What GDAL said, with the cause that HDF5 knows.
pub(super) fn with_cause(said: String) -> String {
    match hdf5_errors::complaint() {
        Some(cause) if said == library::NO_REASON => cause,
        Some(cause) if !said.contains(&cause) => format!("{said}: {cause}"),
        _ => said,
    }
}

/// A path between two texts, for GDAL: paths are bytes, whatever they are meant to say.
pub(super) fn c_path(before: &str, path: &Path, after: &str) -> CString {
    let bytes = [before.as_bytes(), path.as_os_str().as_bytes(), after.as_bytes()].concat();
    // No file has a zero byte in its name.
    CString::new(bytes).unwrap_or_default()
}

/// What to ask GDAL for, in order: a name and the only driver to try, or any.
fn candidates(path: &Path, wanted: Driver) -> Vec<(CString, Option<&'static str>)> {
    let plain = c_path("", path, "");
    // With the prefix the driver does not mind what the file is called.
    let hdf5 = (c_path("HDF5:", path, ""), Some("HDF5"));
    if wanted == Driver::Hdf5 {
        return vec![hdf5, (plain, Some("HDF5"))];
    }
    let first = first_bytes(path, 8);
    // The netCDF library knows dimensions and coordinates, which plain HDF5 has not; it reads most HDF5 files.
    if first.starts_with(b"\x89HDF\r\n\x1a\n") {
        return vec![(c_path("NETCDF:\"", path, "\""), Some("netCDF")), hdf5, (plain, Some("HDF5"))];
    }
    if first.starts_with(b"CDF") {
        return vec![(c_path("NETCDF:\"", path, "\""), Some("netCDF")), (plain, None)];
    }
    vec![(plain, None)]
}

/// Whether GDAL finds the file by means of its own: over HTTP, in an archive, in memory.
pub(super) fn is_virtual(path: &Path) -> bool {
    path.to_string_lossy().starts_with("/vsi")
}

/// The first bytes of a file, `most` of them or as many as it has; none if it cannot be read.
pub(super) fn first_bytes(path: &Path, most: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    if !is_virtual(path) {
        if let Ok(file) = fs::File::open(path) {
            let _ = file.take(most as u64).read_to_end(&mut bytes);
        }
        return bytes;
    }
    ready();
    bytes.resize(most, 0);
    let name = c_path("", path, "");
    // SAFETY: the buffer has `most` bytes, the texts end with zero bytes, and the file is closed after it was read.
    let read = library::call(|| unsafe {
        let file = c::VSIFOpenL(name.as_ptr(), c"rb".as_ptr());
        if file.is_null() {
            return Err(gdal::errors::GdalError::NullPointer { method_name: "VSIFOpenL", msg: String::new() });
        }
        let read = c::VSIFReadL(bytes.as_mut_ptr().cast(), 1, most, file);
        c::VSIFCloseL(file);
        Ok(read)
    });
    bytes.truncate(read.unwrap_or(0).min(most));
    bytes
}

/// None if the file opens but shows nothing.
fn open_as(name: &CString, driver: Option<&'static str>) -> Result<Option<File>, gdal::errors::GdalError> {
    let driver = driver.map(c_text);
    let allowed = [driver.as_ref().map_or(ptr::null(), |name| name.as_ptr()), ptr::null()];
    let drivers = if driver.is_some() { allowed.as_ptr() } else { ptr::null() };
    // SAFETY: the name and the list of drivers, which ends with null, outlive the call; null stands for no options.
    let raw = unsafe { c::GDALOpenEx(name.as_ptr(), FLAGS, drivers, ptr::null(), ptr::null()) };
    let null = || gdal::errors::GdalError::NullPointer { method_name: "GDALOpenEx", msg: String::new() };
    let root = Root::own(raw).ok_or_else(null)?;
    // SAFETY: the dataset is open; its driver lives as long as the process.
    let (top, driver) = unsafe {
        (
            Group::own(c::GDALDatasetGetRootGroup(root.raw())).ok_or_else(null)?,
            text(c::GDALGetDriverShortName(c::GDALGetDatasetDriver(root.raw()))),
        )
    };
    let empty = top.array_names().is_empty() && top.group_names().is_empty();
    // What shows nothing through the netCDF library may show more to the next driver.
    if empty && name.to_bytes().starts_with(b"NETCDF:") {
        return Ok(None);
    }
    Ok(Some(File { arrays: HashMap::new(), top, _root: root, driver, opened_with: Driver::Best }))
}
