//! What has one name has one meaning everywhere: reductions and their options, selections, fields of dates.

use crate::assert_close;
use isopleth::Result;
use isopleth::array::{Bins, Coord, DataArray, Dataset, Method, SelectOptions};
use isopleth::lazy::{ReduceOp, ReduceOptions};
use isopleth::time::date_range;
use isopleth::{isel, s, sel};

const N: f64 = f64::NAN;

fn rain() -> DataArray {
    DataArray::new(vec![1.0, N, 3.0], "x").unwrap().name("rain")
}

fn days() -> DataArray {
    rain().rename("x", "time").unwrap().coord("time", date_range("2016-01-01", 3).unwrap()).unwrap()
}

fn square() -> DataArray {
    let array = DataArray::new(ndarray::array![[1.0, N, 3.0], [8.0, 8.0, 8.0]], ["y", "x"]).unwrap();
    array.coord("y", [1.5, 0.5]).unwrap().coord("x", [0.5, 1.5, 2.5]).unwrap()
}

/// `op` of 1, a missing value and 3 in every form that has reductions.
fn forms(op: ReduceOp, options: ReduceOptions) -> Vec<(&'static str, Result<DataArray>)> {
    let zone = rain().coord("zone", Coord::along(["x"], [7, 7, 7])).unwrap();
    let ds = Dataset::new([&zone]).unwrap();
    let top = r#"{"type": "Polygon", "coordinates": [[[0, 1], [3, 1], [3, 2], [0, 2], [0, 1]]]}"#;
    let of = |result: Result<Dataset>| result.map(|ds| ds["rain"].clone());
    let last = |array: DataArray| array.tail("x", 1);
    vec![
        ("array", rain().reduce(op, "x", options)),
        ("dataset", of(ds.reduce(op, "x", options))),
        ("groups", zone.groupby("zone").unwrap().reduce(op, "x", options)),
        ("groups of a dataset", of(ds.groupby("zone").unwrap().reduce(op, options))),
        ("bins of time", days().resample("time", "MS").unwrap().reduce(op, options)),
        ("windows", rain().rolling("x", 3).unwrap().min_periods(1).reduce(op, options).and_then(last)),
        ("windows of a dataset", of(ds.rolling("x", 3).unwrap().min_periods(1).reduce(op, options)).and_then(last)),
        ("runs", rain().coarsen([("x", 3)]).unwrap().reduce(op, options)),
        ("runs of a dataset", of(ds.coarsen([("x", 3)]).unwrap().reduce(op, options))),
        ("zones", square().zonal(top).unwrap().reduce(op, options)),
    ]
}

#[test]
fn options_of_a_reduction_mean_the_same_in_every_form() {
    let options = ReduceOptions::new();
    let cases = [
        (ReduceOp::Std, options.ddof(1), 2f64.sqrt()),
        (ReduceOp::Var, options.ddof(1), 2.0),
        (ReduceOp::Mean, options.skipna(false), N),
        (ReduceOp::Max, options.skipna(false), N),
        (ReduceOp::Sum, options.min_count(2), 4.0),
        (ReduceOp::Sum, options.min_count(3), N),
        (ReduceOp::Prod, options.min_count(3), N),
        (ReduceOp::Median, options, 2.0),
        (ReduceOp::Count, options, 2.0),
    ];
    for (op, options, expected) in cases {
        for (form, result) in forms(op, options) {
            let found = result.unwrap().item().unwrap();
            assert!(
                (found - expected).abs() < 1e-12 || found.is_nan() && expected.is_nan(),
                "{op:?} of {form}: {found}"
            );
        }
    }
}

// r = xr.DataArray([3., 1, n, 2, 5], dims="x").rolling(x=3, min_periods=2): argmax and argmin within the windows
#[test]
fn windows_say_where_in_them_the_extremes_are() -> Result<()> {
    let windows = DataArray::new(vec![3.0, 1.0, N, 2.0, 5.0], "x")?.rolling("x", 3)?.min_periods(2);
    assert_close(&windows.argmax()?, &[N, 1.0, 0.0, 2.0, 2.0]);
    assert_close(&windows.argmin()?, &[N, 2.0, 1.0, 0.0, 1.0]);
    assert_close(&windows.quantile(0.5)?, &[N, 2.0, 2.0, 1.5, 3.5]);
    assert_eq!(windows.quantile([0.0, 1.0])?.shape(), [5, 2]);
    assert!(windows.reduce(ReduceOp::First, ReduceOptions::new()).is_err());
    Ok(())
}

