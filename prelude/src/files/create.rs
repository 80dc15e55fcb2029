//! Creating what a file holds: dimensions, variables and attributes, by GDAL's multidimensional API.

use crate::array::Attr;
use crate::gdal::library;
use crate::gdal::multidim::{Array, Attribute, Dimension, Group, Root, Type, c_text};
use crate::values::{DType, Text, Values, each};
use crate::{Error, ErrorKind, Result};
use gdal::errors::GdalError;
use gdal_sys as c;
use std::ffi::{CString, c_char};
use std::ops::Range;
use std::path::Path;
use std::ptr;

/// A file that is being written. What belongs to the file goes before the file.
pub(super) struct NewFile {
    pub(super) top: Group,
    root: Root,
}

/// What a call that gave null failed with.
fn made<T>(what: &str, make: impl FnOnce() -> Option<T>) -> Result<T> {
    library::call(|| make().ok_or_else(|| GdalError::NullPointer { method_name: "create", msg: String::new() }))
        .map_err(|said| Error::new(ErrorKind::Io, format!("{what}: {said}")))
}

/// What a call that gave 0 failed with.
fn done(what: &str, run: impl FnOnce() -> i32) -> Result<()> {
    made(what, || (run() != 0).then_some(()))
}

/// `KEY=VALUE` lists end with null; the texts must outlive the pointers.
struct OptionList {
    _texts: Vec<CString>,
    pointers: Vec<*mut c_char>,
}

impl OptionList {
    fn new(options: &[String]) -> Self {
        let texts: Vec<CString> = options.iter().map(|option| c_text(option)).collect();
        let pointers = texts.iter().map(|text| text.as_ptr().cast_mut()).chain([ptr::null_mut()]).collect();
        Self { _texts: texts, pointers }
    }

    fn as_ptr(&mut self) -> *mut *mut c_char {
        self.pointers.as_mut_ptr()
    }
}

impl NewFile {
    pub(super) fn create(path: &Path, driver: &str, options: &[String]) -> Result<Self> {
        library::ready();
        let (name, driver_name) = (c_text(&path.to_string_lossy()), c_text(driver));
        let mut options = OptionList::new(options);
        let root = made("the file cannot be made", || {
            // SAFETY: names and options outlive the call; a driver that is not there is null, which is checked.
            unsafe {
                let driver = c::GDALGetDriverByName(driver_name.as_ptr());
                if driver.is_null() {
                    return None;
                }
                Root::own(c::GDALCreateMultiDimensional(driver, name.as_ptr(), ptr::null_mut(), options.as_ptr()))
            }
        })?;
        // SAFETY: the dataset is open.
        let top = made("the file cannot be filled", || unsafe { Group::own(c::GDALDatasetGetRootGroup(root.raw())) })?;
        Ok(Self { top, root })
    }

    /// Writes what is still in memory. Before GDAL 3.7 closing tells of no error but by complaining.
    pub(super) fn close(self) -> Result<()> {
        let Self { top, root } = self;
        drop(top);
        let complained = library::call(|| {
            drop(root);
            Ok::<_, GdalError>(())
        });
        match complained.err().or_else(library::complaints) {
            Some(said) => Err(Error::new(ErrorKind::Io, format!("the file could not be completed: {said}"))),
            None => Ok(()),
        }
    }

    pub(super) fn dimension(&self, name: &str, length: usize, unlimited: bool) -> Result<Dimension> {
        let (name, empty) = (c_text(name), c_text(""));
        let mut options = OptionList::new(&if unlimited { vec!["UNLIMITED=YES".to_owned()] } else { Vec::new() });
        // SAFETY: all texts outlive the call.
        made("a dimension cannot be made", || unsafe {
            Dimension::own(c::GDALGroupCreateDimension(
                self.top.raw(),
                name.as_ptr(),
                empty.as_ptr(),
                empty.as_ptr(),
                length as u64,
                options.as_ptr(),
            ))
        })
    }

    pub(super) fn array(&self, name: &str, dims: &[&Dimension], of: &Type, options: &[String]) -> Result<Array> {
        let name = c_text(name);
        let mut options = OptionList::new(options);
        let mut dims: Vec<_> = dims.iter().map(|dim| dim.raw()).chain([ptr::null_mut()]).collect();
        // SAFETY: `dims` holds one live handle per dimension.
        made("a variable cannot be made", || unsafe {
            Array::own(c::GDALGroupCreateMDArray(
                self.top.raw(),
                name.as_ptr(),
                dims.len() - 1,
                dims.as_mut_ptr(),
                of.raw(),
                options.as_ptr(),
            ))
        })
    }
}

