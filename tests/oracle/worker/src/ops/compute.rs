//! Arithmetic, comparison, logic, functions of each element and the fields of dates.

use super::Attempt;
use crate::args::{Args, protocol};
use isopleth::Result;
use isopleth::array::DataArray;
use isopleth::lazy::BinaryOp;

pub fn apply(array: &DataArray, name: &str, op: Args<'_>, env: &[DataArray]) -> Attempt {
    Ok(Some(match name {
        "binary" => array.binary(binary(op.text("sign")?)?, op.operand("other", env)?)?,
        "scalar_first" => scalar_first(array, op)?,
        "negative" => -array,
        "not" => !array,
        "abs" => array.abs()?,
        "sqrt" => array.sqrt()?,
        "exp" => array.exp()?,
        "ln" => array.ln()?,
        "floor" => array.floor()?,
        "ceil" => array.ceil()?,
        "round" => array.round()?,
        "is_nan" => array.isnull(),
        "not_nan" => array.notnull(),
        "clip" => array.clip(op.float("low")?, op.float("high")?)?,
        "fillna" => array.fillna(op.operand("other", env)?)?,
        "astype" => array.astype(op.dtype("dtype")?),
        "map" => match op.text("function")? {
            "double" => array.map(|value| value * 2.0)?,
            "square_plus_one" => array.map(|value| value * value + 1.0)?,
            other => return Err(protocol(format!("function {other}"))),
        },
        "date_field" => {
            let dates = if op.has("coord") { array.get_coord(op.text("coord")?)? } else { array.clone() };
            match op.text("field")? {
                "year" => dates.year(),
                "month" => dates.month(),
                "day" => dates.day(),
                "dayofyear" => dates.dayofyear(),
                "weekday" => dates.weekday(),
                "hour" => dates.hour(),
                "minute" => dates.minute(),
                "second" => dates.second(),
                other => return Err(protocol(format!("field {other}"))),
            }
        }
        _ => return Ok(None),
    }))
}

/// `2 - array`: the operators with the number on the left, which exist for the types of literals.
fn scalar_first(array: &DataArray, op: Args<'_>) -> Result<DataArray> {
    macro_rules! sign {
        ($number:expr) => {
            match op.text("sign")? {
                "+" => $number + array,
                "-" => $number - array,
                "*" => $number * array,
                "/" => $number / array,
                other => return Err(protocol(format!("{other} with a number first"))),
            }
        };
    }
    Ok(match op.int("number") {
        Ok(whole) => sign!(whole as i32),
        Err(_) => sign!(op.float("number")?),
    })
}

fn binary(sign: &str) -> Result<BinaryOp> {
    use BinaryOp::*;
    Ok(match sign {
        "+" => Add,
        "-" => Sub,
        "*" => Mul,
        "/" => Div,
        "%" => Rem,
        "**" => Pow,
        "minimum" => Min,
        "maximum" => Max,
        "==" => Eq,
        "!=" => Ne,
        "<" => Lt,
        "<=" => Le,
        ">" => Gt,
        ">=" => Ge,
        "&" => And,
        "|" => Or,
        "^" => Xor,
        other => return Err(protocol(format!("operator {other}"))),
    })
}
