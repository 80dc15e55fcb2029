//! Each element with its neighbours: windows, totals, differences.

use super::{assert_close, line, message, numbers};
use isopleth::Result;
use isopleth::array::{DType, DataArray, Rolling};
use isopleth::time::date_range;
use ndarray::array;

const N: f64 = f64::NAN;

/// d = A([[3,n,1,4,1,5],[9,2,n,n,5,3],[n,n,n,n,n,n],[5,8,9,7,n,3]], dims=("y","x"))
pub(super) fn field() -> DataArray {
    let rows = array![
        [3.0, N, 1.0, 4.0, 1.0, 5.0],
        [9.0, 2.0, N, N, 5.0, 3.0],
        [N, N, N, N, N, N],
        [5.0, 8.0, 9.0, 7.0, N, 3.0]
    ];
    DataArray::new(rows, ["y", "x"]).unwrap()
}

/// What `f` gives is `expected`, in memory and in several chunkings, bit by bit the same, and lazy until computed.
#[track_caller]
pub(super) fn check_of(array: &DataArray, f: impl Fn(&DataArray) -> Result<DataArray>, expected: &[f64]) {
    let eager = f(array).unwrap();
    assert_close(&eager, expected);
    let bits = |array: &DataArray| numbers(array).into_iter().map(f64::to_bits).collect::<Vec<_>>();
    for lengths in [[1, 100], [100, 1], [2, 3], [3, 2], [100, 100]] {
        let dims: Vec<(&str, usize)> = array.dims().iter().map(String::as_str).zip(lengths).collect();
        let lazy = f(&array.chunk(&dims).unwrap()).unwrap();
        assert!(lazy.is_lazy());
        let computed = lazy.compute().unwrap();
        assert_eq!((computed.dims(), computed.shape(), computed.dtype()), (eager.dims(), eager.shape(), eager.dtype()));
        assert_eq!(bits(&computed), bits(&eager), "in chunks of {lengths:?}");
    }
}

#[track_caller]
pub(super) fn check(f: impl Fn(&DataArray) -> Result<DataArray>, expected: &[f64]) {
    check_of(&field(), f, expected);
}

