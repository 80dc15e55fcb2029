//! The comparison: what differs first, in words; known mistakes go before everything else.

use super::expected::Expected;
use super::subject::Subject;
use super::{labels, numbers, structure};
use crate::Result;
use crate::array::DType;

/// What is wrong with `given`; `None` if nothing is.
pub(super) fn difference(given: &Subject, expected: &Expected) -> Result<Option<String>> {
    let wanted = expected.subject()?;
    let Some(says) = between(given, &wanted, expected)? else { return Ok(None) };
    for (mistake, known) in expected.mistakes() {
        // A mistake that comes out right (there is nothing to be counted in wrongly, say) explains nothing.
        if let Ok(mistake) = mistake
            && between(given, &mistake, expected)?.is_none()
        {
            return Ok(Some(known.to_owned()));
        }
    }
    Ok(Some(says))
}

fn between(given: &Subject, wanted: &Subject, how: &Expected) -> Result<Option<String>> {
    if let Some(says) = structure::difference(given, wanted, how.wants_same_type()) {
        return Ok(Some(says));
    }
    if let Some(says) = labels::difference(given, wanted)? {
        return Ok(Some(says));
    }
    if let Some(says) = values(given, wanted, how.tolerance())? {
        return Ok(Some(says));
    }
    Ok(if how.wants_description() { labels::description(given, wanted) } else { None })
}

fn values(given: &Subject, wanted: &Subject, tolerance: f64) -> Result<Option<String>> {
    match wanted.dtype() {
        DType::Text => labels::texts(given, wanted),
        _ => numbers::difference(given, wanted, tolerance),
    }
}
