"""A lifting entry that is guided: a navigator, a law, and a roll that follows its command.

The point entry of `motion.entry` with its bank closed in a loop. After each step the navigator
sees the truth; at the law's period the law is updated with an estimate; after each step it is
asked for a bank, to which the capsule rolls with limited rate and acceleration (`gnc.roll`).
Guidance, navigation and roll are part of what is integrated: they are recorded and handed on.

Ignores: the motion about the trim angle, thrusters and their propellant, the law's own computing
time, mass lost by ablation.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PyTree
from typing_extensions import override

from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.base.model import Model
from yaan.dynamics.accuracy import POSITION, VELOCITY
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.method import RK4, AbstractMethod
from yaan.dynamics.peaks import first_peaks, higher
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Arrival
from yaan.dynamics.state import State, Sums, nothing_added
from yaan.gnc.base import AbstractEntryGuidance
from yaan.gnc.navigation import AbstractNavigator, Estimate, Truth
from yaan.gnc.roll import Rolling, RollLimits, at_rest
from yaan.motion.base import AbstractMotion
from yaan.motion.entry import (
    AIR,
    STEP,
    TURN,
    Entering,
    Handover,
    Meeting,
    has_sunk,
    leaving,
    meeting,
    meeting_row,
    outcome_of,
)
from yaan.motion.row import Row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import Vector
from yaan.vehicle.capsule import Capsule

_NOW = 1e-9  # [s] an update that is due within this is due


class Carried(eqx.Module):
    """What a guided entry hands on as the `memory` of a state."""

    guidance: PyTree
    navigation: PyTree
    rolling: Rolling


class GuidedEntering(eqx.Module):
    """What is integrated, and what is remembered."""

    point: Entering
    rolling: Rolling
    guidance: PyTree
    """Memory of the law."""
    navigation: PyTree
    """Memory of the navigator."""
    due: Float[Array, "*lanes"]
    """When the law is updated next [s]."""
    unheard: Float[Array, "*lanes"]
    """Commands that were not finite, the first and those after each step: the one before went on,
    and a bank of zero at first."""

    @property
    def peak_load(self) -> Float[Array, "*lanes"]:
        """Largest load so far, in standard gravities."""
        return self.point.peak_load

    @property
    def heat_load(self) -> Float[Array, "*lanes"]:
        """Heat flux at the stagnation point over time so far [J/m^2]."""
        return self.point.heat_load

    @property
    def peak_flux(self) -> Float[Array, "*lanes"]:
        """Largest heat flux at the stagnation point so far [W/m^2]."""
        return self.point.peak_flux


class GuidedEntry(AbstractMotion):
    """As `motion.entry.Entry`, banked by a law.

    Steps end on the law's updates, and are short where it rolls fast.
    """

    about: ClassVar[Model] = Model(
        name="entry",
        text="point mass at trim angle, lift turned by a guidance law through a roll of limited "
        "rate and acceleration; Sutton-Graves flux",
        ignores="motion about trim, thrusters, rarefied flow, radiation, ablation",
    )

    world: World
    capsule: Capsule
    guidance: AbstractEntryGuidance
    navigator: AbstractNavigator
    limits: RollLimits
    start: Float[Any, "*lanes"]  # [s]
    until: Handover
    step: Float[Any, "*lanes"]  # [s]
    coast: Float[Any, "*lanes"]  # [s]

    most_steps: ClassVar[int] = 400_000

    @override
    def method(self) -> AbstractMethod:
        return RK4

    @override
    def begin(self, state: State) -> GuidedEntering:
        """Where the entry before handed on what it remembered, navigation and roll go on."""
        t, still = state.t, jnp.zeros_like(state.t)
        carried = state.memory if isinstance(state.memory, Carried) else None
        held = at_rest(t, still)
        rolling = held if carried is None else carried.rolling
        nothing = first_peaks(t, jnp.stack([still, still]))
        point = Entering(state.position, state.velocity, still, still, nothing)
        now = self._meeting(t, point, rolling)
        known = None if carried is None else carried.navigation
        navigation = self.navigator.start(self._truth(t, point, now), known)
        estimate = self._estimate(t, point, navigation)
        memory = jax.tree.map(_floating, self.guidance.start(estimate))
        unheard = still
        if carried is None:
            asked = self.guidance.command(estimate, memory)
            rolling = at_rest(t, asked)
            unheard = jnp.where(jnp.isfinite(asked), still, 1.0)
        load = now.sensed.norm() / STANDARD_GRAVITY
        felt = first_peaks(t, jnp.stack([load, now.flux]))
        point = eqx.tree_at(lambda s: s.peaks, point, felt)
        due = t + self.guidance.period
        return GuidedEntering(point, rolling, memory, navigation, due, unheard)

    @override
    def evaluate(self, t: Array, inner: GuidedEntering) -> tuple[GuidedEntering, Array]:
        point = inner.point
        now = self._meeting(t, point, inner.rolling)
        rate = eqx.tree_at(
            lambda s: (s.point.position, s.point.velocity, s.point.heat_load),
            jax.tree.map(jnp.zeros_like, inner),
            (point.velocity, now.around.gravity + now.sensed, now.flux),
        )
        height = now.around.place.height
        load = now.sensed.norm() / STANDARD_GRAVITY
        rise = now.around.stream.dot(now.around.up)
        elapsed = t - self.start
        end = self.until.due(elapsed, height, now.speed, rise, self.world.ground)
        # The last three end nothing: the events carry them to `switch`, free of an evaluation.
        left = leaving(point.sunk, height)
        return rate, jnp.stack([end, left, height, load, now.flux])

    @override
    def switch(
        self, t: Array, inner: GuidedEntering, events: Array, fired: Array
    ) -> GuidedEntering:
        del fired
        was = inner.point
        sunk = has_sunk(was.sunk, events[2], was.position.dot(was.velocity))
        peaks = higher(t, was.peaks, events[3:])
        point = Entering(was.position, was.velocity, was.heat_load, sunk, peaks)
        truth = self._truth(t, point, self._meeting(t, point, inner.rolling))
        navigation = self.navigator.update(truth, inner.navigation)
        bank, _ = inner.rolling.at(t, self.limits)
        due = t >= inner.due - _NOW
        memory = when_due(
            due, _updated, (self, t, point, navigation, bank, inner.guidance), inner.guidance
        )
        estimate = self._estimate(t, point, navigation)

        def asked(time: Array) -> Array:
            then = eqx.tree_at(lambda e: e.t, estimate, time)
            return self.guidance.command(then, memory)

        command, command_rate = jax.jvp(asked, (t,), (jnp.ones_like(t),))
        heard = jnp.isfinite(command) & jnp.isfinite(command_rate)
        return GuidedEntering(
            point=point,
            rolling=inner.rolling.told(t, command, command_rate, self.limits),
            guidance=memory,
            navigation=navigation,
            due=jnp.where(due, t + self.guidance.period, inner.due),
            unheard=inner.unheard + jnp.where(heard, 0.0, 1.0),
        )

    @override
    def deadline(self, t: Array, inner: GuidedEntering) -> Array:
        in_air = inner.point.position.norm() < EARTH_RADIUS + AIR
        rolling = inner.rolling
        fastest = jnp.maximum(jnp.abs(rolling.rate), jnp.abs(rolling.command_rate))
        step = self.step / jnp.maximum(fastest * STEP / TURN, 1.0)
        return jnp.minimum(t + jnp.where(in_air, step, self.coast), inner.due)

    @override
    def possible(self, t: Array, inner: GuidedEntering, begun: Array) -> Array:
        del t
        return can_be(inner.point.position, inner.point.velocity, self.world.mu, begun)

    @override
    def ending(self) -> Array:
        return jnp.asarray([True, True, False, False, False])

    @override
    def switching(self) -> tuple[bool, ...]:
        return (False,) * 5

    @override
    def judged(self, inner: GuidedEntering) -> tuple[tuple[Vector, ...], tuple[float, ...]]:
        return (inner.point.position, inner.point.velocity), (POSITION, VELOCITY)

    @override
    def outcome(self, arrival: Arrival, stop: Array) -> Array:
        del stop
        return outcome_of(arrival, ((1, OutcomeCode.SKIPPED_OUT), (0, OutcomeCode.REACHED)))

    @override
    def end(self, t: Array, inner: GuidedEntering, start: State) -> State:
        carried = Carried(inner.guidance, inner.navigation, inner.rolling)
        moved = (t, inner.point.position, inner.point.velocity, carried)
        return eqx.tree_at(
            lambda s: (s.t, s.position, s.velocity, s.memory),
            start,
            moved,
            is_leaf=lambda x: x is None,
        )

    @override
    def added(self, inner: GuidedEntering) -> Sums:
        nothing = nothing_added(inner.point.heat_load)
        return eqx.tree_at(lambda s: s.heat_load, nothing, inner.point.heat_load)

    @override
    def row(self, t: Array, inner: GuidedEntering) -> Row:
        now = self._meeting(t, inner.point, inner.rolling)
        commanded = inner.rolling.commanded(t)
        return meeting_row(now, self.capsule, inner.point, bank_commanded=commanded)

    def estimate(self, t: Array, inner: GuidedEntering) -> Estimate:
        """What the navigator believes at an instant."""
        return self._estimate(t, inner.point, inner.navigation)

    def updated(
        self, t: Array, point: Entering, navigation: PyTree, bank: Array, memory: PyTree
    ) -> PyTree:
        """What the law remembers after an update."""
        estimate = self._estimate(t, point, navigation)
        return self.guidance.update(estimate, bank, memory)

    def _meeting(self, t: Array, point: Entering, rolling: Rolling) -> Meeting:
        bank, _ = rolling.at(t, self.limits)
        return meeting(self.world, self.capsule, t, (point.position, point.velocity), bank)

    def _truth(self, t: Array, point: Entering, now: Meeting) -> Truth:
        return Truth(t, point.position, point.velocity, now.sensed, now.around)

    def _estimate(self, t: Array, point: Entering, navigation: PyTree) -> Estimate:
        around = surroundings(self.world, t, point.position, point.velocity)
        return self.navigator.estimate(t, point.position, point.velocity, around, navigation)


_Operand = tuple[GuidedEntry, Array, Entering, PyTree, Array, PyTree]


def _updated(operand: _Operand) -> PyTree:
    motion, t, point, navigation, bank, memory = operand
    return motion.updated(t, point, navigation, bank, memory)


def when_due(
    due: Bool[Array, ""], function: Callable[[Any], PyTree], operand: PyTree, otherwise: PyTree
) -> PyTree:
    """`function(operand)` where it is `due`, else `otherwise`; of one lane.

    A batch computes it for all lanes where any is due, and else not at all: under `vmap` a plain
    `lax.cond` would compute it at every step. `function` may close over nothing that has lanes.
    """

    @jax.custom_batching.custom_vmap
    def chosen(due: Array, operand: PyTree, otherwise: PyTree) -> PyTree:
        return jax.lax.cond(due, lambda: _like(function(operand), otherwise), lambda: otherwise)

    @chosen.def_vmap
    def _(  # pyright: ignore[reportUnusedFunction] - the decorator keeps it
        size: int, batched: Any, due: Array, operand: PyTree, otherwise: PyTree
    ) -> tuple[PyTree, PyTree]:
        lanes = tuple(
            jax.tree.map(lambda x, has: x if has else _repeated(x, size), values, marks)
            for values, marks in zip((due, otherwise), (batched[0], batched[2]), strict=True)
        )
        some, before = lanes
        axes = jax.tree.map(lambda has: 0 if has else None, batched[1])

        def all_of_them() -> PyTree:
            new = jax.vmap(function, in_axes=(axes,), axis_size=size)(operand)

            def one(a: Array, b: Array) -> Array:
                return jnp.where(jnp.reshape(some, (size,) + (1,) * (b.ndim - 1)), a, b)

            return jax.tree.map(one, _like(new, before), before)

        found = jax.lax.cond(jnp.any(some), all_of_them, lambda: before)
        return found, jax.tree.map(lambda _: True, before)

    return chosen(due, operand, otherwise)


def _repeated(x: Any, size: int) -> Array:
    return jnp.broadcast_to(x, (size, *jnp.shape(x)))


def _like(new: PyTree, old: PyTree) -> PyTree:
    """A law's memory in the types that it had."""
    return jax.tree.map(lambda a, b: jnp.asarray(a, dtype=jnp.asarray(b).dtype), new, old)


def _floating(x: Any) -> Array:
    return jnp.asarray(x, dtype=float)
