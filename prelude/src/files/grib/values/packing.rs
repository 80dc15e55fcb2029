//! How the values of a field are packed, from the headers of both editions.

use super::super::bytes::Bytes;
use super::ccsds;
use super::complex;
use super::second_order;

/// One of the ways to store values that are read here, with what it needs.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::files::grib) enum Packing {
    /// Numbers of equal width, one after the other.
    Simple(Scale),
    /// Groups of numbers with a width each, perhaps of differences.
    Complex(complex::Settings),
    /// Floats of so many bytes.
    Ieee {
        bytes: usize,
    },
    /// Numbers compressed as the committee for space data does it.
    Ccsds {
        scale: Scale,
        settings: ccsds::Settings,
    },
    Png(Scale),
    Jpeg(Scale),
    /// Edition 1's groups of numbers.
    SecondOrder(second_order::Settings),
    /// Why it is not read.
    Unknown(String),
}

/// From whole numbers to values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::files::grib) struct Scale {
    pub(super) reference: f64,
    /// 2 to the E.
    pub(super) factor: f64,
    /// 10 to the minus D.
    pub(super) decimal: f64,
    /// The width of a number.
    pub(super) bits: u32,
}

impl Scale {
    fn new(reference: f64, binary: i64, decimal: i64, bits: u8) -> Self {
        let power = |base: f64, exponent: i64| base.powi(exponent.clamp(-4000, 4000) as i32);
        Self { reference, factor: power(2.0, binary), decimal: power(10.0, -decimal), bits: bits.into() }
    }

    pub(super) fn value(self, number: f64) -> f32 {
        ((number * self.factor + self.reference) * self.decimal) as f32
    }

    /// The value of a field of one value, which has no bits. By the standard it is scaled by D like all others; ecCodes, which
    /// wrote nearly all such fields there are, writes and reads it as it is.
    pub(super) fn only(self) -> f32 {
        self.reference as f32
    }
}

impl Packing {
    pub(super) fn scale(&self) -> Scale {
        match self {
            Self::Simple(scale) | Self::Png(scale) | Self::Jpeg(scale) | Self::Ccsds { scale, .. } => *scale,
            Self::Complex(settings) => settings.scale,
            Self::SecondOrder(settings) => settings.scale,
            Self::Ieee { .. } | Self::Unknown(_) => Scale::new(0.0, 0, 0, 0),
        }
    }

    /// A few words for `explain()`.
    pub(in crate::files::grib) fn describe(&self) -> String {
        match self {
            Self::Simple(scale) => format!("{} bits a value", scale.bits),
            Self::Complex(_) => "groups of differences".to_owned(),
            Self::Ieee { bytes } => format!("{} bits a value, floats", bytes * 8),
            Self::Ccsds { .. } => "CCSDS".to_owned(),
            Self::Png(_) => "PNG".to_owned(),
            Self::Jpeg(_) => "JPEG 2000".to_owned(),
            Self::SecondOrder(_) => "second order".to_owned(),
            Self::Unknown(reason) => reason.clone(),
        }
    }

    /// From section 5 of edition 2, and how many values it says are stored.
    pub(in crate::files::grib) fn edition2(section: &[u8]) -> Option<(Self, usize)> {
        let bytes = Bytes(section);
        let count = bytes.u32(5)? as usize;
        let template = bytes.u16(9)?;
        if template == 4 {
            let packing = match bytes.u8(11)? {
                1 => Self::Ieee { bytes: 4 },
                2 => Self::Ieee { bytes: 8 },
                other => Self::Unknown(format!("floats of precision {other} are not read here")),
            };
            return Some((packing, count));
        }
        let unknown = match template {
            0 | 2 | 3 | 40 | 41 | 42 | 40_000 | 40_010 => None,
            50 | 51 | 53 => Some(crate::files::grib::SPECTRAL.to_owned()),
            other => Some(format!("packing 5.{other} is not read here; {}", crate::files::grib::REPACK)),
        };
        if let Some(reason) = unknown {
            return Some((Self::Unknown(reason), count));
        }
        let scale = Scale::new(bytes.f32(11)?, bytes.i16(15)?, bytes.i16(17)?, bytes.u8(19)?);
        if scale.bits > 32 {
            return Some((Self::Unknown(format!("values of {} bits", scale.bits)), count));
        }
        let packing = match template {
            0 => Self::Simple(scale),
            2 | 3 => Self::Complex(complex::Settings::read(bytes, scale, template == 3)?),
            40 | 40_000 => Self::Jpeg(scale),
            41 | 40_010 => Self::Png(scale),
            _ => Self::Ccsds { scale, settings: ccsds::Settings::read(bytes, scale.bits)? },
        };
        Some((packing, count))
    }

    /// From the header of section 4 of edition 1, and D of the product section; how many bytes come before the values,
    /// and how many bits at the end mean nothing.
    pub(in crate::files::grib) fn edition1(section: &[u8], decimal: i64) -> Option<(Self, u64)> {
        let bytes = Bytes(section);
        let flags = bytes.u8(3)?;
        let scale = Scale::new(bytes.ibm(6)?, bytes.i16(4)?, decimal, bytes.u8(10)?);
        if flags & 0x80 != 0 {
            return Some((Self::Unknown(crate::files::grib::SPECTRAL.to_owned()), 11));
        }
        if scale.bits > 32 {
            return Some((Self::Unknown(format!("values of {} bits", scale.bits)), 11));
        }
        if flags & 0x40 == 0 {
            // Further flags stand for floats, or for several values at each point.
            let packing = match flags & 0x10 {
                0 => Self::Simple(scale),
                _ => Self::Unknown(format!(
                    "floats and matrices of edition 1 are not read here; {}",
                    crate::files::grib::REPACK
                )),
            };
            return Some((packing, 11));
        }
        Some(match second_order::Settings::read(bytes, scale)? {
            Ok(settings) => (Self::SecondOrder(settings), 0),
            Err(what) => (Self::Unknown(format!("{what} are not read here; {}", crate::files::grib::REPACK)), 0),
        })
    }
}
