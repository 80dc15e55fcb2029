//! Predictors against a plain inverse, value by value.

#![no_main]

use arbitrary::Arbitrary;
use isopleth::raster::fuzzing::Blocks;
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Case<'a> {
    predictor: u8,
    sample: u8,
    big: bool,
    pixels: u8,
    step: u8,
    bytes: &'a [u8],
}

const SAMPLES: [(&str, usize); 10] = [
    ("Byte", 1),
    ("Int8", 1),
    ("UInt16", 2),
    ("Int16", 2),
    ("UInt32", 4),
    ("Int32", 4),
    ("UInt64", 8),
    ("Int64", 8),
    ("Float32", 4),
    ("Float64", 8),
];

/// Values of `size` bytes as numbers, in the processor's order; sums are modulo 2^(8 size).
fn plain(predictor: u64, size: usize, big: bool, values: usize, step: usize, bytes: &[u8]) -> Vec<u8> {
    let number = |bytes: &[u8], big: bool| {
        let digit = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if big { bytes.iter().fold(0, digit) } else { bytes.iter().rev().fold(0, digit) }
    };
    let native = |number: u64| -> Vec<u8> {
        let little = number.to_le_bytes()[..size].to_vec();
        if cfg!(target_endian = "big") { little.into_iter().rev().collect() } else { little }
    };
    let mut out = Vec::new();
    for row in bytes.chunks(values * size) {
        let numbers: Vec<u64> = if predictor == 3 && row.len() == values * size {
            let mut sums = row.to_vec();
            for at in step..sums.len() {
                sums[at] = sums[at].wrapping_add(sums[at - step]);
            }
            let value =
                |at: usize| (0..size).fold(0, |number, plane| number << 8 | u64::from(sums[plane * values + at]));
            (0..values).map(value).collect()
        } else {
            let mut numbers: Vec<u64> = row.chunks_exact(size).map(|value| number(value, big)).collect();
            if predictor == 2 && row.len() == values * size {
                for at in step..numbers.len() {
                    numbers[at] = numbers[at].wrapping_add(numbers[at - step]);
                }
            }
            numbers
        };
        out.extend(numbers.into_iter().flat_map(native));
    }
    out
}

fuzz_target!(|case: Case<'_>| {
    let (sample, size) = SAMPLES[usize::from(case.sample) % SAMPLES.len()];
    let predictors = if sample.starts_with("Float") { 3 } else { 2 };
    let predictor = u64::from(case.predictor % predictors) + 1;
    let step = usize::from(case.step % 8) + 1;
    let values = (usize::from(case.pixels) + 1) * step;
    // Blocks consist of whole rows.
    let whole = case.bytes.len() / (values * size) * (values * size);
    let mut bytes = case.bytes[..whole].to_vec();
    let plain = plain(predictor, size, case.big, values, step, &bytes);
    Blocks::default().undo(predictor, sample, case.big, values, step, &mut bytes);
    assert!(bytes == plain, "another answer than the plain inverse");
});
