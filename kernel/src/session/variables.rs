//! The variables of a notebook, and what became of those that are no more.

use isopleth_bus::worker::Description;

/// A live variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its type as generated code can write it, in full: `std::vec::Vec<crate::Station>`.
    pub kind: String,
    pub mutable: bool,
    /// The cell that made it.
    pub cell: usize,
    pub retyped: Option<Retyped>,
    /// Size, dimensions, a short text, as the worker tells them.
    pub described: Description,
}

/// The type that a variable had before a cell gave it another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retyped {
    pub before: String,
    pub cell: usize,
}

/// What became of a variable that a cell asks for in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gone {
    /// A cell moved it into something else.
    Moved { cell: usize },
    /// A cell that failed had moved it.
    Failed { cell: usize },
    /// The cell that defines it failed before its end.
    NeverMade { cell: usize },
    /// The cell that defines it returned before its end.
    NotReached { cell: usize },
    /// Its type, or one that this is made of, was defined anew.
    Redefined { because_of: Vec<String> },
    /// An item took its name.
    Hidden { cell: usize },
    /// It borrows from another value, and ended with its cell.
    Borrowed { cell: usize },
    /// A closure, which has no type that another cell could write.
    Closure { cell: usize },
    /// Its type could not be found out.
    Unnameable { cell: usize },
    /// The process that held it has ended.
    WithWorker,
}

impl Gone {
    /// Said to somebody who asks for `name`.
    pub fn in_words(&self, name: &str) -> String {
        match self {
            Self::Moved { cell } => format!(
                "`{name}` was moved away by cell [{cell}]. Run the cell that defines it again; to keep it, lend it (&{name}) \
                 or copy it ({name}.clone()) where it is used."
            ),
            Self::Failed { cell } => {
                format!(
                    "`{name}` went with cell [{cell}], which moved it and then failed. Run the cell that defines it again."
                )
            }
            Self::NeverMade { cell } => format!(
                "Cell [{cell}], which defines `{name}`, failed before its end, and keeps nothing then. Mend it and run it \
                 again, or give the line that defines `{name}` a cell of its own."
            ),
            Self::NotReached { cell } => format!(
                "Cell [{cell}], which defines `{name}`, returned before its end, and keeps nothing then. Give the line that \
                 defines `{name}` a cell of its own."
            ),
            Self::Redefined { .. } => {
                format!("`{name}` was dropped when its type was defined anew. Run the cell that makes it again.")
            }
            Self::Hidden { cell } => format!("`{name}` gave its name to an item that cell [{cell}] defines."),
            Self::Borrowed { cell } => format!(
                "`{name}` borrowed from another value and ended with cell [{cell}]. Keep a copy there (.to_owned(), .clone())."
            ),
            Self::Closure { cell } => format!(
                "`{name}` is a closure and ended with cell [{cell}]. Write a function (fn {name}(…) {{ … }}), or box it with its \
                 type: let {name}: Box<dyn Fn(f64) -> f64> = Box::new(|x| …);"
            ),
            Self::Unnameable { cell } => format!(
                "`{name}` ended with cell [{cell}], since its type could not be found out. Write it there: let {name}: TYPE = …;"
            ),
            Self::WithWorker => {
                format!("`{name}` went with the process that held it. Run the cell that defines it again.")
            }
        }
    }

    /// Said once, below the cell that did it. Nothing where an error says it.
    pub fn notice(&self, name: &str) -> Option<String> {
        Some(match self {
            Self::Moved { .. } => format!(
                "`{name}` was moved by this cell and is gone. To keep it, lend it (&{name}) or copy it ({name}.clone())."
            ),
            Self::Borrowed { .. } => format!(
                "`{name}` borrows from another value and ends with this cell: later cells cannot use it. Keep a copy \
                 (.to_owned(), .clone())."
            ),
            Self::Closure { .. } => format!(
                "`{name}` is a closure and ends with this cell: later cells cannot use it. Write a function (fn {name}(…) \
                 {{ … }}), or box it with its type: let {name}: Box<dyn Fn(f64) -> f64> = Box::new(|x| …);"
            ),
            Self::NotReached { .. } => format!(
                "`{name}` was not kept: this cell returned before its end. Give the line that defines it a cell of its own."
            ),
            Self::Unnameable { .. } => format!(
                "`{name}` ends with this cell, since its type could not be found out. To keep it, write the type: let {name}: \
                 TYPE = …; or box what has no name: let {name}: Box<dyn Iterator<Item = f64>> = Box::new(…);"
            ),
            _ => return None,
        })
    }
}

