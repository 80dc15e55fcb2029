//! What a notebook's cells need as a program of their own: a `main` that takes any error, and figures as files.
//!
//! `isopleth export` writes such programs. In one, [`show!`](crate::show) prints the text of a value, and what has a
//! picture is saved too once [`save_plots`] has said where.
//!
//! ```
//! use isopleth::prelude::*;
//!
//! fn main() -> isopleth::program::MainResult {
//!     # let folder = std::env::temp_dir().join(format!("isopleth-doc-{}", std::process::id()));
//!     # std::fs::create_dir_all(&folder)?;
//!     # std::env::set_current_dir(&folder)?;
//!     isopleth::program::save_plots("plots");
//!     let days: usize = "366".parse()?;
//!     show!(days);
//!     show!(imshow(&Array2::<f32>::zeros((9, 16))).title("Nothing yet"));
//!     assert!(PathBuf::from("plots/nothing-yet.png").exists());
//!     # std::fs::remove_dir_all(&folder)?;
//!     Ok(())
//! }
//! ```

use crate::display::MimeBundle;
use crate::error::texts_of;
use base64::Engine as _;
use std::collections::HashSet;
use std::fmt::{self, Display};
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a `main` returns in which `?` meets errors of every kind.
pub type MainResult = Result<(), MainError>;

/// Any error that has a text, with the place in the program where `?` met it.
///
/// It is what ends a program, not an error to handle: it is made by `?` and printed when `main` returns it.
///
/// ```
/// fn days() -> Result<u32, isopleth::program::MainError> {
///     Ok("many".parse::<u32>()?)
/// }
/// let text = format!("{:?}", days().unwrap_err());
/// assert!(text.starts_with("invalid digit found in string\n  at "));
/// ```
pub struct MainError {
    text: String,
    at: &'static Location<'static>,
}

impl<T: Display> From<T> for MainError {
    #[track_caller]
    fn from(error: T) -> Self {
        Self { text: texts_of(&error).join(": "), at: Location::caller() }
    }
}

/// What the standard library prints behind `Error:` for a `main` that failed.
impl fmt::Debug for MainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  at {}:{}", self.text, self.at.file(), self.at.line())
    }
}

/// Where pictures go, and the names that are taken.
struct Plots {
    folder: PathBuf,
    taken: HashSet<String>,
    count: usize,
}

static PLOTS: Mutex<Option<Plots>> = Mutex::new(None);

/// From now on saves each figure that is shown in `folder`, under its title; a line of the output says where.
///
/// The folder is made for the first figure. A later run overwrites the files of an earlier one. In a notebook
/// figures are shown below the cell, and this does nothing.
pub fn save_plots(folder: impl AsRef<Path>) {
    *plots() = Some(Plots { folder: folder.as_ref().to_owned(), taken: HashSet::new(), count: 0 });
}

fn plots() -> MutexGuard<'static, Option<Plots>> {
    PLOTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows `bundle` where no notebook is connected.
///
/// # Panics
/// If a picture cannot be written, as `println!` does if the text cannot.
pub(crate) fn show(bundle: &MimeBundle) {
    println!("{}", bundle.get("text/plain").unwrap_or_default());
    if let Some(plots) = plots().as_mut()
        && let Some((bytes, ending)) = picture(bundle)
    {
        let name = plots.name(bundle.name());
        let path = plots.folder.join(format!("{name}.{ending}"));
        let written = std::fs::create_dir_all(&plots.folder).and_then(|()| std::fs::write(&path, bytes));
        written.unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        println!("Saved as {}", path.display());
    }
}

/// The picture in `bundle`, and what the name of its file ends with.
fn picture(bundle: &MimeBundle) -> Option<(Vec<u8>, &'static str)> {
    let encoded = |mime| base64::engine::general_purpose::STANDARD.decode(bundle.get(mime)?).ok();
    let svg = || Some(bundle.get("image/svg+xml")?.as_bytes().to_vec());
    None.or_else(|| Some((encoded("image/png")?, "png")))
        .or_else(|| Some((encoded("image/gif")?, "gif")))
        .or_else(|| Some((encoded("image/jpeg")?, "jpg")))
        .or_else(|| Some((svg()?, "svg")))
}

impl Plots {
    /// A name that no other picture of this run has.
    fn name(&mut self, title: Option<&str>) -> String {
        self.count += 1;
        let name = title.map(file_name).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| format!("figure-{}", self.count));
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !self.taken.contains(name));
        let free = free.unwrap_or(name);
        self.taken.insert(free.clone());
        free
    }
}

/// Longest name made from a title, in bytes.
const LONGEST: usize = 60;

/// `title` as the name of a file: small letters and digits, with hyphens between the words.
fn file_name(title: &str) -> String {
    let lower = title.to_lowercase();
    let mut name = String::new();
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !name.is_empty() && name.len() + 1 + word.len() > LONGEST {
            break;
        }
        let hyphen = if name.is_empty() { "" } else { "-" };
        let word: String = word.chars().take(LONGEST / 2).collect();
        name.push_str(hyphen);
        name.push_str(&word);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_the_name_of_a_file() {
        assert_eq!(file_name("Maximum heat index in °C, 1 July 2016"), "maximum-heat-index-in-c-1-july-2016");
        assert_eq!(file_name("Área / année"), "área-année");
        assert_eq!(file_name("../../etc"), "etc");
        assert!(file_name(&"ä".repeat(1000)).len() <= LONGEST);
        assert!(file_name(&"word ".repeat(100)).len() <= LONGEST);
    }

    #[test]
    fn no_picture_takes_the_name_of_another() {
        let mut plots = Plots { folder: PathBuf::new(), taken: HashSet::new(), count: 0 };
        let titles = [Some("Mean"), Some("mean"), None, Some("°"), Some("mean 2")];
        let names: Vec<String> = titles.into_iter().map(|title| plots.name(title)).collect();
        assert_eq!(names, ["mean", "mean-2", "figure-3", "figure-4", "mean-2-2"]);
    }

    #[test]
    fn the_error_of_main_has_every_cause_and_the_place() {
        fn failing() -> MainResult {
            let source = crate::Error::new(crate::ErrorKind::Damaged, "row 7 is cut off");
            Err(Box::<dyn std::error::Error + Send + Sync>::from(crate::Error::with_source(
                crate::ErrorKind::Io,
                "cannot read a.tif",
                source,
            )))?;
            Ok(())
        }
        let text = format!("{:?}", failing().unwrap_err());
        assert!(text.starts_with("cannot read a.tif: row 7 is cut off\n  at "), "{text}");
        assert!(text.contains("program.rs:"), "{text}");
    }
}
