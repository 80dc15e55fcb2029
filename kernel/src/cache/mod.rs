//! Compiled cells, kept by content: what was compiled once is not compiled again.
//!
//! Each user has a bounded cache; under it lies the read-only one of the installation, which the installer fills with
//! the lesson. An entry is found by the crate that is printed for a cell, so a hit needs neither a compiler nor analysis.

mod entry;

use crate::prefix::Prefix;
use entry::Trust;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A user's cache is cut back when it holds more than this many bytes.
const LIMIT: u64 = 256 << 20;
/// How much of it is left then.
const KEPT: u64 = LIMIT / 4 * 3;
/// A folder in place of the user's own cache, or `off`.
const SETTING: &str = "ISOPLETH_CELL_CACHE";

/// What a cell compiled to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedCell {
    /// The variables that it binds, and their types.
    pub variables: BTreeMap<String, String>,
    /// Those that it binds and that cannot be kept, each with one word that says why.
    pub ended: BTreeMap<String, String>,
    /// Variables of earlier cells that it moves away.
    pub moved: BTreeSet<String>,
    /// The statics that its object defines, by their symbols.
    pub statics: BTreeSet<String>,
    /// What rustc warned of, and what else there was to say of it.
    pub notices: Vec<String>,
    /// The shared object.
    pub object: Vec<u8>,
}

/// Finds a cell: a digest of everything that its object was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

/// The caches of one kernel.
#[derive(Debug, Clone)]
pub struct CellCache {
    /// What built the prelude, the kernel and every cell.
    build: String,
    own: Option<PathBuf>,
    installed: PathBuf,
}

impl CellCache {
    /// The caches of the user and of `prefix`.
    pub fn of(prefix: &Prefix) -> Self {
        let own = match std::env::var_os(SETTING) {
            Some(setting) if setting == "off" => None,
            Some(folder) if !folder.is_empty() => Some(PathBuf::from(folder)),
            _ => dirs::cache_dir().map(|home| home.join("isopleth/cells")),
        };
        let build = fs::read_to_string(prefix.build_id()).unwrap_or_default();
        Self { build, own, installed: prefix.cells() }
    }

    /// The installation's cache, open for writing: only while it is installed.
    pub fn to_fill(prefix: &Prefix) -> Self {
        Self { own: Some(prefix.cells()), ..Self::of(prefix) }
    }

