//! The fields of a file: what each is, where its values lie on the earth and where in the file.

use super::bytes::Bytes;
use super::grid::Grid;
use super::messages::{self, Extent, Message, Reader};
use super::product::Product;
use super::product2::{self, Identification};
use super::unread::Unread;
use super::values::{Packed, Packing};
use super::{grid1, grid2, product};
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;
use std::sync::Arc;

/// One field: a message has one or, in edition 2, several.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) message: Message,
    pub(super) product: Product,
    pub(super) grid: Arc<Grid>,
    pub(super) packed: Packed,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) fields: Vec<Field>,
    /// Messages that are whole and cannot be read here, with the reason.
    pub(super) unread: Vec<Error>,
    /// Messages that are damaged.
    pub(super) damaged: Vec<Error>,
}

impl Fields {
    /// All fields, from the headers alone.
    ///
    /// # Errors
    /// If the disk fails.
    pub(super) fn read(reader: &Reader) -> Result<Self> {
        let mut found = Self::default();
        let mut grids = Grids::default();
        for message in reader.messages()? {
            let message = match message {
                Ok(message) => message,
                Err(error) => {
                    found.damaged.push(error);
                    continue;
                }
            };
            let read = match message.edition {
                1 => edition1(reader, message, &mut grids),
                _ => edition2(reader, message, &mut grids),
            };
            match read {
                Ok(fields) => {
                    for field in fields {
                        match field {
                            Ok(field) => found.fields.push(field),
                            Err(Unread::Damaged(reason)) => found.damaged.push(message.damaged(reason)),
                            Err(Unread::Unknown(reason)) => {
                                let kind = ErrorKind::InvalidArgument;
                                let Message { number, extent, .. } = message;
                                let text = format!("message {number}, at byte {}: {reason}", extent.offset);
                                found.unread.push(Error::new(kind, text));
                            }
                        }
                    }
                }
                Err(error) if error.kind() == ErrorKind::Io => return Err(error),
                Err(error) => found.damaged.push(message.damaged(error)),
            }
        }
        Ok(found)
    }
}

/// Grids by their sections: most files have one.
#[derive(Debug, Default)]
struct Grids(HashMap<(u8, Vec<u8>), Known>);

/// A grid and how many numbers describe the vertical coordinate, or why it is not read.
type Known = Result<(Arc<Grid>, i64), Unread>;

impl Grids {
    fn get(&mut self, edition: u8, section: Vec<u8>) -> Known {
        let key = (edition, section);
        if let Some(known) = self.0.get(&key) {
            return known.clone();
        }
        let made = match edition {
            1 => grid1::grid(&key.1).map(|(grid, vertical)| (Arc::new(grid), vertical)),
            _ => grid2::grid(&key.1).map(|grid| (Arc::new(grid), 0)),
        };
        self.0.insert(key, made.clone());
        made
    }
}

/// A field, or why it cannot be read.
type Read = Result<Field, Unread>;

fn edition1(reader: &Reader, message: Message, grids: &mut Grids) -> Result<Vec<Read>> {
    let sections = messages::edition1_sections(reader, message.extent)?;
    let section = reader.header(sections.product)?;
    let decimal = Bytes(&section).i16(26).ok_or_else(|| short("product"))?;
    let grid = match sections.grid {
        Some(part) => grids.get(1, reader.header(part)?),
        None => Err(Unread::Unknown(format!(
            "it has no grid of its own but names number {} of its centre's catalogue, which is not known here",
            section[6]
        ))),
    };
    let head = reader.start(sections.values, 32)?;
    let packing = Packing::edition1(&head, decimal);
    let (packing, skipped) = packing.ok_or_else(|| short("value"))?;
    let length = Bytes(&head).u24(0).map(u64::from).unwrap_or(0);
    // A section may be longer than it says: very long ones cannot say it.
    let values = Extent { length: sections.values.length.max(length.min(sections.values.length)), ..sections.values };
    let bitmap = match sections.bitmap {
        None => Ok(None),
        Some(part) => {
            let head = reader.start(part, 6)?;
            match Bytes(&head).u16(4) {
                Some(0) => Ok(Some(part.skip(6))),
                Some(number) => Err(format!("its bitmap is number {number} of its centre's, which is not known here")),
                None => return Err(short("bitmap")),
            }
        }
    };
    let field = || -> Read {
        let mut product = product::edition1(&section)?;
        let (grid, vertical) = grid?;
        product.vertical_numbers = vertical;
        if let Packing::Unknown(reason) = packing {
            return Err(reason.into());
        }
        let packed = Packed { packing, points: grid.points, bitmap: bitmap?, data: values.skip(skipped) };
        Ok(Field { message, product, grid, packed })
    };
    Ok(vec![field()])
}

fn edition2(reader: &Reader, message: Message, grids: &mut Grids) -> Result<Vec<Read>> {
    let head = reader.bytes(Extent { length: 16, ..message.extent })?;
    let discipline = head[6];
    let mut fields = Vec::new();
    let (mut identification, mut local, mut grid, mut product, mut packing) = (None, None, None, None, None);
    let mut bitmap = Ok(None);
    // Sections are repeated as far as they change; the others hold for the next field too.
    for section in messages::edition2_sections(reader, message.extent)? {
        match section.number {
            1 => identification = Some(reader.header(section.extent)?),
            2 => local = Some(reader.start(section.extent, 64)?),
            3 => grid = Some(grids.get(2, reader.header(section.extent)?)),
            4 => product = Some(reader.header(section.extent)?),
            5 => packing = Some(Packing::edition2(&reader.header(section.extent)?).ok_or_else(|| short("packing"))?),
            6 => {
                let head = reader.start(section.extent, 6)?;
                bitmap = match Bytes(&head).u8(5) {
                    Some(0) => Ok(Some(section.extent.skip(6))),
                    // The one before serves again.
                    Some(254) => bitmap,
                    Some(255) => Ok(None),
                    Some(number) => {
                        Err(format!("its bitmap is number {number} of its centre's, which is not known here"))
                    }
                    None => return Err(short("bitmap")),
                };
            }
            _ => {
                let sections = (&identification, &grid, &product, &packing);
                let (Some(first), Some(grid), Some(product), Some((packing, coded))) = sections else {
                    return Err(Error::new(ErrorKind::Damaged, "its values come before what describes them"));
                };
                let field = || -> Read {
                    let identification = Identification { discipline, section: first, local: local.as_deref() };
                    let product = product2::edition2(product, identification)?;
                    let grid = grid.clone()?.0;
                    if let Packing::Unknown(reason) = packing {
                        return Err(reason.clone().into());
                    }
                    let bitmap = bitmap.clone()?;
                    if bitmap.is_none() && *coded != grid.points {
                        return Err(Unread::damaged(format!("it has {coded} values for {} points", grid.points)));
                    }
                    let data = section.extent.skip(5);
                    let packed = Packed { packing: packing.clone(), points: grid.points, bitmap, data };
                    Ok(Field { message, product, grid, packed })
                };
                fields.push(field());
            }
        }
    }
    if fields.is_empty() {
        return Err(Error::new(ErrorKind::Damaged, "it has no values"));
    }
    Ok(fields)
}

fn short(section: &str) -> Error {
    Error::new(ErrorKind::Damaged, format!("its {section} section is cut short"))
}
