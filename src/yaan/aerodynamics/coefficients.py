"""Force and moment coefficients of a body free to turn.

Forces are along and across the stream, moments about body axes: drag against the velocity, side
force to the right and lift up, square to it (wind axes); roll, pitch and yaw moments with damping.
"""

from typing import ClassVar, NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from yaan.base.model import Model
from yaan.base.tables import ramps
from yaan.spacetime.frame import Vector, where

Scalar = Float[Array, "*batch"]
Grid = Float[Array, "*batch angles machs"]


class Stream(eqx.Module):
    """How the air meets a body."""

    speed: Scalar  # [m/s]
    mach: Scalar
    pressure: Scalar
    """Dynamic pressure [Pa]."""
    incidence: Scalar
    """Angle of attack alpha [rad]: from the x axis to the velocity's part in the x-z plane."""
    sideslip: Scalar
    """Beta [rad]: positive with the wind in the right ear."""
    angle: Scalar
    """Between the x axis and the velocity [rad]: the total angle of attack."""


class AirLoad(eqx.Module):
    """What the air does to a body, in body axes."""

    force: Vector  # [N]
    moment: Vector  # [N m] about the reference point, damping included


class Coefficients(eqx.Module):
    """Tables against an angle and the Mach number, all on one grid, flat beyond its edges.

    Drag is taken at the total angle of attack; lift and pitching moment at the angle of attack;
    side force, rolling and yawing moments at the sideslip. Damping coefficients are per reduced
    rate, p b / 2V, q c / 2V and r b / 2V, of the rate against the turning Earth's air.

    Ignores: coupling between the two angles beyond the drag's, unsteady lag, gusts along the body.
    """

    about: ClassVar[Model] = Model(
        name="aerodynamics",
        text="coefficients by angle and Mach number, linear between nodes; damping by rate",
        ignores="coupling of the two angles beyond the drag's, lag, Reynolds number",
    )

    area: Scalar  # [m^2]
    span: Scalar  # [m] for roll, yaw and their damping
    chord: Scalar  # [m] for pitch and its damping
    reference: Vector
    """Where the moments are taken about [m], structural axes."""
    about_centre: Scalar
    """1 where the moments are about the centre of mass instead, wherever it is."""
    angle: Float[Array, "*batch angles"]  # [rad], rising
    mach: Float[Array, "*batch machs"]  # rising
    drag: Grid
    lift: Grid
    side: Grid
    roll: Grid
    pitch: Grid
    yaw: Grid
    damping: Vector
    """Clp, Cmq, Cnr on the body axes; negative ones damp."""
    round: Scalar | None = None
    """1 of a body round about x, whose lift and pitch are taken at the total angle of attack and
    act in its plane; None where no body is."""

    def load(self, air: Vector, density: Scalar, sound_speed: Scalar, rate: Vector) -> AirLoad:
        """Force and moment on a body whose velocity against the air is `air` [m/s, body axes].

        `density` [kg/m^3], `sound_speed` [m/s]; `rate` [rad/s] against the air, body axes.
        """
        stream = meet(air, density, sound_speed)
        mach = _cell(stream.mach, self.mach)
        total = _cell(stream.angle, self.angle)
        attack = stream.incidence
        if self.round is not None:
            attack = jnp.where(self.round > 0.0, stream.angle, attack)
        alpha, beta = (_cell(a, self.angle) for a in (attack, stream.sideslip))
        drag, lift = _look_up(self.drag, total, mach), _look_up(self.lift, alpha, mach)
        side = _look_up(self.side, beta, mach)
        level = 1.0 / jnp.sqrt(air.x**2 + air.z**2 + 1e-300)
        sine, cosine = air.z * level, air.x * level
        lifted = Vector(sine, jnp.zeros_like(sine), -cosine, air.frame)
        if self.round is not None:
            lifted = where(self.round > 0.0, _up_in_plane(air, stream), lifted)
        ahead = air / stream.speed
        right = ahead.cross(lifted)
        force = (right * side + lifted * lift - ahead * drag) * (stream.pressure * self.area)
        moment = Vector(
            self.span * _look_up(self.roll, beta, mach),
            self.chord * _look_up(self.pitch, alpha, mach),
            self.span * _look_up(self.yaw, beta, mach),
            air.frame,
        )
        if self.round is not None:
            moment = where(self.round > 0.0, _in_plane(air, moment.y), moment)
        # pressure * length / 2V without the division: a body at rest has a rate all the same.
        slow = 0.25 * density * stream.speed * self.area
        damping = Vector(
            slow * self.span**2 * self.damping.x * rate.x,
            slow * self.chord**2 * self.damping.y * rate.y,
            slow * self.span**2 * self.damping.z * rate.z,
            air.frame,
        )
        return AirLoad(force, moment * (stream.pressure * self.area) + damping)


