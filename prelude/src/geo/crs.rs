//! Coordinate reference systems: what the numbers of a map's coordinates mean.

use crate::gdal::library;
use crate::{Error, ErrorKind, Result};
use gdal::errors::GdalError;
use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use std::fmt;
use std::sync::Arc;

/// A coordinate reference system.
#[derive(Clone, PartialEq, Eq)]
pub struct Crs {
    wkt: Arc<str>,
    name: Arc<str>,
    epsg: Option<u32>,
}

impl Crs {
    /// What it is called, apart from a code.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn new(wkt: &str, name: &str, epsg: Option<u32>) -> Self {
        Self { wkt: wkt.into(), name: name.into(), epsg }
    }

    /// The system that EPSG lists under `code`.
    ///
    /// # Errors
    /// If there is none.
    pub fn from_epsg(code: u32) -> Result<Self> {
        let found = library::call(|| {
            let reference = SpatialRef::from_epsg(code)?;
            Ok((reference.to_wkt()?, reference.name().unwrap_or_default()))
        });
        let (wkt, name) = found.map_err(|said| {
            Error::new(ErrorKind::NotFound, format!("no coordinate reference system EPSG:{code} ({said})"))
        })?;
        Ok(Self::new(&wkt, &name, Some(code)))
    }

    /// The system that a definition in WKT describes.
    ///
    /// # Errors
    /// If it is not a definition.
    pub fn from_wkt(wkt: &str) -> Result<Self> {
        let found = library::call(|| {
            let reference = SpatialRef::from_wkt(wkt)?;
            Ok((reference.name().unwrap_or_default(), epsg(&reference)))
        });
        let (name, epsg) = found.map_err(|said| {
            let begin: String = wkt.chars().take(60).collect();
            Error::new(ErrorKind::InvalidArgument, format!("not a CRS in WKT: \"{begin}…\" ({said})"))
        })?;
        Ok(Self::new(wkt, &name, epsg))
    }

    /// The system that a text names: a code (`EPSG:3857`, `OGC:CRS84`, `urn:ogc:def:crs:EPSG::3857`), WKT of any kind, PROJJSON,
    /// or a PROJ string. Coordinates are x and y, or longitude and latitude, in this order, whatever the authority says.
    ///
    /// ```
    /// use isopleth::geo::Crs;
    /// assert_eq!(Crs::parse("EPSG:3857")?.epsg(), Some(3857));
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it names none.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some(code) = text.to_ascii_uppercase().strip_prefix("EPSG:").and_then(|code| code.trim().parse().ok()) {
            return Self::from_epsg(code);
        }
        if text.contains('[') && !text.starts_with('{') {
            return Self::from_wkt(text);
        }
        let found = library::call(|| {
            let reference = SpatialRef::from_definition(text)?;
            Ok((reference.to_wkt()?, reference.name().unwrap_or_default(), epsg(&reference)))
        });
        let (wkt, name, epsg) = found.map_err(|said| {
            let message = format!(
                "\"{text}\" names no coordinate reference system ({said}); write a code such as \"EPSG:4326\", WKT, or a PROJ string"
            );
            Error::new(ErrorKind::InvalidArgument, message)
        })?;
        Ok(Self::new(&wkt, &name, epsg))
    }

    /// Whether two definitions mean the same system.
    pub(crate) fn same(&self, other: &Self) -> bool {
        if self.wkt == other.wkt || (self.epsg.is_some() && self.epsg == other.epsg) {
            return true;
        }
        let both = || Ok((SpatialRef::from_wkt(&self.wkt)?, SpatialRef::from_wkt(&other.wkt)?));
        library::call(both).is_ok_and(|(a, b)| a == b)
    }

    /// As GDAL's own object, with x (or longitude) first whatever the authority says.
    pub(crate) fn reference(&self) -> std::result::Result<SpatialRef, GdalError> {
        let mut reference = SpatialRef::from_wkt(&self.wkt)?;
        reference.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        Ok(reference)
    }

    /// [`reference`](Self::reference) without heights: a raster has x and y alone, and grids of heights need not be there.
    pub(crate) fn horizontal(&self) -> std::result::Result<SpatialRef, GdalError> {
        let reference = self.reference()?;
        // SAFETY: the reference is open, and nobody else has it.
        let stripped = unsafe {
            gdal_sys::OSRIsCompound(reference.to_c_hsrs()) == 0
                || gdal_sys::OSRStripVertical(reference.to_c_hsrs()) == gdal_sys::OGRErr::OGRERR_NONE
        };
        match stripped {
            true => Ok(reference),
            false => Err(GdalError::BadArgument(format!("{self} cannot be parted from its heights"))),
        }
    }

    /// The length of a unit of its coordinates in metres; none where they are angles.
    pub(crate) fn metres(&self) -> Option<f64> {
        let unit = || {
            let reference = SpatialRef::from_wkt(&self.wkt)?;
            Ok((reference.is_projected() || reference.is_local()).then(|| reference.linear_units()))
        };
        library::call(unit).ok().flatten().filter(|unit| *unit > 0.0)
    }

    /// Whether its coordinates are longitudes and latitudes in degrees.
    pub(crate) fn is_geographic(&self) -> bool {
        const DEGREE: f64 = std::f64::consts::PI / 180.0;
        let in_degrees = || {
            let reference = SpatialRef::from_wkt(&self.wkt)?;
            Ok(reference.is_geographic() && (reference.angular_units() - DEGREE).abs() < 1e-9)
        };
        library::call(in_degrees).unwrap_or(false)
    }

    /// How high above the Earth the satellite of a geostationary view stands, in the units of the CRS: angles seen from there
    /// are multiplied with it.
    pub(crate) fn satellite_height(&self) -> Option<f64> {
        let proj = library::call(|| SpatialRef::from_wkt(&self.wkt)?.to_proj4()).ok()?;
        let words: Vec<&str> = proj.split_whitespace().collect();
        let height = words.iter().find_map(|word| word.strip_prefix("+h="))?;
        words.contains(&"+proj=geos").then(|| height.parse().ok()).flatten()
    }

    /// The full definition, as WKT.
    pub fn wkt(&self) -> &str {
        &self.wkt
    }

    /// The EPSG code, where the file names one.
    pub fn epsg(&self) -> Option<u32> {
        self.epsg
    }
}