// For each: d.rolling(x=3, min_periods=2), d.rolling(y=2, center=True, min_periods=1),
// d.rolling(y=2, x=3, min_periods=2, center=True)
#[test]
fn windows_leave_missing_values_out() {
    type Reduction = fn(&Rolling) -> Result<DataArray>;
    let cases: [(Reduction, [&[f64]; 3]); 9] = [
        (
            Rolling::mean,
            [
                &[
                    N,
                    N,
                    2.0,
                    2.5,
                    2.0,
                    3.3333333333333,
                    N,
                    5.5,
                    5.5,
                    N,
                    N,
                    4.0,
                    N,
                    N,
                    N,
                    N,
                    N,
                    N,
                    N,
                    6.5,
                    7.3333333333333,
                    8.0,
                    8.0,
                    5.0,
                ],
                &[
                    3.0, N, 1.0, 4.0, 1.0, 5.0, 6.0, 2.0, 1.0, 4.0, 3.0, 4.0, 9.0, 2.0, N, N, 5.0, 3.0, 5.0, 8.0, 9.0,
                    7.0, N, 3.0,
                ],
                &[
                    N,
                    2.0,
                    2.5,
                    2.0,
                    3.3333333333333,
                    3.0,
                    4.6666666666667,
                    3.75,
                    2.3333333333333,
                    2.75,
                    3.6,
                    3.5,
                    5.5,
                    5.5,
                    N,
                    N,
                    4.0,
                    4.0,
                    6.5,
                    7.3333333333333,
                    8.0,
                    8.0,
                    5.0,
                    N,
                ],
            ],
        ),
        (
            Rolling::sum,
            [
                &[
                    N, N, 4.0, 5.0, 6.0, 10.0, N, 11.0, 11.0, N, N, 8.0, N, N, N, N, N, N, N, 13.0, 22.0, 24.0, 16.0,
                    10.0,
                ],
                &[
                    3.0, N, 1.0, 4.0, 1.0, 5.0, 12.0, 2.0, 1.0, 4.0, 6.0, 8.0, 9.0, 2.0, N, N, 5.0, 3.0, 5.0, 8.0, 9.0,
                    7.0, N, 3.0,
                ],
                &[
                    N, 4.0, 5.0, 6.0, 10.0, 6.0, 14.0, 15.0, 7.0, 11.0, 18.0, 14.0, 11.0, 11.0, N, N, 8.0, 8.0, 13.0,
                    22.0, 24.0, 16.0, 10.0, N,
                ],
            ],
        ),
        (
            Rolling::prod,
            [
                &[
                    N, N, 3.0, 4.0, 4.0, 20.0, N, 18.0, 18.0, N, N, 15.0, N, N, N, N, N, N, N, 40.0, 360.0, 504.0,
                    63.0, 21.0,
                ],
                &[
                    3.0, N, 1.0, 4.0, 1.0, 5.0, 27.0, 2.0, 1.0, 4.0, 5.0, 15.0, 9.0, 2.0, N, N, 5.0, 3.0, 5.0, 8.0,
                    9.0, 7.0, N, 3.0,
                ],
                &[
                    N, 3.0, 4.0, 4.0, 20.0, 5.0, 54.0, 54.0, 8.0, 20.0, 300.0, 75.0, 18.0, 18.0, N, N, 15.0, 15.0,
                    40.0, 360.0, 504.0, 63.0, 21.0, N,
                ],
            ],
        ),
        (
            Rolling::min,
            [
                &[N, N, 1.0, 1.0, 1.0, 1.0, N, 2.0, 2.0, N, N, 3.0, N, N, N, N, N, N, N, 5.0, 5.0, 7.0, 7.0, 3.0],
                &[
                    3.0, N, 1.0, 4.0, 1.0, 5.0, 3.0, 2.0, 1.0, 4.0, 1.0, 3.0, 9.0, 2.0, N, N, 5.0, 3.0, 5.0, 8.0, 9.0,
                    7.0, N, 3.0,
                ],
                &[
                    N, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, N, N, 3.0, 3.0, 5.0, 5.0, 7.0,
                    7.0, 3.0, N,
                ],
            ],
        ),
        (
            Rolling::max,
            [
                &[N, N, 3.0, 4.0, 4.0, 5.0, N, 9.0, 9.0, N, N, 5.0, N, N, N, N, N, N, N, 8.0, 9.0, 9.0, 9.0, 7.0],
                &[
                    3.0, N, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 1.0, 4.0, 5.0, 5.0, 9.0, 2.0, N, N, 5.0, 3.0, 5.0, 8.0, 9.0,
                    7.0, N, 3.0,
                ],
                &[
                    N, 3.0, 4.0, 4.0, 5.0, 5.0, 9.0, 9.0, 4.0, 5.0, 5.0, 5.0, 9.0, 9.0, N, N, 5.0, 5.0, 8.0, 9.0, 9.0,
                    9.0, 7.0, N,
                ],
            ],
        ),
        (
            Rolling::std,
            [
                &[
                    N,
                    N,
                    1.0,
                    1.5,
                    std::f64::consts::SQRT_2,
                    1.6996731711976,
                    N,
                    3.5,
                    3.5,
                    N,
                    N,
                    1.0,
                    N,
                    N,
                    N,
                    N,
                    N,
                    N,
                    N,
                    1.5,
                    1.6996731711976,
                    0.8164965809277,
                    1.0,
                    2.0,
                ],
                &[
                    0.0, N, 0.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 2.0, 1.0, 0.0, 0.0, N, N, 0.0, 0.0, 0.0, 0.0, 0.0,
                    0.0, N, 0.0,
                ],
                &[
                    N,
                    1.0,
                    1.5,
                    std::f64::consts::SQRT_2,
                    1.6996731711976,
                    2.0,
                    3.0912061651652,
                    3.1124748994972,
                    1.2472191289246,
                    1.7853571071357,
                    1.4966629547096,
                    1.6583123951777,
                    3.5,
                    3.5,
                    N,
                    N,
                    1.0,
                    1.0,
                    1.5,
                    1.6996731711976,
                    0.8164965809277,
                    1.0,
                    2.0,
                    N,
                ],
            ],
        ),
        (
            Rolling::var,
            [
                &[
                    N,
                    N,
                    1.0,
                    2.25,
                    2.0,
                    2.8888888888889,
                    N,
                    12.25,
                    12.25,
                    N,
                    N,
                    1.0,
                    N,
                    N,
                    N,
                    N,
                    N,
                    N,
                    N,
                    2.25,
                    2.8888888888889,
                    0.6666666666667,
                    1.0,
                    4.0,
                ],
                &[
                    0.0, N, 0.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 4.0, 1.0, 0.0, 0.0, N, N, 0.0, 0.0, 0.0, 0.0, 0.0,
                    0.0, N, 0.0,
                ],
                &[
                    N,
                    1.0,
                    2.25,
                    2.0,
                    2.8888888888889,
                    4.0,
                    9.5555555555556,
                    9.6875,
                    1.5555555555556,
                    3.1875,
                    2.24,
                    2.75,
                    12.25,
                    12.25,
                    N,
                    N,
                    1.0,
                    1.0,
                    2.25,
                    2.8888888888889,
                    0.6666666666667,
                    1.0,
                    4.0,
                    N,
                ],
            ],
        ),
        (
            Rolling::median,
            [
                &[N, N, 2.0, 2.5, 1.0, 4.0, N, 5.5, 5.5, N, N, 4.0, N, N, N, N, N, N, N, 6.5, 8.0, 8.0, 8.0, 5.0],
                &[
                    3.0, N, 1.0, 4.0, 1.0, 5.0, 6.0, 2.0, 1.0, 4.0, 3.0, 4.0, 9.0, 2.0, N, N, 5.0, 3.0, 5.0, 8.0, 9.0,
                    7.0, N, 3.0,
                ],
                &[
                    N, 2.0, 2.5, 1.0, 4.0, 3.0, 3.0, 2.5, 2.0, 2.5, 4.0, 4.0, 5.5, 5.5, N, N, 4.0, 4.0, 6.5, 8.0, 8.0,
                    8.0, 5.0, N,
                ],
            ],
        ),
        (
            Rolling::count,
            [
                &[N, N, 2.0, 2.0, 3.0, 3.0, N, 2.0, 2.0, N, N, 2.0, N, N, N, N, N, N, N, 2.0, 3.0, 3.0, 2.0, 2.0],
                &[
                    1.0, N, 1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 2.0, 2.0, 1.0, 1.0, N, N, 1.0, 1.0, 1.0, 1.0, 1.0,
                    1.0, N, 1.0,
                ],
                &[
                    N, 2.0, 2.0, 3.0, 3.0, 2.0, 3.0, 4.0, 3.0, 4.0, 5.0, 4.0, 2.0, 2.0, N, N, 2.0, 2.0, 2.0, 3.0, 3.0,
                    2.0, 2.0, N,
                ],
            ],
        ),
    ];
    for (reduction, [along_x, along_y, both]) in cases {
        check(|da| reduction(&da.rolling("x", 3)?.min_periods(2)), along_x);
        check(|da| reduction(&da.rolling("y", 2)?.center().min_periods(1)), along_y);
        let windows = [("y", 2), ("x", 3)];
        check(|da| reduction(&da.rolling_dims(windows)?.min_periods(2).center()), both);
    }
}

