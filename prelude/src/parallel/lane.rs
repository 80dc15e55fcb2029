//! What one thread has done over time: a strip of columns that hold how long it did what.
//!
//! The strip is as long as the work so far and has a fixed number of columns, so it takes the same room for a second as
//! for a day: when the last column is full, pairs of columns become one. Every microsecond is in exactly one column.

use std::fmt::{self, Write as _};
use std::path::Path;

/// Columns of a strip.
pub(crate) const COLUMNS: usize = 150;
/// Kinds of work that are told apart.
pub(crate) const KINDS: usize = 3;
/// The width of a column at first, in microseconds: the strip holds a second and a half.
const WIDTH: u64 = 10_000;
/// Characters of a name that are kept.
const NAME: usize = 60;

/// What a thread is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    Nothing,
    /// Reads and decodes files.
    Reading,
    /// Carries out the operations of a plan.
    Computing,
    /// Runs the function that a pool was given.
    Working,
}

impl Doing {
    /// Its place among the kinds of work.
    fn kind(self) -> Option<usize> {
        match self {
            Self::Nothing => None,
            Self::Reading => Some(0),
            Self::Computing => Some(1),
            Self::Working => Some(2),
        }
    }
}

/// What names the item in work. Text is made of it only where somebody looks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Name<'a> {
    Text(&'a str),
    File(&'a Path),
    /// One window of so many.
    Window(usize, usize),
}

/// A part of a strip: microseconds of each kind of work, and how many items were begun in it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Column {
    pub spent: [u64; KINDS],
    pub begun: u32,
}

/// One thread's strip, and what it is doing now. Times are microseconds since the work began.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    since: u64,
    doing: Doing,
    /// What the item in work is when nothing special is done for it.
    item: Doing,
    name: String,
    steps: usize,
    width: u64,
    columns: Box<[Column; COLUMNS]>,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            since: 0,
            doing: Doing::Nothing,
            item: Doing::Nothing,
            name: String::new(),
            steps: 0,
            width: WIDTH,
            columns: Box::new([Column::default(); COLUMNS]),
        }
    }
}

impl Lane {
    /// An item is begun.
    pub fn begin(&mut self, now: u64, doing: Doing, name: Name<'_>) {
        self.charge(now);
        (self.item, self.doing) = (doing, doing);
        self.rename(name);
        let at = self.column(now);
        self.columns[at].begun += 1;
    }

    /// The item is over.
    pub fn end(&mut self, now: u64) {
        self.charge(now);
        (self.item, self.doing) = (Doing::Nothing, Doing::Nothing);
        self.name.clear();
    }

    /// A file is read for the item; it gives the item its name.
    pub fn read(&mut self, now: u64, file: Option<&Path>) {
        self.charge(now);
        self.doing = Doing::Reading;
        if let Some(file) = file {
            self.rename(Name::File(file));
        }
    }

    /// Back to what the item is about.
    pub fn resume(&mut self, now: u64) {
        self.charge(now);
        self.doing = self.item;
    }

    /// Counts what is done.
    pub fn step(&mut self, steps: usize) {
        self.steps += steps;
    }

    /// Brings the strip up to `now`.
    pub fn charge(&mut self, now: u64) {
        // The clock of another thread may be read a moment earlier than ours was.
        let now = now.max(self.since);
        while now > self.width * COLUMNS as u64 {
            self.fold();
        }
        if let Some(kind) = self.doing.kind() {
            let mut from = self.since;
            while from < now {
                let at = self.column(from);
                let to = now.min((at as u64 + 1) * self.width);
                self.columns[at].spent[kind] += to - from;
                from = to;
            }
        }
        self.since = now;
    }

    fn column(&self, at: u64) -> usize {
        ((at / self.width) as usize).min(COLUMNS - 1)
    }

    /// Makes one column of two.
    fn fold(&mut self) {
        self.width *= 2;
        for at in 0..COLUMNS {
            let pair = self.columns.get(2 * at..2 * at + 2).unwrap_or_default();
            let mut both = Column::default();
            for column in pair {
                both.begun += column.begun;
                both.spent.iter_mut().zip(column.spent).for_each(|(sum, spent)| *sum += spent);
            }
            self.columns[at] = both;
        }
    }

