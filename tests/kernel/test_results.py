"""The last expression of a cell is its value."""

import base64

import pytest


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("1 + 1", "2"),
        ('"a string"', '"a string"'),
        ("vec![1.5, 2.5]", "[1.5, 2.5]"),
        ("(1, true)", "(1, true)"),
        ("let doubled_result = 21 * 2; doubled_result", "42"),
        ("let kept_result = 5;\nkept_result", "5"),
    ],
)
def test_the_last_expression_is_shown(kernel, code, text):
    assert kernel.ok(code).text == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("vec![1, 2, 3]", "VALUE.into_iter().sum::<i32>()", "6"),
        ('"12".parse::<i32>()', "VALUE?", "12"),
        ("String::from(\"x\")", "{ let moved = VALUE; moved }", '"x"'),
    ],
)
def test_a_value_that_uses_a_variable_up_is_shown(kernel, value, code, text):
    kernel.ok(f"let used_up_by_value = {value};")
    cell = kernel.ok(code.replace("VALUE", "used_up_by_value"))
    assert cell.text == text and not cell.stdout


@pytest.mark.parametrize("code, text", [("Ok(())", "Ok(())"), ("Ok(7)", "Ok(7)")])
def test_a_result_whose_error_is_open_is_shown(kernel, code, text):
    assert kernel.ok(f"let before_it = 1;\n{code}").text == text


def test_a_block_that_never_ends_by_itself_can_be_run(kernel):
    kernel.run_and_stop('{ println!("started"); loop { checkpoint(); } }')


def test_a_rich_value_that_uses_a_variable_up_keeps_its_views(kernel):
    kernel.ok('let used_up_array = DataArray::new(random_integers(0..9, (2, 3)), ["y", "x"])?;')
    assert "text/html" in kernel.ok('{ let moved = used_up_array; moved.name("temp") }').shown[0]


@pytest.mark.parametrize(
    "code",
    [
        "1 + 1;",
        "let silent_result = 3;",
        "for _ in 0..3 { }",
        "if false { println!(); }",
        "fn silent_function() {}",
        "// only a comment",
        "",
    ],
)
def test_statements_show_nothing(kernel, code):
    assert not kernel.ok(code).of("execute_result", "display_data")


def test_functions_and_variables_of_earlier_cells_are_there(kernel):
    kernel.ok("fn double_of(x: i32) -> i32 { 2 * x }")
    kernel.ok("let number_of_days = 183;")
    assert kernel.ok("double_of(number_of_days)").text == "366"


def test_a_function_may_be_written_anew(kernel):
    kernel.ok("fn rewritten() -> i32 { 1 }")
    kernel.ok("fn rewritten() -> i32 { 2 }")
    assert kernel.ok("rewritten()").text == "2"


def test_a_question_mark_that_succeeds_changes_nothing(kernel):
    assert kernel.ok('"12".parse::<i32>()?').text == "12"


def test_a_labelled_array_is_shown_as_html_with_text_beside(kernel):
    bundle = kernel.ok("""
DataArray::new(random_integers(0..9, (2, 3)), ["y", "x"])?.name("temp").coord("x", 1..=3)?
""").shown[0]
    for view in ("text/html", "text/plain"):
        assert "temp" in bundle[view], bundle[view]
    assert "<script" not in bundle["text/html"], "an untrusted notebook runs no scripts"


def test_a_picture_is_shown_as_png_with_text_beside(kernel):
    bundle = kernel.ok("imshow(&Array2::<f32>::from_shape_fn((20, 30), |(i, j)| (i * j) as f32))").shown[0]
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG\r\n\x1a\n")
    assert bundle["text/plain"].strip()


def test_any_value_can_be_shown_in_the_middle_of_a_cell(kernel):
    code = """
        let shown_by_macro = vec![1.5, 2.5];
        show!(shown_by_macro);
        println!("between");
        show!(DataArray::new(shown_by_macro.clone(), ["x"])?);
        show!(&shown_by_macro[..1]);
        shown_by_macro.len()"""
    cell = kernel.ok(code)
    displays = [message.content["data"] for message in cell.of("display_data")]
    assert [displays[0]["text/plain"], displays[2]["text/plain"]] == ["[1.5, 2.5]", "[1.5]"]
    assert "text/html" in displays[1], "a labelled array has its own view"
    assert cell.text == "2" and len(cell.of("execute_result")) == 1


def test_what_compiled_code_calls_on_its_own_is_there(kernel):
    """128-bit arithmetic, mathematical functions, thread locals and unwinding are in libraries that a cell does not name."""
    assert kernel.ok("let wide = std::hint::black_box(7u128 << 100); (wide / 3) >> 98").text == str(((7 << 100) // 3) >> 98)
    assert kernel.ok("let x = std::hint::black_box(0.5f64); (x.sin() + x.powf(2.5) + x % 0.3) as f32").text.startswith("0.856")
    assert kernel.ok("let t = std::hint::black_box(2.0f32); (t.tanh(), t.mul_add(3.0, 1.0))").text == "(0.9640276, 7.0)"
    kernel.ok(
        "fn count() -> u32 {\n"
        "    thread_local! { static CALLS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) }; }\n"
        "    CALLS.with(|calls| { calls.set(calls.get() + 1); calls.get() })\n}"
    )
    assert kernel.ok("count(); count()").text == "2"
    assert kernel.ok("std::panic::catch_unwind(|| panic!(\"inside\")).is_err()").text == "true"


def test_a_display_comes_before_the_end_of_the_cell(kernel, gates):
    (gate,) = gates()
    cell = kernel.begin(f'html("<b>now</b>", "now"); {gate.wait}')
    kernel.wait_until(lambda: cell.of("display_data"), what="the display of a cell that goes on")
    gate.open()
    kernel.finish(cell)
    assert cell.shown == [{"text/html": "<b>now</b>", "text/plain": "now"}]
