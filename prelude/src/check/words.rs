//! Numbers and lists as sentences have them.

/// Nodata that files of this course use; it is what is "counted in" by mistake.
pub(super) const NODATA: f64 = -9999.0;

/// A count with its thousands apart: `18 720 000`.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// A number in few digits: `57.2`, `-9999`, `0.000012`.
pub(super) fn short(number: f64) -> String {
    if number == 0.0 || !number.is_finite() || number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number}");
    }
    if !(1e-3..1e7).contains(&number.abs()) {
        return format!("{number:.3e}");
    }
    let decimals = (3 - number.abs().log10().floor() as i32).clamp(0, 6) as usize;
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `one axis`, `3 axes`.
pub(super) fn axes(count: usize) -> String {
    if count == 1 { "one axis".to_owned() } else { format!("{count} axes") }
}

/// `2nd`, `11th`.
pub(super) fn ordinal(number: usize) -> String {
    let end = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}

/// A share of all in words: "every", "about 23 % of the", "3 of the 40".
pub(super) fn share(part: usize, all: usize) -> String {
    if part == all {
        "all".to_owned()
    } else if part <= 20 || all < 200 {
        format!("{} of the {}", count(part), count(all))
    } else {
        format!("about {} of the", percent(part as f64 / all as f64))
    }
}

fn percent(share: f64) -> String {
    match share * 100.0 {
        share if share < 1.0 => "1 %".to_owned(),
        share if share > 99.0 => "99 %".to_owned(),
        share => format!("{share:.0} %"),
    }
}

/// The parts with commas between them; `none` where there are none.
pub(super) fn listed<T: AsRef<str>>(parts: impl IntoIterator<Item = T>) -> String {
    let parts: Vec<T> = parts.into_iter().collect();
    let texts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

/// `alloc::vec::Vec<core::option::Option<f64>>` → `Vec<Option<f64>>`.
pub(super) fn short_type(name: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let mut rest = name.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter.is_alphanumeric() || letter == '_' {
            word.push(letter);
        } else if letter == ':' && rest.peek() == Some(&':') {
            rest.next();
            word.clear();
        } else {
            out.push_str(&word);
            word.clear();
            out.push(letter);
        }
    }
    out + &word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let shown = [57.2f64, -9999.0, 0.000_012_345, 1234.5678, 20.300_000_19, 0.25, 1e20, f64::NAN].map(short);
        assert_eq!(shown, ["57.2", "-9999", "1.234e-5", "1235", "20.3", "0.25", "1.000e20", "NaN"]);
        assert_eq!([3, 4000, 18_720_000].map(count), ["3", "4000", "18 720 000"]);
        assert_eq!([1, 2, 3, 4, 11, 22, 113].map(ordinal), ["1st", "2nd", "3rd", "4th", "11th", "22nd", "113th"]);
    }

    #[test]
    fn shares_are_in_words() {
        let shares = [(5, 5), (3, 40), (2300, 10_000), (30, 100_000)].map(|(part, all)| share(part, all));
        assert_eq!(shares, ["all", "3 of the 40", "about 23 % of the", "about 1 % of the"]);
    }

    #[test]
    fn type_names_lose_their_paths() {
        assert_eq!(short_type("alloc::vec::Vec<(usize, core::option::Option<f64>)>"), "Vec<(usize, Option<f64>)>");
        assert_eq!(short_type("&[i64]"), "&[i64]");
    }
}
