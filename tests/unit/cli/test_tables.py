"""The timeline of a terminal leaves many pulses out."""

from typing import Any

import pytest

from yaan.cli.tables import timeline
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
