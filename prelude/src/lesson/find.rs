//! Finds the lesson's data, and has them made where there are none.

use super::calendar::DAYS;
use super::check::complete;
use super::generate::generate;
use crate::{Error, ErrorKind, Result};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The only set so far.
const NAME: &str = "heat_index_2016";
/// Where the course keeps the real year.
const COURSE: &str = "/home/group/earthsciences/gphy591/github/GPHY-491-591/materials/Day8/data/2016";

/// The folder with the data set `name`, one GeoTIFF a day; there is `"heat_index_2016"`.
///
/// Looks in `$ISOPLETH_DATA` (the folder itself, and one in it that is called like the set), then in the
/// course's folder on the cluster, then in the user's data folder, and prints which it took. If there is
/// none it makes sample data once, in `$ISOPLETH_DATA` where that is set and in the user's data folder
/// elsewhere: a made-up year on the same grid, of about 600 MB.
///
/// `$ISOPLETH_DAYS` (1 to 366) and `$ISOPLETH_SCALE` (every N-th pixel) ask for a smaller set.
///
/// # Errors
/// If there is no set of that name, a day is missing or unreadable, or the sample data cannot be made.
pub fn lesson_data(name: &str) -> Result<PathBuf> {
    if name != NAME {
        return Err(Error::new(ErrorKind::NotFound, format!("no lesson data called \"{name}\"; there is \"{NAME}\"")));
    }
    let (folder, what) = Places::from_environment(&|variable| env::var_os(variable))?.find_or_make()?;
    println!("{what}: {}", folder.display());
    Ok(folder)
}

/// The folder that [`lesson_data`] gives, without a word.
pub(super) fn data_folder() -> Result<PathBuf> {
    Ok(Places::from_environment(&|variable| env::var_os(variable))?.find_or_make()?.0)
}

/// Where the data would be taken from now, without making any; for `about()`.
pub(crate) fn whereabouts() -> String {
    match Places::from_environment(&|variable| env::var_os(variable)) {
        Err(error) => error.to_string(),
        Ok(places) => match places.find() {
            Some((folder, _)) => folder.display().to_string(),
            None => format!("none yet; lesson_data(\"{NAME}\") makes them in {}", places.made().display()),
        },
    }
}

struct Places {
    given: Option<PathBuf>,
    course: PathBuf,
    user: PathBuf,
    days: usize,
    scale: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Origin {
    Given,
    Course,
    Made,
}

impl Places {
    fn from_environment(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Self> {
        let folder = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let user = match (folder("XDG_DATA_HOME"), folder("HOME")) {
            (Some(data), _) => data,
            (None, Some(home)) => home.join(".local/share"),
            (None, None) => env::temp_dir(),
        };
        Ok(Self {
            given: folder("ISOPLETH_DATA"),
            course: PathBuf::from(COURSE),
            // Not `isopleth`: that is the default prefix, which `install.sh --uninstall` removes.
            user: user.join("isopleth-data"),
            days: number(variable, "ISOPLETH_DAYS", DAYS)?,
            scale: number(variable, "ISOPLETH_SCALE", 1)?,
        })
    }

    fn full(&self) -> bool {
        self.days == DAYS && self.scale == 1
    }

    /// The set's folder among others. A small set has a name of its own, so that it is never taken for the year.
    fn folder_name(&self) -> String {
        if self.full() { NAME.to_owned() } else { format!("{NAME}_{}d_{}x", self.days, self.scale) }
    }

    /// Where sample data go.
    fn made(&self) -> PathBuf {
        self.given.as_ref().unwrap_or(&self.user).join(self.folder_name())
    }

    fn find(&self) -> Option<(PathBuf, Origin)> {
        let mut places = Vec::new();
        if let Some(given) = &self.given {
            places.push((given.join(self.folder_name()), Origin::Made));
            places.push((given.clone(), Origin::Given));
        }
        if self.full() {
            places.push((self.course.clone(), Origin::Course));
        }
        places.push((self.user.join(self.folder_name()), Origin::Made));
        places.into_iter().find(|(folder, _)| holds_rasters(folder))
    }

    fn find_or_make(&self) -> Result<(PathBuf, &'static str)> {
        let Some((folder, origin)) = self.find() else {
            let folder = self.made();
            // An empty folder of that name, perhaps made by hand, is no obstacle; `remove_dir` removes no other.
            let _ = fs::remove_dir(&folder);
            generate(&folder, self.days, self.scale)?;
            return Ok((folder, "Sample data, made now"));
        };
        let (remedy, what) = match origin {
            Origin::Given => {
                ("complete them, or set ISOPLETH_DATA to another folder".to_owned(), "Data of $ISOPLETH_DATA")
            }
            Origin::Course => (
                "tell the teacher, or set ISOPLETH_DATA to a folder of your own, where sample data will be made"
                    .to_owned(),
                "The course's data",
            ),
            Origin::Made => {
                (format!("remove {} and run this again to make them anew", folder.display()), "Sample data")
            }
        };
        complete(&folder, self.days, &remedy)?;
        Ok((folder, what))
    }
}

fn holds_rasters(folder: &Path) -> bool {
    let is_raster = |path: PathBuf| path.extension().is_some_and(|extension| extension == "tif");
    fs::read_dir(folder).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| is_raster(entry.path()))))
}

