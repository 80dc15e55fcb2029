//! Text into values, out of them, and to and from elements of other types.

use super::cast::CastTo;
use super::{Element, IntoElement, Text, Values, each, integer_types, numbers};
use crate::time::{DateKind, Resolution};
use ndarray::{ArcArray, ArrayD, IxDyn};

impl Values {
    /// Every element as text, in axis order: numbers and bool as Rust writes them, dates as ISO 8601
    /// (`2016-01-31`, all with the time if any is not midnight). A missing element is an empty text.
    ///
    /// ```
    /// use isopleth::array::Values;
    /// assert_eq!(Values::from(vec!["Bern", "Basel"]).to_texts(), ["Bern", "Basel"]);
    /// assert_eq!(Values::from(vec![1.0, 2.5, f64::NAN]).to_texts(), ["1.0", "2.5", ""]);
    /// ```
    pub fn to_texts(&self) -> Vec<String> {
        self.texts().map(|text| text.unwrap_or_default()).collect()
    }

    /// Every element as text, in axis order; `None` where it is missing.
    pub(crate) fn texts(&self) -> Box<dyn Iterator<Item = Option<String>> + '_> {
        fn whole<T: Element + ToString>(a: &ArcArray<T, IxDyn>) -> Box<dyn Iterator<Item = Option<String>> + '_> {
            Box::new(a.iter().map(|v| Some(v.to_string())))
        }
        match self {
            dates if let Some((kind, a)) = dates.dates() => {
                // One form for all, so that a column of them is read back as dates.
                let there = || a.iter().copied().filter(|&date| date != i64::MIN);
                let days = there().all(|date| kind.resolution(date) == Resolution::Day);
                let text = move |date: i64| if days { kind.text(date) } else { kind.text_with_time(date) };
                Box::new(a.iter().map(move |&date| (date != i64::MIN).then(|| text(date))))
            }
            // {:?} of a float is the shortest text that reads back as the same number.
            Self::F32(a) => Box::new(a.iter().map(|v| (!v.is_nan()).then(|| format!("{v:?}")))),
            Self::F64(a) => Box::new(a.iter().map(|v| (!v.is_nan()).then(|| format!("{v:?}")))),
            Self::Text(a) => Box::new(a.iter().map(|v| v.as_str().map(str::to_owned))),
            whole_numbers_and_bool => each!(whole_numbers_and_bool, a => whole(a)),
        }
    }

    pub(super) fn as_texts(&self) -> ArcArray<Text, IxDyn> {
        let texts = self.texts().map(|text| text.map_or(Text::MISSING, |text| Text::new(&text))).collect();
        ArcArray::from_shape_vec(IxDyn(self.shape()), texts).expect("one text for each element")
    }
}

impl Text {
    /// The number that it says, if it says one.
    fn number(self) -> f64 {
        self.as_str().and_then(|text| text.trim().parse().ok()).unwrap_or(f64::NAN)
    }

    pub(super) fn to_date(self, kind: DateKind) -> i64 {
        self.as_str().and_then(|text| kind.parse(text).ok()).map_or(i64::MIN, |(date, _)| date)
    }
}

macro_rules! from_text {
    ($($type:ident)*) => {$(
        impl CastTo<$type> for Text {
            fn cast_to(self) -> $type {
                // Whole numbers first: not all of 64 bits are floats.
                let exact = self.as_str().and_then(|text| text.trim().parse().ok());
                exact.unwrap_or_else(|| self.number() as $type)
            }
        }
    )*};
}

numbers! { integer_types from_text f32 }

impl CastTo<f64> for Text {
    fn cast_to(self) -> f64 {
        self.number()
    }
}

/// `true` in any letters, and numbers but 0.
impl CastTo<bool> for Text {
    fn cast_to(self) -> bool {
        let number = self.number();
        self.as_str().is_some_and(|text| text.trim().eq_ignore_ascii_case("true"))
            || (number != 0.0 && !number.is_nan())
    }
}

macro_rules! made_of_text {
    ($($type:ty)*) => {$(
        impl IntoElement for $type {
            fn array_values(array: ArrayD<Self>) -> Values {
                Values::Text(array.mapv(Text::from).into_shared())
            }
        }

        /// A single text: no axes.
        impl From<$type> for Values {
            fn from(text: $type) -> Self {
                ndarray::arr0(Text::from(text)).into()
            }
        }
    )*};
}

made_of_text! { &str String }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::DType;
    use ndarray::array;

    #[test]
    fn texts_go_in_and_come_out_in_any_form() {
        let expected = ["a", "b"];
        for values in [
            Values::from(vec!["a", "b"]),
            Values::from(["a".to_owned(), "b".to_owned()]),
            Values::from(&["a", "b"][..]),
            Values::from(array!["a", "b"]),
            Values::from(&array!["a".to_owned(), "b".to_owned()]),
        ] {
            assert_eq!((values.dtype(), values.to_texts()), (DType::Text, expected.map(String::from).to_vec()));
        }
        assert_eq!((Values::from("a").shape(), Values::from("a").to_texts()), (&[][..], vec!["a".to_owned()]));
    }

    // Expected: A(["1", " 2 "]).astype(float); text that is no number is an error there, and NaN here.
    #[test]
    fn numbers_and_dates_are_read_from_text() {
        let texts = Values::from(["1", " 2.5 ", "nought", "2016-02-29", "9007199254740993"]);
        let numbers = texts.cast(DType::F64).to_vec::<f64>().unwrap();
        assert_eq!(numbers[..2], [1.0, 2.5]);
        assert!(numbers[2].is_nan() && numbers[3].is_nan());
        assert_eq!(texts.cast(DType::I64).to_vec::<i64>().unwrap(), [1, 2, 0, 0, 9_007_199_254_740_993]);
        let dates = texts.cast(DType::DateTime);
        assert_eq!(dates.to_texts(), ["", "", "", "2016-02-29", ""]);
        assert_eq!(
            Values::from(["True", "0", "7", "no"]).cast(DType::Bool).to_vec::<bool>().unwrap(),
            [true, false, true, false]
        );
    }

    #[test]
    fn other_types_become_text_and_missing_stays_missing() {
        let dates = Values::from_nanoseconds(vec![0, 3_600_000_000_000, i64::MIN]).cast(DType::Text);
        assert_eq!(dates.to_texts(), ["1970-01-01T00:00:00", "1970-01-01T01:00:00", ""]);
        let Values::Text(texts) = &dates else { panic!("cast to text") };
        assert!(texts[[2]].is_missing());
        assert_eq!(Values::from(array![[true], [false]]).cast(DType::Text).shape(), [2, 1]);
    }

    #[test]
    fn text_moves_as_numbers_do() {
        let values = Values::from(array![["a", "b", "c"], ["d", "e", "f"]]);
        assert_eq!(values.transpose(&[1, 0]).to_texts(), ["a", "d", "b", "e", "c", "f"]);
        assert_eq!(Values::concat(&[values.clone(), values.clone()], 0).unwrap().shape(), [4, 3]);
        assert_eq!(values.reshape(&[6]).unwrap().len(), 6);
        assert!(values.to_array::<f64>().unwrap_err().to_string().contains("to_texts"));
    }
}
