//! Where the messages of a file are, and their sections.
//!
//! Messages follow each other, but writers leave zeros between them, and archives put a line of text before each. So a
//! message is looked for by its first four letters, and counts as one only if its length leads to the four sevens that
//! end it.

use super::bytes::Bytes;
use crate::disk::shown;
use crate::{Error, ErrorKind, Result};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// Bytes looked through at once for the next message.
const BLOCK: usize = 64 << 10;
/// No header section is longer; only values and bitmaps are, and those are not read here.
const LONGEST_HEADER: u64 = 16 << 20;

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Extent {
    pub(super) offset: u64,
    pub(super) length: u64,
}

impl Extent {
    /// All but the first bytes.
    pub(super) fn skip(self, bytes: u64) -> Self {
        Self { offset: self.offset + bytes, length: self.length.saturating_sub(bytes) }
    }
}

/// One message: its number counts from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) number: usize,
    pub(super) extent: Extent,
    pub(super) edition: u8,
}

impl Message {
    /// An error that says where the message is.
    pub(super) fn damaged(&self, what: impl std::fmt::Display) -> Error {
        damaged(self.number, self.extent.offset, what)
    }
}

pub(super) fn damaged(number: usize, offset: u64, what: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Damaged, format!("message {number}, at byte {offset}: {what}"))
}

/// Bytes of a file that were read to look through them.
#[derive(Debug, Default)]
struct Block {
    offset: u64,
    bytes: Vec<u8>,
}

impl Block {
    /// Those from a place in the file on; none if it lies elsewhere.
    fn after(&self, at: u64) -> &[u8] {
        let inside = at.checked_sub(self.offset).and_then(|inside| usize::try_from(inside).ok());
        inside.and_then(|inside| self.bytes.get(inside..)).unwrap_or(&[])
    }
}

/// A GRIB file that is read by parts.
#[derive(Debug)]
pub(super) struct Reader {
    file: File,
    path: PathBuf,
    length: u64,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let failed = |error: std::io::Error| Error::new(ErrorKind::Io, format!("{}: {error}", shown(path)));
        let file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        Ok(Self { file, path: path.to_owned(), length })
    }

    /// The bytes of a part of the file, which lies inside it.
    ///
    /// # Errors
    /// If the part goes beyond the end, or the disk fails.
    pub(super) fn bytes(&self, part: Extent) -> Result<Vec<u8>> {
        let ends = part.offset.checked_add(part.length).is_some_and(|end| end <= self.length);
        let length = usize::try_from(part.length).ok().filter(|_| ends).ok_or_else(|| {
            Error::new(
                ErrorKind::Damaged,
                format!("{} ends at byte {}: it is cut short", shown(&self.path), self.length),
            )
        })?;
        let mut bytes = vec![0; length];
        self.file
            .read_exact_at(&mut bytes, part.offset)
            .map_err(|error| Error::new(ErrorKind::Io, format!("{}: {error}", shown(&self.path))))?;
        Ok(bytes)
    }

    /// A section with headers.
    pub(super) fn header(&self, part: Extent) -> Result<Vec<u8>> {
        if part.length > LONGEST_HEADER {
            return Err(Error::new(ErrorKind::Damaged, format!("a header of {} bytes", part.length)));
        }
        self.bytes(part)
    }

    /// The first bytes of a part, as many as there are of `length`.
    pub(super) fn start(&self, part: Extent, length: u64) -> Result<Vec<u8>> {
        self.bytes(Extent { offset: part.offset, length: part.length.min(length) })
    }

    /// The messages and, for each part that looks like one and is none, why.
    pub(super) fn messages(&self) -> Result<Vec<Result<Message>>> {
        let mut found = Vec::new();
        let mut at = 0;
        let mut block = Block::default();
        while let Some(offset) = self.next_start(at, &mut block)? {
            let number = found.len() + 1;
            let expected = at == offset;
            match self.message(number, offset)? {
                Ok(message) => {
                    at = offset + message.extent.length;
                    found.push(Ok(message));
                }
                Err(reason) => {
                    let edition = self.start(Extent { offset, length: self.length - offset }, 8)?.get(7).copied();
                    // Four letters anywhere in other bytes are a coincidence.
                    if expected || matches!(edition, Some(1 | 2)) {
                        found.push(Err(damaged(number, offset, reason)));
                    }
                    at = offset + 4;
                }
            }
        }
        Ok(found)
    }

    /// Where the four letters are next. Bytes that were looked through stay in `block`: there may be many false starts.
    fn next_start(&self, from: u64, block: &mut Block) -> Result<Option<u64>> {
        let at_once = block.after(from).is_empty() && from + 4 <= self.length;
        if at_once && self.bytes(Extent { offset: from, length: 4 })? == b"GRIB" {
            return Ok(Some(from));
        }
        let mut at = from;
        while at < self.length {
            let rest = block.after(at).len();
            let ends = rest > 0 && block.offset + block.bytes.len() as u64 == self.length;
            if rest < 4 && !ends {
                block.bytes = self.start(Extent { offset: at, length: self.length - at }, BLOCK as u64)?;
                block.offset = at;
            }
            let rest = block.after(at);
            if let Some(inside) = rest.windows(4).position(|four| four == b"GRIB") {
                return Ok(Some(at + inside as u64));
            }
            if at + rest.len() as u64 >= self.length {
                break;
            }
            // The letters may lie across the end of a block.
            at += rest.len() as u64 - 3;
        }
        Ok(None)
    }

    fn message(&self, number: usize, offset: u64) -> Result<Result<Message, String>> {
        let head = self.start(Extent { offset, length: self.length - offset }, 16)?;
        let head = Bytes(&head);
        let (Some(edition), Some(short)) = (head.u8(7), head.u24(4)) else {
            return Ok(Err("the file ends within its first bytes".to_owned()));
        };
        let length = match edition {
            1 if short & 0x80_0000 != 0 => match self.long_edition1(offset, u64::from(short & 0x7f_ffff)) {
                Ok(Some(length)) => length,
                Ok(None) | Err(_) => return Ok(Err("its length leads nowhere".to_owned())),
            },
            1 => short.into(),
            2 => match head.slice(8, 8).and_then(|bytes| bytes.try_into().ok()) {
                Some(bytes) => u64::from_be_bytes(bytes),
                None => return Ok(Err("the file ends within its first bytes".to_owned())),
            },
            other => return Ok(Err(format!("edition {other} of GRIB, where 1 and 2 are known"))),
        };
        if length < 16 || offset.checked_add(length).is_none_or(|end| end > self.length) {
            return Ok(Err(format!("it says that it has {length} bytes, and the file has {}", self.length - offset)));
        }
        let end = self.bytes(Extent { offset: offset + length - 4, length: 4 })?;
        if end != b"7777" {
            return Ok(Err(
                "its end is not where it says: the file is damaged or was changed as if it were text".to_owned()
            ));
        }
        Ok(Ok(Message { number, extent: Extent { offset, length }, edition }))
    }

    /// Edition 1 counts up to 8 MB. ECMWF marks larger messages: the length is in units of 120 bytes, and the length of
    /// the section with the values says by how much that is too much.
    fn long_edition1(&self, offset: u64, units: u64) -> Result<Option<u64>> {
        let parts = edition1_sections(self, Extent { offset, length: self.length - offset })?;
        let excess = self.bytes(Extent { length: 3, ..parts.values })?;
        let Some(excess) = Bytes(&excess).u24(0).filter(|&excess| excess < 120) else { return Ok(None) };
        Ok((units * 120 + 4).checked_sub(excess.into()))
    }
}

