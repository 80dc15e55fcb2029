//! What a session is made of: the first cell of the lesson shows it.

use super::find::whereabouts;
use crate::display::{MimeBundle, Show, impl_show};
use crate::gdal::gdal_version;
use crate::html::table;
use crate::parallel::{bytes, cpus, memory_limit};
use std::fmt;

/// Versions, what this process may use, and where the lesson's data are; see [`about`].
#[derive(Clone)]
pub struct About {
    lines: Vec<(&'static str, String)>,
}

/// Collects what a report about a session should say.
///
/// ```
/// println!("{:?}", isopleth::lesson::about());
/// ```
pub fn about() -> About {
    About {
        lines: vec![
            ("Isopleth", env!("CARGO_PKG_VERSION").to_owned()),
            ("Rust", env!("ISOPLETH_RUSTC").to_owned()),
            ("GDAL", gdal_version()),
            ("processors", cpus().to_string()),
            ("memory", bytes(memory_limit())),
            ("lesson data", whereabouts()),
        ],
    }
}

impl fmt::Debug for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (key, value)) in self.lines.iter().enumerate() {
            let end = if at + 1 == self.lines.len() { "" } else { "\n" };
            write!(f, "{key:<12} {value}{end}")?;
        }
        Ok(())
    }
}

impl Show for About {
    fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text(format!("{self:?}")).with("text/html", table(&self.lines))
    }
}
impl_show!(About);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_versions_limits_and_the_data() {
        let text = format!("{:?}", about());
        for part in ["Isopleth     0.", "Rust         1.", "GDAL         3.", "processors", "memory", "lesson data"] {
            assert!(text.contains(part), "{part:?} is not in {text}");
        }
    }
}
