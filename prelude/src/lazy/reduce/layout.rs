//! How the cells of a slab lie in memory, as the tight loops want them: long runs, and several rows of them at a time.

use crate::values::{DType, Element, Values, each};

/// Values of some cells along a stretch of the reduced axes.
#[derive(Debug, Clone)]
pub(crate) struct Slab {
    values: Values,
    axes: Vec<usize>,
    layout: Layout,
    /// How many values of each cell came before, where one axis is reduced: its position there.
    offset: usize,
}

impl Slab {
    /// `axes` are the reduced ones, ascending. Values are copied only if they do not lie in runs.
    pub fn new(values: Values, axes: &[usize], offset: usize) -> Self {
        let (values, layout) = match Layout::of(&values, axes) {
            Some(layout) => (values, layout),
            None => {
                let values = values.standard();
                let layout = Layout::of(&values, axes).expect("values in axis order lie in runs");
                (values, layout)
            }
        };
        Self { values, axes: axes.to_vec(), layout, offset }
    }

    /// The same with values of another type.
    pub fn cast(&self, dtype: DType) -> Self {
        match self.values.dtype() == dtype {
            true => self.clone(),
            false => Self::new(self.values.cast(dtype), &self.axes, self.offset),
        }
    }

    /// The values, to use their memory again.
    pub fn into_values(self) -> Values {
        self.values
    }

    /// From the first element to the last, with what lies between the runs.
    fn slice<T: Element>(&self) -> &[T] {
        let array = T::of(&self.values).expect("a slab has the type its reduction was set up with");
        if array.is_empty() {
            return &[];
        }
        let axes = array.shape().iter().zip(array.strides());
        let last: usize = axes.map(|(&len, &stride)| if len > 1 { (len - 1) * stride.unsigned_abs() } else { 0 }).sum();
        // SAFETY: the strides of axes longer than 1 are positive (`Layout::of`), so the first element is the lowest and
        // the one at `last` the highest. Both are in the vector that the array shares, of which every element is
        // initialised, and which nobody changes while it is shared.
        unsafe { std::slice::from_raw_parts(array.as_ptr(), last + 1) }
    }
}

/// Cells that are taken through several rows at a time: their state stays in the nearest cache.
pub(super) const TILE: usize = 512;
/// Rows that a kernel gets at a time at most: so often the state of a cell stays in a register.
pub(super) const ROWS: usize = 16;
/// Runs of one cell that are shorter are turned into rows: a call for each would take longer than its additions.
const SHORT: usize = 16;

/// A loop over runs.
pub(crate) trait Kernel<T> {
    /// More values for each cell from `cell` on: one from each of the rows, in their order. The first row holds the
    /// `order`-th values of the cells. There are at most [`ROWS`] rows, of at most [`TILE`] cells.
    fn across(&mut self, cell: usize, order: usize, rows: &[&[T]]);

    /// More values for one cell, the `order`-th of it and those after it.
    fn along(&mut self, cell: usize, order: usize, values: &[T]);
}

/// Hands the values of the slabs, those of each cell in their order, to `kernel`.
pub(crate) fn walk<T: Element>(slabs: &[Slab], kernel: &mut impl Kernel<T>) {
    let [first, rest @ ..] = slabs else { return };
    let single = |slab: &Slab| {
        slab.layout.groups == first.layout.groups && slab.layout.groups.iter().all(|group| !group.reduced)
    };
    if !rest.is_empty() && slabs.iter().all(single) {
        // One value per cell in each slab, as in a mean over files.
        let parts: Vec<&[T]> = slabs.iter().map(Slab::slice::<T>).collect();
        if parts[0].is_empty() {
            return;
        }
        let (groups, last) = outer_and_last(&first.layout.groups);
        positions(groups, Place::default(), &mut |place| {
            let row = |n: usize| &parts[n][place.at..][..last];
            tiles(last, parts.len(), place.cell, first.offset, row, kernel);
        });
        return;
    }
    for slab in slabs {
        let values = slab.slice::<T>();
        if !values.is_empty() {
            one(&slab.layout.groups, values, slab.offset, kernel);
        }
    }
}

