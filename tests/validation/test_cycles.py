"""Planted faults of cycle balances: a gate of the wall catches each."""

import importlib.util
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from yaan.propulsion.cycles import fluid, parts
from yaan.validation import Line
from yaan.validation.case import data
from yaan.validation.measure import cycles

pytestmark = [
    pytest.mark.validation,
    pytest.mark.skipif(importlib.util.find_spec("CoolProp") is None, reason="needs CoolProp"),
]


def fly(*_: Any) -> Any:
    raise AssertionError("nothing flies here")


def failed(measure: Callable[[Any], Sequence[Line]]) -> list[str]:
    return [line.quantity for line in measure(fly) if line.held is False]


def test_the_rl10_holds_unharmed():
    assert not failed(cycles.rl10)


def test_the_f_1_holds_unharmed():
    assert not failed(cycles.f1)


def test_a_wall_without_the_extra_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    for measure in (cycles.rl10, cycles.rd170, cycles.vulcain2):
        (line,) = measure(fly)
        assert line.held is None
        assert "not installed" in line.quantity
        assert "yaan[engines]" in line.why


def test_ordinary_hydrogen_is_not_what_boils_in_a_tank(monkeypatch: pytest.MonkeyPatch):
    """Normal hydrogen has 12 % less heat between tank and turbine."""

    def other(name: str) -> fluid.RealFluid:
        return fluid.RealFluid("Hydrogen" if name == "ParaHydrogen" else name)

    monkeypatch.setattr(cycles, "RealFluid", other)
    assert "jacket, power of its states" in failed(cycles.rl10)


def test_an_efficiency_that_multiplies_is_caught(monkeypatch: pytest.MonkeyPatch):
    right = parts.pump

    def wrong(line: str, of: Any, flow: float, inlet: Any, outlet: float, efficiency: float):
        return right(line, of, flow, inlet, outlet, 1.0 / efficiency)

    monkeypatch.setattr(parts, "pump", wrong)
    assert "fuel pump, power of the balance" in failed(cycles.rl10)
    assert failed(cycles.f1) == ["turbine, power"]


def test_a_turbine_without_losses_is_caught(monkeypatch: pytest.MonkeyPatch):
    from yaan.propulsion.cycles import expander

    right = parts.real_turbine

    def wrong(of: Any, flow: float, inlet: Any, outlet: float, efficiency: float):
        del efficiency
        return right(of, flow, inlet, outlet, 1.0)

    monkeypatch.setattr(expander, "real_turbine", wrong)
    assert "turbine, pressure ratio of the balance" in failed(cycles.rl10)


def test_gallons_of_england_are_caught(monkeypatch: pytest.MonkeyPatch):
    """They hold 1.2 of the American ones."""
    truth = json.loads(data("cycles.json").read_text(encoding="utf-8"), parse_int=float)
    truth["f-1"] |= {key: 1.2 * truth["f-1"][key] for key in ("lox_flow_m3_s", "rp1_flow_m3_s")}
    monkeypatch.setattr(cycles, "_truth", lambda: truth)
    assert failed(cycles.f1) == ["turbine, power"]
