//! Files that cannot be read or written: the error names the cause, and nothing dies.

use super::data;
use super::replaced::{pair, store};
use crate::ErrorKind;
use crate::array::{DataArray, Dataset, merge};
use crate::files::{DatasetOptions, open_dataset, open_dataset_with};
use std::fs;
use std::os::unix::fs::symlink;

fn error(path: impl AsRef<std::path::Path>) -> String {
    open_dataset(path).unwrap_err().to_string()
}

fn small() -> Dataset {
    merge([DataArray::new(vec![1.0, 2.0], "x").unwrap().name("a")]).unwrap()
}

#[test]
fn what_is_no_file_is_refused_before_it_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.nc");
    let name = std::ffi::CString::new(pipe.to_str().unwrap()).unwrap();
    // SAFETY: the name ends with a zero byte.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    assert!(error(&pipe).contains("pipe"), "{}", error(&pipe));
    assert!(error("/dev/null").contains("device"), "{}", error("/dev/null"));
    let written = small().to_netcdf(&pipe, ()).unwrap_err().to_string();
    assert!(written.contains("named pipe"), "{written}");
}

#[test]
fn addresses_and_groups_of_classic_files_say_what_is_possible() {
    let address = error("https://example.com/a.nc");
    assert!(address.contains("/vsicurl/https://example.com/a.nc"), "{address}");
    let group = open_dataset_with(data("odd3.nc"), DatasetOptions::new().group("deep")).unwrap_err().to_string();
    assert!(group.contains("no groups"), "{group}");
}

#[test]
fn a_file_that_is_cut_short_says_where_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let all = fs::read(data("text3.nc")).unwrap();
    fs::write(at("header.nc"), &all[..200]).unwrap();
    fs::write(at("values.nc"), &all[..all.len() - 20]).unwrap();
    assert!(error(at("header.nc")).contains("header is damaged or cut short"), "{}", error(at("header.nc")));
    let short = open_dataset(at("values.nc")).unwrap()["growing"].values().unwrap_err().to_string();
    assert!(short.contains("cut short") && short.contains("growing"), "{short}");
    let all = fs::read(data("text.nc")).unwrap();
    fs::write(at("four.nc"), &all[..all.len() / 2]).unwrap();
    let short = error(at("four.nc"));
    assert!(short.contains("truncated") && !short.contains("No such file"), "{short}");
}

#[test]
fn a_link_stays_and_leads_to_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("far")).unwrap();
    symlink("far/real.nc", at("link.nc")).unwrap();
    for _ in 0..2 {
        small().to_netcdf(at("link.nc"), ()).unwrap();
        assert!(fs::symlink_metadata(at("link.nc")).unwrap().is_symlink());
        assert_eq!(open_dataset(at("far/real.nc")).unwrap()["a"].sum(()).unwrap().item().unwrap(), 3.0);
    }
    assert_eq!(fs::read_dir(at("far")).unwrap().count(), 1);
}

// Written by netCDF4-python 1.7 with compression="zstd", which this machine's HDF5 may or may not have.
#[test]
fn a_filter_that_is_lacking_is_named_and_the_other_variables_are_read() {
    let ds = open_dataset(data("zstd.nc")).unwrap();
    assert_eq!(ds["plain"].to_vec::<f32>().unwrap(), [1.0, 2.0, 3.0]);
    match ds["packed"].values() {
        Ok(values) => assert_eq!(values.get(&[2]), Some(2.0)),
        Err(error) => {
            let error = error.to_string();
            assert!(error.contains("Zstandard") && error.contains("HDF5_PLUGIN_PATH"), "{error}");
        }
    }
}

/// A header of CDF-5 with dimensions `a`, `b`, … of these lengths, `v` of 64-bit floats over all of them, and `w` over the
/// last; with few values behind it.
fn vast(lengths: &[u64]) -> Vec<u8> {
    let (word, long) = (|number: u32| number.to_be_bytes().to_vec(), |number: u64| number.to_be_bytes().to_vec());
    let name = |letter: u8| [long(1), vec![letter, 0, 0, 0]].concat();
    let none = || [word(0), long(0)].concat();
    let count = lengths.len() as u64;
    let mut bytes = [b"CDF\x05".to_vec(), long(0), word(10), long(count)].concat();
    for (letter, &length) in (b'a'..).zip(lengths) {
        bytes.extend([name(letter), long(length)].concat());
    }
    bytes.extend([none(), word(11), long(2)].concat());
    for (letter, dims) in [(b'v', 0..count), (b'w', count - 1..count)] {
        bytes.extend([name(letter), long(dims.end - dims.start)].concat());
        dims.for_each(|dim| bytes.extend(long(dim)));
        bytes.extend([none(), word(6), long(8), long(2000)].concat());
    }
    bytes.resize(4000, 0);
    bytes
}

