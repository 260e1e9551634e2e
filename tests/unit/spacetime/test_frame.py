"""Vectors and rotations: algebra, round trips, and frames that refuse to mix."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.physics.rockets import array
from yaan.base.errors import FrameError
from yaan.spacetime.frame import Frame, Vector, vector, where
from yaan.spacetime.rotation import Rotation, about, from_matrix

derandomised = settings(derandomize=True, deadline=None, max_examples=40)
part = some.floats(-1.0, 1.0).map(lambda x: round(x, 9))
quaternions = some.tuples(part, part, part, part).filter(lambda q: sum(c * c for c in q) > 0.01)
vectors = some.tuples(part, part, part)

GCRS, ITRS, CIRS = Frame.GCRS, Frame.ITRS, Frame.CIRS


def make(v: tuple[float, ...], frame: Frame = GCRS) -> Vector:
    return vector(jnp.asarray(v), frame)


def turning(q: tuple[float, ...], source: Frame = GCRS, target: Frame = ITRS) -> Rotation:
    parts = np.array(q) / np.linalg.norm(q)
    w, x, y, z = (jnp.asarray(p) for p in parts)
    return Rotation(w, x, y, z, source, target)


def dcm(q: tuple[float, ...]) -> np.ndarray:
    """Markley and Crassidis, equation 2.125, written out: v_target = C v_source."""
    w, *u = np.array(q) / np.linalg.norm(q)
    u = np.array(u)
    cross = np.array([[0, -u[2], u[1]], [u[2], 0, -u[0]], [-u[1], u[0], 0]])
    return (w * w - u @ u) * np.eye(3) - 2.0 * w * cross + 2.0 * np.outer(u, u)


@derandomised
@given(quaternions, vectors)
def test_a_rotation_is_its_matrix_and_back(q, v):
    rotation = turning(q)
    turned = rotation.apply(make(v))
    assert turned.frame is ITRS
    np.testing.assert_allclose(array(turned), dcm(q) @ v, atol=1e-14)
    back = rotation.inverse().apply(turned)
    assert back.frame is GCRS
    np.testing.assert_allclose(array(back), v, atol=1e-14)


@derandomised
@given(quaternions, quaternions, vectors)
def test_then_is_one_after_the_other(q, p, v):
    first, second = turning(q, GCRS, ITRS), turning(p, ITRS, CIRS)
    chained = first.then(second)
    assert (chained.source, chained.target) == (GCRS, CIRS)
    np.testing.assert_allclose(array(chained.apply(make(v))), dcm(p) @ dcm(q) @ v, atol=1e-14)


@derandomised
@given(quaternions)
def test_a_matrix_gives_its_rotation_back(q):
    c = dcm(q)
    found = from_matrix(c, GCRS, ITRS)
    columns = [array(found.apply(make(tuple(e)))) for e in np.eye(3)]
    np.testing.assert_allclose(np.stack(columns, axis=-1), c, atol=1e-14)


@pytest.mark.parametrize("angle", [0.0, 1e-12, 0.3, np.pi, 6.0])
def test_about_turns_the_axes(angle: float):
    turned = about(make((0.0, 0.0, angle)), ITRS).apply(make((1.0, 0.0, 0.0)))
    # The axes turn by the angle, so that the components turn back.
    np.testing.assert_allclose(array(turned), [np.cos(angle), -np.sin(angle), 0], atol=1e-15)


def test_about_is_smooth_at_zero():
    def x(angle: jax.Array) -> jax.Array:
        zero = jnp.zeros_like(angle)
        return about(Vector(zero, zero, angle, GCRS), ITRS).apply(make((0.0, 1.0, 0.0))).x

    assert float(jax.grad(x)(jnp.asarray(0.0))) == pytest.approx(1.0)


@derandomised
@given(vectors, vectors)
def test_vector_algebra_is_numpys(v, u):
    a, b = make(v), make(u)
    np.testing.assert_allclose(array(a + b), np.add(v, u))
    np.testing.assert_allclose(array(a - b), np.subtract(v, u))
    np.testing.assert_allclose(array(2.0 * -a / 4.0), np.array(v) / -2.0)
    np.testing.assert_allclose(a.dot(b), np.dot(v, u), atol=1e-15)
    np.testing.assert_allclose(array(a.cross(b)), np.cross(v, u), atol=1e-15)
    np.testing.assert_allclose(a.norm(), np.linalg.norm(v))


@pytest.mark.parametrize(
    ("doing", "operate"),
    [
        ("add", lambda a, b: a + b),
        ("subtract", lambda a, b: a - b),
        ("take the scalar product", lambda a, b: a.dot(b)),
        ("take the vector product", lambda a, b: a.cross(b)),
        ("choose", lambda a, b: where(jnp.asarray(True), a, b)),
    ],
)
def test_mixing_frames_says_what_and_which(doing: str, operate):
    a, b = make((1.0, 0.0, 0.0), GCRS), make((0.0, 1.0, 0.0), ITRS)
    with pytest.raises(FrameError, match=f"cannot {doing}: .* GCRS, .* ITRS"):
        operate(a, b)
    with pytest.raises(FrameError, match=f"cannot {doing}"):
        jax.jit(operate)(a, b)


def test_rotations_check_their_frames():
    rotation = turning((1.0, 0.0, 0.0, 0.0), GCRS, ITRS)
    with pytest.raises(FrameError, match="starts in GCRS, the vector is in CIRS"):
        rotation.apply(make((1.0, 0.0, 0.0), CIRS))
    with pytest.raises(FrameError, match="ends in ITRS, the next starts in GCRS"):
        rotation.then(rotation)


def test_where_chooses_by_lane():
    condition = jnp.asarray([True, False])
    zero, one = jnp.zeros(2), jnp.ones(2)
    chosen = where(condition, Vector(one, one, one, GCRS), Vector(zero, zero, zero, GCRS))
    assert chosen.x.tolist() == [1.0, 0.0]
