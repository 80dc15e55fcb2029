//! What is not opened or not read says why in GDAL's words, and calls only damage damage.

use super::made::{source, tiff_in, vrt};
use crate::ErrorKind;
use crate::raster::Raster;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

fn refused(path: impl AsRef<Path>, kind: ErrorKind, parts: &[&str]) {
    says(&Raster::open(path).unwrap_err(), kind, parts);
}

fn says(error: &crate::Error, kind: ErrorKind, parts: &[&str]) {
    let text = error.to_string();
    assert_eq!(error.kind(), kind, "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text:?}");
    }
    assert!(kind == ErrorKind::Damaged || !text.contains("damaged") && !text.contains("copy it again"), "{text}");
}

#[test]
fn a_compression_that_this_gdal_lacks_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = tiff_in(folder.path(), "a.tif", &[&[1u8; 6]]);
    let mut bytes = fs::read(&path).unwrap();
    let directory = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]) as usize;
    let entries = usize::from(u16::from_le_bytes([bytes[directory], bytes[directory + 1]]));
    // The tag Compression (259) becomes a number that no program has.
    let tag = (0..entries).map(|n| directory + 2 + 12 * n).find(|&at| bytes[at..at + 2] == [3, 1]).unwrap();
    bytes[tag + 8..tag + 10].copy_from_slice(&9999u16.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    refused(&path, ErrorKind::InvalidArgument, &["a.tif", "missing codec", "9999", "gdal_translate -co COMPRESS"]);
}

#[test]
fn complex_numbers_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.vrt");
    for name in ["CInt16", "CFloat32", "CFloat64"] {
        vrt(&path, [3, 2], &[(name, String::new())]);
        refused(&path, ErrorKind::InvalidArgument, &["band 1", "a.vrt", "complex", name]);
    }
}

#[test]
fn more_columns_than_gdal_counts_are_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.vrt");
    vrt(&path, [4_294_967_295, 2], &[("Byte", String::new())]);
    refused(&path, ErrorKind::InvalidArgument, &["a.vrt", "dimensions", "2147483647"]);
}

#[test]
fn a_source_that_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.vrt");
    vrt(&path, [3, 2], &[("Byte", source("gone.tif", 1))]);
    let error = Raster::open(&path).unwrap().read::<u8>(1).unwrap_err();
    says(&error, ErrorKind::NotFound, &["band 1 of", "a.vrt", "gone.tif", "missing"]);
}

#[test]
fn the_answer_of_a_server_is_in_the_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // Ends with the process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    gdal::config::set_thread_local_config_option("GDAL_HTTP_PROXY", "").unwrap();
    refused(format!("/vsicurl/http://{address}/a.tif"), ErrorKind::Io, &["404", "check the address"]);
    gdal::config::clear_thread_local_config_option("GDAL_HTTP_PROXY").unwrap();
}

#[test]
fn a_named_pipe_is_refused_at_once_by_every_opener() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    refused(&path, ErrorKind::InvalidArgument, &["a.tif is a named pipe"]);
    let error = crate::files::open_dataset(&path).unwrap_err();
    says(&error, ErrorKind::InvalidArgument, &["a.tif is a named pipe"]);
    refused("/dev/zero", ErrorKind::InvalidArgument, &["/dev/zero is a device"]);
}

#[test]
fn a_vrt_that_cannot_be_parsed_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.vrt");
    fs::write(&path, "<VRTDataset rasterXSize=\"3\" rasterYSize=\"2\"><VRTRasterBand>").unwrap();
    refused(&path, ErrorKind::Damaged, &["a.vrt cannot be opened", "not all elements have been closed"]);
}
