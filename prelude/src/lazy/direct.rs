//! One operation on arrays that are in memory, written straight into its result, piece by piece.

use super::kernels::{self, BinaryOp, Operands, UnaryOp, Workers};
use super::op::Op;
use super::{Plan, memory};
use crate::cancel;
use crate::limits::refuse_beyond_memory;
use crate::parallel::{activity, crew, threads};
use crate::values::{DType, Element, Values, typed};
use crate::{Error, Result};

/// What is smaller is computed where it stands: waking threads takes longer.
const LEAST_BYTES: u64 = 2 << 20;
/// The same of functions that take many times as long as reading and writing their elements.
const LEAST_BYTES_OF_FUNCTIONS: u64 = 256 << 10;
/// What is smaller is computed without asking how much memory there is, which takes longer.
const ASKED_BYTES: u64 = 64 << 20;

/// The result of an operation on each element of arrays in memory; none of other operations.
pub(super) fn compute(plan: &Plan) -> Option<Result<Values>> {
    let (shape, dtype, inputs) = (plan.shape(), plan.dtype(), &plan.node().inputs);
    let values = |plan: &Plan| plan.as_values().cloned();
    let work: Box<dyn Fn(&Workers<'_>) -> Values> = match &plan.node().op {
        Op::Unary(op) => {
            let (op, input) = (*op, values(&inputs[0])?);
            Box::new(move |workers| kernels::unary_by(workers, op, input.clone()))
        }
        Op::Map { f, .. } => {
            let input = values(&inputs[0])?;
            Box::new(move |workers| kernels::map_by(workers, &**f, input.clone()))
        }
        Op::Cast => {
            let input = values(&inputs[0])?;
            Box::new(move |workers| input.cast_by(workers, dtype))
        }
        Op::Binary { op, operand } => {
            let (op, operand, a, b) = (*op, *operand, values(&inputs[0])?, values(&inputs[1])?);
            if let Err(error) = kernels::check_powers(op, operand, &b) {
                return Some(Err(error));
            }
            Box::new(move |workers| kernels::binary_by(workers, op, operand, a.clone(), b.clone(), shape))
        }
        Op::Select => {
            let (condition, yes, no) = (values(&inputs[0])?, values(&inputs[1])?, values(&inputs[2])?);
            Box::new(move |workers| kernels::select_by(workers, &condition, yes.clone(), no.clone(), dtype, shape))
        }
        Op::Concat { axis, .. } => {
            let parts = inputs.iter().map(values).collect::<Option<Vec<Values>>>()?;
            Box::new(move |workers| joined(workers, &parts, *axis, shape, dtype))
        }
        _ => return None,
    };
    let read = inputs.iter().map(Plan::nbytes).fold(0, u64::saturating_add);
    let bytes = plan.nbytes().saturating_add(read);
    if bytes > ASKED_BYTES
        && let Err(error) = memory::admit(std::slice::from_ref(plan), memory::available())
    {
        return Some(Err(error));
    }
    Some(carry_out(bytes >= least(&plan.node().op), &*work))
}

fn joined(workers: &Workers<'_>, parts: &[Values], axis: usize, shape: &[usize], dtype: DType) -> Values {
    typed!(dtype, T => {
        let parts: Vec<_> = parts.iter().map(|part| T::of(part).expect("the plan made one type of all")).collect();
        Values::from_typed(workers.concat(&parts, axis, shape), dtype)
    })
}

/// How many bytes an operation reads and writes at least where several threads are quicker than one.
fn least(op: &Op) -> u64 {
    let function = match op {
        Op::Unary(op) => !matches!(
            op,
            UnaryOp::Neg
                | UnaryOp::Not
                | UnaryOp::Abs
                | UnaryOp::Square
                | UnaryOp::IsNan
                | UnaryOp::Sign
                | UnaryOp::Sqrt
        ),
        Op::Map { .. } => true,
        Op::Binary { op, .. } => matches!(op, BinaryOp::Pow | BinaryOp::Rem | BinaryOp::Hypot | BinaryOp::Atan2),
        _ => false,
    };
    if function { LEAST_BYTES_OF_FUNCTIONS } else { LEAST_BYTES }
}

