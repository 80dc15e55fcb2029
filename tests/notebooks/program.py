"""The other side: an ordinary Rust program of the same statements, and what it prints for each cell.

All statements stand in one function, in the order in which the cells were run, so that shadowing, moves and borrows are
rustc's own. A definition has a name of its own for each version of it or of what it uses: a cell names the
newest as of then. A cell that fails is a block: what it bound is gone after it, what it changed is not.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .model import State, after
from .parts import ITEM, MARK, Cell, Item, Notebook, Stmt, plain_name, references

VERSION = re.compile(r"__h\d+")
SEPARATOR = "\x01"
ENDS = {"compile": "compile error", "panic": "panic", "question": "error"}
# What a notebook has without importing it, as far as the generated cells use it.
PRELUDE = """
    use std::collections::HashMap;
    use std::time::Duration;
    use std::thread;
    type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;
"""


@dataclass
class Answer:
    """What one cell does: both sides are brought into this form. The status is "ok" or one of `ENDS`."""

    status: str
    stdout: str
    result: str | None

    def __str__(self) -> str:
        shown = "" if self.result is None else f", value {self.result}"
        return f"{self.status}, stdout {self.stdout!r}{shown}"


class Versions:
    """Names and texts of all versions of a notebook's definitions."""

    def __init__(self, number: int):
        self.number = number
        self.names: dict[tuple, str] = {}
        self.statics: dict[tuple, str] = {}
        self.macros: list[str] = []
        self.lines: list[str] = []
        self.imports: dict[str, str] = {}

    def name(self, key: str, state: State, within: tuple = ()) -> str:
        """The name of the version of `key` that holds in a state; it is written if nobody asked for it before."""
        item = state.items[key]
        if item.kind == "impl":
            # An implementation is written with its trait.
            return self.name(item.info["trait"], state, within)
        own = plain_name(key, self.number)
        if item.kind == "use":
            self.imports[key] = item.text
            return own
        parts = [item, *state.impls(key)] if item.kind == "trait" else [item]
        mentioned = [used for part in parts for used in references(part.text + part.info.get("impl", ""))]
        used = [used for used in dict.fromkeys(mentioned) if used != key and used not in within]
        versions = tuple((used, self.name(used, state, (*within, key))) for used in used)
        identity = (key, tuple(part.text for part in parts), versions)
        if identity not in self.names:
            number = len(self.names)
            if "program" in item.info:
                # `{:?}` writes the name of a type, so each version has the notebook's own name, in a module.
                self.names[identity] = f"v{number}::{own}"
                text = self.render(item.info["program"], {key: own, **dict(versions)}, item)
                self.lines.append(f"mod v{number} {{ {text} }}")
                return self.names[identity]
            self.names[identity] = f"{own}__h{number}"
            mine = {key: self.names[identity], **dict(versions)}
            for part in parts:
                text = self.render(part.text, mine, part)
                if header := part.info.get("impl"):
                    text = f"{self.render(header, mine, part)} {{ {text} }}"
                (self.macros if part.kind == "macro" else self.lines).append(text)
        return self.names[identity]

    # Texts

    def render(self, text: str, names: dict[str, str], item: Item | None = None) -> str:
        def reference(found: re.Match) -> str:
            key, _, method = found[1].partition(".")
            if not method:
                return names[key]
            return plain_name(found[1], self.number) + VERSION.search(names[key])[0]

        def mark(found: re.Match) -> str:
            if found[1]:
                name, kind, value = found[2].split("|")
                self._static(item, name, kind, value)
                return ""
            if found[2].startswith("needs "):
                return ""
            return found[2] if found[2].startswith(":") else self._static(item, found[2])

        return ITEM.sub(reference, MARK.sub(mark, text))

    def _static(self, item: Item, name: str, kind: str = "", value: str = "") -> str:
        """A static inside a function is one for all versions that only differ in what they call."""
        identity = (item.key, item.text, name)
        if identity not in self.statics:
            self.statics[identity] = f"{name}__h{len(self.statics)}"
            self.lines.append(f"static {self.statics[identity]}: {kind} = {value};")
        return self.statics[identity]

    def as_of(self, text: str, state: State) -> str:
        return self.render(text, {key: self.name(key, state) for key in references(text)})


