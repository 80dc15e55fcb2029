//! Where ticks stand and what they say: steps of 1, 2 or 5, labels with no digit too many.

/// Ticks in the order of their values.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Ticks {
    pub values: Vec<f64>,
    pub labels: Vec<String>,
    /// What is common to all labels: a power of ten, an offset.
    pub note: Option<String>,
}

/// Values this large or larger are labelled in powers of ten.
const LARGE: f64 = 1e6;
/// Values that are all smaller than this, too.
const SMALL: f64 = 1e-3;
/// More digits than this are split into an offset and the rest.
const DIGITS: i32 = 6;

/// At most about `count` ticks from `low` to `high`; with `whole`, only at whole numbers.
pub(super) fn numbers(low: f64, high: f64, count: f64, whole: bool) -> Ticks {
    let Some((mantissa, mut exponent)) = step((high - low) / count.max(1.0)) else { return single(low) };
    let mut mantissa = mantissa;
    if whole && exponent < 0 {
        (mantissa, exponent) = (1, 0);
    }
    let unit = power(exponent) * mantissa as f64;
    // Steps are counted in whole numbers: 0.1 + 0.1 + 0.1 is not 0.3.
    let (first, last) = ((low / unit - 1e-9).ceil(), (high / unit + 1e-9).floor());
    if !(first.abs().max(last.abs()) < 1e15 && last >= first) {
        return single(low);
    }
    let steps: Vec<i64> = (0..=(last - first) as i64).map(|at| (first as i64 + at) * mantissa).collect();
    let values = steps.iter().map(|&step| decimal(step, exponent)).collect();
    let (labels, note) = labels(&steps, exponent);
    Ticks { values, labels, note }
}

/// Ticks along `length` CSS pixels, from what `make` gives for a count: apart as far as is
/// comfortable, closer where otherwise there would be fewer than three.
pub(super) fn spread(length: f64, comfortable: f64, closest: f64, most: f64, make: &dyn Fn(f64) -> Ticks) -> Ticks {
    let mut spacing = comfortable;
    loop {
        let ticks = make((length / spacing).clamp(1.0, most));
        spacing *= 0.9;
        if ticks.values.len() >= 3 || spacing < closest {
            return ticks;
        }
    }
}

/// Ticks for longitude or latitude, at most about `count`: `positive` and `negative` are the directions' letters.
pub(super) fn degrees(low: f64, high: f64, count: f64, positive: &str, negative: &str) -> Ticks {
    let wanted = (high - low) / count.max(1.0);
    let Some((mantissa, exponent)) = [5, 10, 15, 30, 60, 90, 120, 180]
        .into_iter()
        .find(|&step| wanted > 2.0 && step as f64 >= wanted)
        .map(|step| (step, 0))
        .or(step(wanted))
    else {
        return single(low);
    };
    let unit = decimal(mantissa, exponent);
    let (first, last) = ((low / unit - 1e-9).ceil() as i64, (high / unit + 1e-9).floor() as i64);
    let values: Vec<f64> = (first..=last).map(|at| decimal(at * mantissa, exponent)).collect();
    let decimals = usize::try_from(-exponent).unwrap_or(0);
    let label = |&value: &f64| {
        // A grid from 0 to 360 means the same places as one from -180 to 180.
        let value = if positive == "E" && value > 180.0 { value - 360.0 } else { value };
        let letter = match value {
            _ if value == 0.0 || (positive == "E" && value.abs() == 180.0) => "",
            _ if value > 0.0 => positive,
            _ => negative,
        };
        format!("{:.decimals$}°{letter}", value.abs())
    };
    let labels = values.iter().map(label).collect();
    Ticks { values, labels, note: None }
}

