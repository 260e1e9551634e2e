"""Atmospheric ascent: attitude against speed, load relief, rate limits, and who guides which phase.

What a launch flies in the air is designed beforehand, since guidance that answers every error with
an angle of attack would load the vehicle where the air is dense. Small laws are put together:

- `Steered`: the designed attitude, read by the speed against the Earth instead of by the time, so
  that with more or less thrust than was designed the vehicle flies the designed path;
- `Relieved`: another law whose axis is turned towards the stream where dynamic pressure times the
  total angle of attack, q alpha, would exceed a limit;
- `Limited`: another law whose axis turns no faster than a rate: the pseudo-attitude of a point;
- `Parts`: the laws of the file, the table, or an explicit law, as each phase says.

`ascent_guidance` puts them in this order: what is chosen is relieved, what is relieved is limited.
"""

import enum
from collections.abc import Callable
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PyTree
from typing_extensions import override

from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.base.tables import Table
from yaan.base.trigonometry import sincos
from yaan.environment.atmosphere import load_standard_atmosphere
from yaan.environment.wind import TableWind
from yaan.gnc.base import AbstractGuidance, Command
from yaan.gnc.navigation import Estimate
from yaan.gnc.powered import Memory, OpenLoop, no_memory
from yaan.gnc.speed_table import SpeedTable
from yaan.spacetime.earth import WGS84
from yaan.spacetime.frame import Frame, Vector, where

_TINY = 1e-16  # sine squared of an angle below which a plane is not defined by its two sides
_SQUARE = 1e-30  # keeps the slope of a square root finite
_HEIGHTS = [
    -1,
    0,
    2,
    4,
    6,
    8,
    9.5,
    11,
    12.5,
    14,
    17,
    20,
    24,
    28,
    32,
    37,
    42,
    47,
    53,
    59,
    66,
    73,
    80,
]
"""Knots of the table of density [km]: within 0.2 % of the standard below 20 km, 1.3 % above."""


def turned(start: Vector, aim: Vector, angle: Float[Array, ""]) -> Vector:
    """The unit vector `start` turned by `angle` [rad] towards the unit vector `aim`.

    Along the great circle through both, the short way. Of opposite ones any circle serves, and one
    is taken; of equal ones too, so that the caller turns by no angle there.
    """
    side = aim - start * start.dot(aim)
    square = side.dot(side)
    defined = square > _TINY
    # Any direction across: that of the coordinate axis which is not along it.
    zero = jnp.zeros_like(start.x)
    along_x = jnp.abs(start.x) > 0.8
    other = where(along_x, Vector(zero, zero + 1.0, zero, start.frame), _x_of(start))
    across = where(defined, side / jnp.sqrt(jnp.where(defined, square, 1.0)), start.cross(other))
    # Once more, since of almost opposite sides rounding leaves a part along.
    across = (across - start * start.dot(across)).unit()
    sine, cosine = sincos(angle)
    return start * cosine + across * sine


def _x_of(like: Vector) -> Vector:
    zero = jnp.zeros_like(like.x)
    return Vector(zero + 1.0, zero, zero, like.frame)


def angle_between(first: Vector, second: Vector) -> Float[Array, "*batch"]:
    """From 0 to pi [rad], of two unit vectors; exact to rounding at both ends."""
    across = first.cross(second)
    return jnp.arctan2(jnp.sqrt(across.dot(across) + _SQUARE), first.dot(second))


class Fastest(eqx.Module):
    """What a law by speed remembers."""

    speed: Float[Array, "*lanes"]
    """The highest so far [m/s]: while it does not rise, what was commanded last holds."""


