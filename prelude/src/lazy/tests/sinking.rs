//! Plans that are written window by window: each block is decoded once, and nothing is left running.

use super::*;
use crate::lazy::sink::{Layout, Room, Sink, Window, windows, windows_in, write_into};
use std::cell::RefCell;

/// A cube of values in chunks that counts how often each is decoded.
#[derive(Debug, Clone)]
pub(crate) struct Cube {
    shape: [usize; 3],
    block: [usize; 3],
    decoded: Arc<Mutex<std::collections::HashMap<Vec<usize>, usize>>>,
    fails: bool,
}

impl Cube {
    pub(crate) fn new(shape: [usize; 3], block: [usize; 3]) -> Self {
        Self { shape, block, decoded: Arc::default(), fails: false }
    }

    /// How often chunks were decoded at most, and how many were.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let decoded = self.decoded.lock().unwrap();
        (decoded.values().copied().max().unwrap_or(0), decoded.len())
    }
}

impl Source for Cube {
    fn shape(&self) -> &[usize] {
        &self.shape
    }
    fn block(&self) -> &[usize] {
        &self.block
    }
    fn dtype(&self) -> DType {
        DType::F32
    }
    fn describe(&self) -> String {
        "cube".to_owned()
    }
    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        if self.fails && window[0].start > 0 {
            return Err(Error::new(ErrorKind::Damaged, "the cube ends here"));
        }
        let blocks = |axis: usize| window[axis].start / self.block[axis]..window[axis].end.div_ceil(self.block[axis]);
        for a in blocks(0) {
            for b in blocks(1) {
                for c in blocks(2) {
                    *self.decoded.lock().unwrap().entry(vec![a, b, c]).or_default() += 1;
                }
            }
        }
        let shape: Vec<usize> = window.iter().map(Range::len).collect();
        let cell = |a: usize, b: usize, c: usize| (a * 10_000 + b * 100 + c) as f32;
        let mut cells = Vec::new();
        for a in window[0].clone() {
            for b in window[1].clone() {
                cells.extend(window[2].clone().map(|c| cell(a, b, c)));
            }
        }
        Values::from_shape_vec(&shape, cells)
    }
}

/// Remembers the windows that it was given.
struct Memory {
    layout: Layout,
    values: ndarray::ArrayD<f32>,
    windows: Vec<Window>,
}

impl Memory {
    fn new(shape: &[usize], layout: Layout) -> Self {
        let values = ndarray::ArrayD::from_elem(ndarray::IxDyn(shape), f32::NAN);
        Self { layout, values, windows: Vec::new() }
    }
}

impl Sink for Memory {
    fn layout(&self) -> Layout {
        self.layout.clone()
    }
    fn put(&mut self, window: &[Range<usize>], values: Vec<Values>) -> Result<()> {
        self.windows.push(window.to_vec());
        let values = values[0].to_array::<f32>()?;
        let at = |axis: ndarray::AxisDescription| ndarray::Slice::from(window[axis.axis.index()].clone());
        self.values.slice_each_axis_mut(at).assign(&values);
        Ok(())
    }
}

fn layout(block: [usize; 3], takes_parts: bool, is_in_order: bool) -> Layout {
    Layout { block: block.to_vec(), takes_parts, is_in_order }
}

const SMALL: Room = Room { usual: 4 * 3000, most: 4 * 30_000 };

fn lengths(windows: &[Window]) -> Vec<Vec<usize>> {
    windows.iter().map(|window| window.iter().map(Range::len).collect()).collect()
}

#[test]
fn windows_are_whole_chunks_where_the_sink_takes_parts() {
    let plan = Plan::source(Cube::new([40, 30, 20], [40, 5, 5]));
    let windows = windows_in(&[plan], &layout([1, 30, 20], true, false), SMALL);
    let pairs = std::iter::repeat_n([vec![40, 5, 15], vec![40, 5, 5]], 6);
    assert_eq!(lengths(&windows), pairs.flatten().collect::<Vec<_>>());
}

