//! netCDF-4 and other HDF5 files: dimensions as the netCDF library knows them, types as HDF5 itself says.
//!
//! GDAL shows one-letter text as bytes, or joins it; 8-bit integers with a sign as 16 bits; and leaves out arrays of
//! truth values. Text without a dimension is read through its HDF5 driver: the netCDF driver of GDAL 3.6 gives a pointer
//! to memory that it has freed.

use super::{Format, through_gdal};
use crate::array::Dataset;
use crate::disk::shown;
use crate::files::assemble;
use crate::files::attribute::{Given, GivenAttrs};
use crate::files::file_type::FileType;
use crate::files::header::{Header, Variable};
use crate::files::library::{self, Driver};
use crate::files::opening::Opening;
use crate::files::options::DatasetOptions;
use crate::files::source::Access;
use crate::gdal::hdf5::{self, AttributeOf, Class, Described};
use crate::gdal::hdf5_errors;
use crate::gdal::multidim::Kind;
use crate::{Error, ErrorKind, Result};
use std::path::Path;
use std::sync::Arc;

pub(super) struct Hdf5;

const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";

impl Format for Hdf5 {
    fn name(&self) -> &'static str {
        "netCDF-4 or HDF5"
    }

    fn can_open(&self, _: &Path, first_bytes: &[u8]) -> bool {
        // Blocks of somebody else's before it have one of these lengths.
        [0, 512, 1024, 2048].iter().any(|&at| first_bytes.get(at..).is_some_and(|rest| rest.starts_with(SIGNATURE)))
    }

    fn open(&self, opening: &Arc<Opening>) -> Result<Dataset> {
        let (path, options) = (opening.path(), opening.options());
        let mut header =
            library::with(path, |file| through_gdal::of_group(path, file, options)).map_err(|error| {
                // GDAL says no more than that it does not know the file.
                match cause(path) {
                    Some(cause) => Error::new(ErrorKind::Damaged, format!("{} cannot be opened: {cause}", shown(path))),
                    None => error,
                }
            })??;
        let described = {
            let _serial = library::serial();
            empty_attributes(path, options, &mut header);
            hdf5::describe(path, options.groups())
        };
        match described {
            Some(described) => correct(path, options, &mut header, &described)?,
            None => {
                ask_gdal(path, options, &mut header);
                name_dimensions(&mut header, &[]);
            }
        }
        if header.variables.is_empty() && !options.has_dropped() {
            return Err(library::with(path, |file| through_gdal::no_variables(path, file, &header))?);
        }
        assemble::dataset(header, opening).map_err(|error| error.context(shown(path)))
    }
}

/// Why HDF5 itself does not open the file, if it does not.
fn cause(path: &Path) -> Option<String> {
    let _serial = library::serial();
    hdf5_errors::forget();
    match hdf5::describe(path, &[]) {
        Some(_) => None,
        None => hdf5_errors::complaint(),
    }
}

/// Takes the numbers away that GDAL gives for attributes without any. Call it under the lock of HDF5.
fn empty_attributes(path: &Path, options: &DatasetOptions, header: &mut Header) {
    let own = |variable: &&mut Variable| variable.place.groups == options.groups();
    let one_number = |attrs: &GivenAttrs, array: Option<&str>| -> Vec<AttributeOf> {
        let one = attrs.iter().filter(|(_, value)| value.numbers().len() == 1);
        one.map(|(name, _)| AttributeOf { array: array.map(str::to_owned), name: name.clone() }).collect()
    };
    let mut asked = one_number(&header.attrs, None);
    for variable in header.variables.iter_mut().filter(own) {
        asked.extend(one_number(&variable.attrs, Some(&variable.name)));
    }
    for empty in hdf5::without_elements(path, options.groups(), asked) {
        let attrs = match empty.array {
            None => Some(&mut header.attrs),
            Some(name) => {
                header.variables.iter_mut().filter(own).find(|own| own.name == name).map(|variable| &mut variable.attrs)
            }
        };
        let found = attrs.and_then(|attrs| attrs.iter_mut().find(|(name, _)| *name == empty.name));
        if let Some((_, value)) = found {
            *value = match value {
                Given::Floats(_, of) => Given::Floats(Vec::new(), *of),
                Given::Integers(_, of) => Given::Integers(Vec::new(), *of),
                _ => Given::Integers(Vec::new(), FileType::U64),
            };
        }
    }
}

