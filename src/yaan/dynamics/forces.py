"""The world a point meets, and the forces it makes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import ArrayLike

from yaan.aerodynamics.tables import ForceTable
from yaan.base.lanes import held
from yaan.environment.atmosphere import Air
from yaan.environment.gravity import AbstractGravity
from yaan.environment.placed import Atmosphere, Wind, air_over, wind_over
from yaan.environment.radiation import Radiation
from yaan.environment.third_bodies import AbstractThirdBodies
from yaan.environment.wind import NoWind
from yaan.spacetime.earth import WGS84, EarthRotation, Ellipsoid, Geodetic, placed
from yaan.spacetime.frame import Frame, Vector, where
from yaan.spacetime.rotation import Rotation


class World(eqx.Module):
    """Everything outside the vehicle, as arguments: nothing is looked up.

    All lanes share it. Of one that `together` has made, what differs from lane to lane has an axis
    of them: what is drawn, of the air or of the sky.
    """

    gravity: AbstractGravity
    atmosphere: Atmosphere
    wind: Wind
    earth: EarthRotation
    mu: Float[Any, ""]
    """Gravitational parameter [m^3/s^2] of osculating elements."""
    shape: Ellipsoid = eqx.field(static=True, default=WGS84)
    """What heights are above."""
    third_bodies: AbstractThirdBodies | None = None
    """Whose tide is felt; None, and nothing of it is compiled."""
    radiation: Radiation | None = None
    """Sunlight, for bodies that have an area for it."""
    ground: Float[Any, ""] = eqx.field(default=0.0, converter=held)
    """Height of the ground above `shape` [m]; one for all places."""
    laned: tuple[bool, ...] = eqx.field(static=True, default=())
    """Which leaves have lanes on their first axis, in their order; empty: none."""

    @property
    def axes(self) -> Any:
        """Its axes as of `jax.vmap`: 0 of each leaf with lanes, None of what all lanes share."""
        if not any(self.laned):
            return None
        tree = jax.tree.structure(self)
        return jax.tree.unflatten(tree, [0 if one else None for one in self.laned])

    def take(self, rows: ArrayLike) -> "World":
        """The world of the lanes `rows`, which may repeat."""
        if not any(self.laned):
            return self
        leaves, tree = jax.tree.flatten(self)
        index = np.asarray(rows)
        pairs = zip(leaves, self.laned, strict=True)
        return jax.tree.unflatten(tree, [x[index] if one else x for x, one in pairs])


def together(worlds: Sequence[World]) -> World:
    """Worlds as one of as many lanes: on the host, what is the same in all of them is shared.

    Raises:
        ValueError: worlds of different kinds: another model, or a table of another length.
    """
    flat = [jax.tree.flatten(world) for world in worlds]
    first, tree = flat[0]
    shapes = [np.shape(leaf) for leaf in first]
    if any(t != tree or [np.shape(x) for x in leaves] != shapes for leaves, t in flat[1:]):
        raise ValueError("worlds of different kinds do not fly in one batch")
    columns = list(zip(*(leaves for leaves, _ in flat), strict=True))
    laned = tuple(any(x is not c[0] and not np.array_equal(x, c[0]) for x in c) for c in columns)
    made = [np.stack(c) if one else c[0] for c, one in zip(columns, laned, strict=True)]
    found: World = jax.tree.unflatten(tree, made)
    return replace(found, laned=laned) if any(laned) else found


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
    stream = relative
    if not isinstance(world.wind, NoWind):
        blow_east, blow_north = wind_over(world.wind, place, t)
        stream = relative - to_inertial.apply(east * blow_east + north * blow_north)
    return Surroundings(
        place=place,
        to_fixed=to_fixed,
        up=to_inertial.apply(up),
        east=to_inertial.apply(east),
        north=to_inertial.apply(north),
        gravity=gravity,
        carried=-spin.cross(turning),
        relative=relative,
        stream=stream,
        air=air_over(world.atmosphere, place, t),
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
    along, inverse = around.stream.dot(axis), 1.0 / speed
    across = axis - around.stream * (along * inverse**2)  # points from the stream to the axis
    sine = jnp.sqrt(across.dot(across) + 1e-30)
    angle = jnp.arctan2(sine, along * inverse)
    axial, normal = table.areas(angle, mach)
    # The normal force is across the axis, on the leeward side: away from where the air goes.
    leeward = axis * along - around.stream
    side = leeward / jnp.sqrt(leeward.dot(leeward) + 1e-12)
    force = axis * (-pressure * axial) + side * (pressure * normal)
    still = speed < 1e-3
    nothing = force * 0.0
    return Airload(where(still, nothing, force), pressure, mach, jnp.where(still, 0.0, angle))
