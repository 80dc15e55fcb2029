//! Statistics of areas: one value for each polygon, from the pixels in it.

use super::clip::Place;
use super::planes::Planes;
use crate::array::Operation;
use crate::array::{Coord, DataArray, reductions};
use crate::cancel;
use crate::geo::{IntoPolygons, Polygons};
use crate::lazy::written::{SourceForm, SourceReader, Word};
use crate::lazy::{Plan, ReduceOp, ReduceOptions, Source};
use crate::values::{DType, Values, typed};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;
use std::sync::Arc;

/// Rows of a plane that are looked at together, in bytes.
const SLAB_BYTES: usize = 8 << 20;

/// An array and areas on it, see [`DataArray::zonal`].
#[derive(Debug, Clone)]
pub struct Zonal {
    array: DataArray,
    polygons: Polygons,
    all_touched: bool,
}

impl DataArray {
    /// The areas of which to compute statistics: `da.zonal(&polygons)?.mean()?` has a dimension `zone`, labelled by the
    /// names of the areas, in place of the two of the map. Other dimensions stay: a year of files gives a
    /// mean for each day and zone.
    ///
    /// A pixel belongs to a zone if its centre lies in it, and to each of several that overlap, wherever the longitudes of the
    /// array and of the areas are counted from. A lazy array stays lazy:
    /// each file is read once for all zones, and only the rows and columns that they cover.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(ndarray::array![[1.0, 2.0], [3.0, 4.0]], ["y", "x"])?
    ///     .coord("y", [1.5, 0.5])?.coord("x", [0.5, 1.5])?;
    /// let left = r#"{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 2], [0, 2], [0, 0]]]}"#;
    /// assert_eq!(da.zonal(left)?.mean()?.to_vec::<f64>()?, [2.0]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the polygons are not GeoJSON, or the array has no evenly spaced coordinates.
    pub fn zonal(&self, polygons: impl IntoPolygons) -> Result<Zonal> {
        Place::of(self, "zonal")?;
        Ok(Zonal { array: self.clone(), polygons: polygons.into_polygons()?, all_touched: false })
    }
}

reductions! { numbers of_parts {Zonal, DataArray, "DataArray::new(ndarray::array![[1.0, f64::NAN, 3.0], [1.0, f64::NAN, 3.0]], [\"y\", \"x\"])?.coord(\"y\", [1.5, 0.5])?.coord(\"x\", [0.5, 1.5, 2.5])?.zonal(r#\"{\"type\": \"Polygon\", \"coordinates\": [[[0, 0], [3, 0], [3, 1], [0, 1], [0, 0]]]}\"#)?", "", "Of each zone."} }
reductions! { truths of_parts {Zonal, DataArray, "DataArray::new(ndarray::array![[1.0, f64::NAN, 3.0], [1.0, f64::NAN, 3.0]], [\"y\", \"x\"])?.coord(\"y\", [1.5, 0.5])?.coord(\"x\", [0.5, 1.5, 2.5])?.zonal(r#\"{\"type\": \"Polygon\", \"coordinates\": [[[0, 0], [3, 0], [3, 1], [0, 1], [0, 0]]]}\"#)?", "", "Of each zone."} }

impl Zonal {
    /// Counts every pixel that a zone touches, not only those whose centre lies in it.
    #[must_use]
    pub fn all_touched(mut self) -> Self {
        self.all_touched = true;
        self
    }

    /// `op` of each zone, with options such as `ddof`.
    ///
    /// # Errors
    /// As [`mean`](Self::mean).
    pub fn reduce(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        self.reduce_own(op, options)
    }

    fn reduce_own(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        let planes = Planes::of(&self.array, "zonal")?;
        let spans = Arc::new(self.spans()?);
        let few = spans.zones.iter().any(Vec::is_empty);
        // The smallest of nothing is NaN, which integers have not.
        let own = planes.array.dtype();
        let wide = if few && matches!(op, ReduceOp::Min | ReduceOp::Max) { own.with_missing() } else { own };
        let dtype = Plan::memory(one(wide)).reduce(op, &[0], options)?.dtype();
        let zones = spans.zones.len();
        let of_plane = |plane: &Plan| {
            Plan::source(ZonesOfPlane {
                input: plane.cast(wide),
                spans: spans.clone(),
                op,
                options,
                dtype,
                shape: [zones],
            })
        };
        let results = planes.planes.iter().map(of_plane).collect();
        let names = Coord::from(self.polygons.names().to_vec());
        let array = planes.rebuild(Operation::Reduce, results, &["zone"], Vec::new())?.coord("zone", names)?;
        if planes.lazy { Ok(array) } else { array.compute() }
    }

