//! Missing values filled, values between labels, quantiles, labels of extremes, trends.

use super::neighbours::{check_of, field};
use super::{assert_close, line, message, numbers};
use isopleth::Result;
use isopleth::array::{Coord, DType, DataArray, FillGaps, Interpolation, polyval};
use isopleth::lazy::{ReduceOp, ReduceOptions};
use isopleth::time::date_range;

const N: f64 = f64::NAN;

#[track_caller]
fn check(f: impl Fn(&DataArray) -> Result<DataArray>, expected: &[f64]) {
    check_of(&field(), f, expected);
}

/// Sums of pieces differ in the last digit.
#[track_caller]
fn check_sums(f: impl Fn(&DataArray) -> Result<DataArray>, expected: &[f64]) {
    assert_close(&f(&field()).unwrap(), expected);
    for chunks in [[("y", 1), ("x", 6)], [("y", 4), ("x", 1)], [("y", 3), ("x", 2)]] {
        let lazy = f(&field().chunk(chunks).unwrap()).unwrap();
        assert!(lazy.is_lazy());
        assert_close(&lazy, expected);
    }
}

#[test]
fn gaps_are_filled_from_either_side() {
    // d.ffill('y')
    check(
        |da| da.ffill("y"),
        &[
            3.0, N, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 1.0, 4.0, 5.0, 3.0, 9.0, 2.0, 1.0, 4.0, 5.0, 3.0, 5.0, 8.0, 9.0, 7.0,
            5.0, 3.0,
        ],
    );
    // d.ffill('x',limit=1)
    check(
        |da| da.ffill_limit("x", 1),
        &[3.0, 3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 2.0, N, 5.0, 3.0, N, N, N, N, N, N, 5.0, 8.0, 9.0, 7.0, 7.0, 3.0],
    );
    // d.bfill('x')
    check(
        |da| da.bfill("x"),
        &[3.0, 1.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 5.0, 5.0, 5.0, 3.0, N, N, N, N, N, N, 5.0, 8.0, 9.0, 7.0, 3.0, 3.0],
    );
    // d.bfill('y',limit=1)
    check(
        |da| da.bfill_limit("y", 1),
        &[
            3.0, 2.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, N, N, 5.0, 3.0, 5.0, 8.0, 9.0, 7.0, N, 3.0, 5.0, 8.0, 9.0, 7.0, N,
            3.0,
        ],
    );
    // d.interpolate_na('x')
    check(
        |da| da.interpolate_na("x"),
        &[3.0, 2.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 3.0, 4.0, 5.0, 3.0, N, N, N, N, N, N, 5.0, 8.0, 9.0, 7.0, 5.0, 3.0],
    );
    // d.interpolate_na('x',method='nearest')
    check(
        |da| da.interpolate_na_with("x", FillGaps::nearest()),
        &[3.0, 3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 2.0, 5.0, 5.0, 3.0, N, N, N, N, N, N, 5.0, 8.0, 9.0, 7.0, 7.0, 3.0],
    );
}

// g = A([n,1,n,n,n,2,n], dims="x"); g.interpolate_na("x"), limit=1; labelled 0, 1, 2, 3, 4, 10, 11: max_gap=8 and 9
#[test]
fn long_and_wide_gaps_can_be_left() {
    let g = DataArray::new(vec![N, 1.0, N, N, N, 2.0, N], "x").unwrap();
    assert_close(&g.interpolate_na("x").unwrap(), &[N, 1.0, 1.25, 1.5, 1.75, 2.0, N]);
    assert_close(&g.interpolate_na_with("x", FillGaps::linear().limit(1)).unwrap(), &[N, 1.0, 1.25, N, N, 2.0, N]);
    let wide = g.coord("x", [0, 1, 2, 3, 4, 10, 11]).unwrap();
    let within = |days| wide.interpolate_na_with("x", FillGaps::linear().max_gap(days)).unwrap();
    assert_close(&within(8.0), &numbers(&g));
    assert_close(&within(9.0), &[N, 1.0, 1.0 + 1.0 / 9.0, 1.0 + 2.0 / 9.0, 1.0 + 3.0 / 9.0, 2.0, N]);
}

