"""What phases of powered flight do beyond those of a launch, against closed forms."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import (
    array,
    flown,
    force_tables,
    free_space,
    launcher,
    pad,
    phases,
    steering,
    still_earth,
    world,
)
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape
from yaan.dynamics.state import State, state_of
from yaan.environment import PointGravity
from yaan.environment.atmosphere import load_standard_atmosphere
from yaan.flight.start import OnPad
from yaan.gnc import Law
from yaan.motion.base import Legs
from yaan.motion.powered import ascend, ended, observe
from yaan.motion.powered_phases import End, Phases
from yaan.motion.row import Row
from yaan.propulsion import Failures
from yaan.results.outcome import OutcomeCode
from yaan.vehicle import Launcher

pytestmark = pytest.mark.slow

LIT, ALL = np.array([True]), np.array([True])
STAGE = {"propellant": 8_000.0, "dry": 1_000.0, "thrust": 2e5, "isp": 320.0}
EXHAUST = 320.0 * STANDARD_GRAVITY  # [m/s]
FLOW = 2e5 / EXHAUST  # [kg/s]
RAMP = 1e-3  # [s] in which thrust rises
DRY = len(End)
LOW, HIGH = 300e3, 900e3  # [m] of two circular orbits
STRUCK = {End.STRUCK: 1.0}


_observed = eqx.filter_jit(observe)


@eqx.filter_jit
def _flight(
    place: World, vehicle: Launcher, plan: Phases, start: State, rows: int
) -> tuple[Legs, Tape | None, State]:
    flying = (vehicle, plan, steering())
    rocket, way, laws = jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], flying)
    legs, tape = ascend(place, rocket, way, laws, start, rows=rows)
    return legs, tape, ended(rocket, way, start, legs)


def fly(place: World, vehicle: Launcher, plan: Phases, start: State, rows: int = 2_048) -> Any:
    """Legs [phases, ...], rows and the end of a flight of one lane from a state."""
    start = jax.tree.map(jnp.asarray, start)
    count = len(plan.law)
    plan = _padded(plan)
    legs, tape, end = _flight(place, vehicle, plan, start, rows)
    one: Any = jax.tree.map(lambda leaf: leaf[:, 0], legs)
    bare = jax.tree.map(lambda leaf: leaf[0], tape)
    assert bare.count < rows
    seen: Row = _observed(place, vehicle, plan, steering(), one, bare)
    kept = jax.tree.map(lambda leaf: np.asarray(leaf)[: int(bare.count)], (seen, bare.label))
    return jax.tree.map(lambda leaf: leaf[:count], one), *kept, end


def _padded(plan: Phases) -> Phases:
    """Four phases, so that flights share a compilation."""
    more = ((0, 4 - len(plan.law)),)
    full = jax.tree.map(lambda x: np.pad(x, more + ((0, 0),) * (x.ndim - 1), "edge"), plan)
    exists = np.arange(4) < len(plan.law)
    return eqx.tree_at(
        lambda p: (p.exists, p.ignite), full, (exists, full.ignite & exists[:, None])
    )


def aloft(height: float, *, up: float = 0.0, east: float = 0.0, vehicle: Launcher) -> State:
    """Above the equator at the prime meridian of a still Earth [m], moving [m/s]."""
    place, motion = [[EARTH_RADIUS + height, 0.0, 0.0]], [[up, east, 0.0]]
    parts = len(vehicle.propellant) + len(vehicle.item_mass)
    return state_of(np.zeros(1), place, motion, vehicle.propellant, np.ones(parts, dtype=bool))


def codes(legs: Legs) -> list[OutcomeCode]:
    return [OutcomeCode(int(code)) for code in legs.outcome]


def round_world(**more: Any) -> World:
    return world(PointGravity(EARTH_MU), earth=still_earth(), **more)


AIR = load_standard_atmosphere()
ROCKET = launcher(STAGE, payload=1_000.0)


def test_a_hop_turns_over_where_energy_says_and_comes_down_to_the_ground():
    start = aloft(20e3, up=500.0, vehicle=ROCKET)
    coast = {"law": Law.GRAVITY_TURN, "ends": STRUCK}
    ends = [End.APEX, End.HEIGHT_BELOW, End.GROUND]
    thresholds = [1.0, 15e3, 1.0]
    plan = phases(
        *[coast | {"ends": {e: v, **STRUCK}} for e, v in zip(ends, thresholds, strict=True)]
    )
    legs, *_ = fly(round_world(), ROCKET, plan, start)
    assert codes(legs) == [OutcomeCode.REACHED] * 3
    radius = EARTH_RADIUS + 20e3
    top = 1.0 / (1.0 / radius - 0.5 * 500.0**2 / EARTH_MU)
    heights = np.asarray(legs.inner.position.norm()) - EARTH_RADIUS
    # The apex is told a tenth of a millisecond after it, when it sinks by a millimetre a second.
    np.testing.assert_allclose(heights, [top - EARTH_RADIUS, 15e3, 0.0], atol=2e-4)
    speed = np.sqrt(500.0**2 - 2.0 * EARTH_MU * (1.0 / radius - 1.0 / EARTH_RADIUS))
    assert float(legs.inner.velocity.norm()[2]) == pytest.approx(speed, rel=1e-7)


def test_what_comes_down_unasked_strikes_the_ground():
    start = aloft(2e3, vehicle=ROCKET)
    legs, *_ = fly(round_world(), ROCKET, phases({"law": Law.GRAVITY_TURN}), start)
    assert codes(legs) == [OutcomeCode.STRUCK_GROUND]


@pytest.mark.parametrize(
    ("end", "threshold", "start"),
    [
        (End.APEX, 1.0, {"up": -10.0}),
        (End.HEIGHT_BELOW, 30e3, {"up": -10.0}),
        (End.SPEED_ABOVE, 100.0, {"up": 200.0}),
        (End.SPEED_BELOW, 300.0, {"up": 200.0}),
        (End.MACH_ABOVE, 0.5, {"up": 200.0}),
        (End.MACH_BELOW, 0.7, {"up": 200.0}),
        (End.APOGEE_ABOVE, 20.5e3, {"up": 200.0}),
        (End.APOGEE_ABOVE, 1e9, {"up": 12e3}),
        (End.APOGEE_BELOW, 30e3, {"up": 200.0}),
        (End.PERIGEE_ABOVE, -6_378e3, {"east": 3e3}),
        (End.PERIGEE_BELOW, -5_000e3, {"up": 200.0}),
        (End.DYNAMIC_PRESSURE_ABOVE, 1_000.0, {"up": 200.0}),
    ],
)
def test_a_condition_that_holds_ends_its_phase_at_once(end: End, threshold: float, start: dict):
    plan = phases({"ends": {end: threshold}, "timeout": 50.0})
    air = round_world(atmosphere=AIR)
    legs, *_ = fly(air, ROCKET, plan, aloft(20e3, **start, vehicle=ROCKET))
    assert codes(legs) == [OutcomeCode.REACHED]
    assert legs.stop[0] == 0.0


@pytest.mark.parametrize(
    ("end", "threshold", "start"),
    [
        (End.APEX, 1.0, {"up": 10.0}),
        (End.HEIGHT_BELOW, 30e3, {"up": 600.0}),
        (End.SPEED_ABOVE, 700.0, {"up": 600.0}),
        (End.MACH_ABOVE, 3.0, {"up": 600.0}),
        (End.APOGEE_BELOW, 20.5e3, {"up": 600.0}),
        (End.PERIGEE_ABOVE, 0.0, {"up": 600.0}),
        (End.DELTA_V, 1.0, {"up": 600.0}),
    ],
)
def test_a_condition_that_does_not_hold_waits(end: End, threshold: float, start: dict):
    plan = phases({"ends": {end: threshold}, "timeout": 0.5})
    air = round_world(atmosphere=AIR)
    legs, *_ = fly(air, ROCKET, plan, aloft(20e3, **start, vehicle=ROCKET))
    dry = end in (End.APOGEE_BELOW, End.PERIGEE_ABOVE, End.DELTA_V)
    assert codes(legs) == [OutcomeCode.RAN_DRY if dry else OutcomeCode.TIMED_OUT]


def test_throttle_and_relight_give_what_tsiolkovsky_says():
    half = {"throttle": [0.5], "ignite": LIT, "ends": {End.DELTA_V: 1_000.0}}
    stop = {"shut_down": LIT, "duration": 100.0}
    again = {"ignite": LIT, "ends": {DRY: 1.0}}
    legs, *_ = fly(free_space(), ROCKET, phases(half, stop, again), aloft(0.0, vehicle=ROCKET))
    assert codes(legs) == [OutcomeCode.REACHED] * 3
    gained = np.asarray(legs.inner.velocity.norm())
    total = EXHAUST * np.log(10_000.0 / 2_000.0)
    np.testing.assert_allclose(gained, [1_000.0, 1_000.0, total], rtol=1e-8)
    burnt = 10_000.0 * (1.0 - np.exp(-1_000.0 / EXHAUST))
    left = np.asarray(legs.inner.propellant)[:, 0]
    np.testing.assert_allclose(left, [8_000.0 - burnt, 8_000.0 - burnt, 0.0], atol=1e-5)
    # At half the flow it burns twice as long; each time thrust rises over its millisecond.
    lengths = np.asarray(legs.stop - legs.start)
    first, last = burnt / (0.5 * FLOW), (8_000.0 - burnt) / FLOW
    np.testing.assert_allclose(lengths, [first + RAMP / 2, 100.0, last + RAMP / 2], atol=1e-6)


def test_a_state_that_knows_of_no_parts_is_told_of_them():
    place = free_space()
    state = OnPad(pad()).state(place, ROCKET.propellant)
    start = jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], state)
    *_, end = fly(place, ROCKET, phases({"duration": 1.0}), start)
    assert end.aboard.tolist() == [[True, True]]


def test_what_has_nothing_left_is_not_lit_again():
    burn = {"ignite": LIT, "ends": {DRY: 1.0}}
    again = {"ignite": LIT, "duration": 20.0}
    wanted = {"ignite": LIT, "ends": {End.DELTA_V: 10.0}, "timeout": 30.0}
    waits = {"ends": {DRY: 1.0}}
    plan = phases(burn, again, waits, wanted)
    legs, *_ = fly(free_space(), ROCKET, plan, aloft(0.0, vehicle=ROCKET))
    assert codes(legs) == [*[OutcomeCode.REACHED] * 3, OutcomeCode.RAN_DRY]
    np.testing.assert_array_equal(legs.inner.propellant, 0.0)
    np.testing.assert_array_equal(legs.inner.velocity.x[1:], legs.inner.velocity.x[0])
    assert legs.stop[2] == legs.start[2]  # dry before: what waits for it ends at once


NEARLY = HIGH - 20e3  # [m]: what a burn that is not about the apogee reaches of the circle


def _impulses() -> float:
    """Both impulses from the low circle to an orbit of apogee HIGH and perigee NEARLY [m/s]."""
    low, high, near = (EARTH_RADIUS + h for h in (LOW, HIGH, NEARLY))

    def speed(radius: float, other: float) -> float:
        return float(np.sqrt(2.0 * EARTH_MU * other / radius / (radius + other)))

    first = speed(low, high) - speed(low, low)
    return first + speed(high, near) - speed(high, low)


def _transfer(thrust: float) -> float:
    """Ideal velocity of two burns along the velocity that do the same [m/s]."""
    vehicle = launcher(STAGE | {"thrust": thrust}, payload=1_000.0)
    burn = {"law": Law.PROGRADE, "ignite": LIT, "step": 0.5}
    rest = {"law": Law.PROGRADE, "shut_down": LIT, "step": 5.0}
    plan = phases(
        burn | {"ends": {End.APOGEE_ABOVE: HIGH}},
        rest | {"ends": {End.APEX: 1.0}},
        burn | {"ends": {End.PERIGEE_ABOVE: NEARLY}},
    )
    circular = np.sqrt(EARTH_MU / (EARTH_RADIUS + LOW))
    # Rising at first: an apex is behind what does not rise.
    start = aloft(LOW, up=0.01, east=float(circular), vehicle=vehicle)
    legs, *_, end = fly(round_world(), vehicle, plan, start, 16_384)
    assert codes(legs) == [OutcomeCode.REACHED] * 3
    return float(end.sums.ideal[0])


def test_two_short_burns_cost_what_hohmann_says_and_long_ones_more():
    impulses = _impulses()
    costs = [_transfer(thrust) for thrust in (2e6, 2e5, 2e4)]
    assert costs[0] == pytest.approx(impulses, abs=0.1)
    assert costs[1] == pytest.approx(impulses, abs=1.0)
    assert costs[1] + 0.1 < costs[2] < costs[1] + 30.0


def test_a_retrograde_burn_lowers_the_perigee():
    plan = phases(
        {"law": Law.RETROGRADE, "ignite": LIT, "ends": {End.PERIGEE_BELOW: 50e3}, "step": 0.1}
    )
    circular = float(np.sqrt(EARTH_MU / (EARTH_RADIUS + LOW)))
    start = aloft(LOW, east=circular, vehicle=ROCKET)
    legs, *_ = fly(round_world(), ROCKET, plan, start)
    low, high = EARTH_RADIUS + 50e3, EARTH_RADIUS + LOW
    impulse = circular - np.sqrt(2.0 * EARTH_MU * low / high / (low + high))
    assert codes(legs) == [OutcomeCode.REACHED]
    assert float(legs.inner.losses.ideal[0]) == pytest.approx(impulse, abs=0.1)


HEAVY = {"propellant": 400e3, "dry": 25e3, "thrust": 8.2e6, "isp": 311.0, "exit_area": 7.0}


@pytest.mark.parametrize(("least", "held"), [(0.3, True), (0.95, False)])
def test_the_load_keeps_to_its_limit_as_far_as_engines_can_be_throttled(least: float, held: bool):
    air = world(atmosphere=AIR)
    vehicle = launcher(HEAVY, payload=110e3, table=force_tables(0.4, 3.0, 10.0))
    limit = 3.5 * STANDARD_GRAVITY
    usual = {"least": [least], "load_limit": limit}
    plan = phases(
        usual | {"ignite": LIT, "duration": 20.0},
        usual | {"law": Law.PITCH_HOLD, "ends": {DRY: 1.0, **STRUCK}},
    )
    start = jax.tree.map(
        lambda leaf: jnp.asarray(leaf)[None], OnPad(pad(0.2)).state(air, vehicle.propellant)
    )
    start = eqx.tree_at(lambda s: s.aboard, start, jnp.ones((1, 2), dtype=bool))
    legs, rows, label, _ = fly(air, vehicle, plan, start)
    assert codes(legs) == [OutcomeCode.REACHED] * 2
    load = rows.load[label == 1]
    assert (np.max(load) < 3.5 + 1e-9) == held
    assert np.sum(np.abs(load - 3.5) < 1e-9) > 10 or not held
    # What is not burnt fast is burnt long.
    full = 400e3 * 311.0 * STANDARD_GRAVITY / 8.2e6
    assert float(legs.stop[1]) > full + (5.0 if held else 0.1)
    # The limit is one of what is felt: at full thrust the load would be above it at the end.
    assert np.max(rows.thrust) / (135e3 * STANDARD_GRAVITY) > 3.5


def test_a_rail_lets_go_at_the_speed_of_its_length():
    # Constant thrust, hardly any flow: uniform acceleration along the rail.
    vehicle = launcher({"propellant": 1.0, "dry": 99.0, "thrust": 5_000.0, "isp": 1e7}, payload=0.0)
    elevation, azimuth, length = np.radians(80.0), np.radians(30.0), 12.0
    rail = {"law": Law.RAIL, "elevation": elevation, "azimuth": azimuth, "ignite": LIT}
    plan = phases(rail | {"ends": {End.OFF_RAIL: length}, "step": 0.05})
    turning = world(PointGravity(EARTH_MU))
    state = OnPad(pad(0.5, 0.3)).state(turning, vehicle.propellant)
    start = jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], state)
    start = eqx.tree_at(lambda s: s.aboard, start, jnp.ones((1, 2), dtype=bool))
    legs, rows, *_ = fly(turning, vehicle, plan, start)
    assert codes(legs) == [OutcomeCode.REACHED]
    place = np.asarray(array(state.position))
    spin = np.array([0.0, 0.0, 7.292115e-5])
    weight = -EARTH_MU * place / np.linalg.norm(place) ** 3 - np.cross(spin, np.cross(spin, place))
    up = np.array([np.cos(0.5) * np.cos(0.3), np.cos(0.5) * np.sin(0.3), np.sin(0.5)])
    east = np.array([-np.sin(0.3), np.cos(0.3), 0.0])
    level = np.sin(azimuth) * east + np.cos(azimuth) * np.cross(up, east)
    # GCRS and ITRS differ by the angle at the epoch: the parts along the rail are the same.
    to_fixed = turning.earth.rotation(jnp.asarray(0.0))
    fixed = np.asarray(array(to_fixed.apply(state.position)))
    weight = -EARTH_MU * fixed / np.linalg.norm(fixed) ** 3 - np.cross(spin, np.cross(spin, fixed))
    axis = np.sin(elevation) * up + np.cos(elevation) * level
    pull = 5_000.0 / 100.0 + weight @ axis
    assert rows.speed_relative[-1] == pytest.approx(np.sqrt(2.0 * pull * length), rel=2e-5)
    # Against the Earth it moves along the rail and nowhere else.
    t = legs.stop[0]
    there = turning.earth.rotation(t).apply(legs.inner.position)
    moved = np.asarray(array(there)).ravel() - fixed
    assert np.linalg.norm(moved) == pytest.approx(length, abs=1e-6)
    np.testing.assert_allclose(moved / length, axis, atol=2e-6)


def test_what_thrust_does_not_carry_stays_on_its_rail():
    rising = ([0.0, 10.0], [0.0, 1_500.0])
    weak = launcher({"propellant": 1.0, "dry": 99.0, "curve": rising, "isp": 1e7})
    rail = {"law": Law.RAIL, "elevation": np.radians(60.0), "azimuth": 0.0, "ignite": LIT}
    plan = phases(rail | {"ends": {End.OFF_RAIL: 5.0, **STRUCK}, "step": 0.1, "timeout": 20.0})
    still = world(PointGravity(EARTH_MU), earth=still_earth())
    state = OnPad(pad()).state(still, weak.propellant)
    start = jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], state)
    start = eqx.tree_at(lambda s: s.aboard, start, jnp.ones((1, 2), dtype=bool))
    _, rows, *_ = fly(still, weak, plan, start)
    moving = rows.speed_relative > 1e-3
    carried = rows.thrust > 100.0 * STANDARD_GRAVITY * np.sin(np.radians(60.0)) * 1.01
    assert np.any(carried)
    assert np.all(moving[carried])
    assert not np.any(
        moving[rows.thrust < 100.0 * STANDARD_GRAVITY * np.sin(np.radians(60.0)) * 0.99]
    )


def test_a_rail_that_is_never_left_is_told():
    weak = launcher({"propellant": 1.0, "dry": 99.0, "thrust": 500.0, "isp": 1e7})
    rail = {"law": Law.RAIL, "elevation": np.radians(80.0), "azimuth": 0.0, "ignite": LIT}
    plan = phases(rail | {"ends": {End.OFF_RAIL: 5.0, **STRUCK}, "step": 0.1, "timeout": 20.0})
    legs = flown(world(), weak, plan)
    assert codes(legs) == [OutcomeCode.TIMED_OUT]


def test_a_lost_engine_leaves_its_propellant_to_the_others():
    failing = eqx.tree_at(
        lambda v: v.engines.failures,
        ROCKET,
        Failures(jnp.asarray([[10.0]]), jnp.asarray([[0.5]])),
        is_leaf=lambda x: x is None,
    )
    plan = phases({"ignite": LIT, "ends": {DRY: 1.0}})
    legs, *_ = fly(free_space(), failing, plan, aloft(0.0, vehicle=ROCKET))
    assert float(legs.inner.velocity.norm()[0]) == pytest.approx(EXHAUST * np.log(5.0), rel=1e-8)
    # A millisecond of dying engines is flown as one of three quarters of them.
    length = 10.0 + (8_000.0 / FLOW - 10.0) / 0.5 + RAMP
    assert float(legs.stop[0]) == pytest.approx(length, abs=2e-3)


def test_a_stage_that_does_not_light_gives_nothing():
    dud = eqx.tree_at(
        lambda v: v.engines.failures,
        ROCKET,
        Failures(jnp.asarray([[-np.inf]]), jnp.asarray([[0.0]])),
        is_leaf=lambda x: x is None,
    )
    plan = phases({"ignite": LIT, "ends": {DRY: 1.0}, "timeout": 60.0})
    legs, *_ = fly(free_space(), dud, plan, aloft(0.0, vehicle=ROCKET))
    assert codes(legs) == [OutcomeCode.TIMED_OUT]
    assert float(legs.inner.propellant[0, 0]) == 8_000.0
    assert float(legs.inner.losses.ideal[0]) == 0.0


def test_a_fixed_direction_is_held_in_space():
    turn = {"law": Law.FIXED, "elevation": 0.3, "azimuth": 1.0, "duration": 300.0}
    circular = float(np.sqrt(EARTH_MU / (EARTH_RADIUS + LOW)))
    start = aloft(LOW, east=circular, vehicle=ROCKET)
    legs, *_ = fly(round_world(), ROCKET, phases(turn | {"ignite": LIT, "throttle": [1e-6]}), start)
    # In a twentieth of a revolution the horizon turns by 20 deg; the push stays where it was.
    idle, *_ = fly(round_world(), ROCKET, phases(turn), start)
    push = np.asarray(array(legs.inner.velocity)) - np.asarray(array(idle.inner.velocity))
    axis = np.array([np.sin(0.3), np.cos(0.3) * np.sin(1.0), np.cos(0.3) * np.cos(1.0)])
    along = push.ravel() / np.linalg.norm(push)
    assert along @ axis > np.cos(np.radians(2.0))  # the difference turns a little with the orbit


def test_a_run_hands_on_what_it_has_changed():
    vehicle = launcher(STAGE, STAGE, payload=1_000.0)
    both, second = np.array([True, True]), np.array([False, True])
    plan = phases(
        {"ignite": ~second, "stages_aboard": both, "duration": 5.0},
        {"stages_aboard": second, "duration": 5.0, "ends": {End.APEX: 1.0}, "timeout": 3.0},
        {"stages_aboard": second & False, "duration": 1.0},
        stages=2,
    )
    start = aloft(1e3, vehicle=vehicle)
    start = eqx.tree_at(lambda s: s.sums.ideal, start, np.array([100.0]))
    legs, *_, end = fly(free_space(), vehicle, plan, start)
    # The second phase fails: what the third one would have dropped is still aboard.
    assert codes(legs)[1:] == [OutcomeCode.TIMED_OUT, OutcomeCode.NO_SOLUTION]
    assert end.aboard[0, :4].tolist() == [False, True, True, False]
    burnt = FLOW * (5.0 - RAMP / 2)
    np.testing.assert_allclose(end.tanks[0, :2], [8_000.0 - burnt, 8_000.0], rtol=1e-10)
    gained = EXHAUST * np.log(19_000.0 / (19_000.0 - burnt))
    assert float(end.sums.ideal[0]) == pytest.approx(100.0 + gained, rel=1e-9)
    assert float(end.t[0]) == pytest.approx(8.0, abs=1e-9)
    # Flown on from there.
    more, *_, last = fly(free_space(), vehicle, phases({"duration": 2.0}, stages=2), end)
    assert codes(more) == [OutcomeCode.REACHED]
    assert last.aboard[0, :3].tolist() == [False, True, True]
    assert np.isnan(float(last.attitude.w[0]))
    assert float(last.t[0]) == pytest.approx(10.0, abs=1e-9)


def test_a_vehicle_without_stages_falls():
    ball = launcher(payload=50.0)
    plan = phases({"law": Law.GRAVITY_TURN, "ends": {End.GROUND: 1.0, **STRUCK}}, stages=0)
    legs, *_ = fly(round_world(), ball, plan, aloft(3e3, vehicle=ball))
    assert codes(legs) == [OutcomeCode.REACHED]
    fallen = np.sqrt(2.0 * EARTH_MU * (1.0 / EARTH_RADIUS - 1.0 / (EARTH_RADIUS + 3e3)))
    assert float(legs.inner.velocity.norm()[0]) == pytest.approx(fallen, rel=1e-8)


def test_a_table_of_attitude_is_flown():
    table = {
        "law": Law.TABLE,
        "times": np.array([0.0, 10.0, 30.0]),
        "elevations": np.radians([80.0, 50.0, 20.0]),
        "azimuths": np.full(3, np.pi / 2),
        "ignite": LIT,
    }
    # On the equator of a still Earth the geodetic horizon is the geocentric one.
    ends = (4.0, 10.0, 16.0)
    plan = phases(*[table | {"time": end} for end in ends])
    legs, rows, label, _ = fly(round_world(), ROCKET, plan, aloft(50e3, vehicle=ROCKET))
    assert codes(legs) == [OutcomeCode.REACHED] * 3
    last = [np.flatnonzero(label == phase)[-1] for phase in range(3)]
    wanted = np.interp(ends, table["times"], table["elevations"])
    np.testing.assert_allclose(rows.pitch[last], wanted, atol=1e-12)
