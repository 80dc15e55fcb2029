"""Where the prelude differs from xarray on purpose, by name: what, why, and a case in which it shows.

`docs/for-xarray-users.md` has the same list for readers. `test_differences.py` fails if one of them no longer shows.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Callable

import numpy as np
import xarray as xr

from .wire import answered


@dataclass
class Context:
    """All that is known about an operation in which the two sides differ."""

    op: dict
    before: object
    env: list
    result: object
    error: Exception | None
    ours: dict
    problem: str


@dataclass(frozen=True)
class Difference:
    name: str
    reason: str
    applies: Callable[[Context], bool]
    # Arrays and operations in which it shows; the last operation is the one.
    example: Callable[[], tuple[list[xr.DataArray], list[dict]]]


# Types that NumPy has and the prelude has not: xarray's answer is brought to the prelude's type before it is compared.
SETTLED = {
    "uint64": "sums of uint8, uint16 and uint32 are int64, as those of all smaller integers; of uint64 they are uint64",
    "timedelta64": "differences of dates are int64 nanoseconds: there is no timedelta type",
    "float16": "functions of bool and uint8 are float32: there is no float16",
}


def settle(result, summed) -> tuple[object, list[str]]:
    """xarray's result in types that the prelude has, and which were replaced; `summed` is what it is sums of, if it is."""
    if isinstance(result, xr.DataArray):
        return _settled(result, summed)
    if isinstance(result, xr.Dataset):
        names: list[str] = []
        for name in result.data_vars:
            array, found = _settled(result[name], None if summed is None else summed[name])
            if found:
                result = result.assign({name: array})
                names += found
        return result, names
    pairs = [_settled(array, summed) for array in result]
    return [array for array, _ in pairs], [name for _, found in pairs for name in found]


def _settled(array: xr.DataArray, summed) -> tuple[xr.DataArray, list[str]]:
    kind = array.dtype
    if kind == np.uint64 and summed is not None and summed.dtype != np.uint64:
        return array.astype("int64"), ["uint64"]
    if kind.kind == "m":
        return array.copy(data=array.values.astype("timedelta64[ns]").astype("int64")), ["timedelta64"]
    if kind == np.float16:
        return array.astype("float32"), ["float16"]
    return array, []


DIFFERENCES: list[Difference] = []


def _mean_of_dates(context: Context) -> bool:
    if _kind(context) != "M" or context.op.get("how") != "mean":
        return False
    if context.error is not None:
        return "zero-size" in str(context.error) and _ours(context) is not None
    if not context.problem.startswith("values"):
        return False
    ours, theirs = np.asarray(_ours(context).values), np.asarray(context.result.values)
    # The dates are those of one calendar, in nanoseconds or microseconds.
    return ours.dtype == theirs.dtype and bool((abs(ours.astype("i8") - theirs.astype("i8")) <= 1).all())


def _scalar(value, dtype: str = "float64", **kwargs) -> xr.DataArray:
    return xr.DataArray(np.array(value, dtype), name="a", **kwargs)


def _line(values, dtype: str = "float64", **coords) -> xr.DataArray:
    return xr.DataArray(np.array(values, dtype), coords, ["x"], "a")


DATES = ["2016-02-28", "NaT", "2016-03-01"]


def _is(context: Context, *names: str) -> bool:
    return context.op["op"] in names


def _kind(context: Context) -> str:
    return context.before.dtype.kind if isinstance(context.before, xr.DataArray) else ""


def _refused(context: Context, *words: str) -> bool:
    """We refuse, in these words, what xarray answers."""
    return context.error is None and any(word in context.ours.get("error", "") for word in words)


def _ours(context: Context):
    return answered(context.ours) if "error" not in context.ours else None


