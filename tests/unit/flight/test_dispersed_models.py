"""What dispersions draw arrives in the models: profiles of the air, units of a stage."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import yaan
from yaan.base.errors import InputError
from yaan.base.session import computing
from yaan.description import Plan
from yaan.description.thrust import burn_time as told_burn_time
from yaan.dynamics.forces import together
from yaan.environment import AbstractWind
from yaan.environment.atmosphere import AbstractAtmosphere
from yaan.flight.models.launcher import build_vehicle, burn_time
from yaan.flight.models.world import about_world, build_world, build_worlds, landing_world

DENSITY = {"height": ["0 km", "50 km", "100 km"], "scale": [1.1, 0.9, 1.3]}
WIND = {
    "height": ["0 km", "20 km"],
    "east": ["5 m/s", "-5 m/s"],
    "north": ["1 m/s", "3 m/s"],
}
HEIGHTS = jnp.asarray([-100.0, 0.0, 10e3, 25e3, 75e3, 100e3, 150e3])
FACTORS = np.array([1.1, 1.1, 1.06, 1.0, 1.1, 1.3, 1.3])
"""Of the table above by hand: linear between, held beyond."""


@pytest.fixture(autouse=True)
def _session() -> Iterator[None]:
    with computing():
        yield


def entry(**values: Any) -> Plan:
    keys = {f"environment.{key}": value for key, value in values.items()}
    return yaan.load("capsule-entry", {"dispersions": None, **keys}).plan


def density(plan: Plan) -> np.ndarray:
    air = build_world(plan).atmosphere
    assert isinstance(air, AbstractAtmosphere)
    return np.asarray(air.at(HEIGHTS).density)


def test_a_profile_scales_the_air_by_height():
    plain, times = density(entry()), density(entry(density_profile=DENSITY))
    assert times / plain == pytest.approx(FACTORS, rel=1e-12)
    both = density(entry(density_profile=DENSITY, density_scale=0.5))
    assert both / plain == pytest.approx(0.5 * FACTORS, rel=1e-12)


def test_a_profile_is_added_to_any_wind():
    for wind, east in (("none", 0.0), ({"east": "2 m/s"}, 2.0)):
        found = build_world(entry(wind_profile=WIND, wind=wind)).wind
        assert isinstance(found, AbstractWind)
        blows = found.at(jnp.asarray([0.0, 10e3, 30e3]))
        assert np.asarray(blows[0]) == pytest.approx([east + 5.0, east, east - 5.0])
        assert np.asarray(blows[1]) == pytest.approx([1.0, 2.0, 3.0])


def test_lanes_with_and_without_fly_together_and_what_has_none_is_not_moved():
    plans = [entry(), entry(density_profile=DENSITY, wind_profile=WIND)]
    worlds = build_worlds(plans)
    assert any(together(worlds).laned)
    alone = build_world(plans[0])
    air, wind = worlds[0].atmosphere, worlds[0].wind
    assert isinstance(air, AbstractAtmosphere)
    assert isinstance(wind, AbstractWind)
    assert np.array_equal(air.at(HEIGHTS).density, alone.atmosphere.at(HEIGHTS).density)  # pyright: ignore[reportAttributeAccessIssue] - us76
    assert not np.asarray(wind.at(HEIGHTS)).any()
    # The sky is built once.
    assert worlds[0].earth is worlds[1].earth


def test_the_wind_of_a_landing_has_the_profile_too():
    keys = {"environment.wind_profile": WIND, "landing.wind": {"east": "7 m/s"}}
    plan = yaan.load("gaganyaan", keys).plan
    entering = plan.entry_flight
    assert entering is not None
    found = landing_world(build_world(plan, 9e3), entering).wind
    assert isinstance(found, AbstractWind)
    assert np.asarray(found.at(jnp.asarray([0.0, 20e3]))[0]) == pytest.approx([12.0, 2.0])


def test_a_profile_is_told():
    plan = entry(density_profile=DENSITY, wind_profile=WIND)
    texts = [one.text for one in about_world(plan, build_world(plan))]
    assert any("times a profile" in text for text in texts)
    assert any("with a profile added" in text for text in texts)


def test_a_profile_has_its_shape():
    with pytest.raises(InputError, match="3 factors, one for each height"):
        entry(density_profile=DENSITY | {"scale": [1.0]})
    with pytest.raises(InputError, match="2 speeds, one for each height"):
        entry(wind_profile=WIND | {"north": ["1 m/s"]})


def flow_and_thrust(**scales: Any) -> tuple[float, float]:
    """Of both S200 in their burn [kg/s, N]."""
    keys = {f"vehicle.stages.s200.{key}": value for key, value in scales.items()}
    spec = yaan.load("gaganyaan", keys).plan.vehicle
    engines = build_vehicle(spec).launcher.engines  # pyright: ignore[reportArgumentType]
    stages = len(engines.isp)
    lit, never = jnp.zeros(stages), jnp.full(stages, jnp.inf)
    now = jnp.asarray(30.0)
    firing = engines.fire(now, jnp.asarray(0.0), lit, never, jnp.ones(stages, dtype=bool))
    return float(firing.flow[0]), float(firing.vacuum_thrust[0])


def test_each_unit_of_a_stage_has_its_factors():
    flow, thrust = flow_and_thrust()
    assert flow_and_thrust(thrust_scale=1.03) == pytest.approx((1.03 * flow, 1.03 * thrust))
    assert flow_and_thrust(flow_scale=1.01) == pytest.approx((1.01 * flow, thrust))
    # By hand: two motors, each half of the stage.
    told = flow_and_thrust(thrust_scale=[1.02, 0.99], flow_scale=[1.1, 0.8])
    assert told == pytest.approx((0.5 * (1.02 * 1.1 + 0.99 * 0.8) * flow, 1.005 * thrust))


def test_factors_change_how_long_a_stage_burns():
    keys = {"vehicle.stages.l110.thrust_scale": 1.25, "vehicle.stages.l110.flow_scale": 0.8}
    plain = yaan.load("gaganyaan").plan.vehicle.stages["l110"]  # pyright: ignore[reportAttributeAccessIssue]
    moved = yaan.load("gaganyaan", keys).plan.vehicle.stages["l110"]  # pyright: ignore[reportAttributeAccessIssue]
    assert moved.isp == pytest.approx(plain.engine.isp / 0.8)
    assert told_burn_time(moved) == pytest.approx(told_burn_time(plain))
    ramp = plain.engine.rise[-1][0]
    assert burn_time(moved) - ramp == pytest.approx(burn_time(plain) - ramp)


def test_factors_of_one_are_the_engine_itself():
    one, other = (
        build_vehicle(yaan.load("gaganyaan", keys).plan.vehicle).launcher  # pyright: ignore[reportArgumentType]
        for keys in ({}, {"vehicle.stages.s200.thrust_scale": [1.0, 1.0]})
    )
    same = jax.tree.map(np.array_equal, one, other)
    assert all(jax.tree.leaves(same))
