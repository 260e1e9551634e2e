"""NRLMSISE-00 against the cases of its authors, and as an atmosphere."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.environment import (
    Drivers,
    Gases,
    Instant,
    NRLMSISE00Atmosphere,
    SolarActivity,
    air_over,
    clock_of,
    load_nrlmsise00,
    load_standard_atmosphere,
)
from yaan.environment.nrlmsise00 import GASES
from yaan.environment.placed import scaled
from yaan.environment.thermosphere import equation_of_time
from yaan.spacetime.earth import Geodetic
from yaan.spacetime.time import parse_utc

CASES: Final = json.loads(
    (Path(__file__).parent / "data" / "nrlmsise00_cases.json").read_text("utf-8")
)["cases"]
EPOCH: Final = "2027-01-15T03:30:00 UTC"


def _asked(cases: list[dict[str, Any]]) -> tuple[Any, ...]:
    columns = ("alt_km", "lat_deg", "lon_deg", "doy", "sec", "lst_h", "f107", "f107A")
    height, *place, f107, f107a = (
        jnp.asarray([float(case[name]) for case in cases]) for name in columns
    )
    history = cases[0]["ap_array"] is not None
    ap = jnp.asarray([case["ap_array"] if history else [case["ap"]] for case in cases])
    return height, Instant(*place), Drivers(f107, f107a, ap)


@pytest.mark.parametrize("history", [False, True], ids=["daily", "history"])
def test_the_authors_cases_are_met(history: bool):
    cases = [case for case in CASES if (case["ap_array"] is not None) == history]
    assert len(cases) == (1 if history else 12)
    model = load_nrlmsise00(history=history)
    found: Gases = eqx.filter_jit(eqx.filter_vmap(model))(*_asked(cases))
    for row, case in enumerate(cases):
        known = case["expected"]
        numbers = [known[f"{gas}_cm3"] for gas in GASES]
        np.testing.assert_allclose(1e-6 * found.number[row], numbers, rtol=1e-6)
        hot = 1e-6 * float(found.anomalous_oxygen[row])
        assert hot == pytest.approx(known["anomalous_O_cm3"], rel=1e-6, abs=0.0)
        assert 1e-3 * float(found.density[row]) == pytest.approx(known["rho_g_cm3"], rel=1e-6)
        assert abs(float(found.exospheric_temperature[row]) - known["T_exo_K"]) < 1e-4
        assert abs(float(found.temperature[row]) - known["T_alt_K"]) < 1e-4
        drag = found.density[row] + 16.0 * 1.66e-27 * found.anomalous_oxygen[row]
        assert float(found.density_for_drag[row]) == pytest.approx(float(drag), rel=1e-12)


def _air(flux: float = 140.0, ap: float = 15.0) -> NRLMSISE00Atmosphere:
    return NRLMSISE00Atmosphere(clock_of(parse_utc(EPOCH)), SolarActivity(flux, flux, (ap,)))


@cache
def _over() -> Any:
    return eqx.filter_jit(lambda air, place, t: air.over(place, t))


def _places(heights: Any, latitude: float = 0.3) -> Geodetic:
    h = jnp.asarray(heights)
    return Geodetic(jnp.full_like(h, latitude), jnp.full_like(h, 1.0), h)


HEIGHTS: Final = [-9e3, 0.0, 1e4, 32.5e3, 5e4, 62.5e3, 72.5e3, 9e4, 123435.0, 3e5, 450e3, 1e6]


def test_it_is_near_the_standard_where_that_has_no_sun_to_know():
    low = jnp.asarray([1e3, 1e4, 3e4, 5e4, 7e4])
    found = _over()(_air(), _places(jnp.concatenate([low, jnp.zeros(7)])), jnp.zeros(12))
    known = load_standard_atmosphere().at(low)
    for name in ("density", "pressure", "temperature", "sound_speed"):
        np.testing.assert_allclose(getattr(found, name)[:5], getattr(known, name), rtol=0.1)


def test_lanes_are_what_each_is_alone_and_in_64_bits():
    t = jnp.linspace(0.0, 9e4, 12)
    many = _over()(_air(), _places(HEIGHTS), t)
    for lane in (0, 5, 10):
        one = _over()(_air(), jax.tree.map(lambda x, k=lane: x[k], _places(HEIGHTS)), t[lane])
        np.testing.assert_allclose(one, [part[lane] for part in many], rtol=1e-12)
    assert all(part.dtype == jnp.float64 for part in many)
    assert many.density[0] > many.density[1]


def test_slopes_are_finite_over_all_heights_and_the_poles():
    def slopes(air: NRLMSISE00Atmosphere, place: Geodetic) -> Any:
        t = jnp.zeros(12)
        ones = jax.tree.map(jnp.ones_like, (place, t))
        return jax.jvp(air.over, (place, t), ones)

    asked = eqx.filter_jit(slopes)
    for latitude in (-np.pi / 2, 0.0, np.pi / 2):
        for part in jax.tree.leaves(asked(_air(), _places(HEIGHTS, latitude))):
            assert np.isfinite(part).all()


@pytest.mark.parametrize(("flux", "ap"), [(50.0, 0.0), (50.0, 400.0), (400.0, 400.0)])
def test_the_wildest_sun_gives_numbers(flux: float, ap: float):
    heights = jnp.concatenate([jnp.linspace(95e3, 130e3, 11), jnp.asarray([4e5])])
    for latitude in (-1.5, 0.0, 1.2):
        found = _over()(_air(flux, ap), _places(heights, latitude), jnp.full(12, 3e4))
        assert all(np.isfinite(part).all() and (part > 0.0).all() for part in found)


def test_more_sun_is_more_air_high_up_and_none_below():
    quiet = _over()(_air(65.0, 0.0), _places(HEIGHTS), jnp.zeros(12)).density
    wild = _over()(_air(250.0, 45.0), _places(HEIGHTS), jnp.zeros(12)).density
    assert 10.0 < wild[10] / quiet[10] < 100.0
    assert 0.95 < wild[2] / quiet[2] < 1.05


def test_place_and_clock_are_the_model_s_own():
    air, t = _air(), jnp.full(12, 9000.0)  # 6 h UT
    place = Geodetic(jnp.full(12, np.radians(-30.0)), jnp.full(12, np.pi / 2), jnp.full(12, 4e5))
    # In mid January the Sun is 9.2 min late, so that at 90 deg east it is 11:51.
    numbers = (-30.0, 90.0, 15.0, 21600.0, 12.0 - 9.2 / 60.0)
    known = eqx.filter_jit(air.model)(
        jnp.asarray(400.0), Instant(*(jnp.asarray(x) for x in numbers)), air.drivers
    )
    found = _over()(air, place, t)
    np.testing.assert_allclose(found.density, known.density_for_drag, rtol=1e-3)
    np.testing.assert_allclose(found.temperature, known.temperature, rtol=1e-4)


def test_a_factor_is_a_factor():
    air, place, t = _air(), _places(HEIGHTS), jnp.zeros(12)
    twice = eqx.filter_jit(air_over)(scaled(air, jnp.asarray(2.0)), place, t)
    np.testing.assert_allclose(twice.density, 2.0 * _over()(air, place, t).density, rtol=1e-14)
    assert scaled(air, jnp.asarray(2.0)).about.text.endswith("Ap 15, its density times 2")


@pytest.mark.parametrize(
    ("epoch", "day", "second", "days"),
    [
        ("2027-01-15T03:30:00 UTC", 15, 12600, 365),
        ("2024-12-31T12:00:00 UTC", 366, 43200, 366),
        ("2026-03-01T00:00:00 UTC", 60, 0, 365),
    ],
)
def test_the_clock_is_the_calendar(epoch: str, day: int, second: int, days: int):
    clock = clock_of(parse_utc(epoch))
    assert (float(clock.day), float(clock.days)) == (day, days)
    assert float(clock.second) == pytest.approx(second, abs=1e-4)
    later = clock.at(jnp.asarray(86400.0))
    assert float(later[0]) == (1 if day == days else day + 1)
    assert float(later[1]) == pytest.approx(second, abs=1e-4)


def test_the_equation_of_time_is_the_almanac_s():
    # Turning points of the almanac: -14.2 min in February, +16.4 min in November.
    february, november = (equation_of_time(jnp.asarray(d), jnp.asarray(0.0)) for d in (42.0, 307.0))
    assert float(february) / 60.0 == pytest.approx(-14.2, abs=0.7)
    assert float(november) / 60.0 == pytest.approx(16.4, abs=0.7)


@pytest.mark.oracle
def test_another_port_says_the_same():
    """Against pymsis, version 0, which computes in 32 bits and takes its own local time."""
    pymsis = pytest.importorskip("pymsis")
    heights = np.array([0.0, 30.0, 60.0, 80.0, 100.0, 120.0, 200.0, 400.0, 800.0])
    date = np.datetime64("2027-06-15T08:20:00")
    known = pymsis.calculate(
        [date], [77.0], [28.0], heights, [130.0], [120.0], [[12.0] * 7], version=0
    )[0, 0, 0]
    model, second = load_nrlmsise00(), 8 * 3600.0 + 20 * 60.0
    numbers = (28.0, 77.0, 166.0, second, second / 3600.0 + 77.0 / 15.0)
    at = Instant(*(jnp.asarray(x) for x in numbers))
    drivers = Drivers(jnp.asarray(130.0), jnp.asarray(120.0), jnp.asarray([12.0]))
    found = eqx.filter_jit(jax.vmap(lambda h: model(h, at, drivers)))(jnp.asarray(heights))
    # 32 bits, in exponents of up to 40, are 3e-5.
    np.testing.assert_allclose(found.density_for_drag, known[:, 0], rtol=2e-4)
    np.testing.assert_allclose(found.temperature, known[:, 10], rtol=1e-5)
