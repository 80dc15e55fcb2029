//! The plan: an array without labels that may not have been computed yet.

use super::chunked::Chunked;
use super::deferred::{self, Defer};
use super::kernels::{self, BinaryOp, MapFn, Operands, UnaryOp};
use super::node::{Node, NodeId};
use super::op::{Op, Reduce};
use super::reduce::{Fit, ReduceOp, ReduceOptions, Reduction};
use super::{Source, evaluate};
use crate::values::kernels::broadcast_shape;
use crate::values::{AxisIndex, Pick, count, resolve};
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};
use std::fmt;
use std::sync::Arc;

/// An n-dimensional array, in memory or as the expression that gives it. Cheap to clone.
///
/// Every operation builds a plan. Where all inputs are in memory the result is computed
/// at once; where a file is among them nothing is read until [`evaluate`](Plan::evaluate).
/// Both go through the same code, so both give the same answer.
///
/// Axes are numbered from 0; two operands have as many axes, and each pair of axes is
/// equally long or one of them is 1. A plan without axes (a number) goes with any other.
///
/// ```
/// use isopleth::array::Values;
/// use isopleth::lazy::{BinaryOp, Plan, ReduceOp, ReduceOptions};
///
/// let celsius = Plan::from(Values::from(ndarray::array![[20.0f32, f32::NAN], [30.0, 40.0]]));
/// let warmer = Plan::binary(BinaryOp::Add, &celsius, &Plan::scalar(1.0))?;
/// let mean = warmer.reduce(ReduceOp::Mean, &[1], ReduceOptions::default())?.evaluate()?;
/// assert_eq!(mean.to_vec::<f32>()?, [21.0, 36.0]);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Clone)]
pub struct Plan(Arc<Node>);

impl Plan {
    pub(crate) fn node(&self) -> &Node {
        &self.0
    }

    pub(super) fn into_node(self) -> Arc<Node> {
        self.0
    }

