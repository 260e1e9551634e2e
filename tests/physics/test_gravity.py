"""Gravity against other ways to the same numbers, and against the laws it must obey."""

from importlib.util import find_spec
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.environment import (
    AbstractGravity,
    HarmonicGravity,
    PointGravity,
    ZonalJ2Gravity,
    load_gravity,
)
from yaan.environment.fields import read_field

DATA = Path(__file__).parent / "data"
POLES = [[0.0, 0.0, 6.4e6], [0.0, 0.0, -6.4e6]]


def places(count: int = 60) -> np.ndarray:
    """Points from the ground to 1,000 km, shape [3, n], some within a metre of a pole."""
    draw = np.random.default_rng(20270115)
    direction = draw.normal(size=(3, count))
    direction[:2, :4] *= [1e-7, 1e-4, 1e-2, 1e-1]
    radius = 6.37e6 + draw.uniform(0.0, 1e6, size=count)
    return radius * direction / np.linalg.norm(direction, axis=0)


@jax.jit
def pull(model: AbstractGravity, r: jax.Array) -> jax.Array:
    return jnp.stack(model.acceleration(*r))


gradient = jax.jit(jax.jacfwd(pull, argnums=1))


def accelerations(model: AbstractGravity, r: np.ndarray) -> np.ndarray:
    return np.asarray(pull(model, jnp.asarray(r)))


def legendre(degree: int, latitude: float) -> np.ndarray:
    """Normalised P_nm(sin latitude) by recursion in degree from the sectoral ones, numpy only."""
    sine, cosine = np.sin(latitude), np.cos(latitude)
    p = np.zeros((degree + 2, degree + 2))
    p[0, 0] = 1.0
    for m in range(degree + 1):
        if m > 0:
            p[m, m] = (
                cosine * np.sqrt((2 * m + 1) / (2 * m) * (2 if m == 1 else 1)) * p[m - 1, m - 1]
            )
        p[m + 1, m] = np.sqrt(2 * m + 3) * sine * p[m, m]
        for n in range(m + 2, degree + 1):
            a = np.sqrt((4 * n * n - 1) / (n * n - m * m))
            b = np.sqrt(((n - 1) ** 2 - m * m) / (4 * (n - 1) ** 2 - 1))
            p[n, m] = a * (sine * p[n - 1, m] - b * p[n - 2, m])
    return p


def spherical(field: dict[str, np.ndarray], degree: int, r: np.ndarray) -> np.ndarray:
    """Acceleration by latitude and longitude: the textbook's way, singular at the poles."""
    rho = np.hypot(r[0], r[1])
    radius, lat, lon = np.hypot(rho, r[2]), np.arctan2(r[2], rho), np.arctan2(r[1], r[0])
    p = legendre(degree, lat)
    up = north = east = 0.0
    for n in range(degree, -1, -1):
        scale = (float(field["radius"]) / radius) ** n
        for m in range(n, -1, -1):
            c, s = field["c"][n, m], field["s"][n, m]
            along = c * np.cos(m * lon) + s * np.sin(m * lon)
            across = -c * np.sin(m * lon) + s * np.cos(m * lon)
            lift = np.sqrt((n - m) * (n + m + 1) / (2 if m == 0 else 1))
            slope = lift * p[n, m + 1] - m * np.tan(lat) * p[n, m]
            up -= (n + 1) * scale * p[n, m] * along
            north += scale * slope * along
            east += scale * m * p[n, m] / np.cos(lat) * across
    local = np.array([up, north, east]) * float(field["mu"]) / radius**2
    axes = np.array(
        [
            [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)],
            [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)],
            [-np.sin(lon), np.cos(lon), 0.0],
        ]
    )
    return local @ axes


@pytest.mark.parametrize("degree", [3, 12, 70])
def test_harmonics_agree_with_the_spherical_gradient(degree: int):
    r = places(60 if degree < 70 else 12)
    ours = accelerations(load_gravity("egm2008", degree), r)
    field = read_field("egm2008_70")
    theirs = np.stack([spherical(field, degree, place) for place in r.T], axis=1)
    error = np.linalg.norm(ours - theirs, axis=0) / np.linalg.norm(theirs, axis=0)
    # Both round at 1e-16 a term; the other way loses digits in tan(latitude) near the poles.
    assert error.max() < 1e-13


# An opt-in oracle: another project's gravity, where it is installed.
if find_spec("brahe") is not None:

    def test_harmonics_agree_with_brahe():
        import brahe  # pyright: ignore[reportMissingImports]

        model = brahe.GravityModel.from_model_type(brahe.GravityModelType.EGM2008_120)
        r = np.concatenate([places(), np.transpose(POLES)], axis=1)
        ours = accelerations(load_gravity("egm2008", 70), r)
        call = brahe.accel_gravity_spherical_harmonics
        theirs = [call(np.ascontiguousarray(place), np.eye(3), model, 70, 70) for place in r.T]
        error = np.linalg.norm(ours.T - theirs, axis=1) / np.linalg.norm(theirs, axis=1)
        assert error.max() < 1e-14