fn number(variable: &dyn Fn(&str) -> Option<OsString>, name: &str, default: usize) -> Result<usize> {
    let Some(value) = variable(name).filter(|value| !value.is_empty()) else { return Ok(default) };
    value.to_str().and_then(|text| text.trim().parse().ok()).filter(|&number| number > 0).ok_or_else(|| {
        Error::new(ErrorKind::InvalidArgument, format!("{name} is {value:?}; it should be a whole number above 0"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::calendar::file_name;

    fn places(root: &Path, days: usize, scale: usize) -> Places {
        Places { given: None, course: root.join("course"), user: root.join("user"), days, scale }
    }

    #[test]
    fn sample_data_are_made_once_and_then_found() {
        let root = tempfile::tempdir().unwrap();
        let places = places(root.path(), 3, 100);
        let (folder, what) = places.find_or_make().unwrap();
        assert_eq!((folder.clone(), what), (root.path().join("user/heat_index_2016_3d_100x"), "Sample data, made now"));
        assert_eq!(places.find_or_make().unwrap(), (folder, "Sample data"));
        assert_eq!(fs::read_dir(root.path().join("user")).unwrap().count(), 1, "nothing unfinished is left");
    }

    #[test]
    fn a_missing_day_is_named_with_the_remedy() {
        let root = tempfile::tempdir().unwrap();
        let places = places(root.path(), 4, 100);
        let (folder, _) = places.find_or_make().unwrap();
        fs::remove_file(folder.join(file_name(2))).unwrap();
        let error = places.find_or_make().unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Damaged);
        for part in ["3 files of the 4", "missing: 2016.01.03", "remove", folder.to_str().unwrap()] {
            assert!(text.contains(part), "{part:?} is not in {text}");
        }
    }

    #[test]
    fn a_year_of_365_files_is_refused_and_the_day_named() {
        let root = tempfile::tempdir().unwrap();
        let mut places = places(root.path(), DAYS, 1);
        places.given = Some(root.path().join("given"));
        fs::create_dir(root.path().join("given")).unwrap();
        for day in (0..DAYS).filter(|&day| day != 182) {
            fs::write(root.path().join("given").join(file_name(day)), "").unwrap();
        }
        let text = places.find_or_make().unwrap_err().to_string();
        assert!(text.contains("365 files of the 366 of 2016: missing: 2016.07.01"), "{text}");
        assert!(text.contains("ISOPLETH_DATA"), "{text}");
    }

    #[test]
    fn a_damaged_file_is_named_with_the_remedy() {
        let root = tempfile::tempdir().unwrap();
        let places = places(root.path(), 2, 100);
        let (folder, _) = places.find_or_make().unwrap();
        fs::write(folder.join(file_name(1)), "II*\0").unwrap();
        let text = places.find_or_make().unwrap_err().to_string();
        assert!(text.contains("2016.01.02.tif") && text.contains("remove"), "{text}");
    }

    #[test]
    fn the_given_folder_comes_first_then_the_courses() {
        let root = tempfile::tempdir().unwrap();
        let mut places = places(root.path(), DAYS, 1);
        for folder in ["given", "course", "user/heat_index_2016"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
            fs::write(root.path().join(folder).join("a.tif"), "").unwrap();
        }
        assert_eq!(places.find(), Some((root.path().join("course"), Origin::Course)));
        places.given = Some(root.path().join("given"));
        assert_eq!(places.find(), Some((root.path().join("given"), Origin::Given)));
        fs::remove_dir_all(root.path().join("course")).unwrap();
        places.given = None;
        assert_eq!(places.find(), Some((root.path().join("user/heat_index_2016"), Origin::Made)));
    }

    #[test]
    fn the_knobs_are_read_and_checked() {
        let days = |value: &'static str| {
            Places::from_environment(&move |name| (name == "ISOPLETH_DAYS").then(|| value.into())).map(|p| p.days)
        };
        assert_eq!(days("31").unwrap(), 31);
        assert_eq!(days("").unwrap(), DAYS);
        assert!(days("all").unwrap_err().to_string().contains("ISOPLETH_DAYS"));
        assert_eq!(lesson_data("heat").unwrap_err().kind(), ErrorKind::NotFound);
    }
}
