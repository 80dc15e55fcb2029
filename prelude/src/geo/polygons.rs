//! Areas on the map: polygons with names, read from GeoJSON.

use super::{Crs, IntoCrs};
use crate::disk::shown;
use crate::gdal::errors::not_opened;
use crate::gdal::library;
use crate::{Error, ErrorKind, Result};
use gdal::errors::GdalError;
use gdal::spatial_ref::CoordTransform;
use gdal::vector::{Geometry, OGRwkbGeometryType};
use serde_json::Value;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A ring of (x, y), closed or not.
type Ring = Vec<(f64, f64)>;

/// Named areas on the map, each of one polygon or several, with holes.
///
/// Made of GeoJSON: a geometry, a Feature or a FeatureCollection. Its coordinates are longitude and latitude (EPSG:4326),
/// as the standard says, unless an old-style `crs` member or [`with_crs`](Self::with_crs) says otherwise; where
/// they meet an array they are brought to its CRS.
///
/// ```
/// use isopleth::raster::Polygons;
/// let text = r#"{"type": "Feature", "properties": {"name": "Basel"}, "geometry":
///     {"type": "Polygon", "coordinates": [[[7.5, 47.5], [7.7, 47.5], [7.7, 47.6], [7.5, 47.6], [7.5, 47.5]]]}}"#;
/// let areas = Polygons::from_geojson(text)?.named_by("name")?;
/// assert_eq!(areas.names(), ["Basel"]);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Clone)]
pub struct Polygons {
    areas: Arc<[Area]>,
    names: Vec<String>,
    crs: Option<Crs>,
}

#[derive(Debug)]
struct Area {
    /// Outer ring first, then holes.
    polygons: Vec<Vec<Ring>>,
    properties: serde_json::Map<String, Value>,
}

impl Polygons {
    /// The areas that a GeoJSON text describes. They are named by their number, from 0.
    ///
    /// # Errors
    /// If the text is no GeoJSON, or has geometries other than polygons.
    pub fn from_geojson(text: &str) -> Result<Self> {
        let invalid = |why: String| Error::new(ErrorKind::InvalidArgument, format!("not GeoJSON: {why}"));
        let json: Value = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
        let mut areas = Vec::new();
        collect(&json, &mut areas)?;
        if areas.is_empty() {
            return Err(invalid("it has no feature".to_owned()));
        }
        let crs = match (json.pointer("/crs/properties/name").and_then(Value::as_str), json.get("crs")) {
            (Some(name), _) => named_crs(name).map_err(|error| error.context("the member crs"))?,
            (None, None | Some(Value::Null)) => Crs::from_epsg(4326)?,
            (None, Some(other)) => {
                return Err(invalid(format!(
                    "its member crs names no system: {other}; take it off and use with_crs(…)"
                )));
            }
        };
        let names = (0..areas.len()).map(|number| number.to_string()).collect();
        Ok(Self { areas: areas.into(), names, crs: Some(crs) })
    }