// A([1,n,2], dims="t", coords={"t": pd.to_datetime(["2000-01-01","2000-01-02","2000-01-11"])}).interpolate_na("t")
#[test]
fn gaps_between_dates_are_measured_in_time() {
    let dates = date_range("2000-01-01", 11).unwrap();
    let t = line("t", dates, vec![1.0, N, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 2.0]);
    let t = t.isel_dim("t", [0, 1, 10]).unwrap();
    assert_close(&t.interpolate_na("t").unwrap(), &[1.0, 1.1, 2.0]);
    assert_close(&t.interpolate_na_with("t", FillGaps::linear().max_gap(9.0)).unwrap(), &[1.0, N, 2.0]);
    let down = line("x", [10, 1, 0], vec![1.0, N, 2.0]);
    assert!(message(down.interpolate_na("x")).contains("sort_by(\"x\")"));
}

#[test]
fn what_is_never_missing_stays_as_it_is() {
    let whole = DataArray::new(vec![1u8, 2], "x").unwrap();
    for filled in [whole.ffill("x"), whole.bfill("x"), whole.interpolate_na("x"), whole.ffill_limit("x", 1)] {
        assert_eq!(
            (filled.as_ref().unwrap().dtype(), filled.unwrap().to_vec::<u8>().unwrap()),
            (DType::U8, vec![1, 2])
        );
    }
    let dates = DataArray::new(date_range("2000-01-01", 3).unwrap(), "x").unwrap().shift("x", 1).unwrap();
    assert_eq!(dates.bfill("x").unwrap().day().to_vec::<i64>().unwrap(), [1, 1, 2]);
    assert_eq!(dates.shift("x", -2).unwrap().ffill("x").unwrap().day().to_vec::<i64>().unwrap(), [2, 2, 2]);
    let texts = DataArray::new(vec!["a", "b"], "x").unwrap().shift("x", 1).unwrap().bfill("x").unwrap();
    assert!(texts.eq("a").to_vec::<bool>().unwrap().iter().all(|same| *same));
}

#[test]
fn quantiles_are_linear_between_values() {
    // d.quantile([0.25,0.6],'x')
    check(|da| da.quantile([0.25, 0.6], "x"), &[1.0, 2.75, N, 5.0, 3.4, 4.6, N, 7.4]);
    // d.quantile([0.1,0.5,1.0],'y')
    check(
        |da| da.quantile([0.1, 0.5, 1.0], "y"),
        &[3.4, 2.6, 1.8, 4.3, 1.4, 3.0, 5.0, 5.0, 5.0, 5.5, 3.0, 3.0, 9.0, 8.0, 9.0, 7.0, 5.0, 5.0],
    );
    // d.quantile(0.4)
    check(|da| da.quantile(0.4, ()), &[3.2]);
    // d.quantile(0.4, ["x", "y"], skipna=False)
    check(|da| da.quantile_with(0.4, ["x", "y"], ReduceOptions::new().skip_missing(false)), &[N]);
}

// f = A(np.array([1,n,3,4,5], "f4"), dims="x", coords={"x":[1,2,3,4,5], "s":3}); f.quantile(0.3, "x").dtype
// (the scalar coordinate s goes there, and stays here as in every other reduction)
#[test]
fn quantiles_are_labelled() {
    let f = line("x", [1, 2, 3, 4, 5], vec![1f32, f32::NAN, 3.0, 4.0, 5.0]).coord("s", 3).unwrap();
    let one = f.quantile(0.3, "x").unwrap();
    assert_eq!((one.dtype(), one.ndim(), one["quantile"].item().unwrap()), (DType::F64, 0, 0.3));
    assert_close(&one, &[2.8]);
    assert_eq!(one.coords().names().collect::<Vec<_>>(), ["s", "quantile"]);
    let two = f.quantile([0.1, 0.9], "x").unwrap();
    assert_eq!(two.dims(), ["quantile"]);
    assert_eq!(two["quantile"].to_vec::<f64>().unwrap(), [0.1, 0.9]);
    assert_close(&two.sel_dim("quantile", 0.9).unwrap(), &[4.7]);
    assert!(message(f.quantile(1.5, "x")).contains("between 0 and 1"));
    assert_close(&f.isel_dim("x", 0..0).unwrap().quantile(0.5, ()).unwrap(), &[N]);
    let lazy = field().chunk([("y", 1)]).unwrap().quantile([0.1, 0.5, 0.9], "y").unwrap();
    assert_close(&lazy.isel_dim("quantile", [2, 1]).unwrap().isel_dim("x", 0).unwrap(), &[8.2, 5.0]);
}

