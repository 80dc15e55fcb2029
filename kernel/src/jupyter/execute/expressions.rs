//! `user_expressions`: values that the frontend wants to know after a cell, and that the notebook does not show.

use super::super::display::media;
use super::Executor;
use crate::cell;
use crate::report::CellError;
use jupyter_protocol::{ExecuteRequest, ExpressionResult, JupyterMessage};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

impl Executor {
    /// Evaluates what `asked` wants to know; one that fails does not hold up the others.
    pub(super) async fn user_expressions(
        &mut self,
        asked: &ExecuteRequest,
        request: &JupyterMessage,
    ) -> HashMap<String, ExpressionResult> {
        let wanted: BTreeMap<&String, &String> = asked.user_expressions.iter().flatten().collect();
        let mut results = HashMap::new();
        let mut stopped = false;
        for (name, expression) in wanted {
            let value = if stopped { Err(CellError::interrupted()) } else { self.value(expression, request).await };
            stopped |= value.as_ref().is_err_and(|error| error.ename == "Interrupted");
            results.insert(name.clone(), value.unwrap_or_else(in_reply));
        }
        results
    }

    async fn value(&mut self, expression: &str, request: &JupyterMessage) -> Result<ExpressionResult, CellError> {
        if !cell::is_expression(expression) {
            let advice = "Statements belong into the cell itself.".to_owned();
            return Err(CellError::new("CompileError", format!("{expression:?} is no expression"), vec![advice]));
        }
        self.captured = Some(Value::Null);
        let outcome = self.run_code(expression, false, request).await;
        let shown = self.captured.take().unwrap_or_default();
        outcome?;
        // The unit value shows nothing in a cell; here something must be said.
        let data = shown["data"].as_object().cloned();
        let data = data.or_else(|| json!({ "text/plain": "()" }).as_object().cloned()).unwrap_or_default();
        let metadata = shown["metadata"].as_object().cloned().unwrap_or_default();
        Ok(ExpressionResult::Ok { data: media(data), metadata })
    }
}

fn in_reply(error: CellError) -> ExpressionResult {
    let CellError { ename, evalue, traceback } = error;
    ExpressionResult::Error { ename, evalue, traceback }
}
