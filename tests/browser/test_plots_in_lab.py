"""Figures as a reader of a notebook sees them: in JupyterLab, light and dark, and in the page that nbconvert makes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from harness.lab import Lab
from harness.lesson import small_sample
from harness.notebook_page import PATIENCE, NotebookPage, end_kernels, write_notebook

# JupyterLab draws errors as it draws what is written to stderr.
ERROR = '[data-mime-type="application/vnd.jupyter.stderr"]'

SETUP = """
let lat: Vec<f64> = (0..26).map(|row| 67.5 - 5.0 * row as f64).collect();
let lon: Vec<f64> = (0..72).map(|column| -177.5 + 5.0 * column as f64).collect();
let field = Array3::from_shape_fn((12, 26, 72), |(m, y, x)| {
    let lat = (67.5 - 5.0 * y as f64).to_radians();
    30.0 * lat.cos() - 14.0 * (m as f64 * 0.52 - 0.5).cos() * lat.sin() - 6.0 + 2.0 * (x as f64 * 0.3).sin()
});
let temp = DataArray::new(field, ["month", "lat", "lon"])?
    .name("temp").attr("units", "°C").coord("month", 1..=12)?.coord("lat", lat)?.coord("lon", lon)?;
let daily: Vec<f64> = (0..366).map(|day| 12.0 - 9.0 * ((day as f64 - 20.0) * 0.01717).cos() + (day as f64 * 0.9).sin()).collect();
let daily = DataArray::new(daily, "time")?.name("temp").attr("units", "°C").coord("time", date_range("2016-01-01", 366)?)?;
"""

# What each figure is, the cell that draws it, and what its text says.
FIGURES = {
    "map": ('temp.mean("month")?.plot().coastlines().title("A year")', 'Figure "A year": 26 rows x 72 columns (f64)'),
    "line": ("daily.plot()", "Figure: 1 line, 366 points"),
    "lines": (
        'line(&daily).label("daily").line(&daily.rolling("time", 30)?.mean()?).label("30 days").color("black")',
        "Figure: 2 lines, 732 points",
    ),
    "histogram": ("hist(&temp)", "Figure: histogram of 22464 values"),
    "scatter": ('scatter(&daily.head("time", 365)?.shift("time", 1)?, &daily)', "Figure: scatter, 365 points"),
    "panels": ('imshow(&temp).col("month").title("Months")', 'Figure "Months": 12 panels of 26 rows x 72 columns'),
    "notice": ("line(&[f64::NAN, f64::NAN])", "Figure: 1 line, 2 points, 100 % missing"),
}


@pytest.fixture(scope="module", params=["Light", "Dark"])
def notebook(request, installed, browser, tmp_path_factory, artefacts):
    """The notebook of figures, run, in one of JupyterLab's themes; the theme's name with it, and its file."""
    theme = request.param
    home = tmp_path_factory.mktemp(f"plots-{theme.lower()}")
    lab = Lab(home, small_sample(home))
    settings = home / "settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"theme": f"JupyterLab {theme}"}))
    with lab as url:
        file = lab.notebooks / "plots.ipynb"
        write_notebook(file, [SETUP.strip(), *(code for code, _ in FIGURES.values())])
        # As on a screen of high pixel density.
        page = browser.new_page(viewport={"width": 1280, "height": 1000}, device_scale_factor=2)
        notebook = NotebookPage(page, url, file.name, 1 + len(FIGURES))
        for number in range(1, 2 + len(FIGURES)):
            notebook.run(number)
        page.keyboard.press("Escape")
        page.keyboard.press("Control+s")
        page.wait_for_function("() => !document.querySelector('.lm-TabBar .jp-mod-dirty')", timeout=PATIENCE)
        yield notebook, theme, file
        page.close()
        end_kernels(url)


def number(name: str) -> int:
    return 2 + list(FIGURES).index(name)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_shown_sharp_and_on_its_own_ground(notebook, artefacts, name):
    page, theme, _ = notebook
    dark = page.page.evaluate("document.body.dataset.jpThemeLight === 'false'")
    assert dark == (theme == "Dark")
    image = page.value(number(name)).locator("img").first
    image.scroll_into_view_if_needed()
    image.screenshot(path=artefacts / f"plot-{name}-{theme.lower()}.png")
    drawn = image.evaluate(
        """img => {
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [img.naturalWidth, img.naturalHeight];
            const context = canvas.getContext('2d');
            context.drawImage(img, 0, 0);
            const corner = [...context.getImageData(img.naturalWidth - 2, 1, 1, 1).data];
            return { natural: img.naturalWidth, shown: img.clientWidth, corner };
        }"""
    )
    # Two pixels of the picture for each of the page: each one of the screen, in full.
    assert drawn["natural"] == pytest.approx(2 * drawn["shown"], abs=2), drawn
    # Light, and opaque, whatever the theme.
    assert min(drawn["corner"][:3]) > 240 and drawn["corner"][3] == 255, drawn


def test_no_cell_failed(notebook, artefacts):
    page, theme, _ = notebook
    assert page.page.locator(ERROR).all_text_contents() == []
    page.picture(artefacts / f"plots-{theme.lower()}.png")


def test_the_page_of_nbconvert_has_every_figure_at_its_size(notebook, browser, tmp_path, artefacts):
    page, theme, file = notebook
    if theme == "Dark":
        pytest.skip("the file is the same in every theme")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(file), "--output-dir", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE / 1000)
    reader = browser.new_page(viewport={"width": 1000, "height": 900}, device_scale_factor=2)
    reader.route("http*://**", lambda route: route.abort())
    reader.goto((tmp_path / "plots.html").as_uri())
    images = reader.locator(".jp-RenderedImage img")
    assert images.count() == len(FIGURES)
    for at in range(len(FIGURES)):
        natural, shown = images.nth(at).evaluate("img => [img.naturalWidth, img.clientWidth]")
        assert natural == pytest.approx(2 * shown, abs=2)
    reader.screenshot(path=artefacts / "plots-nbconvert.png", full_page=True)
    reader.close()


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_has_a_text_for_those_who_cannot_see_it(notebook, name):
    _, _, file = notebook
    cells = json.loads(file.read_text())["cells"]
    text = "".join(cells[number(name) - 1]["outputs"][0]["data"]["text/plain"])
    assert text.startswith(FIGURES[name][1]), text
