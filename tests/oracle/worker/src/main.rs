//! The prelude's side of the differential tests: arrays and operations in, results out, as lines of JSON.
//!
//! A request is `{"arrays": [...], "ops": [...], "variants": [null, [["x", 2]], ...]}`. For each variant the arrays are
//! given in memory (`null`) or cut into chunks of these lengths, the operations are applied one after the other to the first
//! array, and the answer has what came out: after every step in memory, at the end for chunks. A panic is caught
//! and reported as such; the tests take each for a failure. A request with a `"file"` is about a file: `files.rs`.

mod args;
mod files;
mod ops;
mod wire;

use args::Args;
use isopleth::array::DataArray;
use isopleth::{ErrorKind, Result};
use ops::State;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::io::{BufRead as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// The words and the place of the last panic, for the answer.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

fn main() -> std::io::Result<()> {
    std::panic::set_hook(Box::new(|info| PANIC.set(info.to_string())));
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = match serde_json::from_str(&line?) {
            Ok(request) => answer(&request),
            Err(error) => json!({ "protocol": error.to_string() }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(request: &Value) -> Value {
    if request["file"].is_object() {
        return files::answer(request);
    }
    let variants = request["variants"].as_array().map_or(&[][..], Vec::as_slice);
    json!({ "variants": variants.iter().map(|chunks| variant(request, chunks)).collect::<Vec<_>>() })
}

/// The steps of one variant; the last may be an error.
fn variant(request: &Value, chunks: &Value) -> Value {
    let lazy = !chunks.is_null();
    let mut env = Vec::new();
    for spec in request["arrays"].as_array().map_or(&[][..], Vec::as_slice) {
        match guarded(|| wire::array(spec).and_then(|array| chunked(&array, chunks))) {
            Ok(array) => env.push(array),
            Err(failure) => return json!([with("input", failure)]),
        }
    }
    let ops = request["ops"].as_array().map_or(&[][..], Vec::as_slice);
    let mut steps = Vec::new();
    let mut state = State::Array(env[0].clone());
    for (number, op) in ops.iter().enumerate() {
        state = match guarded(|| ops::apply(&state, Args(op), &env)) {
            Ok(next) => next,
            Err(failure) => {
                steps.push(failure);
                return Value::Array(steps);
            }
        };
        if lazy && number + 1 < ops.len() {
            steps.push(Value::Null);
            continue;
        }
        match guarded(|| wire::state(&state)) {
            Ok(view) => steps.push(view),
            Err(failure) => {
                steps.push(with("compute", failure));
                return Value::Array(steps);
            }
        }
    }
    Value::Array(steps)
}

fn chunked(array: &DataArray, chunks: &Value) -> Result<DataArray> {
    let Some(chunks) = chunks.as_array() else { return Ok(array.clone()) };
    let lengths: Vec<(&str, usize)> = chunks
        .iter()
        .filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_u64()? as usize)))
        .filter(|(dim, _)| array.dims().iter().any(|own| own == dim))
        .collect();
    array.chunk(lengths)
}

/// What `work` gives, or its error or panic as an answer.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> std::result::Result<T, Value> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(error)) if error.kind() == ErrorKind::Other && error.to_string().starts_with("protocol: ") => {
            Err(json!({ "protocol": error.to_string() }))
        }
        Ok(Err(error)) => Err(json!({ "error": error.to_string(), "kind": format!("{:?}", error.kind()) })),
        Err(_) => Err(refusal(PANIC.take())),
    }
}

/// An operator cannot return an error: it panics with the error's words, which say so. Every other panic is a fault.
fn refusal(panic: String) -> Value {
    let meant = panic.contains("returns this as an error") || panic.contains("has no meaning");
    if meant { json!({ "error": panic, "kind": "Panic" }) } else { json!({ "panic": panic }) }
}

fn with(place: &str, mut failure: Value) -> Value {
    failure["at"] = place.into();
    failure
}
