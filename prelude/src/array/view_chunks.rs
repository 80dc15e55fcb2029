//! The picture of a lazy array: a box with the proportions of its axes, cut into the chunks that will be read.

use crate::html::escape;
use std::fmt::Write;

/// Most lines drawn along one axis; more would be a grey area.
const LINES: usize = 24;
/// Longest name beside the box, in characters.
const NAME: usize = 24;
/// Longest edge of the box in CSS pixels.
const EDGE: f64 = 150.0;

/// An axis as it is drawn: its length, and where its chunks end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    length: usize,
    ends: Vec<usize>,
}

/// The axes with the ends of their chunks, thinned to what can be told apart.
pub(crate) fn grid(shape: &[usize], chunks: &[Vec<usize>]) -> Vec<Axis> {
    let one = |(&length, chunks): (&usize, &Vec<usize>)| {
        let step = chunks.len().div_ceil(LINES).max(1);
        let mut at = 0;
        let ends = chunks.iter().map(|chunk| {
            at += chunk;
            at
        });
        let ends =
            ends.enumerate().filter(|(number, end)| (number + 1) % step == 0 && *end < length).map(|(_, end)| end);
        Axis { length, ends: ends.collect() }
    };
    shape.iter().zip(chunks).map(one).collect()
}

/// The picture of the last three axes: the last goes across, the one before down, the one before that into depth.
/// Earlier axes are named above the box. Nothing for arrays without elements.
pub(crate) fn picture(axes: &[Axis], dims: &[String]) -> String {
    if axes.is_empty() || axes.iter().any(|axis| axis.length == 0) {
        return String::new();
    }
    let flat = Axis { length: 1, ends: Vec::new() };
    let from_end = |back: usize| axes.len().checked_sub(back).map(|at| (&axes[at], dims.get(at)));
    let (across, across_name) = from_end(1).unwrap_or((&flat, None));
    let (down, down_name) = from_end(2).unwrap_or((&flat, None));
    let (deep, deep_name) = from_end(3).unwrap_or((&flat, None));
    let longest = across.length.max(down.length) as f64;
    // A long thin array keeps an edge that can be seen.
    let edge = |axis: &Axis| (axis.length as f64 / longest * EDGE).max(EDGE / 8.0);
    let (width, height) = (edge(across), edge(down));
    let depth =
        if deep_name.is_some() { (deep.length as f64 / longest * EDGE).clamp(EDGE / 6.0, EDGE / 3.0) } else { 0.0 };
    // The depth goes up and to the right, so the front face stands at the lower left.
    let before: Vec<String> = axes
        .iter()
        .zip(dims)
        .take(axes.len().saturating_sub(3))
        .map(|(axis, name)| format!("{} {}", cut_name(name), axis.length))
        .collect();
    let head = if before.is_empty() { 0.0 } else { 18.0 };
    let (left, top) = (4.0, 4.0 + head + depth);
    // About 6.5 pixels to a letter, as the names are set.
    let room = |name: Option<&String>, axis: &Axis| {
        name.map_or(8.0, |name| {
            14.0 + 6.5 * (name.chars().count().min(NAME + 1) + axis.length.to_string().len()) as f64
        })
    };
    let label = room(down_name, down).max(room(deep_name, deep) - depth / 2.0).max(8.0);
    let mut lines = String::new();
    let mut line = |x1: f64, y1: f64, x2: f64, y2: f64| {
        let _ = write!(lines, "M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}");
    };
    for &end in &across.ends {
        let x = left + end as f64 / across.length as f64 * width;
        line(x, top, x, top + height);
        line(x, top, x + depth, top - depth);
    }
    for &end in &down.ends {
        let y = top + end as f64 / down.length as f64 * height;
        line(left, y, left + width, y);
        line(left + width, y, left + width + depth, y - depth);
    }
    if depth > 0.0 {
        for &end in &deep.ends {
            let part = end as f64 / deep.length as f64 * depth;
            line(left + part, top - part, left + width + part, top - part);
            line(left + width + part, top - part, left + width + part, top + height - part);
        }
    }
    let (right, bottom, back, above) = (left + width, top + height, left + width + depth, top - depth);
    let text = |name: Option<&String>, axis: &Axis| {
        name.map(|name| format!("{} {}", cut_name(name), axis.length)).unwrap_or_default()
    };
    let mut out = format!(
        "<svg width=\"{:.0}\" height=\"{:.0}\" role=\"img\" aria-label=\"chunks\" fill=\"none\" stroke=\"currentColor\" font-size=\"11\">",
        back + label,
        bottom + 20.0
    );
    let _ = write!(out, "<path d=\"M{left} {top}H{right}V{bottom}H{left}Z\" fill=\"#e8a33d\" fill-opacity=\".55\"/>");
    if depth > 0.0 {
        let _ = write!(
            out,
            "<path d=\"M{left} {top}L{:.1} {above:.1}H{back:.1}L{right} {top}Z\" fill=\"#e8a33d\" fill-opacity=\".35\"/>\
             <path d=\"M{right} {top}L{back:.1} {above:.1}V{:.1}L{right} {bottom}Z\" fill=\"#e8a33d\" fill-opacity=\".25\"/>",
            left + depth,
            bottom - depth
        );
    }
    let _ = write!(
        out,
        "<path d=\"{lines}\" stroke-opacity=\".35\" stroke-width=\".7\"/><g stroke=\"none\" fill=\"currentColor\">"
    );
    let _ = write!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
        (left + right) / 2.0,
        bottom + 14.0,
        text(across_name, across)
    );
    let _ = write!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        back + 6.0,
        above + height / 2.0 + 4.0,
        text(down_name, down)
    );
    if !before.is_empty() {
        let _ = write!(out, "<text x=\"{left}\" y=\"14\">{} ×</text>", before.join(" × "));
    }
    if depth > 0.0 {
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            right + depth / 2.0 + 8.0,
            bottom - depth / 2.0 + 12.0,
            text(deep_name, deep)
        );
    }
    out.push_str("</g></svg>");
    out
}

/// A name that leaves room for the box; what is cut stands in the head of the view.
fn cut_name(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        Some((end, _)) => escape(&name[..end]) + "…",
        None => escape(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_chunks_are_thinned_and_the_outer_edge_is_not_a_cut() {
        let axes = grid(&[366, 10], &[vec![1; 366], vec![4, 4, 2]]);
        assert!(axes[0].ends.len() <= LINES && axes[0].ends.iter().all(|&end| end < 366));
        assert_eq!(axes[1].ends, [4, 8]);
    }

    #[test]
    fn names_of_dimensions_are_escaped_and_empty_arrays_have_no_picture() {
        let dims: Vec<String> = ["<b>", "y", "x"].map(String::from).to_vec();
        let picture = picture(&grid(&[3, 4, 5], &[vec![1; 3], vec![4], vec![5]]), &dims);
        assert!(picture.contains("&lt;b&gt; 3") && !picture.contains("<b>"));
        assert_eq!(super::picture(&grid(&[0], &[vec![]]), &dims), "");
    }
}
