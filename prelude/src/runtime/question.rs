//! What `?` in a cell converts an error to: the cell stops, and the error's whole chain is its failure.
//!
//! `?` calls `From::from` with the error's own type, and there only what the bound of the `impl` promises can be asked.
//! `Display` promises no [`source`](Error::source), and stable Rust cannot ask "is it an `Error` too?" of a type
//! parameter. `Into<Box<dyn Error>>` does promise it and holds for every `Error`, for `Box<dyn Error>`, strings,
//! `anyhow` and its kin: this is [`UserError`]. It does not hold for `Box<dyn Error + Send + Sync>` nor for a type that has only
//! `Display`, and one `impl` more would overlap. So for a cell that meets such a type the kernel's compile front takes
//! [`AnyUserError`] instead, which costs such a cell a second compile and no other cell anything.

use super::failure::report_error;
use crate::error::{chain, texts_of};
use std::error::Error;
use std::fmt::Display;

/// The error type of the closure that a cell's statements run in. Making one reports the error to the kernel.
#[derive(Debug)]
pub struct UserError;

impl<'a, T: Into<Box<dyn Error + 'a>>> From<T> for UserError {
    #[track_caller]
    fn from(error: T) -> Self {
        report_error(std::any::type_name::<T>(), chain(&*error.into()));
        Self
    }
}

/// A cell's last expression where the type of its error is open (`Ok(())`); called by generated code.
pub fn as_result<T>(result: Result<T, UserError>) -> Result<T, UserError> {
    result
}

/// The same for everything that has a text.
#[derive(Debug)]
pub struct AnyUserError;

impl<T: Display> From<T> for AnyUserError {
    #[track_caller]
    fn from(error: T) -> Self {
        report_error(std::any::type_name::<T>(), texts_of(&error));
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt;

    #[derive(Debug)]
    struct Outer {
        text: &'static str,
        source: std::num::ParseIntError,
    }

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.text)
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.source)
        }
    }

    fn outer(text: &'static str) -> Outer {
        Outer { text, source: "x".parse::<i32>().unwrap_err() }
    }

    #[test]
    fn every_usual_error_converts() {
        fn plain() -> Result<(), UserError> {
            Err(Box::<dyn Error>::from("boxed"))?;
            Err("a text")?;
            Err(String::from("a text"))?;
            Err(outer("own"))?;
            Err(crate::Error::new(crate::ErrorKind::Other, "the prelude's"))?;
            Ok(())
        }
        fn with_display() -> Result<(), AnyUserError> {
            Err(Box::<dyn Error + Send + Sync>::from("boxed"))?;
            Err(7)?;
            Ok(())
        }
        assert!(plain().is_err() && with_display().is_err());
    }
}
