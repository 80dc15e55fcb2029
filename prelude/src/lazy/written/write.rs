//! From plans to bytes.

use super::fields::of_pick;
use super::form::SourceForm;
use super::{SEAL, operations};
use crate::lazy::blocks::Writer;
use crate::lazy::node::NodeId;
use crate::lazy::op::Op;
use crate::lazy::{Plan, Source};
use crate::values::{Values, each};
use crate::{Error, ErrorKind, Result};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// The arrays that a description names.
#[derive(Default)]
pub(super) struct Sheet {
    arrays: Writer,
}

impl Sheet {
    /// Numbers that need all their bits.
    pub fn floats(&mut self, floats: &[f64]) {
        self.arrays.array(floats);
    }

    /// An array, and what is said of it.
    pub fn values(&mut self, values: &Values) -> Value {
        let standard = values.standard();
        each!(&standard, array => self.arrays.array(array.as_slice().expect("standard values lie in axis order")));
        json!({ "dtype": values.dtype().name(), "shape": values.shape() })
    }

    /// What another kind of array writes by itself.
    pub fn arrays(&mut self) -> &mut Writer {
        &mut self.arrays
    }
}

/// What has a number.
#[derive(PartialEq, Eq, Hash, Clone, Copy)]
enum Key {
    Plan(NodeId),
    Source(*const ()),
}

/// Something that is to be written once what it needs is.
struct Open {
    what: What,
    /// What it is made of.
    needs: Vec<Need>,
    next: usize,
}

enum What {
    Plan(Plan),
    Source(Arc<dyn Source>, SourceForm),
}

#[derive(Clone)]
enum Need {
    Plan(Plan),
    Source(Arc<dyn Source>),
}

impl Need {
    fn key(&self) -> Key {
        match self {
            Self::Plan(plan) => Key::Plan(plan.id()),
            Self::Source(source) => key(source),
        }
    }
}

/// By where it lies: the plans that are written hold it.
fn key(source: &Arc<dyn Source>) -> Key {
    Key::Source(Arc::as_ptr(source).cast())
}

pub(super) fn plans(plans: &[Plan]) -> Result<Vec<u8>> {
    let mut book = Book::default();
    for plan in plans {
        book.write(plan)?;
    }
    let roots = plans.iter().map(|plan| book.number(Key::Plan(plan.id()))).collect::<Result<Vec<usize>>>()?;
    let head = json!({ "expressions": book.entries, "plans": roots });
    let mut writer = Writer::default();
    writer.text(&head.to_string());
    writer.array(&book.sheet.arrays.bytes());
    Ok(SEAL.close(&writer))
}

/// What is written so far.
#[derive(Default)]
struct Book {
    entries: Vec<Value>,
    numbers: HashMap<Key, usize>,
    sheet: Sheet,
}

impl Book {
    fn number(&self, key: Key) -> Result<usize> {
        // Something that is made of itself: no plan is.
        self.numbers.get(&key).copied().ok_or_else(|| Error::new(ErrorKind::Other, "a plan is made of itself"))
    }

    /// Writes a plan after all that it is made of: a list stands for the stack, since plans are as deep as loops have turns.
    fn write(&mut self, plan: &Plan) -> Result<()> {
        let mut way = Vec::new();
        self.enter(Need::Plan(plan.clone()), &mut way)?;
        while let Some(open) = way.last_mut() {
            match open.needs.get(open.next).cloned() {
                Some(need) => {
                    open.next += 1;
                    self.enter(need, &mut way)?;
                }
                None => {
                    let open = way.pop().expect("it was the last");
                    self.close(open)?;
                }
            }
        }
        Ok(())
    }

    /// Begins with something that is not written yet.
    fn enter(&self, need: Need, way: &mut Vec<Open>) -> Result<()> {
        if self.numbers.contains_key(&need.key()) {
            return Ok(());
        }
        let open = match need {
            Need::Plan(plan) => {
                let mut needs: Vec<Need> = plan.node().inputs.iter().cloned().map(Need::Plan).collect();
                if let Op::Source { source, .. } = &plan.node().op {
                    needs.push(Need::Source(source.clone()));
                }
                Open { what: What::Plan(plan), needs, next: 0 }
            }
            Need::Source(source) => {
                let Some(form) = source.written() else {
                    let message = format!(
                        "{} cannot be written down, so neither can a plan that reads from it: compute() it first",
                        source.describe()
                    );
                    return Err(Error::new(ErrorKind::InvalidArgument, message));
                };
                let needs = form.plans().iter().cloned().map(Need::Plan).collect();
                Open { what: What::Source(source, form), needs, next: 0 }
            }
        };
        way.push(open);
        Ok(())
    }

    fn close(&mut self, open: Open) -> Result<()> {
        let inputs = open.needs.iter().map(|need| self.number(need.key())).collect::<Result<Vec<usize>>>()?;
        let (key, entry) = match open.what {
            What::Plan(plan) => (Key::Plan(plan.id()), self.expression(&plan, &inputs)?),
            What::Source(source, form) => (key(&source), self.source(&*source, &form, &inputs)),
        };
        self.numbers.insert(key, self.entries.len());
        self.entries.push(Value::Object(entry));
        Ok(())
    }

    fn expression(&mut self, plan: &Plan, inputs: &[usize]) -> Result<Map<String, Value>> {
        let node = plan.node();
        let mut said = Map::new();
        said.insert("inputs".to_owned(), json!(inputs));
        said.insert("shape".to_owned(), json!(node.shape));
        said.insert("dtype".to_owned(), json!(node.dtype.name()));
        said.append(&mut operations::write(&node.op, &mut self.sheet)?);
        Ok(said)
    }

    fn source(&mut self, source: &dyn Source, form: &SourceForm, inputs: &[usize]) -> Map<String, Value> {
        let arrays: Vec<Value> = form.arrays().iter().map(|values| self.sheet.values(values)).collect();
        let mut said = Map::new();
        said.insert("source".to_owned(), json!(form.kind()));
        said.insert("inputs".to_owned(), json!(inputs));
        said.insert("shape".to_owned(), json!(source.shape()));
        said.insert("dtype".to_owned(), json!(source.dtype().name()));
        said.insert("parameters".to_owned(), Value::Object(form.parameters().clone()));
        said.insert("arrays".to_owned(), Value::Array(arrays));
        said
    }
}

/// What is said of the picks of a source.
pub(super) fn of_picks(picks: &[crate::values::Pick]) -> Value {
    Value::Array(picks.iter().map(of_pick).collect())
}
