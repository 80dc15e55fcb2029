//! `merge`, datasets and `concat`.

use super::{assert_close, line, message, numbers};
use isopleth::array::{Coord, DataArray, concat, merge};
use isopleth::sel;
use isopleth::time::date_range;
use ndarray::array;

const NAN: f64 = f64::NAN;

// p = A([1.,2.], dims="x", coords={"x":[1,2]}, name="p"); q = A([[5,6],[7,8]], dims=["t","x"], coords={"x":[2,3]}, name="q")
// xr.merge([p, q], join="outer")
#[test]
fn merging_keeps_all_labels() {
    let p = line("x", [1, 2], vec![1., 2.]).name("p");
    let q = DataArray::new(array![[5, 6], [7, 8]], ["t", "x"]).unwrap().coord("x", [2, 3]).unwrap().name("q");
    let ds = merge([&p, &q]).unwrap();
    assert_close(&ds["p"], &[1., 2., NAN]);
    assert_close(&ds["q"], &[NAN, 5., 6., NAN, 7., 8.]);
    assert_eq!(numbers(&ds["x"]), [1., 2., 3.]);
    assert_eq!(ds.sizes(), [("x".to_string(), 3), ("t".to_string(), 2)]);
    assert_close(&ds.mean("t").unwrap()["q"], &[NAN, 6., 7.]);
    assert_close(&ds.sel(sel! { x: 2 }).unwrap()["q"], &[5., 7.]);
    assert!(message(ds.get("r")).contains("no variable \"r\""));
    assert!(message(ds.mean("time")).contains("no dimension \"time\""));
    assert_eq!(ds.drop("p").unwrap().names().collect::<Vec<_>>(), ["q"]);
}

// T/test_merge.py::test_merge_error and following: MergeError "conflicting values for variable 's'"
#[test]
fn conflicts_name_both_sides() {
    let a = line("x", [1, 2], vec![1., NAN]).name("a");
    assert!(
        message(merge([&a.coord("s", 5).unwrap(), &a.name("b").coord("s", 6).unwrap()]))
            .contains("is only 5 in \"a\" and only 6 in \"b\"")
    );
    assert!(message(merge([&a, &(&a + 1)])).contains("differ in 1 of 2"));
    assert!(message(merge([&a.astype(isopleth::array::DType::F64), &a["x"]])).contains("array and a coordinate"));
    assert!(message(merge([&DataArray::new(vec![1], "x").unwrap()])).contains(".name("));
    // compat "no_conflicts": what one side lacks the other gives.
    let filled = merge([&a, &a.fillna(9).unwrap()]).unwrap();
    assert_close(&filled["a"], &[1., 9.]);
}

#[test]
#[should_panic(expected = "no variable \"tmp\"; there are \"temp\", \"rain\"")]
fn a_missing_variable_panics_with_those_that_exist() {
    let temp = DataArray::new(vec![1], "x").unwrap().name("temp");
    let _ = &merge([&temp, &temp.name("rain")]).unwrap()["tmp"];
}

// xr.concat([a, a.assign_coords(s=9)], dim="time"): s becomes a coordinate along time; along y its labels are joined
#[test]
fn a_new_dimension_comes_first_and_differing_scalars_go_along_it() {
    let a = DataArray::new(array![[0, 1, 2], [3, 4, 5]], ["x", "y"])
        .unwrap()
        .coord("x", [1, 2])
        .unwrap()
        .coord("s", 5)
        .unwrap();
    let two = concat([&a, &a.coord("s", 9).unwrap()], "time").unwrap();
    assert_eq!((two.dims().join(" "), numbers(&two["s"])), ("time x y".into(), vec![5., 9.]));
    assert!(two.coords().get("time").is_none());
    let wide = concat([&a, &a], "x").unwrap();
    assert_eq!((wide.shape(), numbers(&wide["x"]), numbers(&wide["s"])), (&[4, 3][..], vec![1., 2., 1., 2.], vec![5.]));
}

#[test]
fn days_with_a_scalar_date_become_a_time_axis() {
    let time = date_range("2016-01-01", 3).unwrap();
    let days: Vec<DataArray> =
        time.iter().map(|day| line("x", [1, 2], vec![1., 2.]).coord("time", Coord::scalar(*day)).unwrap()).collect();
    let year = concat(&days, "time").unwrap();
    assert_eq!((year.shape(), year["time"].month().sum(()).unwrap().item().unwrap()), (&[3, 2][..], 3.0));
}

// T/test_concat.py: join="exact"
#[test]
fn other_labels_must_be_equal() {
    let (a, b) = (line("x", [1, 2], vec![1, 2]), line("x", [1, 3], vec![1, 2]));
    let error = message(concat([&a, &b], "time"));
    assert!(error.contains("arrays 0 and 1") && error.contains("position 1: 2 and 3"), "{error}");
    assert!(message(concat([&a, &a.isel_dim("x", 0..1).unwrap().rename("x", "z").unwrap()], "time")).contains("\"z\""));
    assert!(message(concat(Vec::<DataArray>::new(), "time")).contains("nothing to join"));
    let dated = line("x", date_range("2016-01-01", 2).unwrap(), vec![1, 2]);
    assert!(concat([&a, &dated], "x").is_err());
}

#[test]
fn renaming_and_rearranging_move_coordinates_along() {
    let a = DataArray::new(array![[0, 1, 2], [3, 4, 5]], ["band", "x"]).unwrap().coord("band", [1, 2]).unwrap();
    let t = a.rename("band", "time").unwrap().transpose(["x", "time"]).unwrap();
    assert_eq!((t.dims().join(" "), t.coords().names().collect::<Vec<_>>()), ("x time".into(), vec!["time"]));
    assert_close(&t, &[0., 3., 1., 4., 2., 5.]);
    assert!(message(a.rename("bnd", "time")).contains("Did you mean \"band\"?"));
    assert!(message(a.rename("band", "x")).contains("named twice"));
    assert!(message(a.coord("s", 1).unwrap().rename("s", "x")).contains("two things"));
    assert!(message(a.transpose(["x"])).contains("every dimension"));
    assert_eq!(a.isel_dim("x", 0..1).unwrap().squeeze().unwrap().dims(), ["band"]);
    let swapped = a.rename_all([("band", "x"), ("x", "band")]).unwrap();
    assert_eq!((swapped.dims().join(" "), swapped["x"].shape()), ("x band".into(), &[2][..]));
}

#[test]
fn coordinates_must_fit() {
    let a = DataArray::new(array![[0, 1, 2], [3, 4, 5]], ["y", "x"]).unwrap();
    assert!(message(a.coord("x", 1..=4)).contains("4 labels for dimension \"x\", which has 3"));
    assert!(message(a.coord("tme", 1..=4)).contains("no dimension \"tme\""));
    assert!(message(a.coord("x", 1)).contains("is a dimension"));
    assert!(a.coord("lon", Coord::along(["y", "x"], array![[1., 2., 3.], [4., 5., 6.]])).is_ok());
    assert!(message(DataArray::new(vec![1], ["x", "y"])).contains("2 dimension names"));
    assert!(message(DataArray::new(array![[1]], ["x", "x"])).contains("named twice"));
}
