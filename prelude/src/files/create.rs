//! Creating what a file holds: dimensions, variables and attributes, by GDAL's multidimensional API.

use super::attribute::Given;
use super::file_type::FileType;
use super::library::{c_path, with_cause};
use crate::gdal::hdf5_errors;
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
    hdf5_errors::forget();
    library::call(|| make().ok_or_else(|| GdalError::NullPointer { method_name: "create", msg: String::new() }))
        .map_err(|said| Error::new(ErrorKind::Io, format!("{what}: {}", with_cause(said))))
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
        let (name, driver_name) = (c_path("", path, ""), c_text(driver));
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
        hdf5_errors::forget();
        let complained = library::call(|| {
            drop(root);
            Ok::<_, GdalError>(())
        });
        match complained.err().or_else(library::complaints) {
            Some(said) => {
                Err(Error::new(ErrorKind::Io, format!("the file could not be completed: {}", with_cause(said))))
            }
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
        let array = made("a variable cannot be made", || unsafe {
            Array::own(c::GDALGroupCreateMDArray(
                self.top.raw(),
                name.as_ptr(),
                dims.len() - 1,
                dims.as_mut_ptr(),
                of.raw(),
                options.as_ptr(),
            ))
        })?;
        // GDAL finds out the type when it is first asked, and would take an attribute `_Unsigned` for a part of it.
        array.kind();
        Ok(array)
    }
}

/// Who can carry attributes.
pub(super) enum Owner<'a> {
    File(&'a Group),
    Array(&'a Array),
}

/// Writes an attribute; numbers keep their type, but for integers of 64 bits that fit into 32.
pub(super) fn attribute(owner: &Owner<'_>, name: &str, value: &Given) -> Result<()> {
    let (of, count) = match value {
        Given::Text(_) => (Type::text(), None),
        Given::Texts(texts) => (Type::text(), Some(texts.len())),
        Given::Integers(values, of) => (Type::number(gdal_type(narrow(values, *of))), listed(values.len())),
        Given::Large(values) => (Type::number(gdal_type(FileType::U64)), listed(values.len())),
        Given::Floats(values, of) => (Type::number(gdal_type(*of)), listed(values.len())),
    };
    // There is no list without elements in netCDF.
    if count == Some(0) {
        return Ok(());
    }
    let of = of.ok_or_else(|| Error::new(ErrorKind::Other, "GDAL lacks the type of an attribute"))?;
    let what = format!("attribute {name:?}");
    let name = c_text(name);
    let sizes = [count.unwrap_or(0) as u64];
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
    let raw = attribute.raw();
    match value {
        // SAFETY: the text outlives the call.
        Given::Text(text) => done(&what, || unsafe { c::GDALAttributeWriteString(raw, c_text(text).as_ptr()) }),
        Given::Texts(texts) => {
            let mut list = OptionList::new(texts);
            // SAFETY: the list ends with null and outlives the call.
            done(&what, || unsafe { c::GDALAttributeWriteStringArray(raw, list.as_ptr().cast()) })
        }
        Given::Integers(values, of) => {
            let numbers =
                Values::from_shape_vec(&[values.len()], values.clone())?.cast(buffer_dtype(narrow(values, *of)));
            write_raw(&what, &attribute, &numbers)
        }
        Given::Large(values) => {
            let numbers = Values::from_shape_vec(&[values.len()], values.clone())?.cast(buffer_dtype(FileType::U64));
            write_raw(&what, &attribute, &numbers)
        }
        Given::Floats(values, of) => {
            let numbers = Values::from_shape_vec(&[values.len()], values.clone())?.cast(buffer_dtype(*of));
            write_raw(&what, &attribute, &numbers)
        }
    }
}

/// One number is no list.
fn listed(length: usize) -> Option<usize> {
    (length != 1).then_some(length)
}

fn narrow(values: &[i64], of: FileType) -> FileType {
    match of {
        FileType::I64 if values.iter().all(|&value| i32::try_from(value).is_ok()) => FileType::I32,
        of => of,
    }
}

/// `numbers` have the type that the attribute was made with.
fn write_raw(what: &str, attribute: &Attribute, numbers: &Values) -> Result<()> {
    each!(numbers, numbers => {
        let slice = numbers.as_slice().unwrap_or_default();
        // SAFETY: the slice holds as many elements of the attribute's type as it was made for.
        done(what, || unsafe {
            c::GDALAttributeWriteRaw(attribute.raw(), slice.as_ptr().cast(), size_of_val(slice))
        })
    })
}

/// The type in memory from which GDAL writes `of`: it has 64-bit integers since version 3.5, before they are doubles, and
/// signed bytes since 3.7, before they are 16 bits wide and netCDF's type is asked for by its name, see [`netcdf_type`].
pub(super) fn buffer_dtype(of: FileType) -> DType {
    match of {
        FileType::Bool | FileType::I8 if cfg!(gdal_int8) => DType::I8,
        FileType::Bool | FileType::I8 => DType::I16,
        FileType::I64 | FileType::U64 if !cfg!(gdal_int64) => DType::F64,
        FileType::Char | FileType::Text => DType::U8,
        of => of.dtype(),
    }
}

/// GDAL's number of the type in which a file holds `of`.
pub(super) fn gdal_type(of: FileType) -> u32 {
    buffer_dtype(of).gdal_number().unwrap_or(1)
}

/// The option of creation that asks for a type of netCDF which GDAL does not have.
pub(super) fn netcdf_type(of: FileType) -> Option<String> {
    matches!(of, FileType::I8 | FileType::Bool).then(|| "NC_TYPE=NC_BYTE".to_owned())
}

/// Sets the value that stands for "missing", which must come before any value.
pub(super) fn set_fill(array: &Array, of: FileType, fill: &Given) -> Result<()> {
    let value = match fill {
        Given::Integers(values, _) => Values::from_shape_vec(&[values.len()], values.clone())?.cast(buffer_dtype(of)),
        Given::Large(values) => Values::from_shape_vec(&[values.len()], values.clone())?.cast(buffer_dtype(of)),
        other => Values::from_shape_vec(&[other.numbers().len()], other.numbers())?.cast(buffer_dtype(of)),
    };
    if matches!(of, FileType::I8 | FileType::Bool) {
        let number = value.get(&[0]).unwrap_or(0.0);
        // SAFETY: the handle is alive. The width that GDAL has for this type depends on its version.
        return done("_FillValue", || unsafe { c::GDALMDArraySetNoDataValueAsDouble(array.raw(), number) });
    }
    each!(&value, value => {
        let slice = value.as_slice().unwrap_or_default();
        if slice.is_empty() {
            return Ok(());
        }
        // SAFETY: GDAL copies one element of the array's own type, which `of` is.
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
