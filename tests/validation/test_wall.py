"""The wall: every case of `yaan.validation` holds, and the wall of the docs says the same.

The cases, their margins and the reasons for them are in the package, so that an installed Yaan
runs the same list by `yaan validate`.
"""

from pathlib import Path

import numpy as np
import pytest

from tests.cea_there import needs_cea
from tests.validation.published_wall import PUBLISHED, check
from yaan.mission import names
from yaan.validation import CASES, Case, Line, Result
from yaan.validation.case import path
from yaan.validation.gates import envelope, leave_one_out, turned
from yaan.validation.measure import atmospheric, equilibrium
from yaan.validation.run import choose, flyer
from yaan.validation.wall import render, verdicts

FLY = flyer()
ELSEWHERE = ("nesc-orbital", "orbits", "station")  # test_wall_orbits.py
HERE = [case for case in CASES if case.suite not in ELSEWHERE]
NEEDS_CEA = {"cycles", "equilibrium"}
SLOW = {"cml", "launch", "nesc-atmospheric", "sounding"}


@pytest.mark.validation
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case.key,
            marks=pytest.mark.slow
            if case.suite in SLOW
            else needs_cea
            if case.suite in NEEDS_CEA
            else (),
        )
        for case in HERE
    ],
)
def test_a_case_of_the_wall_holds(case: Case):
    check(case, FLY)


def test_the_published_wall_has_these_cases():
    assert set(PUBLISHED) == {case.key for case in CASES}


def test_a_wall_without_cea_says_so(monkeypatch):
    monkeypatch.setattr(equilibrium, "installed", lambda: None)
    for case in equilibrium.cases():
        (line,) = case.measure(FLY)
        assert line.held is None
        assert "cea is not installed" in line.quantity
        assert "yaan[engines]" in line.why


def test_a_case_is_files_that_are_there():
    for case in CASES:
        for file in case.files:
            assert isinstance(path(file), Path) or file in names()


def test_one_left_out_is_far_from_the_others():
    traces = np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.5]])
    # Without the third the others agree, and it is half a unit off.
    assert leave_one_out(traces) == 0.5
    assert leave_one_out(traces[:1]) == 0.0


def test_the_margin_is_half_as_much_again_and_a_floor():
    traces = np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.5]])
    time, floor = np.array([0.0, 1.0]), (0.01, "a centimetre")
    line = envelope(("height", "m"), time, np.array([0.0, 1.76]), traces, floor=floor)
    assert line.margin == pytest.approx(0.76)
    assert line.distance == pytest.approx(0.76)
    assert (line.reference, line.ours) == (1.0, 1.76)
    assert line.why.endswith("a centimetre")


def test_a_line_fails_just_beyond_its_margin():
    told = ("height", "m", 0.0, 1.0)
    assert Line(*told, 1.0, 1.0, "").verdict == "held"
    assert Line(*told, 1.0, 0.999, "").verdict == "FAILED"
    assert Line(*told, 1.0, None, "").verdict == "reported"


def test_turned_is_the_angle_between_attitudes():
    one = np.radians([[10.0, 350.0], [89.0, 20.0], [30.0, 0.0]])
    two = one.copy()
    two[0] += [0.0, 2.0 * np.pi]  # a full turn is none
    assert turned(one, two) == pytest.approx([0.0, 0.0], abs=1e-12)
    # Near the pole of the angles yaw and roll undo each other: 2 deg about axes 1 deg apart.
    two[0, 0] += np.radians(2.0)
    two[2, 0] += np.radians(2.0)
    assert np.degrees(turned(one, two))[0] == pytest.approx(4.0 * np.sin(np.radians(0.5)), rel=1e-3)


def test_references_are_left_out_with_a_reason():
    for name in atmospheric.TITLES:
        for key in atmospheric.QUANTITIES:
            assert len(atmospheric.kept(name, key)) >= 3, (name, key)


def test_a_suite_or_a_case_is_chosen_by_name():
    told = ["earth/us76", "earth/egm2008", "earth/accelerations", "earth/nrlmsise00"]
    assert [case.key for case in choose("earth")] == told
    assert [case.key for case in choose(None, "nesc-atmospheric/03")] == ["nesc-atmospheric/03"]


def test_a_page_says_that_a_margin_failed():
    case = choose("earth", "us76")[0]
    good = Line("height", "m", 0.0, 0.5, 0.5, 1.0, "a metre")
    bad = Line("speed", "m/s", 0.0, 2.0, 2.0, 1.0, "one", np.arange(3.0), np.arange(3.0))
    page = render([Result(case, (good, bad), 0.1)])
    assert "1 of 2 gated lines failed" in page
    assert verdicts(page) == {"earth/us76": {"height": "held", "speed": "FAILED"}}
    assert "<polyline" in page
    assert "http" not in page.replace("http://www.w3.org", "")
