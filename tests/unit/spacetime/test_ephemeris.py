"""The Sun against published instants, another theory, and the sky of a place."""

import erfa
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.spacetime.ephemeris import (
    ASTRONOMICAL_UNIT,
    Ephemeris,
    apparent_sun_path,
    apparent_sun_position,
    moon_path,
    moon_position,
    planet_position,
    sun_elevation,
    sun_over_ground,
    sun_path,
    sun_position,
)
from yaan.spacetime.frame import components
from yaan.spacetime.time import Epoch, bundled_orientation, parse_utc

DAY = 86_400.0
ARCSECOND = np.pi / 648_000.0  # [rad]


def almanac(epoch: Epoch, t: np.ndarray) -> np.ndarray:
    """Apparent direction of the Sun in GCRS from mean elements, within an arcminute.

    Source: Standish, Approximate Positions of the Planets (JPL), table 1, the Earth-Moon
    barycentre on the ecliptic of J2000; less the constant of aberration.
    """
    jd, part = epoch.tt()
    centuries = (jd - 2_451_545.0 + part + t / DAY) / 36_525.0
    eccentricity = 0.01671123 - 0.00004392 * centuries
    perihelion = np.radians(102.93768193 + 0.32327364 * centuries)
    mean = np.radians(100.46457166 + 35_999.37244981 * centuries) - perihelion
    anomaly = mean
    for _ in range(10):
        anomaly = mean + eccentricity * np.sin(anomaly)
    half = np.sqrt((1.0 + eccentricity) / (1.0 - eccentricity)) * np.tan(0.5 * anomaly)
    longitude = 2.0 * np.arctan(half) + perihelion + np.pi - 20.4955 * ARCSECOND
    tilt = np.radians(23.43928)
    sine = np.sin(longitude)
    return np.stack([np.cos(longitude), sine * np.cos(tilt), sine * np.sin(tilt)], axis=-1)


def test_the_earth_is_where_sofa_says():
    # The values of SOFA's own test of epv00, at TDB 53411.52501161 MJD. A nanosecond is 30 um.
    seconds = (2_400_000.5 - 2_451_545.0 + 53_411.52501161) * DAY - 32.184
    epoch = Epoch(float(np.floor(seconds)), float(seconds % 1.0))
    wanted = np.array([-0.7757238809297706813, 0.5598052241363340596, 0.2426998466481686993])
    np.testing.assert_allclose(sun_position(epoch, 0.0), -wanted * ASTRONOMICAL_UNIT, atol=0.1)


@pytest.mark.parametrize(
    ("instant", "longitude"),
    [
        ("2024-03-20T03:06:00 UTC", 0.0),
        ("2024-06-20T20:51:00 UTC", 90.0),
        ("2024-09-22T12:44:00 UTC", 180.0),
        ("2024-12-21T09:21:00 UTC", 270.0),
        ("2025-03-20T09:01:00 UTC", 0.0),
        ("2025-06-21T02:42:00 UTC", 90.0),
        ("2025-09-22T18:19:00 UTC", 180.0),
        ("2025-12-21T15:03:00 UTC", 270.0),
    ],
)
def test_equinoxes_and_solstices_are_those_of_the_almanacs(instant: str, longitude: float):
    # Published to the minute: half of it is 1.3 arcseconds of longitude. Aberration is 20.5.
    epoch = parse_utc(instant)
    tt = epoch.tt()
    tilt = erfa.obl06(*tt) + erfa.nut06a(*tt)[1]
    x, y, _ = erfa.rx(tilt, np.eye(3)) @ erfa.pnm06a(*tt) @ apparent_sun_position(epoch, 0.0)
    miss = (np.arctan2(y, x) - np.radians(longitude) + np.pi) % (2.0 * np.pi) - np.pi
    assert abs(miss) < 1.3 * ARCSECOND


def test_the_direction_is_that_of_a_shorter_theory_over_a_year():
    epoch, t = parse_utc("2027-01-15T03:30:00 UTC"), np.arange(0.0, 366.0 * DAY, 5.0 * DAY)
    sun = apparent_sun_position(epoch, t)
    cosine = np.sum(sun * almanac(epoch, t), axis=1) / np.linalg.norm(sun, axis=1)
    # The Earth swings about the barycentre by 6.4 arcseconds; perturbations are of 20.
    assert np.max(np.arccos(cosine)) < 40.0 * ARCSECOND
    distance = np.linalg.norm(sun_position(epoch, t), axis=1) / ASTRONOMICAL_UNIT
    assert distance.min() == pytest.approx(0.9833, abs=2e-4)
    assert distance.max() == pytest.approx(1.0167, abs=2e-4)


def test_elevations_are_those_of_the_closure_study():
    # Passes of a landing zone as an independent study lists them, to a degree; the place of the
    # second is given, those of the others are crossings of 14 N.
    epoch, orientation = parse_utc("2027-01-15T03:30:00 UTC"), bundled_orientation()
    hours, places = np.array([23.2, 71.0]), np.radians([[14.0, 10.7], [87.8, 81.7]])
    found = np.degrees(sun_elevation(epoch, orientation, hours * 3_600.0, *places))
    np.testing.assert_allclose(found, [26.0, 20.0], atol=1.0)


