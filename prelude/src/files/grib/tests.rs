//! Against what cfgrib makes of the same files: `xr.open_dataset(name, engine="cfgrib",
//! backend_kwargs={"indexpath": "", "filter_by_keys": {…}})` gave the numbers. Files that `make.py` makes say theirs too.

use crate::array::{Attr, DType, DataArray, Dataset};
use crate::files::{DatasetOptions, open_dataset, open_dataset_with};
use crate::time::DateTime;
use crate::{ErrorKind, Result};
use std::path::{Path, PathBuf};

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/grib").join(name)
}

fn open(name: &str) -> Dataset {
    open_dataset(data(name)).unwrap()
}

fn filtered(name: &str, key: &str, value: &str) -> Dataset {
    open_dataset_with(data(name), DatasetOptions::new().filter(key, value)).unwrap()
}

fn dims(array: &DataArray) -> Vec<&str> {
    array.dims().iter().map(String::as_str).collect()
}

fn floats(array: &DataArray) -> Vec<f64> {
    array.to_vec::<f64>().unwrap()
}

fn mean(array: &DataArray) -> f64 {
    array.astype(DType::F64).mean(()).unwrap().item().unwrap()
}

fn coord(ds: &Dataset, name: &str) -> Vec<f64> {
    ds.coords().get(name).unwrap().values().to_vec::<f64>().unwrap()
}

fn times(ds: &Dataset, name: &str) -> Vec<String> {
    let nanoseconds = ds.coords().get(name).unwrap().values().to_vec::<i64>().unwrap();
    nanoseconds.into_iter().map(|date| DateTime::from_nanoseconds(date).to_string()).collect()
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 1e-6 * wanted.abs().max(1.0), "{found} and not {wanted}");
}

fn waves(at: i64) -> f64 {
    (270.0 + 20.0 * (at as f64 / 7.0).sin() + (at * 7919 % 5) as f64).round()
}

#[test]
fn members_times_steps_and_levels_are_dimensions() {
    let ds = open("cube.grib2");
    let t = &ds["t"];
    assert_eq!(dims(t), ["number", "time", "step", "isobaricInhPa", "latitude", "longitude"]);
    assert_eq!((t.shape(), t.dtype(), t.is_lazy()), (&[2, 2, 2, 2, 8, 12][..], DType::F32, true));
    assert_eq!(coord(&ds, "isobaricInhPa"), [850.0, 500.0]);
    assert_eq!(coord(&ds, "step"), [0.0, 6.0]);
    assert_eq!(times(&ds, "time"), ["2020-01-01T12:00:00", "2020-01-02T12:00:00"]);
    assert_eq!(
        times(&ds, "valid_time"),
        ["2020-01-01T12:00:00", "2020-01-01T18:00:00", "2020-01-02T12:00:00", "2020-01-02T18:00:00"]
    );
    // The field of day 2, member 2, 6 hours, 500 hPa, although the file begins with day 2.
    let one = t.isel_dim("number", 1).unwrap().isel_dim("time", 1).unwrap();
    let one = floats(&one.isel_dim("step", 1).unwrap().isel_dim("isobaricInhPa", 1).unwrap());
    let wanted: Vec<f64> = (0..96).map(|at| waves(at) + 2.0 + 20.0 + 6.0 + 500.0).collect();
    assert_eq!(one, wanted);
}

#[test]
fn variables_have_names_units_and_attributes() {
    let ds = open("cube.grib2");
    let attr = |name: &str| ds["t"].get_attr(name).cloned();
    assert_eq!(attr("units"), Some(Attr::from("K")));
    assert_eq!(attr("long_name"), Some(Attr::from("Temperature")));
    assert_eq!(attr("standard_name"), Some(Attr::from("air_temperature")));
    assert_eq!(attr("GRIB_typeOfLevel"), Some(Attr::from("isobaricInhPa")));
    assert_eq!(attr("GRIB_paramId"), Some(Attr::from(130)));
    assert_eq!(attr("GRIB_totalNumber"), Some(Attr::from(2)));
    assert_eq!(ds.get_attr("institution"), Some(&Attr::from("European Centre for Medium-Range Weather Forecasts")));
    assert_eq!(ds["t"].coords().get("step").unwrap().attrs().get("units"), Some(&Attr::from("hours")));
    assert!(ds["t"].crs().is_some());
}

