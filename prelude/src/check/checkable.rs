//! Which types a check can look at; any other one is named in a sentence instead of failing to compile.

use super::subject::{Form, Subject};
use super::words::short_type;
use crate::array::{CoordElement, DataArray, IntoElement, Values};
use crate::time::{DateRange, DateTime};
use ndarray::{ArcArray, ArrayBase, Data, Dimension};
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// A type whose values [`check!`](crate::check!) can compare: numbers, dates, texts, lists and arrays of them, [`DataArray`],
/// and `Option` and `Result` of these.
pub trait Checkable {
    /// The value as a check sees it, or the sentence that says why there is none.
    ///
    /// # Errors
    /// When there is no value: `None`, an `Err`, or a lazy array that cannot be computed.
    fn subject(&self) -> Result<Subject, String>;
}

fn of(form: Form, values: Values) -> Result<Subject, String> {
    Subject::plain(form, values).map_err(|error| error.to_string())
}

fn list<T: CoordElement>(elements: &[T]) -> Result<Subject, String> {
    of(Form::List, T::values(ArcArray::from_vec(elements.to_vec()).into_dyn()))
}

fn single<T: CoordElement>(value: T) -> Result<Subject, String> {
    of(Form::Single, T::values(ndarray::arr0(value).into_dyn().into_shared()))
}

macro_rules! singles {
    ($($type:ty),*) => {$(
        impl Checkable for $type {
            fn subject(&self) -> Result<Subject, String> {
                single(self.clone())
            }
        }
    )*};
}
singles!(bool, u8, i8, i16, u16, i32, u32, i64, u64, usize, f32, f64, String, DateTime);

macro_rules! counted {
    ($($type:ty),*) => {$(
        impl Checkable for $type {
            fn subject(&self) -> Result<Subject, String> {
                single(*self as i64)
            }
        }
    )*};
}
counted!(isize);

impl Checkable for str {
    fn subject(&self) -> Result<Subject, String> {
        single(self.to_owned())
    }
}

impl Checkable for Path {
    fn subject(&self) -> Result<Subject, String> {
        single(self.display().to_string())
    }
}

impl Checkable for PathBuf {
    fn subject(&self) -> Result<Subject, String> {
        self.as_path().subject()
    }
}

impl<T: CoordElement> Checkable for [T] {
    fn subject(&self) -> Result<Subject, String> {
        list(self)
    }
}

impl<T: CoordElement> Checkable for Vec<T> {
    fn subject(&self) -> Result<Subject, String> {
        list(self)
    }
}

impl<T: CoordElement, const N: usize> Checkable for [T; N] {
    fn subject(&self) -> Result<Subject, String> {
        list(self)
    }
}

impl Checkable for DateRange {
    fn subject(&self) -> Result<Subject, String> {
        of(Form::List, Values::from(self))
    }
}

impl Checkable for Values {
    fn subject(&self) -> Result<Subject, String> {
        of(Form::Array, self.clone())
    }
}

impl<S: Data<Elem: IntoElement>, D: Dimension> Checkable for ArrayBase<S, D> {
    fn subject(&self) -> Result<Subject, String> {
        of(Form::Array, Values::from(self))
    }
}

impl Checkable for DataArray {
    fn subject(&self) -> Result<Subject, String> {
        Subject::labelled(self).map_err(|error| format!("the array cannot be computed: {error}"))
    }
}

impl<T: Checkable + ?Sized> Checkable for &T {
    fn subject(&self) -> Result<Subject, String> {
        (**self).subject()
    }
}

impl<T: Checkable> Checkable for Option<T> {
    fn subject(&self) -> Result<Subject, String> {
        match self {
            Some(value) => value.subject(),
            None => Err("it is None: nothing was found where there is something".to_owned()),
        }
    }
}

impl<T: Checkable, E: Display> Checkable for Result<T, E> {
    fn subject(&self) -> Result<Subject, String> {
        match self {
            Ok(value) => value.subject(),
            Err(error) => Err(format!("it stopped with an error: {error}")),
        }
    }
}

/// Holds the value for [`check!`](crate::check!), which looks for the method `subject` on it: [`Any`]'s for every
/// [`Checkable`], [`Unknown`]'s for the rest.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

/// What a probe finds.
#[doc(hidden)]
#[derive(Debug)]
pub enum Found {
    /// A value.
    Value(Subject),
    /// The sentence that says why there is none.
    Nothing(String),
    /// A value of a type, named here, that no check can compare.
    Other(&'static str),
}

#[doc(hidden)]
pub trait Any {
    fn subject(&self) -> Found;
}

impl<T: Checkable + ?Sized> Any for &Probe<'_, T> {
    fn subject(&self) -> Found {
        match self.0.subject() {
            Ok(subject) => Found::Value(subject),
            Err(says) => Found::Nothing(says),
        }
    }
}

#[doc(hidden)]
pub trait Unknown {
    fn subject(&self) -> Found;
}

impl<T: ?Sized> Unknown for Probe<'_, T> {
    fn subject(&self) -> Found {
        Found::Other(std::any::type_name::<T>())
    }
}

/// What is wrong with a value of the type `name`, where `wanted` is.
pub(super) fn another_type(name: &str, wanted: &str) -> String {
    match short_type(name).as_str() {
        "()" => format!("there is no value, where {wanted} is wanted; does a semicolon end the last line?"),
        name if name.starts_with('(') => {
            format!(
                "its type is {name}, several values at once, where {wanted} is wanted; give one of them, such as value.0"
            )
        }
        name => format!("its type is {name}, where {wanted} is wanted"),
    }
}
