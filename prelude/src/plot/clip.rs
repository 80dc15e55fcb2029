//! Lines cut to the area in which they are shown, and thinned to what a screen can show.

use super::canvas::{Point, Rect};

/// The parts of the line through `points` that lie in `area`. A point that is not finite interrupts it;
/// one by itself is a line of one point.
pub(super) fn line(points: &[Point], area: Rect) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for run in points.split(|(x, y)| !(x.is_finite() && y.is_finite())) {
        if let [only] = run {
            if holds(area, *only) {
                parts.push(vec![*only]);
            }
            continue;
        }
        let mut open: Vec<Point> = Vec::new();
        for pair in run.windows(2) {
            let Some((from, to)) = segment(pair[0], pair[1], area) else {
                close(&mut open, &mut parts);
                continue;
            };
            if open.last() != Some(&from) {
                close(&mut open, &mut parts);
                open.push(from);
            }
            open.push(to);
        }
        close(&mut open, &mut parts);
    }
    parts
}

fn close(open: &mut Vec<Point>, parts: &mut Vec<Vec<Point>>) {
    if open.len() > 1 {
        parts.push(std::mem::take(open));
    }
    open.clear();
}

/// Whether `area` has the point, its edges included.
pub(super) fn holds(area: Rect, (x, y): Point) -> bool {
    (area.x..=area.right()).contains(&x) && (area.y..=area.bottom()).contains(&y)
}

/// The part of a segment inside `area`, after Liang and Barsky.
fn segment(from: Point, to: Point, area: Rect) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    let sides =
        [(-dx, from.0 - area.x), (dx, area.right() - from.0), (-dy, from.1 - area.y), (dy, area.bottom() - from.1)];
    for (towards, room) in sides {
        if towards == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if towards < 0.0 {
            enter = enter.max(room / towards);
        } else {
            leave = leave.min(room / towards);
        }
    }
    let at = |share: f64| match share {
        0.0 => from,
        1.0 => to,
        _ => (from.0 + share * dx, from.1 + share * dy),
    };
    (enter <= leave).then(|| (at(enter), at(leave)))
}

/// The same line with at most four points for each column of pixels: the first, the lowest, the highest, the last.
///
/// A million values on a screen are a thousand columns; what is left out lies between what is kept.
pub(super) fn thinned(points: &[Point], density: f64) -> Vec<Point> {
    let column = |(x, y): &Point| if y.is_finite() { (x * density).floor() } else { f64::NAN };
    let mut kept = Vec::new();
    // Gaps have a column that equals none, so each is a run of its own.
    for run in points.chunk_by(|a, b| column(a) == column(b)) {
        if run.len() <= 4 {
            kept.extend_from_slice(run);
            continue;
        }
        let by = |a: &&Point, b: &&Point| a.1.total_cmp(&b.1);
        let (Some(low), Some(high)) = (run.iter().min_by(by), run.iter().max_by(by)) else { continue };
        let inner = if std::ptr::from_ref(low) < std::ptr::from_ref(high) { [*low, *high] } else { [*high, *low] };
        kept.extend([run[0], inner[0], inner[1], run[run.len() - 1]]);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Rect = Rect { x: 0.0, y: 0.0, width: 10.0, height: 10.0 };

    #[test]
    fn a_line_is_cut_at_the_edges_and_goes_on_where_it_comes_back() {
        let parts = line(&[(-5.0, 5.0), (5.0, 5.0), (15.0, 5.0), (15.0, 8.0), (5.0, 8.0)], AREA);
        assert_eq!(parts, [vec![(0.0, 5.0), (5.0, 5.0), (10.0, 5.0)], vec![(10.0, 8.0), (5.0, 8.0)]]);
        assert!(line(&[(-5.0, -5.0), (-1.0, 20.0)], AREA).is_empty());
    }

    #[test]
    fn gaps_interrupt_and_single_points_stay() {
        let nan = f64::NAN;
        let parts = line(&[(1.0, 1.0), (2.0, nan), (3.0, 3.0), (4.0, 3.0), (5.0, nan), (50.0, 1.0)], AREA);
        assert_eq!(parts, [vec![(1.0, 1.0)], vec![(3.0, 3.0), (4.0, 3.0)]]);
    }

    #[test]
    fn thinning_keeps_every_extreme_and_every_gap() {
        let mut points: Vec<Point> = (0..10_000).map(|at| (f64::from(at) * 0.01, f64::from(at % 7))).collect();
        points[5000].1 = 99.0;
        points[7000].1 = f64::NAN;
        let kept = thinned(&points, 2.0);
        assert!(kept.len() < 900 && kept.contains(&(50.0, 99.0)), "{}", kept.len());
        assert_eq!(kept.iter().filter(|point| point.1.is_nan()).count(), 1);
    }
}
