//! Operations along lines: the same however they are cut, and nothing read twice.

use super::*;
use crate::lazy::lines::{
    Cumulative, CumulativeOp, Difference, Fill, Gaps, GapsOp, Knots, LineOp, Rolling, RollingOp, Shift, Weave,
};
use std::sync::Arc;

const ROLLING: [RollingOp; 9] = [
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

fn rolling(op: RollingOp, before: usize, after: usize) -> Rolling {
    Rolling { op, before, after, least: 2, ddof: 0 }
}

fn cumulative(op: CumulativeOp) -> Cumulative {
    Cumulative { op, skip_missing: true }
}

fn gaps(op: GapsOp) -> Gaps {
    Gaps { op, places: [].into(), limit: usize::MAX, widest: f64::INFINITY }
}

fn weave(length: usize) -> Weave {
    let last = length - 1;
    let knots = |n: usize| {
        (n % 4 != 3).then(|| Knots { low: n * last / 9, high: (n * last / 9 + 1).min(last), weight: n as f64 / 9.0 })
    };
    Weave { knots: (0..9).map(knots).collect() }
}

fn years() -> [Year; 4] {
    [
        Year::of_strips(11, 23, 21),
        Year::new(7, [40, 50], [16, 16], DType::F64),
        Year::new(5, [20, 30], [7, 30], DType::I16),
        Year::of_strips(1, 1, 40),
    ]
}

/// Every operation along an axis, by name.
fn all_of(plan: &Plan, axis: usize) -> Vec<(String, Plan)> {
    let mut ops: Vec<Arc<dyn LineOp>> = Vec::new();
    for op in ROLLING {
        for (before, after) in [(0, 0), (2, 0), (1, 1), (3, 2), (40, 60)] {
            ops.push(Arc::new(rolling(op, before, after)));
        }
    }
    for op in [CumulativeOp::Sum, CumulativeOp::Prod, CumulativeOp::Last] {
        ops.push(Arc::new(cumulative(op)));
    }
    for by in [-40, -3, -1, 0, 1, 2, 33, 1000] {
        ops.push(Arc::new(Shift { by }));
    }
    ops.push(Arc::new(Difference));
    for limit in [1, 3, 100] {
        ops.extend([true, false].map(|backward| Arc::new(Fill { backward, limit }) as Arc<dyn LineOp>));
    }
    for op in [GapsOp::Next, GapsOp::Linear, GapsOp::Nearest] {
        ops.push(Arc::new(gaps(op)));
    }
    ops.push(Arc::new(weave(plan.shape()[axis])));
    let build = |op: Arc<dyn LineOp>| {
        let input = if op.dtype(plan.dtype()).is_ok() { plan.clone() } else { plan.cast(plan.dtype().with_missing()) };
        (format!("{op:?} along {axis}"), input.lines(Shared(op), axis).unwrap())
    };
    ops.into_iter().map(build).collect()
}

#[derive(Debug)]
struct Shared(Arc<dyn LineOp>);

impl LineOp for Shared {
    fn name(&self) -> String {
        self.0.name()
    }
    fn dtype(&self, input: DType) -> Result<DType> {
        self.0.dtype(input)
    }
    fn output_len(&self, length: usize) -> usize {
        self.0.output_len(length)
    }
    fn needs(&self, out: Range<usize>, length: usize) -> Range<usize> {
        self.0.needs(out, length)
    }
    fn flow(&self) -> crate::lazy::lines::Flow {
        self.0.flow()
    }
    fn form(&self) -> crate::lazy::written::LineForm {
        self.0.form()
    }
    fn apply(&self, block: crate::lazy::lines::Block) -> Values {
        self.0.apply(block)
    }
    fn forward(&self, block: crate::lazy::lines::Block, state: &mut Option<Values>) -> Values {
        self.0.forward(block, state)
    }
}

fn check(what: &str, lazy: &Plan, eager: &Plan) {
    assert!(lazy.is_lazy() && !eager.is_lazy(), "{what}");
    assert_eq!((lazy.shape(), lazy.dtype()), (eager.shape(), eager.dtype()), "{what}");
    assert_same(&lazy.evaluate().unwrap(), eager.as_values().unwrap(), what);
}

#[test]
fn lines_of_files_are_those_of_memory() {
    for year in years() {
        for axis in 0..3 {
            let (lazy, eager) = (all_of(&year.plan(), axis), all_of(&year.memory(), axis));
            for ((what, lazy), (_, eager)) in lazy.iter().zip(&eager) {
                check(what, lazy, eager);
            }
        }
    }
}

#[test]
fn lines_in_chunks_are_those_of_memory() {
    let year = Year::new(9, [8, 10], [8, 10], DType::F32);
    let memory = year.memory();
    for chunks in [[1, 3, 10], [4, 8, 3], [9, 1, 1]] {
        let lazy = memory.chunked(&chunks).unwrap();
        for axis in 0..3 {
            for ((what, lazy), (_, eager)) in all_of(&lazy, axis).iter().zip(&all_of(&memory, axis)) {
                check(&format!("{what} in {chunks:?}"), lazy, eager);
            }
        }
    }
}

#[test]
fn a_part_of_lines_is_a_part_of_the_whole() {
    let year = Year::of_strips(9, 12, 8);
    let picks = |length: usize| {
        [
            AxisIndex::range(1..length / 2),
            AxisIndex::At(length / 2),
            AxisIndex::Range { start: length - 1, len: length / 2, step: -2 },
            AxisIndex::list([length - 1, 0, 0, 3]),
            AxisIndex::list([0, length - 1]),
            AxisIndex::range(2..2),
        ]
    };
    for axis in 0..3 {
        for ((what, lazy), (_, eager)) in all_of(&year.plan(), axis).iter().zip(&all_of(&year.memory(), axis)) {
            for other in 0..3 {
                for pick in picks(lazy.shape()[other]) {
                    let mut index: Vec<AxisIndex> = lazy.shape().iter().map(|&length| AxisIndex::all(length)).collect();
                    index[other] = pick.clone();
                    let what = format!("{what}, {pick:?} of {other}");
                    check(&what, &lazy.index(&index).unwrap(), &eager.index(&index).unwrap());
                }
            }
        }
    }
}

#[test]
fn lines_of_lines_and_reductions_over_them() {
    let year = Year::of_strips(12, 30, 20);
    let chain = |plan: &Plan, axis: usize| {
        let plan = plan.lines(rolling(RollingOp::Mean, 2, 1), axis).unwrap();
        let plan = Plan::binary(BinaryOp::Sub, &plan, &plan.lines(Shift { by: 1 }, axis).unwrap()).unwrap();
        plan.lines(cumulative(CumulativeOp::Sum), axis).unwrap()
    };
    for (first, second) in [(0, 0), (0, 1), (1, 2), (2, 0)] {
        let both = |plan: &Plan| chain(&chain(plan, first), second);
        let (lazy, eager) = (both(&year.plan()), both(&year.memory()));
        check("a chain", &lazy, &eager);
        for axes in [&[0][..], &[1], &[2], &[0, 1], &[1, 2], &[0, 1, 2]] {
            for op in [ReduceOp::Max, ReduceOp::Count, ReduceOp::Median] {
                check(&format!("{op:?} over {axes:?}"), &reduce(&lazy, op, axes), &reduce(&eager, op, axes));
            }
        }
    }
}

#[test]
fn each_block_is_read_once_for_lines_along_the_files() {
    for (what, op) in [
        ("rolling", Arc::new(rolling(RollingOp::Mean, 4, 0)) as Arc<dyn LineOp>),
        ("centred", Arc::new(rolling(RollingOp::Mean, 3, 3))),
        ("total", Arc::new(cumulative(CumulativeOp::Sum))),
        ("shift", Arc::new(Shift { by: 2 })),
        ("gaps", Arc::new(gaps(GapsOp::Linear))),
    ] {
        // Large enough for many windows.
        let year = Year::new(40, [200, 500], [1, 500], DType::F32);
        let cells = 40 * 200 * 500;
        let lines = year.plan().lines(Shared(op.clone()), 0).unwrap();
        reduce(&lines, ReduceOp::Max, &[0]).evaluate().unwrap();
        assert_eq!(year.log.pixels(), cells, "maximum of {what}");
        reduce(&lines, ReduceOp::Sum, &[0, 1, 2]).evaluate().unwrap();
        assert_eq!(year.log.pixels(), 2 * cells, "sum of all of {what}");
        reduce(&lines, ReduceOp::Mean, &[1, 2]).evaluate().unwrap();
        assert_eq!(year.log.pixels(), 3 * cells, "mean of each of {what}");
        lines.evaluate().unwrap();
        assert_eq!(year.log.pixels(), 4 * cells, "all of {what}");
        let last = [AxisIndex::At(39), AxisIndex::all(200), AxisIndex::range(0..1)];
        lines.index(&last).unwrap().evaluate().unwrap();
        assert!(year.log.pixels() <= 4 * cells + 40 * 200, "the last of {what}");
    }
}

#[test]
fn an_array_and_its_shifted_self_are_read_once() {
    let year = Year::new(40, [100, 500], [1, 500], DType::F32);
    let plan = year.plan();
    let change = Plan::binary(BinaryOp::Sub, &plan, &plan.lines(Shift { by: 1 }, 0).unwrap()).unwrap();
    reduce(&change, ReduceOp::Max, &[0]).evaluate().unwrap();
    assert_eq!(year.log.pixels(), 40 * 100 * 500);
}

#[test]
fn a_window_of_few_files_reads_those_files() {
    let year = Year::of_strips(30, 10, 10);
    let mean = year.plan().lines(rolling(RollingOp::Mean, 4, 0), 0).unwrap();
    mean.index(&[AxisIndex::At(20), AxisIndex::all(10), AxisIndex::all(10)]).unwrap().evaluate().unwrap();
    assert_eq!(year.log.files(), [16, 17, 18, 19, 20]);
}

#[test]
fn runs_of_an_axis_are_those_of_memory() {
    for year in [Year::of_strips(12, 30, 20), Year::new(6, [40, 50], [16, 16], DType::F64)] {
        let memory = year.memory();
        let plans = [year.plan(), memory.chunked(&[4, 7, 9]).unwrap()];
        for (axis, factor) in [(0, 3), (0, 2), (1, 5), (1, 2), (2, 10), (2, 1)] {
            let eager = memory.split_axis(axis, factor).unwrap();
            for plan in &plans {
                let lazy = plan.split_axis(axis, factor).unwrap();
                check("runs", &lazy, &eager);
                for within in [true, false] {
                    let over = axis + usize::from(within);
                    check(
                        "mean of runs",
                        &reduce(&lazy, ReduceOp::Max, &[over]),
                        &reduce(&eager, ReduceOp::Max, &[over]),
                    );
                }
                let part = |plan: &Plan| {
                    let mut index: Vec<AxisIndex> = plan.shape().iter().map(|&length| AxisIndex::all(length)).collect();
                    index[axis] = AxisIndex::list([1, 0]);
                    index[axis + 1] = AxisIndex::range(0..1);
                    plan.index(&index).unwrap()
                };
                check("part of runs", &part(&lazy), &part(&eager));
            }
        }
        assert!(memory.split_axis(0, 5).is_err() && memory.split_axis(0, 0).is_err());
    }
}

#[test]
fn each_block_is_read_once_for_runs() {
    let year = Year::new(12, [100, 500], [1, 500], DType::F32);
    let runs = year.plan().split_axis(1, 5).unwrap().split_axis(3, 5).unwrap();
    reduce(&runs, ReduceOp::Mean, &[2, 4]).evaluate().unwrap();
    assert_eq!(year.log.pixels(), 12 * 100 * 500);
}
