"""Descents through air of one density over an Earth that does not turn, all by one programme."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from tests.physics.rockets import engines, stacked, still_earth
from yaan.base.constants import EARTH_MU, EARTH_RADIUS
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, state_of
from yaan.environment import AbstractAtmosphere, Air, ConstantWind, PointGravity
from yaan.motion.base import Leg, fly
from yaan.motion.descent import CALM, Descended, Descent, Until, descended
from yaan.vehicle.forebody import blunt
from yaan.vehicle.parachute import Step, stack
from yaan.vehicle.retro import Retro

LANES = 6
"""Every batch is filled up to this: one compilation."""

DENSITY = 1.2  # [kg/m^3]
SOUND = 340.0  # [m/s]
PRESSURE = 1e5  # [Pa]
GRAVITY = EARTH_MU / EARTH_RADIUS**2  # [m/s^2], on the equator's ground


class UniformAir(AbstractAtmosphere):
    """The same air everywhere."""

    valid_range: ClassVar[tuple[float, float]] = (-1e9, 1e9)
    density: Float[Array, ""] = eqx.field(converter=jnp.asarray)

    def at(self, height: Float[Array, "*lanes"]) -> Air:
        one = jnp.ones_like(height)
        return Air(self.density * one, PRESSURE * one, 288.0 * one, SOUND * one)


@dataclass(frozen=True)
class Case:
    """One descent; it starts over the equator, `height` [m] up."""

    steps: Sequence[Step] = ()
    mass: float = 5e3  # [kg]
    drag_area: float = 0.0  # [m^2], of the body
    height: float = 1e3
    down: float = 50.0  # [m/s]
    east: float = 0.0  # [m/s]
    step: float = 0.02  # [s]
    start: float = field(default=0.0)  # [s]
    until: Until = field(default_factory=Until)
    engine: dict[str, Any] | None = None
    """Of `rockets.engines`, with its `propellant` [kg] and whether it is `lit`."""


@dataclass(frozen=True)
class Hung:
    """How descents went, one lane a case."""

    motion: Descent
    """Of the whole batch."""
    leg: Leg
    canopies: Descended


def world(gravity: float = EARTH_MU, wind: float = 0.0, density: float = DENSITY) -> World:
    """A still Earth with uniform air; `wind` [m/s] blows towards the east."""
    pull = PointGravity(gravity)
    return World(pull, UniformAir(density), ConstantWind(wind, 0.0), still_earth(), pull.mu)


@eqx.filter_jit
def _fly(motion: Descent, start: State, rows: int | None) -> tuple[Leg, Descended]:
    step = CALM * motion.step
    leg = fly(motion, start, stop=motion.stop(), step=step, rows=rows)
    return leg, descended(motion, leg)


def flown(place: World, *cases: Case, rows: int | None = None, after: Hung | None = None) -> Hung:
    """One lane a case, each from its own start, or from where the lanes of `after` have ended."""
    full = [*cases, *[cases[-1]] * (LANES - len(cases))]
    start = _begun(full)
    if after is not None:
        start = after.leg.end.take(_lanes(after))
    motion = Descent(
        place,
        blunt([c.mass for c in full], [c.drag_area for c in full]),
        stacked(*[stack(c.steps) for c in full]),
        start=start.t,
        armed=start.t,
        step=np.array([c.step for c in full]),
        until=Until(*map(np.array, zip(*[c.until for c in full], strict=True))),
        retro=_retro(full, after),
    )
    answer = _fly(motion, start, rows)
    leg, canopies = jax.tree.map(lambda leaf: np.asarray(leaf[: len(cases)]), answer)
    return Hung(motion, leg, canopies)


def _lanes(after: Hung) -> np.ndarray:
    """Which lane of it each of a full batch goes on from."""
    return np.minimum(np.arange(LANES), len(after.leg.steps) - 1)


def _begun(cases: Sequence[Case]) -> State:
    position = [[EARTH_RADIUS + c.height, 0.0, 0.0] for c in cases]
    velocity = [[-c.down, c.east, 0.0] for c in cases]
    loads = [[(c.engine or {}).get("propellant", 0.0)] for c in cases]
    return state_of([c.start for c in cases], position, velocity, tanks=loads)


def _retro(cases: Sequence[Case], after: Hung | None) -> Retro | None:
    """The engines of all lanes; those that the legs before have lit burn on."""
    given = [case.engine for case in cases if case.engine is not None]
    if not given:
        return None
    lit = [[engine.get("lit", True)] for engine in given]
    before = None if after is None else after.leg.inner.burning
    if after is not None:
        before = jax.tree.map(lambda leaf: leaf[_lanes(after)], before)
    return Retro(stacked(*map(engines, given)), lit, [[0]] * len(given), before)
