//! Several arrays into one, or brought to the same labels.

use super::State;
use crate::args::{Args, protocol};
use isopleth::Result;
use isopleth::array::{DataArray, Join, align, concat, corr, cov, merge};

pub fn apply(array: &DataArray, name: &str, op: Args<'_>, env: &[DataArray]) -> Result<Option<State>> {
    let others = || -> Result<Vec<DataArray>> {
        let mut all = vec![array.clone()];
        for at in op.list("others") {
            let at = at.as_u64().unwrap_or(u64::MAX) as usize;
            all.push(env.get(at).cloned().ok_or_else(|| protocol(format!("there is no array {at}")))?);
        }
        Ok(all)
    };
    Ok(Some(match name {
        "concat" => State::Array(concat(others()?, op.text("dim")?)?),
        "merge" => State::Dataset(merge(&others()?)?),
        "align" => {
            let join = match op.text("join")? {
                "inner" => Join::Inner,
                "outer" => Join::Outer,
                "exact" => Join::Exact,
                other => return Err(protocol(format!("join {other}"))),
            };
            let arrays = others()?;
            State::List(align(&arrays.iter().collect::<Vec<_>>(), join)?)
        }
        "cov" => State::Array(cov(array, &op.array("other", env)?, op.dims("dims"))?),
        "corr" => State::Array(corr(array, &op.array("other", env)?, op.dims("dims"))?),
        _ => return Ok(None),
    }))
}
