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
from numpy.typing import ArrayLike
from typing_extensions import override

from yaan.base.model import Model
from yaan.base.tables import Table, ramps
from yaan.environment.atmosphere import load_standard_atmosphere
from yaan.environment.wind import TableWind
from yaan.gnc.base import AbstractGuidance, Command
from yaan.gnc.navigation import Estimate
from yaan.gnc.powered import Memory, OpenLoop, no_memory
from yaan.spacetime.earth import WGS84
from yaan.spacetime.frame import Frame, Vector, where

TOLERANCE = 1e-4
"""Of a thinned table against its flight [rad]: over 60 km of height it moves the path some 6 m."""

_RISING = 1e-3  # [m/s] by which a speed must exceed those before to be a row of a table
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
    return start * jnp.cos(angle) + across * jnp.sin(angle)


def _x_of(like: Vector) -> Vector:
    zero = jnp.zeros_like(like.x)
    return Vector(zero + 1.0, zero, zero, like.frame)


def angle_between(first: Vector, second: Vector) -> Float[Array, "*batch"]:
    """From 0 to pi [rad], of two unit vectors; exact to rounding at both ends."""
    across = first.cross(second)
    return jnp.arctan2(jnp.sqrt(across.dot(across) + _SQUARE), first.dot(second))


class SpeedTable(eqx.Module):
    """Where the axis points, against the speed over the turning Earth.

    By components and not by angles: straight up, an azimuth is none. Between its knots they are
    linear, then made a unit vector; beyond its ends they are held. Made by `speed_table`, or of
    angles by `table_of`.
    """

    speed: Float[Array, " knots"] = eqx.field(converter=jnp.asarray)
    """Against the Earth, rising [m/s]."""
    axis: Float[Array, "knots 3"] = eqx.field(converter=jnp.asarray)
    """Unit vectors: towards the local geodetic east, north and up."""

    def at(self, speed: Float[Array, ""], estimate: Estimate) -> Vector:
        """The axis at a `speed` [m/s]; a unit vector, GCRS."""
        crossed = ramps(speed, self.speed)
        steps = self.axis[1:] - self.axis[:-1]
        east, north, up = self.axis[0] + jnp.sum(crossed[:, None] * steps, axis=0)
        return (estimate.east * east + estimate.north * north + estimate.up * up).unit()

    def padded(self, knots: int) -> "SpeedTable":
        """The same with as many `knots`: tables of several flights fly in one programme; host.

        Raises:
            ValueError: it has more than that.
        """
        more = knots - self.speed.shape[0]
        if more < 0:
            raise ValueError(f"speed table: {self.speed.shape[0]} knots are more than {knots}")
        beyond = self.speed[-1] + jnp.arange(1.0, more + 1.0)  # [m/s]
        axis = jnp.concatenate([self.axis, jnp.repeat(self.axis[-1:], more, axis=0)])
        return SpeedTable(jnp.concatenate([self.speed, beyond]), axis)

    @property
    def elevation(self) -> Float[Array, " knots"]:
        """Above the local geodetic horizon [rad]."""
        return jnp.arcsin(jnp.clip(self.axis[:, 2], -1.0, 1.0))

    @property
    def azimuth(self) -> Float[Array, " knots"]:
        """Clockwise from north [rad]; it means nothing straight up."""
        return jnp.arctan2(self.axis[:, 0], self.axis[:, 1])


class Tabled(eqx.Module):
    """A table that was made of a flight, and what it leaves out."""

    table: SpeedTable
    error: float = eqx.field(static=True)
    """The largest angle between the table and the flight [rad], over all rows of it."""
    held: float = eqx.field(static=True)
    """Likewise of the rows in which the speed does not rise, where the last value is held [rad]."""


