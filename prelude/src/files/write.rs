//! Datasets to netCDF-4, window by window, so that one larger than memory can be written.

use super::calendar;
use super::create::{self, NewFile, Owner, gdal_type, stored_type};
use super::library::{forget, serial};
use super::source::sensible_block;
use crate::array::{Attr, Attrs, Coord, DType, DataArray, Dataset, Dims, Values, merge};
use crate::cancel;
use crate::disk::Temporary;
use crate::disk::shown;
use crate::gdal::multidim::{Array, Dimension, Type};
use crate::lazy::Plan;
use crate::parallel::Progress;
use crate::{Error, ErrorKind, Result};
use std::ops::Range;
use std::path::Path;

/// Bytes that are computed before they are written.
const WINDOW_BYTES: usize = 32 << 20;

/// How a netCDF file is written: compression, chunks, packing, dimensions that can grow.
///
/// ```
/// use isopleth::files::NetcdfOptions;
/// let options = NetcdfOptions::new().compress(4).pack("t2m", 0.01, 273.15).unlimited("time");
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Default)]
pub struct NetcdfOptions {
    level: u8,
    chunks: Vec<(String, usize)>,
    packed: Vec<(String, f64, f64)>,
    unlimited: Vec<String>,
}

impl From<()> for NetcdfOptions {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl NetcdfOptions {
    /// Not compressed, not chunked, every type as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compresses with zlib, 1 (fast) to 9 (small), after sorting bytes; 0 for none. Compressed files have chunks.
    #[must_use]
    pub fn compress(mut self, level: u8) -> Self {
        self.level = level.min(9);
        self
    }

