//! Lazy arrays: metadata only until `compute`, and the same answers as in memory.

use super::{assert_close, message};
use isopleth::array::{DType, DataArray, Values, concat, corr};
use isopleth::lazy::{Plan, Source};
use isopleth::time::date_range;
use isopleth::{Result, s, sel};
use ndarray::Array2;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const ROWS: usize = 26;
const COLUMNS: usize = 72;

/// A day whose pixels are known, and which counts the pixels that are read of it.
#[derive(Debug)]
struct Day {
    number: usize,
    path: PathBuf,
    read: Arc<AtomicUsize>,
}

impl Source for Day {
    fn shape(&self) -> &[usize] {
        &[ROWS, COLUMNS]
    }

    fn block(&self) -> &[usize] {
        &[1, COLUMNS]
    }

    fn dtype(&self) -> DType {
        DType::F32
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.path)
    }

    fn describe(&self) -> String {
        format!("day {}", self.number)
    }

    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let [rows, columns] = window else { panic!("a day has two axes: {window:?}") };
        self.read.fetch_add(rows.len() * columns.len(), Ordering::SeqCst);
        let pixel = |(i, j)| pixel(self.number, rows.start + i, columns.start + j);
        Ok(Array2::from_shape_fn((rows.len(), columns.len()), pixel).into())
    }
}

fn pixel(day: usize, row: usize, column: usize) -> f32 {
    if (row + column).is_multiple_of(7) { f32::NAN } else { (day * row) as f32 - column as f32 / 8.0 }
}

/// A lazy year of 60 days with labels, its twin in memory, and the counter of pixels read.
pub(crate) fn year() -> (DataArray, DataArray, Arc<AtomicUsize>) {
    let read = Arc::new(AtomicUsize::new(0));
    let across: Vec<f64> = (0..COLUMNS).map(|i| -177.5 + 5.0 * i as f64).collect();
    let down: Vec<f64> = (0..ROWS).map(|i| 80.0 - 5.0 * i as f64).collect();
    let label = |da: DataArray| da.coord("x", &across)?.coord("y", &down);
    let days: Vec<DataArray> = (0..60)
        .map(|number| {
            let day = Day { number, path: format!("day {number}.tif").into(), read: read.clone() };
            label(DataArray::new(Plan::source(day), ["y", "x"]).unwrap()).unwrap()
        })
        .collect();
    let memory = ndarray::Array3::from_shape_fn((60, ROWS, COLUMNS), |(day, row, column)| pixel(day, row, column));
    let memory = label(DataArray::new(memory, ["band", "y", "x"]).unwrap()).unwrap();
    (concat(&days, "band").unwrap(), memory, read)
}

fn dated(da: &DataArray) -> Result<DataArray> {
    da.rename("band", "time")?.assign_coord("time", &date_range("2016-01-01", 60)?)
}

#[test]
fn nothing_is_read_before_compute_and_only_what_is_selected_then() {
    let (lazy, memory, read) = year();
    let steps = |da: &DataArray| -> Result<DataArray> {
        let da = dated(da)?;
        let da = da.where_drop(&da["time"].month().eq(2))?;
        let da = da.sel(sel! { x: -30.0..=19.0, y: 20.0..=-5.0 })?;
        (da * 1.8 + 32.0).mean("time")
    };
    let plan = steps(&lazy).unwrap();
    assert!(plan.is_lazy() && format!("{plan:?}").contains("lazy"));
    assert_eq!(read.load(Ordering::SeqCst), 0);
    let computed = plan.compute().unwrap();
    assert_eq!((computed.dtype(), computed.shape()), (DType::F32, &[6, 10][..]));
    assert_close(&computed, &super::numbers(&steps(&memory).unwrap()));
    // 29 days of 6 rows and 10 columns; a source may read whole blocks of one row.
    assert!(read.load(Ordering::SeqCst) <= 29 * 6 * COLUMNS, "{}", read.load(Ordering::SeqCst));
}

#[test]
fn lazy_and_in_memory_agree() {
    type Steps = fn(&DataArray) -> Result<DataArray>;
    let cases: [(&str, Steps); 6] = [
        ("slice", |da| da.isel(s![3..20;4, ..;-1, 5])),
        ("where", |da| da.where_(&da.gt(10))),
        ("anomaly", |da| Ok(da - da.mean("band")?)),
        ("corr", |da| corr(da, &da.map(|v| v.abs().sqrt())?, "band")),
        ("transpose", |da| da.transpose(["x", "band", "y"])?.max(["y"])),
        ("count", |da| da.notnull().sum(["x", "y"])),
    ];
    let (lazy, memory, _) = year();
    for (name, steps) in cases {
        let (a, b) = (steps(&lazy).unwrap().compute().unwrap(), steps(&memory).unwrap());
        assert_eq!((name, a.dims(), a.dtype()), (name, b.dims(), b.dtype()));
        assert_close(&a, &super::numbers(&b));
    }
}

#[test]
fn the_handle_is_small_and_says_what_it_would_cost() {
    let (lazy, _, _) = year();
    assert!(std::mem::size_of_val(&lazy) < 300);
    assert_eq!(lazy.nbytes(), 60 * 26 * 72 * 4);
    let text = lazy.to_string();
    assert!(text.contains("449 kB if loaded") && text.contains("60 files, 449 kB"), "{text}");
    // A mean is small, and reads everything; a point reads next to nothing.
    assert!(lazy.mean(()).unwrap().to_string().contains("60 files, 449 kB"));
    assert!(lazy.isel(s![.., 3, 4]).unwrap().to_string().contains("60 files, 240 B"));
    assert!(lazy.mean("band").unwrap().explain().to_string().contains("mean"));
    assert!(message(lazy.sel(sel! { x: 0.1 })).contains("sel_nearest"));
}
