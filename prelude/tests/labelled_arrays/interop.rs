//! To and from ndarray without a copy where there need not be one, and iteration.

use super::{assert_close, line, message};
use isopleth::array::{DType, DataArray, Values, concat};
use isopleth::time::{DateTime, date_range};
use ndarray::{Array, Array1, Array2, ArrayD, array};

fn grid() -> Array2<f64> {
    Array::from_shape_fn((4, 6), |(row, column)| (row * 6 + column) as f64)
}

#[test]
fn an_owned_array_goes_in_and_comes_out_without_a_copy() {
    let data = grid();
    let place = data.as_ptr();
    let da = DataArray::new(data, ["y", "x"]).unwrap().coord("x", 0..6).unwrap().name("a").attr("units", "m");
    assert_eq!(da.view::<f64>().unwrap().as_ptr(), place);
    // Views of views are the same memory still.
    let turned = da.transpose(["x", "y"]).unwrap().isel_dim("y", 1..3).unwrap();
    assert_eq!(turned.view::<f64>().unwrap()[[0, 0]], 6.0);
    assert_eq!(turned.view::<f64>().unwrap().as_ptr(), place.wrapping_add(6));
    drop(turned);
    let back: Array2<f64> = da.try_into().unwrap();
    assert_eq!((back.as_ptr(), back), (place, grid()));

    let vec = vec![1i16, 2, 3];
    let place = vec.as_ptr();
    let array = DataArray::new(vec, "x").unwrap().into_ndarray::<i16>().unwrap();
    assert_eq!(array.into_raw_vec_and_offset().0.as_ptr(), place);
}

#[test]
fn an_array_that_others_hold_is_copied_and_theirs_stays() {
    let da = DataArray::new(grid(), ["y", "x"]).unwrap();
    let place = da.view::<f64>().unwrap().as_ptr();
    let mut taken = da.clone().into_ndarray::<f64>().unwrap();
    assert_ne!(taken.as_ptr(), place);
    taken.fill(0.0);
    assert_eq!(da.view::<f64>().unwrap()[[3, 5]], 23.0);
    let copy: ArrayD<f64> = (&da).try_into().unwrap();
    assert_eq!(copy, grid().into_dyn());
}

#[test]
fn a_slice_comes_out_with_its_own_shape() {
    let da = DataArray::new(grid(), ["y", "x"]).unwrap().isel(isopleth::s![1..3, ..;2]).unwrap();
    let part: Array2<f64> = da.transpose(()).unwrap().try_into().unwrap();
    assert_eq!(part, array![[6.0, 12.0], [8.0, 14.0], [10.0, 16.0]]);
}

#[test]
fn other_types_convert_only_where_nothing_is_lost() {
    let da = line("x", [1, 2], vec![1i16, 2]);
    assert_eq!(da.clone().into_ndarray::<f64>().unwrap(), array![1.0, 2.0].into_dyn());
    assert!(message(da.view::<f64>()).contains("int16") && message(da.clone().into_ndarray::<u8>()).contains("astype"));
    assert!(message(Array2::<i16>::try_from(&da)).contains("1 dimensions (x: 2), not 2"));
    assert!(message(line("x", [1], vec!["a"]).view::<f64>()).contains("to_texts"));
    let days = DataArray::new(date_range("1970-01-01", 2).unwrap(), "time").unwrap();
    assert_eq!(days.view::<i64>().unwrap()[[1]], 86_400_000_000_000);
}

#[test]
fn lazy_arrays_are_computed_but_not_viewed() {
    let (lazy, memory, _) = super::lazy::year();
    assert!(message(lazy.view::<f32>()).contains("compute"));
    let (a, b) = (lazy.mean("band").unwrap(), memory.mean("band").unwrap());
    let (a, b): (Array2<f32>, Array2<f32>) = (a.try_into().unwrap(), b.try_into().unwrap());
    assert!(a.iter().zip(&b).all(|(a, b)| a == b || (a.is_nan() && b.is_nan())));
    let days: Vec<DataArray> = lazy.iter_dim("band").unwrap().collect();
    assert!(days.len() == 60 && days.iter().all(|day| day.is_lazy() && day.shape() == [26, 72]));
    assert_close(&days[7], &super::numbers(&memory.isel_dim("band", 7).unwrap()));
}

#[test]
fn values_come_one_by_one_in_axis_order() {
    let da = DataArray::new(grid(), ["y", "x"]).unwrap().transpose(()).unwrap();
    let mut values = da.iter::<f64>().unwrap();
    assert_eq!(
        (values.len(), values.next(), values.next(), values.next_back()),
        (24, Some(0.0), Some(6.0), Some(23.0))
    );
    assert_eq!(values.len(), 21);
    assert_eq!(da.iter::<f64>().unwrap().sum::<f64>(), 276.0);
    assert_eq!(DataArray::new(Vec::<u8>::new(), "x").unwrap().iter::<f64>().unwrap().next(), None);
    assert_eq!(DataArray::new(3u8, ()).unwrap().iter::<f32>().unwrap().collect::<Vec<_>>(), [3.0]);
    assert!(da.iter::<i64>().is_err());
}

// [float(t.isel(station=i).station.str.len()) …]: each part keeps its label as a scalar coordinate
#[test]
fn parts_along_a_dimension_carry_their_label() {
    let da = DataArray::new(array![[1, 2], [3, 4], [5, 6]], ["station", "x"]).unwrap();
    let da = da.coord("station", ["Bern", "Basel", "Chur"]).unwrap().name("n");
    let seen: Vec<(String, f64)> = da
        .iter_dim("station")
        .unwrap()
        .map(|part| (part["station"].to_texts().unwrap()[0].clone(), part.sum(()).unwrap().item().unwrap()))
        .collect();
    assert_eq!(seen, [("Bern".into(), 3.0), ("Basel".into(), 7.0), ("Chur".into(), 11.0)]);
    let backwards = concat(da.iter_dim("station").unwrap().rev(), "station").unwrap();
    assert_eq!(backwards["station"].to_texts().unwrap(), ["Chur", "Basel", "Bern"]);
    assert!(message(da.iter_dim("stations")).contains("Did you mean \"station\"?"));
}

#[test]
fn iterators_are_collected() {
    let made = DataArray::from_iter((0..5).map(|n| f64::from(n) / 2.0), "x").unwrap();
    assert_close(&made, &[0.0, 0.5, 1.0, 1.5, 2.0]);
    let names = DataArray::from_iter(["a", "b"].iter().map(|name| name.to_uppercase()), "x").unwrap();
    assert_eq!((names.dtype(), names.to_texts().unwrap().concat()), (DType::Text, "AB".to_owned()));
    let dates: Vec<DateTime> = date_range("2016-02-28", 3).unwrap().to_vec();
    assert_eq!(DataArray::from_iter(dates, "time").unwrap().dtype(), DType::DateTime);
    // Through Vec and ndarray, which collect by themselves.
    let ndarray: Array1<i64> = (0..3).collect();
    assert_eq!(Values::from(&ndarray).len(), 3);
}