    fn spans(&self) -> Result<Spans> {
        let place = Place::of(&self.array, "zonal")?;
        let crs = self.array.find_crs()?;
        let mut zones = Vec::with_capacity(self.polygons.len());
        for area in self.polygons.geometries(crs.as_ref())? {
            cancel::check()?;
            let mut spans = Vec::new();
            for (_, cover) in place.covers(std::slice::from_ref(&area), self.all_touched)? {
                for (row, line) in cover.mask.rows().into_iter().enumerate() {
                    let mut at = 0;
                    while let Some(start) = (at..line.len()).find(|&column| line[column]) {
                        let end = (start..line.len()).find(|&column| !line[column]).unwrap_or(line.len());
                        let columns = cover.columns.start + start..cover.columns.start + end;
                        spans.push(Span { row: cover.rows.start + row, columns });
                        at = end;
                    }
                }
            }
            zones.push(merged(spans));
        }
        if zones.iter().all(Vec::is_empty) {
            let message =
                format!("zonal: no pixel has its centre in any zone; the array covers {}", place.grid.extent());
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        Ok(Spans::new(zones))
    }
}

/// Spans from the top down and from left to right, none of which has a pixel of another.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.row, span.columns.start));
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut().filter(|last| last.row == span.row && last.columns.end >= span.columns.start) {
            Some(last) => last.columns.end = last.columns.end.max(span.columns.end),
            None => merged.push(span),
        }
    }
    merged
}

/// One value of a type, to ask what a reduction of such gives.
fn one(dtype: DType) -> Values {
    Values::from(vec![0u8]).cast(dtype)
}

/// What is done with the values of some rows and columns.
type Visitor<'a> = dyn FnMut(&Values, &Range<usize>, &Range<usize>) -> Result<()> + 'a;

/// A run of pixels in one row.
#[derive(Debug)]
struct Span {
    row: usize,
    columns: Range<usize>,
}

/// The pixels of each zone, from the top down.
#[derive(Debug)]
struct Spans {
    zones: Vec<Vec<Span>>,
    /// How many pixels the largest zone has, the two largest, and so on.
    largest: Vec<usize>,
}

impl Spans {
    fn new(zones: Vec<Vec<Span>>) -> Self {
        let pixels = |spans: &Vec<Span>| spans.iter().map(|span| span.columns.len()).sum();
        let mut largest: Vec<usize> = zones.iter().map(pixels).collect();
        largest.sort_unstable_by(|a, b| b.cmp(a));
        let mut sum = 0;
        for pixels in &mut largest {
            sum += *pixels;
            *pixels = sum;
        }
        Self { zones, largest }
    }

    /// The most pixels that so many zones have together.
    fn pixels(&self, zones: usize) -> usize {
        zones.min(self.largest.len()).checked_sub(1).map_or(0, |at| self.largest[at])
    }
}

/// The statistics of one plane, computed when they are asked for.
#[derive(Debug)]
struct ZonesOfPlane {
    input: Plan,
    spans: Arc<Spans>,
    op: ReduceOp,
    options: ReduceOptions,
    dtype: DType,
    shape: [usize; 1],
}

impl Source for ZonesOfPlane {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// All of them: what is read for one zone serves its neighbours.
    fn block(&self) -> &[usize] {
        &self.shape
    }

    fn dtype(&self) -> DType {
        self.dtype
    }

    fn input(&self) -> Option<&Plan> {
        Some(&self.input)
    }

    /// The pixels of the zones, of the largest once more while it is looked at, and a slab of the plane as it is read.
    fn cost(&self, elements: usize) -> u64 {
        let size = self.input.dtype().size();
        let row = self.input.shape()[1].saturating_mul(size);
        let pixels = self.spans.pixels(elements).saturating_add(self.spans.pixels(1)).saturating_mul(size);
        // Read, and joined from blocks.
        (pixels as u64).saturating_add(2 * row.max(SLAB_BYTES) as u64)
    }

    fn describe(&self) -> String {
        format!("{} of {} zones", self.op.name(), self.shape[0])
    }

    fn axis_name(&self, _axis: usize) -> String {
        "zones".to_owned()
    }

