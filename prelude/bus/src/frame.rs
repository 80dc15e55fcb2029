//! Frames: the length of a message in bytes (`u32`, little endian), then the message as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::io::{self, Read, Write};

/// Bytes that pieces keep room for.
const ROOMY: usize = 1 << 20;
/// Bytes of the length in front of each frame.
const HEAD: usize = 4;
/// How much is told of a frame that is no message, in characters.
const TOLD: usize = 200;

/// A frame that is whole but no message of the wanted type, inside the [`io::Error`] that says so. The next one can be read.
#[derive(Debug)]
pub struct Malformed {
    /// The beginning of the frame.
    text: String,
    error: serde_json::Error,
}

impl Malformed {
    /// What is wrong with the frame, if that and not the stream is what `error` is about.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    fn error(frame: &[u8], error: serde_json::Error) -> io::Error {
        let characters = String::from_utf8_lossy(&frame[..frame.len().min(4 * TOLD)]);
        let text = characters.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TOLD).collect();
        io::Error::new(io::ErrorKind::InvalidData, Self { text, error })
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a frame that is no message ({}): {}", self.error, self.text)
    }
}

impl std::error::Error for Malformed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

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
/// Those of the stream; and a frame that is no `T` ([`Malformed`]), after which the next one can be read.
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
    message(&body).map(Some)
}

fn message<T: DeserializeOwned>(frame: &[u8]) -> io::Result<T> {
    serde_json::from_slice(frame).map_err(|error| Malformed::error(frame, error))
}

/// Frames put together from the pieces in which they come.
#[derive(Debug, Default)]
pub struct Pieces(Vec<u8>);

impl Pieces {
    /// Takes what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// The next frame that is whole; an error ([`Malformed`]) is about this one alone.
    pub fn take<T: DeserializeOwned>(&mut self) -> Option<io::Result<T>> {
        let (head, rest) = self.0.split_at_checked(HEAD)?;
        let length = u32::from_le_bytes(head.try_into().ok()?) as usize;
        let message = message(rest.get(..length)?);
        self.0.drain(..HEAD + length);
        // One large message must not keep its memory.
        if self.0.capacity() > ROOMY && self.0.len() < ROOMY {
            self.0.shrink_to(ROOMY);
        }
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
        let error = read::<String>(&mut stream).unwrap_err();
        let malformed = Malformed::of(&error).expect("of another type").to_string();
        assert!(malformed.contains("[2.5]") && malformed.contains("expected a string"), "{malformed}");
        assert_eq!(read::<String>(&mut stream).unwrap(), None);
    }

    #[test]
    fn a_length_that_lies_takes_no_memory() {
        assert_eq!(read::<String>(&mut b"\xff\xff\xff\xff\"".as_slice()).unwrap(), None);
    }

    #[test]
    fn an_error_of_the_stream_is_no_malformed_frame() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::InvalidData.into())
            }
        }
        assert!(Malformed::of(&read::<String>(&mut Broken).unwrap_err()).is_none());
    }

    #[test]
    fn little_is_told_of_a_long_frame() {
        let frame = encode(&vec!["\u{e4}\n"; 1_000_000]).unwrap();
        let error = read::<String>(&mut frame.as_slice()).unwrap_err();
        assert!(error.to_string().chars().count() < 2 * TOLD, "{error}");
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
