"""Faults of the kind that simulators have shipped with, planted one by one: a gate catches each.

A fault in how a model is built flies through the programmes that are kept; one in what is traced
needs them traced anew.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest

from yaan.base.programme import traced_anew
from yaan.dynamics.rigid import Exhaust, angular_acceleration
from yaan.environment import atmosphere
from yaan.environment.gravity import ZonalJ2Gravity
from yaan.environment.wind import ConstantWind
from yaan.flight.models import body as model
from yaan.flight.models import world
from yaan.spacetime.attitude import kinematics
from yaan.validation.case import Line
from yaan.validation.run import choose, flyer


@dataclass(frozen=True)
class Fault:
    """A fault: where it is planted, as what, and the case whose gate must catch it."""

    name: str
    place: str
    planted: Callable[..., Any]
    case: str
    traced: bool = False


def _backwards(mu: float, radius: float, j2: float) -> ZonalJ2Gravity:
    return ZonalJ2Gravity(mu, radius, -j2)  # pyright: ignore[reportArgumentType]


def _still(attitude: Any, rate: Any) -> Any:
    return kinematics(attitude, rate * 0.0)


_LAYERS = atmosphere._layers
_NOZZLE = model._nozzle
_COEFFICIENTS = model._coefficients
_WIND = world._wind
_RATE = model.rate_of


def _geometric(height: Any) -> Any:
    """The layers at the geometric height whose geopotential height is `height`."""
    radius = atmosphere.EFFECTIVE_RADIUS
    return _LAYERS(radius * height / (radius - height))


def _in_vacuum(*arguments: Any) -> Any:
    return eqx.tree_at(lambda n: n.exit_area, _NOZZLE(*arguments), jnp.asarray(0.0))


def _carefree(inertia: Any, rate: Any, torque: Any, exhaust: Exhaust) -> Any:
    none = jax.tree.map(jnp.zeros_like, exhaust.inertia_rate)
    return angular_acceleration(inertia, rate, torque, Exhaust(exhaust.flow, exhaust.exit, none))


def _driving(*arguments: Any) -> Any:
    made = _COEFFICIENTS(*arguments)
    return eqx.tree_at(lambda c: c.damping, made, made.damping * -1.0)


def _upwind(plan: Any, spec: Any) -> Any:
    made = _WIND(plan, spec)
    assert isinstance(made, ConstantWind)
    return ConstantWind(-made.east, -made.north)


def _over_ground(start: Any, *arguments: Any) -> Any:
    told = start.rate.model_copy(update={"against": "itrs"})
    return _RATE(start.model_copy(update={"rate": told}), *arguments)


_MODEL, _WORLD, _PHASE = "yaan.flight.models.body", "yaan.flight.models.world", "yaan.motion.body"
FAULTS = [
    Fault("sign of J2", f"{_WORLD}.ZonalJ2Gravity", _backwards, "nesc-atmospheric/01"),
    Fault("body rates zeroed", f"{_PHASE}.kinematics", _still, "nesc-atmospheric/02", traced=True),
    Fault(
        "geopotential read as geometric",
        "yaan.environment.atmosphere._layers",
        _geometric,
        "earth/us76",
    ),
    Fault(
        "thrust without back pressure", f"{_MODEL}._nozzle", _in_vacuum, "analytic/back-pressure"
    ),
    Fault(
        "inertia-rate term dropped",
        f"{_PHASE}.angular_acceleration",
        _carefree,
        "analytic/shrinking-inertia",
        traced=True,
    ),
    Fault("sign of damping", f"{_MODEL}._coefficients", _driving, "nesc-atmospheric/03"),
    Fault("sign of the wind", f"{_WORLD}._wind", _upwind, "nesc-atmospheric/07"),
    Fault("frame of the rate", f"{_MODEL}.rate_of", _over_ground, "nesc-atmospheric/02"),
]
LONG = ("sign of damping",)  # minutes: what flies with it tumbles


@contextmanager
def planted(fault: Fault) -> Generator[None]:
    """The world with `fault` in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fault.place, fault.planted)
        if not fault.traced:
            yield
            return
        with traced_anew():
            yield


def failed(case: str) -> list[Line]:
    """The lines of a case that its gates do not hold, flown afresh."""
    (found,) = choose(None, case)
    return [line for line in found.measure(flyer()) if line.held is False]


@pytest.mark.slow
@pytest.mark.validation
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(one, id=one.name, marks=[pytest.mark.release] if one.name in LONG else [])
        for one in FAULTS
    ],
)
def test_a_gate_catches_a_planted_fault(fault: Fault):
    with planted(fault):
        caught = failed(fault.case)
    assert caught, f"nothing of {fault.case} noticed"


@pytest.mark.validation
def test_a_fault_is_gone_when_it_is_dug_up():
    fault = replace(FAULTS[0], planted=_backwards)
    with planted(fault):
        pass
    assert not failed(fault.case)
