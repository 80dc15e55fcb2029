//! Tables as CSV. Expected: pandas, from
//! `da = xr.DataArray([[1.5, n], [3, 4]], dims=("time", "station"), coords={"time": pd.date_range("2016-01-01",
//! periods=2), "station": ["Bern, CH", 'a "b"'], "alt": ("station", [540, 260]), "run": 7}, name="t")`.

use super::message;
use isopleth::Result;
use isopleth::array::{Coord, DataArray, merge};
use isopleth::time::{Step, date_range, date_range_by};
use ndarray::{Array3, array};
use std::path::Path;

fn written(write: impl Fn(&Path) -> Result<()>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    write(&path).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left in the folder");
    std::fs::read_to_string(path).unwrap()
}

fn table() -> DataArray {
    let da = DataArray::new(array![[1.5, f64::NAN], [3.0, 4.0]], ["time", "station"]).unwrap().name("t");
    let da = da.coord("time", date_range("2016-01-01", 2).unwrap()).unwrap();
    let da = da.coord("station", ["Bern, CH", "a \"b\""]).unwrap();
    da.coord("alt", Coord::along(["station"], [540, 260])).unwrap().coord("run", 7).unwrap()
}

// da.to_pandas().to_csv()
#[test]
fn two_dimensions_are_a_wide_table() {
    let expected = "time,\"Bern, CH\",\"a \"\"b\"\"\"\n2016-01-01,1.5,\n2016-01-02,3.0,4.0\n";
    assert_eq!(written(|path| table().to_csv(path)), expected);
    let empty = table().isel_dim("station", 0..0).unwrap();
    assert_eq!(written(|path| empty.to_csv(path)), "time\n2016-01-01\n2016-01-02\n");
}

// da[0].to_dataframe().to_csv(), without the scalar time that pandas turns into the last column
#[test]
fn one_dimension_is_a_column_beside_its_coordinates() {
    let day = table().isel_dim("time", 0).unwrap().drop_vars("time").unwrap();
    let expected = "station,alt,run,t\n\"Bern, CH\",540,7,1.5\n\"a \"\"b\"\"\",260,7,\n";
    assert_eq!(written(|path| day.to_csv(path)), expected);
}

// xr.Dataset({"t": da, "m": da.mean("time")}).to_dataframe().to_csv()
#[test]
fn a_dataset_is_a_long_table() {
    let ds = merge([table(), table().mean("time").unwrap().name("m")]).unwrap();
    let expected = "time,station,alt,run,t,m
2016-01-01,\"Bern, CH\",540,7,1.5,2.25
2016-01-01,\"a \"\"b\"\"\",260,7,,4.0
2016-01-02,\"Bern, CH\",540,7,3.0,2.25
2016-01-02,\"a \"\"b\"\"\",260,7,4.0,4.0
";
    assert_eq!(written(|path| ds.to_csv(path)), expected);
}

// xr.DataArray(np.arange(4).reshape(2, 1, 2), dims=("y", "b", "x"), name="v", coords={"x": [10, 20]}).to_dataframe()
#[test]
fn three_dimensions_are_long_and_count_positions_where_there_are_no_labels() {
    let cube = Array3::from_shape_vec((2, 1, 2), vec![0, 1, 2, 3]).unwrap();
    let cube = DataArray::new(cube, ["y", "b", "x"]).unwrap().name("v").coord("x", [10, 20]).unwrap();
    assert_eq!(written(|path| cube.to_csv(path)), "y,b,x,v\n0,0,10,0\n0,0,20,1\n1,0,10,2\n1,0,20,3\n");
    let turned = cube.transpose(["x", "b", "y"]).unwrap();
    assert_eq!(written(|path| turned.to_csv(path)), "x,b,y,v\n10,0,0,0\n10,0,1,2\n20,0,0,1\n20,0,1,3\n");
}

// xr.Dataset({"a": ("x", [1, 2]), "b": ("y", [3, 4])}).to_dataframe().to_csv()
#[test]
fn arrays_over_different_dimensions_repeat() {
    let a = DataArray::new(vec![1, 2], "x").unwrap().name("a");
    let b = DataArray::new(vec![3, 4], "y").unwrap().name("b");
    let ds = merge([a, b]).unwrap();
    assert_eq!(written(|path| ds.to_csv(path)), "x,y,a,b\n0,0,1,3\n0,1,1,4\n1,0,2,3\n1,1,2,4\n");
}

#[test]
fn a_number_and_a_coordinate_are_tables_too() {
    assert_eq!(written(|path| DataArray::new(5.5, ()).unwrap().to_csv(path)), "value\n5.5\n");
    assert_eq!(
        written(|path| table()["alt"].to_csv(path)),
        "station,alt,run\n\"Bern, CH\",540,7\n\"a \"\"b\"\"\",260,7\n"
    );
    assert_eq!(written(|path| table()["time"].drop_vars("run")?.to_csv(path)), "time\n2016-01-01\n2016-01-02\n");
    let misnamed = DataArray::new(vec![8, 9], "x").unwrap().name("x").coord("x", [1, 2]).unwrap();
    assert_eq!(written(|path| misnamed.to_csv(path)), "x,value\n1,8\n2,9\n");
}

#[test]
fn dates_have_one_form_and_the_crs_is_no_column() {
    let hours = date_range_by("2016-01-01", 2, Step::Hours(6)).unwrap();
    let da = DataArray::new(vec![true, false], "t").unwrap().coord("t", hours).unwrap().with_crs("EPSG:4326").unwrap();
    assert_eq!(written(|path| da.to_csv(path)), "t,value\n2016-01-01T00:00:00,true\n2016-01-01T06:00:00,false\n");
    let texts = DataArray::new(vec!["", " a", "b\nc"], "x").unwrap();
    assert_eq!(written(|path| texts.to_csv(path)), "x,value\n0,\"\"\n1,\" a\"\n2,\"b\nc\"\n");
}

#[test]
fn lazy_arrays_are_computed_and_large_ones_refused() {
    let (lazy, memory, read) = super::lazy::year();
    let corner = isopleth::s![..2, ..2, ..2];
    let (a, b) = (lazy.isel(corner).unwrap(), memory.isel(corner).unwrap());
    assert_eq!(written(|path| a.to_csv(path)), written(|path| b.to_csv(path)));
    read.store(0, std::sync::atomic::Ordering::SeqCst);
    let folder = tempfile::tempdir().unwrap();
    let huge = isopleth::array::concat(vec![lazy; 40], "run").unwrap();
    let error = message(huge.to_csv(folder.path().join("huge.csv")));
    assert!(error.contains("4492800 rows and 5 columns") && error.contains(".mean("), "{error}");
    assert_eq!((read.load(std::sync::atomic::Ordering::SeqCst), folder.path().read_dir().unwrap().count()), (0, 0));
    let error = message(table().to_csv(folder.path().join("no").join("such.csv")));
    assert!(error.starts_with("to_csv: "), "{error}");
}
