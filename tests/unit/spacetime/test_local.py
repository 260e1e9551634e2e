"""Axes of an orbit: where they point, traced and on the host."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from yaan.base.errors import FrameError, YaanError
from yaan.spacetime.attitude import vvlh
from yaan.spacetime.frame import Frame, components, vector
from yaan.spacetime.local import LOCAL, axes_of, local_axes, local_matrices

derandomised = settings(derandomize=True, deadline=None, max_examples=60)
numbers = some.floats(-1.0, 1.0).map(lambda x: round(x, 100))  # squares of less underflow
vectors = some.tuples(numbers, numbers, numbers).map(np.array)
# Out of the perigee of an ellipse in the x-y plane, going up: v is not across r.
R, V = np.array([7e6, 0.0, 0.0]), np.array([1e3, 7.5e3, 0.0])


def test_the_axes_of_a_plain_orbit():
    ahead = V / np.linalg.norm(V)
    inside = np.array([-ahead[1], ahead[0], 0.0])
    x, y, z = np.eye(3)
    wanted = {
        Frame.RTN: [x, y, z],
        Frame.TNW: [ahead, inside, z],
        Frame.VNC: [ahead, z, -inside],
        Frame.VVLH: [y, -z, -x],
    }
    for frame, axes in wanted.items():
        np.testing.assert_allclose(local_matrices(frame, R, V)[0], axes, rtol=0, atol=1e-15)


@derandomised
@given(vectors, vectors)
def test_the_host_and_what_is_traced_agree(r: np.ndarray, v: np.ndarray):
    h = np.cross(r, v)
    if np.linalg.norm(h) < 1e-3 * np.linalg.norm(r) * np.linalg.norm(v) or not h.any():
        return
    place, motion = (vector(jnp.asarray(one), Frame.GCRS) for one in (r, v))
    some_vector = vector(jnp.asarray([0.3, -0.2, 0.9]), Frame.GCRS)
    for frame in LOCAL:
        matrix = local_matrices(frame.name, r, v)[0]
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), rtol=0, atol=1e-12)
        assert np.linalg.det(matrix) == pytest.approx(1.0, abs=1e-12)
        turned = axes_of(frame, place, motion)
        assert turned.target is frame
        found = components(turned.apply(some_vector))
        np.testing.assert_allclose(found, matrix @ [0.3, -0.2, 0.9], rtol=0, atol=1e-11)


def test_vvlh_is_that_of_attitudes():
    place, motion = (vector(jnp.asarray(one), Frame.GCRS) for one in (R, V))
    mine, theirs = axes_of(Frame.VVLH, place, motion), vvlh(place, motion)
    np.testing.assert_allclose(jax.tree.leaves(mine), jax.tree.leaves(theirs), atol=1e-15)


def test_what_has_no_axes_is_refused():
    with pytest.raises(FrameError, match="lvlh names two frames"):
        local_matrices("lvlh", R, V)
    with pytest.raises(FrameError, match="TEME is no frame of an orbit"):
        local_matrices(Frame.TEME, R, V)
    with pytest.raises(YaanError, match="moves along its position"):
        local_matrices("rtn", R, R * 1e-3)
    with pytest.raises(YaanError, match="moves along its position"):
        local_matrices("vvlh", R, np.zeros(3))
    place, motion = vector(jnp.asarray(R), Frame.GCRS), vector(jnp.asarray(V), Frame.ITRS)
    with pytest.raises(FrameError):
        axes_of(Frame.RTN, place, motion)
    with pytest.raises(FrameError, match="no frame of an orbit"):
        local_axes(Frame.ITRS, place, place)
