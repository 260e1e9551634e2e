"""The world of a file as models: every word and every number of the block arrives."""

from collections.abc import Iterator
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

import yaan
from yaan.base.constants import EARTH_MU
from yaan.base.session import computing
from yaan.description import InterfaceSpec
from yaan.dynamics.forces import World
from yaan.environment import (
    AbstractWind,
    HarmonicGravity,
    NoAtmosphere,
    NRLMSISE00Atmosphere,
    PointBodies,
    PointGravity,
    StandardAtmosphere1976,
    TableAtmosphere,
    UniformAtmosphere,
    ZonalJ2Gravity,
    wind_over,
)
from yaan.environment.fields import read_field
from yaan.flight.models.craft import build_interface
from yaan.flight.models.world import build_world, epoch_of, landing_world, left_table
from yaan.mission import check, load_tree
from yaan.spacetime.earth import WGS84, Ellipsoid, Geodetic, geodetic
from yaan.spacetime.ephemeris import moon_position
from yaan.spacetime.frame import components

ROWS = '{height: ["0 km", "100 km"], density: ["1.2 kg/m3", "1e-6 kg/m3"]}'
NOW = jnp.asarray(0.0)


@pytest.fixture(autouse=True)
def _session() -> Iterator[None]:
    with computing():
        yield


def built(changes: dict[str, Any] | None = None, duration: float = 9_000.0) -> World:
    keys = {f"environment.{key}": value for key, value in (changes or {}).items()}
    return build_world(check(load_tree("gaganyaan", keys)), duration)


def pull(world: World) -> np.ndarray:
    place = (jnp.asarray(x) for x in (6.5e6, 1e5, -2e6))
    return np.array([float(a) for a in world.gravity.acceleration(*place)])


def test_the_default_world() -> None:
    world = built()
    assert isinstance(world.gravity, HarmonicGravity)
    assert isinstance(world.atmosphere, StandardAtmosphere1976)
    assert world.shape == WGS84
    assert (world.third_bodies, world.radiation) == (None, None)


def test_gravity_by_its_numbers_is_gravity_by_its_name() -> None:
    table = read_field("ggm05c_8")
    c, s = table["c"], table["s"]
    pairs = {f"{n},{m}": [c[n, m], s[n, m]] for n in range(2, 5) for m in range(n + 1)}
    own = {"mu": "398600.4415 km^3/s^2", "radius": "6378.1363 km", "coefficients": pairs}
    named = pull(built({"gravity": {"field": "ggm05c", "degree": 4}}))
    np.testing.assert_allclose(
        pull(built({"gravity": {"field": own, "degree": 4}})), named, rtol=1e-14
    )
    flat = {"mu": "3.986004418e14 m3/s2", "radius": "6378137 m", "j2": 0.00108262668}
    world = built({"gravity": {"field": flat, "degree": 2}})
    assert isinstance(world.gravity, ZonalJ2Gravity)
    np.testing.assert_allclose(pull(world), pull(built({"gravity": {"field": "j2"}})), rtol=1e-14)
    round_earth = built({"gravity": {"field": {"mu": "1.407644311e16 ft^3/s^2"}, "degree": 0}})
    assert isinstance(round_earth.gravity, PointGravity)
    assert float(round_earth.mu) == pytest.approx(3.9860048010688544e14, rel=1e-14)
    assert float(built({"gravity": {"field": "point", "degree": 0}}).mu) == EARTH_MU


def test_air_by_word_density_and_table() -> None:
    assert isinstance(built({"atmosphere": "none"}).atmosphere, NoAtmosphere)
    thin = built({"atmosphere": {"density": "1.4e-12 kg/m3"}}).atmosphere
    assert isinstance(thin, UniformAtmosphere)
    assert float(thin.at(NOW).density) == 1.4e-12
    table = built({"atmosphere": f"{{table: {ROWS}}}"}).atmosphere
    assert isinstance(table, TableAtmosphere)
    assert float(table.at(jnp.asarray(50e3)).density) == pytest.approx((1.2e-6) ** 0.5)


def test_leaving_the_air_that_is_known_is_told() -> None:
    table = built({"atmosphere": f"{{table: {ROWS}}}"})
    assert left_table(table, [0.0, 99e3]) is None
    told = left_table(table, [-10.0, 120e3])
    assert told is not None
    assert "0 km to 100 km" in told
    assert "-0.0 km to 120.0 km" in told
    assert left_table(built(), [-10e3, 900e3]) is None
    assert "1000 km" in str(left_table(built(), [0.0, 1_001e3]))
    assert left_table(built({"atmosphere": "none"}), [0.0, 4e7]) is None


def test_a_round_earth_measures_heights_from_its_ball() -> None:
    ball = {"rotation": "uniform", "spin": "1e-4 rad/s", "shape": {"radius": "6371 km"}}
    plan = check(load_tree("capsule-entry", {"environment.earth": ball}))
    assert isinstance(plan.start, InterfaceSpec)
    world = build_world(plan)
    assert world.shape == Ellipsoid(6_371e3)
    assert float(world.earth.spin(NOW).z) == pytest.approx(1e-4, rel=1e-12)
    position, _ = build_interface(plan.start, world)
    assert float(position.norm()) == pytest.approx(6_371e3 + 120e3, abs=1e-6)
    place = geodetic(world.earth.rotation(NOW).apply(position), world.shape)
    assert float(place.height) == pytest.approx(120e3, abs=1e-6)