def module(notebook: Notebook) -> str:
    """A notebook as a module with one function, `run`."""
    versions = Versions(notebook.number)
    body: list[str] = []
    state = State()
    for at, cell in enumerate(notebook.cells):
        body.append(f'print!("{{}}C {notebook.number} {at}\\n", "\\u{{1}}");')
        if cell.end != "compile":
            then = after(state, cell)
            body += _cell(cell, then, versions)
            state = then
        else:
            body.append('print!("{}E compile error\\n", "\\u{1}");')
    lines = "\n".join(body)
    return (
        f"mod nb{notebook.number} {{{PRELUDE}\n"
        + "\n".join([*versions.imports.values(), *versions.macros, *versions.lines])
        + f"\npub fn run() -> Result<()> {{\n{lines}\nOk(()) }}\n}}\n"
    )


def _cell(cell: Cell, state: State, versions: Versions) -> list[str]:
    for item in state.items.values():
        # Implementations of the library's traits have no name by which somebody could ask for them.
        if item.kind == "std impl" and state.whole(item.key):
            versions.name(item.key, state)
    for item in cell.items:
        versions.name(item.key, state)
    lines = []
    for statement in cell.statements:
        text = versions.as_of(statement.text, state)
        lines.append(_ended(statement, text))
        if statement.end in ("panic", "question"):
            return ["{", *lines, "}"]
    return lines


def _ended(statement: Stmt, text: str) -> str:
    mark = f'print!("{{}}E {ENDS.get(statement.end)}\\n", "\\u{{1}}")'
    # A generated statement that was meant to fail and does not would make a test that tests nothing.
    other = 'print!("{}X\\n", "\\u{1}")'
    match statement.end:
        case "show":
            return f'print!("{{}}R {{:?}}", "\\u{{1}}", &({text}\n));'
        case "panic":
            caught = f"std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {{ {text}\n }}))"
        case "question":
            caught = f"(|| -> Result<()> {{ {text}\nOk(()) }})()"
        case _:
            return text
    return f"if {caught}.is_err() {{ {mark} }} else {{ {other} }}"


def crate(notebooks: list[Notebook]) -> str:
    calls = "\n".join(
        f'    if let Err(error) = nb{n.number}::run() {{ print!("{{}}X {{error}}\\n", "\\u{{1}}"); }}' for n in notebooks
    )
    return (
        "#![allow(warnings)]\n"
        + "\n".join(module(notebook) for notebook in notebooks)
        + f"\nfn main() {{\n    std::panic::set_hook(Box::new(|_| {{}}));\n{calls}\n}}\n"
    )


class DoesNotCompile(Exception):
    """The generated program is no Rust: a fault of the generator."""


def answers(notebooks: list[Notebook], folder: Path, name: str = "program") -> dict[int, list[Answer]]:
    """Compiles and runs one program for all of them; for each notebook, an answer for each cell."""
    folder.mkdir(parents=True, exist_ok=True)
    source, program = folder / f"{name}.rs", folder / name
    source.write_text(crate(notebooks))
    command = [os.environ.get("RUSTC", "rustc"), "--edition", "2024", "-C", "debuginfo=0", "-o", str(program), str(source)]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode:
        raise DoesNotCompile(f"{source}\n{built.stderr[:6000]}")
    ran = subprocess.run([program], capture_output=True, text=True, timeout=120)
    if ran.returncode:
        raise DoesNotCompile(f"{source} ended with {ran.returncode}\n{ran.stderr[:2000]}")
    return _parsed(ran.stdout, notebooks)


def _parsed(output: str, notebooks: list[Notebook]) -> dict[int, list[Answer]]:
    found: dict[int, list[Answer]] = {notebook.number: [] for notebook in notebooks}
    now: Answer | None = None
    for piece in output.split(SEPARATOR)[1:]:
        match piece[0]:
            case "C":
                head, _, text = piece.partition("\n")
                now = Answer("ok", text, None)
                found[int(head.split()[1])].append(now)
            case "R":
                # A value of the type () is none.
                now.result = piece[2:] if piece[2:] != "()" else None
            case "E":
                head, _, text = piece.partition("\n")
                now.status = head[2:]
                now.stdout += text
            case "X":
                raise DoesNotCompile(f"a cell that was to fail went on, or the other way round: {piece} {found}")
    return found
