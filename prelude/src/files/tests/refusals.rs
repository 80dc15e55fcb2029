//! Files that cannot be read or written: the error names the cause, and nothing dies.

use super::data;
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