#[test]
fn every_packing_gives_the_same_numbers() {
    let wanted: Vec<f64> = (0..96).map(waves).collect();
    for step in 0..5 {
        let t = open("packings.grib2")["t"].isel_dim("step", step).unwrap();
        assert_eq!(floats(&t), wanted, "simple, complex, CCSDS, JPEG 2000, PNG: number {step}");
        let holes = floats(&open("packings_missing.grib2")["t"].isel_dim("step", step).unwrap());
        for (at, (hole, wanted)) in holes.iter().zip(&wanted).enumerate() {
            assert!(if at % 5 == 0 { hole.is_nan() } else { hole == wanted }, "{step}: {at} is {hole}");
        }
    }
    for order in ["no_SPD", "SPD1", "SPD3"] {
        assert_eq!(floats(&open(&format!("second_order_{order}.grib1"))["t2m"]), wanted, "{order}");
    }
}

// cfgrib of the same files: 273.25 everywhere, although they say D = 2.
#[test]
fn a_field_of_one_value_is_its_reference() {
    for (name, packings) in [("one_value.grib2", 3), ("one_value.grib1", 1)] {
        let t = &open(name)["t2m"];
        assert_eq!(t.size(), 96 * packings);
        assert!(floats(t).iter().all(|&value| value == 273.25), "{name}: {:?}", floats(t));
    }
}

#[test]
fn a_window_is_the_same_part_of_the_whole() {
    for name in ["packings.grib2", "packings_missing.grib2"] {
        let t = &open(name)["t"];
        let whole = t.compute().unwrap();
        let part = |t: &DataArray| {
            let part = t.isel_dim("latitude", 3..5).unwrap().isel_dim("longitude", 2..7).unwrap();
            format!("{:?}", floats(&part))
        };
        assert_eq!(part(t), part(&whole));
        assert_eq!(
            format!("{:?}", floats(&t.isel_dim("latitude", 2..6).unwrap())),
            format!("{:?}", floats(&whole.isel_dim("latitude", 2..6).unwrap()))
        );
    }
}

#[test]
fn u_and_v_in_one_message_are_two_variables() {
    let ds = open("two_winds.grib2");
    assert_eq!(ds.names().collect::<Vec<_>>(), ["u", "v"]);
    let wanted: Vec<f64> = (0..96).map(waves).collect();
    assert_eq!(floats(&ds["u"]), wanted);
    assert_eq!(floats(&ds["v"]), wanted.iter().map(|value| value + 1.0).collect::<Vec<_>>());
}

// cfgrib sorts longitudes and leaves columns as they are stored; here each value keeps its place.
#[test]
fn every_order_of_points_is_the_same_map() {
    let error = open_dataset(data("scanning.grib2")).unwrap_err().to_string();
    assert!(error.contains("filter(\"gridNumber\", 1)"), "{error}");
    for number in 1..=8 {
        let ds = filtered("scanning.grib2", "gridNumber", &number.to_string());
        let t = ds["t"].sort_by("longitude").unwrap().sort_by("latitude").unwrap();
        let wanted: Vec<f64> =
            (0..8).rev().flat_map(|row| (0..12).map(move |column| f64::from(12 * row + column))).collect();
        assert_eq!(floats(&t), wanted, "{number}");
        let latitudes = coord(&ds, "latitude");
        // The file's own order.
        assert_eq!(latitudes[0], if (number - 1) / 2 % 2 == 1 { -10.0 } else { 60.0 }, "{number}");
    }
}

#[test]
fn longitudes_across_greenwich_go_one_way() {
    let ds = open("greenwich.grib2");
    let wanted: Vec<f64> = (-6..6).map(|at| f64::from(at * 10)).collect();
    assert_eq!(coord(&ds, "longitude"), wanted);
    assert_eq!(floats(&ds["t"]), (0..96).map(waves).collect::<Vec<_>>());
}

#[test]
fn a_reduced_grid_is_a_line_of_points_with_their_places() {
    let ds = open("reduced_gg.grib");
    let u10 = &ds["u10"];
    assert_eq!((dims(u10), u10.shape()), (vec!["values"], &[13_280][..]));
    let values = floats(u10);
    assert_eq!([values[0], values[1], values[13_279]], [-4.2804718017578125, -1.7804718017578125, 3.7195281982421875]);
    near(mean(u10), -0.3961909282638366);
    let (latitudes, longitudes) = (coord(&ds, "latitude"), coord(&ds, "longitude"));
    near(latitudes[0], 88.57216851400727);
    near(latitudes[20], 86.72253095466814);
    assert_eq!([longitudes[0], longitudes[1], longitudes[13_279]], [0.0, 18.0, 342.0]);
}

