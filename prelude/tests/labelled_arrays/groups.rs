//! Groups, bins, resampling and weights.

use super::lazy::year;
use super::{assert_close, line, message, numbers};
use isopleth::Result;
use isopleth::array::{Bins, Coord, DType, DataArray, GroupBy, Text};
use isopleth::lazy::{ReduceOp, ReduceOptions};
use isopleth::time::{DateTime, Edge, date_range};
use ndarray::{Array2, array};
use std::sync::atomic::Ordering;

const NAN: f64 = f64::NAN;

/// d = A(np.arange(12.).reshape(2,6), dims=["y","time"], coords={"time":pd.date_range("2000-01-01",periods=6,freq="40D"),"y":[1,2]}, name="d")
fn d() -> DataArray {
    let dates = ["2000-01-01", "2000-02-10", "2000-03-21", "2000-04-30", "2000-06-09", "2000-07-19"];
    let dates: Vec<DateTime> = dates.iter().map(|date| date.parse().unwrap()).collect();
    let d = DataArray::new(Array2::from_shape_fn((2, 6), |(i, j)| (i * 6 + j) as f64), ["y", "time"]).unwrap();
    d.coord("time", dates).unwrap().coord("y", [1, 2]).unwrap().name("d")
}

/// c = A([10.,20,30,40,n], dims="x", coords={"x":[0,1,2,3,4],"r":("x",[2.,1,2,n,1])}, name="c")
fn c() -> DataArray {
    let c = line("x", 0..5, vec![10.0, 20.0, 30.0, 40.0, NAN]).name("c");
    c.coord("r", Coord::along(["x"], [2.0, 1.0, 2.0, NAN, 1.0])).unwrap()
}

/// days = A(np.arange(430.), dims="time", coords={"time":pd.date_range("2015-12-30",periods=430)}, name="d")
fn days() -> DataArray {
    line("time", date_range("2015-12-30", 430).unwrap(), (0..430).map(f64::from).collect::<Vec<_>>()).name("d")
}

fn labels(array: &DataArray, dim: &str) -> Vec<String> {
    array[dim].to_texts().unwrap()
}