def _in_plane(air: Vector, pitch: Scalar) -> Vector:
    """A pitching moment about the axis square to the plane of the total angle of attack."""
    across = 1.0 / jnp.sqrt(air.y**2 + air.z**2 + 1e-300)
    return Vector(jnp.zeros_like(pitch), pitch * air.z * across, -pitch * air.y * across, air.frame)


def _up_in_plane(air: Vector, stream: Stream) -> Vector:
    """Square to the stream in the plane of the total angle of attack, to the side of the nose."""
    across = 1.0 / jnp.sqrt(air.y**2 + air.z**2 + 1e-300)
    sine, cosine = jnp.sin(stream.angle), jnp.cos(stream.angle)
    return Vector(sine, -cosine * air.y * across, -cosine * air.z * across, air.frame)


_FEW = 24
"""Nodes of a table of one variable that are added up faster than two of them are fetched."""


class _Cell(NamedTuple):
    """Where a value lies on the nodes of a table."""

    low: Int[Array, ""]
    high: Int[Array, ""]
    part: Scalar
    """Of the way from the one node to the other."""
    crossed: Float[Array, " intervals"]
    """How far it has crossed each interval."""


def _cell(x: Scalar, nodes: Float[Array, " n"]) -> _Cell:
    """The cell of `x`, by the intervals that it has crossed: held beyond the ends.

    Nodes and tables differ from lane to lane, so sums of hats would cross the whole table in each;
    a gather of the cell's corners takes a tenth of their time.
    """
    if nodes.shape[0] == 1:
        first = jnp.asarray(0)
        return _Cell(first, first, jnp.zeros_like(x), jnp.zeros((0,)))
    crossed = ramps(x, nodes)
    place = jnp.sum(crossed)
    i = jnp.clip(jnp.floor(place), 0, nodes.shape[0] - 2)
    low = i.astype(int)
    return _Cell(low, low + 1, place - i, crossed)


def _look_up(table: Grid, angle: _Cell, mach: _Cell) -> Scalar:
    """Bilinear interpolation in a cell."""
    if table.shape[1] == 1 and table.shape[0] <= _FEW:
        column = table[:, 0]
        return column[0] + jnp.sum((column[1:] - column[:-1]) * angle.crossed)

    def along(column: Int[Array, ""]) -> Scalar:
        low, high = table[angle.low, column], table[angle.high, column]
        return low + angle.part * (high - low)

    if table.shape[1] == 1:
        return along(mach.low)
    return along(mach.low) + mach.part * (along(mach.high) - along(mach.low))


def meet(air: Vector, density: Scalar, sound_speed: Scalar) -> Stream:
    """The stream of a velocity against the air [m/s, body axes]; angles mean nothing at rest."""
    speed = jnp.sqrt(air.dot(air) + 1e-24)
    across = jnp.sqrt(air.y**2 + air.z**2 + 1e-300)
    return Stream(
        speed=speed,
        mach=speed / sound_speed,
        pressure=0.5 * density * speed**2,
        incidence=jnp.arctan2(air.z, air.x),
        sideslip=jnp.arcsin(jnp.clip(air.y / speed, -1.0, 1.0)),
        angle=jnp.arctan2(across, air.x),
    )
