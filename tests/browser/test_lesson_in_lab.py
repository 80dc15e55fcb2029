"""The lesson as a student sees it: JupyterLab in a browser, Run All Cells, and a look at the page."""

import os
import shutil
import time

import pytest

from harness.lab import Lab
from harness.lesson import NOTEBOOK, small_sample
from harness.notebook_page import wait_for_kernel

TIMEOUT = float(os.environ.get("ISOPLETH_TEST_LESSON_TIMEOUT", "900"))
CODE_CELL = ".jp-Notebook .jp-CodeCell"
# JupyterLab draws errors as it draws what is written to stderr.
ERROR = '[data-mime-type="application/vnd.jupyter.stderr"]'


@pytest.fixture(scope="module")
def page(installed, browser, tmp_path_factory, artefacts, figure):
    """The lesson, opened and run to its end."""
    home = tmp_path_factory.mktemp("lab")
    lab = Lab(home, small_sample(home))
    shutil.copy(NOTEBOOK, lab.notebooks)
    with lab as url:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{url}/lab/tree/{NOTEBOOK.name}")
        page.wait_for_selector(CODE_CELL, timeout=120_000)
        page.wait_for_function("document.querySelectorAll('.jp-Notebook .jp-CodeCell').length == 41", timeout=60_000)
        wait_for_kernel(page, url)
        page.screenshot(path=artefacts / "lab-opened.png")
        begun = time.monotonic()
        run_all(page)
        figure("browser: lesson", f"{time.monotonic() - begun:.1f} s")
        page.screenshot(path=artefacts / "lab-executed.png")
        yield page
        page.close()


def run_all(page):
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    # A cell shows [*] while it waits or runs; Run All stops at the first error, and the others stay empty.
    page.wait_for_function(
        """() => {
            const prompts = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')];
            const texts = prompts.map(prompt => prompt.textContent.trim());
            return texts.some(text => /\\d/.test(text)) && !texts.some(text => text.includes('*'));
        }""",
        timeout=TIMEOUT * 1000,
    )


def cell(page, number):
    return page.locator(CODE_CELL).nth(number - 1)


def test_every_cell_has_run_and_none_failed(page):
    assert page.locator(ERROR).all_text_contents() == []
    prompts = [text.strip() for text in page.locator(f"{CODE_CELL} .jp-InputPrompt").all_text_contents()]
    assert prompts == [f"[{number}]:" for number in range(1, 42)]


def test_the_kernel_has_its_name(page):
    assert "Rust (Isopleth)" in page.locator(".jp-KernelName").first.inner_text()


@pytest.mark.parametrize("number", [3, 37, 41])
def test_a_heatmap_is_drawn(page, artefacts, number):
    image = cell(page, number).locator(".jp-RenderedImage img").first
    image.scroll_into_view_if_needed()
    width, height, shown = image.evaluate("img => [img.naturalWidth, img.naturalHeight, img.clientWidth]")
    assert width > 300 and height > 100 and 300 < shown <= 1280
    image.screenshot(path=artefacts / f"lab-cell-{number}.png")


@pytest.mark.parametrize(("number", "words"), [(19, ["temp", "precip", "time"]), (27, ["band", "y", "x"])])
def test_a_labelled_array_is_drawn(page, artefacts, number, words):
    view = cell(page, number).locator(".jp-RenderedHTML").first
    view.scroll_into_view_if_needed()
    text = view.inner_text()
    assert all(word in text for word in words), text
    box = view.bounding_box()
    assert box["width"] > 200 and box["height"] > 60
    view.screenshot(path=artefacts / f"lab-cell-{number}.png")


def test_the_rust_code_is_coloured(page):
    assert cell(page, 7).locator(".cm-content span").count() > 20
