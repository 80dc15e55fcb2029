//! How windows are cut.

use super::*;
use crate::lazy::chunk::{Aim, Cuts, product, windows};

fn cut(cuts: &[Cuts], cell_bytes: usize, window_bytes: usize, parallel: &[usize], threads: usize) -> Vec<Vec<usize>> {
    windows(cuts, &Aim { cell_bytes, window_bytes, parallel, threads })
}

fn strips(rows: usize) -> Cuts {
    Cuts::Blocks(vec![1; rows].into())
}

#[test]
fn windows_grow_from_the_last_axis() {
    let cuts = [Cuts::Blocks(vec![1; 4].into()), strips(1000), Cuts::Blocks(vec![500].into())];
    let blocks = cut(&cuts, 4, 500 * 4 * 100, &[], 1);
    assert_eq!(blocks, [vec![1; 4], vec![100; 10], vec![500]]);
}

#[test]
fn threads_are_kept_busy_in_even_rounds() {
    let cuts = [strips(2600), Cuts::Blocks(vec![7200].into())];
    for threads in [2, 8] {
        let rows = &cut(&cuts, 16, 12 << 20, &[0, 1], threads)[0];
        assert!(rows.len().is_multiple_of(threads) && rows.len() >= 4 * threads, "{rows:?}");
        assert_eq!(rows.iter().sum::<usize>(), 2600);
        assert!(rows.iter().all(|n| rows[0].abs_diff(*n) <= 1), "{rows:?}");
    }
}

#[test]
fn blocks_stay_whole() {
    let blocks: Vec<usize> = vec![256; 10].into_iter().chain([40]).collect();
    let cuts = [Cuts::Blocks(blocks.clone().into()), Cuts::Blocks(blocks.into())];
    for threads in 1..9 {
        for lengths in cut(&cuts, 4, 256 * 700 * 4, &[0, 1], threads) {
            let mut end = 0;
            for length in &lengths {
                end += length;
                assert!(end % 256 == 0 || end == 2600, "{lengths:?}");
            }
            assert_eq!(end, 2600);
        }
    }
}

#[test]
fn every_cut_covers_the_axis() {
    for len in [0, 1, 2, 7, 100] {
        for bytes in [1, 10, 64, 1 << 20] {
            let cuts = [Cuts::Free(len), Cuts::Free(3), strips(len)];
            for (cut, lengths) in cuts.iter().zip(cut(&cuts, 2, bytes, &[0, 2], 4)) {
                let total = if matches!(cut, Cuts::Free(3)) { 3 } else { len };
                assert_eq!(lengths.iter().sum::<usize>(), total);
                assert!(lengths.iter().all(|&length| length > 0), "{lengths:?}");
            }
        }
    }
}

#[test]
fn the_product_runs_over_the_last_axis_first() {
    assert_eq!(product(&[vec![2], vec![1, 3]]), [[0..2, 0..1], [0..2, 1..4]]);
    assert_eq!(product(&[]), [Vec::new()]);
    assert!(product(&[vec![], vec![3]]).is_empty());
}

#[test]
fn chunks_of_a_year_are_strips_of_one_file() {
    let chunks = Year::new(366, [2600, 7200], [1, 7200], DType::F32).plan().chunks();
    assert_eq!((chunks[0].clone(), chunks[2].clone()), (vec![1; 366], vec![7200]));
    assert!(chunks[1].len() > 1 && chunks[1].iter().sum::<usize>() == 2600);
}

#[test]
fn chunks_that_were_asked_for_are_the_windows_whatever_their_size() {
    let values = Values::from_shape_vec(&[5, 4], (0..20).collect::<Vec<i32>>()).unwrap();
    let chunked = Plan::memory(values.clone()).chunked(&[2, 3]).unwrap();
    assert!(chunked.is_lazy());
    assert_eq!(chunked.chunks(), [vec![2, 2, 1], vec![3, 1]]);
    let doubled = Plan::binary(BinaryOp::Mul, &chunked, &Plan::scalar(2)).unwrap();
    assert_eq!(doubled.chunks(), [vec![2, 2, 1], vec![3, 1]]);
    let turned = doubled.transpose(&[1, 0]).unwrap().index(&[AxisIndex::range(0..4), AxisIndex::range(1..5)]).unwrap();
    assert_eq!(turned.chunks(), [vec![3, 1], vec![1, 2, 1]]);
    assert_eq!(turned.evaluate().unwrap().to_vec::<i32>().unwrap()[..4], [8, 16, 24, 32]);
    let sum = reduce(&doubled, ReduceOp::Sum, &[0]);
    assert_eq!(sum.evaluate().unwrap().to_vec::<i64>().unwrap(), [80, 90, 100, 110]);
    let text = chunked.explain();
    assert!(text.contains("from memory in chunks of 2 x 3"), "{text}");
}

#[test]
fn a_source_may_have_any_number_of_axes() {
    let values = Values::from_shape_vec(&[3, 4, 5], (0..60).collect::<Vec<i32>>()).unwrap();
    let plan = Plan::memory(values.clone()).chunked(&[2, 2, 5]).unwrap();
    let index = [AxisIndex::list([2, 0]), AxisIndex::Range { start: 3, len: 2, step: -2 }, AxisIndex::At(4)];
    let picked = plan.index(&index).unwrap().evaluate().unwrap();
    assert_eq!(picked.to_vec::<i32>().unwrap(), values.index(&index).unwrap().to_vec::<i32>().unwrap());
    let point = Plan::memory(Values::from(7i32)).chunked(&[]).unwrap();
    assert_eq!(point.evaluate().unwrap().to_vec::<i32>().unwrap(), [7]);
}
