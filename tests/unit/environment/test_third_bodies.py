"""The tide against its own difference in many digits, and in the two ways in which it is flown."""

from fractions import Fraction
from math import isqrt

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import world
from yaan.dynamics.forces import World, surroundings
from yaan.environment.third_bodies import (
    MOON_MU,
    PLANET_MU,
    SUN_MU,
    PointBodies,
    ThirdBody,
    tide,
)
from yaan.spacetime.ephemeris import moon_path, sun_path
from yaan.spacetime.frame import Frame, Vector, components, vector
from yaan.spacetime.time import parse_utc

EPOCH = parse_utc("2007-11-20T00:00:00 UTC")
PLACES = [[6.7e6, 1e5, -2e6], [-3e6, 4.2e7, 1e3], [1e2, 0.0, 0.0]]
SUN, MOON = [1.2e11, -8e10, -3.4e10], [-2.1e8, 3.1e8, 1.4e8]


def exact(mu: float, body: list[float], place: list[float]) -> np.ndarray:
    """The difference of the two pulls in 60 digits."""

    def pull(r: list[Fraction]) -> list[Fraction]:
        square = sum((c * c for c in r), Fraction(0))
        scale = 10**60
        root = Fraction(isqrt(int(square * scale * scale)), scale)
        return [Fraction(mu) * c / (square * root) for c in r]

    far = [Fraction(c) for c in body]
    near = [s - Fraction(c) for s, c in zip(far, place, strict=True)]
    return np.array([float(a - b) for a, b in zip(pull(near), pull(far), strict=True)])


def place_of(components: list[float]) -> Vector:
    return vector(jnp.asarray(components), Frame.GCRS)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("mu", "body"), [(SUN_MU, SUN), (MOON_MU, MOON)])
def test_the_tide_is_the_difference_of_two_pulls(mu: float, body: list[float], place: list[float]):
    found = components(tide(jnp.asarray(mu), place_of(body), place_of(place)))
    wanted = exact(mu, body, place)
    assert np.linalg.norm(found - wanted) < 1e-14 * np.linalg.norm(wanted)


def test_at_the_centre_of_the_earth_there_is_no_tide():
    found = components(tide(jnp.asarray(SUN_MU), place_of(SUN), place_of([0.0, 0.0, 0.0])))
    assert not found.any()


def bodies() -> PointBodies:
    sun, moon = (path(EPOCH, 7_200.0) for path in (sun_path, moon_path))
    return PointBodies((ThirdBody(sun, SUN_MU), ThirdBody(moon, MOON_MU)))


def test_the_tides_of_sun_and_moon_have_their_sizes():
    # Twice mu r / d^3 towards the body at most, once across: with the distances of that day.
    r, t = 6.7e6, jnp.asarray(1_000.0)
    for body in bodies().bodies:
        path = components(body.path.at(t))
        distance = float(np.linalg.norm(path))
        size = float(body.mu) * r / distance**3
        ahead = place_of(list(path / distance * r))
        found = components(PointBodies((body,)).acceleration(t, ahead))
        np.testing.assert_allclose(found, 2.0 * size * path / distance, rtol=0, atol=0.06 * size)


def felt(place: World, t: jax.Array, r: Vector) -> np.ndarray:
    return components(surroundings(place, t, r, r * 0.0).gravity)


def test_third_bodies_are_felt_with_gravity():
    alone = world()
    together = eqx.tree_at(lambda w: w.third_bodies, alone, bodies(), is_leaf=lambda x: x is None)
    t, r = jnp.asarray(3_000.0), place_of(PLACES[0])
    more = felt(together, t, r) - felt(alone, t, r)
    np.testing.assert_allclose(more, components(bodies().acceleration(t, r)), rtol=0, atol=1e-14)
    assert 1e-7 < np.linalg.norm(more) < 2e-6


def test_a_world_without_them_compiles_to_what_it_was():
    def gravity(place: World, t: jax.Array, r: Vector) -> Vector:
        return surroundings(place, t, r, r * 0.0).gravity

    arguments = world(), jnp.asarray(0.0), place_of(PLACES[0])
    text = str(jax.make_jaxpr(gravity)(*arguments))
    assert jax.tree.leaves(world().third_bodies) == []
    bodied = eqx.tree_at(lambda w: w.third_bodies, world(), bodies(), is_leaf=lambda x: x is None)
    assert len(str(jax.make_jaxpr(gravity)(bodied, *arguments[1:]))) > len(text)


def test_gradients_are_finite():
    r = jnp.asarray(PLACES[0])

    def along(x: jax.Array) -> jax.Array:
        return bodies().acceleration(jnp.asarray(10.0), vector(x, Frame.GCRS)).x

    assert np.isfinite(jax.grad(along)(r)).all()


@pytest.mark.parametrize(
    ("planet", "share"),
    # The Sun's mass over those of planets with their moons (IAU 2009 system of constants).
    [("venus", 408523.719), ("mars", 3098703.59), ("jupiter", 1047.348644), ("saturn", 3497.9018)],
)
def test_planets_weigh_what_the_iau_says(planet: str, share: float):
    assert SUN_MU / PLANET_MU[planet] == pytest.approx(share, rel=1e-6)
