//! What was opened, remembered: a file may be replaced, or written on, while arrays of it are in use.
//!
//! Arrays decode what they read by what the header said when it was opened. So each read looks whether the file is still
//! what it was, which is one question to the system. If it is not, the file is opened anew, aside: as long as that gives
//! the same array at the same labels, perhaps a longer one, reading goes on, as it has to where a model still writes.
//! Otherwise numbers would come out under the labels, the units and the scale of others, and the read is an error.

use super::coders::Decoding;
use super::formats;
use super::grib::FieldsOf;
use super::options::DatasetOptions;
use super::reader::VARIABLE;
use super::source::Place;
use crate::array::{Attrs, Coord, Dataset};
use crate::disk::{FileState, shown};
use crate::lazy::written::SourceForm;
use crate::{Error, ErrorKind, Result};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One opening of a file: where it is, how it was asked for, and what was found.
#[derive(Debug)]
pub(super) struct Opening {
    path: PathBuf,
    options: DatasetOptions,
    /// From before its first byte was read.
    state: Option<FileState>,
    arrays: Mutex<Vec<(String, Known)>>,
    coords: OnceLock<Vec<Coord>>,
}

/// All that the numbers of an array depend on besides the bytes that are read.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) attrs: Attrs,
    pub(super) values: KnownValues,
}

#[derive(Debug, Clone)]
pub(super) enum KnownValues {
    /// Of a variable that is read through its place.
    Variable { place: Box<Place>, decoding: Box<Decoding> },
    /// Of the fields of a GRIB file.
    Fields(Arc<FieldsOf>),
}

