//! e to the power of a number.
//!
//! x = n·ln 2 + r with |r| ≤ ln 2 / 2, so that eˣ = 2ⁿ·eʳ; eʳ is 1 + r + r²·P(r). The polynomials are least squares of the
//! relative error at Chebyshev nodes, and miss eʳ by 2⁻²⁸ and 2⁻⁶³.

/// Adding it rounds to a whole number, which then lies in the lowest bits.
const ROUND32: f32 = 12_582_912.0;
/// Adding it rounds to a whole number, which then lies in the lowest bits.
const ROUND64: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts, of which the first is the nearest number.
const LN2_32: (f32, f32) = (std::f32::consts::LN_2, -1.904_654_3e-9);
const LN2_64: (f64, f64) = (std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);

/// eˣ, within 1 unit in the last place. To be inlined where multiply-adds are fused.
#[inline(always)]
pub(crate) fn exp32(x: f32) -> f32 {
    // Beyond these the answer is infinite or 0; NaN stays.
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let rounded = x.mul_add(std::f32::consts::LOG2_E, ROUND32);
    let n = rounded - ROUND32;
    let r = n.mul_add(-LN2_32.1, n.mul_add(-LN2_32.0, x));
    let p = r.mul_add(1.374_882_3e-3, 8.369_628e-3);
    let p = r.mul_add(p, 4.166_964_6e-2);
    let p = r.mul_add(p, 1.666_651_2e-1);
    let p = r.mul_add(p, 4.999_998_8e-1);
    let power = (r * r).mul_add(p, r) + 1.0;
    // 2ⁿ in two factors: it may be beyond the largest number, or below the smallest normal one, where the product is not.
    let n = (rounded.to_bits() as i32).wrapping_sub(ROUND32.to_bits() as i32);
    let half = n >> 1;
    power * power_of_two32(half) * power_of_two32(n.wrapping_sub(half))
}

#[inline(always)]
fn power_of_two32(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}

/// eˣ, within 1 unit in the last place. To be inlined where multiply-adds are fused.
#[inline(always)]
pub(crate) fn exp64(x: f64) -> f64 {
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let rounded = x.mul_add(std::f64::consts::LOG2_E, ROUND64);
    let n = rounded - ROUND64;
    let r = n.mul_add(-LN2_64.1, n.mul_add(-LN2_64.0, x));
    let r2 = r * r;
    // Both halves of the polynomial at the same time.
    let low = r2.mul_add(
        r.mul_add(8.333_333_333_315_361e-3, 4.166_666_666_666_569e-2),
        r.mul_add(1.666_666_666_666_668_5e-1, 0.5),
    );
    let high = r2.mul_add(
        r.mul_add(2.755_723_090_699_155_2e-6, 2.480_158_673_958_592e-5),
        r.mul_add(1.984_126_990_041_313_5e-4, 1.388_888_888_924_536_2e-3),
    );
    let top = r2.mul_add(2.079_626_537_498_897e-9, r.mul_add(2.511_339_861_660_109_7e-8, 2.755_770_531_171_966e-7));
    let r4 = r2 * r2;
    let p = r4.mul_add(r4.mul_add(top, high), low);
    let power = r2.mul_add(p, r) + 1.0;
    // The halves of n, rounded in the same way.
    let halves = n.mul_add(0.5, ROUND64);
    let half = halves - ROUND64;
    power * power_of_two64(halves) * power_of_two64((n - half) + ROUND64)
}

/// 2 to the power of the whole number in the lowest bits of `rounded`.
#[inline(always)]
fn power_of_two64(rounded: f64) -> f64 {
    f64::from_bits(rounded.to_bits().wrapping_sub(ROUND64.to_bits()).wrapping_add(1023) << 52)
}