def test_the_field_is_near_another_field():
    table = read_field("egm2008_70")
    rows = np.loadtxt(DATA / "egm96_8x8.txt")
    for n, m, c, s, sigma_c, sigma_s in rows[1:]:
        at = int(n), int(m)
        # Where EGM96 gives no sigma (C21, S21) it fixes the value from the pole's mean place.
        margin_c, margin_s = (7.0 * max(sigma, 4e-11) for sigma in (sigma_c, sigma_s))
        assert abs(table["c"][at] - c) < margin_c, at
        assert abs(table["s"][at] - s) < margin_s, at


def test_two_fields_of_the_same_satellites_agree():
    # GGM05C keeps the permanent tide in C20, EGM2008 does not: 4.17e-9 and what the years between
    # them moved. C21 follows the mean pole, of another year too.
    old, new = read_field("ggm05c_8"), read_field("egm2008_70")
    part = slice(9)
    c, s = old["c"] - new["c"][part, part], old["s"] - new["s"][part, part]
    assert c[2, 0] == pytest.approx(-4.17e-9, abs=2e-10)
    assert abs(c[2, 1]) < 1.1e-10
    c[2, :2] = 0.0
    assert max(np.abs(c).max(), np.abs(s).max()) < 6e-11


def test_j2_is_the_second_zonal_harmonic():
    field = read_field("egm2008_70")
    c = np.diag([1.0, 0.0, 0.0])
    c[2, 0] = field["c"][2, 0]
    j2 = -np.sqrt(5.0) * field["c"][2, 0]
    zonal = ZonalJ2Gravity(field["mu"], field["radius"], j2)
    harmonic = HarmonicGravity(field["mu"], field["radius"], c, np.zeros((3, 3)))
    r = places()
    np.testing.assert_allclose(accelerations(zonal, r), accelerations(harmonic, r), rtol=1e-13)


@pytest.mark.parametrize("degree", [2, 9, 20, 70])
def test_one_place_is_pulled_as_many_are(degree: int):
    field = read_field("egm2008_70")
    part = slice(degree + 1)
    given = field["mu"], field["radius"], field["c"][part, part], field["s"][part, part]
    r = np.concatenate([places(), np.transpose(POLES)], axis=1)
    field_of_all = HarmonicGravity(*given)
    assert field_of_all.degree == degree
    one = accelerations(field_of_all, r)
    other = np.stack([accelerations(field_of_all, r[:, i]) for i in range(r.shape[1])], axis=1)
    assert np.abs(one - other).max() < 1e-14 * np.abs(one).max()


def test_degree_zero_is_a_point():
    r = places()
    point = PointGravity(3.986e14)
    sphere = HarmonicGravity(3.986e14, 6.4e6, np.ones((1, 1)), np.zeros((1, 1)))
    np.testing.assert_allclose(accelerations(point, r), accelerations(sphere, r), rtol=1e-14)
    radius = np.linalg.norm(r, axis=0)
    np.testing.assert_allclose(accelerations(point, r), -3.986e14 * r / radius**3, rtol=1e-14)


@pytest.mark.parametrize("degree", [0, 8, 20])
def test_the_gradient_is_finite_symmetric_and_free_of_sources(degree: int):
    model = load_gravity("egm2008", degree)
    for r in [*POLES, [6.5e6, 1e5, -2e5]]:
        tensor = np.asarray(gradient(model, jnp.asarray(r)))
        size = np.abs(tensor).max()
        assert np.isfinite(tensor).all()
        assert abs(np.trace(tensor)) < 1e-13 * size
        assert np.abs(tensor - tensor.T).max() < 1e-13 * size


def test_reverse_mode_agrees_with_forward_mode():
    model = load_gravity("egm2008", 8)
    r = jnp.asarray([1e6, -6.4e6, 2e6])
    reverse = jax.jit(jax.grad(lambda q, m: m.acceleration(*q)[0]))(r, model)
    np.testing.assert_allclose(reverse, gradient(model, r)[0], rtol=1e-12, atol=1e-20)


def test_the_pull_is_the_slope_of_a_potential():
    # Work around a closed loop is zero to the error of the quadrature (periodic: exponential).
    model = load_gravity("egm2008", 8)
    angle = np.linspace(0.0, 2 * np.pi, 129)[:-1]
    tilt = np.array([[1, 0, 0], [0, 0.6, -0.8], [0, 0.8, 0.6]])
    loop = 6.6e6 * tilt @ [np.cos(angle), np.sin(angle), 0.02 * np.sin(3 * angle)]
    speed = 6.6e6 * tilt @ [-np.sin(angle), np.cos(angle), 0.06 * np.cos(3 * angle)]
    work = np.sum(accelerations(model, loop) * speed, axis=0)
    assert abs(work.mean()) < 1e-13 * np.abs(work).max()
