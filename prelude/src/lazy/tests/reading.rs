//! Nothing is read before it is asked for, and nothing that the answer does not need.

use super::*;

#[test]
fn building_plans_reads_nothing() {
    let year = Year::of_strips(12, 40, 30);
    let plan = year.plan();
    let warm = Plan::binary(BinaryOp::Gt, &plan, &Plan::scalar(3.0)).unwrap();
    let chosen = Plan::select(&warm, &plan, &Plan::scalar(f64::NAN)).unwrap().unary(UnaryOp::Sqrt);
    let part = chosen.index(&[AxisIndex::range(2..9), AxisIndex::At(3), AxisIndex::all(30)]).unwrap();
    let mean = reduce(&part.transpose(&[1, 0]).unwrap(), ReduceOp::Mean, &[1]).cast(DType::F64);
    assert!(mean.is_lazy() && mean.as_values().is_none());
    assert_eq!((mean.shape(), mean.dtype(), plan.sources(), mean.sources()), (&[30][..], DType::F64, 12, 7));
    assert!(mean.chunks().len() == 1 && mean.memory_estimate() > 0 && mean.explain().contains("day_002.tif"));
    assert_eq!(year.log.pixels(), 0);
    mean.evaluate().unwrap();
    assert_eq!(year.log.pixels(), 7 * 30, "one row of seven files");
}

#[test]
fn what_will_be_read_is_known_before() {
    let year = Year::of_strips(12, 40, 30);
    let plan = year.plan();
    let size = |plan: &Plan| (super::super::read_size(plan).files, super::super::read_size(plan).bytes);
    assert_eq!(size(&plan), (12, 12 * 40 * 30 * 4));
    let mean = reduce(&plan, ReduceOp::Mean, &[0]);
    // What is asked for twice is read once.
    let anomaly = Plan::binary(BinaryOp::Sub, &plan, &mean.insert_axis(0)).unwrap();
    assert_eq!(size(&anomaly), (12, 12 * 40 * 30 * 4));
    let point = mean.index(&[AxisIndex::At(3), AxisIndex::At(4)]).unwrap();
    assert_eq!(size(&point), (12, 12 * 4));
    assert_eq!((size(&year.memory()), year.log.pixels()), ((0, 0), 0));
}

#[test]
fn a_region_reads_its_own_cells_only() {
    let year = Year::of_strips(5, 100, 80);
    let region = [AxisIndex::all(5), AxisIndex::range(20..30), AxisIndex::range(40..60)];
    let values = year.plan().index(&region).unwrap().evaluate().unwrap();
    assert_eq!(year.log.pixels(), 5 * 10 * 20);
    assert_same(&values, year.memory().index(&region).unwrap().as_values().unwrap(), "region");
}

#[test]
fn steps_and_lists_of_files_leave_the_other_files_closed() {
    let year = Year::of_strips(20, 10, 10);
    let every_fifth = AxisIndex::Range { start: 19, len: 4, step: -5 };
    let picked = year.plan().index(&[every_fifth.clone(), AxisIndex::all(10), AxisIndex::all(10)]).unwrap();
    let values = picked.evaluate().unwrap();
    assert_eq!((year.log.files(), year.log.pixels()), (vec![4, 9, 14, 19], 400));
    let expected = year.memory().index(&[every_fifth, AxisIndex::all(10), AxisIndex::all(10)]).unwrap();
    assert_same(&values, expected.as_values().unwrap(), "every fifth, backwards");
}

#[test]
fn rows_far_apart_are_read_apart() {
    let year = Year::new(1, [1000, 64], [16, 64], DType::F32);
    let plan = Plan::source(year.fakes[0].clone());
    let rows = AxisIndex::list([990, 3, 5, 500]);
    let picked = plan.index(&[rows.clone(), AxisIndex::range(2..4)]).unwrap();
    let values = picked.evaluate().unwrap();
    assert!(year.log.pixels() <= (3 + 1 + 1) * 2, "{:?}", year.log.reads);
    let expected = Plan::memory(year.fakes[0].all()).index(&[rows, AxisIndex::range(2..4)]).unwrap();
    assert_same(&values, expected.as_values().unwrap(), "rows far apart");
}

#[test]
fn a_selection_passes_below_every_operation() {
    let year = Year::of_strips(6, 30, 20);
    let plan = year.plan();
    let mean = reduce(&plan, ReduceOp::Mean, &[0]).insert_axis(0);
    let anomaly = Plan::binary(BinaryOp::Sub, &plan, &mean).unwrap();
    let turned = anomaly.map("double", Arc::new(|run| run.iter_mut().for_each(|v| *v *= 2.0)));
    let turned = turned.unary(UnaryOp::Abs).cast(DType::F64).transpose(&[2, 0, 1]).unwrap();
    let part = turned.index(&[AxisIndex::range(5..7), AxisIndex::At(4), AxisIndex::range(10..13)]).unwrap();
    let values = part.evaluate().unwrap();
    // Two columns and three rows: of every file for the mean, once more of file 4.
    assert_eq!(year.log.pixels(), 6 * 6 + 6);
    let whole = turned.evaluate().unwrap();
    let expected = whole.index(&[AxisIndex::range(5..7), AxisIndex::At(4), AxisIndex::range(10..13)]).unwrap();
    assert_same(&values, &expected, "selection of an expression");
}

#[test]
fn each_strip_is_read_once_for_a_mean() {
    let year = Year::of_strips(30, 300, 50);
    reduce(&year.plan(), ReduceOp::Mean, &[0]).evaluate().unwrap();
    assert_eq!(year.log.pixels(), 30 * 300 * 50);
    let mut rows = vec![0; 30];
    for (file, read, columns) in year.log.reads.lock().unwrap().iter() {
        assert_eq!(*columns, 0..50);
        rows[*file] += read.len();
    }
    assert_eq!(rows, [300; 30]);
}

#[test]
fn tiles_are_read_whole() {
    let year = Year::new(3, [300, 300], [128, 128], DType::I16);
    reduce(&year.plan(), ReduceOp::Max, &[0]).evaluate().unwrap();
    for (_, rows, columns) in year.log.reads.lock().unwrap().iter() {
        for range in [rows, columns] {
            assert!(
                range.start.is_multiple_of(128) && (range.end.is_multiple_of(128) || range.end == 300),
                "{range:?}"
            );
        }
    }
    assert_eq!(year.log.pixels(), 3 * 300 * 300);
}

#[test]
fn a_file_that_fails_ends_the_work_with_its_error() {
    let mut year = Year::of_strips(40, 200, 20);
    year.fakes[7].broken_from = 150;
    let error = reduce(&year.plan(), ReduceOp::Mean, &[0]).evaluate().unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Damaged, "day_007.tif ends at row 150"));
}

#[test]
fn explain_names_the_ends_of_a_year_and_what_it_takes() {
    let mean = reduce(&Year::of_strips(366, 26, 72).plan(), ReduceOp::Mean, &[0]);
    let text = mean.explain();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "mean over axes [0]  [26, 72] float32");
    assert_eq!(lines[1], "  join 366 along axis 0  [366, 26, 72] float32");
    assert_eq!(lines[2], "    read day_000.tif, band 1  [26, 72] float32");
    assert_eq!(lines[3], "    ... 364 more like it ...");
    assert_eq!(lines[4], "    read day_365.tif, band 1  [26, 72] float32");
    assert!(lines[5].starts_with("reads 366 sources in "), "{}", lines[5]);
    assert_eq!(lines.len(), 6);
}
