//! `isopleth lesson`: runs a notebook from start to end through Jupyter's own client.

use super::lab::LESSON;
use super::{KERNEL_NAME, python};
use crate::prefix::Prefix;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf, absolute};
use std::process::ExitCode;

/// nbclient drives the kernel exactly as nbconvert and nbgrader do.
const RUNNER: &str = include_str!("lesson.py");

/// The lesson takes the mean of so many files one by one. Other notebooks may need fewer.
const LESSON_DAYS: u32 = 30;

#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    days: Option<u32>,
    output: Option<PathBuf>,
    notebook: Option<PathBuf>,
}

pub fn run(args: &[OsString]) -> Result<ExitCode> {
    let options = parse(args)?;
    let prefix = Prefix::of_this_binary()?;
    let notebook = options.notebook.map_or_else(|| Ok(prefix.notebooks().join(LESSON)), |path| absolute(&path))?;
    if !notebook.exists() {
        bail!("no notebook at {}", notebook.display());
    }
    // The lesson writes files beside itself: into a folder that goes away.
    let folder = tempfile::Builder::new().prefix("isopleth-lesson-").tempdir()?;
    let mut runner = python(&prefix)?;
    runner.args(["-c", RUNNER]).arg(&notebook).arg(KERNEL_NAME).arg(folder.path());
    if let Some(output) = &options.output {
        let output = absolute(output)?;
        let parent = output.parent().unwrap_or_else(|| Path::new("/"));
        if !parent.is_dir() {
            bail!("cannot write {}: there is no folder {}", output.display(), parent.display());
        }
        runner.arg(output);
    }
    if let Some(days) = options.days {
        runner.env("ISOPLETH_DAYS", days.to_string());
    }
    let status = runner.status().context("cannot run Python")?;
    Ok(ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)))
}

fn parse(args: &[OsString]) -> Result<Options> {
    let mut options = Options::default();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let name = arg.to_string_lossy();
        let mut value = || args.next().with_context(|| format!("{name} needs a value"));
        match name.as_ref() {
            "--days" => {
                let text = value()?.to_string_lossy().into_owned();
                let days = text.parse().ok().filter(|days| (1..=366).contains(days));
                options.days = Some(days.with_context(|| format!("--days {text}: it takes a number from 1 to 366"))?);
            }
            "--output" => options.output = Some(value()?.into()),
            "--notebook" => options.notebook = Some(value()?.into()),
            other => bail!("no option {other}; there are --days N, --output FILE and --notebook FILE"),
        }
    }
    if let (Some(days), None) = (options.days.filter(|days| *days < LESSON_DAYS), &options.notebook) {
        bail!("--days {days}: the lesson reads the first {LESSON_DAYS} days one by one; it takes {LESSON_DAYS} to 366");
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Options> {
        parse(&args.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read_and_bad_ones_are_named() {
        assert_eq!(parsed(&["--days", "31"]).unwrap().days, Some(31));
        assert!(parsed(&["--days", "400"]).unwrap_err().to_string().contains("1 to 366"));
        assert!(parsed(&["--days", "3"]).unwrap_err().to_string().contains("30 to 366"));
        assert_eq!(parsed(&["--days", "3", "--notebook", "own.ipynb"]).unwrap().days, Some(3));
        assert!(parsed(&["--output"]).unwrap_err().to_string().contains("needs a value"));
        assert!(parsed(&["--quick"]).unwrap_err().to_string().contains("no option --quick"));
    }
}
