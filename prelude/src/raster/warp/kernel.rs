//! GDAL's warper on values in memory: the pixels that one window of the new grid needs in, its pixels out. Where they lie is
//! worked out before, and told GDAL row by row.

use super::mapping::{Lines, Mapping, Needed, SLACK};
use super::{Sample, Warp, contiguous};
use crate::gdal::library;
use crate::raster::Resampling;
use crate::raster::copy::go_on;
use crate::values::Values;
use gdal::cpl::CslStringList;
use gdal::errors::GdalError;
use gdal::{Dataset, DriverManager};
use gdal_sys::CPLErr;
use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::ptr;

/// One window to warp.
pub(super) struct Job<'a> {
    pub warp: &'a Warp,
    pub mapping: &'a Mapping,
    pub window: &'a [Range<usize>; 2],
    pub lines: &'a Lines,
}

impl Job<'_> {
    /// Warps the values that the window needs into `warped`, which has what stands where there is no value.
    pub fn run<T: Sample>(&self, values: Values, warped: &mut [T]) -> Result<(), String> {
        let mut pixels = self.pixels::<T>(values)?;
        library::call(|| self.kernel(&mut pixels, warped))
    }

    fn resampling(&self) -> Resampling {
        self.mapping.resampling()
    }

    /// The pixels of the old grid, row by row.
    ///
    /// A row more has missing values. No new pixel is made of it, but with it every window has one, and GDAL takes the same
    /// kernels for all: those for windows without missing values round in another way.
    fn pixels<T: Sample>(&self, values: Values) -> Result<Vec<T>, String> {
        let [rows, columns] = &self.lines.needed;
        let width = columns.inside.len();
        let more = self.warp.nodata().filter(|_| self.has_row_more()).map(T::of_number);
        let mut pixels: Vec<T> = Vec::with_capacity((rows.len() + 1) * columns.len());
        let flat = contiguous::<T>(&values).filter(|slice| slice.len() == rows.inside.len() * width);
        let flat =
            flat.ok_or_else(|| format!("{:?} values, where {:?} are needed", values.shape(), self.lines.needed))?;
        // What goes on beyond an edge are copies of what lies there.
        let first = std::iter::repeat_n(0, rows.before);
        let last = std::iter::repeat_n(rows.inside.len().saturating_sub(1), rows.after);
        for row in first.chain(0..rows.inside.len()).chain(last) {
            let line = &flat[row * width..(row + 1) * width];
            pixels.extend(line.first().into_iter().flat_map(|value| std::iter::repeat_n(*value, columns.before)));
            pixels.extend_from_slice(line);
            match columns.is_cyclic {
                true => pixels.extend(line.iter().cycle().take(columns.after)),
                false => {
                    pixels.extend(line.last().into_iter().flat_map(|value| std::iter::repeat_n(*value, columns.after)))
                }
            }
        }
        drop(flat);
        crate::values::buffers::recycle(values);
        if let (true, Some(nodata)) = (self.warp.dtype.is_float(), self.warp.source_nodata.map(T::of_number)) {
            let nothing = T::of_number(f64::NAN);
            pixels.iter_mut().filter(|value| **value == nodata).for_each(|value| *value = nothing);
        }
        pixels.extend(more.into_iter().flat_map(|nothing| std::iter::repeat_n(nothing, columns.len())));
        Ok(pixels)
    }

    /// Rows and columns that are read of the old grid.
    fn size(&self) -> [usize; 2] {
        self.lines.needed.each_ref().map(Needed::len)
    }

    // Over areas there is one kernel for all.
    fn has_row_more(&self) -> bool {
        self.warp.nodata().is_some() && !self.resampling().is_over_areas()
    }

    fn kernel<T: Sample>(&self, pixels: &mut [T], warped: &mut [T]) -> Result<(), GdalError> {
        let [rows, columns] = self.size();
        let height = rows + usize::from(self.has_row_more());
        let source = borrowed(pixels, height, columns)?;
        let mut rows_of_positions = Rows { mapping: self.mapping, window: self.window, lines: self.lines };
        let mut options = CslStringList::new();
        // The scale of the whole; GDAL's own would be that of this window.
        options.set_name_value("YSCALE", &self.mapping.scale[0].to_string())?;
        options.set_name_value("XSCALE", &self.mapping.scale[1].to_string())?;
        // Threads of its own would each need a transformer of its own.
        options.set_name_value("NUM_THREADS", "1")?;
        let size = |length: usize| {
            c_int::try_from(length).map_err(|_| GdalError::BadArgument(format!("{length} pixels in a row")))
        };
        let (left, top) = (size(self.window[1].start)?, size(self.window[0].start)?);
        let (across, down) = (size(self.window[1].len())?, size(self.window[0].len())?);
        let (width, height) = (size(columns)?, size(height)?);
        // SAFETY: what GDAL is given lives until after `GDALWarpRegionToBuffer`: the dataset, the options (of which the
        // operation makes its own copy), the positions (used by this thread alone), and the buffer, which has as many
        // elements of this type as the window has pixels. The two lists of bands are GDAL's own memory, which it frees with
        // the options. A null target dataset is allowed where a buffer is filled.
        let outcome = unsafe {
            let made = gdal_sys::GDALCreateWarpOptions();
            (*made).papszWarpOptions = gdal_sys::CSLDuplicate(options.as_ptr());
            (*made).eResampleAlg = self.resampling().gdal();
            (*made).eWorkingDataType = T::gdal_ordinal();
            (*made).hSrcDS = source.c_dataset();
            (*made).nBandCount = 1;
            (*made).panSrcBands = first_band();
            (*made).panDstBands = first_band();
            (*made).pfnProgress = Some(go_on);
            (*made).pfnTransformer = Some(positions);
            (*made).pTransformerArg = ptr::from_mut(&mut rows_of_positions).cast::<c_void>();
            if let Some(nodata) = self.warp.nodata() {
                gdal_sys::GDALWarpInitSrcNoDataReal(made, nodata);
                gdal_sys::GDALWarpInitDstNoDataReal(made, self.warp.missing);
            }
            let operation = gdal_sys::GDALCreateWarpOperation(made);
            gdal_sys::GDALDestroyWarpOptions(made);
            if operation.is_null() {
                return Err(GdalError::BadArgument("the warp could not begin".to_owned()));
            }
            let outcome = gdal_sys::GDALWarpRegionToBuffer(
                operation,
                left,
                top,
                across,
                down,
                warped.as_mut_ptr().cast::<c_void>(),
                T::gdal_ordinal(),
                0,
                0,
                width,
                height,
            );
            gdal_sys::GDALDestroyWarpOperation(operation);
            outcome
        };
        if outcome == CPLErr::CE_None { Ok(()) } else { Err(GdalError::BadArgument("the warp failed".to_owned())) }
    }
}

