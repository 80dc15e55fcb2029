//! How the cells of a slab lie in memory, as the tight loops want them: long runs.

use crate::values::{DType, Element, Values};

/// Values of some cells along a stretch of the reduced axes.
#[derive(Debug, Clone)]
pub(crate) struct Slab {
    values: Values,
    layout: Layout,
    /// How many values of each cell came before, where one axis is reduced: its position there.
    offset: usize,
}

impl Slab {
    /// `axes` are the reduced ones, ascending.
    pub fn new(values: Values, axes: &[usize], offset: usize) -> Self {
        let layout = Layout::new(values.shape(), axes);
        Self { values: values.standard(), layout, offset }
    }

    /// The same with values of another type.
    pub fn cast(&self, dtype: DType) -> Self {
        Self { values: self.values.cast(dtype), ..self.clone() }
    }

    /// The values, to use their memory again.
    pub fn into_values(self) -> Values {
        self.values
    }

    fn slice<T: Element>(&self) -> &[T] {
        self.values.as_slice().expect("a slab has the type its reduction was set up with")
    }
}

/// Cells that are taken through a batch of slabs at a time: their state stays in the nearest cache.
const TILE: usize = 1024;

/// Hands each run of the slabs, in their order, to `kernel`: neighbouring cells, or values of one cell.
pub(crate) fn walk<T: Element>(slabs: &[Slab], kernel: &mut impl Kernel<T>) {
    let single = |slab: &Slab| matches!(slab.layout.groups[..], [Group { reduced: false, .. }]);
    if slabs.len() > 1 && slabs.iter().all(single) {
        // One value per cell in each slab, as in a mean over files.
        let cells = slabs[0].values.len();
        for start in (0..cells).step_by(TILE) {
            for slab in slabs {
                kernel.across(start, slab.offset, &slab.slice()[start..cells.min(start + TILE)]);
            }
        }
        return;
    }
    for slab in slabs {
        let values = slab.slice::<T>();
        if !values.is_empty() {
            runs(&slab.layout.groups, values, 0, slab.offset, kernel);
        }
    }
}

/// The axes of a slab in axis order, neighbours of one kind merged.
#[derive(Debug, Clone)]
struct Layout {
    groups: Vec<Group>,
}

#[derive(Debug, Clone, Copy)]
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
    fn new(shape: &[usize], axes: &[usize]) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let (mut stride, mut cells, mut order) = (1, 1, 1);
        for (axis, &len) in shape.iter().enumerate().rev() {
            let reduced = axes.contains(&axis);
            if reduced && len == 1 && !groups.is_empty() {
                // Dropping it lets the kept axes around it merge, and leaves the order of addition alone.
                continue;
            }
            match groups.last_mut() {
                Some(last) if last.reduced == reduced => last.len *= len,
                _ if reduced => groups.push(Group { reduced, len, stride, cells: 0, order }),
                _ => groups.push(Group { reduced, len, stride, cells, order: 0 }),
            }
            stride *= len;
            if reduced { order *= len } else { cells *= len }
        }
        groups.reverse();
        Self { groups }
    }
}

/// A loop over runs.
pub(crate) trait Kernel<T> {
    /// One more value for each cell from `cell` on; each is the `order`-th of its cell.
    fn across(&mut self, cell: usize, order: usize, values: &[T]);

    /// More values for one cell, the `order`-th of it and those after it.
    fn along(&mut self, cell: usize, order: usize, values: &[T]);
}

fn runs<T: Element>(groups: &[Group], values: &[T], cell: usize, order: usize, kernel: &mut impl Kernel<T>) {
    match groups {
        [] => kernel.across(cell, order, &values[..1]),
        [last] if last.reduced => kernel.along(cell, order, &values[..last.len]),
        [last] => kernel.across(cell, order, &values[..last.len]),
        [first, rest @ ..] => {
            for n in 0..first.len {
                runs(rest, &values[n * first.stride..], cell + n * first.cells, order + n * first.order, kernel);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Record(Vec<(usize, usize, Vec<i32>)>);

    impl Kernel<i32> for Record {
        fn across(&mut self, cell: usize, order: usize, values: &[i32]) {
            self.0.extend(values.iter().enumerate().map(|(n, &v)| (cell + n, order, vec![v])));
        }
        fn along(&mut self, cell: usize, order: usize, values: &[i32]) {
            self.0.extend(values.iter().enumerate().map(|(n, &v)| (cell, order + n, vec![v])));
        }
    }

    fn visits(axes: &[usize]) -> Vec<(usize, usize, i32)> {
        let shape = [2, 3, 2];
        let values = Values::from_shape_vec(&shape, (0..12).collect::<Vec<i32>>()).unwrap();
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
}
