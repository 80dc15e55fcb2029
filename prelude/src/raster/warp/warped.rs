//! A plane on another grid as a source of the lazy engine: warped when it is read, window by window.

use super::Warp;
use crate::lazy::{Plan, Source};
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;

/// A plane on another grid.
#[derive(Debug)]
pub(in crate::raster) struct Warped {
    input: Plan,
    warp: Warp,
    shape: [usize; 2],
}

impl Warped {
    /// `plane` lies on the source grid of `warp`.
    pub fn new(plane: &Plan, warp: Warp) -> Self {
        let shape = warp.target.shape();
        // Numbers of 64 bits are looked at before they become floats.
        let input =
            if matches!(plane.dtype(), DType::I64 | DType::U64) { plane.clone() } else { plane.cast(warp.dtype) };
        Self { input, warp, shape }
    }
}

impl Source for Warped {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// All of it: a row of the new grid may need any row of the old one.
    fn block(&self) -> &[usize] {
        &self.shape
    }

    fn dtype(&self) -> DType {
        self.warp.dtype
    }

    fn input(&self) -> Option<&Plan> {
        Some(&self.input)
    }

    fn describe(&self) -> String {
        let (from, to) = (self.warp.source.crs_name(), self.warp.target.crs_name());
        format!("from {from} to {to}, {:?}", self.warp.resampling)
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
