"""A variable that a cell moves away is gone: the cell says so at once, and a later cell learns where it went.

Who comes from Python expects `e = d` to leave `d` as it is, and `for f in files` to leave the files.
"""

import pytest


def said(cell) -> str:
    assert not cell.stderr and not cell.errors, cell.describe()
    return cell.notes


MOVES = {
    "into another variable": ("vec![1.5, 2.5]", "let moved_e = moved_d;"),
    "into a variable of a type": ("vec![1, 2]", "let moved_e: Vec<i32> = moved_d;"),
    "by a loop": ('vec![String::from("a.tif")]', 'for f in moved_d { println!("{f}"); }'),
    "by drop": ("vec![1, 2]", "drop(moved_d)"),
    "by an operator": ('String::from("a")', 'moved_d + "b"'),
    "by arithmetic of arrays": ("Array2::<f64>::zeros((2, 2))", "moved_d + 1.0"),
    "by a function": ("vec![3]", "fn moved_into(v: Vec<i32>) -> usize { v.len() }\nmoved_into(moved_d)"),
    "by a method": ("vec![3]", "moved_d.into_iter().map(|x: i32| x + 1).sum::<i32>()"),
    "into a thread": ("vec![3]", "thread::spawn(move || moved_d.len()).join().unwrap()"),
    "into a struct": ("vec![3]", "struct MovedInto { v: Vec<i32> }\nlet moved_s = MovedInto { v: moved_d };"),
    "into a tuple": ("vec![3]", "let moved_t = (moved_d, 1);"),
    "into an array": ("vec![3]", "let moved_a = [moved_d, vec![]];"),
    "by a pattern": ("(vec![1], vec![2])", "let (moved_p, moved_q) = moved_d;"),
    "by a match": ("Some(vec![1])", "match moved_d { Some(v) => v.len(), None => 0 }"),
    "by an if let": ("Some(vec![1])", "if let Some(v) = moved_d { println!(\"{}\", v.len()); }"),
    "by a nested block": ("vec![1]", "{\n    let inner = moved_d;\n    println!(\"{}\", inner.len());\n}"),
    "as the value of the cell": ("vec![1]", "Some(moved_d)"),
    "by a return": ("vec![1]", "let moved_r = loop { break moved_d; };"),
    "by push": ("vec![1]", "let mut moved_l = Vec::new();\nmoved_l.push(moved_d);"),
}


@pytest.mark.parametrize("how", MOVES)
def test_a_variable_that_was_moved_is_said_to_be(kernel, how):
    value, code = MOVES[how]
    kernel.ok(f"let moved_d = {value};\nlet moved_beside = vec![1];")
    cell = kernel.ok(f"moved_beside.len();\n{code}")
    note = said(cell)
    assert "`moved_d`" in note and "moved" in note.replace("moved_", ""), cell.describe()
    assert "&moved_d" in note or "moved_d.clone()" in note, "how to lend it"
    assert "`moved_beside`" not in note
    error = kernel.fail("moved_d.clone();")
    assert error["ename"] == "CompileError"
    assert "moved" in error["text"].replace("moved_d", "") and f"[{cell.reply['execution_count']}]" in error["text"], error["text"]
    assert kernel.ok("moved_beside").text == "[1]"


def test_several_that_were_moved_are_all_named(kernel):
    kernel.ok("let moved_one = vec![1];\nlet moved_two = vec![2];\nlet moved_three = vec![3];")
    note = said(kernel.ok("let moved_both = [moved_one, moved_two];\nmoved_three.len()"))
    assert "moved_one" in note and "moved_two" in note and "moved_three" not in note, note


def test_the_error_names_the_cell_that_moved_it_and_not_a_later_one(kernel):
    kernel.ok("let moved_early = vec![1];")
    number = kernel.ok("let moved_home = moved_early;").reply["execution_count"]
    kernel.ok("1 + 1")
    kernel.fail('panic!("between")')
    assert f"[{number}]" in kernel.fail("moved_early.len()")["text"]
    assert f"[{number}]" in kernel.fail("let moved_again = moved_early;")["text"]


def test_a_variable_that_was_moved_may_be_made_again(kernel):
    kernel.ok("let moved_renewed = vec![1];")
    kernel.ok("let moved_elsewhere = moved_renewed;")
    kernel.ok("let moved_renewed = vec![7, 8];")
    assert kernel.ok("moved_renewed").text == "[7, 8]"


LENDS = {
    "a copy": ("5", "let lent_e = lent_d;"),
    "a reference": ("vec![1]", "let lent_n = (&lent_d).len();"),
    "a clone": ("vec![1]", "let lent_e = lent_d.clone();"),
    "a loop over a reference": ("vec![1]", "for x in &lent_d { println!(\"{x}\"); }"),
    "a method": ("vec![1]", "lent_d.iter().sum::<i32>()"),
    "one that is given back": ("vec![1]", "drop(lent_d);\nlent_d = vec![2];"),
    "one that is renewed": ("vec![1]", "let lent_d = lent_d;"),
    "one that is changed": ("vec![1]", "let mut lent_d = lent_d; lent_d.push(4);"),
    "a place in it": ("vec![1]", "let lent_x = lent_d[0];"),
    "a macro": ("vec![1]", "println!(\"{lent_d:?}\"); assert_eq!(lent_d, [1]);"),
    "a closure": ("vec![1]", "(0..3).map(|i| lent_d[0] + i).sum::<i32>()"),
    "the value of the cell": ("vec![1]", "lent_d"),
    "an inner variable of the name": ("vec![1]", "{\n    let lent_d = vec![2];\n    drop(lent_d);\n}"),
}


@pytest.mark.parametrize("how", LENDS)
def test_nothing_is_said_of_a_variable_that_is_only(kernel, how):
    value, code = LENDS[how]
    kernel.ok(f"let mut lent_d = {value};")
    assert said(kernel.ok(code)) == ""
    kernel.ok("lent_d;")
