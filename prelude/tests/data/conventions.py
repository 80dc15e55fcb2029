"""Small files with one of each: text of every shape, `_Unsigned`, fill values, truth values, attributes of every type.

Needs netCDF4, numpy and zarr; `python conventions.py h5py` makes the file of h5py, which does not share a process with netCDF4.
"""

import shutil
import sys

import numpy as np


def text(name, format):
    import netCDF4 as nc

    f = nc.Dataset(name, "w", format=format)
    for dim, length in [("s", 3), ("n", 6), ("k", 2), ("m", 4), ("time", None)]:
        f.createDimension(dim, length)

    def characters(name, dims, texts, width):
        variable = f.createVariable(name, "S1", dims)
        shape = np.shape(texts)
        texts = np.array(texts, dtype=f"S{width}").ravel()
        variable[:] = texts.view("S1").reshape((*shape, width))

    # `n` is the length of texts alone; `m` is a dimension of numbers too.
    characters("name", ("s", "n"), [b"Bern", b"Basel", "Züri".encode()], 6)
    characters("pair", ("s", "k", "n"), [[b"a", b""], [b"c", b"d"], [b" e", "Gödel"[:3].encode("latin-1")]], 6)
    characters("title", ("n",), b"hello", 6)
    characters("growing", ("time", "n"), [b"abc", b"de"], 6)
    characters("letters", ("s", "m"), [b"Bern", b"Rom", b""], 4)
    f.createVariable("flag", "S1", ("s",))[:] = np.array([b"x", b"", b"z"])
    f.createVariable("one", "S1", ())[...] = b"q"
    f.createVariable("numbers", "f4", ("m",))[:] = [1, 2, 3, 4]
    f.createVariable("tall", "i1", ("s",))[:] = [-1, 2, 127]
    if format == "NETCDF4":
        f.createVariable("scalar", str, ())[...] = "scalar ü"
        f.createVariable("words", str, ("s",))[:] = np.array(["a", "", "ü"], dtype=object)
        filled = f.createVariable("filled", str, ("s",))
        filled.missing_value = "none"
        filled[:] = np.array(["a", "none", "c"], dtype=object)
        inner = f.createGroup("inner")
        inner.createVariable("scalar", str, ())[...] = "inside"
        f.createVariable("huge", "u8", ("s",))[:] = [2**63 + 5, 2, 3]
        f.texts = ["a", "b"]
    f.empty = ""
    f.whole = np.array([1, 2, 3], dtype="i2")
    f.one = np.int8(-7)
    f.single = np.float32(0.5)
    f.setncattr("latin", np.bytes_("Zürich".encode("latin-1")).decode("latin-1"))
    f.close()


def conventions(name, format):
    import netCDF4 as nc

    f = nc.Dataset(name, "w", format=format)
    f.createDimension("x", 3)
    f.createDimension("y", 2)
    f.set_auto_maskandscale(False)

    def variable(name, of, values, **attrs):
        v = f.createVariable(name, of, ("x",), fill_value=attrs.pop("_FillValue", None))
        v.set_auto_maskandscale(False)
        v.setncatts(attrs)
        v[:] = np.array(values, dtype=of) if not isinstance(values, np.ndarray) else values

    u = lambda values, of: np.array(values, dtype=of.replace("i", "u")).view(of)
    variable("unsigned_byte", "i1", u([1, 200, 255], "i1"), _Unsigned="true", _FillValue=np.int8(-1))
    variable("unsigned_short", "i2", u([1, 40000, 65535], "i2"), _Unsigned="true")
    variable("unsigned_int", "i4", u([1, 3000000000, 4294967295], "i4"), _Unsigned="true", _FillValue=np.int32(-1))
    variable("unsigned_packed", "i1", u([1, 200, 255], "i1"), _Unsigned="true", _FillValue=np.int8(-1), scale_factor=np.float32(0.5))
    variable("out_of_range", "i2", [1, -999, 3], missing_value=np.float64(1e20))
    variable("fraction", "i2", [1, 2, 3], missing_value=np.float64(2.5))
    variable("two_fills", "f4", [1, -999, -9999], _FillValue=np.float32(-999), missing_value=np.float32(-9999))
    variable("many_missing", "i4", [1, -1, -2], missing_value=np.array([-1, -2], dtype="i4"))
    variable("nan_fill_scaled", "f4", [1, np.nan, 3], _FillValue=np.float32(np.nan), scale_factor=0.1)
    variable("double_scale", "i2", [1, -32767, 3], _FillValue=np.int16(-32767), scale_factor=0.1, add_offset=10.0)
    variable("single_scale", "i2", [1, -32767, 3], _FillValue=np.int16(-32767), scale_factor=np.float32(0.1), add_offset=np.float32(10))
    variable("mixed_scale", "i2", [1, 2, 3], scale_factor=np.float32(0.1), add_offset=10.0)
    variable("wide_scale", "i4", [1, 2, 3], scale_factor=np.float32(0.1), add_offset=np.float32(10))
    variable("only_scale", "i2", [1, 2, 3], scale_factor=np.float32(0.1))
    variable("integer_scale", "i2", [1, 2, 3], scale_factor=np.int16(10))
    variable("truth", "i1", [1, 0, 1], dtype="bool")
    variable("bad_scale", "i2", [1, 2, 3], scale_factor="0.1")
    if format == "NETCDF4":
        variable("signed_byte", "u1", [1, 200, 255], _Unsigned="false", _FillValue=np.uint8(255))
        variable("exact", "i8", [1, -(2**63) + 2, 5], _FillValue=np.int64(-(2**63) + 2))
    # A variable with the name of a dimension along which others lie is a coordinate, whatever its shape.
    f.createVariable("y", "f4", ("x", "y"))[:] = [[1, 2], [3, 4], [5, 6]]
    f.close()


