"""An entry flown once more as a rigid body, on the bank that was solved for the point.

Two lanes of one programme: the capsule as the file has it, and the same held firmly, by which the
miss is told apart into what the control does and what a body that turns does in any case.
"""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import numpy as np

from yaan.base.programme import programme
from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape
from yaan.flight.legs import Fall, States, enough
from yaan.flight.recording import relaid
from yaan.gnc.attitude import AttitudeControl
from yaan.gnc.bank import BankProfile
from yaan.motion import entry, rigid_entry
from yaan.motion.entering import Handover
from yaan.spacetime.frame import Frame, components, vector
from yaan.vehicle.capsule import RigidCapsule

LANES = 2
"""As asked, and held firmly."""

FIRMER = 4.0
"""How many times the frequency of its control the firm lane has."""

_STRONGER = 100.0  # times the moments
_ROWS = 16_384
_TOLD = 0.1  # [s] between rows that are kept


@dataclass(frozen=True)
class Turning:
    """What makes an entry rigid."""

    body: RigidCapsule
    control: AttitudeControl
    step: float  # [s]


def firm(control: AttitudeControl) -> AttitudeControl:
    """A faster control, with moments that do not end."""
    stronger = (control.frequency * FIRMER, control.limit * _STRONGER)
    return eqx.tree_at(lambda c: (c.frequency, c.limit), control, stronger)


def fall_turning(
    world: World,
    turning: Turning,
    start: States,
    bank: BankProfile,
    until: Handover,
    tolerance: float = 1.0,
) -> tuple[Fall, Fall]:
    """Fly from `start` (one lane) to its end: as asked, recorded, and held firmly.

    `bank` has one lane. Rows are thinned to about a tenth of a second.
    """
    both = (turning.control, firm(turning.control))
    control = jax.tree.map(lambda *leaves: np.stack([np.asarray(x) for x in leaves]), *both)
    body, profile = (
        jax.tree.map(lambda leaf: np.stack([np.asarray(leaf)] * LANES), one)
        for one in (turning.body, BankProfile(bank.time[0], bank.angle[0]))
    )
    two = start.take(np.zeros(LANES, dtype=int))
    state = (two.t, two.position, two.velocity)
    end = jax.tree.map(lambda value: np.full(LANES, value), until)
    steps = (end, np.full(LANES, turning.step), np.full(LANES, tolerance))
    rows = _ROWS
    while True:
        ended, tape = _turn(world, body, control, profile, state, steps, rows=rows)
        if int(np.max(tape.count)) <= rows:
            break
        rows = enough(rows, tape)
    ended, tape = jax.device_get((ended, tape))
    kept = thinned(tape, max(1, round(_TOLD / turning.step)))
    return _fall(ended, 0, kept), _fall(ended, 1, None)


@programme
def _turn(
    world: World,
    body: RigidCapsule,
    control: AttitudeControl,
    bank: BankProfile,
    start: tuple[jax.Array, ...],
    limits: tuple[Handover, jax.Array, jax.Array],
    *,
    rows: int,
) -> tuple[Any, Any]:
    (t, position, velocity), (until, step, tolerance) = start, limits
    point = (vector(position, Frame.GCRS), vector(velocity, Frame.GCRS))
    flown = (world, body, control, bank, t)
    return rigid_entry.enter_rigid(
        *flown,
        rigid_entry.trimmed(*flown, *point),
        until=until,
        step=step,
        tolerance=tolerance,
        patience=entry.PATIENCE,
        rows=rows,
    )


@programme
def look_turning(
    world: World, turning: tuple[Any, Any], bank: BankProfile, start: Any, tape: Tape
) -> Any:
    """What is seen of one lane's rows; `turning` is its body and its control."""
    return rigid_entry.observe_rigid(world, *turning, bank, start, tape)


def thinned(tape: Tape, every: int) -> Tape:
    """The first lane's rows, one of `every`, with the first and the last."""
    count = int(tape.count[0])
    index = np.unique(np.append(np.arange(0, count, every), count - 1))
    rows = (tape.t, tape.label, tape.rows)
    t, label, values = (np.asarray(column)[:1, index] for column in rows)
    return relaid(tape, t, label, values, np.array([len(index)]))


def _fall(ended: Any, lane: int, tape: Tape | None) -> Fall:
    one = jax.tree.map(lambda leaf: leaf[lane : lane + 1], ended)
    state = one.state
    return Fall(
        ends=States(one.t, components(state.position), components(state.velocity), np.zeros(1)),
        outcome=one.outcome,
        latitude=one.latitude,
        longitude=one.longitude,
        peak_load=one.peak_load,
        peak_flux=one.peak_flux,
        heat_load=one.heat_load,
        tape=tape,
    )