#[test]
fn a_map_has_degrees_for_each_point_and_metres_along_its_axes() {
    let ds = open("lambert_grid.grib");
    let nlwrs = &ds["nlwrs"];
    assert_eq!((dims(nlwrs), nlwrs.shape()), (vec!["y", "x"], &[475, 475][..]));
    near(mean(nlwrs), -2457932.2870736844);
    let (latitudes, longitudes) = (coord(&ds, "latitude"), coord(&ds, "longitude"));
    near(latitudes[1], 48.38151937132774);
    near(latitudes[475 * 475 - 1], 58.93815624730495);
    near(longitudes[475 * 475 - 1], 13.335852974103414);
    let x = coord(&ds, "x");
    near(x[1] - x[0], 2500.0);
    assert!(nlwrs.crs().is_some_and(|crs| crs.contains("Lambert")), "{:?}", nlwrs.crs());
}

#[test]
fn gaussian_latitudes_are_the_roots() {
    let ds = open("regular_gg_pl.grib");
    let latitudes = coord(&ds, "latitude");
    near(latitudes[0], 88.57216851400727);
    near(latitudes[1], 86.72253095466814);
    assert_eq!(ds["u10"].values().unwrap().get(&[3, 4]), Some(0.077484130859375));
}

#[test]
fn steps_of_minutes_are_hours() {
    let ds = open("step_60m.grib");
    assert_eq!(dims(&ds["t2m"]), ["step", "latitude", "longitude"]);
    let steps = coord(&ds, "step");
    assert_eq!((steps.len(), steps[1], steps[72]), (73, 1.0, 72.0));
    let valid = times(&ds, "valid_time");
    assert_eq!((valid[0].as_str(), valid[72].as_str()), ("2024-01-15", "2024-01-18"));
    assert_eq!(ds["t2m"].values().unwrap().get(&[1, 2, 0]), Some(1.48698091506958));
}

#[test]
fn rows_that_run_to_and_fro_are_turned() {
    let t2m = open("alternate-scanning.grib")["t2m"].values().unwrap();
    assert_eq!((t2m.get(&[1, 0]), t2m.get(&[2, 0])), (Some(289.282958984375), Some(289.032958984375)));
}

#[test]
fn a_bitmap_is_missing_values() {
    let t2m = open("fields_with_missing_values.grib")["t2m"].clone();
    assert_eq!(floats(&t2m).iter().filter(|value| value.is_nan()).count(), 21_699);
    near(mean(&t2m), 269.5371173003);
}

#[test]
fn what_does_not_go_together_is_named_and_can_be_chosen() {
    let ds = open("soil-surface-level-mix.grib");
    assert_eq!(ds.names().collect::<Vec<_>>(), ["t2m", "stl1", "slt", "swvl1"]);
    let note = ds.get_attr("not_read").unwrap().to_string();
    assert!(
        note.contains("stl2, whose depthBelowLandLayer") && note.contains("filter(\"shortName\", \"stl2\")"),
        "{note}"
    );
    let stl2 = filtered("soil-surface-level-mix.grib", "shortName", "stl2");
    assert_eq!(coord(&stl2, "depthBelowLandLayer"), [7.0]);
    let ds = open("uv_on_different_levels.grib");
    assert_eq!(ds.names().collect::<Vec<_>>(), ["u"]);
    assert_eq!(ds["u"].values().unwrap().get(&[1, 2, 3, 4]), Some(0.1774139404296875));
    assert_eq!(
        coord(&filtered("uv_on_different_levels.grib", "shortName", "v"), "isobaricInhPa"),
        [1000.0, 700.0, 500.0]
    );
}

#[test]
fn fields_that_are_no_one_variable_are_an_error_that_says_how_to_choose() {
    let error = open_dataset(data("t_on_different_level_types.grib")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("filter(\"typeOfLevel\", \"isobaricInhPa\")"), "{error}");
    assert!(error.to_string().contains("\"hybrid\""), "{error}");
    let ds = filtered("t_on_different_level_types.grib", "typeOfLevel", "hybrid");
    assert_eq!(ds["t"].values().unwrap().get(&[0, 0]), Some(250.14588928222656));
    let error = open_dataset(data("cfrzr_and_cprat_0s.grib")).unwrap_err().to_string();
    assert!(error.contains("filter(\"stepType\", \"instant\")"), "{error}");
    assert_eq!(filtered("cfrzr_and_cprat_0s.grib", "stepType", "avg").names().collect::<Vec<_>>(), ["cpr", "cfrzr"]);
}

