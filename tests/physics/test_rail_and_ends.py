"""A body on a rail, and what ends its phases, against closed forms."""

from dataclasses import replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.bodies import (
    MU,
    body,
    body_vector,
    coefficients,
    end_of,
    fly,
    inertia,
    numbers,
    phases,
    space,
    state,
)  # fmt: skip
from yaan.base.constants import EARTH_SPIN, STANDARD_GRAVITY
from yaan.base.tables import Table
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.environment.wind import ConstantWind
from yaan.motion.body import observe_body
from yaan.motion.body_phases import BodyEnd, BodyPhases, limits
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.attitude import Angles, from_angles, ned
from yaan.spacetime.earth import WGS84, Geodetic, uniform_rotation
from yaan.spacetime.frame import Frame, Vector
from yaan.vehicle.body import Configuration, MassProperties, Nozzle

pytestmark = pytest.mark.slow

HEIGHT, ELEVATION, LENGTH = 500.0, 80.0, 5.0


def world(**changes: Any) -> World:
    """A point mass below an Earth that turns."""
    turning = uniform_rotation(duration=600.0)
    return replace(space(), earth=turning, ground=jnp.asarray(HEIGHT), **changes)


def on_pad(around: World, elevation: float = ELEVATION, latitude: float = 45.0) -> State:
    """At rest on the turning Earth, the nose `elevation` deg up, to the north-east."""
    place = Geodetic(jnp.radians(latitude), jnp.radians(20.0), jnp.asarray(HEIGHT))
    to_fixed = around.earth.rotation(jnp.asarray(0.0))
    position = to_fixed.inverse().apply(place.position(around.shape))
    spin = to_fixed.inverse().apply(around.earth.spin(jnp.asarray(0.0)))
    angles = Angles(jnp.radians(30.0), jnp.radians(elevation), jnp.asarray(0.0))
    attitude = to_fixed.then(ned(place)).then(from_angles(angles, Frame.NED))
    return state(position, spin.cross(position), attitude=attitude, propellant=10.0)


def rocket(thrust: float, **air: Any) -> Configuration:
    """Of 30 kg, that hardly burns anything."""
    full = MassProperties(jnp.asarray(40.0), body_vector(0, 0, 0), inertia(1, 9, 9))
    nozzle = Nozzle(
        jnp.asarray(thrust), jnp.asarray(0.0), jnp.asarray(1e-6),
        body_vector(-2, 0, 0.3), body_vector(1, 0, 0),
    )  # fmt: skip
    empty = replace(full, mass=jnp.asarray(30.0))
    craft = body(inertia(1, 9, 9), mass=30.0, nozzle=nozzle, full=full, air=coefficients(**air))
    return replace(craft, empty=empty)


def plan(*ends: dict[str, float], duration: float = 1e3, step: float = 0.02) -> BodyPhases:
    """Phases that burn, with these ends."""
    flown = phases(duration, duration if len(ends) > 1 else 0.0, step=step, engine=True)
    stacked = jnp.stack([limits(**end) for end in ends] + [limits()] * (2 - len(ends)))
    return eqx.tree_at(lambda p: p.limits, flown, stacked)


RAIL = {"rail": LENGTH, "stuck": 1.0}


def pull(around: World, begin: State) -> float:
    """Weight of a kilogram, apparent gravity with it [m/s^2]."""
    r = numbers(begin.position)
    spin = np.array([0.0, 0.0, EARTH_SPIN])
    gravity = -MU * r / np.linalg.norm(r) ** 3 - np.cross(spin, np.cross(spin, r))
    rail = numbers(begin.attitude.inverse().apply(body_vector(1, 0, 0)))
    return float(rail @ gravity)


