//! Reference dates in every form that CF, udunits and their writers have: `1990-1-1`, `01-JAN-1950 00:00`, `19500101`,
//! `1900-01-01T06:00:00 +01:30`, `1-1-1 00:00:0.0 GMT`.

use super::calendar::Calendar;
use super::date_time::DAY;

const NAMES: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Nanoseconds from 1970-01-01 of the calendar to the date; the reason why it is none otherwise.
pub(super) fn read(text: &str, calendar: Calendar) -> Result<i128, String> {
    let no_date = || format!("{text:?} is not a date that can be told");
    let (date, rest) = split(text.trim()).ok_or_else(no_date)?;
    let (year, month, day) = date;
    let year = calendar.read(year).ok_or_else(|| format!("the calendar {calendar} has no year 0"))?;
    let number = calendar.day_number(year, month, day).ok_or_else(|| {
        format!("the calendar {calendar} has no day {}", text.split_whitespace().next().unwrap_or_default())
    })?;
    let (since, ahead) = time_of_day(rest.trim())
        .ok_or_else(|| format!("{:?} is no time of day with a zone that is known", rest.trim()))?;
    Ok(i128::from(number) * i128::from(DAY) + since - ahead)
}

type Date = (i64, i64, i64);

/// The date, and what stands after it.
fn split(text: &str) -> Option<(Date, &str)> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let unsigned = text.trim_start_matches(['-', '+']);
    let end = unsigned.find(|c: char| c == ' ' || (c == 'T' && !is_in_word(unsigned, 'T'))).unwrap_or(unsigned.len());
    let (first, rest) = unsigned.split_at(end);
    let first = first.strip_suffix(['Z', 'z']).unwrap_or(first);
    if let Some(date) = numbers(first, sign).or_else(|| named(&first.split(['-', '/']).collect::<Vec<_>>())) {
        return Some((date, rest.trim_start_matches(['T', ' '])));
    }
    // "1 January 1950 06:00", "Jan 1 1950".
    let mut words = unsigned.splitn(4, ' ');
    let parts: Vec<&str> = words.by_ref().take(3).map(|word| word.trim_matches(',')).collect();
    Some((named(&parts)?, words.next().unwrap_or_default()))
}

/// Whether the first such letter belongs to the name of a month: `OCT`, `SEPTEMBER`.
fn is_in_word(text: &str, letter: char) -> bool {
    let before = text.find(letter).and_then(|at| text[..at].chars().next_back());
    before.is_some_and(char::is_alphabetic)
}

fn whole(text: &str, most: usize) -> Option<i64> {
    let good = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if good { text.parse().ok() } else { None }
}

/// `1950`, `1950-1`, `1950-1-31`, `1950/01/31`, `19500131`: the year comes first.
fn numbers(text: &str, sign: i64) -> Option<Date> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((sign * whole(&text[..4], 4)?, whole(&text[4..6], 2)?, whole(&text[6..], 2)?));
    }
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let [year, rest @ ..] = parts.as_slice() else { return None };
    // A year alone is one only if it is written in full.
    if rest.len() > 2 || (rest.is_empty() && year.len() < 4) {
        return None;
    }
    let part = |at: usize| rest.get(at).map_or(Some(1), |part| whole(part, 2));
    Some((sign * whole(year, 6)?, part(0)?, part(1)?))
}

/// `01-JAN-1950`, `1950-Jan-01`, `Jan 1 1950`: the name tells the month, four digits the year.
fn named(parts: &[&str]) -> Option<Date> {
    let &[a, b, c] = parts else { return None };
    let month = |text: &str| {
        let text = text.to_lowercase();
        let is = |name: &&str| text.len() >= 3 && name.starts_with(text.trim_end_matches('.'));
        NAMES.iter().position(is).map(|at| at as i64 + 1)
    };
    let year = |text: &str| whole(text, 4).filter(|_| text.len() == 4);
    match (month(a), month(b)) {
        (Some(month), None) => Some((year(c)?, month, whole(b, 2)?)),
        (None, Some(month)) => {
            year(c).and_then(|year| Some((year, month, whole(a, 2)?))).or_else(|| Some((year(a)?, month, whole(c, 2)?)))
        }
        _ => None,
    }
}

/// Nanoseconds since midnight, and how far the zone is ahead; what has no meaning is none.
fn time_of_day(text: &str) -> Option<(i128, i128)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(text.len());
    let (time, zone) = text.split_at(end);
    Some((clock(time)?, offset(zone.trim())?))
}

/// Nanoseconds of `6`, `06:30`, `06:30:00.5`; 0 for nothing.
fn clock(text: &str) -> Option<i128> {
    if text.is_empty() {
        return Some(0);
    }
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    let mut sum = 0;
    for ((part, unit), most) in parts.iter().zip([3600i128, 60, 1]).zip([24, 60, 60]) {
        let (seconds, fraction) = match part.split_once('.') {
            Some((seconds, fraction)) if unit == 1 => (seconds, fraction),
            Some(_) => return None,
            None => (*part, ""),
        };
        let count = whole(seconds, 2).filter(|&count| count < most)?;
        let nanoseconds = match fraction.get(..fraction.len().min(9))? {
            "" => 0,
            digits => whole(&format!("{digits:0<9}"), 9)?,
        };
        sum += i128::from(count) * unit * 1_000_000_000 + i128::from(nanoseconds);
    }
    Some(sum)
}

/// Nanoseconds of `Z`, `UTC`, `GMT`, `+1`, `+01`, `-6:00`, `+0100`. Names of other zones do not tell how far they are.
fn offset(text: &str) -> Option<i128> {
    let (sign, text) = match text.to_uppercase().as_str() {
        "" | "Z" | "UTC" | "GMT" => return Some(0),
        _ => match text.strip_prefix('-') {
            Some(behind) => (-1, behind),
            None => (1, text.strip_prefix('+')?),
        },
    };
    let (hours, minutes) = match text.split_once(':') {
        Some((hours, minutes)) => (whole(hours, 2)?, whole(minutes, 2)?),
        None if text.len() > 2 => (whole(&text[..text.len() - 2], 2)?, whole(&text[text.len() - 2..], 2)?),
        None => (whole(text, 2)?, 0),
    };
    (minutes < 60).then_some(sign * i128::from(hours * 3600 + minutes * 60) * 1_000_000_000)
}
