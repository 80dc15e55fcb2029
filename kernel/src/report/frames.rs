//! The source lines of a panic's frames, read from the line tables of the cells' objects.
//!
//! The worker only notes addresses. libstd could resolve them there, but it lists the loaded objects once and knows
//! no cell that was loaded later.

use addr2line::Context;
use addr2line::gimli::{self, Dwarf, EndianSlice, NativeEndian, SectionId};
use isopleth_bus::worker::StackFrame;
use object::{Object, ObjectSection};
use std::collections::HashMap;

type Lines<'a> = Context<EndianSlice<'a, NativeEndian>>;

/// The file and the line of each frame, innermost first.
///
/// What was inlined into a frame comes before it. A frame whose object is gone is left out.
pub fn lines(frames: &[StackFrame]) -> Vec<(String, usize)> {
    let paths = frames.iter().map(|frame| frame.object.as_str());
    let objects: HashMap<&str, Vec<u8>> = paths.filter_map(|path| Some((path, std::fs::read(path).ok()?))).collect();
    let tables: HashMap<&str, Lines<'_>> =
        objects.iter().filter_map(|(path, bytes)| Some((*path, tables(bytes)?))).collect();
    let found = frames.iter().filter_map(|frame| at(tables.get(frame.object.as_str())?, frame.address));
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
    use super::*;

    #[test]
    fn a_frame_of_an_object_that_is_gone_is_left_out() {
        let frame = |object: &str, address| StackFrame { object: object.into(), address };
        assert!(lines(&[frame("/nowhere/code_1.so", 4096), frame("/proc/self/exe", 1)]).is_empty());
    }
}
