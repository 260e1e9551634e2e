"""An entry flown once more as a rigid body, on the bank that was solved for the point.

Two lanes of one programme: the capsule as the file has it, and the same held firmly, by which the
miss is told apart into what the control does and what a body that turns does in any case.
"""

from dataclasses import dataclass

import equinox as eqx
import jax
import numpy as np

from yaan.description import CapsuleSpec, EntryPhaseSpec
from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.models.craft import build_control, build_pulsing, build_rigid
from yaan.flight.recording import relaid
from yaan.gnc.attitude import AttitudeControl
from yaan.gnc.bank import BankProfile
from yaan.motion.base import Leg
from yaan.motion.entry import Handover
from yaan.motion.rigid_entry import Pulsing, RigidEntry
from yaan.vehicle.capsule import RigidCapsule

LANES = 2
"""As asked, and held firmly."""

FIRMER = 4.0
"""How many times the frequency of its control the firm lane has."""

_STRONGER = 100.0  # times the moments
_FINER = 1e-6  # times the least pulse
_ROWS = 16_384
_TOLD = 0.1  # [s] between rows that are kept


@dataclass(frozen=True)
class Turning:
    """What makes an entry rigid."""

    body: RigidCapsule
    control: AttitudeControl
    step: float  # [s]
    pulsing: Pulsing | None = None
    """Thrusters that are on or off."""


def turning_of(capsule: CapsuleSpec, entry: EntryPhaseSpec) -> Turning | None:
    """How the capsule turns where the entry is rigid; the check has seen that it is told."""
    if entry.motion == "point":
        return None
    assert capsule.rigid is not None
    control = build_control(capsule.rigid, entry.roll_rate)
    return Turning(build_rigid(capsule), control, entry.attitude_step, build_pulsing(capsule.rigid))


def firm(control: AttitudeControl) -> AttitudeControl:
    """A faster control, with moments that do not end."""
    stronger = (control.frequency * FIRMER, control.limit * _STRONGER)
    return eqx.tree_at(lambda c: (c.frequency, c.limit), control, stronger)


def strong(pulsing: Pulsing) -> Pulsing:
    """Thrusters that do as they are asked: strong, with pulses of any length, never quiet."""
    t = pulsing.thrusters
    fine = (t.effect * _STRONGER, t.thrust * _STRONGER, t.least * _FINER)
    made = eqx.tree_at(lambda x: (x.effect, x.thrust, x.least), t, fine)
    none = jax.tree.map(lambda leaf: leaf * 0.0, pulsing.band)
    return Pulsing(made, none, pulsing.period)


def enter_turning(
    world: World,
    turning: Turning,
    start: State,
    bank: BankProfile,
    until: Handover,
    tolerance: float = 1.0,
) -> tuple[Leg, Leg]:
    """Fly from `start` (one lane) to its end: as asked, with its rows, and held firmly.

    `bank` has one lane. Rows are thinned to about a tenth of a second.
    """
    both = (turning.control, firm(turning.control))
    control = jax.tree.map(lambda *leaves: np.stack([np.asarray(x) for x in leaves]), *both)
    body, profile = (
        jax.tree.map(lambda leaf: np.stack([np.asarray(leaf)] * LANES), one)
        for one in (turning.body, BankProfile(bank.time[0], bank.angle[0]))
    )
    two = start.take(np.zeros(LANES, dtype=int))
    end = jax.tree.map(lambda value: np.full(LANES, value), until)
    step = np.full(LANES, turning.step)
    pulsing = None
    if turning.pulsing is not None:
        pair = (turning.pulsing, strong(turning.pulsing))
        pulsing = jax.tree.map(lambda *leaves: np.stack([np.asarray(x) for x in leaves]), *pair)
    motion = RigidEntry(world, body, control, profile, two.t, end, step, pulsing)
    leg = legs.turn(motion, two, np.full(LANES, tolerance), _ROWS)
    asked = eqx.tree_at(lambda x: x.tape, leg, thinned(leg.tape, round(_TOLD / turning.step)))
    return asked.take(0), legs.without_rows(leg).take(1)


def thinned(tape: Tape | None, every: int) -> Tape:
    """The first lane's rows, one of `every`, with the first and the last."""
    assert tape is not None
    count = int(tape.count[0])
    index = np.unique(np.append(np.arange(0, count, max(1, every)), count - 1))
    rows = (tape.t, tape.label, tape.rows)
    t, label, values = (np.asarray(column)[:1, index] for column in rows)
    return relaid(tape, t, label, values, np.array([len(index)]))
