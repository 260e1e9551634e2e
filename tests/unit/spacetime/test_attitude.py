"""Attitudes against SciPy's rotations, and there and back."""

import itertools

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial.transform import Rotation as Reference

from tests.physics.bodies import body_vector, numbers, quaternion
from yaan.base.errors import FrameError
from yaan.spacetime.attitude import (
    Angles,
    angles_of,
    from_angles,
    from_axes,
    kinematics,
    ned,
    normalised,
    orbital_rate,
    rate_of,
    vvlh,
)
from yaan.spacetime.earth import Geodetic, geodetic, iers_rotation
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation, from_matrix
from yaan.spacetime.time import bundled_orientation, parse_utc

DRAW = np.random.default_rng(4)
CASES = [tuple(DRAW.uniform((-3.1, -1.5, -3.1), (3.1, 1.5, 3.1))) for _ in range(12)]


def angles(yaw: float, pitch: float, roll: float) -> Angles:
    """Three numbers as angles."""
    return Angles(jnp.asarray(yaw), jnp.asarray(pitch), jnp.asarray(roll))


def components(q: Rotation) -> np.ndarray:
    """w, x, y, z with w positive."""
    four = numbers(q)
    return four * np.sign(four[0])


@pytest.mark.parametrize("case", CASES)
def test_angles_make_the_rotation_that_scipy_makes(case: tuple[float, float, float]):
    attitude = from_angles(angles(*case), Frame.NED)
    # SciPy turns vectors, an attitude turns axes: the one's matrix is the other's transpose.
    matrix = Reference.from_euler("ZYX", case).as_matrix().T
    reference = components(from_matrix(matrix, Frame.NED, Frame.BODY))
    np.testing.assert_allclose(components(attitude), reference, rtol=0, atol=1e-14)
    np.testing.assert_allclose(numbers(angles_of(attitude)), case, rtol=0, atol=1e-12)
    stretched = quaternion(2.0 * numbers(attitude), Frame.NED, Frame.BODY)
    np.testing.assert_allclose(numbers(angles_of(stretched)), case, rtol=0, atol=1e-12)
    np.testing.assert_allclose(numbers(normalised(stretched)), numbers(attitude), atol=1e-15)


@pytest.mark.parametrize("order", list(itertools.permutations(("yaw", "pitch", "roll"))))
def test_turns_in_another_order_are_those_of_scipy(order: tuple[str, ...]):
    case = {"yaw": 0.4, "pitch": -0.7, "roll": 1.9}
    letters = "".join({"yaw": "Z", "pitch": "Y", "roll": "X"}[name] for name in order)
    matrix = Reference.from_euler(letters, [case[name] for name in order]).as_matrix().T
    reference = components(from_matrix(matrix, Frame.VVLH, Frame.BODY))
    attitude = from_angles(angles(**case), Frame.VVLH, order)
    np.testing.assert_allclose(components(attitude), reference, rtol=0, atol=1e-14)


@pytest.mark.parametrize("case", CASES)
def test_axes_make_the_rotation_that_has_them(case: tuple[float, float, float]):
    matrix = Reference.from_euler("ZYX", case).as_matrix().T
    x, y, z = (body_vector(i, j, k, Frame.GCRS) for i, j, k in matrix)
    made = from_axes(x, y, z, Frame.BODY)
    reference = components(from_matrix(matrix, Frame.GCRS, Frame.BODY))
    np.testing.assert_allclose(components(made), reference, rtol=0, atol=1e-14)


def test_kinematics_is_the_derivative_of_a_turn():
    attitude, rate = from_angles(angles(0.3, -0.7, 2.0), Frame.GCRS), body_vector(0.1, -0.2, 0.3)
    change = kinematics(attitude, rate)
    small = 1e-6  # [s]
    turn = 0.5 * small * numbers(rate)
    step = quaternion((1.0, *turn), Frame.BODY, Frame.BODY)
    moved = numbers(attitude.then(step))
    np.testing.assert_allclose((moved - numbers(attitude)) / small, numbers(change), atol=1e-9)
    np.testing.assert_allclose(numbers(rate_of(attitude, change)), numbers(rate), atol=1e-15)
    with pytest.raises(FrameError, match="turn an attitude"):
        kinematics(attitude, body_vector(0, 0, 1, Frame.GCRS))


def test_north_east_down_of_a_place():
    place = Geodetic(*(jnp.asarray(v) for v in (0.5, 1.2, 300.0)))
    level = ned(place)
    np.testing.assert_allclose(numbers(level.apply(place.up())), [0, 0, -1], atol=1e-15)
    np.testing.assert_allclose(numbers(level.apply(place.east())), [0, 1, 0], atol=1e-15)


def test_vvlh_of_an_orbit_and_how_fast_it_turns():
    r, v = body_vector(4e6, 5e6, 2e6, Frame.GCRS), body_vector(-5e3, 3e3, 4e3, Frame.GCRS)
    local = vvlh(r, v)
    down, across, ahead = (local.apply(a) for a in (r, r.cross(v), v))
    np.testing.assert_allclose(numbers(down) / float(r.norm()), [0, 0, -1], atol=1e-15)
    np.testing.assert_allclose(numbers(across) / float(r.cross(v).norm()), [0, -1, 0], atol=1e-15)
    assert float(ahead.x) > 0
    later = vvlh(r + v * 1e-3, v)
    turned: Vector = rate_of(local, kinematics(local, local.apply(orbital_rate(r, v))))
    seen = local.inverse().then(later)
    np.testing.assert_allclose(2e3 * numbers(seen)[1:], numbers(turned), atol=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_from_the_stars_to_the_body_and_back(case: tuple[float, float, float]):
    """GCRS, ITRS, the level of a place, the body, and the same way home."""
    earth = iers_rotation(parse_utc("2027-01-15T03:30:00 UTC"), bundled_orientation(), duration=1e4)
    to_fixed = earth.rotation(jnp.asarray(1234.5))
    position = body_vector(4.1e6, -3.9e6, 3.7e6, Frame.GCRS)
    level = ned(geodetic(to_fixed.apply(position)))
    whole = to_fixed.then(level).then(from_angles(angles(*case), Frame.NED))
    there = whole.apply(position)
    back = whole.inverse().apply(there)
    np.testing.assert_allclose(numbers(back), numbers(position), rtol=1e-12)
    home = level.inverse().apply(level.apply(to_fixed.apply(position)))
    np.testing.assert_allclose(numbers(home), numbers(to_fixed.apply(position)), rtol=1e-12)
    assert float(there.norm()) == pytest.approx(float(position.norm()), rel=1e-14)
    seen = angles_of(to_fixed.then(level).inverse().then(whole))
    np.testing.assert_allclose(numbers(seen), case, rtol=0, atol=1e-12)
