//! Arrays to and from JSON: little-endian bytes in base64 with dtype, shape, dimensions, coordinates and attributes.

use crate::args::protocol;
use crate::ops::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use isopleth::Result;
use isopleth::array::{Attr, Attrs, Coord, DType, DataArray, Dataset, Element, Text, Values};
use serde_json::{Map, Value, json};

/// The array that a request describes.
pub fn array(spec: &Value) -> Result<DataArray> {
    let dims = names(&spec["dims"]);
    let mut array = DataArray::new(values(spec)?, &dims)?;
    if let Some(name) = spec["name"].as_str() {
        array = array.name(name);
    }
    for (name, value) in spec["attrs"].as_object().into_iter().flatten() {
        array = array.attr(name, attr(value));
    }
    for coord in spec["coords"].as_array().into_iter().flatten() {
        let dims = names(&coord["dims"]);
        let name = coord["name"].as_str().unwrap_or_default();
        array = array.coord(name, along(&dims, values(coord)?)?)?;
    }
    Ok(array)
}

/// A coordinate along `dims`.
pub fn along(dims: &[String], values: Values) -> Result<Coord> {
    let dims: Vec<&str> = dims.iter().map(String::as_str).collect();
    Ok(match *dims.as_slice() {
        [] => Coord::along([], values),
        [a] => Coord::along([a], values),
        [a, b] => Coord::along([a, b], values),
        [a, b, c] => Coord::along([a, b, c], values),
        [a, b, c, d] => Coord::along([a, b, c, d], values),
        _ => return Err(protocol("a coordinate of more than four dimensions")),
    })
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// An attribute's value.
pub fn attr(value: &Value) -> Attr {
    match value {
        Value::String(text) => text.into(),
        Value::Array(numbers) => numbers.iter().filter_map(Value::as_f64).collect::<Vec<f64>>().into(),
        number => match number.as_i64() {
            Some(whole) => whole.into(),
            None => number.as_f64().unwrap_or_default().into(),
        },
    }
}

/// The values of an array or coordinate.
pub fn values(spec: &Value) -> Result<Values> {
    let text = spec["data"].as_str().unwrap_or_default();
    let bytes = STANDARD.decode(text).map_err(|error| protocol(error.to_string()))?;
    let shape: Vec<usize> =
        spec["shape"].as_array().into_iter().flatten().filter_map(Value::as_u64).map(|n| n as usize).collect();
    if spec["dtype"] == "str" {
        let texts: Vec<Option<String>> = serde_json::from_slice(&bytes).map_err(|error| protocol(error.to_string()))?;
        let texts = texts.into_iter().map(|text| text.map_or(Text::MISSING, Text::from)).collect();
        return Values::from_shape_vec(&shape, texts);
    }
    macro_rules! of {
        ($type:ty) => {{
            let elements = bytes.chunks_exact(size_of::<$type>());
            let decoded: Vec<$type> =
                elements.map(|e| <$type>::from_le_bytes(e.try_into().expect("as long as the type"))).collect();
            Values::from_shape_vec(&shape, decoded)
        }};
    }
    match spec["dtype"].as_str().unwrap_or_default() {
        "bool" => Values::from_shape_vec(&shape, bytes.iter().map(|&byte| byte != 0).collect()),
        "int8" => of!(i8),
        "uint8" => of!(u8),
        "int16" => of!(i16),
        "uint16" => of!(u16),
        "int32" => of!(i32),
        "uint32" => of!(u32),
        "int64" => of!(i64),
        "uint64" => of!(u64),
        "float32" => of!(f32),
        "float64" => of!(f64),
        "datetime64[ns]" => of!(i64)?.try_cast_dates(),
        other => Err(protocol(format!("dtype {other}"))),
    }
}

/// Nanoseconds as dates.
trait AsDates {
    fn try_cast_dates(self) -> Result<Values>;
}

impl AsDates for Values {
    fn try_cast_dates(self) -> Result<Values> {
        Ok(self.cast(DType::DateTime))
    }
}

/// What the operations have come to, computed.
pub fn state(state: &State) -> Result<Value> {
    match state {
        State::Array(array) => view(array),
        State::List(list) => Ok(json!({ "list": list.iter().map(view).collect::<Result<Vec<_>>>()? })),
        State::Dataset(dataset) => dataset_view(dataset),
    }
}

fn dataset_view(dataset: &Dataset) -> Result<Value> {
    let arrays: Result<Vec<Value>> = dataset.arrays().iter().map(view).collect();
    Ok(json!({ "dataset": arrays?, "coords": coords(dataset.coords())?, "lazy": dataset.is_lazy() }))
}

pub fn view(array: &DataArray) -> Result<Value> {
    // Dtype and shape are what the array says before it is computed: they must be true of the values.
    let values = array.values()?;
    Ok(json!({
        "name": array.get_name(),
        "dims": array.dims(),
        "dtype": array.dtype().to_string(),
        "shape": array.shape(),
        "true_dtype": values.dtype().to_string(),
        "true_shape": values.shape(),
        "data": data(&values)?,
        "coords": coords(array.coords())?,
        "attrs": attrs(array.attrs()),
        "lazy": array.is_lazy(),
    }))
}

pub fn coords(coords: &isopleth::array::Coords) -> Result<Vec<Value>> {
    coords
        .iter()
        .map(|coord| {
            Ok(json!({
                "name": coord.name(),
                "dims": coord.dims(),
                "dtype": coord.values().dtype().to_string(),
                "shape": coord.values().shape(),
                "data": data(coord.values())?,
                "attrs": attrs(coord.attrs()),
            }))
        })
        .collect()
}

pub fn attrs(attrs: &Attrs) -> Value {
    let plain = |attr: &Attr| match attr {
        Attr::Text(text) => json!(text),
        Attr::Int(number) => json!(number),
        Attr::Float(number) => json!(number),
        Attr::Float32(number) => json!(f64::from(*number)),
        Attr::Numbers32(numbers) => json!(numbers.iter().map(|&number| f64::from(number)).collect::<Vec<_>>()),
        Attr::Numbers(numbers) => json!(numbers),
        Attr::Integers(numbers) => json!(numbers),
        Attr::Texts(texts) => json!(texts),
    };
    Value::Object(attrs.iter().map(|(name, value)| (name.to_owned(), plain(value))).collect::<Map<_, _>>())
}

/// The values as little-endian bytes. Those of a type without bytes that every language has, such as text and dates of
/// other calendars, are a JSON list of texts.
fn data(values: &Values) -> Result<String> {
    fn bytes<T: Element, const N: usize>(values: &Values, le: fn(T) -> [u8; N]) -> Result<Vec<u8>> {
        Ok(values.to_vec::<T>()?.into_iter().flat_map(le).collect())
    }
    let bytes = match values.dtype().to_string().as_str() {
        "bool" => bytes(values, |v: bool| [u8::from(v)]),
        "uint8" => bytes(values, u8::to_le_bytes),
        "int8" => bytes(values, i8::to_le_bytes),
        "uint64" => bytes(values, u64::to_le_bytes),
        "int16" => bytes(values, i16::to_le_bytes),
        "uint16" => bytes(values, u16::to_le_bytes),
        "int32" => bytes(values, i32::to_le_bytes),
        "uint32" => bytes(values, u32::to_le_bytes),
        "int64" | "datetime64[ns]" => bytes(values, i64::to_le_bytes),
        "float32" => bytes(values, f32::to_le_bytes),
        "float64" => bytes(values, f64::to_le_bytes),
        "str" => {
            let texts = values.to_vec::<Text>()?;
            Ok(json!(texts.iter().map(|text| text.as_str()).collect::<Vec<_>>()).to_string().into_bytes())
        }
        _ => Ok(json!(values.to_texts()).to_string().into_bytes()),
    }?;
    Ok(STANDARD.encode(bytes))
}