/// The values of one slab.
fn one<T: Element>(groups: &[Group], values: &[T], offset: usize, kernel: &mut impl Kernel<T>) {
    let start = Place { order: offset, ..Place::default() };
    match groups {
        [outer @ .., cells, run] if run.reduced && run.len < SHORT => {
            let mut turned = vec![T::default(); run.len * TILE.min(cells.len)];
            positions(outer, start, &mut |place| {
                for first in (0..cells.len).step_by(TILE) {
                    let tile = TILE.min(cells.len - first);
                    for n in 0..tile {
                        let from = &values[place.at + (first + n) * cells.stride..][..run.len];
                        from.iter().enumerate().for_each(|(k, &value)| turned[k * tile + n] = value);
                    }
                    let row = |k: usize| &turned[k * tile..][..tile];
                    tiles(tile, run.len, place.cell + first * cells.cells, place.order, row, kernel);
                }
            });
        }
        [outer @ .., run] if run.reduced => positions(outer, start, &mut |place| {
            kernel.along(place.cell, place.order, &values[place.at..][..run.len]);
        }),
        groups => {
            let (outer, last) = outer_and_last(groups);
            // The innermost axis that is reduced gives the rows; the loop over it is the innermost one.
            let rows = outer.iter().rposition(|group| group.reduced);
            let others: Vec<Group> =
                outer.iter().enumerate().filter(|(n, _)| Some(*n) != rows).map(|(_, &group)| group).collect();
            let (count, stride) = rows.map_or((1, 0), |n| (outer[n].len, outer[n].stride));
            positions(&others, start, &mut |place| {
                let row = |n: usize| &values[place.at + n * stride..][..last];
                tiles(last, count, place.cell, place.order, row, kernel);
            });
        }
    }
}

/// All groups but the innermost, which is one of kept axes, and the length of that.
fn outer_and_last(groups: &[Group]) -> (&[Group], usize) {
    match groups {
        [outer @ .., last] => (outer, last.len),
        [] => (&[], 1),
    }
}

/// Hands rows of `cells` cells to the kernel, some at a time.
fn tiles<'a, T: Element>(
    cells: usize,
    rows: usize,
    cell: usize,
    order: usize,
    row: impl Fn(usize) -> &'a [T],
    kernel: &mut impl Kernel<T>,
) {
    for first in (0..cells).step_by(TILE) {
        let tile = first..cells.min(first + TILE);
        for begin in (0..rows).step_by(ROWS) {
            let mut some: [&[T]; ROWS] = [&[]; ROWS];
            let count = ROWS.min(rows - begin);
            some[..count].iter_mut().enumerate().for_each(|(n, slot)| *slot = &row(begin + n)[tile.clone()]);
            kernel.across(cell + first, order + begin, &some[..count]);
        }
    }
}

/// Where a run begins: in the slab, among the cells, among the values of its cell.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    at: usize,
    cell: usize,
    order: usize,
}

/// Every position of the groups, the innermost one fastest.
fn positions(groups: &[Group], place: Place, visit: &mut impl FnMut(Place)) {
    let [first, rest @ ..] = groups else { return visit(place) };
    for n in 0..first.len {
        let next = Place {
            at: place.at + n * first.stride,
            cell: place.cell + n * first.cells,
            order: place.order + n * first.order,
        };
        positions(rest, next, visit);
    }
}

/// The axes of a slab in axis order, neighbours of one kind merged.
#[derive(Debug, Clone)]
struct Layout {
    groups: Vec<Group>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Group {
    reduced: bool,
    len: usize,
    /// From one element to the next along this group, in the slab.
    stride: usize,
    /// From one cell to the next along this group, in the result (0 if reduced).
    cells: usize,
    /// From one value of a cell to the next along this group (0 if kept).
    order: usize,
}

impl Layout {
    /// None if the values do not lie in runs, or if reduced axes that are neighbours do not lie as one: how values are
    /// grouped along the reduced axes depends on the shape alone, never on how they lie.
    fn of(values: &Values, axes: &[usize]) -> Option<Self> {
        each!(values, a => Self::new(a.shape(), a.strides(), axes))
    }

