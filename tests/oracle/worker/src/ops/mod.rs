//! The operations by name, one file per family as in the Python half (`tests/oracle/operations/`).

mod combine;
mod compute;
mod datasets;
mod groups;
mod maps;
mod reduce;
mod reshape;
mod select;
mod windows;

use crate::args::{Args, protocol};
use isopleth::Result;
use isopleth::array::{DataArray, Dataset};

/// What a chain of operations has come to.
pub enum State {
    Array(DataArray),
    Dataset(Dataset),
    List(Vec<DataArray>),
}

/// `op` of what there is; `env` are the arrays of the request.
pub fn apply(state: &State, op: Args<'_>, env: &[DataArray]) -> Result<State> {
    match state {
        State::Array(array) => array_op(array, op, env),
        State::Dataset(dataset) => datasets::apply(dataset, op, env),
        State::List(list) => match op.text("op")? {
            "item_of" => Ok(State::Array(list[op.count("at", 0)].clone())),
            other => Err(protocol(format!("{other} of a list"))),
        },
    }
}

type Attempt = Result<Option<DataArray>>;

fn array_op(array: &DataArray, op: Args<'_>, env: &[DataArray]) -> Result<State> {
    let name = op.text("op")?;
    for family in
        [select::apply, compute::apply, reduce::apply, reshape::apply, groups::apply, windows::apply, maps::apply]
    {
        if let Some(result) = family(array, name, op, env)? {
            return Ok(State::Array(result));
        }
    }
    combine::apply(array, name, op, env)?.ok_or_else(|| protocol(format!("operation {name}")))
}