def test_a_rocket_leaves_its_rail_as_a_constant_force_along_it_says() -> None:
    around = world()
    begin, thrust = on_pad(around), 2000.0
    legs, _ = fly(around, rocket(thrust), plan(RAIL, {}, duration=2.0), begin)
    pushed = thrust / 40.0 + pull(around, begin)
    leaves = np.sqrt(2.0 * LENGTH / pushed)
    assert float(legs.stop[0, 0]) == pytest.approx(leaves, rel=1e-6)
    assert bool(legs.fired[0, 0, BodyEnd.RAIL])
    off = jax.tree.map(lambda leaf: leaf[0, 0], legs.inner)
    to_fixed = around.earth.rotation(legs.stop[0, 0])
    ahead = to_fixed.apply(off.attitude.inverse().apply(body_vector(1, 0, 0)))
    first = around.earth.rotation(jnp.asarray(0.0))
    stood = first.apply(begin.attitude.inverse().apply(body_vector(1, 0, 0)))
    # It stands as it stood against the Earth, though thrust and centre of mass are not in line.
    np.testing.assert_allclose(numbers(ahead), numbers(stood), atol=1e-12)
    gone = numbers(to_fixed.apply(off.position)) - numbers(first.apply(begin.position))
    np.testing.assert_allclose(gone, LENGTH * numbers(stood), atol=1e-8)
    turning = to_fixed.inverse().apply(around.earth.spin(legs.stop[0, 0]))
    against = numbers(to_fixed.apply(off.velocity - turning.cross(off.position)))
    np.testing.assert_allclose(against, pushed * leaves * numbers(stood), rtol=1e-6, atol=1e-9)
    # Off the rail the same thrust turns it.
    assert abs(float(end_of(legs).rate.y)) > 1.0


def test_wind_across_a_rail_moves_nothing() -> None:
    blown = world(wind=ConstantWind(jnp.asarray(40.0), jnp.asarray(-20.0)))
    craft = rocket(2000.0, side_slope=-5.0, lift_slope=5.0, pitch_slope=3.0, area=0.3)
    begin = on_pad(blown)
    legs, _ = fly(blown, craft, plan(RAIL), begin)
    off = end_of(legs)
    to_fixed, first = blown.earth.rotation(legs.stop[0, 0]), blown.earth.rotation(jnp.asarray(0.0))
    gone = numbers(to_fixed.apply(off.position)) - numbers(first.apply(begin.position))
    stood = numbers(first.apply(begin.attitude.inverse().apply(body_vector(1, 0, 0))))
    np.testing.assert_allclose(gone, LENGTH * stood, atol=1e-8)


def held(last: float, *, seconds: float = 6.0) -> tuple[Any, World]:
    """On the rail while thrust rises from nothing to 1 kN at 4 s, and goes to `last` at 5 s."""
    around = world()
    level = Table(jnp.asarray([0.0, 4.0, 5.0]), jnp.asarray([0.0, 1.0, last]))
    craft = rocket(1e3)
    craft = eqx.tree_at(
        lambda c: (c.nozzle.level, c.nozzle.lasts), craft, (level, jnp.asarray(5.0))
    )
    flown = plan({"rail": 400.0, "stuck": 1.0}, duration=seconds)
    _, tape = fly(around, craft, flown, on_pad(around), rows=2000)
    return tape, around


@pytest.mark.slow
def test_a_rocket_stands_until_its_thrust_carries_it() -> None:
    tape, around = held(1.0)
    count = int(tape.count[0])
    t, place = np.asarray(tape.t[0, :count]), tape.state.position
    begin = on_pad(around)
    weight = -pull(around, begin) * 40.0
    lifts = 4.0 * weight / 1e3
    x, y, z = (axis[0, :count] for axis in (place.x, place.y, place.z))
    fixed = around.earth.rotation(jnp.asarray(t)).apply(Vector(x, y, z, Frame.GCRS))
    gone = np.linalg.norm(
        np.stack([np.asarray(axis - axis[0]) for axis in (fixed.x, fixed.y, fixed.z)]), axis=0
    )
    assert np.all(gone[t < lifts - 0.05] < 1e-7)
    assert np.all(gone[t > lifts + 0.05] > 1e-7)
    # From then on the force rises by 250 N/s: s = 250 / 40 tau^3 / 6; it turns on within a step.
    k = int(np.argmin(np.abs(t - 3.0)))
    assert gone[k] == pytest.approx(250.0 / 40.0 * (t[k] - lifts) ** 3 / 6.0, rel=0.02)


def test_a_rocket_that_is_too_heavy_does_not_lift_off() -> None:
    around = world()
    level = Table(jnp.asarray([0.0, 2.0]), jnp.asarray([1.0, 0.0]))
    craft = eqx.tree_at(
        lambda c: (c.nozzle.level, c.nozzle.lasts), rocket(300.0), (level, jnp.asarray(2.0))
    )
    legs, _ = fly(around, craft, plan(RAIL), on_pad(around))
    assert int(legs.outcome[0, 0]) == OutcomeCode.NO_LIFT_OFF
    assert float(legs.stop[0, 0]) == pytest.approx(2.0, abs=0.03)


