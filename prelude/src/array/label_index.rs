//! What is searched among the labels of a coordinate: made when it is first asked for and kept with the coordinate, so
//! that five thousand labels are five thousand look-ups and not five thousand walks.
//!
//! Evenly spaced labels are worked out, labels that go one way are halved, and all others are hashed.

use super::labels::{Direction, Labels, Wanted};
use crate::time::Resolution;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::{Deref, Range};
use std::sync::OnceLock;

/// Labels with what searches need to know of all of them, each found out once.
#[derive(Debug)]
pub(crate) struct LabelIndex {
    labels: Labels,
    direction: OnceLock<Direction>,
    repeated: OnceLock<Option<usize>>,
    resolution: OnceLock<Option<Resolution>>,
    extent: OnceLock<(f64, f64)>,
    sorted: OnceLock<Box<[usize]>>,
    places: OnceLock<Places>,
}

/// Where one label is, in ascending positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Matches {
    None,
    One(usize),
    Several(Vec<usize>),
}

impl LabelIndex {
    pub(crate) fn new(labels: Labels) -> Self {
        Self {
            labels,
            direction: OnceLock::new(),
            repeated: OnceLock::new(),
            resolution: OnceLock::new(),
            extent: OnceLock::new(),
            sorted: OnceLock::new(),
            places: OnceLock::new(),
        }
    }

    /// [`Labels::direction`], asked once.
    pub(crate) fn direction(&self) -> Direction {
        *self.direction.get_or_init(|| self.labels.direction())
    }

    /// [`Labels::repeated`], asked once.
    pub(crate) fn repeated(&self) -> Option<usize> {
        *self.repeated.get_or_init(|| self.labels.repeated())
    }

    /// [`Labels::resolution`], asked once.
    pub(crate) fn resolution(&self) -> Option<Resolution> {
        *self.resolution.get_or_init(|| self.labels.resolution())
    }

    /// [`Labels::sorted`], asked once.
    pub(crate) fn sorted(&self) -> &[usize] {
        self.sorted.get_or_init(|| self.labels.sorted().into())
    }

    /// The smallest and the largest number among the labels, missing ones apart; infinities the wrong way round where
    /// there is none.
    pub(crate) fn extent_of_numbers(&self) -> (f64, f64) {
        *self.extent.get_or_init(|| {
            let none = (f64::INFINITY, f64::NEG_INFINITY);
            let numbers = (0..self.labels.len()).map(|at| self.labels.number(at));
            numbers.fold(none, |(low, high), number| (low.min(number), high.max(number)))
        })
    }

    /// Every position of one label.
    pub(crate) fn matches(&self, wanted: Wanted) -> Matches {
        let equal = |at: &usize| self.labels.compare(*at, wanted) == Ordering::Equal;
        if let Labels::Even(range) = &self.labels {
            return Matches::new(range.near(number(wanted)).filter(equal));
        }
        if let Some(run) = self.run(wanted) {
            return Matches::new(run);
        }
        match self.key(wanted) {
            Key::Of(key) => Matches::new(self.places().all(key)),
            Key::Absent => Matches::None,
            // Beyond 2⁵³ one float stands for several whole numbers.
            Key::Rounded => Matches::new((0..self.labels.len()).filter(equal)),
        }
    }

    /// The positions whose labels are `low`, `high` or between them. Only among labels that go one way; `None` among
    /// others.
    pub(crate) fn span(&self, low: Wanted, high: Wanted) -> Option<Range<usize>> {
        let down = match self.direction() {
            Direction::Ascending => false,
            Direction::Descending => true,
            Direction::Neither => return None,
        };
        let (first, last) = if down { (high, low) } else { (low, high) };
        let order = |order: Ordering| if down { order.reverse() } else { order };
        let start = self.partition(|at| order(self.labels.compare(at, first)) == Ordering::Less);
        let end = self.partition(|at| order(self.labels.compare(at, last)) != Ordering::Greater);
        Some(start..end.max(start))
    }

    /// Where a label is among labels that go one way.
    fn run(&self, wanted: Wanted) -> Option<Range<usize>> {
        self.span(wanted, wanted)
    }