    fn new(shape: &[usize], strides: &[isize], axes: &[usize]) -> Option<Self> {
        let mut groups: Vec<Group> = Vec::new();
        let (mut cells, mut order) = (1, 1);
        let empty = shape.contains(&0);
        // What the stride of an axis is where all lies in axis order; that of an axis of length 1 or 0 means nothing.
        let mut dense = 1;
        for (axis, (&len, &stride)) in shape.iter().zip(strides).enumerate().rev() {
            let reduced = axes.contains(&axis);
            let stride = if empty || len == 1 { dense } else { usize::try_from(stride).ok().filter(|&s| s > 0)? };
            dense = stride * len;
            if reduced && len == 1 {
                // Dropping it lets the kept axes around it merge, and leaves the order of addition alone.
                continue;
            }
            match groups.last_mut() {
                Some(last) if last.reduced == reduced && (last.len == 1 || stride == last.stride * last.len) => {
                    if last.len == 1 {
                        last.stride = stride;
                    }
                    last.len *= len;
                }
                Some(last) if last.reduced == reduced && len == 1 => {}
                Some(last) if last.reduced && reduced => return None,
                _ if reduced => groups.push(Group { reduced, len, stride, cells: 0, order }),
                _ => groups.push(Group { reduced, len, stride, cells, order: 0 }),
            }
            if reduced { order *= len } else { cells *= len }
        }
        if groups.first().is_some_and(|innermost| innermost.len > 1 && innermost.stride != 1) {
            return None;
        }
        groups.reverse();
        Some(Self { groups })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Record(Vec<(usize, usize, Vec<i32>)>);

    impl Kernel<i32> for Record {
        fn across(&mut self, cell: usize, order: usize, rows: &[&[i32]]) {
            assert!(rows.len() <= ROWS && rows.iter().all(|row| row.len() <= TILE));
            for (k, row) in rows.iter().enumerate() {
                self.0.extend(row.iter().enumerate().map(|(n, &v)| (cell + n, order + k, vec![v])));
            }
        }
        fn along(&mut self, cell: usize, order: usize, values: &[i32]) {
            self.0.extend(values.iter().enumerate().map(|(n, &v)| (cell, order + n, vec![v])));
        }
    }

    fn visits(axes: &[usize]) -> Vec<(usize, usize, i32)> {
        let shape = [2, 3, 2];
        visits_of(Values::from_shape_vec(&shape, (0..12).collect::<Vec<i32>>()).unwrap(), axes)
    }

    fn visits_of(values: Values, axes: &[usize]) -> Vec<(usize, usize, i32)> {
        let mut record = Record::default();
        walk(&[Slab::new(values, axes, 0)], &mut record);
        let mut visits: Vec<_> = record.0.into_iter().map(|(cell, order, v)| (cell, order, v[0])).collect();
        visits.sort_unstable();
        visits
    }

    #[test]
    fn each_value_reaches_its_cell_in_axis_order() {
        for axes in [&[][..], &[0], &[1], &[2], &[0, 1], &[0, 2], &[1, 2], &[0, 1, 2]] {
            let mut expected = Vec::new();
            let mut value = 0;
            for i in 0..2 {
                for j in 0..3 {
                    for k in 0..2 {
                        let (mut cell, mut order) = (0, 0);
                        for (axis, (at, len)) in [(i, 2), (j, 3), (k, 2)].into_iter().enumerate() {
                            let number = if axes.contains(&axis) { &mut order } else { &mut cell };
                            *number = *number * len + at;
                        }
                        expected.push((cell, order, value));
                        value += 1;
                    }
                }
            }
            expected.sort_unstable();
            assert_eq!(visits(axes), expected, "reducing {axes:?}");
        }
    }

    #[test]
    fn a_batch_visits_cells_as_its_slabs_do_one_by_one() {
        let slab = |n: usize| {
            let values: Vec<i32> = (0..10_000).map(|v| v * 10 + n as i32).collect();
            Slab::new(Values::from_shape_vec(&[1, 100, 100], values).unwrap(), &[0], n)
        };
        let slabs = [slab(0), slab(1), slab(2)];
        let (mut together, mut apart) = (Record::default(), Record::default());
        walk(&slabs, &mut together);
        slabs.iter().for_each(|slab| walk(std::slice::from_ref(slab), &mut apart));
        let of_cell =
            |record: &Record, cell| record.0.iter().filter(|visit| visit.0 == cell).cloned().collect::<Vec<_>>();
        assert_eq!(together.0.len(), 30_000);
        for cell in [0, TILE - 1, TILE, 9_999] {
            assert_eq!(of_cell(&together, cell), of_cell(&apart, cell));
            assert_eq!(of_cell(&together, cell).iter().map(|visit| visit.1).collect::<Vec<_>>(), [0, 1, 2]);
        }
    }

    // Larger than a tile and than the rows of one call, so that every loop goes round more than once.
    #[test]
    fn parts_and_turned_values_are_visited_as_their_copies() {
        let shape = [5, 40, 9, 30];
        let all = Values::from_shape_vec(&shape, (0..54_000).collect::<Vec<i32>>()).unwrap();
        let parts = [
            all.clone(),
            all.window(&[0..5, 3..37, 0..9, 0..30]),
            all.window(&[1..4, 0..40, 2..3, 5..30]),
            all.window(&[0..5, 0..40, 0..9, 7..8]),
            all.window(&[0..5, 0..40, 0..9, 7..10]),
            all.transpose(&[3, 1, 0, 2]),
            all.transpose(&[0, 2, 1, 3]),
            all.index(&[
                crate::values::AxisIndex::Range { start: 4, len: 3, step: -2 },
                crate::values::AxisIndex::all(40),
                crate::values::AxisIndex::Range { start: 0, len: 5, step: 2 },
                crate::values::AxisIndex::all(30),
            ])
            .unwrap(),
        ];
        for part in parts {
            for axes in (0..16usize).map(|set| (0..4).filter(|axis| set >> axis & 1 == 1).collect::<Vec<_>>()) {
                let what = format!("{:?} reducing {axes:?}", part.shape());
                assert!(visits_of(part.clone(), &axes) == visits_of(part.standard(), &axes), "{what}");
            }
        }
    }
}
