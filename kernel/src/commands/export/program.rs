//! `main.rs`: the items at the top, the statements of all cells in `main`, the notebook's headings between them.

use super::cell::Parts;
use super::place::Placement;
use super::text::indented;

/// What a notebook leaves unused for cells that may come.
const ALLOWED: &str =
    "#![allow(dead_code, unused_assignments, unused_imports)]\n#![allow(unused_mut, unused_variables)]";

/// A part of the notebook in its order.
#[derive(Debug, Clone, PartialEq)]
pub enum Section {
    Heading {
        level: usize,
        text: String,
    },
    /// The next code cell.
    Cell,
}

/// The headings in a cell of markdown.
pub fn headings(markdown: &str) -> Vec<Section> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            is_code = !is_code;
        }
        let level = line.chars().take_while(|character| *character == '#').count();
        if let Some(text) =
            line.get(level..).filter(|rest| (1..=6).contains(&level) && rest.starts_with(' ') && !is_code)
        {
            let text = text.trim().trim_end_matches('#').trim_end().to_owned();
            found.push(Section::Heading { level, text });
        }
    }
    found
}

/// The program of the cells `parts`, which stand at their `placement`; `file` is the name of the notebook.
pub fn main_rs(file: &str, sections: &[Section], parts: &[Parts], placement: &Placement) -> String {
    let (title, sections) = match sections {
        [Section::Heading { level: 1, text }, rest @ ..] => (text.as_str(), rest),
        _ => (file.strip_suffix(".ipynb").unwrap_or(file), sections),
    };
    let mut out = format!("//! {title}\n//!\n//! Made from `{file}` by `isopleth export`.\n\n");
    for attribute in parts.iter().flat_map(|cell| &cell.attributes) {
        out.push_str(&format!("{attribute}\n"));
    }
    out.push_str("// As in a notebook, not everything that is defined is used.\n");
    out.push_str(&format!("{ALLOWED}\n\nuse isopleth::prelude::*;\n"));
    for (at, item) in placement.top.iter().enumerate() {
        // Imports stand together.
        let is_import = |text: &str| text.starts_with("use ") && !text.contains('\n');
        let together = is_import(item) && (at == 0 || is_import(&placement.top[at - 1]));
        out.push_str(if together { "" } else { "\n" });
        out.push_str(&format!("{item}\n"));
    }
    out.push_str(match parts.iter().any(|cell| cell.waits) {
        true => "\n#[tokio::main]\nasync fn main() -> isopleth::program::MainResult {\n",
        false => "\nfn main() -> isopleth::program::MainResult {\n",
    });
    out.push_str(&body(sections, parts, placement));
    out.push_str("}\n");
    out
}

/// What stands in the braces of `main`.
fn body(sections: &[Section], parts: &[Parts], placement: &Placement) -> String {
    let mut chunks: Vec<String> = Vec::new();
    if parts.iter().any(|cell| cell.body.contains("show!(")) {
        chunks.push("    isopleth::program::save_plots(\"plots\");\n".to_owned());
    }
    let has_content = |cell: usize| {
        !parts[cell].body.is_empty()
            || !placement.cells[cell].anew.is_empty()
            || !placement.cells[cell].items.is_empty()
    };
    let (mut depth, mut cell) = (1, 0);
    for (at, section) in sections.iter().enumerate() {
        match section {
            Section::Heading { level, text } => {
                if holds_content(&sections[at + 1..], *level, cell, &has_content) {
                    chunks.push(format!("{}// {} {text}\n", "    ".repeat(depth), "#".repeat(*level)));
                }
            }
            Section::Cell => {
                let in_main = &placement.cells[cell];
                let mut texts = in_main.items.clone();
                texts.push(parts[cell].body.clone());
                let mut text = String::new();
                if !in_main.anew.is_empty() {
                    let names: Vec<String> = in_main.anew.iter().map(|name| format!("`{name}`")).collect();
                    let means = if names.len() == 1 { "means" } else { "mean" };
                    let comment = format!("// From here on {} {means} something else.\n{{\n", names.join(" and "));
                    text.push_str(&indented(&comment, depth));
                    depth += 1;
                }
                let texts: Vec<String> =
                    texts.iter().filter(|text| !text.is_empty()).map(|text| indented(text, depth) + "\n").collect();
                text.push_str(&texts.join("\n"));
                if !text.is_empty() {
                    chunks.push(text);
                }
                cell += 1;
            }
        }
    }
    let mut out = chunks.join("\n");
    for depth in (1..depth).rev() {
        out.push_str(&format!("{}}}\n", "    ".repeat(depth)));
    }
    out.push_str(if out.is_empty() { "    Ok(())\n" } else { "\n    Ok(())\n" });
    out
}