#[test]
fn products_can_ask_for_values() {
    // d.prod('x')
    check(|da| da.prod("x"), &[60.0, 270.0, 1.0, 7560.0]);
    // d.prod('x',min_count=5)
    check(|da| da.reduce(ReduceOp::Prod, "x", ReduceOptions::new().min_count(5)), &[60.0, N, N, 7560.0]);
    let bytes = DataArray::new(vec![1u8, 2, 3, 200], "x").unwrap();
    assert_eq!((bytes.prod("x").unwrap().dtype(), bytes.prod("x").unwrap().item().unwrap()), (DType::I64, 1200.0));
    assert!(message(bytes.astype(DType::DateTime).prod("x")).contains("dates"));
    let options = ReduceOptions::new().skip_missing(false);
    check(|da| da.reduce(ReduceOp::Prod, "x", options), &[N, N, N, N]);
}

// d.bfill("x").isel(y=…)[…, 0]
#[test]
fn the_first_and_the_last_value_are_not_missing() {
    check(|da| da.first("x"), &[3.0, 9.0, N, 5.0]);
    check(|da| da.last("x"), &[5.0, 3.0, N, 3.0]);
    check(|da| da.last("y"), &[5.0, 8.0, 9.0, 7.0, 5.0, 3.0]);
}

// e = d.assign_coords(x=[10,20,30,40,50,60]); e.idxmax("x"), e.idxmin("x")
#[test]
fn labels_of_extremes_are_missing_where_everything_is() {
    let labelled = |da: &DataArray| da.coord("x", [10, 20, 30, 40, 50, 60]);
    check(|da| labelled(da)?.idxmax("x"), &[60.0, 10.0, N, 30.0]);
    check(|da| labelled(da)?.idxmin("x"), &[30.0, 20.0, N, 60.0]);
    let found = labelled(&field()).unwrap().idxmax("x").unwrap();
    assert_eq!((found.get_name(), found.dtype()), (Some("x"), DType::F64));
    let whole = line("x", [7, 8, 9], vec![3u8, 9, 1]).idxmax("x").unwrap();
    assert_eq!((whole.dtype(), whole.item().unwrap()), (DType::I64, 8.0));
    let dated = line("t", date_range("2000-01-01", 3).unwrap(), vec![N, 2.0, 5.0]).idxmax("t").unwrap();
    assert_eq!((dated.dtype(), dated.day().item().unwrap()), (DType::DateTime, 3.0));
    assert!(message(field().idxmin("x")).contains("argmin gives positions"));
    assert!(message(labelled(&field()).unwrap().argmax("x")).contains("fillna"));
}

// b = A(np.arange(20.).reshape(4,5), dims=("y","x"), coords={"x":[1,2,3,4,5], "y":[40,30,20,10.]})
fn grid() -> DataArray {
    let cells = ndarray::Array::from_shape_fn((4, 5), |(y, x)| (5 * y + x) as f64);
    let grid = DataArray::new(cells, ["y", "x"]).unwrap();
    grid.coord("x", [1, 2, 3, 4, 5]).unwrap().coord("y", [40.0, 30.0, 20.0, 10.0]).unwrap()
}

