//! Where the labels of a dimension lie along an axis, and what the axis is called.

use crate::array::{Attr, Coord, DType, DataArray, Values};
use crate::geo::{Cells, SPATIAL_REF, runs_down};
use crate::plot::axes::{Axis, Meaning};
use crate::plot::ticks::number;
use std::sync::Arc;

/// An image along uneven coordinates is cut into this many even columns or rows: more than a screen shows.
const CUTS: usize = 2400;
/// A longer title made of scalar coordinates is cut.
const TITLE: usize = 90;

/// The labels along a dimension as places on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plot) struct Places {
    /// NaN where a label is missing.
    pub at: Vec<f64>,
    pub meaning: Meaning,
    pub label: Option<String>,
}

impl Places {
    /// Positions from 0.
    pub fn positions(len: usize, label: Option<String>) -> Self {
        Self { at: (0..len).map(|at| at as f64).collect(), meaning: Meaning::Whole, label }
    }

    /// The labels of `coord`.
    pub fn of(coord: &Coord, crs: Option<&str>) -> Self {
        let attr = |name| coord.attrs().get(name).and_then(Attr::as_str);
        let name = Some(coord.name()).filter(|name| !name.is_empty());
        let values = coord.values();
        let (at, meaning) = match values.dtype() {
            DType::Text => {
                ((0..coord.len()).map(|at| at as f64).collect(), Meaning::Names(Arc::from(values.to_texts())))
            }
            dates if let Some(kind) = dates.date_kind() => (numbers(values), Meaning::Date(kind)),
            _ => (numbers(values), meaning(coord.name(), attr("units"), crs)),
        };
        let label = match meaning {
            // Labels such as 30°W or 4 Jul say themselves what they are.
            Meaning::Longitude | Meaning::Latitude => None,
            Meaning::Date(_) if matches!(name, Some("time" | "date")) && attr("long_name").is_none() => None,
            Meaning::Date(_) => attr("long_name").or(name).map(str::to_owned),
            _ => with_unit(attr("long_name").or(name), attr("units")),
        };
        Self { at, meaning, label }
    }

    /// The labels of the dimension `dim`; positions where it has none.
    pub fn along(array: &DataArray, dim: &str, labelled: bool) -> Self {
        match array.index_of(dim) {
            Some(coord) => Self::of(coord, array.crs()),
            None => {
                Self::positions(array.sizes().iter().find(|(name, _)| name == dim).map_or(0, |(_, len)| *len), None)
                    .called(labelled.then(|| dim.to_owned()))
            }
        }
    }

    fn called(self, label: Option<String>) -> Self {
        Self { label, ..self }
    }

    /// First label and step, if the labels are evenly spaced.
    fn even(&self) -> Option<(f64, f64)> {
        // Which type the labels had is not known here; to the eye those of `f32` are even too.
        let cells = Cells::of_labels(&self.at, f64::from(f32::EPSILON), None).ok()?;
        Some((*self.at.first()?, cells.step))
    }

    /// The edges between labels that only rise or only fall: one more than there are labels.
    fn edges(&self) -> Option<Vec<f64>> {
        let at = &self.at;
        let steps: Vec<f64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (first, last) = (*steps.first()?, *steps.last()?);
        let one_way = steps.iter().all(|step| step.is_finite() && *step != 0.0 && (*step > 0.0) == (first > 0.0));
        let inner = at.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
        let ends = (at[0] - 0.5 * first, at[at.len() - 1] + 0.5 * last);
        one_way.then(|| std::iter::once(ends.0).chain(inner).chain(std::iter::once(ends.1)).collect())
    }
}

/// Every value as a number, dates as they are counted.
pub(in crate::plot) fn numbers(values: &Values) -> Vec<f64> {
    match values {
        Values::DateTime(dates) | Values::CfTime(_, dates) => {
            dates.iter().map(|&date| if date == i64::MIN { f64::NAN } else { date as f64 }).collect()
        }
        other => other.cast(DType::F64).to_vec::<f64>().unwrap_or_default(),
    }
}

/// The axis of an image along its dimension `axis`, and which cells to take in order so that they are evenly spaced
/// where its labels are not.
pub(in crate::plot) fn image_axis(array: &DataArray, axis: usize, labelled: bool) -> (Axis, Option<Vec<usize>>) {
    let (dim, len) = (array.dims()[axis].as_str(), array.shape()[axis]);
    let places = Places::along(array, dim, labelled);
    let position = Axis { label: labelled.then(|| dim.to_owned()), ..Axis::index(len) };
    let of = |start: f64, end: f64| Axis {
        meaning: places.meaning.clone(),
        start,
        end,
        label: places.label.clone(),
        forward: false,
    };
    match &places.meaning {
        _ if array.index_of(dim).is_none() || len == 0 => (position, None),
        Meaning::Names(_) => (of(-0.5, len as f64 - 0.5), None),
        _ if len == 1 && places.at[0].is_finite() => {
            let half = 0.5 * size_of_one(array, dim, &places.meaning);
            (of(places.at[0] - half, places.at[0] + half), None)
        }
        _ => match (places.even(), places.edges()) {
            (Some((first, step)), _) => (of(first - 0.5 * step, first + (len as f64 - 0.5) * step), None),
            (None, Some(edges)) => (of(edges[0], edges[len]), Some(cuts(&edges))),
            (None, None) => (position, None),
        },
    }
}

