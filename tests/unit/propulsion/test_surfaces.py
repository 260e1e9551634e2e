"""Ideal engines as surfaces: against equilibria that are packaged, and fresh where they can be."""

from importlib import resources

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.base.errors import YaanError
from yaan.description.off_design import SURFACES
from yaan.propulsion.surfaces import (
    AREA_RATIOS,
    PAIRS,
    PRESSURES,
    TABLE,
    Ideal,
    ideal,
    surface,
)

ISP, EXIT = 4e-5, 0.01
"""Of specific impulse and characteristic velocity, and of exit pressure: a third above the largest
of 1,000 points, for these are others."""


def held_out(pair: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """Points (mixture ratio, pressure [Pa], area ratio) and what equilibrium says there."""
    source = resources.files("yaan") / "library" / "tables" / TABLE
    with source.open("rb") as opened, np.load(opened) as file:
        return file[f"{PAIRS[pair]}/points"], file[f"{PAIRS[pair]}/truth"]


@pytest.mark.parametrize("pair", PAIRS, ids=" / ".join)
def test_points_that_made_no_surface_lie_on_it(pair: tuple[str, str]):
    points, truth = held_out(pair)
    found = ideal(*pair, *points.T)
    np.testing.assert_allclose(found.cstar, truth[:, 0], rtol=ISP)
    np.testing.assert_allclose(found.isp, truth[:, 1], rtol=ISP)
    np.testing.assert_allclose(np.log(found.exit_pressure / points[:, 1]), truth[:, 2], atol=EXIT)


@pytest.mark.parametrize("pair", PAIRS, ids=" / ".join)
def test_fresh_equilibria_lie_on_it(pair: tuple[str, str]):
    """Needs the extra `engines`."""
    pytest.importorskip("cea")
    chamber = pytest.importorskip("yaan.propulsion.chamber")
    found, rng = surface(*pair), np.random.default_rng(4711)
    ranges = (found.mixtures, np.log(PRESSURES), np.log(AREA_RATIOS))
    drawn = [rng.uniform(low, high, 40) for low, high in ranges]
    points = np.stack([drawn[0], np.exp(drawn[1]), np.exp(drawn[2])], axis=-1)
    designs = [
        chamber.Design(fuel=pair[1], oxidiser=pair[0], pressure=p, mixture=r, area_ratios=(a,))
        for r, p, a in points.tolist()
    ]
    fresh = chamber.rocket_many(designs)
    here = ideal(*pair, *points.T)
    np.testing.assert_allclose(here.cstar, [one.cstar for one in fresh], rtol=ISP)
    np.testing.assert_allclose(here.isp, [one.isp_vacuum for one in fresh], rtol=ISP)
    exits = [one.stations[-1].pressure for one in fresh]
    np.testing.assert_allclose(here.exit_pressure, exits, rtol=EXIT)


def test_thrust_coefficient_and_velocity_are_the_specific_impulse():
    """NASA's case of this catalogue: LOX / LH2 at 70 bar, 6.0, 40: 2304.58 m/s, 451.69 s."""
    found = ideal("LOX", "LH2", 6.0, 70e5, 40.0)
    assert float(found.cstar) == pytest.approx(2304.58, rel=5e-5)
    assert float(found.isp) == pytest.approx(451.69, rel=5e-5)
    assert float(found.thrust_coefficient) == pytest.approx(451.69 * 9.80665 / 2304.58, rel=1e-4)


def test_outside_is_refused():
    with pytest.raises(YaanError, match=r"mixture ratio of 9 is beyond its surfaces, .* 3 to 7.8"):
        ideal("LOX", "LH2", 9.0, 70e5, 40.0)
    with pytest.raises(YaanError, match="chamber pressure"):
        ideal("LOX", "LH2", 6.0, [70e5, 1e5], 40.0)
    with pytest.raises(YaanError, match="area ratio of nan"):
        ideal("LOX", "LH2", 6.0, 70e5, np.nan)
    with pytest.raises(YaanError, match="no surfaces of LOX / UDMH"):
        surface("LOX", "UDMH")


def test_files_are_checked_by_the_ranges_of_the_surfaces():
    """The description repeats them, for it loads no array library."""
    assert {pair: surface(*pair).mixtures for pair in PAIRS} == SURFACES


@pytest.mark.slow
def test_a_programme_says_the_same_with_slopes_and_tells_what_lies_outside():
    """Beyond its range a surface answers with its edge."""
    lox = surface("LOX", "RP-1")

    def of(mixture: jax.Array, pressure: jax.Array, ratio: jax.Array) -> tuple[Ideal, jax.Array]:
        slope = jax.jvp(
            lambda m: lox(m, pressure, ratio).isp, (mixture,), (jnp.ones_like(mixture),)
        )
        return lox(mixture, pressure, ratio), slope[1]

    points, _ = held_out(("LOX", "RP-1"))
    beyond = [(4.0, 70e5, 40.0), (2.6, 1e5, 40.0), (2.6, 70e5, 400.0), (3.3, 30e6, 300.0)]
    edge = [(3.3, 70e5, 40.0), (2.6, 3e5, 40.0), (2.6, 70e5, 300.0), (3.3, 30e6, 300.0)]
    both = np.concatenate([points, beyond])
    traced, slope = jax.jit(of)(*(jnp.asarray(column) for column in both.T))
    host = ideal("LOX", "RP-1", *np.concatenate([points, edge]).T)
    for name in ("cstar", "isp", "exit_pressure", "thrust_coefficient"):
        np.testing.assert_allclose(getattr(traced, name), getattr(host, name), rtol=1e-12)
    assert np.asarray(traced.inside).tolist() == [True] * len(points) + [False, False, False, True]
    step = np.array([1e-5, 0.0, 0.0])
    inner = points[(points[:, 0] > 1.81) & (points[:, 0] < 3.29)]
    low, high = (ideal("LOX", "RP-1", *(inner + k * step).T).isp for k in (-1.0, 1.0))
    known = np.isin(both[:, 0], inner[:, 0])[: len(points)]
    wanted = (np.asarray(high) - np.asarray(low)) / 2e-5
    np.testing.assert_allclose(np.asarray(slope)[: len(points)][known], wanted, atol=1e-4)
