"""States that are given against axes of the sky, in the inertial axes that a mission flies in."""

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from yaan.description import Plan, StartSpec
from yaan.flight.models.world import epoch_of
from yaan.spacetime.axes import older_axes, to_frame
from yaan.spacetime.frame import Frame, Vector, frame_named, vector
from yaan.spacetime.rotation import from_matrix
from yaan.spacetime.time import Epoch, bundled_orientation


def motion_in_the_sky(start: StartSpec, plan: Plan, t: float) -> tuple[Vector, Vector]:
    """Position and velocity in GCRS [m, m/s] of a start in EME2000, MOD, TOD or TEME at `t` [s].

    Where the Earth turns by the conventions of 1980 what is called GCRS are the axes of EME2000,
    and those of date are of the same conventions. Axes of date are as they stand at `t`.
    """
    assert start.frame is not None
    frame, rotation = frame_named(start.frame), plan.environment.earth.rotation
    matrix = sky_axes(frame, epoch_of(plan) + t, rotation)
    back = from_matrix(matrix, Frame.GCRS, frame).inverse()
    place, motion = start.position, start.velocity
    given = ([place.x, place.y, place.z], [motion.x, motion.y, motion.z])
    position, velocity = (back.apply(vector(jnp.asarray(one, dtype=float), frame)) for one in given)
    return position, velocity


def sky_axes(frame: Frame, epoch: Epoch, rotation: str) -> NDArray[np.float64]:
    """The matrix [3, 3] to axes of the sky from the inertial axes of a `rotation` of a file."""
    if rotation == "iau1980":
        return older_axes(frame, epoch)
    assert rotation == "iers", rotation  # the check has seen to it
    return to_frame(frame, epoch, bundled_orientation())[0]