def speed_table(speed: ArrayLike, axis: ArrayLike, tolerance: float = TOLERANCE) -> Tabled:
    """The table of a flight, with as few knots as are within a tolerance of its rows; host.

    Rows whose speed does not exceed that of all rows before are left out: there the last value
    holds, and `Tabled.held` says what that makes.

    Args:
        speed: against the Earth, in the order of the flight [m/s], [n].
        axis: unit vectors towards the local east, north and up, [n, 3].
        tolerance: angle within which the rows that are not left out are met [rad].

    Raises:
        ValueError: rows that are not such, or fewer than two speeds that rise.
    """
    v, u = np.asarray(speed, dtype=float), np.asarray(axis, dtype=float)
    if v.ndim != 1 or u.shape != (v.size, 3):
        raise ValueError("speed table: an axis of three components is needed for each speed")
    if not (np.all(np.isfinite(v)) and np.all(np.isfinite(u))):
        raise ValueError("speed table: speeds and axes must be finite")
    if not tolerance > 0.0:
        raise ValueError(f"speed table: the tolerance must be above 0 rad, not {tolerance:g}")
    if np.any(np.abs(np.linalg.norm(u, axis=1) - 1.0) > 1e-6):
        raise ValueError("speed table: axes must be unit vectors")
    before = np.concatenate([[-np.inf], np.maximum.accumulate(v)[:-1]])
    rises = v > before + _RISING
    rows = np.flatnonzero(rises)
    if rows.size < 2:
        raise ValueError("speed table: the speed does not rise, so nothing can be read by it")
    knots = rows[_thinned(v[rows], u[rows], tolerance)]
    table = table_of_axes(v[knots], u[knots])
    off = _off(_read(v[knots], u[knots], np.maximum.accumulate(v)), u)
    held = float(np.max(off[~rises])) if np.any(~rises) else 0.0
    return Tabled(table, float(np.max(off)), held)


def table_of(speed: ArrayLike, elevation: ArrayLike, azimuth: ArrayLike) -> SpeedTable:
    """The table of given angles [rad] at given speeds [m/s]: against the local horizon; host.

    Raises:
        ValueError: as of `table_of_axes`.
    """
    high, heading = np.asarray(elevation, dtype=float), np.asarray(azimuth, dtype=float)
    if np.shape(speed) != high.shape or high.shape != heading.shape:
        raise ValueError("speed table: speed, elevation and azimuth must be of one length")
    level = np.cos(high)
    axis = [level * np.sin(heading), level * np.cos(heading), np.sin(high)]
    return table_of_axes(speed, np.stack(axis, axis=-1))


def table_of_axes(speed: ArrayLike, axis: ArrayLike) -> SpeedTable:
    """The table of given unit vectors at given speeds [m/s]; host.

    Raises:
        ValueError: speeds that do not rise, or axes between two of which no middle is defined.
    """
    v, u = np.asarray(speed, dtype=float), np.asarray(axis, dtype=float)
    if v.ndim != 1 or v.size < 2 or u.shape != (v.size, 3):
        raise ValueError("speed table: two speeds at least, and an axis for each, are needed")
    if not (np.all(np.isfinite(v)) and np.all(np.isfinite(u))):
        raise ValueError("speed table: speeds and axes must be finite")
    if np.any(np.diff(v) <= 0.0):
        raise ValueError("speed table: speeds must rise from row to row")
    if np.any(np.sum(u[1:] * u[:-1], axis=1) <= 0.0):
        raise ValueError("speed table: the axis turns by 90 deg or more between two speeds")
    return SpeedTable(v, u)


def _read(speed: np.ndarray, axis: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The unit vectors of a table `at` speeds [m/s]."""
    found = np.stack([np.interp(at, speed, axis[:, k]) for k in range(3)], axis=-1)
    return found / np.maximum(np.linalg.norm(found, axis=-1, keepdims=True), 1e-12)


def _off(found: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Angles between rows of unit vectors [rad]."""
    across = np.linalg.norm(np.cross(found, axis), axis=-1)
    return np.arctan2(across, np.sum(found * axis, axis=-1))


def _thinned(speed: np.ndarray, axis: np.ndarray, tolerance: float) -> list[int]:
    """Rows that are knots: the worst of those between two is one, until none is out by more.

    Source: Douglas and Peucker, Cartographica 10 (1973) 112 to 122, not re-read.
    """
    keep, open_spans = {0, len(speed) - 1}, [(0, len(speed) - 1)]
    while open_spans:
        a, b = open_spans.pop()
        if b - a < 2:
            continue
        inside = slice(a + 1, b)
        ends = [a, b]
        off = _off(_read(speed[ends], axis[ends], speed[inside]), axis[inside])
        worst = a + 1 + int(np.argmax(off))
        # A middle is defined of ends that are less than 90 deg apart.
        if off[worst - a - 1] > tolerance or float(axis[a] @ axis[b]) < 0.5:
            keep.add(worst)
            open_spans += [(a, worst), (worst, b)]
    return sorted(keep)


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

    limit: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [Pa rad]
    fraction: Float[Array, ""] = eqx.field(converter=jnp.asarray)
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
    rate: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [rad/s]

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
