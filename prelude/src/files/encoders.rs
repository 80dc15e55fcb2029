//! How each variable of a dataset is stored in a file that is written: decided before the file is made, since the values
//! of dates and texts say in which units, or with which word for a missing one.

use super::attribute::{Given, GivenAttrs};
use super::coders::{self, Dates, Encoder, FileEncoding};
use super::file_type::FileType;
use super::options::DatasetOptions;
use super::write::NetcdfOptions;
use crate::array::{Attrs, Coord, DType, DataArray, Dataset, Values, same_values};
use crate::cancel;
use crate::lazy::Plan;
use crate::lazy::sink::{self, Layout, Window};
use crate::values::Text;
use crate::{Error, ErrorKind, Result};

/// One for each coordinate and one for each array, in their order.
pub(super) struct Encoders {
    pub(super) coords: Vec<Encoder>,
    pub(super) arrays: Vec<Encoder>,
}

/// A variable of a dataset: a coordinate, or an array.
#[derive(Clone, Copy)]
enum Variable<'a> {
    Coord(&'a Coord),
    Array(&'a DataArray, &'a Plan),
}

/// The encoders of the coordinates and arrays of a dataset; `plans` are those of the arrays.
///
/// # Errors
/// When values that have to be looked at cannot be read, or no file can hold them.
pub(super) fn of(ds: &Dataset, plans: &[Plan], options: &NetcdfOptions) -> Result<Encoders> {
    let coords = ds.coords().iter().map(Variable::Coord);
    let arrays = ds.arrays().iter().zip(plans).map(|(array, plan)| Variable::Array(array, plan));
    let variables: Vec<Variable<'_>> = coords.chain(arrays).collect();
    let mut encoders: Vec<Option<Encoder>> = dates(&variables)?;
    for (variable, encoder) in variables.iter().zip(&mut encoders) {
        if encoder.is_none() {
            *encoder = Some(variable.encoder(options).map_err(|error| error.context(variable.name()))?);
        }
    }
    let mut coords: Vec<Encoder> = encoders.into_iter().flatten().collect();
    let arrays = coords.split_off(ds.coords().iter().count());
    Ok(Encoders { coords, arrays })
}

