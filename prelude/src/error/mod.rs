//! The one error type of the crate: what was asked, what exists, what to try.

mod chain;

pub(crate) use chain::{chain, texts_of};

use std::fmt;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in words that a student can act on.
///
/// An error prints as a chain, outermost first: `a: b: c`. Ask [`Error::kind`]
/// to branch on it; the text is for people and may change.
///
/// ```
/// use isopleth::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::NotFound, "no dimension \"tme\"; there are x, y, time");
/// assert_eq!(error.kind(), ErrorKind::NotFound);
/// assert_eq!(error.context("mean").to_string(), "mean: no dimension \"tme\"; there are x, y, time");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of failure that a caller may want to tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file, band, dimension, coordinate or label that does not exist.
    NotFound,
    /// Shapes, dimensions, coordinates or types that do not go together.
    Mismatch,
    /// An argument outside what the function accepts.
    InvalidArgument,
    /// A file that exists but could not be read or written.
    Io,
    /// A file that is not what it claims to be: truncated, damaged, not a raster.
    Damaged,
    /// The answer would not fit into the memory that this process may use.
    Memory,
    /// The work was stopped on request.
    Interrupted,
    /// A failure of a library below this crate.
    Other,
}

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), source: None }))
    }

    /// An error of `kind` that says `message` and was caused by `source`.
    pub fn with_source(
        kind: ErrorKind,
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), source: Some(source.into()) }))
    }

    /// The kind, for callers that branch on it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// This error with `context` put before it: what was being done when it happened.
    #[must_use]
    pub fn context(self, context: impl fmt::Display) -> Self {
        let message = format!("{context}: {}", self.0.message);
        Self(Box::new(Inner { message, ..*self.0 }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            // A source that merely repeats what the message says already adds nothing.
            let text = error.to_string();
            if !self.0.message.contains(&text) {
                write!(f, ": {text}")?;
            }
            source = error.source();
        }
        Ok(())
    }
}

/// The same text as `Display`: `unwrap()` in a cell should read like `?` does.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The errors that a function of a cell meets beside our own, so that `?` works in it.
macro_rules! from_errors {
    ($($source:ty => $kind:ident),* $(,)?) => {$(
        impl From<$source> for Error {
            fn from(source: $source) -> Self {
                Self::with_source(ErrorKind::$kind, source.to_string(), source)
            }
        }
    )*};
}

from_errors! {
    std::io::Error => Io,
    std::num::ParseIntError => InvalidArgument,
    std::num::ParseFloatError => InvalidArgument,
    std::num::TryFromIntError => InvalidArgument,
    std::str::Utf8Error => InvalidArgument,
    std::string::FromUtf8Error => InvalidArgument,
    std::fmt::Error => Other,
    ndarray::ShapeError => Mismatch,
}

impl From<String> for Error {
    fn from(message: String) -> Self {
        Self::new(ErrorKind::Other, message)
    }
}

impl From<&str> for Error {
    fn from(message: &str) -> Self {
        Self::new(ErrorKind::Other, message)
    }
}

impl From<Box<dyn std::error::Error + Send + Sync>> for Error {
    fn from(source: Box<dyn std::error::Error + Send + Sync>) -> Self {
        Self::with_source(ErrorKind::Other, source.to_string(), source)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_mark_takes_the_usual_errors() {
        fn parsed(text: &str) -> Result<i32> {
            Ok(text.parse::<i32>()?)
        }
        assert_eq!(parsed("seven").unwrap_err().to_string(), "invalid digit found in string");
        fn read() -> Result<String> {
            Ok(std::fs::read_to_string("/no such file")?)
        }
        assert_eq!(read().unwrap_err().kind(), ErrorKind::Io);
    }

    #[test]
    fn a_context_stands_before_the_message_and_the_source_behind_it() {
        let source = Error::new(ErrorKind::Damaged, "row 7 is cut off");
        let error = Error::with_source(ErrorKind::Io, "cannot read a.tif", source).context("mean");
        assert_eq!(error.to_string(), "mean: cannot read a.tif: row 7 is cut off");
    }
}
