//! Small multiples: which part of an array each panel shows.

use super::refuse;
use crate::Result;
use crate::array::{DataArray, not_found};
use crate::plot::figure::Settings;
use crate::plot::input::places;

/// More panels than this are too small to be read.
const MOST: usize = 120;

/// The panels of a figure, row by row.
pub(super) struct Facets {
    /// The dimensions whose labels have panels.
    dims: Vec<String>,
    /// A position of each of `dims` for each panel.
    picks: Vec<Vec<usize>>,
    pub titles: Vec<Option<String>>,
    /// How many stand side by side.
    pub columns: usize,
}

impl Facets {
    /// The panels that `settings` ask for; a single one where they ask for none.
    ///
    /// # Errors
    /// When there is no such dimension, or there would be too many panels, or none.
    pub fn of(array: &DataArray, settings: &Settings) -> Result<Self> {
        let (row, col) = (settings.row.as_deref(), settings.col.as_deref());
        if row.is_some() && row == col {
            return refuse(format!("row and col are both {:?}; each takes a dimension of its own", row.unwrap_or("")));
        }
        let dims: Vec<String> = [row, col].into_iter().flatten().map(str::to_owned).collect();
        let mut picks: Vec<Vec<usize>> = vec![Vec::new()];
        for dim in &dims {
            let axis = array.axis_of(dim).ok_or_else(|| {
                let what = if row == Some(dim) { "row" } else { "col" };
                not_found("dimension", dim, array.dims().iter().map(String::as_str)).context(what)
            })?;
            let len = array.shape()[axis];
            if len == 0 {
                return refuse(format!("panels along {dim:?}: that dimension has length 0, so there is no panel"));
            }
            picks = picks.iter().flat_map(|pick| (0..len).map(|at| [pick.as_slice(), &[at]].concat())).collect();
            if picks.len() > MOST {
                return refuse(format!(
                    "panels along {}: {} would be too small to be read, {MOST} are the most; select some labels, or \
                     make them fewer with groupby or resample",
                    dims.join(" and "),
                    picks.len()
                ));
            }
        }
        let columns = match (row, col, settings.wrap) {
            (Some(_), Some(col), _) => array.sizes().iter().find(|(dim, _)| dim == col).map_or(1, |(_, len)| *len),
            (Some(_), None, _) => settings.wrap.unwrap_or(1),
            (None, _, Some(wrap)) => wrap.min(picks.len()),
            (None, ..) => usual_columns(picks.len()),
        };
        let titles = picks.iter().map(|pick| title(array, &dims, pick)).collect();
        Ok(Self { dims, picks, titles, columns })
    }

    pub fn has(&self, dim: &str) -> bool {
        self.dims.iter().any(|own| own == dim)
    }

    /// Whether there is one panel, since none were asked for.
    pub fn is_single(&self) -> bool {
        self.dims.is_empty()
    }

    pub fn len(&self) -> usize {
        self.picks.len()
    }

    /// The part of `array` that panel `at` shows: all of it along dimensions that it does not have.
    ///
    /// # Errors
    /// When `array` is shorter along one of the dimensions than the array that the panels were made for.
    pub fn part(&self, array: &DataArray, at: usize) -> Result<DataArray> {
        let mut part = array.clone();
        for (dim, &position) in self.dims.iter().zip(&self.picks[at]) {
            if part.axis_of(dim).is_some() {
                part = part.isel_dim(dim, position).map_err(|error| error.context("panels"))?;
            }
        }
        Ok(part)
    }
}

/// As many side by side as can be read, and no row with one left over if that can be had.
fn usual_columns(panels: usize) -> usize {
    match panels {
        0..=3 => panels.max(1),
        4 => 2,
        5 | 6 | 9 => 3,
        _ => 4,
    }
}

/// "month = 1": what the panel shows.
fn title(array: &DataArray, dims: &[String], pick: &[usize]) -> Option<String> {
    let part = |(dim, &at): (&String, &usize)| match array.index_of(dim) {
        Some(coord) => format!("{dim} = {}", places::label_text(coord, at)),
        None => format!("{dim} = {at}"),
    };
    let parts: Vec<String> = dims.iter().zip(pick).map(part).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
