//! Arrays as bytes, with what tells whether they are still those: states of reductions and plans are kept and sent so.
//!
//! An array is the code of its element type, its length and its elements. All numbers are little-endian.

use crate::values::{Text, count, integer_types, numbers};
use crate::{Error, ErrorKind, Result};

/// The error for bytes that are not what was written.
pub(crate) fn damaged(message: String) -> Error {
    Error::new(ErrorKind::Damaged, message)
}

/// What bytes begin with that somebody keeps or sends: whose they are, the version of their form, and a checksum (CRC-32) of
/// all that follows.
pub(crate) struct Seal {
    pub magic: &'static [u8; 8],
    pub version: u16,
    /// What they hold, for errors.
    pub what: &'static str,
}

/// Magic, version, checksum.
const OPENING: usize = 8 + 2 + 4;

impl Seal {
    /// What was written, closed: nothing is added to it.
    pub fn close(&self, written: &Writer) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(OPENING + written.bytes.len());
        bytes.extend_from_slice(self.magic);
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.extend_from_slice(&libdeflater::crc32(&written.bytes).to_le_bytes());
        bytes.extend_from_slice(&written.bytes);
        bytes
    }

    /// What is in such bytes.
    ///
    /// # Errors
    /// When they are of something else, are damaged, or are of another version.
    pub fn open<'a>(&self, bytes: &'a [u8]) -> Result<Reader<'a>> {
        if bytes.len() < OPENING || !bytes.starts_with(self.magic) {
            return Err(damaged(format!("these {} bytes are no {}", bytes.len(), self.what)));
        }
        let version = u16::from_le_bytes([bytes[8], bytes[9]]);
        if version != self.version {
            let own = self.version;
            let message = format!("it has version {version}, and this Isopleth reads {own}: use one on all nodes");
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let checksum = u32::from_le_bytes([bytes[10], bytes[11], bytes[12], bytes[13]]);
        if checksum != libdeflater::crc32(&bytes[OPENING..]) {
            return Err(damaged("its checksum is wrong: it was cut short or changed on the way".to_owned()));
        }
        Ok(Reader { rest: &bytes[OPENING..] })
    }
}

/// Takes arrays.
#[derive(Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// What was written, without more.
    pub fn bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The code of the element type, the length, the elements.
    pub fn array<T: Stored>(&mut self, values: &[T]) {
        self.bytes.push(T::CODE);
        self.numbers(&[values.len() as u64]);
        T::put(values, &mut self.bytes);
    }

    /// Numbers that stand for themselves.
    pub fn numbers(&mut self, numbers: &[u64]) {
        u64::put(numbers, &mut self.bytes);
    }

    pub fn text(&mut self, text: &str) {
        self.array(text.as_bytes());
    }
}

/// Gives arrays, in the order in which they were written.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Of what [`Writer::bytes`] gave.
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// That everything was read.
    ///
    /// # Errors
    /// When something is left.
    pub fn end(&self) -> Result<()> {
        match self.rest.len() {
            0 => Ok(()),
            more => Err(damaged(format!("{more} bytes follow its end"))),
        }
    }

    fn take(&mut self, bytes: usize) -> Result<&'a [u8]> {
        let Some((taken, rest)) = self.rest.split_at_checked(bytes) else {
            return Err(damaged(format!("{bytes} bytes are missing at its end")));
        };
        self.rest = rest;
        Ok(taken)
    }

    pub fn number(&mut self) -> Result<u64> {
        let bytes = self.take(8)?;
        Ok(u64::from_le_bytes(bytes.try_into().expect("eight bytes")))
    }

    pub fn text(&mut self) -> Result<String> {
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

/// What arrays may hold.
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
