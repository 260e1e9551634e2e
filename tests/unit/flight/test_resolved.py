"""Returns whose burns are solved again in flight, against those by the clock."""

from typing import Any

import equinox as eqx
import numpy as np
import pytest

from tests.physics.rockets import still_earth, world
from tests.unit.flight.returns import (
    LANES,
    LEFT,
    RUNNING,
    STEP,
    STRONGER,
    TANK,
    THRUST,
    Nominal,
    craft,
    flown,
    models,
    nominal,
    separated,
    told,
)
from yaan.base.constants import EARTH_MU, STANDARD_GRAVITY
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.approach import Case, fly_approach
from yaan.flight.correcting import Place, beyond, lasting, other_side, phasing, velocity_of
from yaan.flight.legs import Burns
from yaan.flight.resolved import Resolved, fly_resolved
from yaan.motion.orbit import FLOOR
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.zone import MEAN_RADIUS

REACHED = int(OutcomeCode.REACHED)


def test_time_and_velocity_are_those_of_the_rocket_equation() -> None:
    tanks = np.full((LANES, 1), TANK)
    thrust = np.where(np.arange(LANES) == 0, 0.0, THRUST)
    lasts = lasting(craft(thrust), tanks, np.full(LANES, -100.0))
    exhaust = 312.0 * STANDARD_GRAVITY
    spent = 8_200.0 * -np.expm1(-100.0 / exhaust)
    assert np.isinf(lasts[0])
    assert lasts[1:] == pytest.approx(spent * exhaust / THRUST, rel=1e-12)
    back = velocity_of(craft(thrust), tanks, np.where(np.isfinite(lasts), lasts, 10.0))
    assert back == pytest.approx(np.where(thrust > 0.0, 100.0, 0.0), rel=1e-12)
    # No more than there is to burn.
    most = velocity_of(craft(thrust), tanks, np.full(LANES, 1e6))
    assert most[1:] == pytest.approx(exhaust * np.log(8_200.0 / 7_200.0), rel=1e-12)


def test_phasing_takes_back_its_delay_by_the_period() -> None:
    """One that comes late must go round sooner, so it is slowed."""
    late, ahead = np.linspace(-30.0, 30.0, LANES), np.full(LANES, 2e5)
    state, whole = separated(), craft(np.full(LANES, THRUST))
    burn = phasing(whole, state, np.full(LANES, 5e3), late, ahead)
    r = np.linalg.norm(state.position_gcrs, axis=1)
    v = np.linalg.norm(state.velocity_gcrs, axis=1)
    assert np.all(np.sign(burn.delta_v) == -np.sign(late))

    def turn(speed: np.ndarray) -> np.ndarray:
        return 2 * np.pi * np.sqrt((1 / (2 / r - speed**2 / EARTH_MU)) ** 3 / EARTH_MU)

    # At the perigee a period moves more than on a circle, by the square of its speed: some 4 %.
    gained = ahead * (turn(v + burn.delta_v) / turn(v) - 1.0)
    assert gained == pytest.approx(-late, rel=0.06)
    nothing = phasing(whole, state, np.full(LANES, 5e3), np.full(LANES, 0.1), ahead)
    assert not np.any(nothing.delta_v)


def test_beyond_is_ahead_on_the_ground() -> None:
    here = separated()
    earth = world(earth=still_earth())
    for degrees, far in ((1.0, -1.0), (-1.0, 1.0)):
        turned = np.radians(degrees)
        north = np.array([0.0, np.cos(0.9), np.sin(0.9)])
        out = np.array([1.0, 0.0, 0.0]) * np.cos(turned) + north * np.sin(turned)
        place = Place(0.0, float(np.arcsin(out[2])), float(np.arctan2(out[1], out[0])))
        along = beyond(earth, here, place)
        # Geodetic latitudes are 0.2 deg off at most; a degree of arc is 111 km.
        assert along == pytest.approx(far * np.radians(1.0) * MEAN_RADIUS, abs=3e3)


@pytest.fixture(scope="module")
def one() -> Nominal:
    return nominal()


@pytest.fixture(scope="module")
def resolved(one: Nominal) -> Resolved:
    return flown(one)


@pytest.mark.slow
def test_every_lane_comes_to_the_interface_as_designed(one: Nominal, resolved: Resolved) -> None:
    """Insertions out by 2 km and 2 m/s, thrust by 3 %, one with four of five engines."""
    assert np.all(resolved.orbit == REACHED)
    assert not np.any(resolved.unsolved)
    angle, along = told(one, resolved)
    # Models and truth are alike here but for thrust, which the first burn has shown: what is left
    # is what the search was content with, 1e-4 deg and 200 m.
    assert np.max(np.abs(angle)) < 5e-4
    assert np.max(np.abs(along)) < 300.0
    late = resolved.approach.interface.end.t - one.orders.place.time
    # Phasing is of first order; a second is half a kilometre to the side of the track.
    assert np.max(np.abs(late)) < 3.0


@pytest.mark.slow
def test_a_nominal_lane_flies_what_was_designed(one: Nominal, resolved: Resolved) -> None:
    (start, duration, _), burn = one.orders.raising[0], resolved.burns[0]
    lasts = lasting(craft(np.full(LANES, THRUST)), separated().tanks, burn.delta_v)
    assert burn.ignition[0] == pytest.approx(start, abs=1.0)
    assert lasts[0] == pytest.approx(duration, abs=0.1)
    assert resolved.deorbit.burn.ignition[0] == pytest.approx(one.orders.ignition, abs=0.5)
    assert abs(resolved.burns[1].delta_v[0]) < 0.05


