//! What the items of a map are called, for the live view: files by their names, everything else as `Debug` shows it.
//!
//! `Pool::map` takes items of any type, also those that show nothing of themselves. Of these the usual ones are recognised
//! by their type.

use std::any::TypeId;
use std::fmt::{self, Debug, Write as _};
use std::path::{Path, PathBuf};

/// Items as the pool's core sees them, which knows nothing of their type.
pub(crate) struct Items<'a> {
    /// What was called: `pool.map`.
    pub label: &'a str,
    /// What they are, in the plural.
    pub unit: &'a str,
    pub total: usize,
    /// The item of an index, where it can be shown.
    pub show: &'a (dyn Fn(usize) -> Option<&'a dyn Debug> + Sync),
}

/// The type of the items behind a slice, lifetimes aside.
pub(crate) fn type_of<T>() -> TypeId {
    typeid::of::<T>()
}

/// What items of a type are called in the plural.
pub(crate) fn unit_of(item: TypeId) -> &'static str {
    let paths = [typeid::of::<PathBuf>(), typeid::of::<&PathBuf>(), typeid::of::<&Path>()];
    if paths.contains(&item) { "files" } else { "items" }
}

/// The item as something that can be shown, if it is of one of the usual types.
pub(crate) fn shown<T>(item: &T) -> Option<&dyn Debug> {
    // SAFETY: the address and the type are those of `item`, which lives as long as the answer.
    unsafe { known((&raw const *item).cast(), type_of::<T>()) }
}

/// # Safety
/// `item` points to a value of the type `of`, lifetimes aside, which lives for `'a`.
unsafe fn known<'a>(item: *const (), of: TypeId) -> Option<&'a dyn Debug> {
    macro_rules! any_of {
        ($($type:ty),*) => {
            // SAFETY: the ids are equal only for the same type, lifetimes aside; and what is
            // borrowed inside an item outlives the item.
            $(if of == typeid::of::<$type>() { return Some(unsafe { &*item.cast::<$type>() }); })*
        };
    }
    any_of!(PathBuf, &'a PathBuf, &'a Path, String, &'a String, &'a str);
    any_of!(i32, i64, u8, u16, u32, u64, usize, f32, f64);
    None
}

/// A short name for an item: the file name of a path, a text without its quotes.
pub(crate) fn name(item: Option<&dyn Debug>, index: usize) -> String {
    /// Letters that are looked at: a path of this length still has its file name in it.
    const LOOK: usize = 500;
    let Some(item) = item else { return format!("item {index}") };
    let mut text = Short(String::new(), LOOK);
    // What is too long is cut, and an item whose `Debug` fails has said what it could.
    let _ = write!(text, "{item:?}");
    let text = text.0;
    let Some(quoted) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { return text };
    match quoted.trim_end_matches('/').rsplit('/').next() {
        Some(last) if !last.is_empty() => last.to_owned(),
        _ => quoted.to_owned(),
    }
}

/// Takes so many bytes and ends the formatting there.
struct Short(String, usize);

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > self.1 {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_types_are_recognised_whatever_they_borrow() {
        let path = PathBuf::from("/data/himax_2016183.tif");
        let borrowed: &Path = &path;
        let text = String::from("rain");
        let part: &str = &text[..2];
        assert_eq!(name(shown(&path), 0), "himax_2016183.tif");
        assert_eq!(name(shown(&&path), 0), "himax_2016183.tif");
        assert_eq!(name(shown(&borrowed), 0), "himax_2016183.tif");
        assert_eq!(name(shown(&part), 0), "ra");
        assert_eq!(name(shown(&text), 0), "rain");
        assert_eq!(name(shown(&17u64), 0), "17");
        assert_eq!((unit_of(type_of::<PathBuf>()), unit_of(type_of::<u64>())), ("files", "items"));
        assert_eq!(unit_of(type_of::<&PathBuf>()), "files");
    }

    #[test]
    fn items_that_cannot_be_shown_have_a_number() {
        struct Opaque;
        assert!(shown(&Opaque).is_none());
        assert_eq!(name(shown(&Opaque), 7), "item 7");
    }

    #[test]
    fn names_are_short_whatever_the_item() {
        assert!(name(Some(&vec![1u8; 1_000_000]), 0).len() < 600);
        assert_eq!(name(Some(&"/"), 0), "/");
        assert_eq!(name(Some(&(1, "a/b")), 0), "(1, \"a/b\")");
        assert_eq!(name(Some(&"a/b/"), 0), "b");
    }
}
