//! Lines and discs on pixels, smooth at any slope: each pixel is covered as far as its middle lies inside.
//!
//! plotters' own bitmap lines have whole coordinates and hard edges when they are wider than a pixel.

use super::canvas::Point;

/// How much of each pixel in a rectangle is covered, 0 to 1.
pub(super) struct Mask {
    left: i32,
    top: i32,
    width: usize,
    cover: Vec<f32>,
}

impl Mask {
    /// What `lines`, `width` device pixels wide with round ends and joins, cover of a canvas of `size` pixels.
    pub fn lines(lines: &[Vec<Point>], width: f64, size: (usize, usize)) -> Self {
        let half = 0.5 * width;
        let mut mask = Self::around(lines.iter().flatten(), half + 1.0, size);
        for line in lines {
            for pair in line.windows(2) {
                mask.segment(pair[0], pair[1], half);
            }
            if let [only] = line.as_slice() {
                mask.segment(*only, *only, half);
            }
        }
        mask
    }

    /// The rectangle with all `points` and `margin` around them, as far as it lies on the canvas.
    fn around<'a>(points: impl Iterator<Item = &'a Point>, margin: f64, (width, height): (usize, usize)) -> Self {
        let (mut low, mut high) = ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        for &(x, y) in points {
            low = (low.0.min(x), low.1.min(y));
            high = (high.0.max(x), high.1.max(y));
        }
        let inside = |value: f64, end: usize| value.clamp(0.0, end as f64) as usize;
        let (left, top) = (inside((low.0 - margin).floor(), width), inside((low.1 - margin).floor(), height));
        let right = inside((high.0 + margin).ceil(), width).max(left);
        let bottom = inside((high.1 + margin).ceil(), height).max(top);
        let cover = vec![0.0; (right - left) * (bottom - top)];
        Self { left: left as i32, top: top as i32, width: right - left, cover }
    }

    /// Covers everything within `half` of the line from `from` to `to`.
    fn segment(&mut self, from: Point, to: Point, half: f64) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx * dx + dy * dy;
        let reach = half + 1.0;
        let bound = |a: f64, b: f64, origin: i32, end: usize| {
            let first = (a.min(b) - reach).floor() as i64 - i64::from(origin);
            let last = (a.max(b) + reach).ceil() as i64 - i64::from(origin);
            first.clamp(0, end as i64) as usize..last.clamp(0, end as i64) as usize
        };
        let height = self.cover.len().checked_div(self.width).unwrap_or(0);
        let columns = bound(from.0, to.0, self.left, self.width);
        for row in bound(from.1, to.1, self.top, height) {
            let y = f64::from(self.top) + row as f64 + 0.5;
            // Of a steep or slanted line each row needs only the columns near it.
            let near = if dy.abs() > 1e-9 {
                let along = |y: f64| from.0 + ((y - from.1) / dy).clamp(0.0, 1.0) * dx;
                let near = bound(along(y - reach), along(y + reach), self.left, self.width);
                near.start.max(columns.start)..near.end.min(columns.end)
            } else {
                columns.clone()
            };
            for column in near {
                let x = f64::from(self.left) + column as f64 + 0.5;
                let share = if length > 0.0 { ((x - from.0) * dx + (y - from.1) * dy) / length } else { 0.0 };
                let share = share.clamp(0.0, 1.0);
                let distance = (x - from.0 - share * dx).hypot(y - from.1 - share * dy);
                // A line thinner than a pixel is paler, not thinner.
                let cover = (half + 0.5 - distance).clamp(0.0, 1.0_f64.min(2.0 * half)) as f32;
                let cell = &mut self.cover[row * self.width + column];
                *cell = cell.max(cover);
            }
        }
    }

    /// Calls `draw` with each pixel that is covered at all.
    pub fn each(&self, draw: &mut dyn FnMut((i32, i32), f64)) {
        for (at, &cover) in self.cover.iter().enumerate().filter(|(_, cover)| **cover > 0.0) {
            let place = (self.left + (at % self.width) as i32, self.top + (at / self.width) as i32);
            draw(place, f64::from(cover));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(lines: &[Vec<Point>], width: f64) -> Vec<((i32, i32), f64)> {
        let mut found = Vec::new();
        Mask::lines(lines, width, (20, 10)).each(&mut |place, cover| found.push((place, cover)));
        found
    }

    #[test]
    fn a_level_line_covers_its_width_and_nothing_else() {
        let line = covered(&[vec![(2.0, 5.0), (12.0, 5.0)]], 2.0);
        let total: f64 = line.iter().map(|(_, cover)| cover).sum();
        // 10 by 2 pixels and two round ends.
        assert!((total - 20.0 - std::f64::consts::PI).abs() < 1.0, "{total}");
        assert!(line.iter().filter(|((x, _), _)| (3..11).contains(x)).all(|((_, y), _)| (4..6).contains(y)));
    }

    #[test]
    fn a_slanted_line_has_no_gaps() {
        let line = covered(&[vec![(1.0, 1.0), (19.0, 9.0)]], 1.5);
        for column in 2..18 {
            let cover: f64 = line.iter().filter(|((x, _), _)| *x == column).map(|(_, cover)| cover).sum();
            assert!((1.2..2.2).contains(&cover), "column {column}: {cover}");
        }
    }

    #[test]
    fn what_leaves_the_canvas_is_cut() {
        assert!(covered(&[vec![(-50.0, -50.0), (-20.0, -30.0)]], 3.0).is_empty());
        let line = covered(&[vec![(-1e6, 5.0), (1e6, 5.0)]], 1.0);
        assert_eq!(line.iter().map(|((x, _), _)| *x).max(), Some(19));
    }
}
