//! HDF5 that is no netCDF: what the netCDF library does not open, or not all of.

use super::data;
use crate::array::{Attr, DType, Dataset};
use crate::files::open_dataset;

fn dims<'a>(ds: &'a Dataset, name: &str) -> Vec<&'a str> {
    ds[name].dims().iter().map(String::as_str).collect()
}

// xr.open_dataset("dangling.h5"), after `del file["gone"]`; it leaves out the truth values.
#[test]
fn dimensions_without_names_are_called_by_their_length_whoever_opens_the_file() {
    let ds = open_dataset(data("dangling.h5")).unwrap();
    assert_eq!((dims(&ds, "a"), dims(&ds, "b")), (vec!["phony_dim_0"], vec!["phony_dim_1"]));
    assert_eq!(
        (dims(&ds, "m"), dims(&ds, "q")),
        (vec!["phony_dim_1", "phony_dim_0"], vec!["phony_dim_0", "phony_dim_2"])
    );
    assert_eq!(ds["truth"].to_vec::<bool>().unwrap(), [true, false, true, true]);
    assert_eq!(ds.isel_dim("phony_dim_1", -1).unwrap()["b"].item().unwrap(), 3.0);
}

#[test]
fn what_has_no_shape_is_left_out_and_named_with_all_else_that_is_not_read() {
    let ds = open_dataset(data("null.h5")).unwrap();
    assert_eq!(ds["a"].to_vec::<f64>().unwrap(), [0.0, 1.0, 2.0]);
    assert_eq!(dims(&ds, "truth"), dims(&ds, "b"));
    let why = ds.get_attr("not_read").unwrap().to_string();
    for reason in ["n: it has no shape", "c: records or complex numbers", "r: references"] {
        assert!(why.contains(reason), "{why}");
    }
}

// xr.open_dataset("table.h5", engine="h5netcdf", phony_dims="sort") has a.x as a table; the netCDF library fails.
#[test]
fn an_array_with_an_attribute_that_is_a_table_is_read_without_it() {
    let ds = open_dataset(data("table.h5")).unwrap();
    let a = &ds["a"];
    assert_eq!((a.to_vec::<f64>().unwrap(), a.dtype(), a.get_attr("x")), (vec![0.0, 1.0, 2.0], DType::F64, None));
    assert_eq!((a.get_attr("units"), ds.get_attr("not_read")), (Some(&Attr::from("m")), None));
    assert_eq!(dims(&ds, "m").last(), dims(&ds, "a").first());
}
