//! Fill values, scales and signs as xarray decodes them: `xr.open_dataset("conventions.nc")[name].dtype` and `.values`.

use super::{data, round_trip, same};
use crate::array::{Attr, DType, DataArray, Values, merge};
use crate::files::{DatasetOptions, NetcdfOptions, open_dataset, open_dataset_with};

const NAN: f64 = f64::NAN;

#[test]
fn numbers_are_decoded_to_xarrays_types_and_values() {
    let expected: [(&str, DType, [f64; 3]); 16] = [
        ("unsigned_byte", DType::F32, [1.0, 200.0, NAN]),
        ("unsigned_short", DType::U16, [1.0, 40_000.0, 65_535.0]),
        ("unsigned_int", DType::F64, [1.0, 3_000_000_000.0, NAN]),
        ("unsigned_packed", DType::F32, [0.5, 100.0, NAN]),
        ("out_of_range", DType::F32, [1.0, -999.0, 3.0]),
        ("fraction", DType::F32, [1.0, 2.0, 3.0]),
        ("two_fills", DType::F32, [1.0, NAN, NAN]),
        ("many_missing", DType::F64, [1.0, NAN, NAN]),
        ("nan_fill_scaled", DType::F32, [0.1f32 as f64, NAN, (3.0f64 * 0.1) as f32 as f64]),
        ("double_scale", DType::F64, [0.1 + 10.0, NAN, 3.0 * 0.1 + 10.0]),
        ("single_scale", DType::F32, [10.1f32 as f64, NAN, 10.3f32 as f64]),
        ("mixed_scale", DType::F64, [0.1f32 as f64 + 10.0, 0.2f32 as f64 + 10.0, 3.0 * 0.1f32 as f64 + 10.0]),
        ("wide_scale", DType::F64, [0.1f32 as f64 + 10.0, 0.2f32 as f64 + 10.0, 3.0 * 0.1f32 as f64 + 10.0]),
        ("only_scale", DType::F32, [0.1f32 as f64, 0.2f32 as f64, 0.3f32 as f64]),
        ("integer_scale", DType::F64, [10.0, 20.0, 30.0]),
        ("truth", DType::Bool, [1.0, 0.0, 1.0]),
    ];
    for file in ["conventions.nc", "conventions3.nc"] {
        let ds = open_dataset(data(file)).unwrap();
        for (name, dtype, values) in expected {
            let array = ds[name].values().unwrap();
            assert_eq!(array.dtype(), dtype, "{file} {name}");
            for (at, value) in values.into_iter().enumerate() {
                let got = array.get(&[at]).unwrap();
                let near = (got - value).abs() <= 1e-6 * value.abs();
                assert!(near || got.is_nan() && value.is_nan(), "{file} {name}: {got} for {value}");
            }
            assert!(ds[name].attrs().is_empty(), "{file} {name}: {:?}", ds[name].attrs());
        }
        // The product of a float and a text is an error in xarray.
        assert_eq!(ds["bad_scale"].to_vec::<i16>().unwrap(), [1, 2, 3]);
        assert!(ds["bad_scale"].get_attr("decoding_note").unwrap().to_string().contains("scale_factor"));
        // A coordinate, since a dimension has its name; but no labels.
        assert_eq!(ds.coords().get("y").unwrap().dims(), ["x", "y"]);
    }
    let ds = open_dataset(data("conventions.nc")).unwrap();
    let signed = ds["signed_byte"].to_vec::<f32>().unwrap();
    assert!(signed[..2] == [1.0, -56.0] && signed[2].is_nan(), "{signed:?}");
    let exact = ds["exact"].to_vec::<f64>().unwrap();
    assert!(exact[0] == 1.0 && exact[1].is_nan() && exact[2] == 5.0, "{exact:?}");
}

