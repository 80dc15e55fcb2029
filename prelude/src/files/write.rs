//! Datasets to netCDF-4, window by window, so that one larger than memory can be written.

use super::attribute::Given;
use super::coders::Encoder;
use super::create::{self, NewFile, Owner};
use super::encoders::{self, Encoders};
use super::file_type::FileType;
use super::library::{forget, serial};
use super::source::sensible_block;
use crate::array::{Attrs, Coord, DType, DataArray, Dataset, Dims, Values, merge};
use crate::cancel;
use crate::disk::shown;
use crate::disk::{Temporary, why_not_written};
use crate::gdal::multidim::{Array, Dimension, Type};
use crate::geo::SPATIAL_REF;
use crate::lazy::Plan;
use crate::lazy::sink::{self, Layout, Sink};
use crate::limits::refuse_beyond_memory;
use crate::parallel::Progress;
use crate::{Error, ErrorKind, Result};
use std::ops::Range;
use std::path::Path;

/// Dates and texts of an array that takes no more than this are held between the two times that they are looked at.
const HELD_BYTES: u64 = 32 << 20;
/// Chunks of a file are no larger than this unless somebody asks for it: a reader holds a whole one.
const CHUNK_BYTES: usize = 8 << 20;

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
    pub(super) packed: Vec<(String, f64, f64)>,
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
    /// If the folder cannot be written to, a number does not fit into its packed type, a raster is placed by control points
    /// alone, or a lazy array cannot be read.
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
    ds.arrays().iter().try_for_each(placed_otherwise)?;
    let temporary = Temporary::beside(path)?;
    // Reductions are computed before the lock on the library is taken: they may read netCDF files themselves.
    let arrays: Vec<Plan> = ds.arrays().iter().map(|array| surveyed(array.plan())).collect::<Result<_>>()?;
    let encoders = encoders::of(ds, &arrays, options).map_err(|error| error.context(shown(path)))?;
    fill(ds, &arrays, encoders, temporary.path(), options).map_err(|error| {
        let error = match why_not_written(temporary.path()) {
            Some(why) if error.kind() == ErrorKind::Io => error.context(why),
            _ => error,
        };
        error.context(shown(path))
    })?;
    forget(path);
    temporary.take_name(path)
}

