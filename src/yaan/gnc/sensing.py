"""Navigation without error that measures the specific force too.

Laws of an entry learn from what accelerometers feel how dense the air is (`entry_guidance`);
`navigation.Perfect` has none, and they then know the air of their model alone.
"""

import equinox as eqx
from jaxtyping import Array, PyTree
from typing_extensions import override

from yaan.dynamics.forces import Surroundings
from yaan.gnc.navigation import AbstractNavigator, Estimate, Truth
from yaan.spacetime.frame import Vector


class PerfectSensing(AbstractNavigator):
    """As `Perfect`, with accelerometers without error; what they felt last is its memory.

    The wind is not known: the velocity against the air is taken as that against the ground.
    """

    @override
    def start(self, truth: Truth, memory: PyTree) -> Vector:
        del memory
        return truth.sensed

    @override
    def update(self, truth: Truth, memory: PyTree) -> Vector:
        del memory
        return truth.sensed

    @override
    def estimate(
        self,
        t: Array,
        position: Vector,
        velocity: Vector,
        around: Surroundings,
        memory: PyTree = None,
    ) -> Estimate:
        motions = (velocity, around.relative, around.relative)
        seen = Estimate(t, position, *motions, around.up, around.east, around.north)
        return eqx.tree_at(lambda e: e.sensed, seen, memory, is_leaf=lambda x: x is None)

    @override
    def realised(self, axis: Vector, memory: PyTree) -> Vector:
        del memory
        return axis
