//! The strip of one thread as a picture: the share of each kind of work over time, in columns that touch.

use crate::parallel::lane::{COLUMNS, Column, KINDS, Lane};
use std::fmt::Write as _;
use std::time::Duration;

/// Units of height: shares are drawn to an eighth.
const HEIGHT: usize = 8;
/// So many strips are drawn in all columns; with more of them the columns are fewer.
const FINE: usize = 16;
/// With more items than this their beginnings would run into each other.
const MARKED: u32 = 30;
/// The same number of heights as characters of text.
const BLOCKS: [char; HEIGHT + 1] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The time axis that the strips of one picture share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// Microseconds of a column of the lanes.
    width: u64,
    /// Microseconds since the work began.
    now: u64,
    /// Microseconds that the picture is long.
    length: u64,
    /// Columns of the lanes that are drawn as one.
    merged: usize,
}

impl Scale {
    /// While work is `running` there is room behind it; afterwards it fills the picture.
    pub fn new(lanes: &[(String, Lane)], elapsed: Duration, running: bool) -> Self {
        let width = lanes.first().map_or(1, |(_, lane)| lane.width());
        let now = (elapsed.as_micros() as u64).min(width * COLUMNS as u64);
        let length = if running { width * COLUMNS as u64 } else { now };
        Self { width, now, length, merged: lanes.len().div_ceil(FINE).max(1) }
    }

    /// Microseconds that the picture is long; 0 if nothing has run.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The same in columns that are drawn.
    fn drawn(&self, micros: u64) -> f64 {
        micros as f64 / (self.width * self.merged as u64) as f64
    }
}

/// The height of each drawn column, for the kinds up to each kind.
fn heights(lane: &Lane, scale: &Scale) -> Vec<[usize; KINDS]> {
    let part = scale.width * scale.merged as u64;
    let columns = lane.columns().chunks(scale.merged).enumerate();
    columns
        .map_while(|(at, columns)| {
            // The last column is not over yet.
            let time = scale.now.saturating_sub(at as u64 * part).min(part);
            (time > 0).then(|| stacked(columns, time))
        })
        .collect()
}

fn stacked(columns: &[Column], time: u64) -> [usize; KINDS] {
    let mut sum = 0;
    std::array::from_fn(|kind| {
        sum += columns.iter().map(|column| column.spent[kind]).sum::<u64>();
        ((sum as f64 / time as f64 * HEIGHT as f64).round() as usize).min(HEIGHT)
    })
}

/// The strip as an inline SVG.
pub(super) fn svg(lane: &Lane, scale: &Scale, colours: &[&str; KINDS]) -> String {
    let length = scale.drawn(scale.length).max(1.0);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {length:.2} {HEIGHT}\" preserveAspectRatio=\"none\" shape-rendering=\"crispEdges\" aria-hidden=\"true\">"
    );
    let now = scale.drawn(scale.now);
    if now > 0.0 {
        let _ = write!(svg, "<rect class=\"iso-idle\" width=\"{now:.2}\" height=\"{HEIGHT}\"/>");
    }
    let heights = heights(lane, scale);
    // From the whole down: each kind covers what is above it of the one before.
    for kind in (0..KINDS).rev() {
        let below = |at: usize| if kind == 0 { 0 } else { heights[at][kind - 1] };
        if (0..heights.len()).any(|at| heights[at][kind] > below(at)) {
            let layer: Vec<usize> = heights.iter().map(|heights| heights[kind]).collect();
            let path = area(&layer, now);
            let _ = write!(svg, "<path fill=\"{}\" d=\"{path}\"/>", colours[kind]);
        }
    }
    let begun = lane.columns().iter().map(|column| column.begun).sum::<u32>();
    if (2..=MARKED).contains(&begun) {
        let starts = lane.columns().iter().enumerate().skip(1).filter(|(_, column)| column.begun > 0);
        let marks: String =
            starts.map(|(at, _)| format!("M{:.2} 0V{HEIGHT}", at as f64 / scale.merged as f64)).collect();
        let _ = write!(
            svg,
            "<path d=\"{marks}\" stroke=\"var(--jp-layout-color0, #fff)\" stroke-width=\"1\" vector-effect=\"non-scaling-stroke\"/>"
        );
    }
    svg + "</svg>"
}

/// The area below steps of these heights, the last of which ends at `end`.
///
/// A column in which a thread went from busy to idle, or back, is drawn as wide as it was busy, not as high.
fn area(heights: &[usize], end: f64) -> String {
    let mut path = format!("M0 {HEIGHT}");
    let mut last = 0;
    for (at, &height) in heights.iter().enumerate() {
        if height == last {
            continue;
        }
        let after = heights.get(at + 1).copied();
        let part = height as f64 / HEIGHT as f64;
        let (from, to) = match (last, after) {
            (HEIGHT, Some(0)) => (at as f64 + part, 0),
            (0, Some(HEIGHT)) => (at as f64 + 1.0 - part, HEIGHT),
            _ => (at as f64, height),
        };
        if from > 0.0 {
            let _ = write!(path, "H{}", (from * 100.0).round() / 100.0);
        }
        let _ = write!(path, "V{}", HEIGHT - to);
        last = to;
    }
    let _ = write!(path, "H{end:.2}V{HEIGHT}Z");
    path
}

