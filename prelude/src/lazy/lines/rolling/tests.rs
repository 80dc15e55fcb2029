//! Windows beside a plain loop over each, and the same bits wherever lines are cut.

use super::*;

const OPS: [RollingOp; 9] = [
    RollingOp::Sum,
    RollingOp::Mean,
    RollingOp::Prod,
    RollingOp::Min,
    RollingOp::Max,
    RollingOp::Var,
    RollingOp::Std,
    RollingOp::Median,
    RollingOp::Count,
];

/// Lines of `length`, some of them without any missing value, some with many.
fn lines(outer: usize, length: usize, inner: usize, missing: bool) -> Vec<f64> {
    let mut random = fastrand::Rng::with_seed(7);
    let one = |n: usize| match random.u8(..10) {
        0 | 1 if missing && !(n % inner).is_multiple_of(3) => f64::NAN,
        2 => -0.0,
        _ => f64::from(random.i32(-400..400)) / 8.0,
    };
    (0..outer * length * inner).map(one).collect()
}

fn block(values: &[f64], shape: [usize; 3], out: Range<usize>, rolling: &Rolling, dtype: DType) -> Block {
    let [outer, length, inner] = shape;
    let needs = if out.is_empty() { 0..0 } else { rolling.needs(out.clone(), length) };
    let all = Values::from_shape_vec(&shape, values.to_vec()).unwrap().cast(dtype);
    let values = all.window(&[0..outer, needs.clone(), 0..inner]).standard();
    Block { values, start: needs.start, length, out }
}

/// What a window gives, by the definition.
fn plain(op: RollingOp, mut window: Vec<f64>, least: usize, ddof: usize) -> f64 {
    window.retain(|value| !value.is_nan());
    let count = window.len() as f64;
    if window.len() < least {
        return f64::NAN;
    }
    let sum: f64 = window.iter().sum();
    let deviations = || window.iter().map(|value| (value - sum / count).powi(2)).sum::<f64>();
    match op {
        RollingOp::Count => count,
        RollingOp::Sum => sum,
        RollingOp::Prod => window.iter().product(),
        _ if window.is_empty() => f64::NAN,
        RollingOp::Mean => sum / count,
        RollingOp::Min => window.into_iter().fold(f64::INFINITY, f64::min),
        RollingOp::Max => window.into_iter().fold(f64::NEG_INFINITY, f64::max),
        RollingOp::Var if count > ddof as f64 => deviations() / (count - ddof as f64),
        RollingOp::Std if count > ddof as f64 => (deviations() / (count - ddof as f64)).sqrt(),
        RollingOp::Var | RollingOp::Std => f64::NAN,
        RollingOp::Median => {
            window.sort_by(f64::total_cmp);
            let half = window.len() / 2;
            if window.len() % 2 == 1 { window[half] } else { window[half - 1].midpoint(window[half]) }
        }
    }
}

#[test]
fn windows_give_what_a_plain_loop_over_each_gives() {
    // Lines side by side fill more than one tile, and windows reach beyond both ends.
    let shape = [2, 24, 183];
    for missing in [false, true] {
        let values = lines(shape[0], shape[1], shape[2], missing);
        for op in OPS {
            for (before, after, least) in [(0, 0, 1), (2, 0, 3), (6, 0, 1), (3, 3, 4), (0, 5, 2), (70, 75, 0)] {
                let rolling = Rolling { op, before, after, least, ddof: 1 };
                for dtype in [DType::F64, DType::F32] {
                    let found = rolling.apply(block(&values, shape, 0..shape[1], &rolling, dtype));
                    let found = found.cast(DType::F64).to_vec::<f64>().unwrap();
                    for (n, found) in found.into_iter().enumerate() {
                        let (outer, at, lane) = (n / shape[2] / shape[1], n / shape[2] % shape[1], n % shape[2]);
                        let positions = at.saturating_sub(before)..(at + after + 1).min(shape[1]);
                        let window =
                            positions.map(|at| values[(outer * shape[1] + at) * shape[2] + lane]).collect::<Vec<_>>();
                        let scale = window.iter().map(|value| value.abs()).fold(1.0, f64::max);
                        let expected = plain(op, window, least, 1);
                        let precision = if dtype == DType::F32 { 1e-6 } else { 1e-12 };
                        let close = (found - expected).abs() <= precision * expected.abs().max(scale)
                            || found == expected
                            || found.is_nan() && expected.is_nan()
                            // A product in single precision ends at its largest number.
                            || op == RollingOp::Prod && found.is_infinite() && expected.abs() > f64::from(f32::MAX);
                        assert!(close, "{rolling:?} of {dtype} at {n}: {found}, not {expected}");
                    }
                }
            }
        }
    }
}

#[test]
fn where_lines_are_cut_changes_no_bit() {
    let shape = [1, 60, 20];
    let values = lines(shape[0], shape[1], shape[2], true);
    for op in OPS {
        for (before, after) in [(6, 0), (2, 2), (0, 1), (70, 0)] {
            let rolling = Rolling { op, before, after, least: 2, ddof: 0 };
            let bits = |out: Range<usize>| {
                let found = rolling.apply(block(&values, shape, out, &rolling, DType::F64)).to_vec::<f64>().unwrap();
                found.into_iter().map(|v| if v.is_nan() { u64::MAX } else { v.to_bits() }).collect::<Vec<_>>()
            };
            let whole = bits(0..60);
            for cut in [1, 2, 7, 31, 59] {
                let parts: Vec<u64> = [bits(0..cut), bits(cut..60)].concat();
                assert!(parts == whole, "{rolling:?} cut at {cut}");
            }
            let single: Vec<u64> = (0..60).flat_map(|at| bits(at..at + 1)).collect();
            assert!(single == whole, "{rolling:?} one by one");
        }
    }
}

// What is missing in one line is of no concern to those beside it.
#[test]
fn lines_beside_one_with_a_missing_value_keep_their_bits() {
    let shape = [1, 30, 40];
    let values = lines(shape[0], shape[1], shape[2], false);
    let mut other = values.clone();
    (0..30).step_by(4).for_each(|at| other[at * 40 + 3] = f64::NAN);
    for op in OPS {
        let rolling = Rolling { op, before: 6, after: 0, least: 7, ddof: 0 };
        let of = |values: &[f64]| {
            rolling.apply(block(values, shape, 0..30, &rolling, DType::F32)).cast(DType::F64).to_vec::<f64>().unwrap()
        };
        for (n, (a, b)) in of(&values).into_iter().zip(of(&other)).enumerate().filter(|(n, _)| n % 40 != 3) {
            assert!(a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(), "{op:?} at {n}: {a} and {b}");
        }
    }
}

// The square of a mean of such numbers is infinite.
#[test]
fn large_numbers_that_are_alike_have_no_variance() {
    let rolling = Rolling { op: RollingOp::Var, before: 2, after: 0, least: 1, ddof: 0 };
    let found = rolling.apply(block(&[1e200; 9], [1, 9, 1], 0..9, &rolling, DType::F64));
    assert_eq!(found.to_vec::<f64>().unwrap(), [0.0; 9]);
}
