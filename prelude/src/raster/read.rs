//! Reading pixels: straight into the array that the caller gets, in slabs of whole blocks.

use super::decode::{self, Decoded, Decoder};
use super::transfer::Transfer;
use super::{Raster, datasets};
use crate::cancel;
use crate::disk::shown;
use crate::gdal::errors::{Cause, codec_hint};
use crate::gdal::library;
use crate::limits::refuse_beyond_memory;
use crate::parallel::activity;
use crate::{Error, ErrorKind, Result};
use gdal::raster::RasterBand;
use ndarray::Array2;
use std::ops::Range;
use std::path::Path;

/// Bytes read between two looks at the cancel flag: some tens of milliseconds of work.
const SLAB_BYTES: usize = 8 << 20;

/// Reads a window into a new array; stops the cell if Stop was pressed.
pub(crate) fn window<T: Transfer + Decoded>(
    raster: &Raster,
    band: usize,
    rows: Range<usize>,
    columns: Range<usize>,
) -> Result<Array2<T>> {
    cancel::checkpoint();
    check_window(raster, band, &rows, &columns)?;
    let shape = (rows.len(), columns.len());
    refuse_large(raster, shape, size_of::<T>())?;
    let reading = activity::reading(Some(raster.path()));
    let mut pixels = crate::values::large_pages::zeroed::<T>(shape.0 * shape.1);
    let result = into(raster, band, rows, columns, &mut pixels, &|_| ());
    cancel::checkpoint();
    result?;
    reading.gave(size_of_val(&pixels[..]) as u64);
    Array2::from_shape_vec(shape, pixels)
        .map_err(|error| Error::with_source(ErrorKind::Other, format!("reading {}", shown(raster.path())), error))
}

/// Refuses to make something of `pixels` rows and columns that takes so many bytes for each, if there is no room for it.
pub(super) fn refuse_large(raster: &Raster, pixels: (usize, usize), bytes: usize) -> Result<()> {
    let size = (pixels.0 as u64).saturating_mul(pixels.1 as u64).saturating_mul(bytes as u64);
    let what = format!("{} x {} pixels of {}", pixels.1, pixels.0, shown(raster.path()));
    let advice = "read a part with read_window(band, rows, columns), a smaller version with Raster::open_overview, or open it \
                  with open_raster, which computes without holding it";
    refuse_beyond_memory(&what, size, advice)
}

/// Reads a window into `out`, which has exactly its size, row by row. `finish` is called on every part of it, in whole
/// rows, as soon as that is there.
///
/// # Errors
/// Of kind `Interrupted` if Stop was pressed; otherwise as [`Raster::read_window`].
pub(crate) fn into<T: Transfer + Decoded>(
    raster: &Raster,
    band: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    out: &mut [T],
    finish: &dyn Fn(&mut [T]),
) -> Result<()> {
    let facts = check_window(raster, band, &rows, &columns)?;
    if rows.is_empty() || columns.is_empty() {
        return Ok(());
    }
    raster.check_current()?;
    if raster.decoder() == &Decoder::Isopleth {
        let window = (band - 1, rows.clone(), columns.clone());
        if decode::read(raster.path(), raster.expected(), window, facts.filling, out, finish)? {
            return Ok(());
        }
    }
    through_gdal(raster, band, rows, columns, out, finish)
}

/// [`into`] for what GDAL has to read.
pub(super) fn through_gdal<T: Transfer>(
    raster: &Raster,
    band: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    out: &mut [T],
    finish: &dyn Fn(&mut [T]),
) -> Result<()> {
    let slab = slab_rows(raster.band(band)?.block[0], columns.len() * size_of::<T>());
    datasets::with(raster.path(), raster.overview(), |dataset| {
        let source =
            library::call(|| dataset.rasterband(band)).map_err(|said| failed(raster.path(), band, &rows, &said))?;
        let mut from = rows.start;
        let mut out = out;
        while from < rows.end {
            cancel::check()?;
            // Slabs end where blocks do, so that no block is decoded twice.
            let to = ((from / slab + 1) * slab).min(rows.end);
            let (part, rest) = out.split_at_mut((to - from) * columns.len());
            slab_into(raster.path(), band, &source, from..to, &columns, part)?;
            finish(part);
            out = rest;
            from = to;
        }
        Ok(())
    })
}

fn slab_into<T: Transfer>(
    path: &Path,
    band: usize,
    source: &RasterBand<'_>,
    rows: Range<usize>,
    columns: &Range<usize>,
    out: &mut [T],
) -> Result<()> {
    // Sizes that GDAL accepted at open fit in its 32-bit integers.
    let origin = (columns.start as isize, rows.start as isize);
    let size = (columns.len(), rows.len());
    library::call(|| T::read(source, (origin, size), out)).map_err(|said| failed(path, band, &rows, &said))
}

/// As many rows as make a slab, in whole blocks.
pub(super) fn slab_rows(block_rows: usize, row_bytes: usize) -> usize {
    let block_rows = block_rows.max(1);
    (SLAB_BYTES / row_bytes.max(1) / block_rows).max(1) * block_rows
}

fn check_window<'a>(
    raster: &'a Raster,
    band: usize,
    rows: &Range<usize>,
    columns: &Range<usize>,
) -> Result<&'a super::open::Band> {
    let facts = raster.band(band)?;
    for (what, asked, exist) in [("rows", rows, raster.height()), ("columns", columns, raster.width())] {
        if asked.start > asked.end || asked.end > exist {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("{what} {}..{} of {}: it has {what} 0..{exist}", asked.start, asked.end, shown(raster.path())),
            ));
        }
    }
    Ok(facts)
}

pub(super) fn failed(path: &Path, band: usize, rows: &Range<usize>, said: &str) -> Error {
    let place = match row_in(said) {
        Some(row) if rows.contains(&row) => format!("at row {row}"),
        _ => format!("between rows {} and {}", rows.start, rows.end),
    };
    let cause = Cause::of(said);
    let kind = match cause {
        Cause::Damage => ErrorKind::Damaged,
        Cause::Codec => ErrorKind::InvalidArgument,
        Cause::Absent => ErrorKind::NotFound,
        Cause::Network | Cause::Denied => ErrorKind::Io,
        Cause::Other => ErrorKind::Other,
    };
    let why = match cause {
        Cause::Damage => format!("the file is damaged or cut short; copy it again ({said})"),
        Cause::Codec => format!("{said}{}", codec_hint()),
        Cause::Absent => format!("a file that it names is missing ({said})"),
        Cause::Network | Cause::Denied | Cause::Other => said.to_owned(),
    };
    Error::new(kind, format!("band {band} of {} cannot be read {place}: {why}", shown(path)))
}

/// The row that GDAL or libtiff name in their complaint, if they do.
fn row_in(said: &str) -> Option<usize> {
    ["scanline ", "at row "].iter().find_map(|before| {
        let rest = said.split(before).nth(1)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slabs_are_whole_blocks_and_never_none() {
        assert_eq!(slab_rows(1, 28_800), 291);
        assert_eq!(slab_rows(256, 28_800), 256);
        assert_eq!(slab_rows(512, 1 << 24), 512);
        assert_eq!(slab_rows(0, 0), SLAB_BYTES);
    }

    #[test]
    fn the_row_is_found_in_what_gdal_says() {
        assert_eq!(row_in("TIFFFillStrip:Read error at scanline 1733; got 0 bytes"), Some(1733));
        assert_eq!(row_in("disk on fire"), None);
    }
}
