"""Headless Chromium, the one that the system has, and JupyterLab in it."""

from __future__ import annotations

import os
import re
import shutil

import pytest
from playwright.sync_api import sync_playwright

from harness.lab import Lab
from harness.lesson import small_sample
from harness.notebook_page import NotebookPage, end_kernels, write_notebook

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    names = [os.environ.get("ISOPLETH_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium: install the package chromium, or set ISOPLETH_CHROMIUM to a browser", pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab(installed, tmp_path_factory, request):
    """A server and its address; its parameter, if it has one, is the theme."""
    home = tmp_path_factory.mktemp("lab")
    lab = Lab(home, small_sample(home), theme=getattr(request, "param", None))
    with lab as url:
        yield lab, url


@pytest.fixture
def opened(lab, browser, artefacts, request):
    """`opened(cell, cell, ...)` opens a new notebook of these cells."""
    server, url = lab
    stem = re.sub(r"\W+", "-", request.node.name).strip("-")
    pages = []

    def open_notebook(*sources):
        name = f"{stem}.ipynb"
        write_notebook(server.notebooks / name, list(sources))
        page = browser.new_page(viewport={"width": 1100, "height": 750})
        pages.append(page)
        return NotebookPage(page, url, name, len(sources))

    yield open_notebook
    for page in pages:
        page.screenshot(path=artefacts / f"{stem}.png")
        page.close()
    end_kernels(url)