@pytest.mark.slow
def test_the_load_on_a_rail_is_what_it_carries() -> None:
    around = world()
    craft, begin, flown = rocket(100.0), on_pad(around), plan(RAIL, duration=1.0)
    legs, tape = fly(around, craft, flown, begin, rows=200)
    one = jax.tree.map(lambda leaf: leaf[0, :5] if leaf.ndim > 1 else leaf[0], tape)
    cast = (jax.tree.map(lambda leaf: leaf[None], craft), flown, _none())
    lane = jax.tree.map(lambda leaf: leaf[:, 0] if leaf.ndim > 1 else leaf, legs)
    rows = observe_body(around, cast, lane, one, gradient=False)
    r = numbers(begin.position)
    spin = np.array([0.0, 0.0, EARTH_SPIN])
    weight = np.linalg.norm(MU * r / np.linalg.norm(r) ** 3 + np.cross(spin, np.cross(spin, r)))
    assert np.asarray(rows.load) == pytest.approx(weight / STANDARD_GRAVITY, rel=1e-9)


def _none() -> Any:
    from tests.physics.bodies import pulses

    return pulses()


GROUND = WGS84.equatorial_radius


def thrown(speed: float, **ends: float) -> tuple[float, Any]:
    """Straight up from 100 m over an Earth that does not turn; when and how the phase ends."""
    begin = state(
        body_vector(GROUND + 100.0, 0, 0, Frame.GCRS), body_vector(speed, 0, 0, Frame.GCRS)
    )
    flown = eqx.tree_at(lambda p: p.engine, plan(ends, duration=300.0), jnp.zeros(2, bool))
    legs, _ = fly(space(), body(inertia(1, 1, 1)), flown, begin)
    return float(legs.stop[0, 0]), legs


PULL = MU / (GROUND + 300.0) ** 2
ANSWERS = {
    "apex": (1.0, 60.0 / PULL),
    "height_above": (200.0, (60.0 - np.sqrt(3600.0 - 200.0 * PULL)) / PULL),
    "height_below": (150.0, (60.0 + np.sqrt(3600.0 - 100.0 * PULL)) / PULL),
    "speed_below": (20.0, 40.0 / PULL),
    "speed_above": (65.0, (60.0 + 65.0) / PULL),
    "mach_below": (0.1, (60.0 - 0.1 * 339.9) / PULL),
    "mach_above": (0.18, (60.0 + 0.18 * 340.0) / PULL),
    "dynamic_pressure_below": (0.5 * 1.1946 * 20.0**2, 40.0 / PULL),
    "dynamic_pressure_above": (0.5 * 1.217 * 65.0**2, (60.0 + 65.0) / PULL),
    "ground": (1.0, (60.0 + np.sqrt(3600.0 + 200.0 * PULL)) / PULL),
}


@pytest.mark.parametrize("end", list(ANSWERS))
def test_each_end_comes_when_a_body_thrown_up_meets_it(end: str) -> None:
    value, when = ANSWERS[end]
    stop, legs = thrown(60.0, **{end: value})
    # Gravity by 1e-4 over the height; the speed of sound to 0.1 m/s.
    assert stop == pytest.approx(when, abs=0.02)
    assert np.flatnonzero(legs.fired[0, 0]).tolist() == [BodyEnd[end.upper()]]
    assert int(legs.outcome[0, 0]) == OutcomeCode.REACHED


def test_the_ground_ends_what_does_not_want_it_as_a_failure() -> None:
    _, legs = thrown(60.0, mach_above=3.0)
    assert int(legs.outcome[0, 0]) == OutcomeCode.STRUCK_GROUND


def test_what_stands_still_has_not_passed_its_apex() -> None:
    around = world()
    begin, flown = on_pad(around), plan({"apex": 1.0} | RAIL, duration=5.0)
    legs, _ = fly(around, rocket(2000.0), flown, begin)
    assert np.flatnonzero(legs.fired[0, 0]).tolist() == [BodyEnd.RAIL]


def test_a_time_that_has_passed_ends_a_phase_at_once() -> None:
    flown = eqx.tree_at(lambda p: p.time, phases(3.0, 3.0, step=0.1), jnp.asarray([2.5, 1.0]))
    begin = state(body_vector(7e6, 0, 0, Frame.GCRS), body_vector(0, 7e3, 0, Frame.GCRS))
    legs, _ = fly(space(), body(inertia(1, 1, 1)), flown, begin)
    assert np.asarray(legs.stop[:, 0]) == pytest.approx([2.5, 2.5])
    assert np.asarray(legs.outcome[:, 0]).tolist() == [OutcomeCode.REACHED] * 2


def test_an_unknown_end_is_told() -> None:
    with pytest.raises(AssertionError, match="hight_below"):
        limits(hight_below=3.0)