/// Those of dates: a variable and the bounds that it names go together.
fn dates(variables: &[Variable<'_>]) -> Result<Vec<Option<Encoder>>> {
    let mut encoders: Vec<Option<Encoder>> = vec![None; variables.len()];
    let bounds: Vec<Option<usize>> = variables
        .iter()
        .map(|variable| {
            let name = variable.attrs().get("bounds")?.as_str()?;
            let found = variables.iter().position(|other| other.name() == name)?;
            // Bounds in another calendar say so themselves.
            let alike = variable.dtype().date_kind() == variables[found].dtype().date_kind();
            (alike && variable.name() != name).then_some(found)
        })
        .collect();
    let with_bounds = (0..variables.len()).filter(|&at| bounds[at].is_some());
    let others = (0..variables.len()).filter(|&at| bounds[at].is_none());
    for at in with_bounds.chain(others) {
        let Some(kind) = variables[at].dtype().date_kind().filter(|_| encoders[at].is_none()) else { continue };
        let group: Vec<usize> =
            [Some(at), bounds[at].filter(|&bounds| encoders[bounds].is_none())].into_iter().flatten().collect();
        let dates: Vec<Dates<'_>> = group.iter().map(|&at| variables[at].dates()).collect();
        let numbers = coders::encode_dates(kind, &dates).map_err(|error| error.context(variables[at].name()))?;
        for (&member, numbers) in group.iter().zip(numbers) {
            encoders[member] = Some(Encoder::of_dates(numbers, member != at));
        }
    }
    Ok(encoders)
}

impl<'a> Variable<'a> {
    fn name(&self) -> &'a str {
        match self {
            Self::Coord(coord) => coord.name(),
            Self::Array(array, _) => array.get_name().unwrap_or_default(),
        }
    }

    fn dtype(&self) -> DType {
        match self {
            Self::Coord(coord) => coord.dtype(),
            Self::Array(array, _) => array.dtype(),
        }
    }

    fn attrs(&self) -> &'a Attrs {
        match self {
            Self::Coord(coord) => coord.attrs(),
            Self::Array(array, _) => array.attrs(),
        }
    }

    /// How its file had it, or a user wants it, if anybody said.
    fn known(&self) -> Option<FileEncoding> {
        // What a user says of how values are stored goes before what their file said.
        if ["_FillValue", "missing_value"].iter().any(|name| self.attrs().get(name).is_some()) {
            return described(self.dtype(), self.attrs());
        }
        match self {
            Self::Coord(coord) => coord.kept::<FileEncoding>().cloned(),
            Self::Array(array, _) => FileEncoding::known(array),
        }
    }

    /// Calls `work` with all values, window by window.
    fn each(self, work: &mut dyn FnMut(&Values) -> Result<()>) -> Result<()> {
        match self {
            Self::Coord(coord) => work(coord.values()),
            Self::Array(_, plan) => looked_at(plan).iter().try_for_each(|window| {
                cancel::check()?;
                work(&plan.part(window)?)
            }),
        }
    }

    fn dates(self) -> Dates<'a> {
        let each = move |work: &mut dyn FnMut(&[i64])| {
            self.each(&mut |values| {
                let Some((_, dates)) = values.dates() else { return Ok(()) };
                work(&dates.iter().copied().collect::<Vec<i64>>());
                Ok(())
            })
        };
        Dates { own: self.known(), each: Box::new(each) }
    }

    /// The encoder of what are no dates.
    fn encoder(self, options: &NetcdfOptions) -> Result<Encoder> {
        let (dtype, known) = (self.dtype(), self.known());
        if dtype == DType::Text {
            return self.texts(known.as_ref());
        }
        match self {
            Self::Coord(coord) => {
                // Labels that the file could not say are written as they are.
                let exact = known.filter(|known| says_exactly(known, coord.values()));
                Ok(Encoder::new(dtype, exact.or_else(|| described(dtype, coord.attrs()))))
            }
            Self::Array(array, _) => {
                if array.encoding().is_some_and(|known| known.is_raw() && known.bands().is_some()) {
                    let message = "its numbers are those of a file whose bands have nodata values or scales of their own, \
                                   and a netCDF variable has one; open the file masked";
                    return Err(Error::new(ErrorKind::InvalidArgument, message));
                }
                let packed = options.packed.iter().find(|(packed, ..)| packed == self.name());
                let encoding = match packed {
                    Some((_, scale, offset)) => Some(packing(*scale, *offset)),
                    None => known.or_else(|| described(dtype, array.attrs())),
                };
                let encoder = Encoder::new(dtype, encoding);
                // Stored numbers, which nobody decoded, are left as they are said to be.
                let says = |name: &str| array.attrs().get(name).is_some();
                let packed = (says("scale_factor") || says("add_offset")) && !says("_FillValue");
                Ok(if packed { encoder.without_nan() } else { encoder })
            }
        }
    }

    /// A missing text is written as the word that its file had for it, or else as one that no text is.
    fn texts(self, known: Option<&FileEncoding>) -> Result<Encoder> {
        let own = self.attrs();
        let said = ["_FillValue", "missing_value"].iter().find_map(|name| own.get(name)?.as_str().map(Text::new));
        let of_file = known.and_then(|known| {
            [&known.fill_value, &known.missing_value].into_iter().flatten().find_map(Given::as_text).map(Text::new)
        });
        if let Some(word) = said.or(of_file) {
            return Ok(Encoder::of_texts(Some(word)));
        }
        const WORDS: [&str; 4] = ["NA", "missing", "_missing_", "_FillValue"];
        let (mut any, mut free) = (false, WORDS.map(Text::new).to_vec());
        self.each(&mut |values| {
            if let Values::Text(texts) = values {
                any = any || texts.iter().any(|text| text.is_missing());
                free.retain(|word| texts.iter().all(|text| text != word));
            }
            Ok(())
        })?;
        match (any, free.first()) {
            (false, _) => Ok(Encoder::of_texts(None)),
            (true, Some(word)) => Ok(Encoder::of_texts(Some(*word))),
            (true, None) => {
                let message = "texts are missing, and all words for a missing one are among the others; give one with \
                               .attr(\"missing_value\", …), or fill them";
                Err(Error::new(ErrorKind::InvalidArgument, message))
            }
        }
    }
}

/// Whether these values are read again as they are when a file has them so.
fn says_exactly(encoding: &FileEncoding, values: &Values) -> bool {
    let encoder = Encoder::new(values.dtype(), Some(encoding.clone()));
    let Ok(numbers) = encoder.apply(values.clone()) else { return false };
    let stored = encoder.stored();
    let mut attrs = stored.attrs;
    attrs.extend(stored.fill.map(|fill| ("_FillValue".to_owned(), fill)));
    let decoding = coders::decode(stored.of, &attrs, &DatasetOptions::new()).decoding;
    let same = |back: &Values| back.dtype() == values.dtype() && same_values(back, values);
    decoding.apply(numbers).is_ok_and(|back| same(&back))
}

/// The encoding that their attributes say of values.
fn described(dtype: DType, attrs: &Attrs) -> Option<FileEncoding> {
    let given: GivenAttrs = attrs.iter().map(|(name, value)| (name.to_owned(), Given::of(value))).collect();
    (dtype.is_number() && dtype != DType::Bool).then(|| FileEncoding::described_by(FileType::of(dtype), &given))
}

/// 16-bit integers, of which the smallest is missing.
fn packing(scale: f64, offset: f64) -> FileEncoding {
    let number = |value: f64| Some(Given::Floats(vec![value], FileType::F64));
    FileEncoding {
        fill_value: Some(Given::Integers(vec![i16::MIN.into()], FileType::I16)),
        scale_factor: number(scale),
        add_offset: number(offset),
        ..FileEncoding::of(FileType::I16)
    }
}

/// The windows in which all values of a plan are looked at.
fn looked_at(plan: &Plan) -> Vec<Window> {
    let layout = Layout { block: vec![1; plan.ndim()], takes_parts: true, is_in_order: false };
    sink::windows(std::slice::from_ref(plan), &layout)
}
