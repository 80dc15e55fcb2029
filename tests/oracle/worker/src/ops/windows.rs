//! Operations along lines: windows, runs, totals, gaps, shifts, interpolation, quantiles, weights, trends.

use super::Attempt;
use crate::args::{Args, protocol};
use isopleth::Result;
use isopleth::array::{Coarsen, Coord, DataArray, Rolling};

pub fn apply(array: &DataArray, name: &str, op: Args<'_>, env: &[DataArray]) -> Attempt {
    let dim = || op.text("dim");
    let count = op.count("n", 1);
    let steps = op.int("n").unwrap_or(1);
    Ok(Some(match name {
        "rolling" => {
            let mut windows = array.rolling(dim()?, op.count("window", 1))?;
            if op.flag("center", false) {
                windows = windows.center();
            }
            if op.has("min_periods") {
                windows = windows.min_periods(op.count("min_periods", 0));
            }
            rolled(&windows, op.text("how")?)?
        }
        "coarsen" => {
            let mut runs = array.coarsen([(dim()?, op.count("window", 1))])?;
            runs = match op.text("boundary").unwrap_or("exact") {
                "trim" => runs.trim(),
                "pad" => runs.pad(),
                _ => runs,
            };
            if op.flag("right", false) {
                runs = runs.side_right();
            }
            coarse(&runs, op.text("how")?)?
        }
        "cumsum" => array.cumsum(op.dims("dims"))?,
        "cumprod" => array.cumprod(op.dims("dims"))?,
        "diff" => array.diff(dim()?, count)?,
        "shift" => array.shift(dim()?, steps)?,
        "roll" => array.roll(dim()?, steps)?,
        "ffill" if op.has("limit") => array.ffill_limit(dim()?, op.count("limit", 1))?,
        "bfill" if op.has("limit") => array.bfill_limit(dim()?, op.count("limit", 1))?,
        "ffill" => array.ffill(dim()?)?,
        "bfill" => array.bfill(dim()?)?,
        "interpolate_na" => array.interpolate_na(dim()?)?,
        "interp" => array.interp(dim()?, Coord::from(op.floats("points")?))?,
        "quantile" => match op.list("shares") {
            [] => array.quantile(op.float("share")?, op.dims("dims"))?,
            _ => array.quantile(op.floats("shares")?, op.dims("dims"))?,
        },
        "idxmin" => array.idxmin(dim()?)?,
        "idxmax" => array.idxmax(dim()?)?,
        "polyfit" => array.polyfit(dim()?, op.count("degree", 1))?,
        "weighted" => {
            let weighted = array.weighted(&op.array("weights", env)?)?;
            let dims = op.dims("dims");
            match op.text("how")? {
                "mean" => weighted.mean(dims)?,
                "sum" => weighted.sum(dims)?,
                "sum_of_weights" => weighted.sum_of_weights(dims)?,
                "var" => weighted.var(dims)?,
                "std" => weighted.std(dims)?,
                other => return Err(protocol(format!("weighted {other}"))),
            }
        }
        "dropna" if op.has("thresh") => array.dropna_thresh(dim()?, op.count("thresh", 0))?,
        "dropna" if op.flag("all", false) => array.dropna_all(dim()?)?,
        "dropna" => array.dropna(dim()?)?,
        "head" => array.head(dim()?, count)?,
        "tail" => array.tail(dim()?, count)?,
        "thin" => array.thin(dim()?, count)?,
        _ => return Ok(None),
    }))
}

fn rolled(windows: &Rolling, how: &str) -> Result<DataArray> {
    match how {
        "mean" => windows.mean(),
        "sum" => windows.sum(),
        "prod" => windows.prod(),
        "min" => windows.min(),
        "max" => windows.max(),
        "std" => windows.std(),
        "var" => windows.var(),
        "median" => windows.median(),
        "count" => windows.count(),
        other => Err(protocol(format!("rolling {other}"))),
    }
}

fn coarse(runs: &Coarsen, how: &str) -> Result<DataArray> {
    match how {
        "mean" => runs.mean(),
        "sum" => runs.sum(),
        "prod" => runs.prod(),
        "min" => runs.min(),
        "max" => runs.max(),
        "std" => runs.std(),
        "var" => runs.var(),
        "median" => runs.median(),
        "count" => runs.count(),
        "any" => runs.any(),
        "all" => runs.all(),
        other => Err(protocol(format!("coarsen {other}"))),
    }
}
