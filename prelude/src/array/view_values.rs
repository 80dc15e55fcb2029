//! Values as text, cut to what a reader can take in: nested brackets, and one-line previews.

use crate::html::is_unseen;
use crate::time::Resolution;
use crate::values::{Text, Values, each};

/// Arrays up to this many elements are shown in full.
const FULL: usize = 200;
/// Columns after which a row of brackets continues on the next line.
const WIDTH: usize = 88;
/// Letters of one text in nested brackets, and in a preview.
const LONG_TEXT: usize = 40;
const SHORT_TEXT: usize = 24;

/// The values in nested brackets, the middle of long axes elided; `indent` columns stand before each line but the first.
pub(crate) fn brackets(values: &Values, indent: usize) -> String {
    let shape = values.shape();
    if shape.contains(&0) {
        return format!("[] (shape {shape:?})");
    }
    let edge = match shape.len() {
        0..3 => 3,
        3 => 2,
        _ => 1,
    };
    let full = values.len() <= FULL;
    let shown: Vec<Vec<Option<usize>>> =
        shape.iter().map(|&len| if full { all(len) } else { ends(len, edge) }).collect();
    let mut positions = vec![Vec::new()];
    for axis in &shown {
        let kept: Vec<usize> = axis.iter().flatten().copied().collect();
        positions =
            positions.iter().flat_map(|head| kept.iter().map(move |at| [head.as_slice(), &[*at]].concat())).collect();
    }
    let mut cells = Cells::new(values, &positions).texts.into_iter();
    let mut out = String::new();
    nest(&mut out, &shown, &mut cells, indent, 1);
    out
}

fn nest(
    out: &mut String,
    axes: &[Vec<Option<usize>>],
    cells: &mut impl Iterator<Item = String>,
    indent: usize,
    depth: usize,
) {
    let Some((axis, inner)) = axes.split_first() else {
        out.push_str(cells.next().unwrap_or_default().trim());
        return;
    };
    out.push('[');
    let margin = " ".repeat(indent + depth);
    let mut column = indent + depth;
    for (number, position) in axis.iter().enumerate() {
        if inner.is_empty() {
            let text = position.map_or("...".into(), |_| cells.next().unwrap_or_default());
            if number > 0 {
                let wrap = column + letters(&text) + 2 > WIDTH;
                out.push_str(if wrap { ",\n" } else { ", " });
                if wrap {
                    out.push_str(&margin);
                }
                column = if wrap { indent + depth } else { column + 2 };
            }
            column += letters(&text);
            out.push_str(&text);
            continue;
        }
        if number > 0 {
            // A blank line between matrices, as NumPy prints them.
            out.push_str(",\n");
            out.push_str(&"\n".repeat(inner.len() - 1));
            out.push_str(&margin);
        }
        match position {
            Some(_) => nest(out, inner, cells, indent, depth + 1),
            None => out.push_str("..."),
        }
    }
    out.push(']');
}

fn all(len: usize) -> Vec<Option<usize>> {
    (0..len).map(Some).collect()
}

/// The first and last positions; `None` stands for what is between.
fn ends(len: usize, edge: usize) -> Vec<Option<usize>> {
    if len <= 2 * edge {
        return all(len);
    }
    (0..edge).map(Some).chain([None]).chain((len - edge..len).map(Some)).collect()
}

