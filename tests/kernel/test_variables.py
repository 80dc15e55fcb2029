"""Variables survive whatever happens to a later cell, as long as its process does."""

import pytest

FAILURES = {
    "panic": 'panic!("on purpose")',
    "compile error": "no_such_name_anywhere",
    "question mark": '"twelve".parse::<i32>()?',
    "wrong type": "let kept_wrong: i32 = kept_numbers;",
}


@pytest.mark.parametrize("failure", FAILURES)
def test_variables_are_kept_after(kernel, failure):
    kernel.ok('let kept_numbers = vec![1, 2, 3];\nlet kept_text = String::from("rain");')
    kernel.fail(FAILURES[failure])
    assert kernel.ok("kept_numbers.len() + kept_text.len()").text == "7"


def test_a_variable_that_the_failing_cell_changed_is_kept(kernel):
    kernel.ok("let mut kept_counter = vec![1];")
    kernel.fail('kept_counter.push(2); panic!("after a change")')
    assert kernel.ok("kept_counter").text == "[1, 2]"


def test_a_variable_may_change_its_type(kernel):
    kernel.ok("let kept_shadow = 1;")
    kernel.ok('let kept_shadow = format!("{kept_shadow} day");')
    assert kernel.ok("kept_shadow").text == '"1 day"'


def test_shadowing_that_fails_keeps_the_old_value(kernel):
    kernel.ok("let kept_old = 5;")
    kernel.fail('let kept_old: i32 = "x".parse()?;')
    assert kernel.ok("kept_old").text == "5"


def test_refining_that_fails_keeps_the_old_value(kernel):
    kernel.ok('let kept_da = DataArray::new(random_integers(0..9, (4, 5)), ["y", "x"])?;')
    kernel.fail('let kept_da = kept_da.rename("band", "time")?;')
    assert kernel.ok("kept_da.dims()").text == '["y", "x"]'


def test_a_labelled_array_is_kept(kernel):
    kernel.ok('let kept_grid = DataArray::new(random_integers(0..9, (4, 5)), ["y", "x"])?;')
    kernel.fail('kept_grid.mean("no such dimension")?')
    assert kernel.ok("kept_grid.shape()").text == "[4, 5]"


def test_a_cell_of_methods_is_edited_and_run_again(kernel):
    kernel.ok("struct Gauge { height: f64 }")
    kernel.ok("impl Gauge { fn level(&self) -> f64 { self.height } fn twice(&self) -> f64 { self.level() * 2.0 } }")
    kernel.ok("impl std::fmt::Display for Gauge { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, \"one\") } }")
    kernel.ok("let gauge = Gauge { height: 2.0 };")
    assert kernel.ok("(gauge.level(), gauge.to_string())").text == '(2.0, "one")'
    kernel.ok("impl Gauge { fn level(&self) -> f64 { self.height + 1.0 } }")
    kernel.ok("impl std::fmt::Display for Gauge { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, \"two\") } }")
    assert kernel.ok("(gauge.level(), gauge.twice(), gauge.to_string())").text == '(3.0, 6.0, "two")'


def test_what_a_failing_cell_moved_is_named(kernel):
    kernel.ok("let moved_by_failure = vec![1];\nlet lent_to_failure = vec![2];")
    error = kernel.fail('let new_owner = moved_by_failure;\nlent_to_failure.len();\npanic!("after the move")')
    assert "gone: moved_by_failure." in error["text"], error["text"]
    assert "lent_to_failure" not in error["text"].split("gone:")[1]
    assert kernel.ok("lent_to_failure").text == "[2]"
    assert "which moved it and then failed" in kernel.fail("moved_by_failure")["text"]


def test_nothing_is_said_to_be_gone_where_nothing_is(kernel):
    kernel.ok("let still_there = vec![1];")
    assert "gone" not in kernel.fail("still_there.len();\npanic!()")["text"]


def test_an_assignment_before_the_failure_holds_as_in_python(kernel):
    kernel.ok("let mut kept_assigned = 1;")
    kernel.fail('kept_assigned = 5; panic!("after the assignment")')
    assert kernel.ok("kept_assigned").text == "5"


def test_an_import_of_a_cell_that_does_not_compile_is_not_kept(kernel):
    kernel.fail("use std::collections::BTreeSet as KeptSet;\nno_such_name")
    assert "KeptSet" in kernel.fail("KeptSet::<i32>::new()")["text"]


def test_a_compile_error_keeps_a_variable_that_the_cell_would_have_moved(kernel):
    kernel.ok("let kept_unmoved = vec![7];")
    kernel.fail("let taken = kept_unmoved; no_such_name")
    assert kernel.ok("kept_unmoved").text == "[7]"
