//! GDAL's multidimensional handles, each released when it goes out of scope.
//!
//! The `gdal` crate wraps the same API, but reads attributes as 32-bit integers, hides block sizes and creates
//! nothing; so this goes to the C functions, of those that GDAL 3.4 has already.

use crate::values::DType;
use gdal_sys as c;
use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr;

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident, $raw:ty, $release:path) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name($raw);

        impl $name {
            /// Takes over a handle that GDAL gave away; none if it is null.
            pub(crate) fn own(raw: $raw) -> Option<Self> {
                (!raw.is_null()).then_some(Self(raw))
            }

            pub(crate) fn raw(&self) -> $raw {
                self.0
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                // SAFETY: the handle is not null, was given to us alone, and is not used after this.
                unsafe {
                    let _ = $release(self.0);
                }
            }
        }
    };
}

handle!(/** An open file. */ Root, c::GDALDatasetH, c::GDALClose);
handle!(/** A group of variables; the file itself is one. */ Group, c::GDALGroupH, c::GDALGroupRelease);
handle!(/** A variable. */ Array, c::GDALMDArrayH, c::GDALMDArrayRelease);
handle!(/** A dimension. */ Dimension, c::GDALDimensionH, c::GDALDimensionRelease);
handle!(/** An attribute of a variable or a group. */ Attribute, c::GDALAttributeH, c::GDALAttributeRelease);
handle!(/** An element type. */ Type, c::GDALExtendedDataTypeH, c::GDALExtendedDataTypeRelease);

// SAFETY: GDAL's objects may move between threads as long as only one at a time uses them and those that belong
// to the same file; `File` holds all handles of a file and is used by one thread at a time.
unsafe impl Send for Root {}
// SAFETY: as for `Root`.
unsafe impl Send for Group {}
// SAFETY: as for `Root`.
unsafe impl Send for Array {}

/// What an element type is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Numbers, with GDAL's number of the type.
    Number(DType, u32),
    /// Text of any length.
    Text,
    /// Complex numbers, and records of several fields.
    Other,
}

impl Type {
    /// The type of numbers in a buffer of `dtype`.
    pub(crate) fn number(gdal: u32) -> Option<Self> {
        // SAFETY: any number is allowed; an unknown one gives null or a type that reading then refuses.
        Self::own(unsafe { c::GDALExtendedDataTypeCreate(gdal) })
    }

    pub(crate) fn text() -> Option<Self> {
        // SAFETY: 0 means text of any length.
        Self::own(unsafe { c::GDALExtendedDataTypeCreateString(0) })
    }

    pub(crate) fn kind(&self) -> Kind {
        // SAFETY: the handle is alive.
        let (class, number) = unsafe {
            (c::GDALExtendedDataTypeGetClass(self.raw()), c::GDALExtendedDataTypeGetNumericDataType(self.raw()))
        };
        match (class, number) {
            (c::GDALExtendedDataTypeClass::GEDTC_STRING, _) => Kind::Text,
            (c::GDALExtendedDataTypeClass::GEDTC_NUMERIC, number) => match DType::from_gdal_number(number) {
                // The buffer's type, which differs from that in the file for half precision.
                Some(dtype) => Kind::Number(dtype, dtype.gdal_number().unwrap_or(number)),
                None => Kind::Other,
            },
            _ => Kind::Other,
        }
    }
}

