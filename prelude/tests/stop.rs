//! Stop: a process-wide flag, so these tests have a process of their own and run one after another.

use isopleth::Result;
use isopleth::array::{DType, DataArray, Values};
use isopleth::lazy::{Plan, Source};
use isopleth::parallel::cancel::{Cancelled, cancel, reset};
use isopleth::parallel::{Pool, checkpoint};
use isopleth::raster::{Raster, RasterMeta};
use ndarray::Array2;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs `work`, presses Stop after `delay`, and asserts that the work unwound as Stop does.
fn stopped(delay: Duration, work: impl FnOnce()) -> Duration {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    reset();
    let start = Instant::now();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(delay);
        cancel();
    });
    let result = catch_unwind(AssertUnwindSafe(work));
    stopper.join().unwrap();
    reset();
    assert!(result.expect_err("the work went on to its end").is::<Cancelled>());
    start.elapsed()
}

#[test]
fn a_map_ends_after_the_items_under_way() {
    let begun = AtomicUsize::new(0);
    let pool = Pool::new(2).unwrap();
    let time = stopped(Duration::from_millis(50), || {
        let _ = pool.map(&[(); 1000], |()| {
            begun.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(10));
        });
    });
    assert!(time < Duration::from_secs(2), "{time:?}");
    assert!(begun.into_inner() < 100);
    assert_eq!(pool.map(&[1, 2], |n| n + 1).unwrap(), [2, 3], "the pool works on");
}

#[test]
fn a_checkpoint_in_an_item_stops_the_map_at_once() {
    let pool = Pool::new(2).unwrap();
    let time = stopped(Duration::from_millis(50), || {
        let _ = pool.map(&[1, 2, 3], |_| {
            loop {
                checkpoint();
                std::thread::sleep(Duration::from_millis(1));
            }
        });
    });
    assert!(time < Duration::from_secs(2), "{time:?}");
}

#[test]
fn errors_that_stop_caused_are_not_reported() {
    let pool = Pool::new(2).unwrap();
    stopped(Duration::from_millis(50), || {
        let result = pool.try_map(&[0; 1000], |_| {
            std::thread::sleep(Duration::from_millis(5));
            isopleth::parallel::cancel::check()
        });
        panic!("{result:?}");
    });
}

#[test]
fn reading_in_a_loop_stops_and_a_file_under_way_is_not_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let meta = RasterMeta::new(500, 500, DType::F32);
    let path = folder.path().join("a.tif");
    let mut writer = Raster::create(&path, &meta).unwrap();
    writer.write(&Array2::<f32>::zeros((500, 500)), 1).unwrap();
    writer.finish().unwrap();
    stopped(Duration::from_millis(50), || {
        let mut writer = Raster::create(folder.path().join("b.tif"), &meta).unwrap();
        loop {
            let array = Raster::open(&path).unwrap().read::<f32>(1).unwrap();
            writer.write(&array, 1).unwrap();
        }
    });
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Maps of a megabyte; Stop is pressed while the fortieth is read.
#[derive(Debug)]
struct Maps(AtomicUsize);

impl Source for Maps {
    fn shape(&self) -> &[usize] {
        &[200, 512, 512]
    }
    fn block(&self) -> &[usize] {
        &[1, 512, 512]
    }
    fn dtype(&self) -> DType {
        DType::F32
    }
    fn describe(&self) -> String {
        "maps".to_owned()
    }
    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let maps = window[0].len();
        let before = self.0.fetch_add(maps, Ordering::Relaxed);
        assert!(before < 150, "{before} maps were read, and Stop was pressed at 40");
        if (before..before + maps).contains(&40) {
            cancel();
        }
        let shape: Vec<usize> = window.iter().map(Range::len).collect();
        Values::from_shape_vec(&shape, vec![1f32; shape.iter().product()])
    }
}

#[test]
fn what_is_written_window_by_window_leaves_no_half_file() {
    let folder = tempfile::tempdir().unwrap();
    let maps = || DataArray::new(Plan::source(Maps(AtomicUsize::new(0))), ["time", "y", "x"]).unwrap();
    let writers: [fn(&DataArray, &Path) -> Result<()>; 2] = [
        |maps, folder| maps.to_raster(folder.join("a.tif"), ()),
        |maps, folder| maps.to_netcdf(folder.join("a.nc"), ()),
    ];
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for write in writers {
        reset();
        let result = catch_unwind(AssertUnwindSafe(|| write(&maps(), folder.path())));
        reset();
        assert!(result.expect_err("it was written to its end").is::<Cancelled>());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