/// Ticks at named places, every second, fifth or tenth where not all fit. `names[0]` stands at 0.
pub(super) fn names(low: f64, high: f64, count: f64, names: &[String]) -> Ticks {
    let places = || (0..names.len()).filter(|&at| (low..=high).contains(&(at as f64)));
    let all = places().count();
    let every = [1, 2, 5, 10, 20, 50, 100].into_iter().find(|every| (all as f64) <= *every as f64 * count.max(1.0));
    let shown = places().step_by(every.unwrap_or(all.max(1)));
    let (values, labels) = shown.map(|at| (at as f64, shortened(&names[at]))).unzip();
    Ticks { values, labels, note: None }
}

/// A name that is too long for a tick, with its end left out.
fn shortened(name: &str) -> String {
    const MOST: usize = 24;
    if name.chars().count() <= MOST { name.to_owned() } else { name.chars().take(MOST - 1).chain(['…']).collect() }
}

/// One tick, for a range that has no length.
pub(super) fn single(value: f64) -> Ticks {
    Ticks { values: vec![value], labels: vec![number(value)], note: None }
}

/// `value` in as few digits as tell it from its neighbours at the precision of a reader.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    let text = if value == 0.0 || (1e-4..1e7).contains(&size) {
        // Seven significant digits, less the zeros at the end.
        let decimals = if size > 0.0 { (6 - size.log10().floor() as i32).max(0) as usize } else { 0 };
        let text = format!("{value:.decimals$}");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    } else {
        let text = format!("{value:.6e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
        format!("{mantissa}e{exponent}")
    };
    text.replace('-', "\u{2212}")
}

/// The smallest 1, 2 or 5 times a power of ten that is no less than `wanted`.
pub(super) fn round_step(wanted: f64) -> Option<f64> {
    step(wanted).map(|(mantissa, exponent)| decimal(mantissa, exponent))
}

/// The smallest 1, 2 or 5 times a power of ten that is no less than `wanted`, as (mantissa, exponent).
fn step(wanted: f64) -> Option<(i64, i32)> {
    if !(wanted.is_finite() && wanted > 1e-300) {
        return None;
    }
    let exponent = wanted.log10().floor() as i32;
    let rest = wanted / power(exponent);
    let found = [1, 2, 5].into_iter().find(|&mantissa| mantissa as f64 >= rest * (1.0 - 1e-9));
    Some(found.map_or((1, exponent + 1), |mantissa| (mantissa, exponent)))
}

fn labels(steps: &[i64], exponent: i32) -> (Vec<String>, Option<String>) {
    let largest = steps.iter().map(|step| step.abs()).max().unwrap_or(0);
    if largest == 0 {
        return (vec!["0".to_owned(); steps.len()], None);
    }
    // Digits left of the last one that differs.
    let digits = (largest as f64).log10().floor() as i32 + 1;
    let span = steps.last().unwrap_or(&0) - steps.first().unwrap_or(&0);
    let offset = if digits > DIGITS && span > 0 && (largest / span) >= 1000 {
        let round = 10_i64.pow((span as f64).log10().ceil() as u32);
        steps[0].div_euclid(round) * round
    } else {
        0
    };
    let steps: Vec<i64> = steps.iter().map(|step| step - offset).collect();
    let largest = steps.iter().map(|step| step.abs()).max().unwrap_or(0).max(1);
    let size = decimal(largest, exponent);
    let shift = if !(SMALL..LARGE).contains(&size) { (largest as f64).log10().floor() as i32 + exponent } else { 0 };
    let shown = exponent - shift;
    let decimals = usize::try_from(-shown).unwrap_or(0);
    let labels = steps.iter().map(|&step| format!("{:.decimals$}", decimal(step, shown)).replace('-', "\u{2212}"));
    let times = (shift != 0).then(|| format!("×10{}", superscript(shift)));
    let plus = (offset != 0).then(|| {
        let sign = if offset < 0 { '\u{2212}' } else { '+' };
        format!("{sign}{}", number(decimal(offset.abs(), exponent)))
    });
    let note = match (times, plus) {
        (Some(times), Some(plus)) => Some(format!("{times} {plus}")),
        (times, plus) => times.or(plus),
    };
    (labels.collect(), note)
}

