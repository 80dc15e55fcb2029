//! GDAL as this process uses it: set up once, its handles owned, its complaints as errors.

pub(crate) mod errors;
pub(crate) mod hdf5;
pub(crate) mod hdf5_errors;
pub(crate) mod library;
pub(crate) mod multidim;
pub(crate) mod siblings;

pub use library::gdal_version;
