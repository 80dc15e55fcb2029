//! From bytes to plans.

use super::fields::Fields;
use super::form::{Readers, SourceForm};
use super::{SEAL, check, operations};
use crate::lazy::blocks::{Reader, damaged};
use crate::lazy::{Plan, Source};
use crate::values::{DType, Values, count, typed};
use crate::{Error, ErrorKind, Result};
use ndarray::{ArrayD, IxDyn};
use serde_json::Value;
use std::sync::Arc;

/// The arrays that a description names, in its order.
pub(super) struct Arrays<'a>(Reader<'a>);

impl<'a> Arrays<'a> {
    pub fn floats(&mut self) -> Result<Vec<f64>> {
        self.0.array()
    }

    pub fn float(&mut self) -> Result<f64> {
        match self.floats()?[..] {
            [one] => Ok(one),
            ref several => Err(damaged(format!("there are {} numbers where one belongs", several.len()))),
        }
    }

    /// The array of which `said` is said.
    pub fn values(&mut self, said: &Value) -> Result<Values> {
        let said = Fields::of(said)?;
        let (dtype, shape) = (said.dtype("dtype")?, said.numbers("shape")?);
        typed!(dtype, T => {
            let elements: Vec<T> = self.0.array()?;
            if elements.len() != count(&shape) {
                return Err(damaged(format!("there are {} elements of an array of shape {shape:?}", elements.len())));
            }
            let array = ArrayD::from_shape_vec(IxDyn(&shape), elements);
            let array = array.map_err(|_| damaged(format!("{shape:?} is no shape")))?;
            Ok(Values::from_typed(array.into_shared(), dtype))
        })
    }

    pub fn reader(&mut self) -> &mut Reader<'a> {
        &mut self.0
    }
}

/// What was read so far, by its number.
enum Entry {
    Plan(Plan),
    Source(Arc<dyn Source>),
}

pub(super) fn plans(bytes: &[u8], readers: &mut Readers) -> Result<Vec<Plan>> {
    let mut reader = SEAL.open(bytes)?;
    let head = reader.text()?;
    let arrays: Vec<u8> = reader.array()?;
    reader.end()?;
    let head: Value = serde_json::from_str(&head)
        .map_err(|error| Error::with_source(ErrorKind::Damaged, "its description is no JSON", error))?;
    let head = Fields::of(&head)?;
    let mut arrays = Arrays(Reader::of(&arrays));
    let mut entries = Vec::new();
    for (number, said) in head.list("expressions")?.iter().enumerate() {
        let entry = entry(Fields::of(said)?, &entries, &mut arrays, readers);
        entries.push(entry.map_err(|error| error.context(format!("expression {number}")))?);
    }
    arrays.0.end()?;
    let root = |number: usize| match entries.get(number) {
        Some(Entry::Plan(plan)) => Ok(plan.clone()),
        _ => Err(damaged(format!("expression {number} is no plan"))),
    };
    head.numbers("plans")?.into_iter().map(root).collect()
}

fn entry(said: Fields<'_>, before: &[Entry], arrays: &mut Arrays<'_>, readers: &mut Readers) -> Result<Entry> {
    let (mut inputs, mut source) = (Vec::new(), None);
    for number in said.numbers("inputs")? {
        match before.get(number) {
            Some(Entry::Plan(plan)) => inputs.push(plan.clone()),
            Some(Entry::Source(read)) if source.is_none() => source = Some(read.clone()),
            Some(Entry::Source(_)) => return Err(damaged("it reads from two sources".to_owned())),
            None => return Err(damaged(format!("its input is expression {number}, which does not come before it"))),
        }
    }
    let (shape, dtype) = (said.numbers("shape")?, said.dtype("dtype")?);
    if said.get("source").is_ok() {
        let values = said.list("arrays")?.iter().map(|said| arrays.values(said)).collect::<Result<Vec<Values>>>()?;
        let form = SourceForm::read(said, values, inputs)?;
        return opened(&form, &shape, dtype, readers).map(Entry::Source);
    }
    let reads = source.is_some();
    let op = operations::read(said, arrays, source)?;
    let (own, of) = check::result(&op, &inputs, dtype, &shape)?;
    if reads && !matches!(op, crate::lazy::op::Op::Source { .. }) {
        return Err(damaged("it has a source from which it does not read".to_owned()));
    }
    if (&own, of) != (&shape, dtype) {
        return Err(damaged(format!("it gives {of} of shape {own:?}, not {dtype} of shape {shape:?}")));
    }
    Ok(Entry::Plan(Plan::lazy_node(op, inputs, shape, dtype)))
}

/// The source again, as it was when it was written.
fn opened(form: &SourceForm, shape: &[usize], dtype: DType, readers: &mut Readers) -> Result<Arc<dyn Source>> {
    let source = readers.open(form)?;
    if source.shape() == shape && source.dtype() == dtype {
        return Ok(source);
    }
    let message = format!(
        "{} is {} of shape {:?} now, and was {dtype} of shape {shape:?} when the plan was written: plan it again",
        source.describe(),
        source.dtype(),
        source.shape()
    );
    Err(Error::new(ErrorKind::Mismatch, message))
}
