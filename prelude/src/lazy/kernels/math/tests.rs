//! How far each function is from the standard library's, over all exponents and near all that is special.

use super::*;
use crate::values::kernels::slice;

fn block<T: Element>(values: Vec<T>) -> Block<T> {
    ndarray::Array::from_vec(values).into_dyn().into_shared()
}

/// Bit patterns of single precision from all over, and all neighbours of what is special.
fn singles() -> Vec<f32> {
    let mut values: Vec<f32> = (0..u32::MAX / 1999).map(|n| f32::from_bits(n * 1999)).collect();
    for centre in
        [0.0f32, 1.0, 0.5, 2.0, 88.722_84, -87.336_54, -103.972_08, f32::MIN_POSITIVE, f32::MAX, f32::INFINITY]
    {
        for bits in centre.to_bits().saturating_sub(40)..=centre.to_bits().saturating_add(40) {
            values.extend([f32::from_bits(bits), -f32::from_bits(bits)]);
        }
    }
    // Multiples of a quarter of π, where a sine or cosine is near 0 or turns.
    values.extend((0..20_000).map(|n| (f64::from(n) * std::f64::consts::FRAC_PI_4) as f32));
    values
}

/// The same of double precision.
fn doubles() -> Vec<f64> {
    let mut state = 88_172_645_463_325_252u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut values: Vec<f64> = (0..500_000).map(|_| f64::from_bits(random())).collect();
    values.extend((0..500_000).map(|_| (random() >> 11) as f64 / (1u64 << 53) as f64 * 1500.0 - 750.0));
    values.extend((0..500_000).map(|_| (random() >> 11) as f64 / (1u64 << 53) as f64 * 3.0));
    for centre in [
        0.0f64,
        1.0,
        0.5,
        2.0,
        709.782_712_893_384,
        708.396_418_532_264_1,
        745.133_219_101_941_2,
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::INFINITY,
    ] {
        for bits in centre.to_bits().saturating_sub(40)..=centre.to_bits().saturating_add(40) {
            values.extend([f64::from_bits(bits), -f64::from_bits(bits)]);
        }
    }
    values.extend((0..20_000).map(|n| f64::from(n) * std::f64::consts::FRAC_PI_4));
    values
}

/// Steps from one number to another among all that there are; none where both are NaN. Unlike zeros are far apart.
fn steps32(a: f32, b: f32) -> u64 {
    let place =
        |v: f32| if v.is_sign_negative() { -i64::from(v.to_bits() & 0x7fff_ffff) - 1 } else { i64::from(v.to_bits()) };
    match (a.is_nan(), b.is_nan()) {
        (true, true) => 0,
        (false, false) if a.is_finite() == b.is_finite() => place(a).abs_diff(place(b)),
        _ => u64::MAX,
    }
}

fn steps64(a: f64, b: f64) -> u64 {
    let place = |v: f64| {
        let size = i128::from(v.to_bits() & (u64::MAX >> 1));
        if v.is_sign_negative() { -size - 1 } else { size }
    };
    match (a.is_nan(), b.is_nan()) {
        (true, true) => 0,
        (false, false) if a.is_finite() == b.is_finite() => place(a).abs_diff(place(b)) as u64,
        _ => u64::MAX,
    }
}

