"""Files of kind `body` that contradict themselves: each is one mistake, told before the flight."""

import math

import erfa
import numpy as np
import pytest

from tests.unit.description.test_body_spec import (
    AIR,
    INERTIA,
    STAGE,
    UNIT,
    WHOLE,
    found,
    spec_of,
    told,
)
from yaan.base.constants import EARTH_RADIUS, EARTH_SPIN
from yaan.description.body_start import _above

FROM, AGAINST = "start.attitude.from", "start.rate.against"
STRAIGHT = "velocity is not along its position"

ORBIT = {
    "start.frame": "gcrs",
    "start.position": '{x: "7000 km", y: "0 km", z: "0 km"}',
    "start.velocity": '{x: "10 m/s", y: "7 km/s", z: "0 m/s"}',
}
RISING = {**ORBIT, "start.velocity": '{x: "10 m/s", y: "0 m/s", z: "0 m/s"}'}
RESTING = {**RISING, "start.velocity": '{x: "0 m/s", y: "0 m/s", z: "0 m/s"}'}
STILL = {"environment.earth": "still"}
SPHERE = {"environment.earth": '{rotation: still, shape: {radius: "6371 km"}}'}
# At the brick's start, 9144 m above the equator.
FALLING = {"start.velocity": '{north: "0 m/s", east: "0 m/s", down: "20 m/s"}'}
NORTH = {"start.position.latitude": "45 deg", "start.position.longitude": "30 deg"}
# Westwards as fast as the Earth turns there: seen from the sky it falls straight down.
CARRIED = {**FALLING, "start.velocity.east": f"{-EARTH_SPIN * (EARTH_RADIUS + 9144.0)!r} m/s"}


TANK = f"{{empty: {{mass: 1 kg, inertia: {UNIT}}}, full: {{mass: 2 kg, inertia: {UNIT}}}}}"
PULSE = 'name: p, from: "1 s", to: "2 s"'
TWIST = 'torque: ["1 N m", "0 N m", "0 N m"]'
PUSH = 'force: ["3 N", "0 N", "4 N"]'


def test_thrusters_burn_what_is_aboard() -> None:
    burning = {"pulses": f'[{{{PULSE}, {PUSH}, flow: "0.5 kg/s"}}]'}
    told(burning, "pulses.p.flow", "a body with propellant", "configuration whole has none")
    spec_of(burning | {WHOLE: TANK})


@pytest.mark.parametrize(
    ("pulse", "key", "words"),
    [
        (f'{TWIST}, specific_impulse: "220 s"', "specific_impulse", "flow instead"),
        (f'{PUSH}, specific_impulse: "220 s", flow: "1 kg/s"', "flow", "one of them"),
        (f'{PUSH}, specific_impulse: "2 s"', "specific_impulse", "from 50 s to 1000 s"),
    ],
)
def test_what_thrusters_burn_is_told_once(pulse: str, key: str, words: str) -> None:
    told({WHOLE: TANK, "pulses": f"[{{{PULSE}, {pulse}}}]"}, f"pulses.p.{key}", words)


@pytest.mark.parametrize("start", [RISING, RESTING], ids=["rising", "resting"])
@pytest.mark.parametrize("earth", ["uniform", "still"])
def test_vvlh_has_no_axes_without_an_orbit(start: dict[str, str], earth: str) -> None:
    given = start | {"environment.earth": earth}
    told(given | {FROM: "vvlh"}, FROM, STRAIGHT, "use ned or gcrs")
    told(given | {AGAINST: "vvlh"}, AGAINST, STRAIGHT, "use gcrs or itrs")
    spec_of(given)


def test_a_first_phase_that_points_along_an_orbit_has_one() -> None:
    point = {"phases.fall.motion": "point", "phases.fall.pointing": "vvlh"}
    told({**RISING, **point}, "phases.fall.pointing", STRAIGHT, "use stream, held or ned")
    spec_of({**ORBIT, **point})


@pytest.mark.parametrize(
    "given",
    [
        FALLING | STILL,
        FALLING | SPHERE | NORTH,
        RISING | STILL | {"start.frame": "itrs"},
        CARRIED,
        {"start.position.latitude": "90 deg"},
    ],
    ids=["at the equator", "over a sphere", "fixed to a still Earth", "westwards", "at a pole"],
)
def test_a_straight_fall_has_no_orbit(given: dict[str, str]) -> None:
    told(given | {FROM: "vvlh"}, FROM, STRAIGHT)


