//! Labelled arrays: n-dimensional values whose axes have names and coordinates.
//!
//! | to | use |
//! |---|---|
//! | make an array | [`DataArray::new`], [`random_integers`], [`zeros`], [`full`] |
//! | give it labels | [`DataArray::coord`], [`Coord`], [`date_range`](crate::time::date_range) |
//! | take a part | [`isel`](DataArray::isel) by position, [`sel`](DataArray::sel) by label, [`where_drop`](DataArray::where_drop) by condition |
//! | calculate | `+ - * / %`, [`eq`](DataArray::eq) and its like, [`map`](DataArray::map) |
//! | reduce | [`mean`](DataArray::mean), [`sum`](DataArray::sum), …, [`reduce`](DataArray::reduce) |
//! | look at neighbours | [`rolling`](DataArray::rolling), [`coarsen`](DataArray::coarsen), [`cumsum`](DataArray::cumsum), [`diff`](DataArray::diff), [`shift`](DataArray::shift) |
//! | fill gaps, find trends | [`interpolate_na`](DataArray::interpolate_na), [`ffill`](DataArray::ffill), [`interp`](DataArray::interp), [`polyfit`](DataArray::polyfit) |
//! | bring together | [`merge`] into a [`Dataset`], [`concat`], [`align`] |
//! | take groups | [`groupby`](DataArray::groupby), [`groupby_bins`](DataArray::groupby_bins), [`resample`](DataArray::resample), [`weighted`](DataArray::weighted) |
//! | relate two | [`corr`], [`cov`] |
//! | see it | [`plot`](DataArray::plot) |
//! | go on with ndarray or Rust | [`view`](DataArray::view), [`into_ndarray`](DataArray::into_ndarray), [`iter`](DataArray::iter), [`iter_dim`](DataArray::iter_dim), [`to_csv`](DataArray::to_csv) |
//! | get it computed | [`compute`](DataArray::compute), [`explain`](DataArray::explain) |
//!
//! The rules are xarray's: labels align by inner join, dimensions broadcast by name, missing
//! values are skipped, label ranges include both ends. Where several arrays of a lazy plan meet
//! nothing is read until [`compute`](DataArray::compute).

mod align;
mod arithmetic;
mod attachment;
mod attrs;
mod calendar;
mod chunk;
mod coarsen;
mod compare;
mod concat;
mod convert;
mod coord;
mod coords;
mod cumulative;
mod data_array;
mod dataset;
mod dt;
mod elementwise;
mod ends;
mod fill;
mod group;
mod index;
mod interop;
mod interp;
mod into_coord;
mod label_index;
mod labels;
mod like;
mod membership;
mod merge;
mod missing;
mod names;
mod operand;
mod operation;
mod polyfit;
mod quantile;
mod random;
mod reduce;
pub(crate) mod reductions;
mod reshape;
mod rolling;
mod search;
mod select;
mod select_options;
mod stats;
mod together;
mod turns;
mod view_chunks;
mod view_html;
mod view_text;
mod view_values;
mod weighted;
mod where_;

pub use crate::values::{DType, Element, IntoElement, Text, Values};
pub(crate) use align::spread;
pub use align::{Join, align};
pub(crate) use attachment::{Attachment, Joined, Kept};
pub use attrs::{Attr, Attrs};
pub use calendar::{ConvertCalendar, IntoConvertCalendar};
pub use coarsen::Coarsen;
pub use concat::concat;
pub use convert::{Explanation, IntoPlan};
pub use coord::{Coord, CoordElement};
pub use coords::Coords;
pub use data_array::DataArray;
pub use dataset::{Dataset, Each};
pub use dt::Dt;
pub use fill::FillGaps;
pub use group::{Bins, GroupBy, Resample};
pub use index::{Index, Indices, IntoIndices, Label, LabelValue};
pub use interop::{Elements, Parts};
pub use interp::Interpolation;
pub use into_coord::IntoCoord;
pub(crate) use labels::same_values;
pub use like::{full_like, ones_like, zeros_like};
pub use merge::{Variables, merge};
pub use names::Dims;
pub(crate) use names::{distance, not_found};
pub use operand::Operand;
pub(crate) use operation::{ENCODING_ATTRIBUTES, Keeps, Operation};
pub use polyfit::polyval;
pub use quantile::Shares;
pub use random::{full, ones, random_integers, random_normal, random_uniform, seed, zeros};
pub(crate) use reductions::reductions;
pub use rolling::Rolling;
pub use search::Method;
pub use select_options::SelectOptions;
pub use stats::{corr, cov};
pub use together::compute_all;
pub(crate) use view_values::bytes;
pub use weighted::Weighted;