    /// The areas in a GeoJSON file.
    ///
    /// # Errors
    /// If the file cannot be read, and as [`from_geojson`](Self::from_geojson).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => {
                let message = format!("{} is not text; save the areas as GeoJSON", shown(path));
                Error::new(ErrorKind::Damaged, message)
            }
            _ => not_opened(path, &error.to_string()),
        })?;
        Self::from_geojson(&text).map_err(|error| error.context(shown(path)))
    }

    /// The areas named by one of their properties.
    ///
    /// # Errors
    /// If an area lacks it; the error says what there is.
    pub fn named_by(mut self, property: &str) -> Result<Self> {
        self.names = self
            .areas
            .iter()
            .enumerate()
            .map(|(number, area)| match area.properties.get(property) {
                Some(Value::String(text)) => Ok(text.clone()),
                Some(other) if !other.is_null() => Ok(other.to_string()),
                _ => {
                    let has: Vec<&str> = area.properties.keys().map(String::as_str).collect();
                    let has = if has.is_empty() { "no properties".to_owned() } else { has.join(", ") };
                    let message = format!("area {number} has no property \"{property}\"; it has {has}");
                    Err(Error::new(ErrorKind::NotFound, message))
                }
            })
            .collect::<Result<_>>()?;
        Ok(self)
    }

    /// The same coordinates, meant in another CRS.
    ///
    /// # Errors
    /// If there is no such CRS.
    pub fn with_crs(mut self, crs: impl IntoCrs) -> Result<Self> {
        self.crs = Some(crs.into_crs()?);
        Ok(self)
    }

    /// The names of the areas.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many areas.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// The areas as GDAL's geometries, in `crs` (as they are where there is none).
    pub(crate) fn geometries(&self, crs: Option<&Crs>) -> Result<Vec<Geometry>> {
        let moved = match (&self.crs, crs) {
            (Some(own), Some(crs)) if !own.same(crs) => Some((own, crs)),
            _ => None,
        };
        library::call(|| {
            let moved = moved
                .map(|(own, crs)| {
                    let transform = CoordTransform::new(&own.horizontal()?, &crs.horizontal()?)?;
                    Ok::<_, GdalError>(Moved {
                        transform,
                        from_degrees: own.is_geographic(),
                        to_degrees: crs.is_geographic(),
                    })
                })
                .transpose()?;
            self.areas.iter().map(|area| geometry(area, moved.as_ref())).collect()
        })
        .map_err(|said| {
            let crs = crs.map_or_else(|| "the array's coordinates".to_owned(), Crs::to_string);
            Error::new(ErrorKind::Mismatch, format!("the polygons cannot be brought to {crs}: {said}"))
        })
    }
}

impl fmt::Debug for Polygons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let crs = self.crs.as_ref().map_or_else(|| "no CRS".to_owned(), Crs::to_string);
        let some: Vec<&str> = self.names.iter().take(5).map(String::as_str).collect();
        let more = if self.len() > some.len() { ", …" } else { "" };
        write!(f, "Polygons: {} areas ({}{more}), {crs}", self.len(), some.join(", "))
    }
}

/// What polygons can be given as: [`Polygons`], a GeoJSON text, or the path of a GeoJSON file.
pub trait IntoPolygons {
    /// The areas.
    ///
    /// # Errors
    /// If the text or file is not GeoJSON.
    fn into_polygons(self) -> Result<Polygons>;
}

impl IntoPolygons for Polygons {
    fn into_polygons(self) -> Result<Polygons> {
        Ok(self)
    }
}

impl IntoPolygons for &Polygons {
    fn into_polygons(self) -> Result<Polygons> {
        Ok(self.clone())
    }
}

impl IntoPolygons for &str {
    fn into_polygons(self) -> Result<Polygons> {
        if self.trim_start().starts_with('{') { Polygons::from_geojson(self) } else { Polygons::open(self) }
    }
}

impl IntoPolygons for &Path {
    fn into_polygons(self) -> Result<Polygons> {
        Polygons::open(self)
    }
}

impl IntoPolygons for &std::path::PathBuf {
    fn into_polygons(self) -> Result<Polygons> {
        Polygons::open(self)
    }
}

/// The CRS of an old-style `crs` member. `CRS84` is EPSG:4326 with the longitude first, as we have it anyway.
fn named_crs(name: &str) -> Result<Crs> {
    if name.ends_with("CRS84") {
        return Crs::from_epsg(4326);
    }
    Crs::parse(name)
}

fn collect(json: &Value, areas: &mut Vec<Area>) -> Result<()> {
    let invalid = |why: String| Error::new(ErrorKind::InvalidArgument, format!("not GeoJSON: {why}"));
    match json["type"].as_str() {
        Some("FeatureCollection") => {
            let features =
                json["features"].as_array().ok_or_else(|| invalid("a collection without features".to_owned()))?;
            features.iter().try_for_each(|feature| collect(feature, areas))
        }
        Some("Feature") => {
            let mut polygons = Vec::new();
            // A feature without a geometry is allowed, and is an area without a pixel.
            if !json["geometry"].is_null() {
                shapes(&json["geometry"], &mut polygons)
                    .map_err(|why| invalid(format!("area {}: {why}", areas.len())))?;
            }
            let properties = json["properties"].as_object().cloned().unwrap_or_default();
            areas.push(Area { polygons, properties });
            Ok(())
        }
        Some(_) => {
            let mut polygons = Vec::new();
            shapes(json, &mut polygons).map_err(invalid)?;
            areas.push(Area { polygons, properties: serde_json::Map::new() });
            Ok(())
        }
        None => Err(invalid("it has no \"type\"".to_owned())),
    }
}