def test_an_older_rotation_keeps_the_ut1_that_is_given() -> None:
    early, late = (
        built({"earth": {"rotation": "iau1980", "tai_ut1": f"{s} s"}}).earth.rotation(NOW)
        for s in (32.0, 33.0)
    )
    turn = early.inverse().then(late)  # one second of UT1
    assert 2.0 * abs(np.arcsin(float(turn.z))) == pytest.approx(7.2921158e-5, rel=1e-6)
    assert float(built({"earth": "still"}).earth.rotation(NOW).w) == 1.0


def test_sun_and_moon_are_tabulated_for_the_whole_flight() -> None:
    changes = {"third_bodies": ["moon"], "earth": "iau1980"}
    world = built(changes, duration=5.0 * 86_400.0)
    assert isinstance(world.third_bodies, PointBodies)
    (moon,) = world.third_bodies.bodies
    late = 4.99 * 86_400.0
    epoch = epoch_of(check(load_tree("gaganyaan")))
    found = components(moon.path.at(jnp.asarray(late)))
    assert np.abs(found - moon_position(epoch, late)).max() < 0.01
    assert len(built({"third_bodies": ["moon", "sun"]}).third_bodies.bodies) == 2  # pyright: ignore


@pytest.mark.parametrize(
    ("changes", "east", "ground"),
    [
        ({}, 7.0, 0.0),
        ({"landing.wind": {"east": "-3 m/s"}}, -3.0, 0.0),
        ({"landing.wind": "none"}, 0.0, 0.0),
        ({"landing.zone.ground": {"height": "1500 m"}}, 7.0, 1500.0),
    ],
)
def test_the_zone_has_a_wind_and_a_ground_of_its_own(
    changes: dict[str, Any], east: float, ground: float
) -> None:
    wind = {"environment.wind": {"east": "7 m/s"}, "launch.site.height": "90 m"}
    plan = yaan.load("gaganyaan", wind | changes).plan
    assert plan.entry_flight is not None
    with computing():
        pad = build_world(plan)
        zone = landing_world(pad, plan.entry_flight)
        assert isinstance(pad.wind, AbstractWind)
        assert isinstance(zone.wind, AbstractWind)
        assert float(pad.wind.at(jnp.asarray(0.0))[0]) == 7.0
        assert float(pad.ground) == 90.0
        assert float(zone.wind.at(jnp.asarray(0.0))[0]) == east
        assert float(zone.ground) == ground


@pytest.mark.parametrize(
    ("air", "told"),
    [
        ("{model: nrlmsise00, solar_activity: high}", "F10.7 250 (81-day mean 250), Ap 45"),
        ("{model: nrlmsise00, f107: 120, ap: 9}", "F10.7 120 (81-day mean 120), Ap 9"),
        (
            "{model: nrlmsise00, f107: 120, f107a: 110, ap: [1, 2, 3, 4, 5, 6, 7]}",
            "F10.7 120 (81-day mean 110), ap of 1, 2, 3, 4, 5, 6, 7",
        ),
        (
            '{model: exponential, density: "1.2 kg/m3", height: "0 m", scale_height: "7 km"}',
            "exponential, 1.2 kg/m3 at 0 km, scale height 7 km",
        ),
    ],
)
def test_an_air_says_what_drives_it(air: str, told: str):
    plan = yaan.load("gaganyaan", {"environment.atmosphere": air}).plan
    with computing():
        world = build_world(plan)
        assert told in world.atmosphere.about.text
        left = left_table(world, [-10.0, 1.2e6])
        assert left is None if "exponential" in air else left is not None and "continued" in left
        assert left_table(world, [0.0, 9e5]) is None


def test_a_cycle_is_that_of_the_date():
    cycle = {"environment.atmosphere": "{model: nrlmsise00, solar_activity: {cycle: mean}}"}
    with computing():
        fluxes = [
            build_world(yaan.load("gaganyaan", cycle | {"launch.epoch": epoch}).plan)
            for epoch in ("2019-06-01T03:00:00 UTC", "2024-06-01T03:00:00 UTC")
        ]
    quiet, wild = (
        float(w.atmosphere.drivers.f107)
        for w in fluxes
        if isinstance(w.atmosphere, NRLMSISE00Atmosphere)
    )
    assert quiet < 75.0
    assert wild > 130.0


def test_a_wind_by_place_blows_by_place():
    table = (
        '{table: {height: ["0 km", "10 km"], latitude: ["0 deg", "40 deg"], '
        'east: [["0 m/s", "4 m/s"], ["0 m/s", "8 m/s"]], '
        'north: [["1 m/s", "1 m/s"], ["1 m/s", "1 m/s"]]}}'
    )
    plan = yaan.load("gaganyaan", {"environment.wind": table}).plan
    with computing():
        wind = build_world(plan).wind
        place = Geodetic(*(jnp.asarray(x) for x in (np.radians(20.0), 0.0, 5e3)))
        east, north = wind_over(wind, place, jnp.asarray(0.0))
    assert (float(east), float(north)) == pytest.approx((3.0, 1.0))
