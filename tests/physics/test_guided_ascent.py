"""An ascent of which each phase flies a law of its own, turned no faster than a rate."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, PyTree
from typing_extensions import override

from tests.physics.rockets import launcher, pad, phases, stacked, steering, world
from yaan.flight.start import OnPad
from yaan.gnc import AbstractGuidance, Command, Estimate, Law
from yaan.gnc.powered import tilted
from yaan.gnc.speed_table import table_of
from yaan.gnc.steered import Part, ascent_memory, turn_rate
from yaan.motion.guided_ascent import AscentGuide, WhileAboard, by_law
from yaan.motion.powered import ascend
from yaan.results.outcome import OutcomeCode

RATE = np.radians(2.0)  # [rad/s]
FIRST = {"propellant": 60_000.0, "dry": 5_000.0, "thrust": 1.6e6, "isp": 300.0}
SECOND = {"propellant": 15_000.0, "dry": 2_000.0, "thrust": 1.5e5, "isp": 400.0}
ONE, TWO = np.array([True, False]), np.array([False, True])
PLAN = (
    {"ignite": ONE, "duration": 40.0, "law": Law.GRAVITY_TURN, "step": 0.5},
    {"duration": 60.0, "law": Law.GRAVITY_TURN},
    {"ignite": TWO, "stages_aboard": TWO, "duration": 60.0, "law": Law.LINEAR_TANGENT},
    {"stages_aboard": TWO, "duration": 30.0, "law": Law.LINEAR_TANGENT},
)


class Level(AbstractGuidance):
    """Asks for the horizon towards the south, and counts its updates every 2 s."""

    @override
    def start(self, t: Array, memory: dict[str, Array]) -> PyTree:
        return memory | {"due": t}

    @override
    def update(self, look: Callable[[], Estimate], memory: dict[str, Array]) -> PyTree:
        t = look().t
        due = t >= memory["due"] - 1e-9
        next_one = jnp.where(due, t + 2.0, memory["due"])
        return {"due": next_one, "updates": memory["updates"] + jnp.where(due, 1.0, 0.0)}

    @override
    def finish(self, t: Array, memory: dict[str, Array]) -> PyTree:
        return memory

    @override
    def command(self, estimate: Estimate, memory: dict[str, Array]) -> Command:
        return Command(tilted(estimate, jnp.asarray(np.pi), jnp.asarray(np.pi / 2)))

    @override
    def deadline(self, t: Array, memory: dict[str, Array]) -> Array:
        return jnp.maximum(memory["due"], t)


def explicit(*told: Any) -> AbstractGuidance:
    del told
    return Level()


def test_parts_are_told_by_the_law_of_a_phase_or_by_what_is_aboard():
    plan = phases(*PLAN, stages=2)
    laws = by_law({Law.GRAVITY_TURN: Part.TABLE, Law.LINEAR_TANGENT: Part.EXPLICIT})
    boosted = WhileAboard(jnp.asarray(ONE), int(Part.LAWS), int(Part.EXPLICIT))
    for told, first in ((laws, Part.TABLE), (boosted, Part.LAWS)):
        found = jax.vmap(told)(plan)
        np.testing.assert_array_equal(found, [first, first, Part.EXPLICIT, Part.EXPLICIT])


@pytest.mark.slow
def test_the_axis_goes_on_from_phase_to_phase_at_its_rate():
    part = WhileAboard(jnp.asarray(ONE), int(Part.TABLE), int(Part.EXPLICIT))
    table = table_of([0.0, 100.0, 1500.0], [np.pi / 2, 1.5, 0.7], [1.4, 1.4, 1.4])
    guide = AscentGuide(part, table=table, rate=turn_rate(RATE), explicit=explicit)
    lane = (launcher(FIRST, SECOND, payload=3e3), phases(*PLAN, stages=2), steering(), pad(0.2))
    vehicle, plan, constants, site = stacked(lane, lane)
    start = jax.vmap(lambda p, loads: OnPad(p).state(world(), loads))(site, vehicle.propellant)
    own = {"due": start.t + jnp.inf, "updates": start.t * 0.0}
    begun = ascent_memory(start.t, table=True, rate=True, explicit=own)
    start = eqx.tree_at(lambda s: s.memory, start, begun, is_leaf=lambda x: x is None)
    arrays, rest = eqx.partition(guide, eqx.is_array)
    legs, tape = eqx.filter_jit(ascend)(
        *(world(), vehicle, plan, constants, start),
        guide=eqx.combine(stacked(arrays, arrays), rest),
        rows=1024,
    )
    assert np.all(np.asarray(legs.outcome) == OutcomeCode.REACHED)
    # The explicit law: every 2 s in its two phases of 90 s, and as each begins.
    updates = np.asarray(legs.inner.memory.inner.explicit["updates"])
    np.testing.assert_array_equal(updates[:2], 0.0)
    assert np.all((updates[-1] >= 44) & (updates[-1] <= 47))
    assert tape is not None
    count = int(tape.count[0])
    turning = tape.state.memory
    axis = np.stack([np.asarray(getattr(turning.axis, x))[0, :count] for x in "xyz"], axis=-1)
    t = np.asarray(tape.t)[0, :count]
    apart = np.arctan2(
        np.linalg.norm(np.cross(axis[1:], axis[:-1]), axis=1), np.sum(axis[1:] * axis[:-1], axis=1)
    )
    moved = np.isfinite(np.asarray(turning.time)[0, :count][:-1])
    assert np.all(apart[moved] <= RATE * np.diff(t)[moved] + 1e-12)
    # From 0.9 rad above the horizon in the east to the south it is more than a step could do.
    turn = (t[1:] > 100.0) & (t[1:] < 120.0) & (np.diff(t) > 0.0)
    np.testing.assert_allclose(apart[turn], RATE * np.diff(t)[turn], rtol=1e-9)
    # Both lanes are one flight.
    for leaf in jax.tree.leaves(legs.inner):
        np.testing.assert_allclose(leaf[:, 0], leaf[:, 1], rtol=1e-12)
