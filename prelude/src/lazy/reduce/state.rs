//! The states of reductions as bytes: what another process has computed of a piece is read here and merged.
//!
//! A state is a head that says of which reduction it is (operation with its parameters, options, element type, cells,
//! values of each cell), and the arrays of the accumulator.
//! Whoever reads has the same plan, so the head must be the very one that the own [`Setup`] gives.

// Called by executors that hand pieces to other processes; the pool of this one merges states as they are.
#![cfg_attr(not(test), allow(dead_code))]

use super::{Accumulator, Reader, Reduction, Setup, Writer};
use crate::lazy::blocks::Seal;
use crate::{Error, ErrorKind, Result};

/// States are closed with this.
const SEAL: Seal = Seal { magic: b"ISOSTATE", version: 1, what: "state of a reduction" };

impl Setup<'_> {
    /// The state of a reduction that was set up so.
    pub fn save(&self, state: &dyn Accumulator) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.array(&self.head());
        state.save(&mut writer);
        SEAL.close(&writer)
    }

    /// The state that [`save`](Self::save) wrote, here or elsewhere.
    ///
    /// # Errors
    /// When the bytes are no state, are damaged, are of another version, or are the state of another reduction.
    pub fn restore(&self, bytes: &[u8]) -> Result<Box<dyn Accumulator>> {
        self.read(bytes).map_err(|error| error.context(format!("the state of a {}", self.op.name())))
    }

    fn read(&self, bytes: &[u8]) -> Result<Box<dyn Accumulator>> {
        let mut reader = SEAL.open(bytes)?;
        let head: Vec<u8> = reader.array()?;
        if head != self.head() {
            let (theirs, own) = (describe(&head), describe(&self.head()));
            let message = format!("it is of another reduction ({theirs}) than the one computed here ({own})");
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let mut state = self.start();
        state.load(&mut reader)?;
        reader.end()?;
        Ok(state)
    }

    /// What tells this reduction apart from others.
    fn head(&self) -> Vec<u8> {
        let mut head = Writer::default();
        let kind = match self.op {
            Reduction::Of(_) => 0,
            Reduction::Place(_) => 1,
            Reduction::Quantiles(_) => 2,
            Reduction::Fit(_) => 3,
        };
        head.text(&self.op.name());
        head.text(&self.input.to_string());
        head.numbers(&[self.cells as u64, self.length as u64]);
        head.numbers(&[kind, u64::from(self.options.skip_missing), self.options.ddof as u64]);
        head.numbers(&[self.options.min_count as u64]);
        match self.op {
            Reduction::Of(_) | Reduction::Place(_) => {}
            Reduction::Quantiles(shares) => head.array(shares),
            Reduction::Fit(fit) => fit.save(&mut head),
        }
        head.bytes()
    }
}

/// What a head says, for an error.
fn describe(head: &[u8]) -> String {
    let read = || -> Result<String> {
        let mut reader = Reader::of(head);
        let (name, dtype) = (reader.text()?, reader.text()?);
        let (cells, length) = (reader.number()?, reader.number()?);
        let (_, skip, ddof, least) = (reader.number()?, reader.number()?, reader.number()?, reader.number()?);
        let skip = if skip == 1 { "skipped" } else { "kept" };
        Ok(format!(
            "{name} of {dtype}, {cells} cells of {length} values, missing ones {skip}, ddof {ddof}, min_count {least}"
        ))
    };
    read().unwrap_or_else(|_| "of an unknown kind".to_owned())
}