/// Control points have no place in a netCDF file, which would be left with a CRS and pixels that lie nowhere.
fn placed_otherwise(array: &DataArray) -> Result<()> {
    let by_points = array.place().is_some_and(|place| place.gcps.is_some());
    if !by_points || array.coords().get(SPATIAL_REF).is_none() {
        return Ok(());
    }
    let message = format!(
        "{} is placed by ground control points, which netCDF does not hold; reproject(…) warps it onto a grid, and \
         drop_vars(\"{SPATIAL_REF}\") leaves pixels without a place",
        array.get_name().unwrap_or("the array")
    );
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

/// A plan of which parts are quick to compute. Dates and texts are looked at before they are written, so few are held.
fn surveyed(plan: &Plan) -> Result<Plan> {
    let plan = plan.settled()?;
    let twice = plan.dtype().is_date() || plan.dtype() == DType::Text;
    Ok(if twice && plan.nbytes() <= HELD_BYTES { Plan::memory(plan.evaluate()?) } else { plan })
}

/// A variable that was made, and how its values become the file's.
struct Made {
    array: Array,
    of: Type,
    /// The type in memory of which GDAL writes that.
    buffer: DType,
    encoder: Encoder,
    layout: Layout,
}

/// A file with everything declared, and no values. What belongs to the file goes before the file.
struct Declared {
    made: Vec<Made>,
    _dims: Vec<(String, Dimension)>,
    file: NewFile,
}

/// Closed under the lock of the libraries that are not made for threads, whatever happens.
struct Declaration(Option<Declared>);

impl Drop for Declaration {
    fn drop(&mut self) {
        if self.0.is_some() {
            let _serial = serial();
            self.0 = None;
        }
    }
}

fn fill(ds: &Dataset, plans: &[Plan], encoders: Encoders, path: &Path, options: &NetcdfOptions) -> Result<()> {
    let mut declaration = Declaration(Some(declared(ds, plans, encoders, path, options)?));
    let outcome = match &declaration.0 {
        Some(declared) => write_values(&declared.made, plans),
        None => Ok(()),
    };
    let _serial = serial();
    let closed = declaration.0.take().map_or(Ok(()), |Declared { made, _dims, file }| {
        drop((made, _dims));
        file.close()
    });
    outcome.and(closed)
}

impl Sink for &Made {
    fn layout(&self) -> Layout {
        self.layout.clone()
    }

    fn put(&mut self, window: &[Range<usize>], values: Vec<Values>) -> Result<()> {
        for values in values {
            // Between windows the lock is free, so that windows of other files can be read.
            let _serial = serial();
            create::write(&self.array, &self.of, window, &values)?;
        }
        Ok(())
    }
}

fn write_values(made: &[Made], plans: &[Plan]) -> Result<()> {
    let windows: Vec<Vec<sink::Window>> =
        plans.iter().zip(made).map(|(plan, made)| sink::windows(std::slice::from_ref(plan), &made.layout)).collect();
    let progress = Progress::new("writing", windows.iter().map(Vec::len).sum()).unit("windows");
    let _here = progress.enter();
    for ((plan, mut made), windows) in plans.iter().zip(made).zip(&windows) {
        let (encoder, buffer) = (made.encoder.clone(), made.buffer);
        let prepare = move |values: Values| Ok(encoder.apply(values)?.cast(buffer));
        sink::write_into(std::slice::from_ref(plan), windows, &mut made, &prepare, &|| progress.step(1))?;
    }
    progress.finish();
    Ok(())
}

/// Makes the file with its dimensions, its attributes, its coordinates and the variables for its arrays.
fn declared(
    ds: &Dataset,
    plans: &[Plan],
    encoders: Encoders,
    path: &Path,
    options: &NetcdfOptions,
) -> Result<Declared> {
    // Before everything that belongs to HDF5, so that it is let go after all of it, also if something fails.
    let _serial = serial();
    // GDAL would claim a version of the conventions that nobody has checked.
    let file = NewFile::create(path, "netCDF", &["FORMAT=NC4".to_owned(), "CONVENTIONS=".to_owned()])?;
    let mut sizes = ds.sizes();
    for (dim, length) in ds.coords().iter().flat_map(|coord| coord.dims().iter().zip(coord.shape())) {
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
    attrs.iter().try_for_each(|(name, value)| create::attribute(&Owner::File(&file.top), name, &Given::of(value)))?;
    for (coord, encoder) in ds.coords().iter().zip(encoders.coords) {
        write_coord(&file, &dims, coord, encoder)?;
    }
    let has_crs = ds.coords().get(SPATIAL_REF).is_some();
    let mut made = Vec::new();
    let bounds = bounds_of(ds);
    for ((array, plan), encoder) in ds.arrays().iter().zip(plans).zip(encoders.arrays) {
        let name = array.get_name().unwrap_or_default();
        let others: Vec<&str> = array
            .coords()
            .iter()
            .filter(|coord| !coord.is_index() && coord.name() != SPATIAL_REF)
            .map(Coord::name)
            .collect();
        let mut attrs = array.attrs().clone();
        attrs.remove("decoding_note");
        if !others.is_empty() {
            attrs.set("coordinates", others.join(" "));
        }
        if has_crs && !bounds.contains(&name) && lies_on_a_map(array) {
            attrs.set("grid_mapping", SPATIAL_REF);
        }
        let variable = NewVariable {
            name,
            dims: array.dims(),
            shape: array.shape(),
            encoder,
            attrs: &attrs,
            data: Some((options, plan)),
        };
        made.push(variable.make(&file, &dims)?);
    }
    Ok(Declared { made, _dims: dims, file })
}

/// The variables that hold the bounds of others.
fn bounds_of(ds: &Dataset) -> Vec<&str> {
    let attrs = ds.coords().iter().map(Coord::attrs).chain(ds.arrays().iter().map(DataArray::attrs));
    attrs.flat_map(|attrs| ["bounds", "climatology"].map(|name| attrs.get(name)?.as_str())).flatten().collect()
}

/// Whether the pixels of an array lie on a map: it has the dimensions of one, by their names, by what their labels are, or
/// by the longitudes and latitudes of its pixels.
fn lies_on_a_map(array: &DataArray) -> bool {
    let says = |coord: &Coord, attr: &str, known: &[&str]| {
        coord.attrs().get(attr).and_then(|value| value.as_str()).is_some_and(|value| known.contains(&value))
    };
    let runs = |axis: &str, names: [&str; 4], units: &str| {
        array.coords().iter().any(|coord| {
            let is =
                says(coord, "axis", &[axis]) || says(coord, "standard_name", &names) || says(coord, "units", &[units]);
            is && !coord.dims().is_empty() && coord.dims().iter().all(|dim| array.axis_of(dim).is_some())
        })
    };
    let across = ["projection_x_coordinate", "grid_longitude", "longitude", "projection_x_angular_coordinate"];
    let down = ["projection_y_coordinate", "grid_latitude", "latitude", "projection_y_angular_coordinate"];
    array.map_dims().is_some()
        || (array.ndim() >= 2 && runs("X", across, "degrees_east") && runs("Y", down, "degrees_north"))
}

/// What a variable is made of.
struct NewVariable<'a> {
    name: &'a str,
    dims: &'a [String],
    shape: &'a [usize],
    encoder: Encoder,
    attrs: &'a Attrs,
    /// Of data, how it is written and from what; coordinates are small, and written as they are.
    data: Option<(&'a NetcdfOptions, &'a Plan)>,
}

impl NewVariable<'_> {
    fn make(self, file: &NewFile, dims: &[(String, Dimension)]) -> Result<Made> {
        let stored = self.encoder.stored();
        let is_text = stored.of.is_text();
        let number = |number: u32| if is_text { Type::text() } else { Type::number(number) };
        let lacking = || Error::new(ErrorKind::Other, format!("GDAL has no type for {}", stored.of.dtype()));
        let of = number(create::gdal_type(stored.of)).ok_or_else(lacking)?;
        let handles: Vec<&Dimension> = self
            .dims
            .iter()
            .filter_map(|dim| dims.iter().find(|(name, _)| name == dim))
            .map(|(_, handle)| handle)
            .collect();
        let chunks = self.data.and_then(|(options, plan)| chunks(options, self.dims, plan, stored.of));
        let mut how = self.data.map(|(options, _)| creation(options, chunks.as_deref())).unwrap_or_default();
        how.extend(create::netcdf_type(stored.of));
        let array = file.array(self.name, &handles, &of, &how).map_err(|error| error.context(self.name))?;
        if let Some(fill) = &stored.fill {
            create::set_fill(&array, stored.of, fill)?;
        }
        let owner = Owner::Array(&array);
        // What says how the values are stored follows from the encoding.
        let dates = self.encoder.is_of_dates();
        let own = self.attrs.iter().filter(|(name, _)| {
            let encoding = matches!(*name, "_FillValue" | "missing_value");
            let units = dates && matches!(*name, "units" | "calendar");
            !encoding && !units && stored.attrs.iter().all(|(stored, _)| stored != name)
        });
        for (name, value) in own {
            create::attribute(&owner, name, &Given::of(value))?;
        }
        for (name, value) in &stored.attrs {
            create::attribute(&owner, name, value)?;
        }
        let buffer = if is_text { DType::Text } else { create::buffer_dtype(stored.of) };
        let layout = Layout {
            takes_parts: chunks.is_none(),
            block: chunks.unwrap_or_else(|| sensible_block(self.shape, stored.of.size())),
            is_in_order: false,
        };
        Ok(Made { array, of, buffer, encoder: self.encoder, layout })
    }
}

