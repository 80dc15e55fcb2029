//! Plans over every operation and every type give the same bits after they were written and read.

use super::*;
use crate::lazy::lines::{
    Cumulative, CumulativeOp, Difference, Fill, Gaps, GapsOp, Knots, LineOp, Rolling, RollingOp, Shift, Weave,
};
use crate::lazy::{AxisIndex, BinaryOp, ReduceOp, ReduceOptions, UnaryOp};

/// Plans are written together, and each gives what it gave, or fails as it failed.
fn check(plans: &[Plan]) {
    let read = again(plans);
    assert_eq!(read.len(), plans.len());
    for (plan, read) in plans.iter().zip(&read) {
        let what = plan.explain();
        assert_eq!((plan.shape(), plan.dtype()), (read.shape(), read.dtype()), "{what}");
        match (plan.evaluate(), read.evaluate()) {
            (Ok(plan), Ok(read)) => assert!(bits(&plan) == bits(&read), "{what}: {plan:?} {read:?}"),
            (Err(plan), Err(read)) => assert_eq!(plan.to_string(), read.to_string(), "{what}"),
            (plan, read) => panic!("{what}: {plan:?} and {read:?}"),
        }
    }
}

#[test]
fn values_of_every_type_keep_their_bits() {
    for dtype in dtypes() {
        let values = six(dtype);
        let turned = values.transpose(&[1, 0]);
        let empty = Values::from_shape_vec(&[0, 4], Vec::<f64>::new()).unwrap().cast(dtype);
        check(&[Plan::memory(values), Plan::memory(turned), Plan::memory(empty), lazy(dtype)]);
    }
}

#[test]
fn operations_on_one_array_of_every_type_are_the_same() {
    let plans = dtypes().into_iter().flat_map(|dtype| {
        let plan = lazy(dtype);
        let casts = dtypes().into_iter().map(|other| plan.cast(other)).collect::<Vec<Plan>>();
        UnaryOp::ALL.iter().map(|(_, op)| plan.unary(*op)).chain(casts).collect::<Vec<Plan>>()
    });
    check(&plans.collect::<Vec<Plan>>());
}

#[test]
fn operations_on_two_arrays_of_all_types_are_the_same_with_numbers_too() {
    let (mut plans, mut whole) = (Vec::new(), dtypes());
    whole.retain(|dtype| !matches!(dtype, DType::U16 | DType::I16 | DType::U32));
    for &a in &whole {
        for (_, op) in BinaryOp::ALL {
            let others = whole.iter().map(|&b| lazy(b)).chain([Plan::scalar(2), Plan::scalar(1.5), Plan::scalar(true)]);
            for b in others.collect::<Vec<Plan>>() {
                plans.extend(Plan::binary(*op, &lazy(a), &b));
                plans.extend(Plan::binary(*op, &b, &lazy(a)));
            }
        }
        for no in whole.iter().map(|&no| lazy(no)).chain([Plan::scalar(1), Plan::scalar(f64::NAN), Plan::scalar(0.5)]) {
            plans.extend(Plan::select(&lazy(DType::Bool), &lazy(a), &no));
        }
    }
    assert!(plans.len() > 2_000, "{}", plans.len());
    plans.chunks(500).for_each(check);
}

#[test]
fn reductions_are_the_same_with_their_options() {
    let mut plans = Vec::new();
    for dtype in dtypes() {
        let plan = lazy(dtype);
        for options in
            [ReduceOptions::new(), ReduceOptions::new().skip_missing(false).ddof(1), ReduceOptions::new().min_count(3)]
        {
            for axes in [&[0usize][..], &[1], &[0, 1], &[]] {
                ReduceOp::ALL.iter().for_each(|(_, op)| plans.extend(plan.reduce(*op, axes, options)));
                plans.extend(plan.quantile(&[0.1, 0.5, 1.0], axes, options));
            }
            plans.extend(plan.fit(&[0.5, 1e9, 3e9], 1, 1, options));
            plans.extend(plan.place(ReduceOp::ArgMin, 1, options));
        }
    }
    check(&plans);
}

