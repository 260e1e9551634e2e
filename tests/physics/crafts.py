"""Spacecraft in orbits given by their elements, and one compiled orbit of six lanes."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from tests.physics.rockets import array
from yaan.base.constants import EARTH_MU
from yaan.dynamics.forces import World
from yaan.dynamics.state import state_of
from yaan.motion.base import Leg, by_lane
from yaan.motion.base import fly as fly_motion
from yaan.motion.orbit import Burns, Orbit
from yaan.vehicle import Spacecraft

LANES = 6
CRAFT = Spacecraft(7_000.0, 26.4, 2_200.0, 312.0)
TANK = 1_000.0  # [kg]
NEVER = (0.0, 0.0, 1.0)

_fly = eqx.filter_jit(fly_motion)


def ellipse(
    perigee: float, eccentricity: float = 0.0, tilt: float = 0.9, along: float = 0.3
) -> tuple[np.ndarray, np.ndarray]:
    """State at the perigee [m from the centre], node on the x axis, `along` [rad] past it."""
    u, i = along, tilt
    out = np.array([np.cos(u), np.sin(u) * np.cos(i), np.sin(u) * np.sin(i)])
    ahead = np.array([-np.sin(u), np.cos(u) * np.cos(i), np.cos(u) * np.sin(i)])
    return perigee * out, np.sqrt(EARTH_MU * (1.0 + eccentricity) / perigee) * ahead


def orbit(
    place: World,
    *burns: tuple[float, float, float] | np.ndarray,
    craft: Spacecraft = CRAFT,
    floor: object = -1e9,
    pitch: object = None,
) -> Orbit:
    """Six lanes; two burns of (start, duration, sense) [s], for all or by lane; so `pitch`."""
    filled = [*burns, NEVER, NEVER][:2]
    table = np.stack([np.broadcast_to(np.asarray(b, float), (LANES, 3)) for b in filled], axis=1)
    tilt = None if pitch is None else np.repeat(np.asarray(column(pitch))[:, None], 2, axis=1)
    given = Burns(*(table[:, :, i] for i in range(3)), pitch=tilt)
    return Orbit(place, by_lane(craft, column(0.0)), given, column(floor))


def column(value: object) -> jnp.ndarray:
    """Six lanes of a number, or of one each."""
    return jnp.asarray(np.broadcast_to(np.asarray(value, float), LANES))


def fly(
    place: World,
    state: tuple[np.ndarray, np.ndarray],
    stop: object,
    *burns: tuple[float, float, float] | np.ndarray,
    craft: Spacecraft = CRAFT,
    propellant: object = TANK,
    step: object = 60.0,
    floor: object = -1e9,
    tolerance: object = 1.0,
    rows: int | None = None,
    pitch: object = None,
) -> Leg:
    """Six lanes from t = 0, as `orbit` has them."""
    r, v = (np.broadcast_to(row, (LANES, 3)) for row in state)
    start = state_of(np.zeros(LANES), r, v, tanks=np.asarray(column(propellant))[:, None])
    motion = orbit(place, *burns, craft=craft, floor=floor, pitch=pitch)
    how = {"stop": column(stop), "step": column(step), "tolerance": column(tolerance)}
    return _fly(motion, start, **how, rows=rows)


def end(flown: Leg) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity of each lane [lanes, 3]."""
    return flown.end.position_gcrs, flown.end.velocity_gcrs


def recorded(flown: Leg, lane: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, positions and velocities of one lane's rows."""
    tape = flown.tape
    assert tape is not None
    count, inner = int(tape.count[lane]), tape.state
    r, v = (np.asarray(array(x))[lane, :count] for x in (inner.position, inner.velocity))
    return np.asarray(tape.t)[lane, :count], r, v
