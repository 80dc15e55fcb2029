//! Plans are as deep as a loop has turns. Nothing that is done with them takes a stack of that depth.

use super::*;

const TURNS: usize = 100_000;
/// A thread that has next to no stack: what calls itself for each turn ends the process.
const STACK_BYTES: usize = 256 << 10;

fn on_a_small_stack(job: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(job).unwrap().join().unwrap();
}

fn step(total: Plan, day: &Plan, first: bool) -> Plan {
    let (a, b) = if first { (&total, day) } else { (day, &total) };
    Plan::binary(BinaryOp::Add, a, b).unwrap()
}

#[test]
fn a_hundred_thousand_additions_are_computed_and_dropped_on_a_small_stack() {
    for first in [true, false] {
        on_a_small_stack(move || {
            let day = Plan::memory(Values::from(vec![1.0f64, 2.0, 4.0])).chunked(&[2]).unwrap();
            let total = (1..TURNS).fold(day.clone(), |total, _| step(total, &day, first));
            assert!(total.memory_estimate() < 64 << 20, "{} bytes", total.memory_estimate());
            let turns = TURNS as f64;
            assert_eq!(total.evaluate().unwrap().to_vec::<f64>().unwrap(), [turns, 2.0 * turns, 4.0 * turns]);
        });
    }
}

#[test]
fn a_deep_plan_is_selected_reduced_compared_explained_and_cut_on_a_small_stack() {
    on_a_small_stack(|| {
        let day = Plan::memory(Values::from(vec![1.0f64, 2.0, 4.0])).chunked(&[2]).unwrap();
        let total = (1..TURNS).fold(day.clone(), |total, _| step(total, &day, true));
        let part = total.index(&[AxisIndex::range(1..3)]).unwrap();
        assert_eq!(part.evaluate().unwrap().to_vec::<f64>().unwrap(), [2e5, 4e5]);
        let sum = total.reduce(ReduceOp::Sum, &[0], ReduceOptions::default()).unwrap();
        assert_eq!(sum.evaluate().unwrap().get(&[]), Some(7e5));
        assert!(total.is_same(&total.clone()) && !total.is_same(&part));
        assert_eq!(total.chunks(), [[2, 1]]);
        let text = total.explain();
        assert!(text.len() < 20_000 && text.contains("operations on the way here"), "{} letters", text.len());
    });
}

#[test]
fn joins_within_joins_and_lines_of_lines_take_no_stack() {
    on_a_small_stack(|| {
        let day = Plan::memory(Values::from(ndarray::array![[1.0f64, 2.0]])).chunked(&[1, 1]).unwrap();
        let mut grown = day.clone();
        for _ in 0..1_000 {
            grown = Plan::concat(vec![grown, day.clone()], 0).unwrap();
        }
        assert_eq!(grown.evaluate().unwrap().shape(), [1_001, 2]);
        let lagged = (0..200).fold(grown, |plan, _| plan.lines(crate::lazy::lines::Shift { by: 1 }, 0).unwrap());
        let values = lagged.evaluate().unwrap().to_vec::<f64>().unwrap();
        assert!(values[..400].iter().all(|value| value.is_nan()) && values[400..].iter().all(|value| *value > 0.0));
    });
}

#[test]
fn plans_of_reductions_of_reductions_are_settled_without_a_stack() {
    on_a_small_stack(|| {
        let day = Plan::memory(Values::from(ndarray::array![[1.0f64, 2.0]])).chunked(&[1, 1]).unwrap();
        let anomaly = |plan: &Plan| {
            let mean = plan.reduce(ReduceOp::Mean, &[1], ReduceOptions::default()).unwrap().insert_axis(1);
            Plan::binary(BinaryOp::Sub, plan, &mean).unwrap()
        };
        let plan = (0..300).fold(day, |plan, _| anomaly(&plan));
        assert_eq!(plan.evaluate().unwrap().to_vec::<f64>().unwrap(), [-0.5, 0.5]);
    });
}
