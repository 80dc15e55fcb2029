//! A disk that fills up while a raster is written. A limit on the size of files stands in for it: both
//! fail in the middle of a write. The limit holds for the whole process, hence a process of its own, and it is
//! lifted before anything is printed: the test's own output may be a file that is longer.

use isopleth::ErrorKind;
use isopleth::array::DType;
use isopleth::raster::{Raster, RasterMeta};
use ndarray::Array2;

#[test]
fn a_full_disk_leaves_nothing_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Raster::create(folder.path().join("a.tif"), &RasterMeta::new(500, 500, DType::F32)).unwrap();
    let noise = Array2::from_shape_fn((500, 500), |(row, column)| ((row * 7919 + column * 104_729) as f32).sin());
    limit_file_size(50_000);
    let written = writer.write(&noise, 1).and_then(|()| writer.finish());
    limit_file_size(libc::RLIM_INFINITY);
    let error = written.unwrap_err();
    let text = error.to_string();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(text.contains("a.tif could not be written, and nothing of it was kept"), "{text}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

fn limit_file_size(bytes: u64) {
    let limit = libc::rlimit { rlim_cur: bytes, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` outlives the call, and ignoring a signal installs no handler.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &limit), 0);
    }
}
