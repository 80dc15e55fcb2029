//! What a year of full-size rasters takes: less than 1 GiB at the peak with two threads, whatever is asked of it.
//!
//! Real GeoTIFFs of the lesson's size (7200 x 2600 pixels), decoded by GDAL. Only a few different days are made; the
//! year is 366 links to them, since decoding the same bytes again costs the same memory. Each question is asked by a
//! process of its own, which reports the most memory that it ever held, as the system counted it.

use isopleth::array::DataArray;
use isopleth::lazy::threads;
use isopleth::raster::{glob, open_rasters};
use isopleth::time::date_range;
use isopleth::{Result, lesson};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Days that are made; the others are links.
const DIFFERENT: usize = 6;
const DAYS: usize = 366;
const LIMIT: u64 = 1 << 30;
/// Which question a process is to ask, and where the files are.
const QUESTION: &str = "ISOPLETH_TEST_QUESTION";
const FOLDER: &str = "ISOPLETH_TEST_YEAR";

type Question = fn(&DataArray) -> Result<DataArray>;

const QUESTIONS: [(&str, Question); 4] = [
    ("mean", |year| year.mean("time")),
    ("groupby month mean", |year| year.groupby("time.month")?.mean()),
    ("hottest week (rolling mean, max)", |year| year.rolling("time", 7)?.mean()?.max("time")),
    ("quantile", |year| year.quantile(0.9, "time")),
];

fn year(folder: &Path) -> Result<DataArray> {
    let files: Vec<PathBuf> = (0..DAYS).map(|day| folder.join(format!("year/day_{day:03}.tif"))).collect();
    open_rasters(&files)?.rename("band", "time")?.coord("time", date_range("2016-01-01", DAYS)?)
}

fn make(folder: &Path) -> Result<()> {
    let days = folder.join("days");
    if !days.exists() {
        lesson::generate(&days, DIFFERENT, 1)?;
    }
    let made = glob(&days, "*.tif")?;
    let year = folder.join("year");
    std::fs::create_dir_all(&year)?;
    for day in 0..DAYS {
        let link = year.join(format!("day_{day:03}.tif"));
        if !link.exists() {
            std::fs::hard_link(&made[day % made.len()], link)?;
        }
    }
    Ok(())
}

/// The most memory that this process ever held, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells what a process holds");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a line for the peak");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number of KiB") * 1024
}

#[test]
#[ignore = "a part of the other test, in a process of its own"]
fn one_question() {
    let Ok(name) = std::env::var(QUESTION) else { return };
    let folder = PathBuf::from(std::env::var(FOLDER).expect("the folder is given with the question"));
    let (_, ask) = QUESTIONS.iter().find(|(known, _)| *known == name).expect("a known question");
    threads::set_threads(2).unwrap();
    let started = std::time::Instant::now();
    let answer = ask(&year(&folder).unwrap()).unwrap();
    let estimate = answer.memory_estimate();
    let answer = answer.compute().unwrap();
    let land = answer.isel_dim("y", 1000).unwrap().count(()).unwrap().item().unwrap();
    assert!(land > 100.0, "{land} values in the row at 20 degrees north");
    println!("PEAK {} {} {}", peak(), estimate, started.elapsed().as_secs());
}

#[test]
fn a_year_of_full_size_rasters_takes_less_than_a_gigabyte_whatever_is_asked() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("full-size-year");
    make(&folder).unwrap();
    let mut over = Vec::new();
    for (name, _) in QUESTIONS {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "one_question", "--ignored", "--nocapture"])
            .env(QUESTION, name)
            .env(FOLDER, &folder)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{name}: {text}{}", String::from_utf8_lossy(&output.stderr));
        let line = text.lines().find_map(|line| line.split_once("PEAK ")).expect("the peak is printed").1.to_owned();
        let numbers: Vec<u64> = line.split(' ').map(|number| number.parse().unwrap()).collect();
        let [peak, estimate, seconds] = numbers[..] else { panic!("{line}") };
        let mb = |bytes: u64| bytes / 1_000_000;
        println!("{name}: {} MB at the peak ({} MB were estimated), {seconds} s", mb(peak), mb(estimate));
        if peak >= LIMIT {
            over.push((name, mb(peak)));
        }
    }
    assert!(over.is_empty(), "more than 1 GiB: {over:?}");
}