    fn written(&self) -> Option<SourceForm> {
        let ReduceOptions { skip_missing, ddof, min_count } = self.options;
        let spans = self.spans.zones.iter().flatten().flat_map(|span| [span.row, span.columns.start, span.columns.end]);
        let lengths: Vec<usize> = self.spans.zones.iter().map(Vec::len).collect();
        let form = SourceForm::new(ZONES).with_plan(&self.input).with("reduction", self.op.word());
        let form = form.with("skip_missing", skip_missing).with("ddof", ddof).with("min_count", min_count);
        let spans: Vec<u64> = spans.map(|number| number as u64).collect();
        Some(form.with("spans", lengths).with_array(Values::from(spans)))
    }

    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let wanted = &self.spans.zones[window[0].clone()];
        let pixels = typed!(self.input.dtype(), T => {
            let mut pixels: Vec<Vec<T>> = wanted.iter().map(|spans| Vec::with_capacity(spans.iter().map(|span| span.columns.len()).sum())).collect();
            self.visit(wanted, &mut |values, rows, columns| {
                let array = <T as crate::values::Element>::of(values).ok_or_else(|| Error::new(ErrorKind::Other, "zonal: another type than planned"))?;
                for (zone, pixels) in wanted.iter().zip(&mut pixels) {
                    let first = zone.partition_point(|span| span.row < rows.start);
                    for span in zone[first..].iter().take_while(|span| span.row < rows.end) {
                        let part = ndarray::s![span.row - rows.start, span.columns.start - columns.start..span.columns.end - columns.start];
                        pixels.extend(array.slice(part).iter().copied());
                    }
                }
                Ok(())
            })?;
            pixels.into_iter().map(Values::from).collect::<Vec<Values>>()
        });
        let results = pixels.into_iter().map(|pixels| {
            cancel::check()?;
            // Nothing has no smallest value; a missing one has the same as an answer.
            let nothing = pixels.is_empty() && matches!(self.op, ReduceOp::Min | ReduceOp::Max);
            let pixels = if nothing { Values::from(vec![f32::NAN]).cast(pixels.dtype()) } else { pixels };
            Plan::memory(pixels).reduce(self.op, &[0], self.options)?.evaluate().map(|value| value.insert_axis(0))
        });
        Values::concat(&results.collect::<Result<Vec<_>>>()?, 0)
    }
}

/// The kind of these sources in written plans.
const ZONES: &str = "zones of a plane";

/// Makes them again. Zones that several planes have in common are kept once.
#[derive(Default)]
pub(crate) struct ZonesReader {
    last: Option<(Vec<usize>, Values, Arc<Spans>)>,
}

impl ZonesReader {
    fn spans(&mut self, form: &SourceForm) -> Result<Arc<Spans>> {
        let (lengths, spans) = (form.numbers("spans")?, form.array(0)?);
        let numbers = spans.as_slice::<u64>().ok_or_else(|| form.lacks("list of spans"))?;
        if let Some((known, values, made)) = &self.last
            && *known == lengths
            && values.as_slice::<u64>() == Some(numbers)
        {
            return Ok(made.clone());
        }
        let wanted = lengths.iter().try_fold(0, |all: usize, &length| all.checked_add(length.checked_mul(3)?));
        if wanted != Some(numbers.len()) {
            return Err(form.lacks("list of spans"));
        }
        let mut rest = numbers;
        let mut zones = Vec::with_capacity(lengths.len());
        for &length in &lengths {
            let (zone, after) = rest.split_at(3 * length);
            let span = |span: &[u64]| Span { row: span[0] as usize, columns: span[1] as usize..span[2] as usize };
            zones.push(zone.chunks_exact(3).map(span).collect());
            rest = after;
        }
        let made = Arc::new(Spans::new(zones));
        self.last = Some((lengths, spans.clone(), made.clone()));
        Ok(made)
    }
}

impl SourceReader for ZonesReader {
    fn kind(&self) -> &'static str {
        ZONES
    }

    fn open(&mut self, form: &SourceForm) -> Result<Arc<dyn Source>> {
        let input = form.plan(0)?;
        let spans = self.spans(form)?;
        let &[rows, columns] = input.shape() else { return Err(form.lacks("plane")) };
        let inside =
            |span: &Span| span.row < rows && span.columns.start <= span.columns.end && span.columns.end <= columns;
        if !spans.zones.iter().all(|zone| zone.iter().all(inside) && zone.is_sorted_by_key(|span| span.row)) {
            return Err(form.lacks("list of spans in the plane"));
        }
        let op = ReduceOp::of_word(form.text("reduction")?).ok_or_else(|| form.lacks("reduction"))?;
        let options = ReduceOptions {
            skip_missing: form.flag("skip_missing")?,
            ddof: form.number("ddof")?,
            min_count: form.number("min_count")?,
        };
        let dtype = Plan::memory(one(input.dtype())).reduce(op, &[0], options)?.dtype();
        let shape = [spans.zones.len()];
        Ok(Arc::new(ZonesOfPlane { input: input.clone(), spans, op, options, dtype, shape }))
    }
}

