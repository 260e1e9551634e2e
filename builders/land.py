"""Make `library/tables/countries_50m.npz` from the npm package world-atlas.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python builders/land.py package/countries-50m.json src/yaan/library/tables/countries_50m.npz

The TopoJSON holds arcs, delta-coded on a quantised grid, and rings that join them. They are kept
as they are, to 0.01 deg: an arc that two countries share is kept once, and told to be a border.
"""

import json
import sys
from pathlib import Path

import numpy as np

UNIT = 0.01  # [deg] is 1.1 km, a fifth of what the 1:50 million drawing resolves


def arcs(topology: dict) -> list[np.ndarray]:
    """Every arc as whole units of longitude and latitude [n, 2], a point once."""
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    found = []
    for arc in topology["arcs"]:
        points = np.cumsum(np.array(arc), axis=0) * scale + shift
        whole = np.round(points / UNIT).astype(np.int16)
        keep = np.append(True, np.any(np.diff(whole, axis=0) != 0, axis=1))
        keep[-1] = True
        found.append(whole[keep])
    return found


def main(source: Path, target: Path) -> None:
    topology = json.loads(source.read_text(encoding="utf-8"))
    lines = arcs(topology)
    rings: list[int] = []
    ring_ends: list[int] = []
    ring_country: list[int] = []
    names: list[str] = []
    for country in topology["objects"]["countries"]["geometries"]:
        names.append(country["properties"]["name"])
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                rings += ring
                ring_ends.append(len(rings))
                ring_country.append(len(names) - 1)
    points = np.concatenate(lines)
    first = np.cumsum([0, *(len(line) for line in lines)])
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int16))
    np.savez_compressed(
        target,
        steps=steps.astype(np.int16),
        first=first.astype(np.int32),
        rings=np.array(rings, np.int16),
        ring_ends=np.array(ring_ends, np.int32),
        ring_country=np.array(ring_country, np.int16),
        names=np.array(names),
    )
    size = target.stat().st_size
    print(f"{target}: {len(names)} countries, {len(ring_ends)} rings, {len(points)} points, {size}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
