//! Lines and points between two axes.

use super::curves::{self, Curve, Curves};
use super::facets::Facets;
use super::span::Span;
use super::{Prepared, all_missing, counted, counts, none_finite, refuse};
use crate::Result;
use crate::plot::axes::Meaning;
use crate::plot::canvas::Rgb;
use crate::plot::colormap;
use crate::plot::figure::{Kind, Layer, Settings};
use crate::plot::input::places;
use crate::plot::legend::{Entry, Legend, Sample};
use crate::plot::page::{Content, Mark, Panel};
use crate::plot::stats::Stats;

/// Room beyond the ends of lines along their axis, beyond the ends of their values, and around clouds of points.
const ALONG: f64 = 0.015;
const ACROSS: f64 = 0.05;
const AROUND: f64 = 0.04;

/// The marks of each panel, and what names them.
pub(super) struct Drawn {
    pub panels: Vec<Vec<Mark>>,
    pub legend: Option<Legend>,
}

/// # Errors
/// When arrays do not have the dimensions for lines or points, or settings do not fit them.
pub(super) fn prepare(layers: &[Layer], settings: &Settings, facets: &Facets) -> Result<Prepared> {
    let all = gather(layers, facets)?;
    let first = &all[0][0];
    for curves in all.iter().flatten() {
        fits(&first.x.meaning, &curves.x.meaning, "x")?;
        fits(&first.y.meaning, &curves.y.meaning, "y")?;
    }
    let flat = || all.iter().flatten().flat_map(|curves| &curves.curves);
    let stats = stats(flat(), first.upright);
    let about = describe(layers, facets, &all, &stats);
    let points = || flat().flat_map(|curve| &curve.points).filter(|(x, y)| x.is_finite() && y.is_finite());
    if points().next().is_none() {
        return Ok(Prepared { about, content: Err(nothing(flat(), &stats)) });
    }
    let clouds = layers.iter().any(|layer| layer.kind == Kind::Scatter);
    // A time series begins and ends where its figure does.
    let along = |meaning: &Meaning| if matches!(meaning, Meaning::Date(_)) { 0.0 } else { ALONG };
    let (across, up) = match (clouds, first.upright) {
        (true, _) => (AROUND, AROUND),
        (false, true) => (ACROSS, along(&first.y.meaning)),
        (false, false) => (along(&first.x.meaning), ACROSS),
    };
    let x = Span::of(points().map(|point| point.0)).axis(&first.x, across, settings.x_limits.as_ref(), "xlim")?;
    let y = Span::of(points().map(|point| point.1)).axis(&first.y, up, settings.y_limits.as_ref(), "ylim")?;
    let only = (layers.len() == 1 && layers[0].data.labelled && layers[0].kind != Kind::Scatter).then(|| &layers[0]);
    let title = only.and_then(|layer| places::part_title(layer.data.array()));
    let drawn = drawn(settings, facets, all);
    let panels = drawn.panels.into_iter().zip(&facets.titles);
    let content = Content {
        panels: panels.map(|(marks, title)| Panel { title: title.clone(), image: None, marks }).collect(),
        columns: facets.columns,
        x,
        y,
        aspect: None,
        coloring: None,
        legend: drawn.legend,
        title,
    };
    Ok(Prepared { about, content: Ok(content) })
}

/// What lies over images whose axes mean `x` and `y`.
///
/// # Errors
/// When a layer is neither lines nor points, or its axes mean something else.
pub(super) fn over(layers: &[Layer], settings: &Settings, facets: &Facets, x: &Meaning, y: &Meaning) -> Result<Drawn> {
    let all = gather(layers, facets)?;
    for curves in all.iter().flatten() {
        fits(x, &curves.x.meaning, "x")?;
        fits(y, &curves.y.meaning, "y")?;
    }
    Ok(drawn(settings, facets, all))
}

/// What each layer draws into each panel.
fn gather(layers: &[Layer], facets: &Facets) -> Result<Vec<Vec<Curves>>> {
    let each = |layer: &Layer| {
        if layer.kind == Kind::Histogram {
            return refuse("a histogram has axes of its own; draw it in a figure of its own, with hist(…)");
        }
        (0..facets.len()).map(|at| curves::of(layer, &|array| facets.part(array, at))).collect()
    };
    layers.iter().map(each).collect()
}

