"""The packaged tables that no model reads are whole."""

import json
from importlib import resources

import numpy as np


def coast() -> list[np.ndarray]:
    file = resources.files("yaan") / "library" / "tables" / "coastline_110m.json"
    return [np.array(line) for line in json.loads(file.read_text(encoding="utf-8"))["lines"]]


def on_land(lines: list[np.ndarray], longitude: float, latitude: float) -> bool:
    """Count the coasts met on the way east."""
    met = 0
    for line in lines:
        (x1, y1), (x2, y2) = line[:-1].T, line[1:].T
        across = (y1 > latitude) != (y2 > latitude)
        at = x1[across] + (latitude - y1[across]) / (y2 - y1)[across] * (x2 - x1)[across]
        met += int(np.sum(at > longitude))
    return met % 2 == 1


def test_coastline_knows_land_from_sea():
    lines = coast()
    places = {(78.0, 20.0): True, (85.0, 14.0): False, (135.0, -25.0): True, (-30.0, 30.0): False}
    assert {place: on_land(lines, *place) for place in places} == places


def test_coastline_never_leaps_over_the_map():
    for line in coast():
        assert np.abs(line[:, 0]).max() <= 180.0
        assert np.abs(line[:, 1]).max() <= 90.0
        assert np.abs(np.diff(line[:, 0])).max() < 20.0