    /// How many labels at the beginning are `before`; after one that is not, none is.
    pub(crate) fn partition(&self, before: impl Fn(usize) -> bool) -> usize {
        let (mut low, mut high) = (0, self.labels.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if before(middle) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// For each label of `wanted`, where it is here. `None` if the kinds never meet, and `Err` with the label that occurs
    /// twice here.
    pub(crate) fn positions_of(&self, wanted: &Labels) -> Option<Result<Vec<Option<usize>>, String>> {
        if !self.labels.meets(wanted) {
            return None;
        }
        // Whole numbers that meet floats are compared as floats, and beyond 2⁵³ several are one.
        let whole = matches!(self.labels, Labels::Int(_) | Labels::Large(_));
        if whole && matches!(wanted, Labels::Float(_) | Labels::Even(_)) {
            return self.labels.positions_of(wanted);
        }
        let each = 0..wanted.len();
        if self.direction() == Direction::Neither {
            let places = self.places();
            if let Some(twice) = places.twice {
                return Some(Err(self.labels.text(twice)));
            }
            let found = |at| match self.key(wanted.wanted(at)) {
                Key::Of(key) => places.first.get(&key).copied(),
                Key::Absent | Key::Rounded => None,
            };
            return Some(Ok(each.map(found).collect()));
        }
        if let Some(twice) = self.repeated() {
            return Some(Err(self.labels.text(twice)));
        }
        // Labels that are looked for in order are found one after the other.
        let mut next = 0;
        let found = |at| {
            let label = wanted.wanted(at);
            let is_next = next < self.labels.len() && self.labels.compare(next, label) == Ordering::Equal;
            let place = if is_next { Some(next) } else { self.only(label) };
            next = place.map_or(next, |place| place + 1);
            place
        };
        Some(Ok(each.map(found).collect()))
    }

    /// Where a label is, where each is there once.
    fn only(&self, wanted: Wanted) -> Option<usize> {
        match self.matches(wanted) {
            Matches::One(at) => Some(at),
            Matches::None | Matches::Several(_) => None,
        }
    }

    fn places(&self) -> &Places {
        self.places.get_or_init(|| Places::new(&self.labels.own_keys()))
    }

    /// The key under which a label would be kept here.
    fn key(&self, wanted: Wanted) -> Key {
        /// Up to here each whole number has a float of its own.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match (&self.labels, wanted) {
            (Labels::Int(_), Wanted::Int(value)) => {
                i64::try_from(value).map_or(Key::Absent, |value| Key::Of(value as u64))
            }
            (Labels::Large(_), Wanted::Int(value)) => u64::try_from(value).map_or(Key::Absent, Key::Of),
            (Labels::Int(_) | Labels::Large(_), Wanted::Float(value)) if value.is_nan() || value.trunc() != value => {
                Key::Absent
            }
            (Labels::Int(_) | Labels::Large(_), Wanted::Float(value)) if value.abs() >= EXACT => Key::Rounded,
            (Labels::Large(_), Wanted::Float(value)) if value < 0.0 => Key::Absent,
            (Labels::Int(_) | Labels::Large(_), Wanted::Float(value)) => Key::Of(value as i64 as u64),
            (Labels::Float(_) | Labels::Even(_), Wanted::Int(_) | Wanted::Float(_)) => {
                Key::Of(float_key(number(wanted)))
            }
            (Labels::Time(..), Wanted::Time(date)) => Key::Of(date as u64),
            (Labels::Text(_), Wanted::Text(text)) => Key::Of(text.key()),
            _ => Key::Absent,
        }
    }
}

impl Deref for LabelIndex {
    type Target = Labels;

    fn deref(&self) -> &Labels {
        &self.labels
    }
}

impl Matches {
    fn new(mut places: impl Iterator<Item = usize>) -> Self {
        match (places.next(), places.next()) {
            (None, _) => Self::None,
            (Some(at), None) => Self::One(at),
            (Some(first), Some(second)) => Self::Several([first, second].into_iter().chain(places).collect()),
        }
    }
}

enum Key {
    Of(u64),
    Absent,
    Rounded,
}

/// Zero has two signs and NaN many patterns; as labels each is one.
pub(super) fn float_key(label: f64) -> u64 {
    if label.is_nan() { f64::NAN } else { label + 0.0 }.to_bits()
}

fn number(wanted: Wanted) -> f64 {
    match wanted {
        Wanted::Int(value) => value as f64,
        Wanted::Float(value) => value,
        Wanted::Time(_) | Wanted::Text(_) => f64::NAN,
    }
}

/// The positions of each key.
#[derive(Debug)]
struct Places {
    first: HashMap<u64, usize, BuildHasherDefault<KeyHasher>>,
    /// The next position of the same key, `NONE` after the last; empty where each key is there once.
    next: Vec<usize>,
    /// The first position whose key is there before it.
    twice: Option<usize>,
}

const NONE: usize = usize::MAX;

impl Places {
    fn new(keys: &[u64]) -> Self {
        let mut first = HashMap::with_capacity_and_hasher(keys.len(), BuildHasherDefault::default());
        let (mut next, mut twice): (Vec<usize>, Option<usize>) = (Vec::new(), None);
        // From the last to the first, so that the chains ascend.
        for (at, &key) in keys.iter().enumerate().rev() {
            if let Some(later) = first.insert(key, at) {
                next.resize(keys.len(), NONE);
                next[at] = later;
                twice = Some(twice.map_or(later, |known| known.min(later)));
            }
        }
        Self { first, next, twice }
    }

