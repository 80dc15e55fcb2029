//! Selection by position, label and condition.

use super::Attempt;
use crate::args::{Args, protocol};
use isopleth::Result;
use isopleth::array::{DataArray, Method};
use isopleth::lazy::BinaryOp;

pub fn apply(array: &DataArray, name: &str, op: Args<'_>, env: &[DataArray]) -> Attempt {
    Ok(Some(match name {
        "isel" => array.isel_dim(op.text("dim")?, op.index("index")?)?,
        "sel" => {
            let labels = [(op.text("dim")?, op.label("label")?)];
            match op.text("method").unwrap_or("exact") {
                "exact" => array.sel(labels)?,
                "nearest" if !op.has("tolerance") => array.sel_nearest(labels)?,
                method => {
                    let method = match method {
                        "nearest" => Method::Nearest,
                        "pad" => Method::Pad,
                        "backfill" => Method::Backfill,
                        other => return Err(protocol(format!("method {other}"))),
                    };
                    let tolerance = if op.has("tolerance") { Some(op.float("tolerance")?) } else { None };
                    array.sel_method(labels, method, tolerance)?
                }
            }
        }
        "where" => array.where_(&condition(array, op, env)?)?,
        "where_else" => array.where_else(&condition(array, op, env)?, op.operand("other", env)?)?,
        "where_drop" => array.where_drop(&condition(array, op, env)?)?,
        "drop_coord" => array.drop_coord(op.text("name")?)?,
        "get_coord" => array.get_coord(op.text("name")?)?,
        _ => return Ok(None),
    }))
}

/// `{"of": "self" | "array" | "coord", "name", "array", "op", "to"}`: a comparison; without `op` the array itself.
fn condition(array: &DataArray, op: Args<'_>, env: &[DataArray]) -> Result<DataArray> {
    let condition = Args(&op.0["cond"]);
    let subject = match condition.text("of")? {
        "self" => array.clone(),
        "array" => condition.array("array", env)?,
        "coord" => array.get_coord(condition.text("name")?)?,
        other => return Err(protocol(format!("a condition of {other}"))),
    };
    match condition.text("op") {
        Ok(name) => subject.binary(compared(name)?, condition.operand("to", env)?),
        Err(_) => Ok(subject),
    }
}

fn compared(name: &str) -> Result<BinaryOp> {
    Ok(match name {
        "eq" => BinaryOp::Eq,
        "ne" => BinaryOp::Ne,
        "lt" => BinaryOp::Lt,
        "le" => BinaryOp::Le,
        "gt" => BinaryOp::Gt,
        "ge" => BinaryOp::Ge,
        other => return Err(protocol(format!("comparison {other}"))),
    })
}
