//! Files that change behind an open raster: their pixels are read by what the file said when it was opened.

use super::Raster;
use crate::disk::{FileState, shown};
use crate::geo::{Crs, same_transform};
use crate::{Error, ErrorKind, Result};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The state of the file whose header is known to say what the raster says.
#[derive(Debug, Default)]
pub(super) struct Current(Mutex<Option<FileState>>);

impl Current {
    /// What is there now, before the header is read.
    pub fn of(path: &Path) -> Self {
        Self(Mutex::new(FileState::of(path)))
    }

    fn get(&self) -> Option<FileState> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: Option<FileState>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

/// Looks whether the file is what it was when it was opened, or one that says the same of its pixels.
///
/// # Errors
/// When another file took its place, or was written into it, whose numbers mean something else.
pub(super) fn check(raster: &Raster, current: &Current) -> Result<()> {
    let now = FileState::of(raster.path());
    // What has no state is no plain file; one that is gone is an error when it is read.
    if now.is_none() || now == current.get() {
        return Ok(());
    }
    let reopened = match raster.overview() {
        None => Raster::open(raster.path()),
        Some(overview) => Raster::open_overview(raster.path(), overview),
    };
    let changed = |what: String| {
        let message = format!("{} has changed since it was opened ({what}); open it again", shown(raster.path()));
        Err(Error::new(ErrorKind::Mismatch, message))
    };
    let new = match reopened {
        Ok(new) => new,
        Err(error) => return changed(error.to_string()),
    };
    if let Some(what) = difference(raster, &new) {
        return changed(what);
    }
    current.set(now);
    Ok(())
}

/// What the same pixels would mean otherwise.
fn difference(old: &Raster, new: &Raster) -> Option<String> {
    let (a, b) = (old.meta(), new.meta());
    if (a.height, a.width, a.count) != (b.height, b.width, b.count) {
        let size = |width: usize, height: usize, count: usize| format!("{width} x {height} pixels, {count} band(s)");
        return Some(format!("{}, not {}", size(b.width, b.height, b.count), size(a.width, a.height, a.count)));
    }
    if !same_transform(&a.transform, &b.transform, [a.height, a.width]) || a.gcps != b.gcps {
        return Some("it lies elsewhere".to_owned());
    }
    if a.crs != b.crs {
        let name = |crs: &Option<Crs>| crs.as_ref().map_or_else(|| "none".to_owned(), Crs::to_string);
        return Some(format!("CRS {}, not {}", name(&b.crs), name(&a.crs)));
    }
    let same = |band| matches!((old.band(band), new.band(band)), (Ok(old), Ok(new)) if old.means_the_same(new));
    let unlike = (1..=a.count).find(|&band| !same(band))?;
    Some(format!("the type, the missing value or the scale of band {unlike}"))
}