/// The sections of a message of edition 1.
#[derive(Debug)]
pub(super) struct Edition1 {
    pub(super) product: Extent,
    pub(super) grid: Option<Extent>,
    pub(super) bitmap: Option<Extent>,
    /// From its first byte to the end of the message, without the sevens.
    pub(super) values: Extent,
}

pub(super) fn edition1_sections(reader: &Reader, message: Extent) -> Result<Edition1> {
    let end = message.offset + message.length;
    let mut at = message.offset + 8;
    let mut next = || -> Result<Extent> {
        let head = reader.bytes(Extent { offset: at, length: 3 })?;
        let length = u64::from(Bytes(&head).u24(0).unwrap_or(0));
        let part = Extent { offset: at, length };
        at += length;
        if length < 6 || at > end {
            return Err(Error::new(ErrorKind::Damaged, format!("a section of {length} bytes")));
        }
        Ok(part)
    };
    let product = next()?;
    let flags = reader.bytes(Extent { offset: product.offset + 7, length: 1 })?[0];
    let grid = if flags & 0x80 != 0 { Some(next()?) } else { None };
    let bitmap = if flags & 0x40 != 0 { Some(next()?) } else { None };
    let length = end.saturating_sub(4).checked_sub(at).filter(|&length| length >= 11);
    let length = length.ok_or_else(|| Error::new(ErrorKind::Damaged, "there are no values"))?;
    Ok(Edition1 { product, grid, bitmap, values: Extent { offset: at, length } })
}

/// A section of a message of edition 2.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section {
    pub(super) number: u8,
    pub(super) extent: Extent,
}

pub(super) fn edition2_sections(reader: &Reader, message: Extent) -> Result<Vec<Section>> {
    let end = message.offset + message.length - 4;
    let mut at = message.offset + 16;
    let mut sections = Vec::new();
    while at < end {
        let head = reader.start(Extent { offset: at, length: end - at }, 5)?;
        let (Some(length), Some(number)) = (Bytes(&head).u32(0), Bytes(&head).u8(4)) else {
            return Err(Error::new(ErrorKind::Damaged, format!("{} bytes follow the last section", end - at)));
        };
        let length = u64::from(length);
        if length < 5 || length > end - at || !(1..=7).contains(&number) {
            return Err(Error::new(ErrorKind::Damaged, format!("section {number} of {length} bytes")));
        }
        sections.push(Section { number, extent: Extent { offset: at, length } });
        at += length;
    }
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_found_wherever_they_lie_and_blocks_are_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letters");
        let mut bytes = vec![0u8; 3 * BLOCK + 2];
        // One after the other, across the end of a block, and at the end of the file.
        let mut places: Vec<usize> = (0..1000).map(|n| 4 * n).collect();
        places.extend([BLOCK - 2, BLOCK + 7, 2 * BLOCK - 1, 3 * BLOCK - 2]);
        places.iter().for_each(|&at| bytes[at..at + 4].copy_from_slice(b"GRIB"));
        std::fs::write(&path, &bytes).unwrap();
        let reader = Reader::open(&path).unwrap();
        let (mut block, mut found, mut at, mut blocks) = (Block::default(), Vec::new(), 0, Vec::new());
        while let Some(place) = reader.next_start(at, &mut block).unwrap() {
            found.push(place as usize);
            at = place + 1;
            if !block.bytes.is_empty() && blocks.last() != Some(&block.offset) {
                blocks.push(block.offset);
            }
        }
        assert_eq!(found, places);
        assert!(blocks.len() <= 5, "{blocks:?}");
    }
}
