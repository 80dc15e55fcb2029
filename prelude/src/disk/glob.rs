//! Listing files by pattern, sorted, as every lesson starts.

use super::names::{contents, names_in, shown};
use crate::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// The files in `folder` whose names match `pattern`, sorted by name.
///
/// In the pattern `*` stands for any characters, `?` for one, `[ab]` for one of
/// several, and `**/` for any folders below. Hidden files match only a pattern that begins with a dot.
///
/// ```
/// # fn main() -> isopleth::Result<()> {
/// # let folder = tempfile::tempdir().unwrap();
/// # for day in ["2016.01.02.tif", "2016.01.01.tif"] { std::fs::write(folder.path().join(day), "").unwrap(); }
/// let files = isopleth::disk::glob(&folder, "*.tif")?;
/// assert!(files[0].ends_with("2016.01.01.tif"));
/// # Ok(()) }
/// ```
///
/// # Errors
/// If the folder does not exist, nothing in it matches, or the pattern is malformed.
pub fn glob(folder: impl AsRef<Path>, pattern: &str) -> Result<Vec<PathBuf>> {
    list(folder.as_ref(), pattern)
}

fn list(folder: &Path, pattern: &str) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        let what = if folder.exists() { "is a file, not a folder" } else { "does not exist" };
        return Err(Error::new(
            ErrorKind::NotFound,
            format!("glob(\"{}\", \"{pattern}\"): the folder {what}", shown(folder)),
        ));
    }
    let invalid = |why: &str| {
        Error::new(ErrorKind::InvalidArgument, format!("\"{pattern}\" is not a pattern ({why}); try \"*.tif\""))
    };
    let Some(root) = folder.to_str() else {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            format!("the name of {} is not valid UTF-8, so it cannot be searched; rename it", shown(folder)),
        ));
    };
    let options = ::glob::MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        // A writer's unfinished file is hidden, and must not turn up in a list of rasters.
        require_literal_leading_dot: true,
    };
    let full = format!("{}/{pattern}", ::glob::Pattern::escape(root.trim_end_matches('/')));
    let found = ::glob::glob_with(&full, options).map_err(|error| invalid(error.msg))?;
    let mut files: Vec<PathBuf> = found.flatten().filter(|path| !path.is_dir()).collect();
    files.sort();
    if files.is_empty() {
        let held = contents(&names_in(folder).unwrap_or_default());
        return Err(Error::new(
            ErrorKind::NotFound,
            format!("no file in {} matches \"{pattern}\"; it holds {held}", shown(folder)),
        ));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn files_come_sorted_and_hidden_ones_and_folders_stay_out() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.tif", "a.tif", ".c.tif.part", ".d.tif", "notes.txt"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("e.tif")).unwrap();
        let files = glob(&folder, "*.tif").unwrap();
        assert_eq!(files, [folder.path().join("a.tif"), folder.path().join("b.tif")]);
    }

    #[test]
    fn a_folder_whose_name_looks_like_a_pattern_is_taken_literally() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("[2016]*");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a.tif"), "").unwrap();
        assert_eq!(glob(&folder, "*.tif").unwrap(), [folder.join("a.tif")]);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = glob("/no/such/folder", "*.tif").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("/no/such/folder"), "{error}");
    }

    #[test]
    fn no_match_names_the_pattern_and_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.tiff"), "").unwrap();
        let text = glob(&folder, "*.tif").unwrap_err().to_string();
        assert!(text.contains("*.tif") && text.contains("a.tiff"), "{text}");
    }

    #[test]
    fn a_malformed_pattern_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(glob(&folder, "[").unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
}
