"""A notebook open in JupyterLab, by what a student does and sees."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect

from harness.kernel import KERNEL

# Milliseconds; a loaded machine is slow at starting kernels and at compiling.
PATIENCE = 1000 * float(os.environ.get("ISOPLETH_TEST_TIMEOUT", "120"))


def write_notebook(path: Path, sources: list[str]) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    spec = {"name": KERNEL, "display_name": "Rust (Isopleth)", "language": "rust"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec}), path)


def get(url: str) -> list[dict]:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def end_kernels(url: str) -> None:
    """Closing a page leaves its kernel running, as it should; the next test needs the memory."""
    for session in get(f"{url}/api/sessions"):
        request = urllib.request.Request(f"{url}/api/sessions/{session['id']}", method="DELETE")
        urllib.request.urlopen(request, timeout=60).close()


def wait_for_kernel(page: Page, url: str) -> None:
    """Until the page is connected to a kernel. It says "idle" before that too, and forgets a cell that is run then."""

    def connected() -> bool:
        try:
            kernels = get(f"{url}/api/kernels")
        except urllib.error.HTTPError:
            # A kernel that is ending or starting at this moment.
            return False
        return any(kernel["connections"] > 0 and kernel["execution_state"] == "idle" for kernel in kernels)

    deadline = time.monotonic() + PATIENCE / 1000
    while not connected():
        assert time.monotonic() < deadline, f"no kernel is connected: {get(f'{url}/api/kernels')}"
        page.wait_for_timeout(200)
    expect(page.locator(".jp-StatusBar-Item", has_text="Rust (Isopleth) | Idle")).to_be_visible(timeout=PATIENCE)


class NotebookPage:
    """Cells count from 1, as in the prompts."""

    def __init__(self, page: Page, url: str, name: str, cells: int):
        self.page = page
        # A workspace of its own: the default one opens the notebooks of earlier tests again.
        page.goto(f"{url}/lab/workspaces/{Path(name).stem}/tree/{name}")
        expect(page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(cells, timeout=PATIENCE)
        wait_for_kernel(page, url)

    def cell(self, number: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(number - 1)

    def prompt(self, number: int) -> Locator:
        return self.cell(number).locator(".jp-InputPrompt")

    def output(self, number: int) -> Locator:
        """Everything below the cell."""
        return self.cell(number).locator(".jp-Cell-outputArea")

    def value(self, number: int) -> Locator:
        """The only output of the cell, without its prompt."""
        return self.output(number).locator(".jp-OutputArea-output")

    def begin(self, number: int) -> None:
        """Runs a cell as most do: a click into it, and Shift + Enter."""
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def run(self, number: int) -> None:
        self.begin(number)
        self.ended(number)

    def ended(self, number: int, count: int | None = None) -> None:
        """Waits until the cell has a number and no star."""
        wanted = f"[{count}]:" if count is not None else None
        self.page.wait_for_function(
            """([at, wanted]) => {
                const cell = document.querySelectorAll('.jp-Notebook .jp-CodeCell')[at];
                const text = cell.querySelector('.jp-InputPrompt').textContent.trim();
                return wanted ? text === wanted : /\\d/.test(text);
            }""",
            arg=[number - 1, wanted],
            timeout=PATIENCE,
        )

    def put_cursor(self, number: int, key: str = "Control+End") -> None:
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press(key)

    def toolbar(self, command: str) -> None:
        self.page.locator(f'.jp-NotebookPanel-toolbar [data-command="{command}"]').first.click()

    def menu(self, menu: str, item: str) -> None:
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=item).click()

    def picture(self, path: Path) -> None:
        self.page.screenshot(path=path)
