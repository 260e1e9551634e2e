"""Arcs in orbit, without a burn."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from yaan.description import FlightPhaseSpec
from yaan.dynamics.method import DOP853
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.legs import Save
from yaan.flight.segments.base import (
    LANES,
    Scene,
    SegmentFlown,
    each,
    until_of,
)
from yaan.motion import orbit
from yaan.motion.base import AbstractMotion, Leg

_ORBIT_STEP: Final = 60.0  # [s] of a phase that names none
_NEVER: Final = -1e9  # [m]


def coast(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Arcs in orbit, without a burn."""

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        craft = scene.parts.orbiting(start)
        floor = _NEVER if phase.until.height_below is None else phase.until.height_below
        order = DOP853.order
        leg = legs.coast(
            scene.world,
            craft,
            start,
            legs.Burns.none(LANES),
            stop=until_of(phase, start.t, orbit.MAX_STEPS * _ORBIT_STEP),
            step=scene.steps(phase.step or _ORBIT_STEP, order),
            floor=floor,
            tolerance=legs.ORBIT_TOLERANCE * scene.tolerances(order),
            save=Save.STEPS,
        )
        none = np.zeros((LANES, legs.BURNS))
        burns = orbit.Burns(none, none, none + 1.0)
        return orbit.Orbit(scene.world, craft, burns, np.full(LANES, floor)), leg

    return each(scene, phases, state, one)
