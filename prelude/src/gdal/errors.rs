//! Why a file could not be used, found out after the fact: what was asked, what exists, what to try.

use crate::disk::{no_file, shown};
use crate::{Error, ErrorKind};
use std::fs;
use std::io::{ErrorKind as Io, Read};
use std::path::Path;

/// Why GDAL did not open `path`, given what it said.
pub(crate) fn not_opened(path: &Path, said: &str) -> Error {
    match fs::metadata(path) {
        Err(error) if matches!(error.kind(), Io::NotFound | Io::NotADirectory) => no_file(path),
        Err(error) => unreadable(path, &error),
        Ok(about) if about.is_dir() => Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "{} is a folder, not a raster; open one of its files: glob(\"{}\", \"*.tif\")?",
                shown(path),
                shown(path)
            ),
        ),
        Ok(about) if about.len() == 0 => {
            Error::new(ErrorKind::Damaged, format!("{} is empty (0 bytes); copy it again", shown(path)))
        }
        Ok(_) => match first_bytes(path) {
            Err(error) => unreadable(path, &error),
            Ok(bytes) if is_tiff(&bytes) => Error::new(
                ErrorKind::Damaged,
                format!("{} begins like a GeoTIFF but is damaged or cut short ({said}); copy it again", shown(path)),
            ),
            Ok(_) => Error::new(
                ErrorKind::Damaged,
                format!("{} is not a raster that GDAL can read ({})", shown(path), without_path(said, path)),
            ),
        },
    }
}

fn without_path(said: &str, path: &Path) -> String {
    said.replace(&format!("`{}' ", path.display()), "").trim_end_matches('.').to_owned()
}

fn first_bytes(path: &Path) -> std::io::Result<[u8; 4]> {
    let mut bytes = [0; 4];
    let mut file = fs::File::open(path)?;
    match file.read_exact(&mut bytes) {
        Err(error) if error.kind() != Io::UnexpectedEof => Err(error),
        _ => Ok(bytes),
    }
}

/// The magic numbers of TIFF and BigTIFF, in both byte orders.
fn is_tiff(bytes: &[u8; 4]) -> bool {
    matches!(bytes, b"II\x2a\0" | b"MM\0\x2a" | b"II\x2b\0" | b"MM\0\x2b")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("{} cannot be read: {error}", shown(path)))
}
