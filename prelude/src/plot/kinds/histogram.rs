//! How many values lie in which range.

use super::curves::End;
use super::facets::Facets;
use super::span::Span;
use super::{Prepared, all_missing, counted, counts, none_finite, refuse};
use crate::Result;
use crate::array::{DType, Values};
use crate::plot::axes::{Axis, Meaning};
use crate::plot::canvas::Paint;
use crate::plot::colormap;
use crate::plot::figure::{Kind, Layer, Settings};
use crate::plot::input::{numbers_only, places, sizes};
use crate::plot::legend::{Entry, Legend, Sample};
use crate::plot::limits::together;
use crate::plot::page::{Content, Mark, Panel};
use crate::plot::quantile;
use crate::plot::stats::Stats;
use crate::plot::ticks;

/// Bars that are chosen here are at most so many.
const MOST: usize = 100;
/// Whole numbers that range over less than this have a bar each.
const FEW: f64 = 30.0;

/// # Errors
/// When the values are no numbers, or what else is to be drawn is no histogram.
pub(super) fn prepare(layers: &[Layer], settings: &Settings, facets: &Facets) -> Result<Prepared> {
    let mut blocks: Vec<Vec<Values>> = Vec::new();
    for layer in layers {
        if !matches!(layer.kind, Kind::Histogram | Kind::Auto) {
            return refuse("lines and points have axes of their own; draw them in a figure apart from the histogram");
        }
        if layer.hue.is_some() || layer.x.is_some() || layer.y.is_some() {
            return refuse("x, y and hue belong to lines; a histogram takes all values of its array");
        }
        let array = layer.data.computed()?;
        numbers_only(array, "a histogram", "an axis of numbers")?;
        let block = |at| flat(&facets.part(array, at)?.values()?);
        blocks.push((0..facets.len()).map(block).collect::<Result<_>>()?);
    }
    let all: Vec<&Values> = blocks.iter().flatten().collect();
    let stats: Vec<Stats> = all.iter().map(|block| Stats::of(block, settings.nodata)).collect();
    let stats = together(&stats);
    let total = (stats.finite + stats.missing + stats.infinite[0] + stats.infinite[1]) as usize;
    let panels = if facets.is_single() { String::new() } else { counted(facets.len(), "panel") + " of " };
    let about = |bins: usize| {
        let bins = if bins > 0 { format!(" in {}", counted(bins, "bin")) } else { String::new() };
        format!("{panels}histogram of {}{bins}{}", counted(total, "value"), counts(&stats))
    };
    if stats.finite == 0 {
        return Ok(Prepared { about: about(0), content: Err(nothing(&layers[0], &stats)?) });
    }
    let dtype = all[0].dtype();
    let bins = Bins::new(&all, settings, &stats, dtype);
    let count = |block: &Values| bins.count(block, settings.nodata);
    let counts: Vec<Vec<Vec<u64>>> = blocks.iter().map(|layer| layer.iter().map(count).collect()).collect();
    let most = counts.iter().flatten().flatten().copied().max().unwrap_or(1).max(1);
    let first = &layers[0];
    let label = first.data.labelled.then(|| places::value_label(first.data.array())).flatten();
    let meaning = match dtype {
        DType::Bool => Meaning::Names(["false".to_owned(), "true".to_owned()].into()),
        dtype if dtype.is_integer() => Meaning::Whole,
        _ => Meaning::Number,
    };
    let edges = [bins.start, bins.start + bins.count as f64 * bins.width];
    let x = Span::of(edges.into_iter()).axis(&End { meaning, label }, 0.015, settings.x_limits.as_ref(), "xlim")?;
    let tall = End { meaning: Meaning::Whole, label: Some("count".to_owned()) };
    let y = Span::of([0.0, most as f64].into_iter()).axis(&tall, 0.0, settings.y_limits.as_ref(), "ylim")?;
    let y = if settings.y_limits.is_some() { y } else { Axis { end: 1.05 * most as f64, ..y } };
    let title = (layers.len() == 1 && first.data.labelled).then(|| places::part_title(first.data.array())).flatten();
    let content = Content {
        panels: bins.panels(layers, facets, &counts),
        columns: facets.columns,
        x,
        y,
        aspect: None,
        coloring: None,
        legend: legend(layers, settings),
        title,
    };
    Ok(Prepared { about: about(bins.count), content: Ok(content) })
}

