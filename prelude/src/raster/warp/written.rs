//! Reprojections in written plans.

use super::{Regrid, Warp, Warped};
use crate::Result;
use crate::geo::{Crs, Gcp, Gcps, Grid};
use crate::lazy::Source;
use crate::lazy::written::{SourceForm, SourceReader, Word, words};
use crate::raster::Resampling;
use crate::values::{DType, Values};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

words! { Resampling "way to resample": Nearest Bilinear Cubic CubicSpline Lanczos Average Mode Min Max Median }

/// The kind of these sources in written plans.
const WARPED: &str = "plane on another grid";

/// The numbers of a grid before those of its points: transform and units.
const OWN: usize = 6 + 2;
/// The numbers of a point.
const POINT: usize = 5;

impl Warped {
    pub(super) fn form(&self) -> SourceForm {
        let Warp { regrid, resampling, source_nodata, missing, dtype } = &self.warp;
        let numbers: Vec<f64> = [*missing].into_iter().chain(*source_nodata).collect();
        SourceForm::new(WARPED)
            .with("resampling", resampling.word())
            .with("dtype", dtype.name())
            .with("block", regrid.block_of_source().to_vec())
            .with("from", of_grid(&regrid.source))
            .with("to", of_grid(&regrid.target))
            .with_array(Values::from(numbers))
            .with_array(Values::from(numbers_of(&regrid.source)))
            .with_array(Values::from(numbers_of(&regrid.target)))
            .with_plan(&self.input)
    }
}

fn of_crs(crs: Option<&Crs>) -> Value {
    crs.map_or(Value::Null, |crs| json!({ "wkt": crs.wkt(), "name": crs.name(), "epsg": crs.epsg() }))
}

/// A system of coordinates, or none; nothing where neither is written.
fn crs(value: &Value) -> Option<Option<Crs>> {
    if value.is_null() {
        return Some(None);
    }
    let text = |name: &str| value.get(name)?.as_str();
    let epsg = match value.get("epsg")? {
        Value::Null => None,
        code => Some(u32::try_from(code.as_u64()?).ok()?),
    };
    Some(Some(Crs::new(text("wkt")?, text("name")?, epsg)))
}

fn of_grid(grid: &Grid) -> Value {
    let points = grid.gcps.as_ref().map(|gcps| json!({ "crs": of_crs(gcps.crs.as_ref()) }));
    json!({ "crs": of_crs(grid.crs.as_ref()), "shape": grid.shape(), "points": points })
}

fn numbers_of(grid: &Grid) -> Vec<f64> {
    let mut numbers = [&grid.transform[..], &grid.unit].concat();
    for Gcp { column, row, x, y, z } in grid.gcps.iter().flat_map(|gcps| &gcps.points) {
        numbers.extend([column, row, x, y, z]);
    }
    numbers
}

fn grid(said: &Value, numbers: &[f64]) -> Option<Grid> {
    let (own, of_points) = numbers.split_at_checked(OWN)?;
    let length = |at: usize| usize::try_from(said.get("shape")?.get(at)?.as_u64()?).ok();
    let gcps = match said.get("points")? {
        Value::Null if of_points.is_empty() => None,
        points if of_points.len().is_multiple_of(POINT) => {
            let point = |of: &[f64]| Gcp { column: of[0], row: of[1], x: of[2], y: of[3], z: of[4] };
            let points_of = of_points.chunks_exact(POINT).map(point).collect();
            Some(Arc::new(Gcps { crs: crs(points.get("crs")?)?, points: points_of }))
        }
        _ => return None,
    };
    let transform = own[..6].try_into().ok()?;
    let unit = own[6..].try_into().ok()?;
    Some(Grid { unit, gcps, ..Grid::new(crs(said.get("crs")?)?, transform, [length(0)?, length(1)?]) })
}

/// Makes them again. What planes on the same two grids have in common is worked out once.
#[derive(Default)]
pub(crate) struct WarpReader {
    regrids: HashMap<String, Arc<Regrid>>,
}

impl WarpReader {
    fn regrid(&mut self, form: &SourceForm, resampling: Resampling) -> Result<Arc<Regrid>> {
        let numbers = |n: usize| form.array(n)?.as_slice::<f64>().ok_or_else(|| form.lacks("list of numbers"));
        let (source, target) = (numbers(1)?, numbers(2)?);
        let bits = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<u64>>();
        let (from, to) = (form.parameter("from"), form.parameter("to"));
        let block = form.numbers("block")?;
        let key = format!("{:?}", (from, bits(source), to, bits(target), resampling.word(), &block));
        if let Some(known) = self.regrids.get(&key) {
            return Ok(known.clone());
        }
        let (Some(source), Some(target), &[rows, columns]) = (grid(from, source), grid(to, target), &block[..]) else {
            return Err(form.lacks("pair of grids"));
        };
        let regrid = Arc::new(Regrid::new(source, target, resampling, [rows, columns]));
        self.regrids.insert(key, regrid.clone());
        Ok(regrid)
    }
}

impl SourceReader for WarpReader {
    fn kind(&self) -> &'static str {
        WARPED
    }

    fn open(&mut self, form: &SourceForm) -> Result<Arc<dyn Source>> {
        let resampling = Resampling::of_word(form.text("resampling")?).ok_or_else(|| form.lacks("resampling"))?;
        let dtype = DType::from_name(form.text("dtype")?).ok_or_else(|| form.lacks("dtype"))?;
        let regrid = self.regrid(form, resampling)?;
        let plane = form.plan(0)?;
        if plane.shape() != regrid.source.shape() || !dtype.is_number() || !plane.dtype().is_number() {
            return Err(form.lacks("plane on its grid"));
        }
        let (missing, source_nodata) = match form.array(0)?.as_slice::<f64>() {
            Some(&[missing]) => (missing, None),
            Some(&[missing, nodata]) => (missing, Some(nodata)),
            _ => return Err(form.lacks("number for what is missing")),
        };
        Ok(Arc::new(Warped::new(plane, Warp { regrid, resampling, source_nodata, missing, dtype })))
    }
}
