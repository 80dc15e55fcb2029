//! Element types of whole numbers: arithmetic, reductions and labels of `int8` and `uint64`.

use crate::{line, message, numbers};
use isopleth::array::{DType, DataArray, merge};
use isopleth::sel;

fn small() -> DataArray {
    DataArray::new(vec![127i8, -128, -3, 2], "x").expect("one dimension")
}

fn large() -> DataArray {
    DataArray::new(vec![1u64 << 63, u64::MAX, 3], "x").expect("one dimension")
}

// Expected: a = A(np.array([127, -128, -3, 2], "i1"), dims="x"); a + a; -a; abs(a); a % 4; a // 1 is not there; a * 2; ~a
#[test]
fn arithmetic_of_int8_wraps_as_numpys() {
    let a = small();
    assert_eq!((&a + &a).to_vec::<i8>().unwrap(), [-2, 0, -6, 4]);
    assert_eq!((-&a).to_vec::<i8>().unwrap(), [-127, -128, 3, -2]);
    assert_eq!(a.abs().unwrap().to_vec::<i8>().unwrap(), [127, -128, 3, 2]);
    assert_eq!((&a % 4).to_vec::<i8>().unwrap(), [3, 0, 1, 2]);
    assert_eq!((&a * 2).to_vec::<i8>().unwrap(), [-2, 0, -6, 4]);
    assert_eq!((!&a).to_vec::<i8>().unwrap(), [-128, 127, 2, -3]);
    assert_eq!((&a / 2).dtype(), DType::F64);
    assert_eq!((&a + 0.5).dtype(), DType::F64);
    assert!(message(a.binary(isopleth::lazy::BinaryOp::Add, 200)).contains("int8"));
}

// Expected: a.sum().dtype, .values; a.mean(); a.min(); a.prod(); a.cumsum("x") and b = A(np.array([2**63, 2**64-1, 3], "u8"),
// dims="x"): b.sum() (uint64, wraps), b.mean(), b.max(), b.prod(), b.cumsum("x")
#[test]
fn sums_widen_and_means_are_floats() {
    let a = small();
    let sum = a.sum(()).unwrap();
    assert_eq!((sum.dtype(), sum.to_vec::<i64>().unwrap()), (DType::I64, vec![-2]));
    assert_eq!(a.mean(()).unwrap().to_vec::<f64>().unwrap(), [-0.5]);
    assert_eq!(a.min(()).unwrap().to_vec::<i8>().unwrap(), [-128]);
    assert_eq!(a.prod(()).unwrap().to_vec::<i64>().unwrap(), [97536]);
    assert_eq!(a.cumsum("x").unwrap().to_vec::<i64>().unwrap(), [127, -1, -4, -2]);
    let b = large();
    let sum = b.sum(()).unwrap();
    assert_eq!((sum.dtype(), sum.to_vec::<u64>().unwrap()), (DType::U64, vec![9223372036854775810]));
    assert_eq!(numbers(&b.mean(()).unwrap()), [9.223372036854776e18]);
    assert_eq!(b.max(()).unwrap().to_vec::<u64>().unwrap(), [u64::MAX]);
    assert_eq!(b.prod(()).unwrap().to_vec::<u64>().unwrap(), [1 << 63]);
    assert_eq!(b.cumsum("x").unwrap().to_vec::<u64>().unwrap(), [1 << 63, (1 << 63) - 1, (1 << 63) + 2]);
}

// Expected: b + 1; b > 2**63; b == -1; (b + A(np.array([-1, -1, -1]), dims="x")).dtype (float64); b > A(np.array([-1, -1, 4]))
#[test]
fn numbers_beyond_int64_are_compared_exactly() {
    let b = large();
    assert_eq!((&b + 1).to_vec::<u64>().unwrap(), [(1 << 63) + 1, 0, 4]);
    assert_eq!(b.gt(1u64 << 63).to_vec::<bool>().unwrap(), [false, true, false]);
    assert_eq!(b.eq(-1).to_vec::<bool>().unwrap(), [false, false, false]);
    let signed = DataArray::new(vec![-1i64, -1, 4], "x").unwrap();
    assert_eq!((&b + &signed).dtype(), DType::F64);
    assert_eq!(b.gt(&signed).to_vec::<bool>().unwrap(), [true, true, false]);
    assert!(message(b.binary(isopleth::lazy::BinaryOp::Add, -1)).contains("uint64"));
    assert_eq!(b.to_string().matches("18446744073709551615").count(), 1, "{b}");
}

// Expected: c = A([1., 2, 3], {"x": np.array([3, 2**63, 2**64-1], "u8")}, ["x"]); c.sel(x=2**63); c.sel(x=slice(4, None))
#[test]
fn labels_beyond_int64_are_found_and_aligned() {
    let labels = || vec![3u64, 1 << 63, u64::MAX];
    let c = line("x", labels(), vec![1.0, 2.0, 3.0]);
    assert_eq!(c.get_coord("x").unwrap().dtype(), DType::U64);
    assert_eq!(c.sel(sel! { x: 1u64 << 63 }).unwrap().item().unwrap(), 2.0);
    assert_eq!(c.sel(sel! { x: 3 }).unwrap().item().unwrap(), 1.0);
    assert_eq!(numbers(&c.sel(sel! { x: 4.. }).unwrap()), [2.0, 3.0]);
    assert_eq!(numbers(&(&c + &line("x", vec![u64::MAX, 3], vec![10.0, 20.0]))), [21.0, 13.0]);
    // The bits of -1 are those of the largest number, which is another label.
    assert!(merge([&c, &line("x", vec![-1i64, 3], vec![0.0, 0.0]).name("d")]).is_err());
    // Whole numbers that fit are labels like all others.
    assert_eq!(line("x", vec![3u64, 4], vec![1.0, 2.0]).get_coord("x").unwrap().dtype(), DType::I64);
}

#[test]
fn int8_and_uint64_go_through_tables_and_ndarray() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let c = line("x", vec![1u64 << 63, 5], vec![-7i8, 7]).name("v");
    c.to_csv(&path).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "x,v\n9223372036854775808,-7\n5,7\n");
    let array: ndarray::ArrayD<i8> = c.to_ndarray().unwrap();
    assert_eq!(array.as_slice(), Some(&[-7, 7][..]));
    assert_eq!(numbers(&DataArray::new(ndarray::arr1(&[7u64]), "x").unwrap()), [7.0]);
}
