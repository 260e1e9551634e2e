"""A capsule that flies at its trim angle, or about it: mass, shape, coefficients against Mach."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.base.lanes import held
from yaan.base.tables import hats
from yaan.spacetime.frame import Frame, Vector
from yaan.vehicle.body import Inertia
from yaan.vehicle.forebody import Forebody


class Trim(eqx.Module):
    """Coefficients of a trimmed capsule."""

    lift: Float[Array, "*batch"]
    drag: Float[Array, "*batch"]
    angle: Float[Array, "*batch"]
    """Between the axis, heat shield forward, and the stream it meets [rad]."""


class Capsule(eqx.Module):
    """A blunt body whose centre of mass off its axis holds it at an angle to the stream.

    Lift and drag coefficients are those of the trimmed capsule, across and along the stream, on
    `area`; the lift lies in the plane of axis and stream and is turned about the stream by the
    bank. Tables are linear in Mach number and flat beyond their ends.

    Ignores: the motion about the trim angle, the change of trim with the centre of mass, and
    rarefied flow (above some 90 km the true drag is larger, the lift nearly nothing; neither
    bends a path there).
    """

    mass: Float[Any, "*batch"] = eqx.field(converter=held)  # [kg]
    area: Float[Any, "*batch"] = eqx.field(converter=held)  # [m^2] reference area
    nose_radius: Float[Any, "*batch"] = eqx.field(converter=held)  # [m]
    emissivity: Float[Any, "*batch"] = eqx.field(converter=held)
    """Of the hot face, for its radiative equilibrium."""
    mach: Float[Any, "*batch n"] = eqx.field(converter=held)
    """Rising."""
    lift: Float[Any, "*batch n"] = eqx.field(converter=held)
    drag: Float[Any, "*batch n"] = eqx.field(converter=held)
    angle: Float[Any, "*batch n"] = eqx.field(converter=held)
    """Trim angle from the heat-shield-forward axis [rad]: 180 deg less Apollo's angle of attack."""

    def trim(self, mach: Float[Array, ""]) -> Trim:
        """The trimmed coefficients of one capsule at a Mach number."""
        weights = hats(mach, self.mach)
        return Trim(
            lift=jnp.sum(weights * self.lift),
            drag=jnp.sum(weights * self.drag),
            angle=jnp.sum(weights * self.angle),
        )

    @property
    def forebody(self) -> Forebody:
        """The same below canopies: it keeps the drag of its trim there."""
        return Forebody(self.mass, self.area, self.mach, self.drag)


class CapsuleLoad(eqx.Module):
    """What the air does to a capsule, in body axes."""

    force: Vector  # [N]
    moment: Vector  # [N m] about the centre of mass
    attack: Float[Array, ""]
    """Between the axis and the stream [rad]."""
    incidence: Float[Array, ""]
    """Of the stream in the plane of x and z [rad], positive from below; trim is negative."""
    sideslip: Float[Array, ""]  # [rad], positive from the right
    off_trim: Float[Array, ""]
    """Angle from the trim [rad], small angles added by their squares."""
    swing: Float[Array, ""]
    """Natural frequency about the trim, of the stiffer axis [rad/s]."""


class RigidCapsule(eqx.Module):
    """A capsule that turns: inertia, and moments of the air about the trim.

    Body axes: x along the axis through the heat shield, which flies ahead; the trim tilts it away
    from the lift, and z points away from the lift; y completes them. The force is the trimmed one
    of the Mach number, fixed in these axes: a blunt body pushes along its axis whichever way it
    is turned by a few degrees, so that lift and drag follow the attitude. The moments are linear
    in the angles off the trim and in the rates:

        roll  q S d (Clp p d/2V)
        pitch q S d (-stiffness (alpha - alpha trim) + Cmq q d/2V)
        yaw   q S d ( stiffness beta + Cnr r d/2V)

    Valid: within some 30 deg of the trim. Ignores: the slope of the normal force against the
    angle (0.1 to 0.3 per rad against an axial 1.3), the change of stiffness and damping with Mach
    number, moments of roll by sideslip, rates of the air itself.
    """

    capsule: Capsule
    inertia: Inertia
    length: Float[Any, "*batch"] = eqx.field(converter=held)  # [m] of the coefficients
    pitch_stiffness: Float[Any, "*batch"] = eqx.field(converter=held)
    """-Cm_alpha [1/rad]: positive turns the capsule back."""
    yaw_stiffness: Float[Any, "*batch"] = eqx.field(converter=held)
    """Cn_beta [1/rad]: positive turns the capsule back."""
    roll_damping: Float[Any, "*batch"] = eqx.field(converter=held)  # Clp
    pitch_damping: Float[Any, "*batch"] = eqx.field(converter=held)  # Cmq
    yaw_damping: Float[Any, "*batch"] = eqx.field(converter=held)  # Cnr

    def trimmed_force(self, mach: Float[Array, ""]) -> Vector:
        """Force of the air at trim over dynamic pressure and area, body axes."""
        trim = self.capsule.trim(mach)
        sine, cosine = jnp.sin(trim.angle), jnp.cos(trim.angle)
        return Vector(
            -(trim.drag * cosine + trim.lift * sine),
            jnp.zeros_like(sine),
            trim.drag * sine - trim.lift * cosine,
            Frame.BODY,
        )

    def load(
        self, stream: Vector, rate: Vector, pressure: Float[Array, ""], mach: Float[Array, ""]
    ) -> CapsuleLoad:
        """Force and moment in air that is met with `stream` [m/s] while turning at `rate` [rad/s].

        Both in body axes; `pressure` is the dynamic one [Pa].
        """
        speed = jnp.sqrt(stream.dot(stream) + 1e-12)
        incidence = jnp.arctan2(stream.z, stream.x)
        sideslip = jnp.arcsin(jnp.clip(stream.y / speed, -1.0, 1.0))
        off = incidence + self.capsule.trim(mach).angle
        force = pressure * self.capsule.area
        turning = rate * (self.length / (2.0 * speed))
        moment = Vector(
            self.roll_damping * turning.x,
            self.pitch_damping * turning.y - self.pitch_stiffness * off,
            self.yaw_damping * turning.z + self.yaw_stiffness * sideslip,
            Frame.BODY,
        )
        stiffest = jnp.maximum(
            self.pitch_stiffness / self.inertia.yy, self.yaw_stiffness / self.inertia.zz
        )
        return CapsuleLoad(
            force=self.trimmed_force(mach) * force,
            moment=moment * (force * self.length),
            attack=jnp.arctan2(jnp.sqrt(stream.y**2 + stream.z**2 + 1e-24), stream.x),
            incidence=incidence,
            sideslip=sideslip,
            off_trim=jnp.sqrt(off**2 + sideslip**2 + 1e-24),
            swing=jnp.sqrt(jnp.maximum(force * self.length * stiffest, 0.0) + 1e-24),
        )