#[test]
fn windows_are_the_least_common_cover_of_chunks_and_blocks() {
    let plan = Plan::source(Cube::new([4, 36, 20], [1, 4, 20]));
    let windows =
        windows_in(std::slice::from_ref(&plan), &layout([1, 6, 20], false, false), Room { usual: 4, most: 1 << 20 });
    assert_eq!(lengths(&windows), vec![vec![1, 12, 20]; 12]);
    // Without room for that, blocks of the sink are whole and chunks are not.
    let windows = windows_in(&[plan], &layout([1, 6, 20], false, false), Room { usual: 4, most: 4 * 130 });
    assert_eq!(lengths(&windows), vec![vec![1, 6, 20]; 24]);
}

#[test]
fn windows_of_a_table_follow_each_other_as_its_rows_do() {
    let plan = Plan::source(Cube::new([8, 6, 5], [2, 3, 5]));
    let windows = windows_in(&[plan], &layout([1, 1, 1], true, true), Room { usual: 4, most: 1 << 20 });
    assert_eq!(lengths(&windows), vec![vec![2, 6, 5]; 4]);
    assert!(windows.windows(2).all(|pair| pair[0][0].end == pair[1][0].start));
}

#[test]
fn an_axis_of_thousands_of_millions_is_cut_without_counting_it() {
    let cube = Cube::new([1, 1 << 31, 1], [1, 1 << 31, 1]);
    let plan = Plan::source(cube).index(&[AxisIndex::all(1), AxisIndex::all(1 << 31), AxisIndex::all(1)]).unwrap();
    let room = Room { usual: 1 << 32, most: 1 << 40 };
    let windows = windows_in(&[plan], &layout([1, 1, 1], true, false), room);
    assert_eq!(lengths(&windows), vec![vec![1, 1 << 31, 1]]);
}

#[test]
fn each_chunk_is_decoded_once_for_every_sink() {
    let _one = one_at_a_time();
    for (block, sink) in [([40, 5, 5], [1, 30, 20]), ([1, 30, 20], [40, 5, 5]), ([7, 4, 9], [3, 6, 20])] {
        for (takes_parts, is_in_order) in [(true, false), (false, false), (true, true)] {
            let cube = Cube::new([40, 30, 20], block);
            let mut memory = Memory::new(&cube.shape, layout(sink, takes_parts, is_in_order));
            let steps = RefCell::new(0);
            let plan = Plan::source(cube.clone()).unary(UnaryOp::Neg);
            // Several windows, and room for each.
            let windows =
                windows_in(std::slice::from_ref(&plan), &memory.layout, Room { usual: 4 * 3000, most: 1 << 30 });
            write_into(std::slice::from_ref(&plan), &windows, &mut memory, &Ok, &|| *steps.borrow_mut() += 1).unwrap();
            let all: usize = cube.shape.iter().zip(block).map(|(length, block)| length.div_ceil(block)).product();
            assert_eq!(cube.counts(), (1, all), "{block:?} into {sink:?}");
            assert_eq!(*steps.borrow(), memory.windows.len());
            assert_same(&Values::from(memory.values), &plan.evaluate().unwrap(), "written");
        }
    }
}

#[test]
fn an_error_in_the_middle_comes_back_and_nothing_runs_on() {
    let _one = one_at_a_time();
    // How large a window is depends on how many there are.
    threads::set_threads(2).unwrap();
    let write = |cube: &Cube, sink: &mut Nothing| {
        let plans = [Plan::source(cube.clone())];
        write_into(&plans, &windows(&plans, &sink.layout()), sink, &Ok, &|| {}).unwrap_err()
    };
    // Larger than a window usually is.
    let cube = Cube { fails: true, ..Cube::new([64, 1000, 1000], [1, 1000, 1000]) };
    let error = write(&cube, &mut Nothing(0, usize::MAX));
    assert!(error.to_string().contains("the cube ends here"), "{error}");
    // Of what cannot be stored no more is computed than waits already.
    let whole = Cube::new([64, 1000, 1000], [1, 1000, 1000]);
    let error = write(&whole, &mut Nothing(0, 1));
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert!(whole.counts().1 < 64, "{:?}", whole.counts());
}

/// Takes so many windows, one step of the first axis at least, and keeps none.
struct Nothing(usize, usize);

impl Sink for Nothing {
    fn layout(&self) -> Layout {
        layout([1, 1000, 1000], false, false)
    }
    fn put(&mut self, _: &[Range<usize>], _: Vec<Values>) -> Result<()> {
        if self.0 == self.1 {
            return Err(Error::new(ErrorKind::Io, "the disk is full"));
        }
        self.0 += 1;
        Ok(())
    }
}
