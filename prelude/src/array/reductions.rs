//! The one table of reductions, from which arrays, datasets, groups, bins of time, windows, runs and zones have their
//! methods. A new reduction is a row here and an operation of the engine.
//!
//! A row names the method, the same with options, the operation, what it gives of 1, a missing value and 3, and what it is.
//! Rows stand in four parts, since not everything has a meaning everywhere: runs have no first value, windows no truths.

/// The rows of one part, given to a macro with what else it needs: `reductions! { numbers over_dims {DataArray, …} }`.
macro_rules! reductions {
    (numbers $target:ident $more:tt) => {
        $crate::array::reductions::$target! { $more
            mean mean_with Mean "2.0" "The mean: of f32 an f32 (summed in f64), of dates a date, of everything else f64. Missing where there is no value";
            sum sum_with Sum "4.0" "The sum: of whole numbers and bool an i64. 0 where there is no value, missing where there are fewer than `min_count`";
            prod prod_with Prod "3.0" "The product: of whole numbers and bool an i64. 1 where there is no value, missing where there are fewer than `min_count`";
            min min_with Min "1.0" "The smallest value";
            max max_with Max "3.0" "The largest value";
            std std_with Std "1.0" "The standard deviation: the square root of the variance, which is divided by n less `ddof` (0)";
            var var_with Var "1.0" "The variance: the squared deviations from the mean, divided by n less `ddof` (0)";
            median median_with Median "2.0" "The median. All values of a line are held in memory at once";
            count count_with Count "2.0" "How many values are not missing";
        }
    };
    (truths $target:ident $more:tt) => {
        $crate::array::reductions::$target! { $more
            any any_with Any "1.0" "Whether any element is true, or not 0";
            all all_with All "1.0" "Whether all elements are true, or not 0";
        }
    };
    (ends $target:ident $more:tt) => {
        $crate::array::reductions::$target! { $more
            first first_with First "1.0" "The first value that is not missing";
            last last_with Last "3.0" "The last value that is not missing";
        }
    };
    (places $target:ident $more:tt) => {
        $crate::array::reductions::$target! { $more
            argmin argmin_with ArgMin "0.0" "The position of the first smallest value";
            argmax argmax_with ArgMax "2.0" "The position of the first largest value";
        }
    };
}

/// Methods that reduce over dimensions which are named, by `reduce_dims(op, &Dims, options)` of the type.
macro_rules! over_dims {
    (
        {$type:ty, $made:literal, $pick:literal, $which:literal}
        $($method:ident $with:ident $op:ident $value:literal $what:literal;)*
    ) => {
        impl $type {$(
            #[doc = concat!($what, ".")]
            ///
            #[doc = concat!($which, " Missing values are left out; [`", stringify!($with), "`](Self::", stringify!($with), ") says otherwise.")]
            ///
            /// ```
            /// use isopleth::array::{DataArray, Dataset};
            /// let da = DataArray::new(vec![1.0, f64::NAN, 3.0], "x")?.name("rain");
            #[doc = concat!("assert_eq!(", $made, ".", stringify!($method), "(\"x\")?", $pick, ".item()?, ", $value, ");")]
            /// # Ok::<(), isopleth::Error>(())
            /// ```
            ///
            /// # Errors
            /// When there is no such dimension, or the element type has no such reduction.
            pub fn $method(&self, dims: impl Into<$crate::array::Dims>) -> $crate::Result<Self> {
                self.reduce_dims(
                    $crate::lazy::ReduceOp::$op,
                    &dims.into(),
                    $crate::lazy::ReduceOptions::default(),
                )
            }

            #[doc = concat!("[`", stringify!($method), "`](Self::", stringify!($method), ") with options: `skipna`, `ddof`, `min_count`.")]
            ///
            /// ```
            /// use isopleth::{array::{DataArray, Dataset}, lazy::ReduceOptions};
            /// let da = DataArray::new(vec![1.0, f64::NAN, 3.0], "x")?.name("rain");
            /// let options = ReduceOptions::new().skipna(true).ddof(0).min_count(1);
            #[doc = concat!("assert_eq!(", $made, ".", stringify!($with), "(\"x\", options)?", $pick, ".item()?, ", $value, ");")]
            /// # Ok::<(), isopleth::Error>(())
            /// ```
            ///
            /// # Errors
            #[doc = concat!("As for [`", stringify!($method), "`](Self::", stringify!($method), ").")]
            pub fn $with(
                &self,
                dims: impl Into<$crate::array::Dims>,
                options: $crate::lazy::ReduceOptions,
            ) -> $crate::Result<Self> {
                self.reduce_dims($crate::lazy::ReduceOp::$op, &dims.into(), options)
            }
        )*}
    };
}

/// Methods that reduce what the type itself says, by `reduce_own(op, options)` of the type.
macro_rules! of_parts {
    (
        {$type:ty, $result:ty, $made:literal, $pick:literal, $part:literal}
        $($method:ident $with:ident $op:ident $value:literal $what:literal;)*
    ) => {
        impl $type {$(
            #[doc = concat!($what, ". ", $part)]
            ///
            #[doc = concat!("Missing values are left out; [`", stringify!($with), "`](Self::", stringify!($with), ") says otherwise.")]
            ///
            /// ```
            /// use isopleth::array::{Coord, DataArray, Dataset};
            /// let da = DataArray::new(vec![1.0, f64::NAN, 3.0], "x")?.name("rain");
            #[doc = concat!("assert_eq!(", $made, ".", stringify!($method), "()?", $pick, ".item()?, ", $value, ");")]
            /// # Ok::<(), isopleth::Error>(())
            /// ```
            ///
            /// # Errors
            /// When the element type has no such reduction, and where the parts cannot be made.
            pub fn $method(&self) -> $crate::Result<$result> {
                self.reduce_own($crate::lazy::ReduceOp::$op, $crate::lazy::ReduceOptions::default())
            }

            #[doc = concat!("[`", stringify!($method), "`](Self::", stringify!($method), ") with options: `skipna`, `ddof`, `min_count`.")]
            ///
            /// ```
            /// use isopleth::{array::{Coord, DataArray, Dataset}, lazy::ReduceOptions};
            /// let da = DataArray::new(vec![1.0, f64::NAN, 3.0], "x")?.name("rain");
            /// let options = ReduceOptions::new().skipna(true).ddof(0).min_count(1);
            #[doc = concat!("assert_eq!(", $made, ".", stringify!($with), "(options)?", $pick, ".item()?, ", $value, ");")]
            /// # Ok::<(), isopleth::Error>(())
            /// ```
            ///
            /// # Errors
            #[doc = concat!("As for [`", stringify!($method), "`](Self::", stringify!($method), ").")]
            pub fn $with(&self, options: $crate::lazy::ReduceOptions) -> $crate::Result<$result> {
                self.reduce_own($crate::lazy::ReduceOp::$op, options)
            }
        )*}
    };
}

pub(crate) use {of_parts, over_dims, reductions};

use crate::lazy::ReduceOptions;

impl ReduceOptions {
    /// Whether missing values are left out, as they are unless this says `false`; else they make the result missing.
    ///
    /// ```
    /// use isopleth::{array::DataArray, lazy::ReduceOptions};
    /// let da = DataArray::new(vec![1.0, f64::NAN, 3.0], "time")?;
    /// assert_eq!(da.mean("time")?.item()?, 2.0);
    /// assert!(da.mean_with("time", ReduceOptions::new().skipna(false))?.item()?.is_nan());
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    #[must_use]
    pub fn skipna(self, skipna: bool) -> Self {
        Self { skip_missing: skipna, ..self }
    }
}
