//! Why a message is not read: it contradicts itself, or nobody here knows what it says.

use std::fmt;

/// The reason, in words that follow "message 3, at byte 120".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is cut short, or one part of it contradicts another: the file is damaged.
    Damaged(String),
    /// It is whole, and of a kind that is not read here.
    Unknown(String),
}

impl Unread {
    pub(super) fn damaged(why: impl Into<String>) -> Self {
        Self::Damaged(why.into())
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(why) | Self::Unknown(why) => f.write_str(why),
        }
    }
}

impl From<String> for Unread {
    fn from(why: String) -> Self {
        Self::Unknown(why)
    }
}

impl From<&str> for Unread {
    fn from(why: &str) -> Self {
        Self::Unknown(why.to_owned())
    }
}
