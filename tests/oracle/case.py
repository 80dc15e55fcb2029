"""One case: arrays, a chain of operations, and chunkings. Drawn from a seed, run on both sides, shrunk when it fails."""

from __future__ import annotations

import random
import re
import warnings
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from . import draw
from .compare import bits, difference
from .differences import Context, known, settle
from .operations import draw as draw_operation
from .operations import find, label
from .wire import Untrue, answered, decode, encode, plain
from .worker import Hung, Worker

# Others than NumPy would compute the same sums in other orders; where xarray cannot do without, it uses them anyway.
xr.set_options(use_numbagg=False)


@dataclass
class Step:
    """What xarray says after one operation."""

    op: dict
    before: object
    result: object = None
    error: Exception | None = None
    precision: str = "exact"
    rough: bool = False
    scale: float = 1.0
    # A float32 that was rounded is among what went in, so the answer is no better than that, whatever its type.
    coarse: bool = False
    settled: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """How a case ended: per operation, what was tried and how it went."""

    case: dict
    steps: list[Step]
    # One per operation that was compared: "same", "both erred", "known: NAME".
    verdicts: list[str] = field(default_factory=list)
    failure: str | None = None
    failed_at: int | None = None


def generate(seed: int, number: int, only: str | None = None) -> tuple[dict, list[Step]]:
    """Case `number` of a run; xarray is asked along the way, since what can come next depends on what there is."""
    rng = random.Random(f"{seed}/{number}")
    env = [draw.array(rng)]
    env += [draw.related(rng, env[0]) for _ in range(2)]
    if rng.random() < 0.3:
        env.append(_mask(rng, env[0]))
    specs = [encode(array) for array in env]
    env = [decode(spec) for spec in specs]
    steps: list[Step] = []
    value, rough, scale = env[0], False, magnitude(env)
    length = rng.choice([1, 1, 2, 2, 3, 4])
    for at in range(length):
        # With `only` the chain ends in the operation that was asked for.
        wanted = only if only and (at == length - 1 or rng.random() < 0.5) else None
        op = draw_operation(rng, value, env, only=wanted, exact_only=rough)
        if op is None:
            break
        step = carry_out(op, value, env, rough, scale, bool(steps) and steps[-1].coarse)
        steps.append(step)
        if step.error is not None or too_large(step.result):
            break
        value, rough, scale = step.result, step.rough, step.scale
    case = {"arrays": specs, "ops": [step.op for step in steps], "variants": [None, *_chunkings(rng)]}
    return case, steps


def too_large(result) -> bool:
    arrays = [result] if isinstance(result, (xr.DataArray, xr.Dataset)) else result
    return any(array.nbytes > 200_000 for array in arrays)


def _mask(rng: random.Random, base: xr.DataArray) -> xr.DataArray:
    dims = list(base.dims) if rng.random() < 0.5 else rng.sample(list(base.dims), rng.randint(0, base.ndim))
    coords = {dim: base.coords[dim] for dim in dims if dim in base.coords}
    return xr.DataArray(draw.values(rng, "bool", tuple(base.sizes[dim] for dim in dims)), coords, dims, base.name)


def _chunkings(rng: random.Random) -> list[list]:
    return [[[name, rng.choice([1, 1, 2, 3, 4])] for name in [*draw.NAMES, "run", "new"] if rng.random() < 0.8] for _ in range(2)]


def carry_out(op: dict, value, env: list, rough: bool, scale: float, coarse: bool = False) -> Step:
    """One operation by xarray."""
    found = find(op, value)
    precision = found.kind(op, value)
    step = Step(op, value, precision=precision, rough=rough or precision == "rough", scale=scale)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            sums = op.get("how") in ("sum", "prod") or op["op"] in ("cumsum", "cumprod")
            step.result, step.settled = settle(found.run(value, op, env), value if sums else None)
            plain(step.result)
    except Exception as error:  # noqa: BLE001 - that it is one is the answer
        step.error = error
        return step
    # Squares of what was there, and sums of it, are the magnitude that rounding is a share of.
    grown = max(scale, magnitude([step.result]))
    step.coarse = coarse or step.rough and any(_small(array.dtype) for array in _arrays([value, *env]))
    step.scale = grown * max(1.0, grown) if op.get("how") in ("var", "std") or op["op"] in ("cov", "corr") else grown
    return step


def magnitude(arrays: list) -> float:
    largest = 1.0
    for array in _arrays(arrays):
        values = np.asarray(array.values)
        if values.dtype.kind in "iufb" and values.size:
            finite = np.abs(values[np.isfinite(values)].astype("f8"))
            largest = max(largest, float(finite.sum()) if finite.size else 1.0)
    return largest


def _small(dtype: np.dtype) -> bool:
    """xarray computes with it in float32, where anything may be missing."""
    return dtype == np.float32 or dtype.kind in "iu" and dtype.itemsize < 4


def _arrays(values: list):
    for value in values:
        yield from value.data_vars.values() if isinstance(value, xr.Dataset) else [value] if isinstance(value, xr.DataArray) else value


def replay(case: dict) -> list[Step]:
    """xarray's steps of a case that is given in full."""
    env = [decode(spec) for spec in case["arrays"]]
    steps: list[Step] = []
    value, rough, scale = env[0], False, magnitude(env)
    for op in case["ops"]:
        step = carry_out(op, value, env, rough, scale, bool(steps) and steps[-1].coarse)
        steps.append(step)
        if step.error is not None:
            break
        value, rough, scale = step.result, step.rough, step.scale
    return steps


