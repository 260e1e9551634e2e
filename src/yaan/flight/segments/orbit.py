"""Arcs in orbit, without a burn."""

from collections.abc import Sequence
from typing import Final

import equinox as eqx
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
from yaan.results.outcome import OutcomeCode

_ORBIT_STEP: Final = 60.0  # [s] of a phase that names none
_NEVER: Final = -1e9  # [m]


def coast(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Arcs in orbit, without a burn."""

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        craft = scene.parts.orbiting(start)
        floor = _NEVER if phase.until.height_below is None else phase.until.height_below
        order = DOP853.order
        stop = until_of(phase, start.t, orbit.MAX_STEPS * _ORBIT_STEP)
        leg = legs.coast(
            scene.world,
            craft,
            start,
            legs.Burns.none(LANES),
            stop=stop,
            step=scene.steps(phase.step or _ORBIT_STEP, order),
            floor=floor,
            tolerance=legs.ORBIT_TOLERANCE * scene.tolerances(order),
            save=Save.STEPS,
        )
        if phase.until.duration is None and phase.until.time is None:
            # No time ends it: what has come to its last second has met nothing.
            late = np.asarray(leg.end.t) >= stop
            outcome = np.where(late, OutcomeCode.TIMED_OUT, leg.outcome)
            leg = eqx.tree_at(lambda x: x.outcome, leg, outcome)
        none = np.zeros((LANES, legs.BURNS))
        burns = orbit.Burns(none, none, none + 1.0)
        return orbit.Orbit(scene.world, craft, burns, np.full(LANES, floor)), leg

    return each(scene, phases, state, one)
