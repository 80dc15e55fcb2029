//! Variables of files in written plans: the file is opened again, and its variable has to be what it was.

use super::formats;
use super::opening::Opening;
use super::options::DatasetOptions;
use crate::array::Dataset;
use crate::disk::{refuse_special, shown};
use crate::lazy::Source;
use crate::lazy::written::{SourceForm, SourceReader};
use crate::{Error, ErrorKind, Result};
use std::path::PathBuf;
use std::sync::Arc;

/// The kind of these sources in written plans.
pub(super) const VARIABLE: &str = "variable of a file";

/// Opens them again, each file once.
#[derive(Default)]
pub(crate) struct VariableReader {
    opened: Vec<(PathBuf, DatasetOptions, Dataset)>,
}

impl VariableReader {
    fn dataset(&mut self, path: PathBuf, options: DatasetOptions) -> Result<&Dataset> {
        let known = self.opened.iter().position(|(known, of, _)| (known, of) == (&path, &options));
        let at = match known {
            Some(at) => at,
            None => {
                refuse_special(&path)?;
                let dataset = formats::opened(&Opening::of(&path, &options))?;
                self.opened.push((path, options, dataset));
                self.opened.len() - 1
            }
        };
        Ok(&self.opened[at].2)
    }
}

impl SourceReader for VariableReader {
    fn kind(&self) -> &'static str {
        VARIABLE
    }

    fn open(&mut self, form: &SourceForm) -> Result<Arc<dyn Source>> {
        let (path, name) = (form.path()?, form.text("variable")?);
        let options = DatasetOptions::read(form.parameter("options")).ok_or_else(|| form.lacks("options"))?;
        let dataset = self.dataset(path.clone(), options)?;
        let array = dataset.arrays().iter().find(|array| array.get_name() == Some(name));
        let source = array.and_then(|array| array.plan().as_source()).cloned();
        let changed = |what: &str| {
            let message =
                format!("{} has changed since the plan was written ({name:?}: {what}): plan it again", shown(&path));
            Error::new(ErrorKind::Mismatch, message)
        };
        let source = source.ok_or_else(|| changed("there is no such variable now"))?;
        let now = source.written();
        match now.as_ref().map(|now| now.text("contents")).transpose()? == Some(form.text("contents")?) {
            true => Ok(source),
            false => Err(changed("its numbers are stored in another way now")),
        }
    }
}
