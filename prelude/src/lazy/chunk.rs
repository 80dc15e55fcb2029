//! How a plan is cut: whole blocks of its files, as many at once as make a window worth reading.

use super::Plan;
use super::lines::{Flow, Lines};
use super::op::{Op, Reduce};
use super::walk::{Found, Walk};
use crate::values::{self, Pick};
use std::ops::Range;
use std::rc::Rc;

/// Where an axis may be cut without a file's block being decoded twice.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cuts {
    /// Anywhere; the length.
    Free(usize),
    /// Between these lengths.
    Blocks(Rc<[usize]>),
    /// Between these lengths and nowhere else, and at each of them: chunks that somebody asked for.
    Chunks(Rc<[usize]>),
}

impl Cuts {
    pub fn len(&self) -> usize {
        match self {
            Self::Free(len) => *len,
            Self::Blocks(lengths) | Self::Chunks(lengths) => lengths.iter().sum(),
        }
    }

    /// The most that one block has.
    pub fn unit(&self) -> usize {
        match self {
            Self::Free(len) => 1.min(*len),
            Self::Blocks(lengths) | Self::Chunks(lengths) => lengths.iter().copied().max().unwrap_or(0),
        }
    }

    /// How many pieces there could be at most.
    pub fn pieces(&self) -> usize {
        match self {
            Self::Free(len) => *len,
            Self::Blocks(lengths) | Self::Chunks(lengths) => lengths.len(),
        }
    }

    /// The same with neighbouring blocks joined until they have `least` together.
    pub fn joined(&self, least: usize) -> Self {
        let least = least.min(self.len());
        match self {
            // What somebody asked for stays.
            Self::Chunks(_) => self.clone(),
            _ if self.unit() >= least => self.clone(),
            Self::Free(len) => Self::Blocks((0..*len).step_by(least).map(|at| least.min(len - at)).collect()),
            Self::Blocks(lengths) => {
                let mut joined: Vec<usize> = Vec::new();
                for &length in lengths.iter() {
                    match joined.last_mut() {
                        Some(last) if *last < least => *last += length,
                        _ => joined.push(length),
                    }
                }
                Self::Blocks(joined.into())
            }
        }
    }

    /// The axis in one piece.
    pub fn whole(&self) -> Self {
        match self {
            Self::Chunks(_) => Self::Chunks([self.len()].into()),
            _ => Self::Blocks([self.len()].into()),
        }
    }

    /// An axis of runs of `factor`, where this is the axis that they make up.
    fn of_runs(&self, factor: usize) -> Self {
        let cut = |lengths: &[usize]| -> Rc<[usize]> {
            // Cut where a run ends, next to where a block does.
            let (mut runs, mut end, mut done) = (Vec::new(), 0, 0);
            for &length in lengths {
                end += length;
                let run = if end.is_multiple_of(factor) || end - done >= LONG * factor.max(length) {
                    end / factor
                } else {
                    0
                };
                if run * factor > done {
                    runs.push(run - done / factor);
                    done = run * factor;
                }
            }
            if end / factor * factor > done {
                runs.push((end - done) / factor);
            }
            runs.into()
        };
        match self {
            Self::Free(len) => Self::Free(len / factor),
            Self::Blocks(lengths) => Self::Blocks(cut(lengths)),
            Self::Chunks(lengths) => Self::Chunks(cut(lengths)),
        }
    }

    /// About `count` pieces of about equal length.
    fn cut(&self, count: usize) -> Vec<usize> {
        let len = self.len();
        let count = count.clamp(1, self.pieces().max(1));
        if len == 0 {
            return Vec::new();
        }
        match self {
            Self::Chunks(lengths) => lengths.to_vec(),
            Self::Free(_) => (0..count).map(|n| share(n + 1, len, count) - share(n, len, count)).collect(),
            Self::Blocks(lengths) => {
                let mut pieces = Vec::with_capacity(count);
                let (mut piece, mut end) = (0, 0);
                for &length in lengths.iter().filter(|&&length| length > 0) {
                    // Cut before a block that would go further beyond the ideal end than leaving it out falls short.
                    let ideal = share(pieces.len() + 1, len, count);
                    if piece > 0
                        && end + length > ideal
                        && (end + length).saturating_sub(ideal) > ideal.saturating_sub(end)
                    {
                        pieces.push(piece);
                        piece = 0;
                    }
                    piece += length;
                    end += length;
                }
                pieces.push(piece);
                pieces
            }
        }
    }
}

/// Where the `n`-th of `count` even pieces of `len` begins.
fn share(n: usize, len: usize, count: usize) -> usize {
    (n as u128 * len as u128 / count as u128) as usize
}

