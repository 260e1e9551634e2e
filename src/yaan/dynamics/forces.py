"""The world a point meets, and the forces it makes."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.aerodynamics.tables import ForceTable
from yaan.environment.atmosphere import AbstractAtmosphere, Air
from yaan.environment.gravity import AbstractGravity
from yaan.environment.radiation import Radiation
from yaan.environment.third_bodies import AbstractThirdBodies
from yaan.environment.wind import AbstractWind
from yaan.spacetime.earth import WGS84, EarthRotation, Ellipsoid, Geodetic, placed
from yaan.spacetime.frame import Frame, Vector, where
from yaan.spacetime.rotation import Rotation


class World(eqx.Module):
    """Everything outside the vehicle, as arguments: nothing is looked up."""

    gravity: AbstractGravity
    atmosphere: AbstractAtmosphere
    wind: AbstractWind
    earth: EarthRotation
    mu: Float[Array, ""]
    """Gravitational parameter [m^3/s^2] of osculating elements."""
    shape: Ellipsoid = eqx.field(static=True, default=WGS84)
    """What heights are above."""
    third_bodies: AbstractThirdBodies | None = None
    """Whose tide is felt; None, and nothing of it is compiled."""
    radiation: Radiation | None = None
    """Sunlight, for bodies that have an area for it."""
    ground: Float[Array, ""] = eqx.field(default=0.0, converter=jnp.asarray)
    """Height of the ground above `shape` [m]; one for all places."""


class Surroundings(eqx.Module):
    """What a point at a place, moving, meets there. Vectors are in GCRS."""

    place: Geodetic
    to_fixed: Rotation
    up: Vector
    east: Vector
    north: Vector
    gravity: Vector
    """Of the Earth, and the tide of third bodies [m/s^2]."""
    carried: Vector
    """Centrifugal acceleration of a point that turns with the Earth [m/s^2]."""
    relative: Vector
    """Velocity against the turning Earth [m/s]."""
    stream: Vector
    """Velocity against the air [m/s]."""
    air: Air


def surroundings(
    world: World, t: Float[Array, ""], position: Vector, velocity: Vector
) -> Surroundings:
    """The surroundings of a state in GCRS [m, m/s] at `t` [s] since the epoch."""
    to_fixed = world.earth.rotation(t)
    to_inertial = to_fixed.inverse()
    fixed = to_fixed.apply(position)
    place, up, east = placed(fixed, world.shape)
    north = up.cross(east)
    pull = Vector(*world.gravity.acceleration(fixed.x, fixed.y, fixed.z), Frame.ITRS)
    gravity = to_inertial.apply(pull)
    if world.third_bodies is not None:
        gravity = gravity + world.third_bodies.acceleration(t, position)
    spin = to_inertial.apply(world.earth.spin(t))
    turning = spin.cross(position)
    relative = velocity - turning
    blow_east, blow_north = world.wind.at(place.height)
    wind = to_inertial.apply(east * blow_east + north * blow_north)
    return Surroundings(
        place=place,
        to_fixed=to_fixed,
        up=to_inertial.apply(up),
        east=to_inertial.apply(east),
        north=to_inertial.apply(north),
        gravity=gravity,
        carried=-spin.cross(turning),
        relative=relative,
        stream=relative - wind,
        air=world.atmosphere.at(place.height),
    )


class Airload(eqx.Module):
    """Aerodynamic force on a body whose axis is known."""

    force: Vector  # [N], GCRS
    dynamic_pressure: Float[Array, ""]  # [Pa]
    mach: Float[Array, ""]
    angle: Float[Array, ""]
    """Angle of attack [rad]."""


def airload(table: ForceTable, around: Surroundings, axis: Vector) -> Airload:
    """Force of the air on a body that points along the unit vector `axis` (GCRS)."""
    speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
    pressure = 0.5 * around.air.density * speed**2
    mach = speed / around.air.sound_speed
    along = around.stream.dot(axis)
    across = axis - around.stream * (along / speed**2)  # points from the stream to the axis
    sine = jnp.sqrt(across.dot(across) + 1e-30)
    angle = jnp.arctan2(sine, along / speed)
    axial, normal = table.areas(angle, mach)
    # The normal force is across the axis, on the leeward side: away from where the air goes.
    leeward = axis * along - around.stream
    side = leeward / jnp.sqrt(leeward.dot(leeward) + 1e-12)
    force = axis * (-pressure * axial) + side * (pressure * normal)
    still = speed < 1e-3
    nothing = force * 0.0
    return Airload(where(still, nothing, force), pressure, mach, jnp.where(still, 0.0, angle))
