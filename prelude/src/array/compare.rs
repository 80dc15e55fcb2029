//! Comparisons: arrays of bool, for `where_` and for counting.

use super::data_array::DataArray;
use super::operand::Operand;
use crate::Result;
use crate::lazy::BinaryOp;

macro_rules! comparisons {
    ($($method:ident $try:ident $op:ident $doc:literal;)*) => {
        impl DataArray {$(
            #[doc = concat!("Where `self ", $doc, " other`: an array of bool, aligned as in arithmetic. A missing value compares as false (`ne`: true).")]
            ///
            /// Dates may be given as text: `time.ge("2016-07-01")`. Text compares letter by letter: `station.eq("Bern")`.
            ///
            /// # Panics
            #[doc = concat!("When the arrays cannot be aligned, or dates or text meet numbers; [`", stringify!($try), "`](Self::", stringify!($try), ") returns an error instead.")]
            #[must_use]
            #[track_caller]
            pub fn $method(&self, other: impl Into<Operand>) -> DataArray {
                self.$try(other).unwrap_or_else(|error| panic!("{error}\n(.{}(…)? returns this as an error)", stringify!($try)))
            }

            #[doc = concat!("Where `self ", $doc, " other`: see [`", stringify!($method), "`](Self::", stringify!($method), ").")]
            ///
            /// # Errors
            /// When the arrays cannot be aligned, or dates or text meet numbers.
            pub fn $try(&self, other: impl Into<Operand>) -> Result<DataArray> {
                self.binary(BinaryOp::$op, other)
            }
        )*}
    };
}

comparisons! {
    eq try_eq Eq "==";
    ne try_ne Ne "!=";
    lt try_lt Lt "<";
    le try_le Le "<=";
    gt try_gt Gt ">";
    ge try_ge Ge ">=";
}
