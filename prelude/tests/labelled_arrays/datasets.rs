//! A dataset has the methods of its arrays: each applies to those that have the dimension.

use super::lazy::year;
use super::{assert_close, line, message, numbers};
use isopleth::array::{Coord, DType, DataArray, Dataset, merge};
use isopleth::lazy::BinaryOp;
use isopleth::time::date_range;
use isopleth::{Result, sel};
use ndarray::Array2;
use std::sync::atomic::Ordering;

const NAN: f64 = f64::NAN;

/// ds = xr.Dataset({"a":(("time","x"),np.arange(8.).reshape(4,2)),"b":("x",[1.,2.]),"k":("time",[1.,n,3,4])},
///                 coords={"time":pd.date_range("2016-01-30",periods=4),"x":[10,20]}, attrs={"title":"T"})
fn ds() -> Dataset {
    let time = date_range("2016-01-30", 4).unwrap();
    let a = DataArray::new(Array2::from_shape_fn((4, 2), |(i, j)| (i * 2 + j) as f64), ["time", "x"]).unwrap();
    let a = a.coord("time", &time).unwrap().coord("x", [10, 20]).unwrap().name("a");
    let b = line("x", [10, 20], vec![1.0, 2.0]).name("b");
    let k = line("time", &time, vec![1.0, NAN, 3.0, 4.0]).name("k");
    merge([a, b, k]).unwrap().attr("title", "T")
}

#[track_caller]
fn check(ds: &Dataset, expected: [&[f64]; 3]) {
    for (name, expected) in ["a", "b", "k"].iter().zip(expected) {
        assert_close(&ds[name], expected);
    }
    assert_eq!(ds.attrs().len(), 1, "attributes stay");
}

// ds.groupby("time.month").mean(), ds.resample(time="MS").sum(): there "b" is repeated for each group
#[test]
fn groups_and_bins_of_time() {
    let groups = ds().groupby("time.month").unwrap();
    let month = groups.mean().unwrap();
    check(&month, [&[1.0, 2.0, 5.0, 6.0], &[1.0, 2.0], &[1.0, 3.5]]);
    check(&ds().resample("time", "MS").unwrap().sum().unwrap(), [&[2.0, 4.0, 10.0, 12.0], &[1.0, 2.0], &[1.0, 7.0]]);
    // (ds.groupby("time.month") - ds.groupby("time.month").mean())
    let anomaly = groups.clone() - &month;
    check(&anomaly, [&[-1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0, 1.0], &[0.0, 0.0], &[0.0, NAN, -0.5, 0.5]]);
    // ds.groupby("time.month").map(lambda g: g.max("time"))
    check(&groups.map(|group| group.max("time")).unwrap(), [&[2.0, 3.0, 6.0, 7.0], &[1.0, 2.0], &[1.0, 4.0]]);
    assert!(message(ds().groupby("tme.month")).contains("\"time\""));
    assert!(format!("{groups:?}").contains("b: stays"));
    assert_close(&ds().groupby_bins("x", [0, 10, 20]).unwrap().sum().unwrap()["b"], &[1.0, 2.0]);
}

