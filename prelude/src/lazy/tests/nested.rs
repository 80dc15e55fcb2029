//! Computations inside others, started from threads of every kind, with locks held: none waits for ever.

use super::*;
use crate::parallel::Pool;
use rayon::prelude::*;
use std::sync::Mutex;

fn sum(year: &Year) -> f64 {
    let sum = reduce(&year.plan(), ReduceOp::Sum, &[0, 1, 2]).evaluate().unwrap();
    sum.get(&[]).unwrap()
}

#[test]
fn arrays_are_computed_inside_a_pool_while_a_lock_is_held() {
    let year = Year::of_strips(4, 30, 20);
    let whole = sum(&year);
    let pool = Pool::new(4).unwrap();
    let total = Mutex::new(0.0);
    let items: Vec<usize> = (0..40).collect();
    pool.map(&items, |_| {
        let mut total = total.lock().unwrap();
        *total += sum(&year);
    })
    .unwrap();
    assert!((*total.lock().unwrap() - 40.0 * whole).abs() < 1e-3);
}

#[test]
fn arrays_are_computed_by_user_threads_and_by_other_pools_while_a_lock_is_held() {
    let year = Year::of_strips(4, 30, 20);
    let whole = sum(&year);
    let total = Mutex::new(0.0);
    let add = |_| *total.lock().unwrap() += sum(&year);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..5).for_each(&add));
        }
    });
    (0..20).into_par_iter().for_each(add);
    assert!((*total.lock().unwrap() - 40.0 * whole).abs() < 1e-3);
}

#[test]
fn a_mapped_function_computes_arrays_of_its_own_while_a_lock_is_held() {
    let year = Year::of_strips(6, 30, 20);
    let gate = Arc::new(Mutex::new(Year::of_strips(2, 10, 10)));
    let inner = gate.clone();
    let ones = move |run: &mut [f64]| {
        let inner = inner.lock().unwrap();
        run.fill(sum(&inner));
    };
    let mapped = year.plan().map("with a lock", Arc::new(ones));
    let values = mapped.evaluate().unwrap().to_vec::<f32>().unwrap();
    let one = sum(&gate.lock().unwrap()) as f32;
    assert!(values.iter().all(|&value| value == one));
}

#[test]
fn arrays_that_are_computed_together_read_their_files_once() {
    let year = Year::of_strips(10, 60, 40);
    let plan = year.plan();
    let plans = [
        reduce(&plan, ReduceOp::Mean, &[0]),
        reduce(&plan, ReduceOp::Max, &[0]),
        plan.unary(UnaryOp::Abs),
        Plan::binary(BinaryOp::Mul, &plan, &plan).unwrap(),
        Plan::scalar(3.0),
    ];
    let together = evaluate_all(&plans).unwrap();
    assert_eq!(year.log.pixels(), 2 * 10 * 60 * 40, "a pass for the reductions, and one for the rest");
    for (plan, values) in plans.iter().zip(&together) {
        let alone = plan.evaluate().unwrap();
        assert_eq!((alone.shape(), alone.dtype()), (values.shape(), values.dtype()));
        let (alone, values) = (alone.to_vec::<f64>().unwrap(), values.to_vec::<f64>().unwrap());
        assert!(alone.iter().zip(&values).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}

#[test]
fn stacks_of_reductions_share_their_passes_with_others() {
    let year = Year::of_strips(10, 60, 40);
    let plan = year.plan();
    let months = || {
        let month = |from: usize| {
            let part = plan.index(&[AxisIndex::range(from..from + 5), AxisIndex::all(60), AxisIndex::all(40)]).unwrap();
            reduce(&part, ReduceOp::Mean, &[0])
        };
        Plan::stack(vec![month(0), month(5)]).unwrap()
    };
    let (twice, total) = (months(), reduce(&plan, ReduceOp::Mean, &[0]));
    let together = evaluate_all(&[months(), twice, total.clone()]).unwrap();
    let alone = [months().evaluate().unwrap(), months().evaluate().unwrap(), total.evaluate().unwrap()];
    for (together, alone) in together.iter().zip(&alone) {
        let (a, b) = (together.to_vec::<f32>().unwrap(), alone.to_vec::<f32>().unwrap());
        assert!(a.iter().zip(&b).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}

#[test]
fn a_reduction_has_the_same_bits_alone_and_together_with_others() {
    // More than a window, in numbers whose sum depends on the order of the additions.
    let year = Year::new(3, [256, 1024], [1, 1024], DType::F64);
    let plan = Plan::binary(BinaryOp::Mul, &year.plan(), &Plan::scalar(0.1)).unwrap();
    for axes in [&[0, 1, 2][..], &[1, 2], &[0], &[0, 2]] {
        let ops = [ReduceOp::Mean, ReduceOp::Std, ReduceOp::Sum, ReduceOp::Max, ReduceOp::Median];
        let plans = ops.map(|op| reduce(&plan, op, axes));
        let together = evaluate_all(&plans).unwrap();
        for (n, (plan, together)) in plans.iter().zip(&together).enumerate() {
            assert_same(&plan.evaluate().unwrap(), together, &format!("reduction {n} over {axes:?}"));
        }
    }
}
