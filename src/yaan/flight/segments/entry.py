"""Entries of a lifting capsule on a bank profile."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from yaan.description import FlightPhaseSpec
from yaan.dynamics.method import RK4
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.legs import Save
from yaan.flight.models.craft import build_bank, handover_of
from yaan.flight.segments.base import (
    LANES,
    Scene,
    SegmentFlown,
    each,
    until_of,
)
from yaan.gnc.bank import BankProfile
from yaan.motion import entry
from yaan.motion.base import AbstractMotion, Leg
from yaan.motion.entry import Handover

_ENTRY_STEP: Final = 0.5  # [s] of a phase that names none


def glide(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Entries of a lifting capsule on a bank profile."""

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        capsule, until = scene.parts.entering(start), phase.until
        names = scene.parts.aboard(start)
        first = scene.parts.parachutes(names)
        handed = handover_of(first)
        if until.model_fields_set:
            given = {"height": until.height_below, "speed": until.speed_below}
            known = {name: value for name, value in given.items() if value is not None}
            ends = until_of(phase, start.t[:1], entry.NEVER)
            handed = Handover(**known, delay=float(ends[0] - start.t[0]))
        bank = build_bank(phase.bank)
        assert bank is not None
        bank = BankProfile(
            *(np.repeat(np.asarray(x)[None], LANES, 0) for x in (bank.time, bank.angle))
        )
        step, loose = scene.steps(phase.step or _ENTRY_STEP, RK4.order), scene.tolerances(RK4.order)
        leg = legs.enter(
            scene.world,
            capsule,
            start,
            bank,
            until=handed,
            step=step,
            tolerance=loose,
            save=Save.STEPS,
        )
        nothing = np.zeros(LANES)
        motion = entry.Entry(
            scene.world, capsule, bank, start.t, legs.in_lanes(handed, LANES), nothing, nothing
        )
        return motion, leg

    return each(scene, phases, state, one)
