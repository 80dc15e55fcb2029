//! Median and quantiles, which have to see all values of a cell at once.

use super::layout::{Kernel, walk};
use super::{Accumulator, Reader, Setup, Slab, Writer, same_kind};
use crate::Result;
use crate::lazy::blocks::{Stored, damaged};
use crate::values::{DType, Element, Values};
use std::sync::Arc;

/// What is asked of the values of each cell.
pub(super) enum Ask {
    Median,
    Quantiles(Arc<[f64]>),
}

pub(super) fn start(ask: Ask, setup: Setup<'_>) -> Box<dyn Accumulator> {
    match setup.input {
        DType::F32 => Box::new(Hold::<f32>::new(ask, setup)),
        _ => Box::new(Hold::<f64>::new(ask, setup)),
    }
}

struct Hold<T> {
    ask: Ask,
    /// `length` places for each cell, of which the first `counts` are taken.
    values: Vec<T>,
    counts: Vec<usize>,
    length: usize,
    skip: bool,
}

impl<T: Float> Hold<T> {
    fn new(ask: Ask, setup: Setup<'_>) -> Self {
        let Setup { options, cells, length, .. } = setup;
        let values = vec![T::default(); cells * length];
        Self { ask, values, counts: vec![0; cells], length, skip: options.skip_missing }
    }

    /// The place after those taken is written to whatever the value is, and counts only if it is kept: no branch.
    #[inline(always)]
    fn push(&mut self, cell: usize, value: T) {
        let count = &mut self.counts[cell];
        self.values[cell * self.length + *count] = value;
        *count += usize::from(!(self.skip && value.is_nan()));
    }
}

/// A float that can be put in order as a whole number, which takes a third of the time.
trait Float: Element + Stored {
    type Key: Copy + Ord;

    fn is_nan(self) -> bool;
    /// A number that is larger where the float is, of all but NaN; -0 is below 0.
    fn key(self) -> Self::Key;
    fn of_key(key: Self::Key) -> f64;
}

macro_rules! float {
    ($($type:ident $key:ident $bits:ident;)*) => {$(
        impl Float for $type {
            type Key = $key;

            #[inline(always)]
            fn is_nan(self) -> bool {
                $type::is_nan(self)
            }

            #[inline(always)]
            fn key(self) -> $key {
                let bits = self.to_bits() as $key;
                // Of negative numbers all bits but the sign are turned, so that the larger magnitude comes first.
                bits ^ (((bits >> ($key::BITS - 1)) as $bits) >> 1) as $key
            }

            #[inline(always)]
            fn of_key(key: $key) -> f64 {
                let bits = key ^ (((key >> ($key::BITS - 1)) as $bits) >> 1) as $key;
                f64::from($type::from_bits(bits as $bits))
            }
        }
    )*};
}

float! {
    f32 i32 u32;
    f64 i64 u64;
}

/// The values of one cell, of which no one is NaN, in more and more order.
struct Sorting<'a, T: Float> {
    keys: &'a mut [T::Key],
    /// Before this lie smaller ones only, and this is where it belongs.
    from: usize,
}

impl<T: Float> Sorting<'_, T> {
    /// The `n`-th smallest; `n` is not less than in the call before.
    fn nth(&mut self, n: usize) -> f64 {
        let (_, nth, _) = self.keys[self.from..].select_nth_unstable(n - self.from);
        let nth = T::of_key(*nth);
        self.from = n;
        nth
    }

    /// The smallest after the `n`-th that was asked for last; that itself if it is the last.
    fn next(&self) -> f64 {
        T::of_key(self.keys[self.from + 1..].iter().copied().min().unwrap_or(self.keys[self.from]))
    }
}

/// The mean of the middle two, or the middle one.
fn middle<T: Float>(keys: &mut [T::Key]) -> f64 {
    let half = (keys.len() - 1) / 2;
    let even = keys.len().is_multiple_of(2);
    let mut sorting = Sorting::<T> { keys, from: 0 };
    let lower = sorting.nth(half);
    if even { lower.midpoint(sorting.next()) } else { lower }
}

