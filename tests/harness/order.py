"""In which order and in which process tests run.

The order is random (pytest-randomly): module by module, and within each. With pytest-xdist, tests that share a kernel or
another fixture that takes long to make stay together in one process; all others go to whichever process is free.
"""

from __future__ import annotations

import pytest

# Fixtures that several modules share and that take long to make.
SHARED_BY_MODULES = ("lesson",)
# A process that begins one of these last would work alone at the end.
LONG = ("kernel/test_soak", "kernel/test_random_kills", "exercises/test_grading", "notebooks/test_notebooks", "kernel/test_mutations")


def group(item: pytest.Item) -> str:
    """The name of what the test shares with others, which therefore run in the same process."""
    if item.cls is not None:
        return f"{item.path.stem}.{item.cls.__name__}"
    for fixture in SHARED_BY_MODULES:
        if fixture in item.fixturenames:
            return fixture
    definitions = [definitions[-1] for definitions in item._fixtureinfo.name2fixturedefs.values()]
    shared = any(definition.scope == "module" for definition in definitions)
    return item.path.stem if shared else item.nodeid


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not any(part in item.nodeid for part in LONG))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    seed = getattr(item.config.option, "randomly_seed", None)
    if report.failed and isinstance(seed, int) and item.config.option.randomly_reorganize:
        report.sections.append(("order of the tests", f"the same order again: --randomly-seed={seed}"))
    return report
