//! What a written file says of how its values are stored: units of dates, words and numbers for what is missing, grid
//! mappings. Expected is what xarray writes of the same dataset (`ds.to_netcdf`), read with `decode_cf=False`.

use super::{data, round_trip, same};
use crate::array::{Attr, DType, DataArray, Dataset, Values, merge};
use crate::files::{DatasetOptions, NetcdfOptions, open_dataset, open_dataset_with};
use crate::time::date_range;

/// The written file as numbers and attributes.
fn undecoded(ds: &Dataset) -> Dataset {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    ds.to_netcdf(&path, ()).unwrap();
    open_dataset_with(&path, DatasetOptions::new().decode(false)).unwrap().compute().unwrap()
}

fn text<'a>(array: &'a DataArray, attr: &str) -> Option<&'a str> {
    array.get_attr(attr).and_then(Attr::as_str)
}

// xr.open_dataset("odd.nc").to_netcdf(…): time has "hours since 2000-01-01" and float64, time_bnds no units of its own, …
#[test]
fn dates_and_their_bounds_are_written_in_the_units_of_their_file() {
    let ds = open_dataset(data("odd.nc")).unwrap();
    let raw = undecoded(&ds);
    let time = &raw["time"];
    assert_eq!((time.dtype(), text(time, "units")), (DType::F64, Some("hours since 2000-01-01 00:00:00")));
    assert_eq!(time.to_vec::<f64>().unwrap(), [0.0, 6.5, 12.0]);
    let bounds = &raw["time_bnds"];
    assert_eq!((bounds.dtype(), text(bounds, "units"), text(bounds, "calendar")), (DType::F64, None, None));
    assert_eq!((raw["nl"].dtype(), text(&raw["nl"], "units")), (DType::I32, Some("days since 2000-01-01")));
    assert_eq!(text(&raw["nl"], "calendar"), Some("noleap"));
    assert_eq!(text(&raw["i64time"], "units"), Some("seconds since 1970-01-01"));
    // Of other dates the units that hold them, also those of the bounds.
    let later = ds.isel_dim("time", 1..2).unwrap();
    assert_eq!(undecoded(&later)["time"].to_vec::<f64>().unwrap(), [6.5]);
    let (_folder, back) = round_trip(&ds, NetcdfOptions::new());
    same(&back["time_bnds"].compute().unwrap(), &ds["time_bnds"].compute().unwrap());
}

// ds = xr.Dataset({"time_bnds": (("time", "nv"), dates)}, {"time": ("time", dates, {"bounds": "time_bnds"})}); ds.to_netcdf(…)
#[test]
fn new_dates_and_bounds_share_the_coarsest_units_that_hold_them() {
    let days = date_range("2016-01-01", 2).unwrap();
    let hour = 3_600_000_000_000;
    let edges = days.iter().flat_map(|day| [day.nanoseconds(), day.nanoseconds() + 12 * hour]).collect();
    let bounds = Values::from_nanoseconds(edges).reshape(&[2, 2]).unwrap();
    let bounds = DataArray::new(bounds, ["time", "nv"]).unwrap().name("time_bnds");
    let time = crate::array::Coord::from(&days).attr("bounds", "time_bnds");
    let ds = merge([&bounds.coord("time", time).unwrap()]).unwrap();
    let raw = undecoded(&ds);
    assert_eq!(text(&raw["time"], "units"), Some("hours since 2016-01-01"));
    assert_eq!(raw["time"].to_vec::<i64>().unwrap(), [0, 24]);
    assert_eq!((raw["time_bnds"].attrs().len(), raw["time_bnds"].dtype()), (0, DType::I64));
    assert_eq!(raw["time_bnds"].to_vec::<i64>().unwrap(), [0, 12, 24, 36]);
}

// xr.Dataset({"when": ("x", [np.datetime64("2016-01-01"), np.datetime64("NaT")])}).to_netcdf(…): float64, _FillValue nan
#[test]
fn a_missing_date_in_an_array_is_said_by_a_fill_value() {
    let when = Values::from_nanoseconds(vec![1_451_606_400_000_000_000, i64::MIN]);
    let ds = merge([&DataArray::new(when, "x").unwrap().name("when")]).unwrap();
    let raw = undecoded(&ds);
    assert_eq!((raw["when"].dtype(), text(&raw["when"], "units")), (DType::F64, Some("days since 2016-01-01")));
    assert!(raw["when"].get_attr("_FillValue").and_then(Attr::as_f64).is_some_and(f64::is_nan));
    let numbers = raw["when"].to_vec::<f64>().unwrap();
    assert!(numbers[0] == 0.0 && numbers[1].is_nan(), "{numbers:?}");
}