class Steered(AbstractGuidance):
    """The attitude of a table, by the estimated speed against the Earth.

    Speed is a measure of how far the ascent has come that thrust cannot shift against the path: at
    the same speed a flight with 3 % less thrust is where the designed one was, a little later.
    Source: none; a table of attitude by velocity is what launchers have flown open loop.
    """

    about: ClassVar[Model] = Model(
        name="steering",
        text="attitude by a table against speed over the Earth",
        ignores="where the vehicle is: errors of the path are not steered out",
    )

    table: SpeedTable

    @override
    def start(self, t: Array, memory: Fastest) -> Fastest:
        del t
        return memory

    @override
    def update(self, look: Callable[[], Estimate], memory: Fastest) -> Fastest:
        return Fastest(self._speed(look(), memory))

    @override
    def finish(self, t: Array, memory: Fastest) -> Fastest:
        del t
        return memory

    @override
    def command(self, estimate: Estimate, memory: Fastest) -> Command:
        return Command(self.table.at(self._speed(estimate, memory), estimate))

    @override
    def deadline(self, t: Array, memory: Fastest) -> Array:
        del memory
        return jnp.full_like(t, jnp.inf)

    @override
    def cut_off(self, memory: Fastest) -> Array:
        return jnp.full_like(memory.speed, jnp.inf)

    def _speed(self, estimate: Estimate, memory: Fastest) -> Array:
        v = estimate.relative
        return jnp.maximum(memory.speed, jnp.sqrt(v.dot(v) + _SQUARE))


class Relief(eqx.Module):
    """A limit on dynamic pressure times total angle of attack, on what is commanded.

    Below `fraction` of the limit nothing is changed; above it the angle of attack of the command is
    bent towards the limit, which it approaches and does not exceed:

        x' = f + (1 - f) tanh((x - f) / (1 - f)),    x = q alpha / limit, f the fraction,

    with a continuous slope at f. The axis turns in the plane of axis and stream. The density is
    that of a standard by the estimated height. The stream is that of the estimate, or, with `wind`,
    that which the wind makes that was loaded before launch: then what differs from it on the day is
    not relieved.

    Ignores: gusts shorter than a step, and that a vehicle which turns takes time (`Limited`).
    Valid: up to 80 km, above which no air is left in its table. Made by `load_relief`.
    Source: none; the form is ours.
    """

    limit: Float[Any, ""] = eqx.field(converter=held)  # [Pa rad]
    fraction: Float[Any, ""] = eqx.field(converter=held)
    density: Table
    """Natural logarithm of the density [kg/m^3] against height [m]."""
    wind: TableWind | None = None

    def relieved(self, axis: Vector, estimate: Estimate) -> Vector:
        """The axis with its angle of attack limited; the same where the limit is far."""
        stream, pressure = self.pressure(estimate)
        speed = stream.norm()
        still = speed < 1e-3  # [m/s]
        ahead = where(still, axis, stream / jnp.where(still, 1.0, speed))
        angle = angle_between(ahead, axis)
        x, f = pressure * angle / self.limit, self.fraction
        bent = f + (1.0 - f) * jnp.tanh((x - f) / (1.0 - f))
        acts = (x > f) & ~still
        wanted = angle * bent / jnp.where(acts, x, 1.0)
        return where(acts, turned(ahead, axis, jnp.where(acts, wanted, 0.0)), axis)

    def pressure(self, estimate: Estimate) -> tuple[Vector, Float[Array, ""]]:
        """The stream [m/s, GCRS] and the dynamic pressure [Pa] that the law believes in."""
        height, stream = height_of(estimate), estimate.stream
        if self.wind is not None:
            east, north = self.wind.at(height)
            stream = estimate.relative - estimate.east * east - estimate.north * north
        stream = stream + estimate.up * 1e-9
        air = jnp.where(height > self.density.nodes[-1], 0.0, jnp.exp(self.density(height)))
        return stream, 0.5 * air * stream.dot(stream)


def height_of(estimate: Estimate) -> Float[Array, ""]:
    """Geodetic height of an estimate [m], by its local vertical.

    With r the place, n the vertical and b its latitude, r . n = a sqrt(1 - e^2 sin^2 b) + h. The
    latitude is taken against the z axis of GCRS, which is out by less than 0.2 deg until 2050: up
    to 40 m of height, 0.6 % of a density.
    """
    flat = WGS84.eccentricity2 * estimate.up.z**2
    foot = WGS84.equatorial_radius * jnp.sqrt(1.0 - flat)
    return estimate.position.dot(estimate.up) - foot


