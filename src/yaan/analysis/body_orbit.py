"""The orbit that a body is in, where it is in one."""

from typing import Any, Final

import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.analysis.event import told_elements
from yaan.results.trajectory import History
from yaan.spacetime.elements import elements
from yaan.spacetime.frame import Frame, vector

FRAME: Final = "GCRS, osculating, heights above 6378.137 km"


def orbit_at(history: History, row: int, mu: Float[Array, ""]) -> dict[str, Any] | None:
    """Osculating elements at a row, with `mu` [m^3/s^2]; None of what meets or leaves the Earth."""
    states = (jnp.asarray(history[name][row]) for name in ("position_gcrs", "velocity_gcrs"))
    position, velocity = (vector(state, Frame.GCRS) for state in states)
    e = elements(position, velocity, mu)
    # What is not a number is in no orbit either.
    if not (float(e.eccentricity) < 1.0 and float(e.perigee) > 0.0):
        return None
    return told_elements(e, FRAME)
