//! The lesson's cells as they are written.

use isopleth::prelude::*;
use isopleth::time::date_range;

#[test]
fn the_toy_dataset() -> Result<()> {
    let temp = random_integers(20..100, (100, 100, 30));
    let precip = random_integers(0..10, (100, 100, 30));
    let time = date_range("2016-01-01", 30)?;
    let temp = DataArray::new(temp, ["x", "y", "time"])?
        .name("temp")
        .coord("x", 1..=100)?
        .coord("y", 1..=100)?
        .coord("time", &time)?;
    let precip = DataArray::new(&precip, ["x", "y", "time"])?
        .name("precip")
        .coord("x", 1..=100)?
        .coord("y", 1..=100)?
        .coord("time", time)?;
    let ds = merge([&temp, &precip])?;
    assert_eq!(ds["temp"].get_name(), Some("temp"));
    let r = corr(&ds["temp"], &ds["precip"], "time")?;
    assert_eq!((r.shape(), r.dtype()), (&[100, 100][..], DType::F64));
    assert!(r.to_vec::<f64>()?.iter().all(|r| (-1.0..=1.0).contains(r)));
    assert!(r.mean(())?.item()?.abs() < 0.05);
    Ok(())
}

#[test]
fn selecting_and_reducing() -> Result<()> {
    let da = DataArray::new(ndarray::Array3::from_elem((366, 26, 72), 1.5f32), ["band", "y", "x"])?;
    let y: Vec<f64> = (0..26).map(|i| 80.0 - 5.0 * f64::from(i)).collect();
    let x: Vec<f64> = (0..72).map(|i| -177.5 + 5.0 * f64::from(i)).collect();
    let da = da.coord("y", y)?.coord("x", x)?;
    let time = date_range("2016-01-01", 366)?;
    let da = da.rename("band", "time")?;
    let da = da.assign_coord("time", &time)?;
    let jan = da.where_drop(&da["time"].month().eq(1))?;
    assert_eq!(jan.shape(), [31, 26, 72]);
    assert_eq!(da.isel(s![.., 10..15, 30..40])?.shape(), [366, 5, 10]);
    assert_eq!(da.sel(sel! { x: -30.0..=19.0, y: 20.0..=-5.0 })?.shape(), [366, 6, 10]);
    let daily_avg = da.mean("time")?.compute()?;
    assert_eq!((daily_avg.dtype(), daily_avg.dims().join(" ")), (DType::F32, "y x".to_string()));
    Ok(())
}

#[test]
fn the_same_s_slices_ndarray_arrays() {
    let arr = random_integers(0..10, (6, 6));
    assert_eq!(arr.slice(s![..2, 1..;2]).dim(), (2, 3));
}