/// The lengths of the chunks of a variable, if it has any.
fn chunks(options: &NetcdfOptions, dims: &[String], plan: &Plan, of: FileType) -> Option<Vec<usize>> {
    let asked = |dim: &String| options.chunks.iter().rev().find(|(name, _)| name == dim).map(|(_, length)| *length);
    let is_chunked = options.level > 0 || dims.iter().any(|dim| asked(dim).is_some());
    if dims.is_empty() || of.is_text() || !is_chunked {
        return None;
    }
    let usual = usual_chunks(plan, of);
    let lengths = dims.iter().zip(usual).zip(plan.shape());
    Some(lengths.map(|((dim, usual), &all)| asked(dim).unwrap_or(usual).clamp(1, all.max(1))).collect())
}

/// Chunks as those that the values come from, where these are long across maps: then each is read and written once. Else a map
/// or a part of one.
fn usual_chunks(plan: &Plan, of: FileType) -> Vec<usize> {
    let shape = plan.shape();
    let sensible = sensible_block(shape, of.size());
    if !plan.is_lazy() || shape.len() < 3 {
        return sensible;
    }
    let own: Vec<usize> = plan.block().iter().zip(shape).map(|(&block, &all)| block.clamp(1, all.max(1))).collect();
    let is_long = own.iter().zip(&sensible).take(shape.len() - 2).any(|(own, sensible)| own > sensible);
    let bytes = own.iter().fold(of.size(), |bytes, &length| bytes.saturating_mul(length));
    if is_long && bytes <= CHUNK_BYTES { own } else { sensible }
}

fn creation(options: &NetcdfOptions, chunks: Option<&[usize]>) -> Vec<String> {
    let Some(chunks) = chunks else { return Vec::new() };
    let mut list = Vec::new();
    if options.level > 0 {
        list.extend(["COMPRESS=DEFLATE".to_owned(), format!("ZLEVEL={}", options.level)]);
    }
    let lengths: Vec<String> = chunks.iter().map(usize::to_string).collect();
    list.push(format!("BLOCKSIZE={}", lengths.join(",")));
    list
}

fn write_coord(file: &NewFile, dims: &[(String, Dimension)], coord: &Coord, encoder: Encoder) -> Result<()> {
    if let Some(range) = coord.even() {
        let what = format!("the {} labels of {:?}, written out,", range.len(), coord.name());
        refuse_beyond_memory(&what, (range.len() as u64).saturating_mul(16), "select a part of the array first")?;
    }
    let mut attrs = coord.attrs().clone();
    attrs.remove("decoding_note");
    let values = encoder.apply(coord.values().clone()).map_err(|error| error.context(coord.name()))?;
    let shape = values.shape().to_vec();
    let variable =
        NewVariable { name: coord.name(), dims: coord.dims(), shape: &shape, encoder, attrs: &attrs, data: None };
    let made = variable.make(file, dims)?;
    let window: Vec<Range<usize>> = shape.iter().map(|&length| 0..length).collect();
    create::write(&made.array, &made.of, &window, &values.cast(made.buffer))
}
