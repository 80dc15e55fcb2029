//! The states of reductions as bytes: what another process has computed of a piece is read here and merged.
//!
//! A state is `ISOSTATE`, the version of this form, the checksum (CRC-32) of all that follows, a head that says of
//! which reduction it is (operation with its parameters, options, element type, cells, values of each cell), and the
//! arrays of the accumulator, each with the code of its element type and its length. All numbers are little-endian.
//! Whoever reads has the same plan, so the head must be the very one that the own [`Setup`] gives.

// Called by executors that hand pieces to other processes; the pool of this one merges states as they are.
#![cfg_attr(not(test), allow(dead_code))]

use super::{Accumulator, Reduction, Setup};
use crate::values::{Text, count, integer_types, numbers};
use crate::{Error, ErrorKind, Result};

const MAGIC: &[u8; 8] = b"ISOSTATE";
const VERSION: u16 = 1;
/// Magic, version, checksum.
const OPENING: usize = MAGIC.len() + 2 + 4;

impl Setup<'_> {
    /// The state of a reduction that was set up so.
    pub fn save(&self, state: &dyn Accumulator) -> Vec<u8> {
        let mut writer = Writer { bytes: Vec::new() };
        writer.bytes.extend_from_slice(MAGIC);
        writer.bytes.extend_from_slice(&VERSION.to_le_bytes());
        writer.bytes.extend_from_slice(&[0; 4]);
        let head = self.head();
        writer.array(&head);
        state.save(&mut writer);
        let checksum = libdeflater::crc32(&writer.bytes[OPENING..]);
        writer.bytes[OPENING - 4..OPENING].copy_from_slice(&checksum.to_le_bytes());
        writer.bytes
    }

    /// The state that [`save`](Self::save) wrote, here or elsewhere.
    ///
    /// # Errors
    /// When the bytes are no state, are damaged, are of another version, or are the state of another reduction.
    pub fn restore(&self, bytes: &[u8]) -> Result<Box<dyn Accumulator>> {
        self.read(bytes).map_err(|error| error.context(format!("the state of a {}", self.op.name())))
    }

    fn read(&self, bytes: &[u8]) -> Result<Box<dyn Accumulator>> {
        if bytes.len() < OPENING || !bytes.starts_with(MAGIC) {
            return Err(damaged(format!("these {} bytes are no state of a reduction", bytes.len())));
        }
        let version = u16::from_le_bytes([bytes[8], bytes[9]]);
        if version != VERSION {
            let message = format!("it has version {version}, and this Isopleth reads {VERSION}: use one on all nodes");
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let checksum = u32::from_le_bytes([bytes[10], bytes[11], bytes[12], bytes[13]]);
        if checksum != libdeflater::crc32(&bytes[OPENING..]) {
            return Err(damaged("its checksum is wrong: it was cut short or changed on the way".to_owned()));
        }
        let mut reader = Reader { rest: &bytes[OPENING..] };
        let head: Vec<u8> = reader.array()?;
        if head != self.head() {
            let (theirs, own) = (describe(&head), describe(&self.head()));
            let message = format!("it is of another reduction ({theirs}) than the one computed here ({own})");
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let mut state = self.start();
        state.load(&mut reader)?;
        match reader.rest.len() {
            0 => Ok(state),
            more => Err(damaged(format!("{more} bytes follow its end"))),
        }
    }

    /// What tells this reduction apart from others.
    fn head(&self) -> Vec<u8> {
        let mut head = Writer { bytes: Vec::new() };
        let kind = match self.op {
            Reduction::Of(_) => 0,
            Reduction::Place(_) => 1,
            Reduction::Quantiles(_) => 2,
            Reduction::Fit(_) => 3,
        };
        head.text(&self.op.name());
        head.text(&self.input.to_string());
        head.numbers(&[self.cells as u64, self.length as u64]);
        head.numbers(&[kind, u64::from(self.options.skip_missing), self.options.ddof as u64]);
        head.numbers(&[self.options.min_count as u64]);
        match self.op {
            Reduction::Of(_) | Reduction::Place(_) => {}
            Reduction::Quantiles(shares) => head.array(shares),
            Reduction::Fit(fit) => fit.save(&mut head),
        }
        head.bytes
    }
}

/// What a head says, for an error.
fn describe(head: &[u8]) -> String {
    let read = || -> Result<String> {
        let mut reader = Reader { rest: head };
        let (name, dtype) = (reader.text()?, reader.text()?);
        let (cells, length) = (reader.number()?, reader.number()?);
        let (_, skip, ddof, least) = (reader.number()?, reader.number()?, reader.number()?, reader.number()?);
        let skip = if skip == 1 { "skipped" } else { "kept" };
        Ok(format!(
            "{name} of {dtype}, {cells} cells of {length} values, missing ones {skip}, ddof {ddof}, min_count {least}"
        ))
    };
    read().unwrap_or_else(|_| "of an unknown kind".to_owned())
}

pub(super) fn damaged(message: String) -> Error {
    Error::new(ErrorKind::Damaged, message)
}

/// Takes the arrays of a state.
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// The code of the element type, the length, the elements.
    pub fn array<T: Stored>(&mut self, values: &[T]) {
        self.bytes.push(T::CODE);
        self.numbers(&[values.len() as u64]);
        T::put(values, &mut self.bytes);
    }

    fn numbers(&mut self, numbers: &[u64]) {
        u64::put(numbers, &mut self.bytes);
    }

    fn text(&mut self, text: &str) {
        self.array(text.as_bytes());
    }
}

