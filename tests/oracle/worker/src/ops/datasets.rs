//! Operations on datasets.

use super::State;
use crate::args::{Args, protocol};
use isopleth::Result;
use isopleth::array::{DataArray, Dataset};

pub fn apply(dataset: &Dataset, op: Args<'_>, env: &[DataArray]) -> Result<State> {
    Ok(State::Dataset(match op.text("op")? {
        "variable" => return Ok(State::Array(dataset.get(op.text("name")?)?.clone())),
        "assign" => dataset.assign(op.text("name")?, &op.array("array", env)?)?,
        "drop_variable" => dataset.drop(op.text("name")?)?,
        "isel" => dataset.isel_dim(op.text("dim")?, op.index("index")?)?,
        "sel" => dataset.sel([(op.text("dim")?, op.label("label")?)])?,
        "reduce" => {
            let dims = op.dims("dims");
            match op.text("how")? {
                "mean" => dataset.mean(dims)?,
                "sum" => dataset.sum(dims)?,
                "min" => dataset.min(dims)?,
                "max" => dataset.max(dims)?,
                "std" => dataset.std(dims)?,
                "count" => dataset.count(dims)?,
                other => return Err(protocol(format!("reduction {other} of a dataset"))),
            }
        }
        other => return Err(protocol(format!("{other} of a dataset"))),
    }))
}
