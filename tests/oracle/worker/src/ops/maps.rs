//! What changes no number: copies, chunks, values read into memory; and the part of a map.

use super::Attempt;
use crate::args::Args;
use isopleth::array::{DataArray, Index, concat};
use serde_json::Value;

pub fn apply(array: &DataArray, name: &str, op: Args<'_>, _: &[DataArray]) -> Attempt {
    Ok(Some(match name {
        "copy" => array.clone(),
        "compute" => array.compute()?,
        "chunk" => {
            let lengths: Vec<(&str, usize)> = op
                .list("lengths")
                .iter()
                .filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_u64()? as usize)))
                .collect();
            array.chunk(lengths)?
        }
        "clip_box" => {
            let [left, bottom, right, top] = op.list("box").iter().filter_map(Value::as_f64).collect::<Vec<_>>()[..]
            else {
                return Err(crate::args::protocol("a box of four numbers"));
            };
            array.clip_box(left, bottom, right, top)?
        }
        // Two parts of one array, put together again: their encodings are equal.
        "split_concat" => {
            let (dim, at) = (op.text("dim")?, op.int("at")?);
            let part = |start, end| array.isel_dim(dim, Index::Range { start, end, step: 1 });
            concat([part(0, Some(at))?, part(at, None)?], dim)?
        }
        "with_crs" => array.with_crs(op.text("crs")?)?,
        _ => return Ok(None),
    }))
}
