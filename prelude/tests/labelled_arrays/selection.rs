//! Positions and labels.

// Bounds that run down are what these tests are about.
#![allow(clippy::reversed_empty_ranges)]

use super::{line, message, numbers};
use isopleth::array::{DataArray, Index, Method};
use isopleth::time::{Step, date_range, date_range_by};
use isopleth::{s, sel};

fn descending() -> DataArray {
    line("y", [10, 9, 7, 6, 5, 2, 1, 0], (0..8).collect::<Vec<i64>>())
}

// d = A(np.arange(8), dims="y", coords={"y": [10,9,7,6,5,2,1,0]})
// [d.sel(y=slice(lo, hi)).values.tolist() for lo, hi in [(8.5,1.5),(1.5,8.5),(9,1),(20,-5),(7,7)]]
#[test]
fn label_ranges_include_both_ends_and_follow_a_descending_axis() {
    let d = descending();
    let part = |low: f64, high: f64| numbers(&d.sel(sel! { y: low..=high }).unwrap());
    assert_eq!(part(8.5, 1.5), [2.0, 3.0, 4.0, 5.0]);
    assert!(part(1.5, 8.5).is_empty());
    assert_eq!(part(9.0, 1.0), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(part(20.0, -5.0).len(), 8);
    assert_eq!(part(7.0, 7.0), [2.0]);
    assert_eq!(numbers(&d.sel(sel! { y: ..=6 }).unwrap()), [0.0, 1.0, 2.0, 3.0]);
}

// [d.sel(y=v, method="nearest").item() for v in (8, 3.5, 100, -4, 5.4)]
// u = A(np.arange(4), dims="y", coords={"y": [0,2,4,6]})
// [u.sel(y=v, method="nearest").item() for v in (1,3,5,5.1)], [… "pad" (1,3,6)], [… "backfill" (0,1,3)]
#[test]
fn of_two_equally_near_labels_the_larger_is_taken() {
    let d = descending();
    let near = |at: f64| d.sel_nearest(sel! { y: at }).unwrap().item().unwrap();
    assert_eq!([8.0, 3.5, 100.0, -4.0, 5.4].map(near), [1.0, 4.0, 0.0, 7.0, 4.0]);
    let u = line("y", [0, 2, 4, 6], vec![0, 1, 2, 3]);
    let by = |at: f64, method| u.sel_method(sel! { y: at }, method, None).unwrap().item().unwrap();
    assert_eq!([1.0, 3.0, 5.0, 5.1].map(|at| by(at, Method::Nearest)), [1.0, 2.0, 3.0, 3.0]);
    assert_eq!([1.0, 3.0, 6.0].map(|at| by(at, Method::Pad)), [0.0, 1.0, 3.0]);
    assert_eq!([0.0, 1.0, 3.0].map(|at| by(at, Method::Backfill)), [0.0, 1.0, 2.0]);
    assert!(message(u.sel_method(sel! { y: 9.0 }, Method::Nearest, 1.0)).contains("nearest is 6"));
    assert!(message(u.sel_nearest(sel! { y: 1..=3 })).contains("needs no method"));
    assert!(message(u.sel_method(sel! { y: -1 }, Method::Pad, None)).contains("no label near enough"));
}

// t = A(np.arange(60), dims="time", coords={"time": pd.date_range("2016-01-01", periods=60)})
// t.sel(time="2016-02").shape, t.sel(time="2016-01-05").item(), t.sel(time=slice("2016-01-20","2016-02")).shape
// h: the same with 40 periods of 6 hours; h.sel(time="2016-01-02"), h.sel(time="2016-01-02T06"), slice("2016-01-09","2016-01-10")
#[test]
fn a_short_date_means_all_that_lies_in_it() {
    // A(range(3), {"t": pd.date_range("2000-01-01", periods=3)}, ["t"]).sel(t="20000102").shape is ()
    let days = line("t", date_range("2000-01-01", 3).unwrap(), vec![0, 1, 2]);
    let day = days.sel(sel! { t: "20000102" }).unwrap();
    assert_eq!((day.shape(), day.item().unwrap()), (&[][..], 1.0));
    let t = line("time", date_range("2016-01-01", 60).unwrap(), (0..60).collect::<Vec<i32>>());
    assert_eq!(t.sel_dim("time", "2016-02").unwrap().shape(), [29]);
    assert_eq!(t.sel_dim("time", "2016-01-05").unwrap().item().unwrap(), 4.0);
    assert_eq!(t.sel(sel! { time: "2016-01-20"..="2016-02" }).unwrap().shape(), [41]);
    assert_eq!(numbers(&t.sel(sel! { time: "2016-02".. }).unwrap())[0], 31.0);
    let h = line("time", date_range_by("2016-01-01", 40, Step::Hours(6)).unwrap(), (0..40).collect::<Vec<i32>>());
    assert_eq!(numbers(&h.sel_dim("time", "2016-01-02").unwrap()), [4.0, 5.0, 6.0, 7.0]);
    assert_eq!(h.sel_dim("time", "2016-01-02T06").unwrap().item().unwrap(), 5.0);
    assert_eq!(
        numbers(&h.sel(sel! { time: "2016-01-09"..="2016-01-10" }).unwrap()),
        [32., 33., 34., 35., 36., 37., 38., 39.]
    );
}

#[test]
fn a_label_that_is_not_there_names_what_is() {
    let error = message(descending().sel(sel! { y: 8 }));
    assert!(error.contains("no label 8") && error.contains("from 10 to 0") && error.contains("nearest is"), "{error}");
    assert!(message(descending().sel(sel! { x: 8 })).contains("no dimension \"x\"; there is only \"y\""));
    assert!(message(descending().sel(sel! { y: "2016-01-01" })).contains("does not fit"));
    assert!(message(descending().sel(sel! { y: 9..1 })).contains("write 9..=1"));
    let t = line("time", date_range("2016-01-01", 3).unwrap(), vec![1, 2, 3]);
    assert!(message(t.sel(sel! { time: "soon" })).contains("not a date"));
    assert!(message(t.sel(sel! { time: 3 })).contains("2016-01-31"));
}

// T/test_indexes.py::test_sel_unsorted_datetime_index_raises, and pandas for the present bounds
#[test]
fn an_axis_in_no_order_is_sliced_only_by_labels_that_it_has() {
    let u = line("x", [3, 1, 2], vec![0, 1, 2]);
    assert_eq!(numbers(&u.sel(sel! { x: 3..=1 }).unwrap()), [0.0, 1.0]);
    assert!(message(u.sel(sel! { x: 0..=2 })).contains("in no order"));
    assert!(message(u.sel_nearest(sel! { x: 1.2 })).contains("in no order"));
    assert_eq!(numbers(&u.sort_by("x").unwrap()), [1.0, 2.0, 0.0]);
}

// T/test_dataarray.py::test_sel_no_index
#[test]
fn without_a_coordinate_labels_are_positions() {
    let bare = DataArray::new((0..10).collect::<Vec<i32>>(), "x").unwrap();
    assert_eq!(bare.sel(sel! { x: 3 }).unwrap().item().unwrap(), 3.0);
    assert_eq!(numbers(&bare.sel(sel! { x: 1..3 }).unwrap()), [1.0, 2.0]);
    assert_eq!(numbers(&bare.sel(sel! { x: 1..=3 }).unwrap()), [1.0, 2.0, 3.0]);
    assert!(message(bare.sel(sel! { x: 1.5 })).contains("no coordinate"));
}

#[test]
fn a_list_keeps_its_order_and_a_label_that_occurs_twice_gives_both() {
    assert_eq!(numbers(&descending().sel(sel! { y: [1, 10] }).unwrap()), [6.0, 0.0]);
    let twice = line("x", [1, 2, 1], vec![5, 6, 7]);
    assert_eq!(numbers(&twice.sel(sel! { x: 1 }).unwrap()), [5.0, 7.0]);
    assert!(message(twice.sel(sel! { x: [1, 2] })).contains("more than once"));
}

// u.isel(y=slice(None, None, -1)).y.values, u.isel(y=[-1, 0]).values
#[test]
fn positions_count_from_either_end_and_are_cut_to_the_axis() {
    let u = line("y", [0, 2, 4, 6], vec![0, 1, 2, 3]);
    assert_eq!(numbers(&u.isel(s![..;-1]).unwrap()["y"]), [6.0, 4.0, 2.0, 0.0]);
    assert_eq!(numbers(&u.isel_dim("y", [-1, 0]).unwrap()), [3.0, 0.0]);
    assert_eq!(numbers(&u.isel(s![-2..]).unwrap()), [2.0, 3.0]);
    assert_eq!(numbers(&u.isel(s![1..100]).unwrap()), [1.0, 2.0, 3.0]);
    assert_eq!(numbers(&u.isel(s![..;3]).unwrap()), [0.0, 3.0]);
    assert_eq!(numbers(&u.isel_dim("y", 1..=-1).unwrap()), [1.0, 2.0, 3.0]);
    assert_eq!(u.isel_dim("y", -1).unwrap().item().unwrap(), 3.0);
    assert_eq!(u.isel([Index::At(0)]).unwrap().ndim(), 0);
    assert!(message(u.isel(s![4])).contains("position 4 of dimension \"y\", which has 4"));
    assert!(message(u.isel(s![.., 0])).contains("2 indices for 1 dimensions"));
}

#[test]
fn a_dropped_dimension_leaves_its_label_as_a_scalar() {
    let u = line("y", [0, 2, 4, 6], vec![0, 1, 2, 3]).isel(s![2]).unwrap();
    assert!(u.dims().is_empty() && u.coords().get("y").unwrap().dims().is_empty());
    assert_eq!(u["y"].item().unwrap(), 4.0);
    assert_eq!(u.expand_dims("y").unwrap()["y"].shape(), [1]);
}

#[test]
fn a_new_axis_without_a_name_is_refused_wherever_it_stands() {
    let a = DataArray::new(ndarray::Array2::<i32>::zeros((3, 4)), ["y", "x"]).unwrap();
    for error in [
        message(a.isel(s![ndarray::NewAxis, 0..2])),
        message(a.isel(s![0..2, .., ndarray::NewAxis])),
        message(a.isel_dim("x", Index::NewAxis)),
        message(DataArray::new(vec![1, 2], "y").unwrap().isel(s![ndarray::NewAxis, 0..2])),
    ] {
        assert!(error.contains("NewAxis") && error.contains("expand_dims"), "{error}");
    }
}

// a = np.arange(5); a[-10:2], a[2:-1], a[:], a[[]], a[0:100:2]; ndarray: arr.slice(s![..;-2]) of 0 to 4
#[test]
fn ranges_are_cut_to_the_axis_and_large_positions_never_count_from_the_end() {
    let a = DataArray::new((0..5).collect::<Vec<i32>>(), "y").unwrap();
    let part = |index: Index| numbers(&a.isel_dim("y", index).unwrap());
    assert_eq!(part((-10..2).into()), [0.0, 1.0]);
    assert_eq!(part((2..-1).into()), [2.0, 3.0]);
    assert_eq!(part((1..=-1).into()), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(part((..=1).into()), [0.0, 1.0]);
    assert_eq!(part(Vec::<usize>::new().into()), [0.0; 0]);
    assert_eq!(part(Index::Range { start: 0, end: Some(100), step: 2 }), [0.0, 2.0, 4.0]);
    assert_eq!(part(Index::Range { start: 0, end: None, step: i64::MAX }), [0.0]);
    assert_eq!(part(Index::Range { start: 0, end: None, step: i64::MIN }), [4.0]);
    assert_eq!(numbers(&a.isel(s![..;-2]).unwrap()), [4.0, 2.0, 0.0]);
    // As i64 the largest usize is -1, the last position.
    assert!(message(a.isel_dim("y", usize::MAX)).contains("which has 5 (0 to 4)"));
    assert!(message(a.isel_dim("y", [0, usize::MAX])).contains("which has 5"));
    assert_eq!(part((3..usize::MAX).into()), [3.0, 4.0]);
    assert_eq!(part((3..=usize::MAX).into()), [3.0, 4.0]);
    assert_eq!(a.sel(sel! { y: 3..=i64::MAX }).unwrap().shape(), [2]);
    assert!(message(a.isel_dim("y", Index::Range { start: 0, end: None, step: 0 })).contains("step"));
    assert!(message(a.isel_dim("y", 0..0).unwrap().isel_dim("y", 0)).contains("which has none"));
}

// f = A(np.arange(11), dims="x", coords={"x": (np.arange(11) * 0.1).astype("f4")})
// [f.sel(x=v).item() for v in (0.1, 0.3, 0.7, 0.1 + 1e-10, 1)], f.sel(x=[0.9, 0.3]).values
// [f.sel(x=slice(lo, hi)).size for lo, hi in ((0.3, 0.7), (0.1, 0.1), (0.7, 0.3))], f.sel(x=0.1 + 1e-7)
// [f.sel(x=v, method="pad").item() for v in (0.3, 0.65, 0.9)], [… "backfill"], f.sel(x=0.7, method="nearest", tolerance=0)
#[test]
fn labels_of_single_precision_are_found_by_the_number_that_they_were_written_as() {
    let f =
        line("x", (0..11).map(|at| (f64::from(at) * 0.1) as f32).collect::<Vec<f32>>(), (0..11).collect::<Vec<i32>>());
    let at = |label: f64| f.sel(sel! { x: label }).unwrap().item().unwrap();
    assert_eq!([0.1, 0.3, 0.7, 0.1 + 1e-10, 1.0].map(at), [1.0, 3.0, 7.0, 1.0, 10.0]);
    assert_eq!(numbers(&f.sel(sel! { x: [0.9, 0.3] }).unwrap()), [9.0, 3.0]);
    let size = |low: f64, high: f64| f.sel(sel! { x: low..=high }).unwrap().shape()[0];
    assert_eq!([size(0.3, 0.7), size(0.1, 0.1), size(0.7, 0.3)], [5, 1, 0]);
    let downwards = f.isel(s![..;-1]).unwrap();
    assert_eq!(downwards.sel(sel! { x: 0.7..=0.3 }).unwrap().shape(), [5]);
    assert!(message(f.sel(sel! { x: 0.1 + 1e-7 })).contains("no label"));
    let by = |label: f64, method| f.sel_method(sel! { x: label }, method, None).unwrap().item().unwrap();
    assert_eq!([0.3, 0.65, 0.9].map(|label| by(label, Method::Pad)), [3.0, 6.0, 9.0]);
    assert_eq!([0.3, 0.65, 0.9].map(|label| by(label, Method::Backfill)), [3.0, 7.0, 9.0]);
    assert_eq!(f.sel_method(sel! { x: 0.7 }, Method::Nearest, 0.0).unwrap().item().unwrap(), 7.0);
}

// Expected: A(range(n), {"x": labels}, ["x"]).sel(x=v, method=m); where xarray says "not all values found in index" there
// is an error. On an axis that goes down its nearest label to 1e20 and to infinity is none; here it is that end.
#[test]
fn far_beyond_the_labels_lies_their_end_on_that_side() {
    let up = line("x", [10.0, 20.0, 30.0], vec![0, 1, 2]);
    let whole = line("x", [10, 20, 30], vec![0, 1, 2]);
    let even = line("x", isopleth::values::EvenRange::centres(5.0, 10.0, 3), vec![0, 1, 2]);
    let down = up.isel_dim("x", [2, 1, 0]).unwrap();
    for array in [&up, &whole, &even, &down] {
        let goes_down = numbers(&array.get_coord("x").unwrap())[0] == 30.0;
        for (label, high) in [(f64::INFINITY, true), (1e20, true), (f64::NEG_INFINITY, false), (-1e20, false)] {
            let find = |method| array.sel_method(sel! { x: label }, method, None).and_then(|found| found.item());
            let end = if high { 2.0 } else { 0.0 };
            let (pad, backfill) = (find(Method::Pad), find(Method::Backfill));
            let (there, absent) = if high == goes_down { (backfill, pad) } else { (pad, backfill) };
            assert_eq!(there.unwrap(), end, "{label} {goes_down}");
            assert!(message(absent).contains("no label near enough"));
            assert_eq!(find(Method::Nearest).unwrap(), end, "{label} {goes_down}");
        }
    }
    // A(range(3), {"x": [-np.inf, 0, np.inf]}, ["x"])
    let ends = line("x", [f64::NEG_INFINITY, 0.0, f64::INFINITY], vec![0, 1, 2]);
    let near = |label: f64| ends.sel_nearest(sel! { x: label }).unwrap().item().unwrap();
    assert_eq!([25.0, f64::INFINITY, f64::NEG_INFINITY].map(near), [1.0, 2.0, 0.0]);
}

// Expected: a.sel(x=[30, np.nan], method="nearest"): KeyError, "not all values found in index 'x'"; in a range NaN is the
// largest number to pandas, and here nothing that a range could reach to.
#[test]
fn nothing_is_near_a_missing_value_and_nothing_lies_before_or_after_it() {
    let a = line("x", [10.0, 20.0, 30.0], vec![1, 2, 3]);
    let even = line("x", isopleth::values::EvenRange::centres(5.0, 10.0, 3), vec![1, 2, 3]);
    for array in [&a, &even] {
        let missing = |found| assert!(message(found).contains("missing value"));
        for method in [Method::Nearest, Method::Pad, Method::Backfill] {
            missing(array.sel_method(sel! { x: f64::NAN }, method, None));
            missing(array.sel_method(sel! { x: [30.0, f64::NAN] }, method, 1.0));
        }
        missing(array.sel(sel! { x: f64::NAN..=20.0 }));
        missing(array.sel(sel! { x: 20.0..=f64::NAN }));
        assert!(message(array.sel(sel! { x: f64::NAN })).contains("no label NaN"));
    }
    let t = line("t", date_range("2000-01-01", 3).unwrap(), vec![1, 2, 3]);
    let none = isopleth::time::DateTime::MISSING;
    for method in [Method::Nearest, Method::Pad, Method::Backfill] {
        assert!(message(t.sel_method([("t", none.into())], method, None)).contains("missing value"));
    }
}

// Expected: a.sel(x=25., method=m) with the labels [10, 20, NaN] or [NaN, 10, 20]: ValueError, "index must be monotonic
// increasing or decreasing"; so are the dates [NaT, 2000-01-01]. a.sel(x=slice(10, 20)), a.sel(x=np.nan) answer.
#[test]
fn labels_of_which_one_is_missing_are_in_no_order() {
    use isopleth::array::Values;
    let last = line("x", [10.0, 20.0, f64::NAN], vec![0, 1, 2]);
    let first = line("x", [f64::NAN, 10.0, 20.0], vec![0, 1, 2]);
    let dates = line("x", Values::from_nanoseconds(vec![i64::MIN, 0, 86_400_000_000_000]), vec![0, 1, 2]);
    for method in [Method::Nearest, Method::Pad, Method::Backfill] {
        for array in [&last, &first] {
            let error = message(array.sel_method(sel! { x: 25.0 }, method, None));
            assert!(error.contains("is missing") && error.contains("no order"), "{error}");
        }
        assert!(message(dates.sel_method(sel! { x: "1960-01-01" }, method, None)).contains("position 0 is missing"));
    }
    // a.interpolate_na("x"): ValueError, "Index 'x' must be monotonically increasing"
    for array in [&last, &first, &dates] {
        assert!(message(array.astype(isopleth::array::DType::F64).interpolate_na("x")).contains("none missing"));
    }
    assert_eq!(numbers(&last.sel(sel! { x: 10.0..=20.0 }).unwrap()), [0.0, 1.0]);
    assert_eq!(last.sel(sel! { x: f64::NAN }).unwrap().item().unwrap(), 2.0);
    assert!(message(last.sel(sel! { x: 11.0..=19.0 })).contains("in no order"));
}

// Expected: A(range(2), {"x": [0, 2**60 + 2]}, ["x"]).sel(x=2**59, method="nearest") and so with dates
#[test]
fn the_nearest_of_large_whole_labels_is_not_a_matter_of_rounding() {
    let far = (1i64 << 60) + 2;
    let whole = line("x", [0, far], vec![0, 1]);
    assert_eq!(whole.sel_nearest(sel! { x: 1i64 << 59 }).unwrap().item().unwrap(), 0.0);
}

// a = A(range(4), {"time": ["2000-01-03", "NaT", "2000-01-01", "2000-01-02"], "zone": ("time", [2., 1, np.nan, 1]),
// "n": ("time", list("badc")), "s": 5}, ["time"]).sortby("time"), .sortby("zone"), .sortby("n"); "s" is no 1-D
#[test]
fn elements_are_sorted_by_any_coordinate_along_one_dimension_and_missing_ones_come_last() {
    use isopleth::array::{Coord, Values};
    let day = 86_400_000_000_000;
    let a = line("time", Values::from_nanoseconds(vec![2 * day, i64::MIN, 0, day]), vec![0, 1, 2, 3]);
    let a = a.coord("zone", Coord::along(["time"], [2.0, 1.0, f64::NAN, 1.0])).unwrap();
    let a = a.coord("n", Coord::along(["time"], ["b", "a", "d", "c"])).unwrap().coord("s", Coord::scalar(5)).unwrap();
    assert_eq!(numbers(&a.sort_by("time").unwrap()), [2.0, 3.0, 0.0, 1.0]);
    let by_zone = a.sort_by("zone").unwrap();
    assert_eq!(numbers(&by_zone), [1.0, 3.0, 0.0, 2.0]);
    assert_eq!(by_zone.get_coord("n").unwrap().to_texts().unwrap(), ["a", "c", "b", "d"]);
    assert_eq!(numbers(&a.sort_by("n").unwrap()), [1.0, 0.0, 3.0, 2.0]);
    assert!(message(a.sort_by("s")).contains("0 dimensions"));
    assert!(message(a.sort_by("zones")).contains("zone"));
}
