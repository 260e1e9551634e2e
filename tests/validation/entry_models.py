"""The cases of `entry_cases.py` as models: capsules, worlds, lanes of starts, and their entries."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tests.validation.entry_cases import APOLLO10, APOLLO_TRIM
from yaan.base.constants import EARTH_MU
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, state_of
from yaan.environment import NoWind, load_gravity, load_standard_atmosphere
from yaan.gnc import BankProfile
from yaan.motion import Entry, Handover, Leg, fly
from yaan.motion.entry import STEP, TIMEOUT, coasting_step
from yaan.spacetime import (
    Frame,
    Geodetic,
    Motion,
    Vector,
    inertial_state,
    uniform_rotation,
    vector,
)
from yaan.spacetime.frame import components
from yaan.vehicle import Capsule


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


def begun(world: World, where: Vector, moving: Motion, t: float = 0.0) -> State:
    """Lanes at `t` [s] over a place in ITRS, moving so against the sky."""
    time = jnp.full(where.x.shape, t)
    position, velocity = inertial_state(world.earth, time, where, moving)
    return state_of(np.asarray(time), components(position), components(velocity))


def entry(
    world: World,
    body: Capsule,
    bank: BankProfile,
    start: State,
    *,
    until: Handover,
    step: float = STEP,
) -> Entry:
    """An entry of lanes; `until` and `step` [s] are those of all."""
    lanes = len(start)
    end = jax.tree.map(lambda value: np.full(lanes, value), until)
    coast = coasting_step(np.ones(lanes))
    return Entry(world, body, bank, start.t, end, np.full(lanes, step), coast)


@eqx.filter_jit
def enter(motion: Entry, start: State, rows: int | None = None) -> Leg:
    """Fly an entry to its end."""
    return fly(motion, start, stop=start.t + TIMEOUT, step=motion.coast, rows=rows)


def apollo10(world: World, lanes: int) -> tuple[Capsule, State]:
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
    moving = motion(APOLLO10["speed"], APOLLO10["angle"], APOLLO10["heading"], lanes)
    where = vector(jnp.asarray(place), Frame.ITRS)
    return module, begun(world, where, moving)
