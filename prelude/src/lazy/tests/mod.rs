//! What the engine promises, shown on sources that count what is read of them.

mod cut;
mod deep;
mod deferred;
mod equality;
mod lines;
mod nested;
mod reading;
mod reduction;
mod refusal;
mod sharing;
pub(crate) mod sinking;
mod stacking;

use super::*;
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// What was read of all sources of a test.
#[derive(Debug, Default)]
struct Log {
    pixels: AtomicUsize,
    reads: Mutex<Vec<Read>>,
}

/// The number of the file, rows and columns.
type Read = (usize, Range<usize>, Range<usize>);

impl Log {
    fn pixels(&self) -> usize {
        self.pixels.load(Ordering::Relaxed)
    }

    /// The files read, each once, ascending.
    fn files(&self) -> Vec<usize> {
        let mut files: Vec<usize> = self.reads.lock().unwrap().iter().map(|read| read.0).collect();
        files.sort_unstable();
        files.dedup();
        files
    }
}

/// A raster whose cells follow from its number, the row and the column; one in five is missing.
#[derive(Debug, Clone)]
struct Fake {
    number: usize,
    shape: [usize; 2],
    block: [usize; 2],
    dtype: DType,
    path: PathBuf,
    log: Arc<Log>,
    /// Reading fails from this row on.
    broken_from: usize,
}

impl Fake {
    fn cell(&self, row: usize, column: usize) -> f64 {
        let missing = (row + column + self.number).is_multiple_of(5) || (row == 0 && column < 2);
        match self.dtype.is_float() && missing {
            true => f64::NAN,
            false => ((row * 31 + column * 7 + self.number * 13) % 101) as f64 / 4.0 - 3.0,
        }
    }

    fn all(&self) -> Values {
        let cells = (0..self.shape[0]).flat_map(|row| (0..self.shape[1]).map(move |column| (row, column)));
        let cells: Vec<f64> = cells.map(|(row, column)| self.cell(row, column)).collect();
        Values::from_shape_vec(&self.shape, cells).unwrap().cast(self.dtype)
    }
}

impl Source for Fake {
    fn shape(&self) -> &[usize] {
        &self.shape
    }
    fn block(&self) -> &[usize] {
        &self.block
    }
    fn dtype(&self) -> DType {
        self.dtype
    }
    fn path(&self) -> Option<&Path> {
        Some(&self.path)
    }
    fn describe(&self) -> String {
        format!("{}, band 1", self.path.display())
    }
    fn axis_name(&self, axis: usize) -> String {
        ["rows", "columns"][axis].to_owned()
    }
    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let [rows, columns] = window else { panic!("{window:?}") };
        assert!(rows.end <= self.shape[0] && columns.end <= self.shape[1], "read outside: {rows:?} {columns:?}");
        if rows.end > self.broken_from {
            return Err(Error::new(
                ErrorKind::Damaged,
                format!("{} ends at row {}", self.path.display(), self.broken_from),
            ));
        }
        self.log.pixels.fetch_add(rows.len() * columns.len(), Ordering::Relaxed);
        self.log.reads.lock().unwrap().push((self.number, rows.clone(), columns.clone()));
        let mut cells = buffers::take::<f64>(rows.len() * columns.len());
        let positions = rows.clone().flat_map(|row| columns.clone().map(move |column| (row, column)));
        cells.iter_mut().zip(positions).for_each(|(cell, (row, column))| *cell = self.cell(row, column));
        Ok(Values::from_shape_vec(&[rows.len(), columns.len()], cells)?.cast(self.dtype))
    }
}

/// A stack of files and what is read of them.
struct Year {
    fakes: Vec<Fake>,
    log: Arc<Log>,
}

impl Year {
    fn new(files: usize, shape: [usize; 2], block: [usize; 2], dtype: DType) -> Self {
        let log = Arc::new(Log::default());
        let fake = |number| Fake {
            number,
            shape,
            block,
            dtype,
            path: PathBuf::from(format!("day_{number:03}.tif")),
            log: log.clone(),
            broken_from: usize::MAX,
        };
        Self { fakes: (0..files).map(fake).collect(), log }
    }

    /// Strips of one row, `f32`, as the lesson's files.
    fn of_strips(files: usize, rows: usize, columns: usize) -> Self {
        Self::new(files, [rows, columns], [1, columns], DType::F32)
    }

    /// Shape (file, row, column), lazy.
    fn plan(&self) -> Plan {
        Plan::stack(self.fakes.iter().cloned().map(Plan::source).collect()).unwrap()
    }

    /// The same in memory.
    fn memory(&self) -> Plan {
        Plan::stack(self.fakes.iter().map(|fake| Plan::memory(fake.all())).collect()).unwrap()
    }
}

/// Equal shape, dtype and bits, where every NaN is the same.
fn assert_same(a: &Values, b: &Values, what: &str) {
    assert_eq!((a.shape(), a.dtype()), (b.shape(), b.dtype()), "{what}");
    let bits = |values: &Values| -> Vec<u64> {
        match values.dtype() {
            DType::F32 | DType::F64 => {
                let floats = values.to_vec::<f64>().unwrap();
                floats.into_iter().map(|v| if v.is_nan() { u64::MAX } else { v.to_bits() }).collect()
            }
            _ => values.cast(DType::I64).to_vec::<i64>().unwrap().into_iter().map(|v| v as u64).collect(),
        }
    };
    assert_eq!(bits(a), bits(b), "{what}");
}

/// Tests that set the number of threads run one after the other.
pub(crate) fn one_at_a_time() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn reduce(plan: &Plan, op: ReduceOp, axes: &[usize]) -> Plan {
    plan.reduce(op, axes, ReduceOptions::default()).unwrap()
}
