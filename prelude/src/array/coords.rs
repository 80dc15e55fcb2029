//! The coordinates of one array: an ordered list, each of which can be looked at as an array itself.

use super::coord::Coord;
use super::data_array::DataArray;
use super::names::not_found;
use crate::Result;
use crate::lazy::Plan;
use crate::limits::refuse_beyond_memory;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Coordinates in order: those of the dimensions first. Cheap to clone.
#[derive(Clone, Default)]
pub struct Coords(Arc<Inner>);

#[derive(Default)]
struct Inner {
    list: Vec<Coord>,
    // `&da["time"]` has to borrow an array from somewhere: it is made here when first asked for.
    views: Vec<OnceLock<DataArray>>,
}

impl Coords {
    /// The coordinates of an array with `dims`, those of its dimensions first, in their order.
    pub(crate) fn new(mut list: Vec<Coord>, dims: &[String]) -> Self {
        list.sort_by_key(|coord| {
            dims.iter().position(|dim| coord.is_index() && dim == coord.name()).unwrap_or(usize::MAX)
        });
        let views = list.iter().map(|_| OnceLock::new()).collect();
        Self(Arc::new(Inner { list, views }))
    }

    /// The coordinate `name`.
    pub fn get(&self, name: &str) -> Option<&Coord> {
        self.iter().find(|coord| coord.name() == name)
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Coord> {
        self.0.list.iter()
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(Coord::name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.list.is_empty()
    }

    pub(crate) fn to_vec(&self) -> Vec<Coord> {
        self.0.list.clone()
    }

    /// The coordinate `name` as an array, with the coordinates that lie along its dimensions.
    pub(crate) fn view(&self, name: &str) -> Result<&DataArray> {
        let at = self.0.list.iter().position(|coord| coord.name() == name);
        let at = at.ok_or_else(|| not_found("coordinate", name, self.names()))?;
        let coord = &self.0.list[at];
        if let Some(range) = coord.even() {
            let what = format!("the {} labels of {name:?}, written out,", range.len());
            refuse_beyond_memory(&what, (range.len() as u64).saturating_mul(8), "select a part of the array first")?;
        }
        Ok(self.0.views[at].get_or_init(|| {
            let along = |other: &&Coord| other.dims().iter().all(|dim| coord.dims().contains(dim));
            let coords = Self::new(self.iter().filter(along).cloned().collect(), coord.dims());
            let plan = Plan::memory(coord.values().clone());
            DataArray::assemble(Some(name.into()), coord.dims().to_vec(), plan, coords, coord.attrs().clone())
        }))
    }
}

impl<'a> IntoIterator for &'a Coords {
    type Item = &'a Coord;
    type IntoIter = std::slice::Iter<'a, Coord>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The lines that an array's own view has under "Coordinates".
impl fmt::Debug for Coords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::view_text::coordinates(self))
    }
}
