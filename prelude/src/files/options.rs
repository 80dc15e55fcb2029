//! How a dataset is opened.

use serde_json::{Value, json};

/// What [`open_dataset_with`](super::open_dataset_with) decodes and leaves out.
///
/// ```
/// use isopleth::files::DatasetOptions;
/// let options = DatasetOptions::new().decode_times(false).drop_variables(["time_bnds"]);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetOptions {
    mask_and_scale: bool,
    decode_times: bool,
    decode_coords: bool,
    dropped: Vec<String>,
    groups: Vec<String>,
    filters: Vec<(String, String)>,
    skip_damaged: bool,
}

impl Default for DatasetOptions {
    fn default() -> Self {
        Self {
            mask_and_scale: true,
            decode_times: true,
            decode_coords: true,
            dropped: Vec::new(),
            groups: Vec::new(),
            filters: Vec::new(),
            skip_damaged: false,
        }
    }
}

impl DatasetOptions {
    /// Everything decoded, nothing left out, the file's top group.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether anything is decoded: `false` gives numbers and attributes as the file has them.
    #[must_use]
    pub fn decode(mut self, decode: bool) -> Self {
        (self.mask_and_scale, self.decode_times, self.decode_coords) = (decode, decode, decode);
        self
    }

    /// Whether `_FillValue` and `missing_value` become NaN, and `scale_factor` and `add_offset` are applied.
    #[must_use]
    pub fn mask_and_scale(mut self, yes: bool) -> Self {
        self.mask_and_scale = yes;
        self
    }

    /// Whether numbers in units such as `days since 1990-01-01` become dates.
    #[must_use]
    pub fn decode_times(mut self, yes: bool) -> Self {
        self.decode_times = yes;
        self
    }

    /// Variables that are left out, such as those that cannot be read. A name that the file lacks is ignored.
    #[must_use]
    pub fn drop_variables<S: AsRef<str>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.dropped.extend(names.into_iter().map(|name| name.as_ref().to_owned()));
        self
    }

    /// The group to open, of netCDF-4, HDF5 and Zarr: `"/forecast/surface"`.
    #[must_use]
    pub fn group(mut self, path: &str) -> Self {
        self.groups = path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        self
    }

    /// Of a GRIB file, only fields that have this value of a key, as cfgrib's `filter_by_keys`; called again for a
    /// second key. A variable is one kind of level, one kind of step and one grid; files with several need a choice.
    ///
    /// Keys are ecCodes' `shortName`, `paramId`, `cfVarName`, `name`, `units`, `typeOfLevel`, `level`, `number`,
    /// `dataType`, `stepType`, `step` (in hours, the end of a range), `stepRange`, `gridType`, `numberOfPoints`,
    /// `uvRelativeToGrid`, `edition`, `centre`, `subCentre`, `dataDate` and `dataTime`, and `gridNumber`, which counts
    /// the grids of the file from 1.
    ///
    /// ```
    /// use isopleth::files::DatasetOptions;
    /// let options = DatasetOptions::new().filter("typeOfLevel", "heightAboveGround").filter("level", 2);
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn filter(mut self, key: &str, value: impl std::fmt::Display) -> Self {
        self.filters.push((key.to_owned(), value.to_string()));
        self
    }

    /// Whether damaged messages of a GRIB file are left out, with a note in the attribute `not_read`. Otherwise they
    /// are an error.
    #[must_use]
    pub fn skip_damaged(mut self, yes: bool) -> Self {
        self.skip_damaged = yes;
        self
    }

    /// As JSON, for written plans.
    pub(super) fn written(&self) -> Value {
        let Self { mask_and_scale, decode_times, decode_coords, dropped, groups, filters, skip_damaged } = self;
        json!({
            "mask_and_scale": mask_and_scale, "decode_times": decode_times, "decode_coords": decode_coords,
            "dropped": dropped, "groups": groups, "filters": filters, "skip_damaged": skip_damaged,
        })
    }

    /// What [`written`](Self::written) gave; none if it did not give this.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let texts = |name: &str| value.get(name)?.as_array()?.iter().map(text).collect::<Option<Vec<String>>>();
        let flag = |name: &str| value.get(name)?.as_bool();
        let filter = |pair: &Value| Some((text(pair.get(0)?)?, text(pair.get(1)?)?));
        Some(Self {
            mask_and_scale: flag("mask_and_scale")?,
            decode_times: flag("decode_times")?,
            decode_coords: flag("decode_coords")?,
            dropped: texts("dropped")?,
            groups: texts("groups")?,
            filters: value.get("filters")?.as_array()?.iter().map(filter).collect::<Option<_>>()?,
            skip_damaged: flag("skip_damaged")?,
        })
    }

    pub(super) fn filters(&self) -> &[(String, String)] {
        &self.filters
    }

    pub(super) fn skips_damaged(&self) -> bool {
        self.skip_damaged
    }

    pub(super) fn masks_and_scales(&self) -> bool {
        self.mask_and_scale
    }

    pub(super) fn decodes_times(&self) -> bool {
        self.decode_times
    }

    pub(super) fn decodes_coords(&self) -> bool {
        self.decode_coords
    }

    pub(super) fn drops(&self, name: &str) -> bool {
        self.dropped.iter().any(|dropped| dropped == name)
    }

    pub(super) fn has_dropped(&self) -> bool {
        !self.dropped.is_empty()
    }

    pub(super) fn groups(&self) -> &[String] {
        &self.groups
    }
}
