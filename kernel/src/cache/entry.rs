//! One entry of the cache: a file that is either whole and ours, or not there.
//!
//! A line that names the format, a line of JSON, the shared object, and the digest of all of that. It is written beside
//! its place and renamed, so no reader ever sees half of it.

use super::{CachedCell, Key};
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Result, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::SystemTime;

const FORMAT: &[u8] = b"isopleth cell 2\n";
const DIGEST_BYTES: usize = 32;
/// No cell is larger; a file that is was not written here.
const MOST_BYTES: u64 = 64 << 20;

/// Whose file an entry must be: an object that is loaded can do all that its reader can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The user's own.
    Mine,
    /// Of whoever installed this very program, or of the system.
    Installed,
}

#[derive(Serialize, Deserialize)]
struct Header {
    key: String,
    variables: BTreeMap<String, String>,
    ended: BTreeMap<String, String>,
    moved: BTreeSet<String>,
    statics: BTreeSet<String>,
    notices: Vec<String>,
}

/// The entry at `path`, if it is whole, of this `key`, and written by whom it must be.
pub fn read(path: &Path, key: &Key, trust: Trust) -> Option<CachedCell> {
    // What is no file must not be waited for: a pipe without a writer never opens otherwise.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let flags = i32::try_from(flags.bits()).ok()?;
    let mut file = OpenOptions::new().read(true).custom_flags(flags).open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES || metadata.mode() & 0o022 != 0 {
        return None;
    }
    if !may_own(metadata.uid(), trust) {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
    file.read_to_end(&mut bytes).ok()?;
    let (content, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST_BYTES)?)?;
    if Sha256::digest(content).as_slice() != digest {
        return None;
    }
    let rest = content.strip_prefix(FORMAT)?;
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let header: Header = serde_json::from_slice(&rest[..end]).ok()?;
    let Header { key: found, variables, ended, moved, statics, notices } = header;
    if found != key.0 {
        return None;
    }
    if trust == Trust::Mine {
        // Entries that are used last are cut last.
        let _ = file.set_modified(SystemTime::now());
    }
    let object = rest[end + 1..].to_vec();
    Some(CachedCell { variables, ended, moved, statics, notices, object })
}

fn may_own(user: u32, trust: Trust) -> bool {
    let me = rustix::process::geteuid().as_raw();
    match trust {
        Trust::Mine => user == me,
        Trust::Installed => {
            let installer = std::env::current_exe().and_then(|binary| binary.metadata()).map(|binary| binary.uid());
            user == me || user == 0 || installer.is_ok_and(|installer| installer == user)
        }
    }
}

/// Writes an entry to `path` in `folder`, in one step.
pub fn write(folder: &Path, path: &Path, key: &Key, cell: &CachedCell) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let header = Header {
        key: key.0.clone(),
        variables: cell.variables.clone(),
        ended: cell.ended.clone(),
        moved: cell.moved.clone(),
        statics: cell.statics.clone(),
        notices: cell.notices.clone(),
    };
    let mut bytes = FORMAT.to_vec();
    serde_json::to_writer(&mut bytes, &header)?;
    bytes.push(b'\n');
    bytes.extend_from_slice(&cell.object);
    let digest = Sha256::digest(&bytes);
    bytes.extend_from_slice(&digest);
    // Created with mode 0600, and removed again if it is not renamed.
    let mut beside = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    beside.write_all(&bytes)?;
    let file: File = beside.persist(path).map_err(|error| error.error)?;
    drop(file);
    Ok(())
}
