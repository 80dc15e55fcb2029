//! Against what xarray makes of the same files; the commands stand beside the numbers, after `import xarray as xr`.

mod conventions;
mod plain;
mod refusals;
mod replaced;
mod text;
mod windows;
mod written;

use super::{DatasetOptions, NetcdfOptions, open_dataarray, open_dataset, open_dataset_with, open_datasets};
use crate::array::{Attr, DType, DataArray, Dataset, Join, align, merge};
use crate::display::Show as _;
use crate::lazy::tests::one_at_a_time;
use crate::lazy::threads::set_threads;
use crate::time::DateTime;
use std::path::PathBuf;

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn dates(array: &DataArray) -> Vec<String> {
    array.to_vec::<i64>().unwrap().into_iter().map(|date| DateTime::from_nanoseconds(date).to_string()).collect()
}

fn same(a: &DataArray, b: &DataArray) {
    assert_eq!((a.dims(), a.shape(), a.dtype()), (b.dims(), b.shape(), b.dtype()), "{:?}", a.get_name());
    let (a, b) = (a.values().unwrap(), b.values().unwrap());
    assert_eq!(format!("{a:?}"), format!("{b:?}"));
}

// xr.open_dataset("eraint_cut.nc"): z.dims, z.shape, z.dtype, float(z.mean()), float(u[0, 1, 2, 3]), latitude[:2].values
#[test]
fn packed_values_come_out_as_xarrays() {
    let ds = open_dataset(data("eraint_cut.nc")).unwrap();
    let z = &ds["z"];
    assert!(z.is_lazy() && z.dtype() == DType::F64);
    assert_eq!(z.dims(), ["month", "level", "latitude", "longitude"]);
    assert_eq!(z.shape(), [2, 3, 21, 40]);
    let mean = z.mean(()).unwrap().item().unwrap();
    assert!((mean - 61007.33933698441).abs() < 1e-6, "{mean}");
    assert_eq!(ds["u"].values().unwrap().get(&[0, 1, 2, 3]), Some(4.140937824269059));
    assert_eq!(z.get_attr("units"), Some(&Attr::from("m**2 s**-2")));
    assert!(z.get_attr("scale_factor").is_none());
    assert_eq!(ds.get_attr("Conventions"), Some(&Attr::from("CF-1.0")));
    assert_eq!(ds["level"].to_vec::<i32>().unwrap(), [200, 500, 850]);
    assert!(ds.to_string().contains("Conventions:"), "{ds}");
    assert!(z.explain().to_string().contains("eraint_cut.nc"), "{}", z.explain());
}

// xr.open_dataset("era5_cut.grib", engine="cfgrib"): t2m.shape, t2m[5, 6, 7].item().
#[test]
fn grib_has_the_names_and_units_of_other_readers() {
    let ds = open_dataset(data("era5_cut.grib")).unwrap();
    let t2m = &ds["t2m"];
    assert_eq!(
        (t2m.dims().join(" "), t2m.shape(), t2m.dtype()),
        ("time latitude longitude".into(), &[24, 33, 49][..], DType::F32)
    );
    assert_eq!(t2m.values().unwrap().get(&[5, 6, 7]), Some(282.5225830078125));
    assert_eq!(dates(&ds["time"])[..2], ["2019-03-01", "2019-03-01T01:00:00"]);
    assert_eq!(ds["latitude"].to_vec::<f64>().unwrap()[..2], [58.0, 57.75]);
    assert_eq!(ds["longitude"].to_vec::<f64>().unwrap()[..2], [-10.0, -9.75]);
    assert!(t2m.crs().is_some());
}

