//! The days of the sample year, and the dates that file names carry.

use std::path::Path;

/// The year of the lesson's data; it has 366 days.
pub(crate) const YEAR: u32 = 2016;
/// Days in that year.
pub(crate) const DAYS: usize = 366;

const MONTHS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Month and day of the month of day `index`, which counts from 0.
fn month_day(index: usize) -> (u32, u32) {
    let mut left = index as u32;
    for (month, days) in (1..).zip(MONTHS) {
        if left < days {
            return (month, left + 1);
        }
        left -= days;
    }
    (12, 31)
}

/// The name of the sample file of day `index`, which counts from 0: `2016.01.01.tif`.
pub(crate) fn file_name(index: usize) -> String {
    format!("{}.tif", date(index))
}

/// The date of day `index` as the file names have it: `2016.01.01`.
pub(crate) fn date(index: usize) -> String {
    let (month, day) = month_day(index);
    format!("{YEAR}.{month:02}.{day:02}")
}

/// Which day of the year a file's name speaks of, counted from 0: as year, month and day or as year and
/// day of the year, with anything or nothing between (`2016.01.01`, `himax_20160101`, `x2016001`).
pub(crate) fn day_in(path: &Path) -> Option<usize> {
    let stem = path.file_stem()?.to_str()?;
    let digits: String = stem.chars().filter(char::is_ascii_digit).collect();
    let rest = &digits[digits.rfind(&YEAR.to_string())? + 4..];
    let number = |text: &str| text.parse::<usize>().ok();
    let index = match rest.len() {
        3 => number(rest)?.checked_sub(1)?,
        4 => (0..DAYS).find(|&index| {
            let (month, day) = month_day(index);
            rest == format!("{month:02}{day:02}")
        })?,
        _ => return None,
    };
    (index < DAYS).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_begins_leaps_and_ends() {
        assert_eq!(file_name(0), "2016.01.01.tif");
        assert_eq!(file_name(59), "2016.02.29.tif");
        assert_eq!(file_name(182), "2016.07.01.tif");
        assert_eq!(file_name(365), "2016.12.31.tif");
    }

    #[test]
    fn names_in_several_styles_give_their_day() {
        for (name, day) in
            [("2016.01.01.tif", 0), ("himax_20160701.tif", 182), ("x2016366.tif", 365), ("chirts.2.2016-02-29.tif", 59)]
        {
            assert_eq!(day_in(Path::new(name)), Some(day), "{name}");
        }
        for name in ["mean.tif", "2016.13.01.tif", "2016367.tif", "2016.tif", "2015.01.01.tif"] {
            assert_eq!(day_in(Path::new(name)), None, "{name}");
        }
    }
}
