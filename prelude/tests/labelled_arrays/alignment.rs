//! Arrays that meet are aligned by label and broadcast by name.

use super::{assert_close, line, message, numbers};
use isopleth::array::{DataArray, Join, align};
use ndarray::array;

fn a() -> DataArray {
    let a = DataArray::new(array![[0, 1, 2], [3, 4, 5]], ["x", "y"]).unwrap().name("a");
    a.coord("x", [1, 2]).unwrap().coord("y", 0..3).unwrap().coord("s", 5).unwrap()
}

fn b() -> DataArray {
    let b = DataArray::new(array![[0., 1.], [2., 3.], [4., 5.]], ["y", "x"]).unwrap().name("a");
    b.coord("x", [2, 3]).unwrap().coord("y", 0..3).unwrap().coord("s", 6).unwrap()
}

// a = A(np.arange(6).reshape(2,3), dims=["x","y"], coords={"x":[1,2],"y":[0,1,2],"s":5}, name="a")
// b = A(np.arange(6.).reshape(3,2), dims=["y","x"], coords={"x":[2,3],"y":[0,1,2],"s":6}, name="a"); a + b
#[test]
fn sums_keep_common_labels_and_drop_scalars_that_disagree() {
    let sum = a() + b();
    assert_eq!((sum.dims().join(" "), sum.shape()), ("x y".into(), &[1, 3][..]));
    assert_close(&sum, &[3.0, 6.0, 9.0]);
    assert_eq!(sum.coords().names().collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!(sum.get_name(), Some("a"));
    assert_eq!((a() + b().name("b")).get_name(), None);
}

// (A([1.,2.,3.,4.], dims="t", coords={"t":[0,1,2,3]}) + A([5,6], dims="t", coords={"t":[10,11]})).shape
#[test]
fn disjoint_labels_give_length_zero() {
    let e = line("t", [0, 1, 2, 3], vec![1., 2., 3., 4.]);
    assert_eq!((&e + line("t", [10, 11], vec![5, 6])).shape(), [0]);
}

// a.isel(x=0) + a has the dimensions (y, x) and the labels of x
#[test]
fn labels_go_before_a_scalar_of_the_same_name() {
    let sum = a().isel_dim("x", 0).unwrap() + a();
    assert_eq!(sum.dims(), ["y", "x"]);
    assert_close(&sum, &[0., 3., 2., 5., 4., 7.]);
    assert!(sum.coords().get("x").unwrap().is_index());
}

// (A([1.,2.], dims="x") * A([10,100], dims="z")).values.tolist()
#[test]
fn dimensions_broadcast_by_name() {
    let product = DataArray::new(vec![1., 2.], "x").unwrap() * DataArray::new(vec![10, 100], "z").unwrap();
    assert_eq!(product.dims(), ["x", "z"]);
    assert_close(&product, &[10., 100., 20., 200.]);
}

#[test]
fn what_cannot_be_matched_is_an_error_that_says_why() {
    let bare = |n: usize| DataArray::new(vec![1.0; n], "x").unwrap();
    assert!(message(bare(2).try_add(bare(3))).contains("length 2 in one array and 3 in another"));
    let twice = line("x", [1, 1], vec![1, 2]);
    assert!(message(twice.try_add(line("x", [1, 2], vec![1, 2]))).contains("1 occurs more than once"));
    let dates = line("x", isopleth::time::date_range("2016-01-01", 2).unwrap(), vec![1, 2]);
    assert!(message(dates.try_add(line("x", [1, 2], vec![1, 2]))).contains("one array has dates, another numbers"));
    assert!(message(line("x", [1, 2], vec![1, 2]).try_add(bare(3))).contains("labels"));
}

#[test]
#[should_panic(expected = "try_add")]
fn an_operator_panics_with_the_name_of_its_twin() {
    let _ = DataArray::new(vec![1, 2], "x").unwrap() + DataArray::new(vec![1, 2, 3], "x").unwrap();
}

#[test]
fn joins_keep_common_labels_or_all_or_insist() {
    let (p, q) = (line("x", [3, 1, 2], vec![1, 2, 3]), line("x", [2, 3, 4], vec![4, 5, 6]));
    let inner = align(&[&p, &q], Join::Inner).unwrap();
    assert_eq!(
        (numbers(&inner[0]["x"]), numbers(&inner[0]), numbers(&inner[1])),
        (vec![3., 2.], vec![1., 3.], vec![5., 4.])
    );
    let outer = align(&[&p, &q], Join::Outer).unwrap();
    assert_eq!(numbers(&outer[1]["x"]), [1., 2., 3., 4.]);
    assert_close(&outer[1], &[f64::NAN, 4., 5., 6.]);
    let error = message(align(&[&p, &q], Join::Exact));
    assert!(error.contains("first differ at position 0: 3 and 2"), "{error}");
}