    /// The key of a cell whose crate is `printed` and reads `outside` while it is compiled. None where nothing may be kept.
    pub fn key(&self, printed: &str, outside: &str) -> Option<Key> {
        if self.build.is_empty() || self.own.is_none() {
            return None;
        }
        let mut digest = Sha256::new();
        for part in [self.build.as_str(), printed, outside] {
            // With their lengths, so that no two lists of parts run together.
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        Some(Key(hex(&digest.finalize())))
    }

    /// The cell, if it is kept, whole and ours.
    pub fn find(&self, key: &Key) -> Option<CachedCell> {
        let own = self.own.as_ref().and_then(|folder| entry::read(&path_in(folder, key), key, Trust::Mine));
        own.or_else(|| entry::read(&path_in(&self.installed, key), key, Trust::Installed))
    }

    /// Keeps `cell`. A cache that cannot be written is no reason to fail.
    pub fn keep(&self, key: &Key, cell: &CachedCell) {
        let Some(folder) = &self.own else { return };
        if entry::write(folder, &path_in(folder, key), key, cell).is_ok() {
            let _ = cut_back(folder, LIMIT, KEPT);
        }
    }
}

fn path_in(folder: &Path, key: &Key) -> PathBuf {
    folder.join(&key.0)
}

/// Removes the entries that were not used for the longest time.
fn cut_back(folder: &Path, limit: u64, kept: u64) -> std::io::Result<()> {
    let mut entries: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for file in fs::read_dir(folder)?.flatten() {
        if let Ok(metadata) = file.metadata()
            && metadata.is_file()
        {
            entries.push((metadata.modified()?, metadata.len(), file.path()));
        }
    }
    let mut held: u64 = entries.iter().map(|(_, bytes, _)| bytes).sum();
    if held <= limit {
        return Ok(());
    }
    entries.sort();
    for (_, bytes, path) in entries {
        if held <= kept {
            break;
        }
        // Another kernel may have removed it first.
        let _ = fs::remove_file(path);
        held -= bytes;
    }
    Ok(())
}

/// The digest of files that cells depend on, for [`Prefix::build_id`].
pub fn digest_of(texts: &[&str], files: &[PathBuf]) -> std::io::Result<String> {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text);
    }
    for file in files {
        digest.update(fs::read(file)?);
    }
    Ok(hex(&digest.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(folder: &Path) -> CellCache {
        CellCache { build: "build".into(), own: Some(folder.join("own")), installed: folder.join("installed") }
    }

    fn cell(bytes: usize) -> CachedCell {
        CachedCell {
            variables: BTreeMap::from([("x".into(), "i32".into())]),
            ended: BTreeMap::from([("f".into(), "closure".into())]),
            moved: BTreeSet::from(["d".into()]),
            statics: BTreeSet::new(),
            notices: vec!["unused".into()],
            object: vec![7; bytes],
        }
    }

    #[test]
    fn a_cell_that_was_kept_is_found_by_everything_that_made_it() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path());
        let key = cache.key("1 + 1", "").unwrap();
        assert_eq!(cache.find(&key), None);
        cache.keep(&key, &cell(100));
        assert_eq!(cache.find(&key), Some(cell(100)));
        let other = CellCache { build: "another".into(), ..cache.clone() };
        for different in [cache.key("1 + 2", ""), cache.key("1 + ", ""), other.key("1 + 1", "")] {
            assert_eq!(cache.find(&different.unwrap()), None);
        }
    }

    #[test]
    fn the_installed_cache_is_read_and_never_written() {
        let folder = tempfile::tempdir().unwrap();
        let installer = CellCache { own: Some(folder.path().join("installed")), ..cache(folder.path()) };
        let key = installer.key("1 + 1", "").unwrap();
        installer.keep(&key, &cell(10));
        let user = cache(folder.path());
        assert_eq!(user.find(&key), Some(cell(10)));
        user.keep(&user.key("2 + 2", "").unwrap(), &cell(10));
        assert_eq!(fs::read_dir(folder.path().join("installed")).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_half_written_or_misplaced_entry_is_not_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path());
        let key = cache.key("1 + 1", "").unwrap();
        cache.keep(&key, &cell(1000));
        let path = path_in(&folder.path().join("own"), &key);
        let whole = fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(whole.len() / 50) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&path, damaged).unwrap();
            assert_eq!(cache.find(&key), None, "byte {at} changed");
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(cache.find(&key), None, "cut at {at}");
        }
        fs::write(&path, &whole).unwrap();
        assert!(cache.find(&key).is_some());
        let other = cache.key("another cell", "").unwrap();
        fs::copy(&path, path_in(&folder.path().join("own"), &other)).unwrap();
        assert_eq!(cache.find(&other), None);
    }

    #[test]
    fn what_is_no_file_is_neither_waited_for_nor_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path());
        let key = cache.key("1 + 1", "").unwrap();
        cache.keep(&key, &cell(10));
        let path = path_in(&folder.path().join("own"), &key);
        let makes: [fn(&Path); 3] = [
            |path| {
                let name = std::ffi::CString::new(path.as_os_str().as_encoded_bytes()).unwrap();
                // SAFETY: the name is NUL-terminated.
                assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
            },
            |path| drop(std::os::unix::net::UnixListener::bind(path).unwrap()),
            |path| fs::create_dir(path).unwrap(),
        ];
        for make in makes {
            fs::remove_file(&path).unwrap();
            make(&path);
            assert_eq!(cache.find(&key), None);
            // A pipe gives its place to the cell; a folder that is there does no harm.
            cache.keep(&key, &cell(10));
            assert_eq!(cache.find(&key).is_some(), path.is_file());
        }
    }

    #[test]
    fn an_entry_that_others_can_write_or_that_is_a_link_is_not_loaded() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path());
        let key = cache.key("1 + 1", "").unwrap();
        cache.keep(&key, &cell(10));
        let path = path_in(&folder.path().join("own"), &key);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(cache.find(&key), None);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(cache.find(&key).is_some());
        let elsewhere = folder.path().join("elsewhere");
        fs::rename(&path, &elsewhere).unwrap();
        symlink(&elsewhere, &path).unwrap();
        assert_eq!(cache.find(&key), None);
    }

    #[test]
    fn the_cache_is_cut_back_to_what_was_used_last() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path());
        let own = folder.path().join("own");
        let keys: Vec<Key> = (0..10).map(|n| cache.key(&format!("{n}"), "").unwrap()).collect();
        for (age, key) in keys.iter().enumerate() {
            cache.keep(key, &cell(1000));
            let file = fs::File::open(path_in(&own, key)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(age as u64)).unwrap();
        }
        assert!(cache.find(&keys[0]).is_some(), "which makes it the one used last");
        let bytes = fs::metadata(path_in(&own, &keys[0])).unwrap().len();
        cut_back(&own, 5 * bytes, 3 * bytes).unwrap();
        let left: Vec<usize> = (0..10).filter(|&n| cache.find(&keys[n]).is_some()).collect();
        assert_eq!(left, [0, 8, 9]);
    }

    #[test]
    fn writers_at_once_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path());
        let key = cache.key("1 + 1", "").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        cache.keep(&key, &cell(50_000));
                        assert_eq!(cache.find(&key), Some(cell(50_000)));
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path().join("own")).unwrap().count(), 1, "no file is left beside it");
    }
}