/// Puts the true types in place, adds what the netCDF library did not show, and says why the rest is not there.
fn correct(path: &Path, options: &DatasetOptions, header: &mut Header, described: &[Described]) -> Result<()> {
    // An array with an attribute that the netCDF library does not read has no name there.
    let nameless = header.skipped.iter().any(|(name, _)| name.is_empty());
    header.skipped.retain(|(name, _)| !name.is_empty());
    for array in described {
        if options.drops(&array.name) {
            continue;
        }
        let name = shown_name(array);
        if name == array.name && described.iter().any(|other| other.name != name && shown_name(other) == name) {
            continue;
        }
        let own = |variable: &Variable| variable.name == name && variable.place.groups == options.groups();
        if array.null {
            header.variables.retain(|variable| !own(variable));
            skip(header, &array.name, "it has no shape and no values (in h5py it is Empty)");
            continue;
        }
        match (header.variables.iter().position(own), &array.class) {
            (None, Class::Other(what)) => skip(header, &array.name, what),
            // Not only the scale of a dimension that has no coordinates.
            (None, _) if !array.scale || nameless => add(path, options, header, &array.name)?,
            _ => {}
        }
        let Some(variable) = header.variables.iter_mut().find(|variable| own(variable)) else { continue };
        set_type(variable, &array.class)?;
        if let Some(lacking) = array.lacking.first() {
            variable.place.access = Access::Nobody(lacking_filter(lacking).into());
        }
    }
    name_dimensions(header, described);
    Ok(())
}

/// The name that netCDF shows: a variable that is called as a dimension and is not its coordinate is stored under another
/// one, beside what stands for the dimension.
fn shown_name(array: &Described) -> &str {
    array.name.strip_prefix("_nc4_non_coord_").unwrap_or(&array.name)
}

/// Leaves out an array for a reason.
fn skip(header: &mut Header, name: &str, why: &str) {
    header.skipped.retain(|(skipped, _)| skipped != name);
    header.skipped.push((name.to_owned(), why.to_owned()));
}

fn lacking_filter((name, number): &(String, u32)) -> String {
    format!(
        "its values are packed with the filter {name} (HDF5's number {number}), which this installation of HDF5 lacks: set HDF5_PLUGIN_PATH to a folder with that filter, or write the file with zlib, in Python encoding={{\"zlib\": True}}"
    )
}

fn set_type(variable: &mut Variable, class: &Class) -> Result<()> {
    let place = &mut variable.place;
    // Of an enumeration of signed bytes the netCDF driver of GDAL 3.6 says that they are 16 bits wide, and copies 8 of each.
    if matches!(class, Class::Bool | Class::Names { bytes: 1, signed: true }) {
        place.access = Access::Gdal(Driver::Hdf5);
    }
    match class {
        // GDAL's types follow the attribute `_Unsigned`, which is the business of a coder.
        Class::Integer { bytes, signed } | Class::Names { bytes, signed } => {
            let unsigned = match bytes {
                1 => FileType::U8,
                2 => FileType::U16,
                4 => FileType::U32,
                8 => FileType::U64,
                _ => return Ok(()),
            };
            place.of = if *signed { unsigned.with_sign(true) } else { unsigned };
            let of = place.of;
            // GDAL applies `_Unsigned` to attributes as well.
            for (name, value) in &mut variable.attrs {
                // Those of another width than the values stayed as they are.
                let same_width = |given: FileType| name == "_FillValue" || given == unsigned;
                if let ("_FillValue" | "missing_value", Given::Integers(numbers, given)) = (name.as_str(), value)
                    && same_width(*given)
                {
                    if *given == unsigned {
                        *given = of;
                    }
                    numbers.iter_mut().for_each(|number| {
                        let wrapped = of.wrapped((*number).into());
                        let (least, most) = unsigned.integer_range().unwrap_or((0, 0));
                        if (least..=most).contains(&i128::from(*number)) {
                            *number = i64::try_from(wrapped).unwrap_or(*number);
                        }
                    });
                }
            }
        }
        Class::Float { bytes: 2 } => place.of = FileType::F16,
        Class::Bool => place.of = FileType::Bool,
        // netCDF's `char`; plain HDF5 files have no texts that are arrays of letters.
        Class::FixedText { bytes: 1 } => characters(variable)?,
        // The netCDF library reads on behind a text that fills its bytes and has no zero at its end.
        Class::FixedText { .. } => place.access = Access::Gdal(Driver::Hdf5),
        _ => {}
    }
    Ok(())
}

