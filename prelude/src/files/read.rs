//! Reading a window of a variable as the file has it.

use super::file_type::FileType;
use super::library::with_cause;
use crate::gdal::hdf5_errors;
use crate::gdal::library;
use crate::gdal::multidim::{Array, Kind, Type, latin_or_utf8};
use crate::values::buffers;
use crate::values::{DType, Element, Text, Values, typed};
use crate::{Error, ErrorKind, Result};
use gdal::errors::GdalError;
use gdal_sys as c;
use std::ffi::{CStr, c_char, c_void};
use std::mem::size_of;
use std::ops::Range;
use std::ptr;

/// The values of a window, one range per dimension, in the type that [`Kind`] names.
///
/// # Errors
/// When the file is damaged there.
pub(super) fn window(array: &Array, kind: Kind, window: &[Range<usize>]) -> Result<Values> {
    let shape: Vec<usize> = window.iter().map(Range::len).collect();
    match kind {
        Kind::Number(dtype, gdal) => numbers(array, dtype, gdal, window, &shape),
        Kind::Text => texts(array, window, &shape),
        Kind::Other => Err(Error::new(ErrorKind::InvalidArgument, "the values are neither numbers nor text")),
    }
}

fn numbers(array: &Array, dtype: DType, gdal: u32, window: &[Range<usize>], shape: &[usize]) -> Result<Values> {
    if dtype.gdal_number().is_none() {
        return Err(Error::new(ErrorKind::Other, format!("files hold no {dtype} as such")));
    }
    typed!(dtype, T => filled::<T>(array, gdal, window, shape))
}

/// `gdal` is GDAL's number of the type `T`: [`Type::kind`] pairs them.
fn filled<T: Element>(array: &Array, gdal: u32, window: &[Range<usize>], shape: &[usize]) -> Result<Values> {
    let mut values: Vec<T> = buffers::take(shape.iter().product());
    let of = Type::number(gdal).ok_or_else(|| Error::new(ErrorKind::Other, "GDAL lacks this type"))?;
    let bytes = size_of_val(values.as_slice());
    // SAFETY: the buffer holds the window's elements, of the type that `gdal` names, and every bit pattern of a number is one.
    unsafe { into(array, &of, window, values.as_mut_ptr().cast(), bytes)? };
    Values::from_shape_vec(shape, values)
}

fn texts(array: &Array, window: &[Range<usize>], shape: &[usize]) -> Result<Values> {
    let texts = text_bytes(array, window)?;
    Values::from_shape_vec(shape, texts.iter().map(|text| Text::new(&latin_or_utf8(text))).collect())
}

/// The bytes of each text of a window, in whatever encoding the file has them.
///
/// # Errors
/// When the file is damaged there.
pub(super) fn text_bytes(array: &Array, window: &[Range<usize>]) -> Result<Vec<Vec<u8>>> {
    let of = Type::text().ok_or_else(|| Error::new(ErrorKind::Other, "GDAL lacks text"))?;
    let mut raw: Vec<*mut c_char> = vec![ptr::null_mut(); window.iter().map(Range::len).product()];
    // SAFETY: text is given as one pointer per element.
    let outcome = unsafe { into(array, &of, window, raw.as_mut_ptr().cast(), raw.len() * size_of::<*mut c_char>()) };
    let texts = raw
        .into_iter()
        .map(|raw| {
            if raw.is_null() {
                return Vec::new();
            }
            // SAFETY: each text ends with a zero byte, is from GDAL's allocator and ours to free.
            unsafe {
                let bytes = CStr::from_ptr(raw).to_bytes().to_vec();
                c::VSIFree(raw.cast::<c_void>());
                bytes
            }
        })
        .collect();
    outcome?;
    Ok(texts)
}

/// Values that GDAL shows in another type than the file's: integers of the same bits, and types that it has not.
///
/// # Errors
/// None; a value of a wider type is cut to the bits of the file's.
pub(super) fn as_type(values: Values, of: FileType) -> Result<Values> {
    let shown = FileType::of(values.dtype());
    if values.dtype() == of.dtype() {
        return Ok(values);
    }
    if !(of.is_integer() && shown.is_integer() && shown != FileType::U64) {
        return Ok(values.cast(of.dtype()));
    }
    let whole = values.cast(DType::I64).to_vec::<i64>()?;
    if of == FileType::U64 {
        return Values::from_shape_vec(values.shape(), whole.into_iter().map(|value| value as u64).collect());
    }
    let wrapped = whole.into_iter().map(|value| of.wrapped(value.into()) as i64).collect();
    Ok(Values::from_shape_vec::<i64>(values.shape(), wrapped)?.cast(of.dtype()))
}

/// # Safety
/// `buffer` has room for `bytes` bytes, which are the window's elements of type `of`.
unsafe fn into(array: &Array, of: &Type, window: &[Range<usize>], buffer: *mut c_void, bytes: usize) -> Result<()> {
    if bytes == 0 {
        return Ok(());
    }
    // One element more: GDAL reads nothing through them for a scalar, but wants them not to be null.
    let starts: Vec<u64> = window.iter().map(|range| range.start as u64).chain([0]).collect();
    let counts: Vec<usize> = window.iter().map(Range::len).chain([1]).collect();
    hdf5_errors::forget();
    library::call(|| {
        // SAFETY: the caller vouches for the buffer; null strides mean that elements follow each other.
        let read = unsafe {
            c::GDALMDArrayRead(
                array.raw(),
                starts.as_ptr(),
                counts.as_ptr(),
                ptr::null(),
                ptr::null(),
                of.raw(),
                buffer,
                buffer,
                bytes,
            )
        };
        let failed = || GdalError::NullPointer { method_name: "GDALMDArrayRead", msg: String::new() };
        if read == 0 { Err(failed()) } else { Ok(()) }
    })
    .map_err(|said| Error::new(ErrorKind::Damaged, with_cause(said)))
}
