//! Names of dimensions: how they are passed, and what is said when one does not exist.

use crate::{Error, ErrorKind};

/// Some dimensions by name, or all of them.
///
/// Functions take `impl Into<Dims>`, so a cell writes `"time"`, `["y", "x"]` or `()` for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dims {
    /// Every dimension there is.
    All,
    /// These, in this order.
    Names(Vec<String>),
}

impl From<()> for Dims {
    fn from((): ()) -> Self {
        Self::All
    }
}

impl From<&str> for Dims {
    fn from(name: &str) -> Self {
        Self::Names(vec![name.to_owned()])
    }
}

impl From<String> for Dims {
    fn from(name: String) -> Self {
        Self::Names(vec![name])
    }
}

impl From<&String> for Dims {
    fn from(name: &String) -> Self {
        Self::Names(vec![name.clone()])
    }
}

impl<S: AsRef<str>, const N: usize> From<[S; N]> for Dims {
    fn from(names: [S; N]) -> Self {
        Self::from(names.as_slice())
    }
}

impl<S: AsRef<str>, const N: usize> From<&[S; N]> for Dims {
    fn from(names: &[S; N]) -> Self {
        Self::from(names.as_slice())
    }
}

impl<S: AsRef<str>> From<&[S]> for Dims {
    fn from(names: &[S]) -> Self {
        Self::Names(names.iter().map(|name| name.as_ref().to_owned()).collect())
    }
}

impl<S: AsRef<str>> From<Vec<S>> for Dims {
    fn from(names: Vec<S>) -> Self {
        Self::from(names.as_slice())
    }
}

impl<S: AsRef<str>> From<&Vec<S>> for Dims {
    fn from(names: &Vec<S>) -> Self {
        Self::from(names.as_slice())
    }
}

/// "no dimension "tme"; there are x, y, time. Did you mean "time"?"
pub(crate) fn not_found<'a>(what: &str, name: &str, existing: impl IntoIterator<Item = &'a str>) -> Error {
    Error::new(ErrorKind::NotFound, near_names(what, name, &existing.into_iter().collect::<Vec<_>>()))
}

/// Names that a message lists; of more the first are shown, and how many there are.
const LISTED: usize = 20;

/// The words of [`not_found`].
pub(crate) fn near_names(what: &str, name: &str, existing: &[&str]) -> String {
    let mut message = match existing {
        [] => format!("no {what} {name:?}; there is none"),
        [one] => format!("no {what} {name:?}; there is only {one:?}"),
        many if many.len() > LISTED => {
            format!("no {what} {name:?}; there are {}: {}, …", many.len(), listed(&many[..LISTED / 2]))
        }
        many => format!("no {what} {name:?}; there are {}", listed(many)),
    };
    let near = existing.iter().map(|other| (distance(name, other), other)).min();
    if let Some((changes, other)) = near
        && existing.len() > 1
        && changes <= name.len().max(other.len()) / 3 + 1
    {
        message.push_str(&format!(". Did you mean {other:?}?"));
    }
    message
}

/// `"x", "y", "time"`.
pub(crate) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| format!("{:?}", name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// Edits that make one word of the other, ignoring case.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    strsim::levenshtein(&a.to_lowercase(), &b.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_guessed_and_another_word_is_not() {
        let dims = ["x", "y", "time"];
        let error = not_found("dimension", "tme", dims).to_string();
        assert_eq!(error, r#"no dimension "tme"; there are "x", "y", "time". Did you mean "time"?"#);
        assert!(!not_found("dimension", "elevation", dims).to_string().contains("mean"));
        assert_eq!(not_found("coordinate", "lat", ["s"]).to_string(), r#"no coordinate "lat"; there is only "s""#);
    }
}
