"""What a turning Earth does: the pad carries its vehicle, and free falls are deflected."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.points import coast, inertial, kepler, state
from tests.physics.rockets import array, flown, launcher, pad, phases, world
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, EARTH_SPIN
from yaan.motion.powered_phases import End
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import Geodetic, geodetic
from yaan.spacetime.frame import Frame, vector

LATITUDES = np.radians([0.0, 45.0, -60.0, 80.0])


def turn(angle: float, r: np.ndarray) -> np.ndarray:
    """Components in axes turned by `angle` [rad] about z."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]]) @ r


def thrown(height: float, speed: float, stop: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ITRS positions at `stop` [s] of points thrown up at rest with the Earth, and their starts."""
    place = world()
    zero = jnp.asarray(0.0)
    starts = [Geodetic(jnp.asarray(lat), zero + 0.3, jnp.asarray(height)) for lat in LATITUDES]
    r0 = np.stack([np.asarray(array(start.position())) for start in starts])
    up = np.stack([np.asarray(array(start.up())) for start in starts])
    v0 = speed * up + np.cross([0.0, 0.0, EARTH_SPIN], r0)
    arrival = coast(
        place,
        jnp.stack([inertial(place, r) for r in r0]),
        jnp.stack([inertial(place, v) for v in v0]),
        stop=jnp.full(4, stop),
        step=jnp.full(4, 0.5),
    )
    to_fixed = place.earth.rotation(jnp.full(4, stop))
    fixed = to_fixed.apply(vector(jnp.asarray(state(arrival)[0]), Frame.GCRS))
    return np.asarray(array(fixed)), r0, v0


@pytest.mark.parametrize(("height", "speed", "stop"), [(5e3, 0.0, 30.0), (10.0, 300.0, 60.0)])
def test_free_falls_are_keplers_seen_from_the_turning_earth(height, speed, stop):
    fixed, r0, v0 = thrown(height, speed, stop)
    for found, r, v in zip(fixed, r0, v0, strict=True):
        exact, _ = kepler(r, v, stop, EARTH_MU)
        np.testing.assert_allclose(found, turn(EARTH_SPIN * stop, exact), rtol=0.0, atol=1e-5)


def test_a_dropped_body_lands_to_the_east():
    t = 30.0  # [s], a fall of 4.4 km
    fixed, r0, _ = thrown(5e3, 0.0, t)
    east = np.array([-np.sin(0.3), np.cos(0.3), 0.0])
    pull = EARTH_MU / np.sum(r0 * r0, axis=1)
    # Leading order, g w cos(latitude) t^3 / 3; gravity falls with height and points a little
    # off the vertical, each a few tenths of a per cent.
    leading = pull * EARTH_SPIN * np.cos(LATITUDES) * t**3 / 3.0
    np.testing.assert_allclose(fixed @ east, leading, rtol=0.01)


def test_a_body_thrown_up_lands_to_the_west():
    speed, g = 300.0, EARTH_MU / (EARTH_RADIUS + 10.0) ** 2
    # Back at the height of its start; effective gravity at the equator is less by w^2 r.
    t = 2.0 * speed / (g - EARTH_SPIN**2 * EARTH_RADIUS)
    fixed, _, _ = thrown(10.0, speed, float(t))
    # Source: Goldstein, Classical Mechanics, 3rd ed., section 4.10: -(4/3) w v^3 / g^2.
    leading = -4.0 / 3.0 * EARTH_SPIN * speed**3 / g**2
    assert fixed[0] @ [-np.sin(0.3), np.cos(0.3), 0.0] == pytest.approx(leading, rel=0.01)


WEAK = {"propellant": 20_000.0, "dry": 1_000.0, "thrust": 1e5, "isp": 300.0}


def test_a_vehicle_on_its_pad_stays_there():
    # A point mass pulls 0.1 deg off the vertical: the pad must hold sideways too.
    place = world()
    waiting = {
        "ignite": np.array([True]),
        "on_pad": True,
        "ends": {End.STRUCK: 1.0, End.LIFT_OFF: 1.0},
        "timeout": 20.0,
        "step": 0.5,
    }
    site = pad(np.radians(45.0), 0.3, 20.0)
    legs = flown(place, launcher(WEAK), phases(waiting), site=site)
    assert legs.outcome[0] == OutcomeCode.NO_LIFT_OFF
    assert float(legs.stop[0]) == 20.0
    here = jax.tree.map(lambda leaf: leaf[0], legs.inner)
    to_fixed = place.earth.rotation(legs.stop[0])
    moved = to_fixed.apply(here.position) - site.position()
    assert float(moved.norm()) < 1e-6
    assert abs(float(geodetic(to_fixed.apply(here.position)).height) - 20.0) < 1e-6
    # Its propellant burns meanwhile.
    assert float(here.propellant[0]) < 20_000.0 - 600.0
