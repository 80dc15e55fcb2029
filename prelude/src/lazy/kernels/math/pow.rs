//! Powers of single precision, by way of double precision: xʸ is 2 to the power of y·log₂ x.

const ROUND: f64 = 6_755_399_441_055_744.0;
const HALF_ROOT: u64 = 0x3fe6_a09e_667f_3bcd;
/// 2⁵², in whose lowest bits a whole number can be put.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// Bases and powers with rules of their own. A square is one of them: it is a product, rounded once, wherever it is asked for.
#[inline(always)]
pub(crate) fn is_special32(x: f32, y: f32) -> bool {
    !(x > 0.0 && x < f32::INFINITY && y.abs() < f32::INFINITY) | (y == 2.0)
}

/// xʸ of what is special.
pub(crate) fn special32(x: f32, y: f32) -> f32 {
    if y == 2.0 { x * x } else { x.powf(y) }
}

/// xʸ of what is not special, within 1 unit in the last place. To be inlined where multiply-adds are fused.
#[inline(always)]
pub(crate) fn pow32(x: f32, y: f32) -> f32 {
    // In double precision there are no numbers below the normal ones among those of single precision.
    let bits = f64::from(x).to_bits().wrapping_add(0x3ff0_0000_0000_0000 - HALF_ROOT);
    let n = f64::from_bits((bits >> 52) | WHOLE.to_bits()) - (WHOLE + 1023.0);
    let m = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) + HALF_ROOT);
    // log₂ m = s·P(s²) with s = (m - 1) / (m + 1); P misses it by 2⁻⁴⁵.
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let p = z.mul_add(2.828_877_105_362_996e-1, 3.199_066_062_399_915_6e-1);
    let p = z.mul_add(p, 4.122_092_291_437_672e-1);
    let p = z.mul_add(p, 5.770_779_426_069_554e-1);
    let p = z.mul_add(p, 9.617_966_941_124_607e-1);
    let p = z.mul_add(p, 2.885_390_081_777_850_4);
    let power = f64::from(y) * s.mul_add(p, n);
    // Beyond these the answer is infinite or 0 in single precision.
    let power = if power > 200.0 { 200.0 } else { power };
    let power = if power < -200.0 { -200.0 } else { power };
    let rounded = power + ROUND;
    let r = power - (rounded - ROUND);
    let p = r.mul_add(1.533_704_914_981_168e-4, 1.340_038_838_668_246_2e-3);
    let p = r.mul_add(p, 9.618_525_803_247_778e-3);
    let p = r.mul_add(p, 5.550_327_692_262_738e-2);
    let p = r.mul_add(p, 2.402_264_650_998_396_6e-1);
    let p = r.mul_add(p, 6.931_472_061_991_686e-1);
    let p = r.mul_add(p, 1.000_000_000_611_126_3);
    let scale = f64::from_bits(rounded.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(1023) << 52);
    (p * scale) as f32
}
