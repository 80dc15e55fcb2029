//! What cannot be written or read is an error that says why.

use super::*;
use crate::lazy::lines::{Cumulative, CumulativeOp, Knots, Rolling, RollingOp, Shift, Weave};
use crate::lazy::{AxisIndex, BinaryOp, ReduceOp, ReduceOptions, Source};
use serde_json::{Value, json};
use std::ops::Range;
use std::sync::Arc;

/// A plan with many operations.
fn small() -> Plan {
    let a = lazy(DType::F64);
    let sum = a.lines(Cumulative { op: CumulativeOp::Sum, skip_missing: true }, 1).unwrap();
    let rolled = sum.lines(Rolling { op: RollingOp::Mean, before: 1, after: 1, least: 1, ddof: 0 }, 1).unwrap();
    let shifted = rolled.lines(Shift { by: 1 }, 0).unwrap();
    let woven = shifted.lines(Weave { knots: [Some(Knots { low: 0, high: 1, weight: 0.5 }), None, None].into() }, 1);
    let both = Plan::concat(vec![woven.unwrap(), lazy(DType::F64)], 0).unwrap();
    let chosen = Plan::select(&Plan::binary(BinaryOp::Gt, &both, &Plan::scalar(1)).unwrap(), &both, &Plan::scalar(0.0));
    let part = chosen.unwrap().index(&[AxisIndex::list([3, 0]), AxisIndex::range(0..2)]).unwrap();
    let turned = part.transpose(&[1, 0]).unwrap().insert_axis(2).broadcast_to(&[2, 2, 4]).unwrap();
    let runs = turned.split_axis(2, 2).unwrap().cast(DType::F32);
    let fit =
        runs.quantile(&[0.5, 0.25], &[2], ReduceOptions::new()).unwrap().fit(&[1.0, 5.0], 1, 1, ReduceOptions::new());
    fit.unwrap().reduce(ReduceOp::Std, &[0], ReduceOptions::new().ddof(1)).unwrap()
}

fn refused(bytes: &[u8]) -> String {
    read(bytes, &mut Readers::new()).unwrap_err().to_string()
}

/// The bytes with another description, closed anew.
fn forged(bytes: &[u8], forge: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut reader = SEAL.open(bytes).unwrap();
    let mut head: Value = serde_json::from_str(&reader.text().unwrap()).unwrap();
    let arrays: Vec<u8> = reader.array().unwrap();
    forge(&mut head);
    let mut writer = Writer::default();
    writer.text(&head.to_string());
    writer.array(&arrays);
    SEAL.close(&writer)
}

#[test]
fn damage_at_every_byte_is_refused() {
    let bytes = write(&[small()]).unwrap();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(read(&damaged, &mut Readers::new()).is_err(), "byte {at}");
        assert!(read(&bytes[..at], &mut Readers::new()).is_err(), "cut at {at}");
    }
    assert!(refused(&[bytes, vec![0]].concat()).contains("checksum"));
}

#[test]
fn another_version_and_other_bytes_are_named() {
    let bytes = write(&[small()]).unwrap();
    let newer = super::super::super::blocks::Seal { version: 2, ..SEAL };
    let reader = SEAL.open(&bytes).unwrap();
    let mut writer = Writer::default();
    writer.text(&{ reader }.text().unwrap());
    assert!(refused(&newer.close(&writer)).contains("version 2"));
    assert!(refused(b"II*\0").contains("no written plans"));
}

/// Each place in a description, as the steps that lead to it.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| places(value, &format!("{here}/{at}"), found));
        }
        Value::Object(map) => map.iter().for_each(|(name, value)| places(value, &format!("{here}/{name}"), found)),
        _ => {}
    }
}

#[test]
fn a_description_with_anything_else_anywhere_never_panics() {
    let bytes = write(&[small()]).unwrap();
    let (mut found, mut accepted) = (Vec::new(), 0);
    forged(&bytes, |head| places(head, "", &mut found));
    let others = [
        json!(null),
        json!(0),
        json!(1),
        json!(-3),
        json!(7),
        json!(u64::MAX),
        json!(1e300),
        json!("Sum"),
        json!([]),
        json!({}),
    ];
    let tried = found.len() * others.len();
    for place in &found {
        for other in &others {
            let forged = forged(&bytes, |head| *head.pointer_mut(place).unwrap() = other.clone());
            accepted += usize::from(read(&forged, &mut Readers::new()).is_ok());
        }
    }
    // Another number that has a meaning there, such as a ddof or a minimum count, is another plan.
    assert!(found.len() > 200 && accepted * 10 < tried, "{accepted} of {tried}");
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let bytes = write(&[lazy(DType::F64).cast(DType::F32)]).unwrap();
    let set = |pointer: &'static str, value: Value| {
        refused(&forged(&bytes, |head| *head.pointer_mut(pointer).unwrap() = value))
    };
    // Expression 0 is the source, 1 reads it.
    assert!(set("/expressions/1/inputs", json!([5])).contains("does not come before"));
    assert!(set("/expressions/1/inputs", json!([1])).contains("does not come before"));
    assert!(set("/expressions/1/inputs", json!([])).contains("no source"));
    assert!(set("/expressions/1/shape", json!([3, 2])).contains("[2, 3]"));
    assert!(set("/expressions/1/dtype", json!("float32")).contains("float64"));
    assert!(set("/expressions/1/dtype", json!("float128")).contains("float128"));
    assert!(set("/expressions/1/op", json!("teleport")).contains("teleport"));
    assert!(set("/expressions/0/source", json!("tape")).contains("\"tape\""));
    assert!(set("/expressions/0/shape", json!([2, 4])).contains("plan it again"));
    assert!(set("/expressions/0/parameters/lengths", json!([0, 1])).contains("length of chunks"));
    assert!(set("/expressions/1/picks/0/len", json!(3)).contains("part of an array"));
    assert!(set("/plans", json!([0])).contains("no plan"));
    assert!(set("/expressions", json!({})).contains("a list"));
}

#[test]
fn a_function_of_the_users_own_is_refused_by_its_name() {
    let plan = lazy(DType::F64).map("warmer", Arc::new(|run| run.iter_mut().for_each(|v| *v += 1.0)));
    let error = write(&[plan.unary(crate::lazy::UnaryOp::Neg)]).unwrap_err().to_string();
    assert!(error.contains("map warmer") && error.contains("compute()"), "{error}");
}

#[derive(Debug)]
struct Secret;

impl Source for Secret {
    fn shape(&self) -> &[usize] {
        &[2]
    }
    fn block(&self) -> &[usize] {
        &[2]
    }
    fn dtype(&self) -> DType {
        DType::U8
    }
    fn describe(&self) -> String {
        "a secret".to_owned()
    }
    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        Ok(Values::from(vec![0u8; window[0].len()]))
    }
}

#[test]
fn a_source_that_does_not_say_what_it_is_is_refused_by_its_description() {
    let error = write(&[Plan::source(Secret).cast(DType::F32)]).unwrap_err().to_string();
    assert!(error.contains("a secret cannot be written down"), "{error}");
}
