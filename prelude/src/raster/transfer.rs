//! Pixels from GDAL's bands into memory and back, also of types for which the GDAL at hand has no name.
//!
//! GDAL has signed bytes as a type of their own since version 3.7. Before, a band of them is one of unsigned bytes that
//! says `PIXELTYPE=SIGNEDBYTE`, and GDAL hands out 255 for -1 whatever type is asked for.

use gdal::errors::GdalError;
use gdal::raster::{Buffer, RasterBand};
#[cfg(not(gdal_int8))]
use gdal::{Metadata as _, raster::GdalDataType};

/// Where a window begins, and its columns and rows.
pub(crate) type Window = ((isize, isize), (usize, usize));

/// A type that pixels can be read as and written from.
pub(crate) trait Transfer: Copy + Default + Send + Sync + 'static {
    /// Reads a window into `out`, which has its size.
    fn read(band: &RasterBand<'_>, window: Window, out: &mut [Self]) -> Result<(), GdalError>;

    /// Writes a window; the pixels are as many as it has.
    fn write(band: &mut RasterBand<'_>, window: Window, pixels: Vec<Self>) -> Result<(), GdalError>;
}

/// Whether the bytes of a band have a sign, which this GDAL's type of the band does not say.
#[cfg(not(gdal_int8))]
pub(super) fn has_signed_bytes(band: &RasterBand<'_>) -> bool {
    let said = || band.metadata_item("PIXELTYPE", "IMAGE_STRUCTURE");
    band.band_type() == GdalDataType::UInt8 && said().as_deref() == Some("SIGNEDBYTE")
}

/// Newer versions of GDAL have a type for them.
#[cfg(gdal_int8)]
pub(super) fn has_signed_bytes(_: &RasterBand<'_>) -> bool {
    false
}

#[cfg(not(gdal_int8))]
fn read_signed<T>(
    band: &RasterBand<'_>,
    (origin, size): Window,
    out: &mut [T],
    value: impl Fn(i8) -> T,
) -> Result<(), GdalError> {
    let mut bytes = vec![0u8; out.len()];
    band.read_into_slice(origin, size, size, &mut bytes, None)?;
    out.iter_mut().zip(bytes).for_each(|(out, byte)| *out = value(byte.cast_signed()));
    Ok(())
}

#[cfg(not(gdal_int8))]
fn write_signed(
    band: &mut RasterBand<'_>,
    (origin, size): Window,
    values: impl Iterator<Item = i8>,
) -> Result<(), GdalError> {
    band.write(origin, size, &mut Buffer::new(size, values.map(i8::cast_unsigned).collect()))
}

macro_rules! transfer {
    ($($type:ty, $from_signed:expr, $to_signed:expr;)*) => {$(
        impl Transfer for $type {
            fn read(band: &RasterBand<'_>, window: Window, out: &mut [Self]) -> Result<(), GdalError> {
                #[cfg(not(gdal_int8))]
                if has_signed_bytes(band) {
                    return read_signed(band, window, out, $from_signed);
                }
                let (origin, size) = window;
                band.read_into_slice(origin, size, size, out, None)
            }

            fn write(band: &mut RasterBand<'_>, window: Window, pixels: Vec<Self>) -> Result<(), GdalError> {
                #[cfg(not(gdal_int8))]
                if has_signed_bytes(band) {
                    let signed: fn(Self) -> i8 = $to_signed;
                    return write_signed(band, window, pixels.into_iter().map(signed));
                }
                let (origin, size) = window;
                band.write(origin, size, &mut Buffer::new(size, pixels))
            }
        }
    )*};
}

// As GDAL converts: what does not fit becomes the nearest value that does, floats are rounded.
transfer! {
    u8, |v| v.max(0) as Self, |v| v.min(127) as i8;
    u16, |v| v.max(0) as Self, |v| v.min(127) as i8;
    u32, |v| v.max(0) as Self, |v| v.min(127) as i8;
    i16, Self::from, |v| v.clamp(-128, 127) as i8;
    i32, Self::from, |v| v.clamp(-128, 127) as i8;
    f32, Self::from, |v| v.round() as i8;
    f64, Self::from, |v| v.round() as i8;
}

#[cfg(gdal_int64)]
transfer! {
    u64, |v| v.max(0) as Self, |v| v.min(127) as i8;
    i64, Self::from, |v| v.clamp(-128, 127) as i8;
}

#[cfg(gdal_int8)]
transfer! { i8, |v| v, |v| v; }

#[cfg(not(gdal_int8))]
impl Transfer for i8 {
    fn read(band: &RasterBand<'_>, window: Window, out: &mut [Self]) -> Result<(), GdalError> {
        if has_signed_bytes(band) {
            return read_signed(band, window, out, |value| value);
        }
        let (origin, size) = window;
        let mut wider = vec![0i16; out.len()];
        band.read_into_slice(origin, size, size, &mut wider, None)?;
        out.iter_mut().zip(wider).for_each(|(out, value)| *out = value.clamp(-128, 127) as Self);
        Ok(())
    }

    fn write(band: &mut RasterBand<'_>, window: Window, pixels: Vec<Self>) -> Result<(), GdalError> {
        if has_signed_bytes(band) {
            return write_signed(band, window, pixels.into_iter());
        }
        let (origin, size) = window;
        band.write(origin, size, &mut Buffer::new(size, pixels.into_iter().map(i16::from).collect()))
    }
}
