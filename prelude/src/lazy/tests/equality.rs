//! Lazy and in memory give the same bits, for every operation and any number of threads.

use super::*;
use std::sync::Arc;

const OPS: [ReduceOp; 12] = [
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
];

fn check(what: &str, year: &Year, f: impl Fn(&Plan) -> Plan) {
    let lazy = f(&year.plan());
    let eager = f(&year.memory());
    assert!(lazy.is_lazy() && !eager.is_lazy(), "{what}");
    assert_eq!((lazy.shape(), lazy.dtype()), (eager.shape(), eager.dtype()), "{what}");
    assert_same(&lazy.evaluate().unwrap(), eager.as_values().unwrap(), what);
}

fn years() -> [Year; 3] {
    [
        Year::of_strips(9, 33, 21),
        Year::new(7, [40, 50], [16, 16], DType::F64),
        Year::new(5, [20, 30], [7, 30], DType::I16),
    ]
}

#[test]
fn unary_operations() {
    let ops = [
        UnaryOp::Neg,
        UnaryOp::Not,
        UnaryOp::Abs,
        UnaryOp::Sqrt,
        UnaryOp::Exp,
        UnaryOp::Ln,
        UnaryOp::Floor,
        UnaryOp::Ceil,
        UnaryOp::Round,
        UnaryOp::IsNan,
        UnaryOp::Month,
        UnaryOp::DayOfYear,
    ];
    for year in years() {
        for op in ops {
            check(op.name(), &year, |plan| plan.unary(op));
        }
        check("map", &year, |plan| plan.map("half", Arc::new(|run| run.iter_mut().for_each(|v| *v /= 2.0))));
        for dtype in [DType::Bool, DType::U8, DType::I32, DType::I64, DType::F32, DType::F64] {
            if dtype != year.fakes[0].dtype {
                check("cast", &year, |plan| plan.cast(dtype));
            }
        }
    }
}

#[test]
fn binary_operations() {
    use BinaryOp::*;
    for year in years() {
        for op in [Add, Sub, Mul, Div, Rem, Pow, Min, Max, Eq, Ne, Lt, Le, Gt, Ge] {
            let with = |plan: &Plan, other: &Plan| Plan::binary(op, plan, other).unwrap();
            check(op.name(), &year, |plan| with(plan, &Plan::scalar(2i64)));
            check(op.name(), &year, |plan| with(&Plan::scalar(2.5), plan));
            check(op.name(), &year, |plan| with(plan, &plan.unary(UnaryOp::Abs)));
            check(op.name(), &year, |plan| {
                let first = plan.index(&[AxisIndex::range(0..1), all(plan, 1), AxisIndex::range(2..3)]).unwrap();
                // Integers have no negative powers.
                with(&first, &if op == Pow { plan.unary(UnaryOp::Abs) } else { plan.clone() })
            });
        }
        for op in [And, Or, Xor] {
            check(op.name(), &year, |plan| {
                let above = Plan::binary(Gt, plan, &Plan::scalar(1i64)).unwrap();
                Plan::binary(op, &above, &plan.unary(UnaryOp::IsNan)).unwrap()
            });
        }
    }
}

fn all(plan: &Plan, axis: usize) -> AxisIndex {
    AxisIndex::all(plan.shape()[axis])
}

#[test]
fn choices_and_rearrangements() {
    for year in years() {
        let above = |plan: &Plan| Plan::binary(BinaryOp::Gt, plan, &Plan::scalar(4i64)).unwrap();
        check("where", &year, |plan| Plan::select(&above(plan), plan, &Plan::scalar(f64::NAN)).unwrap());
        check("where else", &year, |plan| Plan::select(&above(plan), plan, &plan.unary(UnaryOp::Neg)).unwrap());
        check("transpose", &year, |plan| plan.transpose(&[2, 0, 1]).unwrap());
        check("transpose twice", &year, |plan| {
            let turned = plan.transpose(&[1, 2, 0]).unwrap();
            Plan::binary(BinaryOp::Add, &turned, &turned).unwrap().transpose(&[2, 1, 0]).unwrap()
        });
        check("broadcast", &year, |plan| {
            let one = plan.index(&[AxisIndex::range(1..2), all(plan, 1), all(plan, 2)]).unwrap();
            one.broadcast_to(plan.shape()).unwrap()
        });
        check("concat", &year, |plan| Plan::concat(vec![plan.clone(), plan.unary(UnaryOp::Neg)], 1).unwrap());
        check("concat of types", &year, |plan| Plan::concat(vec![plan.cast(DType::U8), plan.clone()], 0).unwrap());
    }
}

