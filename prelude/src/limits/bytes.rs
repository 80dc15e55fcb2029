//! Bytes for people.

/// Bytes with one digit behind the point: `31.2 GiB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{count} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// The same where it changes all the time and stands beside much else: `412 MiB`, `31.2 GiB`.
pub(crate) fn short_bytes(count: u64) -> String {
    let text = bytes(count);
    match text.split_once('.') {
        Some((whole, rest)) if whole.len() >= 3 => {
            let unit = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
            format!("{whole}{unit}")
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_with_a_fitting_unit() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(74_880_000), "71.4 MiB");
        assert_eq!(bytes(32 << 30), "32.0 GiB");
        assert_eq!([short_bytes(412 << 20), short_bytes(32 << 30), short_bytes(7)], ["412 MiB", "32.0 GiB", "7 B"]);
    }
}
