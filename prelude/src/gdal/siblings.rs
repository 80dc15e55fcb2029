//! The files that may lie beside a raster and say something about it: masks, overviews, places, nodata, units.
//!
//! GDAL would list the folder to find them, which takes long in a folder of 100,000 files, at each of the 100,000. So
//! GDAL is told to ask for them by name (`GDAL_DISABLE_READDIR_ON_OPEN=TRUE`), which every format does for the names that
//! it knows. Of a GeoTIFF these are sixty names, most of them of satellites: where none of the names below is there, GDAL is
//! told that the file is alone and asks for nothing. (It cannot be told more: given a list of two names or more, its
//! GeoTIFF driver lists the folder after all.)

use crate::disk::FileState;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Appended to the whole name: `a.tif.ovr`.
const APPENDED: [&str; 4] = ["aux.xml", "ovr", "msk", "aux"];
/// In place of the extension: `a.tab`. The world file of each extension comes on top.
const REPLACED: [&str; 6] = ["wld", "tab", "aux", "rpb", "imd", "xml"];
/// The same for formats that keep a header or a projection apart.
const HEADERS: [&str; 3] = ["hdr", "prj", "ers"];
/// Appended to the name without its extension, as some sellers of images do.
const ENDINGS: [&str; 2] = ["_RPC.TXT", "_rpc.txt"];
/// GDAL writes and reads this one in small letters only.
const SMALL_ONLY: &str = "aux.xml";

/// The names that side files of one raster can have, and which of them are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Siblings(Vec<(PathBuf, Option<FileState>)>);

impl Siblings {
    /// Asks for each of the names. None where `path` cannot have files beside it: it is no file name.
    pub fn of(path: &Path) -> Option<Self> {
        let names = names(path)?;
        Some(Self(
            names
                .into_iter()
                .map(|name| path.with_file_name(name))
                .map(|at| (at.clone(), FileState::of(&at)))
                .collect(),
        ))
    }

    /// What to tell GDAL of the files beside `path`: that there is only itself. None where GDAL has to ask for names,
    /// because there are others, the format may have companions of its own, or the name is no text.
    pub fn for_gdal(&self, path: &Path) -> Option<String> {
        let alone = is_tiff(path) && self.0.iter().all(|(_, state)| state.is_none());
        path.file_name().filter(|_| alone)?.to_str().map(str::to_owned)
    }
}

/// Removes the files that would give the GeoTIFF at `path` a place, which itself has none.
pub(crate) fn remove_places(path: &Path) {
    let Some(stem) = path.file_stem() else { return };
    let ending = path.extension().and_then(OsStr::to_str).map(str::to_lowercase);
    for ending in world_files(ending.as_deref().unwrap_or_default()).iter().map(String::as_str).chain(["wld"]) {
        for ending in [ending.to_owned(), ending.to_uppercase()] {
            // Most are not there.
            let _ = std::fs::remove_file(path.with_file_name(joined(stem, &format!(".{ending}"))));
        }
    }
}

fn is_tiff(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("tif") || ending.eq_ignore_ascii_case("tiff"))
}

fn names(path: &Path) -> Option<Vec<OsString>> {
    let (name, stem) = (path.file_name()?, path.file_stem()?);
    let mut names = Vec::new();
    let mut add = |base: &OsStr, ending: &str| {
        let name = |ending: &str| joined(base, ending);
        names.push(name(&format!(".{ending}")));
        if ending != SMALL_ONLY {
            names.push(name(&format!(".{}", ending.to_uppercase())));
        }
    };
    APPENDED.iter().for_each(|ending| add(name, ending));
    let mut replaced: Vec<String> = REPLACED.iter().map(|ending| (*ending).to_owned()).collect();
    if !is_tiff(path) {
        replaced.extend(HEADERS.iter().map(|ending| (*ending).to_owned()));
    }
    if let Some(ending) = path.extension().and_then(OsStr::to_str) {
        replaced.extend(world_files(&ending.to_lowercase()));
    }
    replaced.iter().for_each(|ending| add(stem, ending));
    names.extend(ENDINGS.iter().map(|ending| joined(stem, ending)));
    // `a.hdr` is not beside itself.
    names.retain(|other| other != name);
    Some(names)
}

fn joined(base: &OsStr, ending: &str) -> OsString {
    let mut name = base.to_owned();
    name.push(ending);
    name
}

/// `tfw` and `tifw` of `tif`.
fn world_files(ending: &str) -> Vec<String> {
    let letters: Vec<char> = ending.chars().collect();
    match letters[..] {
        [] => Vec::new(),
        [first, .., last] => vec![format!("{first}{last}w"), format!("{ending}w")],
        [_] => vec![format!("{ending}w")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_there_are_few_and_of_both_cases() {
        let names = names(Path::new("/data/2016.07.01.tif")).unwrap();
        for name in [
            "2016.07.01.tif.aux.xml",
            "2016.07.01.tif.ovr",
            "2016.07.01.tif.MSK",
            "2016.07.01.tfw",
            "2016.07.01.TFW",
            "2016.07.01.tifw",
            "2016.07.01.wld",
            "2016.07.01.RPB",
            "2016.07.01_RPC.TXT",
        ] {
            assert!(names.iter().any(|one| one == name), "{name}");
        }
        assert!(names.len() < 30, "{names:?}");
    }

    #[test]
    fn gdal_is_told_of_a_geotiff_that_is_alone_and_asks_itself_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let told = |name: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, "").unwrap();
            Siblings::of(&path).unwrap().for_gdal(&path)
        };
        assert_eq!(told("a.tif"), Some("a.tif".to_owned()));
        assert_eq!(told("b.TIFF"), Some("b.TIFF".to_owned()));
        assert_eq!(told("a.bil"), None);
        for side in ["a.TFW", "b.TIFF.msk"] {
            std::fs::write(folder.path().join(side), "").unwrap();
        }
        assert_eq!((told("a.tif"), told("b.TIFF")), (None, None));
    }
}
