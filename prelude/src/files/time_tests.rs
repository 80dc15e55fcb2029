//! Times of every calendar through netCDF files, there and back.

use super::{NetcdfOptions, open_dataset};
use crate::array::{Coord, DType, DataArray, Dataset, merge};
use crate::time::{Calendar, CfTimes, Step, date_range_in};

fn through(ds: &Dataset) -> (tempfile::TempDir, Dataset) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    ds.to_netcdf(&path, NetcdfOptions::new()).unwrap();
    let back = open_dataset(&path).unwrap();
    (folder, back)
}

/// Numbers as a model writes them.
fn numbers(name: &str, values: Vec<f64>, units: &str, calendar: &str) -> DataArray {
    DataArray::new(values, name).unwrap().name(name).attr("units", units).attr("calendar", calendar)
}

// Expected: xr.open_dataset("a.nc", decode_timedelta=False)[name].values of the file that this test writes
#[test]
fn each_variable_has_the_dates_of_its_calendar() {
    let ds = merge([
        &numbers("n", vec![59.0, 365.0], "days since 2000-01-01", "365_day"),
        &numbers("d", vec![59.0, 360.0], "days since 2000-01-01 06:00", "360_day"),
        &numbers("s", vec![0.0, 1.0], "days since 1582-10-04", "gregorian"),
        &numbers("m", vec![0.0, 13.0], "months since 2000-01-30", "360_day"),
        &numbers("r", vec![1.0, 2.0], "hours since 2000-01-01 00:00:00 -6:00", "standard"),
        &numbers("x", vec![1.0, 1e20], "days since 2000-01-01", "standard"),
        &numbers("y", vec![1.0, 2.0], "years since 2000-01-01", "standard"),
    ])
    .unwrap();
    let (_folder, back) = through(&ds);
    let says = |name: &str| (back[name].dtype().name(), back[name].to_texts().unwrap().join(" "));
    assert_eq!(says("n"), ("cftime[noleap]", "2000-03-01 2001-01-01".to_owned()));
    assert_eq!(says("d"), ("cftime[360_day]", "2000-02-30T06:00:00 2001-01-01T06:00:00".to_owned()));
    assert_eq!(says("s"), ("cftime[standard]", "1582-10-04 1582-10-15".to_owned()));
    assert_eq!(says("m"), ("cftime[360_day]", "2000-01-30 2001-02-30".to_owned()));
    assert_eq!(says("r"), ("datetime64[ns]", "2000-01-01T07:00:00 2000-01-01T08:00:00".to_owned()));
    for (name, word) in [("x", "100000000000000000000"), ("y", "years")] {
        assert_eq!(back[name].dtype(), DType::F64);
        let note = back[name].get_attr("decoding_note").unwrap().to_string();
        assert!(note.contains(word), "{note}");
    }
}

#[test]
fn a_bound_far_away_leaves_the_times_as_they_are() {
    let time = Coord::from(vec![0.0, 1.0]).attr("units", "days since 2000-01-01").attr("bounds", "time_bnds");
    let bounds = ndarray::array![[0.0, 1.0], [1.0, 2_000_000.0]];
    let bounds = DataArray::new(bounds, ["time", "nv"]).unwrap().name("time_bnds").coord("time", time).unwrap();
    let (_folder, back) = through(&merge([&bounds]).unwrap());
    assert_eq!(back["time"].to_texts().unwrap(), ["2000-01-01", "2000-01-02"]);
    assert_eq!(back["time_bnds"].dtype(), DType::CfTime(Calendar::Standard));
    // Expected: cftime.num2date(2_000_000, "days since 2000-01-01")
    assert_eq!(back["time_bnds"].to_texts().unwrap(), ["2000-01-01", "2000-01-02", "2000-01-02", "7475-10-25"]);
}

#[test]
fn dates_of_every_calendar_come_back_from_a_file() {
    for calendar in Calendar::ALL {
        let time = date_range_in(calendar, "0850-02-27T06", 4, Step::Hours(36)).unwrap();
        let texts = ["0850-02-28T00:00:00.25", "12345-12-30"];
        let far = CfTimes::parse(calendar, texts).unwrap();
        let missing = CfTimes::from_microseconds(calendar, vec![0, i64::MIN, 1, 86_400_000_000]);
        let array = DataArray::new(crate::array::Values::from(missing), "time").unwrap().name("a");
        let array = array.coord("time", time).unwrap();
        let other = DataArray::new(vec![1.0, 2.0], "far").unwrap().name("b").coord("far", far).unwrap();
        let (_folder, back) = through(&merge([&array, &other]).unwrap());
        assert_eq!(back["time"].to_texts().unwrap(), array.get_coord("time").unwrap().to_texts().unwrap());
        assert_eq!(back["far"].to_texts().unwrap(), ["0850-02-28T00:00:00.25", "12345-12-30T00:00:00"]);
        assert_eq!(back["time"].dtype(), DType::CfTime(calendar));
        // Near enough to today, and of the real calendar, they are nanoseconds.
        let real = matches!(calendar, Calendar::Standard | Calendar::ProlepticGregorian);
        assert_eq!(back["a"].dtype() == DType::DateTime, real, "{calendar}");
        assert_eq!(
            back["a"].to_texts().unwrap(),
            ["1970-01-01T00:00:00", "", "1970-01-01T00:00:00.000001", "1970-01-02T00:00:00"]
        );
    }
}
