"""The last line: it counts the verdicts, and names what failed."""

import pytest

from yaan.analysis.outcome import conclude
from yaan.analysis.verdict import judge_crew, verdict
from yaan.results.summary import AxisLoads, CrewLoads, Outcome, Verdict, VerdictCounts


def ended(code: str, text: str) -> Outcome:
    none = VerdictCounts(held=0, failed=0, open=0)
    return Outcome(code=code, text=text, shortfall=0.0, verdicts=none)


def judged(**passed: bool | None) -> list[Verdict]:
    return [verdict(name, one, "", "", "") for name, one in passed.items()]


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        (judged(a=True, b=True), "Ball: flown; 2 held. It fell."),
        (judged(a=True, b=False), "Ball: flown; 1 held, 1 failed: b. It fell."),
        (judged(a=None, b=True), "Ball: flown; 1 held, 1 open: a. It fell."),
        (judged(a=None, b=False, c=True), "Ball: flown; 1 held, 1 failed, 1 open: b. It fell."),
        (judged(a=False, b=False), "Ball: flown; 2 failed: a, b. It fell."),
        ([], "Ball: flown; no verdicts. It fell."),
    ],
)
def test_what_flew_tells_how_many_held(verdicts: list[Verdict], words: str) -> None:
    told = conclude(ended("flown", "It fell."), verdicts, "Ball")
    assert told.text == words
    counts = told.verdicts
    assert counts.held + counts.failed + counts.open == len(verdicts)


def test_what_did_not_fly_keeps_its_sentence() -> None:
    outcome = ended("timed-out", "It stayed up.")
    told = conclude(outcome, judged(a=False, b=None), "Ball")
    assert told.text == "It stayed up. Verdicts: 1 failed, 1 open: a."
    assert told.code == "timed-out"


def test_of_many_failed_the_first_are_named() -> None:
    names = {f"v{i}": False for i in range(9)}
    told = conclude(ended("flown", ""), judged(**names), "Ball")
    assert told.text == "Ball: flown; 9 failed: v0, v1, v2, v3, v4, v5, 3 more."


@pytest.mark.parametrize(
    ("found", "whole", "expected"),
    [("pass", True, True), ("pass", False, None), ("fail", False, False), ("fail", True, False)],
)
def test_loads_of_half_a_flight_are_not_passed(
    found: str, whole: bool, expected: bool | None
) -> None:
    axis = AxisLoads(
        axis="+x",
        curve="one",
        status="primary",
        verdict=found,
        worst_level_g=None,
        worst_duration=None,
        allowed_duration=None,
        utilisation=None,
        peak_g=3.0,
        source="",
        text="",
        allowed=(),
    )
    loads = CrewLoads(part="ascent", condition="fresh", axes=(axis,))
    (row,) = judge_crew([loads], "crew load", whole=whole)
    assert row.passed is expected
    assert row.state == ("ungraded" if expected is None else found)