    fn rename(&mut self, name: Name<'_>) {
        self.name.clear();
        let mut out = Cut(&mut self.name);
        // What does not fit is left out.
        let _ = match name {
            Name::Text(text) => out.write_str(text),
            Name::File(path) => write!(out, "{}", path.file_name().unwrap_or(path.as_os_str()).display()),
            Name::Window(number, of) => write!(out, "window {} of {of}", number + 1),
        };
    }

    pub fn doing(&self) -> Doing {
        self.doing
    }

    /// What the thread works on; empty if on nothing.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Steps of the work that it has done.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Microseconds of one column.
    pub fn width(&self) -> u64 {
        self.width
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns[..]
    }

    /// Microseconds of each kind of work.
    pub fn spent(&self) -> [u64; KINDS] {
        self.columns.iter().fold([0; KINDS], |mut sums, column| {
            sums.iter_mut().zip(column.spent).for_each(|(sum, spent)| *sum += spent);
            sums
        })
    }
}

/// Takes the first [`NAME`] characters and ends the formatting there.
struct Cut<'a>(&'a mut String);

impl fmt::Write for Cut<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = NAME - self.0.chars().count();
        match text.char_indices().nth(room) {
            None => self.0.push_str(text),
            Some((end, _)) => {
                self.0.push_str(&text[..end]);
                self.0.push('…');
                return Err(fmt::Error);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1000;

    #[test]
    fn time_is_counted_for_what_was_done_in_it() {
        let mut lane = Lane::default();
        lane.begin(5 * MS, Doing::Computing, Name::Window(3, 40));
        assert_eq!((lane.doing(), lane.name()), (Doing::Computing, "window 4 of 40"));
        lane.read(7 * MS, Some(Path::new("/data/himax_2016183.tif")));
        assert_eq!((lane.doing(), lane.name()), (Doing::Reading, "himax_2016183.tif"));
        lane.resume(27 * MS);
        assert_eq!(lane.name(), "himax_2016183.tif", "what was read last names the item");
        lane.end(30 * MS);
        lane.charge(50 * MS);
        assert_eq!(lane.spent(), [20 * MS, 5 * MS, 0]);
        assert_eq!((lane.doing(), lane.name()), (Doing::Nothing, ""));
        let reading: Vec<u64> = lane.columns()[..5].iter().map(|column| column.spent[0]).collect();
        assert_eq!(reading, [3 * MS, 10 * MS, 7 * MS, 0, 0]);
        assert_eq!(lane.columns()[0].begun, 1);
    }

    #[test]
    fn a_strip_of_any_length_has_the_same_columns_and_loses_nothing() {
        let mut lane = Lane::default();
        let day = 24 * 3600 * 1000 * MS;
        for n in 0..100 {
            lane.begin(n * day / 100, Doing::Working, Name::Text("x"));
            lane.end(n * day / 100 + day / 200);
        }
        lane.charge(day);
        assert_eq!(lane.spent(), [0, 0, day / 2]);
        assert_eq!(lane.columns().iter().map(|column| column.begun).sum::<u32>(), 100);
        let length = lane.width() * COLUMNS as u64;
        assert!(length >= day && length < 2 * day, "{length}");
        assert!(lane.columns().iter().all(|column| column.spent.iter().sum::<u64>() <= lane.width()));
    }

    #[test]
    fn a_clock_that_seems_to_go_back_takes_nothing_away() {
        let mut lane = Lane::default();
        lane.begin(20 * MS, Doing::Working, Name::Text("x"));
        lane.charge(40 * MS);
        lane.charge(30 * MS);
        lane.end(50 * MS);
        assert_eq!(lane.spent(), [0, 0, 30 * MS]);
    }

    #[test]
    fn long_names_are_cut() {
        let mut lane = Lane::default();
        lane.begin(0, Doing::Working, Name::Text(&"ä".repeat(1000)));
        assert_eq!(lane.name().chars().count(), NAME + 1);
        assert!(lane.name().ends_with('…'));
    }
}