def load_relief(limit: float, fraction: float = 0.8, wind: TableWind | None = None) -> Relief:
    """A relief of a `limit` [Pa rad] from a `fraction` of it on; host.

    Raises:
        ValueError: a limit that is not above zero, or a fraction that is not from 0 to below 1.
    """
    if not (np.isfinite(limit) and limit > 0.0):
        raise ValueError(f"load relief: the limit must be above 0 Pa rad, not {limit:g}")
    if not 0.0 <= fraction < 1.0:
        raise ValueError(f"load relief: the fraction must be from 0 to below 1, not {fraction:g}")
    heights = np.array(_HEIGHTS) * 1e3
    density = np.log(np.asarray(load_standard_atmosphere().at(jnp.asarray(heights)).density))
    return Relief(limit, fraction, Table(heights, density), wind)


class Relieved(AbstractGuidance):
    """Another law with its load relieved; it remembers what that one does."""

    about: ClassVar[Model] = Model(
        name="steering",
        text="another law, turned towards the stream where q alpha nears a limit",
        ignores="gusts shorter than a step",
    )

    inner: AbstractGuidance
    relief: Relief

    @override
    def start(self, t: Array, memory: PyTree) -> PyTree:
        return self.inner.start(t, memory)

    @override
    def update(self, look: Callable[[], Estimate], memory: PyTree) -> PyTree:
        return self.inner.update(look, memory)

    @override
    def finish(self, t: Array, memory: PyTree) -> PyTree:
        return self.inner.finish(t, memory)

    @override
    def command(self, estimate: Estimate, memory: PyTree) -> Command:
        axis = self.inner.command(estimate, memory).axis
        return Command(self.relief.relieved(axis, estimate))

    @override
    def deadline(self, t: Array, memory: PyTree) -> Array:
        return self.inner.deadline(t, memory)

    @override
    def cut_off(self, memory: PyTree) -> Array:
        return self.inner.cut_off(memory)


class Turning(eqx.Module):
    """What a limit on the rate remembers."""

    axis: Vector
    """What was commanded last, GCRS."""
    time: Float[Array, "*lanes"]
    """When [s]; minus infinity before anything was: the first command is free."""
    inner: PyTree
    """Of the law that is limited."""


class Limited(AbstractGuidance):
    """Another law whose axis turns no faster than a rate: the pseudo-attitude of a point.

    From one step of the flight to the next the axis turns by no more than rate times step, exactly,
    the short way towards what is asked at that instant; where that is less, it is what is asked.
    Within a step the command is a smooth function of time. It goes on from phase to phase from
    where it was. Of opposite axes any way is the short one.

    Ignores: angular acceleration, so that a turn begins and ends at once; within a step that is
    limited, and in which what is asked swings by w [rad/s], the rate may be sqrt(rate^2 + w^2).
    The step after each costs one evaluation more, since what is remembered changes at all of them.
    """

    about: ClassVar[Model] = Model(
        name="steering",
        text="another law, turned no faster than a rate",
        ignores="angular acceleration",
    )

    inner: AbstractGuidance
    rate: Float[Any, ""] = eqx.field(converter=held)  # [rad/s]

    @override
    def start(self, t: Array, memory: Turning) -> Turning:
        return Turning(memory.axis, memory.time, self.inner.start(t, memory.inner))

    @override
    def update(self, look: Callable[[], Estimate], memory: Turning) -> Turning:
        estimate = look()
        axis = self.command(estimate, memory).axis
        return Turning(axis, estimate.t, self.inner.update(lambda: estimate, memory.inner))

    @override
    def finish(self, t: Array, memory: Turning) -> Turning:
        return Turning(memory.axis, memory.time, self.inner.finish(t, memory.inner))

    @override
    def command(self, estimate: Estimate, memory: Turning) -> Command:
        wanted = self.inner.command(estimate, memory.inner).axis
        most = self.rate * jnp.maximum(estimate.t - memory.time, 0.0)
        free = angle_between(memory.axis, wanted) <= most
        return Command(where(free, wanted, turned(memory.axis, wanted, jnp.minimum(most, jnp.pi))))

    @override
    def deadline(self, t: Array, memory: Turning) -> Array:
        return self.inner.deadline(t, memory.inner)

    @override
    def cut_off(self, memory: Turning) -> Array:
        return self.inner.cut_off(memory.inner)


