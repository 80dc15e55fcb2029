"""The classic stumbling blocks: below the compiler's report stands one sentence that says what to do."""

import pytest

HINTS = {
    "integers and floats added": ("1 + 2.0", "as f64"),
    "an integer times a float": ("let hint_n = 3;\nhint_n * 0.5", "as f64"),
    "compared": ("let hint_n = 3; hint_n > 2.5", "as f64"),
    "an integer where a float is wanted": ("fn hint_half(x: f64) -> f64 { x / 2.0 }\nhint_half(3)", "3.0 and not 3"),
    "a mean over len": ("let hint_v = vec![1.0]; hint_v.iter().sum::<f64>() / hint_v.len()", "as f64"),
    "an index that is no usize": ("let hint_v = vec![1]; let hint_i: i64 = 0; hint_v[hint_i]", "v[i as usize]"),
    "a power": ("2.0 ** 3.0", "powi"),
    "no let": ("hint_unknown = 5;", "let hint_unknown"),
    "print": ('print("a");', "print!("),
    "True": ("let hint_yes = True;", "`true` and `false`"),
    "single quotes": ("let hint_t = 'text';", '"text"'),
    "and": ("true and false", "&&"),
    "len()": ("let hint_v = vec![1]; len(hint_v)", "x.len()"),
    "a method without parentheses": ("let hint_v = vec![1]; hint_v.len", "parentheses"),
    "range()": ("for i in range(10) { }", "0..10"),
    "def": ("def f(x):\n    return x", "fn f("),
    "import": ("import numpy as np", "`use`"),
    "np.": ("np.zeros(3)", ""),
    "a comment": ("# note\n1 + 1", "//"),
    "f-string": ('let hint_x = 3;\nf"{hint_x}"', "format!("),
    "strings added": ('"a" + "b"', "format!("),
    "not mutable": ("let hint_v = vec![1]; hint_v.push(2);", "let mut"),
    "assigned twice": ("let hint_once = 1; hint_once += 1;", "let mut"),
    "no Display": ('println!("{}", vec![1]);', "{x:?}"),
    "no Debug": ("struct HintBare;\nHintBare", "#[derive(Debug, Clone)]"),
    "a missing semicolon": ("let hint_a = 1\nlet hint_b = 2;", "A semicolon is missing"),
    "a missing semicolon after a macro": ('println!("a")\nlet hint_b = 2;', "A semicolon is missing"),
    "an open brace": ("for i in 0..3 {", "close it"),
    "moved in the same cell": ("let hint_v = vec![1]; let hint_w = hint_v; hint_v.len()", "hint_v.clone()"),
    "sum without a type": ("let hint_s = vec![1, 2].iter().sum();", ".sum::<f64>()"),
    "max of floats": ("vec![1.0].iter().max()", "total_cmp"),
    "a String for a &str": ('let hint_s: String = "abc";', "to_string()"),
    "elif": ("let hint_x = 1;\nif hint_x == 1 { } elif hint_x == 2 { }", "else if"),
    "? on an Option": ("let hint_o: Option<i32> = None; hint_o?;", "ok_or"),
}  # fmt: skip


@pytest.mark.parametrize("name", HINTS)
def test_a_stumbling_block_is_explained(kernel, name):
    code, words = HINTS[name]
    error = kernel.fail(code)
    assert words in error["text"], error["text"]
    for internal in ("evcxr", "Evcxr", "/tmp/", "ctx", "isopleth::runtime"):
        assert internal not in error["text"], error["text"]


def test_a_variable_whose_type_changed_is_explained(kernel):
    kernel.ok("let hint_typed = 5;")
    kernel.ok('let hint_typed = "five".to_string();')
    error = kernel.fail("hint_typed + 1")
    assert "hint_typed" in error["text"] and "String" in error["text"]
    assert "has changed its type" in error["text"], error["text"]


def test_a_missing_semicolon_at_the_end_is_put_in_there(kernel):
    error = kernel.fail("let missing_semicolon = 5")["text"]
    assert "found the end of the cell" in error and "`}`" not in error, error
    assert "let missing_semicolon = 5;" in error and "cannot find value" not in error, error


def test_what_became_of_a_name_is_told_without_guesses(kernel):
    kernel.ok('let vec = vec![2]; let hint_kept = 1;')
    kernel.ok("drop(vec);")
    error = kernel.fail("vec.len()")["text"]
    assert "moved" in error and "belongs to its name" not in error, error


def test_a_crate_that_is_missing_is_added_by_dep(kernel):
    assert ":dep chrono" in kernel.fail("use chrono::NaiveDate;")["text"]
