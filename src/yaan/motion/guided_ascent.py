"""Which law guides which phase of a powered ascent: what `ascend` is told as its `guide`."""

from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from yaan.base.lanes import held
from yaan.gnc.base import AbstractGuidance
from yaan.gnc.powered import Law, Steering
from yaan.gnc.speed_table import SpeedTable
from yaan.gnc.steered import Part, Relief, ascent_guidance
from yaan.motion.powered import open_loop
from yaan.motion.powered_phases import Phases

Explicit = Callable[[Steering, Phases, Array, Array], AbstractGuidance]
"""What makes the explicit law of a phase, as a `motion.powered.Guide` does."""


class ByLaw(eqx.Module):
    """The part that guides a phase, by the law that the file has for it. Made by `by_law`."""

    parts: Int[Array, " laws"]
    """A `gnc.steered.Part` for each `Law`."""

    def __call__(self, phase: Phases) -> Int[Array, ""]:
        """The part of a phase."""
        return self.parts[phase.law]


class Told(eqx.Module):
    """The part that the phases themselves tell: `motion.guided.guided` has made them."""

    def __call__(self, phase: Phases) -> Int[Array, ""]:
        """The part of a phase."""
        if phase.guided is None:
            raise ValueError("these phases do not tell who guides them")
        return phase.guided.part


class WhileAboard(eqx.Module):
    """One part while any of some stages is aboard, another one after; as of boosters."""

    stages: Array
    """Which stages, booleans."""
    part: Int[Any, ""] = eqx.field(converter=held)
    after: Int[Any, ""] = eqx.field(converter=held)

    def __call__(self, phase: Phases) -> Int[Array, ""]:
        """The part of a phase."""
        return jnp.where(jnp.any(phase.stages_aboard & self.stages), self.part, self.after)


def by_law(parts: Mapping[Law, Part], rest: Part = Part.LAWS) -> ByLaw:
    """The parts of phases by the law of the file; host."""
    return ByLaw(jnp.asarray([int(parts.get(law, rest)) for law in Law]))


class AscentGuide(eqx.Module):
    """What guides each phase of an ascent, for `motion.powered.ascend`.

    All its numbers are arguments of what is compiled: another table of as many knots compiles
    nothing. The memory of the state that is flown from is `gnc.steered.ascent_memory` of the same.
    """

    part: Callable[[Phases], Int[Array, ""]]
    """Which `gnc.steered.Part` a phase flies by: `by_law`, `WhileAboard`, or one's own."""
    table: SpeedTable | None = None
    relief: Relief | None = None
    rate: Float[Array, ""] | None = None
    """At which the axis may turn [rad/s], of `gnc.steered.turn_rate`; None: at any."""
    explicit: Explicit | None = None

    def __call__(
        self, steering: Steering, phase: Phases, start: Array, due: Array
    ) -> AbstractGuidance:
        """The guidance of one phase, one lane."""
        told = (steering, phase, start, due)
        return ascent_guidance(
            open_loop(*told),
            self.part(phase),
            table=self.table,
            explicit=None if self.explicit is None else self.explicit(*told),
            relief=self.relief,
            rate=self.rate,
        )
