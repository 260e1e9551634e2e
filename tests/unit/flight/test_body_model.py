"""Models of a body's file: its numbers where they belong, in the frames that they are of."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.base.constants import EARTH_SPIN, STANDARD_GRAVITY
from yaan.description import CoefficientSpec, FreeFlight, StartSpec
from yaan.dynamics.state import State
from yaan.flight.body import horizon, rows_of
from yaan.flight.models.body import (
    build_body,
    build_phases,
    build_pulses,
    build_start,
    motion_of,
    padded,
    resampled,
)
from yaan.flight.models.world import HORIZON, build_world
from yaan.gnc.pointing import Pointing
from yaan.mission import check, load_tree
from yaan.motion.body_phases import BodyEnd
from yaan.spacetime.axes import convert, older_axes
from yaan.spacetime.frame import Frame, Vector, components, frame_named
from yaan.spacetime.time import bundled_orientation, parse_utc

WHOLE = "body.configurations.whole"
AIR = f"{WHOLE}.aerodynamics"
ORBIT = {
    "start.frame": "gcrs",
    "start.position": '{x: "0 km", y: "7000 km", z: "0 km"}',
    "start.velocity": '{x: "-7.5 km/s", y: "0 km/s", z: "0 km/s"}',
}
UNIT = '{xx: "1 kg m2", yy: "1 kg m2", zz: "1 kg m2"}'


def spec_of(overrides: dict[str, Any] | None = None) -> FreeFlight:
    free = check(load_tree("tumbling-brick", overrides)).free_flight
    assert free is not None
    return free


def start_of(overrides: dict[str, Any] | None = None) -> State:
    spec = spec_of(overrides)
    state = build_start(spec, build_world(spec.plan))
    return jax.tree.map(lambda leaf: leaf[0], state)


def bilinear(spec: CoefficientSpec, angle: float, mach: float) -> float:
    """A table read by itself, the edges held."""
    rows = spec.grid
    if spec.mach is not None:
        rows = [[float(np.interp(mach, spec.mach, row))] for row in rows]
    column = [row[0] for row in rows]
    return column[0] if spec.angle is None else float(np.interp(angle, spec.angle, column))


def test_tables_on_one_grid_are_what_they_were() -> None:
    tables = {
        f"{AIR}.drag": '{angle: ["0 deg", "30 deg"], mach: [0.5, 2], values: [[1, 2], [3, 7]]}',
        f"{AIR}.lift": '{angle: ["-10 deg", "7 deg", "50 deg"], values: [-0.5, 0.5, 0.1]}',
        f"{AIR}.side": "{mach: [0, 0.9, 1.1], values: [1, 2, -3]}",
        f"{AIR}.pitch": -0.25,
    }
    spec = spec_of(tables)
    air = spec.body.configurations["whole"].aerodynamics
    assert air is not None
    built = jax.tree.map(lambda leaf: leaf[0], build_body(spec)).coefficients
    angles, machs = np.asarray(built.angle), np.asarray(built.mach)
    assert len(angles) == 8  # five nodes, padded
    assert len(machs) == 8
    for name in ("drag", "lift", "side", "pitch"):
        table, grid = getattr(air, name), np.asarray(getattr(built, name))
        for angle in np.radians([-170.0, -10.0, -3.0, 0.0, 5.0, 12.0, 30.0, 44.0, 60.0]):
            for mach in (0.0, 0.3, 0.5, 0.95, 1.05, 1.7, 2.0, 9.0):
                along = [np.interp(mach, machs, row) for row in grid]
                here = np.interp(angle, angles, along)
                assert here == pytest.approx(bilinear(table, angle, mach), abs=1e-13)
    assert not np.any(np.asarray(built.roll))


def test_a_coefficient_that_is_absent_is_nothing() -> None:
    assert not np.any(resampled(None, np.zeros(2), np.zeros(4)))


def test_numbers_reach_the_models() -> None:
    stage = (
        "{empty: {mass: 10 t, centre_of_mass: [0 m, 0 m, 0 m], inertia: I}, "
        "full: {mass: 30 t, centre_of_mass: [1 m, 0 m, 0 m], inertia: I}, "
        "radiation: {area: 2 m2, reflectivity: 1.5}, "
        "engine: {vacuum_thrust: 1 MN, exit_area: 2 m2, flow: 300 kg/s, position: [-3 m, 0 m, 0 m],"
        " gimbal: {pitch: 30 deg, yaw: 90 deg}}}"
    ).replace("I}", f"{UNIT}}}")
    spec = spec_of({WHOLE: stage, "phases.fall.engine": "on", "body.box": None})
    body = jax.tree.map(lambda leaf: leaf[0], build_body(spec))
    assert float(body.load) == 20e3
    assert float(body.full.centre.x) == 1.0
    assert float(body.radiation_area) == 3.0
    nozzle = body.nozzle
    assert (nozzle.thrust[0], nozzle.exit_area[0], nozzle.flow[0]) == (1e6, 2.0, 300.0)
    # Turned by pitch about +y its end goes up, then by yaw about +z to the right.
    (ahead,) = components(nozzle.direction)
    assert ahead == pytest.approx([0.0, math.cos(math.radians(30)), -0.5], abs=1e-15)
    assert float(build_start(spec, build_world(spec.plan)).tanks[0, 0]) == 20e3


def test_phases_and_pulses_in_turn() -> None:
    spec = spec_of(
        {
            "phases": '[{name: a, motion: point, pointing: vvlh, until: {height_below: "1 km"}, '
            'step: "0.1 s"}, {name: b, until: {duration: "3 s"}, step: "0.5 s"}]',
            "pulses": '[{name: p, from: "1 s", to: "2 s", force: ["1 N", "2 N", "3 N"]}, '
            '{name: q, from: "2 s", to: "4 s", torque: ["4 N m", "0 N m", "0 N m"], '
            'at: ["1 m", "0 m", "0 m"]}, {name: r, from: "2 s", to: "4 s", '
            'torque: ["4 N m", "0 N m", "0 N m"]}]',
        }
    )
    phases, pulses = build_phases(spec), build_pulses(spec)
    assert phases.rigid.tolist() == [False, True]
    assert phases.pointing.tolist() == [int(Pointing.VVLH), int(Pointing.STREAM)]
    assert phases.duration.tolist() == [math.inf, 3.0]
    assert float(phases.limits[0, BodyEnd.HEIGHT_BELOW]) == 1000.0
    assert bool(jnp.isnan(phases.limits[1, BodyEnd.HEIGHT_BELOW]))
    assert pulses.start.tolist() == [1.0, 2.0, 2.0, math.inf]
    assert pulses.about_centre.tolist() == [1.0, 0.0, 1.0, 1.0]
    assert components(pulses.force)[0].tolist() == [1.0, 2.0, 3.0]
    assert float(pulses.position.x[1]) == 1.0
    assert rows_of(spec) == 6 + 8 * 2 + 4 * 3
    assert horizon(spec) == HORIZON + 3.0


def test_what_a_pulse_burns() -> None:
    pulses = (
        '[{name: a, from: "1 s", to: "2 s", force: ["3 N", "0 N", "4 N"], '
        'specific_impulse: "200 s"}, {name: b, from: "1 s", to: "2 s", flow: "0.002 kg/s", '
        'torque: ["4 N m", "0 N m", "0 N m"]}, {name: c, from: "1 s", to: "2 s", '
        'force: ["1 N", "0 N", "0 N"]}]'
    )
    tank = f"{{empty: {{mass: 1 kg, inertia: {UNIT}}}, full: {{mass: 2 kg, inertia: {UNIT}}}}}"
    burnt = build_pulses(spec_of({WHOLE: tank, "pulses": pulses})).flow
    assert burnt.tolist() == pytest.approx([5.0 / (200.0 * STANDARD_GRAVITY), 2e-3, 0.0, 0.0])


@pytest.mark.parametrize(("count", "size"), [(0, 2), (2, 2), (3, 4), (4, 4), (5, 8)])
def test_padding_is_to_powers_of_two(count: int, size: int) -> None:
    assert padded(count) == size


def test_a_body_at_rest_over_the_ground_turns_with_the_earth() -> None:
    state = start_of({"start.rate": None})
    radius = 6_378_137.0 + 9_144.0
    assert components(state.position) == pytest.approx([radius, 0.0, 0.0], abs=1e-8)
    assert components(state.velocity) == pytest.approx([0.0, EARTH_SPIN * radius, 0.0], abs=1e-10)
    # Level and heading north at the equator: the Earth's axis is x.
    assert components(state.rate) == pytest.approx([EARTH_SPIN, 0.0, 0.0], abs=1e-18)


def test_the_same_state_in_three_frames() -> None:
    place = {"start.velocity": '{north: "3 m/s", east: "40 m/s", down: "-5 m/s"}'}
    told = start_of(place)
    fixed = start_of(
        {
            "start.frame": "itrs",
            "start.position": '{x: "6387281 m", y: "0 m", z: "0 m"}',
            "start.velocity": '{x: "5 m/s", y: "40 m/s", z: "3 m/s"}',
        }
    )
    x, y, z = components(told.velocity)
    inertial = start_of(
        {
            "start.frame": "gcrs",
            "start.position": '{x: "6387281 m", y: "0 m", z: "0 m"}',
            "start.velocity": f'{{x: "{x} m/s", y: "{y} m/s", z: "{z} m/s"}}',
        }
    )
    for other in (fixed, inertial):
        assert components(other.position) == pytest.approx(components(told.position), abs=1e-8)
        assert components(other.velocity) == pytest.approx(components(told.velocity), abs=1e-10)


def test_attitudes_start_from_their_frames() -> None:
    zero = jnp.asarray(0.0)
    forward = Vector(zero + 1.0, zero, zero, Frame.BODY)

    def nose(overrides: dict[str, Any]) -> np.ndarray:
        return components(start_of(overrides).attitude.inverse().apply(forward))

    # Over the equator at zero longitude: north is z, east is y, up is x.
    yawed = {"start.attitude": '{yaw: "90 deg", pitch: "30 deg"}'}
    up = [0.5, math.sqrt(0.75), 0.0]
    assert nose(yawed) == pytest.approx(up, abs=1e-15)
    skyward = {"start.attitude": '{yaw: "90 deg", from: gcrs}'}
    assert nose(skyward) == pytest.approx([0.0, 1.0, 0.0], abs=1e-15)
    # On an orbit the nose along the velocity, pitched up is away from the Earth.
    orbital = ORBIT | {"start.attitude": '{pitch: "90 deg", from: vvlh}'}
    assert nose(ORBIT | {"start.attitude": "{from: vvlh}"}) == pytest.approx([-1.0, 0.0, 0.0])
    assert nose(orbital) == pytest.approx([0.0, 1.0, 0.0], abs=1e-15)


def test_turns_come_in_the_order_that_is_given() -> None:
    def attitude(order: str) -> np.ndarray:
        given = f'{{yaw: "90 deg", pitch: "90 deg", order: {order}, from: gcrs}}'
        found = start_of({"start.attitude": given}).attitude
        zero = jnp.asarray(0.0)
        return components(found.inverse().apply(Vector(zero + 1.0, zero, zero, Frame.BODY)))

    # Yawed to y and then pitched up to -z; or pitched up first: then the yaw is about x.
    assert attitude("yaw-pitch-roll") == pytest.approx([0.0, 0.0, -1.0], abs=1e-15)
    assert attitude("pitch-yaw-roll") == pytest.approx([0.0, 1.0, 0.0], abs=1e-15)


def test_a_quaternion_is_the_attitude_that_its_angles_make() -> None:
    half = math.sqrt(0.5)
    for frame in ("ned", "gcrs"):
        by_angle = start_of({"start.attitude": f'{{yaw: "90 deg", from: {frame}}}'}).attitude
        given = f"{{quaternion: [{half:.8f}, 0, 0, {half:.8f}], from: {frame}}}"
        by_quaternion = start_of({"start.attitude": given}).attitude
        for name in ("w", "x", "y", "z"):
            ours, theirs = getattr(by_quaternion, name), getattr(by_angle, name)
            assert float(ours) == pytest.approx(float(theirs), abs=1e-15)


def test_rates_are_against_what_they_say() -> None:
    zero = ORBIT | {"start.attitude": "{from: vvlh}", "start.rate": "{against: vvlh}"}
    # Keeping to the orbit means to pitch down, at the orbit's rate.
    assert components(start_of(zero).rate) == pytest.approx([0.0, -7500.0 / 7e6, 0.0], abs=1e-18)
    given = {"start.rate": '{x: "1 rad/s", y: "2 rad/s", z: "3 rad/s", against: gcrs}'}
    assert components(start_of(given).rate).tolist() == [1.0, 2.0, 3.0]


def in_frame(frame: str, place: np.ndarray, motion: np.ndarray) -> dict[str, Any]:
    def block(values: np.ndarray, unit: str) -> str:
        return (
            "{"
            + ", ".join(f'{n}: "{v!r} {unit}"' for n, v in zip("xyz", values.tolist(), strict=True))
            + "}"
        )

    return {
        "start.frame": frame,
        "start.position": block(place, "m"),
        "start.velocity": block(motion, "m/s"),
        "start.attitude": "{from: vvlh}",
        "epoch": "2027-01-15T03:30:00 UTC",
    }


@pytest.mark.parametrize("frame", ["eme2000", "mod", "tod", "teme"])
@pytest.mark.parametrize("earth", ["iers", "iau1980"])
def test_a_state_against_the_sky_is_taken_to_the_axes_of_the_flight(frame: str, earth: str) -> None:
    place, motion = np.array([5.2e6, -3.1e6, 3.3e6]), np.array([3.1e3, 6.5e3, 1.2e3])
    epoch = parse_utc("2027-01-15T03:30:00 UTC")
    told = start_of(in_frame(frame, place, motion) | {"environment.earth": earth})
    if earth == "iers":
        wanted = [
            one[0]
            for one in convert(
                place, motion, epoch, frame_named(frame), Frame.GCRS, bundled_orientation()
            )
        ]
    else:
        back = older_axes(frame_named(frame), epoch).T
        wanted = [back @ place, back @ motion]
    assert told.position.frame is Frame.GCRS
    assert components(told.position) == pytest.approx(wanted[0], abs=1e-8)
    assert components(told.velocity) == pytest.approx(wanted[1], abs=1e-11)
    # Of date and of J2000 are 27 years of precession apart; the bias is 23 milliarcseconds.
    moved = np.linalg.norm(components(told.position) - place)
    if frame != "eme2000":
        assert 2e4 < moved < 6e4
    elif earth == "iers":
        assert 0.1 < moved < 1.0
    else:
        assert moved == 0.0  # what is called GCRS are those very axes


def test_a_place_fixed_to_the_earth_is_that_of_its_time() -> None:
    spec = spec_of()
    assert spec.start is not None
    world = build_world(spec.plan)
    start = StartSpec.model_validate(
        {
            "frame": "itrs",
            "position": {"x": 6387281.0, "y": 0.0, "z": 0.0},
            "velocity": {"x": 0.0, "y": 0.0, "z": 0.0},
        }
    )
    later = components(motion_of(start, world, spec.plan, 100.0)[0])
    angle = np.arctan2(later[1], later[0]) - np.arctan2(
        *components(motion_of(start, world, spec.plan)[0])[1::-1]
    )
    assert angle == pytest.approx(100.0 * EARTH_SPIN, rel=1e-6)
