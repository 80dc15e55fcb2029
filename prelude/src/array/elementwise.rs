//! Functions of each element: your own (`map`) and the common ones.

use super::align::Join;
use super::data_array::DataArray;
use super::operand::{Operand, combine};
use super::operation::{ENCODING_ATTRIBUTES, Operation};
use crate::lazy::{BinaryOp, MapFn, Plan, UnaryOp};
use crate::values::DType;
use crate::{Error, ErrorKind, Result};
use std::sync::Arc;

impl DataArray {
    /// `f` of each element. The result is f64, or f32 for an array of f32; missing values arrive as NaN.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let celsius = DataArray::new(vec![0.0, 100.0], "x")?;
    /// assert_eq!(celsius.map(|t| t * 9.0 / 5.0 + 32.0)?.to_vec::<f64>()?, [32.0, 212.0]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the array holds text.
    pub fn map(&self, f: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Result<Self> {
        // The loop is compiled into the caller with `f` inlined; everything else is behind the trait object.
        self.map_blocks(
            std::any::type_name_of_val(&f),
            Arc::new(move |block: &mut [f64]| block.iter_mut().for_each(|value| *value = f(*value))),
        )
    }

    fn map_blocks(&self, path: &str, f: Arc<MapFn>) -> Result<Self> {
        // "cell::c_to_f" is the user's c_to_f; a closure has no better name than that.
        self.refuse_text("map")?;
        let name = if path.ends_with("{{closure}}") { "closure" } else { path.rsplit("::").next().unwrap_or(path) };
        Ok(self.with_plan(Operation::Elementwise, self.plan().map(name, f)))
    }

    /// Text has no arithmetic; a silent NaN would be worse than an error.
    fn refuse_text(&self, what: &str) -> Result<()> {
        if self.dtype() != DType::Text {
            return Ok(());
        }
        let name = self.get_name().map(|name| format!(" {name:?}")).unwrap_or_default();
        let message = format!(
            "{what} of text has no meaning, and the array{name} holds text; astype(DType::F64) reads numbers in it"
        );
        Err(Error::new(ErrorKind::Mismatch, message))
    }

    /// NumPy refuses these too: whatever came out would be a number that means nothing.
    fn refuse_type(&self, op: UnaryOp) -> Result<()> {
        let (what, dtype) = (op.name(), self.dtype());
        let name = self.get_name().map(|name| format!(" {name:?}")).unwrap_or_default();
        let advice = match dtype {
            date if date.is_date() && op.is_date_field() => return Ok(()),
            _ if op.is_date_field() => "dt() gives the fields of dates",
            date if date.is_date() => "dates differ by nanoseconds, and those have it: subtract a date first",
            DType::Bool if op == UnaryOp::Neg => "the opposite is !array, and astype(DType::I64) makes numbers",
            DType::F32 | DType::F64 if op == UnaryOp::Not => "compare first, for example array.eq(0)",
            _ => return Ok(()),
        };
        let message = format!("{what} of {dtype} has no meaning, and the array{name} holds that; {advice}");
        Err(Error::new(ErrorKind::Mismatch, message))
    }

    pub(crate) fn unary(&self, op: UnaryOp) -> Result<Self> {
        self.refuse_text(op.name())?;
        self.refuse_type(op)?;
        Ok(self.with_plan(Operation::Elementwise, self.plan().unary(op)))
    }
}

macro_rules! functions {
    ($($method:ident $op:ident $doc:literal;)*) => {
        impl DataArray {$(
            #[doc = $doc]
            ///
            /// # Errors
            /// When the array holds text, or dates.
            pub fn $method(&self) -> Result<Self> {
                self.unary(UnaryOp::$op)
            }
        )*}
    };
}

functions! {
    abs Abs "The absolute value of each element.";
    sqrt Sqrt "The square root of each element; NaN below 0.";
    exp Exp "e to the power of each element.";
    ln Ln "The natural logarithm of each element.";
    sin Sin "The sine of each element, in radians.";
    cos Cos "The cosine of each element, in radians.";
    tan Tan "The tangent of each element, in radians.";
    asin Asin "The angle (radians) whose sine each element is; NaN beyond -1 to 1.";
    acos Acos "The angle (radians) whose cosine each element is; NaN beyond -1 to 1.";
    atan Atan "The angle (radians) whose tangent each element is.";
    sinh Sinh "The hyperbolic sine of each element.";
    cosh Cosh "The hyperbolic cosine of each element.";
    tanh Tanh "The hyperbolic tangent of each element.";
    log10 Log10 "The logarithm to base 10 of each element.";
    log2 Log2 "The logarithm to base 2 of each element.";
    log1p Log1p "The natural logarithm of 1 plus each element, exact for small ones.";
    expm1 Expm1 "e to the power of each element, less 1, exact for small ones.";
    cbrt Cbrt "The cube root of each element.";
    to_degrees Degrees "Each element, in radians, as degrees.";
    to_radians Radians "Each element, in degrees, as radians.";
    trunc Trunc "Each element towards 0 to a whole number.";
    sign Sign "-1, 0 or 1 of each element; NaN stays.";
    square Square "Each element times itself.";
    is_finite IsFinite "Where an element is neither missing nor infinite: an array of bool.";
    is_infinite IsInfinite "Where an element is infinite: an array of bool.";
    floor Floor "Each element down to a whole number.";
    ceil Ceil "Each element up to a whole number.";
    round Round "Each element to the nearest whole number, halves to the even one.";
}

impl DataArray {
    /// Where an element is missing (NaN, a missing date, a missing text): an array of bool.
    #[must_use]
    pub fn isnull(&self) -> Self {
        self.with_plan(Operation::Elementwise, self.plan().unary(UnaryOp::IsNan))
    }