/// One line of at most `width` characters: `1 2 3 4 ... 97 98 99 100`.
pub(crate) fn preview(values: &Values, width: usize) -> String {
    let len = values.len();
    let at = |number: usize| -> Vec<usize> {
        let mut rest = number;
        let mut position: Vec<usize> = values
            .shape()
            .iter()
            .rev()
            .map(|&len| {
                let at = rest % len;
                rest /= len;
                at
            })
            .collect();
        position.reverse();
        position
    };
    // No element is shorter than one character and a space; so this many from either end are enough.
    let most = width / 2 + 1;
    let (head, tail): (Vec<usize>, Vec<usize>) = if len <= 2 * most {
        ((0..len).collect(), Vec::new())
    } else {
        ((0..most).collect(), (len - most..len).collect())
    };
    let positions: Vec<Vec<usize>> = head.iter().chain(&tail).map(|&number| at(number)).collect();
    let texts: Vec<String> = Cells::short(values, &positions).texts;
    let line = texts.join(" ");
    if tail.is_empty() && line.chars().count() <= width {
        return line;
    }
    let (mut first, mut last): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut room = width.saturating_sub(3);
    for pair in 0..texts.len() / 2 {
        let (front, back) = (&texts[pair], &texts[texts.len() - 1 - pair]);
        for (side, text) in [(&mut first, front), (&mut last, back)] {
            // Both ends show at least one element, however narrow the column is.
            if room > letters(text) || side.is_empty() {
                room = room.saturating_sub(letters(text) + 1);
                side.push(text);
            } else {
                room = 0;
            }
        }
    }
    last.reverse();
    format!("{} ... {}", first.join(" "), last.join(" "))
}

/// The texts of chosen elements.
struct Cells {
    texts: Vec<String>,
}

impl Cells {
    /// Aligned in columns.
    fn new(values: &Values, positions: &[Vec<usize>]) -> Self {
        let mut cells = Self::read(values, positions, 6);
        let decimals = |text: &str| text.find('.').map_or(0, |dot| text.len() - dot);
        if values.dtype().is_float() {
            let widest = cells.texts.iter().map(|text| decimals(text)).max().unwrap_or(0);
            for text in cells.texts.iter_mut().filter(|text| text.contains('.')) {
                text.push_str(&" ".repeat(widest - decimals(text)));
            }
        }
        // Numbers line up at their right; texts stand as they are, as NumPy prints them.
        let lines_up = !matches!(values, Values::Text(_));
        let width = if lines_up { cells.texts.iter().map(String::len).max().unwrap_or(0) } else { 0 };
        for text in &mut cells.texts {
            *text = format!("{text:>width$}");
        }
        cells
    }

    /// Unaligned, with few digits.
    fn short(values: &Values, positions: &[Vec<usize>]) -> Self {
        Self::read(values, positions, 4)
    }

