"""The cases of `entry_cases.py` as models: capsules, worlds, and lanes of starts."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from tests.validation.entry_cases import APOLLO10, APOLLO_TRIM
from yaan.base.constants import EARTH_MU
from yaan.dynamics.forces import World
from yaan.environment import NoWind, load_gravity, load_standard_atmosphere
from yaan.spacetime import (
    Frame,
    Geodetic,
    Motion,
    Vector,
    inertial_state,
    uniform_rotation,
    vector,
)
from yaan.vehicle import Capsule

Lanes = tuple[Capsule, Vector, Vector]


def earth() -> World:
    """The turning Earth: field of degree 8, the standard atmosphere, no wind."""
    return World(
        gravity=load_gravity("egm2008", 8),
        atmosphere=load_standard_atmosphere(),
        wind=NoWind(),
        earth=uniform_rotation(duration=3600.0),
        mu=jnp.asarray(EARTH_MU),
    )


def capsule(lanes: int, *, mach: Any, lift: Any, drag: Any, angle: Any, **numbers: Any) -> Capsule:
    """A capsule of `mass`, `area` and `nose_radius` a lane; tables are shared or [lanes, n]."""
    shape = (lanes, len(mach))
    return Capsule(
        **{name: jnp.broadcast_to(jnp.asarray(v, float), (lanes,)) for name, v in numbers.items()},
        emissivity=jnp.full(lanes, 0.85),
        mach=jnp.broadcast_to(jnp.asarray(mach, float), shape),
        lift=jnp.broadcast_to(jnp.asarray(lift, float), shape),
        drag=jnp.broadcast_to(jnp.asarray(drag, float), shape),
        angle=jnp.broadcast_to(jnp.asarray(angle, float), shape),
    )


def motion(speed: Any, angle: Any, heading: Any, lanes: int) -> Motion:
    """Motions from a speed [m/s] and two angles [deg], shared or a lane."""
    each = (speed, *(jnp.radians(jnp.asarray(v, float)) for v in (angle, heading)))
    return Motion(*(jnp.broadcast_to(jnp.asarray(v, float), (lanes,)) for v in each))


def over(latitude: float, longitude: float, height: float, lanes: int) -> Vector:
    """A place in ITRS, geodetic latitude and longitude [deg], height [m]."""
    ones = jnp.ones(lanes)
    north, east = np.radians([latitude, longitude])
    return Geodetic(north * ones, east * ones, height * ones).position()


def apollo10(world: World, lanes: int) -> Lanes:
    """The command module at its planned interface."""
    mach, alpha, lift, drag = APOLLO_TRIM.T
    module = capsule(
        lanes,
        mach=mach,
        lift=lift,
        drag=drag,
        angle=np.radians(180.0 - alpha),
        **{name: APOLLO10[name] for name in ("mass", "area", "nose_radius")},
    )
    north, east = np.radians([APOLLO10["latitude"], APOLLO10["longitude"]])
    direction = [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    place = APOLLO10["radius"] * np.broadcast_to(direction, (lanes, 3))
    still: Array = jnp.zeros(lanes)
    moving = motion(APOLLO10["speed"], APOLLO10["angle"], APOLLO10["heading"], lanes)
    where = vector(jnp.asarray(place), Frame.ITRS)
    return module, *inertial_state(world.earth, still, where, moving)
