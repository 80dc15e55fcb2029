//! Small arrays as tables: CSV files that a spreadsheet, pandas or R opens.

use crate::array::{Coords, DataArray, Dataset, bytes, same_values, spread};
use crate::cancel;
use crate::disk::Temporary;
use crate::geo::SPATIAL_REF;
use crate::lazy::Plan;
use crate::lazy::sink::{self, Layout, Sink};
use crate::parallel::Progress;
use crate::values::Values;
use crate::{Error, ErrorKind, Result};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::Path;

/// Cells of the largest table that is written: what a spreadsheet opens, and then some.
const CELLS: usize = 10_000_000;
/// Bytes that a cell takes in the file, roughly.
const CELL_BYTES: u64 = 8;

impl DataArray {
    /// Writes the array as a CSV table; a lazy one is computed as its rows are written.
    ///
    /// Two dimensions make a wide table: a row per label of the first, a column per label of the second. Any other
    /// number makes a long one: a row per element, with a column for each dimension, each other coordinate and the
    /// values. Labels are positions where a dimension has none. Dates are ISO 8601, missing values empty. (For a long
    /// table of two dimensions write a dataset: `merge([&da])?.to_csv(path)?`.)
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let rain = DataArray::new(vec![1.5, 0.0], "station")?.name("rain").coord("station", ["Bern", "Basel"])?;
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let path = folder.path().join("rain.csv");
    /// rain.to_csv(&path)?;
    /// assert_eq!(std::fs::read_to_string(&path).expect("written"), "station,rain\nBern,1.5\nBasel,0.0\n");
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the table would have more than ten million cells, when the file cannot be written, and as for
    /// [`compute`](Self::compute).
    pub fn to_csv(&self, path: impl AsRef<Path>) -> Result<()> {
        save_array(self, path.as_ref()).map_err(|error| error.context("to_csv"))
    }
}

impl Dataset {
    /// Writes the arrays as one long CSV table: a row per combination of labels, with a column for each dimension, each
    /// other coordinate and each array. Arrays that lack a dimension repeat along it. See [`DataArray::to_csv`].
    ///
    /// # Errors
    /// As for [`DataArray::to_csv`].
    pub fn to_csv(&self, path: impl AsRef<Path>) -> Result<()> {
        let arrays: Vec<(&str, &DataArray)> =
            self.arrays().iter().map(|array| (array.get_name().unwrap_or_default(), array)).collect();
        save_long(&self.sizes(), self.coords(), &arrays, path.as_ref()).map_err(|error| error.context("to_csv"))
    }
}

fn save_array(array: &DataArray, path: &Path) -> Result<()> {
    let [rows, columns] = *array.shape() else {
        let coord = array.get_name().and_then(|name| array.coords().get(name));
        let itself = coord
            .is_some_and(|coord| array.plan().as_values().is_some_and(|values| same_values(coord.values(), values)));
        let free = |name: &&str| itself || (array.axis_of(name).is_none() && coord.is_none());
        let name = array.get_name().filter(free).unwrap_or("value");
        return save_long(&array.sizes(), array.coords(), &[(name, array)], path);
    };
    admit(rows, columns.saturating_add(1))?;
    let file = Temporary::beside(path)?;
    let plan = array.plan().settled()?;
    let [down, across] = [0, 1].map(|axis| labels(&array.sizes()[axis], array.coords()));
    let head = std::iter::once(Some(array.dims()[0].clone())).chain(across.texts()).collect();
    write(file, path, head, &[plan], Box::new(down.texts()), vec![1, columns])
}

fn save_long(sizes: &[(String, usize)], coords: &Coords, arrays: &[(&str, &DataArray)], path: &Path) -> Result<()> {
    let (dims, shape): (Vec<String>, Vec<usize>) = sizes.iter().cloned().unzip();
    let index = |name: &str| dims.iter().any(|dim| dim == name);
    // What carries the CRS says nothing as a number.
    let others: Vec<&str> = coords.names().filter(|name| !index(name) && *name != SPATIAL_REF).collect();
    // An array of the labels themselves is a column already.
    let arrays: Vec<&(&str, &DataArray)> =
        arrays.iter().filter(|(name, _)| !index(name) && !others.contains(name)).collect();
    let rows = shape.iter().fold(1usize, |rows, len| rows.saturating_mul(*len));
    admit(rows, dims.len() + others.len() + arrays.len())?;
    // Before anything is computed: a folder that is not there is said at once.
    let file = Temporary::beside(path)?;
    let mut names: Vec<&str> = Vec::new();
    let mut columns: Vec<Plan> = Vec::new();
    for size in sizes {
        names.push(&size.0);
        let own = DataArray::new(labels(size, coords), size.0.as_str())?;
        columns.push(repeated(&own, &dims, &shape)?);
    }
    for name in others {
        names.push(name);
        columns.push(repeated(coords.view(name)?, &dims, &shape)?);
    }
    for (name, array) in arrays {
        names.push(name);
        columns.push(repeated(array, &dims, &shape)?);
    }
    let head = names.iter().map(|name| Some((*name).to_owned())).collect();
    write(file, path, head, &columns, Box::new(std::iter::empty()), vec![1; shape.len()])
}

/// Labels of a dimension; positions where it has none.
fn labels((dim, len): &(String, usize), coords: &Coords) -> Values {
    match coords.get(dim).filter(|coord| coord.is_index()) {
        Some(coord) => coord.values().clone(),
        None => Values::from((0..*len as i64).collect::<Vec<i64>>()),
    }
}

