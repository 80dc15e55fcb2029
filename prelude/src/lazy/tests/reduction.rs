//! The numbers themselves, beside a plain loop and beside what xarray gives.

use super::*;

fn floats(values: &Values) -> Vec<f64> {
    values.cast(DType::F64).to_vec().unwrap()
}

fn options(skip_missing: bool, ddof: usize, min_count: usize) -> ReduceOptions {
    ReduceOptions { skip_missing, ddof, min_count }
}

// Expected: xr.DataArray([[1, nan, 3], [nan, nan, nan]], dims=("y", "x")).<op>("x") with xarray 2026.9.
#[test]
fn missing_values_are_skipped_as_xarray_does() {
    let plan = Plan::memory(Values::from(ndarray::array![[1.0, f64::NAN, 3.0], [f64::NAN, f64::NAN, f64::NAN]]));
    let result = |op, options| floats(plan.reduce(op, &[1], options).unwrap().as_values().unwrap());
    let skip = ReduceOptions::default();
    let sums = result(ReduceOp::Sum, skip);
    assert_eq!(sums, [4.0, 0.0]);
    let some = result(ReduceOp::Sum, options(true, 0, 2));
    assert!(some[0] == 4.0 && some[1].is_nan());
    for (op, expected) in [(ReduceOp::Mean, 2.0), (ReduceOp::Min, 1.0), (ReduceOp::Max, 3.0), (ReduceOp::Median, 2.0)] {
        let cells = result(op, skip);
        assert!(cells[0] == expected && cells[1].is_nan(), "{op:?}: {cells:?}");
        let kept = result(op, options(false, 0, 0));
        assert!(kept.iter().all(|v| v.is_nan()), "{op:?} without skipping: {kept:?}");
    }
    assert_eq!(result(ReduceOp::Count, skip), [2.0, 0.0]);
    assert_eq!(result(ReduceOp::Var, skip)[0], 1.0);
    assert_eq!(result(ReduceOp::Var, options(true, 1, 0))[0], 2.0);
    assert!(result(ReduceOp::Var, options(true, 2, 0))[0].is_nan());
}

#[test]
fn types_widen_as_numpy_widens_them() {
    let bytes = Plan::memory(Values::from(vec![200u8, 100]));
    let result = |plan: &Plan, op| reduce(plan, op, &[0]).evaluate().unwrap();
    assert_eq!(
        (result(&bytes, ReduceOp::Sum).dtype(), floats(&result(&bytes, ReduceOp::Sum))),
        (DType::I64, vec![300.0])
    );
    assert_eq!(
        (result(&bytes, ReduceOp::Mean).dtype(), floats(&result(&bytes, ReduceOp::Mean))),
        (DType::F64, vec![150.0])
    );
    let truth = Plan::memory(Values::from(vec![true, false, true]));
    assert_eq!(floats(&result(&truth, ReduceOp::Sum)), [2.0]);
    let single = Plan::memory(Values::from(vec![1.0f32, 2.0]));
    assert_eq!(
        (result(&single, ReduceOp::Mean).dtype(), result(&single, ReduceOp::Std).dtype()),
        (DType::F32, DType::F32)
    );
}

#[test]
fn a_large_offset_does_not_cancel_the_variance() {
    let values: Vec<f64> = (0..1000).map(|n| 1.0e9 + f64::from(n % 10)).collect();
    for axes in [[0], [1]] {
        let shape = if axes == [0] { [1000, 1] } else { [1, 1000] };
        let plan = Plan::memory(Values::from_shape_vec(&shape, values.clone()).unwrap());
        let variance = floats(&reduce(&plan, ReduceOp::Var, &axes).evaluate().unwrap())[0];
        assert!((variance - 8.25).abs() < 1e-6, "{variance}");
    }
}

#[test]
fn the_mean_of_many_single_floats_keeps_its_precision() {
    let plan = Plan::memory(Values::from(vec![0.1f32; 1 << 22]));
    let mean = reduce(&plan, ReduceOp::Mean, &[0]).evaluate().unwrap();
    assert_eq!(mean.to_vec::<f32>().unwrap(), [0.1f32]);
}

