//! Why a file could not be used, found out after the fact: what was asked, what exists, what to try.

use crate::array::distance;
use crate::{Error, ErrorKind};
use std::fs;
use std::io::{ErrorKind as Io, Read};
use std::path::Path;

/// Names suggested at most.
const SUGGESTIONS: usize = 3;
/// Entries of a folder looked at for suggestions; an archive may hold millions.
const LISTED: usize = 20_000;

/// A path as an error shows it: in full, since a notebook's working folder is easily mistaken.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The last part of a path, for errors that have named the whole already.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| shown(path), |name| name.to_string_lossy().into_owned())
}

/// Why GDAL did not open `path`, given what it said.
pub(crate) fn not_opened(path: &Path, said: &str) -> Error {
    match fs::metadata(path) {
        Err(error) if matches!(error.kind(), Io::NotFound | Io::NotADirectory) => not_found(path),
        Err(error) => unreadable(path, &error),
        Ok(about) if about.is_dir() => Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "{} is a folder, not a raster; open one of its files: glob(\"{}\", \"*.tif\")?",
                shown(path),
                shown(path)
            ),
        ),
        Ok(about) if about.len() == 0 => {
            Error::new(ErrorKind::Damaged, format!("{} is empty (0 bytes); copy it again", shown(path)))
        }
        Ok(_) => match first_bytes(path) {
            Err(error) => unreadable(path, &error),
            Ok(bytes) if is_tiff(&bytes) => Error::new(
                ErrorKind::Damaged,
                format!("{} begins like a GeoTIFF but is damaged or cut short ({said}); copy it again", shown(path)),
            ),
            Ok(_) => Error::new(
                ErrorKind::Damaged,
                format!("{} is not a raster that GDAL can read ({})", shown(path), without_path(said, path)),
            ),
        },
    }
}

fn without_path(said: &str, path: &Path) -> String {
    said.replace(&format!("`{}' ", path.display()), "").trim_end_matches('.').to_owned()
}

fn first_bytes(path: &Path) -> std::io::Result<[u8; 4]> {
    let mut bytes = [0; 4];
    let mut file = fs::File::open(path)?;
    match file.read_exact(&mut bytes) {
        Err(error) if error.kind() != Io::UnexpectedEof => Err(error),
        _ => Ok(bytes),
    }
}

/// The magic numbers of TIFF and BigTIFF, in both byte orders.
fn is_tiff(bytes: &[u8; 4]) -> bool {
    matches!(bytes, b"II\x2a\0" | b"MM\0\x2a" | b"II\x2b\0" | b"MM\0\x2b")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("{} cannot be read: {error}", shown(path)))
}

fn not_found(path: &Path) -> Error {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let message = match names_in(folder) {
        None => format!("no file {}: there is no folder {}", shown(path), shown(folder)),
        Some(names) => {
            let wanted = file_name(path);
            let similar = nearest(&wanted, &names);
            if similar.is_empty() {
                format!("no file {}; its folder holds {}", shown(path), contents(&names))
            } else {
                format!("no file {}; in the same folder there is {}", shown(path), similar.join(", "))
            }
        }
    };
    Error::new(ErrorKind::NotFound, message)
}

/// The names in `folder`, sorted; none if it cannot be listed.
pub(crate) fn names_in(folder: &Path) -> Option<Vec<String>> {
    let entries = fs::read_dir(folder).ok()?;
    let mut names: Vec<_> =
        entries.take(LISTED).flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Some(names)
}

/// A folder's contents in a few words: how many, and the first names.
pub(crate) fn contents(names: &[String]) -> String {
    match names.len() {
        0 => "nothing".to_owned(),
        n if n <= SUGGESTIONS => names.join(", "),
        n => format!("{n} files ({}, …)", names[..SUGGESTIONS].join(", ")),
    }
}

fn nearest<'a>(wanted: &str, names: &'a [String]) -> Vec<&'a str> {
    let limit = (wanted.chars().count() / 3).max(1);
    let mut close: Vec<_> =
        names.iter().map(|name| (distance(wanted, name), name.as_str())).filter(|(far, _)| *far <= limit).collect();
    close.sort();
    close.into_iter().take(SUGGESTIONS).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_close_names_are_suggested_and_the_closest_comes_first() {
        let names = ["readme.md", "2016.01.02.tif", "2016.01.01.tif"].map(str::to_owned);
        assert_eq!(nearest("2016.01.1.tif", &names), ["2016.01.01.tif", "2016.01.02.tif"]);
        assert!(nearest("ndvi.nc", &names).is_empty());
    }
}