@pytest.mark.parametrize(
    "given",
    [
        ORBIT,
        {},  # at rest on an Earth that turns
        FALLING,
        RISING | {"start.frame": "itrs"},
        FALLING | STILL | NORTH,  # down is not towards the centre of an ellipsoid
        {**FALLING, **SPHERE, "start.velocity.north": "0.001 m/s"},
    ],
    ids=["orbit", "rest", "fall", "fixed to a turning Earth", "off the centre", "slowly north"],
)
def test_whatever_crosses_the_position_is_an_orbit(given: dict[str, str]) -> None:
    spec_of(given | {FROM: "vvlh", AGAINST: "vvlh"})


def test_a_mistake_elsewhere_in_the_start_is_told_alone() -> None:
    told(RISING | {FROM: "vvlh", "start.position.x": "7 kg"}, "start.position.x", "a mass")
    told(RISING | {FROM: "vvlh", "environment.earth": "flat"}, "environment.earth", "one of iers")


def pulses(*begins: str) -> dict[str, str]:
    rows = [
        f'{{name: p{k}, from: "{begin}", to: "1 h", force: ["1 N", "0 N", "0 N"]}}'
        for k, begin in enumerate(begins)
    ]
    return {"pulses": f"[{', '.join(rows)}]"}


def test_a_pulse_begins_before_the_flight_is_over() -> None:
    told(pulses("29 s", "30 s"), "pulses.p1.from", "before the end of the flight at 30 s")
    phase = '{name: NAME, until: {duration: "2 s"}, step: "0.1 s"}'
    two = {"phases": f"[{phase.replace('NAME', 'a')}, {phase.replace('NAME', 'b')}]"}
    told(two | pulses("5 s"), "pulses.p0.from", "at 4 s")
    spec_of(two | pulses("3.9 s"))
    told({"phases.fall.until.duration": "-1 s", **pulses("1 s")}, "phases.fall.until.duration")
    # Without a duration nobody knows when it is over.
    spec_of({"phases.fall.until": '{height_below: "1 km"}', **pulses("40 s")})


def test_drag_does_not_push_on() -> None:
    drag = f"{AIR}.drag"
    told({drag: -0.1}, drag, "expected 0 or more")
    told({drag: "{mach: [0, 1], values: [0.3, -0.1]}"}, f"{drag}.values.1", "0 or more")
    rows = '{angle: ["0 deg", "9 deg"], mach: [0, 1], values: [[1, 2], [3, -4]]}'
    told({drag: rows}, f"{drag}.values.1.1", "0 or more")
    spec_of({drag: 0, f"{AIR}.lift": -0.1})


def test_a_step_fits_into_its_phase() -> None:
    told({"phases.fall.step": "31 s"}, "phases.fall.step", "at most 30 s, the phase's duration")
    spec_of({"phases.fall.step": "30 s"})
    spec_of({"phases.fall.until": '{height_below: "1 km"}', "phases.fall.step": "31 s"})


@pytest.mark.parametrize("down", ["0 m/s", "3 m/s"])
@pytest.mark.parametrize("height", ["9144 m", "10 km"])
def test_a_phase_that_would_last_no_time(height: str, down: str) -> None:
    key = "phases.fall.until.height_below"
    given = {key: height, "start.velocity.down": down}
    told(given, key, "a height below 9144 m, where it starts", "the phase would last 0 s")


@pytest.mark.parametrize(
    ("height", "down"), [("9143 m", "0 m/s"), ("10 km", "-3 m/s"), ("9144 m", "-0.001 m/s")]
)
def test_what_rises_may_come_down_to_a_height_above_its_start(height: str, down: str) -> None:
    spec_of({"phases.fall.until.height_below": height, "start.velocity.down": down})


