//! How the file had what an array holds: what the coders took from the attributes.

use crate::array::{DataArray, Kept};
use crate::files::attribute::{Given, GivenAttrs, find};
use crate::files::file_type::FileType;
use crate::geo::{Details, Encoding};
use std::any::Any;
use std::sync::Arc;

/// The encoding of one variable. With it a copy of the file has the same numbers as the file.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::files) struct FileEncoding {
    /// The type in the file.
    pub(in crate::files) of: FileType,
    pub(in crate::files) fill_value: Option<Given>,
    pub(in crate::files) missing_value: Option<Given>,
    pub(in crate::files) scale_factor: Option<Given>,
    pub(in crate::files) add_offset: Option<Given>,
    /// `true` or `false`, as the file says it.
    pub(in crate::files) unsigned: Option<String>,
    /// Of dates.
    pub(in crate::files) units: Option<String>,
    pub(in crate::files) calendar: Option<String>,
    /// Whether the numbers of the file are truth values.
    pub(in crate::files) is_bool: bool,
}

impl FileEncoding {
    /// Values of this type as they are.
    pub(in crate::files) fn of(of: FileType) -> Self {
        Self {
            of,
            fill_value: None,
            missing_value: None,
            scale_factor: None,
            add_offset: None,
            unsigned: None,
            units: None,
            calendar: None,
            is_bool: of == FileType::Bool,
        }
    }

    /// What attributes say about values of type `of` that were not decoded, or that a user described.
    pub(in crate::files) fn described_by(of: FileType, attrs: &GivenAttrs) -> Self {
        let given = |name: &str| find(attrs, name).cloned();
        Self { fill_value: given("_FillValue"), missing_value: given("missing_value"), ..Self::of(of) }
    }

    /// The attributes that say it, in the order in which xarray writes them, but for `_FillValue`, which a file has to
    /// be told before its values.
    pub(in crate::files) fn attributes(&self) -> GivenAttrs {
        let text = |value: &Option<String>| value.clone().map(Given::Text);
        [
            ("missing_value", self.missing_value.clone()),
            ("scale_factor", self.scale_factor.clone()),
            ("add_offset", self.add_offset.clone()),
            ("_Unsigned", text(&self.unsigned)),
            ("units", text(&self.units)),
            ("calendar", text(&self.calendar)),
            ("dtype", self.is_bool.then(|| Given::Text("bool".to_owned()))),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
    }
}

/// Files that are written of netCDF's variables are stored as these.
impl Details for FileEncoding {
    fn same(&self, other: &dyn Details) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Coordinates are stored as their file had them, too.
impl Kept for FileEncoding {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl From<FileEncoding> for Encoding {
    fn from(encoding: FileEncoding) -> Self {
        let number = |given: &Option<Given>| given.as_ref().and_then(Given::number).map(|(value, _)| value);
        let signed = encoding.unsigned.as_deref().map(|unsigned| unsigned != "true");
        let of = signed.map_or(encoding.of, |signed| encoding.of.with_sign(signed));
        let mut known = Self::new(of.dtype());
        if let Some(fill) = number(&encoding.fill_value).or(number(&encoding.missing_value)) {
            let whole = of.integer_range().is_some() && fill.fract() == 0.0;
            known = known.with_nodata(if whole { of.wrapped(fill as i128) as f64 } else { fill });
        }
        let (scale, offset) = (number(&encoding.scale_factor), number(&encoding.add_offset));
        known.with_scale(scale.unwrap_or(1.0), offset.unwrap_or(0.0)).with_details(Arc::new(encoding))
    }
}

impl FileEncoding {
    /// The encoding with which a file like that of `array` is written; none of numbers that were calculated.
    pub(in crate::files) fn known(array: &DataArray) -> Option<Self> {
        let known = array.encoding().filter(|known| !known.is_raw())?;
        if let Some(own) = known.details::<Self>() {
            return Some(own.clone());
        }
        // Bands that are stored in several ways are one variable here.
        if known.bands().is_some() || !known.has_one_nodata() {
            return None;
        }
        let of = FileType::of(known.dtype());
        let number = |value: f64| Some(Given::Floats(vec![value], FileType::F64));
        let fill = known.nodata().map(|nodata| match of.is_float() {
            true => Given::Floats(vec![nodata], of),
            false => Given::Integers(vec![nodata as i64], of),
        });
        let scaled = (known.scale(), known.offset()) != (1.0, 0.0);
        Some(Self {
            fill_value: fill,
            scale_factor: number(known.scale()).filter(|_| scaled),
            add_offset: number(known.offset()).filter(|_| scaled),
            ..Self::of(of)
        })
    }
}
