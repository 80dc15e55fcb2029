//! Our side of the benchmark of operations: requests in, times and checksums out, as lines of JSON.
//!
//! A request is `{"name": NAME, "threads": N, "rounds": N, "cells": N, "folder": PATH, "files": N}`. The operation is
//! carried out once for its checksum, and then so many times; the answer is `{"seconds": [...], "checksum": [sum, missing]}`.

mod lazy;
mod memory;

use isopleth::lazy::threads;
use isopleth::prelude::*;
use serde_json::{Value, json};
use std::io::{BufRead as _, Write as _};

/// An operation, ready to be carried out again and again.
type Operation = Box<dyn Fn() -> Result<DataArray>>;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut arrays = memory::Arrays::default();
    for line in std::io::stdin().lock().lines() {
        let answer = match serde_json::from_str(&line?) {
            Ok(request) => answer(&request, &mut arrays).unwrap_or_else(|error| json!({ "error": error.to_string() })),
            Err(error) => json!({ "error": error.to_string() }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(request: &Value, arrays: &mut memory::Arrays) -> Result<Value> {
    let number = |key: &str| request[key].as_u64().unwrap_or(1) as usize;
    threads::set_threads(number("threads"))?;
    let name = request["name"].as_str().unwrap_or_default();
    let operation = match request["section"].as_str() {
        Some("memory") => memory::operation(name, arrays.of(number("cells"))?)?,
        Some("labels") => memory::labels(name, number("cells"))?,
        _ => lazy::operation(name, request["folder"].as_str().unwrap_or_default(), number("files"))?,
    };
    let checksum = checksum(&operation()?)?;
    let mut seconds = Vec::new();
    for _ in 0..number("rounds") {
        let start = Instant::now();
        let result = operation()?;
        drop(std::hint::black_box(result));
        seconds.push(start.elapsed().as_secs_f64());
    }
    Ok(json!({ "seconds": seconds, "checksum": checksum }))
}

/// The sum of the numbers that are there, and how many are missing.
fn checksum(array: &DataArray) -> Result<[f64; 2]> {
    let values = array.compute()?.astype(DType::F64).to_vec::<f64>()?;
    let there = values.iter().filter(|value| !value.is_nan());
    Ok([there.sum(), values.iter().filter(|value| value.is_nan()).count() as f64])
}

/// No operation of that name.
fn unknown(name: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("no operation {name:?}"))
}