/// The values as a block of two dimensions.
fn flat(values: &Values) -> Result<Values> {
    let last = values.shape().last().copied().unwrap_or(1).max(1);
    values.standard().reshape(&[values.len() / last, last])
}

fn legend(layers: &[Layer], settings: &Settings) -> Option<Legend> {
    let colors = colormap::series(layers.len());
    let named = layers.iter().zip(colors).filter_map(|(layer, color)| {
        let color = layer.color.unwrap_or(color);
        layer.label.clone().map(|name| Entry { name, color, sample: Sample::Block })
    });
    let entries: Vec<Entry> = named.collect();
    (!entries.is_empty() && settings.legend.unwrap_or(true)).then_some(Legend { title: None, entries })
}

/// Why there are no bars.
fn nothing(layer: &Layer, stats: &Stats) -> Result<String> {
    let infinite = stats.infinite[0] + stats.infinite[1];
    Ok(match stats.missing + infinite {
        0 => format!("Nothing to draw: the array is empty ({}).", sizes(layer.data.computed()?, layer.data.labelled)),
        total if infinite > 0 => none_finite(total),
        total => all_missing(total),
    })
}

/// Ranges of equal width that follow each other.
struct Bins {
    start: f64,
    width: f64,
    count: usize,
}

impl Bins {
    fn new(blocks: &[&Values], settings: &Settings, stats: &Stats, dtype: DType) -> Self {
        let (low, high) = (stats.min, stats.max);
        let whole = !dtype.is_float();
        match settings.bins {
            Some(count) if high > low => {
                Self { start: low, width: (0.5 * high - 0.5 * low) / count as f64 * 2.0, count }
            }
            Some(count) => Self { start: low - 0.5, width: 1.0 / count as f64, count },
            None if dtype == DType::Bool => Self { start: -0.5, width: 1.0, count: 2 },
            None => Self::round(low, high, usual_width(blocks, settings.nodata, stats), whole),
        }
    }

    /// Bins of about `wanted` whose edges are round numbers; of whole numbers, halfway between them.
    fn round(low: f64, high: f64, wanted: f64, whole: bool) -> Self {
        let width = ticks::round_step(wanted).filter(|width| width.is_finite()).unwrap_or(1.0);
        let width = match whole {
            // A few whole numbers have a bar each.
            true if high - low < FEW => 1.0,
            true => width.max(1.0),
            false => width,
        };
        let shift = if whole { 0.5 } else { 0.0 };
        let first = ((low + shift) / width).floor();
        let count = ((high + shift) / width - first).floor() + 1.0;
        // A range so far from zero that steps are lost in it is cut without regard to round numbers.
        let sensible = high > low && first.abs() < 1e15 && count <= 4.0 * MOST as f64;
        if !sensible {
            let half = if high > low { 0.5 * (0.5 * high - 0.5 * low) / 10.0 } else { 0.0 };
            return match half > 0.0 {
                true => Self { start: low, width: 4.0 * half, count: 10 },
                false => Self { start: low - 0.5 * width, width, count: 1 },
            };
        }
        Self { start: first * width - shift, width, count: count as usize }
    }

    fn count(&self, values: &Values, nodata: Option<f64>) -> Vec<u64> {
        let mut counts = vec![0; self.count];
        quantile::each(values, nodata, &mut |value| {
            let at = (value / self.width - self.start / self.width) as usize;
            // The last bin has its upper edge, as in numpy.
            counts[at.min(self.count - 1)] += 1;
        });
        counts
    }

