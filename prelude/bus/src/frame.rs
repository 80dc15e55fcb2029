//! Frames: the length of a message in bytes (`u32`, little endian), then the message as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Read, Write};

/// Bytes of the length in front of each frame.
const HEAD: usize = 4;

/// The frame of `message`.
///
/// # Errors
/// If it cannot be JSON, or is longer than 4 GiB.
pub fn encode(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; HEAD];
    serde_json::to_writer(&mut frame, message)?;
    let length = u32::try_from(frame.len() - HEAD).map_err(|_| io::Error::other("a message of more than 4 GiB"))?;
    frame[..HEAD].copy_from_slice(&length.to_le_bytes());
    Ok(frame)
}

/// Writes one frame, in one piece where the stream takes it so.
///
/// # Errors
/// Those of [`encode`] and of the stream.
pub fn write(stream: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    stream.write_all(&encode(message)?)
}

/// Reads one frame. `None` where the stream ends.
///
/// # Errors
/// Those of the stream; and a frame that is no `T`, after which the next one can be read.
pub fn read<T: DeserializeOwned>(stream: &mut impl Read) -> io::Result<Option<T>> {
    let mut head = [0; HEAD];
    match stream.read_exact(&mut head) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut body = Vec::new();
    let length = u64::from(u32::from_le_bytes(head));
    // Read as it comes: a length that lies must not take memory.
    stream.take(length).read_to_end(&mut body)?;
    if body.len() as u64 != length {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&body)?))
}

/// Frames put together from the pieces in which they come.
#[derive(Debug, Default)]
pub struct Pieces(Vec<u8>);

impl Pieces {
    /// Takes what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// The next frame that is whole; an error is about this one alone.
    pub fn take<T: DeserializeOwned>(&mut self) -> Option<io::Result<T>> {
        let (head, rest) = self.0.split_at_checked(HEAD)?;
        let length = u32::from_le_bytes(head.try_into().ok()?) as usize;
        let message = serde_json::from_slice(rest.get(..length)?).map_err(io::Error::from);
        self.0.drain(..HEAD + length);
        Some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut stream = Vec::new();
        write(&mut stream, &(1, "a")).unwrap();
        write(&mut stream, &vec![2.5]).unwrap();
        let mut stream = stream.as_slice();
        assert_eq!(read::<(i32, String)>(&mut stream).unwrap(), Some((1, "a".to_owned())));
        assert!(read::<String>(&mut stream).is_err(), "of another type");
        assert_eq!(read::<String>(&mut stream).unwrap(), None);
    }

    #[test]
    fn a_length_that_lies_takes_no_memory() {
        assert_eq!(read::<String>(&mut b"\xff\xff\xff\xff\"".as_slice()).unwrap(), None);
    }

    #[test]
    fn frames_are_put_together_from_pieces() {
        let mut pieces = Pieces::default();
        let mut next = |bytes: &[u8]| {
            pieces.push(bytes);
            pieces.take::<String>().map(Result::ok)
        };
        assert_eq!(next(&[2, 0, 0]), None);
        assert_eq!(next(b"\0\"\"\x02\0\0\0\""), Some(Some(String::new())));
        assert_eq!(next(b""), None);
        assert_eq!(next(b"a\x02\0\0\0\"\""), Some(None), "no JSON");
        assert_eq!(next(b""), Some(Some(String::new())));
    }
}
