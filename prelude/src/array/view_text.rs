//! The text views of arrays and datasets, after xarray's.

use super::attrs::Attrs;
use super::coord::Coord;
use super::coords::Coords;
use super::data_array::DataArray;
use super::dataset::Dataset;
use super::view_values::{brackets, bytes, preview};
use crate::lazy::read_size;
use std::fmt;

/// Longest preview of one line of values.
const PREVIEW: usize = 56;
/// Longest attribute; the rest is cut.
const ATTR: usize = 100;

impl fmt::Display for DataArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<DataArray")?;
        if let Some(name) = self.get_name() {
            write!(f, " {name:?}")?;
        }
        writeln!(f, " ({})> {}, {}", dims(&self.sizes()), self.dtype(), size(self.nbytes(), self.is_lazy()))?;
        match self.plan().as_values() {
            Some(values) => write!(f, "{}", brackets(values, 0))?,
            None => write!(f, "{}", lazily(self))?,
        }
        f.write_str(&coordinates(self.coords()))?;
        let bare: Vec<&str> =
            self.dims().iter().map(String::as_str).filter(|dim| self.index_of(dim).is_none()).collect();
        if !bare.is_empty() {
            write!(f, "\nDimensions without coordinates: {}", bare.join(", "))?;
        }
        f.write_str(&attributes(self.attrs()))
    }
}

/// The same as `Display`: in a notebook the last expression of a cell is shown with either.
impl fmt::Debug for DataArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "<Dataset> {}", size(self.nbytes(), self.is_lazy()))?;
        write!(f, "Dimensions: ({})", dims(&self.sizes()))?;
        f.write_str(&coordinates(self.coords()))?;
        write!(f, "\nArrays:")?;
        let rows = self.arrays().iter().map(|array| {
            let shown = array.plan().as_values().map_or_else(|| one_line(array), |values| preview(values, PREVIEW));
            [
                format!("    {}", array.get_name().unwrap_or_default()),
                format!("({})", array.dims().join(", ")),
                array.dtype().to_string(),
                shown,
            ]
        });
        f.write_str(&table(rows.collect()))?;
        f.write_str(&attributes(self.attrs()))
    }
}

impl fmt::Debug for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `x: 100, y: 100, time: 30`.
pub(crate) fn dims(sizes: &[(String, usize)]) -> String {
    sizes.iter().map(|(dim, len)| format!("{dim}: {len}")).collect::<Vec<_>>().join(", ")
}

/// `2.4 MB`, or `27.4 GB if loaded`.
pub(crate) fn size(count: u64, lazy: bool) -> String {
    if lazy { format!("{} if loaded", bytes(count)) } else { bytes(count) }
}

/// What there is to know of values that were not read.
fn lazily(array: &DataArray) -> String {
    let mut text = format!("lazy: .compute()? reads {}", sources(array));
    if let Some(chunk) = chunk_shape(array) {
        text.push_str(&format!("\nchunks of ({chunk})"));
    }
    text
}

/// One line on values that were not read.
pub(crate) fn one_line(array: &DataArray) -> String {
    format!("lazy, {}", sources(array))
}

/// `366 files, 27.4 GB`: what computing the array reads.
pub(crate) fn sources(array: &DataArray) -> String {
    let size = read_size(array.plan());
    match size.files {
        0 => "no file (computed from memory)".to_owned(),
        1 => format!("1 file, {}", bytes(size.bytes)),
        many => format!("{many} files, {}", bytes(size.bytes)),
    }
}

/// The lengths of the first chunk along each axis, which all but the last ones share.
pub(crate) fn chunk_shape(array: &DataArray) -> Option<String> {
    let lengths: Option<Vec<String>> =
        array.chunks().iter().map(|axis| axis.first().map(ToString::to_string)).collect();
    lengths.filter(|lengths| !lengths.is_empty()).map(|lengths| lengths.join(", "))
}

/// The lines under "Coordinates", with a line break before; nothing if there is none.
pub(crate) fn coordinates(coords: &Coords) -> String {
    if coords.is_empty() {
        return String::new();
    }
    let rows = coords.iter().map(|coord: &Coord| {
        let mark = if coord.is_index() { "  * " } else { "    " };
        let dims = if coord.dims().is_empty() { String::new() } else { format!("({})", coord.dims().join(", ")) };
        [format!("{mark}{}", coord.name()), dims, coord.dtype().to_string(), preview(&coord.shown(), PREVIEW)]
    });
    format!("\nCoordinates:{}", table(rows.collect()))
}

fn attributes(attrs: &Attrs) -> String {
    if attrs.is_empty() {
        return String::new();
    }
    let rows = attrs.iter().map(|(name, value)| {
        // Line breaks in a value would look like further attributes.
        let value: String = value.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        let cut =
            if value.chars().count() > ATTR { value.chars().take(ATTR - 1).chain(['…']).collect() } else { value };
        [format!("    {name}:"), cut, String::new(), String::new()]
    });
    format!("\nAttributes:{}", table(rows.collect()))
}

/// Rows in columns, each row after a line break.
fn table(rows: Vec<[String; 4]>) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths.iter().chain([&0])) {
            line.push_str(cell);
            if *width > 0 {
                line.push_str(&" ".repeat(width - cell.chars().count() + 1));
            }
        }
        out.push('\n');
        out.push_str(line.trim_end());
    }
    out
}
