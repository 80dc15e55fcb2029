//! Operations on lines in written plans.

use super::fields::{Fields, of_range};
use super::read::Arrays;
use super::words::Word;
use super::write::Sheet;
use crate::Result;
use crate::lazy::blocks::damaged;
use crate::lazy::lines::{Cumulative, Difference, Fill, Gaps, Knots, LineOp, Lines, Rolling, Shift, Weave};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a [`LineOp`] is.
pub(crate) enum LineForm {
    Rolling(Rolling),
    Difference,
    Shift(Shift),
    Fill(Fill),
    Cumulative(Cumulative),
    Gaps(Gaps),
    Weave(Weave),
}

/// No line is as long, so what is within can be added to any position.
const FAR: usize = usize::MAX / 8;

pub(super) fn write(lines: &Lines, sheet: &mut Sheet) -> Map<String, Value> {
    let mut said = match lines.op.form() {
        LineForm::Rolling(Rolling { op, before, after, least, ddof }) => json!({
            "lines": "rolling", "reduction": op.word(), "before": before, "after": after, "least": least, "ddof": ddof,
        }),
        LineForm::Difference => json!({ "lines": "difference" }),
        LineForm::Shift(Shift { by }) => json!({ "lines": "shift", "by": by }),
        LineForm::Fill(Fill { backward, limit }) => json!({ "lines": "fill", "backward": backward, "limit": limit }),
        LineForm::Cumulative(Cumulative { op, skip_missing }) => {
            json!({ "lines": "cumulative", "total": op.word(), "skip_missing": skip_missing })
        }
        LineForm::Gaps(Gaps { op, places, limit, widest }) => {
            sheet.floats(&places);
            sheet.floats(&[widest]);
            json!({ "lines": "gaps", "way": op.word(), "limit": limit })
        }
        LineForm::Weave(Weave { knots }) => {
            sheet.floats(&knots.iter().map(|knots| knots.map_or(0.0, |knots| knots.weight)).collect::<Vec<f64>>());
            let between = |knots: &Option<Knots>| knots.map(|Knots { low, high, .. }| [low, high]);
            json!({ "lines": "weave", "between": knots.iter().map(between).collect::<Vec<_>>() })
        }
    };
    said["axis"] = json!(lines.axis);
    said["length"] = json!(lines.length);
    said["offset"] = json!(lines.offset);
    said["take"] = of_range(&lines.take);
    match said {
        Value::Object(said) => said,
        _ => unreachable!("a description is an object"),
    }
}

pub(super) fn read(fields: Fields<'_>, arrays: &mut Arrays<'_>) -> Result<Lines> {
    let near = |name: &str| match fields.number(name)? {
        far if far > FAR => Err(damaged(format!("{name:?} is {far}: no line is as long"))),
        near => Ok(near),
    };
    let length = near("length")?;
    let op: Arc<dyn LineOp> = match fields.text("lines")? {
        "rolling" => Arc::new(Rolling {
            op: fields.word("reduction")?,
            before: near("before")?,
            after: near("after")?,
            least: fields.number("least")?,
            ddof: fields.number("ddof")?,
        }),
        "difference" => Arc::new(Difference),
        "shift" => match fields.signed("by")? {
            by if by.unsigned_abs() > FAR => return Err(damaged(format!("a shift by {by}: no line is as long"))),
            by => Arc::new(Shift { by }),
        },
        "fill" => Arc::new(Fill { backward: fields.flag("backward")?, limit: fields.number("limit")? }),
        "cumulative" => Arc::new(Cumulative { op: fields.word("total")?, skip_missing: fields.flag("skip_missing")? }),
        "gaps" => {
            let places = arrays.floats()?;
            if !places.is_empty() && places.len() != length {
                return Err(damaged(format!("{} places for lines of {length}", places.len())));
            }
            let widest = arrays.float()?;
            Arc::new(Gaps { op: fields.word("way")?, places: places.into(), limit: fields.number("limit")?, widest })
        }
        "weave" => {
            let (between, weights) = (fields.list("between")?, arrays.floats()?);
            if between.len() != weights.len() {
                return Err(damaged(format!("{} weights for {} places", weights.len(), between.len())));
            }
            let knots = between.iter().zip(weights).map(|(between, weight)| knots(between, weight, length));
            Arc::new(Weave { knots: knots.collect::<Result<_>>()? })
        }
        other => return Err(damaged(format!("{other:?} is no operation on lines that this Isopleth knows"))),
    };
    let (axis, offset, take) = (fields.number("axis")?, near("offset")?, fields.range("take")?);
    Ok(Lines { op, axis, length, offset, take })
}

fn knots(between: &Value, weight: f64, length: usize) -> Result<Option<Knots>> {
    if between.is_null() {
        return Ok(None);
    }
    let position = |value: &Value| usize::try_from(value.as_u64()?).ok().filter(|&at| at < length);
    match between.as_array().map(|ends| ends.iter().filter_map(position).collect::<Vec<usize>>()).as_deref() {
        Some(&[low, high]) => Ok(Some(Knots { low, high, weight })),
        _ => Err(damaged(format!("{between} are no two positions of a line of {length}"))),
    }
}
