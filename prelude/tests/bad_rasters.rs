//! GeoTIFFs that lie: about sizes, places, counts, and what their strips unpack to. A user gets GDAL's answer or an error,
//! and neither takes memory beyond the declared image. That is looked up in the system's books, which count for the
//! whole process, hence a process and one test for all of them.

use gdal::Dataset;
use isopleth::raster::{Decoder, Raster};
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

/// What any of the files may take: they declare less than 2 MB, and GDAL has caches of its own.
const LIMIT: u64 = 48 << 20;
/// What the bombs unpack to.
const BOMB: u64 = 1 << 30;

const SHORT: u16 = 3;
const LONG: u16 = 4;
const LONG8: u16 = 16;

/// A field of the directory: type, how many values it claims, and those that it has.
#[derive(Clone)]
struct Field(u16, u64, Vec<u64>);

fn one(kind: u16, value: u64) -> Field {
    Field(kind, 1, vec![value])
}

fn list(kind: u16, values: impl Into<Vec<u64>>) -> Field {
    let values = values.into();
    Field(kind, values.len() as u64, values)
}

/// A file of unsigned bytes, one strip or tile after the other, whose fields can be replaced by lies.
#[derive(Clone)]
struct Tiff {
    big: bool,
    fields: Vec<(u16, Field)>,
    /// Begins at byte 16.
    data: Vec<u8>,
    /// Where the header says that the directory is, if not where it is.
    directory: Option<u64>,
    /// How many fields the directory claims to have, if not as many as it has.
    count: Option<u64>,
    /// Where the next directory is.
    next: u64,
}

const DATA: u64 = 16;

impl Tiff {
    /// One strip for the whole image.
    fn new(width: u64, height: u64, compression: u64, data: Vec<u8>) -> Self {
        let fields = vec![
            (256, one(LONG, width)),
            (257, one(LONG, height)),
            (258, one(SHORT, 8)),
            (259, one(SHORT, compression)),
            (262, one(SHORT, 1)),
            (273, one(LONG, DATA)),
            (277, one(SHORT, 1)),
            (278, one(LONG, height)),
            (279, one(LONG, data.len() as u64)),
        ];
        Self { big: false, fields, data, directory: None, count: None, next: 0 }
    }

    fn with(mut self, tag: u16, field: Field) -> Self {
        self.fields.retain(|(number, _)| *number != tag);
        self.fields.push((tag, field));
        self.fields.sort_by_key(|(number, _)| *number);
        self
    }

    fn without(mut self, tags: &[u16]) -> Self {
        self.fields.retain(|(number, _)| !tags.contains(number));
        self
    }

    fn place(&self) -> u64 {
        DATA + self.data.len() as u64
    }

    fn bytes(&self) -> Vec<u8> {
        let word = if self.big { 8 } else { 4 };
        let number = |value: u64, size: usize| value.to_le_bytes()[..size].to_vec();
        let size_of = |kind: u16| match kind {
            SHORT => 2,
            LONG => 4,
            _ => 8,
        };
        let directory = self.directory.unwrap_or(self.place());
        let mut bytes = if self.big {
            [b"II\x2b\0\x08\0\0\0".to_vec(), number(directory, 8)].concat()
        } else {
            [b"II\x2a\0".to_vec(), number(directory, 4), vec![0; 8]].concat()
        };
        bytes.extend(&self.data);
        let counter = if self.big { 8 } else { 2 };
        bytes.extend(number(self.count.unwrap_or(self.fields.len() as u64), counter));
        let mut beyond = Vec::new();
        let after = bytes.len() + self.fields.len() * (4 + 2 * word) + word;
        for (tag, Field(kind, count, values)) in &self.fields {
            bytes.extend(number((*tag).into(), 2));
            bytes.extend(number((*kind).into(), 2));
            bytes.extend(number(*count, word));
            let mut inside: Vec<u8> = values.iter().flat_map(|&value| number(value, size_of(*kind))).collect();
            if inside.len() > word {
                let place = after + beyond.len();
                beyond.append(&mut inside);
                inside = number(place as u64, word);
            }
            inside.resize(word, 0);
            bytes.extend(inside);
        }
        bytes.extend(number(self.next, word));
        bytes.extend(beyond);
        bytes
    }
}

