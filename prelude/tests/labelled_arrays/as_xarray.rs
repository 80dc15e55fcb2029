//! Rules that the differential tests (`tests/oracle`) found broken; the expected numbers are those of xarray 2026.9.

use isopleth::Result;
use isopleth::array::{Coord, DType, DataArray, Join, Method, align, concat, merge};

fn line(values: &[f64], labels: &[i64]) -> Result<DataArray> {
    DataArray::new(values.to_vec(), "x")?.coord("x", labels)
}

// xr.align(a, b): a without labels takes those of b.
#[test]
fn an_array_without_labels_takes_those_of_the_others() -> Result<()> {
    let (bare, labelled) = (DataArray::new(vec![1.0, 2.0], "x")?, line(&[1.0, 2.0], &[10, 20])?);
    let aligned = align(&[&bare, &labelled], Join::Inner)?;
    assert_eq!(aligned[0]["x"].to_vec::<i64>()?, [10, 20]);
    assert!(align(&[&bare, &labelled], Join::Exact)?[0].coords().is_empty());
    Ok(())
}

// xr.align(a.isel(x=[]), b, join="outer")
#[test]
fn an_array_of_length_0_is_brought_to_labels_with_missing_values() -> Result<()> {
    let aligned = align(&[&line(&[], &[])?, &line(&[1.0, 2.0], &[20, 10])?], Join::Outer)?;
    assert!(aligned[0].to_vec::<f64>()?.iter().all(|value| value.is_nan()));
    assert_eq!(aligned[0]["x"].to_vec::<i64>()?, [20, 10]);
    Ok(())
}

// xr.align(a, b)[0].x.dtype: int64 labels meet float32 ones as float64.
#[test]
fn labels_of_two_types_are_promoted() -> Result<()> {
    let halves = DataArray::new(vec![1.0, 2.0], "x")?.coord("x", Coord::from(vec![1.0f32, 1.5]))?;
    let aligned = align(&[&line(&[1.0, 2.0], &[1, 2])?, &halves], Join::Inner)?;
    assert_eq!((aligned[0]["x"].dtype(), aligned[1]["x"].dtype()), (DType::F64, DType::F64));
    Ok(())
}

// da.fillna(other): da's labels stay, and the type is that of both.
#[test]
fn filling_keeps_the_arrays_own_labels_and_promotes() -> Result<()> {
    let filled = line(&[f64::NAN, 2.0], &[1, 2])?.fillna(&line(&[7.0, 8.0], &[1, 3])?)?;
    assert_eq!((filled.to_vec::<f64>()?, filled["x"].to_vec::<i64>()?), (vec![7.0, 2.0], vec![1, 2]));
    assert_eq!(DataArray::new(vec![1i64], "x")?.fillna(0.5)?.dtype(), DType::F64);
    Ok(())
}

// da.sel(x=10.05, method="pad") on [10.1, 10.0, 9.0] is the value at 10.1.
#[test]
fn pad_takes_the_label_before_on_an_axis_that_goes_down() -> Result<()> {
    let da = DataArray::new(vec![1.0, 2.0, 3.0], "x")?.coord("x", [10.1, 10.0, 9.0])?;
    assert_eq!(da.sel_method([("x", 10.05.into())], Method::Pad, None)?.item()?, 1.0);
    assert_eq!(da.sel_method([("x", 10.05.into())], Method::Backfill, None)?.item()?, 2.0);
    let twice = line(&[1.0, 2.0], &[1, 1])?;
    assert!(twice.sel_nearest([("x", 1.into())]).is_err());
    Ok(())
}

// da.transpose().lon.dims
#[test]
fn coordinates_of_two_dimensions_turn_with_the_array() -> Result<()> {
    let lon = Coord::along(["y", "x"], ndarray::array![[1.0, 2.0]]);
    let turned = DataArray::new(ndarray::array![[3.0, 4.0]], ["y", "x"])?.coord("lon", lon)?.transpose(())?;
    assert_eq!(turned["lon"].dims(), ["x", "y"]);
    Ok(())
}

// xr.concat([a, b], "run").name is that of a.
#[test]
fn a_row_of_arrays_is_called_as_its_first() -> Result<()> {
    let (a, b) = (line(&[1.0], &[1])?.name("a"), line(&[2.0], &[1])?.name("b"));
    assert_eq!(concat([&a, &b], "run")?.get_name(), Some("a"));
    Ok(())
}

// ds.assign(wind=b): the labels of ds stay.
#[test]
fn a_new_variable_is_brought_to_the_datasets_labels() -> Result<()> {
    let ds = merge([&line(&[1.0, 2.0], &[1, 2])?.name("a")])?.assign("wind", &line(&[5.0, 6.0], &[2, 3])?)?;
    assert_eq!(ds["a"].shape(), [2]);
    let wind = ds["wind"].to_vec::<f64>()?;
    assert!(wind[0].is_nan() && wind[1] == 5.0);
    assert!(ds.drop("a")?.coords().get("x").is_some());
    Ok(())
}

// -xr.DataArray([True]), ~xr.DataArray([1.0]) and abs of dates are TypeErrors.
#[test]
fn functions_that_mean_nothing_for_a_type_say_so() {
    let panics = |f: fn()| std::panic::catch_unwind(f).is_err();
    assert!(panics(|| drop(-DataArray::new(vec![true], "x").unwrap())));
    assert!(panics(|| drop(!DataArray::new(vec![1.0], "x").unwrap())));
    assert!(DataArray::new(vec![1.0], "x").unwrap().dt().is_err());
    assert!(DataArray::new(vec![true], "x").unwrap().try_neg().is_err());
    assert!(DataArray::new(vec![2i64], "x").unwrap().pow(-1).is_err());
}
