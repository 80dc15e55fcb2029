//! The words by which written plans name operations: those of the code, which no two operations share.

use crate::lazy::lines::{CumulativeOp, GapsOp, RollingOp};
use crate::lazy::{BinaryOp, ReduceOp, UnaryOp};

/// One of a few things that each have a word.
pub(crate) trait Word: Copy + PartialEq + 'static {
    /// What they are, for errors.
    const WHAT: &'static str;
    const ALL: &'static [(&'static str, Self)];

    fn word(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, one)| *one == self);
        known.map(|(word, _)| *word).expect("the list has all of them")
    }

    fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, one)| *one)
    }
}

/// Gives each variant of an enum its own name as its word. One that is missing in the list does not compile.
macro_rules! words {
    ($type:ident $what:literal: $($variant:ident)*) => {
        impl $crate::lazy::written::Word for $type {
            const WHAT: &'static str = $what;
            const ALL: &'static [(&'static str, Self)] = &[$((stringify!($variant), Self::$variant)),*];
        }
        const _: fn($type) = |all| match all { $($type::$variant => (),)* };
    };
}
pub(crate) use words;

words! { UnaryOp "operation on one array":
    Neg Not Abs Sqrt Exp Ln Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Log10 Log2 Log1p Expm1 Cbrt Degrees Radians Trunc Sign
    Square IsFinite IsInfinite Floor Ceil Round IsNan Year Month Day DayOfYear DayOfWeek Hour Minute Second
}
words! { BinaryOp "operation on two arrays":
    Add Sub Mul Div Rem Pow Min Max Hypot Atan2 Eq Ne Lt Le Gt Ge And Or Xor
}
words! { ReduceOp "reduction": Sum Mean Min Max Count Any All Var Std Median ArgMin ArgMax Prod First Last }
words! { RollingOp "reduction of windows": Sum Mean Prod Min Max Var Std Median Count }
words! { CumulativeOp "running total": Sum Prod Last }
words! { GapsOp "way to fill gaps": Next Linear Nearest }
