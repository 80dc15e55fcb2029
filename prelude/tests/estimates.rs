//! What an operation is said to take is what it takes: the peak is at most 1.25 times the estimate, and the estimate at most
//! three times the peak. Figures are printed.
//!
//! A process of its own, since it counts every byte that is allocated.

use isopleth::Result;
use isopleth::array::{DType, DataArray, Values};
use isopleth::lazy::{Plan, Source, buffers, threads};
use isopleth::prelude::{Raster, Reproject, Resampling};
use std::alloc::{GlobalAlloc, Layout, System};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes on to the system's allocator with the same arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::SeqCst) + layout.size();
        PEAK.fetch_max(live, Ordering::SeqCst);
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::SeqCst);
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const ROWS: usize = 600;
const COLUMNS: usize = 900;
const DAYS: usize = 36;

#[derive(Debug)]
struct Day(usize);

impl Source for Day {
    fn shape(&self) -> &[usize] {
        &[ROWS, COLUMNS]
    }
    fn block(&self) -> &[usize] {
        &[20, COLUMNS]
    }
    fn dtype(&self) -> DType {
        DType::F32
    }
    fn describe(&self) -> String {
        format!("day {}", self.0)
    }
    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let [rows, columns] = window else { panic!("a day has two axes: {window:?}") };
        let mut cells = buffers::take::<f32>(rows.len() * columns.len());
        for (n, cell) in cells.iter_mut().enumerate() {
            *cell = if (n + self.0).is_multiple_of(11) { f32::NAN } else { (n % 97 + self.0) as f32 };
        }
        Values::from_shape_vec(&[rows.len(), columns.len()], cells)
    }
}

fn year() -> DataArray {
    let plan = Plan::stack((0..DAYS).map(|day| Plan::source(Day(day))).collect()).unwrap();
    let days = isopleth::prelude::date_range("2016-01-01", DAYS).unwrap();
    DataArray::new(plan, ["time", "y", "x"]).unwrap().coord("time", days).unwrap()
}

/// What is said to take less than this is let through by everybody.
const LITTLE: f64 = (24 << 20) as f64;

fn holds(estimate: f64, peak: f64) -> bool {
    peak <= 1.25 * estimate && (estimate <= 3.0 * peak || estimate <= LITTLE)
}

/// All count in the same place.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// What computing it was said to take, and what it took beyond what was there before.
fn compared(what: &str, array: &DataArray) -> (f64, f64) {
    let estimate = array.memory_estimate() as f64;
    // What an operation before has left to be used again would be counted for it.
    buffers::release();
    let before = LIVE.load(Ordering::SeqCst);
    PEAK.store(before, Ordering::SeqCst);
    let computed = array.compute().unwrap();
    let peak = (PEAK.load(Ordering::SeqCst) - before) as f64;
    drop(computed);
    println!(
        "{what:32} estimate {:8.1} MiB, peak {:8.1} MiB, {:.2}",
        estimate / 1048576.0,
        peak / 1048576.0,
        peak / estimate
    );
    (estimate, peak)
}

#[test]
fn what_an_operation_is_said_to_take_is_what_it_takes() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    threads::set_threads(2).unwrap();
    let year = year();
    let anomaly = |array: &DataArray| array - &array.mean("time").unwrap();
    let fields: Vec<(&str, DataArray)> = vec![
        ("as it is", year.clone()),
        ("celsius to fahrenheit", &year * 1.8 + 32.0),
        ("square of itself", &year * &year),
        ("exp", year.exp().unwrap()),
        ("astype f64", year.astype(DType::F64)),
        ("clip", year.clip(10.0, 90.0).unwrap()),
        ("where", year.where_(&year.gt(50.0)).unwrap()),
        ("fillna", year.fillna(0.0).unwrap()),
        ("transpose", year.transpose(["x", "y", "time"]).unwrap()),
        ("every third row", year.isel([("y", (0..ROWS).step_by(3).collect::<Vec<usize>>().into())]).unwrap()),
        ("mean over time", year.mean("time").unwrap()),
        ("mean over space", year.mean(["y", "x"]).unwrap()),
        ("std over time", year.std("time").unwrap()),
        ("max over all", year.max(["time", "y", "x"]).unwrap()),
        ("prod over time", year.prod("time").unwrap()),
        ("count over time", year.count("time").unwrap()),
        ("argmax over time", year.argmax("time").unwrap()),
        ("median over time", year.median("time").unwrap()),
        ("quantile over time", year.quantile(0.9, "time").unwrap()),
        ("trend", year.polyfit("time", 1).unwrap()),
        ("rolling mean", year.rolling("time", 7).unwrap().mean().unwrap()),
        ("rolling max, then max", year.rolling("time", 7).unwrap().max().unwrap().max("time").unwrap()),
        ("cumsum", year.cumsum("time").unwrap()),
        ("diff", year.diff("time", 1).unwrap()),
        ("shift", year.shift("time", 2).unwrap()),
        ("ffill", year.ffill("time").unwrap()),
        ("anomaly", anomaly(&year)),
        ("anomaly, then std", anomaly(&year).std("time").unwrap()),
        ("monthly mean", year.groupby("time.month").unwrap().mean().unwrap()),
        ("five days' mean", year.resample("time", "5D").unwrap().mean().unwrap()),
        ("coarsened", year.coarsen([("y", 10), ("x", 10)]).unwrap().mean().unwrap()),
    ];
    let wrong: Vec<String> = fields
        .iter()
        .filter_map(|(what, array)| {
            let (estimate, peak) = compared(what, array);
            let holds = holds(estimate, peak);
            (!holds).then(|| format!("{what}: estimate {estimate}, peak {peak}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_reprojecting_is_said_to_take_counts_what_is_read_for_it() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.tif");
    let side = 3000;
    let mut meta = isopleth::raster::RasterMeta::new(side, side, DType::F32);
    meta.transform = [0.0, 0.01, 0.0, 30.0, 0.0, -0.01];
    meta.crs = Some(isopleth::prelude::Crs::from_epsg(4326).unwrap());
    let mut writer = Raster::create(&path, &meta).unwrap();
    writer.write(&ndarray::Array2::<f32>::from_elem((side, side), 1.5), 1).unwrap();
    writer.finish().unwrap();
    threads::set_threads(2).unwrap();
    for resampling in [Resampling::Nearest, Resampling::Average] {
        let array = isopleth::prelude::open_raster(&path).unwrap();
        let small = array.reproject_with("EPSG:3857", Reproject::new().shape(60, 60).resampling(resampling)).unwrap();
        let (estimate, peak) = compared(&format!("reproject, {resampling:?}"), &small);
        assert!(holds(estimate, peak), "estimate {estimate}, peak {peak}");
    }
}