@pytest.mark.slow
def test_fewer_engines_burn_longer_and_begin_sooner(resolved: Resolved) -> None:
    burnt = resolved.approach.burnt
    used = burnt.start.tanks[:, 0] - burnt.end.tanks[:, 0]
    lasts = used / (THRUST * STRONGER * RUNNING / (312.0 * STANDARD_GRAVITY))
    assert lasts[7] / lasts[0] == pytest.approx(1.25, abs=0.01)
    centre = resolved.deorbit.burn.ignition + 0.5 * lasts
    # Finite burns of other lengths are not quite the same impulse.
    assert centre[7] == pytest.approx(centre[0], abs=3.0)


@pytest.mark.slow
def test_by_the_clock_they_do_not(one: Nominal) -> None:
    """What is re-solved is worth it: the designed burns, flown by the same lanes."""
    truth = models(one.world, THRUST * STRONGER, THRUST * STRONGER * RUNNING).flyer
    ((start, duration, _),) = one.orders.raising
    burns = Burns.none(LANES).with_burn(0, start, duration, 1.0)
    kept = legs.coast(one.world, truth.raising, separated(), burns, stop=LEFT - 60.0, step=STEP).end
    at, lasts = np.full(LANES, LEFT), np.full(LANES, one.orders.duration)
    down = fly_approach(Case(one.world, truth.craft, truth.way), kept, at, lasts)
    came = down.interface.fired[:, FLOOR]
    angle = np.abs(np.degrees(down.entry_angle) + 1.4)
    assert angle[0] < 1e-3
    assert not came[7] or angle[7] > 0.3
    assert np.all(~came[1:7] | (angle[1:7] > 0.01))
    along = beyond(one.world, down.interface.end, one.orders.place)
    assert np.all(~came[1:7] | (np.abs(along[1:7]) > 20e3))


@pytest.mark.slow
def test_the_estimate_s_error_is_what_is_missed(one: Nominal, resolved: Resolved) -> None:
    """Satellite navigation: 10 m and 0.1 m/s, one sigma on each axis."""
    draw = np.random.default_rng(16)

    def estimating(state: State, burn: str) -> State:
        del burn
        shape = state.position_gcrs.shape
        off = (10.0 * draw.standard_normal(shape), 0.1 * draw.standard_normal(shape))

        def moved(of: State) -> list[Any]:
            r, v = of.position, of.velocity
            return [r.x, r.y, r.z, v.x, v.y, v.z]

        shifts = [*off[0].T, *off[1].T]
        return eqx.tree_at(moved, state, [x + d for x, d in zip(moved(state), shifts, strict=True)])

    seen = flown(one, estimating)
    assert np.all(seen.orbit == REACHED)
    angle, along = told(one, seen)
    # A metre a second along the way moves the low side by 3 km, and so, at 1.4 deg, the interface
    # by 120 km: 12 km for 0.1 m/s. 10 m of height do as 0.02 m/s. Three and a half sigma.
    assert np.max(np.abs(angle)) < 0.01
    assert 1e3 < np.max(np.abs(along)) < 45e3


@pytest.mark.slow
def test_what_has_no_solution_says_so_and_is_no_nan(one: Nominal) -> None:
    """No engine, and too little propellant."""
    off = np.where(np.arange(LANES) == 1, 0.0, 1.0)
    truth = models(one.world, THRUST * off, THRUST * off)
    start = separated()
    start = eqx.tree_at(lambda s: s.tanks, start, start.tanks.copy())
    start.tanks[2, 0] = 40.0  # a tenth of what it needs
    start.tanks[3, 0] = 250.0  # lasts for the raising, not for the deorbit
    found = fly_resolved(truth, truth, start, one.orders)
    assert found.orbit[0] == REACHED
    assert found.orbit[1] == found.orbit[2] == OutcomeCode.NOT_FOUND
    assert found.unsolved[1:4].all()
    assert not found.unsolved[[0, 4, 5, 6, 7]].any()
    end = found.approach.interface.end
    for burn in (*found.burns, found.deorbit.burn):
        assert np.all(np.isfinite(burn.ignition) & np.isfinite(burn.delta_v))
    assert np.all(np.isfinite(end.position_gcrs) & np.isfinite(end.velocity_gcrs))


@pytest.mark.slow
def test_a_lane_is_the_same_alone(one: Nominal, resolved: Resolved) -> None:
    """What its neighbours do moves nothing of it."""
    pick = np.array([4])
    thrust = THRUST * STRONGER[pick]
    truth = models(one.world, thrust, thrust)
    belief = models(one.world, np.full(1, THRUST), np.full(1, THRUST))
    alone = fly_resolved(truth, belief, separated().take(pick), one.orders)
    end, there = alone.approach.interface.end, resolved.approach.interface.end
    # Searches end together: a lane that is met keeps what it has while the others go on.
    np.testing.assert_allclose(end.position_gcrs[0], there.position_gcrs[4], atol=1e-3)


def test_heights_are_those_of_the_design() -> None:
    earth = world(earth=still_earth())
    assert other_side(earth, separated(lanes=False))[0] == pytest.approx(430e3, abs=1.0)
