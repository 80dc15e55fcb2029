//! Operations on values in memory that are carried out when somebody needs them, in one pass.
//!
//! `&big * 1.8 + 32.0` makes two results, of which the first is gone before anybody has looked at it. Carried out one by one,
//! each goes through memory and back. So an operation on single elements of large arrays waits: what is made of its result
//! takes the expression with it, and the loop that carries out the whole works within the processor's cache.
//!
//! What waits is carried out when it is asked for, and at the latest before the cell ends ([`finish`]), so that its memory, its
//! errors and Stop belong to the cell that wrote it. Results that somebody still holds are made in the pass that makes what
//! follows from them; those that nobody holds are not made at all.

use super::evaluate;
use super::kernels::BinaryOp;
use super::node::NodeId;
use super::op::Op;
use super::walk::Walk;
use super::{Plan, memory};
use crate::values::Values;
use crate::values::buffers::Held;
use crate::{Result, cancel};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

/// Smaller results are carried out at once: their inputs are in the cache still.
const SMALL_BYTES: u64 = 1 << 20;
/// An expression of more operations, or of more large arrays, is carried out before anything is added to it. It holds its arrays
/// for as long as it waits, which in a loop would be more and more.
const MOST_OPERATIONS: usize = 24;
const MOST_ARRAYS: usize = 4;
/// The list of what waits is gone through when it has grown by so many.
const SWEEP: usize = 32;

/// A result that is not there yet.
pub(crate) struct Deferred {
    /// The operations on values in memory, until the result is there.
    expression: Mutex<Option<Plan>>,
    values: OnceLock<Held>,
}

/// Everything that waits, as far as somebody still holds it.
static WAITING: Mutex<Vec<Weak<Deferred>>> = Mutex::new(Vec::new());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Deferred {
    /// The expression, if it still waits.
    fn waiting(&self) -> Option<Plan> {
        lock(&self.expression).clone()
    }

    /// The result, carried out if it waits.
    ///
    /// # Errors
    /// When Stop is pressed, or when the result would not fit in memory.
    pub fn values(&self) -> Result<&Values> {
        if let Some(values) = self.values.get() {
            return Ok(values);
        }
        if let Some(expression) = self.waiting() {
            let values = carry_out(&expression, self)?;
            self.set(values);
        }
        Ok(self.values.get().expect("what no longer waits is there"))
    }

    fn set(&self, values: Values) {
        // Whoever came first has made the same.
        let _ = self.values.set(values.into());
        // Outside the lock: arrays that nobody else holds go here.
        let expression = lock(&self.expression).take();
        drop(expression);
    }
}

/// Carries out an expression, and in the same pass those that it is made of and that somebody still holds.
fn carry_out(expression: &Plan, own: &Deferred) -> Result<Values> {
    let below: HashSet<NodeId> = Walk::of([expression]).iter().map(Plan::id).collect();
    let (mut plans, mut others) = (vec![expression.clone()], Vec::new());
    for other in waiting() {
        let Some(plan) = other.waiting().filter(|_| !std::ptr::eq(&*other, own)) else { continue };
        if below.contains(&plan.id()) && plan.shape() == expression.shape() {
            plans.push(plan);
            others.push(other);
        }
    }
    // One operation has a loop of its own.
    if plans.len() == 1 && expression.node().inputs.iter().all(|input| !input.is_lazy()) {
        return evaluate::in_memory(expression);
    }
    let mut values = evaluate::in_memory_together(&plans)?.into_iter();
    let first = values.next().expect("a result for each plan");
    others.into_iter().zip(values).for_each(|(other, values)| other.set(values));
    Ok(first)
}

/// What waits and is still held, the first one first.
fn waiting() -> Vec<Arc<Deferred>> {
    lock(&WAITING).iter().filter_map(Weak::upgrade).filter(|deferred| deferred.values.get().is_none()).collect()
}

/// Carries out everything that waits.
///
/// # Errors
/// When Stop is pressed, or when a result would not fit in memory.
pub(crate) fn finish() -> Result<()> {
    // From the last on: what is made of others takes these along.
    for deferred in waiting().into_iter().rev() {
        deferred.values()?;
    }
    lock(&WAITING).clear();
    Ok(())
}

