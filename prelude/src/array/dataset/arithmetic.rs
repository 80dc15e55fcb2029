//! Arithmetic of datasets with numbers, arrays and datasets: array by array, those of one name together.

use super::Dataset;
use crate::array::data_array::DataArray;
use crate::array::names::listed;
use crate::array::operand::Operand;
use crate::lazy::BinaryOp;
use crate::{Error, ErrorKind, Result};
use std::ops::{Add, Div, Mul, Sub};

/// The other side of an operation on a dataset: what goes with each array, or another dataset.
#[derive(Debug, Clone)]
pub enum DatasetOperand {
    /// The same for each array.
    Each(Operand),
    /// The array of the same name; names that only one dataset has are left out.
    Named(Dataset),
}

impl<T: Into<Operand>> From<T> for DatasetOperand {
    fn from(operand: T) -> Self {
        Self::Each(operand.into())
    }
}

impl From<&Dataset> for DatasetOperand {
    fn from(ds: &Dataset) -> Self {
        Self::Named(ds.clone())
    }
}

impl From<Dataset> for DatasetOperand {
    fn from(ds: Dataset) -> Self {
        Self::Named(ds)
    }
}

impl Dataset {
    /// `op` of each array and `other`: a number, an array, or of another dataset the array of the same name.
    ///
    /// # Errors
    /// When the datasets have no name in common, labels cannot be matched, or element types do not go together.
    pub fn binary(&self, op: BinaryOp, other: impl Into<DatasetOperand>) -> Result<Self> {
        self.combined(op, &other.into())
    }

    fn combined(&self, op: BinaryOp, other: &DatasetOperand) -> Result<Self> {
        match other {
            DatasetOperand::Each(operand) => self.each(&|array| array.binary(op, operand.clone())),
            DatasetOperand::Named(other) => self.paired(other, &|array, other| array.binary(op, other)),
        }
    }

    /// `f` of each pair of arrays of one name.
    pub(super) fn paired(&self, other: &Self, f: &dyn Fn(&DataArray, &DataArray) -> Result<DataArray>) -> Result<Self> {
        let both = |array: &&DataArray| array.get_name().is_some_and(|name| other.array(name).is_some());
        let arrays: std::sync::Arc<[DataArray]> = self.arrays.iter().filter(both).cloned().collect();
        if arrays.is_empty() {
            let (own, theirs) = (self.names().collect::<Vec<_>>(), other.names().collect::<Vec<_>>());
            let message = format!("the datasets have no array in common: {} and {}", listed(&own), listed(&theirs));
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        Self { arrays, ..self.clone() }.each(&|array| match array.get_name().and_then(|name| other.array(name)) {
            Some(other) => f(array, other),
            None => Ok(array.clone()),
        })
    }

    pub(super) fn array(&self, name: &str) -> Option<&DataArray> {
        self.arrays.iter().find(|array| array.get_name() == Some(name))
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $try:ident $sign:literal;)*) => {$(
        impl Dataset {
            #[doc = concat!("`self ", $sign, " other`, array by array; see [`binary`](Self::binary).")]
            ///
            /// # Errors
            /// As for [`binary`](Self::binary).
            pub fn $try(&self, other: impl Into<DatasetOperand>) -> Result<Self> {
                self.combined(BinaryOp::$trait, &other.into())
            }
        }

        operators!(@one $trait $method $try $sign Dataset);
        operators!(@one $trait $method $try $sign &Dataset);
    )*};
    (@one $trait:ident $method:ident $try:ident $sign:literal $type:ty) => {
        #[doc = concat!("`dataset ", $sign, " other`, array by array.")]
        ///
        /// # Panics
        #[doc = concat!("When they do not go together; [`Dataset::", stringify!($try), "`] returns an error instead.")]
        impl<T: Into<DatasetOperand>> $trait<T> for $type {
            type Output = Dataset;

            #[track_caller]
            fn $method(self, other: T) -> Dataset {
                self.$try(other).unwrap_or_else(|error| {
                    panic!("{error}\n(.{}(…)? returns this as an error)", stringify!($try))
                })
            }
        }
    };
}

operators! {
    Add add try_add "+";
    Sub sub try_sub "-";
    Mul mul try_mul "*";
    Div div try_div "/";
}
