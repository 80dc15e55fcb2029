//! Arithmetic and logic on labelled arrays: `&a + &b`, `&a * 1.8 + 32.0`, `!mask`.
//!
//! Each operator has a twin that returns a `Result` (`try_add`), since an operator can only panic.

use super::data_array::DataArray;
use super::operand::{Operand, binary};
use crate::Result;
use crate::lazy::{BinaryOp, UnaryOp};
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Rem, Sub};

/// The panic of an operator: the words of the error, and how to get it as one.
#[track_caller]
fn must(result: Result<DataArray>, twin: &str) -> DataArray {
    result.unwrap_or_else(|error| panic!("{error}\n(.{twin}(…)? returns this as an error)"))
}

macro_rules! operators {
    ($($trait:ident $method:ident $try:ident $op:ident $doc:literal $sign:literal;)*) => {$(
        impl DataArray {
            #[doc = $doc]
            ///
            /// Only labels that both have survive; dimensions are matched by name; coordinates on which both
            /// disagree are dropped.
            ///
            /// # Errors
            /// When labels or lengths cannot be matched, or the element types do not go together.
            pub fn $try(&self, other: impl Into<Operand>) -> Result<DataArray> {
                self.binary(BinaryOp::$op, other)
            }
        }

        #[doc = concat!("`array ", $sign, " other`, aligned by labels and broadcast by names of dimensions.")]
        ///
        /// # Panics
        #[doc = concat!("When labels or lengths cannot be matched; [`DataArray::", stringify!($try), "`] returns an error instead.")]
        impl<T: Into<Operand>> $trait<T> for &DataArray {
            type Output = DataArray;

            #[track_caller]
            fn $method(self, other: T) -> DataArray {
                must(binary(BinaryOp::$op, &Operand::from(self), &other.into()), stringify!($try))
            }
        }

        #[doc = concat!("`array ", $sign, " other`, aligned by labels and broadcast by names of dimensions.")]
        ///
        /// # Panics
        #[doc = concat!("When labels or lengths cannot be matched; [`DataArray::", stringify!($try), "`] returns an error instead.")]
        impl<T: Into<Operand>> $trait<T> for DataArray {
            type Output = DataArray;

            #[track_caller]
            fn $method(self, other: T) -> DataArray {
                must(binary(BinaryOp::$op, &Operand::Array(self), &other.into()), stringify!($try))
            }
        }
    )*};
}

operators! {
    Add add try_add Add "`self + other`." "+";
    Sub sub try_sub Sub "`self - other`." "-";
    Mul mul try_mul Mul "`self * other`." "*";
    Div div try_div Div "`self / other`; of whole numbers too the answer is a float." "/";
    Rem rem try_rem Rem "`self % other`, with the sign of `other`." "%";
    BitAnd bitand try_and And "Both, of arrays of bool." "&";
    BitOr bitor try_or Or "Either, of arrays of bool." "|";
}

// Only the types that literals have: with more, `(1 - &a).mean(…)` would need a type written out.
macro_rules! scalar_first {
    ($($type:ty),* ; $($trait:ident $method:ident $try:ident $op:ident),*) => {
        scalar_first!(@each [$($type),*] $($trait $method $try $op),*);
    };
    (@each $types:tt $($trait:ident $method:ident $try:ident $op:ident),*) => {
        $(scalar_first!(@one $types $trait $method $try $op);)*
    };
    (@one [$($type:ty),*] $trait:ident $method:ident $try:ident $op:ident) => {$(
        /// # Panics
        /// When the element type does not go with a number.
        impl $trait<&DataArray> for $type {
            type Output = DataArray;

            #[track_caller]
            fn $method(self, array: &DataArray) -> DataArray {
                must(binary(BinaryOp::$op, &self.into(), &array.into()), stringify!($try))
            }
        }
        /// # Panics
        /// When the element type does not go with a number.
        impl $trait<DataArray> for $type {
            type Output = DataArray;

            #[track_caller]
            fn $method(self, array: DataArray) -> DataArray {
                must(binary(BinaryOp::$op, &self.into(), &array.into()), stringify!($try))
            }
        }
    )*};
}

scalar_first!(i32, f64; Add add try_add Add, Sub sub try_sub Sub, Mul mul try_mul Mul, Div div try_div Div);

impl DataArray {
    /// `self` to the power of `exponent`.
    ///
    /// # Errors
    /// When labels or lengths cannot be matched, or the element types do not go together.
    pub fn pow(&self, exponent: impl Into<Operand>) -> Result<DataArray> {
        self.binary(BinaryOp::Pow, exponent)
    }

    /// The smaller of each pair of elements; missing where either is.
    ///
    /// # Errors
    /// When labels or lengths cannot be matched, or the element types do not go together.
    pub fn minimum(&self, other: impl Into<Operand>) -> Result<DataArray> {
        self.binary(BinaryOp::Min, other)
    }

    /// The larger of each pair of elements; missing where either is.
    ///
    /// # Errors
    /// When labels or lengths cannot be matched, or the element types do not go together.
    pub fn maximum(&self, other: impl Into<Operand>) -> Result<DataArray> {
        self.binary(BinaryOp::Max, other)
    }
}

macro_rules! prefix {
    ($($trait:ident $method:ident $try:ident $op:ident $doc:literal;)*) => {$(
        impl DataArray {
            #[doc = $doc]
            ///
            /// # Errors
            /// When the element type has no such operation.
            pub fn $try(&self) -> Result<DataArray> {
                self.unary(UnaryOp::$op)
            }
        }

        prefix!(@one $trait $method $try &DataArray);
        prefix!(@one $trait $method $try DataArray);
    )*};
    (@one $trait:ident $method:ident $try:ident $type:ty) => {
        /// # Panics
        #[doc = concat!("When the element type has no such operation; [`DataArray::", stringify!($try), "`] returns an error instead.")]
        impl $trait for $type {
            type Output = DataArray;

            #[track_caller]
            fn $method(self) -> DataArray {
                must(self.$try(), stringify!($try))
            }
        }
    };
}

prefix! {
    Neg neg try_neg Neg "`-self`.";
    Not not try_not Not "`!self`: of bool the opposite, of whole numbers every bit turned.";
}