def _corr_of_constants(context: Context) -> bool:
    if not _is(context, "corr") or context.error is not None or "values" not in context.problem:
        return False
    ours, theirs = _ours(context).values.astype("f8"), np.asarray(context.result.values, "f8")
    if ours.shape != theirs.shape:
        return False
    # A spread that is nothing but rounding gives any correlation.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        a, b = xr.align(context.before, context.env[context.op["other"]], join="inner")
        valid = a.notnull() & b.notnull()
        if not valid.size:
            return False
        spread = [one.where(valid).astype("f8") for one in (a, b)]
        flat = [one.std(context.op["dims"]) <= 1e-6 * (1 + abs(one).max(context.op["dims"])) for one in spread]
    constant = np.asarray((flat[0] | flat[1]).values)
    same = (np.abs(ours - theirs) < 1e-3) | (np.isnan(ours) & np.isnan(theirs))
    return constant.shape == same.shape and bool(np.all(same | constant))


def _short_dates_downwards(context: Context) -> bool:
    dim, label = context.op.get("dim"), context.op.get("label", {})
    if not _is(context, "sel") or "between" not in label or dim not in context.before.coords:
        return False
    dates = context.before.coords[dim].values
    texts = any(isinstance(end, str) for end in label["between"])
    return dates.dtype.kind == "M" and texts and bool((np.diff(dates.astype("i8")) <= 0).any() or len(dates) < 2)


def _only_named_like_dims(context: Context) -> bool:
    """The coordinates that we lack are such as a dimension is called, without being its labels."""
    ours = _ours(context) if context.error is None else None
    if ours is None or not hasattr(ours, "dims") or not context.problem.startswith("coordinates"):
        return False
    lacking = set(map(str, context.result.coords)) ^ set(ours.coords)
    return bool(lacking) and all(name in context.result.dims and not context.result.coords[name].dims for name in lacking)


def _of_other_dims(context: Context) -> bool:
    others = [context.env[context.op["other"]["array"]]] if "array" in context.op.get("other", {}) else []
    mine = context.before.coords
    return any(name in mine and mine[name].dims != coord.dims for other in others for name, coord in other.coords.items())


def _nothing_to_group(context: Context) -> bool:
    """The key is a dimension, and each of its labels is a group of its own."""
    key = context.op.get("key")
    if not _is(context, "groupby") or key not in context.before.dims:
        return False
    labels = context.before.indexes.get(key)
    return labels is None or labels.is_unique


