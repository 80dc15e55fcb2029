"""Tab, Shift + Tab, and the Enter key of a console: completion, inspection, is_complete."""

import pytest


def complete(kernel, code, cursor=None):
    reply = kernel.ask("complete", code, len(code) if cursor is None else cursor)
    assert reply["status"] == "ok"
    return reply


@pytest.mark.parametrize(
    ("code", "expected"),
    [("lesson_d", "lesson_data"), ("let d = DataAr", "DataArray"), ("open_ras", "open_rasters"), ("Inst", "Instant")],
)
def test_names_of_the_prelude_complete(kernel, code, expected):
    assert any(match.startswith(expected) for match in complete(kernel, code)["matches"])


def test_variables_and_functions_complete(kernel):
    kernel.ok("let humidity_of_june = 3;\nfn humidity_of_july() -> i32 { 4 }")
    matches = complete(kernel, "humidity_of_")["matches"]
    assert any(match.startswith("humidity_of_june") for match in matches)
    assert any(match.startswith("humidity_of_july") for match in matches)


def test_methods_of_a_labelled_array_complete(kernel):
    kernel.ok('let grid_to_complete = DataArray::new(random_integers(0..9, (2, 3)), ["y", "x"])?;')
    code = "grid_to_complete.mea"
    reply = complete(kernel, code)
    assert any(match.startswith("mean") for match in reply["matches"])
    assert code[reply["cursor_start"] : reply["cursor_end"]] == "mea"