// With use_bottleneck=False, use_numbagg=False, which otherwise change dtypes:
// [getattr(A(np.array([1,2,3], t), dims="x").rolling(x=2), m)().dtype for t in ["u1","i4","f4","?"] for m in ["mean","max","count"]]
#[test]
fn a_window_that_is_not_full_is_missing_so_the_result_is_a_float() {
    let of = |dtype: DType| DataArray::new(vec![1, 2, 3], "x").unwrap().astype(dtype).rolling("x", 2).unwrap();
    let dtypes = |dtype| [of(dtype).mean(), of(dtype).max(), of(dtype).count()].map(|result| result.unwrap().dtype());
    assert_eq!(dtypes(DType::U8), [DType::F64, DType::F32, DType::F64]);
    assert_eq!(dtypes(DType::I32), [DType::F64, DType::F64, DType::F64]);
    assert_eq!(dtypes(DType::F32), [DType::F32, DType::F32, DType::F64]);
    assert_eq!(dtypes(DType::Bool), [DType::F64, DType::F64, DType::F64]);
    assert_close(&of(DType::U8).mean().unwrap(), &[N, 1.5, 2.5]);
}

// a = A([1,n,3,4,5.], dims="x"); a.rolling(x=6).sum(), a.rolling(x=10, center=True, min_periods=1).sum() (without bottleneck)
#[test]
fn a_window_may_be_longer_than_the_axis() {
    let a = DataArray::new(vec![1.0, N, 3.0, 4.0, 5.0], "x").unwrap();
    assert_close(&a.rolling("x", 6).unwrap().sum().unwrap(), &[N; 5]);
    assert_close(&a.rolling("x", 10).unwrap().center().min_periods(1).sum().unwrap(), &[13.0; 5]);
    let empty = a.isel_dim("x", 0..0).unwrap();
    assert_eq!(empty.rolling("x", 3).unwrap().mean().unwrap().shape(), [0]);
    assert_close(&a.isel_dim("x", 0..1).unwrap().rolling("x", 1).unwrap().std().unwrap(), &[0.0]);
}