DIFFERENCES += [
    Difference(
        "every-label-its-own-group",
        "groups ascend and have labels, and coordinates along the grouped dimension go, also where each label is a group of its "
        "own; xarray leaves the array's order and coordinates there",
        lambda c: _nothing_to_group(c) and c.error is None,
        lambda: ([_line([1.0, 2.0], x=[2, 1])], [{"op": "groupby", "key": "x", "how": "mean"}]),
    ),
    Difference(
        "windows-of-nothing",
        "rolling, coarsen, interp, quantile and polyfit along a dimension of length 0 give missing values, or nothing, as reductions do; "
        "in xarray some of them fail",
        lambda c: _is(c, "rolling", "coarsen", "interp", "interpolate_na", "quantile", "polyfit") and c.error is not None and c.before.size == 0,
        lambda: ([_line([])], [{"op": "rolling", "dim": "x", "window": 9, "how": "sum"}]),
    ),
    Difference(
        "scalar-coordinates-stay",
        "quantile and polyfit keep the coordinates that do not lie along the dimension, as every reduction does; xarray's drop "
        "scalar ones",
        lambda c: _is(c, "quantile", "polyfit") and c.problem.startswith("coordinates"),
        lambda: ([_line([1.0, 2.0], height=2.0)], [{"op": "quantile", "share": 0.5, "dims": "x"}]),
    ),
    Difference(
        "coarsened-labels-are-means",
        "labels of runs are the means of the labels; where an array's values are its own labels xarray reduces both alike",
        lambda c: _is(c, "coarsen") and c.problem.startswith("coordinate"),
        lambda: ([_line([1.0, 2.0], x=[1, 2])], [{"op": "get_coord", "name": "x"},
                                               {"op": "coarsen", "dim": "x", "window": 2, "how": "std", "boundary": "trim"}]),
    ),
    Difference(
        "quantiles-between-infinities",
        "a quantile between an infinity and a number, or at an infinity itself, is what lies there; NumPy's interpolation gives NaN",
        lambda c: _is(c, "quantile") and c.error is None and bool(np.isinf(c.before.values).any()),
        lambda: ([_line([-np.inf, 1.0, 2.0])], [{"op": "quantile", "share": 0.0, "dims": "x"}]),
    ),
    Difference(
        "weighted-sums-are-wide",
        "weighted sums and means of integers are computed in 64 bits; xarray multiplies and adds in the arrays' own types, float32 for "
        "small integers, and wraps around",
        lambda c: _is(c, "weighted") and (c.before.dtype.kind in "iu" or c.env[c.op["weights"]].dtype.kind in "iu")
        and c.problem.startswith("values"),
        lambda: ([_line([1, 2], "uint16"), _line([1, 3], "uint16")], [{"op": "weighted", "weights": 1, "how": "mean", "dims": "x"}]),
    ),
    Difference(
        "trends-through-one-point",
        "a line through fewer points than it has coefficients, or through infinities, has missing coefficients; xarray gives the least "
        "of all that fit, or fails",
        lambda c: _is(c, "polyfit") and (c.error is not None or c.problem.startswith("values")) and (
            isinstance(c.error, np.linalg.LinAlgError) or bool((c.before.notnull().sum(c.op["dim"]) <= 1).any())
            or bool(np.isinf(c.before.values).any())),
        lambda: ([_line([1.0], x=[10.0])], [{"op": "polyfit", "dim": "x", "degree": 1}]),
    ),
    Difference(
        "interp-at-a-label",
        "at a label itself interpolation gives the value there, also where it is the only one, or its neighbour is missing; xarray gives "
        "nothing at all then",
        lambda c: _is(c, "interp") and c.problem.startswith("values")
        and (c.before.sizes.get(c.op["dim"]) == 1 or bool(c.before.isnull().any())),
        lambda: ([_line([8.75], "float32")], [{"op": "interp", "dim": "x", "points": [0.0, 2.0]}]),
    ),
    Difference(
        "interp-drops-what-it-cannot-interpolate",
        "coordinates along the dimension that are no numbers are dropped by interp; xarray makes missing dates of some",
        lambda c: _is(c, "interp") and c.problem.startswith("coordinates"),
        lambda: ([_line([1.0, 2.0], month=("x", np.array(["2000-01-01", "2000-02-01"], "M8[ns]")))],
                 [{"op": "interp", "dim": "x", "points": [10.0]}]),
    ),
    Difference(
        "quantiles-are-float64",
        "quantiles of float32 are float64, as xarray's are but for an array without dimensions or without a value",
        lambda c: _is(c, "quantile") and c.before.dtype == np.float32 and "dtype float64 instead of float32" in c.problem,
        lambda: ([_scalar(np.nan, "float32")], [{"op": "quantile", "share": 0.5, "dims": None}]),
    ),
    Difference(
        "equal-labels-of-two-types",
        "labels that are equal already stay of the type that each array has them in; xarray gives all arrays the first's type if "
        "labels along another dimension differ",
        lambda c: _is(c, "align") and "coordinate" in c.problem and "dtype" in c.problem,
        lambda: ([xr.DataArray(np.ones((1, 1)), {"x": [1.0]}, ["y", "x"]), xr.DataArray([1.0], {"y": [10.0]}, ["y"]),
                  xr.DataArray(np.ones((1, 1)), {"x": [1]}, ["y", "x"])],
                 [{"op": "align", "others": [1, 2], "join": "outer"}]),
    ),
    Difference(
        "second-differences-of-dates",
        "differences of dates are int64, which has no missing values: a second difference takes the number that stands for one",
        lambda c: _is(c, "diff") and _kind(c) == "M" and c.op["n"] > 1 and bool(c.before.isnull().any()),
        lambda: ([_line(DATES, "M8[ns]")], [{"op": "diff", "dim": "x", "n": 2}]),
    ),
    Difference(
        "differences-of-no-bools",
        "diff of bool is an error, but not where there is nothing to take differences of",
        lambda c: _is(c, "diff") and _kind(c) == "b" and c.error is not None,
        lambda: ([_line([], "bool")], [{"op": "diff", "dim": "x", "n": 1}]),
    ),
    Difference(
        "products-of-windows-do-not-wrap",
        "products of windows are computed in float64; xarray multiplies integers in 64 bits first, and wraps around",
        lambda c: _is(c, "rolling", "coarsen") and c.op["how"] == "prod" and _kind(c) in "iu" and c.problem.startswith("values"),
        lambda: ([_line([2**32 - 1, 2, 2**32 - 1], "uint32")], [{"op": "rolling", "dim": "x", "window": 3, "how": "prod"}]),
    ),
    Difference(
        "runs-of-texts",
        "coarsen drops labels that are texts, which have no mean; xarray fails",
        lambda c: _is(c, "coarsen") and "could not convert string" in str(c.error),
        lambda: ([_line([1.0, 2.0], x=["a", "b"])], [{"op": "coarsen", "dim": "x", "window": 2, "how": "sum", "boundary": "trim"}]),
    ),
    Difference(
        "the-replaced-variable-does-not-count",
        "assign under a name that is taken takes the old variable out first; xarray still wants the new one to have its lengths",
        lambda c: _is(c, "assign") and c.op["name"] in c.before.data_vars and "conflicting dimension sizes" in str(c.error),
        lambda: ([_line([1.0, 2.0]), _line([1.0], x=[1])],
                 [{"op": "merge", "others": [0]}, {"op": "assign", "name": "a", "array": 1}]),
    ),
    Difference(
        "missing-bools-are-floats",
        "where a bool may be missing the array becomes float64; xarray makes an array of objects in some operations",
        lambda c: _kind(c) == "b" and c.error is None and getattr(c.result, "dtype", None) == object,
        lambda: ([_line([True, False], "bool")], [{"op": "shift", "dim": "x", "n": 1}]),
    ),
    Difference(
        "scalars-stay-scalars-in-anomalies",
        "an anomaly keeps the array's coordinates as they are; xarray repeats scalar ones along the grouped dimension",
        lambda c: _is(c, "groupby") and c.op.get("anomaly", False) and c.problem.startswith("coordinate"),
        lambda: ([_line([1.0, 2.0, 4.0], x=[1, 1, 2], height=2.0)], [{"op": "groupby", "key": "x", "how": "mean", "anomaly": True}]),
    ),
    Difference(
        "coordinates-of-other-dimensions",
        "a coordinate that two arrays have along different dimensions is dropped; xarray takes that of more dimensions in fillna, "
        "and in arithmetic if the values are equal once repeated",
        lambda c: c.problem.startswith("coordinates") and (_is(c, "fillna") or _is(c, "binary") and _of_other_dims(c)),
        lambda: ([_line([1.0]).assign_coords(lon=0.0), _line([1.0], lon=("x", [0.0]))],
                 [{"op": "fillna", "other": {"array": 1}}]),
    ),
    Difference(
        "short-dates-downwards",
        "on an axis of dates that goes down a range goes down too, and a date written short means all of it at either end; "
        "pandas looks up the words of a range on such an axis only if it goes up, and gives nothing or an error",
        lambda c: _short_dates_downwards(c) or "Calling nonzero on 0d" in str(c.error),
        lambda: ([xr.DataArray([1.0, 2.0], {"time": np.array(["1900-02-28", "1900-02-27"], "M8[ns]")}, ["time"])],
                 [{"op": "sel", "dim": "time", "label": {"between": ["1900", {"time": -2204064000000000000}]}}]),
    ),
    Difference(
        "nearest-to-a-written-date",
        "sel with a method takes a date written as text; xarray compares the text with dates and fails",
        lambda c: _is(c, "sel") and "method" in c.op and isinstance(c.error, TypeError),
        lambda: ([xr.DataArray([1.0, 2.0], {"time": np.array(["2000-01-01", "2000-01-03"], "M8[ns]")}, ["time"])],
                 [{"op": "sel", "dim": "time", "label": {"among": ["2000-01-02", {"time": 946684800000000000}]}, "method": "nearest", "tolerance": 2.0}]),
    ),
    Difference(
        "some-of-repeated-labels",
        "a list of labels is an error only if one of them occurs more than once; xarray refuses it if any label does",
        lambda c: _is(c, "sel") and "among" in c.op["label"] and "uniquely valued" in str(c.error),
        lambda: ([_line([1.0, 2.0, 3.0], x=[1, 2, 2])], [{"op": "sel", "dim": "x", "label": {"among": [1]}}]),
    ),
    Difference(
        "a-scalar-called-like-a-dimension",
        "a scalar coordinate that meets a dimension of its name is dropped; xarray keeps both under one name",
        lambda c: _only_named_like_dims(c) or "already exists as a scalar variable" in str(c.error) or _is(c, "weighted") and c.problem.startswith("coordinates"),
        lambda: ([_scalar(1.0, coords={"x": 5.0}), _line([1.0, 2.0])], [{"op": "binary", "sign": "+", "other": {"array": 1}}]),
    ),
    Difference(
        "nothing-to-reduce",
        "a reduction over an empty list of dimensions is the reduction of each element by itself; NumPy leaves out even the "
        "conversion (the sum of uint8 stays uint8, of NaN stays NaN), but not in every function",
        lambda c: _is(c, "reduce", "quantile", "weighted", "cumsum") and c.op.get("dims") == [],
        lambda: ([_line([1, 2], "uint8")], [{"op": "reduce", "how": "sum", "dims": []}]),
    ),
    Difference(
        "min-count-of-integers",
        "integers are never missing, so min_count says nothing about them and their sum stays int64; xarray makes floats "
        "where skipna=True is written out",
        lambda c: _is(c, "reduce") and "min_count" in c.op and _kind(c) in "biu",
        lambda: ([_line([1, 2], "int64")], [{"op": "reduce", "how": "sum", "dims": "x", "min_count": 1, "skip_missing": True}]),
    ),
    Difference(
        "too-few-for-ddof",
        "var and std of no more values than ddof are NaN for every type; NumPy says infinity for integers and NaN for floats",
        lambda c: _is(c, "reduce") and c.op["how"] in ("var", "std") and c.op.get("ddof", 0) > 0 and c.error is None
        and not np.isfinite(np.asarray(c.result.values)).all(),
        lambda: ([_line([-3, 9], "int16")], [{"op": "reduce", "how": "std", "dims": "x", "ddof": 5}]),
    ),
    Difference(
        "quantiles-of-dates",
        "sum, var, std, median and quantiles of dates are errors; mean, min, max and count are not. xarray has quantiles of dates",
        lambda c: c.error is None and (_refused(c, "of dates has no meaning") or _is(c, "quantile") and _kind(c) == "M"),
        lambda: ([_line(["2016-02-28", "2016-03-01"], "M8[ns]")], [{"op": "quantile", "share": 0.5, "dims": "x"}]),
    ),
    Difference(
        "mean-of-dates",
        "the mean of dates is exact, what is left of a nanosecond cut off, and missing where there are none; xarray's is computed "
        "in floats, and an error where there are none",
        _mean_of_dates,
        lambda: ([_line([], "M8[ns]")], [{"op": "reduce", "how": "mean", "dims": "x"}]),
    ),
    Difference(
        "missing-dates-are-skipped",
        "min, max, argmin and argmax skip missing dates as they skip NaN, and argmin of nothing but missing dates is an error; "
        "in xarray one missing date makes the answer missing, or is the smallest",
        lambda c: _is(c, "reduce") and c.op["how"] in ("min", "max", "argmin", "argmax") and _kind(c) == "M"
        and bool(c.before.isnull().any()),
        lambda: ([_line(DATES, "M8[ns]")], [{"op": "reduce", "how": "argmin", "dims": "x"}]),
    ),
    Difference(
        "fields-of-missing-dates",
        "fields of dates are int64 and 0 for a missing date, so that the type does not depend on what a file holds; "
        "xarray's become float64 with NaN",
        lambda c: _is(c, "date_field") and c.error is None and c.result.dtype.kind == "f",
        lambda: ([_line(DATES, "M8[ns]")], [{"op": "date_field", "field": "year"}]),
    ),
    Difference(
        "dates-as-numbers",
        "astype of a missing date gives NaN; NumPy gives the number -9223372036854775808",
        lambda c: _is(c, "astype") and _kind(c) == "M",
        lambda: ([_line(DATES, "M8[ns]")], [{"op": "astype", "dtype": "float64"}]),
    ),
    Difference(
        "dates-and-numbers",
        "a date compared with, filled by or joined to a number is an error; NumPy says that they are never equal, or makes "
        "an array of objects",
        lambda c: c.error is None and any(word in c.ours.get("error", "") for word in
            ("datetime64[ns]", "dates compare", "has dates", "labels of", "of datetime")),
        lambda: ([_line(DATES, "M8[ns]")], [{"op": "binary", "sign": "==", "other": {"int": 1}}]),
    ),
    Difference(
        "concat-of-other-dimensions",
        "concat wants arrays of the same dimensions; xarray repeats an array along the dimensions that it lacks",
        lambda c: _is(c, "concat") and (_refused(c, "has the dimensions") or c.problem.startswith("dims")),
        lambda: ([_scalar(1.0), _line([1.0, 2.0])], [{"op": "concat", "others": [1], "dim": "run"}]),
    ),
    Difference(
        "concat-with-a-coordinate-that-one-lacks",
        "a coordinate that does not lie along the joined dimension, and that some arrays lack, stays if the others agree on "
        "it; xarray keeps it or fails, depending on how many have it",
        lambda c: _is(c, "concat") and "not present in all datasets" in str(c.error),
        lambda: ([_line([1.0], zone=("x", [1])), _line([2.0])], [{"op": "concat", "others": [0, 1], "dim": "run"}]),
    ),
    Difference(
        "merge-of-other-dimensions",
        "two arrays of one name and different dimensions are an error that names both; xarray spreads them over the "
        "dimensions of both where their values allow it",
        lambda c: _is(c, "merge", "assign") and _refused(c, "have the dimensions", "the coordinate"),
        lambda: ([_scalar(1.0), _line([1.0, 1.0])], [{"op": "merge", "others": [1]}]),
    ),
    Difference(
        "sort-by-labels",
        "sort_by a dimension without labels is an error; xarray gives the array back unsorted",
        lambda c: _is(c, "sort_by") and _refused(c, "no coordinate"),
        lambda: ([_line([2.0, 1.0])], [{"op": "sort_by", "dim": "x"}]),
    ),
    Difference(
        "one-name-for-one-dimension",
        "renaming a dimension to the name of another is an error; xarray makes an array with two dimensions of one name",
        lambda c: _is(c, "rename") and _refused(c, "named twice", "two things"),
        lambda: ([xr.DataArray(np.ones((1, 1)), dims=["x", "y"], name="a")], [{"op": "rename", "names": [["x", "y"]]}]),
    ),
    Difference(
        "numbers-that-do-not-fit",
        "where_else and fillna with a number that is no value of the array's type are errors; xarray wraps it around (300 "
        "becomes 44 in an array of uint8)",
        lambda c: _refused(c, "is not a value of"),
        lambda: ([_line([1, 2], "uint8")], [{"op": "where_else", "cond": {"of": "self", "op": "gt", "to": {"int": 1}}, "other": {"int": 300}}]),
    ),
    Difference(
        "powers-and-rounding-of-bool",
        "bool to a power is int64 or int8 and a rounded bool stays bool; NumPy makes int8 and float16 of them",
        lambda c: _kind(c) == "b" and (_is(c, "round", "floor", "ceil") or c.op.get("sign") in ("**", "%")),
        lambda: ([_line([True, False], "bool")], [{"op": "round"}]),
    ),
    Difference(
        "correlation-of-constants",
        "where an array does not vary its correlation is 0 / 0: NaN, or one rounding error divided by another; the two round "
        "differently",
        _corr_of_constants,
        lambda: ([_line([0.1] * 11), _line(np.arange(11.0) ** 2)], [{"op": "corr", "other": 1, "dims": "x"}]),
    ),
]


def known(context: Context) -> str | None:
    """The name of the difference that explains this one."""
    return next((one.name for one in DIFFERENCES if one.applies(context)), None)
