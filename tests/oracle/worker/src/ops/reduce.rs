//! Reductions with their options.

use super::Attempt;
use crate::args::Args;
use isopleth::array::DataArray;
use isopleth::lazy::{ReduceOp, ReduceOptions};

pub fn apply(array: &DataArray, name: &str, op: Args<'_>, _: &[DataArray]) -> Attempt {
    if name != "reduce" {
        return Ok(None);
    }
    let dims = op.dims("dims");
    let plain = !["skip_missing", "min_count", "ddof"].iter().any(|option| op.has(option));
    let which = op.text("how")?;
    if plain {
        // The methods that people type.
        let short = match which {
            "sum" => DataArray::sum(array, dims),
            "prod" => array.prod(dims),
            "mean" => array.mean(dims),
            "min" => array.min(dims),
            "max" => array.max(dims),
            "std" => array.std(dims),
            "var" => array.var(dims),
            "median" => array.median(dims),
            "count" => array.count(dims),
            "any" => array.any(dims),
            "all" => array.all(dims),
            "argmin" => array.argmin(dims),
            "argmax" => array.argmax(dims),
            other => return Err(crate::args::protocol(format!("reduction {other}"))),
        };
        return short.map(Some);
    }
    let options = ReduceOptions {
        skip_missing: op.flag("skip_missing", true),
        ddof: op.count("ddof", 0),
        min_count: op.count("min_count", 0),
    };
    let how = match which {
        "sum" => ReduceOp::Sum,
        "mean" => ReduceOp::Mean,
        "min" => ReduceOp::Min,
        "max" => ReduceOp::Max,
        "std" => ReduceOp::Std,
        "var" => ReduceOp::Var,
        "median" => ReduceOp::Median,
        "argmin" => ReduceOp::ArgMin,
        "argmax" => ReduceOp::ArgMax,
        other => return Err(crate::args::protocol(format!("reduction {other} with options"))),
    };
    array.reduce(how, dims, options).map(Some)
}