/// The cuts of each axis of `plan`, from the files that it reads.
pub(crate) fn cuts(plan: &Plan) -> Vec<Cuts> {
    all_cuts(&Walk::of([plan])).take(plan)
}

/// The same for every expression of a walk.
pub(crate) fn all_cuts(walk: &Walk<'_>) -> Found<Vec<Cuts>> {
    walk.fold(of_node)
}

fn of_node(plan: &Plan, found: &Found<Vec<Cuts>>) -> Vec<Cuts> {
    let node = plan.node();
    let free = || plan.shape().iter().map(|&len| Cuts::Free(len)).collect::<Vec<_>>();
    let input = || found.of(&node.inputs[0]).clone();
    match &node.op {
        Op::Memory { .. } | Op::Deferred(_) => free(),
        Op::Source { source, picks } => {
            let cut = |(pick, &block): (&Pick, &usize)| {
                let lengths = of_pick(pick, block);
                if source.is_chunked() { Cuts::Chunks(lengths) } else { Cuts::Blocks(lengths) }
            };
            picks.iter().zip(source.block()).map(cut).collect()
        }
        Op::Concat { axis, .. } => {
            // Parts are alike but along the axis, so the first that is read speaks for all.
            let parts = &node.inputs;
            let first = parts.iter().find(|part| part.is_lazy()).unwrap_or(&parts[0]);
            let mut cuts = found.of(first).clone();
            let chunked = matches!(cuts[*axis], Cuts::Chunks(_));
            let mut lengths = Vec::with_capacity(parts.len());
            for part in parts {
                match part.shape()[*axis] {
                    1 => lengths.push(1),
                    _ => match &found.of(part)[*axis] {
                        Cuts::Free(len) => lengths.push(*len),
                        Cuts::Blocks(blocks) | Cuts::Chunks(blocks) => lengths.extend_from_slice(blocks),
                    },
                }
            }
            let lengths = lengths.into();
            cuts[*axis] = if chunked { Cuts::Chunks(lengths) } else { Cuts::Blocks(lengths) };
            cuts
        }
        Op::Transpose { order } => {
            let inner = found.of(&node.inputs[0]);
            order.iter().map(|&axis| inner[axis].clone()).collect()
        }
        Op::InsertAxis { axis } => {
            let mut cuts = input();
            cuts.insert(*axis, Cuts::Free(1));
            cuts
        }
        Op::DropAxis { axis } => {
            let mut cuts = input();
            cuts.remove(*axis);
            cuts
        }
        Op::Take { axis, pick } => {
            let mut cuts = input();
            cuts[*axis] = match cuts[*axis] {
                Cuts::Free(_) => Cuts::Free(pick.len()),
                _ => of_part(&cuts[*axis], pick),
            };
            cuts
        }
        Op::SplitAxis { axis, factor } => {
            let mut cuts = input();
            cuts[*axis] = cuts[*axis].of_runs(*factor);
            cuts.insert(axis + 1, Cuts::Blocks([*factor].into()));
            cuts
        }
        Op::Lines(lines) => {
            let mut cuts = input();
            cuts[lines.axis] = of_lines(&cuts[lines.axis], lines);
            cuts
        }
        Op::Reduce(Reduce { op, axes, .. }) => {
            let inner = found.of(&node.inputs[0]);
            let kept = (0..inner.len()).filter(|axis| !axes.contains(axis)).map(|axis| inner[axis].clone());
            kept.chain(op.answers().map(Cuts::Free)).collect()
        }
        Op::Unary(_)
        | Op::Map { .. }
        | Op::Cast
        | Op::Binary { .. }
        | Op::Select
        | Op::Broadcast
        | Op::Lookup { .. } => {
            let mut cuts = free();
            for input in &node.inputs {
                for (cut, inner) in cuts.iter_mut().zip(found.of(input)) {
                    if cut.len() == inner.len() {
                        *cut = finer(cut.clone(), inner.clone());
                    }
                }
            }
            cuts
        }
    }
}

/// A piece of runs is at most about so many times as long as a run or a block.
const LONG: usize = 4;

