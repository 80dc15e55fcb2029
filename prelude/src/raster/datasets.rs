//! The GDAL datasets that are open and idle: a file is often read several times in a row.
//!
//! A dataset may move between threads but never be used by two at once, so it is
//! taken out of here for each use and put back afterwards.

use super::open::dataset;
use crate::Result;
use gdal::Dataset;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Idle datasets kept. Each holds a file descriptor and a few hundred kilobytes, while opening
/// anew costs about a millisecond: enough for a few files under work, not for a year of them.
const KEPT: usize = 32;

/// Oldest first.
static IDLE: Mutex<Vec<Idle>> = Mutex::new(Vec::new());

struct Idle {
    path: PathBuf,
    overview: Option<usize>,
    file: Option<FileId>,
    dataset: Dataset,
}

/// Which file a path led to when it was opened: a file that was replaced or rewritten must be opened anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
}

fn file_id(path: &Path) -> Option<FileId> {
    let about = fs::metadata(path).ok()?;
    Some(FileId {
        device: about.dev(),
        inode: about.ino(),
        length: about.len(),
        modified: (about.mtime(), about.mtime_nsec()),
    })
}

/// Uses a dataset of `path`, or of one of its overviews, that no other thread has, opening one if none is idle.
///
/// # Errors
/// If the file cannot be opened; otherwise those of `work`.
pub(crate) fn with<R>(path: &Path, overview: Option<usize>, work: impl FnOnce(&Dataset) -> Result<R>) -> Result<R> {
    crate::gdal::library::ready();
    let file = file_id(path);
    let taken = take(path, overview, file);
    let dataset = match taken {
        Some(dataset) => dataset,
        None => dataset(path, overview)?,
    };
    // If `work` fails or unwinds (Stop), the dataset is dropped: its state is not worth trusting. One that could not read
    // the places of its blocks once takes them for zeros from then on, and gives a damaged file's pixels as empty.
    let result = work(&dataset)?;
    put(Idle { path: path.to_owned(), overview, file, dataset });
    Ok(result)
}

fn take(path: &Path, overview: Option<usize>, file: Option<FileId>) -> Option<Dataset> {
    let mut idle = lock();
    let at = idle.iter().rposition(|one| one.path == path && one.overview == overview)?;
    let one = idle.remove(at);
    drop(idle);
    // What has no metadata is not a plain file (`NETCDF:"a.nc":t`, `/vsimem/…`): it may have changed unseen.
    (one.file.is_some() && one.file == file).then_some(one.dataset)
}

fn put(one: Idle) {
    if one.file.is_none() {
        return;
    }
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