/// Codes of LZW, most significant bit first.
#[derive(Default)]
struct Codes {
    bytes: Vec<u8>,
    pending: u32,
    bits: u32,
}

impl Codes {
    fn put(&mut self, code: u32, width: u32) {
        self.pending = (self.pending << width) | code;
        self.bits += width;
        while self.bits >= 8 {
            self.bits -= 8;
            self.bytes.push((self.pending >> self.bits) as u8);
        }
        self.pending &= (1 << self.bits) - 1;
    }

    fn end(mut self, width: u32) -> Vec<u8> {
        self.put(257, width);
        self.put(0, 7);
        self.bytes
    }
}

/// The width of the code that is read when `free` is the next to be defined.
fn width(free: u32) -> u32 {
    (free + 2).next_power_of_two().ilog2().clamp(9, 12)
}

/// A strip of [`BOMB`] zeros as LZW: the sequence that each code defines, until the table is full, again and again.
fn lzw_bomb() -> Vec<u8> {
    let (mut codes, mut unpacked) = (Codes::default(), 0);
    while unpacked < BOMB {
        codes.put(256, 9);
        codes.put(0, 9);
        unpacked += 1;
        for code in 258..4094 {
            codes.put(code, width(code));
            unpacked += u64::from(code) - 256;
        }
        codes.put(256, 12);
    }
    codes.bytes
}

/// 4096 bytes as LZW whose table is cleared when it is full, as Rust's `image` does it; libtiff's encoder is two codes earlier.
fn lzw_cleared_late() -> Vec<u8> {
    let mut codes = Codes::default();
    codes.put(256, 9);
    codes.put(7, 9);
    for free in 258..4096 {
        codes.put(free % 251, width(free));
    }
    codes.put(256, 12);
    for n in 0..4096 - 3839 {
        codes.put(n % 200, width(257 + n));
    }
    codes.end(10)
}

fn deflate_bomb() -> Vec<u8> {
    let mut packed = Vec::new();
    let zeros = io::repeat(0).take(BOMB);
    flate2::read::ZlibEncoder::new(zeros, flate2::Compression::best()).read_to_end(&mut packed).unwrap();
    packed
}

