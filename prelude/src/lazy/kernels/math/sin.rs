//! Sines and cosines.
//!
//! x = n·π/2 + r with |r| ≤ π/4; n says whether the sine or the cosine of r is meant, and its sign. Where n has so many
//! digits that r would lose some, the standard library answers.

const ROUND: f64 = 6_755_399_441_055_744.0;
/// π/2 in three parts, each the nearest number to what is left.
const HALF_PI: (f64, f64, f64) = (std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17, -1.497_384_904_859_169_8e-33);

/// Larger ones, infinite ones and NaN are left to the standard library.
#[inline(always)]
pub(crate) fn is_far32(x: f32) -> bool {
    x.abs() >= 1e6 || x.is_nan()
}

/// Larger ones, infinite ones and NaN are left to the standard library.
#[inline(always)]
pub(crate) fn is_far64(x: f64) -> bool {
    x.abs() >= 1e6 || x.is_nan()
}

/// sin x (`QUARTER` 0) or cos x (1) of what is not far, within 2 units in the last place. To be inlined where multiply-adds
/// are fused.
#[inline(always)]
pub(crate) fn sin32<const QUARTER: u32>(x: f32) -> f32 {
    // In double precision no digit of r is lost.
    let wide = f64::from(x);
    let rounded = wide.mul_add(std::f64::consts::FRAC_2_PI, ROUND);
    let n = rounded - ROUND;
    let r = n.mul_add(-HALF_PI.1, n.mul_add(-HALF_PI.0, wide)) as f32;
    let quadrant = (rounded.to_bits() as u32).wrapping_add(QUARTER);
    let z = r * r;
    let sine = r * z;
    let sine = sine.mul_add(z.mul_add(z.mul_add(-1.950_736_3e-4, 8.332_1e-3), -1.666_665_3e-1), r);
    let cosine = z.mul_add(z.mul_add(2.442_855_3e-5, -1.388_727_9e-3), 4.166_664_5e-2);
    let cosine = (z * z).mul_add(cosine, z.mul_add(-0.5, 1.0));
    let value = if quadrant & 1 == 0 { sine } else { cosine };
    // -0 stays.
    let value = if x == 0.0 && QUARTER == 0 { x } else { value };
    f32::from_bits(value.to_bits() ^ ((quadrant & 2) << 30))
}

/// sin x (`QUARTER` 0) or cos x (1) of what is not far, within 1 unit in the last place. To be inlined where multiply-adds
/// are fused.
#[inline(always)]
pub(crate) fn sin64<const QUARTER: u64>(x: f64) -> f64 {
    let rounded = x.mul_add(std::f64::consts::FRAC_2_PI, ROUND);
    let n = rounded - ROUND;
    // The first difference is exact. r is the rest, and `low` what r does not hold of it.
    let first = n.mul_add(-HALF_PI.0, x);
    let second = n * HALF_PI.1;
    let second_low = n.mul_add(HALF_PI.1, -second);
    let r = first - second;
    let back = r - first;
    let low = (first - (r - back)) - (second + back);
    let low = n.mul_add(-HALF_PI.2, low - second_low);
    let quadrant = rounded.to_bits().wrapping_add(QUARTER);
    let z = r * r;
    let sine = z.mul_add(
        z.mul_add(
            z.mul_add(z.mul_add(1.589_266_837_033_851_4e-10, -2.505_068_670_182_324e-8), 2.755_731_323_304_503_6e-6),
            -1.984_126_982_846_991_6e-4,
        ),
        8.333_333_333_320_706e-3,
    );
    let cube = z * r;
    // As r + low is meant, sin r misses low·cos r.
    let sine = r - (z.mul_add(low.mul_add(0.5, -(cube * sine)), -low) - cube * -1.666_666_666_666_662_4e-1);
    let cosine = z.mul_add(
        z.mul_add(
            z.mul_add(
                z.mul_add(z.mul_add(-1.135_699_949_451_122e-11, 2.087_567_229_826_884_3e-9), -2.755_731_397_781_654e-7),
                2.480_158_728_818_273_4e-5,
            ),
            -1.388_888_888_887_202_4e-3,
        ),
        4.166_666_666_666_659e-2,
    );
    let half = 0.5 * z;
    let whole = 1.0 - half;
    let cosine = whole + (((1.0 - whole) - half) + (z * z).mul_add(cosine, -(r * low)));
    let value = if quadrant & 1 == 0 { sine } else { cosine };
    let value = if x == 0.0 && QUARTER == 0 { x } else { value };
    f64::from_bits(value.to_bits() ^ ((quadrant & 2) << 62))
}
