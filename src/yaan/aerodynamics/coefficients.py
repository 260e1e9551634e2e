"""Force and moment coefficients of a body free to turn.

Forces are along and across the stream, moments about body axes: drag against the velocity, side
force to the right and lift up, square to it (wind axes); roll, pitch and yaw moments with damping.
"""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.base.tables import hats
from yaan.spacetime.frame import Vector

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

    def load(self, air: Vector, density: Scalar, sound_speed: Scalar, rate: Vector) -> AirLoad:
        """Force and moment on a body whose velocity against the air is `air` [m/s, body axes].

        `density` [kg/m^3], `sound_speed` [m/s]; `rate` [rad/s] against the air, body axes.
        """
        stream = meet(air, density, sound_speed)
        drag = self._at(self.drag, stream.angle, stream.mach)
        lift = self._at(self.lift, stream.incidence, stream.mach)
        side = self._at(self.side, stream.sideslip, stream.mach)
        sine, cosine = jnp.sin(stream.incidence), jnp.cos(stream.incidence)
        lifted = Vector(sine, jnp.zeros_like(sine), -cosine, air.frame)
        ahead = air / stream.speed
        right = ahead.cross(lifted)
        force = (right * side + lifted * lift - ahead * drag) * (stream.pressure * self.area)
        moment = Vector(
            self.span * self._at(self.roll, stream.sideslip, stream.mach),
            self.chord * self._at(self.pitch, stream.incidence, stream.mach),
            self.span * self._at(self.yaw, stream.sideslip, stream.mach),
            air.frame,
        )
        # pressure * length / 2V without the division: a body at rest has a rate all the same.
        slow = 0.25 * density * stream.speed * self.area
        damping = Vector(
            slow * self.span**2 * self.damping.x * rate.x,
            slow * self.chord**2 * self.damping.y * rate.y,
            slow * self.span**2 * self.damping.z * rate.z,
            air.frame,
        )
        return AirLoad(force, moment * (stream.pressure * self.area) + damping)

    def _at(self, table: Grid, angle: Scalar, mach: Scalar) -> Scalar:
        weights = hats(angle, self.angle)[:, None] * hats(mach, self.mach)[None, :]
        return jnp.sum(weights * table)


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
