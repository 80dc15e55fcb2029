"""Makes land_0p05.tif from Natural Earth's 1:10m land, as the npm package world-atlas 2.0.2 has it (land-10m.json).

    python land_0p05.py land-10m.json land_0p05.tif

Needs numpy and rasterio. A pixel is land if its centre is.
"""

import json
import sys

import numpy as np
import rasterio
from rasterio.features import rasterize
from rasterio.transform import from_origin

WIDTH, HEIGHT, PIXEL = 7200, 2600, 0.05


def arcs(topology: dict) -> list[np.ndarray]:
    """The lines of the topology, as (longitude, latitude)."""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]


def ring(lines: list[np.ndarray], numbers: list[int]) -> np.ndarray:
    """One closed line. Across the antimeridian its longitudes go on, beyond 180, instead of jumping back."""
    parts = [lines[number] if number >= 0 else lines[~number][::-1] for number in numbers]
    points = np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
    return np.column_stack([np.unwrap(points[:, 0], period=360), points[:, 1]])


def polygons(topology: dict):
    """Every polygon as rings, its holes beside its outside; without Antarctica, whose ring goes round the pole."""
    lines = arcs(topology)
    for geometry in topology["objects"]["land"]["geometries"]:
        for numbers in geometry["arcs"]:
            rings = [ring(lines, part) for part in numbers]
            if any(abs(part[0, 0] - part[-1, 0]) > 1 for part in rings):
                continue
            middle = rings[0][:, 0].mean()
            yield [part - [360 * round((part[:, 0].mean() - middle) / 360), 0] for part in rings]


def main(source: str, target: str) -> None:
    with open(source) as file:
        topology = json.load(file)
    shapes = []
    for rings in polygons(topology):
        # What reaches beyond 180 comes in again from the other side.
        for turn in (-360, 0, 360):
            shapes.append({"type": "Polygon", "coordinates": [(part + [turn, 0]).tolist() for part in rings]})
    transform = from_origin(-180, 70, PIXEL, PIXEL)
    land = rasterize(shapes, out_shape=(HEIGHT, WIDTH), transform=transform, dtype="uint8")
    profile = {"driver": "GTiff", "dtype": "uint8", "width": WIDTH, "height": HEIGHT, "count": 1, "crs": "EPSG:4326"}
    with rasterio.open(target, "w", **profile, transform=transform, compress="CCITTFAX4", nbits=1) as file:
        file.write(land, 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