/// The value below which each share of the values lie, on the straight line between two of them, as NumPy has it.
/// `order` are the numbers of the shares, the smallest share first.
fn quantiles<T: Float>(keys: &mut [T::Key], shares: &[f64], order: &[usize], found: &mut [f64]) {
    let last = (keys.len() - 1) as f64;
    let mut sorting = Sorting::<T> { keys, from: 0 };
    for &n in order {
        let place = shares[n] * last;
        let low = sorting.nth(place.floor() as usize);
        found[n] = match place - place.floor() {
            0.0 => low,
            weight => between(low, sorting.next(), weight),
        };
    }
}

/// The value at `weight` (0 to 1) of the straight line from `low` to `high`, rounded as NumPy rounds it.
fn between(low: f64, high: f64, weight: f64) -> f64 {
    if low == high {
        return low;
    }
    // Every point between a number and an infinity is that infinity; between the two infinities none is defined, and
    // their sum is NaN.
    if low.is_infinite() || high.is_infinite() {
        return low + high;
    }
    let step = high - low;
    if step.is_infinite() {
        return low * (1.0 - weight) + high * weight;
    }
    if weight < 0.5 { low + step * weight } else { high - step * (1.0 - weight) }
}

/// What is done with a cell and the keys of its values, if it has an answer.
type Answer<'a, K> = &'a mut dyn FnMut(usize, Option<&mut [K]>);

impl<T: Float> Accumulator for Hold<T> {
    fn add(&mut self, slabs: &[Slab]) {
        let slabs: Vec<Slab> = slabs.iter().map(|slab| slab.cast(T::DTYPE)).collect();
        walk::<T>(&slabs, self);
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        for (cell, &count) in later.counts.iter().enumerate() {
            for &value in &later.values[cell * later.length..][..count] {
                self.push(cell, value);
            }
        }
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        let mut keys: Vec<T::Key> = Vec::with_capacity(self.length);
        // Where there is no value, or one that is NaN, the answer is NaN.
        let mut each = |answer: Answer<'_, T::Key>| {
            for (cell, &count) in self.counts.iter().enumerate() {
                let values = &self.values[cell * self.length..][..count];
                keys.clear();
                keys.extend(values.iter().map(|value| value.key()));
                let nothing = values.is_empty() || !self.skip && values.iter().any(|value| value.is_nan());
                answer(cell, (!nothing).then_some(&mut keys[..]));
            }
        };
        match &self.ask {
            Ask::Median => {
                let mut medians = vec![f64::NAN; self.counts.len()];
                each(&mut |cell, keys| medians[cell] = keys.map_or(f64::NAN, middle::<T>));
                Ok(match T::DTYPE {
                    DType::F32 => Values::from(medians.into_iter().map(|v| v as f32).collect::<Vec<_>>()),
                    _ => Values::from(medians),
                })
            }
            Ask::Quantiles(shares) => {
                let mut order: Vec<usize> = (0..shares.len()).collect();
                order.sort_by(|&a, &b| shares[a].total_cmp(&shares[b]));
                let mut found = vec![f64::NAN; self.counts.len() * shares.len()];
                each(&mut |cell, keys| {
                    if let Some(keys) = keys {
                        quantiles::<T>(keys, shares, &order, &mut found[cell * shares.len()..][..shares.len()]);
                    }
                });
                Ok(Values::from(found))
            }
        }
    }

    fn save(&self, to: &mut Writer) {
        to.array(&self.counts.iter().map(|&count| count as u64).collect::<Vec<_>>());
        let taken = |(cell, &count): (usize, &usize)| self.values[cell * self.length..][..count].iter().copied();
        to.array(&self.counts.iter().enumerate().flat_map(taken).collect::<Vec<_>>());
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<()> {
        let mut counts = vec![0u64; self.counts.len()];
        from.fill(&mut counts)?;
        let taken: Vec<T> = from.array()?;
        let mut rest = &taken[..];
        for (cell, &count) in counts.iter().enumerate() {
            let wrong = || damaged(format!("{count} values of a cell that has {} at most", self.length));
            let count = usize::try_from(count).ok().filter(|&count| count <= self.length).ok_or_else(wrong)?;
            let (own, others) = rest.split_at_checked(count).ok_or_else(wrong)?;
            self.values[cell * self.length..][..count].copy_from_slice(own);
            self.counts[cell] = count;
            rest = others;
        }
        match rest.len() {
            0 => Ok(()),
            more => Err(damaged(format!("{more} values more than its cells have"))),
        }
    }
}

