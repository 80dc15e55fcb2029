//! Why a file could not be used, found out after the fact: what was asked, what exists, what to try.
//!
//! GDAL's own reason is always in the error. Only where that reason is damage does the error say that a file is damaged.

use super::library::gdal_version;
use crate::disk::{no_file, shown};
use crate::{Error, ErrorKind};
use gdal::DriverManager;
use std::fs;
use std::io::{ErrorKind as Io, Read};
use std::path::Path;

/// What kind of trouble GDAL's words tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The way in which the pixels are packed is not known to this GDAL.
    Codec,
    Network,
    /// A file that another one names does not exist.
    Absent,
    Denied,
    /// The file is not what it says it is, or ends too early.
    Damage,
    Other,
}

impl Cause {
    /// Reads it from what GDAL said. The more certain words come first: an error of the network may also speak of reading.
    pub fn of(said: &str) -> Self {
        const WORDS: [(Cause, &[&str]); 6] = [
            (Cause::Network, &["http", "curl", "aws_", "could not resolve host", "timed out"]),
            (
                Cause::Codec,
                &["missing codec", "not configured", "compression is not supported", "unsupported compression"],
            ),
            (Cause::Denied, &["permission denied"]),
            (Cause::Other, &["invalid dataset dimensions", "too large", "too big", "out of memory", "cannot allocate"]),
            (Cause::Absent, &["no such file", "does not exist"]),
            (
                Cause::Damage,
                &[
                    "read error",
                    "reading",
                    "got ",
                    "corrupt",
                    "failed to read",
                    "cannot read",
                    "can not read",
                    "failed to decode",
                    "decode error",
                    "decoding error",
                    "end of file",
                    "unexpected end",
                    "premature",
                    "truncated",
                    "eof",
                    "not enough data",
                    "i/o error",
                    "seek error",
                    "directory",
                    "sanity check",
                    "invalid",
                    "incorrect",
                    "bad ",
                    "zlib",
                    "inflate",
                    "lzw",
                    "zstd",
                    "lzma",
                    "lerc",
                    "jpeg",
                    "webp",
                    "cannot handle zero",
                    "parse error",
                    "missing required",
                ],
            ),
        ];
        let said = said.to_lowercase();
        let find = |(_, words): &&(Cause, &[&str])| words.iter().any(|word| said.contains(word));
        WORDS.iter().find(find).map_or(Self::Other, |(cause, _)| *cause)
    }
}

/// Why GDAL did not open `path`, given what it said.
pub(crate) fn not_opened(path: &Path, said: &str) -> Error {
    match fs::metadata(path) {
        Err(_) if is_name_for_gdal(path) => refused(path, "cannot be opened", said),
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
            Ok(bytes) if is_tiff(&bytes) && Cause::of(said) == Cause::Damage => Error::new(
                ErrorKind::Damaged,
                format!("{} begins like a GeoTIFF but is damaged or cut short ({said}); copy it again", shown(path)),
            ),
            Ok(bytes) if is_tiff(&bytes) => refused(path, "is a TIFF file that cannot be opened", said),
            Ok(bytes) => not_known(path, &bytes, said),
        },
    }
}

/// An error with GDAL's reason, and what to try if that is known.
fn refused(path: &Path, what: &str, said: &str) -> Error {
    let said = without_path(said, path);
    let (kind, hint) = match Cause::of(&said) {
        Cause::Codec => (ErrorKind::InvalidArgument, codec_hint()),
        Cause::Network => (ErrorKind::Io, "; check the address and the network".to_owned()),
        Cause::Absent => (ErrorKind::NotFound, String::new()),
        Cause::Denied => (ErrorKind::Io, String::new()),
        Cause::Damage => (ErrorKind::Damaged, String::new()),
        Cause::Other if said.contains("dimensions") => {
            (ErrorKind::InvalidArgument, "; GDAL has at most 2147483647 columns and as many rows".to_owned())
        }
        Cause::Other => (ErrorKind::Other, String::new()),
    };
    Error::new(kind, format!("{} {what}: {said}{hint}", shown(path)))
}

/// What to do about a compression that this GDAL does not know.
pub(crate) fn codec_hint() -> String {
    format!(
        " (GDAL {} here was built without it); where it can be read, write it anew: gdal_translate -co COMPRESS=DEFLATE",
        gdal_version()
    )
}

