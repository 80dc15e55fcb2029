//! Numbers that are stored as the pixels of an image: PNG and JPEG 2000.

use crate::gdal::library;
use gdal::Dataset;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// The numbers of a PNG image: grey, or as many bits in several colours.
pub(super) fn png(data: &[u8], count: usize) -> Result<Vec<f64>, String> {
    let failed = |error: png::DecodingError| format!("its PNG image: {error}");
    let mut decoder = png::Decoder::new(std::io::Cursor::new(data));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(failed)?;
    let (width, height) = reader.info().size();
    same(u64::from(width), u64::from(height), count)?;
    let size = reader.output_buffer_size().ok_or("its PNG image is too large")?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(failed)?;
    let (colour, depth) = reader.output_color_type();
    let bits = colour.samples() * depth as usize;
    let mut numbers = Vec::with_capacity(count);
    for row in pixels.chunks_exact(frame.line_size.max(1)).take(height as usize) {
        let mut row = super::Bits::new(row);
        for _ in 0..width {
            numbers.push(row.read(bits as u32).ok_or(super::SHORT)? as f64);
        }
    }
    Ok(numbers)
}

/// The numbers of a JPEG 2000 image, which GDAL decodes.
pub(super) fn jpeg(data: Vec<u8>, count: usize) -> Result<Vec<f64>, String> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let path = PathBuf::from(format!("/vsimem/grib-{}.j2k", NEXT.fetch_add(1, Ordering::Relaxed)));
    let failed =
        |said: String| format!("its JPEG 2000 image cannot be decoded ({said}); {}", crate::files::grib::REPACK);
    library::call(|| gdal::vsi::create_mem_file(&path, data)).map_err(failed)?;
    let read = library::call(|| {
        let image = Dataset::open(&path)?;
        let size = image.raster_size();
        Ok((size, image.rasterband(1)?.read_as::<f64>((0, 0), size, size, None)?))
    });
    // The image is in memory only: nothing is lost if it cannot be removed.
    let _ = gdal::vsi::unlink_mem_file(&path);
    let ((width, height), pixels) = read.map_err(failed)?;
    same(width as u64, height as u64, count)?;
    Ok(pixels.data().to_vec())
}

/// An image has as many pixels as there are values, whatever its shape.
fn same(width: u64, height: u64, count: usize) -> Result<(), String> {
    match width.checked_mul(height) {
        Some(pixels) if pixels == count as u64 => Ok(()),
        _ => Err(format!("its image has {width} x {height} pixels for {count} values")),
    }
}
