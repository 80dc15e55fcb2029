//! Arithmetic of groups with an array that has one value per group: anomalies from a climatology.

use super::GroupBy;
use crate::array::coord::Coord;
use crate::array::data_array::DataArray;
use crate::array::names::not_found;
use crate::array::operand::{Operand, binary};
use crate::array::select::list;
use crate::lazy::BinaryOp;
use crate::{Error, ErrorKind, Result};
use std::borrow::Borrow;
use std::ops::{Add, Div, Mul, Sub};

impl GroupBy {
    /// `op` of each element and the element of `other` that has the label of its group.
    ///
    /// The result has the array's own dimensions, and the labels of the groups as a coordinate. Positions that are in no
    /// group are left out.
    ///
    /// # Errors
    /// When `other` lacks the dimension of the groups or one of their labels, or the operation has no meaning for the
    /// element types.
    pub fn binary(&self, op: BinaryOp, other: &DataArray) -> Result<DataArray> {
        self.with_groups(op, other).map_err(|error| error.context(format!("groupby {}", op.name())))
    }

    fn with_groups(&self, op: BinaryOp, other: &DataArray) -> Result<DataArray> {
        let groups = &*self.groups;
        let (dim, name) = (&groups.dim, &groups.name);
        let axis = other.axis(name)?;
        let index = other
            .index_of(name)
            .ok_or_else(|| not_found("coordinate", name, other.coords().names()).context("the other array"))?;
        let (own, theirs) = (groups.labels.label_index(), index.label_index());
        let places = theirs.positions_of(own).ok_or_else(|| {
            let message = format!("the groups of {name:?} have {}, the other array {}", own.kind(), theirs.kind());
            Error::new(ErrorKind::Mismatch, message)
        })?;
        let places = places.map_err(|twice| {
            Error::new(ErrorKind::Mismatch, format!("{twice} occurs more than once among the labels of {name:?}"))
        })?;
        let mut kept = Vec::with_capacity(groups.codes.len());
        let mut taken = Vec::with_capacity(groups.codes.len());
        for (at, code) in groups.codes.iter().enumerate() {
            let Some(group) = *code else { continue };
            let Some(place) = places[group] else {
                let message = format!(
                    "the other array has nothing for the group {} of {name:?}; it has {}",
                    own.text(group),
                    theirs.extent()
                );
                return Err(Error::new(ErrorKind::NotFound, message));
            };
            kept.push(at);
            taken.push(place);
        }
        let array = match kept.len() == groups.codes.len() {
            true => self.array.clone(),
            false => self.array.take(self.array.axis(dim)?, &kept)?,
        };
        let mut spread = other.take(axis, &taken)?;
        if name == dim {
            spread = spread.drop_vars(name)?;
        } else {
            // What lies along the groups' dimension but its labels would clash with what lies along the array's.
            let along = |coord: &&Coord| !coord.dims().contains(name);
            let rest: Vec<Coord> = spread.coords().iter().filter(along).cloned().collect();
            spread = spread.with_coords(rest).rename(name, dim)?;
        }
        let result = binary(op, &Operand::Array(array), &Operand::Array(spread))?;
        if name == dim {
            return Ok(result);
        }
        let codes: Vec<usize> = groups.codes.iter().copied().flatten().collect();
        let labels = groups.labels.index(&[list(&codes)], vec![dim.clone()])?;
        result.coord(name, labels)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $try:ident $op:ident $sign:literal;)*) => {
        impl GroupBy {$(
            #[doc = concat!("`groups ", $sign, " other`, where `other` has one value for each group; see [`binary`](Self::binary).")]
            ///
            /// # Errors
            /// As for [`binary`](Self::binary).
            pub fn $try(&self, other: impl Borrow<DataArray>) -> Result<DataArray> {
                self.binary(BinaryOp::$op, other.borrow())
            }
        )*}
        $(
            operators!(@one $trait $method $try $sign GroupBy);
            operators!(@one $trait $method $try $sign &GroupBy);
        )*
    };
    (@one $trait:ident $method:ident $try:ident $sign:literal $type:ty) => {
        #[doc = concat!("`groups ", $sign, " other`, where `other` has one value for each group.")]
        ///
        /// # Panics
        #[doc = concat!("When `other` does not fit; [`GroupBy::", stringify!($try), "`] returns an error instead.")]
        impl<T: Borrow<DataArray>> $trait<T> for $type {
            type Output = DataArray;

            #[track_caller]
            fn $method(self, other: T) -> DataArray {
                self.$try(other).unwrap_or_else(|error| {
                    panic!("{error}\n(.{}(…)? returns this as an error)", stringify!($try))
                })
            }
        }
    };
}

operators! {
    Add add try_add Add "+";
    Sub sub try_sub Sub "-";
    Mul mul try_mul Mul "*";
    Div div try_div Div "/";
}
