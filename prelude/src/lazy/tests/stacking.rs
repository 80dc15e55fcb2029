//! Reductions side by side, as `groupby` and several quantiles make them.

use super::*;

/// The files of each third, reduced and put side by side.
fn thirds(plan: &Plan, op: ReduceOp) -> Plan {
    let third = |n: usize| {
        let picked = plan.index(&[
            AxisIndex::list((n..plan.shape()[0]).step_by(3).collect::<Vec<_>>()),
            AxisIndex::all(plan.shape()[1]),
            AxisIndex::all(plan.shape()[2]),
        ]);
        reduce(&picked.unwrap(), op, &[0]).insert_axis(0)
    };
    Plan::concat((0..3).map(third).collect(), 0).unwrap()
}

#[test]
fn each_part_of_a_stack_is_what_it_is_alone() {
    for block in [[1, 40], [7, 40], [16, 16]] {
        let year = Year::new(11, [30, 40], block, DType::F32);
        for op in [ReduceOp::Mean, ReduceOp::Median, ReduceOp::Count] {
            let (lazy, ready) = (thirds(&year.plan(), op), thirds(&year.memory(), op));
            assert!(lazy.is_lazy() && !ready.is_lazy());
            assert_same(&lazy.evaluate().unwrap(), ready.as_values().unwrap(), op.name());
        }
    }
}

#[test]
fn a_stack_reads_each_file_once_and_says_so() {
    let year = Year::of_strips(12, 20, 50);
    let stack = thirds(&year.plan(), ReduceOp::Mean);
    stack.evaluate().unwrap();
    assert_eq!(year.log.pixels(), 12 * 20 * 50);
    let text = stack.explain();
    assert!(text.contains("reads 12 sources"), "{text}");
}

#[test]
fn parts_that_read_the_same_share_a_pass() {
    let year = Year::of_strips(6, 20, 50);
    let plan = year.plan();
    let both = [ReduceOp::Min, ReduceOp::Max].map(|op| reduce(&plan, op, &[0]).insert_axis(2));
    let both = Plan::concat(both.to_vec(), 2).unwrap();
    let values = both.evaluate().unwrap();
    assert_eq!((values.shape(), year.log.pixels()), (&[20, 50, 2][..], 6 * 20 * 50));
    let least = reduce(&year.memory(), ReduceOp::Min, &[0]);
    assert_eq!(values.get(&[7, 9, 0]), least.as_values().unwrap().get(&[7, 9]));
}

#[test]
fn a_stack_of_reductions_of_reductions_is_computed_too() {
    let year = Year::of_strips(6, 20, 50);
    let spread = Plan::binary(BinaryOp::Sub, &year.plan(), &reduce(&year.plan(), ReduceOp::Mean, &[0]).insert_axis(0));
    let stack = thirds(&spread.unwrap(), ReduceOp::Max);
    let ready =
        Plan::binary(BinaryOp::Sub, &year.memory(), &reduce(&year.memory(), ReduceOp::Mean, &[0]).insert_axis(0));
    assert_same(&stack.evaluate().unwrap(), thirds(&ready.unwrap(), ReduceOp::Max).as_values().unwrap(), "of means");
}

#[test]
fn a_stack_takes_the_memory_of_its_result_once() {
    let year = Year::of_strips(12, 2600, 7200);
    let result = 3 * 2600 * 7200 * 4;
    let estimate = thirds(&year.plan(), ReduceOp::Mean).memory_estimate();
    assert!(estimate < result + (100 << 20), "{estimate} for a result of {result}");
}
