//! The structure of a TIFF file: its header and the first directory of tags, read with a few small reads.
//!
//! Both byte orders, classic and BigTIFF. Numbers in a damaged file may be anything, so every one is checked before it
//! is used as a place or a size, and nothing is allocated for what a file merely claims to hold.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

/// The most tags that a directory is believed to have.
const MOST_TAGS: u64 = 4096;

/// Why a file is not read here, in a few words.
pub(super) type Refusal = &'static str;

/// The order of the bytes of a number in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    /// Whether the file's order is the processor's.
    pub fn is_native(self) -> bool {
        self == if cfg!(target_endian = "big") { Self::Big } else { Self::Little }
    }

    fn number(self, bytes: &[u8]) -> u64 {
        let fold = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        match self {
            Self::Big => bytes.iter().fold(0, fold),
            Self::Little => bytes.iter().rev().fold(0, fold),
        }
    }
}

/// A file that begins as a TIFF does.
#[derive(Debug)]
pub(super) struct Tiff {
    file: File,
    length: u64,
    order: ByteOrder,
    tags: Vec<Tag>,
}

/// One entry of the directory.
#[derive(Debug, Clone, Copy)]
struct Tag {
    number: u16,
    /// Bytes of each value, of a type of whole numbers; 0 for all other types.
    width: u64,
    count: u64,
    /// Where the values are in the file.
    at: u64,
}

/// Some whole numbers in the file, one for each strip or tile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers(Tag);

impl Numbers {
    pub fn len(self) -> u64 {
        self.0.count
    }
}

impl Tiff {
    /// Reads the header and the first directory.
    ///
    /// # Errors
    /// When it is no TIFF file, or a damaged one.
    pub fn open(file: File) -> Result<Self, Refusal> {
        const DAMAGED: Refusal = "a directory that cannot be read";
        let about = file.metadata().map_err(|_| DAMAGED)?;
        if !about.is_file() {
            return Err("not a plain file");
        }
        let mut tiff = Self { file, length: about.len(), order: ByteOrder::Little, tags: Vec::new() };
        let mut header = [0; 16];
        // A classic file may be shorter than the header of a BigTIFF.
        let header = &mut header[..about.len().min(16) as usize];
        tiff.read(0, header).map_err(|_| DAMAGED)?;
        tiff.order = match header.get(..2) {
            Some(b"II") => ByteOrder::Little,
            Some(b"MM") => ByteOrder::Big,
            _ => return Err("not a TIFF file"),
        };
        let number = |range: std::ops::Range<usize>| header.get(range).map(|bytes| tiff.order.number(bytes));
        let (big, directory) = match (number(2..4), number(4..8)) {
            (Some(42), Some(at)) => (false, at),
            // Offsets of 8 bytes, and two bytes of zero.
            (Some(43), Some(_)) if number(4..6) == Some(8) && number(6..8) == Some(0) => {
                (true, number(8..16).ok_or(DAMAGED)?)
            }
            _ => return Err("not a TIFF file"),
        };
        tiff.tags = tiff.directory(directory, big).ok_or(DAMAGED)?;
        Ok(tiff)
    }

    /// The tags of the directory at `at`.
    fn directory(&self, at: u64, big: bool) -> Option<Vec<Tag>> {
        // Bytes of the count of tags, of one tag, and of the count and the place of its values.
        let (counter, entry, word) = if big { (8, 20, 8) } else { (2, 12, 4) };
        let mut count = [0; 8];
        self.read(at, &mut count[..counter]).ok()?;
        let count = self.order.number(&count[..counter]);
        if count > MOST_TAGS {
            return None;
        }
        let mut entries = vec![0; count as usize * entry];
        let first = at.checked_add(counter as u64)?;
        self.read(first, &mut entries).ok()?;
        let tag = |(n, bytes): (usize, &[u8])| {
            let number = |from: usize, length: usize| self.order.number(&bytes[from..from + length]);
            let width = match number(2, 2) {
                3 => 2,
                4 => 4,
                16 => 8,
                _ => 0,
            };
            let values = number(4, word);
            // Values that fit stand where the place of others would.
            let inside = width > 0 && values.checked_mul(width).is_some_and(|bytes| bytes <= word as u64);
            let place = first + (n * entry + 4 + word) as u64;
            let at = if inside { place } else { number(4 + word, word) };
            Tag { number: number(0, 2) as u16, width, count: values, at }
        };
        Some(entries.chunks_exact(entry).enumerate().map(tag).collect())
    }