/// One cell does not tell its size; the transform of the raster that it was cut from may.
fn size_of_one(array: &DataArray, dim: &str, meaning: &Meaning) -> f64 {
    if let Meaning::Date(kind) = meaning {
        return kind.day() as f64;
    }
    let [_, width, _, _, _, height] = array.transform().unwrap_or([0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    if runs_down(dim) { height } else { width }
}

/// The cell in which each of many even pieces between the first and the last edge has its middle.
fn cuts(edges: &[f64]) -> Vec<usize> {
    let cells = edges.len() - 1;
    let pieces = (4 * cells).clamp(CUTS, 2 * CUTS);
    let (first, length) = (edges[0], edges[cells] - edges[0]);
    let mut cell = 0;
    (0..pieces)
        .map(|piece| {
            let share = (piece as f64 + 0.5) / pieces as f64;
            while cell + 1 < cells && (edges[cell + 1] - first) / length <= share {
                cell += 1;
            }
            cell
        })
        .collect()
}

/// "long name (units)" of an array's values, as far as there is any of it.
pub(in crate::plot) fn value_label(array: &DataArray) -> Option<String> {
    let attr = |name| array.get_attr(name).and_then(Attr::as_str);
    with_unit(attr("long_name").or(array.get_name()), attr("units"))
}

fn with_unit(name: Option<&str>, unit: Option<&str>) -> Option<String> {
    match (name, unit.filter(|unit| !unit.trim().is_empty() && *unit != "1")) {
        (Some(name), Some(unit)) => Some(format!("{name} ({unit})")),
        (name, unit) => name.or(unit).map(str::to_owned),
    }
}

/// What a label of `coord` at position `at` says.
pub(in crate::plot) fn label_text(coord: &Coord, at: usize) -> String {
    match coord.values().dtype() {
        DType::F32 | DType::F64 => coord.values().get(&[at]).map_or_else(String::new, number),
        _ => coord.values().to_texts().get(at).cloned().unwrap_or_default(),
    }
}

/// "time = 2016-07-01, level = 500": the scalar coordinates, which say which part of a larger array this is.
pub(in crate::plot) fn part_title(array: &DataArray) -> Option<String> {
    let scalars = array.coords().iter().filter(|coord| coord.dims().is_empty() && coord.name() != SPATIAL_REF);
    let value = |coord: &Coord| match coord.values().dtype() {
        DType::F32 | DType::F64 => coord.values().get(&[]).map_or_else(String::new, number),
        _ => coord.values().to_texts().concat(),
    };
    let parts: Vec<String> = scalars.map(|coord| format!("{} = {}", coord.name(), value(coord))).collect();
    let title = parts.join(", ");
    let cut = title.chars().count() > TITLE;
    let title = if cut { title.chars().take(TITLE - 1).chain(['…']).collect() } else { title };
    (!title.is_empty()).then_some(title)
}

fn meaning(dim: &str, units: Option<&str>, crs: Option<&str>) -> Meaning {
    // CF writes degrees_east, degree_E, degreesE and so on.
    let direction = units.and_then(|units| units.strip_prefix("degree"));
    let direction = direction.map(|rest| rest.trim_start_matches('s').trim_start_matches('_').to_lowercase());
    match (dim, direction.as_deref()) {
        (_, Some("east" | "e")) => return Meaning::Longitude,
        (_, Some("north" | "n")) => return Meaning::Latitude,
        ("lon" | "longitude", _) => return Meaning::Longitude,
        ("lat" | "latitude", _) => return Meaning::Latitude,
        _ => {}
    }
    let geographic = ["GEOGCS[", "GEOGCRS[", "GEODCRS[", "GEODETICCRS[", "GEOGRAPHICCRS["];
    let is_geographic = crs.is_some_and(|wkt| geographic.iter().any(|start| wkt.trim_start().starts_with(start)));
    match dim {
        "x" if is_geographic => Meaning::Longitude,
        "y" if is_geographic => Meaning::Latitude,
        _ => Meaning::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lazy::AxisIndex;
    use crate::plot::imshow;
    use crate::plot::input::image::Image;
    use crate::time::{DateKind, Step, date_range_by};
    use ndarray::Array2;

    const WGS_84: &str = "GEOGCRS[\"WGS 84\"]";

    fn image(array: &DataArray) -> Image {
        Image::of(array, true, None, None).unwrap()
    }

    fn map() -> DataArray {
        let field = Array2::from_shape_fn((26, 72), |(row, column)| (row * 72 + column) as f32);
        let array = DataArray::new(field, ["y", "x"]).unwrap().name("heat").attr("units", "°C");
        let array = array.coord("y", (0..26).map(|row| 67.5 - 5.0 * f64::from(row)).collect::<Vec<_>>()).unwrap();
        array.coord("x", (0..72).map(|column| -177.5 + 5.0 * f64::from(column)).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_georeferenced_array_has_axes_in_degrees_from_edge_to_edge() {
        let image = image(&map().with_crs("EPSG:4326").unwrap());
        assert_eq!((image.columns.start, image.columns.end), (-180.0, 180.0));
        assert_eq!((image.rows.start, image.rows.end), (70.0, -60.0));
        assert_eq!(image.columns.across(560.0).labels.join(" "), "180° 120°W 60°W 0° 60°E 120°E 180°");
        assert_eq!(image.rows.down(200.0).labels.join(" "), "60°S 30°S 0° 30°N 60°N");
        assert!(!image.rows.runs_up() && !image.columns.runs_left());
        assert_eq!((image.label.as_deref(), image.rows.label), (Some("heat (°C)"), None));
    }

    #[test]
    fn coordinates_without_a_crs_are_numbers_with_the_dimensions_name() {
        let image = image(&map());
        assert_eq!((image.rows.meaning, image.rows.label.as_deref()), (Meaning::Number, Some("y")));
    }

    #[test]
    fn coordinates_that_rise_with_the_rows_grow_upwards() {
        let field = Array2::from_shape_fn((3, 4), |(row, _)| row as i64);
        let array = DataArray::new(field, ["y", "x"]).unwrap().coord("y", 1..=3).unwrap().coord("x", 1..=4).unwrap();
        let image = image(&array);
        assert!(image.rows.runs_up());
        assert_eq!((image.rows.start, image.rows.end), (0.5, 3.5));
        // Row 0 has coordinate 1 and is drawn at the bottom: its middle is at 5/6 of the height.
        assert!((image.rows.place(1.0, true) - 5.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn uneven_coordinates_have_cells_of_their_own_sizes() {
        let field = Array2::from_shape_fn((3, 2), |(row, _)| row as f64);
        let array = DataArray::new(field, ["level", "x"]).unwrap().coord("level", vec![1.0, 2.0, 10.0]).unwrap();
        let image = image(&array);
        assert_eq!((image.shape(), image.rows.start, image.rows.end), ((3, 2), 0.5, 14.0));
        let column =
            image.values.index(&[AxisIndex::Range { start: 0, len: CUTS, step: 1 }, AxisIndex::At(0)]).unwrap();
        let share = |value: f64| {
            let numbers = numbers(&column);
            numbers.iter().filter(|number| **number == value).count() as f64 / numbers.len() as f64
        };
        // Edges at 0.5, 1.5, 6 and 14.
        for (value, length) in [(0.0, 1.0), (1.0, 4.5), (2.0, 8.0)] {
            assert!((share(value) - length / 13.5).abs() < 0.002, "{value}");
        }
    }

    #[test]
    fn months_are_as_wide_as_they_are_long() {
        let array = DataArray::new(Array2::<f64>::zeros((12, 2)), ["time", "x"]).unwrap();
        let image = image(&array.coord("time", date_range_by("2016-01-01", 12, Step::Months(1)).unwrap()).unwrap());
        assert_eq!((image.rows.meaning, image.aspect), (Meaning::Date(DateKind::Nanoseconds), None));
    }

    #[test]
    fn labels_without_order_and_missing_ones_fall_back_to_positions() {
        let array = DataArray::new(Array2::<f64>::zeros((3, 2)), ["level", "x"]).unwrap();
        let image = image(&array.coord("level", vec![1.0, 10.0, 2.0]).unwrap());
        assert_eq!((image.rows.meaning, image.rows.label.as_deref()), (Meaning::Index, Some("level")));
        assert_eq!((image.columns.meaning, image.columns.label.as_deref()), (Meaning::Index, Some("x")));
    }

    #[test]
    fn an_array_with_three_dimensions_says_which_it_has() {
        let cube = DataArray::new(ndarray::Array3::<f64>::zeros((2, 3, 4)), ["time", "y", "x"]).unwrap();
        let error = imshow(&cube).to_png().unwrap_err().to_string();
        assert!(error.contains("dimensions (time: 2, y: 3, x: 4)"), "{error}");
    }

    #[test]
    fn degrees_are_recognised_by_name_units_or_crs() {
        assert_eq!(meaning("lon", None, None), Meaning::Longitude);
        assert_eq!(meaning("rows", Some("degrees_north"), None), Meaning::Latitude);
        assert_eq!(meaning("x", Some("m"), Some("PROJCRS[\"UTM\", BASEGEOGCRS[]]")), Meaning::Number);
        assert_eq!(meaning("y", None, Some(WGS_84)), Meaning::Latitude);
    }
}
