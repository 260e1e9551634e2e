"""The timeline of a terminal leaves many pulses out."""

from typing import Any

import pytest

from yaan.cli.tables import ranked, timeline
from yaan.results import Summary, summary_of


def row(time: float, event: str, phase: str = "") -> dict[str, Any]:
    return {"time": time, "event": event, "phase": phase, "kind": "event", "height": 1.0}


def summary(pulses: int, *more: dict[str, Any], part: str = "body") -> Summary:
    rows = [row(n, f"p{n}-{word}") for n in range(pulses) for word in ("on", "off")]
    timeline = [row(0.0, "start"), *rows, *more]
    return summary_of({"schema": 1, "spans": {part: [0.0, 9.0]}, "timeline": timeline})


def events(told: Summary) -> tuple[list[str], str]:
    made = timeline(told)
    assert made is not None
    return [str(cell) for cell in made.columns[1].cells], str(made.caption or "")


@pytest.mark.parametrize("pulses", [0, 1, 3])
def test_a_handful_is_shown(pulses: int):
    shown, caption = events(summary(pulses))
    assert len(shown) == 1 + 2 * pulses
    assert caption == ""


@pytest.mark.parametrize("pulses", [4, 500])
def test_of_many_it_is_told_how_many(pulses: int):
    end = row(9.0, "switched-off-end", "switched-off")
    shown, caption = events(summary(pulses, end, row(9.0, "lift-off")))
    assert shown == ["start", "switched-off-end", "lift-off"]
    assert caption.startswith(f"Without {2 * pulses} switchings of pulses")


def test_an_ascent_keeps_its_lift_off():
    assert len(events(summary(9, part="ascent"))[0]) == 19


def assumption(key: str, rank: int, effects: Any) -> dict[str, Any]:
    still = {"effect": {"low": None, "high": None}, "low": "1", "high": "2", "value": "1.5"}
    return {"key": key, "rank": rank, "on_return": effects} | still


def home(miss: float) -> dict[str, Any]:
    told = {"miss": miss, "entry_load_g": 0.0, "propellant_left": 0.0}
    return told | {"touchdown_speed": None, "canopy_load": None}


def test_assumptions_tell_how_far_they_move_the_landing_where_any_does():
    rows = [
        assumption("b", 2, {"low": home(3e3), "high": home(8.26e3)}),
        assumption("a", 1, None),
        assumption("c", 3, {"low": None, "high": home(1e3)}),
    ]
    made = ranked(summary_of({"schema": 1, "assumptions": rows}))
    assert made is not None
    found = {str(column.header): list(column.cells) for column in made.columns}
    assert found["key"] == ["a", "b", "c"]
    assert found["landing\nmoved km"] == ["-", "8.3", "not down"]
    made = ranked(summary_of({"schema": 1, "assumptions": rows[1:2]}))
    assert made is not None
    assert len(made.columns) == len(found) - 1
