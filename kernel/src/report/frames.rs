//! The source lines of a panic's frames, read from the line tables of the cells' objects.
//!
//! The worker only notes addresses. libstd could resolve them there, but it lists the loaded objects once and knows
//! no cell that was loaded later.

use addr2line::Context;
use addr2line::gimli::{self, Dwarf, EndianSlice, NativeEndian, SectionId};
use object::{Object, ObjectSection};
use serde_json::Value;
use std::collections::HashMap;

type Lines<'a> = Context<EndianSlice<'a, NativeEndian>>;

/// The file and the line of each frame, innermost first; `frames` are pairs of an object's path and an address in it.
///
/// What was inlined into a frame comes before it. A frame whose object is gone is left out.
pub fn lines(frames: &Value) -> Vec<(String, usize)> {
    let frames = frames.as_array().into_iter().flatten();
    let frames: Vec<(&str, u64)> = frames.filter_map(|frame| Some((frame[0].as_str()?, frame[1].as_u64()?))).collect();
    let objects: HashMap<&str, Vec<u8>> =
        frames.iter().filter_map(|(path, _)| Some((*path, std::fs::read(path).ok()?))).collect();
    let tables: HashMap<&str, Lines<'_>> =
        objects.iter().filter_map(|(path, bytes)| Some((*path, tables(bytes)?))).collect();
    let found = frames.iter().filter_map(|(path, address)| at(tables.get(path)?, *address));
    found.flatten().collect()
}

fn tables(bytes: &[u8]) -> Option<Lines<'_>> {
    let object = object::File::parse(bytes).ok()?;
    let section = |id: SectionId| {
        let data = object.section_by_name(id.name()).and_then(|section| section.data().ok()).unwrap_or_default();
        Ok::<_, gimli::Error>(EndianSlice::new(data, NativeEndian))
    };
    Context::from_dwarf(Dwarf::load(section).ok()?).ok()
}

/// The path as the compile front has it (`cell-LABEL/lib.rs`): the debug information puts the compiler's folder before it.
fn at(lines: &Lines<'_>, address: u64) -> Option<Vec<(String, usize)>> {
    let mut found = Vec::new();
    let mut frames = lines.find_frames(address).skip_all_loads().ok()?;
    while let Ok(Some(frame)) = frames.next() {
        let Some(location) = frame.location else { continue };
        let (Some(file), Some(line)) = (location.file, location.line) else { continue };
        if let Some(label) = file.rfind(crate::compile::LABEL) {
            found.push((file[label..].to_owned(), line as usize));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::lines;
    use serde_json::json;

    #[test]
    fn a_frame_of_an_object_that_is_gone_is_left_out() {
        assert!(lines(&json!([["/nowhere/code_1.so", 4096], ["/proc/self/exe", 1], "nonsense"])).is_empty());
    }
}