/// Neighbours in the pick that lie in one piece stay together.
fn of_part(cuts: &Cuts, pick: &Pick) -> Cuts {
    let (Cuts::Blocks(lengths) | Cuts::Chunks(lengths)) = cuts else { return Cuts::Free(pick.len()) };
    let ends: Vec<usize> = lengths
        .iter()
        .scan(0, |end, length| {
            *end += length;
            Some(*end)
        })
        .collect();
    let mut pieces: Vec<usize> = Vec::new();
    let mut last = None;
    for n in 0..pick.len() {
        let of = ends.partition_point(|&end| end <= pick.position(n));
        match pieces.last_mut() {
            Some(length) if last == Some(of) => *length += 1,
            _ => pieces.push(1),
        }
        last = Some(of);
    }
    if matches!(cuts, Cuts::Chunks(_)) { Cuts::Chunks(pieces.into()) } else { Cuts::Blocks(pieces.into()) }
}

/// The cuts of results, where those of the lines' input are `cuts`: each is cut where the input is.
fn of_lines(cuts: &Cuts, lines: &Lines) -> Cuts {
    let (Cuts::Blocks(lengths) | Cuts::Chunks(lengths)) = cuts else {
        let free = Cuts::Free(lines.take.len());
        // A piece takes in again what it shares with its neighbours: a short one would be little else.
        return if let Flow::Near(shared) = lines.op.flow() { free.joined(shared * LONG) } else { free };
    };
    // A result comes with the last element that it follows from.
    let mut pieces: Vec<usize> = Vec::new();
    let (mut end, mut done) = (lines.offset, lines.take.start);
    for &length in lengths.iter() {
        end += length;
        let with = lines.upto(end, done);
        if with > done {
            pieces.push(with - done);
            done = with;
        }
    }
    if done < lines.take.end {
        pieces.push(lines.take.end - done);
    }
    if matches!(cuts, Cuts::Chunks(_)) { Cuts::Chunks(pieces.into()) } else { Cuts::Blocks(pieces.into()) }
}

/// Of two ways to cut one axis: the chunks that were asked for, else the blocks of files.
pub(crate) fn finer(a: Cuts, b: Cuts) -> Cuts {
    match (&a, &b) {
        (Cuts::Chunks(_), _) | (_, Cuts::Free(_)) => a,
        (_, Cuts::Chunks(_)) | (Cuts::Free(_), _) => b,
        _ => a,
    }
}

/// More places to cut an axis than this are of no use to anybody.
const MOST_CUTS: usize = 1 << 16;

/// Neighbours in the pick that lie in one block of the file stay together.
fn of_pick(pick: &Pick, block: usize) -> Rc<[usize]> {
    let block = block.max(1);
    match pick {
        Pick::Range { start, len, step } => of_range(*start, *len, *step, block),
        Pick::List(list) => {
            let mut lengths: Vec<usize> = Vec::new();
            let mut last = None;
            for position in list.iter() {
                let of = position / block;
                match lengths.last_mut() {
                    Some(length) if last == Some(of) => *length += 1,
                    _ => lengths.push(1),
                }
                last = Some(of);
            }
            lengths.into()
        }
    }
}

/// [`of_pick`] for a range, block by block: an axis may have thousands of millions of positions.
fn of_range(start: usize, len: usize, step: isize, block: usize) -> Rc<[usize]> {
    let stride = step.unsigned_abs().max(1);
    let blocks = len.saturating_mul(stride) / block;
    let block = block.saturating_mul(blocks.div_ceil(MOST_CUTS).max(1));
    let (mut lengths, mut n) = (Vec::new(), 0);
    while n < len {
        let position = start.wrapping_add_signed(n as isize * step);
        let within = position % block;
        let room = if step < 0 { within } else { block - 1 - within };
        let length = (room / stride + 1).min(len - n);
        lengths.push(length);
        n += length;
    }
    lengths.into()
}

/// How the windows over an array are to be.
pub(crate) struct Aim<'a> {
    /// Bytes that a window takes for each of its elements, state included.
    pub cell_bytes: usize,
    /// Bytes that a window may take.
    pub window_bytes: usize,
    /// Axes that may be cut more finely to keep every thread busy.
    pub parallel: &'a [usize],
    /// How many threads there are to keep busy.
    pub threads: usize,
}

/// Below this, a window costs more to hand out than to compute.
const LEAST_BYTES: usize = 256 << 10;