// d.groupby("time.month").mean(), d.groupby("time.season").mean(), d.groupby("time.month").mean(...)
#[test]
fn the_groups_take_the_place_of_the_dimension_and_are_sorted() {
    let month = d().groupby("time.month").unwrap().mean().unwrap();
    assert_eq!((month.dims().join(" "), labels(&month, "month").join(" ")), ("y month".into(), "1 2 3 4 6 7".into()));
    assert_eq!(month["month"].dtype(), DType::I64);
    assert_eq!(month.coords().names().collect::<Vec<_>>(), ["y", "month"]);
    let season = d().groupby("time.season").unwrap().mean().unwrap();
    assert_eq!(labels(&season, "season"), ["DJF", "JJA", "MAM"]);
    assert_close(&season, &[0.5, 4.5, 2.5, 6.5, 10.5, 8.5]);
    let all = d().groupby("time.month").unwrap().reduce(ReduceOp::Mean, (), ReduceOptions::default()).unwrap();
    assert_close(&all, &[3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    assert_eq!((all.dims(), all.get_name()), (&["month".to_string()][..], Some("d")));
}

// c.groupby("r").mean(), c.groupby("r").groups, and zone: coords={"zone":("time",["a","b","a",None,"b"])}
#[test]
fn missing_labels_are_in_no_group() {
    let groups = c().groupby("r").unwrap();
    assert_eq!((groups.len(), groups.groups()[0].1.clone(), groups.groups()[1].1.clone()), (2, vec![1, 4], vec![0, 2]));
    assert_close(&groups.mean().unwrap(), &[20.0, 20.0]);
    let zones = [Text::new("a"), Text::new("b"), Text::new("a"), Text::MISSING, Text::new("b")];
    let x = line("time", date_range("2016-02-27", 5).unwrap(), vec![1.0, 2.0, NAN, 4.0, 5.0]);
    let zone = x.coord("zone", Coord::along(["time"], zones)).unwrap().groupby("zone").unwrap().mean().unwrap();
    assert_close(&zone, &[1.0, 3.5]);
    assert_eq!(labels(&zone, "zone"), ["a", "b"]);
}

// c.groupby("r") - c.groupby("r").mean(); c.groupby("r").map(lambda v: v - v.mean()): x is 0, 1, 2, 4 in both
#[test]
fn anomalies_keep_the_order_of_the_array_and_leave_out_what_has_no_group() {
    let groups = c().groupby("r").unwrap();
    let mapped = groups.map(|group| group.try_sub(group.mean(())?)).unwrap();
    let anomaly = &groups - groups.mean().unwrap();
    for result in [&mapped, &anomaly] {
        assert_close(result, &[-10.0, 0.0, 10.0, NAN]);
        assert_eq!(labels(result, "x"), ["0", "1", "2", "4"]);
    }
    assert_close(&groups.try_add(groups.mean().unwrap()).unwrap(), &[30.0, 40.0, 50.0, NAN]);
    let anomaly = d().groupby("time.month").unwrap() - d().groupby("time.month").unwrap().mean().unwrap();
    assert_eq!((anomaly.dims().join(" "), anomaly["month"].dims()), ("y time".into(), &["time".to_string()][..]));
    let some = d().groupby("time.month").unwrap().mean().unwrap().isel_dim("month", 0..2).unwrap();
    assert!(message(d().groupby("time.month").unwrap().try_sub(some)).contains("nothing for the group 3"));
}

// c.groupby_bins("x", [0,2,4]).mean(), c.groupby_bins("x", [-5,-3,0,2,9]).sum()
#[test]
fn bins_have_their_upper_edge_and_empty_ones_are_missing() {
    let bins = c().groupby_bins("x", [0, 2, 4]).unwrap().mean().unwrap();
    assert_close(&bins, &[25.0, 40.0]);
    assert_eq!(labels(&bins, "x_bins"), ["(0, 2]", "(2, 4]"]);
    let sums = c().groupby_bins("x", [-5, -3, 0, 2, 9]).unwrap().sum().unwrap();
    assert_close(&sums, &[NAN, 10.0, 50.0, 40.0]);
    // c.groupby_bins("x", [0,2,4], right=False).sum(), ..., include_lowest=True, labels=["low","high"]
    assert_close(&c().groupby_bins("x", Bins::new([0, 2, 4]).left_closed()).unwrap().sum().unwrap(), &[30.0, 70.0]);
    let named = c().groupby_bins("x", Bins::new([0, 2, 4]).include_lowest().labels(["low", "high"])).unwrap();
    assert_close(&named.sum().unwrap(), &[60.0, 40.0]);
    assert!(message(c().groupby_bins("x", [4, 2])).contains("ascend"));
}

// days.groupby("time.dayofyear").mean().values[[58,59,60,365,364]], .count().values[[58,59,60,365]]
#[test]
fn a_leap_year_has_a_366th_group() {
    let groups = days().groupby("time.dayofyear").unwrap();
    assert_eq!(groups.len(), 366);
    let (mean, count) = (groups.mean().unwrap(), groups.count().unwrap());
    assert_close(&mean.isel_dim("dayofyear", [58, 59, 60, 365, 364]).unwrap(), &[243.0, 244.0, 245.0, 367.0, 183.5]);
    assert_close(&count.isel_dim("dayofyear", [58, 59, 60, 365]).unwrap(), &[2.0, 2.0, 2.0, 1.0]);
}

// g = days.groupby("time.season"); g.first(), g.last(), g.quantile(0.5), g.quantile([0.25,.75]).dims
#[test]
fn groups_have_every_reduction() {
    let g = days().groupby("time.season").unwrap();
    type Reduction = fn(&GroupBy) -> Result<DataArray>;
    let cases: [(Reduction, [f64; 4]); 4] = [
        (GroupBy::mean, [238.328_947_368_421_06, 199.5, 117.621_052_631_578_95, 291.0]),
        (GroupBy::first, [0.0, 154.0, 62.0, 246.0]),
        (GroupBy::last, [426.0, 245.0, 429.0, 336.0]),
        (|g| g.quantile(0.5), [350.5, 199.5, 109.0, 291.0]),
    ];
    for (reduce, expected) in cases {
        assert_close(&reduce(&g).unwrap(), &expected);
    }
    assert!(g.quantile(0.5).unwrap().coords().get("quantile").is_some_and(|share| share.dims().is_empty()));
    // x = A(np.arange(8.).reshape(2,4), dims=["y","time"], time from 2016-01-30: x.groupby("time.month").quantile([.25,.75])
    let x = DataArray::new(Array2::from_shape_fn((2, 4), |(i, j)| (i * 4 + j) as f64), ["y", "time"]).unwrap();
    let x = x.coord("time", date_range("2016-01-30", 4).unwrap()).unwrap();
    let ends = x.groupby("time.month").unwrap().quantile([0.25, 0.75]).unwrap();
    assert_eq!(ends.dims().join(" "), "y month quantile");
    assert_close(&ends, &[0.25, 0.75, 2.25, 2.75, 4.25, 4.75, 6.25, 6.75]);
    let flags = DataArray::new(vec![true, false, true], "x").unwrap();
    let by = DataArray::new(vec![1, 1, 2], "x").unwrap().name("by");
    let g = flags.groupby_by(&by).unwrap();
    assert_eq!(
        (g.any().unwrap().to_vec::<bool>().unwrap(), g.all().unwrap().to_vec::<bool>().unwrap()),
        (vec![true; 2], vec![false, true])
    );
    assert_close(&g.prod().unwrap(), &[0.0, 1.0]);
}

// r = days.resample(time=f).sum(); r.values[:3], r.time.values[:3], r.size
#[test]
fn bins_of_time_are_placed_as_pandas_places_them() {
    let cases = [
        ("YS", [1.0, 67527.0, 24707.0], "2015-01-01 2016-01-01 2017-01-01", 3),
        ("YE", [1.0, 67527.0, 24707.0], "2015-12-31 2016-12-31 2017-12-31", 3),
        ("QS-DEC", [1891.0, 9890.0, 18354.0], "2015-12-01 2016-03-01 2016-06-01", 6),
        ("W", [10.0, 56.0, 105.0], "2016-01-03 2016-01-10 2016-01-17", 62),
        ("10D", [45.0, 145.0, 245.0], "2015-12-30 2016-01-09 2016-01-19", 43),
    ];
    for (frequency, sums, dates, len) in cases {
        let sum = days().resample("time", frequency).unwrap().sum().unwrap();
        assert_eq!((frequency, sum.size()), (frequency, len));
        let first = sum.head("time", 3).unwrap();
        assert_close(&first, &sums);
        assert_eq!(labels(&first, "time").join(" "), dates);
    }
    // days.resample(time="MS", closed="right", label="right").count()
    let right = days().resample("time", "MS").unwrap().closed(Edge::Right).label(Edge::Right).count().unwrap();
    let right = right.head("time", 4).unwrap();
    assert_close(&right, &[3.0, 31.0, 29.0, 31.0]);
    assert_eq!(labels(&right, "time").join(" "), "2016-01-01 2016-02-01 2016-03-01 2016-04-01");
}

// d.resample(time="1MS").count(); i = A([3,4,5], time 2016-01-01, 01-02, 03-01): i.resample(time="MS").sum(), .first()
#[test]
fn a_month_without_dates_is_there_and_missing() {
    let months = d().resample("time", "1MS").unwrap();
    assert_close(&months.count().unwrap().isel_dim("y", 0).unwrap(), &[1.0, 1.0, 1.0, 1.0, NAN, 1.0, 1.0]);
    let dates: Vec<DateTime> = ["2016-01-01", "2016-01-02", "2016-03-01"].iter().map(|d| d.parse().unwrap()).collect();
    let i = line("time", dates, vec![3, 4, 5]);
    assert_close(&i.resample("time", "MS").unwrap().sum().unwrap(), &[7.0, NAN, 5.0]);
    assert_close(&i.resample("time", "MS").unwrap().first().unwrap(), &[3.0, NAN, 5.0]);
    let down = d().isel_dim("time", isopleth::array::Index::Range { start: 0, end: None, step: -1 }).unwrap();
    assert!(message(down.resample("time", "MS")).contains("ascend"));
    assert!(message(c().resample("x", "MS")).contains("not dates"));
    assert!(message(d().resample("tme", "MS")).contains("\"time\""));
    assert!(message(d().groupby("time.monht")).contains("month"));
    assert!(message(d().groupby("tme.month")).contains("time"));
}

#[test]
fn a_lazy_array_is_grouped_without_reading_and_each_file_is_read_once() {
    let (lazy, memory, read) = year();
    let dated = |da: &DataArray| {
        da.rename("band", "time").and_then(|da| da.assign_coord("time", &date_range("2016-01-20", 60)?)).unwrap()
    };
    let (lazy, memory) = (dated(&lazy), dated(&memory));
    type Steps = fn(&DataArray) -> Result<DataArray>;
    let cases: [(&str, Steps); 6] = [
        ("month mean", |da| da.groupby("time.month")?.mean()),
        ("weekly max", |da| da.resample("time", "W")?.max()),
        ("season median", |da| da.groupby("time.season")?.median()),
        ("anomaly", |da| da.groupby("time.month")?.try_sub(da.groupby("time.month")?.mean()?)),
        ("empty bins", |da| da.groupby_bins("y", [-200, -100, 0, 200])?.sum()),
        ("weighted", |da| da.weighted(&da["y"].map(|y| y.to_radians().cos())?)?.mean(["y", "x"])),
    ];
    for (name, steps) in cases {
        read.store(0, Ordering::SeqCst);
        let plan = steps(&lazy).unwrap();
        assert!(plan.is_lazy() && read.load(Ordering::SeqCst) == 0, "{name}");
        let (a, b) = (plan.compute().unwrap(), steps(&memory).unwrap());
        assert_eq!((name, a.dims(), a.dtype()), (name, b.dims(), b.dtype()));
        assert_close(&a, &numbers(&b));
        if name != "anomaly" {
            assert!(read.load(Ordering::SeqCst) <= lazy.size(), "{name} read {}", read.load(Ordering::SeqCst));
        }
    }
}

#[test]
fn ten_thousand_groups_of_two_sizes_are_no_trouble() {
    // Position p is in group p % 10_000, so the first three groups have three members and the others two.
    let many = Array2::from_shape_fn((2, 20_003), |(row, at)| (row * 100_000 + at) as f64);
    let many = DataArray::new(many, ["y", "x"]).unwrap();
    let by = DataArray::new((0..20_003).map(|at| at % 10_000).collect::<Vec<i64>>(), "x").unwrap().name("by");
    let groups = many.groupby_by(&by).unwrap();
    let mean = groups.mean().unwrap();
    assert_eq!((mean.dims().join(" "), mean.shape()), ("y by".into(), &[2, 10_000][..]));
    let expected = |at: usize| at as f64 + if at < 3 { 10_000.0 } else { 5_000.0 };
    let mean = mean.to_vec::<f64>().unwrap();
    assert!((0..10_000).all(|at| mean[at] == expected(at) && mean[10_000 + at] == expected(at) + 100_000.0));
    let all = groups.reduce(ReduceOp::Max, (), ReduceOptions::default()).unwrap().to_vec::<f64>().unwrap();
    assert_eq!((all[2], all[3], all.len()), (120_002.0, 110_003.0, 10_000));
    let ends = groups.quantile([0.0, 1.0]).unwrap().isel(isopleth::s![1, 2, ..]).unwrap();
    assert_close(&ends, &[100_002.0, 120_002.0]);
}

/// v = A([[1.,2,n],[4,n,n]], dims=["y","x"], coords={"y":[10,20],"x":[1,2,3]}, name="v", attrs={"u":"K"}); w = A([1.,3,2], dims="x", coords={"x":[1,2,3]})
fn v() -> DataArray {
    let v = DataArray::new(array![[1.0, 2.0, NAN], [4.0, NAN, NAN]], ["y", "x"]).unwrap();
    v.coord("y", [10, 20]).unwrap().coord("x", 1..4).unwrap().name("v").attr("u", "K")
}

// W = v.weighted(w); W.mean("x"), W.sum("x"), W.sum_of_weights("x"), W.var("x"), W.std("x"), W.sum_of_squares("x"), W.mean()
#[test]
fn weights_count_only_where_there_is_a_value() {
    let weighted = v().weighted(&line("x", 1..4, vec![1.0, 3.0, 2.0])).unwrap();
    let mean = weighted.mean("x").unwrap();
    assert_close(&mean, &[1.75, 4.0]);
    assert_eq!((mean.get_name(), mean.get_attr("u").is_some()), (Some("v"), true));
    assert_close(&weighted.sum("x").unwrap(), &[7.0, 4.0]);
    assert_close(&weighted.sum_of_weights("x").unwrap(), &[4.0, 1.0]);
    assert_close(&weighted.var("x").unwrap(), &[0.1875, 0.0]);
    assert_close(&weighted.std("x").unwrap(), &[0.433_012_701_892_219_3, 0.0]);
    assert_close(&weighted.sum_of_squares("x").unwrap(), &[0.75, 0.0]);
    assert_close(&weighted.mean(()).unwrap(), &[2.2]);
    assert_close(&weighted.mean("y").unwrap(), &[2.5, 2.0, NAN]);
    assert_close(&weighted.sum("y").unwrap(), &[5.0, 6.0, 0.0]);
    assert!(message(weighted.mean("z")).contains("weighted mean: no dimension \"z\""));
    assert!(message(v().weighted(&v())).contains("fillna"));
}

// z = A([0.,0,5], dims="x", ...): v.weighted(z).mean("x"); A([1,2,3],dims="x").weighted(A([1,0,1],dims="x")).sum().dtype; float32 stays
#[test]
fn weights_that_sum_to_zero_give_nan_and_types_are_those_of_a_product() {
    let none = v().weighted(&line("x", 1..4, vec![0.0, 0.0, 5.0])).unwrap();
    assert_close(&none.mean("x").unwrap(), &[NAN, NAN]);
    assert_close(&none.sum("x").unwrap(), &[0.0, 0.0]);
    let whole =
        DataArray::new(vec![1, 2, 3], "x").unwrap().weighted(&DataArray::new(vec![1, 0, 1], "x").unwrap()).unwrap();
    assert_eq!((whole.sum(()).unwrap().dtype(), whole.mean(()).unwrap().item().unwrap()), (DType::I64, 2.0));
    let single = DataArray::new(vec![1f32, 2.0], "x").unwrap();
    let mean = single.weighted(&DataArray::new(vec![1f32, 3.0], "x").unwrap()).unwrap().mean(()).unwrap();
    assert_eq!((mean.dtype(), mean.item().unwrap()), (DType::F32, 1.75));
    // t = A([1.,2.], dims="t"): v.weighted(t).mean("x").dims; v.weighted(w.isel(x=[0,2])).sum("x")
    let across = v().weighted(&DataArray::new(vec![1.0, 2.0], "t").unwrap()).unwrap().mean("x").unwrap();
    assert_eq!(across.dims().join(" "), "y t");
    assert_close(&v().weighted(&line("x", [1, 3], vec![1.0, 2.0])).unwrap().sum("x").unwrap(), &[1.0, 4.0]);
}

// d = A([[1.,n,3],[n,n,6],[7,n,9.]], dims=["y","x"], coords={"x":[10,20,30]}): d.dropna("x"), how="all", dropna("y", thresh=2)
#[test]
fn labels_with_missing_values_are_dropped() {
    let d = DataArray::new(array![[1.0, NAN, 3.0], [NAN, NAN, 6.0], [7.0, NAN, 9.0]], ["y", "x"]).unwrap();
    let d = d.coord("x", [10, 20, 30]).unwrap();
    assert_eq!(labels(&d.dropna("x").unwrap(), "x"), ["30"]);
    assert_eq!(labels(&d.dropna_all("x").unwrap(), "x"), ["10", "30"]);
    assert_close(&d.dropna_thresh("y", 2).unwrap(), &[1.0, NAN, 3.0, 7.0, NAN, 9.0]);
    assert_eq!((d.dropna("y").unwrap().shape(), d.dropna_all("y").unwrap().shape()), (&[0, 3][..], &[3, 3][..]));
    assert!(message(d.dropna("z")).contains("dropna"));
}

// t.dt.quarter, .dt.season, .dt.isocalendar().week, .dt.days_in_month, .dt.is_leap_year, .dt.strftime
#[test]
fn arrays_of_dates_have_calendar_fields() {
    let dates: Vec<DateTime> = ["2016-01-01", "2016-02-29T13:45:10"].iter().map(|d| d.parse().unwrap()).collect();
    let t = DataArray::new([dates, vec![DateTime::MISSING]].concat(), "t").unwrap();
    assert_eq!(t.quarter().unwrap().to_vec::<i64>().unwrap(), [1, 1, 0]);
    assert_eq!(t.weekofyear().unwrap().to_vec::<i64>().unwrap(), [53, 9, 0]);
    assert_eq!(t.days_in_month().unwrap().to_vec::<i64>().unwrap(), [31, 29, 0]);
    assert_eq!(t.is_leap_year().unwrap().to_vec::<bool>().unwrap(), [true, true, false]);
    assert_eq!(t.season().unwrap().to_texts().unwrap(), ["DJF", "DJF", ""]);
    assert_eq!(t.strftime("%d.%m.%y").unwrap().to_texts().unwrap(), ["01.01.16", "29.02.16", ""]);
    assert_eq!(t.floor_date("MS").unwrap().to_texts().unwrap(), ["2016-01-01", "2016-02-01", ""]);
    assert!(message(v().season()).contains("not dates"));
}

// A([1,2,3],dims="x").head(x=5), .tail(x=2), .thin(x=2), .head(x=0)
#[test]
fn heads_and_tails_are_cut_to_what_there_is() {
    let x = DataArray::new(vec![1, 2, 3], "x").unwrap();
    assert_eq!(x.head("x", 5).unwrap().shape(), [3]);
    assert_eq!(x.head("x", 0).unwrap().shape(), [0]);
    assert_close(&x.tail("x", 2).unwrap(), &[2.0, 3.0]);
    assert_close(&x.thin("x", 2).unwrap(), &[1.0, 3.0]);
    assert!(message(x.squeeze_dim("x")).contains("length 3"));
    assert!(message(x.thin("x", 0)).contains("step"));
}

// g = A([1., 2., 3., 4.], dims="x", coords={"zone": ("x", ["wet", "dry", "wet", None])}).groupby("zone")
// [(label, part.values) for label, part in g]
#[test]
fn groups_come_with_their_labels_as_they_are_written() {
    let zones = Coord::along(["x"], vec![Text::from("wet"), Text::from("dry"), Text::from("wet"), Text::MISSING]);
    let groups = DataArray::new(vec![1.0, 2.0, 3.0, 4.0], "x").unwrap().coord("zone", zones).unwrap();
    let groups = groups.groupby("zone").unwrap();
    let found: Vec<(String, Vec<f64>)> =
        groups.iter().map(|group| group.map(|(label, part)| (label.to_string(), numbers(&part))).unwrap()).collect();
    assert_eq!(found, [("dry".to_owned(), vec![2.0]), ("wet".to_owned(), vec![1.0, 3.0])]);
    assert_eq!(groups.groups()[1].0, isopleth::array::LabelValue::Text("wet".into()));
}

/// t = A(np.arange(40.), {"time": ("time", pd.date_range("2000-01-01", periods=40), {"standard_name": "time", "axis": "T"}),
/// "zone": ("time", np.arange(40) // 10, {"long_name": "Zone"}), "lat": ("time", np.arange(40.), {"units": "deg"})}, ["time"])
fn described() -> DataArray {
    let along = |values: Coord| Coord::along(["time"], values);
    let dates = along(date_range("2000-01-01", 40).unwrap().into()).attr("standard_name", "time").attr("axis", "T");
    let zones = along((0..40).map(|n| n / 10).collect::<Vec<i64>>().into()).attr("long_name", "Zone");
    let latitudes = along((0..40).map(f64::from).collect::<Vec<_>>().into()).attr("units", "deg");
    let t = DataArray::new((0..40).map(f64::from).collect::<Vec<_>>(), "time").unwrap();
    let t = t.coord("time", dates).unwrap().coord("zone", zones).unwrap();
    t.coord("lat", latitudes).unwrap()
}

fn said(array: &DataArray, coord: &str) -> Vec<(String, String)> {
    let coord = array.coords().get(coord).unwrap();
    coord.attrs().iter().map(|(name, value)| (name.to_owned(), value.to_string())).collect()
}

// t.resample(time="MS").mean().time.attrs, t.groupby("zone").mean().zone.attrs, t.groupby_bins("lat", [-1, 10, 50]).mean()
// .lat_bins.attrs, t.groupby((t.zone + 1).rename("q")).mean().q.attrs, the same of .map(lambda x: x.mean("time")), and
// (g - g.mean()).lat_bins.attrs; t.groupby("time.month").mean().month.attrs is {}
#[test]
fn what_is_said_of_a_coordinate_is_said_of_the_labels_of_its_groups() {
    let t = described();
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
    };
    let (time, zone) = (pairs(&[("standard_name", "time"), ("axis", "T")]), pairs(&[("long_name", "Zone")]));
    let degrees = pairs(&[("units", "deg")]);
    assert_eq!(said(&t.resample("time", "MS").unwrap().mean().unwrap(), "time"), time);
    let gap = t.isel_dim("time", [0, 1, 39]).unwrap().resample("time", "5D").unwrap().sum().unwrap();
    assert_eq!((said(&gap, "time"), gap.shape()), (time.clone(), &[8][..]));
    let bins = t.groupby_bins("lat", [-1, 10, 50]).unwrap();
    let named = t.groupby_by(&t["zone"].try_add(1).unwrap().name("q")).unwrap();
    for (groups, name, expected) in
        [(t.groupby("zone").unwrap(), "zone", &zone), (bins, "lat_bins", &degrees), (named, "q", &zone)]
    {
        let means = groups.mean().unwrap();
        assert_eq!(&said(&means, name), expected);
        assert_eq!(&said(&groups.map(|group| group.mean("time")).unwrap(), name), expected);
        assert_eq!(&said(&groups.quantile(0.5).unwrap(), name), expected);
        let anomalies = groups - means;
        assert_eq!((&said(&anomalies, name), said(&anomalies, "time")), (expected, time.clone()));
    }
    assert!(said(&t.groupby("time.month").unwrap().mean().unwrap(), "month").is_empty());
}

// g = a.groupby("time.month"): (g - g.mean()).name, (g - b.groupby("time.month").mean()).name
#[test]
fn an_anomaly_has_a_name_if_both_have_the_same() {
    let a = described().name("a");
    let climatology = a.groupby("time.month").unwrap().mean().unwrap();
    let name = |other: &DataArray| (a.groupby("time.month").unwrap() - other).get_name().map(str::to_owned);
    assert_eq!((name(&climatology).as_deref(), name(&climatology.name("b"))), (Some("a"), None));
}

// t.time.dt.quarter.name and so on, and .attrs: those of the dates but for .strftime and .isocalendar()
#[test]
fn what_is_asked_of_dates_is_called_what_was_asked() {
    let dates = &described()["time"];
    for (field, name, attrs) in [
        (dates.month(), "month", 2),
        (dates.weekday(), "weekday", 2),
        (dates.quarter().unwrap(), "quarter", 2),
        (dates.season().unwrap(), "season", 2),
        (dates.days_in_month().unwrap(), "days_in_month", 2),
        (dates.is_leap_year().unwrap(), "is_leap_year", 2),
        (dates.floor_date("D").unwrap(), "floor", 2),
        (dates.ceil_date("D").unwrap(), "ceil", 2),
        (dates.round_date("D").unwrap(), "round", 2),
        (dates.weekofyear().unwrap(), "weekofyear", 0),
        (dates.strftime("%Y").unwrap(), "strftime", 0),
    ] {
        assert_eq!((field.get_name(), field.attrs().iter().count()), (Some(name), attrs));
    }
}

// np.hypot(a, b).name and .attrs, np.minimum(a, b), np.arctan2(a, b): those of the first; np.hypot(a, 1).name
#[test]
fn functions_of_two_arrays_have_the_name_of_the_first() {
    let a = DataArray::new(vec![3.0], "x").unwrap().name("a").attr("units", "m").attr("from", "here");
    let b = DataArray::new(vec![4.0], "x").unwrap().name("b").attr("units", "km");
    for result in [a.hypot(&b), a.minimum(&b), a.maximum(&b), a.atan2(&b), a.hypot(1.0)] {
        let result = result.unwrap();
        assert_eq!((result.get_name(), result.attrs().iter().count()), (Some("a"), 2));
    }
    assert_eq!((&a + &b).get_name(), None);
}

// x = A(np.arange(4.), dims="x", name="at", attrs={"units": "s", "long_name": "L"}), c = A([1., 2.], {"degree": [1, 0]},
// ["degree"], "co", {"units": "K"}): xr.polyval(x, c).attrs is {"long_name": "L"}, .name None, and that of x.rename("co") "co"
#[test]
fn a_polynomial_is_described_as_what_it_is_made_of() {
    use isopleth::array::polyval;
    let x = DataArray::new(vec![0.0, 1.0], "x").unwrap().name("at").attr("units", "s").attr("long_name", "L");
    let c = line("degree", [1, 0], vec![1.0, 2.0]).name("co").attr("units", "K");
    let y = polyval(&x, &c).unwrap();
    assert_eq!((y.get_name(), y.attrs().get("long_name").is_some(), y.attrs().iter().count()), (None, true, 1));
    assert_eq!(polyval(&x.name("co"), &c).unwrap().get_name(), Some("co"));
}
