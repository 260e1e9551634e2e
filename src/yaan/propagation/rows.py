"""What is told of the rows of an arc: places over the turning Earth, and osculating elements."""

from typing import Final

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from yaan.base.session import computing
from yaan.dynamics.forces import World
from yaan.spacetime.earth import geodetic
from yaan.spacetime.elements import elements
from yaan.spacetime.frame import Frame, vector

Array = NDArray[np.float64]

_BLOCK: Final = 2048  # rows at once: what is compiled for one block serves every number of rows


def places(world: World, t: Array, position: Array, velocity: Array) -> dict[str, Array]:
    """Geodetic place [rad, m] and osculating elements [m, rad] of rows, by their names.

    Args:
        world: that it was propagated in.
        t: instants [n, s].
        position: [n, 3, m], GCRS.
        velocity: [n, 3, m/s], GCRS. Elements are against the equator of GCRS, with the field's
            gravitational parameter.
    """
    starts = range(0, max(len(t), 1), _BLOCK)
    parts = [_block(world, *(x[i : i + _BLOCK] for x in (t, position, velocity))) for i in starts]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _block(world: World, t: Array, position: Array, velocity: Array) -> dict[str, Array]:
    count, more = len(t), _BLOCK - len(t)
    filled = [np.concatenate([x, np.repeat(x[-1:], more, axis=0)]) for x in (t, position, velocity)]
    with computing():
        at = jnp.asarray(filled[0])
        r, v = (vector(jnp.asarray(x), Frame.GCRS) for x in filled[1:])
        place = geodetic(world.earth.rotation(at).apply(r), world.shape)
        orbit = elements(r, v, world.mu)
        told = {
            "height": place.height,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "semi_major_axis": orbit.semi_major_axis,
            "eccentricity": orbit.eccentricity,
            "inclination": orbit.inclination,
            "node": orbit.right_ascension,
            "argument_of_perigee": orbit.argument_of_perigee,
            "true_anomaly": orbit.true_anomaly,
        }
        return {name: np.asarray(value)[:count] for name, value in told.items()}