    /// Chunks of these lengths, for every variable that has the dimension.
    #[must_use]
    pub fn chunks(mut self, lengths: impl AsRef<[(&'static str, usize)]>) -> Self {
        self.chunks.extend(lengths.as_ref().iter().map(|(dim, length)| ((*dim).to_owned(), *length)));
        self
    }

    /// Holds `variable` as 16-bit integers: the value is `scale * number + offset`; missing values are -32768.
    #[must_use]
    pub fn pack(mut self, variable: &str, scale: f64, offset: f64) -> Self {
        self.packed.push((variable.to_owned(), scale, offset));
        self
    }

    /// Lets `dim` grow later, when another program appends to the file.
    #[must_use]
    pub fn unlimited(mut self, dims: impl Into<Dims>) -> Self {
        if let Dims::Names(names) = dims.into() {
            self.unlimited.extend(names);
        }
        self
    }
}

impl Dataset {
    /// Writes a netCDF-4 file: dimensions, coordinates, arrays and attributes. Lazy arrays are computed window by window.
    ///
    /// Dates are written as xarray writes them (`days since 2016-01-01`); missing values of floats as the
    /// attribute `_FillValue` says, or NaN. `bool` becomes a byte with the attribute `dtype`. The file takes
    /// its name when it is complete. `options` is `()` or [`NetcdfOptions`].
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("rain.nc");
    /// use isopleth::prelude::*;
    /// let rain = DataArray::new(vec![1.0, f64::NAN], "time")?.coord("time", date_range("2016-01-01", 2)?)?.name("rain");
    /// merge([&rain])?.to_netcdf(&path, ())?;
    /// assert_eq!(open_dataset(&path)?["rain"].sum(())?.item()?, 1.0);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// If the folder cannot be written to, a number does not fit into its packed type, or a lazy array cannot be read.
    pub fn to_netcdf(&self, path: impl AsRef<Path>, options: impl Into<NetcdfOptions>) -> Result<()> {
        let result = save(self, path.as_ref(), &options.into());
        cancel::checkpoint();
        result
    }
}

impl DataArray {
    /// Writes the array alone; see [`Dataset::to_netcdf`]. Without a name it is called `data`.
    ///
    /// # Errors
    /// As [`Dataset::to_netcdf`].
    pub fn to_netcdf(&self, path: impl AsRef<Path>, options: impl Into<NetcdfOptions>) -> Result<()> {
        let named = if self.get_name().is_some() { self.clone() } else { self.name("data") };
        merge([named])?.to_netcdf(path, options)
    }
}

fn save(ds: &Dataset, path: &Path, options: &NetcdfOptions) -> Result<()> {
    for (name, ..) in &options.packed {
        ds.get(name)?;
    }
    let temporary = Temporary::beside(path)?;
    // Reductions are computed before the lock on the library is taken: they may read netCDF files themselves.
    let arrays: Vec<Plan> = ds.arrays().iter().map(|array| array.plan().settled()).collect::<Result<_>>()?;
    fill(ds, &arrays, temporary.path(), options).map_err(|error| error.context(shown(path)))?;
    forget(path);
    temporary.take_name(path)
}

/// A variable that was made, and how its values become the file's.
struct Made {
    array: Array,
    of: Type,
    encoding: Encoding,
}

#[derive(Clone, Copy)]
enum Encoding {
    Plain(DType),
    /// NaN becomes this.
    Fill(f64),
    Packed(f64, f64),
}

fn fill(ds: &Dataset, plans: &[Plan], path: &Path, options: &NetcdfOptions) -> Result<()> {
    // Made and closed under the lock; between windows it is free, so that windows of other files can be read.
    let file = {
        let _serial = serial();
        NewFile::create(path, "netCDF", &["FORMAT=NC4".to_owned()])?
    };
    let guard = serial();
    let mut sizes = ds.sizes();
    for (dim, &length) in ds.coords().iter().flat_map(|coord| coord.dims().iter().zip(coord.values().shape())) {
        if sizes.iter().all(|(known, _)| known != dim) {
            sizes.push((dim.clone(), length));
        }
    }
    let dims: Vec<(String, Dimension)> = sizes
        .into_iter()
        .map(|(name, length)| {
            // A length of 0 means "may grow" in netCDF.
            let grows = length == 0 || options.unlimited.contains(&name);
            Ok((name.clone(), file.dimension(&name, length, grows)?))
        })
        .collect::<Result<_>>()?;
    let mut attrs = ds.attrs().clone();
    attrs.remove("not_read");
    // A coordinate that no array can name is named by the file, as xarray writes it.
    let unnamed = |coord: &&Coord| {
        !coord.is_index() && ds.arrays().iter().all(|array| array.coords().get(coord.name()).is_none())
    };
    let names: Vec<&str> = ds.coords().iter().filter(unnamed).map(Coord::name).collect();
    if !names.is_empty() {
        attrs.set("coordinates", names.join(" "));
    }
    attrs.iter().try_for_each(|(name, value)| create::attribute(&Owner::File(&file.top), name, value))?;
    for coord in ds.coords() {
        write_coord(&file, &dims, coord)?;
    }
    let has_crs = ds.coords().get("spatial_ref").is_some();
    let mut made = Vec::new();
    for array in ds.arrays() {
        let others: Vec<&str> = array
            .coords()
            .iter()
            .filter(|coord| !coord.is_index() && coord.name() != "spatial_ref")
            .map(Coord::name)
            .collect();
        let mut attrs = array.attrs().clone();
        attrs.remove("decoding_note");
        if !others.is_empty() {
            attrs.set("coordinates", others.join(" "));
        }
        if has_crs && array.ndim() >= 2 {
            attrs.set("grid_mapping", "spatial_ref");
        }
        let name = array.get_name().unwrap_or_default();
        let packed =
            options.packed.iter().find(|(packed, ..)| packed == name).map(|(_, scale, offset)| (*scale, *offset));
        made.push(make(&file, &dims, name, array.dims(), array.dtype(), &attrs, packed, Some(options), array.shape())?);
    }
    drop(guard);
    let progress = Progress::new("writing", plans.iter().map(|plan| windows(plan).len()).sum()).unit("windows");
    let _here = progress.enter();
    let mut outcome = Ok(());
    'all: for (plan, made) in plans.iter().zip(&made) {
        for window in windows(plan) {
            outcome = cancel::check()
                .and_then(|()| plan.part(&window))
                .and_then(|values| encoded(values, made.encoding))
                .and_then(|values| {
                    let _serial = serial();
                    create::write(&made.array, &made.of, &window, &values)
                });
            if outcome.is_err() {
                break 'all;
            }
            progress.step(1);
        }
    }
    if outcome.is_ok() {
        progress.finish();
    }
    let _serial = serial();
    drop(made);
    drop(dims);
    let closed = file.close();
    outcome.and(closed)
}

fn windows(plan: &Plan) -> Vec<Vec<Range<usize>>> {
    let shape = plan.shape();
    let mut windows = vec![Vec::new()];
    let mut room = (WINDOW_BYTES / plan.dtype().size().max(1)).max(1);
    let mut lengths = vec![1; shape.len()];
    for (length, &all) in lengths.iter_mut().zip(shape).rev() {
        *length = all.min(room).max(1);
        room = (room / *length).max(1);
    }
    for (&length, &all) in lengths.iter().zip(shape) {
        let mut longer = Vec::new();
        for window in &windows {
            for start in (0..all).step_by(length) {
                let mut window: Vec<Range<usize>> = window.clone();
                window.push(start..(start + length).min(all));
                longer.push(window);
            }
        }
        windows = longer;
    }
    windows
}

/// Makes a variable with its attributes.
#[allow(clippy::too_many_arguments)] // what a variable is in a file, each said once
fn make(
    file: &NewFile,
    dims: &[(String, Dimension)],
    name: &str,
    own: &[String],
    dtype: DType,
    attrs: &Attrs,
    packed: Option<(f64, f64)>,
    options: Option<&NetcdfOptions>,
    shape: &[usize],
) -> Result<Made> {
    let stored = if packed.is_some() { DType::I16 } else { dtype };
    let of = if dtype == DType::Text { Type::text() } else { Type::number(gdal_type(stored)) };
    let of = of.ok_or_else(|| Error::new(ErrorKind::Other, format!("GDAL has no type for {stored}")))?;
    let handles: Vec<&Dimension> =
        own.iter().filter_map(|dim| dims.iter().find(|(name, _)| name == dim)).map(|(_, handle)| handle).collect();
    let creation = options.map(|options| creation(options, own, shape, stored)).unwrap_or_default();
    let array = file.array(name, &handles, &of, &creation).map_err(|error| error.context(name))?;
    let fill = attrs.get("_FillValue").and_then(Attr::as_f64);
    let mut encoding = match (packed, dtype) {
        (Some((scale, offset)), _) => {
            create::set_fill(&array, DType::I16, f64::from(i16::MIN))?;
            Encoding::Packed(scale, offset)
        }
        (None, DType::F32 | DType::F64) => {
            let fill = fill.unwrap_or(f64::NAN);
            create::set_fill(&array, dtype, fill)?;
            Encoding::Fill(fill)
        }
        _ => Encoding::Plain(stored),
    };
    let owner = Owner::Array(&array);
    for (name, value) in attrs.iter().filter(|(name, _)| !matches!(*name, "_FillValue" | "scale_factor" | "add_offset"))
    {
        create::attribute(&owner, name, value)?;
    }
    if let Some((scale, offset)) = packed {
        create::attribute(&owner, "scale_factor", &Attr::Float(scale))?;
        create::attribute(&owner, "add_offset", &Attr::Float(offset))?;
    }
    if dtype == DType::Bool {
        create::attribute(&owner, "dtype", &Attr::Text("bool".to_owned()))?;
    }
    if (dtype == DType::Bool || dtype.is_integer()) && packed.is_none() {
        encoding = Encoding::Plain(stored_type(dtype));
    }
    // Data are not looked at before they are written, so their dates take the units that hold any.
    if dtype == DType::DateTime {
        create::attribute(&owner, "units", &Attr::Text("nanoseconds since 1970-01-01".to_owned()))?;
        create::attribute(&owner, "calendar", &Attr::Text("proleptic_gregorian".to_owned()))?;
        encoding = Encoding::Plain(DType::I64);
    }
    Ok(Made { array, of, encoding })
}

fn creation(options: &NetcdfOptions, dims: &[String], shape: &[usize], dtype: DType) -> Vec<String> {
    let mut list = Vec::new();
    if dims.is_empty() || dtype == DType::Text {
        return list;
    }
    let chosen = dims.iter().any(|dim| options.chunks.iter().any(|(name, _)| name == dim));
    if options.level > 0 {
        list.extend(["COMPRESS=DEFLATE".to_owned(), format!("ZLEVEL={}", options.level)]);
    }
    if chosen || options.level > 0 {
        let block = sensible_block(shape, dtype.size());
        let length = |(axis, dim): (usize, &String)| {
            let asked = options.chunks.iter().rev().find(|(name, _)| name == dim).map(|(_, length)| *length);
            asked.unwrap_or(block[axis]).clamp(1, shape[axis].max(1)).to_string()
        };
        list.push(format!("BLOCKSIZE={}", dims.iter().enumerate().map(length).collect::<Vec<_>>().join(",")));
    }
    list
}

fn encoded(values: Values, encoding: Encoding) -> Result<Values> {
    match encoding {
        Encoding::Plain(dtype) => Ok(values.cast(dtype)),
        Encoding::Fill(fill) if fill.is_nan() => Ok(values),
        Encoding::Fill(fill) => Ok(match values {
            Values::F32(array) => Values::F32(array.mapv(|v| if v.is_nan() { fill as f32 } else { v }).into_shared()),
            Values::F64(array) => Values::F64(array.mapv(|v| if v.is_nan() { fill } else { v }).into_shared()),
            other => other,
        }),
        Encoding::Packed(scale, offset) => {
            let Values::F64(numbers) = values.cast(DType::F64) else {
                unreachable!("cast gives what it was asked for")
            };
            let packed =
                numbers.mapv(|v| if v.is_nan() { f64::from(i16::MIN) } else { ((v - offset) / scale).round() });
            match packed.iter().zip(&numbers).find(|(packed, v)| !v.is_nan() && packed.abs() > f64::from(i16::MAX)) {
                Some((_, value)) => Err(Error::new(
                    ErrorKind::InvalidArgument,
                    format!(
                        "{value} does not fit into 16 bits with scale {scale} and offset {offset}; choose a larger scale"
                    ),
                )),
                None => Ok(Values::from(packed).cast(DType::I16)),
            }
        }
    }
}

fn write_coord(file: &NewFile, dims: &[(String, Dimension)], coord: &Coord) -> Result<()> {
    let mut attrs = coord.attrs().clone();
    attrs.remove("decoding_note");
    let mut values = coord.values().clone();
    if let Values::DateTime(dates) = &values {
        let (units, numbers, missing) = calendar::encode(&dates.iter().copied().collect::<Vec<_>>());
        attrs.set("units", units);
        attrs.set("calendar", "proleptic_gregorian");
        // A float has NaN for a date that is missing.
        values = if missing {
            let floats = numbers.iter().map(|&v| if v == i64::MIN { f64::NAN } else { v as f64 }).collect();
            Values::from_shape_vec::<f64>(dates.shape(), floats)?
        } else {
            Values::from_shape_vec(dates.shape(), numbers)?
        };
    }
    let made = make(file, dims, coord.name(), coord.dims(), values.dtype(), &attrs, None, None, values.shape())?;
    let window: Vec<Range<usize>> = values.shape().iter().map(|&length| 0..length).collect();
    create::write(&made.array, &made.of, &window, &encoded(values, made.encoding)?)
}