#[test]
fn operations_on_lines_are_the_same() {
    let mut plans = Vec::new();
    let knots = [None, Some(Knots { low: 0, high: 2, weight: 0.3 }), Some(Knots { low: 1, high: 1, weight: f64::NAN })];
    let (weave, gaps) = (
        Weave { knots: knots.into() },
        Gaps { op: GapsOp::Linear, places: [0.5, 1.5, 9.0].into(), limit: usize::MAX, widest: f64::INFINITY },
    );
    let nearest = Gaps { op: GapsOp::Nearest, places: [].into(), limit: 1, widest: 2.5 };
    fn add(plans: &mut Vec<Plan>, plan: &Plan, op: impl LineOp + 'static) {
        let Ok(plan) = plan.lines(op, 1) else { return };
        // A part of the lines too, which needs less of them.
        let part = AxisIndex::Range { start: 1, len: plan.shape()[1] - 1, step: 1 };
        plans.extend(plan.index(&[AxisIndex::At(1), part]));
        plans.push(plan);
    }
    for dtype in dtypes() {
        let plan = lazy(dtype);
        for (_, op) in RollingOp::ALL {
            add(&mut plans, &plan, Rolling { op: *op, before: 1, after: 1, least: 2, ddof: 1 });
        }
        for (_, op) in CumulativeOp::ALL {
            add(&mut plans, &plan, Cumulative { op: *op, skip_missing: true });
        }
        add(&mut plans, &plan, Difference);
        add(&mut plans, &plan, Shift { by: -1 });
        add(&mut plans, &plan, Fill { backward: true, limit: usize::MAX });
        add(&mut plans, &plan, gaps.clone());
        add(&mut plans, &plan, nearest.clone());
        add(&mut plans, &plan, Gaps { op: GapsOp::Next, ..nearest.clone() });
        add(&mut plans, &plan, weave.clone());
    }
    assert!(plans.len() > 300, "{}", plans.len());
    check(&plans);
}

#[test]
fn what_moves_values_is_the_same() {
    let mut plans = Vec::new();
    for dtype in dtypes() {
        let plan = lazy(dtype);
        let at = Plan::memory(Values::from(ndarray::array![[1i64, -1], [0, 2]])).chunked(&[1, 1]).unwrap();
        let table = Values::from(vec![0i64, 1, 2]).cast(dtype.with_missing());
        let sum = plan.lines(Shift { by: 1 }, 1).or_else(|_| plan.cast(DType::F64).lines(Shift { by: 1 }, 1)).unwrap();
        plans.extend([
            plan.transpose(&[1, 0]).unwrap(),
            plan.insert_axis(1),
            plan.insert_axis(2).broadcast_to(&[2, 3, 4]).unwrap(),
            Plan::concat(vec![plan.clone(), lazy(dtype), plan.clone()], 1).unwrap(),
            plan.split_axis(1, 3).unwrap(),
            at.lookup(table).unwrap(),
            plan.index(&[AxisIndex::At(1), AxisIndex::list([2, 0, 2])]).unwrap(),
            plan.index(&[AxisIndex::Range { start: 1, len: 2, step: -1 }, AxisIndex::range(1..1)]).unwrap(),
            // What has to be computed in longer runs than are taken of it.
            sum.index(&[AxisIndex::all(2), AxisIndex::list([2, 0])]).unwrap(),
            sum.take(1, crate::values::Pick::Range { start: 2, len: 2, step: -2 }).unwrap(),
        ]);
    }
    check(&plans);
}

