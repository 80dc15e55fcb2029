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
