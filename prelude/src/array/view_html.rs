//! The HTML views of arrays and datasets, after xarray's: what has more to show folds out.
//!
//! Each view is self-contained: its style is scoped under one class, folding is plain `<details>`, and
//! colours come from JupyterLab's theme where there is one. All text from outside is escaped.

use super::attrs::Attrs;
use super::coords::Coords;
use super::data_array::DataArray;
use super::dataset::Dataset;
use super::view_chunks::{grid, picture};
use super::view_text::{chunk_shape, one_line, size, sources};
use super::view_values::{brackets, bytes, preview};
use crate::display::{MimeBundle, Show, impl_show};
use crate::html::escape;
use crate::values::Values;
use std::fmt::Write;

const STYLE: &str = include_str!("view_html.css");
/// Longest preview in a row, in characters; what does not fit the column is cut by the style.
const PREVIEW: usize = 64;
/// Longest name and longest attribute, in characters: some files carry their whole history.
const NAME: usize = 120;
const ATTR: usize = 4000;
/// Longest list of folded-out values, in elements.
const LISTED: usize = 2000;

impl Show for DataArray {
    fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text(self.to_string()).with("text/html", array(self))
    }
}

impl Show for Dataset {
    fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text(self.to_string()).with("text/html", dataset(self))
    }
}

impl_show!(DataArray);
impl_show!(Dataset);

fn array(array: &DataArray) -> String {
    let name = array
        .get_name()
        .map(|name| format!(" <span class=\"iso-name\">{}</span>", cut(name, NAME)))
        .unwrap_or_default();
    let labelled = |dim: &str| array.index_of(dim).is_some();
    let mut out = format!(
        "<div class=\"iso-array\"><style>{STYLE}</style><div class=\"iso-head\"><span class=\"iso-kind\">DataArray</span>{name}{}<span class=\"iso-size\">{}, {}</span></div>",
        dims(&array.sizes(), labelled),
        array.dtype(),
        size(array.nbytes(), array.is_lazy())
    );
    match array.plan().as_values() {
        Some(values) => values_section(&mut out, values),
        None => lazy_section(&mut out, array),
    }
    coords_section(&mut out, array.coords());
    attrs_section(&mut out, array.attrs());
    out.push_str("</div>");
    out
}

fn dataset(ds: &Dataset) -> String {
    let labelled = |dim: &str| ds.coords().get(dim).is_some_and(|coord| coord.is_index());
    let mut out = format!(
        "<div class=\"iso-array\"><style>{STYLE}</style><div class=\"iso-head\"><span class=\"iso-kind\">Dataset</span>{}<span class=\"iso-size\">{}</span></div>",
        dims(&ds.sizes(), labelled),
        size(ds.nbytes(), ds.is_lazy())
    );
    coords_section(&mut out, ds.coords());
    let rows: Vec<String> = ds.arrays().iter().map(variable).collect();
    section(&mut out, "Arrays", rows.len(), &rows.concat());
    attrs_section(&mut out, ds.attrs());
    out.push_str("</div>");
    out
}

