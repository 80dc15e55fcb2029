//! Windows against the whole, records, and twenty thousand damaged files: an error or values, never a panic, and no more
//! memory than the file is long.

use super::header::{self, Header};
use super::read;
use crate::files::file_type::FileType;
use allocation_counter::measure;
use fastrand::Rng;
use std::fs::{self, File};
use std::ops::Range;
use std::path::PathBuf;

const MUTANTS: u64 = 20_000;
/// Bytes of memory for a byte of the file: names are kept twice, small integers get wider, and texts are pointers.
const MEMORY_FACTOR: u64 = 64;
/// What any reading takes.
const MEMORY_BASE: u64 = 256 << 10;

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn parse(bytes: &[u8]) -> crate::Result<Header> {
    header::parse(&mut &bytes[..], bytes.len() as u64)
}

fn some(length: usize, random: &mut Rng) -> Range<usize> {
    let start = random.usize(0..=length);
    start..random.usize(start..=length)
}

#[test]
fn a_window_is_the_part_of_the_whole() {
    let mut random = Rng::with_seed(1);
    for name in ["odd3.nc", "text5.nc", "eraint_cut.nc"] {
        let file = File::open(data(name)).unwrap();
        let header = parse(&fs::read(data(name)).unwrap()).unwrap();
        for variable in &header.variables {
            let size = variable.of.size();
            let all: Vec<Range<usize>> = variable.shape.iter().map(|&length| 0..length).collect();
            let whole = read::bytes(&file, variable, &all).unwrap();
            assert_eq!(whole.len(), variable.shape.iter().product::<usize>() * size, "{}", variable.name);
            for _ in 0..30 {
                let window: Vec<Range<usize>> =
                    variable.shape.iter().map(|&length| some(length, &mut random)).collect();
                let mut expected = Vec::new();
                for at in 0..whole.len() / size {
                    let mut rest = at;
                    let mut index = vec![0; variable.shape.len()];
                    for (index, &length) in index.iter_mut().zip(&variable.shape).rev() {
                        (*index, rest) = (rest % length, rest / length);
                    }
                    if window.iter().zip(&index).all(|(range, index)| range.contains(index)) {
                        expected.extend_from_slice(&whole[at * size..(at + 1) * size]);
                    }
                }
                let got = read::bytes(&file, variable, &window).unwrap();
                assert!(got == expected, "{name} {} {window:?}", variable.name);
            }
        }
    }
}

// The netCDF library: a count of records of all ones means that the length of the file tells it.
#[test]
fn records_that_were_not_counted_are_counted_by_the_length_of_the_file() {
    let mut bytes = fs::read(data("odd3.nc")).unwrap();
    let counted = parse(&bytes).unwrap();
    bytes[4..8].fill(0xFF);
    assert_eq!(parse(&bytes).unwrap(), counted);
}

#[test]
fn a_record_variable_that_is_alone_is_not_padded() {
    // One variable of three bytes a record, two records.
    let mut bytes = b"CDF\x01\0\0\0\x02".to_vec();
    let word = |number: u32| number.to_be_bytes();
    for number in [0x0A, 2] {
        bytes.extend(word(number));
    }
    for (name, length) in [(b"t\0\0\0", 0), (b"x\0\0\0", 3)] {
        bytes.extend(word(1));
        bytes.extend(name);
        bytes.extend(word(length));
    }
    bytes.extend([0; 8]);
    bytes.extend(
        [word(0x0B), word(1), word(1), *b"a\0\0\0", word(2), word(0), word(1), word(0), word(0), word(1)].concat(),
    );
    bytes.extend(word(8));
    let begin = bytes.len() as u32 + 4;
    bytes.extend(word(begin));
    bytes.extend([1, 2, 3, 4, 5, 6]);
    let header = parse(&bytes).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.nc"), &bytes).unwrap();
    let file = File::open(folder.path().join("a.nc")).unwrap();
    assert_eq!(read::bytes(&file, &header.variables[0], &[0..2, 0..3]).unwrap(), [1, 2, 3, 4, 5, 6]);
}

fn damage(base: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut bytes = base.to_vec();
    for _ in 0..random.usize(1..=3) {
        let length = bytes.len();
        match random.u8(0..8) {
            0 => bytes.truncate(random.usize(1..=length)),
            1..=3 => bytes[random.usize(0..length)] ^= 1 << random.u8(0..8),
            4..=6 if length > 16 => {
                let numbers = [0, 1, 4, 5, 11, 255, 1 << 16, (1 << 31) - 1, 1 << 31, u32::MAX, length as u32];
                let at = random.usize(0..(length - 4) / 4) * 4;
                bytes[at..at + 4].copy_from_slice(&numbers[random.usize(0..numbers.len())].to_be_bytes());
            }
            _ => {
                let from = random.usize(0..length);
                let to = (from + random.usize(1..40)).min(length);
                bytes.drain(from..to);
            }
        }
        if bytes.len() < 8 {
            break;
        }
    }
    bytes
}

#[test]
fn twenty_thousand_damaged_files_are_values_or_an_error_within_their_own_length() {
    let bases: Vec<Vec<u8>> =
        ["text3.nc", "text5.nc", "odd3.nc", "conventions3.nc"].map(|name| fs::read(data(name)).unwrap()).to_vec();
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let path = folder.path().join("mutant.nc");
    let (mut refused, mut read) = (0, 0);
    for number in 0..MUTANTS {
        let mut random = Rng::with_seed(number);
        let bytes = damage(&bases[number as usize % bases.len()], &mut random);
        fs::write(&path, &bytes).unwrap();
        let file = File::open(&path).unwrap();
        let (mut header, mut values) = (None, 0);
        let used = measure(|| {
            header = parse(&bytes).ok();
            for variable in header.iter().flat_map(|header| &header.variables) {
                let all: Vec<Range<usize>> = variable.shape.iter().map(|&length| 0..length).collect();
                let got = match variable.of {
                    FileType::Char => read::bytes(&file, variable, &all).is_ok(),
                    _ => read::window(&file, variable, &all).is_ok(),
                };
                values += u64::from(got);
            }
        });
        let limit = MEMORY_BASE + MEMORY_FACTOR * bytes.len() as u64;
        assert!(used.bytes_max <= limit, "mutant {number}: {} bytes of memory, {limit} may be", used.bytes_max);
        if header.is_none() { refused += 1 } else { read += values }
    }
    assert!(refused > MUTANTS / 20 && read > MUTANTS, "{refused} refused, {read} variables read");
}
