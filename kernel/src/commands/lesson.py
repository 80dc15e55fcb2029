"""Runs a notebook cell by cell, with a line for each; called by `isopleth lesson`.

Arguments: notebook, kernel name, working folder, and optionally where to write the executed notebook.
Exit status 1 and the cell's own error where a cell fails.
"""

import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

notebook_path, kernel_name, folder = sys.argv[1:4]
output_path = sys.argv[4] if len(sys.argv) > 4 else None

notebook = nbformat.read(notebook_path, as_version=4)
codes = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
client = NotebookClient(
    notebook, kernel_name=kernel_name, timeout=None, resources={"metadata": {"path": folder}}
)
width = len(str(len(codes)))
started = time.monotonic()
failure = None
with client.setup_kernel():
    for number, index in enumerate(codes, start=1):
        cell = notebook.cells[index]
        lines = [line for line in cell.source.splitlines() if line.strip() and not line.startswith("//")]
        title = (lines or [""])[0][:60]
        print(f"[{number:>{width}}/{len(codes)}] {title:<60} ", end="", flush=True)
        begun = time.monotonic()
        try:
            client.execute_cell(cell, index)
        except (CellExecutionError, DeadKernelError) as error:
            failure = error
            print("failed", flush=True)
            break
        print(f"{time.monotonic() - begun:7.1f} s", flush=True)

if output_path:
    nbformat.write(notebook, output_path)
    print(f"Written: {output_path}")
if failure is not None:
    print(f"\nCell {number} of {len(codes)} failed:\n{failure}", file=sys.stderr)
    sys.exit(1)
print(f"All {len(codes)} cells ran in {time.monotonic() - started:.0f} s.")