fn shapes(geometry: &Value, polygons: &mut Vec<Vec<Ring>>) -> Result<(), String> {
    let list = |value: &'_ Value| value.as_array().cloned().ok_or_else(|| "a geometry without coordinates".to_owned());
    match geometry["type"].as_str() {
        Some("Polygon") => {
            polygons.extend(rings(&geometry["coordinates"])?);
            Ok(())
        }
        Some("MultiPolygon") => {
            for polygon in list(&geometry["coordinates"])? {
                polygons.extend(rings(&polygon)?);
            }
            Ok(())
        }
        Some("GeometryCollection") => {
            let parts = geometry["geometries"].as_array().ok_or("a GeometryCollection without geometries")?;
            parts.iter().try_for_each(|one| shapes(one, polygons))
        }
        Some(other) => Err(format!("a {other} has no area; polygons are needed")),
        None => Err("a geometry without a type".to_owned()),
    }
}

/// The rings of one polygon; none if it is empty.
fn rings(coordinates: &Value) -> Result<Option<Vec<Ring>>, String> {
    let rings = coordinates.as_array().ok_or("a polygon without coordinates")?;
    let mut polygon = Vec::with_capacity(rings.len());
    for ring in rings {
        let points = ring.as_array().ok_or("a ring that is no list of points")?;
        let point = |point: &Value| Some((point.get(0)?.as_f64()?, point.get(1)?.as_f64()?));
        let ring: Option<Ring> = points.iter().map(point).collect();
        let ring = ring.ok_or("a point that is not two numbers")?;
        // An empty ring is no hole and no area.
        if ring.is_empty() {
            continue;
        }
        if ring.len() < 4 {
            return Err(format!("a ring of {} points; 4 are the least, the last like the first", ring.len()));
        }
        polygon.push(ring);
    }
    Ok((!polygon.is_empty()).then_some(polygon))
}

/// The way from the system of the polygons to that of an array.
struct Moved {
    transform: CoordTransform,
    from_degrees: bool,
    to_degrees: bool,
}

impl Moved {
    fn ring(&self, x: &mut [f64], y: &mut [f64]) -> Result<(), GdalError> {
        let before = x.to_vec();
        self.transform.transform_coords(x, y, &mut [])?;
        if !self.to_degrees {
            return Ok(());
        }
        // PROJ brings longitudes to -180 to 180; a ring that runs beyond would be torn into two.
        if self.from_degrees {
            for (x, before) in x.iter_mut().zip(before) {
                *x += 360.0 * ((before - *x) / 360.0).round();
            }
            return Ok(());
        }
        let known = x.to_vec();
        for at in 1..x.len() {
            x[at] += 360.0 * ((x[at - 1] - x[at]) / 360.0).round();
        }
        // Around a pole there is no such ring.
        let open = x.first().zip(x.last()).is_some_and(|(first, last)| (first - last).abs() > 180.0);
        if open {
            x.copy_from_slice(&known);
        }
        Ok(())
    }
}

fn geometry(area: &Area, moved: Option<&Moved>) -> Result<Geometry, GdalError> {
    let mut all = Geometry::empty(OGRwkbGeometryType::wkbMultiPolygon)?;
    for rings in &area.polygons {
        let mut polygon = Geometry::empty(OGRwkbGeometryType::wkbPolygon)?;
        for ring in rings {
            let (mut x, mut y): (Vec<f64>, Vec<f64>) = ring.iter().copied().unzip();
            if let Some(moved) = moved {
                moved.ring(&mut x, &mut y)?;
            }
            let mut line = Geometry::empty(OGRwkbGeometryType::wkbLinearRing)?;
            x.into_iter().zip(y).for_each(|point| line.add_point_2d(point));
            polygon.add_geometry(line)?;
        }
        all.add_geometry(polygon)?;
    }
    Ok(all)
}