class Part(enum.IntEnum):
    """Who guides a phase."""

    LAWS = 0
    """The laws of the file."""
    TABLE = 1
    """The attitude against speed."""
    EXPLICIT = 2
    """The explicit law."""


class PartMemories(eqx.Module):
    """What each of the laws of a flight remembers; None of one that there is not."""

    laws: Memory
    table: Fastest | None
    explicit: PyTree | None


class Parts(AbstractGuidance):
    """Several laws, of which each phase flies one.

    Legs begin and end, and updates come, for the law that flies and for no other; what the others
    remember waits. A phase that asks for a law that there is not flies that of the file. In a batch
    an explicit law is updated only where a lane flies by it.
    """

    about: ClassVar[Model] = Model(
        name="steering", text="laws by phase", ignores="what each of them ignores"
    )

    laws: OpenLoop
    table: Steered | None
    explicit: AbstractGuidance | None
    part: Int[Array, ""]
    """A `Part`."""

    @override
    def start(self, t: Array, memory: PartMemories) -> PartMemories:
        return self._each(memory, lambda law, own: law.start(t, own))

    @override
    def update(self, look: Callable[[], Estimate], memory: PartMemories) -> PartMemories:
        if self.table is None and self.explicit is None:
            return memory
        estimate = look()
        table, explicit = memory.table, memory.explicit
        if self.table is not None and table is not None:
            # The highest speed is that of the flight, whoever flies it.
            table = self.table.update(lambda: estimate, table)
        if self.explicit is not None:
            flies = self.part == Part.EXPLICIT
            explicit = _updated_where(flies, self.explicit, estimate, explicit)
        return PartMemories(memory.laws, table, explicit)

    @override
    def finish(self, t: Array, memory: PartMemories) -> PartMemories:
        return self._each(memory, lambda law, own: law.finish(t, own))

    @override
    def command(self, estimate: Estimate, memory: PartMemories) -> Command:
        axis = self.laws.command(estimate, memory.laws).axis
        for part, law, own in self._others(memory):
            axis = where(self.part == part, law.command(estimate, own).axis, axis)
        return Command(axis)

    @override
    def deadline(self, t: Array, memory: PartMemories) -> Array:
        soon = self.laws.deadline(t, memory.laws)
        for part, law, own in self._others(memory):
            soon = jnp.where(self.part == part, law.deadline(t, own), soon)
        return soon

    @override
    def cut_off(self, memory: PartMemories) -> Array:
        ends = self.laws.cut_off(memory.laws)
        for part, law, own in self._others(memory):
            ends = jnp.where(self.part == part, law.cut_off(own), ends)
        return ends

    def _others(self, memory: PartMemories) -> list[tuple[Part, AbstractGuidance, PyTree]]:
        pairs = [(Part.TABLE, self.table, memory.table)]
        pairs += [(Part.EXPLICIT, self.explicit, memory.explicit)]
        return [(part, law, own) for part, law, own in pairs if law is not None]

    def _each(
        self, memory: PartMemories, do: Callable[[AbstractGuidance, PyTree], PyTree]
    ) -> PartMemories:
        told = {part: (law, own) for part, law, own in self._others(memory)}
        found: dict[Part, Any] = {}
        flies = self.part == Part.LAWS
        for part, (law, own) in told.items():
            flies = flies | (self.part == part)
            found[part] = _where(self.part == part, do(law, own), own)
        # Of one that there is not the laws of the file take the place.
        by_file = (self.part == Part.LAWS) | ~flies
        laws = _where(by_file, do(self.laws, memory.laws), memory.laws)
        return PartMemories(laws, found.get(Part.TABLE), found.get(Part.EXPLICIT))


