"""The state that a flight of phases begins with, from wherever its file says."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.constants import EARTH_RADIUS
from yaan.description import DropSpec, OrbitStartSpec, OriginSpec, PhasedFlight, Plan
from yaan.description.launch import PadSpec
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.state import State, state_of
from yaan.flight.models.body import attitude_of, motion_of, rate_of
from yaan.flight.models.craft import build_interface
from yaan.flight.models.launcher import pad_of
from yaan.flight.models.parts import Parts
from yaan.spacetime.earth import Geodetic
from yaan.spacetime.elements import Elements, state_of_elements
from yaan.spacetime.frame import Vector, components

Moving = tuple[Vector, Vector]
"""Position and velocity in GCRS [m, m/s]."""


def build_origin(flight: PhasedFlight, world: World, lanes: int) -> State:
    """The state at the epoch, the same in all lanes; on the host.

    Its attitude and rate are those of a start that has them, else unknown.
    """
    start, parts = flight.start, Parts(flight.vehicle)
    time = start.time or 0.0
    position, velocity = _moving(start, world, flight.plan)
    loads = np.array([start.tanks.get(name, full) for name, full in parts.loads.items()])
    there = np.ones(len(parts.names), dtype=bool)
    motion = (components(position)[None], components(velocity)[None])
    state = state_of(np.array([time]), *motion, loads, there)
    if start.state is not None and start.state.attitude is not None:
        attitude = attitude_of(start.state, world, position, velocity, time)
        rate = rate_of(start.state, world, (position, velocity), attitude, time)
        turned = jax.tree.map(lambda leaf: np.asarray(leaf)[None], (attitude, rate))
        state = eqx.tree_at(lambda s: (s.attitude, s.rate), state, turned)
    state = parts.without(state, start.without)
    return jax.tree.map(lambda leaf: np.repeat(leaf, lanes, axis=0), state)


def _moving(start: OriginSpec, world: World, plan: Plan) -> Moving:
    if start.pad is not None:
        return _on_pad(start.pad, world)
    if start.orbit is not None:
        return _in_orbit(start.orbit, world)
    if start.interface is not None:
        return build_interface(start.interface, world)
    if start.drop is not None:
        return _dropped(start.drop, world)
    assert start.state is not None
    return motion_of(start.state, world, plan, start.time or 0.0)


def _on_pad(pad: PadSpec, world: World) -> Moving:
    state = pad_of(pad).state(world, jnp.zeros(1))
    return state.position, state.velocity


def _in_orbit(orbit: OrbitStartSpec, world: World) -> Moving:
    near, far = EARTH_RADIUS + orbit.perigee, EARTH_RADIUS + orbit.apogee
    given = (orbit.inclination, orbit.node, orbit.argument_of_perigee, orbit.true_anomaly)
    shape = (0.5 * (near + far), (far - near) / (far + near))
    found = Elements(*(jnp.asarray(value, dtype=float) for value in (*shape, *given)))
    of_date = world.earth.of_date
    position, velocity = state_of_elements(found, world.mu, of_date.target)
    back = of_date.inverse()
    return back.apply(position), back.apply(velocity)


def _dropped(drop: DropSpec, world: World) -> Moving:
    t = jnp.zeros(())
    place = Geodetic(*(jnp.asarray(x) for x in (drop.latitude, drop.longitude, drop.height)))
    fixed = place.position(world.shape)
    to_inertial = world.earth.rotation(t).inverse()
    position = to_inertial.apply(fixed)
    turning = to_inertial.apply(world.earth.spin(t).cross(fixed))
    if drop.at_rest == "ground":
        return position, turning
    around = surroundings(world, t, position, turning)
    return position, turning - around.stream  # the air that it meets is what it moves with
