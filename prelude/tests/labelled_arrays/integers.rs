//! Arithmetic of integers at the ends of their types, as NumPy has it.

use super::message;
use isopleth::array::{DType, DataArray, Element, IntoPlan};
use isopleth::lazy::BinaryOp;

fn line<T: Element>(values: Vec<T>) -> DataArray
where
    Vec<T>: IntoPlan,
{
    DataArray::new(values, "x").unwrap()
}

// i = np.int16([-32768, -32767, -1, 0, 1, 2, 3, 32767]); i ** np.int16([2, 3, 32767, 0, 32767, 15, 11, 32767])
// np.array([1, 1, -1, 3]) ** np.array([2**32, 2**63 - 1, 2**32 + 1, 2**40 + 1])
// np.uint8([2, 3, 255, 16]) ** np.uint8([8, 255, 255, 2]); np.array([1, -1, 3]) ** 2**32 with ints
#[test]
fn powers_of_integers_wrap_as_products_do_however_large_the_exponent() {
    let base = line(vec![-32768i16, -32767, -1, 0, 1, 2, 3, 32767]);
    let power = base.pow(line(vec![2i16, 3, 32767, 0, 32767, 15, 11, 32767])).unwrap();
    assert_eq!(power.to_vec::<i16>().unwrap(), [0, -32767, -1, 1, 1, -32768, -19461, 32767]);
    let power = line(vec![1i64, 1, -1, 3]).pow(line(vec![1i64 << 32, i64::MAX, (1 << 32) + 1, (1 << 40) + 1])).unwrap();
    assert_eq!(power.to_vec::<i64>().unwrap(), [1, 1, -1, -5135550532504518653]);
    let power = line(vec![2u8, 3, 255, 16]).pow(line(vec![8u8, 255, 255, 2])).unwrap();
    assert_eq!(power.to_vec::<u8>().unwrap(), [0, 171, 255, 0]);
    let power = line(vec![1i64, -1, 3]).pow(1i64 << 32).unwrap();
    assert_eq!(power.to_vec::<i64>().unwrap(), [1, 1, 2491309678558969857]);
}

// np.int16([32767]) ** np.int16([-1]), np.array([1, -1]) ** np.array([-1, -3]), 2 ** np.array([1, -1]):
// ValueError: Integers to negative integer powers are not allowed.
// np.array([2, 4]) ** np.array([-1.0, 0.5]), np.float32([2, 4]) ** np.int16([-1, -2])
#[test]
fn integers_to_negative_powers_are_refused_and_floats_are_not() {
    let refused = |error: String| assert!(error.contains("power of -") && error.contains("astype"), "{error}");
    refused(message(line(vec![32767i16]).pow(line(vec![-1i16]))));
    refused(message(line(vec![1i64, -1]).pow(line(vec![-1i64, -3]))));
    refused(message(line(vec![7u8]).pow(line(vec![-2i16]))));
    // Of a lazy array the exponents are known when it is computed.
    let lazy = line(vec![2i32, 3, 4]).chunk([("x", 1)]).unwrap().pow(line(vec![1i32, 2, -1])).unwrap();
    refused(message(lazy.compute()));
    let power = line(vec![2i64, 4]).pow(line(vec![-1.0, 0.5])).unwrap();
    assert_eq!(power.to_vec::<f64>().unwrap(), [0.5, 2.0]);
    let power = line(vec![2.0f32, 4.0]).pow(line(vec![-1i16, -2])).unwrap();
    assert_eq!((power.dtype(), power.to_vec::<f32>().unwrap()), (DType::F32, vec![0.5, 0.0625]));
}

// lo, hi = np.iinfo("i8").min, np.iinfo("i8").max; a = np.array([lo, lo, hi, lo, -7, 7, hi]); b = np.array([-1, 0, -2, hi, 3, -3, lo])
// np.remainder(a, b), a + b, a - b, a * b, np.minimum(a, b), np.negative(a), np.abs(a); np.uint32([2**32 - 1]) > np.array([-1])
#[test]
fn the_ends_of_a_type_wrap_and_never_stop_the_process() {
    let (low, high) = (i64::MIN, i64::MAX);
    let a = line(vec![low, low, high, low, -7, 7, high]);
    let b = line(vec![-1, 0, -2, high, 3, -3, low]);
    let of = |op| a.binary(op, b.clone()).unwrap().to_vec::<i64>().unwrap();
    assert_eq!(of(BinaryOp::Rem), [0, 0, -1, high - 1, 2, -2, -1]);
    assert_eq!(of(BinaryOp::Add), [high, low, high - 2, -1, -4, 4, -1]);
    assert_eq!(of(BinaryOp::Sub), [low + 1, low, low + 1, 1, -10, 10, -1]);
    assert_eq!(of(BinaryOp::Mul), [low, 0, 2, low, -21, -21, low]);
    assert_eq!(of(BinaryOp::Min), [low, low, -2, low, -7, -3, low]);
    assert_eq!((-&a).to_vec::<i64>().unwrap(), [low, low, -high, low, 7, -7, -high]);
    assert_eq!(a.abs().unwrap().to_vec::<i64>().unwrap(), [low, low, high, low, 7, 7, high]);
    let above = line(vec![u32::MAX]).binary(BinaryOp::Gt, line(vec![-1i64])).unwrap();
    assert_eq!(above.to_vec::<bool>().unwrap(), [true]);
}
