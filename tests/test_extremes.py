"""A few of the flights of extreme numbers: none raises, none tells what is no number.

All five hundred are flown by `benchmarks/extremes.py`; these are of one world, which compiles once.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
FLOWN = 6  # of each kind
MOST_ROWS = 1_200  # of what is flown once more


@pytest.fixture(scope="module")
def extremes() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield import_module("extremes")


def some(extremes: Any, kind: str) -> list[int]:
    """The first missions of a kind in the world that most of them share."""
    drawn = import_module("extreme_missions")
    plain = (n for n in range(200) if drawn.kind_of(n) == kind)
    fit = (n for n in plain if drawn.is_plain(extremes.accepted(n)[0]))
    return [n for n, _ in zip(fit, range(FLOWN), strict=False)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["entry", "body"])
def test_extreme_numbers_fly_or_say_why_not(extremes: Any, kind: str) -> None:
    found = [extremes.line(n, MOST_ROWS) for n in some(extremes, kind)]
    assert len(found) == FLOWN
    assert {fault for one in found for fault in extremes.faults(one)} == set()
    assert any(one["first"]["outcome"] == "flown" for one in found)


def test_a_mission_is_the_same_however_many_are_drawn(extremes: Any) -> None:
    drawn = import_module("extreme_missions")
    assert drawn.mission(7) == drawn.mission(7)
    assert drawn.mission(7) != drawn.mission(7, 1)
    kinds = [drawn.kind_of(n) for n in range(500)]
    assert [kinds.count(kind) for kind in ("entry", "body", "ascent")] == [220, 220, 60]


def test_what_is_not_finite_is_found(extremes: Any) -> None:
    told = {"a": [1.0, {"b": float("nan")}], "c": float("inf"), "d": "nan", "e": None}
    assert list(extremes.not_finite(told)) == ["a.1.b", "c"]


def test_a_verdict_that_the_finer_flight_takes_back_is_told(extremes: Any) -> None:
    first = {"verdicts": {"entry load": [True, "3.9 g"], "landing": [None, "1 m"]}}
    second = {"verdicts": {"entry load": [False, "4.1 g"], "landing": [False, "9 km"]}}
    assert extremes.taken_back(first, second) == ["entry load: 3.9 g held, 4.1 g failed"]