#[test]
fn keys_and_values_that_do_not_exist_are_named() {
    let ask = |key: &str, value: &str| {
        let options = DatasetOptions::new().filter(key, value);
        open_dataset_with(data("cube.grib2"), options).unwrap_err().to_string()
    };
    assert!(ask("typeoflevel", "surface").contains("typeOfLevel"));
    let error = ask("level", "700");
    assert!(error.contains("500") && error.contains("850"), "{error}");
    let two = DatasetOptions::new().filter("level", 500).filter("number", 2);
    assert_eq!(
        dims(&open_dataset_with(data("cube.grib2"), two).unwrap()["t"]),
        ["time", "step", "latitude", "longitude"]
    );
}

#[test]
fn spectral_fields_are_refused_with_the_reason() {
    let error = open_dataset(data("spherical_harmonics.grib")).unwrap_err().to_string();
    assert!(error.contains("spherical harmonics") && error.contains("cdo sp2gp"), "{error}");
}

#[test]
fn a_damaged_message_is_named_and_can_be_left_out() {
    let error = open_dataset(data("era5-levels-corrupted.grib")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Damaged);
    assert!(error.to_string().contains("message ") && error.to_string().contains("at byte "), "{error}");
    let options = DatasetOptions::new().skip_damaged(true);
    let ds = open_dataset_with(data("era5-levels-corrupted.grib"), options).unwrap();
    near(mean(&ds["t"]), 273.6222351407744);
    assert!(ds.get_attr("not_read").unwrap().to_string().contains("at byte "));
}

#[test]
fn a_message_that_contradicts_itself_is_damaged_not_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd.grib2");
    let packings = std::fs::read(data("packings.grib2")).unwrap();
    let first = section(&packings, 3);
    let odd = |at: usize, to: &[u8]| {
        let mut bytes = packings.clone();
        bytes[at..at + to.len()].copy_from_slice(to);
        std::fs::write(&path, bytes).unwrap();
        let error = open_dataset(&path).unwrap_err();
        let rest = open_dataset_with(&path, DatasetOptions::new().skip_damaged(true)).unwrap();
        (error, rest.get_attr("not_read").unwrap().to_string())
    };
    // More columns than points; a month that does not exist.
    for (at, to, what) in [
        (first.start + 30, &[0, 0, 200, 0][..], "its grid has 51200 columns"),
        (section(&packings, 1).start + 14, &[13], "month 13"),
    ] {
        let (error, left_out) = odd(at, to);
        assert_eq!(error.kind(), ErrorKind::Damaged);
        assert!(error.to_string().contains(what) && left_out.contains(what), "{error} {left_out}");
    }
    // A grid that nobody here knows is no damage: the others are read.
    let mut bytes = packings.clone();
    bytes[first.start + 12..first.start + 14].copy_from_slice(&[3, 0]);
    std::fs::write(&path, bytes).unwrap();
    let left_out = open_dataset(&path).unwrap().get_attr("not_read").unwrap().to_string();
    assert!(left_out.contains("template 3.768"), "{left_out}");
}

fn all(path: &Path) -> Result<usize> {
    let ds = open_dataset_with(path, DatasetOptions::new().skip_damaged(true))?;
    ds.arrays().iter().map(|array| Ok(array.values()?.len())).sum()
}

#[test]
fn bytes_that_are_changed_or_missing_are_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd.grib");
    let mut random = fastrand::Rng::with_seed(7);
    let names = [
        "packings.grib2",
        "packings_missing.grib2",
        "two_winds.grib2",
        "second_order_SPD3.grib1",
        "single_gridpoint.grib",
        "soil-surface-level-mix.grib",
        "greenwich.grib2",
        "cfrzr_and_cprat_0s.grib",
    ];
    let mut read = 0;
    for name in names {
        let bytes = std::fs::read(data(name)).unwrap();
        for _ in 0..60 {
            let mut odd = bytes.clone();
            if random.u8(..8) == 0 {
                odd.truncate(random.usize(..odd.len()));
            }
            for _ in 0..random.usize(1..4) {
                if let Some(byte) = odd.get_mut(random.usize(..bytes.len())) {
                    *byte = random.u8(..);
                }
            }
            std::fs::write(&path, odd).unwrap();
            read += usize::from(all(&path).is_ok());
        }
    }
    // Values and dates may change without anybody noticing.
    assert!(read > 80, "{read}");
}

