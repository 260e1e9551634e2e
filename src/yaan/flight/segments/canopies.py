"""Descents under canopies, and what burns there."""

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
from yaan.flight.segments.base import (
    LANES,
    Scene,
    SegmentFlown,
    each,
    until_of,
)
from yaan.motion.base import AbstractMotion, Leg, fly
from yaan.motion.descent import CALM, Descended, Descent, Until

_BURNING: Final = 5e-3  # [s] of a phase that lights an engine and names no step


def hang(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Descents under canopies, one after another: the train goes on as if nothing had been cut."""
    armed = state.t
    became: list[Descended] = []

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        parts, until = scene.parts, phase.until
        given = {"height": until.height_below, "speed": until.speed_below}
        known = {name: value for name, value in given.items() if value is not None}
        ends = until_of(phase, start.t, np.inf)
        train = legs.in_lanes(parts.train(start), LANES)
        motion = Descent(
            scene.world,
            parts.hanging(start, phase.ignite),
            train,
            start.t,
            armed,
            scene.steps(phase.step or (_BURNING if phase.ignite else legs.OPENING_STEP), RK4.order),
            legs.in_lanes(Until(**known), LANES)._replace(time=ends),
            parts.retro(start, phase.ignite),
        )
        loose = scene.tolerances(RK4.order)
        leg = legs.saved(lambda n: _hang(motion, start, loose, rows=n), legs.DESCENT_ROWS)
        became.append(jax.tree.map(lambda leaf: leaf[0], legs.descended(motion, leg)))
        return motion, leg

    found = each(scene, phases, state, one)
    told = zip(found.phases, became, strict=True)
    return replace(found, phases=[replace(phase, canopies=one) for phase, one in told])


@programme
def _hang(motion: Descent, start: State, tolerance: jax.Array, *, rows: int) -> Leg:
    step, stop = CALM * motion.step, motion.stop()
    return fly(motion, start, stop=stop, step=step, tolerance=tolerance, rows=rows)