/// Text as UTF-8, or as Latin-1 where it is not: every byte is a character there.
pub(crate) fn latin_or_utf8(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

/// A copy of text that GDAL keeps.
pub(crate) fn text(raw: *const c_char) -> String {
    if raw.is_null() {
        return String::new();
    }
    // SAFETY: GDAL's texts end with a zero byte and live at least until the next call on their object.
    latin_or_utf8(unsafe { CStr::from_ptr(raw) }.to_bytes())
}

/// Text for GDAL; what follows a zero byte is cut off.
pub(crate) fn c_text(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}

/// A list of texts that GDAL gives away.
pub(crate) fn list(raw: *mut *mut c_char) -> Vec<String> {
    let mut texts = Vec::new();
    if raw.is_null() {
        return texts;
    }
    // SAFETY: the list ends with a null pointer, and is ours to free.
    unsafe {
        let mut at = raw;
        while !(*at).is_null() {
            texts.push(text(*at));
            at = at.add(1);
        }
        c::CSLDestroy(raw);
    }
    texts
}

/// Handles out of an array that GDAL gives away; each becomes ours, and the array is freed.
fn handles<H: Copy, T>(raw: *mut H, count: usize, own: impl Fn(H) -> Option<T>) -> Vec<T> {
    if raw.is_null() {
        return Vec::new();
    }
    // SAFETY: GDAL says how many there are; the array itself is from its allocator.
    unsafe {
        let owned = (0..count).filter_map(|at| own(*raw.add(at))).collect();
        c::VSIFree(raw.cast::<c_void>());
        owned
    }
}

impl Group {
    pub(crate) fn array_names(&self) -> Vec<String> {
        // Scalars, bounds and coordinates too, which the netCDF driver otherwise leaves out.
        let all = c_text("SHOW_ALL=YES");
        let mut options = [all.as_ptr().cast_mut(), ptr::null_mut()];
        // SAFETY: the handle is alive; the options end with null and outlive the call.
        list(unsafe { c::GDALGroupGetMDArrayNames(self.raw(), options.as_mut_ptr()) })
    }

    pub(crate) fn group_names(&self) -> Vec<String> {
        // SAFETY: as above.
        list(unsafe { c::GDALGroupGetGroupNames(self.raw(), ptr::null_mut()) })
    }

    pub(crate) fn array(&self, name: &str) -> Option<Array> {
        let name = c_text(name);
        // SAFETY: handle and name are alive.
        Array::own(unsafe { c::GDALGroupOpenMDArray(self.raw(), name.as_ptr(), ptr::null_mut()) })
    }

    pub(crate) fn group(&self, name: &str) -> Option<Self> {
        let name = c_text(name);
        // SAFETY: handle and name are alive.
        Self::own(unsafe { c::GDALGroupOpenGroup(self.raw(), name.as_ptr(), ptr::null_mut()) })
    }

    pub(crate) fn attributes(&self) -> Vec<Attribute> {
        let mut count = 0;
        // SAFETY: the handle is alive and `count` is written to.
        let raw = unsafe { c::GDALGroupGetAttributes(self.raw(), &raw mut count, ptr::null_mut()) };
        handles(raw, count, Attribute::own)
    }
}

impl Array {
    /// All attributes, also those that GDAL understands and otherwise leaves out (`units`, `_FillValue`, …).
    pub(crate) fn attributes(&self) -> Vec<Attribute> {
        let all = c_text("SHOW_ALL=YES");
        let mut options = [all.as_ptr().cast_mut(), ptr::null_mut()];
        let mut count = 0;
        // SAFETY: the options end with null and outlive the call.
        let raw = unsafe { c::GDALMDArrayGetAttributes(self.raw(), &raw mut count, options.as_mut_ptr()) };
        handles(raw, count, Attribute::own)
    }

    pub(crate) fn dimensions(&self) -> Vec<Dimension> {
        let mut count = 0;
        // SAFETY: the handle is alive and `count` is written to.
        let raw = unsafe { c::GDALMDArrayGetDimensions(self.raw(), &raw mut count) };
        handles(raw, count, Dimension::own)
    }

    pub(crate) fn kind(&self) -> Kind {
        // SAFETY: the handle is alive.
        Type::own(unsafe { c::GDALMDArrayGetDataType(self.raw()) }).map_or(Kind::Other, |of| of.kind())
    }

    /// The length of each text, where all have the same; else 0.
    pub(crate) fn text_length(&self) -> usize {
        // SAFETY: the handle is alive.
        let of = Type::own(unsafe { c::GDALMDArrayGetDataType(self.raw()) });
        // SAFETY: as above.
        of.map_or(0, |of| unsafe { c::GDALExtendedDataTypeGetMaxStringLength(of.raw()) })
    }

    /// The lengths of a chunk, one per dimension; 0 where the file has none.
    pub(crate) fn block(&self) -> Vec<usize> {
        let mut count = 0;
        // SAFETY: the handle is alive; the result is an array of `count` numbers that is ours to free.
        unsafe {
            let raw = c::GDALMDArrayGetBlockSize(self.raw(), &raw mut count);
            if raw.is_null() {
                return Vec::new();
            }
            let lengths = (0..count).map(|at| usize::try_from(*raw.add(at)).unwrap_or(0)).collect();
            c::VSIFree(raw.cast::<c_void>());
            lengths
        }
    }

    pub(crate) fn unit(&self) -> String {
        // SAFETY: the handle is alive.
        text(unsafe { c::GDALMDArrayGetUnit(self.raw()) })
    }

    /// The scale and the offset, where there are any.
    pub(crate) fn scale_and_offset(&self) -> (Option<f64>, Option<f64>) {
        let (mut scaled, mut moved) = (0, 0);
        // SAFETY: the handle is alive and the flags are written to.
        let (scale, offset) = unsafe {
            (c::GDALMDArrayGetScale(self.raw(), &raw mut scaled), c::GDALMDArrayGetOffset(self.raw(), &raw mut moved))
        };
        ((scaled != 0).then_some(scale), (moved != 0).then_some(offset))
    }

    pub(crate) fn nodata(&self) -> Option<f64> {
        let mut there = 0;
        // SAFETY: the handle is alive and the flag is written to.
        let nodata = unsafe { c::GDALMDArrayGetNoDataValueAsDouble(self.raw(), &raw mut there) };
        (there != 0).then_some(nodata)
    }

    /// How the values are stored, in the driver's words.
    pub(crate) fn compression(&self) -> Option<String> {
        let key = c_text("COMPRESS");
        // SAFETY: the list belongs to the array, and the text found in it to the list.
        let found = unsafe {
            let list = c::GDALMDArrayGetStructuralInfo(self.raw());
            if list.is_null() {
                return None;
            }
            text(c::CSLFetchNameValue(list, key.as_ptr()))
        };
        (!found.is_empty()).then_some(found)
    }

    /// The CRS as WKT.
    pub(crate) fn wkt(&self) -> Option<String> {
        // SAFETY: the reference is ours to release, and the text to free.
        unsafe {
            let reference = c::GDALMDArrayGetSpatialRef(self.raw());
            if reference.is_null() {
                return None;
            }
            let mut raw = ptr::null_mut();
            c::OSRExportToWkt(reference, &raw mut raw);
            c::OSRRelease(reference);
            let wkt = text(raw);
            c::VSIFree(raw.cast::<c_void>());
            (!wkt.is_empty()).then_some(wkt)
        }
    }
}

impl Dimension {
    pub(crate) fn name(&self) -> String {
        // SAFETY: the handle is alive.
        text(unsafe { c::GDALDimensionGetName(self.raw()) })
    }

    pub(crate) fn len(&self) -> usize {
        // SAFETY: the handle is alive.
        usize::try_from(unsafe { c::GDALDimensionGetSize(self.raw()) }).unwrap_or(usize::MAX)
    }
}
