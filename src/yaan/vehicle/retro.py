"""Engines that burn under canopies, as those of a soft landing on land in its last second.

They are lit as a leg begins, and burn until they run dry or the leg ends; the next one may have
them burn on. Thrust is that
of `propulsion.engine`, along the line of the risers as it was when they were lit: against the air
stream, up in still air. It does not turn afterwards, so that an engine that stops the fall and
goes on pushes the body up again.

A line cannot push: a body that rises towards its canopies is carried by none of them until it
falls again.

Ignores: that canopies unload and collapse as the body slows down under them (they are taken to
carry what their area and the air speed tell, which at soft landings is little beside the thrust:
some percent after half of the speed is gone), the time that they need to fill again, the attitude
and its swing, the plume on the ground and on the canopies.

All functions are of one lane.
"""

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.propulsion.engine import Engines
from yaan.spacetime.frame import Vector, where

_DREGS = 1e-7  # [kg] left by rounding where a thrust curve burns exactly what is loaded
_STILL = 1e-3  # [m/s] of air stream, below which its direction fades into the vertical


class Burning(eqx.Module):
    """What engines have burnt, and the instants that switch them."""

    propellant: Float[Array, "*lanes engines"]  # [kg]
    ignition: Float[Array, "*lanes engines"]  # [s], infinite: not lit
    cut_off: Float[Array, "*lanes engines"]  # [s], infinite before
    ideal: Float[Array, "*lanes"]
    """Integral of vacuum thrust over mass [m/s]."""
    axis: Vector
    """Of the thrust, GCRS."""
    stopped: Float[Array, "*lanes"]
    """When the fall first stopped above the ground [s], infinite before."""
    stopped_height: Float[Array, "*lanes"]  # [m]


class Retro(eqx.Module):
    """Engines that a leg lights as it begins, one entry each on the first axis of a lane."""

    about: ClassVar[Model] = Model(
        name="retro",
        text="thrust by curve less back pressure, along the risers as they were at ignition",
        ignores="canopies that unload and collapse, attitude and its swing, the plume",
    )

    engines: Engines
    ignite: Bool[Any, "*lanes engines"] = eqx.field(converter=held)
    """Which of them are lit; one whose tank is empty does not burn."""
    tank: Int[Any, "*lanes engines"] = eqx.field(converter=held)
    """Which column of `State.tanks` each burns from; no two the same."""
    before: Burning | None = None
    """Of the leg before, the `burning` of its inner state: what it lit burns on in this one."""


class Push(eqx.Module):
    """What all engines do at an instant."""

    thrust: Float[Array, ""]
    """Less the back pressure [N]."""
    vacuum: Float[Array, ""]  # [N]
    flow: Float[Array, " engines"]  # [kg/s]


def risers(stream: Vector, up: Vector) -> Vector:
    """The line to the canopies: against the `stream` [m/s], up where there is none."""
    along = up * _STILL - stream
    return along / along.norm()


def lit(t: Array, retro: Retro, tanks: Float[Array, " tanks"], axis: Vector) -> Burning:
    """Engines as a leg begins at `t` [s]."""
    propellant, before = tanks[retro.tank], retro.before
    never, zero = jnp.full_like(propellant, jnp.inf), jnp.zeros_like(t)
    ignite = retro.ignite & (propellant > _DREGS)
    ignition = jnp.where(ignite, t + retro.engines.ignition_delay, never)
    fresh = Burning(propellant, ignition, never, zero, axis, zero + jnp.inf, zero + jnp.inf)
    if before is None:
        return fresh
    burnt = jnp.isfinite(before.ignition)
    return Burning(
        propellant,
        jnp.where(burnt, before.ignition, ignition),
        jnp.where(burnt, before.cut_off, never),
        zero,
        where(jnp.any(burnt), before.axis, axis),
        before.stopped,
        before.stopped_height,
    )


def push(t: Array, pressure: Array, burning: Burning, retro: Retro) -> Push:
    """Thrust and flow at `t` [s] under ambient `pressure` [Pa]."""
    # Running dry is an event that sets the cut-off: a thrust that died in a step would hide when.
    fed = (burning.propellant > 0.0) | (t < burning.cut_off)
    lit = (burning.ignition, burning.cut_off)
    firing = retro.engines.fire(t, pressure, *lit, fed, burning.propellant)
    vacuum = jnp.sum(firing.vacuum_thrust)
    return Push(vacuum - jnp.sum(firing.back_pressure), vacuum, firing.flow)


def rate(burning: Burning, push: Push, mass: Array) -> Burning:
    """How fast all of it changes, with `mass` [kg] of the whole body."""
    still = jnp.zeros_like(burning.ignition)
    nothing = jnp.zeros_like(mass)
    axis = burning.axis * 0.0
    return Burning(-push.flow, still, still, push.vacuum / mass, axis, nothing, nothing)


def taut(t: Array, burning: Burning, stream: Vector, up: Vector) -> Any:
    """One, or zero where a body that its engines have stopped rises towards its canopies."""
    lit = jnp.any(t >= burning.ignition)
    towards = (stream.dot(burning.axis) > 0.0) & (burning.axis.dot(up) > 0.0)
    return jnp.where(lit & towards, 0.0, 1.0)


def events(t: Array, burning: Burning, sink: Array) -> Float[Array, " events"]:
    """Rise through zero as engines run dry, and as the fall stops; `sink` is downwards [m/s]."""
    burns = (t >= burning.ignition) & (t < burning.cut_off)
    dry = jnp.where(burns, (_DREGS - burning.propellant) * 1e-3, -1.0)
    # Every stop is landed on: a body between two steps might else be below the ground unseen.
    lit = jnp.any(t >= burning.ignition)
    return jnp.append(dry, jnp.where(lit, -sink * 1e-2, -1.0))


def switched(t: Array, burning: Burning, fired: Bool[Array, " events"], height: Array) -> Burning:
    """The engines after those of the `events` that `fired`, at a `height` [m]."""
    dry, first = fired[:-1], fired[-1] & jnp.isinf(burning.stopped)
    return eqx.tree_at(
        lambda b: (b.propellant, b.cut_off, b.stopped, b.stopped_height),
        burning,
        (
            jnp.where(dry, 0.0, burning.propellant),
            jnp.where(dry, t, burning.cut_off),
            jnp.where(first, t, burning.stopped),
            jnp.where(first, height, burning.stopped_height),
        ),
    )


def burns(t: Array, burning: Burning, retro: Retro) -> Bool[Array, ""]:
    """Whether any engine is lit, burns or fades."""
    over = burning.cut_off + retro.engines.tail_off
    return jnp.any(jnp.isfinite(burning.ignition) & (t < over))


def deadline(t: Array, burning: Burning, retro: Retro) -> Float[Array, ""]:
    """The next instant at which a thrust has a kink [s]."""
    return retro.engines.next_kink(t, burning.ignition, burning.cut_off)