#[test]
fn selections() {
    for year in years() {
        let selections = |plan: &Plan| {
            let (all0, all1, all2) = (all(plan, 0), all(plan, 1), all(plan, 2));
            vec![
                vec![AxisIndex::At(2), all1.clone(), all2.clone()],
                vec![AxisIndex::range(1..4), AxisIndex::range(3..17), AxisIndex::range(5..6)],
                vec![all0.clone(), AxisIndex::Range { start: 19, len: 10, step: -2 }, all2.clone()],
                vec![AxisIndex::list([4, 0, 0, 2]), AxisIndex::list([19, 3, 3]), AxisIndex::list([1, 2, 20])],
                vec![all0, AxisIndex::range(4..4), all2],
                vec![AxisIndex::At(0), AxisIndex::At(1), AxisIndex::At(2)],
            ]
        };
        for n in 0..6 {
            check("selection", &year, |plan| plan.index(&selections(plan)[n]).unwrap());
            check("selection twice", &year, |plan| {
                let part = [AxisIndex::range(0..5), AxisIndex::Range { start: 0, len: 20, step: 1 }, all(plan, 2)];
                let part = plan.index(&part).unwrap();
                part.index(&selections(&part)[n]).unwrap()
            });
            check("selection of a mean", &year, |plan| {
                let mean = reduce(plan, ReduceOp::Mean, &[0]).insert_axis(0).broadcast_to(&[
                    5,
                    plan.shape()[1],
                    plan.shape()[2],
                ]);
                mean.unwrap()
                    .index(&selections(plan)[n].clone()[..])
                    .unwrap_or_else(|_| reduce(plan, ReduceOp::Mean, &[1]))
            });
        }
    }
}

#[test]
fn reductions_over_any_axes() {
    for year in years() {
        for op in OPS {
            for axes in [&[][..], &[0], &[1], &[2], &[0, 1], &[0, 2], &[1, 2], &[0, 1, 2]] {
                let arg = matches!(op, ReduceOp::ArgMin | ReduceOp::ArgMax);
                if arg && axes.len() != 1 {
                    assert!(year.plan().reduce(op, axes, ReduceOptions::default()).is_err());
                    continue;
                }
                for skip_missing in [true, false] {
                    let options = ReduceOptions { skip_missing, ddof: 1, min_count: 2 };
                    // Some cells are missing everywhere, which has no position.
                    let filled = |plan: &Plan| match arg && skip_missing && year.fakes[0].dtype.is_float() {
                        true => Plan::select(&plan.unary(UnaryOp::IsNan), &Plan::scalar(0.5), plan).unwrap(),
                        false => plan.clone(),
                    };
                    let what = format!("{} of {axes:?}, skip {skip_missing}", op.name());
                    check(&what, &year, |plan| filled(plan).reduce(op, axes, options).unwrap());
                }
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let _alone = one_at_a_time();
    // Large enough to be cut in many windows and, for the sum of all, in many pieces.
    let year = Year::new(6, [700, 900], [1, 900], DType::F32);
    let plans = |plan: &Plan| {
        let mut plans: Vec<Plan> = [&[0][..], &[1], &[2], &[1, 2], &[0, 1, 2]]
            .into_iter()
            .flat_map(|axes| {
                [ReduceOp::Mean, ReduceOp::Sum, ReduceOp::Std, ReduceOp::Max].map(|op| reduce(plan, op, axes))
            })
            .collect();
        plans.push(Plan::binary(BinaryOp::Sub, plan, &reduce(plan, ReduceOp::Mean, &[0]).insert_axis(0)).unwrap());
        plans
    };
    let mut results = Vec::new();
    for threads in [1, 3, 8] {
        threads::set_threads(threads).unwrap();
        results.push(plans(&year.plan()).iter().map(|plan| plan.evaluate().unwrap()).collect::<Vec<_>>());
        results.push(plans(&year.memory()).iter().map(|plan| plan.evaluate().unwrap()).collect());
    }
    let (first, rest) = results.split_first().unwrap();
    for (m, other) in rest.iter().enumerate() {
        for (n, (a, b)) in first.iter().zip(other).enumerate() {
            // In memory there are no strips, so the pieces of a sum along rows may be others: run 0 is files, run 1 memory.
            if m % 2 == 1 {
                assert_same(a, b, &format!("plan {n} with files, run {m}"));
            }
        }
    }
    for other in [&results[3], &results[5]] {
        for (n, (a, b)) in results[1].iter().zip(other).enumerate() {
            assert_same(a, b, &format!("plan {n} in memory"));
        }
    }
}
