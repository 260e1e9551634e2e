"""What the vehicle believes about itself."""

import abc

import equinox as eqx
from jaxtyping import Array, Float
from typing_extensions import override

from yaan.dynamics.forces import Surroundings
from yaan.spacetime.frame import Vector


class Estimate(eqx.Module):
    """The navigated state that guidance receives; guidance never sees the true one."""

    t: Float[Array, ""]  # [s] since ignition
    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    relative: Vector
    """Velocity against the turning Earth [m/s], GCRS axes."""
    stream: Vector
    """Velocity against the air [m/s], GCRS axes."""
    up: Vector
    east: Vector
    north: Vector
    """Local geodetic directions, GCRS axes."""


class AbstractNavigator(eqx.Module):
    """What makes an estimate of the truth."""

    @abc.abstractmethod
    def estimate(
        self, t: Float[Array, ""], position: Vector, velocity: Vector, around: Surroundings
    ) -> Estimate:
        """What is believed at `t` [s] of a state in GCRS [m, m/s]; one lane."""


class Perfect(AbstractNavigator):
    """Navigation without error. Ignores drift, noise and delay."""

    @override
    def estimate(
        self, t: Array, position: Vector, velocity: Vector, around: Surroundings
    ) -> Estimate:
        motions = (velocity, around.relative, around.stream)
        return Estimate(t, position, *motions, around.up, around.east, around.north)