ELEMENTS = {
    "a vector of numbers": ("vec![1.5_f64, 2.5]", "ELEMENT[0].", {"sqrt", "powi"}),
    "an array": ("[1.5_f64, 2.5]", "ELEMENT[1].", {"sqrt", "powi"}),
    "a vector of strings": ('vec![String::from("a")]', "ELEMENT[0].", {"len", "to_uppercase"}),
    "what is typed already": ('vec![String::from("a")]', "ELEMENT[0].to_upp", {"to_uppercase"}),
    "nested vectors": ("vec![vec![1_u8]]", "ELEMENT[0][0].", {"count_ones"}),
    "a slice": ("vec![1, 2, 3]", "ELEMENT[1..].", {"first", "iter"}),
    "an ndarray array": ("Array2::<f64>::zeros((3, 3))", "ELEMENT[[0, 0]].", {"sqrt"}),
    "a map": ('HashMap::from([("a", vec![1])])', 'ELEMENT["a"].', {"push", "len"}),
    "a tuple's field": ('(1, String::from("a"))', "ELEMENT.1.", {"len"}),
    "a labelled array in a vector": (
        'vec![DataArray::new(random_integers(0..9, (2, 3)), ["y", "x"])?]', "ELEMENT[0].", {"mean", "dims"},
    ),
    "within a call": ("vec![1.5_f64]", "let root = f64::max(1.0, ELEMENT[0].", {"sqrt"}),
    "after an iterator's closure": ("vec![1.5_f64]", "ELEMENT.iter().map(|value| value.", {"sqrt"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ELEMENTS)
def test_methods_of_an_element_complete(kernel, name):
    value, code, expected = ELEMENTS[name]
    variable = f"element_{list(ELEMENTS).index(name)}"
    kernel.ok(f"let {variable} = {value};")
    reply = complete(kernel, code.replace("ELEMENT", variable))
    assert expected <= set(reply["matches"]), reply["matches"][:20]


def test_methods_complete_between_other_lines(kernel):
    kernel.ok("let element_between = vec![1.5_f64];")
    code = "let before = 1;\nlet root = element_between[0].\nlet after = 2;"
    assert "sqrt" in complete(kernel, code, code.index(".\n") + 1)["matches"]
    code = 'println!("{}", element_between[0].)'
    assert "sqrt" in complete(kernel, code, len(code) - 1)["matches"]


def test_items_of_earlier_cells_complete_with_their_members(kernel):
    kernel.ok("""
struct Station { elevation: f64 }
impl Station { fn is_high(&self) -> bool { self.elevation > 1000.0 } }
enum Season { Dry, Wet }
mod stations { pub fn highest() {} }
let stations_list = vec![Station { elevation: 12.0 }];
""")
    assert {"elevation", "is_high"} <= set(complete(kernel, "stations_list[0].")["matches"])
    assert {"Dry", "Wet"} <= set(complete(kernel, "Season::")["matches"])
    assert "highest" in complete(kernel, "stations::")["matches"]
    assert "Station" in complete(kernel, "Stat")["matches"]


def test_private_fields_of_libraries_are_not_offered(kernel):
    kernel.ok('let word_without_fields = String::from("a");')
    matches = complete(kernel, "word_without_fields.")["matches"]
    assert "len" in matches and "vec" not in matches, "`vec` is a field of String that no cell may use"
    kernel.ok("let list_without_fields = vec![1];")
    reply = complete(kernel, "list_without_fields.")
    assert "buf" not in reply["matches"]
    kinds = {entry["text"]: entry["type"] for entry in reply["metadata"]["_jupyter_types_experimental"]}
    assert kinds["len"] == "function", "the method, not the private field of the same name"


def test_each_match_has_its_kind_and_signature(kernel):
    kernel.ok("let typed_matches = vec![1.5_f64];")
    reply = complete(kernel, "typed_matches[0].pow")
    typed = {entry["text"]: entry for entry in reply["metadata"]["_jupyter_types_experimental"]}
    assert list(typed) == reply["matches"]
    assert typed["powi"]["type"] == "function" and typed["powi"]["signature"].startswith("powi(")
    assert (typed["powi"]["start"], typed["powi"]["end"]) == (reply["cursor_start"], reply["cursor_end"])
    kinds = {"DataArr": "class", "typed_mat": "instance", "lesson_d": "function", "std::coll": "module"}
    for code, kind in kinds.items():
        entries = complete(kernel, code)["metadata"]["_jupyter_types_experimental"]
        assert entries and entries[0]["type"] == kind, (code, entries)


def test_a_name_behind_a_question_mark_completes(kernel):
    assert complete(kernel, "?lesson_d")["matches"] == ["lesson_data"]


def test_positions_count_letters_not_bytes(kernel):
    code = 'let unit = "😀 °C"; lesson_d'
    reply = complete(kernel, code)
    assert code[reply["cursor_start"] : reply["cursor_end"]] == "lesson_d"


def test_completion_in_the_middle_of_a_cell(kernel):
    code = "let folder = lesson_d\nlet other = 1;"
    reply = complete(kernel, code, code.index("\n"))
    assert any(match.startswith("lesson_data") for match in reply["matches"])


def test_nothing_to_complete_is_an_empty_list(kernel):
    assert complete(kernel, "zzz_no_such_thing")["matches"] == []


def test_a_variable_is_inspected_with_its_type(kernel):
    kernel.ok("let inspected_days: Vec<u16> = vec![1, 2];")
    reply = kernel.ask("inspect", "inspected_days", 5)
    assert reply["found"] and "Vec<u16>" in reply["data"]["text/plain"]


def test_a_function_of_the_prelude_is_inspected_with_its_documentation(kernel):
    reply = kernel.ask("inspect", "lesson_data", 5)
    assert reply["found"] and "lesson_data" in reply["data"]["text/plain"]
    assert len(reply["data"]["text/plain"].splitlines()) > 1


DOCUMENTED = """
/// A place that measures.
struct Gauge {
    /// Above the sea, in metres.
    height: f64,
}

impl Gauge {
    /// Whether it stands
    /// below the sea.
    fn is_under_water(&self) -> bool { self.height < 0.0 }
}

/// What a gauge measures.
enum Quantity {
    /// In millimetres.
    Rain,
}

/// How many there may be.
const MOST_GAUGES: usize = 5;

/// The higher of two.
fn higher(a: &Gauge, b: &Gauge) -> f64 { a.height.max(b.height) }

/// Twice as much.
macro_rules! twice_as_much { ($x:expr) => { 2 * $x } }

let one_gauge = Gauge { height: 3.0 };
let gauges = vec![Gauge { height: 1.0 }];
let gauge_names = vec![String::from("a")];
"""
# What is asked for, where the cursor is (`|`), and what the answer must hold.
INSPECTED = {
    # The notebook's own
    "|Gauge": ["struct Gauge", "A place that measures."],
    "one_gauge|": ["one_gauge: Gauge"],
    "gauges|": ["gauges: Vec<Gauge>"],
    "one_gauge.hei|ght": ["height: f64", "Above the sea"],
    "one_gauge.is_under_water(|)": ["fn is_under_water(&self) -> bool", "below the sea."],
    "gauges[0].is_under_water|()": ["fn is_under_water", "below the sea."],
    "gauges.iter().filter(|g| g.is_under_w|ater())": ["fn is_under_water"],
    "Quantity::Ra|in": ["Rain", "In millimetres."],
    "MOST_GAUGES|": ["const MOST_GAUGES: usize = 5", "How many"],
    "let h = hig|her(&one_gauge, &gauges[0]);": ["fn higher(a: &Gauge, b: &Gauge) -> f64", "The higher of two."],
    "higher(&one_gauge, &gauges[0])|": ["fn higher", "The higher of two."],
    "twice_as_much|!(2)": ["macro_rules! twice_as_much", "Twice as much."],
    # The prelude
    "DataArray|": ["struct DataArray", "names and labels"],
    "Pool::new|(8)": ["pub fn new(threads: usize)", "A pool of"],
    "open_raster|": ["pub fn open_raster"],
    "input|(": ["pub fn input", "field to type in"],
    # The standard library
    "gauges.len|()": ["pub const fn len(&self) -> usize", "number of elements"],
    "gauges.push|": ["fn push(&mut self, value: T)", "Appends an element"],
    "gauge_names[0].len|()": ["fn len(&self) -> usize", "length of this String"],
    "Vec::with_cap|acity": ["fn with_capacity", "capacity"],
    "HashMap|": ["struct HashMap", "hash map"],
    "Duration::from_secs|(3)": ["fn from_secs", "whole seconds"],
    "thread::sleep|": ["pub fn sleep", "current thread to sleep"],
    "f64::sqrt|": ["fn sqrt(self) -> f64", "square root"],
    "println!(|": ["macro_rules! println", "standard output"],
    "vec|![1]": ["macro_rules! vec"],
    "u32|": ["32-bit unsigned"],
    # ndarray
    "Array2::<f64>::zeros|((2, 2))": ["fn zeros", "zeros"],
}


@pytest.fixture(scope="module")
def documented(kernel):
    kernel.ok(DOCUMENTED)
    return kernel


@pytest.mark.parametrize("marked", INSPECTED)
def test_inspection_has_signature_and_documentation(documented, marked):
    # The mark is the first bar that stands alone: `|g|` is a closure.
    at = next(i for i in range(len(marked)) if marked[i] == "|" and marked[i : i + 3] != "|g|" and marked[i - 2 : i + 1] != "|g|")
    code = marked[:at] + marked[at + 1 :]
    reply = documented.ask("inspect", code, at)
    assert reply["status"] == "ok" and reply["found"], code
    text, html = reply["data"]["text/plain"], reply["data"]["text/html"]
    for expected in INSPECTED[marked]:
        assert expected in text, text
    assert "<pre><code" in html and "ctx" not in text.splitlines()[0], text
    assert not any(line.strip() == "#" or line.strip().startswith("# ") for line in text.splitlines()), text


def test_documentation_keeps_its_shape_as_text(kernel):
    text = kernel.ask("inspect", "Vec::push", 9)["data"]["text/plain"]
    assert "\n\nExamples\n--------\n\n    let mut vec = vec![1, 2];\n" in text, text


def test_inspection_does_not_wait_behind_a_running_cell(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(f'println!("started"); {gate.wait}')
    kernel.until_prints(cell)
    assert kernel.ask("inspect", "lesson_data", 5)["found"]
    assert cell.idle is None, "the reply came only after the cell"
    gate.open()
    kernel.finish(cell)


def test_an_unknown_name_is_not_found(kernel):
    reply = kernel.ask("inspect", "zzz_no_such_thing", 3)
    assert reply["status"] == "ok" and not reply["found"]


def test_completion_does_not_wait_behind_a_running_cell(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(f'println!("started"); {gate.wait}')
    kernel.until_prints(cell)
    reply = complete(kernel, "lesson_d")
    assert cell.idle is None, "the reply came only after the cell"
    assert reply["matches"]
    gate.open()
    kernel.finish(cell)


@pytest.mark.parametrize(
    "code",
    ["1 + 1", "let x = 1;", "fn f() {}", "fn f() {\n    1;\n}\n", "// a comment", 'println!("{}", "}");', "", "'a'"],
)
def test_complete_code(kernel, code):
    assert kernel.ask("is_complete", code)["status"] == "complete"


@pytest.mark.parametrize(
    "code", ["fn f() {", "let v = vec![1,", "for i in 0..3 {\n    f(i);", "match x {", "/* a comment"]
)
def test_incomplete_code(kernel, code):
    assert kernel.ask("is_complete", code)["status"] == "incomplete"


@pytest.mark.parametrize(("code", "indent"), [("for i in 0..3 {", "    "), ("fn f() {\n    if x {", "        ")])
def test_incomplete_code_comes_with_the_next_indent(kernel, code, indent):
    assert kernel.ask("is_complete", code)["indent"] == indent


@pytest.mark.parametrize("code", ["let x = );", "fn f( {} }", "let = 3;"])
def test_invalid_code(kernel, code):
    assert kernel.ask("is_complete", code)["status"] == "invalid"
