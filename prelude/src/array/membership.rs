//! Whether elements are in a list, and functions of texts: what masks of stations and zones are made with.

use super::data_array::DataArray;
use super::labels::Labels;
use super::operation::Operation;
use crate::lazy::{AxisIndex, BinaryOp, Plan, UnaryOp};
use crate::time::DateKind;
use crate::values::{DType, Text, Values};
use crate::{Error, ErrorKind, Result};
use ndarray::{ArcArray, IxDyn};
use std::collections::HashSet;
use std::sync::Arc;

impl DataArray {
    /// Where an element is one of `list`: an array of bool. A missing element is in no list. Lazy arrays stay lazy.
    ///
    /// Dates may be given as text, as in comparisons.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![1.0, 2.0, 3.0], "station")?.coord("station", ["Bern", "Basel", "Chur"])?;
    /// let north = da.where_drop(&da["station"].isin(["Basel", "Bern"])?)?;
    /// assert_eq!(north.to_vec::<f64>()?, [1.0, 2.0]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the list and the array do not go together: texts or dates with numbers.
    pub fn isin(&self, list: impl Into<Values>) -> Result<Self> {
        self.is_among(list.into()).map_err(|error| error.context("isin"))
    }

    fn is_among(&self, list: Values) -> Result<Self> {
        let list = match (self.dtype(), list.dtype()) {
            (own, DType::Text) => match own.date_kind() {
                Some(kind) => dates(&list, kind)?,
                None => list,
            },
            _ => list,
        };
        if list.is_empty() {
            let none = Plan::memory(Values::from(false).reshape(&vec![1; self.ndim()])?);
            return Ok(self.with_plan(Operation::Elementwise, none.broadcast_to(self.shape())?));
        }
        // Refuses what cannot be compared.
        let first = self.is_one(&list, 0)?;
        match self.plan().as_values() {
            Some(values) => Ok(self.with_plan(Operation::Elementwise, Plan::memory(looked_up(values, &list)?))),
            // Floats hold every element of these types, so one pass looks them up; the others are compared.
            None if self.dtype().fits_in(DType::F64) => {
                let wanted: HashSet<u64> =
                    list.cast(DType::F64).to_vec::<f64>()?.into_iter().filter(|v| !v.is_nan()).map(float_key).collect();
                let look = move |run: &mut [f64]| {
                    run.iter_mut().for_each(|v| *v = f64::from(u8::from(wanted.contains(&float_key(*v)))));
                };
                Ok(self.with_plan(Operation::Elementwise, self.plan().map("isin", Arc::new(look)).cast(DType::Bool)))
            }
            None => {
                let rest = (1..list.len()).map(|at| self.is_one(&list, at));
                let each: Vec<Plan> = std::iter::once(Ok(first)).chain(rest).collect::<Result<_>>()?;
                Ok(self.with_plan(Operation::Elementwise, either(each)?))
            }
        }
    }

    /// Where an element equals the one at `at` of the list.
    fn is_one(&self, list: &Values, at: usize) -> Result<Plan> {
        let one = list.reshape(&[list.len()])?.index(&[AxisIndex::At(at)])?;
        Plan::binary(BinaryOp::Eq, self.plan(), &Plan::memory(one))
    }

    /// `f` of each text: `station.map_text(|name| name.to_uppercase())?`. Missing ones stay missing.
    ///
    /// # Errors
    /// When the array does not hold text in memory.
    pub fn map_text<S: AsRef<str>>(&self, f: impl Fn(&str) -> S) -> Result<Self> {
        self.of_texts("map_text", |texts| {
            Values::Text(
                texts.mapv(|text| text.as_str().map_or(text, |text| Text::new(f(text).as_ref()))).into_shared(),
            )
        })
    }

    /// Where `f` is true of a text: an array of bool, false where the text is missing.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let names = DataArray::new(vec!["Bern", "Basel", "Chur"], "station")?;
    /// assert_eq!(names.test_text(|name| name.starts_with('B'))?.to_vec::<bool>()?, [true, true, false]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the array does not hold text in memory.
    pub fn test_text(&self, f: impl Fn(&str) -> bool) -> Result<Self> {
        self.of_texts("test_text", |texts| Values::Bool(texts.mapv(|text| text.as_str().is_some_and(&f)).into_shared()))
    }

    fn of_texts(&self, what: &str, f: impl FnOnce(&ArcArray<Text, IxDyn>) -> Values) -> Result<Self> {
        match self.plan().as_values() {
            Some(Values::Text(texts)) => Ok(self.with_plan(Operation::Elementwise, Plan::memory(f(texts)))),
            Some(values) => {
                let message = format!(
                    "{what}: the array holds {}, not text; astype(DType::Text) writes it as text",
                    values.dtype()
                );
                Err(Error::new(ErrorKind::Mismatch, message))
            }
            None => {
                let message =
                    format!("{what}: the array is lazy, and functions of text work in memory; .compute()? it first");
                Err(Error::new(ErrorKind::InvalidArgument, message))
            }
        }
    }
}

/// Whether any of the masks is true. Halves of halves: a chain of a thousand would be a thousand calls deep.
fn either(mut masks: Vec<Plan>) -> Result<Plan> {
    while masks.len() > 1 {
        let pairs = masks.chunks(2).map(|pair| match pair {
            [a, b] => Plan::binary(BinaryOp::Or, a, b),
            one => Ok(one[0].clone()),
        });
        masks = pairs.collect::<Result<_>>()?;
    }
    Ok(masks.remove(0))
}

/// Zero has two signs, and is one number.
fn float_key(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

fn looked_up(values: &Values, list: &Values) -> Result<Values> {
    let keys = Labels::of(values).keys(&Labels::of(list));
    let (own, list_keys) = keys.expect("the comparison refuses kinds that never meet");
    let there: HashSet<u64> = list_keys.into_iter().collect();
    let missing = Plan::memory(values.clone()).unary(UnaryOp::IsNan).evaluate()?.to_vec::<bool>()?;
    let found: Vec<bool> = own.iter().zip(missing).map(|(key, missing)| !missing && there.contains(key)).collect();
    Values::from_shape_vec(values.shape(), found)
}

fn dates(texts: &Values, kind: DateKind) -> Result<Values> {
    let dates: Result<Vec<i64>> = texts.to_texts().iter().map(|text| Ok(kind.parse(text)?.0)).collect();
    Ok(Values::of_dates(kind, dates?))
}