/// Bytes of the results that wait.
fn waiting_bytes() -> u64 {
    let bytes = waiting().into_iter().filter_map(|deferred| Some(deferred.waiting()?.nbytes()));
    bytes.fold(0, u64::saturating_add)
}

/// The operation as one that waits, if that is worth it; the inputs back if it is not.
pub(super) fn defer(op: Op, inputs: Vec<Plan>, shape: &[usize], dtype: crate::values::DType) -> Defer {
    let size = crate::values::count(shape).saturating_mul(dtype.size()) as u64;
    let worth = size >= SMALL_BYTES && is_elementwise(&op) && inputs.iter().all(|input| !input.is_lazy());
    if !worth || size.saturating_add(waiting_bytes()) > memory::available() {
        return Defer::Now(op, inputs);
    }
    let open: Vec<Plan> = inputs.iter().map(opened).collect();
    let expression = Plan::lazy_node(op.clone(), open, shape.to_vec(), dtype);
    let expression = match is_small(&expression) {
        true => expression,
        // What is there already makes an expression of one operation.
        false => match inputs.iter().map(Plan::resolved).collect::<Result<Vec<Plan>>>() {
            Ok(inputs) => Plan::lazy_node(op, inputs, shape.to_vec(), dtype),
            Err(_) => return Defer::Now(op, inputs),
        },
    };
    let deferred = Arc::new(Deferred { expression: Mutex::new(Some(expression)), values: OnceLock::new() });
    let mut waiting = lock(&WAITING);
    if waiting.len() % SWEEP == SWEEP - 1 {
        waiting.retain(|deferred| deferred.upgrade().is_some_and(|deferred| deferred.values.get().is_none()));
    }
    waiting.push(Arc::downgrade(&deferred));
    drop(waiting);
    Defer::Waits(Plan::lazy_node(Op::Deferred(deferred), Vec::new(), shape.to_vec(), dtype))
}

/// What has become of an operation.
pub(super) enum Defer {
    Waits(Plan),
    Now(Op, Vec<Plan>),
}

/// The expression of a plan that waits; any other plan as it is.
fn opened(plan: &Plan) -> Plan {
    match &plan.node().op {
        Op::Deferred(deferred) => match deferred.values.get() {
            Some(values) => Plan::memory(Values::clone(values)),
            None => deferred.waiting().unwrap_or_else(|| plan.clone()),
        },
        _ => plan.clone(),
    }
}

/// Whether an element of the result follows from one of each input, and there is a result for all of them.
fn is_elementwise(op: &Op) -> bool {
    match op {
        Op::Unary(_) | Op::Cast | Op::Select => true,
        // Of integers a power may have no answer.
        Op::Binary { op, operand } => *op != BinaryOp::Pow || operand.is_float(),
        _ => false,
    }
}

/// Whether an expression may wait for more.
fn is_small(expression: &Plan) -> bool {
    let walk = Walk::of([expression]);
    let operations = walk.iter().filter(|plan| plan.is_lazy()).count();
    let arrays: HashMap<NodeId, &Plan> = walk
        .iter()
        .filter(|plan| !plan.is_lazy() && plan.nbytes() >= SMALL_BYTES / 8)
        .map(|plan| (plan.id(), plan))
        .collect();
    operations <= MOST_OPERATIONS && arrays.len() <= MOST_ARRAYS
}

impl Plan {
    /// The plan with what waits carried out: inputs of everything that is no operation on single elements.
    ///
    /// # Errors
    /// When Stop is pressed, or when the result would not fit in memory.
    pub(super) fn resolved(&self) -> Result<Self> {
        match &self.node().op {
            Op::Deferred(deferred) => Ok(Self::memory(deferred.values()?.clone())),
            _ => Ok(self.clone()),
        }
    }

    /// The values of a plan that waits; `None` where Stop or a lack of memory is in the way, which whoever computes is told.
    pub(super) fn carried_out(deferred: &Deferred) -> Option<&Values> {
        deferred.values().ok().or_else(|| {
            cancel::checkpoint();
            None
        })
    }
}
