"""What a liquid engine does beside its design point: what is read, refused and worked out."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from yaan.description import EngineSpec, StageSpec
from yaan.description.block import mistakes_of
from yaan.description.off_design import MixtureSpec, burn_down, outage
from yaan.description.quantity import FILE

LIQUID: dict[str, Any] = {"thrust": "186.36 kN", "isp": "442 s"}
SOLID: dict[str, Any] = {
    "thrust_curve": [["0 s", 1.0], ["10 s", 0.0]],
    "impulse": "1 MN s",
    "isp": "270 s",
}
FACTORS: dict[str, Any] = {
    "ratio": 5.0,
    "thrust": [[4.0, 0.96], [5.0, 1.0], [6.0, 1.05]],
    "isp": [[4.0, 1.01], [5.0, 1.0], [6.0, 0.98]],
}


def mistakes(**keys: Any) -> list[tuple[str, str]]:
    """Addresses and words of all mistakes of an engine of a file."""
    base = SOLID if keys.pop("solid", False) else LIQUID
    try:
        EngineSpec.model_validate({**base, **keys}, context=FILE)
    except ValidationError as error:
        return [(".".join(map(str, one.at)), one.expected) for one in mistakes_of(error)]
    return []


@pytest.mark.parametrize(
    ("keys", "at", "words"),
    [
        ({"throttle_isp": [[0.6, 0.98], [1, 1]]}, "throttle", "required with"),
        (
            {"throttle": [0.5, 1.0], "throttle_isp": [[0.6, 0.98], [1, 1]]},
            "throttle_isp",
            "0.5 to 1",
        ),
        ({"throttle": [0.5, 1.0], "throttle_isp": [[0.0, 0.9], [1, 1]]}, "throttle_isp.0.0", "0"),
        ({"throttle": [0.5, 1.0], "throttle_isp": [[0.5, 1], [1.3, 1]]}, "throttle_isp.1.0", "1.2"),
        ({"throttle": [0.5, 1.0], "throttle_isp": [[1, 1], [0.5, 1]]}, "throttle_isp.1.0", "great"),
        ({"throttle": [0.5, 1.0], "throttle_isp": [[0.5, 1], [1, 0.9]]}, "throttle_isp.1.1", "isp"),
        ({"throttle": [0.5, 1.0], "throttle_isp": [[0.4, 1], [1.1, 1]]}, "throttle_isp", "point"),
        ({"start_transient": [["0 s", 0.1], ["1 s", 1]]}, "start_transient.0", "without thrust"),
        ({"start_transient": [["0 s", 0], ["1 s", 0.9]]}, "start_transient.1.1", "full thrust"),
        (
            {"start_transient": [["0 s", 0], ["2 s", 0.5], ["1 s", 1]]},
            "start_transient.2.0",
            "later",
        ),
        ({"start_transient": [["0 s", 0], ["1e-9 s", 1]]}, "start_transient.1.0", "1 ms"),
        (
            {"start_transient": [["0 s", 0], ["1 s", 1]], "ignition_ramp": "1 s"},
            "ignition_ramp",
            "holds the rise",
        ),
        ({"tail_off": "1 s", "tail_off_impulse": "20 kN s"}, "tail_off_impulse", "one of them"),
        ({"mixture": {"shift": 0.1}}, "mixture.ratio", "required"),
        ({"mixture": {"ratio": 5, "shift": 0.1}}, "mixture.isp", "required"),
        ({"mixture": {**FACTORS, "shift": -5.5}}, "mixture.shift", "above 0"),
        ({"mixture": {**FACTORS, "shift": 1.5}}, "mixture.isp", "5 to 6.5"),
        ({"mixture": {**FACTORS, "ratio": 5.5, "shift": 0.1}}, "mixture.isp", "factor 1"),
        (
            {"mixture": {**FACTORS, "shift": [["5 s", 0], ["4 s", 0.1]]}},
            "mixture.shift.1.0",
            "later",
        ),
        ({"mixture": {**FACTORS, "shift": "much"}}, "mixture.shift", "a number, as 0.1"),
        ({"mixture": {**FACTORS, "isp": None, "shift": 0.1}}, "mixture.isp", "required"),
        ({"gimbal": {"range": "60 deg"}}, "gimbal.range", "45 deg"),
        ({"gimbal": {"range": "6 deg", "rate": "-1 deg/s"}}, "gimbal.rate", "above 0"),
        ({"solid": True, "mixture": {**FACTORS, "shift": 0.1}}, "mixture", "a motor"),
        ({"solid": True, "tail_off_impulse": "2 kN s"}, "tail_off_impulse", "a motor"),
        ({"solid": True, "throttle_isp": [[0.5, 1], [1, 1]]}, "throttle_isp", "a motor"),
    ],
)
def test_what_no_engine_does_is_refused(keys: dict[str, Any], at: str, words: str):
    found = mistakes(**keys)
    assert at in [address for address, _ in found]
    assert any(words in told for address, told in found if address == at)


def test_what_engines_do_is_read():
    engine = EngineSpec.model_validate(
        {
            **LIQUID,
            "throttle": [0.6, 1.05],
            "throttle_isp": [[0.5, 0.98], [1, 1], [1.1, 1.001]],
            "start_transient": [["0 s", 0], ["0.8 s", 0.3], ["2 s", 1]],
            "tail_off_impulse": "93.18 kN s",
            "mixture": {**FACTORS, "shift": [["0 s", 0.2], ["100 s", -0.3]]},
            "gimbal": {"range": "4 deg", "rate": "8 deg/s"},
        },
        context=FILE,
    )
    assert engine.fall == pytest.approx(1.0)
    assert engine.rise == [(0.0, 0.0), (0.8, 0.3), (2.0, 1.0)]
    assert engine.mixture is not None
    assert engine.mixture.shift == [(0.0, 0.2), (100.0, -0.3)]


def stage(shift: Any, loaded: float | None = None) -> StageSpec:
    given: dict[str, Any] = {**FACTORS, "shift": shift, "loaded": loaded}
    mixture = MixtureSpec(**given)
    engine = EngineSpec(thrust=1.2e5, isp=400.0, mixture=mixture, propellants="LOX / LH2")
    return StageSpec(engine=engine, propellant=12e3, dry_mass=1e3)


def test_the_propellant_that_runs_out_first_ends_the_burn():
    """Filled at 5: 10 t and 2 t. At 5.5 all oxidiser takes 1,818 kg of fuel: 182 are left."""
    rich = stage(0.5)
    found = rich.outage
    assert found is not None
    assert found.dry == "oxidiser"
    assert found.left == pytest.approx(2e3 - 10e3 / 5.5, abs=1e-3)
    assert rich.usable + found.left == pytest.approx(12e3, rel=1e-12)
    assert rich.burnt_out == pytest.approx(1e3 + found.left)
    lean = stage(-0.5).outage
    assert lean is not None
    assert lean.dry == "fuel"
    assert lean.left == pytest.approx(10e3 - 4.5 * 2e3, abs=1e-3)


def test_tanks_that_are_filled_for_the_shift_are_emptied():
    even = stage(0.5, loaded=5.5)
    assert even.outage is not None
    assert even.outage.dry == ""
    assert even.usable == 12e3
    assert even.burnt_out == 1e3


def test_a_stage_without_a_shift_has_what_it_carries():
    plain = StageSpec(engine=EngineSpec(thrust=1e5, isp=400.0), propellant=12e3, dry_mass=1e3)
    assert plain.outage is None
    assert (plain.usable, plain.burnt_out) == (12e3, 1e3)


def along(points: list[tuple[float, float]], at: np.ndarray) -> np.ndarray:
    """A table of straight lines."""
    x, y = np.asarray(points, dtype=float).T
    return np.interp(at, x, y)


def test_a_shift_in_time_is_burnt_down_as_a_fine_integration_says():
    """The flow changes with the ratio and rises over two seconds; a sum of 1 ms is beside."""
    table = [(0.0, 0.5), (60.0, 0.0), (150.0, -0.6)]
    given: dict[str, Any] = {**FACTORS, "shift": table}
    mixture = MixtureSpec(**given)
    start, flow = [(0.0, 0.0), (2.0, 1.0)], 30.0
    knots = burn_down(mixture, 5.0, flow, start)
    t = np.linspace(0.0, 150.0, 150_001)
    ratio = 5.0 + along(table, t)
    factors = [along(FACTORS[key], ratio) for key in ("thrust", "isp")]
    rate = flow * along(start, t) * factors[0] / factors[1]
    burnt = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(t))])
    # Straight between knots: the flow bends by some percent over each piece.
    found = along(knots, burnt)
    np.testing.assert_allclose(found, ratio, atol=3e-3)
    assert knots[-1][0] == pytest.approx(burnt[-1], rel=1e-6)
    oxidiser = np.concatenate([[0.0], np.cumsum((ratio / (1 + ratio))[1:] * np.diff(burnt))])
    dry = int(np.argmax(oxidiser > 4000.0 * 4.9 / 5.9))
    told = outage(knots, 4000.0, 4.9)
    assert told.dry == "oxidiser"
    assert told.usable == pytest.approx(burnt[dry], abs=0.5)