fn worst32(name: &str, of: impl Fn(&Workers<'_>, Block<f32>) -> Block<f32>, exact: impl Fn(f64) -> f64) {
    let values = singles();
    let results = of(&Workers::alone(), block(values.clone()));
    // Double precision, rounded, is right but for what lies half-way within a thousandth of a millionth.
    let steps = |(&x, &y): (&f32, &f32)| (steps32(y, exact(f64::from(x)) as f32), x, y);
    let (worst, x, y) = values.iter().zip(slice(&results)).map(steps).max_by_key(|(steps, ..)| *steps).unwrap();
    println!("{name} of single precision: {worst} units at {x:e}, {y:e}");
    assert!(worst <= 2, "{name} of {x:e} is {y:e}");
}

fn worst64(name: &str, of: impl Fn(&Workers<'_>, Block<f64>) -> Block<f64>, exact: impl Fn(f64) -> f64) {
    let values = doubles();
    let results = of(&Workers::alone(), block(values.clone()));
    let steps = |(&x, &y): (&f64, &f64)| (steps64(y, exact(x)), x, y);
    let (worst, x, y) = values.iter().zip(slice(&results)).map(steps).max_by_key(|(steps, ..)| *steps).unwrap();
    println!("{name} of double precision: {worst} units at {x:e}, {y:e}");
    assert!(worst <= 1, "{name} of {x:e} is {y:e}");
}

#[test]
fn exponentials_are_within_units_of_the_last_place() {
    worst32("exp", exp, f64::exp);
    worst64("exp", exp, f64::exp);
}

#[test]
fn logarithms_are_within_units_of_the_last_place() {
    worst32("ln", ln, f64::ln);
    worst64("ln", ln, f64::ln);
}

#[test]
fn sines_and_cosines_are_within_units_of_the_last_place() {
    worst32("sin", sin, f64::sin);
    worst64("sin", sin, f64::sin);
    worst32("cos", cos, f64::cos);
    worst64("cos", cos, f64::cos);
}

#[test]
fn powers_are_within_units_of_the_last_place_and_follow_the_rules_of_special_ones() {
    let special = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        2.0,
        -2.0,
        0.5,
        3.0,
        -3.0,
        2.5,
        -2.5,
        1e-40,
        -1e-40,
        1e38,
        f32::MAX,
        f32::MIN_POSITIVE,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
        127.0,
        -149.0,
        16_777_217.0,
    ];
    let mut pairs: Vec<(f32, f32)> = special.iter().flat_map(|&x| special.iter().map(move |&y| (x, y))).collect();
    let noise = |n: u32| n.wrapping_mul(2_654_435_761).rotate_left(11) ^ n;
    pairs.extend((0..400_000).map(|n| (f32::from_bits(noise(n)), f32::from_bits(noise(n + 7_000_000)))));
    pairs.extend(
        (0..400_000).map(|n| ((noise(n) % 100_000) as f32 / 7000.0, (noise(n + 1) % 100_000) as f32 / 5000.0 - 10.0)),
    );
    // C's pow answers signalling NaN with NaN even where quiet NaN has an answer; double precision has made them quiet.
    let quiet = |v: f32| if v.is_nan() { f32::NAN } else { v };
    pairs.iter_mut().for_each(|(x, y)| (*x, *y) = (quiet(*x), quiet(*y)));
    let (bases, powers): (Vec<f32>, Vec<f32>) = pairs.iter().copied().unzip();
    let shape = [pairs.len()];
    let check = |results: &Block<f32>, pair: &dyn Fn(usize) -> (f32, f32)| {
        let steps = |(n, &result): (usize, &f32)| {
            let (x, y) = pair(n);
            (steps32(result, f64::from(x).powf(f64::from(y)) as f32), x, y, result)
        };
        let (worst, x, y, result) = slice(results).iter().enumerate().map(steps).max_by_key(|found| found.0).unwrap();
        println!("pow of single precision: {worst} units at {x:e}, {y:e}, {result:e}");
        assert!(worst <= 2, "{x:e} to the power of {y:e} is {result:e}");
    };
    check(&pow(&Workers::alone(), block(bases.clone()), block(powers.clone()), &shape), &|n| pairs[n]);
    for one in [2.0f32, 1.0, 0.0, -1.0, 0.5, 3.0, f32::NAN, f32::INFINITY] {
        check(&pow(&Workers::alone(), block(bases.clone()), block(vec![one]), &shape), &|n| (pairs[n].0, one));
        check(&pow(&Workers::alone(), block(vec![one]), block(powers.clone()), &shape), &|n| (one, pairs[n].1));
    }
}

#[test]
fn a_power_is_the_same_however_its_operands_lie() {
    let bases: Vec<f32> =
        (0..3000).map(|n| 4097.0 + n as f32 * 1.37).chain([-4097.0, 0.0, -0.0, 1e-40, 1e30]).collect();
    let power = |a: Vec<f32>, b: Vec<f32>| {
        let len = a.len().max(b.len());
        slice(&pow(&Workers::alone(), block(a), block(b), &[len])).iter().map(|v| v.to_bits()).collect::<Vec<_>>()
    };
    for exponent in [2.0f32, 1.0, 0.5, 3.0, -1.7, f32::INFINITY] {
        let beside_one = power(bases.clone(), vec![exponent]);
        assert_eq!(power(bases.clone(), vec![exponent; bases.len()]), beside_one, "to the power of {exponent}");
        let one_by_one: Vec<u32> = bases.iter().flat_map(|&base| power(vec![base], vec![exponent])).collect();
        assert_eq!(one_by_one, beside_one, "to the power of {exponent}");
    }
}
