//! Sum, mean and count: one addition per value.

use super::layout::{Kernel, walk};
use super::vector::widest;
use super::{Accumulator, Reader, ReduceOp, ReduceOptions, Setup, Slab, Writer, same_kind};
use crate::Result;
use crate::lazy::blocks::Stored;
use crate::values::{DType, Element, Text, Values, integer_types, numbers, typed};
use std::marker::PhantomData;

pub(super) fn start(op: ReduceOp, setup: Setup<'_>) -> Box<dyn Accumulator> {
    macro_rules! sums {
        ({} integers { $(($I:ident, $i:ident $($_i:tt)*))* } floats { $(($F:ident, $f:ident $($_f:tt)*))* }) => {
            match setup.input {
                DType::Bool => Box::new(Sum::<bool, i64>::new(op, setup)),
                $(DType::$I => Box::new(Sum::<$i, i64>::new(op, setup)),)*
                $(DType::$F => Box::new(Sum::<$f, f64>::new(op, setup)),)*
                DType::DateTime | DType::CfTime(_) | DType::Text => {
                    unreachable!("the plan refuses sums of dates and text")
                }
            }
        };
    }
    if op == ReduceOp::Sum {
        return numbers! { sums };
    }
    match setup.input {
        DType::DateTime | DType::CfTime(_) => Box::new(Sum::<Date, f64>::new(op, setup)),
        input => typed!(input, T => Box::new(Sum::<T, f64>::new(op, setup))),
    }
}

struct Sum<T, S> {
    op: ReduceOp,
    options: ReduceOptions,
    dtype: DType,
    sums: Vec<S>,
    counts: Vec<u64>,
    of: PhantomData<fn(T)>,
}

impl<T, S: Total> Sum<T, S> {
    fn new(op: ReduceOp, setup: Setup<'_>) -> Self {
        let Setup { options, input, cells, .. } = setup;
        let dtype = super::dtype(op, input).expect("the plan checked the type");
        let (sums, counts) = (vec![S::default(); cells], vec![0; cells]);
        Self { op, options, dtype, sums, counts, of: PhantomData }
    }
}

impl<T: Term<S> + 'static, S: Total> Accumulator for Sum<T, S> {
    fn add(&mut self, slabs: &[Slab]) {
        // Counting asks what is missing whatever the options say.
        let skip = self.options.skip_missing || self.op == ReduceOp::Count;
        let (sums, counts) = (&mut self.sums[..], &mut self.counts[..]);
        if T::MAY_MISS && skip {
            walk::<T::Stored>(slabs, &mut Loop::<T, S, true> { sums, counts, of: PhantomData });
        } else {
            walk::<T::Stored>(slabs, &mut Loop::<T, S, false> { sums, counts, of: PhantomData });
        }
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        self.sums.iter_mut().zip(&later.sums).for_each(|(sum, &other)| *sum = sum.plus(other));
        self.counts.iter_mut().zip(&later.counts).for_each(|(count, &other)| *count += other);
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        if self.op == ReduceOp::Count {
            return Ok(Values::from(self.counts.iter().map(|&count| count as i64).collect::<Vec<_>>()));
        }
        if self.dtype == DType::U64 {
            // The bits of a sum that wraps are the same with and without a sign.
            return Ok(Values::from(self.sums.iter().map(|sum| sum.integer() as u64).collect::<Vec<_>>()));
        }
        if self.dtype == DType::I64 {
            return Ok(Values::from(self.sums.iter().map(|sum| sum.integer()).collect::<Vec<_>>()));
        }
        let (mean, least) = (self.op == ReduceOp::Mean, self.options.least());
        let cells = self.sums.iter().zip(&self.counts).map(|(sum, &count)| match (mean, sum.float()) {
            (true, sum) => sum / count as f64,
            (false, sum) if count >= least => sum,
            _ => f64::NAN,
        });
        Ok(match self.dtype {
            DType::F32 => Values::from(cells.map(|v| v as f32).collect::<Vec<_>>()),
            _ => Values::from(cells.collect::<Vec<_>>()),
        })
    }

    fn save(&self, to: &mut Writer) {
        to.array(&self.sums);
        to.array(&self.counts);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<()> {
        from.fill(&mut self.sums)?;
        from.fill(&mut self.counts)
    }
}

/// A value as a term of a sum of type `S`.
trait Term<S> {
    type Stored: Element;
    /// Whether the type has missing values at all.
    const MAY_MISS: bool = false;
    fn term(value: Self::Stored) -> S;
    #[inline(always)]
    fn is_missing(_: Self::Stored) -> bool {
        false
    }
}

macro_rules! whole_terms {
    ($($type:ident)*) => {$(
        impl Term<f64> for $type {
            type Stored = $type;
            #[inline(always)]
            fn term(value: $type) -> f64 { value.to_f64() }
        }
        impl Term<i64> for $type {
            type Stored = $type;
            #[inline(always)]
            fn term(value: $type) -> i64 { value as i64 }
        }
    )*};
}

numbers! { integer_types whole_terms bool }

