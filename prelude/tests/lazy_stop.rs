//! Stop ends a computation after the windows under way.
//!
//! A process of its own, since the flag is one per process.

use isopleth::array::{DType, Values};
use isopleth::lazy::{Plan, ReduceOp, ReduceOptions, Source, threads};
use isopleth::parallel::cancel;
use isopleth::{ErrorKind, Result};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

static READS: AtomicUsize = AtomicUsize::new(0);

#[derive(Debug)]
struct Day;

impl Source for Day {
    fn shape(&self) -> &[usize] {
        &[100, 1000]
    }
    fn block(&self) -> &[usize] {
        &[1, 1000]
    }
    fn dtype(&self) -> DType {
        DType::F32
    }
    fn describe(&self) -> String {
        "day".to_owned()
    }
    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let [rows, columns] = window else { panic!("a day has two axes: {window:?}") };
        if READS.fetch_add(1, Ordering::SeqCst) == 20 {
            cancel::cancel();
        }
        Values::from_shape_vec(&[rows.len(), columns.len()], vec![1f32; rows.len() * columns.len()])
    }
}

#[test]
fn a_stopped_computation_ends_soon_and_can_be_begun_again() {
    threads::set_threads(3).unwrap();
    let plan = Plan::stack((0..1000).map(|_| Plan::source(Day)).collect()).unwrap();
    for axes in [&[0][..], &[1, 2]] {
        let mean = plan.reduce(ReduceOp::Mean, axes, ReduceOptions::default()).unwrap();
        READS.store(0, Ordering::SeqCst);
        let error = mean.evaluate().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        let reads = READS.load(Ordering::SeqCst);
        assert!((21..24).contains(&reads), "{reads} reads, three threads: at most one each after Stop");
        cancel::reset();
        assert!(mean.evaluate().unwrap().to_vec::<f32>().unwrap().iter().all(|&cell| cell == 1.0));
    }
}
