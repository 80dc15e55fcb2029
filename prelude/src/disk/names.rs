//! Names of files as errors say them: in full, and with the ones that are there instead.

use crate::array::distance;
use crate::{Error, ErrorKind};
use std::fs;
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

/// There is no such file; says which similar ones there are.
pub(crate) fn no_file(path: &Path) -> Error {
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