/// `(x: 100, y: 100)`; dimensions that have labels stand out.
fn dims(sizes: &[(String, usize)], labelled: impl Fn(&str) -> bool) -> String {
    let one = |(dim, len): &(String, usize)| {
        let class = if labelled(dim) { " class=\"iso-index\"" } else { "" };
        format!("<span{class}>{}</span>: {len}", cut(dim, NAME))
    };
    format!("<span class=\"iso-dims\">({})</span>", sizes.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn values_section(out: &mut String, values: &Values) {
    // A number is its own preview, and few numbers need no folding.
    let open = if values.ndim() > 0 { " open" } else { "" };
    let line = preview(values, PREVIEW + 16);
    let text = brackets(values, 0);
    let _ = write!(
        out,
        "<details class=\"iso-values\"{open}><summary><span class=\"iso-label\">Values</span><span class=\"iso-line\">{}</span></summary><pre>{}</pre></details>",
        escape(&line),
        escape(&text)
    );
}

fn lazy_section(out: &mut String, array: &DataArray) {
    let _ = write!(
        out,
        "<details class=\"iso-values\" open><summary><span class=\"iso-label\">Lazy</span><span class=\"iso-line\">nothing is read before .compute()?</span></summary>{}</details>",
        lazy_table(array)
    );
}

/// What computing a lazy array takes, beside the picture of its chunks.
fn lazy_table(array: &DataArray) -> String {
    let chunks = array.chunks();
    let mut rows = vec![("Size", format!("{} if loaded", bytes(array.nbytes()))), ("Reads", sources(array))];
    let number = crate::values::count(&chunks.iter().map(Vec::len).collect::<Vec<_>>());
    if let Some(shape) = chunk_shape(array) {
        let share = number.max(1) as u64;
        rows.push(("Chunks", format!("{number} of ({shape}), about {} each", bytes(array.nbytes().div_ceil(share)))));
    }
    rows.push(("Memory", format!("about {} to compute", bytes(array.memory_estimate()))));
    let rows: String =
        rows.iter().map(|(name, text)| format!("<tr><th>{name}</th><td>{}</td></tr>", escape(text))).collect();
    format!(
        "<div class=\"iso-lazy\"><table>{rows}</table>{}</div>",
        picture(&grid(array.shape(), &chunks), array.dims())
    )
}

fn coords_section(out: &mut String, coords: &Coords) {
    if coords.is_empty() {
        return;
    }
    let rows: String = coords
        .iter()
        .map(|coord| {
            let class = if coord.is_index() { "iso-index" } else { "" };
            let shown = coord.shown();
            let line = preview(&shown, PREVIEW);
            row(
                coord.name(),
                class,
                coord.dims(),
                &coord.dtype().to_string(),
                &line,
                &details(coord.attrs(), Some(&shown), shown.len() == coord.len()),
            )
        })
        .collect();
    section(out, "Coordinates", coords.len(), &rows);
}

fn variable(array: &DataArray) -> String {
    let values = array.plan().as_values();
    let line = values.map_or_else(|| one_line(array), |values| preview(values, PREVIEW));
    row(
        array.get_name().unwrap_or_default(),
        "",
        array.dims(),
        array.dtype().name(),
        &line,
        &if array.is_lazy() {
            attrs_table(array.attrs()) + &lazy_table(array)
        } else {
            details(array.attrs(), values, true)
        },
    )
}

/// What folds out under a row. `all`: the values are all there are, and not only those at the ends.
fn details(attrs: &Attrs, values: Option<&Values>, all: bool) -> String {
    let text = values.map(|values| {
        let whole = all && values.ndim() == 1 && values.len() <= LISTED;
        let text = if whole { preview(values, usize::MAX / 4) } else { brackets(values, 0) };
        format!("<pre class=\"{}\">{}</pre>", if whole { "iso-wrap" } else { "" }, escape(&text))
    });
    attrs_table(attrs) + &text.unwrap_or_default()
}

fn row(name: &str, class: &str, dims: &[String], dtype: &str, line: &str, details: &str) -> String {
    let dims = if dims.is_empty() { String::new() } else { format!("({})", dims.join(", ")) };
    format!(
        "<details class=\"iso-row\"><summary><span class=\"iso-var {class}\" title=\"{0}\">{0}</span><span title=\"{1}\">{1}</span><span class=\"iso-type\">{2}</span><span class=\"iso-line\">{3}</span></summary>{details}</details>",
        cut(name, NAME),
        cut(&dims, NAME),
        escape(dtype),
        escape(line)
    )
}

fn attrs_section(out: &mut String, attrs: &Attrs) {
    if !attrs.is_empty() {
        section(out, "Attributes", attrs.len(), &attrs_table(attrs));
    }
}

fn attrs_table(attrs: &Attrs) -> String {
    if attrs.is_empty() {
        return String::new();
    }
    let rows: String = attrs
        .iter()
        .map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>", cut(name, NAME), cut(&value.to_string(), ATTR)))
        .collect();
    format!("<dl>{rows}</dl>")
}

fn section(out: &mut String, title: &str, count: usize, body: &str) {
    let open = if count <= 12 { " open" } else { "" };
    let _ = write!(
        out,
        "<details class=\"iso-section\"{open}><summary><span class=\"iso-label\">{title}</span> <span class=\"iso-count\">({count})</span></summary>{body}</details>"
    );
}

/// [`escape`] of the first `most` characters; what is left out is counted.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}… ({} characters)", escape(&text[..end]), text.chars().count()),
        None => escape(text),
    }
}