/// Runs `work` with all threads, or with the caller alone. Stop ends it between two pieces.
fn carry_out(several: bool, work: &dyn Fn(&Workers<'_>) -> Values) -> Result<Values> {
    // Whoever works in a workers already keeps one thread busy, and so do the others of it.
    let several = several && crew::number().is_none() && threads::threads() > 1;
    let spread = move |count: usize, job: &(dyn Fn(usize) + Sync)| -> Result<()> {
        let piece = |n: usize| -> Result<()> {
            cancel::check()?;
            job(n);
            Ok(())
        };
        if several {
            return threads::for_each(threads::threads(), (0..count).collect(), &piece);
        }
        let _busy = activity::busy();
        (0..count).try_for_each(piece)
    };
    let workers = Workers::of(&spread);
    let values = work(&workers);
    workers.outcome()?;
    Ok(values)
}

impl Plan {
    /// Whether [`clipped`](Self::clipped) knows the answer: numbers in memory whose type the bounds do not change.
    pub(crate) fn clips(&self, low: &Self, high: &Self) -> bool {
        let keeps = |op, bound: &Self| {
            let operands = Operands { a: self.dtype(), b: bound.dtype(), weak_a: None, weak_b: bound.as_values() };
            kernels::binary_dtypes(op, operands).is_ok_and(|dtypes| dtypes == (self.dtype(), self.dtype()))
        };
        let numbers = self.dtype().is_number() && self.dtype() != DType::Bool;
        !self.is_lazy() && numbers && self.ndim() > 0 && keeps(BinaryOp::Max, low) && keeps(BinaryOp::Min, high)
    }

    /// Each element brought between two numbers, in one pass.
    pub(crate) fn clipped(&self, low: &Self, high: &Self) -> Result<Self> {
        let bound = |bound: &Self| bound.as_values().map(|values| values.cast(self.dtype()));
        let (Some(values), Some(low), Some(high)) = (self.as_values(), bound(low), bound(high)) else {
            return Err(not_in_memory());
        };
        self.in_one_pass(|workers| kernels::clip(workers, values.clone(), &low, &high))
    }

    /// Whether [`filled`](Self::filled) knows the answer: floats in memory whose type the number does not change.
    pub(crate) fn fills(&self, value: &Self) -> bool {
        let operands = Operands { a: self.dtype(), b: value.dtype(), weak_a: None, weak_b: value.as_values() };
        let keeps = || kernels::select_dtype(operands).is_ok_and(|dtype| dtype == self.dtype());
        !self.is_lazy() && self.dtype().is_float() && self.ndim() > 0 && value.dtype().is_number() && keeps()
    }

    /// Each element, and a number in the place of what is missing, in one pass.
    pub(crate) fn filled(&self, value: &Self) -> Result<Self> {
        let (Some(values), Some(value)) = (self.as_values(), value.as_values()) else { return Err(not_in_memory()) };
        let value = value.cast(self.dtype());
        self.in_one_pass(|workers| kernels::fill_missing(workers, values.clone(), &value))
    }

    fn in_one_pass(&self, work: impl Fn(&Workers<'_>) -> Values) -> Result<Self> {
        let bytes = self.nbytes().saturating_mul(2);
        if bytes > ASKED_BYTES {
            refuse_beyond_memory("the result", self.nbytes(), "select a smaller region first")?;
        }
        carry_out(bytes >= LEAST_BYTES, &work).map(Self::memory)
    }
}

fn not_in_memory() -> Error {
    Error::new(crate::ErrorKind::InvalidArgument, "this array is still to be computed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::AxisIndex;

    fn noise(shape: &[usize]) -> Values {
        let len: usize = shape.iter().product();
        let cell = |n: u32| match n % 101 {
            0 => f32::NAN,
            _ => (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 65_536.0 - 100.0,
        };
        Values::from_shape_vec(shape, (0..len as u32).map(cell).collect()).unwrap()
    }

    fn bits(values: &Values) -> Vec<u64> {
        values.cast(DType::F64).to_vec::<f64>().unwrap().into_iter().map(f64::to_bits).collect()
    }

    /// The same operation on the same values in pieces of a lazy plan.
    fn alike(of: &dyn Fn(&Plan) -> Plan, values: &Values, chunk: &[usize]) {
        let memory = Plan::memory(values.clone());
        let (now, later) = (of(&memory), of(&memory.chunked(chunk).unwrap()));
        let (now, later) = (now.evaluate().unwrap(), later.evaluate().unwrap());
        assert_eq!((now.shape(), now.dtype()), (later.shape(), later.dtype()));
        assert!(bits(&now) == bits(&later));
    }

    #[test]
    fn pieces_on_several_threads_give_the_bits_of_windows() {
        // More than a piece, and no multiple of one.
        let values = noise(&[7, 311, 257]);
        let inner = Plan::memory(noise(&[1, 1, 257]));
        let middle = Plan::memory(noise(&[1, 311, 1]));
        let outer = Plan::memory(noise(&[7, 1, 1]));
        let binary = |op, a: &Plan, b: &Plan| Plan::binary(op, a, b).unwrap();
        let number = Plan::scalar(1.75);
        type Of<'a> = Box<dyn Fn(&Plan) -> Plan + 'a>;
        let operations: Vec<Of<'_>> = vec![
            Box::new(|a| a.unary(UnaryOp::Exp)),
            Box::new(|a| a.unary(UnaryOp::Ln)),
            Box::new(|a| a.unary(UnaryOp::Sin)),
            Box::new(|a| a.unary(UnaryOp::IsNan)),
            Box::new(|a| a.cast(DType::F64)),
            Box::new(|a| a.cast(DType::I16)),
            Box::new(|a| binary(BinaryOp::Mul, a, &number)),
            Box::new(|a| binary(BinaryOp::Sub, &number, a)),
            Box::new(|a| binary(BinaryOp::Pow, a, &number)),
            Box::new(|a| binary(BinaryOp::Add, a, &inner)),
            Box::new(|a| binary(BinaryOp::Max, &middle, a)),
            Box::new(|a| binary(BinaryOp::Lt, a, &outer)),
            Box::new(|a| Plan::select(&binary(BinaryOp::Gt, a, &inner), a, &number).unwrap()),
            Box::new(|a| Plan::select(&binary(BinaryOp::Gt, a, &inner), &middle, a).unwrap()),
            Box::new(|a| Plan::concat(vec![a.clone(), a.unary(UnaryOp::Neg)], 0).unwrap()),
            Box::new(|a| Plan::concat(vec![a.clone(), a.clone(), a.unary(UnaryOp::Neg)], 2).unwrap()),
        ];
        for operation in operations {
            alike(&*operation, &values, &[3, 100, 257]);
        }
    }

    #[test]
    fn a_transposed_and_a_stepped_array_are_computed_on_as_they_are_indexed() {
        let values = noise(&[40, 130, 150]);
        for view in [
            values.transpose(&[2, 1, 0]),
            values.transpose(&[1, 0, 2]),
            values
                .index(&[
                    AxisIndex::range(0..40),
                    AxisIndex::range(0..130),
                    AxisIndex::Range { start: 149, len: 50, step: -3 },
                ])
                .unwrap(),
        ] {
            let negative = Plan::memory(view.clone()).unary(UnaryOp::Neg).evaluate().unwrap();
            let expected: Vec<f32> = view.to_array::<f32>().unwrap().iter().map(|v| -v).collect();
            let found = negative.to_vec::<f32>().unwrap();
            assert!(found.iter().map(|v| v.to_bits()).eq(expected.iter().map(|v| v.to_bits())));
        }
    }

    #[test]
    fn bounds_and_fillings_in_one_pass_are_those_of_two() {
        let values = Plan::memory(noise(&[300, 1000]));
        let (low, high) = (Plan::scalar(-5i64), Plan::scalar(7.5));
        assert!(values.clips(&low, &high) && values.fills(&low));
        let two =
            Plan::binary(BinaryOp::Max, &values, &low).and_then(|a| Plan::binary(BinaryOp::Min, &a, &high)).unwrap();
        let one = values.clipped(&low, &high).unwrap();
        assert!(bits(one.as_values().unwrap()) == bits(two.as_values().unwrap()));
        let there = values.unary(UnaryOp::IsNan).unary(UnaryOp::Not);
        let chosen = Plan::select(&there, &values, &low).unwrap();
        assert!(bits(values.filled(&low).unwrap().as_values().unwrap()) == bits(chosen.as_values().unwrap()));
        // Bounds that make another type of it are left to the operations on pairs.
        let whole = Plan::memory(Values::from(vec![1u8, 2]));
        assert!(whole.clips(&Plan::scalar(0i64), &Plan::scalar(1i64)));
        assert!(
            !whole.clips(&Plan::scalar(0.5), &Plan::scalar(1i64))
                && !whole.clips(&Plan::scalar(-1i64), &Plan::scalar(1i64))
        );
        assert!(!values.chunked(&[10, 10]).unwrap().clips(&low, &high));
    }

    #[test]
    fn one_thread_and_a_worker_of_somebody_elses_compute_the_same() {
        let values = noise(&[1000, 700]);
        let here = Plan::memory(values.clone()).unary(UnaryOp::Exp);
        let there = std::sync::Mutex::new(None);
        crew::Crew::new("one", 1).unwrap().share(1, &|| {
            let now = Plan::memory(values.clone()).unary(UnaryOp::Exp).evaluate().unwrap();
            *there.lock().unwrap() = Some(Plan::memory(now));
        });
        let there = there.into_inner().unwrap().unwrap();
        assert!(bits(here.as_values().unwrap()) == bits(there.as_values().unwrap()));
    }
}