    fn all(&self, key: u64) -> impl Iterator<Item = usize> + '_ {
        let after = |&at: &usize| self.next.get(at).copied().filter(|&next| next != NONE);
        std::iter::successors(self.first.get(&key).copied(), after)
    }
}

/// Spreads keys of 64 bits, which are numbers, dates and addresses, over a table.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(self.0 ^ u64::from(byte)));
    }

    fn write_u64(&mut self, key: u64) {
        // Keys that differ in few bits differ in many of the product, whose halves a table of any size then mixes.
        let product = u128::from(key ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93_u128;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DateKind;
    use crate::values::{EvenRange, Text};

    fn index(labels: Labels) -> LabelIndex {
        LabelIndex::new(labels)
    }

    /// Every kind of labels in every order, among them missing and repeated ones.
    fn kinds() -> Vec<Labels> {
        let orders: [&[i64]; 6] = [&[1, 3, 5, 9], &[9, 4, 1, -2], &[3, 1, 2, 3, 1], &[2, 2, 7], &[7, 7, 1], &[]];
        let mut all = Vec::new();
        for order in orders {
            all.push(Labels::Int(order.to_vec()));
            all.push(Labels::Large(order.iter().map(|&label| (u64::MAX - 20).wrapping_add_signed(label)).collect()));
            all.push(Labels::Float(order.iter().map(|&label| label as f64 / 2.0).collect()));
            all.push(Labels::Time(DateKind::Nanoseconds, order.to_vec()));
            all.push(Labels::Text(order.iter().map(|label| Text::new(&label.to_string())).collect()));
        }
        all.push(Labels::Float(vec![1.0, f64::NAN, 0.0, f64::NAN, -0.0, f64::INFINITY]));
        all.push(Labels::Time(DateKind::Nanoseconds, vec![5, i64::MIN, 4]));
        all.push(Labels::Text(vec![Text::new("b"), Text::MISSING, Text::new("a"), Text::MISSING]));
        all.push(Labels::Int(vec![1 << 53, (1 << 53) + 1, 4, i64::MAX, i64::MAX - 1]));
        all.push(Labels::Even(EvenRange::centres(-1.0, 0.5, 9)));
        all.push(Labels::Even(EvenRange::centres(3.0, -0.5, 9)));
        all
    }

    fn wanted() -> Vec<Wanted> {
        let mut all = vec![Wanted::Text(Text::MISSING), Wanted::Text(Text::new("b")), Wanted::Time(i64::MIN)];
        for label in -3..12 {
            all.push(Wanted::Int(label));
            all.push(Wanted::Float(label as f64));
            all.push(Wanted::Float(label as f64 / 2.0 + 0.25));
            all.push(Wanted::Time(label as i64));
            all.push(Wanted::Text(Text::new(&label.to_string())));
            all.push(Wanted::Int(i128::from(u64::MAX) - 20 + label));
        }
        let large = [f64::NAN, -0.0, f64::INFINITY, f64::NEG_INFINITY, 9_007_199_254_740_992.0, 9.3e18, 1.9e19];
        all.extend(large.map(Wanted::Float));
        all.extend([i128::MIN, i128::MAX, 1 << 53].map(Wanted::Int));
        all
    }

    #[test]
    fn a_label_is_where_a_walk_over_all_labels_finds_it() {
        for labels in kinds() {
            let index = index(labels);
            for wanted in wanted() {
                let walked = (0..index.len()).filter(|&at| index.compare(at, wanted) == Ordering::Equal);
                assert_eq!(index.matches(wanted), Matches::new(walked), "{wanted:?} in {:?}", index.labels);
            }
        }
    }

    #[test]
    fn labels_are_matched_as_by_a_table_of_all_keys() {
        for own in kinds() {
            for others in kinds() {
                let index = index(own.clone());
                assert_eq!(index.positions_of(&others), own.positions_of(&others), "{others:?} in {own:?}");
            }
        }
    }

    #[test]
    fn a_span_holds_the_labels_between_two_whichever_way_they_go() {
        let down = index(Labels::Int(vec![9, 7, 7, 4, 1]));
        assert_eq!(down.span(Wanted::Int(4), Wanted::Int(8)), Some(1..4));
        let up = index(Labels::Int(vec![1, 4, 7, 7, 9]));
        assert_eq!(up.span(Wanted::Int(4), Wanted::Int(8)), Some(1..4));
        assert_eq!(up.span(Wanted::Int(8), Wanted::Int(4)), Some(4..4));
        assert_eq!(index(Labels::Int(vec![3, 1, 2])).span(Wanted::Int(1), Wanted::Int(2)), None);
    }
}