// b.interp(x=[2.5,9]), b.interp(y=[35,10,40,5]), b.interp(x=2.5,y=35), b.interp(x=[2.5,2.6], method="nearest")
#[test]
fn values_between_labels_lie_on_the_line() {
    check_of(&grid(), |b| b.interp("x", [2.5, 9.0]), &[1.5, N, 6.5, N, 11.5, N, 16.5, N]);
    let rows = [2.5, 3.5, 4.5, 5.5, 6.5, 15.0, 16.0, 17.0, 18.0, 19.0, 0.0, 1.0, 2.0, 3.0, 4.0, N, N, N, N, N];
    check_of(&grid(), |b| b.interp("y", [35, 10, 40, 5]), &rows);
    check_of(&grid(), |b| b.interp("x", 2.5)?.interp("y", 35.0), &[4.0]);
    let near = [1.0, 2.0, 6.0, 7.0, 11.0, 12.0, 16.0, 17.0];
    check_of(&grid(), |b| b.interp_with("x", [2.5, 2.6], Interpolation::Nearest), &near);
    check_of(&grid(), |b| b.interp_like(&b.isel_dim("x", 1..3)?), &[1.0, 2.0, 6.0, 7.0, 11.0, 12.0, 16.0, 17.0]);
    let one = grid().interp("x", 2.5).unwrap();
    assert_eq!((one.dims(), one["x"].item().unwrap()), (&["y".to_owned()][..], 2.5));
}

// A([1.,2,4], dims="x", coords={"x":[3,1,2]}).interp(x=[1.5]); a.interp(x=[2.5,3.5,1.0,2.0]) with a = A([1,n,3,4,5.], …)
#[test]
fn labels_in_any_order_and_missing_values_beside_points() {
    assert_close(&line("x", [3, 1, 2], vec![1.0, 2.0, 4.0]).interp("x", [1.5]).unwrap(), &[3.0]);
    let a = line("x", [1, 2, 3, 4, 5], vec![1.0, N, 3.0, 4.0, 5.0]);
    let a = a.coord("l", Coord::along(["x"], [9, 8, 7, 6, 5])).unwrap();
    let at = a.interp("x", [2.5, 3.5, 1.0, 2.0]).unwrap();
    assert_close(&at, &[N, 3.5, 1.0, N]);
    assert_close(&at.get_coord("l").unwrap(), &[7.5, 6.5, 9.0, 8.0]);
    assert_close(&DataArray::new(vec![1.0, 2.0, 3.0], "x").unwrap().interp("x", 0.5).unwrap(), &[1.5]);
    assert!(message(line("x", [1, 1, 2], vec![1.0, 2.0, 3.0]).interp("x", 1.5)).contains("same label"));
    assert!(message(DataArray::new(vec![true, false], "x").unwrap().interp("x", 0.5)).contains("bool"));
    let bytes = line("x", [1, 2], vec![1u8, 2]).interp("x", 1.5).unwrap();
    assert_eq!((bytes.dtype(), bytes.item().unwrap()), (DType::F64, 1.5));
}

// t.interp(t=["2000-01-03T12:00"])
#[test]
fn dates_can_be_interpolated_between() {
    let t = line("t", date_range("2000-01-01", 5).unwrap(), vec![1.0, N, 3.0, 4.0, 5.0]);
    let at = t.interp("t", "2000-01-03T12:00").unwrap();
    assert_close(&at, &[3.5]);
    assert_eq!(at["t"].hour().item().unwrap(), 12.0);
    assert_close(&t.interp("t", ["2000-01-03T06:00", "2001-01-01"]).unwrap(), &[3.25, N]);
    assert!(message(t.interp("t", 3.5)).contains("dates"));
}

#[test]
fn trends_leave_missing_values_out() {
    // d.polyfit('x',1).polyfit_coefficients
    check_sums(
        |da| da.polyfit("x", 1),
        &[0.2567567567568, -0.6176470588235, N, -0.5675675675676, 2.0810810810811, 6.2941176470588, N, 7.6486486486486],
    );
    // d.isel(y=[0,3]).polyfit('x',2).polyfit_coefficients
    check_sums(
        |da| da.isel_dim("y", [0, 3])?.polyfit("x", 2),
        &[0.3026509572901, -0.6789396170839, -1.2319587628866, 2.8821796759941, 2.980854197349, 5.3549337260677],
    );
    let line = field().polyfit("x", 1).unwrap();
    assert_eq!((line.dims()[0].as_str(), line.get_name()), ("degree", Some("polyfit_coefficients")));
    assert_eq!(line["degree"].to_vec::<i64>().unwrap(), [1, 0]);
}

