//! What a variable is, in a few words, for lists of variables: made when it is stored, from what costs nothing to know.
//!
//! One function for all types, compiled once, here: a cell hands over a `&dyn Any`. Types that it does not know
//! are described by their name and size. Lazy arrays are not read.

use crate::array::{DataArray, Dataset};
use isopleth_bus::worker::Description;
use ndarray::{ArrayD, ArrayRef, Dimension, Ix0, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, OwnedRepr};
use std::any::Any;
use std::fmt::{Debug, Write};

/// Longest text, in characters.
const TEXT: usize = 80;
/// Items of a vector that are written out before it is cut.
const ITEMS: usize = 40;

/// Describes `value`, whose type is called `type_name` and takes `size` bytes itself.
pub(super) fn describe(value: &dyn Any, type_name: &str, size: usize) -> Description {
    let mut described = Description { type_name: type_name.to_owned(), bytes: size as u64, ..Description::default() };
    let known = number(value, &mut described)
        || text(value, &mut described)
        || vector(value, &mut described)
        || labelled(value, &mut described)
        || array(value, &mut described);
    if !known {
        described.shape = shape_of_array_type(type_name);
    }
    described
}

/// Every usual type of element.
macro_rules! elements {
    ($call:ident) => {
        $call!(f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char)
    };
}

fn number(value: &dyn Any, described: &mut Description) -> bool {
    macro_rules! try_each {
        ($($kind:ty)*) => {
            $(
                if let Some(value) = value.downcast_ref::<$kind>() {
                    described.text = Some(short(value));
                    return true;
                }
                if let Some(value) = value.downcast_ref::<Option<$kind>>() {
                    described.text = Some(short(value));
                    return true;
                }
            )*
        };
    }
    elements!(try_each);
    false
}

fn text(value: &dyn Any, described: &mut Description) -> bool {
    let text = match (value.downcast_ref::<String>(), value.downcast_ref::<&'static str>()) {
        (Some(text), _) => text.as_str(),
        (_, Some(text)) => text,
        _ => return false,
    };
    add_bytes(described, text.len() as u64);
    described.text = Some(short(text));
    true
}