// a.rolling(x=4, center=True, min_periods=1).sum(), a.rolling(x=3, min_periods=1).std(ddof=1)
#[test]
fn an_even_window_in_the_middle_has_one_more_before() {
    let a = DataArray::new(vec![1.0, N, 3.0, 4.0, 5.0], "x").unwrap();
    let sum = a.rolling("x", 4).unwrap().center().min_periods(1).sum().unwrap();
    assert_close(&sum, &[1.0, 4.0, 8.0, 12.0, 12.0]);
    let std = a.rolling("x", 3).unwrap().min_periods(1).ddof(1).std().unwrap();
    assert_close(&std, &[N, N, 2.0f64.sqrt(), 0.5f64.sqrt(), 1.0]);
}

// a.rolling(x=3).construct("w")
#[test]
fn windows_can_be_had_themselves() {
    let a = DataArray::new(vec![1, 2, 3], "x").unwrap();
    let windows = a.rolling("x", 3).unwrap().construct("w").unwrap();
    assert_eq!((windows.dims(), windows.dtype()), (&["x".to_owned(), "w".to_owned()][..], DType::F64));
    assert_close(&windows, &[N, N, 1.0, N, 1.0, 2.0, 1.0, 2.0, 3.0]);
}

#[test]
fn windows_that_cannot_be_say_why() {
    let da = field();
    assert!(message(da.rolling("z", 3).map(|_| ())).contains("no dimension \"z\""));
    assert!(message(da.rolling("x", 0).map(|_| ())).contains("1 or more"));
    assert!(message(da.rolling_dims([("x", 2), ("x", 2)]).map(|_| ())).contains("named twice"));
    assert!(message(da.rolling("x", 3).unwrap().min_periods(4).mean()).contains("give 1 to 3"));
    let dates = DataArray::new(date_range("2001-01-01", 4).unwrap(), "x").unwrap();
    assert!(message(dates.rolling("x", 2).unwrap().max()).contains("count"));
    assert_close(&dates.rolling("x", 2).unwrap().count().unwrap(), &[N, 2.0, 2.0, 2.0]);
}

