//! The other files that an open dataset reads: those that a VRT names, and what these name in turn.

use crate::disk::FileState;
use crate::gdal::library;
use gdal::Dataset;
use std::collections::HashSet;
use std::ffi::CStr;
use std::path::{Path, PathBuf};

/// A dataset of more files is opened anew each time: to look at all of them would take as long.
const MOST_FILES: usize = 8192;
/// Files of this format name no others, and what lies beside them is looked for anyway.
const NAMES_NONE: &str = "GTiff";
/// Formats whose files name others. GDAL lists those of a VRT, but not what these name in turn.
const NAMING: &str = "vrt";
/// Beside a source, what changes its pixels or their mask without changing the source.
const BESIDE: [&str; 2] = ["msk", "aux.xml"];

/// The files, and what each of them was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sources(Vec<(PathBuf, Option<FileState>)>);

impl Sources {
    /// Those of `dataset`, which was opened as `path`. None if there are too many to keep an eye on.
    pub fn of(path: &Path, dataset: &Dataset) -> Option<Self> {
        let mut seen = HashSet::from([path.to_owned()]);
        let mut files = Vec::new();
        let mut to_open = Vec::new();
        let mut note = |listed: Vec<PathBuf>, to_open: &mut Vec<PathBuf>| {
            for file in listed {
                if !seen.insert(file.clone()) {
                    continue;
                }
                if names_others(&file) {
                    to_open.push(file.clone());
                }
                for ending in BESIDE {
                    let mut name = file.clone().into_os_string();
                    name.push(format!(".{ending}"));
                    let name = PathBuf::from(name);
                    files.push((name.clone(), FileState::of(&name)));
                }
                files.push((file.clone(), FileState::of(&file)));
            }
            (files.len() <= MOST_FILES).then_some(())
        };
        note(file_list(dataset), &mut to_open)?;
        // Files are never listed twice, so that VRTs that name each other come to an end.
        while let Some(inner) = to_open.pop() {
            if let Ok(inner) = library::call(|| Dataset::open(&inner)) {
                note(file_list(&inner), &mut to_open)?;
            }
        }
        Some(Self(files))
    }

    /// How many files are looked at.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether each of them is what it was.
    pub fn are_unchanged(&self) -> bool {
        self.0.iter().all(|(path, state)| FileState::of(path) == *state)
    }
}

/// Whether a file may be one that names others.
pub(super) fn names_others(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(NAMING))
}

/// What GDAL reads for a dataset, itself among it.
fn file_list(dataset: &Dataset) -> Vec<PathBuf> {
    let mut files = Vec::new();
    if dataset.driver().short_name() == NAMES_NONE {
        return files;
    }
    // SAFETY: the dataset is open for as long as it is borrowed. What comes back is null or a list of texts that ends
    // with a null pointer; it is ours, is only read, and is freed once, after the last look at it.
    unsafe {
        let list = gdal_sys::GDALGetFileList(dataset.c_dataset());
        let mut at = list;
        while !at.is_null() && !(*at).is_null() {
            files.push(PathBuf::from(CStr::from_ptr(*at).to_string_lossy().into_owned()));
            at = at.add(1);
        }
        gdal_sys::CSLDestroy(list);
    }
    files
}
