"""Descents under canopies, and what burns there."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import equinox as eqx
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
from yaan.motion.base import AbstractMotion, Leg, fly, of_motion
from yaan.motion.descent import CALM, Descended, Descent, Until
from yaan.vehicle.retro import Burning

_BURNING: Final = 5e-3  # [s] of a phase that names none, once an engine has been lit


def hang(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Descents under canopies, one after another: the train goes on as if nothing had been cut."""
    armed = state.t
    became: list[Descended] = []
    # All engines that are ever lit here, so that a burn goes on from phase to phase.
    engines = [name for phase in phases for name in phase.ignite]
    burning: list[tuple[list[str], Burning]] = []

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        parts, until = scene.parts, phase.until
        given = {"height": until.height_below, "speed": until.speed_below}
        known = {name: value for name, value in given.items() if value is not None}
        ends = until_of(phase, start.t, np.inf)
        wanted = bool(until.ground) or not until.model_fields_set
        train = legs.in_lanes(parts.train(start), LANES)
        names = [n for n in parts.tanks if n in engines and n in parts.aboard(start)]
        lit = any(p.ignite for p in phases[: phases.index(phase) + 1])
        retro = parts.retro(start, names, phase.ignite)
        if retro is not None and burning:
            retro = replace(retro, before=_still(*burning[-1], names))
        motion = Descent(
            scene.world,
            parts.hanging(start, names),
            train,
            start.t,
            armed,
            scene.steps(phase.step or (_BURNING if lit else legs.OPENING_STEP), RK4.order),
            legs.in_lanes(Until(**known, ground=wanted), LANES)._replace(time=ends),
            retro,
        )
        loose = scene.tolerances(RK4.order)
        leg = legs.saved(lambda n: _hang(motion, start, loose, rows=n), legs.DESCENT_ROWS)
        if leg.inner.burning is not None:
            burning.append((names, leg.inner.burning))
        became.append(jax.tree.map(lambda leaf: leaf[0], legs.descended(motion, leg)))
        return motion, leg

    found = each(scene, phases, state, one)
    told = zip(found.phases, became, strict=True)
    return replace(found, phases=[replace(phase, canopies=one) for phase, one in told])


def _still(before: Sequence[str], burning: Burning, names: Sequence[str]) -> Burning:
    """What engines have burnt, of those that are still aboard."""
    mine = [list(before).index(name) for name in names]
    return eqx.tree_at(
        lambda b: (b.propellant, b.ignition, b.cut_off),
        burning,
        tuple(x[:, mine] for x in (burning.propellant, burning.ignition, burning.cut_off)),
    )


@programme(lanes=of_motion)
def _hang(motion: Descent, start: State, tolerance: jax.Array, *, rows: int) -> Leg:
    step, stop = CALM * motion.step, motion.stop()
    return fly(motion, start, stop=stop, step=step, tolerance=tolerance, rows=rows)