/// The type `kind` of analysis, which leaves out that a function is `extern "C"` or `unsafe`; `told` is what the compiler
/// calls it, with the paths in which the standard library has its parts.
pub fn with_abi(kind: &str, told: Option<&str>) -> String {
    let marks = ["extern \"", "unsafe fn"];
    match told
        .filter(|told| kind.contains("fn(") && marks.iter().any(|mark| told.contains(mark) && !kind.contains(mark)))
    {
        Some(told) => told.replace("alloc::", "std::").replace("core::", "std::").replace("ctx::", "crate::"),
        None => kind.to_owned(),
    }
}

/// The type that the compiler calls `told`, as analysis would write it, if it is made of primitive types and of those that
/// every crate can name. None says nothing against a type.
pub fn plain_type(told: &str) -> Option<String> {
    const NAMES: [(&str, &str); 5] = [
        ("alloc::vec::Vec", "Vec"),
        ("alloc::string::String", "String"),
        ("alloc::boxed::Box", "Box"),
        ("core::option::Option", "Option"),
        ("core::result::Result", "std::result::Result"),
    ];
    let mut out = String::with_capacity(told.len());
    let mut rest = told;
    while let Some(first) = rest.chars().next() {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if end == 0 {
            if !(matches!(first, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ' ') || rest.starts_with("&str")) {
                return None;
            }
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (path, after) = rest.split_at(end);
        let is_known = is_primitive(path) || path.chars().all(|c| c.is_ascii_digit());
        let is_reference = path != "str" || out.ends_with('&');
        match NAMES.iter().find(|(known, _)| *known == path) {
            Some((_, name)) => out.push_str(name),
            None if is_known && is_reference => out.push_str(path),
            None => return None,
        }
        rest = after;
    }
    Some(out)
}

/// Whether `name` is a type of the language itself.
pub fn is_primitive(name: &str) -> bool {
    matches!(name, "bool" | "char" | "str" | "f32" | "f64")
        || name.strip_prefix(['i', 'u']).is_some_and(|rest| matches!(rest, "8" | "16" | "32" | "64" | "128" | "size"))
}

#[cfg(test)]
mod tests {
    use super::{plain_type, with_abi};

    #[test]
    fn a_plain_type_is_known_from_the_compiler() {
        for (told, kind) in [
            ("i32", "i32"),
            ("&str", "&str"),
            ("()", "()"),
            ("[u8; 3]", "[u8; 3]"),
            ("(i32, f32, char)", "(i32, f32, char)"),
            ("alloc::vec::Vec<core::option::Option<alloc::string::String>>", "Vec<Option<String>>"),
            ("core::result::Result<u8, alloc::boxed::Box<f64>>", "std::result::Result<u8, Box<f64>>"),
        ] {
            assert_eq!(plain_type(told).as_deref(), Some(kind));
        }
        for told in [
            "ctx::S",
            "alloc::vec::Vec<ctx::Vec>",
            "&i32",
            "&mut str",
            "alloc::boxed::Box<str>",
            "alloc::boxed::Box<dyn core::any::Any>",
            "fn(i32) -> i32",
            "*const u8",
            "ctx::f::{{closure}}",
            "std::collections::hash::map::HashMap<i32, i32>",
        ] {
            assert_eq!(plain_type(told), None, "{told}");
        }
    }

    #[test]
    fn a_functions_abi_is_taken_from_the_compiler() {
        let told = Some("extern \"C\" fn(alloc::vec::Vec<i32>) -> ctx::S");
        assert_eq!(with_abi("fn(Vec<i32>) -> crate::S", told), "extern \"C\" fn(std::vec::Vec<i32>) -> crate::S");
        assert_eq!(with_abi("fn(i32) -> i32", Some("fn(i32) -> i32")), "fn(i32) -> i32");
        assert_eq!(with_abi("Vec<i32>", None), "Vec<i32>");
    }
}
