"""A replayed axis: straight between its knots, held beyond them, and with its jumps."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from yaan.gnc.navigation import Estimate
from yaan.gnc.replay import Replay, along
from yaan.spacetime.frame import Frame, components, vector

X, Y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])


def at(t: float) -> Estimate:
    nothing: Any = None
    return Estimate(jnp.asarray(t), *[nothing] * 7)


@pytest.mark.parametrize(
    ("t", "expected"),
    [(-1.0, X), (0.0, X), (0.5, (X + Y) / np.sqrt(2.0)), (1.0, X), (3.0, X), (9.0, Y), (99.0, Y)],
)
def test_the_axis_is_that_of_the_table(t: float, expected: np.ndarray):
    table = Replay(
        jnp.asarray([0.0, 1.0, 1.0, 5.0, 9.0]),
        vector(jnp.asarray(np.stack([X, Y, X, X, Y])), Frame.GCRS),
    )
    assert components(table.command(at(t), None).axis) == pytest.approx(expected, abs=1e-15)


def test_one_axis_is_kept():
    assert components(along(vector(jnp.asarray(Y), Frame.GCRS)).command(at(7.0), None).axis) == (
        pytest.approx(Y)
    )
