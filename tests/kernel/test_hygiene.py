"""What the kernel writes around a cell never meets what the user wrote: text is text, names are the user's own.

Cells are rewritten before they are compiled. Whatever the rewriting looks for may stand in a string, in a comment, behind
an attribute, or be a name that the user has chosen as well.
"""

import json

import pytest

LINES = [
    "Ok(())})();",
    "mod evcxr_internal_runtime {",
    "struct EvcxrUserCodeError {}",
    "evcxr_variable_store.put_variable::<i32>(stringify!(nn), nn);",
    'println!("EVCXR_PANIC_NOTIFICATION");',
    "} else { return; }",
    "let hygiene_text = 1;",
    "use std::no_such_module::*;",
    "#![no_std]",
    ":dep no-such-crate = \"1\"",
    "!exit 3",
    "extern crate nothing; nothing.await",
    "'a: loop { break 'a }",
    "mod isopleth { pub fn checkpoint() {} }",
    "*/ /* \"# r#\"",
]


def literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)


@pytest.mark.parametrize("line", LINES)
def test_a_string_is_kept_as_it_was_written(kernel, line):
    inner = line.replace("\\", "\\\\").replace('"', '\\"')
    cell = kernel.ok(f'let hygiene_text = "\n{inner}\n"; let hygiene_raw = r##"\n{line}\n"##;\nprint!("{{hygiene_text}}");')
    assert cell.stdout == f"\n{line}\n"
    assert kernel.ok("(hygiene_text == hygiene_raw, hygiene_text.lines().count())").text == "(true, 2)"


def test_a_comment_does_nothing(kernel):
    kernel.ok("let hygiene_nn = 5;")
    comments = "".join(f"/*\n{line}\n*/ // {line}\n" for line in LINES if "*/" not in line)
    assert kernel.ok(f"{comments}let hygiene_nn = hygiene_nn + 1;\n{comments}hygiene_nn\n{comments}").text == "6"
    assert kernel.ok("hygiene_nn").text == "6"


def test_a_string_that_looks_like_the_end_of_the_cell_does_not_end_it(kernel):
    kernel.ok("let hygiene_xx = 5;")
    error = kernel.fail('let hygiene_xx = hygiene_xx + 1; let hygiene_r = (|| -> std::result::Result<(), String> {\nOk(())})();\npanic!("boom")')
    assert error["evalue"] == "boom"
    assert kernel.ok("hygiene_xx").text == "5", "the cell failed before its end"


ATTRIBUTES = {
    "#[cfg(windows)] for i in 0..3 { hygiene_s += i; }": "0",
    "#[cfg(windows)]\nfor i in 0..3 { hygiene_s += i; }": "0",
    "#[cfg(any())] while hygiene_s < 5 { hygiene_s += 1; }": "0",
    "#[cfg(any())] // a comment\nloop { hygiene_s += 1; }": "0",
    "#[cfg(any())] { for i in 0..3 { hygiene_s += i; } }": "0",
    "#[cfg(any())] if true { hygiene_s += 7; }": "0",
    "#[cfg(all())] for i in 0..3 { hygiene_s += i; }": "3",
    "#[allow(unused_mut)] #[cfg(not(windows))] 'turns: for i in 0..9 { hygiene_s += i; if i == 3 { break 'turns; } }": "6",
    "{ for i in 0..3 { #[cfg(windows)] for j in 0..3 { hygiene_s += 100; } hygiene_s += i; } }": "3",
}


@pytest.mark.parametrize("code", ATTRIBUTES)
def test_an_attribute_belongs_to_its_statement(kernel, code):
    kernel.ok("let mut hygiene_s = 0;")
    kernel.ok(code)
    assert kernel.ok("hygiene_s").text == ATTRIBUTES[code]


def test_a_trait_for_every_type_is_not_called_by_generated_code(fresh_kernel):
    methods = "turns part guard look check checkpoint next_turn put take get keep show display debug stop tick flush wrap run"
    named = "".join(f" fn {name}(&self) -> std::vec::IntoIter<i32> {{ vec![99].into_iter() }}" for name in methods.split())
    fresh_kernel.ok(f"trait Everything {{{named} fn into_turns(self) -> [i32; 1] where Self: Sized {{ [99] }} }}\nimpl<T: ?Sized> Everything for T {{}}")
    assert fresh_kernel.ok('for x in [1, 2, 3] { println!("{x}"); }').stdout == "1\n2\n3\n"
    assert fresh_kernel.ok('for x in vec![4, 5].iter().rev() { println!("{x}"); }').stdout == "5\n4\n"
    fresh_kernel.ok("let mut kept = vec![7];")
    assert fresh_kernel.ok("while kept.len() < 3 { kept.push(8); }\nkept").text == "[7, 8, 8]"
    assert "no" in fresh_kernel.fail('Err("no")?;')["evalue"]
    assert "boom" in fresh_kernel.fail('kept.push(9);\npanic!("boom")')["evalue"]
    assert fresh_kernel.ok("kept").text == "[7, 8, 8, 9]"


