//! How the file had what an array holds: what the coders took from the attributes.

use crate::files::attribute::{Given, GivenAttrs, find};
use crate::files::file_type::FileType;

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
