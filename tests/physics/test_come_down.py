# pyright: reportOptionalMemberAccess=false
"""What brings a capsule down, where it comes down, and the verdicts on it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import yaan
from yaan import Flight
from yaan.results.summary import Verdict
from yaan.results.summary_return import Contact, Deployment

pytestmark = pytest.mark.slow

PLOVER = Path(__file__).parent / "data" / "plover.yaml"
STEPS = "capsule.parachutes.steps"
# A fall of seven minutes, from as low as an entry may start.
LOW: dict[str, Any] = {
    "interface.height": "50 km",
    "interface.speed": "100 m/s",
    "interface.flight_path_angle": "-60 deg",
    "environment.wind": {"east": "0 m/s", "north": "0 m/s"},
}

Fly = Callable[..., Flight]


@pytest.fixture(scope="module")
def fly() -> Fly:
    """Fly the capsule with changes; what was flown already is not flown again."""

    @cache
    def flown(changes: tuple[tuple[str, Any], ...]) -> Flight:
        thawed = {key: dict(v) if isinstance(v, tuple) else v for key, v in changes}
        return yaan.load(PLOVER, LOW | thawed).fly()

    return lambda **changes: flown(
        tuple((key.replace("__", "."), value) for key, value in changes.items())
    )


def changed(**changes: str) -> Any:
    """A block of a file, as something that can be hashed."""
    return tuple(changes.items())


def verdicts(flight: Flight) -> dict[str, Verdict]:
    return {row.name: row for row in flight.verdicts}


def passed(flight: Flight) -> dict[str, bool | None]:
    return {row.name: row.passed for row in flight.verdicts}


def deployed(flight: Flight, step: int = 0) -> Deployment | None:
    assert flight.summary.descent is not None
    return flight.summary.descent.steps[step].deploy


def touched(flight: Flight) -> Contact | None:
    assert flight.landing is not None
    assert flight.landing.touchdown is not None
    return flight.landing.touchdown.contact


def test_what_comes_down_gently_is_held(fly: Fly) -> None:
    flight = fly()
    judged = passed(flight)
    assert judged["touchdown speed"] is True
    assert judged["parachutes"] is True
    assert touched(flight).surface == "water"
    counts = flight.outcome.verdicts
    assert counts.failed == 0
    assert f"flown; {counts.held} held" in flight.outcome.text
    assert flight.summary.landing.wind_drift == 0.0


@pytest.mark.parametrize(
    ("changes", "failed", "words"),
    [
        ({f"{STEPS}.mains.working": 0}, ["parachutes", "touchdown speed"], "no canopy carries"),
        ({f"{STEPS}.mains.working": 1}, ["touchdown speed"], ""),
        ({f"{STEPS}.mains.diameter": "3 m"}, ["touchdown speed"], ""),
        (
            {f"{STEPS}.mains.deploy": changed(height="20 m")},
            ["parachutes", "touchdown speed"],
            "mains not fully open",
        ),
        ({f"{STEPS}.mains.box.height": ("4 km", "8 km")}, ["parachutes"], "allowed is 4 to 8 km"),
        ({f"{STEPS}.mains.release": changed(height="500 m")}, ["parachutes"], "no canopy carries"),
        ({f"{STEPS}.mains.deploy": changed(speed_below="1 m/s")}, ["parachutes"], "never deployed"),
    ],
)
def test_what_no_crew_could_bear_fails(
    fly: Fly, changes: dict[str, Any], failed: list[str], words: str
) -> None:
    thawed = {k: list(v) if k.endswith("box.height") else v for k, v in changes.items()}
    thawed = {k: dict(v) if isinstance(v, tuple) else v for k, v in thawed.items()}
    flight = yaan.load(PLOVER, LOW | thawed).fly()
    judged = verdicts(flight)
    found = [name for name, row in judged.items() if row.passed is False]
    assert set(failed) <= set(found)
    assert words in judged["parachutes"].value
    assert f"{len(found)} failed" in flight.outcome.text
    assert "all targets met" not in flight.outcome.text


def test_a_lost_main_is_judged_by_the_limit_of_one_lost(fly: Fly) -> None:
    flight = fly(**{f"{STEPS}.mains.working": 2})
    row = verdicts(flight)["touchdown speed"]
    assert "10.95" in row.limit
    assert row.passed is (touched(flight).vertical <= 10.95)


@pytest.mark.parametrize(
    ("ground", "limits", "expected"),
    [
        ("land", None, None),  # nobody knows what it bears on land
        ("land", {"land": {"vertical": "9.6 m/s"}}, True),
        ("land", {"land": {"vertical": "5 m/s"}}, False),
        ("water", {"water": {"vertical": "5 m/s"}}, False),
        ("water", {"water": {"total": "5 m/s"}}, False),
        ("water", {"land": {"vertical": "5 m/s"}}, True),
    ],
)
def test_each_surface_has_limits_of_its_own(
    fly: Fly, ground: str, limits: dict[str, Any] | None, expected: bool | None
) -> None:
    given = {} if limits is None else {"capsule.touchdown": limits}
    flight = yaan.load(PLOVER, LOW | {"ground": {"surface": ground}} | given).fly()
    assert passed(flight)["touchdown speed"] is expected


def test_more_than_the_class_bears_fails_on_land_too(fly: Fly) -> None:
    own = {"land": {"vertical": "60 m/s"}}
    changes = {"ground": {"surface": "land"}, "capsule.touchdown": own}
    flight = yaan.load(PLOVER, LOW | changes | {f"{STEPS}.mains.working": 1}).fly()
    assert passed(flight)["touchdown speed"] is False


@pytest.mark.parametrize(
    ("wind", "limit", "expected"),
    [
        (10.0, None, None),
        (10.0, "12 m/s", True),
        (10.0, "8 m/s", False),
        (16.0, None, False),  # more than any of the class
        (16.0, "20 m/s", False),
    ],
)
def test_the_speed_across_is_judged_by_the_capsule_and_its_class(
    wind: float, limit: str | None, expected: bool | None
) -> None:
    blown = {"environment.wind": {"east": f"{wind} m/s"}}
    own = {} if limit is None else {"capsule.touchdown": {"water": {"horizontal": limit}}}
    flight = yaan.load(PLOVER, LOW | blown | own).fly()
    assert passed(flight)["touchdown speed across"] is expected
    lasts = np.ptp(flight.history["time"][flight.history["phase"] == 1])
    assert flight.summary.landing.wind_drift == pytest.approx(wind * lasts, rel=1e-6)


def test_a_first_step_opens_at_its_speed(fly: Fly) -> None:
    fast = {"interface.speed": "300 m/s"}
    flight = fly(**fast, **{f"{STEPS}.drogue.deploy": changed(speed_below="110 m/s")})
    assert deployed(flight).speed == pytest.approx(110.0, abs=0.01)
    assert passed(flight)["touchdown speed"] is True


def test_a_first_step_opens_after_its_time(fly: Fly) -> None:
    flight = fly(**{f"{STEPS}.drogue.deploy": changed(after="100 s")})
    assert deployed(flight).time == pytest.approx(100.0, abs=1e-3)


def test_what_the_ground_forestalls_never_opens(fly: Fly) -> None:
    flight = fly(**{f"{STEPS}.drogue.deploy": changed(after="200 s")})
    assert deployed(flight) is None
    assert "drogue never deployed" in verdicts(flight)["parachutes"].value
    assert passed(flight)["touchdown speed"] is False


def test_the_first_of_the_triggers_of_a_first_step_counts(fly: Fly) -> None:
    both = changed(after="100 s", height="45 km")
    flight = fly(**{f"{STEPS}.drogue.deploy": both})
    assert deployed(flight).height == pytest.approx(45e3, abs=1.0)


UP = {"interface.flight_path_angle": "60 deg", "interface.speed": "300 m/s"}


@pytest.mark.parametrize(
    "deploy", [{"height": "60 km"}, {"after": "1 s"}, {"speed_below": "1 km/s"}]
)
def test_nothing_opens_while_it_climbs(deploy: dict[str, str]) -> None:
    flight = yaan.load(PLOVER, LOW | UP | {f"{STEPS}.drogue.deploy": deploy}).fly()
    top = float(np.max(flight.history["height"]))
    rise = (300.0 * np.sin(np.radians(60.0))) ** 2 / (2.0 * 9.66)  # [m], without the thin air
    assert top == pytest.approx(50e3 + rise, rel=0.01)
    assert deployed(flight).height == pytest.approx(top, abs=0.5)
    # The capsule keeps its lift on the way up: the entry ends at the top, not at once.
    entry = flight.history["height"][flight.history["phase"] == 0]
    assert entry[-1] == pytest.approx(top, abs=0.5)


def test_a_canopy_that_is_not_fully_open_is_a_lost_one(fly: Fly) -> None:
    flight = fly(**{f"{STEPS}.mains.deploy": changed(height="20 m")})
    assert touched(flight).canopy_lost is True
    assert touched(fly()).canopy_lost is False


def test_what_says_so_opens_in_a_climb() -> None:
    deploy = {"height": "60 km", "climbing": True}
    flight = yaan.load(PLOVER, LOW | UP | {f"{STEPS}.drogue.deploy": deploy}).fly()
    assert deployed(flight).height == pytest.approx(50e3, abs=1.0)


def test_an_entry_that_lasts_no_time_has_no_load_to_judge() -> None:
    flight = yaan.load(PLOVER, LOW | {f"{STEPS}.drogue.deploy": {"height": "60 km"}}).fly()
    assert passed(flight)["entry load"] is None
    assert flight.summary.descent.peak_load.value_g > 1.0


@pytest.mark.parametrize("height", [-420.0, 1_500.0])
def test_it_comes_down_on_the_ground_of_the_file(height: float) -> None:
    flight = yaan.load(PLOVER, LOW | {"ground": {"height": f"{height} m"}}).fly()
    assert flight.history["height"][-1] == pytest.approx(height, abs=1e-3)
    assert touched(flight).surface == "land"


def test_without_parachutes_the_ground_is_a_touchdown_too() -> None:
    flight = yaan.load(PLOVER, LOW | {"capsule.parachutes": None}).fly()
    assert flight.history["height"][-1] == pytest.approx(0.0, abs=1e-3)
    row = verdicts(flight)["touchdown speed"]
    assert row.passed is False
    speed = flight.history["speed_relative"][-1]
    assert touched(flight).speed == pytest.approx(speed)
    assert flight.timeline[-1].name == "touchdown"


def test_what_ends_above_the_ground_is_no_touchdown() -> None:
    changes = {"capsule.parachutes": None, "entry.floor": "7 km"}
    flight = yaan.load(PLOVER, LOW | changes).fly()
    assert touched(flight) is None
    assert passed(flight)["touchdown speed"] is None
    assert "touchdown" not in [row.name for row in flight.timeline]


def test_a_load_that_still_rose_as_the_entry_ended_is_not_held() -> None:
    fast = {
        "interface.height": "120 km",
        "interface.speed": "7.6 km/s",
        "interface.flight_path_angle": "-1.6 deg",
        f"{STEPS}.drogue.deploy": {"after": "60 s"},
        f"{STEPS}.drogue.box": None,
    }
    flight = yaan.load(PLOVER, LOW | fast).fly()
    judged = verdicts(flight)
    assert judged["entry load"].passed is None
    assert "still rose" in judged["entry load"].text
    assert flight.summary.descent.peak_load.value_g > 5.0


def test_a_canopy_without_a_box_is_open_and_one_outside_fails_all_the_same(fly: Fly) -> None:
    flight = fly(**{f"{STEPS}.drogue.box": None})
    row = verdicts(flight)["parachutes"]
    assert row.passed is None
    assert "no box is told of drogue" in row.value
    lost = fly(**{f"{STEPS}.drogue.box": None, f"{STEPS}.mains.working": 0})
    assert passed(lost)["parachutes"] is False


@pytest.mark.slow
def test_a_descent_that_does_not_end_leaves_its_verdicts_open() -> None:
    light = {"capsule.mass": "1 kg", f"{STEPS}.mains.diameter": "100 m"}
    flight = yaan.load(PLOVER, LOW | light).fly()
    assert flight.outcome.code == "timed-out"
    assert "until" not in flight.outcome.text
    judged = passed(flight)
    for name in ("crew load on return +x", "parachutes", "touchdown speed"):
        assert judged[name] is not True


def test_an_assumed_limit_of_the_capsule_is_told_as_such() -> None:
    limits = {
        "vertical": "9 m/s",
        "vertical_lost": "9.5 m/s",
        "assumed": {"vertical_lost": {"why": "a guess"}},
    }
    own = {"capsule.touchdown": {"water": limits}}
    whole = yaan.load(PLOVER, LOW | own).fly()
    lost = yaan.load(PLOVER, LOW | own | {f"{STEPS}.mains.working": 2}).fly()
    assert "assumed" not in verdicts(whole)["touchdown speed"].text
    assert "assumed" in verdicts(lost)["touchdown speed"].text


def test_what_stays_up_leaves_its_verdicts_open() -> None:
    changes = {
        "interface.height": "400 km",
        "interface.speed": "9 km/s",
        "interface.flight_path_angle": "0 deg",
    }
    flight = yaan.load(PLOVER, LOW | changes).fly()
    assert flight.outcome.code == "timed-out"
    judged = passed(flight)
    for name in ("entry load", "parachutes", "touchdown speed", "crew load on return +x"):
        assert judged.get(name) is None
    assert f"{flight.outcome.verdicts.open} open" in flight.outcome.text


def test_the_entry_has_its_peak_and_the_canopies_theirs(fly: Fly) -> None:
    flight = fly()
    h, phase = flight.history, flight.history["phase"]
    peaks = flight.summary.peaks.load, flight.summary.descent.peak_load
    for index, peak in enumerate(peaks):
        assert peak.value_g == pytest.approx(np.max(h["load"][phase == index]), rel=1e-3)
    rows = [row for row in flight.timeline if row.time > 0.0]
    assert "peak-opening-load" in [row.name for row in rows]
    assert [row.time for row in rows] == sorted(row.time for row in rows)


def test_a_figure_whose_event_never_came_is_open_and_one_outside_fails() -> None:
    def figure(**more: Any) -> dict[str, Any]:
        return {"what": "one", "source": "nobody", **more}

    late = figure(quantity="time", at="peak-opening-load", value="1 s", tolerance="1 s")
    absent = figure(quantity="time", at="first-load", value="1 s", tolerance="1 s")
    for figures, expected, words in (([late, absent], False, "Outside"), ([absent], None, "Never")):
        low = {"interface.speed": "10 m/s", f"{STEPS}.drogue.deploy": {"height": "60 km"}}
        flight = yaan.load(PLOVER, LOW | low | {"published": figures}).fly()
        row = verdicts(flight)["published figures"]
        assert row.passed is expected
        assert words in row.text
