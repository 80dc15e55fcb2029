//! The folder in which a kernel works: generated crates and objects lie there, and nobody else may look into it.
//!
//! It is made with its permissions, in one step. A cleaner of temporary files may remove it or parts of it at any time, so
//! whoever needs a folder of it asks for that each time; what has taken its place meanwhile must be the user's own.

use anyhow::{Context, Result, bail, ensure};
use std::fs::{DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Only the owner may do anything.
const PRIVATE: u32 = 0o700;

/// A workspace that was made, and why it lies elsewhere than it should.
#[derive(Debug)]
pub struct Workspace {
    pub path: PathBuf,
    pub notice: Option<String>,
}

/// Makes a workspace: in `$TMPDIR`, which is local to the node, or in the first of the usual places that can be written.
///
/// # Errors
/// If there is none.
pub fn make() -> Result<Workspace> {
    let wanted = std::env::temp_dir();
    let usual = [Some("/tmp".into()), Some("/var/tmp".into()), state_folder()];
    make_in(&wanted, usual.into_iter().flatten())
}

fn make_in(wanted: &Path, usual: impl Iterator<Item = PathBuf>) -> Result<Workspace> {
    let refused = match private_folder_in(wanted) {
        Ok(path) => return Ok(Workspace { path, notice: None }),
        Err(error) => error,
    };
    for place in usual.filter(|place| place != wanted) {
        if let Ok(path) = private_folder_in(&place) {
            let notice = format!(
                "The temporary folder {} cannot be used ({refused:#}); the kernel works in {} instead. TMPDIR names the \
                 folder.",
                shown(wanted),
                place.display()
            );
            return Ok(Workspace { path, notice: Some(notice) });
        }
    }
    Err(refused.context(format!(
        "cannot make a temporary folder in {}, nor in /tmp, /var/tmp or the home: set TMPDIR to a folder that you can write",
        shown(wanted)
    )))
}

/// A path as a line of text.
fn shown(path: &Path) -> String {
    path.to_string_lossy()
        .chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
        .collect()
}

/// Where the user's own state lies; the last resort, since a home may be on a network.
fn state_folder() -> Option<PathBuf> {
    let folder = dirs::state_dir()?.join("isopleth");
    DirBuilder::new().recursive(true).mode(PRIVATE).create(&folder).ok()?;
    Some(folder)
}

fn private_folder_in(place: &Path) -> Result<PathBuf> {
    // rustc and the linker are given paths as text, in lines.
    let text = place.to_str().context("its name is not text (UTF-8)")?;
    ensure!(!text.contains(char::is_control), "its name has a line break or another control character in it");
    ensure!(place.is_absolute(), "its name is not absolute");
    let made =
        tempfile::Builder::new().prefix("isopleth-").permissions(Permissions::from_mode(PRIVATE)).tempdir_in(place);
    let made = made.map_err(|error| anyhow::anyhow!("{}", reason(&error)))?;
    check(made.path())?;
    // A folder in which nothing can be made (a full disk, a quota, a umask that takes the owner's rights) is of no use.
    std::fs::write(made.path().join("probe"), "probe").map_err(|error| anyhow::anyhow!("{}", reason(&error)))?;
    std::fs::remove_file(made.path().join("probe"))?;
    Ok(made.keep())
}

/// The system's words, without the path that the caller names.
fn reason(error: &std::io::Error) -> String {
    error.raw_os_error().map_or_else(|| error.to_string(), |code| std::io::Error::from_raw_os_error(code).to_string())
}

/// The folder at `path` in a workspace, made anew where something has removed it.
///
/// # Errors
/// If it cannot be made, or what is there is not this user's alone.
pub fn folder(workspace: &Path, name: &str) -> Result<PathBuf> {
    for path in [workspace.to_owned(), workspace.join(name)] {
        let made = DirBuilder::new().mode(PRIVATE).create(&path);
        let made = match made {
            // A cleaner takes what is above as well.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                DirBuilder::new().recursive(true).mode(PRIVATE).create(&path)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            made => made,
        };
        made.with_context(|| format!("cannot make the temporary folder {}", path.display()))?;
        check(&path)?;
    }
    Ok(workspace.join(name))
}

/// Why a tool could not write into a workspace, if that is what it `said`.
pub fn no_room(said: &str) -> Option<&'static str> {
    const REASONS: [(i32, &str); 3] = [
        (
            libc::ENOSPC,
            "the disk is full. Remove files from it, or set TMPDIR to a folder elsewhere and restart the kernel",
        ),
        (
            libc::EDQUOT,
            "your quota is used up. Remove files, or set TMPDIR to a folder elsewhere and restart the kernel",
        ),
        (libc::EFBIG, "a file would be too large for the limit that is set (`ulimit -f`)"),
    ];
    let complains = |code: i32| {
        // As the system words it, without the number that only Rust programs add.
        let text = std::io::Error::from_raw_os_error(code).to_string();
        said.contains(text.split(" (os error").next().unwrap_or(&text))
    };
    REASONS.iter().find(|(code, _)| complains(*code)).map(|(_, reason)| *reason)
}

