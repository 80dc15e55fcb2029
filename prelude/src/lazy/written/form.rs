//! What a source says of itself, and who opens it again.

use super::fields::Fields;
use crate::lazy::blocks::damaged;
use crate::lazy::chunked::ChunkedReader;
use crate::lazy::{Plan, Source};
use crate::values::Values;
use crate::{Error, ErrorKind, Result};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a [`Source`] is: all that somebody needs to open the same again.
#[derive(Debug, Clone, Default)]
pub struct SourceForm {
    kind: String,
    parameters: Map<String, Value>,
    arrays: Vec<Values>,
    plans: Vec<Plan>,
}

/// A kind, and what belongs to it.
impl SourceForm {
    /// A source of this kind, such as `raster band`; [`SourceReader::kind`] of who opens it is the same.
    pub fn new(kind: &str) -> Self {
        Self { kind: kind.to_owned(), ..Self::default() }
    }

    /// With a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    /// With the path of a file or folder: the whole path, since the reader may be in another folder.
    #[must_use]
    pub fn with_path(self, path: &Path) -> Self {
        // What names no file of this system, such as a part of another file, is a path of GDAL's.
        let whole = if path.exists() { std::path::absolute(path).ok() } else { None };
        let path = whole.as_deref().unwrap_or(path);
        match path.to_str() {
            Some(text) => self.with("path", text),
            None => self.with("path", path.as_os_str().as_encoded_bytes().to_vec()),
        }
    }

    /// With one more array. They keep their order.
    #[must_use]
    pub fn with_array(mut self, values: Values) -> Self {
        self.arrays.push(values);
        self
    }

    /// With one more plan that the source reads. They keep their order.
    #[must_use]
    pub fn with_plan(mut self, plan: &Plan) -> Self {
        self.plans.push(plan.clone());
        self
    }

    /// Whose form it is.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The arrays.
    pub fn arrays(&self) -> &[Values] {
        &self.arrays
    }

    /// The plans that the source reads.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// A parameter as it was given; null if it was not.
    pub fn parameter(&self, name: &str) -> &Value {
        self.parameters.get(name).unwrap_or(&Value::Null)
    }

    /// A parameter that is a text.
    ///
    /// # Errors
    /// When there is none.
    pub fn text(&self, name: &str) -> Result<&str> {
        self.parameter(name).as_str().ok_or_else(|| self.lacks(name))
    }

    /// A parameter that is a whole number from 0 on.
    ///
    /// # Errors
    /// When there is none.
    pub fn number(&self, name: &str) -> Result<usize> {
        let number = self.parameter(name).as_u64().and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| self.lacks(name))
    }

    /// A parameter that is such a number, or null.
    ///
    /// # Errors
    /// When it is something else.
    pub fn number_if_any(&self, name: &str) -> Result<Option<usize>> {
        if self.parameter(name).is_null() { Ok(None) } else { self.number(name).map(Some) }
    }

    /// A parameter that is true or false.
    ///
    /// # Errors
    /// When there is none.
    pub fn flag(&self, name: &str) -> Result<bool> {
        self.parameter(name).as_bool().ok_or_else(|| self.lacks(name))
    }

    /// A parameter that is a list of whole numbers from 0 on.
    ///
    /// # Errors
    /// When there is none.
    pub fn numbers(&self, name: &str) -> Result<Vec<usize>> {
        let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
        let numbers = self.parameter(name).as_array().and_then(|list| list.iter().map(number).collect());
        numbers.ok_or_else(|| self.lacks(name))
    }

    /// The path that [`with_path`](Self::with_path) gave.
    ///
    /// # Errors
    /// When there is none.
    pub fn path(&self) -> Result<PathBuf> {
        if let Some(text) = self.parameter("path").as_str() {
            return Ok(text.into());
        }
        let byte = |number: usize| u8::try_from(number).map_err(|_| self.lacks("path"));
        let bytes = self.numbers("path")?.into_iter().map(byte).collect::<Result<Vec<u8>>>()?;
        Ok(OsString::from_vec(bytes).into())
    }

    /// The array number `n`.
    ///
    /// # Errors
    /// When there are fewer.
    pub fn array(&self, n: usize) -> Result<&Values> {
        self.arrays.get(n).ok_or_else(|| self.lacks(&format!("array {n}")))
    }

    /// The plan number `n`.
    ///
    /// # Errors
    /// When there are fewer.
    pub fn plan(&self, n: usize) -> Result<&Plan> {
        self.plans.get(n).ok_or_else(|| self.lacks(&format!("plan {n}")))
    }

    /// The error where what is there makes no such source.
    pub fn lacks(&self, what: &str) -> Error {
        damaged(format!("the description of a source of the kind {:?} lacks a valid {what}", self.kind))
    }

    pub(super) fn parameters(&self) -> &Map<String, Value> {
        &self.parameters
    }

    pub(super) fn read(fields: Fields<'_>, arrays: Vec<Values>, plans: Vec<Plan>) -> Result<Self> {
        let wrong = || damaged("\"parameters\" is no description".to_owned());
        let parameters = fields.get("parameters")?.as_object().ok_or_else(wrong)?.clone();
        Ok(Self { kind: fields.text("source")?.to_owned(), parameters, arrays, plans })
    }
}

/// Opens sources of one kind again.
pub trait SourceReader {
    /// The kind, as [`SourceForm::new`] was given it.
    fn kind(&self) -> &'static str;

    /// The source that was written so. What several sources share, such as a file that is opened once, a reader may keep.
    ///
    /// # Errors
    /// When the form is not one that this kind of source writes, or its file cannot be opened or has changed since.
    fn open(&mut self, form: &SourceForm) -> Result<Arc<dyn Source>>;
}

/// Who opens the sources of plans that are read: one for each kind. Values in chunks are opened by all.
pub struct Readers(HashMap<&'static str, Box<dyn SourceReader>>);

impl Default for Readers {
    fn default() -> Self {
        Self(HashMap::new()).with(ChunkedReader)
    }
}

/// Those for values in chunks, and what is added.
impl Readers {
    /// For plans without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// And for one more kind; a kind that is there already is from now on opened by this one.
    #[must_use]
    pub fn with(mut self, reader: impl SourceReader + 'static) -> Self {
        self.0.insert(reader.kind(), Box::new(reader));
        self
    }

    pub(super) fn open(&mut self, form: &SourceForm) -> Result<Arc<dyn Source>> {
        let Some(reader) = self.0.get_mut(form.kind()) else {
            let mut known: Vec<&str> = self.0.keys().copied().collect();
            known.sort_unstable();
            let message = format!(
                "nobody here opens sources of the kind {:?}; there are readers for {}: add one with Readers::with",
                form.kind(),
                known.join(", ")
            );
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        reader.open(form)
    }
}