// xr.open_dataset("conventions.nc", mask_and_scale=False).unsigned_short.values.tolist(), .attrs; and of the copy
#[test]
fn what_was_not_decoded_keeps_numbers_and_attributes_through_a_copy() {
    for file in ["conventions.nc", "conventions3.nc"] {
        let raw = DatasetOptions::new().mask_and_scale(false);
        let ds = open_dataset_with(data(file), &raw).unwrap();
        assert_eq!(ds["unsigned_short"].to_vec::<i16>().unwrap(), [1, -25_536, -1]);
        assert_eq!(ds["unsigned_byte"].get_attr("_FillValue"), Some(&Attr::Int(-1)));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.nc");
        ds.to_netcdf(&path, ()).unwrap();
        let (decoded, back) = (open_dataset(data(file)).unwrap(), open_dataset(&path).unwrap());
        let again = open_dataset_with(&path, &raw).unwrap();
        for array in ds.arrays() {
            let name = array.get_name().unwrap();
            same(&again[name], array);
            // What the copy means is what the file means; but a scale that was a 32-bit float is a 64-bit one.
            let (back, decoded) = (back[name].values().unwrap(), decoded[name].values().unwrap());
            for at in 0..back.len() {
                let (a, b) = (back.get(&[at]).unwrap(), decoded.get(&[at]).unwrap());
                assert!((a - b).abs() <= 1e-6 * b.abs() || a.is_nan() && b.is_nan(), "{name}: {a} for {b}");
            }
            for (attr, value) in array.attrs().iter() {
                assert!(again[name].get_attr(attr).is_some_and(|again| again.same(value)), "{name} {attr}");
            }
        }
    }
}

#[test]
fn dates_keep_their_nanoseconds_through_a_copy() {
    let dates = [1_234_567_890_123_456_789i64, i64::MIN, 1];
    let array = DataArray::new(Values::from_nanoseconds(dates.to_vec()), "x").unwrap().name("when");
    let (_folder, back) = round_trip(&merge([&array]).unwrap(), NetcdfOptions::new());
    assert_eq!((back["when"].dtype(), back["when"].to_vec::<i64>().unwrap()), (DType::DateTime, dates.to_vec()));
}

#[test]
fn decoded_values_are_the_same_through_a_copy() {
    for file in ["conventions.nc", "conventions3.nc", "conventions.zarr"] {
        let ds = open_dataset(data(file)).unwrap();
        let (_folder, back) = round_trip(&ds, NetcdfOptions::new());
        for array in ds.arrays() {
            let name = array.get_name().unwrap();
            same(&back[name].compute().unwrap(), &array.compute().unwrap());
        }
        assert!(back.get_attr("Conventions").is_none(), "nobody said which conventions are kept");
    }
}

// xr.open_dataset("whole_numbers.nc"): .dtype and .values of each, .attrs; xr.open_zarr("conventions.zarr").large.values
#[test]
fn names_of_signed_bytes_and_fill_values_of_64_bits_are_read_as_they_are() {
    let ds = open_dataset(data("whole_numbers.nc")).unwrap();
    for (name, dtype, values) in [
        ("names", DType::I8, vec![0.0, 1.0, -2.0, -1.0]),
        ("one_name", DType::I8, vec![-2.0]),
        ("filled_names", DType::F32, vec![0.0, 1.0, -2.0, NAN]),
        ("wide_names", DType::U16, vec![0.0, 40_000.0, 0.0, 40_000.0]),
        ("largest", DType::F64, vec![1.0, 2.0, NAN, 4.0]),
        ("usual", DType::F64, vec![1.0, 2.0, NAN, 4.0]),
        ("large", DType::F64, vec![1.0, 2.0, NAN, 4.0]),
    ] {
        let array = ds[name].values().unwrap();
        assert_eq!(array.dtype(), dtype, "{name}");
        assert_eq!(format!("{:?}", array.cast(DType::F64).to_vec::<f64>().unwrap()), format!("{values:?}"), "{name}");
    }
    assert_eq!(ds["names"].isel_dim("x", 1..3).unwrap().to_vec::<i8>().unwrap(), [1, -2]);
    assert_eq!(ds.get_attr("none"), Some(&Attr::Integers(Vec::new())));
    let large = open_dataset(data("conventions.zarr")).unwrap()["large"].to_vec::<f64>().unwrap();
    assert!(large[..2] == [1.0, 2.0] && large[2].is_nan(), "{large:?}");
    let (_folder, back) = round_trip(&ds, NetcdfOptions::new());
    for array in ds.arrays() {
        same(&back[array.get_name().unwrap()].compute().unwrap(), &array.compute().unwrap());
    }
    assert!(back.get_attr("none").is_none(), "netCDF by GDAL has no attributes without elements");
}
