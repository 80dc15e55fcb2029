//! What a variable is, in a few words, for lists of variables: made when it is stored, from what costs nothing to know.
//!
//! One function for all types, compiled once, here: a cell hands over a `&dyn Any`. Types that it does not know
//! are described by their name and size. Lazy arrays are not read.

use crate::array::{DataArray, Dataset};
use ndarray::{ArrayD, ArrayRef, Dimension, Ix0, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, OwnedRepr};
use serde_json::{Value, json};
use std::any::Any;
use std::fmt::{Debug, Write};

/// Longest text, in characters.
const TEXT: usize = 80;
/// Items of a vector that are written out before it is cut.
const ITEMS: usize = 40;

/// Describes `value`, whose type is called `type_name` and takes `size` bytes itself.
pub(super) fn describe(value: &dyn Any, type_name: &str, size: usize) -> Value {
    let mut described = json!({ "type": type_name, "bytes": size });
    let known = number(value, &mut described)
        || text(value, &mut described)
        || vector(value, &mut described)
        || labelled(value, &mut described)
        || array(value, &mut described);
    if !known && let Some(shape) = shape_of_array_type(type_name) {
        described["shape"] = json!(shape);
    }
    described
}

/// Every usual type of element.
macro_rules! elements {
    ($call:ident) => {
        $call!(f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char)
    };
}

fn number(value: &dyn Any, described: &mut Value) -> bool {
    macro_rules! try_each {
        ($($kind:ty)*) => {
            $(
                if let Some(value) = value.downcast_ref::<$kind>() {
                    described["text"] = short(value);
                    return true;
                }
                if let Some(value) = value.downcast_ref::<Option<$kind>>() {
                    described["text"] = short(value);
                    return true;
                }
            )*
        };
    }
    elements!(try_each);
    false
}

fn text(value: &dyn Any, described: &mut Value) -> bool {
    let text = match (value.downcast_ref::<String>(), value.downcast_ref::<&'static str>()) {
        (Some(text), _) => text.as_str(),
        (_, Some(text)) => text,
        _ => return false,
    };
    add_bytes(described, text.len() as u64);
    described["text"] = short(text);
    true
}

fn vector(value: &dyn Any, described: &mut Value) -> bool {
    fn items<T: Debug>(items: &[T], described: &mut Value) {
        add_bytes(described, size_of_val(items) as u64);
        described["shape"] = json!([items.len()]);
        described["text"] = short(&Cut(items));
    }
    macro_rules! try_each {
        ($($kind:ty)*) => {
            $(
                if let Some(value) = value.downcast_ref::<Vec<$kind>>() {
                    items(value, described);
                    return true;
                }
            )*
        };
    }
    elements!(try_each);
    try_each!((f64, f64) (f32, f32) (i32, i32) (String, f64) (usize, usize) String &'static str);
    if let Some(value) = value.downcast_ref::<Vec<Vec<f64>>>() {
        items(value, described);
        add_bytes(described, value.iter().map(|row| size_of_val(row.as_slice()) as u64).sum());
        return true;
    }
    false
}

fn labelled(value: &dyn Any, described: &mut Value) -> bool {
    if let Some(array) = value.downcast_ref::<DataArray>() {
        add_bytes(described, array.nbytes());
        described["shape"] = json!(array.shape());
        described["dims"] = json!(array.dims());
        described["coords"] = array.coords().names().collect();
        let lazy = if array.is_lazy() { ", lazy" } else { "" };
        described["text"] = cut(&format!("{} ({}){lazy}", array.dtype(), sizes(&array.sizes())));
        return true;
    }
    if let Some(dataset) = value.downcast_ref::<Dataset>() {
        add_bytes(described, dataset.nbytes());
        let sizes_of = dataset.sizes();
        described["shape"] = sizes_of.iter().map(|(_, length)| *length).collect();
        described["dims"] = sizes_of.iter().map(|(name, _)| name.as_str()).collect();
        described["coords"] = dataset.coords().names().collect();
        described["variables"] = dataset.names().collect();
        let names: Vec<&str> = dataset.names().collect();
        described["text"] = cut(&format!("{} ({})", names.join(", "), sizes(&sizes_of)));
        return true;
    }
    false
}

fn sizes(sizes: &[(String, usize)]) -> String {
    sizes.iter().map(|(name, length)| format!("{name}: {length}")).collect::<Vec<_>>().join(", ")
}

fn array(value: &dyn Any, described: &mut Value) -> bool {
    fn items<T: Debug, D: Dimension>(array: &ArrayRef<T, D>, kind: &str, described: &mut Value) {
        add_bytes(described, (array.len() * size_of::<T>()) as u64);
        described["shape"] = json!(array.shape());
        let lengths: Vec<String> = array.shape().iter().map(ToString::to_string).collect();
        let values: Vec<&T> = array.iter().take(ITEMS).collect();
        described["text"] = match array.ndim() {
            0 | 1 if array.len() <= ITEMS => short(&values),
            _ => cut(&format!("{kind} {}", lengths.join(" × "))),
        };
    }
    macro_rules! try_each {
        ($($kind:ty)*) => {
            $(
                try_shapes!($kind, Ix1 Ix2 Ix3 Ix4 Ix0 Ix5 Ix6);
                if let Some(value) = value.downcast_ref::<ArrayD<$kind>>() {
                    items(value, stringify!($kind), described);
                    return true;
                }
            )*
        };
    }
    macro_rules! try_shapes {
        ($kind:ty, $($shape:ty)*) => {
            $(
                if let Some(value) = value.downcast_ref::<ndarray::ArrayBase<OwnedRepr<$kind>, $shape>>() {
                    items(value, stringify!($kind), described);
                    return true;
                }
            )*
        };
    }
    elements!(try_each);
    false
}

/// The lengths of `[[f64; 3]; 2]`, outermost first: a type says them itself.
fn shape_of_array_type(mut name: &str) -> Option<Vec<usize>> {
    let mut shape = Vec::new();
    while let Some((inner, length)) = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')?.rsplit_once("; "))
    {
        shape.push(length.parse().ok()?);
        name = inner;
    }
    (!shape.is_empty()).then_some(shape)
}

fn add_bytes(described: &mut Value, more: u64) {
    described["bytes"] = json!(described["bytes"].as_u64().unwrap_or(0).saturating_add(more));
}

/// The text of a value on one line, cut where it is too long; no more of it is made than is shown.
fn short(value: &(impl Debug + ?Sized)) -> Value {
    let mut text = Line::default();
    // An error only says that there was no room for more.
    let _ = write!(text, "{value:?}");
    text.end()
}

fn cut(text: &str) -> Value {
    let mut line = Line::default();
    let _ = line.write_str(text);
    line.end()
}

/// The first items of a slice.
struct Cut<'a, T>(&'a [T]);

