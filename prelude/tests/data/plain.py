"""Makes the HDF5 files of this folder that the netCDF library cannot open or reads in part.

    python plain.py

xarray opens the first two with no engine. Without the link that leads nowhere `xr.open_dataset("dangling.h5")` has the
dimensions that the tests ask for.
"""

import h5py
import numpy as np


def make(name, more):
    with h5py.File(name, "w") as file:
        file["a"] = np.arange(3.0)
        file["b"] = np.arange(4.0)
        file["m"] = np.arange(12.0).reshape(4, 3)
        file["q"] = np.arange(9.0).reshape(3, 3)
        file["truth"] = np.array([True, False, True, True])
        more(file)


def dangling(file):
    file["gone"] = h5py.SoftLink("/nothing")


def null(file):
    file["n"] = h5py.Empty("f4")
    file["c"] = np.array([1 + 2j])
    file["r"] = file["a"].ref


def table(file):
    file["a"].attrs["x"] = np.arange(6).reshape(2, 3)
    file["a"].attrs["units"] = "m"


make("dangling.h5", dangling)
make("null.h5", null)
make("table.h5", table)
