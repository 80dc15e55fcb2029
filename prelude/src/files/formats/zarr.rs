//! Zarr stores, by GDAL's driver; the types of the arrays as their own metadata say.

use super::{Format, through_gdal};
use crate::Result;
use crate::array::Dataset;
use crate::disk::shown;
use crate::files::assemble;
use crate::files::attribute::{Given, GivenAttrs, take, unsigned};
use crate::files::file_type::FileType;
use crate::files::header::Variable;
use crate::files::library;
use crate::files::opening::Opening;
use crate::files::source::Access;
use serde_json::{Map, Value};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

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

    fn open(&self, opening: &Arc<Opening>) -> Result<Dataset> {
        let (path, options) = (opening.path(), opening.options());
        // What is written into a store does not change its folder, by which GDAL's idle handles are known.
        library::forget(path);
        let mut header = library::with(path, |file| through_gdal::of_group(path, file, options))??;
        let folder = |groups: &[String]| groups.iter().fold(path.to_owned(), |folder, group| folder.join(group));
        for (name, why) in &mut header.skipped {
            if let Some(known) = why_not_read(&folder(options.groups()).join(name)) {
                *why = known;
            }
        }
        if header.variables.is_empty() && !options.has_dropped() {
            return Err(library::with(path, |file| through_gdal::no_variables(path, file, &header))?);
        }
        for variable in &mut header.variables {
            let folder = folder(&variable.place.groups).join(&variable.name);
            // GDAL keeps back the attributes from which it makes a CRS, and gives numbers without their types.
            if let Some(Value::Object(given)) = metadata(&folder.join(".zattrs")) {
                variable.attrs = attributes(&given);
            }
            if let Some(metadata) = metadata(&folder.join(".zarray")) {
                describe(variable, &metadata);
                if let Some(why) = unknown_fill(variable, &metadata, &folder) {
                    variable.place.access = Access::Nobody(why.into());
                }
            }
        }
        if let Some(Value::Object(given)) = metadata(&folder(options.groups()).join(".zattrs")) {
            header.attrs = attributes(&given);
        }
        assemble::dataset(header, opening).map_err(|error| error.context(shown(path)))
    }
}

fn text(path: &Path) -> Option<String> {
    let mut text = String::new();
    File::open(path).ok()?.take(METADATA_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}

fn metadata(path: &Path) -> Option<Value> {
    // Python writes NaN into JSON where others write a text.
    serde_json::from_str(&text(path)?).ok()
}

/// Why GDAL shows no array of what is in `folder`, as far as its metadata say it.
fn why_not_read(folder: &Path) -> Option<String> {
    let metadata: Value = match serde_json::from_str(&text(&folder.join(".zarray"))?) {
        Ok(metadata) => metadata,
        Err(error) => return Some(format!("its metadata in .zarray are damaged ({error})")),
    };
    let names = |given: &Value| {
        let given = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
        let names = given.iter().filter_map(|one| one.get("id").and_then(Value::as_str));
        names.collect::<Vec<_>>().join(", ")
    };
    let packed = |what: &str, names: String| {
        let how =
            format!("{what} {names}, which this GDAL does not undo; write them without, or with zlib, zstd or blosc");
        (!names.is_empty()).then_some(how)
    };
    let of = match metadata.get("dtype")? {
        Value::String(of) if file_type(of).is_some() => None,
        Value::String(of) => Some(match of.get(1..2) {
            Some("M" | "m") => {
                format!("its type {of} is one of NumPy's dates; write numbers with units, as xarray does")
            }
            Some("c") => format!("its type {of} is complex numbers"),
            Some("O") => "its values are objects, such as texts of any length".to_owned(),
            _ => format!("its type {of} is neither numbers nor text"),
        }),
        _ => Some("its values are records".to_owned()),
    };
    let is_empty = metadata.get("shape")?.as_array()?.iter().any(|length| length.as_u64() == Some(0));
    let empty = || is_empty.then(|| "it has no elements, and this GDAL reads no such arrays".to_owned());
    of.or_else(empty)
        .or_else(|| packed("its values went through the filters", names(metadata.get("filters")?)))
        .or_else(|| packed("its values are packed with", names(metadata.get("compressor")?)))
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

/// Why chunks that were not written are not known: of integers that are no doubles GDAL 3.6 makes others.
fn unknown_fill(variable: &Variable, metadata: &Value, folder: &Path) -> Option<String> {
    let number = metadata.get("fill_value").filter(|_| matches!(variable.place.of, FileType::I64 | FileType::U64))?;
    let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))?;
    if (whole as f64) as i128 == whole {
        return None;
    }
    let lengths = metadata.get("chunks")?.as_array()?.iter().map(Value::as_u64);
    let chunks = variable.place.shape.iter().zip(lengths);
    let all = chunks.map(|(&length, chunk)| Some((length as u64).div_ceil(chunk?.max(1)))).product::<Option<u64>>()?;
    let written = match metadata.get("dimension_separator").and_then(Value::as_str) {
        // Folders in folders.
        Some("/") => 0,
        _ => {
            let entries =
                std::fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            entries.filter(|name| name.starts_with(|first: char| first.is_ascii_digit())).count() as u64
        }
    };
    (written < all).then(|| {
        format!(
            "not all of its chunks may have been written, and this GDAL does not read what stands for them ({number}); in \
             Python write it with write_empty_chunks=True and dimension_separator \".\""
        )
    })
}

/// What the store itself says goes before what an attribute says of the same; it may say nothing.
fn set(attrs: &mut GivenAttrs, name: &str, value: Option<Given>) {
    if let Some(value) = value {
        take(attrs, name);
        attrs.push((name.to_owned(), value));
    }
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