/// Whether anything comes of the cells from `cell` on before the next heading of this `level` or a higher one.
fn holds_content(rest: &[Section], level: usize, mut cell: usize, has_content: &impl Fn(usize) -> bool) -> bool {
    for section in rest {
        match section {
            Section::Heading { level: next, .. } if *next <= level => return false,
            Section::Heading { .. } => {}
            Section::Cell if has_content(cell) => return true,
            Section::Cell => cell += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::{cell, place};
    use super::*;
    use std::collections::HashSet;

    fn program(notebook: &[&str]) -> String {
        let mut sections = Vec::new();
        let mut taken: Vec<Parts> = Vec::new();
        for source in notebook {
            if source.starts_with('#') && !source.starts_with("#!") {
                sections.extend(headings(source));
            } else {
                sections.push(Section::Cell);
                taken.push(cell::parts(source, &[], &HashSet::new()).unwrap());
            }
        }
        let cells: Vec<place::Cell<'_>> = taken
            .iter()
            .enumerate()
            .map(|(at, parts)| place::Cell { number: at + 1, items: &parts.items, body: &parts.body })
            .collect();
        main_rs("days.ipynb", &sections, &taken, &place::place(&cells).unwrap())
    }

    #[test]
    fn a_notebook_becomes_one_program() {
        let text =
            program(&["# Days\n", "fn twice(n: i32) -> i32 {\n    2 * n\n}", "## Counting", "let a = 1;", "twice(a)"]);
        let wanted = r#"//! Days
//!
//! Made from `days.ipynb` by `isopleth export`.

// As in a notebook, not everything that is defined is used.
#![allow(dead_code, unused_assignments, unused_imports)]
#![allow(unused_mut, unused_variables)]

use isopleth::prelude::*;

fn twice(n: i32) -> i32 {
    2 * n
}

fn main() -> isopleth::program::MainResult {
    isopleth::program::save_plots("plots");

    // ## Counting

    let a = 1;

    show!(twice(a));

    Ok(())
}
"#;
        assert_eq!(text, wanted);
    }

    #[test]
    fn what_changes_its_meaning_begins_a_block() {
        let text = program(&["fn f() {}", "f();", "fn f() { 2; }", "f();"]);
        let wanted = "    f();\n\n    // From here on `f` means something else.\n    {\n        fn f() { 2; }\n\n        f();\n    }\n\n    Ok(())\n}\n";
        assert!(text.ends_with(wanted), "{text}");
    }

    #[test]
    fn a_heading_above_nothing_is_left_out() {
        let text =
            program(&["# T", "## None", "## Some\n```\n# no heading\n```", "### Deep ###", "let a = 1;", "## End"]);
        assert!(text.contains("    // ## Some\n\n    // ### Deep\n\n    let a = 1;\n\n    Ok(())"), "{text}");
        assert!(!text.contains("None") && !text.contains("End") && !text.contains("no heading"));
    }

    #[test]
    fn a_program_that_waits_has_a_runtime_and_attributes_stand_first() {
        let text = program(&["#![allow(non_snake_case)]\nuse std::fmt;", "use std::io;\nfetch().await"]);
        assert!(text.contains("#[tokio::main]\nasync fn main()"), "{text}");
        assert!(text.find("non_snake_case") < text.find("use isopleth"));
        assert!(text.contains("prelude::*;\nuse std::fmt;\nuse std::io;\n"), "{text}");
    }
}
