//! Runs of elements as one: coarsen.

use super::neighbours::check;
use super::{assert_close, line, message, numbers};
use isopleth::array::{DType, DataArray};
use isopleth::time::date_range;

const N: f64 = f64::NAN;

// a = A([1,n,3,4,5.], dims="x", coords={"x":[1,2,3,4,5], "l":("x",[9,8,7,6,5]), "s":3})
fn labelled() -> DataArray {
    let a = line("x", [1, 2, 3, 4, 5], vec![1.0, N, 3.0, 4.0, 5.0]);
    let l = isopleth::array::Coord::along(["x"], [9, 8, 7, 6, 5]);
    a.coord("l", l).unwrap().coord("s", 3).unwrap()
}

// a.coarsen(x=2, boundary="trim").mean(), "pad", and side="right" of each
#[test]
fn runs_that_do_not_fill_are_left_out_or_filled_up() {
    let runs = || labelled().coarsen([("x", 2)]).unwrap();
    assert!(message(runs().mean()).contains("length 5 is no multiple of 2"));
    let coord = |array: &DataArray, name: &str| numbers(&array.get_coord(name).unwrap());
    let trimmed = runs().trim().mean().unwrap();
    assert_close(&trimmed, &[1.0, 3.5]);
    assert_eq!(
        (coord(&trimmed, "x"), coord(&trimmed, "l"), coord(&trimmed, "s")),
        (vec![1.5, 3.5], vec![8.5, 6.5], vec![3.0])
    );
    let padded = runs().pad().mean().unwrap();
    assert_close(&padded, &[1.0, 3.5, 5.0]);
    assert_eq!((coord(&padded, "x"), coord(&padded, "l")), (vec![1.5, 3.5, 5.0], vec![8.5, 6.5, 5.0]));
    let right = runs().trim().side_right().sum().unwrap();
    assert_close(&right, &[3.0, 9.0]);
    assert_eq!(coord(&right, "x"), [2.5, 4.5]);
    let right = runs().pad().side_right().sum().unwrap();
    assert_close(&right, &[1.0, 3.0, 9.0]);
    assert_eq!(coord(&right, "x"), [1.0, 2.5, 4.5]);
    assert_eq!(labelled().coarsen([("x", 7)]).unwrap().trim().mean().unwrap().shape(), [0]);
    assert_close(&labelled().coarsen([("x", 7)]).unwrap().pad().mean().unwrap(), &[3.25]);
}

// i = A(np.array([1,2,3,200], "u1")); i.coarsen(x=2).max().dtype, .mean().dtype, i.coarsen(x=3, boundary="pad").max().dtype
#[test]
fn runs_of_whole_numbers_stay_whole_where_they_fill() {
    let i = DataArray::new(vec![1u8, 2, 3, 200], "x").unwrap();
    let max = i.coarsen([("x", 2)]).unwrap().max().unwrap();
    assert_eq!((max.dtype(), max.to_vec::<u8>().unwrap()), (DType::U8, vec![2, 200]));
    assert_eq!(i.coarsen([("x", 2)]).unwrap().mean().unwrap().dtype(), DType::F64);
    assert_eq!(i.coarsen([("x", 3)]).unwrap().pad().max().unwrap().dtype(), DType::F32);
    let any = i.gt(2).coarsen([("x", 3)]).unwrap().pad();
    assert_eq!(any.all().unwrap().to_vec::<bool>().unwrap(), [false, true]);
    assert_eq!(any.any().unwrap().to_vec::<bool>().unwrap(), [true, true]);
}

// t = A([1,n,3,4,5.], dims="t", coords={"t": pd.date_range("2000-01-01", periods=5)}); t.coarsen(t=2, boundary="trim").mean().t
#[test]
fn the_label_of_a_run_of_days_is_the_instant_between() {
    let t = line("t", date_range("2000-01-01", 5).unwrap(), vec![1.0, N, 3.0, 4.0, 5.0]);
    let coarse = t.coarsen([("t", 2)]).unwrap().trim().mean().unwrap();
    assert_eq!(coarse["t"].to_vec::<i64>().unwrap(), [946_728_000_000_000_000, 946_900_800_000_000_000]);
}

// d.coarsen(y=2, x=3).mean(); d.coarsen({"x":4, "y":3}, boundary={"x":"pad","y":"pad"}).sum()
#[test]
fn runs_over_several_dimensions() {
    check(|da| da.coarsen([("x", 3), ("y", 2)])?.mean(), &[3.75, 3.6, 7.3333333333333, 5.0]);
    check(|da| da.coarsen([("x", 4), ("y", 3)])?.pad().sum(), &[19.0, 14.0, 29.0, 3.0]);
    check(|da| da.coarsen([("x", 4)])?.trim().median(), &[3.0, 5.5, N, 7.5]);
}
