"""The notebook that is measured: 60 cells of the lesson's kind, with 30 variables alive at the end."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A cell. `plain` is what a kernel without our prelude can run as well."""

    kind: str
    code: str
    plain: bool = True


TRIVIAL = ["{v} + 1", 'println!("{{}}", {v});', "{v} * {v}", 'format!("day {{}}", {v})']

# What a lesson does between them, in its order.
WORK = [
    Source("let", 'let names: Vec<String> = (1..=12).map(|month| format!("2016-{month:02}.tif")).collect();'),
    Source("show", "&names[..3]"),
    Source("item", "fn c_to_f(celsius: f64) -> f64 { celsius * 1.8 + 32.0 }"),
    Source("show", "c_to_f(20.0)"),
    Source("item", "#[derive(Debug, Clone)]\nstruct Station { name: String, height: f64 }"),
    Source("let", 'let station = Station { name: "Bozeman".into(), height: 1461.0 };'),
    Source("show", "station.height / 0.3048"),
    Source("let", 'let grid = DataArray::new(random_integers(0..9, (20, 30)), ["y", "x"])?.name("grid");', plain=False),
    Source("show", "grid.shape()", plain=False),
    Source("let", 'let rows = grid.mean("x")?;', plain=False),
    Source("show", "rows", plain=False),
    Source("let", "let warm: Vec<f64> = [1.0, 2.0, 3.0].iter().map(|c| c_to_f(*c)).collect();"),
    Source("show", "warm.iter().sum::<f64>()"),
    Source("let", 'let time = date_range("2016-01-01", 30)?;', plain=False),
    Source("show", "time.len()", plain=False),
    Source("let", 'let files: Vec<String> = names.iter().map(|name| format!("/data/{name}")).collect();'),
    Source("show", "for file in &files {\n    println!(\"{file}\");\n}"),
    Source("let", "let ds = merge([&grid.name(\"a\"), &grid.name(\"b\")])?;", plain=False),
    Source("let", "let heights: Vec<u64> = (0..1000).map(|row| row * row % 97).collect();"),
    Source("show", "heights.iter().filter(|height| **height > 50).count()"),
]  # fmt: skip

SCALARS = 20


def notebook() -> list[Source]:
    """A scalar, a trivial cell that uses it, and a piece of work, in turn. No two cells are the same."""
    cells = []
    for n in range(SCALARS):
        cells.append(Source("let", f'let v{n} = String::from("day {n}");' if n % 4 == 3 else f"let v{n} = {n};"))
        template = "{v}.len() + 1" if n % 4 == 3 else TRIVIAL[n % len(TRIVIAL)]
        cells.append(Source("trivial", template.format(v=f"v{n}")))
        cells.append(WORK[n])
    return cells


def variables(cells: list[Source]) -> list[str]:
    """The names that the cells define."""
    return [name for cell in cells for name in re.findall(r"^let (?:mut )?(\w+)", cell.code, re.MULTILINE)]


def use_of_all(cells: list[Source]) -> str:
    """A cell that compiles and runs only if every variable is still there."""
    return "\n".join(f"let _ = &{name};" for name in variables(cells))
