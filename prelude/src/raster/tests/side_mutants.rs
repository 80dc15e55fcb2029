//! Damaged side files: bits flipped, numbers replaced by lies, lines lost. What a user gets is an answer or an error, never
//! a panic. Each mutant follows from its number, so a failure comes back.

use super::made::{NUMBERS, source, tiff_in};
use crate::lazy::Source as _;
use crate::raster::{Raster, RasterSource, open_raster};
use fastrand::Rng;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

const MUTANTS: usize = 2_000;
/// Images that claim to have more pixels are opened and not read.
const LARGEST: usize = 1 << 16;
const LIES: [&str; 12] =
    ["0", "-1", "nan", "inf", "1e400", "2147483647", "4294967296", "99999999999999999999", "", "é", "<", "&#0;"];

const AUX: &str = "<PAMDataset><SRS>EPSG:4326</SRS><GeoTransform>10,0.5,0,52,0,-0.25</GeoTransform>\
    <Metadata><MDI key=\"a\">1</MDI></Metadata><GCPList Projection=\"EPSG:4326\"><GCP Id=\"\" Pixel=\"0\" Line=\"0\" X=\"10\" Y=\"50\"/></GCPList>\
    <PAMRasterBand band=\"1\"><NoDataValue>-99</NoDataValue><Offset>10</Offset><Scale>0.5</Scale><UnitType>K</UnitType>\
    <Description>tt</Description></PAMRasterBand></PAMDataset>";
const HEADER: &str = "NROWS 2\nNCOLS 3\nNBANDS 1\nNBITS 16\nPIXELTYPE SIGNEDINT\nBYTEORDER I\nLAYOUT BIL\nNODATA -99\n\
    ULXMAP 10.25\nULYMAP 51.875\nXDIM 0.5\nYDIM 0.25\nSKIPBYTES 0\n";
const ENVI: &str = "ENVI\nsamples = 3\nlines = 2\nbands = 1\nheader offset = 0\nfile type = ENVI Standard\ndata type = 2\n\
    interleave = bsq\nbyte order = 0\nmap info = {Geographic Lat/Lon, 1, 1, 10, 52, 0.5, 0.25, WGS-84}\n\
    data ignore value = -99\nband names = {zwei}\nwavelength = {1.5}\n";
const WORLD: &str = "0.5\n0\n0\n-0.25\n10.25\n51.875\n";

fn damage(text: &str, random: &mut Rng) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..random.usize(1..=3) {
        if bytes.is_empty() {
            break;
        }
        let at = random.usize(0..bytes.len());
        match random.u8(0..6) {
            0 => bytes.truncate(at),
            1 | 2 => bytes[at] ^= 1 << random.u8(0..8),
            3 => {
                bytes.drain(at..(at + random.usize(1..20)).min(bytes.len()));
            }
            _ => {
                // A number becomes another one.
                let is_digit = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
                let Some(start) = (at..bytes.len()).find(|&at| is_digit(&bytes[at])) else { continue };
                let end = (start..bytes.len()).find(|&at| !is_digit(&bytes[at])).unwrap_or(bytes.len());
                bytes.splice(start..end, random.choice(LIES).unwrap_or_default().bytes());
            }
        }
    }
    bytes
}

/// Reads all that a user could ask of a small raster; errors are fine.
fn use_all(path: &Path) {
    let Ok(raster) = Raster::open(path) else { return };
    let _ = format!("{raster:?} {:?} {:?} {:?}", raster.gcps(), raster.rpcs(), raster.meta());
    let window = [0..raster.height().min(50), 0..raster.width().min(50)];
    if raster.count() > 100 || raster.width().saturating_mul(raster.height()) > LARGEST {
        return;
    }
    for band in 1..=raster.count() {
        let _ = raster.read_mask(band);
        let _ = raster.read::<f64>(band);
        if let Ok(source) = RasterSource::new(&raster, band) {
            let _ = source.read(&window);
        }
    }
    let _ = raster.dataset_mask();
    let _ = open_raster(path).and_then(|array| array.to_vec::<f64>());
}

#[test]
fn two_thousand_damaged_side_files_are_an_answer_or_an_error() {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let raw: Vec<u8> = NUMBERS.iter().flat_map(|value| value.to_le_bytes()).collect();
    let vrt = format!(
        "<VRTDataset rasterXSize=\"3\" rasterYSize=\"2\"><VRTRasterBand dataType=\"Int16\" band=\"1\"><NoDataValue>-99</NoDataValue>{}\
         </VRTRasterBand></VRTDataset>",
        source("source.tif", 1)
    );
    tiff_in(folder.path(), "source.tif", &[&NUMBERS]);
    let mut failed = Vec::new();
    for number in 0..MUTANTS {
        let mut random = Rng::with_seed(number as u64);
        let (name, side, text) = match number % 5 {
            0 => ("a.tif", "a.tif.aux.xml", AUX),
            1 => ("b.bil", "b.hdr", HEADER),
            2 => ("c.dat", "c.hdr", ENVI),
            3 => ("d.tif", "d.tfw", WORLD),
            _ => ("e.vrt", "e.vrt", vrt.as_str()),
        };
        let path = folder.path().join(name);
        match number % 5 {
            0 | 3 => drop(tiff_in(folder.path(), name, &[&NUMBERS])),
            1 | 2 => fs::write(&path, &raw).unwrap(),
            _ => {}
        }
        let bytes = damage(text, &mut random);
        fs::write(folder.path().join(side), &bytes).unwrap();
        if catch_unwind(AssertUnwindSafe(|| use_all(&path))).is_err() {
            failed.push(format!("{number}, {side}: {}", String::from_utf8_lossy(&bytes)));
        }
    }
    assert!(failed.is_empty(), "{} mutants: {failed:#?}", failed.len());
}
