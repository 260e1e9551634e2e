"""Words in figures have room: they keep apart, and inside."""

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from yaan.report.figures import bars, descent, maps
from yaan.report.figures.globe import _HEAD, _RAISED, _REACH, _heads, _xyz
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import NARROW, WIDE, Mark

NAMES = ("Crew-shaped (flown)", "At the release", "Propellant-optimal")


def figure(names: tuple[str, ...], at: float = 50.0, marks: tuple[Mark, ...] = ()) -> Any:
    curves = tuple(Curve(name, [0.0, 1.0], "#0072B2") for name in names)
    notes = ((at, 1.0, "Propellant-optimal: 24.3 g at T+09:03.0"),)
    panel = Panel("Peak load", "g", curves, notes=notes, above=True)
    return stack(Words("m", "", ""), [panel], [0.0, 100.0], marks, Axis((0.0, 100.0)), (100, 90))


def words(made: dict[str, Any], part: str) -> list[dict[str, Any]]:
    return [note for note in made["annotations"] if part in note["text"]]


def test_keys_without_room_beside_the_heading_stand_in_lines_below_it() -> None:
    made = figure(NAMES)
    (head,), (keys,) = words(made.wide, "<b>Peak load"), words(made.wide, "flown")
    assert keys["y"] == head["y"]
    assert all(name in keys["text"] for name in NAMES)
    (head,) = words(made.narrow, "<b>Peak load")
    lines = [words(made.narrow, name)[0] for name in NAMES]
    heights = sorted({line["y"] for line in lines} | {head["y"]})
    assert len(heights) == 3
    assert heights[-1] == head["y"]
    assert all(90 * (high - low) > 14.0 for low, high in pairwise(heights))
    assert all(len(line["text"].split("</span>")) <= 3 for line in lines)


def test_the_rail_stands_above_the_lines_of_keys() -> None:
    marks = (Mark(1, "Ignition", 0.0),)
    plain, full = figure(("a", "b"), marks=marks).narrow, figure(NAMES, marks=marks).narrow
    assert full["margin"]["t"] == plain["margin"]["t"] + 30
    assert full["height"] == plain["height"] + 30
    (head,) = words(full, "<b>Peak load")
    (number,) = words(full, "<b>1</b>")
    assert number["y"] > head["y"] + 20 / 90


def test_few_keys_stay_beside_the_heading_on_a_phone() -> None:
    made = figure(("inertial", "relative")).narrow
    assert {note["y"] for note in words(made, "<b>Peak") + words(made, "inertial")} == {
        words(made, "<b>Peak")[0]["y"]
    }


@pytest.mark.parametrize("at", [0.0, 3.0, 50.0, 97.0, 100.0])
def test_the_words_of_a_peak_stay_inside(at: float) -> None:
    made = figure(NAMES, at)
    for layout, width in ((made.wide, WIDE), (made.narrow, NARROW)):
        (note,) = words(layout, "24.3 g")
        middle = at / 100.0 * width + note["xshift"]
        half = 0.5 * 11 * 0.5 * len(note["text"])
        assert half - 1.0 <= middle <= width - half + 1.0


def test_an_assumption_is_named_with_as_much_of_its_range_as_there_is_room_for() -> None:
    def told(value: str, low: str, width: int) -> str:
        row: Any = SimpleNamespace(
            key="vehicle.stages.s200.engine.impulse", value=value, low=low, high="9 kg"
        )
        return bars._told(row, (46, 8, 12), width)

    assert told("5 kg", "4 kg", 840) == "<b>s200 engine impulse</b>   4 kg to 9 kg"
    long = told("5 kg", "4 kg, which is quite a lot of it", 310)
    assert long.startswith("<b>s200 engine impulse</b>   4 kg, ")
    assert long.endswith("…")
    assert len(long) - len("<b></b>") <= 310 / (0.56 * 12) + 1
    assert told("5 kg", "4 kg, which is too much", 170) == "<b>s200 engine impulse</b>"
    table = '[["0 s", 0.0], ["0.3 s", 1.0]]'
    assert told(table, table, 840) == "<b>s200 engine impulse</b>   a table"


def test_an_end_that_was_not_found_is_no_change_of_nothing() -> None:
    row: Any = SimpleNamespace(low="4 kg", effect=SimpleNamespace(low=None, high=None))
    made = bars._end(bars._LEFT, [row], "low", "#E69F00", 0.0)
    assert made["x"] == [None]
    assert made["text"] == ["\u2013"]


def test_names_of_deployments_keep_apart() -> None:
    heights = [0.82, 0.82, 0.17, 0.28]
    lifts = descent._apart(heights, 100.0)
    placed = sorted(h * 100.0 + lift for h, lift in zip(heights, lifts, strict=True))
    assert all(b - a > 14.9 for a, b in pairwise(placed))


def test_a_pin_beyond_the_limb_is_tall_enough_to_be_read() -> None:
    eye, raised = 1.0, _RAISED
    away = np.array([np.cos(eye), np.sin(eye), raised]) / np.hypot(1.0, raised)
    # In sight, just beyond the limb on both sides, and right behind the globe.
    longitude = eye + np.array([0.1, 1.9, -1.9, np.pi])
    latitude = np.array([0.2, 0.1, 0.1, -0.4])
    tall, sides = _heads(latitude, longitude, eye)
    assert sides == ["", "top right", "top left", ""]
    assert tall[0] == tall[3] == _HEAD
    for i in (1, 2):
        head = np.array(_xyz(latitude[i], longitude[i], tall[i]))
        assert np.linalg.norm(head - (head @ away) * away) > 1.05
        assert np.max(np.abs(head)) < _REACH


@pytest.mark.parametrize("width", [800, 310])
def test_the_small_world_leaves_the_maps_words_alone(width: int) -> None:
    view = maps._View(0.0, 10.0, 0.0, 10.0, width, 330)
    made: dict[str, Any] = {}
    # Both lower corners are taken by the track.
    maps._inset(made, view, np.array([0.0, 10.0]), np.array([0.0, 0.0]))
    (west, _), (_, top) = made["xaxis2"]["domain"], made["yaxis2"]["domain"]
    words_end, words_foot = 225 / width, 1.0 - 24 / 330
    assert west > words_end or top < words_foot
