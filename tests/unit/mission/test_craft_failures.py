"""Engines of the spacecraft that fail: what may be said of them, and how many are left."""

from typing import Any

import pytest

import yaan
from yaan.base.errors import InputError
from yaan.description import Plan
from yaan.description.broken import running


def plan(*failures: dict[str, Any]) -> Plan:
    return yaan.load("gaganyaan", {"failures": list(failures)}).plan


def told(*failures: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as refused:
        plan(*failures)
    return [(one.key, one.expected) for one in refused.value.problems]


def left(made: Plan, burn: str, asked: int = 5, ignition: float = 1e5) -> tuple[int, float]:
    found = running(made, burn, asked, ignition)
    return found.engines, found.share


def test_an_engine_is_out_from_its_burn_on() -> None:
    made = plan({"engine": "spacecraft", "lost": 1, "at": "deorbit"})
    assert left(made, "circularise") == (5, 1.0)
    assert left(made, "deorbit") == (4, 1.0)
    made = plan({"engine": "spacecraft", "lost": 2, "at": "circularise"})
    assert left(made, "circularise") == left(made, "deorbit") == (3, 1.0)


def test_an_engine_that_the_burn_leaves_idle_stands_in() -> None:
    made = plan({"engine": "spacecraft", "lost": 1, "at": "deorbit"})
    assert left(made, "deorbit", asked=4) == (4, 1.0)


def test_at_a_time_it_is_out_for_the_burns_after_it() -> None:
    made = plan({"engine": "spacecraft", "lost": 1, "at": "20000 s"})
    assert left(made, "circularise", ignition=14_000.0) == (5, 1.0)
    assert left(made, "deorbit", ignition=250_000.0) == (4, 1.0)
    made = plan({"engine": "spacecraft", "thrust_left": 0.5, "at": "lift-off"})
    assert left(made, "circularise") == (5, 0.5)


def test_all_of_them_may_fail_and_no_more() -> None:
    made = plan({"engine": "spacecraft", "at": "deorbit"})
    assert left(made, "deorbit") == (0, 1.0)
    (mistake,) = told({"engine": "spacecraft", "lost": 6, "at": "deorbit"})
    assert mistake == ("failures.0.lost", "at most 5, the engines of spacecraft")
    one = {"engine": "spacecraft", "at": "deorbit"}
    (mistake,) = told({**one, "lost": 3}, {**one, "lost": 3})
    assert mistake == ("failures.1.lost", "at most 2, the engines of spacecraft")


def test_what_is_no_burn_of_its_own() -> None:
    ((key, _),) = told({"engine": "spacecraft", "lost": 1, "at": "deorbitt"})
    assert key == "failures.0.at"
    ((key, _),) = told({"engine": "c25", "at": "deorbit"})
    assert key == "failures.0.at"
    ((key, expected),) = told({"engine": "spacecrat", "at": "lift-off"})
    assert key == "failures.0.engine"
    assert "spacecraft" in expected