def whole_numbers():
    import netCDF4 as nc

    f = nc.Dataset("whole_numbers.nc", "w")
    f.createDimension("x", 4)
    kinds = f.createEnumType(np.int8, "kinds", {"clear": 0, "cumulus": 1, "other": -2, "none": -1})
    f.createVariable("names", kinds, ("x",))[:] = np.array([0, 1, -2, -1], dtype="i1")
    f.createVariable("one_name", kinds, ())[...] = np.int8(-2)
    f.createVariable("filled_names", kinds, ("x",), fill_value=np.int8(-1))[:3] = np.array([0, 1, -2], dtype="i1")
    wide = f.createEnumType(np.uint16, "wide", {"a": 0, "b": 40_000})
    f.createVariable("wide_names", wide, ("x",))[:] = np.array([0, 40_000, 0, 40_000], dtype="u2")
    for name, fill in [("largest", 2**64 - 1), ("usual", 2**64 - 2), ("large", 2**63)]:
        v = f.createVariable(name, "u8", ("x",), fill_value=np.uint64(fill))
        v.set_auto_mask(False)
        v[:] = np.array([1, 2, fill, 4], dtype="u8")
    f.setncattr("none", np.array([], dtype="i4"))
    f.close()


def zstd():
    import netCDF4 as nc

    f = nc.Dataset("zstd.nc", "w")
    f.createDimension("x", 3)
    f.createVariable("packed", "f4", ("x",), compression="zstd")[:] = [0, 1, 2]
    f.createVariable("plain", "f4", ("x",))[:] = [1, 2, 3]
    f.close()


def zarr():
    import zarr

    shutil.rmtree("conventions.zarr", ignore_errors=True)
    group = zarr.open_group("conventions.zarr", mode="w", zarr_format=2)
    group.attrs.update({"title": "", "flags": [1, 2], "texts": ["a", "b"]})

    def array(name, values, fill=None, **attrs):
        values = np.asarray(values)
        new = group.create_array(name, shape=values.shape, dtype=values.dtype, fill_value=fill, compressors=None)
        new[...] = values
        new.attrs.update({"_ARRAY_DIMENSIONS": ["x"][: values.ndim], **attrs})

    array("truth", [True, False, True])
    array("text", ["a", "bb", "ü"])
    array("fixed", np.array([b"ab", b"", b"c"]))
    array("one", np.array("word"))
    array("tall", np.array([-1, 0, 127], dtype="i1"))
    array("raw", np.array([7, 8, 9], dtype="i4"), fill=7)
    array("large", np.array([1, 2, 2**64 - 1], dtype="u8"), fill=2**64 - 1)
    array("lat", [1.0, 2.0, 3.0], standard_name="latitude", units="degrees_north", valid=[0, 9])


def h5():
    import h5py

    with h5py.File("conventions.h5", "w") as f:
        f["truth"] = np.array([True, False])
        f["yes"] = True
        f["fixed"] = np.array([b"ab", b"c"])
        f["letter"] = np.array([b"a", b""])
        f["words"] = np.array(["a", "ü"], dtype=object)
        f["word"] = "scalar"
        f["half"] = np.array([1.5, 2.5], dtype="f2")
        f["tall"] = np.array([-1, 5], dtype="i1")
        f["pair"] = np.array([1 + 2j])


if sys.argv[1:] == ["h5py"]:
    h5()
else:
    for name, format in [("text.nc", "NETCDF4"), ("text3.nc", "NETCDF3_CLASSIC"), ("text5.nc", "NETCDF3_64BIT_DATA")]:
        text(name, format)
    for name, format in [("conventions.nc", "NETCDF4"), ("conventions3.nc", "NETCDF3_64BIT_OFFSET")]:
        conventions(name, format)
    whole_numbers()
    zstd()
    zarr()
