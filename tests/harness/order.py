"""In which order tests run, here and on several processes.

The order is random (pytest-randomly): module by module, and within each. With pytest-xdist a module is what one process takes
at a time (`--dist loadfile`), since its tests share a kernel or another fixture that takes long to make.
"""

from __future__ import annotations

import pytest

# A process that took one of these last would be alone at work at the end.
LONG = (
    "exercises/test_grading", "export/test_lesson_as_program", "kernel/test_dependencies", "kernel/test_kept_variables",
    "kernel/test_random_kills", "kernel/test_soak", "lesson/test_lesson", "notebooks/test_corners", "notebooks/test_notebooks",
)  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    seed = getattr(item.config.option, "randomly_seed", None)
    if report.failed and isinstance(seed, int) and item.config.option.randomly_reorganize:
        report.sections.append(("order of the tests", f"the same order again: --randomly-seed={seed}"))
    return report
