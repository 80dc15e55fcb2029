//! Listing files by pattern, sorted, as every lesson starts.

use super::names::{contents, names_in, shown};
use crate::cancel;
use crate::{Error, ErrorKind, Result};
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// The files in `folder` whose names match `pattern`, sorted by name.
///
/// In the pattern `*` stands for any characters, `?` for one, `[ab]` for one of
/// several (`[[]` for a bracket itself), and `**/` for any folders below. Upper and lower case differ. Names that begin
/// with a dot match only a pattern that begins with one. Links to folders are followed, but not back into a folder that
/// they lie in. Numbers in names are sorted as text: `10.tif` stands before `9.tif`.
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
/// If the folder does not exist, nothing in it matches, the pattern is malformed, or a folder that the pattern leads to
/// cannot be read: the list would not be complete.
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
    let (below, parts) = parts(pattern)?;
    let mut search = Search { parts, found: Vec::new() };
    search.walk(&folder.join(below), &[0])?;
    let mut files = search.found;
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

/// What a pattern says of one name of a path.
enum Part {
    /// `**`: any folders, none too.
    Folders,
    Name(::glob::Pattern),
}

/// The folders with which a pattern begins, and what it says of the names below them.
fn parts(pattern: &str) -> Result<(PathBuf, Vec<Part>)> {
    let invalid = |why: &str| {
        Error::new(ErrorKind::InvalidArgument, format!("\"{pattern}\" is not a pattern ({why}); try \"*.tif\""))
    };
    let names: Vec<&str> = pattern.split('/').filter(|name| !name.is_empty() && *name != ".").collect();
    let plain = names.iter().take_while(|name| !name.contains(['*', '?', '[', ']'])).count();
    let (below, names) = names.split_at(plain.min(names.len().saturating_sub(1)));
    let mut parts = Vec::with_capacity(names.len() + 1);
    for &name in names {
        match (name, parts.last()) {
            ("**", Some(Part::Folders)) => {}
            ("**", _) => parts.push(Part::Folders),
            _ => parts.push(Part::Name(::glob::Pattern::new(name).map_err(|error| invalid(error.msg))?)),
        }
    }
    match parts.last() {
        None => Err(invalid("it names nothing")),
        Some(Part::Folders) => {
            parts.push(Part::Name(::glob::Pattern::new("*").map_err(|error| invalid(error.msg))?));
            Ok((below.iter().collect(), parts))
        }
        Some(Part::Name(_)) => Ok((below.iter().collect(), parts)),
    }
}

struct Search {
    parts: Vec<Part>,
    found: Vec<PathBuf>,
}

impl Search {
    /// Finds the files below `folder`, which has matched what stands before each of `next` in the pattern. Each folder is
    /// listed once, however many ways the pattern has through it.
    fn walk(&mut self, folder: &Path, next: &[usize]) -> Result<()> {
        cancel::check()?;
        let mut wanted: Vec<usize> = Vec::new();
        for &at in next {
            // What may stand below any folders may stand here too.
            let last = if matches!(self.parts[at], Part::Folders) { at + 1 } else { at };
            for way in at..=last {
                if !wanted.contains(&way) {
                    wanted.push(way);
                }
            }
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(());
            }
            Err(error) => return Err(unreadable(folder, error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(folder, error))?;
            let ways: Vec<usize> = wanted.iter().copied().filter(|&at| self.admits(at, &entry)).collect();
            if ways.is_empty() {
                continue;
            }
            let path = entry.path();
            if is_folder(&entry, &path) {
                let below = |&at: &usize| match self.parts[at] {
                    Part::Folders => (!leads_back(&entry, &path)).then_some(at),
                    Part::Name(_) => Some(at + 1).filter(|&at| at < self.parts.len()),
                };
                let below: Vec<usize> = ways.iter().filter_map(below).collect();
                if !below.is_empty() {
                    self.walk(&path, &below)?;
                }
            } else if ways.iter().any(|&at| at + 1 == self.parts.len()) {
                self.found.push(path);
            }
        }
        Ok(())
    }

    fn admits(&self, at: usize, entry: &DirEntry) -> bool {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        match &self.parts[at] {
            Part::Folders => !name.starts_with('.'),
            // A writer's unfinished file is hidden, and must not turn up in a list of rasters.
            Part::Name(pattern) => {
                (!name.starts_with('.') || pattern.as_str().starts_with('.')) && pattern.matches(&name)
            }
        }
    }
}

