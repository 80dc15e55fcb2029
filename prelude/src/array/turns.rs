//! Longitudes that a selection asks for, and that an array has by another name: -10 where it has 350. They are not left out in
//! silence.

use super::coord::Coord;
use super::index::{Label, LabelValue};
use super::search::Method;
use crate::{Error, ErrorKind, Result};

/// Once around the Earth, in degrees.
const AROUND: f64 = 360.0;

/// Refuses `label` where labels along `dim` are longitudes, and some that it means have other numbers there.
pub(super) fn check(dim: &str, index: &Coord, label: &Label, method: Method) -> Result<()> {
    if !are_longitudes(dim, index) {
        return Ok(());
    }
    match label {
        Label::Between(Some(start), Some(end)) => between(dim, index, start, end),
        Label::At(one) if method != Method::Exact => near(dim, index, std::slice::from_ref(one)),
        Label::Among(several) if method != Method::Exact => near(dim, index, several),
        _ => Ok(()),
    }
}

fn are_longitudes(dim: &str, index: &Coord) -> bool {
    let unit = index.attrs().get("units").and_then(|unit| unit.as_str()).unwrap_or_default().to_lowercase();
    let named = matches!(dim, "lon" | "longitude") && matches!(unit.as_str(), "" | "degrees" | "degree");
    let number = index.dtype().is_float() || index.dtype().is_integer();
    number && (named || matches!(unit.as_str(), "degrees_east" | "degree_east" | "degrees_e" | "degree_e"))
}

fn number(value: &LabelValue) -> Option<f64> {
    match value {
        LabelValue::Int(value) => Some(*value as f64),
        LabelValue::Float(value) => Some(*value),
        _ => None,
    }
}

fn extent(labels: &[f64]) -> (f64, f64) {
    labels.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &label| (low.min(label), high.max(label)))
}

fn between(dim: &str, index: &Coord, start: &LabelValue, end: &LabelValue) -> Result<()> {
    let (Some(start), Some(end)) = (number(start), number(end)) else { return Ok(()) };
    let range = start.min(end)..=start.max(end);
    let labels = index.label_index();
    let (low, high) = labels.extent_of_numbers();
    if range.contains(&low) && range.contains(&high) {
        return Ok(());
    }
    let left_out =
        |label: &f64| !range.contains(label) && [-AROUND, AROUND].iter().any(|turn| range.contains(&(label + turn)));
    let missed: Vec<f64> = (0..labels.len()).map(|at| labels.number(at)).filter(left_out).collect();
    if missed.is_empty() {
        return Ok(());
    }
    let (first, last) = extent(&missed);
    let message = format!(
        "sel: {start} to {end} along {dim} takes in longitudes that are {first} to {last} here (the labels go from {low} to {high}); \
         wrap_longitudes()? counts them from -180 to 180, wrap_longitudes_to_360()? from 0 to 360, and clip_box(…)? takes \
         a box across either end"
    );
    Err(Error::new(ErrorKind::NotFound, message))
}

fn near(dim: &str, index: &Coord, wanted: &[LabelValue]) -> Result<()> {
    let (low, high) = index.label_index().extent_of_numbers();
    let inside = |at: f64| at >= low && at <= high;
    let turned = wanted.iter().filter_map(number).find_map(|at| {
        let other = [at - AROUND, at + AROUND].into_iter().find(|&other| inside(other))?;
        (!inside(at)).then_some((at, other))
    });
    let Some((at, other)) = turned else { return Ok(()) };
    let message = format!(
        "sel: the longitude {at} is {other} along {dim}, whose labels go from {low} to {high}; ask for {other}, or count them \
         from another place with wrap_longitudes()? or wrap_longitudes_to_360()?"
    );
    Err(Error::new(ErrorKind::NotFound, message))
}

#[cfg(test)]
mod tests {
    use super::super::DataArray;
    use crate::array::Coord;

    fn lon(name: &str, labels: Vec<f64>) -> DataArray {
        DataArray::new(vec![0.0; labels.len()], name).unwrap().coord(name, labels).unwrap()
    }

    #[test]
    fn a_range_that_would_lose_longitudes_is_refused_with_the_call_that_keeps_them() {
        let pacific = lon("lon", vec![0.0, 90.0, 180.0, 270.0]);
        let error = pacific.sel_dim("lon", -100.0..=100.0).unwrap_err().to_string();
        assert!(error.contains("270") && error.contains("wrap_longitudes()?"), "{error}");
        assert_eq!(pacific.wrap_longitudes().unwrap().sel_dim("lon", -100.0..=100.0).unwrap().shape(), [3]);
        // All of them are taken, or none is meant by another number.
        assert_eq!(pacific.sel_dim("lon", -180.0..=360.0).unwrap().shape(), [4]);
        assert_eq!(pacific.sel_dim("lon", 10.0..=200.0).unwrap().shape(), [2]);
        assert_eq!(lon("lon", vec![5.0, 6.0]).sel_dim("lon", -20.0..=5.5).unwrap().shape(), [1]);
        let atlantic = lon("longitude", vec![-20.0, -10.0, 0.0, 10.0]);
        assert!(atlantic.sel_dim("longitude", 0.0..=360.0).is_err());
        // What is no longitude has no turns.
        assert_eq!(lon("x", vec![0.0, 90.0, 180.0, 270.0]).sel_dim("x", -100.0..=100.0).unwrap().shape(), [2]);
        let named = lon("x", vec![0.0, 270.0]);
        let named = named.coord("x", Coord::from(vec![0.0, 270.0]).attr("units", "degrees_east")).unwrap();
        assert!(named.sel_dim("x", -100.0..=100.0).is_err());
    }

    #[test]
    fn the_nearest_longitude_is_not_one_far_away() {
        let pacific = lon("lon", vec![0.0, 90.0, 180.0, 270.0]);
        let error = pacific.sel_nearest([("lon", (-95.0).into())]).unwrap_err().to_string();
        assert!(error.contains("265"), "{error}");
        assert_eq!(pacific.sel_nearest([("lon", 265.0.into())]).unwrap().ndim(), 0);
    }
}
