//! Text as an element: small enough to be copied, so that everything that moves numbers moves it too.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::sync::RwLock;

/// One element of an array of text, or a missing one. Users write `&str` and `String`, and read `String`.
///
/// Elements are copied freely, so this is a reference to a text that the process keeps: each
/// distinct text is kept once and **never freed**. That suits labels (stations, zones, seasons),
/// of which there are few; it does not suit a million different sentences.
///
/// The empty text is a text like any other. The missing element (`Text::MISSING`) is what alignment
/// and `where_` put where there is nothing, as NaN among numbers; it sorts last.
///
/// ```
/// use isopleth::array::Text;
/// let (bern, basel) = (Text::new("Bern"), Text::new("Basel"));
/// assert!(basel < bern && bern == Text::new("Bern"));
/// assert_eq!((bern.as_str(), Text::MISSING.as_str()), (Some("Bern"), None));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text(Option<&'static str>);

static KEPT: RwLock<Option<HashSet<&'static str>>> = RwLock::new(None);

impl Text {
    /// What stands where there is no text.
    pub const MISSING: Self = Self(None);
    pub(crate) const EMPTY: Self = Self(Some(""));
    /// Above every text that anybody writes: U+10FFFF is no character.
    pub(crate) const HIGHEST: Self = Self(Some("\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}"));

    /// The element that says `text`.
    pub fn new(text: &str) -> Self {
        if text.is_empty() {
            return Self::EMPTY;
        }
        if let Ok(kept) = KEPT.read()
            && let Some(known) = kept.as_ref().and_then(|kept| kept.get(text))
        {
            return Self(Some(known));
        }
        let mut kept = KEPT.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        let kept = kept.get_or_insert_default();
        if let Some(known) = kept.get(text) {
            return Self(Some(known));
        }
        let known: &'static str = Box::leak(text.into());
        kept.insert(known);
        Self(Some(known))
    }

    /// The text; `None` if it is missing.
    pub fn as_str(self) -> Option<&'static str> {
        self.0
    }

    /// Whether there is no text.
    pub fn is_missing(self) -> bool {
        self.0.is_none()
    }

    /// A number that equal texts share, and different ones do not.
    pub(crate) fn key(self) -> u64 {
        match self.0 {
            None => 0,
            Some("") => 1,
            // Each text is kept once, so where it lies tells it apart.
            Some(text) => text.as_ptr() as u64,
        }
    }

    /// Both after each other; missing if either is.
    pub(crate) fn joined(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Self::new(&[a, b].concat()),
            _ => Self::MISSING,
        }
    }
}

/// The empty text.
impl Default for Text {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// By code points, as Python and Rust order texts: capitals before small letters, `ä` after `z`. Missing is last.
impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.0, other.0) {
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        }
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

/// The text; `nan` if it is missing, as xarray prints it.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.unwrap_or("nan"))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(text) => write!(f, "{text:?}"),
            None => f.write_str("nan"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_kept_once_and_told_apart_by_their_key() {
        let made = Text::new(&["Be", "rn"].concat());
        assert_eq!((made, made.key()), (Text::new("Bern"), Text::new("Bern").key()));
        let keys: HashSet<u64> =
            ["", "a", "b", "ab"].map(Text::new).iter().map(|t| t.key()).chain([Text::MISSING.key()]).collect();
        assert_eq!(keys.len(), 5);
    }

    // Expected: sorted(["b", "B", "ä", "", "a"])
    #[test]
    fn texts_are_in_pythons_order_and_missing_ones_last() {
        let mut texts = ["b", "B", "ä", "", "a"].map(Text::new).to_vec();
        texts.push(Text::MISSING);
        texts.sort();
        assert_eq!(
            texts,
            ["", "B", "a", "b", "ä"].map(Text::new).into_iter().chain([Text::MISSING]).collect::<Vec<_>>()
        );
    }

    #[test]
    fn threads_agree_on_a_text() {
        let keys: Vec<u64> = std::thread::scope(|scope| {
            let made: Vec<_> = (0..8).map(|_| scope.spawn(|| Text::new("made by eight threads").key())).collect();
            made.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
