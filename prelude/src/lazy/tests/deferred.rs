//! Operations on large arrays in memory wait for each other and give what they give one at a time.

use super::*;
use crate::lazy::deferred;
use crate::values::Pick;

/// More than a mebibyte, in elements of 4 bytes.
const LARGE: usize = 300_000;

fn large(dtype: DType, seed: u64) -> Plan {
    let mut random = fastrand::Rng::with_seed(seed);
    let special = [f64::NAN, f64::INFINITY, -0.0, 0.0, 1.0, -1.5];
    let number = |random: &mut fastrand::Rng| match random.usize(..20) {
        0 => special[random.usize(..special.len())],
        _ => random.f64() * 200.0 - 100.0,
    };
    let numbers: Vec<f64> = (0..LARGE).map(|_| number(&mut random)).collect();
    Plan::memory(Values::from_shape_vec(&[300, LARGE / 300], numbers).unwrap().cast(dtype))
}

/// The same, and carried out.
fn now(plan: &Plan) -> Plan {
    Plan::memory(plan.evaluate().unwrap())
}

fn bits(plan: &Plan) -> (Vec<usize>, DType, Vec<u64>) {
    let values = plan.evaluate().unwrap();
    let numbers = values.clone().cast(DType::F64).to_vec::<f64>().unwrap();
    // A NaN is a NaN: which one it is depends on the order of the operands.
    let bits = numbers.into_iter().map(|number| if number.is_nan() { u64::MAX } else { number.to_bits() });
    (values.shape().to_vec(), values.dtype(), bits.collect())
}

/// One more operation on some plans, drawn; the same one for the same `random`.
fn step(plans: &[Plan], random: &mut fastrand::Rng) -> Plan {
    let any = |random: &mut fastrand::Rng| plans[random.usize(..plans.len())].clone();
    let a = any(random);
    match random.usize(..9) {
        0 => a.unary([UnaryOp::Abs, UnaryOp::Neg, UnaryOp::Exp, UnaryOp::Sqrt, UnaryOp::Sin][random.usize(..5)]),
        1 => a.cast([DType::F32, DType::F64, DType::I32, DType::U8][random.usize(..4)]),
        2 | 3 => {
            let op = [BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::Div][random.usize(..4)];
            Plan::binary(op, &a, &Plan::scalar(random.f64() * 8.0 - 4.0)).unwrap()
        }
        4 | 5 => {
            let op = [BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::Min][random.usize(..4)];
            Plan::binary(op, &a, &any(random)).unwrap()
        }
        6 => Plan::binary(BinaryOp::Gt, &a, &any(random)).unwrap(),
        7 => Plan::select(&a.unary(UnaryOp::IsNan), &Plan::scalar(0.0), &any(random)).unwrap(),
        // One row goes with all.
        _ => {
            let row = any(random).index(&[AxisIndex::range(3..4), AxisIndex::all(LARGE / 300)]).unwrap();
            Plan::binary(BinaryOp::Add, &a, &row).unwrap()
        }
    }
}

#[test]
fn chains_give_bit_by_bit_what_their_operations_give_one_at_a_time() {
    let chains = 60;
    for seed in 0..chains {
        let mut random = fastrand::Rng::with_seed(seed);
        let dtypes = [DType::F32, DType::F64, DType::I32];
        let mut waiting: Vec<Plan> = (0..2).map(|n| large(dtypes[random.usize(..3)], 2 * seed + n)).collect();
        let mut carried_out = waiting.clone();
        let length = 2 + random.usize(..7);
        for turn in 0..length {
            let draws = seed * 1000 + turn as u64;
            let next = step(&waiting, &mut fastrand::Rng::with_seed(draws));
            let same = now(&step(&carried_out, &mut fastrand::Rng::with_seed(draws)));
            // Some results are held, others are gone before they were there.
            let slot = random.usize(..3);
            if slot < waiting.len() {
                (waiting[slot], carried_out[slot]) = (next, same);
            } else {
                waiting.push(next);
                carried_out.push(same);
            }
        }
        for (n, (waiting, carried_out)) in waiting.iter().zip(&carried_out).enumerate().rev() {
            assert!(bits(waiting) == bits(carried_out), "chain {seed}, result {n}");
        }
    }
}

