//! The header of a classic netCDF file (CDF-1, CDF-2, CDF-5): what netCDF calls its version 3.
//!
//! Read here because GDAL shows `char` as bytes and refuses CDF-5. Every count is compared with what is left of the
//! file before memory is taken for it, so a header cannot ask for more than a small multiple of the file's length.

use crate::files::attribute::{Given, GivenAttrs, unsigned};
use crate::files::file_type::FileType;
use crate::gdal::multidim::latin_or_utf8;
use crate::{Error, ErrorKind, Result};
use std::io::Read;

/// Variables and dimensions of one file that are sensible; netCDF's own limits were lower for long.
const MOST_DIMENSIONS_OF_A_VARIABLE: u64 = 1024;

/// What the header says, with the place of each value worked out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    pub(in crate::files) attrs: GivenAttrs,
    pub(in crate::files) variables: Vec<Variable>,
}

/// A variable and where its values lie.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::files) struct Variable {
    pub(in crate::files) name: String,
    pub(in crate::files) of: FileType,
    pub(in crate::files) dims: Vec<String>,
    pub(in crate::files) shape: Vec<usize>,
    pub(in crate::files) attrs: GivenAttrs,
    /// The first byte of the first value.
    pub(in crate::files) begin: u64,
    /// Bytes from one record to the next, if the first dimension is the one that can grow.
    pub(in crate::files) record: Option<u64>,
}

/// The dimension that can grow has length 0 in the file.
struct Dimension {
    name: String,
    length: u64,
}

struct Reader<'a, R> {
    source: &'a mut R,
    left: u64,
    version: u8,
}

pub(super) fn damaged(what: &str) -> Error {
    Error::new(ErrorKind::Damaged, format!("its netCDF header is damaged or cut short: {what}"))
}

/// Reads the header at the start of `source`, a file of `length` bytes.
///
/// # Errors
/// When it is no such header, or it contradicts itself or the length.
pub(crate) fn parse<R: Read>(source: &mut R, length: u64) -> Result<Header> {
    let mut reader = Reader { source, left: length, version: 1 };
    let magic = reader.bytes(4)?;
    match magic[..] {
        [b'C', b'D', b'F', version @ (1 | 2 | 5)] => reader.version = version,
        _ => return Err(damaged("it does not begin with CDF")),
    }
    let records = reader.record_count()?;
    let dimensions = reader.dimensions()?;
    let attrs = reader.attributes()?;
    let mut variables = reader.variables(&dimensions)?;
    let stride = record_stride(&variables);
    let records = match records {
        Some(count) => count,
        // Written by a program that did not know how many there would be: as many as the file holds.
        None => {
            let first = variables.iter().filter(|(_, grows)| *grows).map(|(variable, _)| variable.begin).min();
            first.map_or(0, |first| length.saturating_sub(first) / stride.max(1))
        }
    };
    let records = usize::try_from(records).map_err(|_| damaged("the number of records"))?;
    for (variable, grows) in &mut variables {
        if *grows {
            variable.shape[0] = records;
            variable.record = Some(stride);
        }
    }
    Ok(Header { attrs, variables: variables.into_iter().map(|(variable, _)| variable).collect() })
}

/// Bytes of one record of all variables: each is filled up to four bytes, but for one that is alone.
fn record_stride(variables: &[(Variable, bool)]) -> u64 {
    let lengths: Vec<u64> =
        variables.iter().filter(|(_, grows)| *grows).map(|(variable, _)| record_bytes(variable)).collect();
    match lengths[..] {
        [alone] => alone,
        _ => lengths.iter().map(|length| length.div_ceil(4).saturating_mul(4)).fold(0, u64::saturating_add),
    }
}

/// Bytes of the values of one record of one variable.
fn record_bytes(variable: &Variable) -> u64 {
    variable.shape[1..].iter().fold(variable.of.size() as u64, |bytes, &length| bytes.saturating_mul(length as u64))
}