/// A variable of single bytes of text, from which GDAL may have taken the last dimension.
fn characters(variable: &mut Variable) -> Result<()> {
    let place = &mut variable.place;
    place.of = FileType::Char;
    if place.kind != Kind::Text {
        return Ok(());
    }
    // Its name and its length are not shown by the netCDF driver any more.
    let joined = place.with_array(Driver::Hdf5, |array| {
        Ok(array.dimensions().iter().map(|dim| (dim.name(), dim.len())).collect::<Vec<_>>())
    })?;
    let Access::Gdal(driver) = place.access else { return Ok(()) };
    let length = place.with_array(driver, |array| Ok(array.text_length()))?;
    if joined.len() != place.dims.len() + 1 || place.dims.is_empty() {
        // Not joined: each element is a text of one letter already.
        place.of = FileType::Text;
        return Ok(());
    }
    if let Some((name, shown)) = joined.last() {
        place.dims.push(name.clone());
        place.shape.push(if length > 0 { length } else { *shown });
        place.block.push(place.shape.last().copied().unwrap_or(1).max(1));
    }
    Ok(())
}

/// An array that the netCDF library passes over, such as one of truth values, which are an enumeration: read by the HDF5
/// driver.
fn add(path: &Path, options: &DatasetOptions, header: &mut Header, name: &str) -> Result<()> {
    let found = library::with_driver(path, Driver::Hdf5, |file| {
        let array = file.open_array(options.groups(), name)?;
        if through_gdal::is_only_a_dimension(&array) {
            return None;
        }
        Some(through_gdal::variable(path, file, options, name, &array))
    })?;
    match found {
        Some(Some(variable)) => {
            header.skipped.retain(|(skipped, _)| skipped != name);
            header.variables.push(variable);
        }
        Some(None) => skip(header, name, through_gdal::NEITHER),
        None => {}
    }
    Ok(())
}

/// Dimensions that no file names are called `dim0`, `dim1` by the HDF5 driver, in each array anew. The netCDF library gives
/// all those of one length one name, and so does h5netcdf.
fn name_dimensions(header: &mut Header, described: &[Described]) {
    let made_up = |dim: &str| {
        let number = dim.strip_prefix("dim").is_some_and(|rest| rest.parse::<usize>().is_ok());
        number && described.iter().all(|array| array.name != dim)
    };
    let all = header.variables.iter().flat_map(|variable| variable.place.dims.iter().zip(&variable.place.shape));
    let mut known: Vec<(String, usize)> = Vec::new();
    for (dim, &length) in all.filter(|(dim, _)| !made_up(dim)) {
        if known.iter().all(|(other, _)| other != dim) {
            known.push((dim.clone(), length));
        }
    }
    for place in header.variables.iter_mut().map(|variable| &mut variable.place) {
        for axis in 0..place.dims.len() {
            if !made_up(&place.dims[axis]) {
                continue;
            }
            let length = place.shape[axis];
            let mut phony = known.iter().filter(|(dim, other)| dim.starts_with("phony_dim_") && *other == length);
            let free = phony.find(|(dim, _)| !place.dims[..axis].contains(dim)).map(|(dim, _)| dim.clone());
            place.dims[axis] = free.unwrap_or_else(|| {
                let mut names = (known.len()..).map(|number| format!("phony_dim_{number}"));
                let name = names.find(|name| known.iter().all(|(other, _)| other != name)).unwrap_or_default();
                known.push((name.clone(), length));
                name
            });
        }
    }
}

/// Where HDF5 cannot be asked, its driver tells text from numbers: what it takes for text and the netCDF driver for bytes
/// are characters, and text of a fixed length is read through it, since the netCDF library reads on behind its end.
fn ask_gdal(path: &Path, options: &DatasetOptions, header: &mut Header) {
    for variable in &mut header.variables {
        let place = &mut variable.place;
        let kind = library::with_driver(path, Driver::Hdf5, |file| {
            file.open_array(options.groups(), &variable.name).map(|array| (array.kind(), array.dimensions().len()))
        });
        let Ok(Some((Kind::Text, rank))) = kind else { continue };
        if place.kind == Kind::Text && rank == place.dims.len() {
            place.access = Access::Gdal(Driver::Hdf5);
        } else if place.of == FileType::U8 {
            place.of = FileType::Char;
        }
    }
    // An enumeration of signed bytes cannot be told from 16-bit integers here; that driver reads both.
    for variable in header.variables.iter_mut().filter(|variable| variable.place.of == FileType::I16) {
        variable.place.access = Access::Gdal(Driver::Hdf5);
    }
}
