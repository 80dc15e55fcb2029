//! Functions that processors have no instruction for, on whole vectors of elements at a time.
//!
//! Where multiply-adds are fused (every x86-64 of the last ten years, all of ARM's) the polynomials here take a fraction of
//! the time of the standard library's functions; elsewhere those answer. Results are within 1 unit in the last place of
//! double precision and 2 of single precision, and right for numbers below the normal ones, infinities, NaN and both zeros.

mod exp;
mod ln;
mod pow;
mod sin;

#[cfg(test)]
mod tests;

use super::{Block, Map, Workers};
use crate::values::Element;
use crate::values::rows::Side;
use crate::values::vector::{self, Loop};

/// A type that has these functions.
pub(super) trait Float: Element {
    /// What a loop calls for each element. Inlined, or it is not compiled for long vectors.
    fn fast_exp(self) -> Self;
    fn fast_ln(self) -> Self;
    /// Of what is not far.
    fn fast_sin(self) -> Self;
    fn fast_cos(self) -> Self;
    /// Whether sine and cosine are left to the standard library.
    fn is_far(self) -> bool;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
}

macro_rules! float {
    ($type:ident $exp:ident $ln:ident $sin:ident $is_far:ident) => {
        impl Float for $type {
            #[inline(always)]
            fn fast_exp(self) -> Self {
                exp::$exp(self)
            }
            #[inline(always)]
            fn fast_ln(self) -> Self {
                ln::$ln(self)
            }
            #[inline(always)]
            fn fast_sin(self) -> Self {
                sin::$sin::<0>(self)
            }
            #[inline(always)]
            fn fast_cos(self) -> Self {
                sin::$sin::<1>(self)
            }
            #[inline(always)]
            fn is_far(self) -> bool {
                sin::$is_far(self)
            }
            fn exp(self) -> Self {
                $type::exp(self)
            }
            fn ln(self) -> Self {
                $type::ln(self)
            }
            fn sin(self) -> Self {
                $type::sin(self)
            }
            fn cos(self) -> Self {
                $type::cos(self)
            }
        }
    };
}

float!(f32 exp32 ln32 sin32 is_far32);
float!(f64 exp64 ln64 sin64 is_far64);

/// Elements of which some may be left to the standard library: that is asked for them after the others.
const RUN: usize = 4096;

pub(super) fn exp<T: Float>(workers: &Workers<'_>, a: Block<T>) -> Block<T> {
    either(workers, a, T::fast_exp, T::exp)
}

pub(super) fn ln<T: Float>(workers: &Workers<'_>, a: Block<T>) -> Block<T> {
    either(workers, a, T::fast_ln, T::ln)
}

pub(super) fn sin<T: Float>(workers: &Workers<'_>, a: Block<T>) -> Block<T> {
    near_or_far(workers, a, T::fast_sin, T::sin)
}

pub(super) fn cos<T: Float>(workers: &Workers<'_>, a: Block<T>) -> Block<T> {
    near_or_far(workers, a, T::fast_cos, T::cos)
}

fn either<T: Float>(workers: &Workers<'_>, a: Block<T>, fast: impl Fn(T) -> T + Sync, slow: fn(T) -> T) -> Block<T> {
    if !vector::fuses() {
        return workers.map(a, slow);
    }
    workers.map_runs(a, &|a, out| vector::widest(Map { a, out, f: &fast }))
}

fn near_or_far<T: Float>(
    workers: &Workers<'_>,
    a: Block<T>,
    fast: impl Fn(T) -> T + Sync,
    slow: fn(T) -> T,
) -> Block<T> {
    if !vector::fuses() {
        return workers.map(a, slow);
    }
    workers.map_runs(a, &|a, out| {
        for (a, out) in a.chunks(RUN).zip(out.chunks_mut(RUN)) {
            vector::widest(Map { a, out: &mut *out, f: &fast });
            let mut far = false;
            vector::wide::<T, T>(AnyOf { a, b: a, is: |a: T, _| a.is_far(), any: &mut far });
            if far {
                let far = out.iter_mut().zip(a).filter(|(_, a)| a.is_far());
                far.for_each(|(out, &a)| *out = slow(a));
            }
        }
    })
}

/// Powers of single precision; `shape` is what both broadcast to.
pub(super) fn pow(workers: &Workers<'_>, a: Block<f32>, b: Block<f32>, shape: &[usize]) -> Block<f32> {
    if !vector::fuses() {
        return workers.zip(a, b, shape, f32::powf);
    }
    workers.zip_runs(a, b, shape, &|a, b, out| match (a, b) {
        // What is asked for most is one multiplication. All ways to lay out the same pairs give the same bits.
        (Side::Each(a), Side::One(2.0)) => vector::wide::<f32, f32>(Map { a, out, f: |a: f32| a * a }),
        (Side::Each(a), Side::One(1.0)) => out.copy_from_slice(a),
        _ => {
            let mut at = 0;
            for out in out.chunks_mut(RUN) {
                let run = at..at + out.len();
                at = run.end;
                powers(a.part(run.clone()), b.part(run), out);
            }
        }
    })
}

fn powers(a: Side<'_, f32>, b: Side<'_, f32>, out: &mut [f32]) {
    let mut special = false;
    let (first, second): (Vec<f32>, Vec<f32>);
    let (x, y) = match (a, b) {
        (Side::One(a), Side::One(b)) => {
            return out.fill(if pow::is_special32(a, b) { pow::special32(a, b) } else { pow::pow32(a, b) });
        }
        (Side::Each(a), Side::Each(b)) => (a, b),
        (Side::Each(a), Side::One(b)) => {
            second = vec![b; a.len()];
            (a, &second[..])
        }
        (Side::One(a), Side::Each(b)) => {
            first = vec![a; b.len()];
            (&first[..], b)
        }
    };
    vector::widest(super::Zip { a: x, b: y, out: &mut *out, f: pow::pow32 });
    vector::wide::<f32, f32>(AnyOf { a: x, b: y, is: pow::is_special32, any: &mut special });
    if special {
        let pairs = out.iter_mut().zip(x.iter().zip(y)).filter(|(_, (a, b))| pow::is_special32(**a, **b));
        pairs.for_each(|(out, (a, b))| *out = pow::special32(*a, *b));
    }
}

/// Whether any pair is so. All are looked at, since that needs no branch.
struct AnyOf<'a, T, F> {
    a: &'a [T],
    b: &'a [T],
    is: F,
    any: &'a mut bool,
}

impl<T: Copy, F: Fn(T, T) -> bool> Loop for AnyOf<'_, T, F> {
    #[inline(always)]
    fn run(self) {
        let mut any = false;
        for (&a, &b) in self.a.iter().zip(self.b) {
            any |= (self.is)(a, b);
        }
        *self.any = any;
    }
}
