"""Throttle maps and mixture shifts that engines get from their design points."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from yaan.description import EngineSpec, StageSpec
from yaan.description.quantity import FILE
from yaan.flight.models.off_design import isp_factors, mixture, throttle_map, throttles_of
from yaan.propulsion.surfaces import ideal

DESIGN: dict[str, Any] = {
    "oxidiser": "LOX",
    "fuel": "CH4",
    "cycle": "gas generator",
    "chamber_pressure": "10 MPa",
    "mixture_ratio": 3.4,
    "area_ratio": 30,
}


def engine(**keys: Any) -> EngineSpec:
    given = {"thrust": "1 MN", "isp": "340 s", "design": DESIGN} | keys
    return EngineSpec.model_validate(given, context=FILE)


def stage(**keys: Any) -> StageSpec:
    return StageSpec(engine=engine(**keys), propellant=50e3, dry_mass=5e3, count=2)


def test_a_throttle_lowers_the_chamber_pressure_by_its_thrust():
    """At 0.5 the pressure that gives half of the thrust gives this specific impulse."""
    design = engine().design
    assert design is not None
    table = dict(throttles_of(design, (0.5, 1.0)))
    full = ideal("LOX", "CH4", 3.4, 10e6, 30.0)
    pressures = np.linspace(4e6, 6e6, 20_001)
    there = ideal(
        "LOX", "CH4", np.full_like(pressures, 3.4), pressures, np.full_like(pressures, 30.0)
    )
    thrust = pressures * there.thrust_coefficient / (10e6 * full.thrust_coefficient)
    isp = np.interp(0.5, thrust, np.asarray(there.isp)) / float(full.isp)
    assert table[0.5] == pytest.approx(isp, rel=1e-7)
    assert table[1.0] == 1.0
    assert 0.98 < table[0.5] < 1.0


def test_a_shift_holds_the_flow():
    """Pressure follows the characteristic velocity; a percent of either is nothing of the other."""
    design = engine().design
    assert design is not None
    base, rich = ideal("LOX", "CH4", 3.4, 10e6, 30.0), ideal("LOX", "CH4", 3.0, 10e6, 30.0)
    pressure = 10e6 * float(rich.cstar) / float(base.cstar)
    wanted = float(ideal("LOX", "CH4", 3.0, pressure, 30.0).isp) / float(base.isp)
    found = isp_factors(design, 3.4, np.array([3.0, 3.4]))
    assert found == pytest.approx([wanted, 1.0], rel=1e-6)


def test_only_what_is_throttled_or_shifts_has_a_table():
    """Others beside it have one that changes nothing."""
    plain = stage(design=None)
    assert throttle_map([plain, stage()]) is None
    assert mixture([plain, stage(throttle=[0.5, 1.0])]) is None
    table = throttle_map([plain, stage(throttle=[0.5, 1.0])])
    assert table is not None
    shares = np.asarray(table.share(jnp.asarray([0.5, 0.5])))
    assert shares[0] == 1.0
    assert shares[1] < 1.0
    own = throttle_map([stage(throttle=[0.5, 1.0], throttle_isp=[[0.5, 0.9], [1, 1]])])
    assert own is not None
    assert float(own.share(jnp.asarray([0.75]))[0]) == pytest.approx(0.95)


def test_a_shift_is_of_all_stages_that_burn_together():
    """Two stages of 50 t: knots and loads are doubled; thrust goes with specific impulse."""
    shifted = stage(mixture={"shift": [["0 s", 0.0], ["50 s", -0.4]]})
    table = mixture([stage(), shifted])
    assert table is not None
    assert np.asarray(table.loaded)[1] == pytest.approx(2.0 * shifted.usable)
    thrust, isp = (np.asarray(x) for x in table.factors(jnp.asarray([100e3, 0.0])))
    assert thrust == pytest.approx(isp)
    assert thrust[0] == 1.0
    wanted = isp_factors(shifted.engine.design, 3.4, np.array([3.0]))[0]  # type: ignore[arg-type]
    assert thrust[1] == pytest.approx(wanted, rel=1e-6)
