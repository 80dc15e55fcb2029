//! States that are written and read between slabs and before merges are those that never left the process.

use super::*;
use crate::values::{Text, numbers};
use std::sync::Arc;

const CELLS: usize = 7;
const LENGTHS: [usize; 4] = [3, 1, 5, 2];

const OPS: [ReduceOp; 15] = [
    ReduceOp::Sum,
    ReduceOp::Mean,
    ReduceOp::Min,
    ReduceOp::Max,
    ReduceOp::Count,
    ReduceOp::Any,
    ReduceOp::All,
    ReduceOp::Var,
    ReduceOp::Std,
    ReduceOp::Median,
    ReduceOp::ArgMin,
    ReduceOp::ArgMax,
    ReduceOp::Prod,
    ReduceOp::First,
    ReduceOp::Last,
];

fn every_type() -> Vec<DType> {
    macro_rules! types {
        ({} integers { $(($I:ident $($_i:tt)*))* } floats { $(($F:ident $($_f:tt)*))* }) => {
            vec![DType::Bool, $(DType::$I,)* $(DType::$F,)* DType::DateTime, DType::Text]
        };
    }
    numbers! { types }
}

fn every_reduction() -> Vec<Reduction> {
    let places: Vec<f64> = (0..LENGTHS.iter().sum::<usize>()).map(|n| n as f64 * 1.5).collect();
    let mut all: Vec<Reduction> = OPS.map(Reduction::Of).to_vec();
    all.extend([Reduction::Place(ReduceOp::ArgMin), Reduction::Place(ReduceOp::ArgMax)]);
    all.push(Reduction::Quantiles([0.9, 0.1, 0.5].into()));
    all.push(Reduction::Fit(Arc::new(Fit::new(&places, 2))));
    all
}

