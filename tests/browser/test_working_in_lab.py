"""What a student does besides running cells: Stop, Tab, Shift + Tab, an answer to a question, Restart."""

import pytest
from playwright.sync_api import expect

from harness.notebook_page import PATIENCE

# JupyterLab draws errors as it draws what is written to stderr.
ERROR = '[data-mime-type="application/vnd.jupyter.stderr"]'


def test_the_stop_button_stops_and_keeps_variables(opened, artefacts):
    notebook = opened("let kept = vec![1, 2, 3];", 'println!("started");\nloop { checkpoint(); }', "kept.len() + 4")
    notebook.run(1)
    notebook.begin(2)
    expect(notebook.output(2)).to_contain_text("started", timeout=PATIENCE)
    expect(notebook.prompt(2)).to_contain_text("[*]")
    expect(notebook.page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "busy")
    notebook.picture(artefacts / "lab-busy.png")
    notebook.toolbar("notebook:interrupt-kernel")
    notebook.ended(2, count=2)
    expect(notebook.output(2).locator(ERROR)).to_contain_text("Interrupted")
    expect(notebook.page.locator(".jp-Dialog")).to_have_count(0)
    notebook.run(3)
    expect(notebook.value(3)).to_have_text("7")


def test_tab_shows_what_a_type_has_and_of_what_kind(opened):
    notebook = opened("1 + 1", "Pool::")
    notebook.run(1)
    notebook.put_cursor(2)
    notebook.page.keyboard.press("Tab")
    items = notebook.page.locator(".jp-Completer .jp-Completer-item")
    expect(items.filter(has_text="new").first).to_be_visible(timeout=PATIENCE)
    names = items.locator(".jp-Completer-match").all_text_contents()
    kinds = dict(zip(names, items.locator(".jp-Completer-typeExtended").all_text_contents(), strict=True))
    assert kinds["new"] in ("function", "method"), kinds
    items.filter(has_text="new").first.click()
    expect(notebook.cell(2).locator(".cm-content")).to_contain_text("Pool::new")


def test_tab_and_enter_complete_a_variable(opened):
    notebook = opened("let rain_in_june = 3;", "rain_in_j")
    notebook.run(1)
    notebook.put_cursor(2)
    notebook.page.keyboard.press("Tab")
    expect(notebook.page.locator(".jp-Completer .jp-Completer-item")).to_have_count(1, timeout=PATIENCE)
    notebook.page.keyboard.press("Enter")
    expect(notebook.cell(2).locator(".cm-content")).to_have_text("rain_in_june", timeout=PATIENCE)


def test_shift_tab_shows_the_documentation(opened):
    notebook = opened("1 + 1", "lesson_data")
    notebook.run(1)
    notebook.put_cursor(2)
    notebook.page.keyboard.press("Shift+Tab")
    tooltip = notebook.page.locator(".jp-Tooltip")
    expect(tooltip).to_be_visible(timeout=PATIENCE)
    expect(tooltip).to_contain_text("fn lesson_data")
    text = tooltip.inner_text()
    assert len(text.splitlines()) > 1, text


@pytest.fixture(scope="module")
def has_input(kernel):
    if kernel.execute("use isopleth::prelude::input;").status != "ok":
        pytest.skip("this prelude has no `input`")


def test_a_cell_asks_and_gets_its_answer(opened, has_input, artefacts):
    notebook = opened('let name = input("name? ");\nformat!("Hello, {name}!")', "name.len()")
    notebook.begin(1)
    field = notebook.output(1).locator("input.jp-Stdin-input")
    expect(field).to_be_visible(timeout=PATIENCE)
    expect(notebook.output(1)).to_contain_text("name?")
    notebook.picture(artefacts / "lab-input.png")
    field.fill("Ada °C")
    field.press("Enter")
    notebook.ended(1)
    expect(notebook.output(1)).to_contain_text("Hello, Ada °C!")
    # The field is gone, and what was asked and answered stays.
    expect(notebook.page.locator("input.jp-Stdin-input")).to_have_count(0)
    notebook.run(2)
    expect(notebook.value(2)).to_have_text("7")


def test_stop_while_a_cell_asks(opened, has_input):
    notebook = opened('let answer = input("forever? ");', "1 + 1")
    notebook.begin(1)
    expect(notebook.output(1).locator("input.jp-Stdin-input")).to_be_visible(timeout=PATIENCE)
    notebook.toolbar("notebook:interrupt-kernel")
    notebook.ended(1, count=1)
    expect(notebook.output(1).locator(ERROR)).to_contain_text("Interrupted")
    notebook.run(2)
    expect(notebook.value(2)).to_have_text("2")


# Everything that was ever to be seen below a cell: how many outputs, and the text of them.
WATCH = """at => {
    const area = document.querySelectorAll('.jp-Notebook .jp-CodeCell')[at].querySelector('.jp-Cell-outputArea');
    window.seen = [];
    new MutationObserver(() => {
        window.seen.push([area.querySelectorAll('.jp-OutputArea-child').length, area.innerText.trim()]);
    }).observe(area, { childList: true, subtree: true, characterData: true });
}"""


def test_a_progress_bar_moves_in_its_place(opened, artefacts):
    # Work of about eight seconds, whatever the machine: the threads sleep.
    notebook = opened(
        "let days: Vec<u64> = (0..100).collect();",
        "let slept = Pool::new(2)?.map(&days, |_| thread::sleep(Duration::from_millis(160)))?;",
    )
    notebook.run(1)
    notebook.page.evaluate(WATCH, 1)
    notebook.begin(2)
    expect(notebook.output(2)).to_contain_text("100", timeout=PATIENCE)
    notebook.picture(artefacts / "lab-progress.png")
    notebook.ended(2)
    seen = notebook.page.evaluate("window.seen")
    views = {text for _, text in seen if text}
    assert len(views) >= 3, f"it moves: {views}"
    assert max(count for count, _ in seen) == 1, f"each view replaces the one before: {seen}"
    assert "100" in notebook.output(2).inner_text()


def test_restart_and_run_all(opened):
    notebook = opened("let first = 20;", "first + 1", 'println!("{}", first * 2);')
    for number in (1, 2, 2, 3):
        notebook.run(number)
    notebook.ended(3, count=4)
    notebook.menu("Kernel", "Restart Kernel and Run All Cells…")
    notebook.page.locator(".jp-Dialog .jp-mod-accept").click()
    for number in (1, 2, 3):
        notebook.ended(number, count=number)
    expect(notebook.value(2)).to_have_text("21")
    expect(notebook.value(3)).to_have_text("40")
    assert notebook.page.locator(ERROR).all_text_contents() == []