#[test]
fn totals_and_differences_go_along_a_dimension() {
    // d.cumsum('y')
    check(
        |da| da.cumsum("y"),
        &[
            3.0, 0.0, 1.0, 4.0, 1.0, 5.0, 12.0, 2.0, 1.0, 4.0, 6.0, 8.0, 12.0, 2.0, 1.0, 4.0, 6.0, 8.0, 17.0, 10.0,
            10.0, 11.0, 6.0, 11.0,
        ],
    );
    // d.cumsum()
    check(
        |da| da.cumsum(()),
        &[
            3.0, 3.0, 4.0, 8.0, 9.0, 14.0, 12.0, 14.0, 15.0, 19.0, 25.0, 33.0, 12.0, 14.0, 15.0, 19.0, 25.0, 33.0,
            17.0, 27.0, 37.0, 48.0, 54.0, 65.0,
        ],
    );
    // d.cumprod('x')
    check(
        |da| da.cumprod("x"),
        &[
            3.0, 3.0, 3.0, 12.0, 12.0, 60.0, 9.0, 18.0, 18.0, 18.0, 90.0, 270.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 5.0,
            40.0, 360.0, 2520.0, 2520.0, 7560.0,
        ],
    );
    // d.diff('x')
    check(|da| da.diff("x", 1), &[N, N, 3.0, -3.0, 4.0, -7.0, N, N, N, -2.0, N, N, N, N, N, 3.0, 1.0, -2.0, N, N]);
    // d.diff('y',2)
    check(|da| da.diff("y", 2), &[N, N, N, N, N, N, N, N, N, N, N, N]);
}

#[test]
fn shifted_elements_leave_gaps_and_rolled_ones_come_back() {
    // d.shift(x=2)
    check(
        |da| da.shift("x", 2),
        &[N, N, 3.0, N, 1.0, 4.0, N, N, 9.0, 2.0, N, N, N, N, N, N, N, N, N, N, 5.0, 8.0, 9.0, 7.0],
    );
    // d.shift(y=-1)
    check(
        |da| da.shift("y", -1),
        &[9.0, 2.0, N, N, 5.0, 3.0, N, N, N, N, N, N, 5.0, 8.0, 9.0, 7.0, N, 3.0, N, N, N, N, N, N],
    );
    // d.roll(x=-2)
    check(
        |da| da.roll("x", -2),
        &[1.0, 4.0, 1.0, 5.0, 3.0, N, N, N, 5.0, 3.0, 9.0, 2.0, N, N, N, N, N, N, 9.0, 7.0, N, 3.0, 5.0, 8.0],
    );
    // d.roll(y=5)
    check(
        |da| da.roll("y", 5),
        &[5.0, 8.0, 9.0, 7.0, N, 3.0, 3.0, N, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, N, N, 5.0, 3.0, N, N, N, N, N, N],
    );
}

// i = A(np.array([1,2,3,200], "u1")); [i.cumsum("x").dtype, i.diff("x"), i.shift(x=1).dtype]; uint64 there, int64 here
#[test]
fn totals_of_small_numbers_widen_and_their_differences_wrap() {
    let i = line("x", [1, 2, 3, 4], vec![1u8, 2, 3, 200]);
    let total = i.cumsum("x").unwrap();
    assert_eq!((total.dtype(), total.to_vec::<i64>().unwrap()), (DType::I64, vec![1, 3, 6, 206]));
    let down = DataArray::new(vec![5u8, 3], "x").unwrap().diff("x", 1).unwrap();
    assert_eq!((down.dtype(), down.to_vec::<u8>().unwrap()), (DType::U8, vec![254]));
    assert_eq!(i.diff("x", 1).unwrap()["x"].to_vec::<i64>().unwrap(), [2, 3, 4]);
    let shifted = i.shift("x", 1).unwrap();
    assert_eq!(shifted.dtype(), DType::F32);
    assert_close(&shifted, &[N, 1.0, 2.0, 3.0]);
    assert_eq!(shifted["x"].to_vec::<i64>().unwrap(), [1, 2, 3, 4]);
    assert_eq!(i.diff("x", 9).unwrap().shape(), [0]);
    assert_close(&i.diff("x", 0).unwrap(), &[1.0, 2.0, 3.0, 200.0]);
    assert!(message(DataArray::new(vec![true, false], "x").unwrap().diff("x", 1)).contains("no meaning"));
    assert!(message(DataArray::new(date_range("2001-01-01", 2).unwrap(), "x").unwrap().cumsum("x")).contains("dates"));
}

