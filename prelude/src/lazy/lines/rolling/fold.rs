//! What a window is folded into, and how two neighbouring parts of a window become one.

use super::{Rolling, RollingOp};
use crate::values::Element;

/// A type of which windows are taken.
pub(super) trait Float: Element {
    const NAN: Self;
    const LOWEST: Self;
    const HIGHEST: Self;

    fn rounded(value: f64) -> Self;

    /// Only NaN differs from itself.
    #[inline(always)]
    #[allow(clippy::eq_op)]
    fn is_missing(self) -> bool {
        self != self
    }
}

macro_rules! float {
    ($($type:ident)*) => {$(
        impl Float for $type {
            const NAN: Self = Self::NAN;
            const LOWEST: Self = Self::NEG_INFINITY;
            const HIGHEST: Self = Self::INFINITY;

            #[inline(always)]
            fn rounded(value: f64) -> Self {
                value as Self
            }
        }
    )*};
}

float! { f32 f64 }

/// A way to fold values that does not depend on how they are grouped, but for rounding.
pub(super) trait Fold<T>: 'static {
    type State: Copy;
    /// Of no value.
    const NONE: Self::State;

    /// Of one value.
    fn one(value: T) -> Self::State;

    /// Of both parts, each with the number of its values: of at least one, or `NONE`.
    fn join(a: (Self::State, u32), b: (Self::State, u32)) -> Self::State;

    /// The answer for `count` values; 0 is possible.
    fn finish(state: Self::State, count: u32, rolling: &Rolling) -> f64;
}

pub(super) struct Sum;
pub(super) struct Mean;
pub(super) struct Prod;
pub(super) struct Min;
pub(super) struct Max;
pub(super) struct Var;
pub(super) struct Count;

/// Those that are folded in double precision, by one operation.
macro_rules! simple {
    ($($name:ident $none:expr, $join:expr, $finish:expr;)*) => {$(
        impl<T: Float> Fold<T> for $name {
            type State = f64;
            const NONE: f64 = $none;
            #[inline(always)]
            fn one(value: T) -> f64 {
                value.to_f64()
            }
            #[inline(always)]
            fn join((a, _): (f64, u32), (b, _): (f64, u32)) -> f64 {
                let join: fn(f64, f64) -> f64 = $join;
                join(a, b)
            }
            #[inline(always)]
            fn finish(state: f64, count: u32, _: &Rolling) -> f64 {
                let finish: fn(f64, u32) -> f64 = $finish;
                finish(state, count)
            }
        }
    )*};
}

simple! {
    Sum 0.0, |a, b| a + b, |sum, _| sum;
    Mean 0.0, |a, b| a + b, |sum, count| sum / f64::from(count);
    Prod 1.0, |a, b| a * b, |product, _| product;
}

/// Extremes lose nothing in the type that the values have.
macro_rules! extremes {
    ($($name:ident $none:ident $beats:tt;)*) => {$(
        impl<T: Float> Fold<T> for $name {
            type State = T;
            const NONE: T = T::$none;
            #[inline(always)]
            fn one(value: T) -> T {
                value
            }
            #[inline(always)]
            fn join((a, _): (T, u32), (b, _): (T, u32)) -> T {
                if b $beats a { b } else { a }
            }
            #[inline(always)]
            fn finish(state: T, count: u32, _: &Rolling) -> f64 {
                if count == 0 { f64::NAN } else { state.to_f64() }
            }
        }
    )*};
}

extremes! {
    Min HIGHEST <;
    Max LOWEST >;
}

/// The number of values is counted in any case.
impl<T: Float> Fold<T> for Count {
    type State = ();
    const NONE: () = ();
    #[inline(always)]
    fn one(_: T) {}
    #[inline(always)]
    fn join(_: ((), u32), _: ((), u32)) {}
    #[inline(always)]
    fn finish(_: (), count: u32, _: &Rolling) -> f64 {
        f64::from(count)
    }
}

/// Mean and sum of squared deviations from it, joined as Chan joins them.
impl<T: Float> Fold<T> for Var {
    type State = (f64, f64);
    const NONE: Self::State = (0.0, 0.0);
    #[inline(always)]
    fn one(value: T) -> Self::State {
        (value.to_f64(), 0.0)
    }
    #[inline(always)]
    fn join((state_a, a): (Self::State, u32), (state_b, b): (Self::State, u32)) -> Self::State {
        let ((mean_a, squares_a), (mean_b, squares_b)) = (state_a, state_b);
        let (in_a, in_b) = (f64::from(a), f64::from(b));
        let share = in_b / (in_a + in_b);
        let delta = mean_b - mean_a;
        let joined = (mean_a + delta * share, squares_a + squares_b + delta * delta * in_a * share);
        match (a, b) {
            (_, 0) => state_a,
            (0, _) => state_b,
            _ => joined,
        }
    }
    #[inline(always)]
    fn finish((_, squares): Self::State, count: u32, rolling: &Rolling) -> f64 {
        let divisor = f64::from(count) - rolling.ddof as f64;
        let variance = if divisor > 0.0 { squares / divisor } else { f64::NAN };
        if rolling.op == RollingOp::Std { variance.sqrt() } else { variance }
    }
}