// t.polyfit("t", 1).polyfit_coefficients is [1.1574074074079993e-14, -10956.000000005602] there
#[test]
fn trends_in_time_count_nanoseconds() {
    let t = line("t", date_range("2000-01-01", 5).unwrap(), vec![1.0, N, 3.0, 4.0, 5.0]);
    let fitted = t.polyfit("t", 1).unwrap();
    let found = numbers(&fitted);
    assert!((found[0] * 86_400e9 - 1.0).abs() < 1e-12 && (found[1] + 10956.0).abs() < 1e-6, "{found:?}");
    let fit = numbers(&polyval(&t["t"], &fitted).unwrap());
    assert!(fit.iter().zip(1..).all(|(value, day)| (value - f64::from(day)).abs() < 1e-8), "{fit:?}");
}

// x = A([1,2,3,4,5], dims="x"); xr.polyval(x, A([1.,2,3], dims="degree", coords={"degree":[3,1,0]}))
#[test]
fn polynomials_have_the_degrees_that_are_named() {
    let x = DataArray::new(vec![1, 2, 3, 4, 5], "x").unwrap();
    let at = polyval(&x, &line("degree", [3, 1, 0], vec![1.0, 2.0, 3.0])).unwrap();
    assert_close(&at, &[6.0, 15.0, 36.0, 75.0, 138.0]);
    assert!(message(polyval(&x, &DataArray::new(vec![1.0], "degree").unwrap())).contains("degree"));
}

// np.sign(A(np.array([3,0,200],"u1"))), np.trunc, np.cbrt, np.log10, np.arctan2(1, -1), np.hypot(3, 4)
#[test]
fn functions_of_each_element() {
    let a = DataArray::new(vec![-8.0, 0.0, 100.0, N, f64::INFINITY], "x").unwrap();
    assert_close(&a.sign().unwrap(), &[-1.0, 0.0, 1.0, N, 1.0]);
    assert_close(&(&a / 3.0).trunc().unwrap().isel_dim("x", 0..3).unwrap(), &[-2.0, 0.0, 33.0]);
    assert_close(&a.cbrt().unwrap().isel_dim("x", 0..2).unwrap(), &[-2.0, 0.0]);
    assert_close(&a.log10().unwrap().isel_dim("x", 2..3).unwrap(), &[2.0]);
    assert_close(&a.square().unwrap().isel_dim("x", 0..1).unwrap(), &[64.0]);
    assert_eq!(a.is_finite().unwrap().to_vec::<bool>().unwrap(), [true, true, true, false, false]);
    assert_eq!(a.is_infinite().unwrap().to_vec::<bool>().unwrap(), [false, false, false, false, true]);
    let bytes = DataArray::new(vec![3u8, 0, 200], "x").unwrap();
    assert_eq!(
        (bytes.sign().unwrap().dtype(), bytes.sign().unwrap().to_vec::<u8>().unwrap()),
        (DType::U8, vec![1, 0, 1])
    );
    assert_eq!(bytes.sin().unwrap().dtype(), DType::F32);
    assert_close(&DataArray::new(vec![180.0], "x").unwrap().to_radians().unwrap(), &[std::f64::consts::PI]);
    assert_close(&DataArray::new(vec![3.0], "x").unwrap().hypot(4.0).unwrap(), &[5.0]);
    assert_close(&DataArray::new(vec![1], "x").unwrap().atan2(-1).unwrap(), &[2.356194490192345]);
    assert_eq!(bytes.isin([0, 3]).unwrap().to_vec::<bool>().unwrap(), [true, true, false]);
    assert_eq!(bytes.isin([] as [i32; 0]).unwrap().to_vec::<bool>().unwrap(), [false; 3]);
    let dates = DataArray::new(date_range("2000-01-01", 3).unwrap(), "x").unwrap();
    assert_eq!(dates.isin(["2000-01-02"]).unwrap().to_vec::<bool>().unwrap(), [false, true, false]);
}