/// The list of the first band alone, in memory that GDAL frees.
///
/// # Safety
/// The caller gives it to GDAL.
unsafe fn first_band() -> *mut c_int {
    // SAFETY: CPLMalloc gives memory of that size or ends the process, and it is aligned for any type.
    unsafe {
        let list = gdal_sys::CPLMalloc(size_of::<c_int>()).cast::<c_int>();
        *list = 1;
        list
    }
}

/// `pixels` as a dataset, without a copy of them: it is used while they are borrowed.
fn borrowed<T: Sample>(pixels: &mut [T], height: usize, width: usize) -> Result<Dataset, GdalError> {
    let driver = DriverManager::get_driver_by_name("MEM")?;
    let dataset = driver.create_with_band_type::<T, _>("", width, height, 0)?;
    let mut options = CslStringList::new();
    options.set_name_value("DATAPOINTER", &format!("{:p}", pixels.as_mut_ptr()))?;
    debug_assert!(pixels.len() >= height * width);
    // SAFETY: the dataset lives as long as it is used; the pointer leads to as many pixels of this type as the dataset has, row
    // by row, which is how GDAL reads it without further options; it frees what it was given in this way never.
    let outcome = unsafe { gdal_sys::GDALAddBand(dataset.c_dataset(), T::gdal_ordinal(), options.as_ptr()) };
    match outcome {
        CPLErr::CE_None => Ok(dataset),
        _ => Err(GdalError::BadArgument("the pixels could not be given to GDAL".to_owned())),
    }
}

