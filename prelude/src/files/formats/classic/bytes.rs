//! A file as bytes at places: one of this machine, or one that GDAL reaches by means of its own (`/vsicurl/`, `/vsizip/`).

use crate::disk::shown;
use crate::files::library::{c_path, is_virtual};
use crate::gdal::library::{call, ready};
use crate::{Error, ErrorKind, Result};
use gdal::errors::GdalError;
use gdal_sys as c;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// What is read at places.
pub(in crate::files) trait Bytes {
    /// How many there are.
    fn length(&self) -> io::Result<u64>;

    /// Fills `buffer` from `at` on.
    fn fill(&self, buffer: &mut [u8], at: u64) -> io::Result<()>;
}

impl Bytes for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn fill(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        self.read_exact_at(buffer, at)
    }
}

/// A file behind one of GDAL's virtual paths, used by one thread.
struct Virtual(*mut c::VSILFILE);

impl Drop for Virtual {
    fn drop(&mut self) {
        // SAFETY: the handle is open, ours alone, and not used after this.
        unsafe { c::VSIFCloseL(self.0) };
    }
}

impl Bytes for Virtual {
    fn length(&self) -> io::Result<u64> {
        // SAFETY: the handle is open; 2 stands for the end.
        unsafe {
            if c::VSIFSeekL(self.0, 0, 2) != 0 {
                return Err(io::Error::other("its length is not known"));
            }
            Ok(c::VSIFTellL(self.0))
        }
    }

    fn fill(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        // SAFETY: the handle is open, 0 stands for the beginning, and the buffer has as many bytes as are asked for.
        let read = unsafe {
            match c::VSIFSeekL(self.0, at, 0) {
                0 => c::VSIFReadL(buffer.as_mut_ptr().cast(), 1, buffer.len(), self.0),
                _ => 0,
            }
        };
        if read == buffer.len() { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// Opens `path` for reading.
pub(super) fn open(path: &Path) -> Result<Box<dyn Bytes>> {
    if !is_virtual(path) {
        let file = File::open(path);
        let unreadable = |error: io::Error| Error::new(ErrorKind::Io, format!("it cannot be read: {error}"));
        return Ok(Box::new(file.map_err(unreadable)?));
    }
    ready();
    let name = c_path("", path, "");
    let opened = call(|| {
        // SAFETY: both texts end with a zero byte and outlive the call.
        let file = unsafe { c::VSIFOpenL(name.as_ptr(), c"rb".as_ptr()) };
        let failed = || GdalError::NullPointer { method_name: "VSIFOpenL", msg: String::new() };
        if file.is_null() { Err(failed()) } else { Ok(Virtual(file)) }
    });
    let unreadable = |said| Error::new(ErrorKind::Io, format!("{} cannot be read: {said}", shown(path)));
    Ok(Box::new(opened.map_err(unreadable)?))
}

/// The bytes from the beginning on, one after the other.
pub(super) struct FromBeginning<'a> {
    pub(super) bytes: &'a dyn Bytes,
    pub(super) at: u64,
    pub(super) length: u64,
}

impl Read for FromBeginning<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = (self.length - self.at).min(buffer.len() as u64) as usize;
        self.bytes.fill(&mut buffer[..count], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}
