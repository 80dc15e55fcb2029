//! The right value, and how strictly a check compares with it.

use super::checkable::Checkable;
use super::subject::Subject;
use crate::{Error, ErrorKind, Result};
use std::fmt;
use std::sync::Arc;

/// How far from the right number another may be, as a part of it, unless a check says otherwise.
pub(super) const TOLERANCE: f64 = 1e-5;

type Make = Arc<dyn Fn() -> Result<Subject> + Send + Sync>;

/// The right value of a [`check!`](crate::check!), with a title, a tolerance and known mistakes. It does not show itself.
///
/// ```
/// use isopleth::{check, check::expect};
/// let heights = vec![1.72, 1.80];
/// let mean = heights.iter().sum::<f64>() / heights.len() as f64;
/// let expected = expect(1.76)
///     .title("The mean height")
///     .within(0.001)
///     .mistake(3.52, "this is the sum: divide it by the number of people");
/// check!(mean, expected.clone());
///
/// let by_hand = || -> isopleth::Result<()> { check!(3.52, expected); Ok(()) };
/// assert!(by_hand().unwrap_err().to_string().contains("this is the sum"));
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Clone)]
pub struct Expected {
    title: Option<String>,
    make: Make,
    tolerance: f64,
    described: bool,
    same_type: bool,
    mistakes: Vec<(Make, String)>,
}

/// The right value for [`check!`](crate::check!), as an [`Expected`] that can be told more.
pub fn expect(value: impl Checkable) -> Expected {
    let made = value.subject();
    Expected::later(move || made.clone().map_err(unusable))
}

fn unusable(says: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("the expected value: {says}"))
}

impl<T: Checkable> From<T> for Expected {
    fn from(value: T) -> Self {
        expect(value)
    }
}

impl Expected {
    /// A right value that is worked out when it is needed: not for an exercise that nobody has begun.
    pub(crate) fn later(make: impl Fn() -> Result<Subject> + Send + Sync + 'static) -> Self {
        Self {
            title: None,
            make: Arc::new(make),
            tolerance: TOLERANCE,
            described: false,
            same_type: false,
            mistakes: Vec::new(),
        }
    }

    /// What the check is of, to begin its sentence with: "Exercise 3".
    #[must_use]
    pub fn title(mut self, title: &str) -> Self {
        self.title = Some(title.to_owned());
        self
    }

    /// How far a number may be off: this part of it (of the largest one in an array). A hundred-thousandth unless set.
    #[must_use]
    pub fn within(mut self, share: f64) -> Self {
        self.tolerance = share;
        self
    }

    /// The name and the attributes of a labelled array count too.
    #[must_use]
    pub fn described(mut self) -> Self {
        self.described = true;
        self
    }

    /// The element type must be the very same: `f32` is not `f64`.
    #[must_use]
    pub fn same_type(mut self) -> Self {
        self.same_type = true;
        self
    }

    /// A wrong value that a known mistake leads to, and the sentence that says so.
    #[must_use]
    pub fn mistake(self, value: impl Checkable, says: &str) -> Self {
        let made = value.subject();
        self.mistake_later(move || made.clone().map_err(unusable), says)
    }

    /// [`mistake`](Self::mistake), worked out when it is needed: when a value is wrong.
    pub(crate) fn mistake_later(
        mut self,
        make: impl Fn() -> Result<Subject> + Send + Sync + 'static,
        says: &str,
    ) -> Self {
        self.mistakes.push((Arc::new(make), says.to_owned()));
        self
    }

    pub(super) fn get_title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    pub(super) fn tolerance(&self) -> f64 {
        self.tolerance
    }

    pub(super) fn wants_description(&self) -> bool {
        self.described
    }

    pub(super) fn wants_same_type(&self) -> bool {
        self.same_type
    }

    pub(super) fn subject(&self) -> Result<Subject> {
        (self.make)()
    }

    /// The values of known mistakes, each made when it is asked for, with its sentence.
    pub(super) fn mistakes(&self) -> impl Iterator<Item = (Result<Subject>, &str)> {
        self.mistakes.iter().map(|(make, says)| (make(), says.as_str()))
    }
}

/// Without the value: a student may look at it.
impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the right value of {} (not shown)", self.title.as_deref().unwrap_or("a check"))
    }
}