impl ZonesOfPlane {
    /// The rows that any zone covers, slab by slab, and of them the columns that any covers there.
    fn visit(&self, zones: &[Vec<Span>], work: &mut Visitor<'_>) -> Result<()> {
        let spans = || zones.iter().flatten();
        let (Some(first), Some(last)) = (spans().map(|span| span.row).min(), spans().map(|span| span.row).max()) else {
            return Ok(());
        };
        let width = self.input.shape()[1];
        let slab = (SLAB_BYTES / (width * self.input.dtype().size()).max(1)).max(1);
        // Slabs begin where they would without zones, so that blocks of a file are less often cut in two.
        let mut from = first / slab * slab;
        while from <= last {
            cancel::check()?;
            let rows = from.max(first)..(from + slab).min(last + 1);
            from += slab;
            let mut columns = width..0;
            let mut lines = rows.end..rows.start;
            for span in spans().filter(|span| rows.contains(&span.row)) {
                columns = columns.start.min(span.columns.start)..columns.end.max(span.columns.end);
                lines = lines.start.min(span.row)..lines.end.max(span.row + 1);
            }
            if lines.start >= lines.end {
                continue;
            }
            let values = self.input.part(&[lines.clone(), columns.clone()])?;
            work(&values, &lines, &columns)?;
            crate::values::buffers::recycle(values);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// A plane that remembers what is read of it.
    #[derive(Debug, Clone)]
    struct Watched(Arc<Mutex<Vec<Vec<Range<usize>>>>>);

    impl Source for Watched {
        fn shape(&self) -> &[usize] {
            &[100, 50]
        }

        fn block(&self) -> &[usize] {
            &[1, 50]
        }

        fn dtype(&self) -> DType {
            DType::F32
        }

        fn describe(&self) -> String {
            "watched".to_owned()
        }

        fn read(&self, window: &[Range<usize>]) -> Result<Values> {
            self.0.lock().unwrap().push(window.to_vec());
            Ok(Values::from(ndarray::Array2::<f32>::ones((window[0].len(), window[1].len()))))
        }
    }

    #[test]
    fn each_plane_is_read_once_for_all_zones_and_only_where_they_are() {
        let reads = Arc::new(Mutex::new(Vec::new()));
        let days = Plan::stack((0..3).map(|_| Plan::source(Watched(reads.clone()))).collect()).unwrap();
        let y: Vec<f64> = (0..100).map(|row| 99.5 - f64::from(row)).collect();
        let x: Vec<f64> = (0..50).map(|column| f64::from(column) + 0.5).collect();
        let days = DataArray::new(days, ["time", "y", "x"]).unwrap().coord("y", y).unwrap().coord("x", x).unwrap();
        let zone = |left: f64, bottom: f64, right: f64, top: f64| {
            format!(
                "[[[{left}, {bottom}], [{right}, {bottom}], [{right}, {top}], [{left}, {top}], [{left}, {bottom}]]]"
            )
        };
        let text = format!(
            r#"{{"type": "MultiPolygon", "coordinates": [{}, {}]}}"#,
            zone(10.0, 80.0, 20.0, 90.0),
            zone(15.0, 75.0, 25.0, 85.0)
        );
        let sum = days.zonal(text.as_str()).unwrap().sum().unwrap();
        assert!(reads.lock().unwrap().is_empty() && sum.is_lazy());
        assert_eq!(sum.to_vec::<f32>().unwrap(), [175.0; 3]);
        assert_eq!(*reads.lock().unwrap(), vec![vec![10..25, 10..25]; 3]);
    }

    #[test]
    fn what_zones_take_is_told_by_their_pixels() {
        let span = |row: usize, columns: Range<usize>| Span { row, columns };
        let spans = Spans::new(vec![vec![span(0, 0..10)], vec![], vec![span(1, 0..30), span(2, 5..25)]]);
        assert_eq!([0, 1, 2, 3, 9].map(|zones| spans.pixels(zones)), [0, 50, 60, 60, 60]);
        let input = Plan::source(Watched(Arc::default()));
        let plane = ZonesOfPlane {
            input,
            spans: Arc::new(spans),
            op: ReduceOp::Mean,
            options: ReduceOptions::default(),
            dtype: DType::F32,
            shape: [3],
        };
        assert_eq!(plane.cost(3) - plane.cost(1), 10 * 4);
        assert!(plane.cost(1) >= 2 * 50 * 4);
    }
}
