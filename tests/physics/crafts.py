"""Spacecraft in orbits given by their elements, and one compiled cruise of six lanes."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from tests.physics.rockets import array
from yaan.base.constants import EARTH_MU
from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape
from yaan.motion.orbit import Burns, Cruise, cruise
from yaan.spacetime.frame import Frame, Vector, vector
from yaan.vehicle import Spacecraft

LANES = 6
CRAFT = Spacecraft(7_000.0, 26.4, 2_200.0, 312.0)
TANK = 1_000.0  # [kg]
NEVER = (0.0, 0.0, 1.0)

_cruise = eqx.filter_jit(cruise)


def ellipse(
    perigee: float, eccentricity: float = 0.0, tilt: float = 0.9, along: float = 0.3
) -> tuple[np.ndarray, np.ndarray]:
    """State at the perigee [m from the centre], node on the x axis, `along` [rad] past it."""
    u, i = along, tilt
    out = np.array([np.cos(u), np.sin(u) * np.cos(i), np.sin(u) * np.sin(i)])
    ahead = np.array([-np.sin(u), np.cos(u) * np.cos(i), np.cos(u) * np.sin(i)])
    return perigee * out, np.sqrt(EARTH_MU * (1.0 + eccentricity) / perigee) * ahead


def lanes(rows: np.ndarray) -> Vector:
    """A vector of six lanes, from one row or six."""
    return vector(jnp.asarray(np.broadcast_to(rows, (LANES, 3))), Frame.GCRS)


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
) -> tuple[Cruise, Tape | None]:
    """Six lanes from t = 0; two burns of (start, duration, sense) [s], for all or by lane."""
    filled = [*burns, NEVER, NEVER][:2]
    table = np.stack([np.broadcast_to(np.asarray(b, float), (LANES, 3)) for b in filled], axis=1)

    def column(value: object) -> jnp.ndarray:
        return jnp.asarray(np.broadcast_to(np.asarray(value, float), LANES))

    return _cruise(
        place,
        craft,
        Burns(*(table[:, :, i] for i in range(3))),
        column(0.0),
        lanes(state[0]),
        lanes(state[1]),
        column(propellant),
        stop=column(stop),
        floor=column(floor),
        step=column(step),
        tolerance=column(tolerance),
        rows=rows,
    )


def end(flown: Cruise) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity of each lane [lanes, 3]."""
    return np.asarray(array(flown.state.position)), np.asarray(array(flown.state.velocity))


def recorded(tape: Tape | None, lane: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, positions and velocities of one lane's rows."""
    assert tape is not None
    count, orbit = int(tape.count[lane]), tape.state.orbit
    r, v = (np.asarray(array(x))[lane, :count] for x in (orbit.position, orbit.velocity))
    return np.asarray(tape.t)[lane, :count], r, v