/// Who can carry attributes.
pub(super) enum Owner<'a> {
    File(&'a Group),
    Array(&'a Array),
}

/// Writes an attribute; numbers keep their kind.
pub(super) fn attribute(owner: &Owner<'_>, name: &str, value: &Attr) -> Result<()> {
    let (of, count) = match value {
        Attr::Text(_) => (Type::text(), None),
        Attr::Int(number) if i32::try_from(*number).is_ok() => (Type::number(5), None),
        Attr::Int(_) => (Type::number(gdal_type(DType::I64)), None),
        Attr::Float(_) => (Type::number(7), None),
        Attr::Numbers(numbers) => (Type::number(7), Some(numbers.len() as u64)),
    };
    let of = of.ok_or_else(|| Error::new(ErrorKind::Other, "GDAL lacks the type of an attribute"))?;
    let what = format!("attribute {name:?}");
    let name = c_text(name);
    let sizes = [count.unwrap_or(0)];
    let dims = usize::from(count.is_some());
    // SAFETY: handles, name and sizes are alive.
    let attribute = made(&what, || unsafe {
        Attribute::own(match owner {
            Owner::File(group) => {
                c::GDALGroupCreateAttribute(group.raw(), name.as_ptr(), dims, sizes.as_ptr(), of.raw(), ptr::null_mut())
            }
            Owner::Array(array) => c::GDALMDArrayCreateAttribute(
                array.raw(),
                name.as_ptr(),
                dims,
                sizes.as_ptr(),
                of.raw(),
                ptr::null_mut(),
            ),
        })
    })?;
    // SAFETY: each value has the type and the count that the attribute was made with.
    done(&what, || unsafe {
        match value {
            Attr::Text(text) => c::GDALAttributeWriteString(attribute.raw(), c_text(text).as_ptr()),
            Attr::Int(number) => match i32::try_from(*number) {
                Ok(small) => c::GDALAttributeWriteInt(attribute.raw(), small),
                Err(_) if gdal_type(DType::I64) == 7 => c::GDALAttributeWriteDouble(attribute.raw(), *number as f64),
                Err(_) => c::GDALAttributeWriteRaw(attribute.raw(), ptr::from_ref(number).cast(), 8),
            },
            Attr::Float(number) => c::GDALAttributeWriteDouble(attribute.raw(), *number),
            Attr::Numbers(numbers) => {
                c::GDALAttributeWriteDoubleArray(attribute.raw(), numbers.as_ptr(), numbers.len())
            }
        }
    })
}

/// The type in which a file holds `dtype`: GDAL has 64-bit integers since version 3.5, before they are doubles, and signed
/// bytes since 3.7, before they are 16 bits wide.
pub(super) fn stored_type(dtype: DType) -> DType {
    match dtype {
        DType::Bool | DType::Text => DType::U8,
        DType::I8 if !cfg!(gdal_int8) => DType::I16,
        DType::I64 | DType::U64 | DType::DateTime if !cfg!(gdal_int64) => DType::F64,
        DType::DateTime => DType::I64,
        other => other,
    }
}

/// GDAL's number of the type in which a file holds `dtype`.
pub(super) fn gdal_type(dtype: DType) -> u32 {
    stored_type(dtype).gdal_number().unwrap_or(1)
}

/// Sets the value that stands for "missing", which must come before any value.
pub(super) fn set_fill(array: &Array, dtype: DType, fill: f64) -> Result<()> {
    let value = Values::from(fill).cast(dtype);
    each!(&value, value => {
        let slice = value.as_slice().unwrap_or_default();
        // SAFETY: GDAL copies one element of the array's own type, which `dtype` is.
        done("_FillValue", || unsafe { c::GDALMDArraySetRawNoDataValue(array.raw(), slice.as_ptr().cast()) })
    })
}

/// Writes a window, one range per dimension.
pub(super) fn write(array: &Array, of: &Type, window: &[Range<usize>], values: &Values) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    let starts: Vec<u64> = window.iter().map(|range| range.start as u64).chain([0]).collect();
    let counts: Vec<usize> = window.iter().map(Range::len).chain([1]).collect();
    let put = |data: *const std::ffi::c_void, bytes: usize| {
        // SAFETY: `data` holds the window's elements one after the other, `bytes` in all, of type `of`.
        done("values cannot be written", || unsafe {
            c::GDALMDArrayWrite(
                array.raw(),
                starts.as_ptr(),
                counts.as_ptr(),
                ptr::null(),
                ptr::null(),
                of.raw(),
                data,
                data,
                bytes,
            )
        })
    };
    if let Values::Text(texts) = values {
        let texts: Vec<CString> = texts.iter().map(|text: &Text| c_text(text.as_str().unwrap_or_default())).collect();
        let pointers: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr()).collect();
        return put(pointers.as_ptr().cast(), size_of_val(pointers.as_slice()));
    }
    each!(values, array => {
        let array = array.as_standard_layout();
        let slice = array.as_slice().unwrap_or_default();
        put(slice.as_ptr().cast(), size_of_val(slice))
    })
}