#[test]
fn odd_variables_are_decoded_by_xarrays_rules() {
    for name in ["odd.nc", "odd3.nc"] {
        let ds = open_dataset(data(name)).unwrap();
        assert_eq!(dates(&ds["time"]), ["2000-01-01", "2000-01-01T06:30:00", "2000-01-01T12:00:00"]);
        assert_eq!(ds["time_bnds"].dtype(), DType::DateTime);
        let packed = ds["packed"].to_vec::<f32>().unwrap();
        assert!(packed[..3] == [10.0, 10.5, 11.0] && packed[17].is_nan(), "{packed:?}");
        assert_eq!(ds["ub"].to_vec::<u8>().unwrap(), [0, 1, 255, 128]);
        assert_eq!(ds["us"].to_vec::<u16>().unwrap(), [0, 1, 65535, 65408]);
        assert_eq!(ds["sb"].to_vec::<i16>().unwrap(), [0, 1, -1, -128]);
        let masked = ds["im"].to_vec::<f64>().unwrap();
        assert!(masked[0] == 1.0 && masked[1].is_nan() && ds["fl"].to_vec::<f32>().unwrap()[1].is_nan());
        assert_eq!(ds["station"].to_texts().unwrap(), ["Bern", "Basel"]);
        assert!(ds.coords().get("height").is_some() && ds.coords().get("station").is_some());
        assert_eq!(ds["nl"].dtype(), DType::CfTime(crate::time::Calendar::NoLeap));
        assert_eq!(ds["nl"].to_texts().unwrap(), ["2000-02-28", "2000-03-01", "2000-03-02"]);
        assert!(ds["packed"].crs().is_some() && ds.get("crs").is_err());
        assert_eq!(ds.get_attr("numbers"), Some(&Attr::from([1.5, 2.5])));
    }
    let ds = open_dataset(data("odd.nc")).unwrap();
    assert_eq!(dates(&ds["i64time"])[1], "2038-01-19T03:14:08");
    assert_eq!(ds["names"].to_texts().unwrap(), ["Zürich", "", "a b"]);
    assert_eq!(ds["u64"].to_vec::<u64>().unwrap()[1..], [1 << 40, 1 << 62]);
    assert_eq!(ds.get_attr("big"), Some(&Attr::Int(1 << 40)));
    assert_eq!(open_dataset(data("empty_time.nc")).unwrap()["t"].shape(), [0, 2]);
}

#[test]
fn options_choose_what_is_decoded_and_the_group() {
    let raw = open_dataset_with(data("odd.nc"), DatasetOptions::new().decode(false).drop_variables(["ints"])).unwrap();
    assert_eq!((raw["packed"].dtype(), raw["time"].dtype()), (DType::I16, DType::F64));
    assert!(raw.get("ints").is_err() && raw["packed"].get_attr("scale_factor").is_some());
    let deep = open_dataset_with(data("odd.nc"), DatasetOptions::new().group("/deep")).unwrap();
    assert_eq!((deep["k"].to_vec::<i32>().unwrap(), deep["lat"].len_of()), (vec![5, 6], 3));
    let error = open_dataset_with(data("odd.nc"), DatasetOptions::new().group("dep")).unwrap_err().to_string();
    assert!(error.contains("deep"), "{error}");
}

trait LenOf {
    fn len_of(&self) -> usize;
}

impl LenOf for DataArray {
    fn len_of(&self) -> usize {
        self.size()
    }
}

fn round_trip(ds: &Dataset, options: NetcdfOptions) -> (tempfile::TempDir, Dataset) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    ds.to_netcdf(&path, options).unwrap();
    let back = open_dataset(&path).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    (folder, back)
}

#[test]
fn what_is_written_is_what_is_read() {
    for name in ["eraint_cut.nc", "era5_cut.grib", "odd.nc"] {
        let ds = open_dataset(data(name)).unwrap();
        for options in [NetcdfOptions::new(), NetcdfOptions::new().compress(4).unlimited("time")] {
            let (_folder, back) = round_trip(&ds, options);
            assert_eq!(back.names().collect::<Vec<_>>(), ds.names().collect::<Vec<_>>());
            for array in ds.arrays() {
                same(&back[array.get_name().unwrap()], &array.compute().unwrap());
            }
            for coord in ds.coords() {
                same(&back[coord.name()], &ds[coord.name()]);
            }
        }
    }
}