#[test]
fn groups_have_running_sums_and_labels_of_extremes() -> Result<()> {
    let da = DataArray::new(vec![1.0, 5.0, 2.0, N, 3.0], "x")?.coord("x", [10, 20, 30, 40, 50])?;
    let zones = da.coord("zone", Coord::along(["x"], [2, 1, 2, 2, 1]))?.groupby("zone")?;
    assert_close(&zones.cumsum()?, &[1.0, 5.0, 3.0, 3.0, 8.0]);
    assert_close(&zones.cumprod()?, &[1.0, 5.0, 2.0, 2.0, 15.0]);
    assert_close(&zones.idxmax()?, &[20.0, 30.0]);
    assert_close(&zones.argmin()?, &[1.0, 0.0]);
    // A bin without any position has no label.
    let bins = da.groupby_bins("x", Bins::new([0, 15, 18, 60]))?;
    assert_close(&bins.idxmin()?, &[10.0, N, 30.0]);
    Ok(())
}

#[test]
fn positions_are_named_alike_on_arrays_and_datasets() -> Result<()> {
    let da = square().name("a");
    let top = da.isel_with(isel! { y: 0 }, SelectOptions::new().drop(true))?;
    let ds = Dataset::new([("a", &da), ("b", &top)])?;
    assert_eq!(da.isel(isel! { x: 1.., y: -1 })?.to_vec::<f64>()?, da.isel(s![-1, 1..])?.to_vec::<f64>()?);
    let part = ds.isel(isel! { y: 1, x: [2, 0] })?;
    assert_close(&part["a"], &[8.0, 8.0]);
    assert_close(&part["b"], &[3.0, 1.0]);
    let error = ds.isel(s![0, ..]).unwrap_err().to_string();
    assert!(error.contains("isel! { time: 0, x: 2..5 }"), "{error}");
    assert!(ds.isel(isel! { z: 0 }).unwrap_err().to_string().contains("\"z\""));
    Ok(())
}

#[test]
fn selections_take_the_same_options_on_arrays_and_datasets() -> Result<()> {
    let da = square().name("a");
    let ds = Dataset::new([&da])?;
    let near = SelectOptions::new().method(Method::Nearest).tolerance(0.25);
    assert_close(&da.sel_with(sel! { y: 0.7 }, near)?, &[8.0, 8.0, 8.0]);
    assert_close(&ds.sel_with(sel! { y: 0.7 }, near)?["a"], &[8.0, 8.0, 8.0]);
    assert!(ds.sel_with(sel! { y: 0.9 }, near).is_err());
    let kept = |array: &DataArray| array.coords().names().map(str::to_owned).collect::<Vec<_>>();
    let drop = SelectOptions::new().drop(true);
    assert_eq!(kept(&da.sel(sel! { y: 0.5 })?), ["x", "y"]);
    assert_eq!(kept(&da.sel_with(sel! { y: 0.5 }, drop)?), ["x"]);
    assert_eq!(kept(&da.isel_with(isel! { y: 0 }, drop)?), ["x"]);
    assert_eq!(kept(&ds.isel_with(isel! { y: 0 }, drop)?["a"]), ["x"]);
    assert!(da.isel_with(isel! { y: 0 }, near).unwrap_err().to_string().contains("sel_with"));
    Ok(())
}

#[test]
fn groups_are_made_by_every_field_of_dates() -> Result<()> {
    let da = DataArray::new(vec![1.0; 60], "time")?.coord("time", date_range("2016-01-01", 60)?)?;
    let groups = |key: &str| da.groupby(key).map(|groups| groups.len());
    let found = ["time.week", "time.date", "time.days_in_month", "time.season"].map(groups);
    // The first days of 2016 are in week 53.
    assert_eq!(found.map(|count| count.unwrap()), [10, 60, 2, 1]);
    let error = da.groupby("time.moon").unwrap_err().to_string();
    assert!(error.contains("moon") && error.contains("dayofyear"), "{error}");
    Ok(())
}
