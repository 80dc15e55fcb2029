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
use super::node::{IdMap, NodeId};
use super::op::Op;
use super::walk::Walk;
use super::{Plan, memory};
use crate::values::Values;
use crate::values::buffers::Held;
use crate::{Result, cancel};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError, Weak};

/// Smaller results are carried out at once: their inputs are in the cache still.
const SMALL_BYTES: u64 = 1 << 20;
/// An expression of more operations, or of more large arrays, is carried out before anything is added to it. It holds its arrays
/// for as long as it waits, which in a loop would be more and more.
const MOST_OPERATIONS: usize = 24;
const MOST_ARRAYS: usize = 4;
/// So many results wait at most: who adds one looks at all of them.
const MOST_RESULTS: usize = 32;
/// Results that wait hold arrays that may be larger than they are, and that nobody else holds any more. All these arrays
/// together take no more than this part of the memory that is left, beyond what the results will take.
const PART: u64 = 8;
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

/// Takes off the list what does not wait any more.
fn sweep(waiting: &mut Vec<Weak<Deferred>>) {
    waiting.retain(|deferred| deferred.upgrade().is_some_and(|deferred| deferred.values.get().is_none()));
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
    // Not all of it is gone: a thread of the user's may have added to the list since.
    sweep(&mut lock(&WAITING));
    Ok(())
}

/// What it costs that results wait.
struct Burden {
    results: usize,
    /// Bytes of the results.
    bytes: u64,
    /// Bytes of arrays that nobody holds but what waits.
    held: u64,
}

impl Burden {
    fn of(waiting: &[Arc<Deferred>]) -> Self {
        let expressions: Vec<Plan> = waiting.iter().filter_map(|deferred| deferred.waiting()).collect();
        let bytes = expressions.iter().map(Plan::nbytes).fold(0, u64::saturating_add);
        let walk = Walk::of(&expressions);
        let mut uses: IdMap<usize> = IdMap::default();
        for input in walk.iter().flat_map(|plan| &plan.node().inputs) {
            *uses.entry(input.id()).or_default() += 1;
        }
        let arrays = walk.iter().filter(|plan| matches!(plan.node().op, Op::Memory { .. }));
        let held = arrays.filter(|plan| uses.get(&plan.id()) == Some(&plan.holders())).map(Plan::nbytes);
        Self { results: expressions.len(), bytes, held: held.fold(0, u64::saturating_add) }
    }

    /// Whether what waits is to be carried out before anything else waits.
    fn is_heavy(&self, available: u64) -> bool {
        self.results >= MOST_RESULTS || self.held.saturating_sub(self.bytes) > available / PART
    }
}

/// Carries out everything that waits, unless another thread is at it.
fn lighten() -> Result<()> {
    static AT_IT: Mutex<()> = Mutex::new(());
    match AT_IT.try_lock() {
        Ok(_alone) => finish(),
        Err(TryLockError::Poisoned(_)) => finish(),
        Err(TryLockError::WouldBlock) => Ok(()),
    }
}

/// The operation as one that waits, if that is worth it; the inputs back if it is not.
pub(super) fn defer(op: Op, inputs: Vec<Plan>, shape: &[usize], dtype: crate::values::DType) -> Defer {
    let size = crate::values::count(shape).saturating_mul(dtype.size()) as u64;
    let worth = size >= SMALL_BYTES && is_elementwise(&op) && inputs.iter().all(|input| !input.is_lazy());
    if !worth {
        return Defer::Now(op, inputs);
    }
    let mut burden = Burden::of(&waiting());
    if burden.is_heavy(memory::available()) {
        if lighten().is_err() {
            return Defer::Now(op, inputs);
        }
        burden = Burden::of(&waiting());
    }
    if size.saturating_add(burden.bytes) > memory::available() {
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
        sweep(&mut waiting);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::DType;

    #[test]
    fn small_results_do_not_hold_ever_more_of_the_arrays_that_they_are_made_of() {
        let (mut days, mut masks) = (Vec::new(), Vec::new());
        for n in 0..100u8 {
            let day = Plan::memory(Values::from(vec![n; SMALL_BYTES as usize]));
            masks.push(Plan::binary(BinaryOp::Gt, &day, &Plan::scalar(50)).unwrap());
            days.push(Arc::downgrade(&day.into_node()));
        }
        let held = days.iter().filter(|day| day.upgrade().is_some()).count();
        assert!(held <= MOST_RESULTS, "{held} of {} days", days.len());
        assert!(
            masks.iter().zip(0u8..).all(|(mask, n)| mask.as_values().unwrap().get(&[7]) == Some(f64::from(n > 50)))
        );
    }

    #[test]
    fn arrays_that_only_a_result_that_waits_holds_are_a_burden() {
        let day = Plan::memory(Values::from(vec![1.0f64; 1 << 10]));
        let waiting = [0.0, 2.0].map(|bound| {
            let op = Op::Binary { op: BinaryOp::Gt, operand: DType::F64 };
            let inputs = vec![day.clone(), Plan::scalar(bound).insert_axis(0)];
            let expression = Plan::lazy_node(op, inputs, vec![1 << 10], DType::Bool);
            Arc::new(Deferred { expression: Mutex::new(Some(expression)), values: OnceLock::new() })
        });
        let bytes = day.nbytes();
        assert!(Burden::of(&waiting).held < bytes, "somebody else holds it");
        drop(day);
        let both = Burden::of(&waiting);
        assert!(both.held >= bytes && both.held < bytes + 100 && both.bytes == bytes / 4, "{}", both.held);
        assert!(Burden::of(&waiting[..1]).held < bytes, "the other one holds it");
        assert!(both.is_heavy(bytes) && !both.is_heavy(100 * bytes));
        assert!(Burden { results: MOST_RESULTS, bytes: 0, held: 0 }.is_heavy(u64::MAX));
    }
}