#[test]
fn packing_keeps_values_to_half_a_step_and_refuses_what_does_not_fit() {
    let array = DataArray::new(vec![1.04, f64::NAN, -2.0], "x").unwrap().name("a");
    let ds = merge([&array]).unwrap();
    let back = {
        let (_folder, back) = round_trip(&ds, NetcdfOptions::new().pack("a", 0.1, 0.0));
        back["a"].to_vec::<f64>().unwrap()
    };
    assert!(back[0] == 1.0 && back[1].is_nan() && back[2] == -2.0, "{back:?}");
    let folder = tempfile::tempdir().unwrap();
    let error = ds.to_netcdf(folder.path().join("a.nc"), NetcdfOptions::new().pack("a", 1e-6, 0.0)).unwrap_err();
    assert!(error.to_string().contains("larger scale"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn files_follow_each_other_along_a_dimension() {
    let folder = tempfile::tempdir().unwrap();
    let ds = open_dataset(data("era5_cut.grib")).unwrap();
    let paths: Vec<PathBuf> = (0..2).map(|n| folder.path().join(format!("{n}.nc"))).collect();
    for (n, path) in paths.iter().enumerate() {
        ds.isel_dim("time", 12 * n..12 * n + 12).unwrap().to_netcdf(path, ()).unwrap();
    }
    let joined = open_datasets(&paths, "time").unwrap();
    assert!(joined.is_lazy());
    same(&joined["t2m"].compute().unwrap(), &ds["t2m"].compute().unwrap());
    assert_eq!(open_dataarray(&paths[0]).unwrap().shape(), [12, 33, 49]);
}

#[test]
fn bad_files_are_errors_that_say_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let all = std::fs::read(data("odd.nc")).unwrap();
    std::fs::write(at("cut.nc"), &all[..all.len() / 3]).unwrap();
    std::fs::write(at("text.nc"), "not a dataset at all").unwrap();
    std::fs::write(at("empty.nc"), "").unwrap();
    for (name, word) in
        [("cut.nc", "truncated"), ("text.nc", "open_raster"), ("empty.nc", "0 bytes"), ("tex.nc", "text.nc")]
    {
        let error = open_dataset(at(name)).unwrap_err().to_string();
        assert!(error.contains(word), "{name}: {error}");
    }
    assert!(open_dataset(folder.path()).unwrap_err().to_string().contains("Zarr"));
    std::fs::create_dir(at("three.zarr")).unwrap();
    std::fs::write(at("three.zarr/zarr.json"), r#"{"zarr_format": 3, "node_type": "group", "attributes": {}}"#)
        .unwrap();
    let error = open_dataset(at("three.zarr")).unwrap_err().to_string();
    assert!(error.contains("zarr_format=2"), "{error}");
}

// xr.open_dataset("small.h5", engine="h5netcdf").t.values.ravel()[[0, 22, 23]], .time.values, .sizes, .attrs; and
// xr.open_zarr("small.zarr") the same
#[test]
fn hdf5_and_zarr_are_read_as_netcdf_is() {
    for name in ["small.h5", "small.zarr"] {
        let ds = open_dataset(data(name)).unwrap();
        // The arrays of a Zarr store are folders, which have no order; ours is that of their names.
        let names = if name == "small.h5" { ["t", "n"] } else { ["n", "t"] };
        assert_eq!(ds.names().collect::<Vec<_>>(), names, "{name}");
        let t = &ds["t"];
        assert!(t.is_lazy(), "{name}");
        assert_eq!((t.dims().join(" "), t.shape()), ("time lat lon".into(), &[2, 3, 4][..]));
        assert_eq!(t.dtype(), DType::F64, "{name}");
        assert!(t.explain().to_string().contains("chunks of 1 x 3 x 2"), "{}", t.explain());
        let values = t.to_vec::<f64>().unwrap();
        assert!(values[..23].iter().enumerate().all(|(at, &value)| value == at as f64 / 2.0), "{name} {values:?}");
        assert!(values[23].is_nan(), "{name} {values:?}");
        assert_eq!(t.get_attr("units"), Some(&Attr::from("K")), "{name}");
        assert_eq!(t.get_attr("long_name"), Some(&Attr::from("temperature")), "{name}");
        assert_eq!(t.attrs().len(), 2, "{name} {:?}", t.attrs());
        assert_eq!(dates(&ds["time"]), ["2000-01-01", "2000-01-01T06:00:00"], "{name}");
        assert_eq!(ds["lat"].to_vec::<f64>().unwrap(), [40.0, 41.0, 42.0], "{name}");
        assert_eq!(ds["lat"].get_attr("units"), Some(&Attr::from("degrees_north")), "{name}");
        assert_eq!(ds["lon"].to_vec::<f64>().unwrap(), [1.0, 2.0, 3.0, 4.0], "{name}");
        assert_eq!(ds["n"].dtype(), DType::I32, "{name}");
        assert_eq!(ds["n"].to_vec::<i32>().unwrap(), (0..12).collect::<Vec<_>>(), "{name}");
        assert_eq!(ds.get_attr("title"), Some(&Attr::from("small")), "{name}");
        assert_eq!(ds.get_attr("version"), Some(&Attr::Int(3)), "{name}");
        let (_folder, back) = round_trip(&ds, NetcdfOptions::new());
        same(&back["t"], &t.compute().unwrap());
    }
}

// h5py names no dimensions; h5netcdf and the netCDF library call them phony_dim_0, …
#[test]
fn hdf5_without_names_of_dimensions_opens_with_made_up_ones() {
    let ds = open_dataset(data("bare.h5")).unwrap();
    assert_eq!(ds["a"].to_vec::<f64>().unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!((ds["a"].shape(), ds["b"].dtype()), (&[2, 3][..], DType::I16));
    assert_eq!(ds["a"].dims(), ds["b"].dims());
    assert_eq!(ds["a"].get_attr("units"), Some(&Attr::from("m")));
    let inner = open_dataset_with(data("bare.h5"), DatasetOptions::new().group("inner")).unwrap();
    assert_eq!(inner["c"].to_vec::<i64>().unwrap(), [0, 1, 2]);
}

#[test]
fn the_html_view_shows_the_attributes_of_a_dataset_escaped() {
    let plain = open_dataset(data("small.h5")).unwrap();
    let html = |ds: &Dataset| ds.mime_bundle().get("text/html").unwrap().to_owned();
    let shown = html(&plain);
    assert!(shown.contains("Attributes</span> <span class=\"iso-count\">(2)"), "{shown}");
    assert!(shown.contains("<dt>title</dt><dd>small</dd>"), "{shown}");
    let shown = html(&plain.attr("<b>", "a & <script>"));
    assert!(shown.contains("<dt>&lt;b&gt;</dt><dd>a &amp; &lt;script&gt;</dd>"), "{shown}");
}

fn means(ds: &Dataset, names: &[&str], dim: &str) -> Vec<String> {
    names.iter().map(|name| format!("{:?}", ds[*name].mean(dim).unwrap().values().unwrap())).collect()
}

#[test]
fn threads_do_not_change_what_is_read() {
    let _one_at_a_time = one_at_a_time();
    let cases = [
        ("eraint_cut.nc", &["z", "u", "v"][..], "level"),
        ("era5_cut.grib", &["t2m"], "time"),
        ("small.h5", &["t", "n"], "lat"),
        ("small.zarr", &["t", "n"], "lat"),
    ];
    set_threads(1).unwrap();
    let alone: Vec<Vec<String>> =
        cases.iter().map(|(name, arrays, dim)| means(&open_dataset(data(name)).unwrap(), arrays, dim)).collect();
    set_threads(4).unwrap();
    for _ in 0..5 {
        for ((name, arrays, dim), alone) in cases.iter().zip(&alone) {
            assert_eq!(&means(&open_dataset(data(name)).unwrap(), arrays, dim), alone, "{name}");
        }
    }
    // Every format at once, each file twice.
    std::thread::scope(|scope| {
        for ((name, arrays, dim), alone) in cases.iter().zip(&alone).chain(cases.iter().zip(&alone)) {
            scope.spawn(move || {
                for _ in 0..5 {
                    assert_eq!(&means(&open_dataset(data(name)).unwrap(), arrays, dim), alone, "{name}");
                }
            });
        }
    });
}

// xr.align keeps the encoding, and to_netcdf then writes whatever number NaN becomes among integers.
#[test]
fn missing_values_between_labels_are_written_whatever_the_file_had() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole.nc");
    let whole = DataArray::new(vec![1i16, 2], "x").unwrap().coord("x", [10, 20]).unwrap().name("a");
    whole.to_netcdf(&path, ()).unwrap();
    let ds = open_dataset(&path).unwrap();
    let other = DataArray::new(vec![5.0], "x").unwrap().coord("x", [30]).unwrap().name("b");
    let aligned = align(&[&ds["a"], &other], Join::Outer).unwrap();
    assert!(ds["a"].encoding().is_some() && aligned[0].encoding().is_none());
    let (_folder, back) = round_trip(&merge(aligned).unwrap(), NetcdfOptions::new());
    let values = back["a"].to_vec::<f64>().unwrap();
    assert!(values[..2] == [1.0, 2.0] && values[2].is_nan(), "{values:?}");
}

// xr.concat([ds.isel(time=slice(0, 1)), ds.isel(time=slice(1, 3))], "time", data_vars="minimal").identical(ds)
#[test]
fn parts_of_one_lazy_file_are_joined_without_being_read() {
    let ds = open_dataset(data("odd.nc")).unwrap();
    let parts = [ds.isel_dim("time", 0..1).unwrap(), ds.isel_dim("time", 1..3).unwrap()];
    let joined = Dataset::concat(&parts, "time").unwrap();
    assert!(joined["ints"].is_lazy() && joined["packed"].is_lazy());
    for array in ds.arrays() {
        let name = array.get_name().unwrap();
        same(&joined[name].compute().unwrap(), &array.compute().unwrap());
    }
    // Another file's are read to be compared.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.nc");
    ds.isel_dim("time", 1..3).unwrap().to_netcdf(&path, ()).unwrap();
    let joined = Dataset::concat([parts[0].clone(), open_dataset(&path).unwrap()], "time").unwrap();
    same(&joined["ints"].compute().unwrap(), &ds["ints"].compute().unwrap());
    let other = ds.assign("ints", &(&ds["ints"] + 1)).unwrap();
    let error = Dataset::concat([&parts[0], &other], "time").unwrap_err().to_string();
    assert!(error.contains("ints") && error.contains("differ"), "{error}");
}

// xr.open_dataset of such a file: [1, nan, 254, 100] as float32, in netCDF-4 as in classic files.
#[test]
fn a_missing_value_that_is_wider_than_unsigned_values_is_one_of_these() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("unsigned.nc");
    let a = DataArray::new(vec![1i8, -1, -2, 100], "x").unwrap().name("a");
    a.attr("_Unsigned", "true").attr("missing_value", 255).to_netcdf(&path, ()).unwrap();
    let values = open_dataset(&path).unwrap()["a"].to_vec::<f32>().unwrap();
    assert!(values[1].is_nan() && [values[0], values[2], values[3]] == [1.0, 254.0, 100.0], "{values:?}");
}

// xr.open_zarr: the attribute counts where .zarray has no fill value.
#[test]
fn a_fill_value_among_the_attributes_of_a_zarr_array_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zarr");
    let open = |fill: &str| {
        replaced::store(&path, &replaced::pair("<i2", fill), r#", "_FillValue": 3"#, &[2, 0, 3, 0]);
        open_dataset(&path).unwrap()["a"].to_vec::<f64>().unwrap()
    };
    let values = open("null");
    assert!(values[0] == 2.0 && values[1].is_nan(), "{values:?}");
    let values = open("2");
    assert!(values[0].is_nan() && values[1] == 3.0, "{values:?}");
}