impl Opening {
    pub(super) fn of(path: &Path, options: &DatasetOptions) -> Arc<Self> {
        Arc::new(Self {
            path: path.to_owned(),
            options: options.clone(),
            state: FileState::of(path),
            arrays: Mutex::default(),
            coords: OnceLock::new(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn options(&self) -> &DatasetOptions {
        &self.options
    }

    /// Remembers an array, whose reads then look after the file.
    pub(super) fn keep(self: &Arc<Self>, name: &str, known: Known) -> Kept {
        let files = self.files(name, &known);
        let own = |path: &PathBuf| if *path == self.path { self.state } else { FileState::of(path) };
        let seen = files.iter().map(own).collect();
        lock(&self.arrays).push((name.to_owned(), known));
        Kept { opening: self.clone(), name: name.to_owned(), files, seen: Mutex::new(seen) }
    }

    /// The labels of what was opened, once they are known.
    pub(super) fn labelled(&self, ds: &Dataset) {
        // There is one end to each opening.
        let _ = self.coords.set(ds.coords().iter().cloned().collect());
    }

    /// The files that say how an array is read. A store has such files for each; what is in a folder changes without it.
    fn files(&self, name: &str, known: &Known) -> Vec<PathBuf> {
        let (true, KnownValues::Variable { place, .. }) = (self.path.is_dir(), &known.values) else {
            return vec![self.path.clone()];
        };
        let folder = place.groups.iter().fold(self.path.clone(), |folder, group| folder.join(group)).join(name);
        // An array may be all that there is in a store.
        let folder = if folder.is_dir() { folder } else { self.path.clone() };
        match folder.join("zarr.json") {
            json if json.is_file() => vec![json],
            _ => [".zarray", ".zattrs"].map(|file| folder.join(file)).to_vec(),
        }
    }

    fn array(&self, name: &str) -> Option<Known> {
        lock(&self.arrays).iter().find(|(known, _)| known == name).map(|(_, known)| known.clone())
    }

    /// What of the array `name` is not as it was in `earlier`, if anything.
    fn difference(&self, earlier: &Self, name: &str) -> Option<String> {
        let Some(before) = earlier.array(name) else { return Some("nobody knows what it was".to_owned()) };
        let Some(now) = self.array(name) else { return Some("there is no such variable now".to_owned()) };
        if now.attrs != before.attrs {
            return Some("its attributes are others now".to_owned());
        }
        if !now.values.continue_those_of(&before.values) {
            return Some("its numbers are stored in another way now".to_owned());
        }
        let labels = |opening: &Self| opening.coords.get().cloned().unwrap_or_default();
        let (labels, dims) = (labels(self), before.values.dims());
        let others = earlier.coords.get().into_iter().flatten();
        let other = others.filter(|coord| coord.dims().iter().all(|dim| dims.contains(dim))).find(|coord| {
            let now = labels.iter().find(|now| now.name() == coord.name());
            now.is_none_or(|now| now.attrs() != coord.attrs() || !begins_with(now, coord))
        });
        other.map(|coord| format!("{:?} is another now", coord.name()))
    }
}

/// Whether `long` begins with the labels of `short`.
fn begins_with(long: &Coord, short: &Coord) -> bool {
    let (there, wanted) = (long.values().shape(), short.values().shape());
    if there == wanted || !grown(there, wanted) {
        return long.same(short);
    }
    let part: Vec<Range<usize>> = wanted.iter().map(|&length| 0..length).collect();
    long.with_values(long.dims().to_vec(), long.values().window(&part)).same(short)
}

/// Whether a shape is the same or larger.
pub(super) fn grown(now: &[usize], before: &[usize]) -> bool {
    now.len() == before.len() && now.iter().zip(before).all(|(now, before)| now >= before)
}

impl KnownValues {
    fn dims(&self) -> &[String] {
        match self {
            Self::Variable { place, .. } => &place.dims,
            Self::Fields(fields) => &fields.dims,
        }
    }

    /// Whether what was read by `earlier` is read by this in the same way.
    fn continue_those_of(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::Variable { place, decoding }, Self::Variable { place: before, decoding: decoded }) => {
                place.continues(before) && decoding == decoded
            }
            (Self::Fields(now), Self::Fields(before)) => now.continue_those_of(before),
            _ => false,
        }
    }
}

/// An array's hold on the opening that it came from.
#[derive(Debug)]
pub(super) struct Kept {
    opening: Arc<Opening>,
    name: String,
    files: Vec<PathBuf>,
    /// What the files were when it was last known that the array is still what it was.
    seen: Mutex<Vec<Option<FileState>>>,
}

impl Kept {
    /// How to open the same array again. `contents` is all that its numbers depend on besides the bytes that are read.
    pub(super) fn written(&self, contents: String) -> Option<SourceForm> {
        let Opening { path, options, .. } = &*self.opening;
        let form = SourceForm::new(VARIABLE).with_path(path).with("variable", self.name.clone());
        Some(form.with("options", options.written()).with("contents", contents))
    }

    /// What was read, unless the file was another one by then. To be asked after reading: what the file is then it was.
    ///
    /// # Errors
    /// That of the read; or if the array is not what was opened any more.
    pub(super) fn unchanged<T>(&self, read: Result<T>) -> Result<T> {
        let mut seen = lock(&self.seen);
        // Of what lies behind a virtual path nobody tells whether it was rewritten.
        if seen.iter().all(Option::is_none) {
            return read;
        }
        let now: Vec<Option<FileState>> = self.files.iter().map(|path| FileState::of(path)).collect();
        if *seen == now {
            return read;
        }
        if now.iter().all(Option::is_none) && read.is_err() {
            return read;
        }
        self.opened_anew()?;
        *seen = now;
        read
    }

    fn opened_anew(&self) -> Result<()> {
        let Opening { path, options, .. } = &*self.opening;
        let changed = |what: String| {
            let message =
                format!("{} has changed since it was opened ({:?}: {what}); open it again", shown(path), self.name);
            Err(Error::new(ErrorKind::Mismatch, message))
        };
        let again = Opening::of(path, options);
        match formats::opened(&again) {
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(error) => changed(error.to_string()),
            Ok(_) => again.difference(&self.opening, &self.name).map_or(Ok(()), changed),
        }
    }
}