fn zstd_bomb() -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    io::copy(&mut io::repeat(0).take(BOMB), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

/// The files, by what is wrong with them.
fn files() -> Vec<(&'static str, Tiff)> {
    let noise: Vec<u8> = (0..4096u32).map(|n| ((n * n) >> 5) as u8).collect();
    let plain = Tiff::new(64, 64, 1, noise.clone());
    let square = |compression, bomb| Tiff::new(1200, 1200, compression, bomb);
    let rows = plain.clone().with(278, one(LONG, 1));
    let all_in_one_place =
        |length| rows.clone().with(273, list(LONG, vec![DATA + 100; 64])).with(279, list(LONG, vec![length; 64]));
    let tiles = |width, height| {
        let places = plain.clone().without(&[273, 278, 279]);
        places.with(322, one(LONG, width)).with(323, one(LONG, height)).with(324, one(LONG, DATA))
    };
    let big = |tiff: Tiff| Tiff { big: true, ..tiff };
    vec![
        ("nothing", plain.clone()),
        ("a width of 2^31", plain.clone().with(256, one(LONG, 1 << 31))),
        ("a height of 2^32 - 1", plain.clone().with(257, one(LONG, u32::MAX.into()))),
        ("a width of 2^63", big(plain.clone()).with(256, one(LONG8, 1 << 63))),
        ("a width of zero", plain.clone().with(256, one(LONG, 0))),
        (
            "a million rows and one strip of one row",
            plain.clone().with(257, one(LONG, 1_000_000)).with(278, one(LONG, 1)),
        ),
        ("twice the rows that there are", plain.clone().with(257, one(LONG, 128)).with(278, one(LONG, 128))),
        (
            "bits of three bands, and no number of bands",
            tiles(16, 16)
                .without(&[277])
                .with(256, one(LONG, 16))
                .with(257, one(LONG, 16))
                .with(258, list(SHORT, [8, 8, 8]))
                .with(262, one(SHORT, 2))
                .with(324, one(LONG, DATA + 3600))
                .with(325, one(LONG, 768)),
        ),
        ("65535 bands", plain.clone().with(277, one(SHORT, 65_535))),
        ("no rows in a strip", plain.clone().with(278, one(LONG, 0))),
        ("2^32 - 1 rows in a strip", plain.clone().with(278, one(LONG, u32::MAX.into()))),
        ("tiles of 2^31 x 2^31", tiles(1 << 31, 1 << 31).with(325, one(LONG, 4096))),
        ("tiles of 65536 x 65536", tiles(65_536, 65_536).with(325, one(LONG, 4096))),
        ("tiles of no size", tiles(0, 0).with(325, one(LONG, 4096))),
        ("tiles without lengths", tiles(64, 64)),
        (
            "strips that are not stored, and the length of a tile",
            plain.clone().with(273, one(LONG, 0)).with(279, one(LONG, 0)).with(325, one(LONG, 1)),
        ),
        ("tiles, and the lengths of strips", tiles(64, 64).with(279, one(LONG, 1)).with(325, one(LONG, 4096))),
        (
            "a tile of which only what is beyond its pixels is cut off",
            tiles(16, 16)
                .with(256, one(LONG, 32))
                .with(257, one(LONG, 16))
                .with(324, list(LONG, [DATA, DATA + 3600]))
                .with(325, list(LONG, [768, 768])),
        ),
        ("all strips in one place", all_in_one_place(64)),
        (
            "strips that overlap",
            rows.clone()
                .with(273, list(LONG, (DATA..).take(64).collect::<Vec<_>>()))
                .with(279, list(LONG, vec![64; 64])),
        ),
        ("all strips in one place, and longer than a row", all_in_one_place(3000)),
        ("all strips in one place, and shorter than a row", all_in_one_place(60)),
        ("a strip beyond the end", plain.clone().with(273, one(LONG, 1 << 30))),
        ("a strip that begins with the last byte", plain.clone().with(273, one(LONG, DATA + 4095))),
        ("a strip whose end is beyond all numbers", big(plain.clone()).with(273, one(LONG8, u64::MAX - 100))),
        ("a strip of 2^64 - 1 bytes", big(plain.clone()).with(279, one(LONG8, u64::MAX))),
        ("a packed strip of 2^32 - 1 bytes", Tiff::new(64, 64, 5, noise.clone()).with(279, one(LONG, u32::MAX.into()))),
        ("2^32 - 1 places", plain.clone().with(273, Field(LONG, u32::MAX.into(), vec![DATA]))),
        ("2^63 places", big(plain.clone()).with(273, Field(LONG8, 1 << 63, vec![DATA]))),
        ("no places", plain.clone().with(273, Field(LONG, 0, vec![]))),
        ("widths, as many as the file has bytes", plain.clone().with(256, Field(SHORT, 4000, vec![64; 4000]))),
        ("65535 tags", Tiff { count: Some(65_535), ..plain.clone() }),
        ("2^64 - 1 tags", big(Tiff { count: Some(u64::MAX), ..plain.clone() })),
        ("the header as directory", Tiff { directory: Some(0), ..plain.clone() }),
        ("a directory beyond the end", Tiff { directory: Some(u32::MAX.into()), ..plain.clone() }),
        ("a directory beyond all numbers", big(Tiff { directory: Some(u64::MAX - 3), ..plain.clone() })),
        ("a directory that is its own successor", Tiff { next: plain.place(), ..plain.clone() }),
        ("a directory inside itself", plain.clone().with(330, one(LONG, plain.place()))),
        ("the directory as pixels", plain.clone().with(273, one(LONG, plain.place() - 4000))),
        ("places that are those of the directory", rows.clone().with(273, Field(LONG, 64, vec![plain.place()]))),
        ("LZW that is cleared late", Tiff::new(64, 64, 5, lzw_cleared_late())),
        ("noise as LZW", Tiff::new(64, 64, 5, noise.clone())),
        ("noise as Deflate", Tiff::new(64, 64, 8, noise.clone())),
        ("noise as ZSTD", Tiff::new(64, 64, 50_000, noise)),
        ("LZW of a gigabyte", square(5, lzw_bomb())),
        ("Deflate of a gigabyte", square(8, deflate_bomb())),
        ("ZSTD of a gigabyte", square(50_000, zstd_bomb())),
    ]
}

/// The most memory that this process ever held, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells what a process holds");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a line for the peak");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number of KiB") * 1024
}

