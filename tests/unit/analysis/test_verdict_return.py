"""Verdicts on a touchdown and on a return, by what is told of them."""

from typing import Any

import pytest
from yaan.analysis.touchdown import judge_touchdown
from yaan.analysis.verdict_return import judge_return


def told(down: float = 8.0, *, inside: bool | None = None, **limits: Any) -> dict[str, Any]:
    of_class = {"vertical": 9.7, "horizontal": 15.5, "status": "assumed", "source": "many"}
    known = {"vertical": 9.7, "vertical_from": "class", "horizontal": None, "total": None}
    return {
        "vertical": down,
        "horizontal": 0.0,
        "speed": down,
        "surface": "water",
        "inside": inside,
        "canopy_lost": False,
        "limits": known | {"assumed": [], "source": None, "class": of_class} | limits,
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (told(9.7), True),
        (told(9.8), False),
        (told(8.0, inside=True), True),
        (told(8.0, inside=False), None),  # on what, nobody knows
        (told(9.8, inside=False), False),
        (told(12.0, vertical=13.0, vertical_from="capsule"), False),  # no class bears it
        (told(9.0, vertical=13.0, vertical_from="capsule"), True),
        (told(8.0, vertical=None, vertical_from=None), None),
        (told(9.8, vertical=None, vertical_from=None), False),
    ],
)
def test_a_touchdown_is_judged_by_capsule_class_and_place(
    given: dict[str, Any], expected: bool | None
) -> None:
    assert judge_touchdown(given)[0]["passed"] is expected


def entry(*, solved: bool, outcome: str = "flown") -> dict[str, Any]:
    return {
        "outcome": outcome,
        "bank": {"kind": "solved" if solved else "given"},
        "turning": None,
        "peak_load": {"value_g": 3.0, "rising": False},
        "load_limit_g": 4.0,
        "ballistic_peak_g": 8.0,
    }


PLACE = {"miss": 2_000.0, "light": "day", "utc": "some day", "zone": "the sea", "inside": True}


@pytest.mark.parametrize(
    ("solved", "home", "outcome", "expected"),
    [
        (True, True, "flown", False),  # two kilometres from its aim
        (True, True, "skipped-out", None),
        (False, True, "flown", True),  # inside its zone
        (False, False, "flown", "absent"),  # nobody has asked for its place
    ],
)
def test_a_landing_is_judged_by_what_was_asked_for(
    solved: bool, home: bool, outcome: str, expected: Any
) -> None:
    body = {"entry": entry(solved=solved, outcome=outcome), "landing": PLACE}
    found = {v["name"]: v["passed"] for v in judge_return(body, hung=True, home=home)}
    assert found.get("landing", "absent") is expected


def test_a_way_home_that_was_not_flown_is_open_throughout() -> None:
    found = judge_return({"landing": {"miss": None}}, hung=True, home=True)
    names = ["landing", "entry load", "parachutes", "touchdown speed"]
    assert [v["name"] for v in found] == names
    assert all(v["passed"] is None for v in found)
