"""How a flight goes from phase to phase, and how each kind of failure is told."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import array, fly, launcher, pad, phases, stacked, steering, world
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.dynamics.state import State, state_of
from yaan.flight.start import OnPad
from yaan.gnc import Law
from yaan.motion.base import Leg, Legs, by_lane
from yaan.motion.base import fly as fly_leg
from yaan.motion.powered import phase_of
from yaan.motion.powered_phases import End, Phases
from yaan.results.outcome import OutcomeCode

FIRST = {"propellant": 60_000.0, "dry": 5_000.0, "thrust": 1.6e6, "isp": 300.0}
SECOND = {
    "propellant": 15_000.0,
    "dry": 2_000.0,
    "thrust": 1.5e5,
    "isp": 400.0,
    "ignition_delay": 1.5,
    "tail_off": 4.0,
}
ONE, TWO, BOTH = np.array([True, False]), np.array([False, True]), np.array([True, True])
TANGENT = ((0.6, -0.1, 0.0), (7.0, -0.1, 0.01))
ENERGY = -EARTH_MU / (2.0 * (EARTH_RADIUS + 200e3))

LIFT = {
    "ignite": ONE,
    "on_pad": True,
    "timeout": 20.0,
    "ends": {End.STRUCK: 1.0, End.LIFT_OFF: 1.0},
    "step": 0.5,
}
CLIMB = {"duration": 30.0}
RISE = {"law": Law.LINEAR_TANGENT, "begins": True, "duration": 130.0}
STAGE = {
    "law": Law.LINEAR_TANGENT,
    "programme": 1,
    "begins": True,
    "continuous": True,
    "ignite": TWO,
    "stages_aboard": TWO,
    "duration": 60.0,
}
TAIL = {"law": Law.GRAVITY_TURN, "shut_down": TWO, "stages_aboard": TWO, "duration": 10.0}
ORBIT = {
    **STAGE,
    "duration": np.inf,
    "ends": {End.ORBIT: ENERGY, End.STRUCK: 1.0},
    "overdraws": TWO,
}


def lane(*rows: dict[str, Any], first: dict[str, Any] = FIRST, payload: float = 3_000.0) -> tuple:
    plan = (LIFT, CLIMB, RISE, STAGE, TAIL) if not rows else rows
    flat = steering(tangent=TANGENT)
    return launcher(first, SECOND, payload=payload), phases(*plan, stages=2), flat, pad(0.2, 0.3)


WEAK = {**FIRST, "thrust": 5e5}
LANES = {
    "nominal": lane(),
    "weak": lane(first=WEAK),
    "overloaded": lane(payload=1e6),
    "falling": lane({**CLIMB, "ignite": ONE}, CLIMB, RISE, STAGE, TAIL, first=WEAK),
    "waiting": lane(LIFT, {"timeout": 12.0}, RISE, STAGE, TAIL),
    "orbit": lane(LIFT, CLIMB, RISE, ORBIT, TAIL, payload=4_500.0),
    "undefined": lane(payload=np.nan),
    "endless": lane(LIFT, {**CLIMB, "step": 1e-3}, RISE, STAGE, TAIL),
}


@pytest.fixture(scope="module")
def flown() -> dict[str, Legs]:
    """Legs [phases, ...] of each case, from one batch."""
    legs = fly(world(), *stacked(*LANES.values()))
    return {name: jax.tree.map(lambda leaf, i=i: leaf[:, i], legs) for i, name in enumerate(LANES)}


def codes(legs: Legs) -> list[OutcomeCode]:
    return [OutcomeCode(int(code)) for code in legs.outcome]


def test_a_flight_goes_through_its_phases(flown: dict[str, Legs]):
    legs = flown["nominal"]
    assert codes(legs) == [OutcomeCode.REACHED] * 5
    np.testing.assert_array_equal(legs.start[1:], legs.stop[:-1])
    np.testing.assert_allclose(np.diff(legs.stop), [30.0, 130.0, 60.0, 10.0], atol=1e-12)
    # Lift-off is when thrust, still rising over its millisecond, is the weight at the pad.
    assert 0.0 < legs.stop[0] < 1e-3
    assert legs.fired[0, End.LIFT_OFF]


def test_a_stage_that_runs_dry_before_its_command(flown: dict[str, Legs]):
    # 60 t last 110 s and are asked for 160 s: it burns out on time, and the flight coasts on.
    legs = flown["nominal"]
    burn = 60_000.0 * 300.0 * STANDARD_GRAVITY / 1.6e6 + 0.5e-3
    assert legs.inner.cut_off[2, 0] == pytest.approx(burn, abs=1e-9)
    assert legs.inner.propellant[2, 0] == 0.0
    assert legs.stop[2] > burn + 40.0


def test_ignition_waits_for_its_delay_and_shut_down_for_its_tail(flown: dict[str, Legs]):
    legs, flow = flown["nominal"], 1.5e5 / (400.0 * STANDARD_GRAVITY)
    assert legs.inner.ignition[3, 1] == legs.start[3] + 1.5
    burnt = 15_000.0 - legs.inner.propellant[3, 1]
    assert burnt == pytest.approx(flow * (60.0 - 1.5 - 0.5e-3), rel=1e-12)
    tail = legs.inner.propellant[3, 1] - legs.inner.propellant[4, 1]
    assert tail == pytest.approx(flow * 4.0 / 2.0, rel=1e-12)
    assert legs.inner.cut_off[4, 1] == legs.stop[3]


def test_a_continuous_programme_starts_where_the_last_one_ended(flown: dict[str, Legs]):
    legs = flown["nominal"]
    np.testing.assert_array_equal(legs.inner.memory.coefficients[2], TANGENT[0])
    s = float(legs.stop[2] - legs.start[2]) / 100.0
    assert float(legs.inner.memory.coefficients[3, 0]) == pytest.approx(0.6 - 0.1 * s, rel=1e-14)
    np.testing.assert_array_equal(legs.inner.memory.coefficients[3, 1:], TANGENT[1][1:])
    assert legs.inner.memory.origin[2:4].tolist() == legs.start[2:4].tolist()
    # Under another law the programme in force is kept.
    assert legs.inner.memory.origin[4] == legs.inner.memory.origin[3]


def test_a_leg_by_itself_is_that_phase_of_a_flight():
    vehicle, plan, constants, site = lane(
        {**RISE, "ignite": ONE, "stages_aboard": ONE, "duration": 60.0}
    )
    flown = fly(world(), *stacked((vehicle, plan, constants, site)))
    here = OnPad(site).state(world(), vehicle.propellant)
    place, motion = (np.asarray(array(v))[None] for v in (here.position, here.velocity))
    start = state_of(np.zeros(1), place, motion, here.tanks, aboard=np.ones(4, dtype=bool))

    @eqx.filter_jit
    def alone(plan: Phases, start: State) -> Leg:
        way = phase_of(world(), vehicle, constants, plan, jnp.asarray(0.0))
        one = eqx.tree_at(lambda m: m.world, by_lane(way, jnp.zeros(1)), way.world)
        return fly_leg(one, start, stop=one.due, step=jnp.ones(1))

    leg = alone(jax.tree.map(lambda leaf: leaf[0], plan), start)
    assert leg.outcome[0] == OutcomeCode.REACHED
    np.testing.assert_allclose(leg.end.velocity.x, flown.inner.velocity.x[0], rtol=1e-14)
    np.testing.assert_allclose(leg.end.tanks[:, :2], flown.inner.propellant[0], rtol=1e-14)
    np.testing.assert_allclose(leg.end.sums.ideal, flown.inner.losses.ideal[0], rtol=1e-14)
    assert float(leg.added.ideal[0]) > 1_000.0
    # Guidance goes on from what it commanded last; what is dropped is no longer aboard.
    slope = float(leg.end.memory.slope[0])
    assert slope == pytest.approx(0.6 - 0.06, rel=1e-14)
    assert slope == pytest.approx(float(flown.inner.memory.slope[0, 0]), rel=1e-14)
    assert leg.end.aboard[0, :5].tolist() == [True, False, True, True, False]


def test_what_cannot_lift_off_says_so_and_goes_no_further(flown: dict[str, Legs]):
    for name in ("weak", "overloaded"):
        legs = flown[name]
        assert codes(legs) == [OutcomeCode.NO_LIFT_OFF] + [OutcomeCode.NO_SOLUTION] * 4
        np.testing.assert_array_equal(legs.stop, 20.0)
        assert np.all(legs.steps[1:] == 0)


def test_what_falls_strikes_the_ground(flown: dict[str, Legs]):
    legs = flown["falling"]
    assert codes(legs)[0] == OutcomeCode.STRUCK_GROUND
    assert legs.fired[0, End.STRUCK]
    assert 1.5 < legs.stop[0] < 5.0  # the ten metres below the pad


def test_a_phase_that_nothing_ends_times_out(flown: dict[str, Legs]):
    legs = flown["waiting"]
    assert codes(legs)[1:3] == [OutcomeCode.TIMED_OUT, OutcomeCode.NO_SOLUTION]
    assert legs.stop[1] - legs.start[1] == pytest.approx(12.0, abs=1e-9)


def test_cut_off_is_on_the_energy_of_the_orbit(flown: dict[str, Legs]):
    # The stage may burn more than it carries: what is missing is the answer.
    legs = flown["orbit"]
    assert codes(legs)[3] == OutcomeCode.REACHED
    assert legs.fired[3, End.ORBIT]
    speed, radius = (float(v.norm()[3]) for v in (legs.inner.velocity, legs.inner.position))
    assert 0.5 * speed**2 - EARTH_MU / radius == pytest.approx(ENERGY, abs=1e-4)
    assert legs.inner.propellant[3, 1] < 0.0
    assert np.isinf(legs.inner.cut_off[3, 1])


def test_numbers_that_are_none_are_told(flown: dict[str, Legs]):
    assert codes(flown["undefined"])[0] == OutcomeCode.NOT_FINITE


def test_too_many_steps_are_told(flown: dict[str, Legs]):
    legs = flown["endless"]
    assert codes(legs)[1:3] == [OutcomeCode.OUT_OF_STEPS, OutcomeCode.NO_SOLUTION]
    assert legs.stop[1] - legs.start[1] < 20.0
