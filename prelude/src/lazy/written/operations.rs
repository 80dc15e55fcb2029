//! Operations with their parameters in written plans.

use super::fields::{Fields, of_pick};
use super::lines;
use super::read::Arrays;
use super::words::Word;
use super::write::{Sheet, of_picks};
use crate::lazy::blocks::damaged;
use crate::lazy::op::{Op, Reduce};
use crate::lazy::reduce::{Fit, Reduction};
use crate::lazy::{ReduceOptions, Source};
use crate::{Error, ErrorKind, Result};
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) fn write(op: &Op, sheet: &mut Sheet) -> Result<Map<String, Value>> {
    let said = match op {
        Op::Memory { values, weak } => json!({ "op": "memory", "weak": weak, "values": sheet.values(values) }),
        Op::Deferred(deferred) => json!({ "op": "memory", "weak": false, "values": sheet.values(deferred.values()?) }),
        Op::Source { picks, .. } => json!({ "op": "read", "picks": of_picks(picks) }),
        Op::Concat { axis, starts } => json!({ "op": "concat", "axis": axis, "starts": starts }),
        Op::Unary(op) => json!({ "op": "unary", "of": op.word() }),
        Op::Map { name, .. } => {
            let message = format!(
                "map {name}: a function of your own cannot be written down, so neither can a plan with it: compute() what \
                 it gives first, or say it with operations on arrays"
            );
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Op::Cast => json!({ "op": "cast" }),
        Op::Binary { op, operand } => json!({ "op": "binary", "of": op.word(), "operand": operand.name() }),
        Op::Select => json!({ "op": "select" }),
        Op::Transpose { order } => json!({ "op": "transpose", "order": order }),
        Op::InsertAxis { axis } => json!({ "op": "insert axis", "axis": axis }),
        Op::DropAxis { axis } => json!({ "op": "drop axis", "axis": axis }),
        Op::Broadcast => json!({ "op": "broadcast" }),
        Op::Take { axis, pick } => json!({ "op": "take", "axis": axis, "pick": of_pick(pick) }),
        Op::SplitAxis { axis, factor } => json!({ "op": "split axis", "axis": axis, "factor": factor }),
        Op::Lookup { table } => json!({ "op": "look up", "table": sheet.values(table) }),
        Op::Lines(of) => {
            let mut said = lines::write(of, sheet);
            said.insert("op".to_owned(), json!("lines"));
            return Ok(said);
        }
        Op::Reduce(reduce) => of_reduce(reduce, sheet),
    };
    match said {
        Value::Object(said) => Ok(said),
        _ => unreachable!("a description is an object"),
    }
}

fn of_reduce(reduce: &Reduce, sheet: &mut Sheet) -> Value {
    let Reduce { op, axes, options } = reduce;
    let (kind, of) = match op {
        Reduction::Of(op) => ("of", Some(op.word())),
        Reduction::Place(op) => ("place", Some(op.word())),
        Reduction::Quantiles(shares) => {
            sheet.floats(shares);
            ("quantiles", None)
        }
        Reduction::Fit(fit) => {
            fit.save(sheet.arrays());
            ("fit", None)
        }
    };
    let ReduceOptions { skip_missing, ddof, min_count } = options;
    json!({
        "op": "reduce", "reduction": kind, "of": of, "axes": axes,
        "skip_missing": skip_missing, "ddof": ddof, "min_count": min_count,
    })
}

/// An operation; `source` is the one that stands among its inputs, if it reads from one.
pub(super) fn read(fields: Fields<'_>, arrays: &mut Arrays<'_>, source: Option<Arc<dyn Source>>) -> Result<Op> {
    let axis = || fields.number("axis");
    Ok(match fields.text("op")? {
        "memory" => {
            let values = arrays.values(fields.get("values")?)?;
            Op::Memory { values: values.into(), weak: fields.flag("weak")? }
        }
        "read" => {
            let source = source.ok_or_else(|| damaged("there is no source to read from".to_owned()))?;
            let picks = fields.picks("picks", source.shape())?;
            Op::Source { source, picks }
        }
        "concat" => Op::Concat { axis: axis()?, starts: fields.numbers("starts")? },
        "unary" => Op::Unary(fields.word("of")?),
        "cast" => Op::Cast,
        "binary" => Op::Binary { op: fields.word("of")?, operand: fields.dtype("operand")? },
        "select" => Op::Select,
        "transpose" => Op::Transpose { order: fields.numbers("order")? },
        "insert axis" => Op::InsertAxis { axis: axis()? },
        "drop axis" => Op::DropAxis { axis: axis()? },
        "broadcast" => Op::Broadcast,
        // Which positions there are the check knows.
        "take" => Op::Take { axis: axis()?, pick: fields.pick("pick", usize::MAX)? },
        "split axis" => Op::SplitAxis { axis: axis()?, factor: fields.number("factor")? },
        "look up" => Op::Lookup { table: arrays.values(fields.get("table")?)? },
        "lines" => Op::Lines(lines::read(fields, arrays)?),
        "reduce" => Op::Reduce(reduce(fields, arrays)?),
        other => return Err(damaged(format!("{other:?} is no operation that this Isopleth knows"))),
    })
}

fn reduce(fields: Fields<'_>, arrays: &mut Arrays<'_>) -> Result<Reduce> {
    let op = match fields.text("reduction")? {
        "of" => Reduction::Of(fields.word("of")?),
        "place" => Reduction::Place(fields.word("of")?),
        "quantiles" => Reduction::Quantiles(arrays.floats()?.into()),
        "fit" => Reduction::Fit(Arc::new(Fit::load(arrays.reader())?)),
        other => return Err(damaged(format!("{other:?} is no reduction that this Isopleth knows"))),
    };
    let options = ReduceOptions {
        skip_missing: fields.flag("skip_missing")?,
        ddof: fields.number("ddof")?,
        min_count: fields.number("min_count")?,
    };
    Ok(Reduce { op, axes: fields.numbers("axes")?, options })
}
