//! A disk that fills up while a raster or a netCDF file is written. A limit on the size of files stands in for it: both
//! fail in the middle of a write. The limit holds for the whole process, hence a process of its own, and it is
//! lifted before anything is printed: the test's own output may be a file that is longer.

use isopleth::ErrorKind;
use isopleth::array::{DType, DataArray};
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

    let array = DataArray::new(noise, ["y", "x"]).unwrap().name("noise");
    for bytes in [2_000, 50_000, 500_000] {
        limit_file_size(bytes);
        let written = array.to_netcdf(folder.path().join("a.nc"), ());
        limit_file_size(libc::RLIM_INFINITY);
        let error = written.unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(text.contains("a.nc") && text.contains("ulimit -f") && text.contains("File too large"), "{text}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

fn limit_file_size(bytes: u64) {
    let limit = libc::rlimit { rlim_cur: bytes, rlim_max: libc::RLIM_INFINITY };
    // The signal that a limit sends, and that ends a process, is the library's business.
    // SAFETY: `limit` outlives the call.
    unsafe {
        assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &limit), 0);
    }
}