type Answer = Result<Vec<u8>, String>;

/// What a user gets: at most the first 1000 rows and columns, all that is honest in these files.
fn ours(path: &Path) -> (Answer, Option<Decoder>) {
    let raster = match Raster::open(path) {
        Ok(raster) => raster,
        Err(error) => return (Err(error.to_string()), None),
    };
    let window = raster.read_window::<u8>(1, 0..raster.height().min(1000), 0..raster.width().min(1000));
    (
        window.map(|values| values.into_iter().collect()).map_err(|error| error.to_string()),
        Some(raster.decoder().clone()),
    )
}

fn gdals(path: &Path) -> Answer {
    let read = || {
        let dataset = Dataset::open(path)?;
        let (width, height) = dataset.raster_size();
        let size = (width.min(1000), height.min(1000));
        Ok(dataset.rasterband(1)?.read_as::<u8>((0, 0), size, size, None)?.into_shape_and_vec().1)
    };
    read().map_err(|error: gdal::errors::GdalError| error.to_string())
}

#[test]
fn files_that_lie_are_gdals_answer_or_an_error_and_take_no_more_than_they_declare() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("first.tif");
    // Drivers and caches are there from now on.
    fs::write(&path, Tiff::new(8, 8, 1, vec![0; 64]).bytes()).unwrap();
    assert!(ours(&path).0.is_ok() && gdals(&path).is_ok());
    let (mut errors, mut decoded, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (name, tiff)) in files().into_iter().enumerate() {
        let path = folder.path().join(format!("{number}.tif"));
        fs::write(&path, tiff.bytes()).unwrap();
        drop(tiff);
        let before = peak();
        let (got, decoder) = ours(&path);
        let taken = peak() - before;
        assert!(taken < LIMIT, "{name}: {} MB of memory", taken / 1_000_000);
        let gdal = gdals(&path);
        match (got, gdal) {
            (Ok(got), Ok(gdal)) => {
                assert!(got == gdal, "{name}: other values than GDAL's");
                if decoder == Some(Decoder::Isopleth) { &mut decoded } else { &mut other }.push(name);
            }
            (Err(_), Err(_)) => errors.push(name),
            (got, gdal) => panic!("{name}: a user gets {:?}, GDAL says {:?}", got.err(), gdal.err()),
        }
    }
    println!("errors: {errors:#?}\nanswers: {decoded:#?}\nanswers by GDAL: {other:#?}");
    assert!(errors.len() >= 10 && decoded.len() >= 5, "{errors:?} {decoded:?}");
    for name in ["nothing", "all strips in one place", "LZW that is cleared late", "LZW of a gigabyte"] {
        assert!(decoded.contains(&name), "{name}");
    }
    // What a fuzzer found: other files of these kinds are read otherwise by GDAL, so all of them are left to it.
    for name in [
        "strips that are not stored, and the length of a tile",
        "tiles, and the lengths of strips",
        "bits of three bands, and no number of bands",
    ] {
        assert!(!decoded.contains(&name), "{name}");
    }
}
