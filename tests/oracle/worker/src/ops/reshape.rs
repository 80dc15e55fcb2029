//! New names, arrangements and coordinates.

use super::Attempt;
use crate::args::Args;
use crate::wire;
use isopleth::array::{DataArray, Dims};

pub fn apply(array: &DataArray, name: &str, op: Args<'_>, _: &[DataArray]) -> Attempt {
    Ok(Some(match name {
        "transpose" => array.transpose(op.dims("dims"))?,
        "expand_dims" => array.expand_dims(op.text("dim")?)?,
        "squeeze" => array.squeeze()?,
        "rename" => {
            let pairs: Vec<(&str, &str)> =
                op.list("names").iter().filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_str()?))).collect();
            match pairs.as_slice() {
                [(old, new)] => array.rename(old, new)?,
                several => array.rename_all(several)?,
            }
        }
        "rename_array" => array.name(op.text("name")?),
        "sort_by" => array.sort_by(op.text("dim")?)?,
        "assign_coord" => {
            let spec = &op.0["coord"];
            let dims = match Args(spec).dims("dims") {
                Dims::Names(names) => names,
                Dims::All => Vec::new(),
            };
            array.assign_coord(op.text("name")?, wire::along(&dims, wire::values(spec)?)?)?
        }
        "attr" => array.attr(op.text("name")?, wire::attr(&op.0["value"])),
        _ => return Ok(None),
    }))
}