// ds.rolling(time=2).mean(), ds.coarsen(time=2).mean(), ds.weighted(A([1.,3],dims="x",coords={"x":[10,20]})).mean("x")
#[test]
fn windows_runs_and_weights() {
    let rolling = ds().rolling("time", 2).unwrap().mean().unwrap();
    check(&rolling, [&[NAN, NAN, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[1.0, 2.0], &[NAN, NAN, NAN, 3.5]]);
    let coarse = ds().coarsen([("time", 2)]).unwrap().mean().unwrap();
    check(&coarse, [&[1.0, 2.0, 5.0, 6.0], &[1.0, 2.0], &[1.0, 3.5]]);
    let weighted = ds().weighted(&line("x", [10, 20], vec![1.0, 3.0])).unwrap();
    check(&weighted.mean("x").unwrap(), [&[0.75, 2.75, 4.75, 6.75], &[1.75], &[1.0, NAN, 3.0, 4.0]]);
    assert!(message(weighted.mean("y")).contains("weighted: no dimension \"y\""));
}

// (ds+ds), (ds*ds[["a"]]), (ds-ds.mean("time"))
#[test]
fn arithmetic_pairs_arrays_of_one_name() {
    let doubled = &ds() + &ds();
    check(&doubled, [&[0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0], &[2.0, 4.0], &[2.0, NAN, 6.0, 8.0]]);
    check(&(&ds() * 2), [&[0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0], &[2.0, 4.0], &[2.0, NAN, 6.0, 8.0]]);
    let square = &ds() * ds().select("a").unwrap();
    assert_eq!(square.names().collect::<Vec<_>>(), ["a"]);
    let anomaly = ds() - ds().mean("time").unwrap();
    assert_close(&anomaly["b"], &[0.0, 0.0]);
    assert_close(&anomaly["a"], &[-3.0, -3.0, -1.0, -1.0, 1.0, 1.0, 3.0, 3.0]);
    let with_array = &ds() - &ds()["b"];
    assert_eq!(with_array["k"].dims().join(" "), "time x");
    assert!(
        message(ds().binary(BinaryOp::Add, ds().rename_all([("a", "c"), ("b", "d"), ("k", "l")]).unwrap()))
            .contains("in common")
    );
}

// ds.where(ds.a>2), ds.dropna("time").sizes, ds.dropna("x").sizes, ds.isel(x=0), ds.mean()
#[test]
fn selections_and_conditions() {
    let high = ds().where_(&ds()["a"].gt(2)).unwrap();
    assert_close(&high["a"], &[NAN, NAN, NAN, 3.0, 4.0, 5.0, 6.0, 7.0]);
    assert_eq!(high["b"].dims().join(" "), "x time");
    assert_close(&high["b"], &[NAN, NAN, 1.0, 1.0, NAN, 2.0, 2.0, 2.0]);
    assert_eq!(ds().where_drop(&ds()["a"].gt(2)).unwrap().sizes()[0], ("time".into(), 3));
    assert_eq!(ds().dropna("time").unwrap().sizes(), [("time".into(), 3), ("x".into(), 2)]);
    assert_eq!(ds().dropna("x").unwrap().sizes(), [("time".into(), 4), ("x".into(), 2)]);
    check(&ds().isel([("x", 0.into())]).unwrap(), [&[0.0, 2.0, 4.0, 6.0], &[1.0], &[1.0, NAN, 3.0, 4.0]]);
    check(&ds().mean(()).unwrap(), [&[3.5], &[1.5], &[8.0 / 3.0]]);
    check(&ds().sel_dim("x", 20).unwrap().tail("time", 1).unwrap(), [&[7.0], &[2.0], &[4.0]]);
    check(&ds().sel_nearest(sel! { x: 12.0 }).unwrap().head("time", 1).unwrap(), [&[0.0], &[1.0], &[1.0]]);
    assert_close(&ds().fillna(0).unwrap()["k"], &[1.0, 0.0, 3.0, 4.0]);
    assert!(message(ds().dropna("y")).contains("no dimension \"y\""));
    assert!(message(ds().head("y", 1)).contains("no dimension \"y\""));
}

// ds.rename({"a":"c","x":"lon"}), ds.transpose("x","time").a.dims, ds.to_array(), xr.concat([ds.isel(time=[0,1]), ds.isel(time=[2,3])], "time")
#[test]
fn names_and_arrangement() {
    let renamed = ds().rename_all([("a", "c"), ("x", "lon")]).unwrap();
    assert_eq!(
        (renamed.names().collect::<Vec<_>>().join(" "), renamed["b"].dims()[0].as_str()),
        ("c b k".into(), "lon")
    );
    assert!(message(ds().rename("z", "y")).contains("rename: no array, coordinate or dimension \"z\""));
    assert_eq!(ds().transpose(["x", "time"]).unwrap()["a"].dims().join(" "), "x time");
    let array = ds().to_array().unwrap();
    assert_eq!((array.dims().join(" "), array.shape()), ("variable time x".into(), &[3, 4, 2][..]));
    assert_eq!((array["variable"].to_texts().unwrap().join(" "), array.get_name()), ("a b k".into(), None));
    assert_close(&array.sel_dim("variable", "b").unwrap(), &[1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
    let parts = [ds().isel_dim("time", [0, 1]).unwrap(), ds().isel_dim("time", [2, 3]).unwrap()];
    let joined = Dataset::concat(&parts, "time").unwrap();
    check(&joined, [&numbers(&ds()["a"]), &[1.0, 2.0], &[1.0, NAN, 3.0, 4.0]]);
    let runs = Dataset::concat([ds(), ds()], "run").unwrap();
    assert_eq!(runs["b"].dims().join(" "), "run x");
    assert!(message(Dataset::concat([ds(), ds().drop("b").unwrap()], "time")).contains("dataset 1: no array \"b\""));
    let labelled = ds().coord("season", Coord::along(["time"], [1, 1, 2, 2])).unwrap().drop_vars(["b", "x"]).unwrap();
    assert!(labelled.contains("season") && !labelled.contains("b") && labelled.coords().get("x").is_none());
    assert!((&labelled).into_iter().all(|array| array.coords().get("season").is_some()));
    assert_eq!(labelled.len(), 2);
}

// ds.sum(), ds.median("time"), ds.argmax("time"), ds.cumsum("time"), ds.quantile(0.5, "time")
#[test]
fn reductions_leave_out_what_they_have_no_meaning_for() {
    let names = line("x", [10, 20], vec!["east", "west"]);
    let with_text = ds().assign("zone", &names).unwrap();
    assert_eq!(with_text.mean(()).unwrap().names().collect::<Vec<_>>(), ["a", "b", "k"]);
    assert_eq!(with_text.count(()).unwrap()["zone"].item().unwrap(), 2.0);
    assert!(message(with_text.select("zone").unwrap().mean(())).contains("holds numbers"));
    assert!(message(with_text.abs()).contains("\"zone\""));
    check(&ds().median("time").unwrap(), [&[3.0, 4.0], &[1.0, 2.0], &[3.0]]);
    assert_close(&ds().argmax("time").unwrap()["a"], &[3.0, 3.0]);
    check(&ds().quantile(0.5, "time").unwrap(), [&[3.0, 4.0], &[1.0, 2.0], &[3.0]]);
    assert_close(&ds().cumsum("time").unwrap()["k"], &[1.0, 1.0, 4.0, 8.0]);
    assert_eq!(ds().is_nan().unwrap()["k"].dtype(), DType::Bool);
}

#[test]
fn a_lazy_dataset_stays_lazy() {
    let (lazy, memory, read) = year();
    let both = |da: &DataArray| -> Result<Dataset> {
        let da = da.rename("band", "time")?.assign_coord("time", &date_range("2016-01-20", 60)?)?.name("t");
        merge([&da, &da.isel_dim("time", 0)?.drop_vars("time")?.name("first")])?.groupby("time.month")?.mean()
    };
    read.store(0, Ordering::SeqCst);
    let plan = both(&lazy).unwrap();
    assert!(plan.is_lazy() && read.load(Ordering::SeqCst) == 0);
    let (a, b) = (plan.compute().unwrap(), both(&memory).unwrap());
    for name in ["t", "first"] {
        assert_eq!((a[name].dims(), a[name].dtype()), (b[name].dims(), b[name].dtype()));
        assert_close(&a[name], &numbers(&b[name]));
    }
}
