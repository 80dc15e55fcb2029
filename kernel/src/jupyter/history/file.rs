//! The history's file: one JSON object in each line, for all of a user's kernels together.
//!
//! ```text
//! {"session":3,"line":1,"input":"let x = 1;"}
//! ```
//!
//! Several kernels may write at once, and one may cut the file while another writes. Each therefore locks the file
//! for as long as it writes one line, and looks whether the file it has locked is still the one at that path.

use super::Input;
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// When the file has grown to this, it is cut down to the newest [`KEPT`] bytes.
const FULL: u64 = 4 << 20;
const KEPT: u64 = 2 << 20;
/// Longer cells are not kept: no console can show them.
const LONGEST: usize = 64 << 10;
/// A kernel that was stopped while it had the lock must not silence the others.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize, Deserialize)]
struct Line<'a> {
    session: usize,
    line: usize,
    input: Cow<'a, str>,
}

/// Where the history is kept.
#[derive(Debug, Clone)]
pub struct HistoryFile {
    path: PathBuf,
}

impl HistoryFile {
    /// `$XDG_STATE_HOME/isopleth/history.jsonl`; nothing if there is no home.
    pub fn of_this_user() -> Option<Self> {
        Some(Self::at(dirs::state_dir()?.join("isopleth/history.jsonl")))
    }

    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Adds one input and returns its session's number: `session`, or the next number that is free.
    pub fn append(&self, session: Option<usize>, line: usize, source: &str) -> Result<usize> {
        self.append_or_fail(session, line, source).with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn append_or_fail(&self, session: Option<usize>, line: usize, source: &str) -> Result<usize> {
        let mut file = self.locked()?;
        let session = session.unwrap_or_else(|| last_session(&parse(&whole(&mut file))) + 1);
        if source.len() > LONGEST {
            return Ok(session);
        }
        let mut text = serde_json::to_string(&Line { session, line, input: source.into() })?;
        text.push('\n');
        // A kernel that died in the middle of a line must not take this one with it.
        if !ends_with_newline(&mut file)? {
            text.insert(0, '\n');
        }
        file.write_all(text.as_bytes())?;
        if file.metadata()?.len() > FULL {
            self.cut(&mut file)?;
        }
        Ok(session)
    }

    /// Everything that is in the file; what is no line of ours is passed over.
    pub fn read(&self) -> Vec<Input> {
        // Whole lines are appended by single writes, so reading needs no lock.
        // Opening a pipe would wait for who writes into it.
        let file = self.path.is_file().then(|| File::open(&self.path).ok()).flatten();
        file.map(|mut file| parse(&whole(&mut file))).unwrap_or_default()
    }

    /// Opens and locks the file that is at the path now.
    fn locked(&self) -> Result<File> {
        let folder = self.path.parent().context("no folder")?;
        std::fs::create_dir_all(folder)?;
        let begun = Instant::now();
        loop {
            // Inputs may hold what is nobody else's business.
            let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.path)?;
            ensure!(is_regular(&file), "it is no regular file");
            match file.try_lock() {
                Ok(()) if is_at(&file, &self.path) => return Ok(file),
                Ok(()) => continue,
                // Some network file systems have no locks: appending alone is safe nearly everywhere.
                Err(TryLockError::Error(_)) => return Ok(file),
                Err(TryLockError::WouldBlock) if begun.elapsed() > PATIENCE => return Ok(file),
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }

    /// Replaces the file by its newest part. Who waits for the lock sees that the file is another now.
    fn cut(&self, file: &mut File) -> Result<()> {
        let bytes = whole(file);
        let from = bytes.len().saturating_sub(usize::try_from(KEPT)?);
        let start = bytes[from..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| from + at + 1);
        let folder = self.path.parent().context("no folder")?;
        // Readable by this user alone, as `tempfile` makes them.
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        new.write_all(&bytes[start..])?;
        new.persist(&self.path)?;
        Ok(())
    }
}

/// A pipe or a device in the file's place might never end.
fn is_regular(file: &File) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file())
}

fn whole(file: &mut File) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes));
    if read.is_ok() { bytes } else { Vec::new() }
}

fn ends_with_newline(file: &mut File) -> Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(own), Ok(there)) = (file.metadata(), path.metadata()) else { return false };
    (own.dev(), own.ino()) == (there.dev(), there.ino())
}

fn last_session(inputs: &[Input]) -> usize {
    inputs.iter().map(|input| input.session).max().unwrap_or(0)
}

fn parse(bytes: &[u8]) -> Vec<Input> {
    let lines = bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Line<'_>>(line).ok());
    // A number that cannot be must not become everybody's next number.
    let lines = lines.filter(|line| line.session <= i32::MAX as usize);
    lines.map(|line| Input { session: line.session, line: line.line, source: line.input.into_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &tempfile::TempDir) -> HistoryFile {
        HistoryFile::at(folder.path().join("state/isopleth/history.jsonl"))
    }

    #[test]
    fn sessions_are_numbered_in_the_order_of_their_first_inputs() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = file(&folder);
        assert_eq!(file.append(None, 1, "a").expect("written"), 1);
        assert_eq!(file.append(None, 1, "b").expect("written"), 2);
        assert_eq!(file.append(Some(1), 2, "c\nd").expect("written"), 1);
        let read: Vec<_> = file.read().into_iter().map(|input| (input.session, input.line, input.source)).collect();
        assert_eq!(read, [(1, 1, "a".to_owned()), (2, 1, "b".to_owned()), (1, 2, "c\nd".to_owned())]);
    }

    #[test]
    fn many_writers_lose_nothing_and_share_no_number() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = file(&folder);
        let numbers: Vec<usize> = std::thread::scope(|scope| {
            let write = || {
                let number = file.append(None, 1, "first").expect("written");
                (2..=50).for_each(|line| assert_eq!(file.append(Some(number), line, "more").expect("written"), number));
                number
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(write)).collect();
            threads.into_iter().map(|thread| thread.join().expect("joined")).collect()
        });
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [1, 2, 3, 4]);
        assert_eq!(file.read().len(), 200);
    }

    #[test]
    fn a_file_that_is_full_is_cut_to_its_newest_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = file(&folder);
        let source = "x".repeat(LONGEST);
        let lines = usize::try_from(FULL).expect("small") / LONGEST + 2;
        (1..=lines).for_each(|line| assert_eq!(file.append(Some(7), line, &source).expect("written"), 7));
        let read = file.read();
        assert!(std::fs::metadata(&file.path).expect("there").len() <= FULL);
        assert_eq!(read.last().map(|input| input.line), Some(lines));
        assert!(read.len() < lines && read.iter().all(|input| input.session == 7));
    }

    #[test]
    fn damaged_lines_are_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = file(&folder);
        file.append(None, 1, "a").expect("written");
        let mut raw = OpenOptions::new().append(true).open(&file.path).expect("there");
        raw.write_all(b"\xff\n{\"session\":99999999999,\"line\":1,\"input\":\"z\"}\n{\"session\":5,\"li")
            .expect("written");
        assert_eq!(file.append(None, 1, "b").expect("written"), 2);
        assert_eq!(file.read().len(), 2);
    }
}
