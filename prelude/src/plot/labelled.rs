//! A [`DataArray`] as an image: its coordinates become the axes, its name and units the colour bar's label.

use super::axes::{Axis, Meaning};
use super::source::{Image, ImageSource, Source, not_two_d, sealed::Sealed};
use crate::array::{Attr, Coord, DType, DataArray};
use crate::{Error, ErrorKind};

/// Coordinates whose steps differ by more than this share of a step are not evenly spaced.
const UNEVEN: f64 = 0.01;

#[allow(private_interfaces)]
impl Sealed for DataArray {
    fn image(&self) -> Source {
        let (dims, shape) = (self.dims(), self.shape());
        if dims.len() != 2 {
            let sizes: Vec<String> = dims.iter().zip(shape).map(|(dim, size)| format!("{dim}: {size}")).collect();
            return Err(not_two_d(&format!("dimensions ({})", sizes.join(", "))));
        }
        if self.dtype() == DType::DateTime {
            let message =
                "imshow of dates: they have no place on a colour scale; take a calendar field such as .month()";
            return Err((ErrorKind::InvalidArgument, message.to_owned()));
        }
        if self.dtype() == DType::Text {
            let message =
                "imshow of text: it has no place on a colour scale; draw numbers, such as positions in a list";
            return Err((ErrorKind::InvalidArgument, message.to_owned()));
        }
        let values = self.values().map_err(|error: Error| (error.kind(), error.to_string()))?;
        let axis = |at: usize| axis(self, &dims[at], shape[at]);
        Ok(Image { values, rows: axis(0), columns: axis(1), label: label(self) })
    }
}

impl ImageSource for DataArray {}

/// "long name (units)", as far as there is any of it.
fn label(array: &DataArray) -> Option<String> {
    let attr = |name| array.get_attr(name).and_then(Attr::as_str);
    with_unit(attr("long_name").or(array.get_name()), attr("units"))
}

fn with_unit(name: Option<&str>, unit: Option<&str>) -> Option<String> {
    match (name, unit) {
        (Some(name), Some(unit)) => Some(format!("{name} ({unit})")),
        (name, unit) => name.or(unit).map(str::to_owned),
    }
}

/// The axis along `dim`: its coordinate if that is evenly spaced, the position in the array otherwise.
fn axis(array: &DataArray, dim: &str, len: usize) -> Axis {
    let position = Axis { label: Some(dim.to_owned()), ..Axis::index(len) };
    let Some(coord) = array.coords().get(dim).filter(|coord| coord.is_index()) else { return position };
    let Some((first, step)) = even(array, coord) else { return position };
    let attr = |name| coord.attrs().get(name).and_then(Attr::as_str);
    let meaning = meaning(dim, attr("units"), array.crs());
    let label = match meaning {
        // Labels such as 30°W say themselves what they are.
        Meaning::Longitude | Meaning::Latitude => None,
        _ => with_unit(attr("long_name").or(Some(dim)), attr("units")),
    };
    Axis { len, meaning, start: first - 0.5 * step, end: first + (len as f64 - 0.5) * step, label }
}

/// First label and step of an evenly spaced coordinate of numbers.
fn even(array: &DataArray, coord: &Coord) -> Option<(f64, f64)> {
    let (values, len) = (coord.values(), coord.len());
    if matches!(values.dtype(), DType::DateTime | DType::Text) || len == 0 {
        return None;
    }
    let at = |index: usize| values.get(&[index]).filter(|value| value.is_finite());
    let first = at(0)?;
    if len == 1 {
        // One cell does not tell its size; the transform of the raster that it was cut from may.
        let [_, width, _, _, _, height] = array.transform().unwrap_or([0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        return Some((first, if matches!(coord.name(), "y" | "lat" | "latitude") { height } else { width }));
    }
    let step = (at(len - 1)? - first) / (len - 1) as f64;
    let near =
        |index| at(index).is_some_and(|value| (value - first - index as f64 * step).abs() <= UNEVEN * step.abs());
    (step != 0.0 && (0..len).all(near)).then_some((first, step))
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
    use crate::plot::imshow;
    use ndarray::Array2;

    const WGS_84: &str = "GEOGCRS[\"WGS 84\"]";

    fn map() -> DataArray {
        let field = Array2::from_shape_fn((26, 72), |(row, column)| (row * 72 + column) as f32);
        let array = DataArray::new(field, ["y", "x"]).unwrap().name("heat").attr("units", "°C");
        let array = array.coord("y", (0..26).map(|row| 67.5 - 5.0 * f64::from(row)).collect::<Vec<_>>()).unwrap();
        array.coord("x", (0..72).map(|column| -177.5 + 5.0 * f64::from(column)).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_georeferenced_array_has_axes_in_degrees_from_edge_to_edge() {
        let image = map().with_crs("EPSG:4326").unwrap().image().unwrap();
        assert_eq!((image.columns.start, image.columns.end), (-180.0, 180.0));
        assert_eq!((image.rows.start, image.rows.end), (70.0, -60.0));
        assert_eq!(image.columns.across(560.0).labels.join(" "), "180° 120°W 60°W 0° 60°E 120°E 180°");
        assert_eq!(image.rows.down(200.0).labels.join(" "), "60°S 30°S 0° 30°N 60°N");
        assert!(!image.rows.runs_up() && !image.columns.runs_left());
        assert_eq!((image.label.as_deref(), image.rows.label), (Some("heat (°C)"), None));
    }

    #[test]
    fn coordinates_without_a_crs_are_numbers_with_the_dimensions_name() {
        let image = map().image().unwrap();
        assert_eq!((image.rows.meaning, image.rows.label.as_deref()), (Meaning::Number, Some("y")));
    }

    #[test]
    fn coordinates_that_rise_with_the_rows_grow_upwards() {
        let field = Array2::from_shape_fn((3, 4), |(row, _)| row as i64);
        let array = DataArray::new(field, ["y", "x"]).unwrap().coord("y", 1..=3).unwrap().coord("x", 1..=4).unwrap();
        let image = array.image().unwrap();
        assert!(image.rows.runs_up());
        assert_eq!((image.rows.start, image.rows.end), (0.5, 3.5));
        // Row 0 has coordinate 1 and is drawn at the bottom: its middle is at 5/6 of the height.
        assert!((image.rows.place(1.0, true) - 5.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn uneven_or_missing_coordinates_fall_back_to_positions() {
        let array = DataArray::new(Array2::<f64>::zeros((3, 2)), ["level", "x"]).unwrap();
        let image = array.coord("level", vec![1.0, 2.0, 10.0]).unwrap().image().unwrap();
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