def test_noon_and_midnight_of_a_meridian():
    # At the June solstice the Sun stands over the tropic; the equation of time is -1.9 min.
    epoch, orientation = parse_utc("2025-06-21T12:00:00 UTC"), bundled_orientation()
    t = np.arange(-600.0, 600.0, 5.0)
    tropic = np.radians(23.4364)
    found = sun_elevation(epoch, orientation, t, tropic, 0.0)
    assert np.degrees(found.max()) == pytest.approx(90.0, abs=0.02)
    assert t[np.argmax(found)] == pytest.approx(1.9 * 60.0, abs=10.0)
    below = sun_elevation(epoch, orientation, 0.5 * DAY, tropic, 0.0)
    assert np.degrees(below[0]) == pytest.approx(2.0 * 23.4364 - 90.0, abs=0.02)
    # The length does not change on the way to the ground.
    sun = sun_over_ground(epoch, orientation, t[:3])
    assert np.linalg.norm(sun, axis=1) == pytest.approx(1.0162 * ASTRONOMICAL_UNIT, rel=1e-3)


along = jax.jit(jax.vmap(Ephemeris.at, in_axes=(None, 0)))


@pytest.mark.parametrize(
    ("path", "position", "margin"),
    [
        # h^4 / 384 times the fourth derivative of a circle: 1e-3 m of the Sun's year, 3e-5 m of
        # the Moon's month; what is left is the rounding of 1.5e11 m and of the day's fraction.
        (sun_path, sun_position, 1.0),
        (apparent_sun_path, apparent_sun_position, 1.0),
        (moon_path, moon_position, 1e-2),
    ],
)
def test_a_path_is_the_series_between_its_nodes(path, position, margin: float):
    epoch, duration = parse_utc("2007-11-20T00:00:00 UTC"), 3.0 * DAY
    t = np.concatenate([np.arange(0.0, duration, 2_741.0), [duration]])
    found = components(along(path(epoch, duration), jnp.asarray(t)))
    assert np.abs(found - position(epoch, t)).max() < margin


def test_the_moon_is_where_sofa_says():
    # The values of SOFA's own test of moon98, at TT 43999.9 MJD.
    seconds = (2_400_000.5 - 2_451_545.0 + 43_999.9) * DAY - 32.184
    epoch = Epoch(float(np.floor(seconds)), float(seconds % 1.0))
    wanted = [-0.2601295959971044180e-2, 0.6139750944302742189e-3, 0.2640794528229828909e-3]
    found = moon_position(epoch, 0.0)
    np.testing.assert_allclose(found, np.multiply(wanted, ASTRONOMICAL_UNIT), rtol=0, atol=1e-3)


def test_new_moon_is_before_the_sun():
    # The total eclipse of 2024-04-08, greatest at 18:17 UTC: Moon and Sun within a lunar radius.
    epoch = parse_utc("2024-04-08T18:17:00 UTC")
    moon, sun = moon_position(epoch, 0.0), apparent_sun_position(epoch, 0.0)
    cosine = moon @ sun / np.linalg.norm(moon) / np.linalg.norm(sun)
    # Gamma of the eclipse: the shadow's axis passes 0.3431 equatorial radii from the centre.
    assert np.linalg.norm(moon) * np.sqrt(1.0 - cosine**2) / 6.378137e6 == pytest.approx(
        0.3431, abs=0.005
    )


def test_jupiter_and_saturn_met_as_they_were_seen():
    # The great conjunction of 2020-12-21: 6.1 arcminutes apart, nearest at 18:20 UTC as was
    # published; the series are within 71 and 86 arcseconds as seen from the Sun.
    epoch = parse_utc("2020-12-21T18:20:00 UTC")
    one, other = (planet_position(name, epoch, 0.0) for name in ("jupiter", "saturn"))
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    apart = np.degrees(np.arcsin(np.linalg.norm(np.cross(one, other)) / size)) * 60.0
    assert apart == pytest.approx(6.1, abs=2.6)
    # 5.92 and 10.83 astronomical units away then.
    assert np.linalg.norm(one) / ASTRONOMICAL_UNIT == pytest.approx(5.92, abs=0.01)
    assert np.linalg.norm(other) / ASTRONOMICAL_UNIT == pytest.approx(10.83, abs=0.01)


def test_venus_stood_before_the_sun_in_2012():
    # The transit: greatest at 01:29:36 UTC on 6 June, 554 arcseconds from the Sun's centre.
    epoch = parse_utc("2012-06-06T01:29:36 UTC")
    venus, sun = planet_position("venus", epoch, 0.0), sun_position(epoch, 0.0)
    size = float(np.linalg.norm(venus) * np.linalg.norm(sun))
    apart = np.degrees(np.arcsin(np.linalg.norm(np.cross(venus, sun)) / size)) * 3600.0
    # Geometric places: light from both takes its time, which moves them by 60 arcseconds at most.
    assert apart == pytest.approx(554.0, abs=75.0)
