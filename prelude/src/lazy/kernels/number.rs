//! Arithmetic as NumPy does it, per element type: integers wrap, remainders take the divisor's sign.

use super::power::wrapping_power;
use crate::values::{Element, numbers};

/// A type with arithmetic: every element type but bool.
pub(super) trait Number: Element {
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// The quotient; integers are divided as floats before they get here.
    fn div(self, other: Self) -> Self;
    /// The remainder with the sign of the divisor, as Python's `%`; of an integer by zero: 0.
    fn rem(self, other: Self) -> Self;
    /// Integers to a negative power are refused before they get here.
    fn pow(self, other: Self) -> Self;
    /// NaN if either is.
    fn min(self, other: Self) -> Self;
    /// NaN if either is.
    fn max(self, other: Self) -> Self;
    /// Integers are converted to floats before they get here, as for `atan2`.
    fn hypot(self, other: Self) -> Self;
    fn atan2(self, other: Self) -> Self;
    fn neg(self) -> Self;
    fn abs(self) -> Self;
    /// -1, 0 or 1; NaN stays.
    fn sign(self) -> Self;
}

/// An integer, for `&`, `|` and `!` by bits.
pub(super) trait Bits: Element {
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn not(self) -> Self;
}

macro_rules! arithmetic {
    ({} integers { $(($I:ident, $i:ident, $sign:ident $($_i:tt)*))* } floats { $(($F:ident, $f:ident $($_f:tt)*))* }) => {
        $(integer! { $i $sign })*
        $(float! { $f })*
    };
}

macro_rules! absolute {
    (signed $value:expr) => {
        $value.wrapping_abs()
    };
    (unsigned $value:expr) => {
        $value
    };
}

macro_rules! integer {
    ($type:ident $sign:ident) => {
        impl Number for $type {
            #[inline(always)]
            fn add(self, other: Self) -> Self { self.wrapping_add(other) }
            #[inline(always)]
            fn sub(self, other: Self) -> Self { self.wrapping_sub(other) }
            #[inline(always)]
            fn mul(self, other: Self) -> Self { self.wrapping_mul(other) }
            #[inline(always)]
            fn div(self, other: Self) -> Self { self.checked_div(other).unwrap_or(0) }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn rem(self, other: Self) -> Self {
                if other == 0 {
                    return 0;
                }
                let rest = self.wrapping_rem(other);
                if rest != 0 && (rest < 0) != (other < 0) { rest + other } else { rest }
            }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn pow(self, other: Self) -> Self {
                wrapping_power!(self, other)
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self { Ord::min(self, other) }
            #[inline(always)]
            fn max(self, other: Self) -> Self { Ord::max(self, other) }
            #[inline(always)]
            fn neg(self) -> Self { self.wrapping_neg() }
            fn hypot(self, _: Self) -> Self { self }
            fn atan2(self, _: Self) -> Self { self }
            #[inline(always)]
            fn abs(self) -> Self {
                absolute!($sign self)
            }
            #[inline(always)]
            #[allow(unused_comparisons)]
            fn sign(self) -> Self {
                if self < 0 { (0 as Self).wrapping_sub(1) } else { Self::from(self > 0) }
            }
        }
        impl Bits for $type {
            #[inline(always)]
            fn and(self, other: Self) -> Self { self & other }
            #[inline(always)]
            fn or(self, other: Self) -> Self { self | other }
            #[inline(always)]
            fn xor(self, other: Self) -> Self { self ^ other }
            #[inline(always)]
            fn not(self) -> Self { !self }
        }
    };
}

impl Bits for bool {
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self & other
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self | other
    }
    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self ^ other
    }
    #[inline(always)]
    fn not(self) -> Self {
        !self
    }
}

macro_rules! float {
    ($type:ident) => {
        impl Number for $type {
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self + other
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self - other
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                self * other
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                self / other
            }
            #[inline(always)]
            fn rem(self, other: Self) -> Self {
                let rest = self % other;
                if rest != 0.0 && (rest < 0.0) != (other < 0.0) { rest + other } else { rest }
            }
            #[inline(always)]
            fn pow(self, other: Self) -> Self {
                self.powf(other)
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                if self < other || self.is_nan() { self } else { other }
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                if self > other || self.is_nan() { self } else { other }
            }
            #[inline(always)]
            fn neg(self) -> Self {
                -self
            }
            #[inline(always)]
            fn hypot(self, other: Self) -> Self {
                $type::hypot(self, other)
            }
            #[inline(always)]
            fn atan2(self, other: Self) -> Self {
                $type::atan2(self, other)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $type::abs(self)
            }
            #[inline(always)]
            fn sign(self) -> Self {
                if self == 0.0 || self.is_nan() { self } else { $type::signum(self) }
            }
        }
    };
}

numbers! { arithmetic }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remainders_take_the_divisors_sign() {
        // Expected: Python's %.
        assert_eq!(
            [Number::rem(-7i32, 3), Number::rem(7i32, -3), Number::rem(-6i32, 3), Number::rem(5i32, 0)],
            [2, -2, 0, 0]
        );
        assert_eq!([Number::rem(-7.5f64, 2.0), Number::rem(7.5f64, -2.0)], [0.5, -0.5]);
        assert_eq!(Number::rem(7u8, 4), 3);
    }

    #[test]
    fn integers_wrap() {
        assert_eq!(Number::add(250u8, 10), 4);
        assert_eq!(Number::abs(i16::MIN), i16::MIN);
        assert_eq!(Number::pow(3i32, 4), 81);
        // np.array([1, -1, 3, 2]) ** np.array([2**32, 2**32 + 1, 2**40 + 1, 2**63 - 1])
        let powers = [(1, 1 << 32), (-1, (1 << 32) + 1), (3, (1 << 40) + 1), (2, i64::MAX)];
        assert_eq!(powers.map(|(base, power)| Number::pow(base, power)), [1, -1, -5135550532504518653, 0]);
    }

    #[test]
    fn minimum_and_maximum_keep_nan() {
        assert!(Number::min(f32::NAN, 1.0).is_nan() && Number::min(1.0, f32::NAN).is_nan());
        assert!(Number::max(f64::NAN, 1.0).is_nan() && Number::max(1.0, f64::NAN).is_nan());
        assert_eq!(Number::min(2i64, 1), 1);
    }
}