# Modules, functions and macros of the names that generated code is likeliest to use, and what they give.
NAMES = {
    "a module": ("mod isopleth { pub fn answer() -> i32 { 42 } }", "isopleth::answer()", "42"),
    "modules of the standard library": ("mod std { pub fn answer() -> i32 { 43 } }\nmod core { pub fn answer() -> i32 { 44 } }", "(std::answer(), core::answer())", "(43, 44)"),
    "functions and types": ("fn drop(x: i32) -> i32 { x + 1 }\nfn catch_unwind() -> i32 { 45 }\nfn main() -> i32 { 46 }\n#[derive(Debug)] struct Any(i32);\ntrait Keep { fn keep(&self) -> i32 { 1 } }\nimpl Keep for i32 {}", "(drop(1), catch_unwind(), main(), Any(5), 5.keep())", "(2, 45, 46, Any(5), 1)"),
    "macros": ("macro_rules! stringify { ($x:expr) => { 48 } }\nmacro_rules! panic { ($x:expr) => { 49 } }", '(stringify!(a), panic!("a"))', "(48, 49)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", NAMES)
def test_names_that_generated_code_may_use_are_the_users(fresh_kernel, kind):
    definition, code, value = NAMES[kind]
    fresh_kernel.ok(definition)
    assert fresh_kernel.ok(code).text == value
    fresh_kernel.ok("let mut kept = 1;\nlet text = String::from(\"kept\");")
    assert fresh_kernel.ok("for i in 0..3 { kept += i; }\ntext.len() as i32 + kept").text == "8"
    assert "invalid digit" in fresh_kernel.fail('let never: i32 = "x".parse()?;')["evalue"]


def test_what_is_unsafe_needs_the_word(kernel):
    kernel.ok("unsafe fn hygiene_read(p: *const i32) -> i32 { unsafe { *p } }\nstatic mut HYGIENE_STATIC: i32 = 4;\nlet hygiene_value = Box::new(8);")
    for code in ("hygiene_read(&*hygiene_value)", "*(&raw const *hygiene_value)", "HYGIENE_STATIC", "let hygiene_never = hygiene_read(&*hygiene_value);"):
        assert "unsafe" in kernel.fail(code)["text"]
    assert kernel.ok("unsafe { (hygiene_read(&*hygiene_value), HYGIENE_STATIC) }").text == "(8, 4)"


UNREACHABLE = [
    'fn hygiene_f(v: &[String]) -> String {\n    return v.join(",");\n}',
    "fn hygiene_g() -> i32 {\n    let h = thread::spawn(|| 5);\n    return h.join().unwrap();\n}\nhygiene_g();",
    'let hygiene_h = loop {\n    let v = ["a", "b"];\n    break v.join("+");\n};',
    'fn hygiene_i(p: &Path) -> PathBuf {\n    for _ in 0..3 {\n        return p.join("x");\n    }\n    PathBuf::new()\n}',
    "fn hygiene_j() {\n    return thread::sleep(Duration::from_millis(1));\n}\nhygiene_j();",
]


@pytest.mark.parametrize("code", UNREACHABLE)
def test_nothing_is_called_unreachable_that_is_reached(kernel, code):
    assert kernel.ok(code).shown == []


BUNDLES = {
    "text/html": "<b>bold</b>",
    "text/markdown": "# Title\n\nof **two** lines",
    "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "image/png": "iVBORw0KGgo=",
}


@pytest.mark.parametrize("mime", BUNDLES)
def test_displays_of_crates_made_for_evcxr_are_shown(kernel, mime):
    name = "Hygiene" + "".join(part.title() for part in mime.split("+")[0].split("/"))
    kernel.ok(f"""
pub struct {name}(pub &'static str);
impl {name} {{
    pub fn evcxr_display(&self) {{ println!("EVCXR_BEGIN_CONTENT {mime}\\n{{}}\\nEVCXR_END_CONTENT", self.0); }}
}}""")
    cell = kernel.ok(f'println!("before");\n{name}({literal(BUNDLES[mime])})')
    assert [bundle[mime].strip() for bundle in cell.shown if mime in bundle] == [BUNDLES[mime]], cell.describe()
    assert cell.stdout == "before\n"


def test_a_display_of_several_forms_shows_each(kernel):
    cell = kernel.ok("""
struct HygieneBoth;
impl HygieneBoth {
    fn evcxr_display(&self) {
        println!("EVCXR_BEGIN_CONTENT text/html\\n<i>both</i>\\nEVCXR_END_CONTENT\\nEVCXR_BEGIN_CONTENT text/plain\\nboth\\nEVCXR_END_CONTENT");
    }
}
HygieneBoth""")
    assert [bundle["text/html"].strip() for bundle in cell.shown if "text/html" in bundle] == ["<i>both</i>"]
    assert "both" in [bundle.get("text/plain", "").strip() for bundle in cell.shown]
    assert "EVCXR" not in cell.stdout


@pytest.mark.parametrize("cell", ["\ufefflet hygiene_bom = 8;", "\ufeff// a comment\r\nlet hygiene_bom = 8;\r\n", "\ufeff\nlet hygiene_bom = 8;"])
def test_a_byte_order_mark_is_nothing(kernel, cell):
    kernel.ok("let hygiene_bom = 0;")
    kernel.ok(cell)
    assert kernel.ok("\ufeffhygiene_bom").text == "8"
    assert "hygiene_bom" in str(kernel.ok("\ufeff:vars").messages)


def test_a_panic_hook_of_the_users_leaves_the_error_its_text(fresh_kernel):
    fresh_kernel.ok('std::panic::set_hook(Box::new(|info| eprintln!("my hook: {info}")));')
    error = fresh_kernel.fail('let day = 3;\npanic!("no rain on day {day}")')
    assert error["evalue"] == "no rain on day 3"
    assert "my hook" in error["cell"].stderr
    assert fresh_kernel.ok("std::panic::catch_unwind(|| panic!(\"caught\")).is_err()").text == "true"
    assert "index is 9" in fresh_kernel.fail("let week = vec![1]; let at = 9; week[at]")["evalue"]
    fresh_kernel.ok("std::panic::set_hook(Box::new(|_| {}));\nlet kept = vec![1];")
    assert fresh_kernel.fail('kept.len(); panic!("still said")')["evalue"] == "still said"
    assert fresh_kernel.ok("kept").text == "[1]"
