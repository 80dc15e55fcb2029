"""A notebook that does what only a notebook may: names defined anew, crates, commands, values that are merely shown."""

import nbformat
import pytest

CELLS = [
    '// A crate beside the notebook\n:dep heat-tools = { path = "heat-tools" }',
    "use std::collections::BTreeMap;\nuse std::fmt;",
    """
/// A place where the weather is measured.
#[derive(Debug, Clone)]
struct Station {
    name: String,
    height: f64,
}

impl Station {
    fn label(&self) -> String {
        format!("{} ({} m)", self.name, self.height)
    }
}
""",
    # Shown, and used again later: showing must not move it.
    'let station = Station { name: "Kiel".into(), height: 3.0 };\nstation',
    "use std::fmt::{self, Write as _};\n\nimpl fmt::Display for Station {\n"
    '    fn fmt(&self, f: &mut fmt::Formatter<\'_>) -> fmt::Result {\n        f.write_str(&self.label())\n    }\n}\n\n'
    'let mut text = String::new();\nwrite!(text, "{station}")?;\ntext',
    "heat_tools::kelvin(station.height)",
    "const OFFSET: f64 = 1.0;\n\nfn scale(x: f64) -> f64 {\n    2.0 * x\n}\n\nfn describe(x: f64) -> f64 {\n    scale(x) + OFFSET\n}",
    # In one function `x` would be a number of no known type where the next cell takes its root.
    "let x = 2.0;\nx",
    "let root = x.sqrt();\nlet numbers = vec![3, 1, 2];\n(describe(x), root)",
    "numbers.iter().map(|n| n.pow(2)).collect::<Vec<_>>()",
    'let x = format!("{:.1}", describe(x));\nx',
    # From here on `scale` is another function, and `describe` calls that one.
    "fn scale(x: f64) -> f64 {\n    3.0 * x\n}",
    "describe(2.0)",
    # The fields of a type change; its old value is gone in the notebook.
    """
#[derive(Debug, Clone)]
struct Station {
    name: String,
    country: String,
}

impl Station {
    fn label(&self) -> String {
        format!("{}, {}", self.name, self.country)
    }
}

let station = Station { name: "Kiel".into(), country: "Germany".into() };
""",
    # The Display of an earlier cell holds for the new type.
    "println!(\"{station}\");\nstation.label()",
    "macro_rules! twice {\n    ($x:expr) => { 2 * $x };\n}\n\nstatic LIMIT: std::sync::atomic::AtomicI32 = "
    "std::sync::atomic::AtomicI32::new(21);\ntwice!(LIMIT.load(std::sync::atomic::Ordering::Relaxed))",
    "trait Area {\n    fn area(&self) -> f64;\n}\n\nimpl Area for f64 {\n    fn area(&self) -> f64 {\n        self * self\n    }\n}\n\n3.0_f64.area()",
    'let lines = "one\n  two\n    three";\nprintln!("{lines}");\nlines.len()',
    "?Station",
    ":vars",
    # The value of this cell takes the variable with it.
    "let names: BTreeMap<i32, &'static str> = [(2, \"b\"), (1, \"a\")].into_iter().collect();\nnames.into_values().collect::<String>()",
    "let mut total = 0;\nfor i in 0..10 {\n    total += i;\n}\ntotal",
    'if total > 5 {\n    println!("large");\n}',
    'show!(total);\nshow(&DataArray::new(zeros((2, 2)), ["y", "x"])?);\n"12".parse::<i32>()? + total',
    "imshow(&ones((3, 4))).title(\"One / one\")",
]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    folder = tmp_path_factory.mktemp("awkward")
    tools = folder / "heat-tools"
    (tools / "src").mkdir(parents=True)
    (tools / "Cargo.toml").write_text('[package]\nname = "heat-tools"\nversion = "0.1.0"\nedition = "2024"\n')
    (tools / "src/lib.rs").write_text("pub fn kelvin(celsius: f64) -> f64 { celsius + 273.15 }\n")
    cells = [nbformat.v4.new_markdown_cell("# Awkward\n\n## Names")]
    cells += [nbformat.v4.new_code_cell(code.strip("\n")) for code in CELLS]
    failing = nbformat.v4.new_code_cell("let no: i32 = \"a number\";", metadata={"tags": ["raises-exception"]})
    path = folder / "awkward.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[*cells, failing]), path)
    return path


@pytest.fixture(scope="module")
def built(program, notebook):
    return program(notebook, "awkward-program")


def test_the_program_prints_what_the_notebook_shows(built, executed, notebook, tmp_path):
    shown = executed(notebook, notebook.parent)
    done = built.run(tmp_path / "program")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if not line.startswith("Saved as")] == shown.lines
    assert {'"5.0"', "7.0", "Kiel, Germany", '"ab"'} <= set(shown.lines)
    assert (tmp_path / "program/plots/one-one.png").exists()


def test_it_compiles_without_a_warning(built):
    assert "warning" not in built.build.stderr, built.build.stderr


def test_what_is_left_out_says_why(built):
    for comment in (
        "// Left out, a question to the notebook: ?Station",
        "// Left out, a command to the notebook: :vars",
        '// Left out, a cell that is meant to fail: let no: i32 = "a number";',
    ):
        assert comment in built.main
    assert "// A crate beside the notebook\n    // In Cargo.toml: heat-tools\n" in built.main
    assert ":dep" not in built.main


def test_a_name_that_is_defined_anew_begins_a_block(built):
    assert "    // From here on `scale` means something else.\n    {\n        fn describe" in built.main
    assert built.main.count("use std::fmt;") == 1


def test_a_program_asks_at_the_terminal_and_names_the_line_of_an_error(program, tmp_path):
    cells = ['let days: u32 = input("How many days? ").trim().parse()?;', "2 * days"]
    path = tmp_path / "asking.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells]), path)
    asking = program(path, "asking-program")
    done = asking.run(tmp_path / "run", given="183\n")
    assert (done.returncode, done.stdout) == (0, "How many days? 366\n")
    done = asking.run(tmp_path / "run", given="many\n")
    line = asking.main.splitlines().index(f"    {cells[0]}") + 1
    assert done.returncode == 1
    assert done.stderr == f"Error: invalid digit found in string\n  at src/main.rs:{line}\n"