#[test]
fn generated_plans_are_the_same() {
    let mut random = fastrand::Rng::with_seed(14);
    for _ in 0..300 {
        let dtypes = [DType::F32, DType::F64, DType::I16, DType::U8];
        let mut pool: Vec<Plan> = dtypes.map(lazy).to_vec();
        for _ in 0..random.usize(1..20) {
            let (a, b) = (pool[random.usize(..pool.len())].clone(), pool[random.usize(..pool.len())].clone());
            let axis = random.usize(..2);
            let made = match random.u8(..8) {
                0 => Ok(a.unary(UnaryOp::ALL[random.usize(..UnaryOp::ALL.len())].1)),
                1 => Plan::binary(BinaryOp::ALL[random.usize(..BinaryOp::ALL.len())].1, &a, &b),
                2 => Plan::concat(vec![a, b], axis),
                3 => a.transpose(&[1, 0]),
                4 => a
                    .reduce(ReduceOp::ALL[random.usize(..10)].1, &[axis], ReduceOptions::new())
                    .map(|r| r.insert_axis(axis)),
                5 => a.lines(Cumulative { op: CumulativeOp::Sum, skip_missing: random.bool() }, axis),
                6 => Plan::select(&a, &b, &Plan::scalar(1.5)),
                _ => {
                    let mut index = [AxisIndex::all(a.shape()[0]), AxisIndex::all(a.shape()[1])];
                    index[axis] = AxisIndex::range(0..a.shape()[axis].min(1 + random.usize(..3)));
                    a.index(&index)
                }
            };
            pool.extend(made.ok().filter(|plan| plan.is_lazy() && plan.len() < 1_000));
        }
        check(&pool);
    }
}

#[test]
fn what_waits_in_memory_is_written_as_its_values() {
    let large = Plan::memory(Values::from(vec![1.5f32; 1 << 20]));
    let waits = Plan::binary(BinaryOp::Add, &large, &Plan::scalar(2.0)).unwrap();
    let read = again(std::slice::from_ref(&waits));
    assert!(bits(read[0].as_values().unwrap()) == bits(waits.as_values().unwrap()));
}

#[test]
fn a_number_that_gives_way_still_does() {
    let read = again(&[Plan::scalar(1.5), Plan::memory(Values::from(1.5f64))]);
    let add = |number: &Plan| Plan::binary(BinaryOp::Add, &lazy(DType::F32), number).unwrap().dtype();
    assert_eq!((add(&read[0]), add(&read[1])), (DType::F32, DType::F64));
}

#[test]
fn shared_expressions_and_sources_stay_shared() {
    let day = lazy(DType::F64);
    let doubled = (0..64).fold(day.clone(), |plan, _| Plan::binary(BinaryOp::Add, &plan, &plan).unwrap());
    let part = day.index(&[AxisIndex::At(0), AxisIndex::range(0..2)]).unwrap();
    let bytes = write(&[doubled.clone(), doubled, part.clone(), part]).unwrap();
    assert!(bytes.len() < 20_000, "{} bytes", bytes.len());
    let read = read(&bytes, &mut Readers::new()).unwrap();
    assert!(read[0].id() == read[1].id() && read[2].id() == read[3].id());
    assert_eq!(read[0].evaluate().unwrap().get(&[1, 2]), Some(7.0 * 2f64.powi(64)));
    let source = |plan: &Plan| crate::lazy::walk::Walk::of([plan]).iter().next().unwrap().clone();
    let of = |plan: &Plan| match &plan.node().op {
        crate::lazy::op::Op::Source { source, .. } => std::sync::Arc::as_ptr(source).cast::<()>(),
        _ => panic!("a source comes first"),
    };
    assert_eq!(of(&source(&read[0])), of(&source(&read[2])));
}

#[test]
fn a_hundred_thousand_operations_take_no_stack() {
    let job = || {
        let day = Plan::memory(Values::from(vec![1.0f64, 2.0])).chunked(&[1]).unwrap();
        let total = (1..100_000).fold(day.clone(), |total, _| Plan::binary(BinaryOp::Add, &total, &day).unwrap());
        let read = again(&[total]);
        assert_eq!(read[0].evaluate().unwrap().to_vec::<f64>().unwrap(), [1e5, 2e5]);
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(job).unwrap().join().unwrap();
}
