"""What the vehicle believes about itself.

A navigator keeps what it believes, and what it is out by, in a memory of its own, which is a part
of what is integrated: it is handed on at borders, recorded, and may differ from lane to lane.
"""

import abc

import equinox as eqx
from jaxtyping import Array, Float, PyTree
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
    sensed: Vector | None = None
    """Specific force that accelerometers measured last [m/s^2], GCRS axes; None of a navigator
    that has none."""


class Truth(eqx.Module):
    """What the instruments meet at an instant."""

    t: Float[Array, ""]  # [s] since ignition
    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    sensed: Vector
    """Specific force [m/s^2], GCRS axes."""
    around: Surroundings


class AbstractNavigator(eqx.Module):
    """What makes an estimate of the truth. One lane."""

    @abc.abstractmethod
    def start(self, truth: Truth, memory: PyTree) -> PyTree:
        """What it remembers as a leg begins; `memory` is that of the leg before, None of none."""

    @abc.abstractmethod
    def update(self, truth: Truth, memory: PyTree) -> PyTree:
        """What it remembers after a step that ended at the `truth`."""

    @abc.abstractmethod
    def estimate(
        self,
        t: Float[Array, ""],
        position: Vector,
        velocity: Vector,
        around: Surroundings,
        memory: PyTree = None,
    ) -> Estimate:
        """What is believed at `t` [s] of a state in GCRS [m, m/s]."""

    @abc.abstractmethod
    def realised(self, axis: Vector, memory: PyTree) -> Vector:
        """Where an axis truly points that is put where `axis` is believed to be; GCRS."""


class Perfect(AbstractNavigator):
    """Navigation without error. Ignores drift, noise and delay."""

    @override
    def start(self, truth: Truth, memory: PyTree) -> PyTree:
        del truth
        return memory

    @override
    def update(self, truth: Truth, memory: PyTree) -> PyTree:
        del truth
        return memory

    @override
    def estimate(
        self,
        t: Array,
        position: Vector,
        velocity: Vector,
        around: Surroundings,
        memory: PyTree = None,
    ) -> Estimate:
        del memory
        motions = (velocity, around.relative, around.stream)
        return Estimate(t, position, *motions, around.up, around.east, around.north)

    @override
    def realised(self, axis: Vector, memory: PyTree) -> Vector:
        del memory
        return axis