#[test]
fn a_shape_whose_bytes_cannot_be_counted_is_refused_and_takes_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vast.nc");
    fs::write(&path, vast(&[1 << 40, 1 << 22])).unwrap();
    let ds = open_dataset(&path).unwrap();
    let v = &ds["v"];
    assert_eq!((v.size(), v.nbytes(), ds.nbytes()), (1 << 62, u64::MAX, u64::MAX));
    let lazy = [v.clone(), v + 1.0, v.mean(()).unwrap(), v.mean("a").unwrap(), v.median(()).unwrap()];
    for refused in lazy.map(|lazy| lazy.compute().unwrap_err()) {
        assert_eq!(refused.kind(), ErrorKind::Memory, "{refused}");
    }
    assert!(v.to_string().contains("PB") && v.explain().to_string().contains("TiB"), "{v}");
    let _ = crate::display::Show::mime_bundle(v);
}

#[test]
fn a_shape_whose_elements_cannot_be_counted_is_left_out_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vast.nc");
    for lengths in [&[1u64 << 32, 1 << 32][..], &[1 << 63, 4], &[1 << 21, 1 << 21, 1 << 21, 2]] {
        fs::write(&path, vast(lengths)).unwrap();
        let ds = open_dataset(&path).unwrap();
        let why = ds.get_attr("not_read").unwrap().to_string();
        assert!(why.contains("v: its shape [") && why.contains("more elements than can be counted"), "{why}");
        assert_eq!(ds["w"].shape(), [*lengths.last().unwrap() as usize]);
    }
}

#[test]
fn what_is_left_out_of_a_zarr_store_is_named_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zarr");
    let reason = |array: &str| {
        store(&path, array, "", &[0; 16]);
        // The array alone, or beside another one.
        let alone = open_dataset(&path).unwrap_err().to_string();
        let other = path.join("b");
        fs::create_dir_all(&other).unwrap();
        fs::write(other.join(".zarray"), pair("<f8", "null")).unwrap();
        let why = open_dataset(&path).unwrap().get_attr("not_read").unwrap().to_string();
        fs::remove_dir_all(other).unwrap();
        assert!(alone.contains(why.strip_prefix("a: ").unwrap()), "{alone} and {why}");
        why
    };
    let numbers = pair("<f8", "null");
    let packed = numbers.replace(r#""compressor": null"#, r#""compressor": {"id": "bz2", "level": 1}"#);
    assert!(reason(&packed).contains("packed with bz2"), "{}", reason(&packed));
    let filter =
        r#""filters": [{"id": "fixedscaleoffset", "astype": "<i2", "dtype": "<f8", "offset": 10, "scale": 10}]"#;
    let filtered = numbers.replace(r#""filters": null"#, filter);
    assert!(reason(&filtered).contains("filters fixedscaleoffset"), "{}", reason(&filtered));
    assert!(reason(&numbers[..numbers.len() - 20]).contains("damaged"));
    assert!(reason(&pair("<M8[ns]", "null")).contains("NumPy's dates"));
    assert!(reason(&pair("<c16", "null")).contains("complex"));
}

#[test]
fn names_that_are_no_utf8_are_written_and_read() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"lat\xe9.nc"));
    small().to_netcdf(&path, ()).unwrap();
    assert_eq!(open_dataset(&path).unwrap()["a"].to_vec::<f64>().unwrap(), [1.0, 2.0]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let plain = folder.path().join(std::ffi::OsStr::from_bytes(b"\xff.h5"));
    fs::copy(data("dangling.h5"), &plain).unwrap();
    assert!(open_dataset(&plain).unwrap()["truth"].to_vec::<bool>().unwrap()[0]);
}