/// What GDAL's kernel is given in place of a transformer: the rows of a window of the target, in a window of the source.
struct Rows<'a> {
    mapping: &'a Mapping,
    window: &'a [Range<usize>; 2],
    lines: &'a Lines,
}

impl Rows<'_> {
    /// Fills in the positions of points that are a row of the window; `false` if they are none.
    fn fill(&self, x: &mut [f64], y: &mut [f64], found: &mut [c_int]) -> bool {
        let [rows, columns] = self.window;
        let left = x[0] - columns.start as f64;
        let row_of_points = x.len() == columns.len()
            && self.mapping.offsets().contains(&left)
            && y.iter().all(|&other| other == y[0])
            && x[x.len() - 1] - x[0] == (x.len() - 1) as f64;
        let row = y[0] - left;
        if !(row_of_points && (rows.start as f64..rows.end as f64).contains(&row)) {
            return false;
        }
        let at = (row as usize - rows.start) * columns.len();
        // Lower right corners are the second ones.
        let line = &self.lines.lines[usize::from(left == 1.0)];
        x.copy_from_slice(&line.x[at..at + columns.len()]);
        y.copy_from_slice(&line.y[at..at + columns.len()]);
        found.iter_mut().zip(&*x).for_each(|(found, x)| *found = c_int::from(!x.is_nan()));
        true
    }

    /// Into the window of the source; a centre outside of the source has no value.
    fn shift(&self, x: &mut [f64], y: &mut [f64], found: &mut [c_int]) {
        let height = self.mapping.source()[0] as f64;
        let over_areas = self.mapping.resampling().is_over_areas();
        for ((x, y), found) in x.iter_mut().zip(y).zip(found) {
            if over_areas && x.is_finite() && y.is_finite() || self.mapping.is_inside(*x, *y) {
                // On the lower edge it lies in the last row, and not in the one more that may follow.
                if !over_areas && *y + SLACK >= height {
                    *y = height - 2.0 * SLACK;
                }
            } else {
                *found = 0;
            }
            *x -= self.lines.needed[1].start();
            *y -= self.lines.needed[0].start();
        }
    }
}

/// A transformer as GDAL calls it.
///
/// # Safety
/// `argument` is a [`Rows`] that nobody else uses, and the lists have `count` elements each.
unsafe extern "C" fn positions(
    argument: *mut c_void,
    to_source: c_int,
    count: c_int,
    x: *mut f64,
    y: *mut f64,
    z: *mut f64,
    found: *mut c_int,
) -> c_int {
    let length = usize::try_from(count).unwrap_or_default();
    if length == 0 {
        return 0;
    }
    if to_source == 0 {
        // GDAL asks whether the corners of the window of the source have a place in the target, and would fill gaps beside them;
        // whether it does must not depend on the window, so each has one.
        // SAFETY: as promised by the caller.
        unsafe { std::slice::from_raw_parts_mut(found, length) }.fill(1);
        return 1;
    }
    // SAFETY: as promised by the caller.
    let (rows, x, y, found) = unsafe {
        (
            &mut *argument.cast::<Rows<'_>>(),
            std::slice::from_raw_parts_mut(x, length),
            std::slice::from_raw_parts_mut(y, length),
            std::slice::from_raw_parts_mut(found, length),
        )
    };
    if !rows.fill(x, y, found) {
        let transformed = rows.mapping.with(|transformer| {
            let handle = transformer.handle();
            // SAFETY: nobody else has the transformer meanwhile; the lists are the caller's.
            unsafe {
                gdal_sys::GDALGenImgProjTransform(
                    handle,
                    1,
                    count,
                    x.as_mut_ptr(),
                    y.as_mut_ptr(),
                    z,
                    found.as_mut_ptr(),
                );
            }
        });
        if transformed.is_err() {
            found.fill(0);
            return 0;
        }
    }
    rows.shift(x, y, found);
    1
}