#[test]
fn reductions_of_files_are_those_of_a_plain_loop() {
    let year = Year::of_strips(11, 17, 13);
    let all = |file: usize, row: usize, column: usize| year.fakes[file].cell(row, column);
    let mean = floats(&reduce(&year.plan(), ReduceOp::Mean, &[0]).evaluate().unwrap());
    let latest = floats(&reduce(&year.plan(), ReduceOp::Max, &[1, 2]).evaluate().unwrap());
    for row in 0..17 {
        for column in 0..13 {
            let days: Vec<f64> = (0..11).map(|file| all(file, row, column)).filter(|v| !v.is_nan()).collect();
            let expected = (days.iter().sum::<f64>() / days.len() as f64) as f32;
            let found = mean[row * 13 + column] as f32;
            assert!(
                found == expected || (found.is_nan() && days.is_empty()),
                "({row}, {column}): {found} not {expected}"
            );
        }
    }
    for (file, found) in latest.into_iter().enumerate() {
        let cells = (0..17).flat_map(|row| (0..13).map(move |column| (row, column)));
        let expected = cells.map(|(row, column)| all(file, row, column)).fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(found, expected);
    }
}

#[test]
fn the_first_of_equal_extremes_has_the_position() {
    let plan = Plan::memory(Values::from(ndarray::array![[3i32, 1, 1, 3], [f(0), f(0), f(0), f(0)]]));
    let at = |op| floats(&reduce(&plan, op, &[1]).evaluate().unwrap());
    assert_eq!((at(ReduceOp::ArgMin), at(ReduceOp::ArgMax)), (vec![1.0, 0.0], vec![0.0, 0.0]));
    let nothing = Plan::memory(Values::from(vec![f64::NAN, f64::NAN]));
    let error = nothing.reduce(ReduceOp::ArgMin, &[0], ReduceOptions::default()).unwrap_err();
    assert!(error.to_string().contains("fillna"), "{error}");
    let kept = nothing.reduce(ReduceOp::ArgMax, &[0], options(false, 0, 0)).unwrap();
    assert_eq!(floats(kept.as_values().unwrap()), [0.0]);
}

fn f(v: i32) -> i32 {
    v
}

#[test]
fn nothing_at_all_has_the_answers_of_numpy() {
    let empty = Plan::memory(Values::from(ndarray::Array2::<f64>::zeros((0, 2))));
    let result = |op| floats(reduce(&empty, op, &[0]).as_values().unwrap());
    assert_eq!((result(ReduceOp::Sum), result(ReduceOp::Count)), (vec![0.0, 0.0], vec![0.0, 0.0]));
    assert!(result(ReduceOp::Mean).iter().chain(&result(ReduceOp::Median)).all(|v| v.is_nan()));
    assert_eq!(reduce(&empty, ReduceOp::Mean, &[1]).shape(), [0]);
    assert!(empty.reduce(ReduceOp::Max, &[0], ReduceOptions::default()).is_err());
}

#[test]
fn dates_have_extremes_and_counts_but_no_sum() {
    let plan = Plan::memory(Values::from_nanoseconds(vec![50, i64::MIN, 20]));
    let result = |op| reduce(&plan, op, &[0]).evaluate().unwrap();
    assert_eq!((result(ReduceOp::Min).dtype(), result(ReduceOp::Min).get(&[])), (DType::DateTime, Some(20.0)));
    assert_eq!((result(ReduceOp::Max).get(&[]), result(ReduceOp::Count).get(&[])), (Some(50.0), Some(2.0)));
    let kept = plan.reduce(ReduceOp::Max, &[0], options(false, 0, 0)).unwrap();
    assert!(kept.as_values().unwrap().get(&[]).unwrap().is_nan());
    assert!(plan.reduce(ReduceOp::Sum, &[0], ReduceOptions::default()).is_err());
}

#[test]
fn axes_that_do_not_exist_or_repeat_are_named() {
    let plan = Plan::memory(Values::from(vec![1.0]));
    assert!(plan.reduce(ReduceOp::Sum, &[1], ReduceOptions::default()).unwrap_err().to_string().contains("axis 1"));
    assert!(plan.reduce(ReduceOp::Sum, &[0, 0], ReduceOptions::default()).unwrap_err().to_string().contains("twice"));
}
