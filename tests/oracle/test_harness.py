"""The harness notices faults: an answer that is spoilt in one place fails the case."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import xarray as xr

from .case import replay, run, shrink
from .wire import decode_values, encode, encode_values
from .worker import Worker


@pytest.fixture(scope="module")
def worker():
    worker = Worker()
    yield worker
    worker.close()


def case() -> dict:
    array = xr.DataArray(np.arange(6.0).reshape(2, 3), {"x": [10, 20, 30], "height": 2.0}, ["y", "x"], "temp", {"units": "K"})
    ops = [{"op": "isel", "dim": "y", "index": {"at": 1}}, {"op": "binary", "sign": "+", "other": {"int": 1}}]
    return {"arrays": [encode(array)], "ops": ops, "variants": [None, [["x", 2]]]}


def spoilt_value(answer: dict) -> None:
    values = decode_values(answer)
    values[-1] += 1e-12 * values[-1]
    answer.update(encode_values(values))


def spoilt_dtype(answer: dict) -> None:
    answer.update(encode_values(decode_values(answer).astype("float32")), true_dtype="float32")


def spoilt_label(answer: dict) -> None:
    labels = decode_values(answer["coords"][0])
    labels[0] += 1
    answer["coords"][0].update(encode_values(labels))


FAULTS = {
    "a value": spoilt_value,
    "the dtype": spoilt_dtype,
    "a dtype that is not the values'": lambda answer: answer.update(true_dtype="float32"),
    "a label": spoilt_label,
    "a missing coordinate": lambda answer: answer["coords"].pop(),
    "the name": lambda answer: answer.update(name="rain"),
    "the order of dims": lambda answer: answer.update(dims=["y"]),
    "an attribute": lambda answer: answer.update(attrs={}),
    "an error": lambda answer: (answer.clear(), answer.update(error="no", kind="Other")),
    "a panic": lambda answer: (answer.clear(), answer.update(panic="at the disco")),
}


def test_the_case_passes_unspoilt(worker):
    outcome = run(case(), replay(case()), worker)
    assert outcome.failure is None and outcome.verdicts == ["same", "same"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_spoilt_answer_is_noticed(fault, worker):
    outcome = run(case(), replay(case()), worker, spoil=lambda steps: FAULTS[fault](steps[-1]))
    assert outcome.failure is not None and outcome.failed_at == 1


def test_a_lazy_answer_that_differs_from_the_one_in_memory_is_noticed(worker):
    class Spoiling:
        def ask(self, request):
            answer = worker.ask(request)
            spoilt_value(answer["variants"][1][-1])
            return answer

    outcome = run(case(), replay(case()), Spoiling())
    assert outcome.failure.startswith("lazy with chunks [['x', 2]]")


def test_a_failing_case_shrinks_to_what_fails(worker):
    class Spoiling:
        """Forgets to add."""

        def ask(self, request):
            answer = worker.ask(request)
            for op, step in zip(request["ops"], answer["variants"][0]):
                if op["op"] == "binary" and "data" in step:
                    values = decode_values(step)
                    step["data"] = base64.b64encode((values - 1).tobytes()).decode()
            return answer

    failing = {**case(), "variants": [None]}
    small = shrink(failing, run(failing, replay(failing), Spoiling()).failure, Spoiling())
    assert [op["op"] for op in small["ops"]] == ["binary"]
    assert small["arrays"][0]["shape"] in ([], [1]) and not small["arrays"][0]["attrs"]