/// The strip as `columns` characters whose height says how busy the thread was.
pub(super) fn blocks(lane: &Lane, scale: &Scale, columns: usize) -> String {
    let heights = heights(lane, scale);
    let drawn = scale.drawn(scale.length).max(1.0);
    let per = drawn / columns as f64;
    let block = |n: usize| {
        let (from, to) = ((n as f64 * per) as usize, (((n + 1) as f64 * per).ceil() as usize).max(1));
        let part = heights.get(from..to.min(heights.len())).unwrap_or_default();
        let mean = part.iter().map(|heights| heights[KINDS - 1]).sum::<usize>() as f64 / part.len().max(1) as f64;
        BLOCKS[(mean.round() as usize).min(HEIGHT)]
    };
    (0..columns).map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parallel::lane::{Doing, Name};

    const COLOURS: [&str; KINDS] = ["blue", "orange", "green"];
    const MS: u64 = 1000;

    fn drawn(lane: &Lane, millis: u64, running: bool) -> String {
        let lanes = [("lazy-1".to_owned(), lane.clone())];
        svg(lane, &Scale::new(&lanes, Duration::from_millis(millis), running), &COLOURS)
    }

    /// Computing for 100 ms, of which reading took the first half of each column, then idle.
    fn half() -> Lane {
        let mut lane = Lane::default();
        lane.begin(0, Doing::Computing, Name::Window(0, 1));
        for column in 0..10 {
            lane.read(column * 10 * MS, None);
            lane.resume((column * 10 + 5) * MS);
        }
        lane.end(100 * MS);
        lane.charge(200 * MS);
        lane
    }

    #[test]
    fn kinds_are_stacked_by_their_shares() {
        let svg = drawn(&half(), 200, false);
        assert!(svg.contains("viewBox=\"0 0 20.00 8\""), "{svg}");
        assert!(svg.contains("<path fill=\"orange\" d=\"M0 8V0H10V8H20.00V8Z\"/>"), "{svg}");
        assert!(svg.contains("<path fill=\"blue\" d=\"M0 8V4H10V8H20.00V8Z\"/>"), "{svg}");
        assert!(!svg.contains("green"), "{svg}");
        assert!(svg.find("orange") < svg.find("blue"), "reading is drawn over what is stacked upon it: {svg}");
    }

    #[test]
    fn work_that_goes_on_has_room_behind_it() {
        let svg = drawn(&half(), 200, true);
        assert!(svg.contains("viewBox=\"0 0 150.00 8\""), "{svg}");
        assert!(svg.contains("<rect class=\"iso-idle\" width=\"20.00\""), "{svg}");
    }

    #[test]
    fn the_column_under_way_is_not_taken_for_idle() {
        let mut lane = Lane::default();
        lane.begin(0, Doing::Working, Name::Text("x"));
        lane.charge(12 * MS);
        assert!(drawn(&lane, 12, true).contains("<path fill=\"green\" d=\"M0 8V0H1.20V8Z\"/>"));
    }

    #[test]
    fn few_items_are_told_apart_and_many_run_together() {
        let with_items = |count: u64| {
            let mut lane = Lane::default();
            for n in 0..count {
                lane.begin(n * 20 * MS, Doing::Working, Name::Text("x"));
                lane.end((n + 1) * 20 * MS);
            }
            drawn(&lane, count * 20, false)
        };
        assert_eq!(with_items(3).matches("M2.00 0V8M4.00 0V8").count(), 1, "{}", with_items(3));
        assert!(!with_items(31).contains("stroke="), "{}", with_items(31));
        assert!(!with_items(1).contains("stroke="), "{}", with_items(1));
    }

    #[test]
    fn a_thread_that_did_nothing_is_an_empty_strip() {
        let mut lane = Lane::default();
        lane.charge(MS);
        assert!(!drawn(&lane, 1, false).contains("<path"));
        assert!(!drawn(&Lane::default(), 0, false).contains("<rect"), "not even time has passed");
    }

    #[test]
    fn a_change_within_a_column_is_drawn_where_it_was() {
        let mut lane = Lane::default();
        lane.begin(25 * MS, Doing::Working, Name::Text("x"));
        lane.end(45 * MS);
        lane.charge(100 * MS);
        let svg = drawn(&lane, 100, false);
        assert!(svg.contains("<path fill=\"green\" d=\"M0 8H2.5V0H4.5V8H10.00V8Z\"/>"), "{svg}");
    }

    #[test]
    fn in_text_the_height_says_how_busy_a_thread_was() {
        let lane = half();
        let lanes = [("lazy-1".to_owned(), lane.clone())];
        let text = blocks(&lane, &Scale::new(&lanes, Duration::from_millis(200), false), 10);
        assert_eq!(text, "█████     ");
    }
}