/// A file that no driver took, or that one took and then could not read.
fn not_known(path: &Path, bytes: &[u8], said: &str) -> Error {
    let said = without_path(said, path);
    if let Some((format, drivers)) = format_of(bytes)
        && !drivers.iter().any(|driver| DriverManager::get_driver_by_name(driver).is_ok())
    {
        let message = format!(
            "{} is {format}, and GDAL {} here was built without the driver {} that reads it",
            shown(path),
            gdal_version(),
            drivers[0]
        );
        return Error::new(ErrorKind::InvalidArgument, message);
    }
    if said.contains("not recognized") || said.is_empty() {
        return Error::new(ErrorKind::Damaged, format!("{} is not a raster that GDAL can read ({said})", shown(path)));
    }
    refused(path, "cannot be opened", &said)
}

/// Formats that many builds of GDAL leave out, by how their files begin, and the drivers that read them.
fn format_of(bytes: &[u8]) -> Option<(&'static str, &'static [&'static str])> {
    const FORMATS: [(&[u8], &str, &[&str]); 9] = [
        (b"\x0e\x03\x13\x01", "an HDF4 file", &["HDF4"]),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file", &["HDF5", "netCDF"]),
        (b"CDF\x01", "a netCDF file", &["netCDF"]),
        (b"CDF\x02", "a netCDF file", &["netCDF"]),
        (b"CDF\x05", "a netCDF file", &["netCDF"]),
        (b"GRIB", "a GRIB file", &["GRIB"]),
        (b"\0\0\0\x0cjP  ", "a JPEG 2000 file", &["JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID"]),
        (b"SIMPLE  =", "a FITS file", &["FITS"]),
        (b"msid", "a MrSID file", &["MrSID"]),
    ];
    FORMATS.iter().find(|(begin, ..)| bytes.starts_with(begin)).map(|(_, format, drivers)| (*format, *drivers))
}

/// Whether a path that is not on this disk may still be something that GDAL opens: `/vsicurl/…`, `https://…`, `NETCDF:"a.nc":t`.
fn is_name_for_gdal(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let driver =
        || text.split_once(':').is_some_and(|(before, _)| before.len() > 1 && !before.contains(['/', '.', ' ']));
    text.starts_with("/vsi") || text.starts_with('<') || driver()
}

fn without_path(said: &str, path: &Path) -> String {
    let name = path.display();
    said.replace(&format!("`{name}' "), "").replace(&format!("{name}: "), "").trim_end_matches('.').to_owned()
}

fn first_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(16).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The magic numbers of TIFF and BigTIFF, in both byte orders.
fn is_tiff(bytes: &[u8]) -> bool {
    [b"II\x2a\0", b"MM\0\x2a", b"II\x2b\0", b"MM\0\x2b"].iter().any(|magic| bytes.starts_with(*magic))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("{} cannot be read: {error}", shown(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_read_from_what_gdal_says() {
        // GDAL 3.6.2 of files like these.
        for (said, cause) in [
            ("a.tif: Cannot open TIFF file due to missing codec JXL.", Cause::Codec),
            ("HTTP response code: 404", Cause::Network),
            (
                "CURL error: Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
                Cause::Network,
            ),
            ("gone.tif: No such file or directory", Cause::Absent),
            ("TIFFFillStrip:Read error at scanline 1733; got 0 bytes, expected 12", Cause::Damage),
            ("Parse error at EOF, not all elements have been closed", Cause::Damage),
            ("disk on fire", Cause::Other),
        ] {
            assert_eq!(Cause::of(said), cause, "{said}");
        }
    }

    #[test]
    fn names_that_only_gdal_understands_are_told_from_paths() {
        for name in ["/vsicurl/http://a/b.tif", "https://a/b.tif", "NETCDF:a.nc:t", "<VRTDataset>"] {
            assert!(is_name_for_gdal(Path::new(name)), "{name}");
        }
        for name in ["/data/a:b.tif", "a.tif", "2016.07.01T12:30.tif", "./NETCDF:a"] {
            assert!(!is_name_for_gdal(Path::new(name)), "{name}");
        }
    }
}
