//! What an operation gives, of inputs that are known: a plan that was read says the same, or it is refused.

use crate::Result;
use crate::lazy::Plan;
use crate::lazy::blocks::damaged;
use crate::lazy::kernels::{self, BinaryOp, Operands};
use crate::lazy::lines::Lines;
use crate::lazy::op::{Op, Reduce};
use crate::lazy::plan::{check_axis, reduced};
use crate::lazy::reduce::Reduction;
use crate::values::kernels::broadcast_shape;
use crate::values::{DType, Pick, count};

/// Shape and type of what `op` gives. `dtype` and `shape` are what was written, for operations that are told these.
pub(super) fn result(op: &Op, inputs: &[Plan], dtype: DType, shape: &[usize]) -> Result<(Vec<usize>, DType)> {
    let wrong = |what: &str| Err(damaged(format!("{}: {what}", op.label())));
    Ok(match (op, inputs) {
        (Op::Memory { values, weak }, []) => {
            if *weak && !(values.ndim() == 0 && values.dtype().is_number()) {
                return wrong("only a single number gives way to the type of an array");
            }
            (values.shape().to_vec(), values.dtype())
        }
        (Op::Source { source, picks }, []) => (picks.iter().map(Pick::len).collect(), source.dtype()),
        (Op::Concat { axis, starts }, parts) => (joined(*axis, starts, parts)?, parts[0].dtype()),
        (Op::Unary(op), [input]) => (input.shape().to_vec(), kernels::unary_dtype(*op, input.dtype())),
        (Op::Cast, [input]) => (input.shape().to_vec(), dtype),
        (Op::Binary { op: of, operand }, [a, b]) => match together(&[a, b]) {
            Some(shape) => (shape, binary(*of, *operand, a.dtype(), b.dtype())?),
            None => return wrong("the shapes do not go together"),
        },
        (Op::Select, [condition, yes, no]) => match together(&[condition, yes, no]) {
            Some(shape) => (shape, selected(yes.dtype(), no.dtype(), dtype)?),
            None => return wrong("the shapes do not go together"),
        },
        (Op::Transpose { order }, [input]) => {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            if !sorted.iter().copied().eq(0..input.ndim()) {
                return wrong("it does not name each axis once");
            }
            (order.iter().map(|&axis| input.shape()[axis]).collect(), input.dtype())
        }
        (Op::InsertAxis { axis }, [input]) => {
            let mut shape = input.shape().to_vec();
            if *axis > shape.len() {
                return wrong("there are fewer axes");
            }
            shape.insert(*axis, 1);
            (shape, input.dtype())
        }
        (Op::DropAxis { axis }, [input]) => {
            let mut shape = input.shape().to_vec();
            if shape.get(*axis) != Some(&1) {
                return wrong("there is no such axis of length 1");
            }
            shape.remove(*axis);
            (shape, input.dtype())
        }
        (Op::Broadcast, [input]) => {
            let fits = input.ndim() == shape.len() && input.shape().iter().zip(shape).all(|(a, b)| a == b || *a == 1);
            if !fits {
                return wrong("the shape does not broadcast");
            }
            (shape.to_vec(), input.dtype())
        }
        (Op::Take { axis, pick }, [input]) => {
            check_axis(*axis, input.ndim())?;
            let mut shape = input.shape().to_vec();
            if pick.bounds().end > shape[*axis] {
                return wrong("the axis is shorter");
            }
            shape[*axis] = pick.len();
            (shape, input.dtype())
        }
        (Op::SplitAxis { axis, factor }, [input]) => {
            check_axis(*axis, input.ndim())?;
            let mut shape = input.shape().to_vec();
            if *factor == 0 || !shape[*axis].is_multiple_of(*factor) {
                return wrong("the axis does not divide so");
            }
            shape[*axis] /= factor;
            shape.insert(axis + 1, *factor);
            (shape, input.dtype())
        }
        (Op::Lookup { table }, [input]) => {
            if table.ndim() != 1 || input.dtype() != DType::I64 {
                return wrong("it needs positions, and a table with one axis");
            }
            (input.shape().to_vec(), table.dtype())
        }
        (Op::Lines(lines), [input]) => of_lines(lines, input)?,
        (Op::Reduce(Reduce { op, axes, .. }), [input]) => of_reduction(op, axes, input)?,
        _ => return wrong(&format!("it cannot have {} inputs", inputs.len())),
    })
}

