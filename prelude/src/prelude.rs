//! What each cell sees. One glob import per cell, so everything here is a
//! name that users type; helpers stay in their modules.

pub use crate::array::{
    Bins, ConvertCalendar, Coord, DType, DataArray, Dataset, FillGaps, Index, Interpolation, Join, Method,
    SelectOptions, Values, align, compute_all, concat, corr, cov, full, full_like, merge, ones, ones_like, polyval,
    random_integers, random_normal, random_uniform, seed, zeros, zeros_like,
};
pub use crate::check::{Expected, expect};
pub use crate::comm::Comm;
pub use crate::display::{DebugDisplay, MimeBundle, Show, clear_output, html, show};
pub use crate::error::{Error, ErrorKind, Result};
pub use crate::files::{DatasetOptions, NetcdfOptions, open_dataarray, open_dataset, open_dataset_with, open_datasets};
pub use crate::input::{input, password};
pub use crate::lazy::{ReduceOp, ReduceOptions};
pub use crate::lesson::{about, exercise, lesson_data};
pub use crate::parallel::{Client, Pool, checkpoint, cpus, memory_limit};
pub use crate::plot::{Figure, hist, imshow, line, scatter};
pub use crate::raster::{
    Clip, Compression, Crs, OpenRaster, Polygons, Raster, RasterMeta, RasterOptions, RasterWriter, Reproject,
    Resampling, glob, open_raster, open_raster_with, open_rasters, open_rasters_with,
};
pub use crate::time::{
    Calendar, CfTime, CfTimes, DateRange, DateTime, Edge, Step, date_range, date_range_by, date_range_in,
};
pub use crate::{check, check_that, isel, s, sel, show};

pub use ndarray::{self, Array, Array1, Array2, Array3, ArrayD, ArrayView2, Axis};
pub use std::collections::{BTreeMap, HashMap, HashSet};
pub use std::path::{Path, PathBuf};
pub use std::sync::{Arc, Mutex};
pub use std::thread;
pub use std::time::{Duration, Instant};