    /// Where an element is there: the opposite of [`isnull`](Self::isnull).
    #[must_use]
    pub fn notnull(&self) -> Self {
        !self.isnull()
    }

    /// [`isnull`](Self::isnull) under another name.
    #[doc(hidden)]
    #[must_use]
    pub fn is_nan(&self) -> Self {
        self.isnull()
    }

    /// [`notnull`](Self::notnull) under another name.
    #[doc(hidden)]
    #[must_use]
    pub fn not_nan(&self) -> Self {
        self.notnull()
    }

    /// Each element brought into `low..=high`; missing ones stay missing.
    ///
    /// # Errors
    /// When `low` is above `high` or NaN, or the array holds dates or text.
    pub fn clip(&self, low: f64, high: f64) -> Result<Self> {
        if low <= high && self.dtype().is_number() {
            // Whole limits stay whole numbers, so that clipping integers gives integers.
            let limit = |value: f64| {
                let whole = value.fract() == 0.0 && value.abs() < 9e15;
                if whole { Operand::Int(value as i64) } else { Operand::Float(value) }
            };
            let (low, high) = (limit(low), limit(high));
            let bounds = (low.to_array()?, high.to_array()?);
            if self.plan().clips(bounds.0.plan(), bounds.1.plan()) {
                let clip = |plans: &[Plan]| plans[0].clipped(bounds.0.plan(), bounds.1.plan());
                let attrs = self.attrs().without(&ENCODING_ATTRIBUTES);
                return Ok(combine(&[self], Join::Inner, clip)?.with_name(self.shared_name()).with_attrs(attrs));
            }
            return self.maximum(low)?.minimum(high);
        }
        let message = format!("clip to {low}..={high} an array of {}; give numbers, the smaller first", self.dtype());
        Err(Error::new(ErrorKind::InvalidArgument, message))
    }

    /// The array with `value` where elements are missing.
    ///
    /// The labels of the array stay; of an array as `value` those are used that it has. The element type is that of both
    /// together, as in xarray, whether or not anything is missing.
    ///
    /// # Errors
    /// When `value` is an array that cannot be aligned.
    pub fn fillna(&self, value: impl Into<Operand>) -> Result<Self> {
        let value = value.into();
        if !matches!(value, Operand::Array(_)) {
            let scalar = value.beside(self.dtype())?;
            if self.plan().fills(scalar.plan()) {
                let filled = combine(&[self], Join::Left, |plans| plans[0].filled(scalar.plan()))?;
                return Ok(self.owning(filled));
            }
        }
        self.choose(&self.notnull(), &value, Join::Left)
    }
}

impl DataArray {
    /// The length of the hypotenuse of each pair of elements: wind speed from its two components.
    ///
    /// # Errors
    /// When the arrays cannot be aligned, or hold dates or text.
    pub fn hypot(&self, other: impl Into<Operand>) -> Result<Self> {
        self.binary(BinaryOp::Hypot, other)
    }

    /// The angle (radians, -π to π) of the point whose y is the element here and whose x is the other.
    ///
    /// # Errors
    /// When the arrays cannot be aligned, or hold dates or text.
    pub fn atan2(&self, other: impl Into<Operand>) -> Result<Self> {
        self.binary(BinaryOp::Atan2, other)
    }
}