/// Gives the arrays of a state, in the order in which they were written.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, bytes: usize) -> Result<&'a [u8]> {
        let Some((taken, rest)) = self.rest.split_at_checked(bytes) else {
            return Err(damaged(format!("{bytes} bytes are missing at its end")));
        };
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64> {
        let bytes = self.take(8)?;
        Ok(u64::from_le_bytes(bytes.try_into().expect("eight bytes")))
    }

    fn text(&mut self) -> Result<String> {
        String::from_utf8(self.array()?).map_err(|_| damaged("a name in it is no text".to_owned()))
    }

    /// An array of any length.
    pub fn array<T: Stored>(&mut self) -> Result<Vec<T>> {
        let code = self.take(1)?[0];
        if code != T::CODE {
            return Err(damaged(format!("it holds an array of the type {code} where {} was written", T::CODE)));
        }
        let len = self.number()?;
        let len = usize::try_from(len).map_err(|_| damaged(format!("an array of {len} elements")))?;
        T::get(self, len)
    }

    /// Fills an array of the length that it has.
    pub fn fill<T: Stored>(&mut self, values: &mut Vec<T>) -> Result<()> {
        let read: Vec<T> = self.array()?;
        if read.len() != values.len() {
            return Err(damaged(format!("it holds {} elements where {} belong", read.len(), values.len())));
        }
        *values = read;
        Ok(())
    }
}

/// What may be in a state.
pub(crate) trait Stored: Copy {
    /// Tells the element types apart. Codes are never given to another type.
    const CODE: u8;

    fn put(values: &[Self], bytes: &mut Vec<u8>);

    fn get(reader: &mut Reader<'_>, len: usize) -> Result<Vec<Self>>;
}

macro_rules! stored {
    ($($type:ident)*) => {$(
        impl Stored for $type {
            const CODE: u8 = code(stringify!($type));

            fn put(values: &[Self], bytes: &mut Vec<u8>) {
                bytes.reserve(size_of_val(values));
                values.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
            }

            fn get(reader: &mut Reader<'_>, len: usize) -> Result<Vec<Self>> {
                const SIZE: usize = size_of::<$type>();
                let bytes = reader.take(count(&[len, SIZE]))?;
                let one = |bytes: &[u8]| Self::from_le_bytes(bytes.try_into().expect("chunks of this size"));
                Ok(bytes.chunks_exact(SIZE).map(one).collect())
            }
        }
    )*};
}

numbers! { integer_types stored }
stored! { f32 f64 i128 }

/// A letter for the kind and the width: found at compile time, so that a new type cannot be forgotten.
const fn code(name: &str) -> u8 {
    let name = name.as_bytes();
    let width = match name {
        [_, b'8'] => 0,
        [_, b'1', b'6'] => 1,
        [_, b'3', b'2'] => 2,
        [_, b'6', b'4'] => 3,
        [_, b'1', b'2', b'8'] => 4,
        _ => panic!("a type of this width has no code"),
    };
    match name[0] {
        b'u' => 0x10 + width,
        b'i' => 0x20 + width,
        b'f' => 0x30 + width,
        _ => panic!("a type of this kind has no code"),
    }
}

impl Stored for bool {
    const CODE: u8 = 0x01;

    fn put(values: &[Self], bytes: &mut Vec<u8>) {
        bytes.extend(values.iter().map(|&value| u8::from(value)));
    }

    fn get(reader: &mut Reader<'_>, len: usize) -> Result<Vec<Self>> {
        let one = |&byte: &u8| match byte {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(damaged(format!("it holds {other} where 0 or 1 belongs"))),
        };
        reader.take(len)?.iter().map(one).collect()
    }
}

/// Texts are written out, since how the process keeps them is its own affair.
impl Stored for Text {
    const CODE: u8 = 0x02;

    fn put(values: &[Self], bytes: &mut Vec<u8>) {
        for value in values {
            let text = value.as_str();
            let len = text.map_or(MISSING, |text| text.len() as u64);
            bytes.extend_from_slice(&len.to_le_bytes());
            bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
        }
    }

    fn get(reader: &mut Reader<'_>, len: usize) -> Result<Vec<Self>> {
        // Each text takes eight bytes at least, so a wrong length asks for no more memory than there are bytes.
        let mut values = Vec::with_capacity(len.min(reader.rest.len() / 8));
        for _ in 0..len {
            values.push(match reader.number()? {
                MISSING => Self::MISSING,
                len => {
                    let len = usize::try_from(len).map_err(|_| damaged(format!("a text of {len} bytes")))?;
                    let text = std::str::from_utf8(reader.take(len)?);
                    let text = text.map_err(|_| damaged("a text in it is not UTF-8".to_owned()))?;
                    if text == Self::HIGHEST.as_str().unwrap_or_default() { Self::HIGHEST } else { Self::new(text) }
                }
            });
        }
        Ok(values)
    }
}

/// The length of a text that is missing.
const MISSING: u64 = u64::MAX;
