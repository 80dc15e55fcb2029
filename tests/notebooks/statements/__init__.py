"""Statements at the top of a cell. Each maker returns a text, or `None` where nothing is there to work with."""

from __future__ import annotations

from .control import flow, top_closure, top_labelled
from .ends import panicking, question_err, question_ok, shown, wrong
from .items import boxed, collections, enums, macro_statement, module_values, newest, pointers, statics
from .ownership import borrowed, cloned, moved, partial_move
from .variables import chain, commented, let, let_block, mutate, mutating_call, odd_lines, patterns, printing

__all__ = ["STATEMENTS", "newest", "panicking", "printing", "question_err", "shown", "wrong"]

STATEMENTS = {
    newest: 4, let: 10, let_block: 3, chain: 2, patterns: 5, mutate: 9, mutating_call: 6, printing: 7, flow: 10, top_labelled: 1,
    moved: 4, partial_move: 3, cloned: 2, borrowed: 2, top_closure: 2, boxed: 10, enums: 5, module_values: 4, pointers: 6,
    collections: 7, statics: 10, macro_statement: 4, odd_lines: 2, commented: 1, question_ok: 2,
}  # fmt: skip
