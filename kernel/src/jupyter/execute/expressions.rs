//! `user_expressions`: values that the frontend wants to know after a cell, and that the notebook does not show.

use super::cell::ExecutingCell;
use super::engine::Engine;
use super::executor::Executor;
use crate::cell;
use crate::jupyter::display::media;
use crate::report::{CellError, ErrorKind};
use isopleth_bus::worker::Display;
use jupyter_protocol::{ExecuteRequest, ExpressionResult};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

impl<E: Engine> Executor<E> {
    /// Evaluates what `asked` wants to know; one that fails does not hold up the others.
    pub(super) async fn user_expressions(
        &mut self,
        asked: &ExecuteRequest,
        cell: &ExecutingCell,
    ) -> HashMap<String, ExpressionResult> {
        let wanted: BTreeMap<&String, &String> = asked.user_expressions.iter().flatten().collect();
        let mut results = HashMap::new();
        let mut stopped = false;
        for (name, expression) in wanted {
            let value = if stopped { Err(CellError::interrupted()) } else { self.value(expression, cell).await };
            stopped |= value.as_ref().is_err_and(|error| error.kind == ErrorKind::Interrupted);
            results.insert(name.clone(), value.unwrap_or_else(|error| in_reply(&error)));
        }
        results
    }

    async fn value(&mut self, expression: &str, cell: &ExecutingCell) -> Result<ExpressionResult, CellError> {
        if !cell::is_expression(expression) {
            let advice = "Statements belong into the cell itself.".to_owned();
            return Err(CellError::new(ErrorKind::Compile, format!("{expression:?} is no expression"), vec![advice]));
        }
        let value = Arc::new(Mutex::new(None));
        self.run_code(expression, &cell.capturing(&value)).await?;
        let value = value.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        let Display { mut data, metadata, id: _ } = value.unwrap_or_default();
        // The unit value shows nothing in a cell; here something must be said.
        if data.is_empty() {
            data.insert("text/plain".into(), json!("()"));
        }
        Ok(ExpressionResult::Ok { data: media(data), metadata })
    }
}

fn in_reply(error: &CellError) -> ExpressionResult {
    let (ename, evalue) = (error.kind.name().to_owned(), error.evalue.clone());
    ExpressionResult::Error { ename, evalue, traceback: error.traceback() }
}
