"""A guided entry: it reaches its aim, keeps its limits, and flies any law in the same loop."""

from dataclasses import replace
from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from typing_extensions import override

from tests.validation.entry_models import apollo10, earth
from yaan.dynamics.forces import together
from yaan.dynamics.state import State
from yaan.environment.placed import scaled
from yaan.flight import legs
from yaan.flight.legs import Save
from yaan.gnc import constant_bank
from yaan.gnc.base import AbstractEntryGuidance
from yaan.gnc.entry_guidance import Lateral, OpenLoopBank, PredictorCorrector, Relief, SpinUp
from yaan.gnc.entry_prediction import EntryModel, aim_at, air_table
from yaan.gnc.navigation import Estimate
from yaan.gnc.roll import RollLimits
from yaan.gnc.sensing import PerfectSensing
from yaan.motion import Handover, Leg
from yaan.motion.entry import TIMEOUT, coasting_step
from yaan.motion.guided_entry import GuidedEntry, when_due
from yaan.results import OutcomeCode
from yaan.spacetime.zone import distance
from yaan.vehicle import Capsule

LANES = 16
FLOOR = 7315.2  # [m], 24 000 ft
AIM = tuple(np.radians([-15.4121, 194.8501]))
"""The planned target of Apollo 10, as quoted with an open re-flight of its entry."""
ROLL = RollLimits(*np.radians([15.0, 15.0]))
"""Limits of that re-flight [rad/s, rad/s^2]."""
UNTIL = Handover(height=FLOOR)


@cache
def apollo() -> tuple[Any, Capsule, State]:
    """Airs that differ by a tenth, a capsule, starts by km and m/s; the first lane is exact."""
    world = earth()
    module, start = apollo10(world, LANES)
    random = np.random.default_rng(10)
    off = random.standard_normal((2, LANES, 3)) * (np.arange(LANES) > 0)[None, :, None]

    def shifted(v: Any, by: np.ndarray) -> Any:
        return type(v)(v.x + by[:, 0], v.y + by[:, 1], v.z + by[:, 2], v.frame)

    place, motion = shifted(start.position, 2e3 * off[0]), shifted(start.velocity, 3.0 * off[1])
    state = eqx.tree_at(lambda s: (s.position, s.velocity), start, (place, motion))
    denser = 1.0 + 0.1 * random.standard_normal(LANES) * (np.arange(LANES) > 0)
    airs = [scaled(world.atmosphere, jnp.asarray(factor)) for factor in denser]
    worlds = [replace(world, atmosphere=air) for air in airs]
    return together(worlds), jax.tree.map(lambda leaf: np.asarray(leaf)[0], module), state


@cache
def guide() -> PredictorCorrector:
    """The predictor-corrector for Apollo 10, as it was set up there: 5 to 7 deg of dead-band."""
    world, (_, module, _) = earth(), apollo()
    model = EntryModel(
        aim_at(world.earth, AIM[0], AIM[1], 0.0),
        module,
        air_table(world.atmosphere),
        jnp.asarray(FLOOR),
        jnp.asarray(0.0),
    )
    side, limits = Lateral(heading=np.radians(7.0)), Relief(load=10.0)
    return PredictorCorrector(model=model, start_bank=0.0, lateral=side, relief=limits)


def flown(law: AbstractEntryGuidance, lanes: Any = slice(None), save: Save = Save.ENDS) -> Leg:
    """Entries of some lanes by a law."""
    world, module, start = apollo()
    index = np.arange(LANES)[lanes]
    flies = (world.take(index), module, start.take(index))
    return legs.enter_guided(*flies, law, PerfectSensing(), ROLL, until=UNTIL, step=0.5, save=save)


@cache
def guided() -> Leg:
    """All lanes by the predictor-corrector, recorded."""
    return flown(guide(), save=Save.STEPS)


@pytest.mark.slow
def test_apollo_10_is_guided_to_its_target_within_its_limits():
    leg = guided()
    assert np.all(leg.outcome == OutcomeCode.REACHED)
    missed = distance(leg.place.latitude, leg.place.longitude, *AIM)
    assert missed[0] < 1e3  # [m]
    assert np.max(missed) < 10e3
    assert np.max(leg.inner.peak_load) < 10.0
    # What is felt is what was foreseen early on, within a twentieth; the air is another one.
    assert leg.tape is not None
    for lane in (0, 5):
        count = int(leg.tape.count[lane])
        rolling, memory = (
            jax.tree.map(lambda x, i=lane, n=count: np.asarray(x)[i, :n], part)
            for part in (leg.tape.state.rolling, leg.tape.state.guidance)
        )
        assert np.max(np.abs(rolling.rate)) <= float(ROLL.rate) * (1.0 + 1e-9)
        t = np.asarray(leg.tape.t)[lane, :count]
        span = np.diff(t)
        turned = np.abs(np.diff(rolling.rate))[span > 0.0] / span[span > 0.0]
        assert np.max(turned) <= float(ROLL.acceleration) * (1.0 + 1e-6)
        assert np.all(np.isfinite(memory.command))
        assert 1 <= memory.reversals[-1] <= 8
        felt = (memory.felt > 0.1) & (memory.felt < 1.0) & (t - t[0] < 50.0)
        foreseen = float(memory.load[felt][-1])
        assert foreseen == pytest.approx(float(leg.inner.peak_load[lane]), rel=0.05)