/// The values over all dimensions, reductions computed.
fn repeated(array: &DataArray, dims: &[String], shape: &[usize]) -> Result<Plan> {
    let plan = spread(array, dims)?;
    let plan = (plan.ndim()..dims.len()).fold(plan, |plan: Plan, _| plan.insert_axis(0));
    plan.settled()?.broadcast_to(shape)
}

fn admit(rows: usize, columns: usize) -> Result<()> {
    let cells = rows.saturating_mul(columns);
    if cells <= CELLS {
        return Ok(());
    }
    let size = bytes((cells as u64).saturating_mul(CELL_BYTES));
    let message = format!(
        "the table would have {rows} rows and {columns} columns, about {size} of text; select or average first, \
         for example .mean([\"y\", \"x\"])?, or write an array file such as to_netcdf"
    );
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

/// Calls `next` once for each row, and ends with an error soon after Stop.
fn each_row(rows: usize, stopped: &dyn Fn() -> bool, next: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
    /// Rows between two questions: writing them takes less than a blink.
    const UNASKED: usize = 256;
    for at in 0..rows {
        if at % UNASKED == 0 && stopped() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        next()?;
    }
    Ok(())
}

/// The first cell of each row, or none where all cells are values.
type Labels<'a> = Box<dyn Iterator<Item = Option<String>> + 'a>;

/// A table that is being written.
struct Table<'a> {
    out: BufWriter<File>,
    path: &'a Path,
    /// A row of the values, as a window: whole rows are written.
    row: Vec<usize>,
    labels: Labels<'a>,
}

impl Sink for Table<'_> {
    fn layout(&self) -> Layout {
        Layout { block: self.row.clone(), takes_parts: false, is_in_order: true }
    }

    fn put(&mut self, window: &[Range<usize>], values: Vec<Values>) -> Result<()> {
        let each: usize = self.row.iter().product();
        let rows = window.iter().map(Range::len).product::<usize>() / each.max(1);
        let mut cells: Vec<_> = values.iter().map(Values::texts).collect();
        let (out, labels) = (&mut self.out, &mut self.labels);
        let written = each_row(rows, &cancel::is_cancelled, &mut || {
            let label = labels.next();
            row(out, label.into_iter().chain(cells.iter_mut().flat_map(|cells| cells.by_ref().take(each))))
        });
        written.map_err(|error| not_written(self.path, error))
    }
}

/// Unless it was stopped.
fn not_written(path: &Path, error: io::Error) -> Error {
    match cancel::check() {
        Err(stopped) => stopped,
        Ok(()) => Error::with_source(ErrorKind::Io, format!("{} could not be written", path.display()), error),
    }
}

/// Writes the rows of `columns`, which have one shape, below `head`. The file takes its name only when it is complete.
fn write(
    temporary: Temporary,
    path: &Path,
    head: Vec<Option<String>>,
    columns: &[Plan],
    labels: Labels<'_>,
    each: Vec<usize>,
) -> Result<()> {
    let failed = |error| not_written(path, error);
    let mut out = BufWriter::new(File::create(temporary.path()).map_err(failed)?);
    row(&mut out, head.into_iter()).map_err(failed)?;
    let mut table = Table { out, path, row: each, labels };
    let windows = sink::windows(columns, &table.layout());
    let progress = Progress::new("writing", windows.len()).unit("windows");
    let here = progress.enter();
    sink::write_into(columns, &windows, &mut table, &Ok, &|| progress.step(1))?;
    drop(here);
    progress.finish();
    // A table without columns has its rows all the same.
    for label in table.labels.by_ref() {
        row(&mut table.out, std::iter::once(label)).map_err(failed)?;
    }
    table.out.flush().map_err(failed)?;
    temporary.take_name(path)
}

fn row(out: &mut dyn Write, cells: impl Iterator<Item = Option<String>>) -> io::Result<()> {
    for (number, cell) in cells.enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        match cell {
            None => {}
            Some(text) => out.write_all(quoted(&text).as_bytes())?,
        }
    }
    out.write_all(b"\n")
}

/// RFC 4180: quotes around what would be read as something else, and doubled within.
fn quoted(text: &str) -> std::borrow::Cow<'_, str> {
    let special = text.is_empty() || text.contains([',', '"', '\n', '\r']) || text.trim() != text;
    if special { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::DataArray;

    #[test]
    fn stop_ends_a_table_in_its_middle() {
        let (asked, written) = (std::cell::Cell::new(0), std::cell::Cell::new(0usize));
        let stopped = || {
            asked.set(asked.get() + 1);
            asked.get() > 3
        };
        let mut next = || {
            written.set(written.get() + 1);
            Ok(())
        };
        let error = each_row(1_000_000, &stopped, &mut next).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
        assert!((1..10_000).contains(&written.get()), "{} rows", written.get());
    }

    #[test]
    fn a_table_that_cannot_be_written_is_refused_before_it_is_computed() {
        let folder = tempfile::tempdir().unwrap();
        // Computing this is an error: an integer to the power of -1.
        let power = DataArray::new(vec![-1i64], "x").unwrap().chunk([("x", 1)]).unwrap();
        let lazy = DataArray::new(vec![2i64], "x").unwrap().pow(&power).unwrap().name("p");
        let path = folder.path().join("no").join("table.csv");
        let wide = lazy.expand_dims("y").unwrap();
        for error in [lazy.to_csv(&path), wide.to_csv(&path), crate::array::merge([&lazy]).unwrap().to_csv(&path)] {
            let text = error.unwrap_err().to_string();
            assert!(text.contains("there is no folder") && text.contains("make it first"), "{text}");
        }
        assert!(lazy.to_csv(folder.path().join("a.csv")).unwrap_err().to_string().contains("power"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
    }
}
