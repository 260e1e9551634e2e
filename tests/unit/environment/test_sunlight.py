"""The Earth's shadow by its cones in space, which share nothing with angles at the spacecraft."""

import numpy as np
import pytest
from scipy.optimize import brentq

from tests.physics.crafts import ellipse
from tests.physics.points import kepler
from tests.unit.spacetime.test_ephemeris import almanac
from yaan.base.constants import EARTH_FLATTENING, EARTH_MU, EARTH_RADIUS
from yaan.environment.sunlight import SUN_RADIUS, Eclipse, eclipses, shadow
from yaan.spacetime.ephemeris import ASTRONOMICAL_UNIT, apparent_sun_position
from yaan.spacetime.time import parse_utc

EPOCH = parse_utc("2027-01-15T03:30:00 UTC")
LOW = EARTH_RADIUS + 400e3  # [m]
STATE = ellipse(LOW, 0.002)
STOP = 36_060.0  # [s], in the light


def recorded(step: float = 60.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of a Keplerian orbit."""
    t = np.arange(0.0, STOP + 1.0, step)
    rows = [kepler(*STATE, at, EARTH_MU) for at in t]
    return t, np.array([r for r, _ in rows]), np.array([v for _, v in rows])


def outside(t: float, sun: np.ndarray, side: float) -> float:
    """Distance [m] from the surface of the umbra's (side 1) or the penumbra's (-1) cone.

    Behind the Earth the cone's radius at a distance `along` from the Earth's plane follows from
    similar triangles. Positive outside.
    """
    # Along the axis everything is stretched until the Earth is round.
    stretch = np.array([1.0, 1.0, 1.0 / (1.0 - EARTH_FLATTENING)])
    r, sun = kepler(*STATE, t, EARTH_MU)[0] * stretch, sun * stretch
    distance = np.linalg.norm(sun)
    axis = -sun / distance
    along = r @ axis
    if along < 0.0:
        return 1e6
    slope = np.arcsin((SUN_RADIUS - side * EARTH_RADIUS) / distance)
    # Umbra: the cone closes behind the Earth; penumbra: it opens.
    radius = EARTH_RADIUS / np.cos(slope) - side * along * np.tan(slope)
    return float(np.linalg.norm(r - along * axis) - radius)


def by_cones(kind: str, direction) -> list[Eclipse]:
    """Eclipses by root finding on the cones; `direction(t)` is where the Sun is [m]."""
    side = 1.0 if kind == "umbra" else -1.0

    def clear(t: float) -> float:
        return outside(t, direction(t), side)

    t = np.arange(0.0, STOP + 1.0, 20.0)
    values = np.array([clear(at) for at in t])
    roots = [
        brentq(clear, a, b, xtol=1e-9)
        for a, b, x, y in zip(t[:-1], t[1:], values[:-1], values[1:], strict=True)
        if (x < 0.0) != (y < 0.0)
    ]
    edges = [*([0.0] if values[0] < 0 else []), *roots, *([STOP] if values[-1] < 0 else [])]
    return [Eclipse(kind, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]  # type: ignore[arg-type]


def edges(found: list[Eclipse], kind: str) -> np.ndarray:
    return np.array([(e.start, e.end) for e in found if e.kind == kind])


@pytest.mark.parametrize("kind", ["umbra", "penumbra"])
def test_eclipses_are_those_of_the_cones(kind: str):
    t, r, v = recorded()
    sun = apparent_sun_position(EPOCH, t)
    found = edges(eclipses(t, r, v, sun), kind)
    assert len(found) >= 7
    same = by_cones(kind, lambda at: np.array([np.interp(at, t, sun[:, i]) for i in range(3)]))
    # The cubic through rows a minute apart is 0.4 m off, 0.1 ms.
    np.testing.assert_allclose(found, edges(same, kind), rtol=0, atol=1e-3)
    # With another theory of the Sun too, an arcminute away: the second that is asked for.
    other = by_cones(kind, lambda at: ASTRONOMICAL_UNIT * 0.9836 * almanac(EPOCH, np.asarray(at)))
    np.testing.assert_allclose(found, edges(other, kind), rtol=0, atol=1.0)


def rim_in_sight(t: float, sun: np.ndarray) -> np.ndarray:
    """Whether a ray to each of 720 points of the Sun's rim misses the WGS 84 ellipsoid."""
    r, _ = kepler(*STATE, t, EARTH_MU)
    away = sun - r
    ahead = away / np.linalg.norm(away)
    side = np.cross(ahead, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    turn = np.linspace(0.0, 2.0 * np.pi, 720)[:, None]
    rim = np.cos(turn) * side + np.sin(turn) * np.cross(ahead, side)
    ray = away + SUN_RADIUS * rim
    # |r + k ray| = 1 in the metric of the ellipsoid: no root with k > 0, and it is seen.
    polar = EARTH_RADIUS * (1.0 - EARTH_FLATTENING)
    metric = np.array([EARTH_RADIUS, EARTH_RADIUS, polar]) ** -2
    a, b, c = ray**2 @ metric, 2.0 * (ray * r) @ metric, r**2 @ metric - 1.0
    return (b * b < 4.0 * a * c) | (b > 0.0)


def test_rays_past_the_ellipsoid_see_the_rim_come_and_go():
    t, r, v = recorded()
    sun = apparent_sun_position(EPOCH, t)
    for eclipse in eclipses(t, r, v, sun):
        for edge, inward in ((eclipse.start, 0.1), (eclipse.end, -0.1)):
            light = np.array([np.interp(edge, t, sun[:, i]) for i in range(3)])
            before, after = (rim_in_sight(edge + d, light) for d in (-inward, inward))
            if eclipse.kind == "penumbra":
                assert before.all()
                assert not after.all()
            else:
                assert before.any()
                assert not after.any()


def test_a_penumbra_holds_its_umbra_and_the_record_cuts_both():
    t, r, v = recorded()
    sun = apparent_sun_position(EPOCH, t)
    whole = eclipses(t, r, v, sun)
    umbra, penumbra = edges(whole, "umbra"), edges(whole, "penumbra")
    assert np.all((penumbra[:, 0] < umbra[:, 0]) & (umbra[:, 1] < penumbra[:, 1]))
    starts = [e.start for e in whole]
    assert starts == sorted(starts)
    # From within the first umbra to within the second one.
    inside = (t > umbra[0].mean()) & (t < umbra[1].mean())
    cut = edges(eclipses(t[inside], r[inside], v[inside], sun[inside]), "umbra")
    wanted = [[t[inside][0], umbra[0, 1]], [umbra[1, 0], t[inside][-1]]]
    np.testing.assert_allclose(cut, wanted, rtol=0, atol=1e-9)


def test_rows_at_an_event_may_repeat():
    t, r, v = recorded()
    sun = apparent_sun_position(EPOCH, t)
    twice = np.sort(np.concatenate([np.arange(len(t)), [100, 101]]))
    assert eclipses(t[twice], r[twice], v[twice], sun[twice]) == eclipses(t, r, v, sun)


def test_always_lit_is_no_eclipse():
    t, r, v = recorded()
    across = np.cross(r[0], v[0])
    sun = np.tile(across / np.linalg.norm(across) * ASTRONOMICAL_UNIT, (len(t), 1))
    assert eclipses(t, r, v, sun) == []


def test_the_lit_fraction_goes_from_one_to_nothing():
    sun = np.array([ASTRONOMICAL_UNIT, 0.0, 0.0])
    limb = np.arcsin(EARTH_RADIUS / LOW)
    disc = np.arcsin(SUN_RADIUS / ASTRONOMICAL_UNIT)

    def at(separation: np.ndarray) -> np.ndarray:
        # The Sun's parallax is left out: 4.3e-5 rad, a hundredth of its radius, 0.006 of its area.
        place = LOW * np.stack([-np.cos(separation), np.sin(separation), 0.0 * separation], axis=-1)
        return shadow(place, sun)

    assert at(np.array([np.pi, limb + 1.1 * disc])).tolist() == [1.0, 1.0]
    assert at(np.array([0.0, limb - 1.1 * disc])).tolist() == [0.0, 0.0]
    assert at(np.array([limb]))[0] == pytest.approx(0.5, abs=0.008)
    # A quarter of the disc's height in sight: the area of its segment.
    assert at(np.array([limb - 0.5 * disc]))[0] == pytest.approx(0.1955, abs=0.008)
    falling = at(np.linspace(limb - disc, limb + disc, 200))
    assert np.all(np.diff(falling) >= 0.0)


def test_the_straight_limb_is_within_its_margin_of_the_round_one():
    # By counting points of the disc, on the sphere: inside the Earth's cap or not; the count
    # itself is good to 0.001.
    sun = np.array([ASTRONOMICAL_UNIT, 0.0, 0.0])
    for height in (200e3, 400e3, 2_000e3):
        limb = np.arcsin(EARTH_RADIUS / (EARTH_RADIUS + height))
        disc = np.arcsin(SUN_RADIUS / ASTRONOMICAL_UNIT)
        for depth in (-0.6, 0.0, 0.6):
            angle = limb + depth * disc
            place = (EARTH_RADIUS + height) * np.array([-np.cos(angle), np.sin(angle), 0.0])
            away = sun - place
            ahead = away / np.linalg.norm(away)
            side = np.cross([0.0, 0.0, 1.0], ahead)
            x, y = np.meshgrid(*[np.linspace(-1.0, 1.0, 801) * disc] * 2)
            inside = x**2 + y**2 < disc**2
            points = ahead + x[inside][:, None] * side
            points[:, 2] += y[inside]
            points /= np.linalg.norm(points, axis=1)[:, None]
            seen = np.arccos(points @ (-place / np.linalg.norm(place))) > limb
            assert shadow(place, sun) == pytest.approx(seen.mean(), abs=0.003)