impl<T: Float> Kernel<T> for Hold<T> {
    fn across(&mut self, cell: usize, _: usize, rows: &[&[T]]) {
        for row in rows {
            for (n, &value) in row.iter().enumerate() {
                self.push(cell + n, value);
            }
        }
    }

    fn along(&mut self, cell: usize, _: usize, values: &[T]) {
        if self.skip {
            for &value in values {
                self.push(cell, value);
            }
            return;
        }
        let count = &mut self.counts[cell];
        self.values[cell * self.length + *count..][..values.len()].copy_from_slice(values);
        *count += values.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantile(values: &[f64], shares: &[f64]) -> Vec<f64> {
        let mut order: Vec<usize> = (0..shares.len()).collect();
        order.sort_by(|&a, &b| shares[a].total_cmp(&shares[b]));
        let mut found = vec![0.0; shares.len()];
        quantiles::<f64>(&mut values.iter().map(|v| v.key()).collect::<Vec<_>>(), shares, &order, &mut found);
        found
    }

    fn same((a, b): (&f64, &f64)) -> bool {
        a == b || a.is_nan() && b.is_nan()
    }

    #[test]
    fn keys_are_in_the_order_of_their_floats() {
        let floats = [f64::NEG_INFINITY, -1e300, -1.5, -f64::MIN_POSITIVE, -0.0, 0.0, 5e-324, 1.0, 1.5, f64::INFINITY];
        assert!(floats.windows(2).all(|pair| pair[0].key() < pair[1].key()));
        assert!(floats.iter().all(|float| f64::of_key(float.key()).to_bits() == float.to_bits()));
        let singles = floats.map(|float| float as f32);
        assert!(singles.iter().all(|float| f32::of_key(float.key()) == f64::from(*float)));
        assert!(singles.is_sorted_by_key(|float| float.key()));
    }

    // inf = np.inf; [[np.nanquantile(v, q) for q in (0, .25, .5, .75, 1)] for v in ([5, inf], [-inf, 5], [-inf, inf],
    // [inf, inf], [5, 6, inf, inf], [-inf, 1, 2])]: where NumPy says NaN since its own sum of infinities did, there is what
    // lies there; between the two infinities nothing does.
    #[test]
    fn quantiles_beside_infinities_are_what_lies_there() {
        const INF: f64 = f64::INFINITY;
        const NAN: f64 = f64::NAN;
        let cases = [
            (vec![5.0, INF], [5.0, INF, INF, INF, INF]),
            (vec![-INF, 5.0], [-INF, -INF, -INF, -INF, 5.0]),
            (vec![-INF, INF], [-INF, NAN, NAN, NAN, INF]),
            (vec![INF, INF], [INF; 5]),
            (vec![5.0, INF, 6.0, INF], [5.0, 5.75, INF, INF, INF]),
            (vec![2.0, -INF, 1.0], [-INF, -INF, 1.0, 1.5, 2.0]),
        ];
        for (values, expected) in cases {
            let found = quantile(&values, &[0.0, 0.25, 0.5, 0.75, 1.0]);
            // In whichever order they are asked for.
            let turned = quantile(&values, &[1.0, 0.5, 0.0, 0.75, 0.25]);
            assert!(same((&turned[1], &found[2])) && same((&turned[4], &found[1])), "{values:?}: {turned:?}");
            assert!(found.iter().zip(&expected).all(same), "{values:?}: {found:?} instead of {expected:?}");
        }
    }

    #[test]
    fn a_step_beyond_the_largest_number_is_no_infinity() {
        let found = quantile(&[f64::MAX, -f64::MAX], &[0.5, 0.25]);
        assert_eq!(found[0], 0.0);
        assert!((found[1] / -f64::MAX - 0.5).abs() < 1e-15);
    }
}
