//! Each error names the thing and says what to try.

use super::*;
use crate::{Error, ErrorKind};
use std::fs::{self, OpenOptions};

fn says(error: &Error, kind: ErrorKind, parts: &[&str]) {
    let text = error.to_string();
    assert_eq!(error.kind(), kind, "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text:?}");
    }
}

#[test]
fn no_such_file_names_similar_ones() {
    let folder = tempfile::tempdir().unwrap();
    numbered(&folder, "2016.07.01.tif", 2, 2);
    let error = Raster::open(folder.path().join("2016.7.01.tif")).unwrap_err();
    says(&error, ErrorKind::NotFound, &["no file", "2016.7.01.tif", "there is 2016.07.01.tif"]);
    let error = Raster::open(folder.path().join("elevation.nc")).unwrap_err();
    says(&error, ErrorKind::NotFound, &["its folder holds 2016.07.01.tif"]);
    let error = Raster::open("/no/such/folder/a.tif").unwrap_err();
    says(&error, ErrorKind::NotFound, &["there is no folder /no/such/folder"]);
}

#[test]
fn not_a_raster() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.tif");
    fs::write(&path, "these are my notes").unwrap();
    let error = Raster::open(&path).unwrap_err();
    says(&error, ErrorKind::Damaged, &["notes.tif is not a raster"]);
    fs::write(&path, "").unwrap();
    says(&Raster::open(&path).unwrap_err(), ErrorKind::Damaged, &["notes.tif is empty"]);
    says(&Raster::open(folder.path()).unwrap_err(), ErrorKind::InvalidArgument, &["is a folder", "glob("]);
}

#[test]
fn a_truncated_geotiff_is_an_error_that_names_file_and_row() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = numbered(&folder, "cut.tif", 1000, 1000);
    let length = fs::metadata(&path).unwrap().len();
    let cut = |to: u64| OpenOptions::new().write(true).open(&path).unwrap().set_len(to).unwrap();
    cut(length / 2);
    let raster = Raster::open(&path).unwrap();
    let error = raster.read::<f32>(1).unwrap_err();
    says(&error, ErrorKind::Damaged, &["cut.tif", "at row ", "cut short", "copy it again"]);
    assert!(raster.read_window::<f32>(1, 0..10, 0..10).is_ok(), "what is there can be read");
    cut(20);
    says(&Raster::open(&path).unwrap_err(), ErrorKind::Damaged, &["cut.tif", "damaged or cut short"]);
}

#[test]
fn a_band_that_does_not_exist() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = numbered(&folder, "a.tif", 2, 2);
    let raster = Raster::open(&path).unwrap();
    for band in [0, 3] {
        let error = raster.read::<f32>(band).unwrap_err();
        says(&error, ErrorKind::NotFound, &[&format!("band {band} of "), "a.tif", "it has 1 band"]);
    }
}

#[test]
fn a_window_outside_the_raster() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = numbered(&folder, "a.tif", 20, 30);
    let raster = Raster::open(&path).unwrap();
    let error = raster.read_window::<f32>(1, 10..21, 0..30).unwrap_err();
    says(&error, ErrorKind::InvalidArgument, &["rows 10..21", "rows 0..20"]);
    let error = raster.read_window::<f32>(1, 0..1, 31..usize::MAX).unwrap_err();
    says(&error, ErrorKind::InvalidArgument, &["columns 31..", "columns 0..30"]);
}

#[test]
fn a_folder_that_cannot_be_written_to() {
    // A folder that nobody can write to, root neither.
    let error = Raster::create("/proc/a.tif", &meta(1, 1)).unwrap_err();
    says(&error, error.kind(), &["cannot create /proc/a.tif", "/proc"]);

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let error = Raster::create(folder.path().join("file/a.tif"), &meta(1, 1)).unwrap_err();
    says(&error, ErrorKind::NotFound, &["a.tif", "file is not a folder"]);
    let error = Raster::create(folder.path().join("missing/a.tif"), &meta(1, 1)).unwrap_err();
    says(&error, ErrorKind::NotFound, &["there is no folder", "make it first"]);
    fs::create_dir(folder.path().join("b.tif")).unwrap();
    let error = Raster::create(folder.path().join("b.tif"), &meta(1, 1)).unwrap_err();
    says(&error, ErrorKind::InvalidArgument, &["is a folder"]);
}

#[test]
fn a_read_only_folder_says_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    match Raster::create(folder.path().join("a.tif"), &meta(1, 1)) {
        Err(error) => says(&error, ErrorKind::Io, &["is read-only for you", "a folder of your own"]),
        // Permissions do not hold root back; the test above has a folder that does.
        Ok(_) => assert!(fs::write(folder.path().join("root"), "").is_ok(), "only root may get here"),
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(!names(folder.path()).iter().any(|name| name.contains("a.tif")));
}