/// Whether the folder at `path` is this user's, and nobody else may enter it.
fn check(path: &Path) -> Result<()> {
    let found = path.symlink_metadata().with_context(|| format!("cannot look at {}", path.display()))?;
    if !found.is_dir() {
        bail!("{} is no folder: something has taken the kernel's place there; restart the kernel", path.display());
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        bail!("{} belongs to somebody else (user {}): restart the kernel", path.display(), found.uid());
    }
    if found.mode() & 0o077 != 0 {
        bail!("{} may be read by others (mode {:o}): restart the kernel", path.display(), found.mode() & 0o777);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn a_place_that_cannot_be_used_is_told_with_the_reason() {
        let usual = tempfile::tempdir().unwrap();
        let file = usual.path().join("a file");
        std::fs::write(&file, "").unwrap();
        let not_text = usual.path().join(std::ffi::OsStr::from_bytes(b"a\xFF"));
        let two_lines = usual.path().join("a\nb");
        for folder in [&not_text, &two_lines] {
            std::fs::create_dir(folder).unwrap();
        }
        for (place, why) in [
            (usual.path().join("nowhere"), "No such file"),
            (file, "Not a directory"),
            (not_text, "not text"),
            (two_lines, "a\\nb"),
            ("relative".into(), "not absolute"),
        ] {
            let made = make_in(&place, [usual.path().to_owned()].into_iter()).unwrap();
            let notice = made.notice.expect("it lies elsewhere");
            assert!(notice.contains(why) && !notice.contains('\n'), "{notice}");
            assert_eq!(made.path.parent(), Some(usual.path()));
        }
        let error = make_in(&usual.path().join("nowhere"), std::iter::empty()).unwrap_err();
        assert!(format!("{error:#}").contains("set TMPDIR"), "{error:#}");
    }

    #[test]
    fn a_tool_that_has_no_room_is_told_from_others() {
        let llvm = "rustc-LLVM ERROR: IO failure on output stream: No space left on device";
        assert!(no_room(llvm).unwrap().starts_with("the disk is full"));
        assert!(no_room("ld: final link failed: File too large").unwrap().contains("ulimit -f"));
        assert_eq!(no_room("error[E0425]: cannot find value"), None);
    }

    #[test]
    fn a_folder_that_was_removed_is_made_again_and_stays_private() {
        let place = tempfile::tempdir().unwrap();
        let odd = place.path().join("with \"quotes\" and \\ spaces");
        std::fs::create_dir(&odd).unwrap();
        let Workspace { path, notice } = make_in(&odd, std::iter::empty()).unwrap();
        assert_eq!(notice, None);
        for removed in [path.as_path(), &odd] {
            folder(&path, "cells").unwrap();
            std::fs::remove_dir_all(removed).unwrap();
        }
        let cells = folder(&path, "cells").unwrap();
        for made in [&path, &cells] {
            assert_eq!(made.metadata().unwrap().mode() & 0o777, PRIVATE);
        }
    }

    #[test]
    fn what_has_taken_the_folders_place_is_not_used() {
        let place = tempfile::tempdir().unwrap();
        let path = make_in(place.path(), std::iter::empty()).unwrap().path;
        let cells = folder(&path, "cells").unwrap();
        std::fs::set_permissions(&cells, Permissions::from_mode(0o755)).unwrap();
        assert!(folder(&path, "cells").unwrap_err().to_string().contains("others"));
        std::fs::remove_dir(&cells).unwrap();
        std::os::unix::fs::symlink(place.path(), &cells).unwrap();
        assert!(folder(&path, "cells").unwrap_err().to_string().contains("no folder"));
    }
}
