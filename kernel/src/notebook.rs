//! A notebook file, as far as the commands read it.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;

/// The cells of a notebook in their order, and what it says it is written in.
#[derive(Debug)]
pub struct Notebook {
    pub cells: Vec<Cell>,
    language: Option<String>,
}

#[derive(Debug)]
pub struct Cell {
    pub kind: Kind,
    pub source: String,
    tags: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Code,
    Markdown,
    /// Neither run nor shown.
    Raw,
}

impl Notebook {
    /// Reads the file at `path`.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} is not a notebook", path.display()))
    }

    /// Reads `text`, which is JSON.
    pub fn parse(text: &str) -> Result<Self> {
        let document: Value = serde_json::from_str(text)?;
        if document.get("worksheets").is_some() {
            bail!("its format is older than 4; open it in JupyterLab and save it");
        }
        let cells = document["cells"].as_array().context("it has no cells")?;
        let of_metadata = |keys: [&str; 2]| document["metadata"][keys[0]][keys[1]].as_str().map(str::to_owned);
        let language = of_metadata(["kernelspec", "language"]).or_else(|| of_metadata(["language_info", "name"]));
        Ok(Self { cells: cells.iter().map(Cell::from_json).collect(), language })
    }

    /// The sources of the code cells.
    pub fn code(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().filter(|cell| cell.kind == Kind::Code).map(|cell| cell.source.as_str())
    }

    /// The language that its metadata name, if that is not Rust.
    pub fn other_language(&self) -> Option<&str> {
        self.language.as_deref().filter(|language| !language.eq_ignore_ascii_case("rust"))
    }
}

impl Cell {
    fn from_json(cell: &Value) -> Self {
        let kind = match cell["cell_type"].as_str() {
            Some("code") => Kind::Code,
            Some("markdown") => Kind::Markdown,
            _ => Kind::Raw,
        };
        let source = match &cell["source"] {
            Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        let tags = cell["metadata"]["tags"].as_array().into_iter().flatten();
        Self { kind, source, tags: tags.filter_map(Value::as_str).map(str::to_owned).collect() }
    }

    /// Whether it is meant to fail, in the way that nbclient and nbconvert are told so.
    pub fn is_meant_to_fail(&self) -> bool {
        self.tags.iter().any(|tag| tag == "raises-exception")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_whether_their_source_is_a_text_or_lines() {
        let text = r##"{"cells": [
            {"cell_type": "markdown", "source": "# A"},
            {"cell_type": "code", "source": ["let a = 1;\n", "a"], "metadata": {"tags": ["raises-exception"]}},
            {"cell_type": "raw", "source": "x"}], "metadata": {"kernelspec": {"language": "Rust"}}}"##;
        let notebook = Notebook::parse(text).unwrap();
        assert_eq!(notebook.code().collect::<Vec<_>>(), ["let a = 1;\na"]);
        assert!(notebook.cells[1].is_meant_to_fail() && !notebook.cells[0].is_meant_to_fail());
        assert_eq!(notebook.other_language(), None);
    }

    #[test]
    fn what_is_no_notebook_or_not_rust_is_told() {
        assert!(Notebook::parse("fn main() {}").is_err());
        assert!(Notebook::parse("{}").unwrap_err().to_string().contains("no cells"));
        assert!(Notebook::parse(r#"{"worksheets": []}"#).unwrap_err().to_string().contains("older"));
        let python = r#"{"cells": [], "metadata": {"language_info": {"name": "python"}}}"#;
        assert_eq!(Notebook::parse(python).unwrap().other_language(), Some("python"));
    }
}
