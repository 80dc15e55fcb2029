//! The fields of one variable as the leaf of a lazy plan: each message is unpacked when a window of it is read.

use super::fields::Field;
use super::grid::{Grid, Places};
use super::messages::Reader;
use super::values::Packing;
use crate::array::{DType, Values};
use crate::disk::{file_name, shown};
use crate::files::opening::{Kept, grown};
use crate::lazy::Source;
use crate::lazy::written::SourceForm;
use crate::values::{buffers, count};
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A cube of fields; places without a field are missing.
#[derive(Debug)]
pub(in crate::files) struct FieldsOf {
    pub(in crate::files) dims: Vec<String>,
    pub(super) shape: Vec<usize>,
    /// How many of the last axes are a field's own.
    pub(super) own: usize,
    /// The field at each place of the other axes, counted as in memory.
    pub(super) fields: HashMap<usize, Field>,
}

impl FieldsOf {
    /// Which fields lie where, in words.
    fn contents(&self) -> String {
        let mut fields: Vec<(&usize, &Field)> = self.fields.iter().collect();
        fields.sort_unstable_by_key(|(place, _)| **place);
        // A description of each field may take more room than its values do in the plan.
        let said = format!("{:?}", (&self.dims, &self.shape, self.own, fields));
        format!("{} fields, {:08x}", self.fields.len(), libdeflater::crc32(said.as_bytes()))
    }

    /// Whether the fields of an earlier look at the file are all where they were, and the same.
    pub(in crate::files) fn continue_those_of(&self, earlier: &Self) -> bool {
        (&self.dims, self.own) == (&earlier.dims, earlier.own)
            && grown(&self.shape, &earlier.shape)
            && earlier.fields.iter().all(|(place, field)| self.fields.get(place) == Some(field))
    }
}

/// What reads them.
#[derive(Debug)]
pub(super) struct FieldsSource {
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) block: Vec<usize>,
    pub(super) storage: String,
    pub(super) of: Arc<FieldsOf>,
    pub(super) kept: Kept,
}

impl FieldsSource {
    /// Copies the part of one field that lies in the last ranges of a window.
    fn copy(&self, reader: &Reader, field: &Field, window: &[Range<usize>], into: &mut [f32]) -> Result<()> {
        let values = match window {
            // Whole rows that follow each other in the file, and in the window too.
            [rows, columns] if columns.len() == self.of.shape[self.of.shape.len() - 1] && !reordered(field) => {
                let width = columns.len();
                field.packed.read(reader, rows.start * width..rows.end * width)?
            }
            [points] if !reordered(field) => field.packed.read(reader, points.clone())?,
            [rows, columns] if !reordered(field) => {
                let width = self.of.shape[self.of.shape.len() - 1];
                let all = field.packed.read(reader, rows.start * width..rows.end * width)?;
                all.chunks_exact(width).flat_map(|row| row[columns.clone()].iter().copied()).collect()
            }
            _ => {
                let stored = field.packed.read(reader, 0..field.grid.points)?;
                let ordered = in_rows(&field.grid, alternates(field), stored);
                match window {
                    [rows, columns] => {
                        let width = self.of.shape[self.of.shape.len() - 1];
                        let rows = &ordered[rows.start * width..rows.end * width];
                        rows.chunks_exact(width).flat_map(|row| row[columns.clone()].iter().copied()).collect()
                    }
                    [points] => ordered[points.clone()].to_vec(),
                    _ => return Err(Error::new(ErrorKind::Other, "a field has one axis or two")),
                }
            }
        };
        if values.len() != into.len() {
            return Err(Error::new(ErrorKind::Other, "a field gave another number of values than were asked for"));
        }
        into.copy_from_slice(&values);
        Ok(())
    }
}

fn alternates(field: &Field) -> bool {
    let second_order = matches!(&field.packed.packing, Packing::SecondOrder(settings) if settings.alternates());
    second_order != field.grid.scanning.alternating
}

/// Whether points are not stored row by row.
fn reordered(field: &Field) -> bool {
    alternates(field) || (field.grid.scanning.j_consecutive && field.grid.size.is_some())
}

/// Values row by row, from the order in which they are stored.
fn in_rows(grid: &Grid, alternates: bool, mut stored: Vec<f32>) -> Vec<f32> {
    let Some((columns, rows)) = grid.size else {
        if alternates
            && let Places::Gaussian { rows: Some(rows), .. } | Places::ReducedLatLon { rows, .. } = &grid.places
        {
            let mut rest = stored.as_mut_slice();
            for (at, row) in rows.iter().enumerate() {
                let (this, after) = std::mem::take(&mut rest).split_at_mut(row.count);
                if at % 2 == 1 {
                    this.reverse();
                }
                rest = after;
            }
        }
        return stored;
    };
    let line = if grid.scanning.j_consecutive { rows } else { columns };
    if alternates {
        stored.chunks_exact_mut(line).skip(1).step_by(2).for_each(<[f32]>::reverse);
    }
    if !grid.scanning.j_consecutive {
        return stored;
    }
    (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (row, column)))
        .map(|(row, column)| stored[column * rows + row])
        .collect()
}

impl Source for FieldsSource {
    fn shape(&self) -> &[usize] {
        &self.of.shape
    }

    fn block(&self) -> &[usize] {
        &self.block
    }

    fn dtype(&self) -> DType {
        DType::F32
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.path)
    }

    /// A whole field: its message, its codes, its values in the order of the file and in rows.
    fn cost(&self, _elements: usize) -> u64 {
        /// Bytes for each point.
        const POINT: u64 = 4 + 8 + 4 + 4;
        let own = &self.of.shape[self.of.shape.len() - self.of.own..];
        (count(own) as u64).saturating_mul(POINT)
    }

    fn describe(&self) -> String {
        format!("{}, {}, {} fields, {}", file_name(&self.path), self.name, self.of.fields.len(), self.storage)
    }

    fn written(&self) -> Option<SourceForm> {
        self.kept.written(self.of.contents())
    }

    fn axis_name(&self, axis: usize) -> String {
        self.of.dims.get(axis).cloned().unwrap_or_else(|| format!("axis {axis}"))
    }

    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        self.kept.unchanged(self.unpacked(window))
    }
}

impl FieldsSource {
    fn unpacked(&self, window: &[Range<usize>]) -> Result<Values> {
        let shape: Vec<usize> = window.iter().map(Range::len).collect();
        let mut values: Vec<f32> = buffers::take(shape.iter().product());
        let (outer, inner) = window.split_at(window.len() - self.of.own);
        let size: usize = inner.iter().map(Range::len).product();
        if size == 0 || values.is_empty() {
            return Values::from_shape_vec(&shape, values);
        }
        let reader = Reader::open(&self.path)?;
        let mut place: Vec<usize> = outer.iter().map(|range| range.start).collect();
        for part in values.chunks_exact_mut(size) {
            let at = place.iter().zip(&self.of.shape).fold(0, |at, (&index, &length)| at * length + index);
            match self.of.fields.get(&at) {
                Some(field) => self.copy(&reader, field, inner, part).map_err(|error| {
                    let where_ = format!("message {}, at byte {}", field.message.number, field.message.extent.offset);
                    error.context(where_).context(format!("{}, variable {:?}", shown(&self.path), self.name))
                })?,
                None => part.fill(f32::NAN),
            }
            // The next place, the last axis first.
            for (index, range) in place.iter_mut().zip(outer).rev() {
                *index += 1;
                if *index < range.end {
                    break;
                }
                *index = range.start;
            }
        }
        Values::from_shape_vec(&shape, values)
    }
}
