//! Lines of equal value through a grid (marching squares), joined from cell to cell.

use std::collections::HashMap;

/// A grid of values at whole places, row by row; NaN where there is none.
pub(super) struct Grid {
    pub columns: usize,
    pub values: Vec<f32>,
}

/// One side of a cell: which, of all horizontal and vertical ones.
type Side = usize;

impl Grid {
    /// The lines along which the grid, linear between its values, is `level`; as (column, row).
    ///
    /// A line ends where the grid does or a value is missing; otherwise it is closed.
    pub fn lines(&self, level: f32) -> Vec<Vec<(f64, f64)>> {
        let rows = self.values.len().checked_div(self.columns).unwrap_or(0);
        let mut segments = Vec::new();
        for row in 1..rows {
            for column in 1..self.columns {
                self.cell(row - 1, column - 1, level, &mut segments);
            }
        }
        let place = |side: Side| self.crossing(side, level);
        joined(&segments).into_iter().map(|line| line.into_iter().map(place).collect()).collect()
    }

    fn at(&self, row: usize, column: usize) -> f32 {
        self.values[row * self.columns + column]
    }

    /// The sides of a cell between which lines run.
    fn cell(&self, row: usize, column: usize, level: f32, segments: &mut Vec<[Side; 2]>) {
        let corners =
            [self.at(row, column), self.at(row, column + 1), self.at(row + 1, column + 1), self.at(row + 1, column)];
        if corners.iter().any(|corner| corner.is_nan()) {
            return;
        }
        let above = corners.map(|corner| corner >= level);
        let horizontal = |row: usize| 2 * (row * self.columns + column);
        let vertical = |column: usize| 2 * (row * self.columns + column) + 1;
        let [top, right, bottom, left] = [horizontal(row), vertical(column + 1), horizontal(row + 1), vertical(column)];
        // Each side between a corner above and one below is crossed once.
        let crossed: Vec<Side> = [top, right, bottom, left]
            .into_iter()
            .enumerate()
            .filter(|&(at, _)| above[at] != above[(at + 1) % 4])
            .map(|(_, side)| side)
            .collect();
        match *crossed.as_slice() {
            [a, b] => segments.push([a, b]),
            // A saddle: the middle decides which two corners are together.
            [a, b, c, d] => {
                let middle = corners.iter().sum::<f32>() * 0.25 >= level;
                if middle == above[0] {
                    segments.extend([[a, b], [c, d]]);
                } else {
                    segments.extend([[d, a], [b, c]]);
                }
            }
            _ => {}
        }
    }

    /// Where a side is crossed.
    fn crossing(&self, side: Side, level: f32) -> (f64, f64) {
        let (row, column) = (side / 2 / self.columns, side / 2 % self.columns);
        let from = self.at(row, column);
        let is_vertical = side % 2 == 1;
        let to = if is_vertical { self.at(row + 1, column) } else { self.at(row, column + 1) };
        let share = f64::from((level - from) / (to - from));
        if is_vertical { (column as f64, row as f64 + share) } else { (column as f64 + share, row as f64) }
    }
}

/// Chains of sides from segments; no side belongs to more than two of those.
fn joined(segments: &[[Side; 2]]) -> Vec<Vec<Side>> {
    let mut at: HashMap<Side, Vec<usize>> = HashMap::with_capacity(segments.len() + 1);
    for (number, sides) in segments.iter().enumerate() {
        sides.iter().for_each(|side| at.entry(*side).or_default().push(number));
    }
    let mut used = vec![false; segments.len()];
    let mut lines = Vec::new();
    // Open lines from their ends first; what is left then is closed.
    let all = segments.iter().enumerate();
    let ends = all.clone().flat_map(|(number, sides)| sides.map(|side| (number, side)));
    let ends = ends.filter(|(_, side)| at[side].len() == 1);
    for (start, side) in ends.chain(all.map(|(number, sides)| (number, sides[0]))) {
        if used[start] {
            continue;
        }
        let mut line = vec![side];
        let mut next = Some(start);
        while let Some(number) = next {
            used[number] = true;
            let [a, b] = segments[number];
            let end = if a == line[line.len() - 1] { b } else { a };
            line.push(end);
            next = at[&end].iter().copied().find(|other| !used[*other]);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(columns: usize, values: &[f32]) -> Grid {
        Grid { columns, values: values.to_vec() }
    }

    #[test]
    fn a_hill_has_one_closed_line_around_it() {
        let lines = grid(3, &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]).lines(0.5);
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].len(), lines[0][0]), (5, lines[0][4]));
        assert!(lines[0].iter().all(|&(x, y)| ((x - 1.0).abs() + (y - 1.0).abs() - 0.5).abs() < 1e-9), "{lines:?}");
    }

    #[test]
    fn a_slope_has_one_open_line_at_its_level() {
        let lines = grid(3, &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]).lines(0.25);
        assert_eq!(lines.len(), 1);
        let mut line = lines[0].clone();
        line.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert_eq!(line, [(0.0, 0.25), (1.0, 0.25), (2.0, 0.25)]);
    }

    #[test]
    fn missing_values_end_lines_and_small_grids_have_none() {
        let lines = grid(3, &[0.0, 0.0, f32::NAN, 1.0, 1.0, 1.0]).lines(0.5);
        assert_eq!((lines.len(), lines[0].len()), (1, 2));
        assert!(grid(1, &[0.0, 1.0]).lines(0.5).is_empty() && grid(0, &[]).lines(0.5).is_empty());
    }

    #[test]
    fn a_saddle_keeps_apart_what_its_middle_keeps_apart() {
        assert_eq!(grid(2, &[1.0, 0.0, 0.0, 1.0]).lines(0.4).len(), 2);
        assert_eq!(grid(2, &[1.0, 0.0, 0.0, 1.0]).lines(0.6).len(), 2);
        let [low, high] = [0.4, 0.6].map(|level| grid(2, &[1.0, 0.0, 0.0, 1.0]).lines(level));
        // At 0.4 the high corners are one area, and each line cuts off a low corner; at 0.6 a high one.
        let cuts =
            |line: &[(f64, f64)], (x, y): (f64, f64)| line.iter().all(|p| (p.0 - x).abs() + (p.1 - y).abs() < 0.7);
        assert!(low.iter().any(|line| cuts(line, (1.0, 0.0))) && high.iter().any(|line| cuts(line, (0.0, 0.0))));
    }
}