@pytest.mark.slow
def test_a_lane_alone_and_in_a_batch_flies_the_same():
    # The others are due at other times, and end sooner or later.
    batch, alone = guided(), flown(guide(), slice(3, 4), Save.STEPS)
    apart = [
        getattr(batch.end.position, axis)[3] - getattr(alone.end.position, axis)[0]
        for axis in ("x", "y", "z")
    ]
    assert np.linalg.norm(apart) < 1e-6  # [m]


@pytest.mark.slow
def test_a_programme_in_the_loop_flies_as_it_does_open_loop():
    # A bank that is held: both fly the same path, but for where their steps end: 20 m at 0.5 s
    # (test_entry.py).
    world, module, start = apollo()
    bank = constant_bank(jnp.full(LANES, 1.0))
    plain = legs.enter(world, module, start, bank, until=UNTIL, step=0.5)
    leg = flown(OpenLoopBank(bank=jax.tree.map(lambda x: x[0], bank)))
    assert np.all(leg.outcome == plain.outcome)
    places = [(x.place.latitude, x.place.longitude) for x in (leg, plain)]
    assert np.max(distance(*places[0], *places[1])) < 20.0
    np.testing.assert_allclose(leg.inner.peak_load, plain.inner.peak_load, rtol=1e-4)
    np.testing.assert_allclose(leg.added.heat_load, plain.added.heat_load, rtol=1e-4)


@pytest.mark.slow
def test_a_spin_falls_as_if_there_were_no_lift():
    # A lift of 0.3 of the drag adds 4.5 % to the load by itself; at a roll of 15 deg/s it turns
    # once in 24 s, half of the pulse of a return from the Moon, and does not average out further
    # than to a tenth. Held up or down it would change the load by more than a third.
    world, module, start = apollo()
    bare = Capsule(**{**vars(module), "lift": 0.0 * np.asarray(module.lift)})
    bank = constant_bank(jnp.zeros(LANES))
    ballistic = legs.enter(world, bare, start, bank, until=UNTIL, step=0.5)
    leg = flown(SpinUp(rate=float(ROLL.rate)))
    np.testing.assert_allclose(leg.inner.peak_load, ballistic.inner.peak_load, rtol=0.15)


class SideToSide(AbstractEntryGuidance):
    """A law of a user's own."""

    period: Any = 20.0
    sick: Any = np.inf

    @override
    def start(self, estimate: Estimate) -> Any:
        return 1.0

    @override
    def update(self, estimate: Estimate, bank: Any, memory: Any) -> Any:
        return -memory

    @override
    def command(self, estimate: Estimate, memory: Any) -> Any:
        return jnp.where(estimate.t > self.sick, jnp.nan, 1.2 * memory)


@pytest.mark.slow
def test_a_law_of_a_users_own_flies_and_what_is_no_number_is_not_followed():
    leg = flown(SideToSide(), save=Save.STEPS)
    assert np.all(leg.outcome == OutcomeCode.REACHED)
    assert leg.tape is not None
    t, banks = (np.asarray(x)[0] for x in (leg.tape.t, leg.tape.state.rolling.command))
    for since, bank in ((10.0, 1.2), (30.0, -1.2), (50.0, 1.2)):
        assert banks[np.argmin(np.abs(t - since))] == pytest.approx(bank)
    assert np.all(leg.inner.unheard == 0.0)
    sick = flown(SideToSide(sick=45.0), save=Save.STEPS)
    assert np.all(sick.outcome == OutcomeCode.REACHED)
    assert np.all(sick.inner.unheard > 0.0)
    np.testing.assert_allclose(sick.inner.rolling.angle, 1.2)


def test_an_update_that_no_lane_is_due_for_is_not_computed():
    # One conditional for the whole batch, and no select over both sides.
    def once(due: jax.Array, x: jax.Array) -> jax.Array:
        return when_due(due, jnp.sin, x, x)

    due, x = jnp.asarray([True, False, False]), jnp.asarray([1.0, 2.0, 3.0])
    traced = jax.make_jaxpr(jax.vmap(once))(due, x)
    conditions = [e for e in traced.jaxpr.eqns if "sin" in str(e)]
    assert [str(e.primitive) for e in conditions] == ["cond"]
    assert conditions[0].invars[0].aval.shape == ()
    np.testing.assert_allclose(jax.jit(jax.vmap(once))(due, x), [np.sin(1.0), 2.0, 3.0])
    assert float(once(jnp.asarray(True), jnp.asarray(1.0))) == pytest.approx(np.sin(1.0))


def test_nothing_in_the_loop_calls_the_host():
    world, module, start = apollo()
    lanes = legs.in_lanes
    motion = GuidedEntry(
        world,
        lanes(module),
        lanes(guide()),
        PerfectSensing(),
        lanes(ROLL),
        start.t,
        lanes(UNTIL),
        np.full(LANES, 0.5),
        coasting_step(np.ones(LANES)),
    )

    def entered(motion: GuidedEntry, start: State) -> Leg:
        from yaan.motion import fly

        return fly(motion, start, stop=start.t + TIMEOUT, step=motion.coast)

    text = str(jax.make_jaxpr(entered)(motion, start))
    assert "while" in text
    assert "callback" not in text