impl<T: Debug> Debug for Cut<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut list = f.debug_list();
        list.entries(self.0.iter().take(ITEMS));
        if self.0.len() > ITEMS { list.finish_non_exhaustive() } else { list.finish() }
    }
}

/// Takes text until there is as much as is shown.
#[derive(Default)]
struct Line {
    text: String,
    length: usize,
    full: bool,
}

impl Line {
    fn end(mut self) -> Value {
        if self.full {
            self.text.pop();
            self.text.push('…');
        }
        Value::String(self.text)
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for character in text.chars() {
            if self.length == TEXT {
                self.full = true;
                return Err(std::fmt::Error);
            }
            self.text.push(if character.is_control() { ' ' } else { character });
            self.length += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn of<T: Any>(value: T) -> Value {
        describe(&value, std::any::type_name::<T>(), size_of::<T>())
    }

    #[test]
    fn numbers_and_texts_say_their_value() {
        assert_eq!(of(3_i32), json!({ "type": "i32", "bytes": 4, "text": "3" }));
        assert_eq!(of(2.5_f64)["text"], "2.5");
        assert_eq!(of(Some(2.0_f32))["text"], "Some(2.0)");
        assert_eq!(of('x')["text"], "'x'");
        assert_eq!(of("a\nb".to_owned())["text"], "\"a\\nb\"");
        assert_eq!(of("four")["bytes"], 20);
        let long = of("ä".repeat(1_000_000));
        let text = long["text"].as_str().unwrap();
        assert!(text.chars().count() == TEXT && text.ends_with('…'), "{text}");
        assert_eq!(long["bytes"], 2_000_000 + size_of::<String>());
    }

    #[test]
    fn vectors_and_arrays_say_how_long_they_are() {
        let vector = of(vec![1.0_f64, 2.0]);
        assert_eq!((&vector["shape"], &vector["text"]), (&json!([2]), &json!("[1.0, 2.0]")));
        assert_eq!(vector["bytes"], 16 + size_of::<Vec<f64>>());
        assert!(of(vec![7_u8; 1000])["text"].as_str().unwrap().chars().count() <= TEXT);
        assert_eq!(of([[0_u8; 3]; 2])["shape"], json!([2, 3]));
        assert_eq!(of(Array2::<f32>::zeros((400, 500)))["shape"], json!([400, 500]));
        assert_eq!(of(Array2::<f32>::zeros((400, 500)))["text"], "f32 400 × 500");
        assert_eq!(of(array![1, 2].into_dyn())["text"], "[1, 2]");
    }

    #[test]
    fn labelled_arrays_say_their_dimensions() {
        let array = DataArray::new(Array2::<f32>::zeros((2, 3)), ["y", "x"]).unwrap();
        let described = of(array.clone());
        assert_eq!(described["dims"], json!(["y", "x"]));
        assert_eq!((&described["shape"], &described["coords"]), (&json!([2, 3]), &json!([])));
        assert_eq!(described["text"], "float32 (y: 2, x: 3)");
        let dataset = crate::array::merge([&array.name("t")]).unwrap();
        let described = of(dataset);
        assert_eq!((&described["variables"], &described["dims"]), (&json!(["t"]), &json!(["y", "x"])));
        assert!(described["bytes"].as_u64().unwrap() >= 24);
    }

    #[test]
    fn what_is_unknown_has_a_name_and_a_size() {
        struct Own(#[allow(dead_code)] [u64; 3]);
        let described = of(Own([0; 3]));
        assert_eq!(described["bytes"], 24);
        assert!(described["type"].as_str().unwrap().ends_with("Own") && described.get("text").is_none());
        assert_eq!(shape_of_array_type("[alloc::vec::Vec<[u8; 2]>; 4]"), Some(vec![4]));
    }
}
