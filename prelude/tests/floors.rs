//! The rooms of the library stand on floors, and an import runs downward only: what lies below can be understood, tested
//! and changed without what lies above it. This test reads the imports.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. Rooms on one floor may use each other.
const FLOORS: [(&str, &[&str]); 10] = [
    ("ground", &["error", "limits", "html", "time", "prefetch", "display", "bus", "program", "cancel", "guard"]),
    ("values", &["values"]),
    ("parallel", &["parallel"]),
    ("lazy", &["lazy"]),
    ("array", &["array"]),
    ("places", &["disk", "gdal", "geo"]),
    ("formats", &["raster", "files"]),
    ("views", &["plot", "check", "plans"]),
    ("notebook", &["comm", "input", "runtime", "lesson"]),
    ("names", &["prelude", "lib"]),
];

/// The floor of a room.
fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|(_, rooms)| rooms.contains(&room))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file without comments and without its tests, which may use what they like.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The rooms that `crate::…` and `crate::{…}` name.
fn rooms(code: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            rooms.push(name(rest));
            continue;
        };
        let (mut depth, mut begins) = (0, true);
        for (at, letter) in list.char_indices() {
            match letter {
                '}' if depth == 0 => break,
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                letter if begins && depth == 0 && !letter.is_whitespace() => {
                    rooms.push(name(&list[at..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    rooms
}

#[test]
fn imports_run_downward_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut upward: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut seen = 0;
    for path in files {
        let place = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        if place.split('/').any(|part| part == "tests" || part == "tests.rs") {
            continue;
        }
        let own = place.split(['/', '.']).next().unwrap_or_default().to_owned();
        let Some(own_floor) = floor(&own) else { panic!("{place}: the room {own:?} is on no floor; give it one") };
        for room in rooms(&code(&path)) {
            // Names that are no rooms: `crate::Error`, macros.
            let Some(other) = floor(&room) else { continue };
            seen += 1;
            if other > own_floor {
                upward.entry(format!("{own} -> {room}")).or_default().push(place.clone());
            }
        }
    }
    assert!(seen > 300, "only {seen} imports were found: is the text read as it should be?");
    assert!(upward.is_empty(), "imports that run upward: {upward:#?}");
}

#[test]
fn a_list_of_imports_is_read_as_its_rooms() {
    let found = rooms("use crate::{Error, lazy::{Plan, Source}, array};\nuse crate::values::Values;");
    assert_eq!(found, ["Error", "lazy", "array", "values"]);
}