macro_rules! float_terms {
    ($($type:ty)*) => {$(
        impl Term<f64> for $type {
            type Stored = $type;
            const MAY_MISS: bool = true;
            #[inline(always)]
            fn term(value: $type) -> f64 { value.to_f64() }
            #[inline(always)]
            fn is_missing(value: $type) -> bool { value.is_nan() }
        }
    )*};
}

float_terms! { f32 f64 }

/// Dates are counted, not added.
struct Date;

impl Term<f64> for Date {
    type Stored = i64;
    const MAY_MISS: bool = true;
    fn term(_: i64) -> f64 {
        0.0
    }
    fn is_missing(value: i64) -> bool {
        value == i64::MIN
    }
}

/// Texts too are only counted.
impl Term<f64> for Text {
    type Stored = Text;
    const MAY_MISS: bool = true;
    fn term(_: Text) -> f64 {
        0.0
    }
    fn is_missing(value: Text) -> bool {
        value.is_missing()
    }
}

/// What terms are added up in.
trait Total: Copy + Default + Send + Stored + 'static {
    fn plus(self, other: Self) -> Self;
    fn float(self) -> f64;
    fn integer(self) -> i64;
}

impl Total for f64 {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self + other
    }
    fn float(self) -> f64 {
        self
    }
    fn integer(self) -> i64 {
        self as i64
    }
}

impl Total for i64 {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
    fn float(self) -> f64 {
        self as f64
    }
    fn integer(self) -> i64 {
        self
    }
}

struct Loop<'a, T, S, const SKIP: bool> {
    sums: &'a mut [S],
    counts: &'a mut [u64],
    of: PhantomData<fn(T)>,
}

impl<T: Term<S>, S: Total, const SKIP: bool> Kernel<T::Stored> for Loop<'_, T, S, SKIP> {
    fn across(&mut self, cell: usize, _: usize, rows: &[&[T::Stored]]) {
        across::<T, S, SKIP>(&mut self.sums[cell..], &mut self.counts[cell..], rows);
    }

    fn along(&mut self, cell: usize, _: usize, values: &[T::Stored]) {
        // The lanes count in 32 bits.
        for values in values.chunks(1 << 30) {
            along::<T, S, SKIP>(&mut self.sums[cell], &mut self.counts[cell], values);
        }
    }
}

/// A value as it is added: without a branch, so that the loop is vectorised whatever is missing.
#[inline(always)]
fn term<T: Term<S>, S: Total, const SKIP: bool>(value: T::Stored) -> (S, u32) {
    let here = !(SKIP && T::is_missing(value));
    // Chosen before it is widened: twice as many fit in a vector.
    let value = if here { value } else { T::Stored::default() };
    (T::term(value), u32::from(here))
}

widest! {
    /// The values of each row to their own cells, four rows for each time that the state goes through memory.
    fn across<T: Term<S>, S: Total; const SKIP>(sums: &mut [S], counts: &mut [u64], rows: &[&[T::Stored]]) {
        let mut fours = rows.chunks_exact(4);
        for four in &mut fours {
            let n = four[0].len();
            let (a, b, c, d) = (four[0], &four[1][..n], &four[2][..n], &four[3][..n]);
            for (i, (sum, count)) in sums[..n].iter_mut().zip(&mut counts[..n]).enumerate() {
                let (first, one) = term::<T, S, SKIP>(a[i]);
                let (second, two) = term::<T, S, SKIP>(b[i]);
                let (third, three) = term::<T, S, SKIP>(c[i]);
                let (fourth, four) = term::<T, S, SKIP>(d[i]);
                *sum = sum.plus(first).plus(second).plus(third).plus(fourth);
                *count += u64::from(one + two + three + four);
            }
        }
        for row in fours.remainder() {
            for ((sum, count), &value) in sums.iter_mut().zip(&mut *counts).zip(*row) {
                let (term, one) = term::<T, S, SKIP>(value);
                *sum = sum.plus(term);
                *count += u64::from(one);
            }
        }
    }
}

/// Independent sums of one cell: as many additions in flight as the processor has room for.
const LANES: usize = 16;

widest! {
    /// All values to one cell.
    fn along<T: Term<S>, S: Total; const SKIP>(sum: &mut S, count: &mut u64, values: &[T::Stored]) {
        let mut sums = [S::default(); LANES];
        let mut counts = [0u32; LANES];
        let mut chunks = values.chunks_exact(LANES);
        for chunk in &mut chunks {
            for ((sum, count), &value) in sums.iter_mut().zip(&mut counts).zip(chunk) {
                let (term, one) = term::<T, S, SKIP>(value);
                *sum = sum.plus(term);
                *count += one;
            }
        }
        let mut total = sums.into_iter().fold(S::default(), S::plus);
        let mut counted = counts.iter().sum::<u32>();
        for &value in chunks.remainder() {
            let (term, one) = term::<T, S, SKIP>(value);
            total = total.plus(term);
            counted += one;
        }
        *sum = sum.plus(total);
        *count += u64::from(counted);
    }
}
