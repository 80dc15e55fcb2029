//! What an array is grouped by: a coordinate, a calendar field of one, or another array.

use crate::array::attrs::Attrs;
use crate::array::coord::Coord;
use crate::array::data_array::DataArray;
use crate::array::names::{listed, not_found};
use crate::values::Values;
use crate::{Error, ErrorKind, Result};

/// One value per position of one dimension.
pub(super) struct Key {
    pub dim: String,
    /// What the groups are called.
    pub name: String,
    /// The values, with their index if they are a coordinate, and what is said of them; of a field of dates nothing is.
    pub labels: Coord,
}

impl Key {
    fn new(dim: &str, name: &str, values: Values, attrs: Attrs) -> Self {
        let labels = Coord::named(name, [dim.to_owned()], values, attrs);
        Self { dim: dim.to_owned(), name: name.to_owned(), labels }
    }
}

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
            Ok(Key::new(key, key, values, Attrs::default()))
        }
        Some((name, _)) => Err(not_found("coordinate", name, array.coords().names())),
        None => Err(not_found("coordinate", key, array.coords().names())),
    }
}

fn of_coord(array: &DataArray, coord: &str, name: &str, field: Option<&str>) -> Result<Key> {
    let labels = array.get_coord(coord)?;
    let mut key = of_array(array, &labels)?;
    match (field, array.coords().get(coord)) {
        (Some(field), _) => {
            key = Key::new(&key.dim, name, field_of(&labels, field)?, Attrs::default());
        }
        // Its index is kept with it.
        (None, Some(own)) => key.labels = own.clone(),
        (None, None) => {}
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
    Ok(Key::new(dim, &name, labels.values()?, labels.attrs().clone()))
}

/// A field of dates. A missing date has no month 0: it is in no group.
fn field_of(labels: &DataArray, field: &str) -> Result<Values> {
    let of = labels.dt()?.field(field)?;
    let there = labels.notnull();
    let all = there.all(())?.item()? == 1.0;
    if all { of.values() } else { of.where_(&there)?.values() }
}
