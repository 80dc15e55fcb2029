//! Coordinate reference systems from the attributes of a grid mapping, as the CF conventions name them: what netCDF files have
//! that carry no WKT.

use super::Crs;
use crate::array::{Attr, Attrs};
use crate::{Error, ErrorKind, Result};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The grid mappings that are understood, for the error of one that is not.
const KNOWN: &str = "albers_conical_equal_area, azimuthal_equidistant, geostationary, lambert_azimuthal_equal_area, \
    lambert_conformal_conic, lambert_cylindrical_equal_area, latitude_longitude, mercator, orthographic, \
    polar_stereographic, rotated_latitude_longitude, sinusoidal, stereographic, transverse_mercator";

impl Crs {
    /// The system that the attributes of a grid mapping describe: by WKT (`crs_wkt`, `spatial_ref`), or by the names of the
    /// CF conventions (`grid_mapping_name` and what belongs to it). None where they describe none.
    ///
    /// ```
    /// use isopleth::{array::Coord, geo::Crs};
    /// let mapping = Coord::scalar(0)
    ///     .attr("grid_mapping_name", "polar_stereographic")
    ///     .attr("straight_vertical_longitude_from_pole", -45.0)
    ///     .attr("latitude_of_projection_origin", 90.0)
    ///     .attr("standard_parallel", 70.0);
    /// assert!(Crs::from_cf(mapping.attrs())?.is_some());
    /// assert!(Crs::from_cf(Coord::scalar(0).attrs())?.is_none());
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the WKT is none, or the grid mapping is not known or lacks a number.
    pub fn from_cf(attrs: &Attrs) -> Result<Option<Self>> {
        let text = |name: &str| attrs.get(name).and_then(Attr::as_str).map(str::trim).filter(|text| !text.is_empty());
        // Some files write a code or a PROJ string there.
        if let Some(definition) = text("crs_wkt").or_else(|| text("spatial_ref")) {
            return Self::parse(definition).map(Some);
        }
        let Some(name) = text("grid_mapping_name") else { return Ok(None) };
        let mapping = Mapping { name, attrs };
        let words = mapping.projection()?;
        let words: Vec<String> = words.into_iter().chain(mapping.shape_of_the_earth()).collect();
        if words == ["+proj=longlat", "+datum=WGS84"] {
            return Self::from_epsg(4326).map(Some);
        }
        Self::parse(&format!("{} +no_defs +type=crs", words.join(" "))).map(Some)
    }
}

/// A definition that was made of attributes, for as long as the process lives, so that an array can lend it. There are as many
/// as there are different systems, which are few.
pub(super) fn kept(definition: &str) -> &'static str {
    static DEFINITIONS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut definitions = DEFINITIONS.lock().unwrap_or_else(PoisonError::into_inner);
    match definitions.get(definition) {
        Some(known) => known,
        None => {
            let new: &'static str = Box::leak(definition.into());
            definitions.insert(new);
            new
        }
    }
}

/// The attributes of one grid mapping.
struct Mapping<'a> {
    name: &'a str,
    attrs: &'a Attrs,
}

