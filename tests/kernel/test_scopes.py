"""A variable of the notebook is one that a `let` of the cell itself makes, not a `let` further in.

An inner `let` that was taken for one of the cell cost the variable of that name; which one it was depended on how the
lines were broken, and on whether the cell had been compiled before.
"""

import pytest

# Each has something inside that is called `scope_total` too. The variable of the notebook stays as it is.
INNER = {
    "a for loop": ("for i in 0..3 {\n    let scope_total = i * 2;\n    println!(\"{scope_total}\");\n}", "0\n2\n4\n"),
    "a while loop": ("let mut scope_i = 0;\nwhile scope_i < 2 {\n    let scope_total = scope_i;\n    println!(\"{scope_total}\");\n    scope_i += 1;\n}", "0\n1\n"),
    "a loop": ("loop {\n    let scope_total = \"inner\";\n    println!(\"{scope_total}\");\n    break;\n}", "inner\n"),
    "a while let loop": ("let mut scope_left = vec![1, 2];\nwhile let Some(scope_total) = scope_left.pop() {\n    let scope_total = scope_total * 7;\n    println!(\"{scope_total}\");\n}", "14\n7\n"),
    "an if": ("if true {\n    let scope_total = 5;\n    println!(\"{scope_total}\");\n}", "5\n"),
    "an else": ("if scope_total > 50 {\n    println!(\"much\");\n} else {\n    let scope_total = 6;\n    println!(\"{scope_total}\");\n}", "6\n"),
    "an if let": ("if let Some(scope_total) = Some(4) {\n    let scope_total = scope_total + 1;\n    println!(\"{scope_total}\");\n}", "5\n"),
    "a match": ("match 3 {\n    1 => println!(\"one\"),\n    scope_other => {\n        let scope_total = scope_other;\n        println!(\"{scope_total}\");\n    }\n}", "3\n"),
    "a block": ("{\n    let scope_total = vec![1.5];\n    println!(\"{scope_total:?}\");\n}", "[1.5]\n"),
    "a labelled block": ("'scope: {\n    let scope_total = 8;\n    println!(\"{scope_total}\");\n    break 'scope;\n}", "8\n"),
    "an unsafe block": ("unsafe {\n    let scope_total = 8;\n    println!(\"{}\", *&raw const scope_total);\n}", "8\n"),
    "the closure of map": ("let scope_all: Vec<i32> = (0..2)\n    .map(|i| {\n        let scope_total = i + 30;\n        scope_total\n    })\n    .collect();\nprintln!(\"{scope_all:?}\");", "[30, 31]\n"),
    "a thread": ("let scope_handle = thread::spawn(|| {\n    let scope_total = 9;\n    println!(\"{scope_total}\");\n});\nscope_handle.join().unwrap();", "9\n"),
    "a scoped thread": ("thread::scope(|scope| {\n    scope.spawn(|| {\n        let scope_total = 9;\n        println!(\"{scope_total}\");\n    });\n});", "9\n"),
    "a function": ("fn scope_function() -> i32 {\n    let scope_total = 11;\n    scope_total\n}\nprintln!(\"{}\", scope_function());", "11\n"),
    "a function in a block": ("{\n    fn inner() {\n        let scope_total = 12;\n        println!(\"{scope_total}\");\n    }\n    inner();\n}", "12\n"),
    "a method": ("struct ScopeGauge;\nimpl ScopeGauge {\n    fn level(&self) -> i32 {\n        let scope_total = 13;\n        scope_total\n    }\n}\nprintln!(\"{}\", ScopeGauge.level());", "13\n"),
    "the argument of a macro": ("println!(\"{}\", {\n    let scope_total = 14;\n    scope_total\n});", "14\n"),
    "the else of a let": ("let Some(scope_some) = Some(1) else {\n    let scope_total = 15;\n    panic!(\"{scope_total}\");\n};\nprintln!(\"{scope_some}\");", "1\n"),
    "a pattern of a loop": ("for (scope_total, word) in [\"a\", \"b\"].iter().enumerate() {\n    println!(\"{scope_total}{word}\");\n}", "0a\n1b\n"),
    "the value of another let": ("let scope_other = {\n    let scope_total = 16;\n    scope_total + 1\n};\nprintln!(\"{scope_other}\");", "17\n"),
    "two levels down": ("for i in 0..2 {\n    if i > 0 {\n        let scope_total = i;\n        println!(\"{scope_total}\");\n    }\n}", "1\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", INNER)
def test_a_let_inside_leaves_the_notebooks_variable_alone(kernel, name):
    code, printed = INNER[name]
    kernel.ok("let scope_total = 10;")
    assert kernel.ok(code).stdout == printed
    assert kernel.ok("scope_total").text == "10"


@pytest.mark.parametrize("name", ["a for loop", "an if", "a match", "the closure of map", "a scoped thread"])
def test_a_cell_may_use_behind_a_block_what_the_block_hides(kernel, name):
    code, printed = INNER[name]
    kernel.ok("let scope_total = 10;")
    assert kernel.ok(code + '\nprintln!("{scope_total}");').stdout == printed + "10\n"
    assert kernel.ok("scope_total").text == "10"


def test_a_notebook_gives_the_same_when_it_is_run_again(kernel):
    for _ in range(2):
        kernel.ok("let scope_again = String::from(\"outer\");")
        kernel.ok("for n in 0..2 {\n    let scope_again = n;\n    println!(\"{scope_again}\");\n}")
        assert kernel.ok("scope_again").text == '"outer"'


def test_an_inner_let_does_not_keep_the_value_in_memory(kernel):
    kernel.ok("use std::sync::Arc as ScopeArc;\nlet scope_big = ScopeArc::new([0u8; 1000]);\nlet scope_watch = ScopeArc::downgrade(&scope_big);")
    kernel.ok("for n in 0..1 {\n    let scope_big = n;\n    println!(\"{scope_big}\");\n}")
    assert kernel.ok("scope_watch.strong_count()").text == "1"
    kernel.ok("let scope_big = 2;")
    assert kernel.ok("scope_watch.strong_count()").text == "0"


def test_a_value_that_an_inner_let_hides_may_still_be_changed_around_it(kernel):
    kernel.ok("let mut scope_sum = 0;")
    kernel.ok("for n in 1..4 {\n    scope_sum += n;\n    let scope_sum = 100;\n    println!(\"{scope_sum}\");\n}")
    assert kernel.ok("scope_sum").text == "6"


# A `let` whose value goes over several lines, and often uses the variable that it takes the place of.
VALUES = {
    "a block": ("let scope_v = 1;", "let scope_v = {\n    let t = 1;\n    t + scope_v\n};", "2"),
    "a loop in a block": ("let scope_v = vec![1, 2, 3];", "let scope_v: Vec<i32> = {\n    let mut out = Vec::new();\n    for x in &scope_v { out.push(x * 2); }\n    out\n};", "[2, 4, 6]"),
    "an if": ("let scope_v = 4;", "let scope_v = if true {\n    let a = 2;\n    a * scope_v\n} else {\n    scope_v\n};", "8"),
    "an else if": ("let scope_v = 4;", "let scope_v = if scope_v == 1 {\n    let a = 2;\n    a\n} else if scope_v == 4 {\n    let b = 3;\n    b * scope_v\n} else { 0 };", "12"),
    "a match": ("let scope_v = Some(3);", "let scope_v = match scope_v {\n    Some(n) => {\n        let m = n * 5;\n        m + 1\n    }\n    None => 0,\n};", "16"),
    "a loop": ("let scope_v = 90;", "let scope_v = loop {\n    let next = scope_v + 1;\n    break next;\n};", "91"),
    "a labelled block": ("let scope_v = 5;", "let scope_v = 'out: {\n    if scope_v > 3 { break 'out 1; }\n    2\n};", "1"),
    "a scope of threads": ("let scope_v = 3;", "let scope_v = thread::scope(|scope| {\n    let half = scope.spawn(|| scope_v * 7);\n    half.join().unwrap()\n});", "21"),
    "a chain of methods": ("let scope_v = vec![3, 4];", "let scope_v: i32 = scope_v\n    .iter()\n    .map(|x| {\n        let y = x * x;\n        y + 1\n    })\n    .sum();", "27"),
    "a comment with a semicolon": ("let scope_v = 4;", "let scope_v = 3 // was: two;\n    + scope_v;", "7"),
    "a long comment with a semicolon": ("let scope_v = 4;", "let scope_v = /* let scope_v = 1;\n*/ scope_v * 2;", "8"),
    "a string with a semicolon": ("let scope_v = 1;", 'let scope_v = format!("{scope_v};\nlet x = 2;\n");', r'"1;\nlet x = 2;\n"'),
    "a character": ("let scope_v = 1;", "let scope_v = [';', '{',\n    '\"', '\\''];", "[';', '{', '\"', '\\'']"),
    "an array": ("let scope_v = 2;", "let scope_v = [scope_v; {\n    let n = 1;\n    n + 1\n}];", "[2, 2]"),
    "a closure that is called": ("let scope_v = 2;", "let scope_v = (|| {\n    let a = scope_v;\n    a + 40\n})();", "42"),
    "a let with else": ("let scope_v = Some(2);", "let Some(scope_v) = scope_v else {\n    let message = 1;\n    panic!(\"{message}\");\n};", "2"),
    "several on a line": ("let scope_v = 2;", "let scope_v = scope_v + 1; let scope_v = scope_v * 10; let scope_v = scope_v - 5;", "25"),
    "a first value of another type": ("let scope_v = \"text\";", "let scope_v = scope_v.len();\nlet scope_v = vec![scope_v;\n    2];", "[4, 4]"),
    "a value that comes later": ("let scope_v = 2;", "let scope_v;\nif true {\n    scope_v = 5;\n} else {\n    scope_v = 6;\n}", "5"),
    "one that is hidden by a block behind it": ("let scope_v = 2;", "let scope_v = 7;\n{\n    let scope_v = 1;\n    println!(\"{scope_v}\");\n}", "7"),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_a_let_ends_where_rust_ends_it(kernel, name):
    before, code, value = VALUES[name]
    kernel.ok(before)
    kernel.ok(code)
    assert kernel.ok("scope_v").text == value


def test_a_statement_over_several_lines_may_use_what_a_block_in_it_hides(kernel):
    kernel.ok("let scope_w = 7;")
    assert kernel.ok('if true {\n    let scope_w = 5;\n    println!("{scope_w}");\n}\nprintln!("{scope_w}");').stdout == "5\n7\n"


PATTERNS = {
    "let (scope_a, mut scope_b) = (1, 2);": "(1, 2)",
    "let [scope_a, .., scope_b] = [3, 4, 5, 6];": "(3, 6)",
    "struct ScopePair { x: i32, y: i32 }\nlet ScopePair { x: scope_a, y: scope_b } = ScopePair { x: 5, y: 6 };": "(5, 6)",
    "let scope_a @ 1..=9 = 4 else { panic!() };\nlet scope_b = scope_a;": "(4, 4)",
    "let (scope_a, (scope_b, ..)) = (7, (8, 9, 10));": "(7, 8)",
    "let (Ok(scope_a) | Err(scope_a)) = Err::<i32, i32>(9);\nlet _ = 5; let _scope = 6; let scope_b = 10;": "(9, 10)",
    "#[allow(unused_variables)]\nlet scope_a = 11;\n#[cfg(windows)]\nlet scope_b = 1;\n#[cfg(unix)]\nlet scope_b = 12;": "(11, 12)",
}


@pytest.mark.parametrize("code", PATTERNS)
def test_every_name_of_a_pattern_is_a_variable(kernel, code):
    kernel.ok("let scope_a = 0;\nlet scope_b = 0;")
    kernel.ok(code)
    assert kernel.ok("(scope_a, scope_b)").text == PATTERNS[code]


def test_names_that_are_keywords_are_names(kernel):
    kernel.ok("let r#type = 5;\nlet (r#match, r#in) = (String::from(\"m\"), 2);")
    assert kernel.ok("r#type + 1").text == "6"
    kernel.ok("let mut r#loop = r#type;\nr#loop += 1;")
    assert kernel.ok('println!("{}", r#in);\n(r#loop, &r#match)').text == '(6, "m")'
    assert kernel.ok("r#match.len() as i32 + r#loop").text == "7"


def test_a_let_in_a_string_is_text(kernel):
    kernel.ok("let scope_text = 3;")
    assert kernel.ok('println!("\nlet scope_text = 4;\n");').stdout == "\nlet scope_text = 4;\n\n"
    assert kernel.ok("scope_text").text == "3"