impl<R: Read> Reader<'_, R> {
    fn bytes(&mut self, count: u64) -> Result<Vec<u8>> {
        if count > self.left {
            return Err(damaged("it is longer than the file"));
        }
        self.left -= count;
        let length = usize::try_from(count).map_err(|_| damaged("a length"))?;
        let mut bytes = vec![0; length];
        self.source
            .read_exact(&mut bytes)
            .map_err(|error| Error::with_source(ErrorKind::Damaged, "its netCDF header ends too early", error))?;
        Ok(bytes)
    }

    /// Bytes that are followed by zeros up to a multiple of four.
    fn padded(&mut self, count: u64) -> Result<Vec<u8>> {
        let bytes = self.bytes(count)?;
        // The last value of a file that ends there may lack its padding.
        let padding = (count.wrapping_neg() % 4).min(self.left);
        self.bytes(padding)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32> {
        let bytes = self.bytes(4)?;
        Ok(bytes.iter().fold(0, |number, &byte| number << 8 | u32::from(byte)))
    }

    fn u64(&mut self) -> Result<u64> {
        Ok(u64::from(self.u32()?) << 32 | u64::from(self.u32()?))
    }

    /// A count or a length, 64 bits wide in CDF-5.
    fn count(&mut self) -> Result<u64> {
        if self.version == 5 { self.u64() } else { self.u32().map(u64::from) }
    }

    fn record_count(&mut self) -> Result<Option<u64>> {
        let count = self.count()?;
        let unknown = if self.version == 5 { u64::MAX } else { u32::MAX.into() };
        Ok((count != unknown).then_some(count))
    }

    /// The number of elements of a list whose tag is `tag`, each of which takes `least` bytes or more.
    fn list(&mut self, tag: u32, least: u64, what: &str) -> Result<u64> {
        let (found, count) = (self.u32()?, self.count()?);
        match found {
            0 if count == 0 => Ok(0),
            found if found != tag => Err(damaged(&format!("the list of {what} begins with {found}"))),
            _ if count.saturating_mul(least) > self.left => Err(damaged(&format!("{count} {what}"))),
            _ => Ok(count),
        }
    }

    fn name(&mut self) -> Result<String> {
        let length = self.count()?;
        Ok(latin_or_utf8(&self.padded(length)?))
    }

    fn dimensions(&mut self) -> Result<Vec<Dimension>> {
        let count = self.list(0x0A, 8, "dimensions")?;
        (0..count).map(|_| Ok(Dimension { name: self.name()?, length: self.count()? })).collect()
    }

    fn file_type(&mut self) -> Result<FileType> {
        Ok(match self.u32()? {
            1 => FileType::I8,
            2 => FileType::Char,
            3 => FileType::I16,
            4 => FileType::I32,
            5 => FileType::F32,
            6 => FileType::F64,
            7 => FileType::U8,
            8 => FileType::U16,
            9 => FileType::U32,
            10 => FileType::I64,
            11 => FileType::U64,
            other => return Err(damaged(&format!("there is no type {other}"))),
        })
    }

    fn attributes(&mut self) -> Result<GivenAttrs> {
        let count = self.list(0x0C, 12, "attributes")?;
        (0..count)
            .map(|_| {
                let name = self.name()?;
                let of = self.file_type()?;
                let count = self.count()?;
                let bytes = count.checked_mul(of.size() as u64).ok_or_else(|| damaged("an attribute's length"))?;
                Ok((name, attribute(of, &self.padded(bytes)?)))
            })
            .collect()
    }

    /// Each with whether its first dimension is the one that can grow.
    fn variables(&mut self, dimensions: &[Dimension]) -> Result<Vec<(Variable, bool)>> {
        let count = self.list(0x0B, 28, "variables")?;
        (0..count)
            .map(|_| {
                let name = self.name()?;
                let rank = self.count()?;
                if rank > MOST_DIMENSIONS_OF_A_VARIABLE {
                    return Err(damaged(&format!("a variable of {rank} dimensions")));
                }
                let (mut dims, mut shape, mut grows) = (Vec::new(), Vec::new(), false);
                for axis in 0..rank {
                    let number = usize::try_from(self.count()?).unwrap_or(usize::MAX);
                    let dimension = dimensions.get(number).ok_or_else(|| damaged("a dimension that is not there"))?;
                    grows |= axis == 0 && dimension.length == 0;
                    dims.push(dimension.name.clone());
                    shape.push(usize::try_from(dimension.length).map_err(|_| damaged("the length of a dimension"))?);
                }
                let attrs = self.attributes()?;
                let of = self.file_type()?;
                self.count()?; // The size, which follows from the shape; it is wrong for large variables.
                let begin = if self.version == 1 { self.u32()?.into() } else { self.u64()? };
                Ok((Variable { name, of, dims, shape, attrs, begin, record: None }, grows))
            })
            .collect()
    }
}

fn attribute(of: FileType, bytes: &[u8]) -> Given {
    let chunks = || bytes.chunks_exact(of.size().max(1));
    // Each chunk has the length of its type, so the conversion into an array cannot fail.
    let integers = |number: &dyn Fn(&[u8]) -> i64| Given::Integers(chunks().map(number).collect(), of);
    match of {
        FileType::F32 => Given::Floats(chunks().map(|b| f32::from_be_bytes(fixed(b)).into()).collect(), of),
        FileType::F64 => Given::Floats(chunks().map(|b| f64::from_be_bytes(fixed(b))).collect(), of),
        FileType::I8 => integers(&|b| i8::from_be_bytes(fixed(b)).into()),
        FileType::U8 => integers(&|b| u8::from_be_bytes(fixed(b)).into()),
        FileType::I16 => integers(&|b| i16::from_be_bytes(fixed(b)).into()),
        FileType::U16 => integers(&|b| u16::from_be_bytes(fixed(b)).into()),
        FileType::I32 => integers(&|b| i32::from_be_bytes(fixed(b)).into()),
        FileType::U32 => integers(&|b| u32::from_be_bytes(fixed(b)).into()),
        FileType::I64 => integers(&|b| i64::from_be_bytes(fixed(b))),
        FileType::U64 => unsigned(&chunks().map(|b| u64::from_be_bytes(fixed(b))).collect::<Vec<u64>>()),
        // Some programs count the zero byte at the end of a text.
        _ => Given::Text(latin_or_utf8(bytes).trim_end_matches('\0').to_owned()),
    }
}

/// The bytes as an array; zeros if there are too few.
pub(super) fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().unwrap_or([0; N])
}