/// # Errors
/// When what runs along one axis cannot lie along the other.
fn fits(own: &Meaning, theirs: &Meaning, axis: &str) -> Result<()> {
    match (own, theirs) {
        (Meaning::Date(own), Meaning::Date(theirs)) if own == theirs => Ok(()),
        (Meaning::Date(_), Meaning::Date(_)) => refuse(format!(
            "the dates along {axis} are of two calendars; draw them apart, or convert_calendar one of them"
        )),
        (Meaning::Names(own), Meaning::Names(theirs)) if own == theirs => Ok(()),
        (Meaning::Names(_), Meaning::Names(_)) => refuse(format!("the names along {axis} differ; draw them apart")),
        (Meaning::Date(_) | Meaning::Names(_), _) | (_, Meaning::Date(_) | Meaning::Names(_)) => {
            refuse(format!("what runs along {axis} is dates or names here and numbers there; draw them apart"))
        }
        _ => Ok(()),
    }
}

fn drawn(settings: &Settings, facets: &Facets, all: Vec<Vec<Curves>>) -> Drawn {
    let lines: usize = all.iter().filter_map(|layer| layer.first()).map(|curves| curves.curves.len()).sum();
    let colors = colormap::series(lines);
    let mut panels = vec![Vec::new(); facets.len()];
    let (mut entries, mut title, mut before) = (Vec::new(), None, 0);
    for layer in all {
        let count = layer.first().map_or(0, |curves| curves.curves.len());
        for (panel, curves) in layer.into_iter().enumerate() {
            if panel == 0 {
                title = title.or(curves.title.clone());
            }
            for (at, curve) in curves.curves.into_iter().enumerate() {
                let color = curves.color.unwrap_or(colors[before + at]);
                if panel == 0 {
                    entries.extend(entry(curve.name, color, curves.kind));
                }
                panels[panel].push(mark(curve.points, color, curves.kind));
            }
        }
        before += count;
    }
    let wanted = settings.legend.unwrap_or(true) && !entries.is_empty();
    Drawn { panels, legend: wanted.then_some(Legend { title, entries }) }
}

fn entry(name: Option<String>, color: Rgb, kind: Kind) -> Option<Entry> {
    let sample = if kind == Kind::Scatter { Sample::Disc } else { Sample::Line };
    name.map(|name| Entry { name, color, sample })
}

fn mark(points: Vec<(f64, f64)>, color: Rgb, kind: Kind) -> Mark {
    if kind == Kind::Scatter { Mark::Points { points, color } } else { Mark::Line { points, color } }
}

/// What is known of the values of all curves.
fn stats<'a>(curves: impl Iterator<Item = &'a Curve>, upright: bool) -> Stats {
    let mut stats = crate::plot::limits::together(&[]);
    for value in curves.flat_map(|curve| &curve.points).map(|&(x, y)| if upright { x } else { y }) {
        match value {
            _ if value.is_nan() => stats.missing += 1,
            _ if value.is_infinite() => stats.infinite[usize::from(value < 0.0)] += 1,
            _ => {
                (stats.min, stats.max) = (stats.min.min(value), stats.max.max(value));
                stats.finite += 1;
            }
        }
    }
    stats
}

fn describe(layers: &[Layer], facets: &Facets, all: &[Vec<Curves>], stats: &Stats) -> String {
    let curves: usize = all.iter().filter_map(|layer| layer.first()).map(|curves| curves.curves.len()).sum();
    let points = (stats.finite + stats.missing + stats.infinite[0] + stats.infinite[1]) as usize;
    let panels = if facets.is_single() { String::new() } else { counted(facets.len(), "panel") + " of " };
    let scatter = layers.iter().filter(|layer| layer.kind == Kind::Scatter).count();
    let what = match scatter {
        0 => counted(curves, "line"),
        _ if scatter == layers.len() => "scatter".to_owned(),
        _ => format!("scatter and {}", counted(curves - scatter, "line")),
    };
    // The values of dates are no numbers that would help.
    let counts = if matches!(all[0][0].y.meaning, Meaning::Date(_)) { String::new() } else { counts(stats) };
    format!("{panels}{what}, {}{counts}", counted(points, "point"))
}

/// Why there is no line or point.
fn nothing<'a>(mut curves: impl Iterator<Item = &'a Curve>, stats: &Stats) -> String {
    let infinite = stats.infinite[0] + stats.infinite[1];
    match () {
        () if curves.all(|curve| curve.points.is_empty()) => "Nothing to draw: the array is empty.".to_owned(),
        () if stats.finite > 0 => "Nothing to draw: no point has both a finite x and a finite y.".to_owned(),
        () if infinite > 0 => none_finite(infinite + stats.missing),
        () => all_missing(stats.missing),
    }
}