/// Each reduction of each element type that has it, with missing values skipped and kept.
fn for_each_setup(mut check: impl FnMut(&Setup<'_>, &str)) {
    for op in every_reduction() {
        for input in every_type() {
            if op.dtype(input).is_err() {
                continue;
            }
            for skip_missing in [true, false] {
                let options = ReduceOptions { skip_missing, ddof: 1, min_count: 2 };
                let setup = Setup { op: &op, options, input, cells: CELLS, length: LENGTHS.iter().sum() };
                check(&setup, &format!("{} of {input}, skip {skip_missing}", op.name()));
            }
        }
    }
}

/// One element type of each kind: what is done with bytes takes thousands of turns.
fn for_some_setups(mut check: impl FnMut(&Setup<'_>, &str)) {
    let kinds = [DType::Bool, DType::I16, DType::U64, DType::F32, DType::DateTime, DType::Text];
    for_each_setup(|setup, what| {
        if kinds.contains(&setup.input) && setup.options.skip_missing {
            check(setup, what);
        }
    });
}

/// Numbers of every kind, from a seed.
fn values(dtype: DType, shape: &[usize], seed: u64) -> Values {
    let mut random = fastrand::Rng::with_seed(seed);
    let len = shape.iter().product();
    if dtype == DType::Text {
        let texts = ["", "Bern", "bern", "Zürich", "a longer text than the others"];
        let one = |random: &mut fastrand::Rng| random.choice(texts).map_or(Text::MISSING, Text::new);
        let missing = |random: &mut fastrand::Rng| random.u8(..5) == 0;
        let all: Vec<Text> =
            (0..len).map(|_| if missing(&mut random) { Text::MISSING } else { one(&mut random) }).collect();
        return Values::from_shape_vec(shape, all).unwrap();
    }
    let one = |_| match random.u8(..12) {
        0 | 1 if dtype.is_float() || dtype.is_date() => f64::NAN,
        2 => 0.0,
        3 => -0.0,
        4 if dtype.is_float() => f64::INFINITY,
        5 => -1.0e9 * random.f64(),
        _ => 100.0 * random.f64(),
    };
    Values::from_shape_vec(shape, (0..len).map(one).collect::<Vec<f64>>()).unwrap().cast(dtype)
}

fn slabs(dtype: DType, seed: u64) -> Vec<Slab> {
    let starts = LENGTHS.iter().scan(0, |end, length| {
        *end += length;
        Some(*end - length)
    });
    let slab = |(n, (&length, start)): (usize, (&usize, usize))| {
        Slab::new(values(dtype, &[length, CELLS], seed * 100 + n as u64), &[0], start)
    };
    LENGTHS.iter().zip(starts).enumerate().map(slab).collect()
}

/// The first two slabs by one state, the others by another, both merged; `pass` is done to a state after each step.
fn computed(
    setup: &Setup<'_>,
    slabs: &[Slab],
    pass: &dyn Fn(Box<dyn Accumulator>) -> Box<dyn Accumulator>,
) -> Box<dyn Accumulator> {
    let part = |slabs: &[Slab]| {
        slabs.iter().fold(pass(setup.start()), |mut state, slab| {
            state.add(std::slice::from_ref(slab));
            pass(state)
        })
    };
    let (mut first, second) = (part(&slabs[..2]), part(&slabs[2..]));
    first.merge(second);
    pass(first)
}

/// What is compared bit for bit.
fn result(state: Box<dyn Accumulator>) -> String {
    match state.finish() {
        Ok(values) => match values.dtype() {
            DType::F32 | DType::F64 => {
                let bits = values.to_vec::<f64>().unwrap().into_iter().map(f64::to_bits);
                format!("{:?} {:?}", values.dtype(), bits.collect::<Vec<_>>())
            }
            _ => format!("{values:?}"),
        },
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_state_that_was_written_and_read_goes_on_as_before() {
    for_each_setup(|setup, what| {
        for seed in 0..4 {
            let slabs = slabs(setup.input, seed);
            let plain = computed(setup, &slabs, &|state| state);
            let written = computed(setup, &slabs, &|state| setup.restore(&setup.save(&*state)).expect(what));
            assert!(setup.save(&*plain) == setup.save(&*written), "{what}: other bytes");
            assert_eq!(result(plain), result(written), "{what}");
        }
    });
}

#[test]
fn a_state_that_was_cut_short_or_changed_is_refused() {
    for_some_setups(|setup, what| {
        let state = computed(setup, &slabs(setup.input, 1), &|state| state);
        let bytes = setup.save(&*state);
        for length in 0..bytes.len() {
            assert!(setup.restore(&bytes[..length]).is_err(), "{what}: {length} of {} bytes", bytes.len());
        }
        let mut more = bytes.clone();
        more.push(0);
        assert!(setup.restore(&more).is_err(), "{what}: a byte too many");
        for at in 0..bytes.len() {
            for change in [1, 0xff] {
                let mut other = bytes.clone();
                other[at] ^= change;
                assert!(setup.restore(&other).is_err(), "{what}: byte {at} changed by {change:#x}");
            }
        }
    });
}

/// Whoever writes other things on purpose gets the checksum right: nothing may break then either.
#[test]
fn bytes_that_mean_nothing_are_no_panic() {
    for_some_setups(|setup, what| {
        let state = computed(setup, &slabs(setup.input, 1), &|state| state);
        let bytes = setup.save(&*state);
        let checked = |mut bytes: Vec<u8>| {
            let checksum = libdeflater::crc32(&bytes[14..]);
            bytes[10..14].copy_from_slice(&checksum.to_le_bytes());
            bytes
        };
        assert_eq!(checked(bytes.clone()), bytes, "{what}");
        for length in 14..bytes.len() {
            assert!(setup.restore(&checked(bytes[..length].to_vec())).is_err(), "{what}: {length} bytes");
        }
        for at in 14..bytes.len() {
            for change in [1, 0xff] {
                let mut other = bytes.clone();
                other[at] ^= change;
                if let Ok(mut state) = setup.restore(&checked(other)) {
                    state.merge(setup.start());
                    let _ = setup.save(&*state);
                }
            }
        }
    });
}

#[test]
fn the_state_of_another_reduction_is_refused_by_name() {
    let (sum, mean) = (Reduction::Of(ReduceOp::Sum), Reduction::Of(ReduceOp::Mean));
    let setup = Setup { op: &sum, options: ReduceOptions::default(), input: DType::F32, cells: 4, length: 9 };
    let bytes = setup.save(&*setup.start());
    assert!(setup.restore(&bytes).is_ok());
    let quantiles = |shares: &[f64]| Reduction::Quantiles(shares.into());
    let (low, high) = (quantiles(&[0.1]), quantiles(&[0.9]));
    let others = [
        (Setup { op: &mean, ..setup }, "sum of float32"),
        (Setup { input: DType::F64, ..setup }, "float32"),
        (Setup { cells: 5, ..setup }, "4 cells"),
        (Setup { length: 8, ..setup }, "9 values"),
        (Setup { options: setup.options.skip_missing(false), ..setup }, "skipped"),
        (Setup { options: setup.options.min_count(1), ..setup }, "min_count 0"),
    ];
    for (other, named) in others {
        let error = other.restore(&bytes).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(error.to_string().contains(named), "{error}");
    }
    let (low, high) = (Setup { op: &low, ..setup }, Setup { op: &high, ..setup });
    assert!(high.restore(&low.save(&*low.start())).is_err());
    let error = setup.restore(b"something else altogether").err().unwrap();
    assert_eq!((error.kind(), error.to_string().contains("no state")), (ErrorKind::Damaged, true));
}

// np.sum([nan, 1], where kept) and xr.DataArray([1.0, 2.0]).sum(skipna=False, min_count=3), xarray 2026.9: 3.0.
#[test]
fn a_minimum_count_has_no_meaning_where_missing_values_are_kept() {
    for (op, expected) in [(ReduceOp::Sum, 3.0), (ReduceOp::Prod, 2.0)] {
        let op = Reduction::Of(op);
        let options = ReduceOptions::new().skip_missing(false).min_count(3);
        let setup = Setup { op: &op, options, input: DType::F64, cells: 1, length: 2 };
        let mut state = setup.start();
        state.add(&[Slab::new(Values::from(vec![1.0, 2.0]), &[0], 0)]);
        assert_eq!(state.finish().unwrap().to_vec::<f64>().unwrap(), [expected]);
    }
}

// A cell's first values may be so large that the square of their mean is infinite.
#[test]
fn the_variance_of_large_numbers_is_no_nan() {
    let op = Reduction::Of(ReduceOp::Var);
    for axes in [[0], [1]] {
        let setup = Setup { op: &op, options: ReduceOptions::new(), input: DType::F64, cells: 1, length: 2 };
        let mut state = setup.start();
        let shape = if axes == [0] { [2, 1] } else { [1, 2] };
        state.add(&[Slab::new(Values::from_shape_vec(&shape, vec![1e200, 1e200]).unwrap(), &axes, 0)]);
        assert_eq!(state.finish().unwrap().to_vec::<f64>().unwrap(), [0.0]);
    }
}

// The values of one cell side by side, in rows, and both cut into slabs: exact, since all numbers are small and whole.
#[test]
fn values_of_a_cell_may_lie_along_or_across() {
    let (cells, length) = (600, 70);
    let data: Vec<f64> = (0..cells * length)
        .map(|n| if n % 11 == 3 || n % cells == 5 { f64::NAN } else { ((n * 37) % 64) as f64 })
        .collect();
    let across = Values::from_shape_vec(&[length, cells], data).unwrap();
    for dtype in [DType::F64, DType::F32, DType::I32, DType::DateTime] {
        let across = across.cast(dtype);
        for op in every_reduction().into_iter().filter(|op| op.dtype(dtype).is_ok()) {
            if matches!(op, Reduction::Fit(_)) {
                continue;
            }
            for skip_missing in [true, false] {
                let options = ReduceOptions { skip_missing, ddof: 0, min_count: 1 };
                let setup = Setup { op: &op, options, input: dtype, cells, length };
                let of = |slabs: &[Slab]| {
                    let mut state = setup.start();
                    state.add(slabs);
                    let values = state.finish();
                    values.map(|values| values.cast(DType::F64).to_vec::<f64>().unwrap())
                };
                let rows = |range: std::ops::Range<usize>| across.window(&[range, 0..cells]);
                let whole = of(&[Slab::new(across.clone(), &[0], 0)]);
                let turned = of(&[Slab::new(across.transpose(&[1, 0]).standard(), &[1], 0)]);
                let parts = of(&[Slab::new(rows(0..33), &[0], 0), Slab::new(rows(33..70), &[0], 33)]);
                let single: Vec<Slab> = (0..length).map(|n| Slab::new(rows(n..n + 1), &[0], n)).collect();
                for (other, how) in [(turned, "along"), (parts, "parts"), (of(&single), "one by one")] {
                    let what = format!("{} of {dtype}, skip {skip_missing}, {how}", op.name());
                    match (&whole, &other) {
                        (Ok(whole), Ok(other)) => {
                            let close = |(a, b): (&f64, &f64)| {
                                (a - b).abs() <= 1e-6 * a.abs() || a == b || a.is_nan() && b.is_nan()
                            };
                            assert!(whole.iter().zip(other).all(close), "{what}");
                        }
                        (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string(), "{what}"),
                        _ => panic!("{what}: one is an error"),
                    }
                }
            }
        }
    }
}
