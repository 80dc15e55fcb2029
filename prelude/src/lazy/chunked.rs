//! Values in memory as the leaf of a lazy plan: computed chunk by chunk, as a dask array is.
//!
//! It makes large intermediate results small, shows on small arrays how lazy ones work, and is how tests
//! run every operation over windows of every shape.

use super::Source;
use super::written::{SourceForm, SourceReader};
use crate::Result;
use crate::values::{DType, Values};
use std::ops::Range;
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Chunked {
    values: Values,
    block: Vec<usize>,
}

impl Chunked {
    /// `block` holds the length of a chunk along each axis, at least 1.
    pub fn new(values: Values, block: Vec<usize>) -> Self {
        debug_assert!(values.ndim() == block.len() && block.iter().all(|&length| length > 0));
        Self { values, block }
    }
}

impl Source for Chunked {
    fn shape(&self) -> &[usize] {
        self.values.shape()
    }

    fn block(&self) -> &[usize] {
        &self.block
    }

    fn is_chunked(&self) -> bool {
        true
    }

    fn dtype(&self) -> DType {
        self.values.dtype()
    }

    fn describe(&self) -> String {
        let lengths: Vec<String> = self.block.iter().map(usize::to_string).collect();
        format!("from memory in chunks of {}", lengths.join(" x "))
    }

    fn written(&self) -> Option<SourceForm> {
        Some(SourceForm::new(CHUNKS).with("lengths", self.block.clone()).with_array(self.values.clone()))
    }

    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        Ok(self.values.window(window))
    }
}

/// The kind of these sources in written plans.
const CHUNKS: &str = "values in chunks";

/// Takes them out of written plans.
pub(super) struct ChunkedReader;

impl SourceReader for ChunkedReader {
    fn kind(&self) -> &'static str {
        CHUNKS
    }

    fn open(&mut self, form: &SourceForm) -> Result<Arc<dyn Source>> {
        let (values, block) = (form.array(0)?, form.numbers("lengths")?);
        if values.ndim() != block.len() || block.contains(&0) {
            return Err(form.lacks("length of chunks along each axis"));
        }
        Ok(Arc::new(Chunked::new(values.clone(), block)))
    }
}
