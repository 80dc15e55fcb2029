//! Arrays to start from: random ones, and ones of a single value.

use fastrand::Rng;
use ndarray::{Array, Dimension, IntoDimension};
use std::ops::Range;
use std::sync::Mutex;

/// One generator for the whole process, so that `seed` makes a notebook repeatable.
static GENERATOR: Mutex<Option<Rng>> = Mutex::new(None);

/// Makes the random arrays that follow the same in every run.
pub fn seed(seed: u64) {
    *GENERATOR.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(Rng::with_seed(seed));
}

/// Whole numbers from `range` (the upper end excluded), equally likely, in the given shape.
///
/// ```
/// use isopleth::array::random_integers;
/// let temp = random_integers(20..100, (100, 100, 30));
/// assert_eq!(temp.dim(), (100, 100, 30));
/// assert!(temp.iter().all(|t| (20..100).contains(t)));
/// ```
///
/// # Panics
/// When `range` is empty, or the shape has more elements than memory can hold.
#[track_caller]
pub fn random_integers<S: IntoDimension>(range: Range<i64>, shape: S) -> Array<i64, S::Dim> {
    assert!(
        range.start < range.end,
        "random_integers: there is no number in {}..{}; write the smaller first",
        range.start,
        range.end
    );
    let shape = shape.into_dimension();
    let values = integers(range, shape.size());
    arranged(shape, values)
}

/// Numbers from `low` to `high`, equally likely, in the given shape.
///
/// # Panics
/// When `range` is empty or not finite, or the shape has more elements than memory can hold.
#[track_caller]
pub fn random_uniform<S: IntoDimension>(range: Range<f64>, shape: S) -> Array<f64, S::Dim> {
    let good = range.start < range.end && (range.end - range.start).is_finite();
    assert!(good, "random_uniform: there is no number in {}..{}; write the smaller first", range.start, range.end);
    let shape = shape.into_dimension();
    let values = uniform(range, shape.size());
    arranged(shape, values)
}

/// Numbers from the normal distribution with this mean and standard deviation, in the given shape.
///
/// # Panics
/// When `std` is negative or NaN, or the shape has more elements than memory can hold.
#[track_caller]
pub fn random_normal<S: IntoDimension>(mean: f64, std: f64, shape: S) -> Array<f64, S::Dim> {
    assert!(std >= 0.0, "random_normal: a standard deviation of {std}; it must not be negative");
    let shape = shape.into_dimension();
    let values = normal(mean, std, shape.size());
    arranged(shape, values)
}

/// An array of zeros.
pub fn zeros<S: IntoDimension>(shape: S) -> Array<f64, S::Dim> {
    Array::zeros(shape.into_dimension())
}

/// An array of ones.
pub fn ones<S: IntoDimension>(shape: S) -> Array<f64, S::Dim> {
    Array::ones(shape.into_dimension())
}

/// An array of `value` everywhere.
pub fn full<S: IntoDimension, T: Clone>(shape: S, value: T) -> Array<T, S::Dim> {
    Array::from_elem(shape.into_dimension(), value)
}

fn arranged<T, D: Dimension>(shape: D, values: Vec<T>) -> Array<T, D> {
    Array::from_shape_vec(shape, values).expect("as many values as the shape has")
}

fn generate<T>(count: usize, draw: impl Fn(&mut Rng) -> T) -> Vec<T> {
    let mut guard = GENERATOR.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let generator = guard.get_or_insert_with(Rng::new);
    (0..count).map(|_| draw(generator)).collect()
}

fn integers(range: Range<i64>, count: usize) -> Vec<i64> {
    generate(count, |rng| rng.i64(range.clone()))
}

fn uniform(range: Range<f64>, count: usize) -> Vec<f64> {
    let width = range.end - range.start;
    generate(count, |rng| range.start + rng.f64() * width)
}

/// Box and Muller's method; of each pair only one is used, which keeps a draw independent of its place.
fn normal(mean: f64, std: f64, count: usize) -> Vec<f64> {
    generate(count, |rng| {
        let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
        mean + std * radius * (std::f64::consts::TAU * rng.f64()).cos()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // One test, since all share the process's generator.
    #[test]
    fn a_seed_repeats_and_draws_have_their_distribution() {
        seed(7);
        let first = random_integers(20..100, (30, 40));
        seed(7);
        assert_eq!(first, random_integers(20..100, (30, 40)));
        assert_eq!((first.iter().min(), first.iter().max()), (Some(&20), Some(&99)));
        let normal = random_normal(10.0, 2.0, 100_000);
        assert!((normal.mean().unwrap() - 10.0).abs() < 0.03 && (normal.std(0.0) - 2.0).abs() < 0.03);
        let uniform = random_uniform(-1.0..1.0, [1000, 100]);
        assert!(uniform.iter().all(|v| (-1.0..1.0).contains(v)) && uniform.mean().unwrap().abs() < 0.01);
    }

    #[test]
    #[should_panic(expected = "no number in 5..5")]
    #[allow(clippy::reversed_empty_ranges)]
    fn an_empty_range_says_so() {
        random_integers(5..5, 3);
    }
}
