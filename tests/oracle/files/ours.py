"""The prelude's side: the worker's answers in the canonical form."""

from __future__ import annotations

import base64
import json

import numpy as np

from ..worker import Hung, Worker
from .canonical import Field, Opened, Refused, padded, plain_attrs


class Broken(Exception):
    """A panic, a death or a hang of the prelude: a fault whatever the other side says."""


def ask(worker: Worker, request: dict) -> dict:
    try:
        answer = worker.ask(request)
    except Hung as hung:
        raise Broken(str(hung)) from None
    if "died" in answer or "protocol" in answer:
        raise Broken(str(answer.get("died") or answer["protocol"]))
    return answer


def result(part: dict | None) -> dict:
    """A part of an answer, unless it is an error."""
    if part is None:
        raise Broken("no answer")
    for failure in ("panic", "protocol"):
        if failure in part:
            raise Broken(f"{failure}: {part[failure]}")
    if "error" in part and "data" not in part:
        raise Refused(part["error"])
    return part


def opened(view: dict) -> Opened:
    """What was opened, or what operations made of it."""
    view = result(view)
    if "dataset" in view:
        variables = {one["name"]: _field(one) for one in view["dataset"]}
        places = [one for one in view["dataset"] if one.get("crs")]
        crs = places[0]["crs"] if places else None
        not_read = str(view["attrs"].get("not_read", ""))
        return Opened(variables, _coords(view["coords"]), plain_attrs(view["attrs"], {"not_read"}), crs, not_read=not_read)
    nodata = None if view["nodata"] is None else float(view["nodata"])
    one = _field(view)
    coords = _coords(view["coords"])
    transform = tuple(view["transform"]) if view["transform"] else None
    names = list(coords["long_name"].values) if "long_name" in coords else [view["name"] or ""]
    return Opened({view["name"] or "": one}, coords, one.attrs, view["crs"], transform, nodata, names)


def filtered(worker: Worker, path: str, key: str, value: str) -> Opened:
    """A part of a GRIB file by the filter that a note names."""
    answer = ask(worker, {"file": {"as": "dataset", "path": path, "filters": [[key, value]]}})
    return opened(answer["opened"])


def _coords(views: list[dict]) -> dict[str, Field]:
    """All but the one that carries the CRS, which is compared as such."""
    return {view["name"]: _field(view) for view in views if view["name"] != "spatial_ref"}


def _field(view: dict) -> Field:
    if "data" not in view:
        if "panic" in view:
            raise Broken(f"{view['name']}: panic: {view['panic']}")
        return Field((), "", np.empty(0), error=view.get("error", str(view)))
    if view.get("true_dtype", view["dtype"]) != view["dtype"] or view.get("true_shape", view["shape"]) != view["shape"]:
        raise Broken(f"{view['name']} says {view['dtype']} {view['shape']} and is {view['true_dtype']} {view['true_shape']}")
    dtype, values = decoded(view)
    return Field(
        tuple(view["dims"]),
        dtype,
        values,
        plain_attrs(view["attrs"]),
        tuple(view.get("full_shape", view["shape"])),
        tuple(view.get("strides", [1] * len(view["shape"]))),
    )


def decoded(view: dict) -> tuple[str, np.ndarray]:
    """Values of any type that the prelude has or may come to have."""
    raw, dtype, shape = base64.b64decode(view["data"]), view["dtype"], view["shape"]
    if dtype == "datetime64[ns]":
        dates = np.frombuffer(raw, "<M8[ns]").reshape(shape)
        return "dates[proleptic_gregorian]", _objects(
            [None if np.isnat(date) else padded(str(date)) for date in dates.ravel()], shape
        )
    if dtype == "str":
        return "str", _objects(json.loads(raw), shape)
    if dtype.startswith(("cftime[", "datetime64[")):
        calendar = dtype[len("cftime[") : -1] if dtype.startswith("cftime") else "proleptic_gregorian"
        return f"dates[{calendar}]", _objects([padded(text) for text in json.loads(raw)], shape)
    kind = np.dtype(dtype)
    return kind.name, np.frombuffer(raw, kind).reshape(shape).copy()


def _objects(listed: list, shape: list[int]) -> np.ndarray:
    out = np.empty(len(listed), object)
    out[:] = listed
    return out.reshape(shape)
