//! Covariance and correlation.

use super::{assert_close, line, message};
use isopleth::array::{DataArray, corr, cov};
use ndarray::array;

// c = A([[1.,n,3.],[4.,5.,9.]], dims=["x","t"]); d = A([[2.,1.,5.],[n,2.,7.]], dims=["x","t"])
// xr.cov(c,d,"t").values, xr.cov(c,d).item(), xr.corr(c,d,"t").values, xr.corr(c,d).item()
#[test]
fn pairs_are_masked_before_the_mean_is_taken_off() {
    let c = DataArray::new(array![[1., f64::NAN, 3.], [4., 5., 9.]], ["x", "t"]).unwrap().name("c");
    let d = DataArray::new(array![[2., 1., 5.], [f64::NAN, 2., 7.]], ["x", "t"]).unwrap().name("c");
    assert_close(&cov(&c, &d, "t").unwrap(), &[3.0, 10.0]);
    assert_close(&cov(&c, &d, ()).unwrap(), &[6.0]);
    assert_close(&corr(&c, &d, "t").unwrap(), &[1.0, 1.0]);
    assert_close(&corr(&c, &d, ()).unwrap(), &[0.7171371656006362]);
    assert_eq!(corr(&c, &d, "t").unwrap().get_name(), Some("c"), "both have that name");
}

// i = A([[1,2,4],[3,3,9]], dims=["x","t"]); j = A([[2,1,5],[7,2,7]], dims=["x","t"]); xr.corr(i,j,"t"), xr.cov(i,j,"t")
#[test]
fn whole_numbers_correlate_as_floats() {
    let i = DataArray::new(array![[1, 2, 4], [3, 3, 9]], ["x", "t"]).unwrap();
    let j = DataArray::new(array![[2, 1, 5], [7, 2, 7]], ["x", "t"]).unwrap();
    assert_close(&corr(&i, &j, "t").unwrap(), &[0.8386278693775348, 0.5000000000000001]);
    assert_close(&cov(&i, &j, "t").unwrap(), &[2.666666666666667, 5.0]);
}

// e = A([1.,2.,3.,4.], dims="t", coords={"t":[0,1,2,3]}); f = A([2.,9.,1.,5.], dims="t", coords={"t":[1,2,3,4]})
#[test]
fn labels_are_aligned_first() {
    let e = line("t", [0, 1, 2, 3], vec![1., 2., 3., 4.]);
    let f = line("t", [1, 2, 3, 4], vec![2., 9., 1., 5.]);
    assert_close(&corr(&e, &f, "t").unwrap(), &[-0.11470786693528087]);
    assert_close(&cov(&e, &f, "t").unwrap(), &[-0.5]);
    assert!(message(corr(&e, &f, "time")).contains("no dimension \"time\""));
}