/// The section of a message of edition 2.
fn section(message: &[u8], wanted: u8) -> std::ops::Range<usize> {
    let mut at = 16;
    loop {
        let length = u32::from_be_bytes(message[at..at + 4].try_into().unwrap()) as usize;
        if message[at + 4] == wanted {
            return at..at + length;
        }
        at += length;
    }
}

/// A few hundred bytes that say they are a field of 20000 x 20000 points of one value, in one group.
fn vast() -> Vec<u8> {
    let packings = std::fs::read(data("packings.grib2")).unwrap();
    let starts: Vec<usize> = (0..packings.len() - 4).filter(|&at| packings[at..].starts_with(b"GRIB")).collect();
    // The second is complex packing with differences.
    let message = &packings[starts[1]..starts[2] - 4];
    let word = |number: u32| number.to_be_bytes();
    let mut grid = message[section(message, 3)].to_vec();
    grid[6..10].copy_from_slice(&word(400_000_000));
    for at in [30, 34] {
        grid[at..at + 4].copy_from_slice(&word(20_000));
    }
    let mut packing = message[section(message, 5)].to_vec();
    packing[5..9].copy_from_slice(&word(400_000_000));
    packing[9..11].copy_from_slice(&2u16.to_be_bytes());
    packing.truncate(47);
    packing[..4].copy_from_slice(&word(47));
    packing[11..15].copy_from_slice(&5.5f32.to_be_bytes());
    packing[15..20].copy_from_slice(&[0, 0, 0, 0, 8]);
    packing[31..35].copy_from_slice(&word(1));
    packing[35..37].copy_from_slice(&[0, 0]);
    packing[37..41].copy_from_slice(&word(400_000_000));
    packing[41] = 1;
    packing[42..46].copy_from_slice(&word(400_000_000));
    packing[46] = 0;
    let values = [&word(13)[..], &[7], &[2, 0, 0, 0, 0, 0, 0, 0]].concat();
    let body = [
        &message[section(message, 1)],
        &grid,
        &message[section(message, 4)],
        &packing,
        &message[section(message, 6)],
        &values,
    ]
    .concat();
    let length = 16 + body.len() as u64 + 4;
    [&message[..8], &length.to_be_bytes(), &body, b"7777"].concat()
}

#[test]
fn of_a_vast_field_of_one_group_only_what_is_wanted_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vast.grib2");
    std::fs::write(&path, vast()).unwrap();
    let ds = open_dataset(&path).unwrap();
    let t = &ds["t"];
    assert_eq!((t.shape(), t.nbytes()), (&[20_000, 20_000][..], 1_600_000_000));
    let part = t.isel_dim("latitude", 19_990..20_000).unwrap().isel_dim("longitude", 3..5).unwrap();
    assert_eq!(floats(&part), [7.5; 20]);
}

// codes_get of paramId, cfVarName, units and stepType of each message; `make.py` prints them.
#[test]
fn parameters_are_told_by_all_conditions_of_their_codes() {
    for (short, variable, units, step_type) in [
        ("10fg", "fg10", "m s**-1", "max"),
        ("10fg3", "fg10_3", "m s**-1", "max"),
        ("mx2t6", "mx2t6", "K", "max"),
        ("mx2t24", "mx2t24", "K", "max"),
        ("mx2ti", "mx2ti", "Numeric", "max"),
        ("10wsi", "ws10i", "Numeric", "avg"),
        ("niaod550", "niaod550", "dimensionless", "instant"),
        ("pm2p5", "pm2p5", "kg m**-3", "instant"),
        ("h1012", "h1012", "m", "instant"),
        // From after ECMWF's move to edition 2.
        ("max_2t", "mx2t3", "K", "max"),
        ("t", "t", "K", "instant"),
    ] {
        let options = DatasetOptions::new().filter("shortName", short);
        let ds = open_dataset_with(data("names.grib2"), options).unwrap();
        let [array] = ds.arrays() else { panic!("{short}: {:?}", ds.names().collect::<Vec<_>>()) };
        assert_eq!(array.get_name(), Some(variable));
        assert_eq!(array.get_attr("units"), Some(&Attr::from(units)), "{short}");
        assert_eq!(array.get_attr("GRIB_stepType"), Some(&Attr::from(step_type)), "{short}");
    }
    // A member of a large ensemble.
    let ds = open_dataset_with(data("names.grib2"), DatasetOptions::new().filter("shortName", "t")).unwrap();
    assert_eq!(ds["number"].item().unwrap(), 300.0);
}