/// The shape that all broadcast to, which have as many axes.
fn together(plans: &[&Plan]) -> Option<Vec<usize>> {
    let mut shape = plans[0].shape().to_vec();
    for plan in &plans[1..] {
        if plan.ndim() != shape.len() {
            return None;
        }
        shape = broadcast_shape(&shape, plan.shape())?;
    }
    Some(shape)
}

fn joined(axis: usize, starts: &[usize], parts: &[Plan]) -> Result<Vec<usize>> {
    let wrong = |what: &str| Err(damaged(format!("a join along axis {axis}: {what}")));
    let Some(first) = parts.first() else { return wrong("it has no parts") };
    check_axis(axis, first.ndim())?;
    let mut shape = first.shape().to_vec();
    let mut length: usize = 0;
    if starts.len() != parts.len() {
        return wrong("it does not say where each part begins");
    }
    for (part, &start) in parts.iter().zip(starts) {
        let same = |at: usize| at == axis || part.shape()[at] == shape[at];
        if part.dtype() != first.dtype() || part.ndim() != shape.len() || !(0..shape.len()).all(same) {
            return wrong("its parts are not alike");
        }
        if start != length {
            return wrong("its parts do not follow each other");
        }
        let Some(end) = length.checked_add(part.shape()[axis]) else { return wrong("it is too long") };
        length = end;
    }
    shape[axis] = length;
    Ok(shape)
}

/// The type of what `op` gives of two types, which are both taken as `operand` first.
fn binary(op: BinaryOp, operand: DType, a: DType, b: DType) -> Result<DType> {
    let own = |dtype: DType| !dtype.is_number();
    // Numbers written in the code give way to the type of an array, so that their own says nothing.
    let (a, b) = if own(a) || own(b) { (a, b) } else { (operand, operand) };
    match kernels::binary_dtypes(op, Operands { a, b, weak_a: None, weak_b: None })? {
        (common, result) if common == operand => Ok(result),
        (common, _) => Err(damaged(format!("{}: {a} and {b} are taken as {common}, not as {operand}", op.name()))),
    }
}

/// The type of a choice between two types, of which either may be a number written in the code.
fn selected(yes: DType, no: DType, dtype: DType) -> Result<DType> {
    let widened = DType::promote(yes, no);
    let number = dtype == DType::F64 && yes.is_number() && no.is_number();
    match dtype == yes || dtype == no || widened == Some(dtype) || number {
        true => Ok(dtype),
        false => Err(damaged(format!("a choice between {yes} and {no} is not {dtype}"))),
    }
}

fn of_lines(lines: &Lines, input: &Plan) -> Result<(Vec<usize>, DType)> {
    let Lines { op, axis, length, offset, take } = lines;
    check_axis(*axis, input.ndim())?;
    let mut shape = input.shape().to_vec();
    let here = *offset..offset.saturating_add(shape[*axis]);
    if here.end > *length || take.end > op.output_len(*length) {
        return Err(damaged(format!("{}: its lines are shorter", op.name())));
    }
    let needs = lines.needs(take);
    if !needs.is_empty() && (needs.start < here.start || needs.end > here.end) {
        return Err(damaged(format!("{}: what it needs of its lines is not there", op.name())));
    }
    shape[*axis] = take.len();
    Ok((shape, op.dtype(input.dtype())?))
}

fn of_reduction(op: &Reduction, axes: &[usize], input: &Plan) -> Result<(Vec<usize>, DType)> {
    if !axes.is_sorted_by(|a, b| a < b) {
        return Err(damaged(format!("{}: the axes {axes:?} are not in order", op.name())));
    }
    let lengths: Vec<usize> = axes.iter().filter_map(|&axis| input.shape().get(axis)).copied().collect();
    let length = count(&lengths);
    match op {
        Reduction::Quantiles(shares) if shares.iter().any(|share| !(0.0..=1.0).contains(share)) => {
            Err(damaged(format!("quantiles {shares:?}: shares lie between 0 and 1")))
        }
        Reduction::Fit(fit) if fit.len() != length => {
            Err(damaged(format!("a fit of {} places to {length} values", fit.len())))
        }
        _ => reduced(input, op, axes),
    }
}
