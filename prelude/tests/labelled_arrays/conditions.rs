//! `where_`, `where_else` and `where_drop`.

use super::{assert_close, line, message, numbers};
use isopleth::array::{DType, DataArray};
use ndarray::Array;

const NAN: f64 = f64::NAN;

/// w = A(np.arange(12).reshape(3,4), dims=["y","x"], coords={"y":[30.,20.,10.],"x":[0,1,2,3]})
fn w() -> DataArray {
    let data = Array::from_shape_vec((3, 4), (0..12i64).collect()).unwrap();
    DataArray::new(data, ["y", "x"]).unwrap().coord("y", [30., 20., 10.]).unwrap().coord("x", 0..4).unwrap()
}

// w.where((w%2==0)&(w!=6)&(w.y!=20), drop=True).values, w.where(w.x!=1, drop=True).x.values, w.where(w>5, drop=True).values
#[test]
fn dropping_takes_interior_labels_too() {
    let w = w().name("w").attr("units", "mm");
    let even = (&w % 2).eq(0) & w.ne(6) & w["y"].ne(20);
    let dropped = w.where_drop(&even).unwrap();
    assert_close(&dropped, &[0., 2., 8., 10.]);
    assert_eq!((numbers(&dropped["y"]), dropped.get_name(), dropped.attrs().len()), (vec![30., 10.], Some("w"), 1));
    assert_eq!(numbers(&w.where_drop(&w["x"].ne(1)).unwrap()["x"]), [0., 2., 3.]);
    assert_close(&w.where_drop(&w.gt(5)).unwrap(), &[NAN, NAN, 6., 7., 8., 9., 10., 11.]);
    assert_eq!(w.where_drop(&w.gt(50)).unwrap().shape(), [0, 0]);
}

// w.where(w>5,-1).dtype, w.where(w>5,0.5).dtype, w.astype("int16").where(w>5).dtype, w.astype("f4").where(w>5,0.5).dtype
#[test]
fn missing_values_make_floats_and_another_value_keeps_integers() {
    let w = w();
    assert_close(&w.where_(&w.gt(9)).unwrap(), &[[NAN; 10].as_slice(), &[10., 11.]].concat());
    assert_eq!(w.where_(&w.gt(5)).unwrap().dtype(), DType::F64);
    assert_eq!(w.where_else(&w.gt(5), -1).unwrap().dtype(), DType::I64);
    assert_eq!(w.where_else(&w.gt(5), 0.5).unwrap().dtype(), DType::F64);
    assert_eq!(w.astype(DType::I16).where_(&w.gt(5)).unwrap().dtype(), DType::F32);
    assert_eq!(w.astype(DType::F32).where_else(&w.gt(5), 0.5).unwrap().dtype(), DType::F32);
}

// xarray: `other` joins exactly; a condition without `other` joins inner
#[test]
fn a_condition_is_aligned_and_a_replacement_must_fit() {
    let (a, b) = (line("x", [1, 2, 3], vec![1, 2, 3]), line("x", [2, 3, 4], vec![20, 30, 40]));
    assert_close(&a.where_(&b.gt(20)).unwrap(), &[NAN, 3.0]);
    assert!(message(a.where_else(&a.gt(1), &b)).contains("labels of \"x\" differ"));
    assert!(message(a.where_(&b)).contains("not of bool"));
    assert!(message(a["x"].where_drop(&w().gt(1))).contains("condition has dimension \"y\""));
}
