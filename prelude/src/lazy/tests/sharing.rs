//! What occurs more than once is read and computed once.

use super::*;

#[test]
fn an_expression_used_twice_reads_its_files_once() {
    let year = Year::of_strips(4, 50, 40);
    let plan = year.plan();
    let twice = Plan::binary(BinaryOp::Mul, &plan.unary(UnaryOp::Abs), &plan).unwrap();
    twice.evaluate().unwrap();
    assert_eq!(year.log.pixels(), 4 * 50 * 40);
}

#[test]
fn the_same_files_opened_twice_are_read_once() {
    let year = Year::of_strips(4, 50, 40);
    let shared: Vec<Arc<dyn Source>> =
        year.fakes.iter().map(|fake| Arc::new(fake.clone()) as Arc<dyn Source>).collect();
    let stack = || Plan::stack(shared.iter().cloned().map(Plan::shared_source).collect()).unwrap();
    Plan::binary(BinaryOp::Add, &stack(), &stack()).unwrap().evaluate().unwrap();
    assert_eq!(year.log.pixels(), 4 * 50 * 40);
}

#[test]
fn reductions_of_the_same_files_share_a_pass() {
    let year = Year::of_strips(10, 60, 40);
    let plan = year.plan();
    let range = Plan::binary(BinaryOp::Sub, &reduce(&plan, ReduceOp::Max, &[0]), &reduce(&plan, ReduceOp::Min, &[0]));
    let share = Plan::binary(BinaryOp::Div, &range.unwrap(), &reduce(&plan, ReduceOp::Std, &[0])).unwrap();
    let values = share.evaluate().unwrap();
    assert_eq!(year.log.pixels(), 10 * 60 * 40, "three reductions, one pass");
    assert_eq!(values.shape(), [60, 40]);
}

#[test]
fn an_anomaly_takes_two_passes_and_no_more() {
    let year = Year::of_strips(10, 60, 40);
    let plan = year.plan();
    let mean = reduce(&plan, ReduceOp::Mean, &[0]).insert_axis(0);
    let anomaly = Plan::binary(BinaryOp::Sub, &plan, &mean).unwrap();
    let spread = reduce(&Plan::binary(BinaryOp::Mul, &anomaly, &anomaly).unwrap(), ReduceOp::Mean, &[0]);
    let values = spread.evaluate().unwrap();
    assert_eq!(year.log.pixels(), 2 * 10 * 60 * 40);
    let variance = reduce(&year.memory(), ReduceOp::Var, &[0]).evaluate().unwrap();
    for (a, b) in values.to_vec::<f32>().unwrap().into_iter().zip(variance.to_vec::<f32>().unwrap()) {
        assert!((a - b).abs() < 1e-3 || (a.is_nan() && b.is_nan()), "{a} not {b}");
    }
}

#[test]
fn a_long_chain_of_shared_expressions_stays_short() {
    let year = Year::of_strips(2, 10, 10);
    let mut plan = year.plan();
    for _ in 0..40 {
        plan = Plan::binary(BinaryOp::Add, &plan, &plan).unwrap();
    }
    let part = plan.index(&[AxisIndex::At(1), AxisIndex::range(2..4), AxisIndex::all(10)]).unwrap();
    let explained = part.explain();
    assert!(explained.lines().count() < 100 && explained.contains("as in line"), "{explained}");
    assert!(part.memory_estimate() > 0);
    let values = part.evaluate().unwrap();
    let expected = (year.fakes[1].cell(3, 4) as f32) * 40f32.exp2();
    assert_eq!(values.get(&[1, 4]), Some(f64::from(expected)));
    assert_eq!(year.log.pixels(), 20);
}
