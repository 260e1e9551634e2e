"""Files of kind orbit: what is told of a mistake, and where."""

from typing import Any

import pytest

from yaan.base.errors import InputError
from yaan.mission.checks import check, check_arc
from yaan.mission.load import override, tree_of

PLAIN: dict[str, Any] = {
    "schema": 1,
    "kind": "orbit",
    "name": "arc",
    "epoch": "2027-01-15T03:30:00 UTC",
    "start": {
        "elements": {
            "frame": "gcrs",
            "semi_major_axis": "6778 km",
            "eccentricity": 0.001,
            "inclination": "51.6 deg",
            "true_anomaly": "0 deg",
        }
    },
    "spacecraft": {"mass": "1000 kg"},
    "duration": "1 day",
}

BURN = "{name: a, at: 10 s, along: prograde, "
STATE = (
    "{state: {frame: gcrs, position: {x: 1 km, y: 0 km, z: 0 km},"
    " velocity: {x: 0 m/s, y: 0 m/s, z: 0 m/s}}}"
)


@pytest.mark.parametrize(
    ("key", "value", "at", "fragment"),
    [
        ("epoch", "2027-01-15T03:30:00", "epoch", "a UTC time"),
        ("start.elements.semi_major_axis", "6000 km", None, "perigee is above the ground"),
        ("start.elements.eccentricity", "1", None, "not 1: a parabola"),
        ("start.elements.eccentricity", "1.5", "start.elements.semi_major_axis", "below zero"),
        ("start.elements.mean_anomaly", "0 deg", "start.elements.true_anomaly", "one of them"),
        ("start.elements.frame", "itrs", None, "one of gcrs, eme2000, teme, tod, mod"),
        ("start", STATE, "start.state.position", "6000 km from the Earth"),
        ("start", "{}", None, "one of state, elements, oem, opm, tle, run"),
        ("start.at", "2027-01-15T03:30:00 UTC", "start.at", "nothing without oem or tle"),
        ("duration", "400 day", None, "up to 366 day"),
        ("burns", f"[{BURN}}}]", "burns.0.delta_v", "required"),
        ("burns", f"[{BURN}thrust: 1 N}}]", "burns.0.duration", "either duration or delta_v"),
        ("burns", f"[{BURN}duration: 1 s, delta_v: 1 m/s}}]", "burns.0.thrust", "required"),
        ("burns", "[{name: a, at: 10 s, along: up, delta_v: 1 m/s}]", "burns.0.along", "prograde"),
        (
            "burns",
            "[{name: a, at: 10 s, along: {frame: LVLH, axis: [1, 0, 0]}, delta_v: 1 m/s}]",
            "burns.0.along.frame",
            "names two frames",
        ),
        ("burns", "[{name: a, at: 3 km, along: normal, delta_v: 1 m/s}]", "burns.0.at", "a time"),
        ("spacecraft", "{drag: {area: 1 m2, coefficient: 2}}", "spacecraft.mass", "required"),
        (
            "spacecraft.radiation",
            "{area: 1 m2, coefficient: 1}",
            "spacecraft.radiation",
            "nothing without light",
        ),
        ("accuracy", "0 m", None, "a length from"),
        ("step", "0 s", None, "a time from"),
        ("burn", "[]", None, "did you mean burns"),
        ("stations", "[atlantis]", "stations.0", "a station from the library"),
    ],
)
def test_a_mistake_names_its_key(key: str, value: str, at: str | None, fragment: str):
    with pytest.raises(InputError) as told:
        check_arc(override(tree_of(PLAIN, "arc"), {key: value}))
    found = {problem.key: problem.sentence() for problem in told.value.problems}
    assert (at or key) in found, found
    assert fragment in found[at or key]


def test_frames_of_the_sky_need_a_sky():
    tree = override(tree_of(PLAIN, "arc"), {"environment.earth": "uniform"})
    assert check_arc(tree).environment.earth.rotation == "uniform"
    with pytest.raises(InputError, match="no axes are those of the sky"):
        check_arc(override(tree, {"start.elements.frame": "tod"}))


def test_an_orbit_does_not_fly_and_a_flight_is_no_orbit():
    with pytest.raises(InputError, match="yaan propagate takes it"):
        check(tree_of(PLAIN, "arc"))
    with pytest.raises(InputError, match="yaan fly takes this file"):
        check_arc(tree_of({**PLAIN, "kind": "body"}, "arc"))


def test_rows_are_a_minute_apart_or_ten_thousand():
    assert check_arc(tree_of(PLAIN, "arc")).rows_step == 60.0
    assert check_arc(tree_of(PLAIN | {"duration": "366 day"}, "arc")).rows_step == 3180.0
    assert check_arc(tree_of(PLAIN | {"step": "7 s"}, "arc")).rows_step == 7.0
