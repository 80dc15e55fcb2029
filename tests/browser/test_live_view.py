"""The bar of long work and the card of a client, as they look in JupyterLab's themes and in `nbconvert --to html`.

The pictures in tests/artefacts (live-*.png) are for people: look at them after a change to a view.
"""

import re
import threading

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
    expect(line).to_contain_text(", peak ")
    expect(notebook.output(3).locator("[role=progressbar]")).to_have_count(0)
    assert line.bounding_box()["height"] < 40, "one line"
    expect(card).to_contain_text("pool.map: 31 files in ")
    expect(card).to_contain_text("% busy")
    assert notebook.output(1).locator(".iso-client").count() == 1
    notebook.picture(artefacts / name("map-ended"))
    notebook.output(1).screenshot(path=artefacts / name("client-ended"))


# The function of `map` runs within the plan. Two thirds of the way the threads wait in it for the test.
COMPUTE = """
static CALLS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
let da = open_rasters(&files)?;
let most = da.size() / 3 * 2;
let fahrenheit = da.map(move |celsius| {{
    if CALLS.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > most {{ {wait} }}
    celsius * 1.8 + 32.0
}})?;
let mean = fahrenheit.mean("band")?.compute()?;"""


def test_a_computation_over_files(opened, gates, artefacts, name):
    (gate,) = gates()
    files = 'let files = glob(&lesson_data("heat_index_2016")?, "*.tif")?;'
    notebook = opened(CLIENT, files, COMPUTE.format(wait=gate.wait))
    notebook.run(1)
    notebook.run(2)
    notebook.begin(3)
    bar, card = notebook.output(3).locator(".iso-work"), notebook.output(1).locator(".iso-client")
    expect(bar).to_contain_text(re.compile(r"\d+ of \d+ windows"), timeout=PATIENCE)
    expect(bar).to_contain_text(re.compile(r"/s read"))
    for words in ("lazy-8", "reading ", "computing "):
        expect(card).to_contain_text(words)
    expect(card.locator(".iso-lanes")).to_contain_text(re.compile(r"2016\.\d\d\.\d\d\.tif"))
    notebook.picture(artefacts / name("compute-running"))
    gate.open()
    notebook.ended(3)
    expect(notebook.value(3)).to_contain_text(re.compile(r"computing: \d+ windows in "))
    expect(card).to_contain_text("% busy")
    notebook.picture(artefacts / name("compute-ended"))


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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_executed_notebook_keeps_the_end_and_converts_to_html(installed, browser, gates, artefacts, tmp_path, theme):
    (gate,) = gates()
    sources = [CLIENT, DAYS + SLOW.format(wait=gate.wait), MAP, "client.pool()"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = nbclient.NotebookClient(
        notebook, kernel_name=KERNEL, timeout=None, resources={"metadata": {"path": str(tmp_path)}}
    )
    seen = threading.Event()

    def open_gate_once_the_bar_is_there():
        while not seen.wait(0.05):
            outputs = [output for cell in notebook.cells[2:3] for output in cell.outputs]
            if any("21 of 31" in output.get("data", {}).get("text/plain", "") for output in outputs):
                gate.open()
                return

    watcher = threading.Thread(target=open_gate_once_the_bar_is_there)
    watcher.start()
    try:
        client.execute(env=small_sample(tmp_path))
    finally:
        seen.set()
        watcher.join()
    card, line = (notebook.cells[at].outputs for at in (0, 2))
    assert [output.output_type for output in card + line] == ["display_data", "display_data"]
    assert "pool.map: 31 files in " in card[0].data["text/plain"] and "% busy" in card[0].data["text/plain"]
    assert line[0].data["text/plain"].startswith("pool.map: 31 files in ")

    file = tmp_path / "notebook.html"
    file.write_text(HTMLExporter(theme=theme).from_notebook_node(notebook)[0])
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    # The page asks for scripts of its own from the network; the views need none.
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.goto(file.as_uri())
    expect(page.locator(".iso-client .iso-lanes svg")).to_have_count(8)
    expect(page.locator("[role=progressbar]")).to_have_count(0)
    strips = page.evaluate("[...document.querySelectorAll('.iso-client svg')].map(svg => svg.getBoundingClientRect().width)")
    assert all(width > 200 for width in strips), strips
    colours = page.evaluate(
        """[getComputedStyle(document.querySelector('.iso-kind')).color,
            getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor]"""
    )
    assert abs(luminance(colours[0]) - luminance(colours[1])) > 0.5, colours
    page.screenshot(path=artefacts / f"live-nbconvert-{theme}.png")
    page.close()
