//! The rules as xarray applies them, and the way back.

use super::{Encoder, FileEncoding, decode};
use crate::files::DatasetOptions;
use crate::files::attribute::{Given, GivenAttrs};
use crate::files::file_type::FileType;
use crate::values::{DType, Values};

fn attrs(given: &[(&str, Given)]) -> GivenAttrs {
    given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn float(value: f64) -> Given {
    Given::Floats(vec![value], FileType::F64)
}

fn integer(value: i64, of: FileType) -> Given {
    Given::Integers(vec![value], of)
}

// xarray of eraint_uvz.nc, whose packed int16 have a `_FillValue` of NaN.
#[test]
fn nan_among_integers_fills_nothing() {
    let mut given = attrs(&[("_FillValue", float(f64::NAN))]);
    let plain = decode(FileType::I16, &given, &DatasetOptions::new());
    assert_eq!((plain.decoding.dtype, plain.attrs.len(), plain.encoding.fill_value), (DType::I16, 0, None));
    given.push(("scale_factor".to_owned(), float(0.5)));
    let packed = decode(FileType::I16, &given, &DatasetOptions::new()).decoding;
    let values = packed.apply(Values::from_shape_vec(&[2], vec![0i16, -3]).unwrap()).unwrap();
    assert_eq!((values.dtype(), values.to_vec::<f64>().unwrap()), (DType::F64, vec![0.0, -1.5]));
}

// xr.open_dataset(…).a.encoding: what was taken from the attributes is there, and nothing else is.
#[test]
fn what_the_coders_took_is_the_encoding() {
    let given = attrs(&[
        ("units", Given::Text("K".to_owned())),
        ("_FillValue", integer(-1, FileType::I8)),
        ("_Unsigned", Given::Text("true".to_owned())),
        ("scale_factor", Given::Floats(vec![0.5], FileType::F32)),
    ]);
    let decoded = decode(FileType::I8, &given, &DatasetOptions::new());
    assert_eq!(decoded.attrs, attrs(&[("units", Given::Text("K".to_owned()))]));
    let encoding = decoded.encoding;
    assert_eq!((encoding.of, encoding.unsigned.as_deref()), (FileType::I8, Some("true")));
    assert_eq!(encoding.fill_value, Some(integer(-1, FileType::I8)));
    assert_eq!(encoding.scale_factor, Some(Given::Floats(vec![0.5], FileType::F32)));
    let dates = attrs(&[("units", Given::Text("days since 2000-01-01".to_owned()))]);
    let encoding = decode(FileType::I32, &dates, &DatasetOptions::new()).encoding;
    assert_eq!(encoding.units.as_deref(), Some("days since 2000-01-01"));
}

// xr.open_dataset gives int16, in which 300000 is -27680.
#[test]
fn products_with_an_integer_factor_do_not_wrap_around() {
    let given = attrs(&[("scale_factor", integer(10, FileType::I16))]);
    for (of, raw) in [(FileType::I16, Values::from(vec![30_000i16])), (FileType::I64, Values::from(vec![30_000i64]))] {
        let decoding = decode(of, &given, &DatasetOptions::new()).decoding;
        let values = decoding.apply(raw).unwrap();
        assert_eq!((values.dtype(), values.to_vec::<f64>().unwrap()), (DType::F64, vec![300_000.0]));
    }
}

#[test]
fn integers_of_64_bits_whose_sign_is_ignored_come_back_exactly() {
    let raw = vec![1, (1 << 53) + 1, -1, i64::MIN];
    let unsigned = [("_Unsigned", Given::Text("true".to_owned()))];
    let back = there_and_back(FileType::I64, &unsigned, Values::from(raw.clone()));
    assert_eq!(back.to_vec::<i64>().unwrap(), raw);
    let raw = vec![1, (1 << 53) + 1, u64::MAX];
    let signed = [("_Unsigned", Given::Text("false".to_owned()))];
    let back = there_and_back(FileType::U64, &signed, Values::from(raw.clone()));
    assert_eq!(back.to_vec::<u64>().unwrap(), raw);
}

#[test]
fn a_missing_value_with_a_sign_is_none_of_unsigned_values() {
    let given = [("_Unsigned", Given::Text("true".to_owned())), ("missing_value", integer(-128, FileType::I8))];
    let back = there_and_back(FileType::I8, &given, Values::from(vec![1i8, -128, -1]));
    assert_eq!(back.to_vec::<i8>().unwrap(), [1, -128, -1]);
    let encoding = decode(FileType::I8, &attrs(&given), &DatasetOptions::new()).encoding;
    let error = Encoder::new(DType::F32, Some(encoding)).apply(Values::from(vec![f32::NAN])).unwrap_err().to_string();
    assert!(error.contains("without a _FillValue"), "{error}");
}

/// Values of the file, decoded and encoded again.
fn there_and_back(of: FileType, given: &[(&str, Given)], raw: Values) -> Values {
    let decoded = decode(of, &attrs(given), &DatasetOptions::new());
    let values = decoded.decoding.apply(raw).unwrap();
    Encoder::new(values.dtype(), Some(decoded.encoding)).apply(values).unwrap()
}

#[test]
fn every_number_of_a_file_comes_back_through_its_encoding() {
    let all = |of: std::ops::RangeInclusive<i16>| Values::from(of.collect::<Vec<i16>>());
    let bytes = || Values::from((i8::MIN..=i8::MAX).collect::<Vec<i8>>());
    let unsigned = ("_Unsigned", Given::Text("true".to_owned()));
    let cases = [
        (FileType::I16, vec![("scale_factor", float(0.01)), ("add_offset", float(273.15))], all(i16::MIN..=i16::MAX)),
        (
            FileType::I16,
            vec![("_FillValue", integer(-999, FileType::I16)), ("scale_factor", float(1e-3))],
            all(-2000..=2000),
        ),
        (FileType::I8, vec![unsigned.clone()], bytes()),
        (FileType::I8, vec![unsigned, ("_FillValue", integer(-1, FileType::I8)), ("add_offset", float(0.1))], bytes()),
    ];
    for (of, given, raw) in cases {
        let back = there_and_back(of, &given, raw.clone());
        let whole = |values: &Values| values.cast(DType::I64).to_vec::<i64>().unwrap();
        assert_eq!((back.dtype(), whole(&back)), (raw.dtype(), whole(&raw)), "{given:?}");
    }
}

#[test]
fn what_an_encoding_cannot_say_is_refused_with_the_value() {
    let encoding = FileEncoding {
        scale_factor: Some(float(0.1)),
        fill_value: Some(integer(-1, FileType::I16)),
        ..FileEncoding::of(FileType::I16)
    };
    let refused = |encoding: &FileEncoding, value: f64| {
        let encoder = Encoder::new(DType::F64, Some(encoding.clone()));
        encoder.apply(Values::from(vec![value])).unwrap_err().to_string()
    };
    assert!(refused(&encoding, 1e6).contains("larger scale"));
    assert!(refused(&encoding, -0.1).contains("stands for missing"));
    assert!(refused(&FileEncoding::of(FileType::I16), f64::NAN).contains("_FillValue"));
    // An encoding of text is not meant for numbers.
    assert_eq!(Encoder::new(DType::F64, Some(FileEncoding::of(FileType::Char))).stored().of, FileType::F64);
}
