"""Make `library/tables/coastline_110m.json` from the npm package world-atlas.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python builders/coastline.py package/land-110m.json src/yaan/library/tables/coastline_110m.json

The TopoJSON holds arcs, delta-coded on a quantised grid, and rings that join them. The rings are
cut where they run along the antimeridian or the pole: those edges close polygons on a flat map and
are no coast. What remains is a list of lines of [longitude, latitude] in degrees.
"""

import itertools
import json
import sys
from pathlib import Path

DECIMALS = 2  # 0.01 deg is 1 km, a tenth of what the 1:110 million drawing resolves


def arcs(topology: dict) -> list[list[list[float]]]:
    """Every arc as longitudes and latitudes [deg]."""
    (scale_x, scale_y), (shift_x, shift_y) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    out = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append([x * scale_x + shift_x, y * scale_y + shift_y])
        out.append(line)
    return out


def rings(topology: dict) -> list[list[list[float]]]:
    """Every ring of every polygon, its arcs joined; a negative index is an arc run backwards."""
    lines = arcs(topology)
    out = []
    for shape in topology["objects"]["land"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                points: list[list[float]] = []
                for index in ring:
                    line = lines[index] if index >= 0 else lines[~index][::-1]
                    points += line if not points else line[1:]
                out.append(points)
    return out


def is_frame(a: list[float], b: list[float]) -> bool:
    """Whether the edge runs along the antimeridian or the South Pole, or jumps across the map."""
    near = 1e-2  # [deg]
    if abs(a[0] - b[0]) > 180.0:  # an island astride the antimeridian
        return True
    on_edge = abs(abs(a[0]) - 180.0) < near and abs(abs(b[0]) - 180.0) < near
    return on_edge or (a[1] < -90.0 + near and b[1] < -90.0 + near)


def coast(ring: list[list[float]]) -> list[list[list[float]]]:
    """The pieces of a ring that are coast."""
    pieces, piece = [], [ring[0]]
    for a, b in itertools.pairwise(ring):
        if is_frame(a, b):
            pieces.append(piece)
            piece = [b]
        else:
            piece.append(b)
    pieces.append(piece)
    return [piece for piece in pieces if len(piece) > 1]


def rounded(line: list[list[float]]) -> list[list[float]]:
    out: list[list[float]] = []
    for lon, lat in line:
        point = [round(lon, DECIMALS), round(lat, DECIMALS)]
        if not out or point != out[-1]:
            out.append(point)
    return out


def main(source: Path, target: Path) -> None:
    topology = json.loads(source.read_text(encoding="utf-8"))
    lines = [rounded(piece) for ring in rings(topology) for piece in coast(ring)]
    rows = ",\n".join(json.dumps(line, separators=(",", ":")) for line in lines)
    head = '{"unit":"deg","order":["longitude","latitude"],"lines":['
    target.write_text(f"{head}\n{rows}\n]}}\n", encoding="utf-8", newline="\n")
    points = sum(len(line) for line in lines)
    print(f"{target}: {len(lines)} lines, {points} points, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
