"""Descents through air of one density over an Earth that does not turn, all by one programme."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from tests.physics.rockets import stacked, still_earth
from yaan.base.constants import EARTH_MU, EARTH_RADIUS
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, state_of
from yaan.environment import AbstractAtmosphere, Air, ConstantWind, PointGravity
from yaan.motion.base import Leg, fly
from yaan.motion.descent import CALM, TIMEOUT, Descended, Descent, descended
from yaan.vehicle.forebody import blunt
from yaan.vehicle.parachute import Step, stack

LANES = 6
"""Every batch is filled up to this: one compilation."""

DENSITY = 1.2  # [kg/m^3]
SOUND = 340.0  # [m/s]
GRAVITY = EARTH_MU / EARTH_RADIUS**2  # [m/s^2], on the equator's ground


class UniformAir(AbstractAtmosphere):
    """The same air everywhere."""

    valid_range: ClassVar[tuple[float, float]] = (-1e9, 1e9)
    density: Float[Array, ""] = eqx.field(converter=jnp.asarray)

    def at(self, height: Float[Array, "*lanes"]) -> Air:
        one = jnp.ones_like(height)
        return Air(self.density * one, 1e5 * one, 288.0 * one, SOUND * one)


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
    stop, step = start.t + TIMEOUT, CALM * motion.step
    leg = fly(motion, start, stop=stop, step=step, rows=rows)
    return leg, descended(motion, leg)


def flown(place: World, *cases: Case, rows: int | None = None) -> Hung:
    """One lane a case."""
    full = [*cases, *[cases[-1]] * (LANES - len(cases))]
    t = np.array([c.start for c in full])
    motion = Descent(
        place,
        blunt([c.mass for c in full], [c.drag_area for c in full]),
        stacked(*[stack(c.steps) for c in full]),
        start=t,
        armed=t,
        step=np.array([c.step for c in full]),
    )
    position = [[EARTH_RADIUS + c.height, 0.0, 0.0] for c in full]
    velocity = [[-c.down, c.east, 0.0] for c in full]
    answer = _fly(motion, state_of(t, position, velocity), rows)
    leg, canopies = jax.tree.map(lambda leaf: np.asarray(leaf[: len(cases)]), answer)
    return Hung(motion, leg, canopies)
