//! What makes an array a map: its CRS, its grid, and how its file stores the numbers.

use super::crs_from_cf::kept;
use super::georeference::{Georeference, Place};
use super::grid::{Cells, Uneven, moved, same_transform};
use super::{Columns, Crs, Encoding, Gcps, Grid, IntoCrs};
use crate::array::{Attr, Coord, DataArray};
use crate::{Error, ErrorKind, Result};
use std::sync::Arc;

/// The coordinate that carries the CRS, as rioxarray and CF conventions name it.
pub(crate) const SPATIAL_REF: &str = "spatial_ref";
/// Its attribute with the transform.
pub(crate) const GEO_TRANSFORM: &str = "GeoTransform";
/// The names that the dimensions across and down a map have.
const ACROSS: [&str; 3] = ["x", "lon", "longitude"];
const DOWN: [&str; 3] = ["y", "lat", "latitude"];

/// Whether a dimension of this name runs down a map.
pub(crate) fn runs_down(dim: &str) -> bool {
    DOWN.contains(&dim)
}

/// Why an array has no grid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NoGrid {
    /// Its dimensions are no map's.
    NoMap,
    /// The file that it came from lies nowhere, or only by its control points.
    NoPlace,
    /// A dimension without labels.
    NoLabels(&'static str),
    /// Labels that are no centres of equal pixels.
    Uneven(&'static str, Uneven),
}

impl DataArray {
    /// The coordinate reference system as WKT, if the array has one: from the coordinate that its attribute `grid_mapping`
    /// names, or from `spatial_ref`; see [`Crs::from_cf`].
    pub fn crs(&self) -> Option<&str> {
        let attrs = self.grid_mapping()?.attrs();
        match attrs.get("crs_wkt").and_then(Attr::as_str).filter(|text| text.contains('[') && !text.starts_with('{')) {
            Some(wkt) => Some(wkt),
            None => Crs::from_cf(attrs).ok()?.map(|crs| kept(crs.wkt())),
        }
    }

    /// The EPSG code of the coordinate reference system, if it has one.
    pub fn crs_epsg(&self) -> Option<u32> {
        self.find_crs().ok()??.epsg()
    }

    /// The coordinate reference system, if there is one.
    ///
    /// # Errors
    /// When something is said about it that cannot be understood.
    pub(crate) fn find_crs(&self) -> Result<Option<Crs>> {
        self.grid_mapping().map_or(Ok(None), |coord| Crs::from_cf(coord.attrs()))
    }

    /// The coordinate that carries the CRS.
    pub(crate) fn grid_mapping(&self) -> Option<&Coord> {
        let named = self.get_attr("grid_mapping").and_then(Attr::as_str);
        named.and_then(|name| self.coords().get(name)).or_else(|| self.coords().get(SPATIAL_REF))
    }

    /// The array with the coordinate reference system `crs`: a code (`"EPSG:4326"`, or the number alone), WKT, a PROJ
    /// string, or a [`Crs`]. Nothing is reprojected; [`reproject`](Self::reproject) does that.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(ndarray::array![[1.0, 2.0]], ["y", "x"])?.with_crs("EPSG:32633")?;
    /// assert_eq!(da.crs_epsg(), Some(32633));
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such system, or `spatial_ref` is a dimension of the array.
    pub fn with_crs(&self, crs: impl IntoCrs) -> Result<Self> {
        self.set_crs(&crs.into_crs()?)
    }

    pub(crate) fn set_crs(&self, crs: &Crs) -> Result<Self> {
        // What else was said about the old one is not true of the new one, but for where the pixels lie.
        let place = self.coords().get(SPATIAL_REF).and_then(|coord| coord.attrs().get(GEO_TRANSFORM)).cloned();
        let mut coord = Coord::scalar(0).attr("crs_wkt", crs.wkt());
        if let Some(place) = place {
            coord = coord.attr(GEO_TRANSFORM, place);
        }
        let other = self.get_attr("grid_mapping").and_then(Attr::as_str).filter(|name| *name != SPATIAL_REF);
        let array = match other.filter(|name| self.coords().get(name).is_some()) {
            Some(name) => self.drop_vars(name)?.without_attr("grid_mapping"),
            None => self.clone(),
        };
        let placed = array.coord(SPATIAL_REF, coord)?;
        // Control points have a system of their own, which is the array's.
        let gcps = placed.place().and_then(|place| place.gcps.as_deref());
        let Some(gcps) = gcps.filter(|gcps| gcps.crs.as_ref() != Some(crs)) else { return Ok(placed) };
        let gcps = Gcps { crs: Some(crs.clone()), points: gcps.points.clone() };
        let known = Georeference::of(&placed).cloned().unwrap_or_default();
        let place = known.place.map(|place| Place { gcps: Some(Arc::new(gcps)), ..place });
        Ok(Georeference { place, ..known }.attach(&placed))
    }

    /// The dimensions that run down and across the map: `y` and `x`, or `lat` and `lon`, or `latitude` and `longitude`.
    pub(crate) fn map_dims(&self) -> Option<[&'static str; 2]> {
        let named = |names: &[&'static str]| names.iter().copied().find(|name| self.axis_of(name).is_some());
        Some([named(&DOWN)?, named(&ACROSS)?])
    }

    /// How the file that the array came from stores its numbers; none of numbers that were calculated.
    pub fn encoding(&self) -> Option<Encoding> {
        Georeference::of(self)?.encoding.as_deref().cloned()
    }

    /// The array with another encoding, for files that are written of it.
    ///
    /// ```
    /// use isopleth::{array::{DataArray, DType}, geo::Encoding};
    /// let rain = DataArray::new(vec![1.5, f64::NAN], "time")?;
    /// let rain = rain.with_encoding(Encoding::new(DType::I16).with_nodata(-1.0).with_scale(0.1, 0.0));
    /// assert_eq!(rain.nodata(), Some(-1.0));
    /// assert_eq!((&rain * 2.0).nodata(), None);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    #[must_use]
    pub fn with_encoding(&self, encoding: Encoding) -> Self {
        let known = Georeference::of(self).cloned().unwrap_or_default();
        Georeference { encoding: Some(Arc::new(encoding)), ..known }.attach(self)
    }

    /// The array without an encoding: files that are written of it have its own element type.
    #[must_use]
    pub fn drop_encoding(&self) -> Self {
        let known = Georeference::of(self).cloned().unwrap_or_default();
        Georeference { encoding: None, ..known }.attach(self)
    }

    /// The value that stands for "no value" in the file that the array came from; none of numbers that were calculated.
    ///
    /// In the array itself missing values are NaN, unless it was opened without a mask.
    pub fn nodata(&self) -> Option<f64> {
        let own = || Georeference::of(self)?.encoding.as_ref()?.nodata();
        self.get_attr("_FillValue").and_then(Attr::as_f64).or_else(own)
    }

    /// From pixel to map coordinates, in GDAL's order and in the units of the CRS: the left edge, the pixel's width, 0, the
    /// top edge, 0, the pixel's height (negative where north is up). See [`grid`](Self::grid).
    pub fn transform(&self) -> Option<[f64; 6]> {
        self.find_grid().ok().map(|grid| grid.transform)
    }

    /// Where the array lies: worked out from the coordinates of the pixel centres, so that it is right for any part of a
    /// raster; of a rotated raster and of a single pixel what the file said, moved with every selection.
    ///
    /// # Errors
    /// When the array has no dimensions of a map, or no evenly spaced coordinates along them; the error says where.
    pub fn grid(&self) -> Result<Grid> {
        self.grid_for("grid")
    }

    /// [`grid`](Self::grid) for an operation, which the error names.
    pub(crate) fn grid_for(&self, what: &str) -> Result<Grid> {
        self.find_grid().map_err(|why| Error::new(ErrorKind::Mismatch, format!("{what}: {}", self.no_grid(&why))))
    }

    /// [`grid_for`](Self::grid_for) for what needs rows along y and columns along x.
    pub(crate) fn upright_grid(&self, what: &str) -> Result<Grid> {
        let grid = self.grid_for(what)?;
        if !grid.is_rotated() {
            return Ok(grid);
        }
        let message = format!("{what}: the raster is rotated against x and y; reproject(…) puts it upright first");
        Err(Error::new(ErrorKind::InvalidArgument, message))
    }

    pub(crate) fn find_grid(&self) -> Result<Grid, NoGrid> {
        let [y, x] = self.map_dims().ok_or(NoGrid::NoMap)?;
        let length = |dim: &str| self.axis_of(dim).map_or(0, |axis| self.shape()[axis]);
        let shape = [length(y), length(x)];
        let place = self.place();
        if place.is_some_and(|place| place.is_pixels) {
            return Err(NoGrid::NoPlace);
        }
        let crs = self.find_crs().ok().flatten();
        let placed = |transform| Grid { gcps: None, ..Grid::new(crs.clone(), transform, shape) };
        let (down, across) = match (self.index_of(y), self.index_of(x), place) {
            (Some(down), Some(across), _) => (down, across),
            (_, _, Some(place)) => return Ok(placed(place.transform)),
            // Rows and columns of a rotated raster have no labels, in a netCDF file either.
            (None, None, None) if let Some(written) = self.written_transform() => return Ok(placed(written)),
            (None, ..) => return Err(NoGrid::NoLabels(y)),
            (_, None, _) => return Err(NoGrid::NoLabels(x)),
        };
        let unit = crs.as_ref().map_or([1.0, 1.0], |crs| [across, down].map(|coord| unit_in(coord, crs)));
        let written = || place.map(|place| place.transform).or_else(|| self.written_transform());
        let width = |axis: usize, at: usize| (shape[axis] == 1).then(written).flatten().map(|t| t[at] / unit[1 - axis]);
        let rows = Cells::of(down, width(0, 5)).map_err(|why| NoGrid::Uneven(y, why))?;
        let columns = Cells::of(across, width(1, 1)).map_err(|why| NoGrid::Uneven(x, why))?;
        let own = [columns.edge * unit[0], columns.step * unit[0], 0.0, rows.edge * unit[1], 0.0, rows.step * unit[1]];
        // From pixel centres and back costs a last digit; what the file said is exact.
        let transform = match place {
            Some(place) if same_transform(&place.transform, &own, shape) => place.transform,
            _ => own,
        };
        Ok(Grid { unit, ..placed(transform) })
    }

    /// What is kept of where the pixels lie, if it is of the dimensions of the map.
    pub(crate) fn place(&self) -> Option<&Place> {
        let [y, x] = self.map_dims()?;
        Georeference::of(self)?.place.as_ref().filter(|place| place.dims == [y, x])
    }

    /// Whether the pixels lay somewhere once, and a selection left nothing that a grid or labels could say of it.
    pub(crate) fn lost_its_place(&self) -> bool {
        Georeference::of(self).is_some_and(|known| known.place.is_none()) && self.coords().get(SPATIAL_REF).is_some()
    }

    /// This part of an array that lies on `grid`, from the row `first`, with its place kept beside its labels, so that a single
    /// pixel has one too.
    pub(crate) fn placed(&self, grid: &Grid, map: [&str; 2], first: usize, columns: &[Columns]) -> Self {
        let Some(column) = columns.first() else { return self.clone() };
        let turned = grid.turned(column.turns).transform;
        let transform = moved(&turned, [first as f64, column.range.start as f64], [1.0, 1.0]);
        let known = Georeference::of(self).cloned().unwrap_or_default();
        Georeference { place: Some(Place::on_grid(map, transform)), ..known }.attach(self)
    }

    /// This array with its place kept beside its labels, so that a single pixel of it has one.
    pub(crate) fn keep_place(&self) -> Self {
        let (Some(dims), Ok(grid)) = (self.map_dims(), self.find_grid()) else { return self.clone() };
        let known = Georeference::of(self).cloned().unwrap_or_default();
        Georeference { place: Some(Place::on_grid(dims, grid.transform)), ..known }.attach(self)
    }

    /// The transform that a coordinate of the user's own says: numbers, or rioxarray's text of numbers.
    fn written_transform(&self) -> Option<[f64; 6]> {
        let numbers = match self.coords().get(SPATIAL_REF)?.attrs().get(GEO_TRANSFORM)? {
            Attr::Text(text) => text.split_whitespace().filter_map(|number| number.parse().ok()).collect(),
            numbers => numbers.floats()?,
        };
        numbers.try_into().ok()
    }

    /// Why there is no grid, and what to do about it.
    pub(crate) fn no_grid(&self, why: &NoGrid) -> String {
        match why {
            NoGrid::NoMap => format!(
                "the array has the dimensions {}, and a map has y and x (or lat and lon, latitude and longitude); rename them first",
                self.dims().join(", ")
            ),
            NoGrid::NoPlace => match self.place().is_some_and(|place| place.gcps.is_some()) {
                true => "the raster is placed by ground control points alone; reproject(…) warps it onto a grid".to_owned(),
                false => "the file has no transform that says where its pixels lie (rational coefficients of satellite images are read by Raster::rpcs, and not warped); \
                     give them coordinates with .coord(\"y\", …) and .coord(\"x\", …)"
                    .to_owned(),
            },
            NoGrid::NoLabels(dim) => format!("the coordinates along {dim} are missing; give them with .coord({dim:?}, …)"),
            NoGrid::Uneven(dim, Uneven::At(at, one, two)) => format!(
                "the coordinates along {dim} are not evenly spaced ({one} and {two} at positions {at} and {}); interp({dim:?}, …) brings the array to even ones",
                at + 1
            ),
            NoGrid::Uneven(dim, Uneven::Single) => format!(
                "one coordinate along {dim} does not tell how large its pixel is; keep two or more"
            ),
            NoGrid::Uneven(dim, Uneven::Empty) => format!("the array is empty along {dim}"),
            NoGrid::Uneven(dim, Uneven::NotNumbers(dtype)) => format!("the coordinates along {dim} are {dtype}, no numbers"),
        }
    }
}

/// What a unit of a coordinate is in units of the CRS: 1000 for kilometres where the CRS counts in metres.
fn unit_in(coord: &Coord, crs: &Crs) -> f64 {
    let Some(unit) = coord.attrs().get("units").and_then(|unit| unit.as_str()) else { return 1.0 };
    let metres = match unit.trim().to_lowercase().as_str() {
        "m" | "metre" | "metres" | "meter" | "meters" => 1.0,
        "km" | "kilometre" | "kilometres" | "kilometer" | "kilometers" => 1000.0,
        "ft" | "foot" | "feet" => 0.3048,
        "us-ft" | "us_survey_foot" | "us survey foot" => 1200.0 / 3937.0,
        "rad" | "radian" | "radians" => return crs.satellite_height().unwrap_or(1.0),
        _ => return 1.0,
    };
    crs.metres().map_or(1.0, |own| metres / own)
}
