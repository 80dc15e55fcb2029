//! Groups: by a coordinate, a calendar field, bins or steps of time.

use super::Attempt;
use crate::args::{Args, protocol};
use isopleth::Result;
use isopleth::array::{Bins, DataArray, GroupBy};
use isopleth::lazy::BinaryOp;

pub fn apply(array: &DataArray, name: &str, op: Args<'_>, _: &[DataArray]) -> Attempt {
    let how = || op.text("how");
    Ok(Some(match name {
        "groupby" => {
            let groups = array.groupby(op.text("key")?)?;
            let reduced = reduced(&groups, how()?)?;
            // The anomaly: each element less what its group has.
            if op.flag("anomaly", false) { groups.binary(BinaryOp::Sub, &reduced)? } else { reduced }
        }
        "groupby_bins" => {
            let mut bins = Bins::new(op.floats("edges")?);
            if op.flag("left", false) {
                bins = bins.left_closed();
            }
            if op.flag("lowest", false) {
                bins = bins.include_lowest();
            }
            reduced(&array.groupby_bins(op.text("key")?, bins)?, how()?)?
        }
        "resample" => reduced(&array.resample(op.text("dim")?, op.text("frequency")?)?.groups()?, how()?)?,
        _ => return Ok(None),
    }))
}

fn reduced(groups: &GroupBy, how: &str) -> Result<DataArray> {
    match how {
        "mean" => groups.mean(),
        "sum" => groups.sum(),
        "min" => groups.min(),
        "max" => groups.max(),
        "std" => groups.std(),
        "var" => groups.var(),
        "median" => groups.median(),
        "count" => groups.count(),
        "any" => groups.any(),
        "all" => groups.all(),
        other => Err(protocol(format!("reduction {other} of groups"))),
    }
}
