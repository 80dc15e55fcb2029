//! Zarr stores, by GDAL's driver; the types of the arrays as their own metadata say.

use super::{Format, through_gdal};
use crate::Result;
use crate::array::Dataset;
use crate::disk::shown;
use crate::files::assemble;
use crate::files::attribute::{Given, GivenAttrs, take, unsigned};
use crate::files::file_type::FileType;
use crate::files::header::Variable;
use crate::files::options::DatasetOptions;
use serde_json::{Map, Value};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

pub(super) struct Zarr;

/// More than any metadata of an array takes.
const METADATA_BYTES: u64 = 1 << 20;

impl Format for Zarr {
    fn name(&self) -> &'static str {
        "Zarr"
    }

    fn can_open(&self, path: &Path, _: &[u8]) -> bool {
        [".zgroup", ".zarray", ".zmetadata", "zarr.json"].iter().any(|name| path.join(name).is_file())
    }

    fn open(&self, path: &Path, options: &DatasetOptions) -> Result<Dataset> {
        let mut header = through_gdal::header(path, options)?;
        let folder = |groups: &[String]| groups.iter().fold(path.to_owned(), |folder, group| folder.join(group));
        for variable in &mut header.variables {
            let folder = folder(&variable.place.groups).join(&variable.name);
            // GDAL keeps back the attributes from which it makes a CRS, and gives numbers without their types.
            if let Some(Value::Object(given)) = metadata(&folder.join(".zattrs")) {
                variable.attrs = attributes(&given);
            }
            if let Some(metadata) = metadata(&folder.join(".zarray")) {
                describe(variable, &metadata);
            }
        }
        if let Some(Value::Object(given)) = metadata(&folder(options.groups()).join(".zattrs")) {
            header.attrs = attributes(&given);
        }
        assemble::dataset(header, options).map_err(|error| error.context(shown(path)))
    }
}

fn metadata(path: &Path) -> Option<Value> {
    let mut text = String::new();
    File::open(path).ok()?.take(METADATA_BYTES).read_to_string(&mut text).ok()?;
    // Python writes NaN into JSON where others write a text.
    serde_json::from_str(&text).ok()
}

/// Attributes as JSON has them; those that say how a store is made are left out.
fn attributes(given: &Map<String, Value>) -> GivenAttrs {
    let own = given.iter().filter(|(name, _)| *name != "_ARRAY_DIMENSIONS");
    own.map(|(name, value)| (name.clone(), attribute(value))).collect()
}

fn attribute(value: &Value) -> Given {
    let list = match value {
        Value::Array(list) => &list[..],
        one => std::slice::from_ref(one),
    };
    let integer = |value: &Value| value.as_i64().or(value.as_bool().map(i64::from));
    let texts = || list.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>();
    if let Some(values) = list.iter().map(integer).collect::<Option<Vec<i64>>>() {
        return Given::Integers(values, FileType::I64);
    }
    if let Some(values) = list.iter().map(Value::as_u64).collect::<Option<Vec<u64>>>() {
        return unsigned(&values);
    }
    if let Some(values) = list.iter().map(Value::as_f64).collect::<Option<Vec<f64>>>() {
        return Given::Floats(values, FileType::F64);
    }
    match (value, texts()) {
        (Value::String(text), _) => Given::Text(text.clone()),
        (_, Some(texts)) => Given::Texts(texts),
        // Records, lists of lists and nulls, as they are written.
        (other, None) => Given::Text(other.to_string()),
    }
}

/// The type of the elements, and the value of those that were not written, which xarray takes for missing.
fn describe(variable: &mut Variable, metadata: &Value) {
    let Some(of) = metadata.get("dtype").and_then(Value::as_str).and_then(file_type) else { return };
    variable.place.of = of;
    let fill = match metadata.get("fill_value") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(value)) => Some(Given::Integers(vec![i64::from(*value)], FileType::U8)),
        Some(Value::Number(number)) => match (number.as_i64(), number.as_u64()) {
            (Some(value), _) if of.is_integer() => Some(Given::Integers(vec![value], of)),
            (_, Some(value)) if of.is_integer() => Some(unsigned(&[value])),
            _ => number.as_f64().map(|value| Given::Floats(vec![value], FileType::F64)),
        },
        Some(Value::String(text)) if of.is_text() => Some(Given::Text(text.clone())),
        Some(Value::String(text)) => text.parse().ok().map(|value| Given::Floats(vec![value], FileType::F64)),
        Some(_) => None,
    };
    set(&mut variable.attrs, "_FillValue", fill);
}

fn set(attrs: &mut GivenAttrs, name: &str, value: Option<Given>) {
    take(attrs, name);
    attrs.extend(value.map(|value| (name.to_owned(), value)));
}

/// From NumPy's name: the order of the bytes, a letter for the kind, the number of bytes.
fn file_type(dtype: &str) -> Option<FileType> {
    Some(match dtype.get(1..)? {
        "b1" => FileType::Bool,
        "i1" => FileType::I8,
        "u1" => FileType::U8,
        "i2" => FileType::I16,
        "u2" => FileType::U16,
        "i4" => FileType::I32,
        "u4" => FileType::U32,
        "i8" => FileType::I64,
        "u8" => FileType::U64,
        "f2" => FileType::F16,
        "f4" => FileType::F32,
        "f8" => FileType::F64,
        text if text.starts_with(['S', 'U']) => FileType::Text,
        _ => return None,
    })
}