def test_an_engine_that_burns_ends_its_phase_alone() -> None:
    burning = {
        WHOLE: STAGE,
        "body.box": None,
        "phases.fall.engine": "on",
        "phases.fall.until": "{depleted: true}",
    }
    until = spec_of(burning).phases[0].until
    assert (until.duration, until.height_below, until.depleted) == (None, None, True)
    idle = burning | {"phases.fall.engine": "off"}
    told(idle, "phases.fall.until.depleted", "nothing burns", "write engine: on")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (f"{WHOLE}.centre_of_mass", '["0 m", "0 m"]', "expected three values: x, y and z (not 2)"),
        (f"{WHOLE}.centre_of_mass", "{x: 0 m}", "expected three values: x, y and z"),
        (f"{AIR}.reference_point", '["0 m"]', "three values: x, y and z"),
        ("body.box.x", '["0 m"]', "two values: the least and the greatest"),
        (f"{INERTIA}", '{principal: ["1 kg m2"]}', "three moments"),
    ],
)
def test_a_list_of_another_length_is_told_once(key: str, value: str, words: str) -> None:
    at = f"{key}.principal" if "principal" in value else key
    told({key: value}, at, words)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("start.attitude.yaw", 10, 'as "10 deg"'),
        ("start.rate.x", 11, 'as "11 deg/s"'),
        (f"{WHOLE}.mass", 10, 'as "10 kg"'),
        (f"{WHOLE}.mass", "10,5 kg", "a point before the decimals"),
        (INERTIA, "[[1, 0, 0], [0, 2, 0], [0, 0, 2]]", "known: xx, yy, zz"),
        ("phases.fall.motion", "6dof", "one of rigid, point"),
        ("environment.wind", "10 m/s", "none, {east: .., north: ..}, or {table: ..}"),
        (f"{AIR}.elevator", "5 deg", "a known key"),
        ("phases.fall.until", None, "required: what ends it"),
        ("name", "../brick", "starts with a letter or a digit"),
        ("start.attitude", None, "required: where it points"),
    ],
)
def test_hints_say_what_to_write(key: str, value: object, words: str) -> None:
    told({key: value}, key, words)


@pytest.mark.parametrize(
    ("key", "value"), [("phases.fall.motion", "6dof"), ("environment.wind", "10 m/s")]
)
def test_a_hint_does_not_say_again_what_is_expected(key: str, value: str) -> None:
    assert [problem.hint for problem in found({key: value})] == [""]


def test_a_table_the_other_way_round_is_told_once() -> None:
    rows = '{angle: ["0 deg", "9 deg"], mach: [0, 1, 2], values: [[1, 2], [3, 4], [5, 6]]}'
    words = ("2 rows, one for each angle, of 3 values", "the other way round")
    told({f"{AIR}.drag": rows}, f"{AIR}.drag.values", *words)


def test_known_keys_leave_out_the_notes_of_every_block() -> None:
    (problem,) = found({f"{INERTIA}.colour": "red"})
    assert problem.hint == "known: xx, yy, zz, xy, xz, yz, principal, axes"


LIMIT = "phases.fall.until.height_below"
BELOW = {"phases.fall.until": '{height_below: "5 km"}'}
FIXED = {"start.frame": "itrs", "start.attitude": "{from: gcrs}"}


def placed(x: str, z: str = "0 km", up: str = "0 m/s", frame: str = "itrs") -> dict[str, str]:
    """A start by components; on the x axis `up` is upwards."""
    position = f'{{x: "{x}", y: "0 km", z: "{z}"}}'
    velocity = f'{{x: "{up}", y: "0 m/s", z: "0 m/s"}}'
    return {**FIXED, "start.frame": frame, "start.position": position, "start.velocity": velocity}


@pytest.mark.parametrize(
    ("start", "height"),
    [
        (placed("6380 km"), "1863 m"),
        (placed("-6380 km", up="10 m/s"), "1863 m"),
        (placed("6380 km", up="-10 m/s"), "1863 m"),
        (placed("0 km", "6360 km"), "3247.6858 m"),
        (placed("6380 km") | SPHERE, "9000 m"),
        (placed("6375 km", frame="gcrs"), ""),
    ],
    ids=str,
)
def test_components_are_below_as_latitude_and_height_are(
    start: dict[str, str], height: str
) -> None:
    limit = '{height_below: "9.5 km"}'
    words = "it does not rise from there"
    told(start | {"phases.fall.until": limit}, LIMIT, f"a height below {height[:6]}", words)


@pytest.mark.parametrize(
    "start",
    [
        placed("6380 km", up="10 m/s"),
        placed("6384 km"),
        placed("6383 km", frame="gcrs"),  # its height is known to 0.2 km only
        placed("7000 km"),
    ],
    ids=str,
)
def test_what_rises_or_is_above_flies(start: dict[str, str]) -> None:
    spec_of(start | BELOW)


@pytest.mark.parametrize("latitude", [0.0, 30.0, 51.6, -89.9, 90.0])
def test_the_height_of_components_is_that_of_erfa(latitude: float) -> None:
    for height in (-400.0, 0.0, 9e3, 4e5, 2e6):
        place = erfa.gd2gc(1, np.radians(20.0), np.radians(latitude), height)
        found, up = _above(tuple(place), 6378137.0, 1.0 / 298.257223563)
        assert found == pytest.approx(height, abs=1e-3)
        assert math.asin(up[2]) == pytest.approx(np.radians(latitude), abs=1e-8)