    pub fn order(&self) -> ByteOrder {
        self.order
    }

    /// Bytes of the file.
    pub fn length(&self) -> u64 {
        self.length
    }

    pub fn has(&self, number: u16) -> bool {
        self.tags.iter().any(|tag| tag.number == number)
    }

    /// The values of a tag as a place to read them from.
    ///
    /// # Errors
    /// When the tag is there twice, or holds something else than whole numbers.
    pub fn numbers(&self, number: u16) -> Result<Option<Numbers>, Refusal> {
        let mut found = self.tags.iter().filter(|tag| tag.number == number);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(tag), None) if tag.width > 0 => Ok(Some(Numbers(*tag))),
            _ => Err("unusual tags"),
        }
    }

    /// The text of a tag, if it is there, is text of at most `most` bytes, and can be read.
    pub fn text(&self, number: u16, most: u64) -> Option<String> {
        let tag = self.tags.iter().find(|tag| tag.number == number)?;
        // A shorter one stands in the directory itself, in place of its place.
        if tag.width != 0 || tag.count <= 8 || tag.count > most {
            return None;
        }
        let mut bytes = vec![0; tag.count as usize];
        self.read(tag.at, &mut bytes).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        Some(text.trim_end_matches('\0').trim().to_owned())
    }

    /// The value of a tag that has one, or `default`; where there are several, they must be the same.
    ///
    /// # Errors
    /// As [`numbers`](Self::numbers), when there are none, many or different ones, or they cannot be read.
    pub fn number(&self, number: u16, default: u64) -> Result<u64, Refusal> {
        const ODD: Refusal = "unusual tags";
        let Some(numbers) = self.numbers(number)? else { return Ok(default) };
        if numbers.len() == 0 || numbers.len() > MOST_TAGS {
            return Err(ODD);
        }
        let mut values = Vec::new();
        self.values(numbers, 0..numbers.len(), &mut values).map_err(|_| ODD)?;
        if values.iter().any(|&value| value != values[0]) {
            return Err("bands of different types");
        }
        Ok(values[0])
    }

    /// Appends some of the values to `values`.
    ///
    /// # Errors
    /// When they are not in the file, or it cannot be read.
    pub fn values(&self, Numbers(tag): Numbers, range: std::ops::Range<u64>, values: &mut Vec<u64>) -> io::Result<()> {
        let outside = || io::Error::from(io::ErrorKind::UnexpectedEof);
        if range.start > range.end || range.end > tag.count {
            return Err(outside());
        }
        let start =
            range.start.checked_mul(tag.width).and_then(|bytes| tag.at.checked_add(bytes)).ok_or_else(outside)?;
        let bytes = (range.end - range.start).checked_mul(tag.width).ok_or_else(outside)?;
        // Before memory is taken for them.
        if start.checked_add(bytes).is_none_or(|end| end > self.length) {
            return Err(outside());
        }
        let mut raw = vec![0; bytes as usize];
        self.read(start, &mut raw)?;
        values.extend(raw.chunks_exact(tag.width as usize).map(|bytes| self.order.number(bytes)));
        Ok(())
    }

    /// Fills `bytes` from the place `at`.
    ///
    /// # Errors
    /// When the file ends before, or cannot be read.
    // Read, not mapped: a mapped file that somebody truncates ends the process.
    pub fn read(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(bytes, at)
    }
}