/// `digits` x 10^`exponent`, rounded once.
fn decimal(digits: i64, exponent: i32) -> f64 {
    if (-300..0).contains(&exponent) { digits as f64 / power(-exponent) } else { digits as f64 * power(exponent) }
}

fn power(exponent: i32) -> f64 {
    // Parsing is exact where powi accumulates errors.
    format!("1e{exponent}").parse().unwrap_or(f64::NAN)
}

fn superscript(number: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |character: char| character.to_digit(10).map_or('⁻', |digit| DIGITS[digit as usize]);
    number.to_string().chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(low: f64, high: f64, count: f64) -> (String, Option<String>) {
        let ticks = numbers(low, high, count, false);
        (ticks.labels.join(" "), ticks.note)
    }

    #[test]
    fn steps_are_1_2_or_5_and_labels_have_the_digits_of_the_step() {
        assert_eq!(shown(-32.0, 46.3, 6.0), ("−20 0 20 40".into(), None));
        assert_eq!(shown(0.0, 1.0, 5.0), ("0.0 0.2 0.4 0.6 0.8 1.0".into(), None));
        assert_eq!(shown(0.0, 0.35, 4.0), ("0.0 0.1 0.2 0.3".into(), None));
        assert_eq!(numbers(0.0, 1.0, 10.0, false).values[3], 0.3);
    }

    #[test]
    fn tiny_and_large_values_share_a_power_of_ten() {
        assert_eq!(shown(0.0, 4e-12, 4.0), ("0 1 2 3 4".into(), Some("×10⁻¹²".into())));
        assert_eq!(shown(0.0, 2.5e9, 5.0), ("0.0 0.5 1.0 1.5 2.0 2.5".into(), Some("×10⁹".into())));
    }

    #[test]
    fn a_small_range_far_from_zero_is_labelled_from_an_offset() {
        assert_eq!(shown(1e9, 1e9 + 4.0, 4.0), ("0 1 2 3 4".into(), Some("+1e9".into())));
    }

    #[test]
    fn whole_numbers_have_no_ticks_between() {
        assert_eq!(numbers(-0.5, 2.5, 10.0, true).labels, ["0", "1", "2"]);
    }

    #[test]
    fn degrees_name_their_direction_and_wrap_at_the_date_line() {
        assert_eq!(degrees(-180.0, 180.0, 8.0, "E", "W").labels.join(" "), "180° 120°W 60°W 0° 60°E 120°E 180°");
        assert_eq!(degrees(-60.0, 70.0, 5.0, "N", "S").labels.join(" "), "60°S 30°S 0° 30°N 60°N");
        assert_eq!(degrees(200.0, 220.0, 4.0, "E", "W").labels.join(" "), "160°W 155°W 150°W 145°W 140°W");
        assert_eq!(degrees(0.0, 1.0, 3.0, "E", "W").labels.join(" "), "0.0° 0.5°E 1.0°E");
    }

    #[test]
    fn names_are_thinned_where_not_all_fit() {
        let all: Vec<String> = (0..12).map(|at| format!("m{at}")).collect();
        assert_eq!(names(-0.5, 11.5, 12.0, &all).labels.len(), 12);
        assert_eq!(names(-0.5, 11.5, 6.0, &all).labels.join(" "), "m0 m2 m4 m6 m8 m10");
        assert_eq!(
            names(-0.5, 1.5, 6.0, &["a name that is longer than any tick".to_owned()]).labels[0].chars().count(),
            24
        );
    }

    #[test]
    fn ranges_without_length_or_meaning_do_not_loop() {
        for (low, high) in [(1.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (1e300, -1e300), (1.0, 1.0 + 1e-16)] {
            assert!(numbers(low, high, 5.0, false).values.len() <= 1, "{low} {high}");
        }
    }
}
