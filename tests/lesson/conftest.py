"""The lesson, executed once for all tests, on a sample set that is small unless the environment says otherwise."""

from __future__ import annotations

import os
import time

import nbclient
import nbformat
import pytest

from harness.kernel import KERNEL
from harness.lesson import NOTEBOOK, Lesson, small_sample, suggestions

# After the lesson, its own kernel is asked for what the notebook only shows in part.
PROBES = {
    "folder": 'println!("{}", dir.display());',
    "files": 'for file in &files { println!("{}", file.display()); }',
    "averages": 'for average in pool.try_map(&files, avg_fast)? { println!("average {average:.17e}"); }',
    "mean": """
let probe = daily_avg.to_ndarray::<f32>()?;
let bytes: Vec<u8> = probe.iter().flat_map(|value| value.to_le_bytes()).collect();
std::fs::write("probe-mean.bin", bytes)?;
println!("{:?}", probe.shape());
""",
    "out": 'println!("{}", std::path::absolute(&out)?.display());',
}


@pytest.fixture(scope="session")
def lesson(installed, tmp_path_factory, artefacts, figure) -> Lesson:
    home = tmp_path_factory.mktemp("lesson")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for name, code in (PROBES | suggestions()).items():
        notebook.cells.append(nbformat.v4.new_code_cell(code, metadata={"probe": name}))

    replies, seconds, begun = {}, {}, {}

    def on_start(cell, cell_index):
        begun[cell_index] = time.monotonic()

    def on_executed(cell, cell_index, execute_reply):
        replies[cell_index] = execute_reply["content"]
        seconds[cell_index] = time.monotonic() - begun[cell_index]

    client = nbclient.NotebookClient(
        notebook,
        kernel_name=KERNEL,
        allow_errors=True,
        timeout=None,
        on_cell_start=on_start,
        on_cell_executed=on_executed,
        resources={"metadata": {"path": str(home)}},
    )
    start = time.monotonic()
    client.execute(env=small_sample(home))
    total = time.monotonic() - start

    nbformat.write(notebook, artefacts / "lesson-executed.ipynb")
    executed = Lesson(notebook, replies, seconds, home)
    figure("lesson: days, scale", f"{os.environ.get('ISOPLETH_DAYS', 40)}, {os.environ.get('ISOPLETH_SCALE', 10)}")
    figure("lesson: 41 cells and probes", f"{total:.1f} s")
    for cell in executed.cells:
        figure(f"lesson: cell {cell.number}", f"{cell.seconds:.2f} s")
    return executed
