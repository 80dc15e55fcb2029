//! Medians: the values of a window are kept in order, one goes and one comes.

use super::fold::Float;
use super::{Block, LineOp, Rolling};
use crate::values::Values;

pub(super) fn run<T: Float>(rolling: &Rolling, block: Block) -> Values {
    let mut results = block.results::<T>();
    let (here, inner, outs) = (block.here(), block.inner(), block.out.len());
    let values = block.slice::<T>();
    let mut sorted: Vec<T> = Vec::with_capacity(rolling.window() + 1);
    let mut line: Vec<T> = vec![T::NAN; here];
    let needs: Vec<_> = block.out.clone().map(|out| rolling.needs(out..out + 1, block.length)).collect();
    for (outer, lane) in (0..block.outer()).flat_map(|outer| (0..inner).map(move |lane| (outer, lane))) {
        let own = values[outer * here * inner + lane..].iter().step_by(inner);
        line.iter_mut().zip(own).for_each(|(to, &from)| *to = from);
        // Both zeros are one, so that it does not matter which of two leaves first.
        let one_zero = |value: T| T::rounded(value.to_f64() + 0.0);
        let at = |position: usize| Some(line[position - block.start]).filter(|value| !value.is_missing()).map(one_zero);
        sorted.clear();
        let mut held = needs.first().map_or(0..0, |first| first.start..first.start);
        for (n, wanted) in needs.iter().enumerate() {
            let (mut gone, mut new) = (held.start..wanted.start, held.end..wanted.end);
            loop {
                match (gone.next(), new.next()) {
                    (None, None) => break,
                    (gone, new) => exchange(&mut sorted, gone.and_then(at), new.and_then(at)),
                }
            }
            held = wanted.clone();
            let half = sorted.len() / 2;
            let median = match sorted.len() {
                0 => f64::NAN,
                few if few < rolling.least => f64::NAN,
                odd if odd % 2 == 1 => sorted[half].to_f64(),
                _ => sorted[half - 1].to_f64().midpoint(sorted[half].to_f64()),
            };
            results[(outer * outs + n) * inner + lane] = T::rounded(median);
        }
    }
    block.finish(results)
}

/// Windows longer than this are searched by halves.
const LONG: usize = 32;

/// Where the first that is not below `value` stands.
fn place<T: Float>(sorted: &[T], value: T) -> usize {
    match sorted.len() <= LONG {
        true => sorted.iter().filter(|&&other| other < value).count(),
        false => sorted.partition_point(|&other| other < value),
    }
}

/// One value goes, another one comes; those between them move by one place.
fn exchange<T: Float>(sorted: &mut Vec<T>, gone: Option<T>, new: Option<T>) {
    match (gone, new) {
        (None, None) => {}
        (None, Some(new)) => {
            let to = place(sorted, new);
            sorted.insert(to, new);
        }
        (Some(gone), None) => {
            let from = place(sorted, gone);
            sorted.remove(from);
        }
        (Some(gone), Some(new)) => {
            let (from, to) = (place(sorted, gone), place(sorted, new));
            // Of those that stay, `to` (less the one that goes) are below the new one.
            if to > from {
                sorted.copy_within(from + 1..to, from);
                sorted[to - 1] = new;
            } else {
                sorted.copy_within(to..from, to + 1);
                sorted[to] = new;
            }
        }
    }
}
