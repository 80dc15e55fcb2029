//! The one table of element types of numbers: what NumPy and GDAL call them, and the Rust types that hold them.
//!
//! Everything that treats these types alike is made from it, so a new one is a new row here and nothing else. Bool, dates
//! and text are no numbers: whoever lists the types names them beside the table.

/// Calls the macro `$then` with what it was given and the table, as integers and floats. A row says: the variant of `DType`
/// and `Values`, the Rust type, whether it has a sign, NumPy's name, GDAL's name and GDAL's number.
///
/// GDAL got `Int64` and `UInt64` with version 3.5 and `Int8` with 3.7. Names of raster types are safe to compare;
/// bindings number the later types differently, which the C library does not.
macro_rules! numbers {
    ($then:ident $($given:tt)*) => {
        $crate::values::numbers! { [$then] $($given)* }
    };
    ([$($then:tt)*] $($given:tt)*) => {
        $($then)*! {
            {$($given)*}
            integers {
                (U8, u8, unsigned, "uint8", "Byte", 1)
                (I8, i8, signed, "int8", "Int8", 14)
                (I16, i16, signed, "int16", "Int16", 3)
                (U16, u16, unsigned, "uint16", "UInt16", 2)
                (I32, i32, signed, "int32", "Int32", 5)
                (U32, u32, unsigned, "uint32", "UInt32", 4)
                (I64, i64, signed, "int64", "Int64", 13)
                (U64, u64, unsigned, "uint64", "UInt64", 12)
            }
            floats {
                (F32, f32, signed, "float32", "Float32", 6)
                (F64, f64, signed, "float64", "Float64", 7)
            }
        }
    };
}

/// Calls the macro `$then` with what it was given and the Rust types of all numbers.
macro_rules! number_types {
    ({$then:ident $($given:tt)*} integers { $(($I:ident, $i:ident $($_i:tt)*))* } floats { $(($F:ident, $f:ident $($_f:tt)*))* }) => {
        $then! { $($given)* $($i)* $($f)* }
    };
}

/// [`number_types!`], of the integers alone.
macro_rules! integer_types {
    ({$then:ident $($given:tt)*} integers { $(($I:ident, $i:ident $($_i:tt)*))* } floats $_floats:tt) => {
        $then! { $($given)* $($i)* }
    };
}

/// Runs an expression with `$array` bound to the typed array inside, whatever its type.
macro_rules! each {
    ($values:expr, $array:ident => $body:expr) => {
        $crate::values::numbers! { [$crate::values::each_arm] $values, $array => $body }
    };
}

macro_rules! each_arm {
    (
        {$values:expr, $array:ident => $body:expr}
        integers { $(($I:ident $($_i:tt)*))* } floats { $(($F:ident $($_f:tt)*))* }
    ) => {
        match $values {
            $crate::values::Values::Bool($array) => $body,
            $($crate::values::Values::$I($array) => $body,)*
            $($crate::values::Values::$F($array) => $body,)*
            $crate::values::Values::DateTime($array) | $crate::values::Values::CfTime(_, $array) => $body,
            $crate::values::Values::Text($array) => $body,
        }
    };
}

/// [`each!`], with the resulting array put back into the same variant.
macro_rules! same {
    ($values:expr, $array:ident => $body:expr) => {
        $crate::values::numbers! { [$crate::values::same_arm] $values, $array => $body }
    };
}

macro_rules! same_arm {
    (
        {$values:expr, $array:ident => $body:expr}
        integers { $(($I:ident $($_i:tt)*))* } floats { $(($F:ident $($_f:tt)*))* }
    ) => {
        match $values {
            $crate::values::Values::Bool($array) => $crate::values::Values::Bool($body),
            $($crate::values::Values::$I($array) => $crate::values::Values::$I($body),)*
            $($crate::values::Values::$F($array) => $crate::values::Values::$F($body),)*
            $crate::values::Values::DateTime($array) => $crate::values::Values::DateTime($body),
            $crate::values::Values::CfTime(calendar, $array) => {
                // A reference or the calendar itself, as the values are.
                $crate::values::Values::CfTime(calendar.itself(), $body)
            }
            $crate::values::Values::Text($array) => $crate::values::Values::Text($body),
        }
    };
}

/// Runs an expression with `$T` naming the Rust type that holds a dtype (`i64` for dates).
macro_rules! typed {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::values::numbers! { [$crate::values::typed_arm] $dtype, $T => $body }
    };
}

macro_rules! typed_arm {
    (
        {$dtype:expr, $T:ident => $body:expr}
        integers { $(($I:ident, $i:ident $($_i:tt)*))* } floats { $(($F:ident, $f:ident $($_f:tt)*))* }
    ) => {
        match $dtype {
            $crate::values::DType::Bool => {
                type $T = bool;
                $body
            }
            $($crate::values::DType::$I => {
                type $T = $i;
                $body
            })*
            $($crate::values::DType::$F => {
                type $T = $f;
                $body
            })*
            $crate::values::DType::DateTime | $crate::values::DType::CfTime(_) => {
                type $T = i64;
                $body
            }
            $crate::values::DType::Text => {
                type $T = $crate::values::Text;
                $body
            }
        }
    };
}

pub(crate) use {each, each_arm, integer_types, number_types, numbers, same, same_arm, typed, typed_arm};
