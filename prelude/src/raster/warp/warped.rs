//! A plane on another grid as a source of the lazy engine: warped when it is read, window by window.

use super::Warp;
use crate::lazy::written::SourceForm;
use crate::lazy::{Plan, Source, source_bytes};
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;
use std::sync::OnceLock;

/// A plane on another grid.
#[derive(Debug)]
pub(in crate::raster) struct Warped {
    pub(super) input: Plan,
    pub(super) warp: Warp,
    shape: [usize; 2],
    block: OnceLock<[usize; 2]>,
}

impl Warped {
    /// `plane` lies on the source grid of `warp`.
    pub fn new(plane: &Plan, warp: Warp) -> Self {
        let shape = warp.regrid.target.shape();
        // Numbers of 64 bits are looked at before they become floats.
        let input =
            if matches!(plane.dtype(), DType::I64 | DType::U64) { plane.clone() } else { plane.cast(warp.dtype) };
        Self { input, warp, shape, block: OnceLock::new() }
    }
}

impl Source for Warped {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Rows that need little of the source which others need too, so that threads can share a plane.
    fn block(&self) -> &[usize] {
        self.block.get_or_init(|| self.warp.regrid.block())
    }

    fn dtype(&self) -> DType {
        self.warp.dtype
    }

    fn input(&self) -> Option<&Plan> {
        Some(&self.input)
    }

    fn cost(&self, elements: usize) -> u64 {
        let regrid = &self.warp.regrid;
        let own = regrid.cost(elements, self.input.dtype().size().max(self.warp.dtype.size()));
        own.saturating_add(source_bytes([&self.input], regrid.read(elements) as u64))
    }

    fn describe(&self) -> String {
        let regrid = &self.warp.regrid;
        format!("from {} to {}, {:?}", regrid.source.crs_name(), regrid.target.crs_name(), self.warp.resampling)
    }

    fn written(&self) -> Option<SourceForm> {
        Some(self.form())
    }

    fn axis_name(&self, axis: usize) -> String {
        ["rows", "columns"][axis.min(1)].to_owned()
    }

    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let [rows, columns] = window else {
            return Err(Error::new(ErrorKind::Other, "reproject: a plane has two axes"));
        };
        self.warp.window(&self.input, [rows.clone(), columns.clone()])
    }
}
