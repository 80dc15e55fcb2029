//! The kinds of figures: which one an array becomes, and what is drawn of it.

mod curves;
mod facets;
mod histogram;
mod maps;
mod notice;
mod span;
mod xy;

pub(super) use notice::Notice;

use super::figure::{Kind, Layer, Settings};
use super::input::{places, sizes};
use super::page::Content;
use super::stats::Stats;
use super::ticks::number;
use crate::{Error, ErrorKind, Result};
use facets::Facets;

/// A figure before it has a layout.
pub(super) struct Prepared {
    /// What it is, in a few words.
    pub about: String,
    /// What to draw, or a sentence on why there is nothing to draw.
    pub content: std::result::Result<Content, String>,
}

/// What `layers` are to be drawn as.
///
/// # Errors
/// When arrays or settings do not fit the kind of figure or each other.
pub(super) fn prepare(layers: &[Layer], settings: &Settings) -> Result<Prepared> {
    let first = &layers[0];
    let facets = Facets::of(first.data.array(), settings)?;
    let kind = if first.kind == Kind::Auto { picked(first, &facets) } else { Some(first.kind) };
    match kind {
        Some(Kind::Image) => maps::prepare(layers, settings, &facets),
        Some(Kind::Histogram) => histogram::prepare(layers, settings, &facets),
        Some(_) => xy::prepare(layers, settings, &facets),
        None => single_value(first),
    }
}

/// The kind for an array's dimensions, those of length 1 and those with panels left out, as in xarray: one is
/// a line, two are an image, more a histogram. None of a single value.
fn picked(layer: &Layer, facets: &Facets) -> Option<Kind> {
    let array = layer.data.array();
    let long = array.sizes().into_iter().filter(|(dim, len)| *len != 1 && !facets.has(dim)).count();
    match (long, &layer.hue) {
        (0, _) if facets.is_single() => None,
        (1, _) | (2, Some(_)) => Some(Kind::Line),
        (2, None) => Some(Kind::Image),
        _ => Some(Kind::Histogram),
    }
}

fn single_value(layer: &Layer) -> Result<Prepared> {
    let array = layer.data.computed()?;
    let (values, sizes) = (array.values()?, sizes(array, layer.data.labelled));
    let value = match values.dtype().is_float() {
        true => places::numbers(&values).first().map_or_else(String::new, |&value| number(value)),
        false => values.to_texts().concat(),
    };
    let reason = format!(
        "Nothing to draw: the array of {sizes} has a single value, {value}. A line needs several along one dimension, \
         an image along two; imshow draws a single cell."
    );
    Ok(Prepared { about: format!("one value, {value}"), content: Err(reason) })
}

/// ", values 1 to 5, 2 infinite, 10 % missing": as far as there are any.
fn counts(stats: &Stats) -> String {
    let mut text = String::new();
    if stats.finite > 0 {
        text += &format!(", values {} to {}", number(stats.min), number(stats.max)).replace('\u{2212}', "-");
    }
    let infinite = stats.infinite[0] + stats.infinite[1];
    if infinite > 0 {
        text += &format!(", {infinite} infinite");
    }
    if stats.missing > 0 {
        text += &format!(", {} % missing", share(stats.missing, stats.finite + stats.missing + infinite));
    }
    text
}

/// A percentage that is 0 or 100 only where that is exact.
fn share(part: u64, whole: u64) -> String {
    let percent = 100.0 * part as f64 / whole as f64;
    match () {
        () if part < whole && percent > 99.9 => "more than 99.9".to_owned(),
        () if percent < 0.1 => "less than 0.1".to_owned(),
        () => format!("{percent:.1}").trim_end_matches(".0").to_owned(),
    }
}

fn none_finite(total: u64) -> String {
    match total {
        1 => "Nothing to draw: the only value is infinite.".to_owned(),
        _ => format!("Nothing to draw: none of the {total} values is finite."),
    }
}

fn all_missing(total: u64) -> String {
    match total {
        1 => "Nothing to draw: the only value is missing (NaN or nodata).".to_owned(),
        _ => format!("Nothing to draw: all {total} values are missing (NaN or nodata)."),
    }
}

/// `1 row`, `2 rows`.
fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

fn refuse<T>(message: impl Into<String>) -> Result<T> {
    Err(Error::new(ErrorKind::InvalidArgument, message))
}