/// `EPSG:4326` where there is a code, the system's name elsewhere.
impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.epsg {
            Some(code) => write!(f, "EPSG:{code}"),
            None if self.name.is_empty() => f.write_str("unnamed"),
            None => f.write_str(&self.name),
        }
    }
}

impl fmt::Debug for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What may name a coordinate reference system: a [`Crs`], text for [`Crs::parse`], or an EPSG code.
pub trait IntoCrs {
    /// The system.
    ///
    /// # Errors
    /// If it is not known.
    fn into_crs(self) -> Result<Crs>;
}

impl IntoCrs for Crs {
    fn into_crs(self) -> Result<Crs> {
        Ok(self)
    }
}

impl IntoCrs for &Crs {
    fn into_crs(self) -> Result<Crs> {
        Ok(self.clone())
    }
}

impl IntoCrs for &str {
    fn into_crs(self) -> Result<Crs> {
        Crs::parse(self)
    }
}

impl IntoCrs for &String {
    fn into_crs(self) -> Result<Crs> {
        Crs::parse(self)
    }
}

impl IntoCrs for u32 {
    fn into_crs(self) -> Result<Crs> {
        Crs::from_epsg(self)
    }
}

impl IntoCrs for i32 {
    fn into_crs(self) -> Result<Crs> {
        Crs::parse(&format!("EPSG:{self}"))
    }
}

/// The EPSG code of a whole system, not of a part of it.
pub(crate) fn epsg(reference: &SpatialRef) -> Option<u32> {
    match reference.auth_name() {
        Some(name) if name == "EPSG" => u32::try_from(reference.auth_code().ok()?).ok(),
        _ => None,
    }
}
