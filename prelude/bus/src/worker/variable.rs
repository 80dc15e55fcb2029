//! What there is to be known of a variable.

use serde::{Deserialize, Serialize};

/// A variable in a few words, for lists of variables.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Its type as the compiler calls it: `alloc::vec::Vec<i32>`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// How much memory it takes, as far as that costs nothing to know.
    pub bytes: u64,
    /// Its value on one line, cut where it is long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Lengths of its dimensions, outermost first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Vec<usize>>,
    /// Names of its dimensions, if they have some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dims: Option<Vec<String>>,
    /// Names of its coordinates, if it can have some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coords: Option<Vec<String>>,
    /// Names of the arrays in a dataset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<Vec<String>>,
}
