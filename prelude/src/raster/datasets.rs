//! The GDAL datasets that are open and idle: a file is often read several times in a row.
//!
//! A dataset may move between threads but never be used by two at once, so it is
//! taken out of here for each use and put back afterwards. One is used again only while every file that it is made of
//! is what it was: the file itself, those beside it, and those that a VRT names.

use super::handle;
use super::sources::{self, Sources};
use crate::Result;
use crate::disk::FileState;
use crate::gdal::siblings::Siblings;
use gdal::Dataset;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Idle datasets kept. Each holds a file descriptor and a few hundred kilobytes, while opening
/// anew costs about a millisecond: enough for a few files under work, not for a year of them.
const KEPT: usize = 32;

/// Sources that are looked at for each window. On a disk in a network each look may take a third of a millisecond.
const MOST_SOURCES_EACH_TIME: usize = 256;

/// Oldest first.
static IDLE: Mutex<Vec<Idle>> = Mutex::new(Vec::new());

struct Idle {
    key: Key,
    sources: Sources,
    dataset: Dataset,
}

/// What is opened, and what lies there now.
#[derive(PartialEq)]
struct Key {
    path: PathBuf,
    overview: Option<usize>,
    file: Option<FileState>,
    siblings: Option<Siblings>,
}

/// Uses a dataset of `path`, or of one of its overviews, that no other thread has, opening one if none is idle.
///
/// It is for reading a window, of which there may be thousands: if the dataset has many sources, that none of them has
/// changed is looked up by [`with_current`] only.
///
/// # Errors
/// If the file cannot be opened; otherwise those of `work`.
pub(crate) fn with<R>(path: &Path, overview: Option<usize>, work: impl FnOnce(&Dataset) -> Result<R>) -> Result<R> {
    using(path, overview, MOST_SOURCES_EACH_TIME, work)
}

/// [`with`], but never a dataset of which any source has changed.
///
/// # Errors
/// As [`with`].
pub(super) fn with_current<R>(
    path: &Path,
    overview: Option<usize>,
    work: impl FnOnce(&Dataset) -> Result<R>,
) -> Result<R> {
    using(path, overview, usize::MAX, work)
}

fn using<R>(
    path: &Path,
    overview: Option<usize>,
    most_sources: usize,
    work: impl FnOnce(&Dataset) -> Result<R>,
) -> Result<R> {
    crate::gdal::library::ready();
    // What has no state is not a plain file (`NETCDF:"a.nc":t`, `/vsimem/…`), and has no files beside it on this disk.
    let file = FileState::of(path);
    let siblings = file.and_then(|_| Siblings::of(path));
    let key = Key { path: path.to_owned(), overview, file, siblings };
    let (dataset, sources) = match take(&key, most_sources) {
        Some(idle) => (idle.dataset, Some(idle.sources)),
        None => {
            drop_changed(path);
            let dataset = handle::open(path, overview, key.siblings.as_ref())?;
            // Before anything is read: what changes from now on is noticed the next time.
            let sources = key.file.and_then(|_| Sources::of(path, &dataset));
            (dataset, sources)
        }
    };
    // If `work` fails or unwinds (Stop), the dataset is dropped: its state is not worth trusting. One that could not read
    // the places of its blocks once takes them for zeros from then on, and gives a damaged file's pixels as empty.
    let result = work(&dataset)?;
    if let Some(sources) = sources {
        put(Idle { key, sources, dataset });
    }
    Ok(result)
}

fn take(key: &Key, most_sources: usize) -> Option<Idle> {
    let mut idle = lock();
    let at = idle.iter().rposition(|one| one.key.path == key.path && one.key.overview == key.overview)?;
    let one = idle.remove(at);
    drop(idle);
    // It may have changed unseen if it is not a plain file.
    let unchanged = one.sources.len() > most_sources || one.sources.are_unchanged();
    (key.file.is_some() && one.key == *key && unchanged).then_some(one)
}

/// Closes idle datasets whose sources have changed, before one is opened that may have the same sources: GDAL hands the
/// sources that an idle VRT has open to the next VRT that names them, as they were.
fn drop_changed(path: &Path) {
    if !sources::names_others(path) {
        return;
    }
    let kept = |one: &Idle| one.sources.are_unchanged();
    let all = std::mem::take(&mut *lock());
    let (idle, changed): (Vec<Idle>, Vec<Idle>) = all.into_iter().partition(kept);
    let mut now = lock();
    // What others have put back meanwhile is younger.
    let younger = std::mem::replace(&mut *now, idle);
    now.extend(younger);
    drop(now);
    drop(changed);
}

fn put(one: Idle) {
    let mut idle = lock();
    idle.push(one);
    let oldest = (idle.len() > KEPT).then(|| idle.remove(0));
    // Closing a file may take a while; others need not wait for it.
    drop(idle);
    drop(oldest);
}

fn lock() -> MutexGuard<'static, Vec<Idle>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use crate::raster::{Raster, RasterMeta};
    use crate::values::DType;
    use ndarray::array;

    #[test]
    fn a_damaged_file_is_an_error_each_time_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        let mut writer = Raster::create(&path, &RasterMeta::new(30, 20, DType::F32)).unwrap();
        writer.write(&ndarray::Array2::from_shape_fn((20, 30), |(row, _)| row as f32), 1).unwrap();
        writer.finish().unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        // The lengths of the strips (tag 279) become numbers of a type that there is none of.
        let entries = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let lengths = (0..entries).map(|n| 10 + 12 * n).find(|&at| bytes[at..at + 2] == [23, 1]).unwrap();
        bytes[lengths + 2] = 35;
        std::fs::write(&path, bytes).unwrap();
        let raster = Raster::open(&path).unwrap();
        assert_eq!(raster.meta().block, [1, 30]);
        // One strip: GDAL trips over each of them once.
        for _ in 0..3 {
            assert!(raster.read_window::<f32>(1, 5..6, 0..30).is_err());
        }
    }

    #[test]
    fn a_file_that_was_replaced_is_opened_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        for value in [1u8, 2] {
            let mut writer = Raster::create(&path, &RasterMeta::new(1, 1, DType::U8)).unwrap();
            writer.write(&array![[value]], 1).unwrap();
            writer.finish().unwrap();
            assert_eq!(Raster::open(&path).unwrap().read::<u8>(1).unwrap(), array![[value]]);
        }
    }
}
