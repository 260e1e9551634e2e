"""The ground track of every revolution: cut at the nodes, broken at the date line, all of it."""

import math
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.unit.analysis.orbiting import RADIUS, history, orbit
from yaan.design import passes
from yaan.report.figures import revolutions
from yaan.report.figures.revolutions import Track, broken, split
from yaan.results import History

PERIOD = 2.0 * math.pi * math.sqrt((RADIUS + 400e3) ** 3 / 3.986004418e14)
TILT = math.radians(52.0)


def flown(turns: float, start: float = -0.6, step: float = 30.0) -> History:
    """So many turns of a circle, from an angle [rad] before its ascending node."""
    time = np.append(np.arange(0.0, turns * PERIOD, step), turns * PERIOD)
    return history(time, *orbit(time, RADIUS + 400e3, RADIUS + 400e3, TILT, start))


def record(made: History, **spans: tuple[float, float]) -> Any:
    """As much of a flight as the map asks for."""
    kept = spans or {"body": (float(made["time"][0]), float(made["time"][-1]))}
    return SimpleNamespace(history=made, summary=SimpleNamespace(spans=kept, contacts=None))


def tracks(figure: Any) -> list[dict[str, Any]]:
    return [trace for trace in figure.data if trace.get("name", "").startswith("Revolution")]


def test_every_revolution_is_drawn_from_node_to_node() -> None:
    figure = revolutions(record(flown(5.2)))
    assert figure is not None
    drawn = tracks(figure)
    assert [trace["name"] for trace in drawn] == [f"Revolution {i}" for i in range(7)]
    first = 0.6 / (2.0 * math.pi) * PERIOD
    for i, trace in enumerate(drawn[1:]):
        assert trace["customdata"][0] == pytest.approx(first + i * PERIOD, abs=0.2)
        assert trace["y"][0] == 0.0
    for one, other in pairwise(drawn):
        # No piece between two revolutions is missing.
        assert one["x"][-1] == other["x"][0]
        assert (one["y"][-1], one["customdata"][-1]) == (0.0, other["customdata"][0])
    assert drawn[-1]["customdata"][-1] == pytest.approx(5.2 * PERIOD, abs=0.05)
    top = max(y for trace in drawn for y in trace["y"] if y is not None)
    assert top == pytest.approx(52.0, abs=0.1)


def test_nothing_is_drawn_across_the_date_line() -> None:
    figure = revolutions(record(flown(5.2)))
    gaps = 0
    for trace in tracks(figure):
        x, y, t = trace["x"], trace["y"], trace["customdata"]
        assert len(x) == len(y) == len(t)
        for i in range(1, len(x)):
            if x[i] is None:
                gaps += 1
                assert (y[i], t[i]) == (None, None)
                assert x[i - 1] == -x[i + 1] == math.copysign(180.0, x[i - 1])
                assert (y[i - 1], t[i - 1]) == (y[i + 1], t[i + 1])
            elif x[i - 1] is not None:
                assert abs(x[i] - x[i - 1]) < 10.0
                assert t[i] >= t[i - 1]
    assert gaps == 5


@pytest.mark.parametrize("way", [1.0, -1.0])
def test_both_ways_across_the_date_line_have_their_edges(way: float) -> None:
    line = Track(np.array([0.0, 10.0]), np.array([175.0, 195.0][:: int(way)]), np.array([0.0, 4.0]))
    x, y, t = broken(line)
    assert x[1:4] == [180.0 * way, None, -180.0 * way]
    share = 0.25 if way > 0.0 else 0.75
    assert y[1] == y[3] == 4.0 * share
    assert t[1] == t[3] == 10.0 * share


def test_revolutions_are_counted_as_the_passes_are() -> None:
    made = flown(4.0)
    begin = 2000.0
    inside = made["time"] >= begin
    counted = passes.revolutions(
        passes.Track(made["time"][inside], made["latitude"][inside], made["longitude"][inside])
    )
    north, east = np.degrees(made["latitude"]), np.degrees(np.unwrap(made["longitude"]))
    parts = split(Track(made["time"], east, north), begin)
    assert len(parts) == counted[-1] + 1
    for number, part in enumerate(parts[1:], 1):
        rows = made["time"][inside][counted == number]
        assert part.time[0] <= rows[0]
        assert part.time[1] == rows[0]


def test_the_ascent_is_before_the_first_revolution() -> None:
    made = flown(2.5)
    end = float(made["time"][-1])
    figure = revolutions(record(made, ascent=(0.0, 900.0), orbit=(900.0, end)))
    drawn = tracks(figure)
    # The node that is passed in the ascent begins no revolution of the orbit.
    assert 0.6 / (2.0 * math.pi) * PERIOD < 900.0
    assert len(drawn) == 3
    assert drawn[0]["customdata"][0] == 0.0
    assert drawn[1]["customdata"][0] > PERIOD


def test_what_passes_no_node_is_on_no_map() -> None:
    assert revolutions(record(flown(0.3, start=0.2))) is None
    assert revolutions(record(flown(5.0), ascent=(0.0, 900.0))) is None
    without = record(flown(1.0))
    without.history = None
    assert revolutions(without) is None


def test_numbers_keep_apart_and_words_stay_inside() -> None:
    figure = revolutions(record(flown(46.4)))
    assert figure is not None
    assert len(tracks(figure)) == 48
    for made, width in ((figure.wide, 824.0), (figure.narrow, 300.0)):
        notes = made["annotations"]
        numbers = [one for one in notes if one["text"].isdigit()]
        places = sorted(one["x"] for one in numbers)
        assert len(places) > 5
        assert all((b - a) * width / 360.0 > 22.0 for a, b in pairwise(places))
        assert "47" in {one["text"] for one in numbers}
        for one in notes:
            if not one["text"].isdigit():
                reach = (
                    len(one["text"].removeprefix("<b>").removesuffix("</b>")) * 8.0 * 360.0 / width
                )
                edge = one["x"] + (reach if one["xanchor"] == "left" else -reach)
                assert -180.0 <= edge <= 180.0
    fades = [trace["opacity"] for trace in tracks(figure)]
    assert fades == sorted(fades)
    assert fades[-1] == 1.0
