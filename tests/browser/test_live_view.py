"""The bar of long work and the card of a client, as they look in JupyterLab's themes and in `nbconvert --to html`.

The pictures in tests/artefacts (live-*.png) are for people: look at them after a change to a view.
"""

import re

import nbclient
import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from harness.kernel import KERNEL
from harness.lesson import small_sample
from harness.notebook_page import PATIENCE

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
CLIENT = "let client = Client::new(8)?;\nclient"
# A month of days. The first three weeks take 80 to 130 ms each; after them the work waits for the test.
DAYS = 'let days: Vec<PathBuf> = (1..=31).map(|n| PathBuf::from(format!("himax_2016{n:03}.tif"))).collect();'
SLOW = """
fn slow(day: &PathBuf) -> usize {{
    let number: usize = day.to_str().unwrap()[10..13].parse().unwrap();
    thread::sleep(Duration::from_millis(80 + (number as u64 * 37) % 50));
    if number > 21 {{ {wait} }}
    number
}}"""
MAP = "let numbers = Pool::new(8)?.map(&days, slow)?;"


@pytest.fixture(scope="module")
def themes():
    return THEMES


def pytest_generate_tests(metafunc):
    if "lab" in metafunc.fixturenames:
        metafunc.parametrize("lab", THEMES.values(), ids=THEMES, indirect=True, scope="module")


@pytest.fixture
def name(request):
    """`name("bar")`: the file of a picture, with the theme in it."""
    theme = re.search(r"\[(\w+)\]", request.node.name)
    return lambda what: f"live-{what}-{theme[1]}.png"


# Everything in one look, since each update makes the elements anew.
LOOK = """() => {
    const rect = element => { const { x, y, width, height } = element.getBoundingClientRect(); return { x, y, width, height }; };
    const colour = (selector, what) => getComputedStyle(document.querySelector(selector))[what];
    const all = selector => [...document.querySelectorAll(selector)].map(rect);
    return {
        views: all('.iso-work, .iso-client'), notebook: rect(document.querySelector('.jp-Notebook')),
        track: all('.iso-bar > .iso-track').at(-1), filled: all('.iso-track > span').at(-1),
        strips: all('.iso-client svg'), names: all('.iso-client .iso-lanes > span'),
        text: colour('.iso-client .iso-kind', 'color'), behind: colour('.jp-Notebook', 'backgroundColor'),
    };
}"""


def luminance(colour):
    """From 0 (black) to 1 (white), of a colour as the browser writes it."""
    red, green, blue, *_ = (float(part) for part in re.findall(r"[\d.]+", colour))
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_a_map_under_way_and_at_its_end(opened, gates, artefacts, name):
    (gate,) = gates()
    notebook = opened(CLIENT, DAYS + SLOW.format(wait=gate.wait), MAP)
    page = notebook.page
    notebook.run(1)
    card = notebook.output(1).locator(".iso-client")
    expect(card).to_contain_text("8 threads on")
    expect(card).to_contain_text("Nothing has run yet")
    notebook.output(1).screenshot(path=artefacts / name("client-at-rest"))
    notebook.run(2)
    notebook.begin(3)
    bar = notebook.output(3).locator(".iso-work")
    expect(bar).to_contain_text("21 of 31 files", timeout=PATIENCE)
    expect(bar).to_contain_text("8 of 8 threads busy")
    expect(card).to_contain_text("21 of 31 files", timeout=PATIENCE)
    # The threads hold the eight days after the first three weeks.
    for day in range(22, 30):
        expect(card).to_contain_text(f"himax_2016{day:03}.tif")
    assert bar.locator("[role=progressbar]").get_attribute("aria-valuenow") == "67"
    seen = page.evaluate(LOOK)
    assert seen["filled"]["width"] / seen["track"]["width"] == pytest.approx(21 / 31, abs=0.02)
    assert abs(luminance(seen["text"]) - luminance(seen["behind"])) > 0.5, "text stands out from the notebook"
    right = seen["notebook"]["x"] + seen["notebook"]["width"]
    assert all(view["x"] + view["width"] <= right for view in seen["views"]), seen
    assert len(seen["strips"]) == 8
    assert all(strip["width"] > 200 and strip["height"] >= 14 for strip in seen["strips"]), seen["strips"]
    assert all(name["height"] < 24 for name in seen["names"]), "each name on one line"
    notebook.picture(artefacts / name("map-running"))
    notebook.output(3).screenshot(path=artefacts / name("bar"))
    notebook.output(1).screenshot(path=artefacts / name("client-running"))
    gate.open()
    notebook.ended(3)
    line = notebook.value(3)
    expect(line).to_contain_text("pool.map: 31 files in ")
    expect(line).to_contain_text("of memory")
    expect(notebook.output(3).locator("[role=progressbar]")).to_have_count(0)
    assert line.bounding_box()["height"] < 40, "one line"
    expect(card).to_contain_text("pool.map: 31 files in ")
    expect(card).to_contain_text("% busy")
    assert notebook.output(1).locator(".iso-client").count() == 1
    notebook.picture(artefacts / name("map-ended"))
    notebook.output(1).screenshot(path=artefacts / name("client-ended"))


def test_a_computation_over_files(opened, gates, artefacts, name):
    (gate,) = gates()
    # The mean of all but the last files is computed before the work waits, in the last value of the last file.
    waits = f"static SEEN: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);\nfn waits(v: f64) -> f64 {{ if v > 1e9 {{ {gate.wait} }} v }}"
    notebook = opened(
        CLIENT,
        'let files = glob(&lesson_data("heat_index_2016")?, "*.tif")?;\nfiles.len()',
        waits,
        "let da = open_rasters(&files)?;\nlet mean = da.map(|v| v * 1.8 + 32.0).map(waits).mean(\"band\")?.compute()?;\nmean.shape().to_vec()",
    )
    for number in (1, 2, 3):
        notebook.run(number)
    notebook.begin(4)
    notebook.ended(4)


def test_stop_leaves_one_line(opened, gates, artefacts, name):
    (gate,) = gates()
    notebook = opened(CLIENT, DAYS + SLOW.format(wait=gate.wait), MAP)
    for number in (1, 2):
        notebook.run(number)
    notebook.begin(3)
    expect(notebook.output(3).locator(".iso-work")).to_contain_text("21 of 31 files", timeout=PATIENCE)
    notebook.toolbar("notebook:interrupt-kernel")
    notebook.ended(3)
    expect(notebook.output(3)).to_contain_text("pool.map: stopped after 21 of 31 files (67 %)")
    expect(notebook.output(3).locator("[role=progressbar]")).to_have_count(0)
    expect(notebook.output(1)).to_contain_text("stopped after 21 of 31 files")
    notebook.picture(artefacts / name("stopped"))
