//! An array on a map as its planes: what GDAL's algorithms take one at a time.

use crate::array::{Coord, DataArray, Operation};
use crate::geo::NoGrid;
use crate::lazy::{AxisIndex, Plan};
use crate::{Error, ErrorKind, Result};

/// The planes of an array, and what they are when they are put together again.
pub(super) struct Planes {
    /// The dimensions before the map's, and their lengths.
    outer: Vec<(String, usize)>,
    /// Rows and columns, one after the other, last outer dimension fastest.
    pub planes: Vec<Plan>,
    /// The array with rows and columns last.
    pub array: DataArray,
    /// The names of the dimensions that run down and across.
    pub map: [String; 2],
    /// Whether the array was lazy, before the reductions in it were computed.
    pub lazy: bool,
}

impl Planes {
    /// Cuts `array`, of which `what` is asked.
    ///
    /// # Errors
    /// When it has no dimensions of a map.
    pub fn of(array: &DataArray, what: &str) -> Result<Self> {
        let Some(map) = array.map_dims() else {
            return Err(Error::new(ErrorKind::Mismatch, format!("{what}: {}", array.no_grid(&NoGrid::NoMap))));
        };
        let rest: Vec<&str> = array.dims().iter().map(String::as_str).filter(|dim| !map.contains(dim)).collect();
        let order: Vec<&str> = rest.iter().copied().chain(map).collect();
        let array = if array.dims() == order.as_slice() { array.clone() } else { array.transpose(order)? };
        // Every plane may need them whole, so they are computed once and not for each plane.
        let lazy = array.is_lazy();
        let array = array.with_plan(Operation::Load, array.plan().settled()?);
        let outer: Vec<(String, usize)> = array.sizes().into_iter().take(rest.len()).collect();
        let (rows, columns) = (array.shape()[rest.len()], array.shape()[rest.len() + 1]);
        let count: usize = outer.iter().map(|(_, length)| length).product();
        let planes = (0..count)
            .map(|number| {
                let mut axes = Vec::with_capacity(array.ndim());
                let mut number = number;
                for (_, length) in outer.iter().rev() {
                    axes.push(AxisIndex::At(number % length));
                    number /= length;
                }
                axes.reverse();
                axes.extend([AxisIndex::all(rows), AxisIndex::all(columns)]);
                array.plan().index(&axes)
            })
            .collect::<Result<_>>()?;
        Ok(Self { outer, planes, array, map: map.map(str::to_owned), lazy })
    }

    /// Where plane `number` lies along the dimension `dim`, if that is one of the outer ones.
    pub fn position(&self, dim: &str, mut number: usize) -> Option<usize> {
        for (name, length) in self.outer.iter().rev() {
            if name == dim {
                return Some(number % length);
            }
            number /= length;
        }
        None
    }

    /// New planes of one shape in the places of the old ones; `dims` and `coords` are those of a plane.
    pub fn rebuild(
        &self,
        operation: Operation,
        mut planes: Vec<Plan>,
        dims: &[&str],
        coords: Vec<Coord>,
    ) -> Result<DataArray> {
        if planes.is_empty() {
            let message = format!("the array is empty: {}", self.array.dims().join(", "));
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        for (_, length) in self.outer.iter().rev() {
            planes = planes.chunks(*length).map(|group| Plan::stack(group.to_vec())).collect::<Result<_>>()?;
        }
        let on_map = |coord: &&Coord| coord.dims().iter().any(|dim| self.map.contains(dim));
        let replaced = |coord: &&Coord| coords.iter().any(|new| new.name() == coord.name());
        let kept = self.array.coords().iter().filter(|coord| !on_map(coord) && !replaced(coord)).cloned();
        let all: Vec<Coord> = kept.chain(coords.iter().cloned()).collect();
        let dims = self.outer.iter().map(|(dim, _)| dim.clone()).chain(dims.iter().map(|dim| (*dim).to_owned()));
        Ok(self.array.with_parts(operation, dims.collect(), planes.remove(0), all))
    }
}
