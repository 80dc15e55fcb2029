//! What an array is grouped by: a coordinate, a calendar field of one, or another array.

use crate::array::attrs::Attrs;
use crate::array::data_array::DataArray;
use crate::array::names::{listed, not_found};
use crate::values::{Text, Values};
use crate::{Error, ErrorKind, Result};
use ndarray::ArcArray;

/// One value per position of one dimension.
pub(super) struct Key {
    pub dim: String,
    /// What the groups are called.
    pub name: String,
    pub values: Values,
    /// Those of the labels; a field of dates has none.
    pub attrs: Attrs,
}

const FIELDS: [&str; 11] =
    ["month", "season", "year", "quarter", "day", "dayofyear", "dayofweek", "weekday", "hour", "minute", "second"];

/// `"region"` or `"time.month"`.
pub(super) fn find(array: &DataArray, key: &str) -> Result<Key> {
    if array.coords().get(key).is_some() {
        return of_coord(array, key, key, None);
    }
    match key.rsplit_once('.') {
        Some((name, field)) if array.coords().get(name).is_some() => of_coord(array, name, field, Some(field)),
        _ if array.axis_of(key).is_some() => {
            let len = array.shape()[array.axis(key)?];
            let values = Values::from((0..len as i64).collect::<Vec<_>>());
            Ok(Key { dim: key.to_owned(), name: key.to_owned(), values, attrs: Attrs::default() })
        }
        Some((name, _)) => Err(not_found("coordinate", name, array.coords().names())),
        None => Err(not_found("coordinate", key, array.coords().names())),
    }
}

fn of_coord(array: &DataArray, coord: &str, name: &str, field: Option<&str>) -> Result<Key> {
    let labels = array.get_coord(coord)?;
    let mut key = of_array(array, &labels)?;
    if let Some(field) = field {
        key.values = field_of(&key.values, coord, field)?;
        key.attrs = Attrs::default();
    }
    name.clone_into(&mut key.name);
    Ok(key)
}

/// The values of an array along one of the dimensions of `array`.
pub(super) fn of_array(array: &DataArray, labels: &DataArray) -> Result<Key> {
    let name = labels.get_name().unwrap_or("group").to_owned();
    let [dim] = labels.dims() else {
        let message = format!(
            "{name:?} has {} dimensions ({}); groups are made along one. Select, reduce or stack the others first",
            labels.ndim(),
            listed(labels.dims())
        );
        return Err(Error::new(ErrorKind::Mismatch, message));
    };
    let axis = array.axis(dim)?;
    if array.shape()[axis] != labels.shape()[0] {
        let (len, own) = (labels.shape()[0], array.shape()[axis]);
        let message = format!("{name:?} has {len} labels along {dim:?}, and the array has {own}");
        return Err(Error::new(ErrorKind::Mismatch, message));
    }
    if let (Some(own), Some(other)) = (array.index_of(dim), labels.index_of(dim))
        && !own.same(other)
    {
        let message = format!("the labels of {dim:?} are not the same in the array and in {name:?}; align them first");
        return Err(Error::new(ErrorKind::Mismatch, message));
    }
    Ok(Key { dim: dim.clone(), name, values: labels.values()?, attrs: labels.attrs().clone() })
}

fn field_of(values: &Values, coord: &str, field: &str) -> Result<Values> {
    let Some((kind, dates)) = values.dates() else {
        let message = format!("{coord:?} holds {}, not dates, so it has no {field:?}", values.dtype());
        return Err(Error::new(ErrorKind::Mismatch, message));
    };
    let whole = |of: &dyn Fn(i64) -> i64| {
        // A missing date has no month 0: NaN, so that it is in no group.
        if dates.iter().any(|&date| date == i64::MIN) {
            let or_nan = |&date: &i64| if date == i64::MIN { f64::NAN } else { of(date) as f64 };
            return Values::from(dates.iter().map(or_nan).collect::<Vec<f64>>());
        }
        Values::from(dates.iter().map(|&date| of(date)).collect::<Vec<i64>>())
    };
    Ok(match field {
        "month" => whole(&|date| kind.month(date)),
        "year" => whole(&|date| kind.year(date)),
        "quarter" => whole(&|date| (kind.month(date) + 2) / 3),
        "day" => whole(&|date| kind.civil(date).2),
        "dayofyear" => whole(&|date| kind.dayofyear(date)),
        "dayofweek" | "weekday" => whole(&|date| kind.weekday(date)),
        "hour" => whole(&|date| kind.part(date, 3600, 24)),
        "minute" => whole(&|date| kind.part(date, 60, 60)),
        "second" => whole(&|date| kind.part(date, 1, 60)),
        "season" => {
            let season = |&date: &i64| if date == i64::MIN { Text::MISSING } else { Text::new(kind.season(date)) };
            Values::Text(ArcArray::from_vec(dates.iter().map(season).collect()).into_dyn())
        }
        _ => return Err(not_found(&format!("field of the dates in {coord:?} called"), field, FIELDS)),
    })
}

/// Which values are missing.
pub(super) fn missing(values: &Values) -> Vec<bool> {
    match values {
        Values::F32(a) => a.iter().map(|v| v.is_nan()).collect(),
        Values::F64(a) => a.iter().map(|v| v.is_nan()).collect(),
        Values::DateTime(a) | Values::CfTime(_, a) => a.iter().map(|&v| v == i64::MIN).collect(),
        Values::Text(a) => a.iter().map(|v| v.is_missing()).collect(),
        whole => vec![false; whole.len()],
    }
}