// xarray writes "" for a missing text; a text that is missing here stays so.
#[test]
fn a_missing_text_has_a_word_that_no_other_text_is() {
    let filled = open_dataset(data("text.nc")).unwrap();
    let back = undecoded(&filled);
    assert_eq!(text(&back["filled"], "missing_value"), Some("none"));
    assert_eq!(back["filled"].to_texts().unwrap(), ["a", "none", "c"]);
    let texts = |words: &[Option<&str>]| {
        let texts: Vec<crate::values::Text> =
            words.iter().map(|word| word.map_or(crate::values::Text::MISSING, crate::values::Text::new)).collect();
        merge([&DataArray::new(Values::from_shape_vec(&[texts.len()], texts).unwrap(), "x").unwrap().name("t")])
            .unwrap()
    };
    let ds = texts(&[Some("a"), None, Some(""), Some("NA")]);
    let raw = undecoded(&ds);
    assert_eq!(raw["t"].to_texts().unwrap(), ["a", "missing", "", "NA"]);
    let (_folder, back) = round_trip(&ds, NetcdfOptions::new());
    same(&back["t"].compute().unwrap(), &ds["t"].compute().unwrap());
    assert!(undecoded(&texts(&[Some("a")]))["t"].get_attr("missing_value").is_none());
    let named = merge([&texts(&[Some("a"), None])["t"].attr("missing_value", "a")]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let error = named.to_netcdf(folder.path().join("a.nc"), ()).unwrap_err().to_string();
    assert!(error.contains("missing_value") && error.contains('t'), "{error}");
}

// CF 5.6: grid_mapping belongs to variables on the grid; xr.open_dataset("odd.nc") has it in `packed` alone.
#[test]
fn only_arrays_on_the_map_name_its_projection() {
    let raw = undecoded(&open_dataset(data("odd.nc")).unwrap());
    assert_eq!(text(&raw["packed"], "grid_mapping"), Some("spatial_ref"));
    assert_eq!(text(&raw["time_bnds"], "grid_mapping"), None);
    let map =
        |dims: [&str; 2], name: &str| DataArray::new(ndarray::array![[1.0, 2.0], [3.0, 4.0]], dims).unwrap().name(name);
    let across = crate::array::Coord::from([1.0, 2.0]).attr("standard_name", "projection_x_coordinate");
    let down = crate::array::Coord::from([2.0, 1.0]).attr("axis", "Y");
    let on = map(["north", "east"], "on").coord("east", across).unwrap().coord("north", down).unwrap();
    let on = on.with_crs("EPSG:3857").unwrap();
    let beside = map(["north", "nv"], "beside").with_crs("EPSG:3857").unwrap();
    let raw = undecoded(&merge([&on, &beside]).unwrap());
    assert_eq!(text(&raw["on"], "grid_mapping"), Some("spatial_ref"));
    assert_eq!(text(&raw["beside"], "grid_mapping"), None);
}

// xr.open_dataset(…).to_netcdf(…) of labels packed as int16: int16 again; of ds.isel(x=[0]) + 0.1: float64.
#[test]
fn labels_are_stored_as_in_their_file_where_they_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("packed.nc");
    // Data first, which then are labels by their name.
    let lon = DataArray::new(vec![0.5, 1.0, 1.5], "lon").unwrap().name("lon");
    let rain = DataArray::new(vec![1.0, 2.0, 3.0], "lon").unwrap().name("rain");
    let plain = merge([&lon]).unwrap().assign("rain", &rain).unwrap();
    plain.to_netcdf(&path, NetcdfOptions::new().pack("lon", 0.5, 0.0)).unwrap();
    let ds = open_dataset(&path).unwrap();
    assert_eq!(ds.coords().get("lon").unwrap().dtype(), DType::F64);
    assert_eq!(undecoded(&ds.isel_dim("lon", 1..).unwrap())["lon"].to_vec::<i16>().unwrap(), [2, 3]);
    let between = ds["rain"].interp("lon", [0.75]).unwrap();
    assert_eq!(undecoded(&merge([&between.coord("lon", [0.75]).unwrap()]).unwrap())["lon"].dtype(), DType::F64);
    let ds = open_dataset(data("odd.nc")).unwrap();
    assert_eq!(undecoded(&ds)["lat"].dtype(), DType::F32);
}