/// The lengths of the windows along each axis.
///
/// A window is one block of the files, grown from the last axis outwards (the order in
/// which files hold their cells) up to `window_bytes`. Only the `parallel` axes depend
/// on the number of threads; the order of additions along the others never does.
pub(crate) fn windows(cuts: &[Cuts], aim: &Aim<'_>) -> Vec<Vec<usize>> {
    let room = (aim.window_bytes / aim.cell_bytes.max(1)).max(1);
    let mut counts: Vec<usize> = cuts.iter().map(Cuts::pieces).collect();
    let mut cells = cuts.iter().map(|cuts| cuts.unit().max(1)).fold(1, usize::saturating_mul);
    for (cut, count) in cuts.iter().zip(&mut counts).rev() {
        if matches!(cut, Cuts::Chunks(_)) {
            continue;
        }
        let grown = (room / cells * cut.unit()).clamp(cut.unit(), cut.len().max(1)).max(1);
        *count = cut.len().div_ceil(grown);
        cells = (cells / cut.unit().max(1)).saturating_mul(grown);
        if *count > 1 {
            break;
        }
    }
    let bytes = cells.saturating_mul(aim.cell_bytes);
    // The outermost axis that has room to be cut: its pieces are the longest runs in the files.
    let candidate = aim.parallel.iter().copied().find(|&axis| counts[axis] < cuts[axis].pieces());
    if let Some(axis) = candidate.filter(|_| aim.threads > 1) {
        let others = aim.parallel.iter().filter(|&&other| other != axis).map(|&other| counts[other].max(1));
        let others = others.fold(1, usize::saturating_mul);
        let most = counts[axis].max(1).saturating_mul((bytes / LEAST_BYTES).max(1)).min(cuts[axis].pieces());
        let wanted = (4 * aim.threads).div_ceil(others).clamp(counts[axis].max(1), most.max(counts[axis]).max(1));
        // An even number of rounds, so that no thread sits out the last one.
        let all = wanted.checked_mul(others).and_then(|all| all.checked_next_multiple_of(aim.threads));
        let even = all.map_or(wanted, |all| all.div_ceil(others));
        counts[axis] = if even <= most { even } else { wanted };
    }
    cuts.iter().zip(counts).map(|(cut, count)| cut.cut(count)).collect()
}

/// The numbers that windows have in their [`product`], in groups that differ along the axis `in_order` only.
pub(crate) fn sequences(blocks: &[Vec<usize>], in_order: Option<usize>) -> Vec<Vec<usize>> {
    let count = count(blocks);
    let Some(axis) = in_order else { return (0..count).map(|n| vec![n]).collect() };
    let inner: usize = blocks[axis + 1..].iter().map(Vec::len).product();
    let along = blocks[axis].len();
    if count == 0 {
        return Vec::new();
    }
    let firsts = (0..count / along).map(|n| n / inner * inner * along + n % inner);
    firsts.map(|first| (0..along).map(|n| first + n * inner).collect()).collect()
}

/// The parts in groups, each part in one.
pub(crate) fn grouped<T>(parts: Vec<T>, groups: &[Vec<usize>]) -> Vec<Vec<T>> {
    let mut parts: Vec<Option<T>> = parts.into_iter().map(Some).collect();
    groups.iter().map(|group| group.iter().filter_map(|&n| parts[n].take()).collect()).collect()
}

/// How many windows there are.
pub(crate) fn count(blocks: &[Vec<usize>]) -> usize {
    values::count(&blocks.iter().map(Vec::len).collect::<Vec<_>>())
}

/// Every window, in axis order, as the range that it has of each axis.
pub(crate) fn product(blocks: &[Vec<usize>]) -> Vec<Vec<Range<usize>>> {
    let mut windows: Vec<Vec<Range<usize>>> = vec![Vec::new()];
    for lengths in blocks {
        let mut ranges = Vec::with_capacity(lengths.len());
        let mut start = 0;
        for &length in lengths {
            ranges.push(start..start + length);
            start += length;
        }
        windows = windows
            .iter()
            .flat_map(|window| ranges.iter().map(|range| [&window[..], std::slice::from_ref(range)].concat()))
            .collect();
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_where_the_list_of_its_positions_is() {
        for (start, len, step, block) in
            [(0, 10, 1, 3), (2, 7, 1, 4), (1, 5, 3, 4), (20, 7, -3, 4), (9, 10, -1, 5), (0, 3, 9, 2)]
        {
            let range = Pick::Range { start, len, step };
            let list = Pick::List((0..len).map(|n| range.position(n)).collect());
            assert_eq!(of_pick(&range, block), of_pick(&list, block), "{range:?} in blocks of {block}");
        }
        assert!(of_pick(&Pick::range(0..0), 4).is_empty());
    }

    #[test]
    fn an_axis_of_thousands_of_millions_has_few_cuts() {
        let cuts = of_pick(&Pick::range(0..(1 << 31) - 1), 128);
        assert!(cuts.len() <= MOST_CUTS + 1 && cuts[0].is_multiple_of(128));
        assert_eq!(cuts.iter().sum::<usize>(), (1 << 31) - 1);
    }
}
