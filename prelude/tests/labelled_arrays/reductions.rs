//! Reductions by name.

use super::{assert_close, message};
use isopleth::array::{DType, DataArray};
use isopleth::lazy::{ReduceOp, ReduceOptions};
use ndarray::array;

const NAN: f64 = f64::NAN;

/// r = A(np.array([[1,n,3],[n,n,n]], "f4"), dims=["x","y"], coords={"x":[1,2],"s":7})
fn r() -> DataArray {
    let r = DataArray::new(array![[1f32, f32::NAN, 3.0], [f32::NAN, f32::NAN, f32::NAN]], ["x", "y"]).unwrap();
    r.coord("x", [1, 2]).unwrap().coord("s", 7).unwrap()
}

// [getattr(r, op)("y") for op in ["mean","sum","min","max","std","var","median","count"]]
#[test]
fn missing_values_are_skipped_and_f32_stays_f32() {
    type Reduction = fn(&DataArray, &'static str) -> isopleth::Result<DataArray>;
    let cases: [(Reduction, [f64; 2]); 7] = [
        (DataArray::mean, [2.0, NAN]),
        (DataArray::sum, [4.0, 0.0]),
        (DataArray::min, [1.0, NAN]),
        (DataArray::max, [3.0, NAN]),
        (DataArray::std, [1.0, NAN]),
        (DataArray::var, [1.0, NAN]),
        (DataArray::median, [2.0, NAN]),
    ];
    for (reduce, expected) in cases {
        let reduced = reduce(&r(), "y").unwrap();
        assert_close(&reduced, &expected);
        assert_eq!(reduced.dtype(), DType::F32);
        assert_eq!(reduced.coords().names().collect::<Vec<_>>(), ["x", "s"]);
    }
    let count = r().count("y").unwrap();
    assert_eq!((count.dtype(), count.to_vec::<i64>().unwrap()), (DType::I64, vec![2, 0]));
}

// r.sum("y", min_count=1), A(np.array([True,True])).sum().item(); sums of uint8 are uint64 there, int64 here
#[test]
fn sums_widen_and_can_ask_for_values() {
    let options = ReduceOptions { min_count: 1, ..Default::default() };
    assert_close(&r().reduce(ReduceOp::Sum, "y", options).unwrap(), &[4.0, NAN]);
    let bytes = DataArray::new(vec![200u8, 100], "x").unwrap().sum(()).unwrap();
    assert_eq!((bytes.dtype(), bytes.item().unwrap()), (DType::I64, 300.0));
    assert_eq!(DataArray::new(vec![true, true], "x").unwrap().sum("x").unwrap().item().unwrap(), 2.0);
}

#[test]
fn one_several_or_all_dimensions_can_be_reduced() {
    let cube = DataArray::new(
        ndarray::Array::from_shape_fn((2, 3, 4), |(i, j, k)| (i * 12 + j * 4 + k) as i64),
        ["a", "b", "c"],
    )
    .unwrap();
    assert_close(&cube.mean(["a", "c"]).unwrap(), &[7.5, 11.5, 15.5]);
    assert_eq!(cube.max(()).unwrap().item().unwrap(), 23.0);
    assert_eq!(cube.argmax("b").unwrap().to_vec::<i64>().unwrap(), [2; 8]);
    assert!(message(cube.mean("d")).contains("mean: no dimension \"d\"; there are \"a\", \"b\", \"c\""));
    assert!(message(cube.mean(["a", "a"])).contains("named twice"));
}