/// Runs `work` and gives the most that was allocated at a time, in arrays of this size.
fn arrays_held(work: impl FnOnce()) -> f64 {
    let measured = allocation_counter::measure(work);
    measured.bytes_max as f64 / (LARGE * 4) as f64
}

#[test]
fn what_nobody_holds_is_not_made() {
    crate::lazy::threads::set_threads(1).unwrap();
    let a = large(DType::F32, 1);
    let held = arrays_held(|| {
        let warm = Plan::binary(BinaryOp::Mul, &a, &Plan::scalar(1.8)).unwrap();
        let warm = Plan::binary(BinaryOp::Add, &warm, &Plan::scalar(32.0)).unwrap().unary(UnaryOp::Sqrt);
        warm.evaluate().unwrap();
    });
    assert!(held < 3.5, "three operations and one result, {held} arrays at most");
}

#[test]
fn what_is_held_is_there_and_is_made_with_what_follows_from_it() {
    let a = large(DType::F32, 2);
    let twice = Plan::binary(BinaryOp::Mul, &a, &Plan::scalar(2.0)).unwrap();
    let more = Plan::binary(BinaryOp::Add, &twice, &Plan::scalar(1.0)).unwrap();
    let (twice, more) = (bits(&twice).2, bits(&more).2);
    for (twice, more) in twice.into_iter().zip(more) {
        let (twice, more) = (f64::from_bits(twice), f64::from_bits(more));
        assert!(twice.is_nan() && more.is_nan() || (twice as f32 + 1.0) as f64 == more, "{twice} {more}");
    }
}

#[test]
fn a_loop_that_adds_up_holds_few_arrays() {
    crate::lazy::threads::set_threads(1).unwrap();
    let held = arrays_held(|| {
        let mut total = now(&large(DType::F32, 3));
        for n in 0..20 {
            let day = Plan::memory(Values::from_shape_vec(&[300, LARGE / 300], vec![n as f32; LARGE]).unwrap());
            total = Plan::binary(BinaryOp::Add, &total, &day).unwrap();
            drop(day);
            // What nobody holds is not counted.
            buffers::release();
        }
        total.evaluate().unwrap();
    });
    assert!(held < 12.0, "{held} arrays at most for twenty days");
}

#[test]
fn everything_that_waits_is_there_after_the_end_of_a_cell() {
    let a = large(DType::F32, 4);
    let kept = Plan::binary(BinaryOp::Mul, &a, &Plan::scalar(3.0)).unwrap();
    let long = (0..60).fold(kept.clone(), |plan, _| Plan::binary(BinaryOp::Add, &plan, &Plan::scalar(1.0)).unwrap());
    deferred::finish().unwrap();
    assert!(!kept.is_lazy() && !long.is_lazy());
    let picks = [Pick::range(0..1), Pick::range(0..20)];
    let (kept, long) = (kept.as_values().unwrap().pick(&picks), long.as_values().unwrap().pick(&picks));
    for (kept, long) in kept.to_vec::<f32>().unwrap().into_iter().zip(long.to_vec::<f32>().unwrap()) {
        let expected = (0..60).fold(kept, |sum, _| sum + 1.0);
        assert!(expected == long || expected.is_nan() && long.is_nan());
    }
}

#[test]
fn threads_that_ask_for_the_same_result_at_once_all_get_it() {
    let a = large(DType::F32, 5);
    let root = Plan::binary(BinaryOp::Mul, &a, &a).unwrap();
    let sums: Vec<f64> = std::thread::scope(|scope| {
        let ask = || scope.spawn(|| reduce(&root, ReduceOp::Max, &[0, 1]).evaluate().unwrap().get(&[]).unwrap());
        let asked: Vec<_> = (0..4).map(|_| ask()).collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(sums.iter().all(|sum| *sum == sums[0]));
}
