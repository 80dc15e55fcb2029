//! What each band has, said once for all neighbours that have the same: a file may have 65,535 bands, most of them alike.

/// A list in which equal neighbours take the room of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PerBand<T> {
    /// Each with the position after its last.
    runs: Vec<(usize, T)>,
}

impl<T> Default for PerBand<T> {
    fn default() -> Self {
        Self { runs: Vec::new() }
    }
}

impl<T: PartialEq> PerBand<T> {
    pub fn len(&self) -> usize {
        self.runs.last().map_or(0, |(end, _)| *end)
    }

    pub fn get(&self, at: usize) -> Option<&T> {
        let run = self.runs.partition_point(|(end, _)| *end <= at);
        self.runs.get(run).map(|(_, value)| value)
    }

    pub fn push(&mut self, value: T) {
        match self.runs.last_mut() {
            Some((end, last)) if *last == value => *end += 1,
            _ => self.runs.push((self.len() + 1, value)),
        }
    }

    /// The values, each as often as it is there.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}

impl<T: PartialEq> FromIterator<T> for PerBand<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut runs = Self::default();
        values.into_iter().for_each(|value| runs.push(value));
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::PerBand;

    #[test]
    fn values_are_found_where_they_were_put_and_equal_neighbours_are_one() {
        let values = [3, 3, 3, 1, 2, 2, 3];
        let runs: PerBand<i32> = values.into_iter().collect();
        assert_eq!((runs.len(), runs.runs.len()), (7, 4));
        assert_eq!(runs.iter().copied().collect::<Vec<_>>(), values);
        assert_eq!((runs.get(7), PerBand::<i32>::default().get(0)), (None, None));
    }
}
