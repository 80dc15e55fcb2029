//! What each operation keeps of an array besides its values: one table, which everything that makes an array of another asks.

/// The kinds of operations that make one array of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Some of the elements, in some order: `isel`, `sel`, `sort_by`, `head`, reindexing, alignment.
    Select,
    /// The same with missing values where there is no element: the file may have had no number for those.
    SelectWithGaps,
    /// The same elements arranged anew: `transpose`, `expand_dims`.
    Arrange,
    /// The same elements under other names of dimensions and coordinates.
    Rename,
    /// The same elements beside other coordinates.
    Relabel,
    /// The same elements held in another way: `compute`, `chunk`.
    Load,
    /// Arrays of the same kind after each other: what all have alike.
    Concat,
    /// New numbers from each element: arithmetic, comparison, `map`, `where_`, `fillna`, `astype`, `isin`, fields of dates.
    Elementwise,
    /// New numbers from lines of neighbours: rolling, cumulative, `shift`, `diff`, `ffill`, `interpolate_na`.
    Window,
    /// New numbers at other labels: `interp`.
    Interpolate,
    /// One number of many: `mean`, `sum`, `quantile`, groups, zones.
    Reduce,
    /// One number of each run of elements.
    Coarsen,
    /// The same number everywhere: `full_like`.
    Fill,
    /// New numbers on another map: `reproject`.
    Reproject,
    /// Coefficients and what is worked out from them: `polyfit`, `polyval`.
    Fit,
}

/// What stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keeps {
    /// How the file stores the numbers (nodata, scale, element type): only as long as they are the file's numbers.
    pub encoding: bool,
    /// Where the array lies on a map.
    pub grid: bool,
    pub attributes: bool,
    pub name: bool,
}

impl Operation {
    /// The table. Attributes and names are kept as xarray keeps them by default, the encoding as its `.encoding`.
    pub(crate) const fn keeps(self) -> Keeps {
        const fn row(encoding: bool, grid: bool, attributes: bool, name: bool) -> Keeps {
            Keeps { encoding, grid, attributes, name }
        }
        match self {
            //                    encoding  grid  attributes  name
            Self::Select => row(true, true, true, true),
            Self::SelectWithGaps => row(false, true, true, true),
            Self::Arrange => row(true, true, true, true),
            Self::Rename => row(true, true, true, true),
            Self::Relabel => row(true, true, true, true),
            Self::Load => row(true, true, true, true),
            Self::Concat => row(true, true, true, true),
            Self::Elementwise => row(false, true, true, true),
            Self::Window => row(false, true, true, true),
            Self::Interpolate => row(false, false, true, true),
            Self::Reduce => row(false, true, true, true),
            Self::Coarsen => row(false, true, true, true),
            Self::Fill => row(false, true, true, true),
            Self::Reproject => row(false, false, true, true),
            Self::Fit => row(false, false, false, false),
        }
    }
}

/// Attributes that say how a file stores numbers. Arrays that were opened without decoding carry them, since their numbers
/// are the file's; they end where new numbers begin.
pub(crate) const ENCODING_ATTRIBUTES: [&str; 8] =
    ["_FillValue", "missing_value", "scale_factor", "add_offset", "_Unsigned", "scales", "offsets", "nodatavals"];
