"""Falls of bodies with drag alone, one by one or many together."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import jax
import numpy as np

from yaan.base.programme import programme
from yaan.description import FlightPhaseSpec
from yaan.dynamics.method import RK4
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.recording import Array
from yaan.flight.segments.base import (
    LANES,
    Scene,
    SegmentFlown,
    each,
    switched,
    told,
)
from yaan.motion.base import AbstractMotion, Leg, fly, of_motion
from yaan.motion.fall import TIMEOUT, Fall

_FALL_STEP: Final = 10.0  # [s] of a phase that names none
_FALL_ROWS: Final = 2_048
_BODIES: Final = 4
"""Bodies that fall in one batch, or a multiple of it."""


def sink(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Falls of a body with drag alone."""

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        return _fallen(scene, [phase], start)

    return _weighed(scene, each(scene, phases, state, one))


def sink_together(
    scene: Scene, phases: Sequence[FlightPhaseSpec], states: Sequence[State]
) -> list[SegmentFlown]:
    """Falls of several bodies, one phase each from a state of its own, as one batch.

    The lanes of a body are beside each other. The last body fills the batch up, so that few
    numbers of lanes are compiled.
    """
    starts = [switched(scene, *one) for one in zip(phases, states, strict=True)]
    last = len(phases) - 1
    every = [min(k, last) for k in range(-(-len(phases) // _BODIES) * _BODIES)]
    start = jax.tree.map(lambda *own: np.concatenate(own), *(starts[k] for k in every))
    flown = _fallen(scene, [phases[k] for k in every], start)
    found: list[SegmentFlown] = []
    for k, phase in enumerate(phases):
        one, rows = told(scene, phase, starts[k], flown, first=k * LANES)
        found.append(_weighed(scene, SegmentFlown([one], rows)))
    return found


def _fallen(scene: Scene, phases: Sequence[FlightPhaseSpec], start: State) -> tuple[Fall, Leg]:
    """Fly the falls of phases beside each other, each in the lanes of its own."""
    beta, floors, steps = np.empty(0), np.empty(0), np.empty(0)
    for phase in phases:
        floor = float(scene.world.ground)
        if phase.until.height_below is not None:
            floor = max(floor, phase.until.height_below)
        assert phase.ballistic_coefficient is not None
        beta = np.append(beta, np.full(LANES, phase.ballistic_coefficient))
        floors = np.append(floors, np.full(LANES, floor))
        steps = np.append(steps, scene.steps(phase.step or _FALL_STEP, RK4.order))
    motion, loose = Fall(scene.world, beta, floors), scene.tolerances(RK4.order)
    loose = np.tile(loose, len(phases))
    leg = legs.saved(lambda rows: _sink(motion, start, steps, loose, rows=rows), _FALL_ROWS)
    return motion, leg


def _weighed(scene: Scene, found: SegmentFlown) -> SegmentFlown:
    """Rows per kilogram as those of what weighs what it does."""
    masses = np.asarray([scene.parts.mass(one.start)[0] for one in found.phases])

    def weighed(rows: dict[str, Array]) -> dict[str, Array]:
        mass = masses[np.asarray(rows["phase"], dtype=int)]
        return rows | {"mass": mass, "drag": rows["drag"] * mass}

    return replace(found, rows=[weighed(rows) for rows in found.rows])


@programme(lanes=of_motion)
def _sink(motion: Fall, start: State, step: jax.Array, tolerance: jax.Array, *, rows: int) -> Leg:
    stop = start.t + TIMEOUT
    return fly(motion, start, stop=stop, step=step, tolerance=tolerance, rows=rows)