fn vector(value: &dyn Any, described: &mut Description) -> bool {
    fn items<T: Debug>(items: &[T], described: &mut Description) {
        add_bytes(described, size_of_val(items) as u64);
        described.shape = Some(vec![items.len()]);
        described.text = Some(short(&Cut(items)));
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

fn labelled(value: &dyn Any, described: &mut Description) -> bool {
    if let Some(array) = value.downcast_ref::<DataArray>() {
        add_bytes(described, array.nbytes());
        described.shape = Some(array.shape().to_vec());
        described.dims = Some(owned(array.dims().iter()));
        described.coords = Some(owned(array.coords().names()));
        let lazy = if array.is_lazy() { ", lazy" } else { "" };
        described.text = Some(cut(&format!("{} ({}){lazy}", array.dtype(), sizes(&array.sizes()))));
        return true;
    }
    if let Some(dataset) = value.downcast_ref::<Dataset>() {
        add_bytes(described, dataset.nbytes());
        let sizes_of = dataset.sizes();
        described.shape = Some(sizes_of.iter().map(|(_, length)| *length).collect());
        described.dims = Some(owned(sizes_of.iter().map(|(name, _)| name)));
        described.coords = Some(owned(dataset.coords().names()));
        described.variables = Some(owned(dataset.names()));
        let names: Vec<&str> = dataset.names().collect();
        described.text = Some(cut(&format!("{} ({})", names.join(", "), sizes(&sizes_of))));
        return true;
    }
    false
}

fn owned(names: impl Iterator<Item = impl AsRef<str>>) -> Vec<String> {
    names.map(|name| name.as_ref().to_owned()).collect()
}

fn sizes(sizes: &[(String, usize)]) -> String {
    sizes.iter().map(|(name, length)| format!("{name}: {length}")).collect::<Vec<_>>().join(", ")
}

fn array(value: &dyn Any, described: &mut Description) -> bool {
    fn items<T: Debug, D: Dimension>(array: &ArrayRef<T, D>, kind: &str, described: &mut Description) {
        add_bytes(described, (array.len() * size_of::<T>()) as u64);
        described.shape = Some(array.shape().to_vec());
        let lengths: Vec<String> = array.shape().iter().map(ToString::to_string).collect();
        let values: Vec<&T> = array.iter().take(ITEMS).collect();
        described.text = Some(match array.ndim() {
            0 | 1 if array.len() <= ITEMS => short(&values),
            _ => cut(&format!("{kind} {}", lengths.join(" × "))),
        });
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

fn add_bytes(described: &mut Description, more: u64) {
    described.bytes = described.bytes.saturating_add(more);
}

/// The text of a value on one line, cut where it is too long; no more of it is made than is shown.
fn short(value: &(impl Debug + ?Sized)) -> String {
    let mut text = Line::default();
    // An error only says that there was no room for more.
    let _ = write!(text, "{value:?}");
    text.end()
}

fn cut(text: &str) -> String {
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
    fn end(mut self) -> String {
        if self.full {
            self.text.pop();
            self.text.push('…');
        }
        self.text
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

    fn of<T: Any>(value: T) -> Description {
        describe(&value, std::any::type_name::<T>(), size_of::<T>())
    }

    fn text_of<T: Any>(value: T) -> String {
        of(value).text.unwrap()
    }

    #[test]
    fn numbers_and_texts_say_their_value() {
        let three = Description { type_name: "i32".into(), bytes: 4, text: Some("3".into()), ..Description::default() };
        assert_eq!(of(3_i32), three);
        assert_eq!(text_of(2.5_f64), "2.5");
        assert_eq!(text_of(Some(2.0_f32)), "Some(2.0)");
        assert_eq!(text_of('x'), "'x'");
        assert_eq!(text_of("a\nb".to_owned()), "\"a\\nb\"");
        assert_eq!(of("four").bytes, 20);
        let long = of("ä".repeat(1_000_000));
        let text = long.text.unwrap();
        assert!(text.chars().count() == TEXT && text.ends_with('…'), "{text}");
        assert_eq!(long.bytes, 2_000_000 + size_of::<String>() as u64);
    }

    #[test]
    fn vectors_and_arrays_say_how_long_they_are() {
        let vector = of(vec![1.0_f64, 2.0]);
        assert_eq!((vector.shape, vector.text.as_deref()), (Some(vec![2]), Some("[1.0, 2.0]")));
        assert_eq!(vector.bytes, 16 + size_of::<Vec<f64>>() as u64);
        assert!(text_of(vec![7_u8; 1000]).chars().count() <= TEXT);
        assert_eq!(of([[0_u8; 3]; 2]).shape, Some(vec![2, 3]));
        assert_eq!(of(Array2::<f32>::zeros((400, 500))).shape, Some(vec![400, 500]));
        assert_eq!(text_of(Array2::<f32>::zeros((400, 500))), "f32 400 × 500");
        assert_eq!(text_of(array![1, 2].into_dyn()), "[1, 2]");
    }

    #[test]
    fn labelled_arrays_say_their_dimensions() {
        let array = DataArray::new(Array2::<f32>::zeros((2, 3)), ["y", "x"]).unwrap();
        let described = of(array.clone());
        let dims = Some(vec!["y".to_owned(), "x".to_owned()]);
        assert_eq!((described.shape, described.coords), (Some(vec![2, 3]), Some(vec![])));
        assert_eq!((described.dims.as_ref(), described.text.as_deref()), (dims.as_ref(), Some("float32 (y: 2, x: 3)")));
        let dataset = crate::array::merge([&array.name("t")]).unwrap();
        let described = of(dataset);
        assert_eq!((described.variables, described.dims), (Some(vec!["t".to_owned()]), dims));
        assert!(described.bytes >= 24);
    }

    #[test]
    fn what_is_unknown_has_a_name_and_a_size() {
        struct Own(#[allow(dead_code)] [u64; 3]);
        let described = of(Own([0; 3]));
        assert_eq!((described.bytes, described.text), (24, None));
        assert!(described.type_name.ends_with("Own"));
        assert_eq!(shape_of_array_type("[alloc::vec::Vec<[u8; 2]>; 4]"), Some(vec![4]));
    }
}
