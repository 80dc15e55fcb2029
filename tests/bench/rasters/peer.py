"""The Python side: one piece of work per process, and one line of JSON about it at the end.

    python peer.py WORK [--workers N] [--save FILE] FILE...

Written as somebody would who knows these libraries. Imports, and the start of dask's cluster, are not the work.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import time
import warnings


def average(path):
    """The mean over land of one file, in °F, as the lesson's loop prints it."""
    import numpy as np
    import rasterio

    with rasterio.open(path) as file:
        celsius = file.read(1)
    fahrenheit = np.where(celsius != -9999, celsius * (9 / 5) + 32, -9999)
    mean = float(fahrenheit[fahrenheit != -9999].mean())
    print(f"{path} {mean:.4f}")
    return mean


def loop(options):
    import rasterio  # noqa: F401

    with Stopwatch() as watch:
        averages = [average(path) for path in options.files]
    return watch.seconds, averages


def pool(options):
    from multiprocessing import Pool

    import rasterio  # noqa: F401

    with Stopwatch() as watch, Pool(options.workers) as workers:
        averages = workers.map(average, options.files)
    return watch.seconds, averages


def mean(options):
    """The ocean's -9999 is averaged along: to mask it would cost this side more."""
    with cluster(options):
        with Stopwatch() as watch:
            result = opened(options.files).mean(dim="band").compute()
        save(result, options)
    return watch.seconds, None


def months(options):
    import pandas as pd

    with cluster(options):
        with Stopwatch() as watch:
            days = pd.date_range("2016-01-01", periods=len(options.files))
            year = opened(options.files).rename(band="time").assign_coords(time=days)
            result = year.groupby("time.month").mean().compute()
        save(result, options)
    return watch.seconds, None


def pixel(options):
    with cluster(options), Stopwatch() as watch:
        x, y = options.at
        values = opened(options.files).sel(x=x, y=y, method="nearest").compute()
    return watch.seconds, values.values.tolist()


def pixel_without_dask(options):
    """Each file's pixel is selected before the files are joined, so that no more than its strip is read."""
    import rioxarray
    import xarray as xr

    with Stopwatch() as watch:
        x, y = options.at
        days = [rioxarray.open_rasterio(path).sel(x=x, y=y, method="nearest") for path in options.files]
        values = xr.concat(days, dim="band").compute()
    return watch.seconds, values.values.tolist()


def write(options):
    import rasterio

    with rasterio.open(options.files[0]) as file:
        profile, array = file.profile, file.read(1)
    with Stopwatch() as watch, rasterio.open(options.save, "w", **profile) as file:
        file.write(array, 1)
    return watch.seconds, None


def picture(options):
    """The best of three, so that what matplotlib does only once per process does not count."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    import rasterio

    with rasterio.open(options.files[0]) as file:
        array = file.read(1)
    times = []
    for _ in range(3):
        png = io.BytesIO()
        with Stopwatch() as watch:
            plt.figure()
            plt.imshow(array, vmin=-32)
            plt.colorbar(shrink=0.4)
            plt.savefig(png, format="png")
            plt.close()
        times.append(watch.seconds)
    return min(times), len(png.getvalue())


def versions(options):
    import dask
    import distributed
    import matplotlib
    import numpy
    import rasterio
    import rioxarray
    import xarray

    modules = (rasterio, numpy, xarray, rioxarray, dask, distributed, matplotlib)
    return None, {module.__name__: module.__version__ for module in modules} | {"GDAL": rasterio.__gdal_version__}


def opened(paths):
    """The files as one lazy array in dask's chunks, which "auto" makes of one file each."""
    import rioxarray
    import xarray as xr

    return xr.concat([rioxarray.open_rasterio(path, chunks="auto") for path in paths], dim="band")


def cluster(options):
    import rioxarray  # noqa: F401
    import xarray  # noqa: F401
    from dask.distributed import Client

    # One thread each: on a machine with more cores a worker would take several, and the two sides would not be equal.
    return Client(n_workers=options.workers, threads_per_worker=1, silence_logs=logging.ERROR)


def save(result, options):
    import numpy as np

    np.save(options.save, result.values)


class Stopwatch:
    def __enter__(self):
        self._begun = time.perf_counter()
        return self

    def __exit__(self, *_):
        self.seconds = time.perf_counter() - self._begun


WORK = {
    "loop": loop,
    "pool": pool,
    "mean": mean,
    "months": months,
    "pixel": pixel,
    "pixel-without-dask": pixel_without_dask,
    "write": write,
    "picture": picture,
    "versions": versions,
}


def main():
    parser = argparse.ArgumentParser(prog="peer.py", description=__doc__.splitlines()[0])
    parser.add_argument("work", choices=WORK)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--at", type=float, nargs=2, metavar=("X", "Y"), help="the pixel that is wanted")
    parser.add_argument("--save", metavar="FILE", help="where the result goes")
    parser.add_argument("files", nargs="*")
    options = parser.parse_intermixed_args()
    warnings.filterwarnings("ignore")
    seconds, value = WORK[options.work](options)
    print(json.dumps({"work": options.work, "seconds": seconds, "value": value}))


if __name__ == "__main__":
    main()