    fn panels(&self, layers: &[Layer], facets: &Facets, counts: &[Vec<Vec<u64>>]) -> Vec<Panel> {
        let colors = colormap::series(layers.len());
        let opacity = if layers.len() > 1 { 0.55 } else { 1.0 };
        let edge = |at: usize| self.start + at as f64 * self.width;
        let bars = |counts: &[u64]| {
            counts.iter().enumerate().map(|(at, &count)| (edge(at), edge(at + 1), count as f64)).collect()
        };
        let panel = |(at, title): (usize, &Option<String>)| {
            let mark = |(layer, color): (usize, &_)| Mark::Bars {
                bars: bars(&counts[layer][at]),
                paint: Paint { color: layers[layer].color.unwrap_or(*color), opacity },
            };
            Panel { title: title.clone(), image: None, marks: colors.iter().enumerate().map(mark).collect() }
        };
        facets.titles.iter().enumerate().map(panel).collect()
    }
}

/// The smaller of the widths that Sturges and Freedman and Diaconis propose, as numpy's "auto" takes it.
fn usual_width(blocks: &[&Values], nodata: Option<f64>, stats: &Stats) -> f64 {
    let count = stats.finite as f64;
    let range = 0.5 * stats.max - 0.5 * stats.min;
    let [low, high] = quantile::of(blocks, nodata, [0.25, 0.75]);
    let sturges = 2.0 * (range / (count.log2() + 1.0));
    let quartiles = 2.0 * (high - low) / count.cbrt();
    let width = if quartiles > 0.0 { sturges.min(quartiles) } else { sturges };
    width.max(2.0 * (range / MOST as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(values: Vec<f64>) -> (Bins, Vec<u64>) {
        let block = Values::from_shape_vec(&[1, values.len()], values).unwrap();
        let stats = Stats::of(&block, None);
        let bins = Bins::new(&[&block], &Settings::default(), &stats, DType::F64);
        let counts = bins.count(&block, None);
        (bins, counts)
    }

    #[test]
    fn edges_are_round_numbers_and_every_value_is_counted_once() {
        let (bins, counts) = bins((0..1000).map(|at| f64::from(at) * 0.1 - 30.0).collect());
        assert_eq!((bins.start, bins.width, counts.iter().sum::<u64>()), (-30.0, 10.0, 1000));
        assert_eq!(counts, [100; 10]);
    }

    #[test]
    fn whole_numbers_stand_in_the_middle_of_their_bins() {
        let block = Values::from_shape_vec(&[1, 5], vec![1_i64, 2, 2, 3, 6]).unwrap();
        let stats = Stats::of(&block, None);
        let bins = Bins::new(&[&block], &Settings::default(), &stats, DType::I64);
        assert_eq!((bins.start.fract().abs(), bins.width), (0.5, 1.0));
        assert_eq!(bins.count(&block, None).iter().sum::<u64>(), 5);
    }

    // np.histogram(values, bins=4) of the same values: the last bin has its upper edge.
    #[test]
    fn a_given_number_of_bins_is_cut_as_numpy_cuts() {
        let block = Values::from_shape_vec(&[1, 5], vec![0.0, 1.0, 2.0, 3.0, 4.0]).unwrap();
        let stats = Stats::of(&block, None);
        let settings = Settings { bins: Some(4), ..Settings::default() };
        let bins = Bins::new(&[&block], &settings, &stats, DType::F64);
        assert_eq!(bins.count(&block, None), [1, 1, 1, 2]);
    }

    #[test]
    fn equal_tiny_and_huge_values_have_bins_too() {
        for values in [
            vec![7.0; 10],
            vec![0.0],
            vec![f64::MIN, f64::MAX],
            vec![5e-324, 0.0],
            vec![1e15, 1e15 + 1.0],
            vec![1e300; 3],
            vec![-1e-310, 1e-310],
        ] {
            let (bins, counts) = bins(values.clone());
            assert_eq!(counts.iter().sum::<u64>(), values.len() as u64, "{values:?}");
            assert!(bins.width > 0.0 && bins.width.is_finite() && counts.len() <= 400, "{values:?}: {}", bins.width);
        }
    }
}