def run(case: dict, steps: list[Step], worker: Worker, spoil=None) -> Outcome:
    """Both sides of a case compared. `spoil` changes an answer of ours, to see whether that is noticed."""
    outcome = Outcome(case, steps)
    try:
        answer = worker.ask(case)
    except Hung as hung:
        answer = {"died": str(hung)}
    if "variants" not in answer:
        outcome.failure, outcome.failed_at = str(answer), 0
        return outcome
    eager, *lazy = answer["variants"]
    if spoil:
        spoil(eager)
    env = [decode(spec) for spec in case["arrays"]]
    for at, step in enumerate(steps):
        ours = eager[at] if at < len(eager) else {"error": "no answer"}
        problem = judge(ours, step)
        if problem is None:
            outcome.verdicts.append("both erred" if step.error is not None else "same")
            if step.settled:
                outcome.verdicts[-1] += " (" + ", ".join(step.settled) + ")"
            continue
        if not excusable(ours):
            outcome.failure, outcome.failed_at = f"{label(step.op)}: {problem}", at
            return outcome
        context = Context(step.op, step.before, env, step.result, step.error, ours, problem)
        name = known(context)
        if name:
            # The two sides hold different things from here on.
            outcome.verdicts.append(f"known: {name}")
            break
        outcome.failure, outcome.failed_at = f"{label(step.op)}: {problem}", at
        return outcome
    for chunks, steps_of in zip(case["variants"][1:], lazy):
        if problem := lazily(eager, steps_of, steps[-1]):
            outcome.failure, outcome.failed_at = f"lazy with chunks {chunks}: {problem}", len(steps_of) - 1
            return outcome
    return outcome


def excusable(ours: dict) -> bool:
    """A panic, or an array that is not what it says, is a fault whatever xarray answers."""
    if "panic" in ours or "protocol" in ours:
        return False
    try:
        return "error" in ours or answered(ours) is not None
    except Untrue:
        return False


def judge(ours: dict, step: Step) -> str | None:
    """How our answer to one operation differs from xarray's."""
    if "panic" in ours:
        return f"panic: {ours['panic']}"
    if "protocol" in ours:
        return ours["protocol"]
    if step.error is not None:
        return None if "error" in ours else f"no error, where xarray says: {type(step.error).__name__}: {step.error}"
    if "error" in ours:
        return f"an error where xarray has an answer: {ours['error']}"
    try:
        return difference(answered(ours), plain(step.result), rough=step.rough, scale=step.scale, coarse=step.coarse)
    except Untrue as untrue:
        return str(untrue)


def lazily(eager: list, lazy: list, step: Step) -> str | None:
    """How what was computed in chunks differs from what was computed in memory."""
    last = lazy[-1]
    for failure in ("panic", "protocol"):
        if failure in last:
            return f"{failure}: {last[failure]}"
    if "a weight is missing" in eager[-1].get("error", ""):
        return None  # lazy weights are not read to find that out, which the documentation of `weighted` says
    if "error" in eager[-1]:
        if "error" in last:
            return None
        # An error may wait until something is computed, and only the last step is.
        return f"no error, in memory: {eager[-1]['error']}"
    if "error" in last:
        return f"an error, none in memory: {last['error']}"
    try:
        ours, memory = answered(last), answered(eager[-1])
        if step.op["op"] == "corr" and ours.values.shape == memory.values.shape:
            # Of constants it is NaN or a rounding error, as the sums round; see "correlation-of-constants".
            unsettled = np.zeros(ours.values.shape, bool)
            for one in (ours, memory):
                unsettled |= ~(np.abs(one.values) > 1e-6) | ~np.isfinite(one.values)
            ours.values, memory.values = (np.where(unsettled, np.nan, one.values).astype(one.values.dtype) for one in (ours, memory))
        return bits(ours, memory, rough=step.rough, scale=step.scale)
    except Untrue as untrue:
        return str(untrue)


def shrink(case: dict, failure: str, worker: Worker) -> dict:
    """A smaller case that still fails in the same way: fewer operations, arrays and chunkings, shorter arrays."""

    def kind(failure: str | None) -> str:
        return re.sub(r"[\d.]+|'.*?'|\(.*?\)", "", failure or "")[:40]

    wanted = kind(failure)

    def fails(candidate: dict) -> bool:
        try:
            return kind(run(candidate, replay(candidate), worker).failure) == wanted
        except Exception:  # noqa: BLE001 - a candidate that makes no sense is no smaller case
            return False

    improved = True
    while improved:
        improved = False
        for candidate in _smaller(case):
            if fails(candidate):
                case, improved = candidate, True
                break
    return case


def _smaller(case: dict):
    ops = case["ops"]
    for at in reversed(range(len(ops))):
        if len(ops) > 1:
            yield {**case, "ops": ops[:at] + ops[at + 1 :]}
    for at in range(1, len(case["variants"])):
        yield {**case, "variants": case["variants"][:at] + case["variants"][at + 1 :]}
    for number, spec in enumerate(case["arrays"]):
        array = decode(spec)
        for smaller in _reduced(array):
            arrays = list(case["arrays"])
            arrays[number] = encode(smaller)
            yield {**case, "arrays": arrays}


def _reduced(array: xr.DataArray):
    for name in array.coords:
        yield array.drop_vars(name)
    if array.attrs:
        yield array.drop_attrs()
    for dim, n in array.sizes.items():
        if n > 1:
            yield array.isel({dim: slice(0, n // 2)})
            yield array.isel({dim: slice(n // 2, n)})
            yield array.isel({dim: slice(0, n - 1)})
        if n:
            yield array.isel({dim: 0}, drop=True)
