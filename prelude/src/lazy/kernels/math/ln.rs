//! Natural logarithms.
//!
//! x = 2ⁿ·m with √½ ≤ m < √2, so that ln x = n·ln 2 + ln m.

/// ln 2 in two parts. The first has so few digits that its product with a power is exact.
const LN2_32: (f32, f32) = (0.693_115_23, 3.194_618_5e-5);
const LN2_64: (f64, f64) = (0.693_147_180_559_890_3, 5.497_923_018_708_371e-14);

/// The bits of √½, below which lies what has one power of two less.
const HALF_ROOT32: u32 = 0x3f35_04f3;
const HALF_ROOT64: u64 = 0x3fe6_a09e_667f_3bcd;

/// ln x, within 2 units in the last place. To be inlined where multiply-adds are fused.
///
/// With f = m - 1, ln m is f - f²/2 + f³·P(f), which P misses by 2⁻²⁷.
#[inline(always)]
pub(crate) fn ln32(x: f32) -> f32 {
    // What is below the normal numbers is lifted among them.
    let small = x < f32::MIN_POSITIVE;
    let lifted = if small { x * 8_388_608.0 } else { x };
    let bits = lifted.to_bits().wrapping_add(0x3f80_0000 - HALF_ROOT32);
    let n = (bits >> 23) as i32 - if small { 127 + 23 } else { 127 };
    let f = f32::from_bits((bits & 0x007f_ffff) + HALF_ROOT32) - 1.0;
    let n = n as f32;
    let p = f.mul_add(-7.362_868e-2, 1.262_032_7e-1);
    let p = f.mul_add(p, -1.320_210_4e-1);
    let p = f.mul_add(p, 1.422_711_4e-1);
    let p = f.mul_add(p, -1.662_137e-1);
    let p = f.mul_add(p, 1.999_982_7e-1);
    let p = f.mul_add(p, -2.500_085_2e-1);
    let p = f.mul_add(p, 3.333_335_4e-1);
    let f2 = f * f;
    let tail = n.mul_add(LN2_32.1, f2 * f.mul_add(p, -0.5));
    special32(x, n.mul_add(LN2_32.0, f + tail))
}

/// The logarithms of what has no power of two.
#[inline(always)]
fn special32(x: f32, ln: f32) -> f32 {
    let ln = if x == 0.0 { f32::NEG_INFINITY } else { ln };
    let ln = if x < 0.0 { f32::NAN } else { ln };
    // Infinity and NaN are their own.
    if x < f32::INFINITY { ln } else { x }
}

/// ln x, within 1 unit in the last place. To be inlined where multiply-adds are fused.
///
/// With f = m - 1 and s = f / (2 + f), ln m is 2·artanh s = f - s·(f - R(s²)) with 2⁻⁵⁹ of error in R.
#[inline(always)]
pub(crate) fn ln64(x: f64) -> f64 {
    /// 2⁵², in whose lowest bits a whole number can be put.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    let small = x < f64::MIN_POSITIVE;
    let lifted = if small { x * 18_014_398_509_481_984.0 } else { x };
    let bits = lifted.to_bits().wrapping_add(0x3ff0_0000_0000_0000 - HALF_ROOT64);
    let n = f64::from_bits((bits >> 52) | WHOLE.to_bits()) - (WHOLE + if small { 1023.0 + 54.0 } else { 1023.0 });
    let f = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) + HALF_ROOT64) - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let z2 = z * z;
    let even = z2.mul_add(z2.mul_add(1.479_743_510_948_77e-1, 1.818_357_138_419_725_8e-1), 2.857_142_874_413_889e-1);
    let odd = z2.mul_add(z2.mul_add(1.531_388_804_234_098_3e-1, 2.222_219_841_919_238_8e-1), 3.999_999_999_940_507e-1);
    let r = z * z2.mul_add(even, z.mul_add(odd, 6.666_666_666_666_736e-1));
    let half = 0.5 * f * f;
    let tail = s.mul_add(half + r, n * LN2_64.1);
    special64(x, n.mul_add(LN2_64.0, f - (half - tail)))
}

#[inline(always)]
fn special64(x: f64, ln: f64) -> f64 {
    let ln = if x == 0.0 { f64::NEG_INFINITY } else { ln };
    let ln = if x < 0.0 { f64::NAN } else { ln };
    if x < f64::INFINITY { ln } else { x }
}