    fn read(values: &Values, positions: &[Vec<usize>], digits: usize) -> Self {
        macro_rules! texts {
            ($array:expr, $text:expr) => {
                positions.iter().map(|at| $array.get(at.as_slice()).map_or_else(String::new, $text)).collect()
            };
        }
        let texts: Vec<String> = match values {
            Values::F32(a) => {
                floats(positions.iter().filter_map(|at| a.get(at.as_slice()).map(|&v| f64::from(v))).collect(), digits)
            }
            Values::F64(a) => floats(positions.iter().filter_map(|at| a.get(at.as_slice()).copied()).collect(), digits),
            Values::Text(a) => texts!(a, |v| quoted(*v, if digits < 6 { SHORT_TEXT } else { LONG_TEXT })),
            dates if let Some((kind, a)) = dates.dates() => {
                let dates: Vec<i64> = positions.iter().filter_map(|at| a.get(at.as_slice()).copied()).collect();
                let there = || dates.iter().filter(|&&date| date != i64::MIN);
                let only_days = there().all(|&date| kind.resolution(date) == Resolution::Day);
                let text = |&date: &i64| if only_days { kind.text(date) } else { kind.text_with_time(date) };
                dates.iter().map(text).collect()
            }
            whole_numbers_and_bool => each!(whole_numbers_and_bool, a => texts!(a, |v| v.to_string())),
        };
        Self { texts }
    }
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

/// `'Bern'`, on one line whatever it contains; a long text is cut.
fn quoted(text: Text, most: usize) -> String {
    let Some(text) = text.as_str() else { return "nan".to_owned() };
    let mut letters = text.chars();
    let cut: String = letters.by_ref().take(most).collect();
    let more = if letters.next().is_some() { "…" } else { "" };
    // Line breaks and control characters would break the table.
    let breaks = |letter: char| is_unseen(letter) || letter.is_control();
    let cut: String = cut.chars().map(|c| if breaks(c) { c.escape_default().to_string() } else { c.into() }).collect();
    format!("'{cut}{more}'")
}

/// Floats with at most `digits` decimals (`digits` significant ones where all are tiny or huge), no trailing zeros.
fn floats(numbers: Vec<f64>, digits: usize) -> Vec<String> {
    let sizes = || numbers.iter().map(|v| v.abs()).filter(|v| v.is_finite() && *v > 0.0);
    let (largest, smallest) = (sizes().fold(0.0, f64::max), sizes().fold(f64::INFINITY, f64::min));
    let powers = largest >= 1e8 || smallest < 1e-4;
    let text = |number: &f64| match number {
        number if number.is_nan() => "nan".to_owned(),
        number if number.is_infinite() => if *number > 0.0 { "inf" } else { "-inf" }.to_owned(),
        number if powers => format!("{number:.*e}", digits - 1),
        number => {
            // In previews the digits before the point count too, as in xarray's `-179.9`.
            let whole =
                if digits < 6 { number.abs().log10().floor().clamp(0.0, digits as f64 - 1.0) as usize + 1 } else { 0 };
            let text = format!("{number:.*}", digits.saturating_sub(whole));
            match text.contains('.') {
                true => {
                    let text = text.trim_end_matches('0').to_owned();
                    if text.ends_with('.') { text + "0" } else { text }
                }
                false => text + ".0",
            }
        }
    };
    numbers.iter().map(text).collect()
}

/// `79.2 kB`, in powers of 1000 as xarray counts.
pub(crate) fn bytes(count: u64) -> String {
    let mut number = count as f64;
    let mut unit = "B";
    for larger in ["kB", "MB", "GB", "TB", "PB"] {
        if number < 999.5 {
            break;
        }
        number /= 1000.0;
        unit = larger;
    }
    if unit == "B" || number >= 99.95 { format!("{number:.0} {unit}") } else { format!("{number:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array, array};

    #[test]
    fn small_arrays_are_shown_in_full_and_line_up() {
        let values = Values::from(array![[1.0, 2.25], [-10.0, f64::NAN]]);
        assert_eq!(brackets(&values, 0), "[[  1.0 ,   2.25],\n [-10.0 ,    nan]]");
        assert_eq!(brackets(&Values::from(array![[true], [false]]), 2), "[[ true],\n   [false]]");
        assert_eq!(brackets(&Values::from(5i64), 0), "5");
    }

    #[test]
    fn the_middle_of_a_cube_is_elided() {
        let cube = Values::from(Array::from_shape_fn((100, 100, 30), |(i, j, k)| (i * 3000 + j * 30 + k) as i64));
        let text = brackets(&cube, 0);
        assert!(text.starts_with("[[[     0,      1, ...,     28,     29],\n  ["), "{text}");
        assert_eq!((text.matches("...").count(), text.lines().count()), (21, 25));
    }

    #[test]
    fn previews_keep_both_ends() {
        assert_eq!(preview(&Values::from((1..=100).collect::<Vec<i64>>()), 30), "1 2 3 4 5 ... 96 97 98 99 100");
        assert_eq!(preview(&Values::from(vec![-179.975, 0.0, 179.975]), 30), "-180.0 0.0 180.0");
        assert_eq!(preview(&Values::from(Vec::<f64>::new()), 30), "");
        let days = Values::from(crate::time::date_range("2016-01-01", 366).unwrap());
        assert_eq!(preview(&days, 30), "2016-01-01 ... 2016-12-31");
    }

    #[test]
    fn tiny_and_huge_numbers_are_written_with_powers() {
        assert_eq!(preview(&Values::from(vec![1e-9, 2e-9]), 30), "1.000e-9 2.000e-9");
        assert_eq!(preview(&Values::from(vec![3e12]), 30), "3.000e12");
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!([bytes(800), bytes(2_400_000), bytes(27_406_080_000)], ["800 B", "2.4 MB", "27.4 GB"]);
    }
}