impl Mapping<'_> {
    /// Numbers of an attribute; some files write them as text.
    fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        match self.attrs.get(name)? {
            Attr::Text(text) => {
                text.split([',', ' ']).filter(|word| !word.is_empty()).map(|word| word.parse().ok()).collect()
            }
            number => number.floats().or_else(|| number.as_f64().map(|number| vec![number])),
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.numbers(name)?.first().copied()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.attrs.get(name).and_then(Attr::as_str)
    }

    /// The first of these attributes that is there.
    fn first(&self, names: &[&str]) -> Result<f64> {
        names.iter().find_map(|name| self.number(name)).ok_or_else(|| {
            let message = format!("the grid mapping {} lacks the attribute {}", self.name, names.join(" or "));
            Error::new(ErrorKind::NotFound, message)
        })
    }

    fn longitude(&self) -> Result<f64> {
        self.first(&[
            "longitude_of_projection_origin",
            "longitude_of_central_meridian",
            "straight_vertical_longitude_from_pole",
        ])
    }

    fn latitude(&self) -> f64 {
        self.number("latitude_of_projection_origin").unwrap_or(0.0)
    }

    /// The words of a PROJ string that say which projection it is, and where its origin lies.
    fn projection(&self) -> Result<Vec<String>> {
        let parallels = self.numbers("standard_parallel").unwrap_or_default();
        let scale = || {
            ["scale_factor_at_projection_origin", "scale_factor_at_central_meridian"]
                .iter()
                .find_map(|name| self.number(name))
        };
        let mut words = Vec::new();
        let mut say = |key: &str, value: f64| words.push(format!("+{key}={value}"));
        let kind = match self.name {
            "latitude_longitude" => return Ok(vec!["+proj=longlat".to_owned()]),
            "rotated_latitude_longitude" => {
                say("o_lat_p", self.first(&["grid_north_pole_latitude"])?);
                say("o_lon_p", self.number("north_pole_grid_longitude").unwrap_or(0.0));
                say("lon_0", 180.0 + self.first(&["grid_north_pole_longitude"])?);
                words.insert(0, "+o_proj=longlat".to_owned());
                words.insert(0, "+proj=ob_tran".to_owned());
                return Ok(words);
            }
            "lambert_conformal_conic" | "albers_conical_equal_area" => {
                let first = self.first(&["standard_parallel"])?;
                say("lat_1", first);
                say("lat_2", parallels.get(1).copied().unwrap_or(first));
                say("lat_0", self.latitude());
                say("lon_0", self.longitude()?);
                if self.name == "lambert_conformal_conic" { "lcc" } else { "aea" }
            }
            "polar_stereographic" => {
                let parallel = parallels.first().copied();
                let pole = self.number("latitude_of_projection_origin").or(parallel);
                let pole = pole.map_or_else(|| self.first(&["latitude_of_projection_origin"]), Ok)?;
                say("lat_0", 90f64.copysign(pole));
                match (parallel, scale()) {
                    (Some(parallel), _) => say("lat_ts", parallel),
                    (None, Some(scale)) => say("k_0", scale),
                    (None, None) => return Err(self.lacks("standard_parallel or scale_factor_at_projection_origin")),
                }
                say("lon_0", self.longitude()?);
                "stere"
            }
            "transverse_mercator" => {
                say("lat_0", self.latitude());
                say("lon_0", self.longitude()?);
                say("k", scale().unwrap_or(1.0));
                "tmerc"
            }
            "mercator" | "lambert_cylindrical_equal_area" => {
                say("lon_0", self.longitude()?);
                match (parallels.first(), scale()) {
                    (Some(&parallel), _) => say("lat_ts", parallel),
                    (None, scale) => say("k", scale.unwrap_or(1.0)),
                }
                if self.name == "mercator" { "merc" } else { "cea" }
            }
            "stereographic" => {
                say("lat_0", self.latitude());
                say("lon_0", self.longitude()?);
                say("k_0", scale().unwrap_or(1.0));
                "stere"
            }
            "lambert_azimuthal_equal_area" | "azimuthal_equidistant" | "orthographic" => {
                say("lat_0", self.latitude());
                say("lon_0", self.longitude()?);
                match self.name {
                    "lambert_azimuthal_equal_area" => "laea",
                    "azimuthal_equidistant" => "aeqd",
                    _ => "ortho",
                }
            }
            "geostationary" => {
                say("h", self.first(&["perspective_point_height"])?);
                say("lon_0", self.longitude()?);
                // The axis that moves the mirror, or the one that does not.
                let fixed = self.text("fixed_angle_axis").map(|axis| if axis == "x" { "y" } else { "x" });
                let sweep = self.text("sweep_angle_axis").or(fixed).unwrap_or("y").to_owned();
                words.push(format!("+sweep={sweep}"));
                "geos"
            }
            "sinusoidal" => {
                say("lon_0", self.longitude()?);
                "sinu"
            }
            other => {
                let message = format!("the grid mapping {other} is not known; these are: {KNOWN}");
                return Err(Error::new(ErrorKind::NotFound, message));
            }
        };
        for (key, name) in [("x_0", "false_easting"), ("y_0", "false_northing")] {
            words.push(format!("+{key}={}", self.number(name).unwrap_or(0.0)));
        }
        words.insert(0, format!("+proj={kind}"));
        Ok(words)
    }

    fn lacks(&self, what: &str) -> Error {
        Error::new(ErrorKind::NotFound, format!("the grid mapping {} lacks the attribute {what}", self.name))
    }

    /// The words that say how large and how flat the Earth is, and where longitudes are counted from.
    fn shape_of_the_earth(&self) -> Vec<String> {
        let mut words = Vec::new();
        let axis = self.number("semi_major_axis");
        let flattening = self.number("inverse_flattening");
        let minor = self.number("semi_minor_axis");
        let named = self.text("reference_ellipsoid_name").and_then(ellipsoid);
        let mut datum = ["horizontal_datum_name", "geographic_crs_name"].iter().filter_map(|name| self.text(name));
        let is_wgs84 = |name: &str| {
            let name = name.to_uppercase().replace([' ', '_', '-'], "");
            name.contains("WGS84") || name.contains("WORLDGEODETICSYSTEM1984")
        };
        let wgs84 = datum.any(is_wgs84)
            || axis == Some(6_378_137.0) && flattening.is_some_and(|f| (f - 298.257_223_563).abs() < 1e-9);
        match (axis, flattening, minor, self.number("earth_radius")) {
            _ if wgs84 => words.push("+datum=WGS84".to_owned()),
            (Some(axis), Some(flattening), ..) if flattening != 0.0 => {
                words.push(format!("+a={axis} +rf={flattening}"));
            }
            (Some(axis), _, Some(minor), _) => words.push(format!("+a={axis} +b={minor}")),
            (Some(radius), ..) | (None, .., Some(radius)) => words.push(format!("+R={radius}")),
            _ => match named {
                Some(name) => words.push(format!("+ellps={name}")),
                None => words.push("+datum=WGS84".to_owned()),
            },
        }
        if let Some(meridian) = self.number("longitude_of_prime_meridian").filter(|&meridian| meridian != 0.0) {
            words.push(format!("+pm={meridian}"));
        }
        if let Some(shift) = self.numbers("towgs84").filter(|_| !wgs84) {
            let shift: Vec<String> = shift.iter().map(f64::to_string).collect();
            words.push(format!("+towgs84={}", shift.join(",")));
        }
        words
    }
}

/// PROJ's name of an ellipsoid.
fn ellipsoid(name: &str) -> Option<&'static str> {
    match name.to_uppercase().replace([' ', '_', '-'], "").as_str() {
        "WGS84" => Some("WGS84"),
        "GRS80" | "GRS1980" => Some("GRS80"),
        "AIRY1830" => Some("airy"),
        "BESSEL1841" => Some("bessel"),
        "CLARKE1866" => Some("clrk66"),
        "INTERNATIONAL1924" => Some("intl"),
        "KRASSOWSKY1940" => Some("krass"),
        "WGS72" => Some("WGS72"),
        _ => None,
    }
}