// t = A(pd.date_range("2000-02-28", periods=3), dims="x"); t.diff("x") (timedelta there, nanoseconds here), t.shift(x=1)
#[test]
fn dates_differ_by_nanoseconds() {
    let dates = DataArray::new(date_range("2000-02-28", 3).unwrap(), "x").unwrap();
    assert_eq!(dates.diff("x", 1).unwrap().to_vec::<i64>().unwrap(), [86_400_000_000_000; 2]);
    let shifted = dates.shift("x", 1).unwrap();
    assert_eq!(
        (shifted.dtype(), shifted.is_nan().to_vec::<bool>().unwrap()),
        (DType::DateTime, vec![true, false, false])
    );
}

// e = A(np.zeros((2, 0)), dims=("y", "x")); e.cumsum("x").shape, e.diff("x").shape, e.shift(x=1).shape, …
#[test]
fn nothing_gives_nothing() {
    let of = |rows: usize, columns: usize| {
        let cells = ndarray::Array::from_shape_fn((rows, columns), |(y, x)| (3 * y + x) as f64);
        DataArray::new(cells, ["y", "x"]).unwrap()
    };
    for (rows, columns) in [(2, 0), (2, 1), (0, 1), (0, 0)] {
        let memory = of(rows, columns);
        for da in [memory.clone(), memory.chunk([("x", 1), ("y", 1)]).unwrap()] {
            let shape = |result: Result<DataArray>| result.unwrap().compute().unwrap().shape().to_vec();
            let same = [
                shape(da.rolling("x", 3).unwrap().center().min_periods(1).mean()),
                shape(da.rolling("x", 2).unwrap().median()),
                shape(da.rolling_dims([("x", 2), ("y", 2)]).unwrap().std()),
                shape(da.cumsum(())),
                shape(da.shift("x", -1)),
                shape(da.roll("x", 1)),
                shape(da.ffill("x")),
                shape(da.bfill("x")),
                shape(da.ffill_limit("x", 2)),
                shape(da.interpolate_na("x")),
                shape(da.coarsen([("x", 1)]).unwrap().mean()),
            ];
            assert_eq!(same, [const { Vec::new() }; 11].map(|_: Vec<usize>| vec![rows, columns]));
            assert_eq!(shape(da.diff("x", 1)), [rows, columns.saturating_sub(1)]);
            assert_eq!(shape(da.coarsen([("x", 2)]).unwrap().trim().sum()), [rows, columns / 2]);
            assert_eq!(shape(da.coarsen([("x", 2)]).unwrap().pad().sum()), [rows, columns.div_ceil(2)]);
            assert_eq!(shape(da.quantile([0.1, 0.5], "x")), [2, rows]);
            assert_eq!(shape(da.polyfit("x", 1)), [2, rows]);
            assert_eq!(shape(da.prod("x")), [rows]);
            assert_eq!(shape(da.interp("x", [0.0, 0.5])), [rows, 2]);
            assert_eq!(shape(da.interp("x", 0.5)), [rows]);
            assert_eq!(shape(da.isin([1, 2])), [rows, columns]);
            assert_eq!(da.first("x").is_err(), columns == 0);
        }
    }
}