    /// How many hold the expression: variables of the user's, and expressions that are made of it.
    pub(super) fn holders(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    /// What tells two plans apart that are not the same expression.
    pub(crate) fn id(&self) -> NodeId {
        self.0.id
    }

    pub(crate) fn lazy_node(op: Op, inputs: Vec<Self>, shape: Vec<usize>, dtype: DType) -> Self {
        Self(Arc::new(Node::new(op, inputs, shape, dtype)))
    }

    /// A node. If nothing in it has to be read it is computed at once, or waits with others of its kind.
    pub(crate) fn build(op: Op, inputs: Vec<Self>, shape: Vec<usize>, dtype: DType) -> Result<Self> {
        let (op, inputs) = match deferred::defer(op, inputs, &shape, dtype) {
            Defer::Waits(plan) => return Ok(plan),
            Defer::Now(op, inputs) => (op, inputs),
        };
        let inputs = inputs.iter().map(Self::resolved).collect::<Result<Vec<Self>>>()?;
        let ready = inputs.iter().all(|input| !input.is_lazy());
        let plan = Self::lazy_node(op, inputs, shape, dtype);
        if ready { Ok(Self::memory(evaluate::in_memory(&plan)?)) } else { Ok(plan) }
    }

    /// [`build`](Plan::build) for operations that return no error. Stop ends the cell here; a result that
    /// would not fit in memory stays to be computed, and says so when it is.
    fn build_certain(op: Op, inputs: Vec<Self>, shape: Vec<usize>, dtype: DType) -> Self {
        Self::build(op.clone(), inputs.clone(), shape.clone(), dtype).unwrap_or_else(|_| {
            crate::cancel::checkpoint();
            Self::lazy_node(op, inputs, shape, dtype)
        })
    }

    /// Values that are there already.
    pub fn memory(values: Values) -> Self {
        let (shape, dtype) = (values.shape().to_vec(), values.dtype());
        Self::lazy_node(Op::Memory { values: values.into(), weak: false }, Vec::new(), shape, dtype)
    }

    /// A number written in the code, without axes. It takes the type of the array that it meets
    /// where its kind allows: `1.5` leaves an `f32` array `f32`, `2` leaves a `u8` array `u8`.
    pub fn scalar(value: impl Into<Values>) -> Self {
        let values = value.into();
        let (shape, dtype) = (values.shape().to_vec(), values.dtype());
        let weak = shape.is_empty() && dtype.is_number();
        Self::lazy_node(Op::Memory { values: values.into(), weak }, Vec::new(), shape, dtype)
    }

    /// What a source gives, such as one band of one file: shape (rows, columns). Reads nothing.
    pub fn source(source: impl Source + 'static) -> Self {
        Self::shared_source(Arc::new(source))
    }

    /// [`source`](Plan::source) for one that is shared already.
    pub fn shared_source(source: Arc<dyn Source>) -> Self {
        let (shape, dtype) = (source.shape().to_vec(), source.dtype());
        let picks = shape.iter().map(|&len| Pick::range(0..len)).collect();
        Self::lazy_node(Op::Source { source, picks }, Vec::new(), shape, dtype)
    }

    /// Values in memory as a lazy plan, to be computed in chunks of these lengths, one per axis; 0 counts as 1.
    ///
    /// A plan that is lazy already stays as it is: files are read in their own blocks.
    ///
    /// # Errors
    /// When there is not one length per axis.
    pub fn chunked(&self, lengths: &[usize]) -> Result<Self> {
        if lengths.len() != self.ndim() {
            let message = format!("{} chunk lengths for {} axes", lengths.len(), self.ndim());
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Ok(match self.as_values() {
            Some(values) => {
                let block = lengths.iter().map(|&length| length.max(1)).collect();
                Self::source(Chunked::new(values.clone(), block))
            }
            None => self.clone(),
        })
    }

    /// Parts one after the other along `axis`. Types are promoted to one.
    ///
    /// # Errors
    /// When there is no part, or shapes differ in another axis, or types do not mix.
    pub fn concat(parts: Vec<Self>, axis: usize) -> Result<Self> {
        let Some(first) = parts.first() else {
            return Err(Error::new(ErrorKind::InvalidArgument, "nothing to concatenate: give at least one array"));
        };
        check_axis(axis, first.ndim())?;
        let (mut shape, mut dtype) = (first.shape().to_vec(), first.dtype());
        let mut starts = Vec::with_capacity(parts.len());
        let mut length = 0;
        for (n, part) in parts.iter().enumerate() {
            let agree = part.ndim() == shape.len()
                && part.shape().iter().zip(&shape).enumerate().all(|(at, (a, b))| at == axis || a == b);
            if !agree {
                let message = format!(
                    "cannot join shape {:?} (part {n}) to {:?} along axis {axis}: the other axes must be equal",
                    part.shape(),
                    first.shape()
                );
                return Err(Error::new(ErrorKind::Mismatch, message));
            }
            dtype = DType::promote(dtype, part.dtype()).ok_or_else(|| {
                Error::new(ErrorKind::Mismatch, format!("cannot join {} (part {n}) to {dtype}", part.dtype()))
            })?;
            starts.push(length);
            length += part.shape()[axis];
        }
        if let [only] = &parts[..] {
            return Ok(only.clone());
        }
        shape[axis] = length;
        let parts: Vec<Self> = parts.iter().map(|part| part.cast(dtype)).collect();
        let (parts, starts) = flat(parts, starts, axis);
        Self::build(Op::Concat { axis, starts }, parts, shape, dtype)
    }

    /// Parts of one shape along a new first axis.
    ///
    /// # Errors
    /// As [`concat`](Plan::concat).
    pub fn stack(parts: Vec<Self>) -> Result<Self> {
        Self::concat(parts.iter().map(|part| part.insert_axis(0)).collect(), 0)
    }

    /// The length of each axis.
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.0.dtype
    }

    /// How many axes.
    pub fn ndim(&self) -> usize {
        self.0.shape.len()
    }

    /// How many elements; `usize::MAX` if they are too many to be counted.
    pub fn len(&self) -> usize {
        count(&self.0.shape)
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that the elements take once computed.
    pub fn nbytes(&self) -> u64 {
        (self.len() as u64).saturating_mul(self.dtype().size() as u64)
    }

    /// Whether anything is still to be computed.
    pub fn is_lazy(&self) -> bool {
        !matches!(self.0.op, Op::Memory { .. } | Op::Deferred(_))
    }

    /// The values, if nothing has to be read for them.
    pub fn as_values(&self) -> Option<&Values> {
        match &self.0.op {
            Op::Memory { values, .. } => Some(values),
            Op::Deferred(deferred) => Self::carried_out(deferred),
            _ => None,
        }
    }

    /// The source, if the plan is all that it gives.
    pub(crate) fn as_source(&self) -> Option<&Arc<dyn Source>> {
        match &self.0.op {
            Op::Source { source, picks } => {
                let whole = picks.iter().zip(source.shape()).all(|(pick, &length)| pick.is_all(length));
                whole.then_some(source)
            }
            _ => None,
        }
    }

    fn weak(&self) -> Option<&Values> {
        match &self.0.op {
            Op::Memory { values, weak: true } => Some(values),
            _ => None,
        }
    }

    /// The part that one [`AxisIndex`] per axis names. The selection goes down to the files: what it leaves out is not read.
    ///
    /// # Errors
    /// When an index lies outside its axis, or there is not one per axis.
    pub fn index(&self, axes: &[AxisIndex]) -> Result<Self> {
        let (picks, dropped) = resolve(self.shape(), axes)?;
        let mut plan = super::push_down::pick(self, &picks)?;
        for axis in dropped.into_iter().rev() {
            plan = plan.drop_axis(axis);
        }
        Ok(plan)
    }

    /// Without an axis of length 1.
    pub(crate) fn drop_axis(&self, axis: usize) -> Self {
        let mut shape = self.shape().to_vec();
        shape.remove(axis);
        match (&self.0.op, &self.0.inputs[..]) {
            (Op::InsertAxis { axis: inserted }, [input]) if *inserted == axis => input.clone(),
            _ => Self::build_certain(Op::DropAxis { axis }, vec![self.clone()], shape, self.dtype()),
        }
    }

    /// `op` of each element.
    #[must_use]
    pub fn unary(&self, op: UnaryOp) -> Self {
        let dtype = kernels::unary_dtype(op, self.dtype());
        Self::build_certain(Op::Unary(op), vec![self.clone()], self.shape().to_vec(), dtype)
    }

    /// A function of runs of elements, in place: `f32` stays `f32`, everything else becomes `f64`.
    /// `name` is what `explain()` shows. Runs are cut anywhere, so each element is on its own.
    #[must_use]
    pub fn map(&self, name: &str, f: Arc<MapFn>) -> Self {
        let dtype = if self.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
        let op = Op::Map { name: name.to_owned(), f };
        Self::build_certain(op, vec![self.clone()], self.shape().to_vec(), dtype)
    }

    /// `op` of each pair of elements; axes of length 1 broadcast. Types mix as in NumPy 2.
    ///
    /// # Errors
    /// When shapes do not broadcast, or the operation has no meaning for the types.
    pub fn binary(op: BinaryOp, a: &Self, b: &Self) -> Result<Self> {
        let operands = Operands { a: a.dtype(), b: b.dtype(), weak_a: a.weak(), weak_b: b.weak() };
        let (operand, dtype) = kernels::binary_dtypes(op, operands)?;
        let rank = a.ndim().max(b.ndim());
        let (a, b) = (a.with_rank(rank), b.with_rank(rank));
        let shape = broadcast_shape(a.shape(), b.shape()).ok_or_else(|| shapes_differ(op.name(), &a, &b))?;
        Self::build(Op::Binary { op, operand }, vec![a, b], shape, dtype)
    }

    /// `yes` where `condition` holds, else `no`; axes of length 1 broadcast.
    ///
    /// # Errors
    /// When shapes do not broadcast, or a date is to be chosen with a number. [`Plan::scalar`] of NaN goes with
    /// every type that has missing values; see [`DType::with_missing`] for the others.
    pub fn select(condition: &Self, yes: &Self, no: &Self) -> Result<Self> {
        let operands = Operands { a: yes.dtype(), b: no.dtype(), weak_a: yes.weak(), weak_b: no.weak() };
        let dtype = kernels::select_dtype(operands)?;
        let rank = condition.ndim().max(yes.ndim()).max(no.ndim());
        let (condition, yes, no) = (condition.with_rank(rank), yes.with_rank(rank), no.with_rank(rank));
        let shape = broadcast_shape(yes.shape(), no.shape()).ok_or_else(|| shapes_differ("where", &yes, &no))?;
        let shape =
            broadcast_shape(condition.shape(), &shape).ok_or_else(|| shapes_differ("where", &condition, &yes))?;
        Self::build(Op::Select, vec![condition, yes, no], shape, dtype)
    }

    /// A number without axes gets as many of length 1 as its partner has.
    fn with_rank(&self, rank: usize) -> Self {
        if self.ndim() > 0 || rank == 0 {
            return self.clone();
        }
        (0..rank).fold(self.clone(), |plan, _| plan.insert_axis(0))
    }

    /// As another type; see [`Values::cast`].
    #[must_use]
    pub fn cast(&self, dtype: DType) -> Self {
        if self.dtype() == dtype {
            return self.clone();
        }
        Self::build_certain(Op::Cast, vec![self.clone()], self.shape().to_vec(), dtype)
    }

    /// The axes in another order.
    ///
    /// # Errors
    /// When `order` does not name each axis once.
    pub fn transpose(&self, order: &[usize]) -> Result<Self> {
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq(0..self.ndim()) {
            let message = format!("the order {order:?} does not name each of {} axes once", self.ndim());
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        if order.iter().copied().eq(0..self.ndim()) {
            return Ok(self.clone());
        }
        let shape = order.iter().map(|&axis| self.shape()[axis]).collect();
        Self::build(Op::Transpose { order: order.to_vec() }, vec![self.clone()], shape, self.dtype())
    }

    /// With a new axis of length 1 before `axis`; beyond the last axis it becomes the last.
    #[must_use]
    pub fn insert_axis(&self, axis: usize) -> Self {
        let axis = axis.min(self.ndim());
        let mut shape = self.shape().to_vec();
        shape.insert(axis, 1);
        Self::build_certain(Op::InsertAxis { axis }, vec![self.clone()], shape, self.dtype())
    }

    /// Axes of length 1 repeated to `shape`, which has as many axes.
    ///
    /// # Errors
    /// When an axis is neither 1 nor the length asked for.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Self> {
        if self.shape() == shape {
            return Ok(self.clone());
        }
        let fits = self.ndim() == shape.len() && self.shape().iter().zip(shape).all(|(a, b)| a == b || *a == 1);
        if !fits {
            let message = format!("the shape {:?} does not broadcast to {shape:?}", self.shape());
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        Self::build(Op::Broadcast, vec![self.clone()], shape.to_vec(), self.dtype())
    }

    /// Part of one axis, of what is then computed as a whole where it has to be.
    pub(crate) fn take(&self, axis: usize, pick: Pick) -> Result<Self> {
        if pick.is_all(self.shape()[axis]) {
            return Ok(self.clone());
        }
        let mut shape = self.shape().to_vec();
        shape[axis] = pick.len();
        Self::build(Op::Take { axis, pick }, vec![self.clone()], shape, self.dtype())
    }

    /// One axis as two: (n · factor) as (n, factor).
    ///
    /// # Errors
    /// When the axis does not exist, or `factor` does not divide its length.
    pub fn split_axis(&self, axis: usize, factor: usize) -> Result<Self> {
        check_axis(axis, self.ndim())?;
        let length = self.shape()[axis];
        if factor == 0 || !length.is_multiple_of(factor) {
            let message = format!("axis {axis} of length {length} does not divide into runs of {factor}");
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let mut shape = self.shape().to_vec();
        shape[axis] = length / factor;
        shape.insert(axis + 1, factor);
        Self::build(Op::SplitAxis { axis, factor }, vec![self.clone()], shape, self.dtype())
    }

    /// The element of `table`, which has one axis, at each of these positions (`i64`); missing where one is below 0.
    /// `table` has missing values, or no position is below 0.
    pub(crate) fn lookup(&self, table: Values) -> Result<Self> {
        let dtype = table.dtype();
        Self::build(Op::Lookup { table }, vec![self.clone()], self.shape().to_vec(), dtype)
    }

    /// Reduces `axes` away (no axes: each element by itself). Reads the input slab by slab: memory does not grow with it.
    ///
    /// # Errors
    /// When an axis does not exist or is named twice, or the operation has no meaning for the type, or is a minimum or
    /// maximum of nothing.
    pub fn reduce(&self, op: ReduceOp, axes: &[usize], options: ReduceOptions) -> Result<Self> {
        self.reduction(Reduction::Of(op), axes, options)
    }

    /// The quantiles `shares` (each 0 to 1) along `axes`, on a new last axis, as `f64`: linear between two values.
    /// Holds all values of a cell at once.
    ///
    /// # Errors
    /// As [`reduce`](Plan::reduce), and when a share is not between 0 and 1.
    pub fn quantile(&self, shares: &[f64], axes: &[usize], options: ReduceOptions) -> Result<Self> {
        if let Some(outside) = shares.iter().find(|share| !(0.0..=1.0).contains(*share)) {
            let message = format!("quantile {outside}: give a share between 0 and 1, such as 0.9");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        self.reduction(Reduction::Quantiles(shares.into()), axes, options)
    }

    /// The coefficients of the polynomial of `degree` that fits best along `axis`, whose positions lie at `places`:
    /// on a new last axis, the highest power first, as `f64`. NaN where there are fewer values than coefficients.
    ///
    /// # Errors
    /// As [`reduce`](Plan::reduce).
    pub(crate) fn fit(&self, places: &[f64], degree: usize, axis: usize, options: ReduceOptions) -> Result<Self> {
        self.reduction(Reduction::Fit(Arc::new(Fit::new(places, degree))), &[axis], options)
    }

    /// The position of the smallest or largest value along `axis`; -1 where every value is missing.
    ///
    /// # Errors
    /// As [`reduce`](Plan::reduce).
    pub(crate) fn place(&self, op: ReduceOp, axis: usize, options: ReduceOptions) -> Result<Self> {
        self.reduction(Reduction::Place(op), &[axis], options)
    }

    pub(crate) fn reduction(&self, op: Reduction, axes: &[usize], options: ReduceOptions) -> Result<Self> {
        let mut axes = axes.to_vec();
        axes.sort_unstable();
        let (shape, dtype) = reduced(self, &op, &axes)?;
        Self::build(Op::Reduce(Reduce { op, axes, options }), vec![self.clone()], shape, dtype)
    }

    /// Computes the plan, in parallel and window by window.
    ///
    /// # Errors
    /// When a file cannot be read, when Stop is pressed, or when the result would not fit in memory.
    pub fn evaluate(&self) -> Result<Values> {
        evaluate::evaluate(self)
    }
}

/// Shape and type of a reduction along `axes`, which ascend.
///
/// # Errors
/// When an axis does not exist or is named twice, or the reduction has no answer.
pub(super) fn reduced(input: &Plan, op: &Reduction, axes: &[usize]) -> Result<(Vec<usize>, DType)> {
    for (n, &axis) in axes.iter().enumerate() {
        check_axis(axis, input.ndim())?;
        if n > 0 && axes[n - 1] == axis {
            let message = format!("{}: axis {axis} is named twice", op.name());
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    }
    let dtype = op.dtype(input.dtype())?;
    let length = count(&axes.iter().map(|&axis| input.shape()[axis]).collect::<Vec<_>>());
    op.check(length, axes.len())?;
    let kept = input.shape().iter().enumerate().filter(|(axis, _)| !axes.contains(axis)).map(|(_, &length)| length);
    Ok((kept.chain(op.answers()).collect(), dtype))
}

pub(crate) fn check_axis(axis: usize, rank: usize) -> Result<()> {
    if axis < rank {
        return Ok(());
    }
    let message = format!("axis {axis} of an array of {rank} axes: they count from 0");
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

/// Joins are flattened up to so many parts: beyond that a loop that appends would copy the list too often.
const MOST_PARTS: usize = 4096;

/// The parts of parts that are joined along the same axis, in place of these: an array to which a loop appends day by day is
/// one list of days. With the parts, where each begins.
fn flat(parts: Vec<Plan>, starts: Vec<usize>, axis: usize) -> (Vec<Plan>, Vec<usize>) {
    let within = |part: &Plan| match &part.node().op {
        Op::Concat { axis: other, starts } if *other == axis => Some(starts.clone()),
        _ => None,
    };
    let many = parts.iter().map(|part| within(part).map_or(1, |starts| starts.len())).sum::<usize>();
    if many == parts.len() || many > MOST_PARTS {
        return (parts, starts);
    }
    let (mut flat, mut begins) = (Vec::with_capacity(many), Vec::with_capacity(many));
    for (part, start) in parts.into_iter().zip(starts) {
        match within(&part) {
            Some(inner) => {
                flat.extend_from_slice(&part.node().inputs);
                begins.extend(inner.into_iter().map(|inner| start + inner));
            }
            None => {
                flat.push(part);
                begins.push(start);
            }
        }
    }
    (flat, begins)
}

fn shapes_differ(what: &str, a: &Plan, b: &Plan) -> Error {
    let message =
        format!("{what}: the shapes {:?} and {:?} do not go together; axes are equal or 1", a.shape(), b.shape());
    Error::new(ErrorKind::Mismatch, message)
}

impl From<Values> for Plan {
    fn from(values: Values) -> Self {
        Self::memory(values)
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_lazy() { "to be computed" } else { "in memory" };
        write!(f, "Plan {:?} {}, {state}", self.shape(), self.dtype())
    }
}