def _where(condition: Bool[Array, ""], first: PyTree, second: PyTree) -> PyTree:
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), first, second)


def _updated_where(
    flies: Bool[Array, ""], law: AbstractGuidance, estimate: Estimate, memory: PyTree
) -> PyTree:
    """The memory of a law, updated where it `flies`; in a batch at no cost where none does.

    A condition of a lane becomes a choice between two results under vmap, and both would be
    computed at every step; so the batch asks whether any lane flies, and that is one condition.
    """
    arrays, rest = eqx.partition((law, estimate, memory), eqx.is_array)

    def one(flies: Array, arrays: Any) -> Any:
        law, estimate, memory = eqx.combine(arrays, rest)
        return _where(flies, law.update(lambda: estimate, memory), memory)

    asked = jax.custom_batching.custom_vmap(one)

    @asked.def_vmap
    def _batch(size: int, batched: Any, flies: Array, arrays: Any) -> tuple[Any, Any]:
        axes = jax.tree.map(lambda x: 0 if x else None, batched)
        many = jax.vmap(one, in_axes=tuple(axes), axis_size=size)
        shapes = jax.eval_shape(many, flies, arrays)

        def same(flies: Array, arrays: Any) -> Any:
            del flies
            memory = eqx.combine(arrays, rest)[2]
            spread = jax.tree.map(
                lambda x, yes, like: x if yes else jnp.broadcast_to(x, like.shape),
                *(memory, batched[1][2], shapes),
            )
            return jax.tree.map(lambda x, like: x.astype(like.dtype), spread, shapes)

        found = jax.lax.cond(jnp.any(flies), many, same, flies, arrays)
        return found, jax.tree.map(lambda _: True, found)

    return asked(flies, arrays)


def ascent_guidance(
    laws: OpenLoop,
    part: Int[Array, ""],
    *,
    table: SpeedTable | None = None,
    explicit: AbstractGuidance | None = None,
    relief: Relief | None = None,
    rate: Float[Array, ""] | None = None,
) -> AbstractGuidance:
    """What guides a phase of an ascent: the law of its `part`, relieved, and then limited.

    `rate` [rad/s]. It remembers what `ascent_memory` of the same arguments begins with.
    """
    steered = None if table is None else Steered(table)
    guidance: AbstractGuidance = Parts(laws, steered, explicit, part)
    guidance = guidance if relief is None else Relieved(guidance, relief)
    return guidance if rate is None else Limited(guidance, rate)


def ascent_memory(
    like: Float[Array, "*lanes"],
    *,
    table: bool,
    rate: bool,
    explicit: PyTree | None = None,
) -> PyTree:
    """What it remembers before lift-off, of the shape of `like`; `explicit`: what that law does."""
    fastest = Fastest(jnp.zeros_like(like)) if table else None
    parts = PartMemories(no_memory(like), fastest, explicit)
    return turning(like, parts) if rate else parts


def turning(like: Float[Array, "*lanes"], inner: PyTree) -> Turning:
    """What a limit remembers before anything was commanded."""
    zero = jnp.zeros_like(like)
    return Turning(Vector(zero, zero, zero + 1.0, Frame.GCRS), zero - jnp.inf, inner)


def turn_rate(rate: float) -> Float[Array, ""]:
    """A limit of `rate` [rad/s] for `Limited`; host.

    Raises:
        ValueError: a rate that is not above zero.
    """
    if not (np.isfinite(rate) and rate > 0.0):
        raise ValueError(f"turn rate: the limit must be above 0 rad/s, not {rate:g}")
    return jnp.asarray(rate)