/// Asks the disk only about links: the folder has said what everything else is.
fn is_folder(entry: &DirEntry, path: &Path) -> bool {
    match entry.file_type() {
        Ok(kind) if !kind.is_symlink() => kind.is_dir(),
        _ => path.is_dir(),
    }
}

/// Whether it is a link to a folder that it lies in, which has no end.
fn leads_back(entry: &DirEntry, path: &Path) -> bool {
    let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
    let lies_in = |target: PathBuf| {
        path.parent().and_then(|parent| parent.canonicalize().ok()).is_some_and(|parent| parent.starts_with(target))
    };
    link && path.canonicalize().is_ok_and(lies_in)
}

fn unreadable(folder: &Path, error: io::Error) -> Error {
    let message = format!(
        "the folder {} cannot be read, so the list would not be complete; leave it out of the pattern, or ask for the \
         right to read it",
        shown(folder)
    );
    Error::with_source(ErrorKind::Io, message, error)
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
        for pattern in ["[", "a**b", "", "/", "x/[a"] {
            assert_eq!(glob(&folder, pattern).unwrap_err().kind(), ErrorKind::InvalidArgument, "{pattern}");
        }
    }

    fn tree(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    /// The paths below the folder, without it.
    fn found(folder: &tempfile::TempDir, pattern: &str) -> Vec<String> {
        let files = glob(folder, pattern).unwrap();
        files.iter().map(|file| file.strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned()).collect()
    }

    // sorted(glob.glob(pattern, root_dir=folder, recursive=True)) of the same tree, without the folders
    #[test]
    fn patterns_with_folders_find_each_file_once() {
        let folder = tree(&["a.tif", "x/b.tif", "x/y/c.tif", "x/y/c.txt", "z/b.tif", ".h/d.tif", "x/.e.tif"]);
        assert_eq!(found(&folder, "**/*.tif"), ["a.tif", "x/b.tif", "x/y/c.tif", "z/b.tif"]);
        assert_eq!(found(&folder, "**/**/*.tif").len(), 4);
        assert_eq!(found(&folder, "*/*.tif"), ["x/b.tif", "z/b.tif"]);
        assert_eq!(found(&folder, "x/**/*.tif"), ["x/b.tif", "x/y/c.tif"]);
        assert_eq!(found(&folder, "x/**"), ["x/b.tif", "x/y/c.tif", "x/y/c.txt"]);
        assert_eq!(found(&folder, "**/y/*"), ["x/y/c.tif", "x/y/c.txt"]);
        assert_eq!(found(&folder, "**/**/y/**/c.*"), ["x/y/c.tif", "x/y/c.txt"]);
        assert_eq!(found(&folder, "./x//b.tif"), ["x/b.tif"]);
        assert_eq!(found(&folder, "[xz]/?.tif"), ["x/b.tif", "z/b.tif"]);
        assert!(glob(&folder, "a.tif/*").is_err() && glob(&folder, "no/*.tif").is_err());
    }

    #[test]
    fn hidden_names_match_a_pattern_with_a_dot_and_case_counts() {
        let folder = tree(&[".a.tif", "B.TIF", "b.tif", "[1].tif"]);
        assert_eq!(found(&folder, ".*.tif"), [".a.tif"]);
        assert_eq!(found(&folder, "*.TIF"), ["B.TIF"]);
        assert_eq!(found(&folder, "[[]1[]].tif"), ["[1].tif"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_to_folders_are_followed_but_not_round_in_circles() {
        let (folder, other) = (tree(&["x/a.tif"]), tree(&["b.tif"]));
        std::os::unix::fs::symlink(other.path(), folder.path().join("linked")).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("x/back")).unwrap();
        std::os::unix::fs::symlink("gone.tif", folder.path().join("x/dangling.tif")).unwrap();
        assert_eq!(found(&folder, "**/*.tif"), ["linked/b.tif", "x/a.tif", "x/dangling.tif"]);
        assert_eq!(found(&folder, "linked/*.tif"), ["linked/b.tif"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_cannot_be_read_is_named_and_not_left_out() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tree(&["a.tif", "locked/b.tif"]);
        let locked = folder.path().join("locked");
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        // Root reads everything.
        if fs::read_dir(&locked).is_err() {
            let text = glob(&folder, "**/*.tif").unwrap_err().to_string();
            assert!(text.contains("locked") && text.contains("not be complete"), "{text}");
            assert_eq!(found(&folder, "*.tif"), ["a.tif"]);
        }
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf_8_are_found_like_others() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = tree(&["a.tif"]);
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.tif")), "").unwrap();
        assert_eq!(glob(&folder, "*.tif").unwrap().len(), 2);
    }
}
