"""From the entry interface to the ground: the bank solved, the parachutes, the touchdown.

Where an aim is given and the bank is free, the entry is steered to where the parachutes, with
their drift in the wind, come down on it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import equinox as eqx
import jax
import numpy as np

from yaan.design import bank_search
from yaan.design.bank_search import Banked, Glider
from yaan.design.deorbit import COARSE
from yaan.design.return_plan import Bank
from yaan.dynamics.accuracy import LONGER, loosened, shortened
from yaan.dynamics.forces import World
from yaan.dynamics.method import RK4
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.guiding import Guiding, Known, enter_guided, law_of
from yaan.flight.legs import Array, Save
from yaan.flight.turning import Turning, enter_turning
from yaan.gnc.bank import BankProfile, rounded, with_reversal
from yaan.gnc.base import AbstractEntryGuidance
from yaan.motion.base import AbstractMotion, Leg
from yaan.motion.descent import Descended, Descent, Until
from yaan.motion.entry import Entry, Handover
from yaan.motion.guided_entry import GuidedEntry
from yaan.motion.rigid_entry import RigidEntry
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.zone import distance
from yaan.vehicle.capsule import Capsule
from yaan.vehicle.parachute import Train

REVERSAL = 240.0
"""When the lift changes sides where nothing has been solved yet [s]."""

_NEVER = 1e5  # [s]
_UNSTEERED = 10e3  # [m] from a fixed aim that a bank of the file's own may come down
_DRIFTS = 3  # corrections of the aim for what the parachutes drift
_LEAST_BANK = np.radians(15.0)
_SLACK = 0.1  # standard gravities kept below the load limit when the bank's size is chosen

Tell = Callable[[str], None]
Point = tuple[float, float]
"""Latitude, longitude [rad]."""


@dataclass(frozen=True)
class Lander:
    """What comes down, and how it may."""

    world: World
    capsule: Capsule
    train: Train | None
    bank: Bank
    until: Handover
    """Where the entry is given to the parachutes, or ends."""
    step: float  # [s]
    turning: Turning | None = None
    """How it turns, where the entry is that of a rigid body."""
    guiding: Guiding | None = None
    """What guides it; None: the designed bank is flown by time."""
    opening_step: float = legs.OPENING_STEP  # [s]
    tolerance: float = 1.0
    """Of `dynamics.accuracy`."""

    def shadow(self) -> "Lander":
        """The same on longer steps, which tells the error of this one."""
        return self._on(LONGER, loosened(RK4.order) * self.tolerance)

    def finer(self, tolerance: float) -> "Lander":
        """The same at a `tolerance` below its own of one."""
        return self._on(shortened(tolerance, RK4.order), tolerance)

    def entry_of(self, landed: "Landed") -> AbstractMotion:
        """The motion of an entry that it flew, of one lane."""
        start, bank, nothing = landed.entry.start.t[0], landed.bank, np.asarray(0.0)
        guided = landed.guided
        if guided is not None:
            flown = (guided.law, guided.guiding.navigator, guided.guiding.limits)
            until = Handover()
            return GuidedEntry(self.world, self.capsule, *flown, start, until, nothing, nothing)
        if self.turning is None:
            return Entry(self.world, self.capsule, bank, start, Handover(), nothing, nothing)
        flown = (self.turning.body, self.turning.control, bank)
        return RigidEntry(self.world, *flown, start, Handover(), nothing)

    def descent_of(self, landed: "Landed") -> AbstractMotion:
        """Likewise of the descent."""
        assert self.train is not None
        never, body = np.asarray(0.0), self.capsule.forebody
        return Descent(self.world, body, self.train, never, never, never, Until())

    def _on(self, stretch: float, tolerance: float) -> "Lander":
        turning = self.turning
        return replace(
            self,
            step=stretch * self.step,
            opening_step=stretch * self.opening_step,
            tolerance=tolerance,
            turning=None if turning is None else replace(turning, step=stretch * turning.step),
        )


@dataclass(frozen=True)
class Turned:
    """What an entry of a rigid body is compared with."""

    point: "Landed"
    """The point's on the same bank."""
    firm: Leg
    """The same body held firmly to the bank as it is written."""


@dataclass(frozen=True)
class Guided:
    """What guided an entry, and what it is compared with."""

    guiding: Guiding
    law: AbstractEntryGuidance
    point: "Landed"
    """The designed bank, flown by time."""


@dataclass(frozen=True)
class Landed:
    """An entry and what followed it."""

    interface: State
    """One lane."""
    aim: Point | None
    bank: BankProfile
    """Of one lane, as it was flown."""
    banked: Banked | None
    entry: Leg
    """On fine steps, recorded."""
    ballistic_load: float
    """Peak load of the same entry without lift, in standard gravities."""
    descent: Leg | None
    canopies: Descended | None
    """What became of them in the descent."""
    turned: Turned | None = None
    """Of a rigid body, whose `entry` and `descent` then are those above."""
    guided: Guided | None = None
    """Of a guided entry, likewise."""

    @property
    def end(self) -> tuple[float, float, float]:
        """Time [s], latitude and longitude [rad] of the end."""
        last = self.entry if self.descent is None else self.descent
        place = last.place
        return float(last.end.t[0]), float(place.latitude[0]), float(place.longitude[0])

    @property
    def over(self) -> Point:
        """Where an entry is to be handed over, so that what follows it comes down on the aim.

        That is where this one was, moved by what it came down beside the aim; the aim itself where
        it did not come down.
        """
        place, aim = self.entry.place, self.aim
        over = (float(place.latitude[0]), float(place.longitude[0]))
        if aim is None:
            return over
        _, *end = self.end
        came = self.entry.outcome[0] == OutcomeCode.REACHED
        return (over[0] + aim[0] - end[0], over[1] + aim[1] - end[1]) if came else aim

    @property
    def start_bank(self) -> float:
        """The bank that it begins with [rad]."""
        return float(np.asarray(self.bank.angle)[0])

    @property
    def miss(self) -> float | None:
        """Distance of the end to the aim [m]."""
        return None if self.aim is None else float(distance(*self.end[1:], *self.aim))


def land(lander: Lander, interface: State, aim: Point | None, nominal: float, tell: Tell) -> Landed:
    """Fly from `interface` (one lane); a free bank starts its search from the size `nominal`."""
    given = lander.bank.given
    solving = given is None and aim is not None
    over, banked, descent, canopies = aim, None, None, None
    bank = profiles(lander.bank, np.array([nominal]), REVERSAL)
    entry = None if solving else _enter(lander, interface, bank)
    for _ in range(_DRIFTS):
        if solving:
            assert over is not None
            assert aim is not None
            tell("solving the bank")
            banked = bank_search.reach_aim(_glider(lander, interface), over, nominal, banked)
            entry, bank = banked.entry, banked.bank
        assert entry is not None
        if lander.train is None or entry.outcome[0] != OutcomeCode.REACHED:
            break
        tell("descending under parachutes")
        descent, canopies = _descend(lander, lander.train, entry, interface)
        if not solving or aim is None or over is None:
            break
        north, east = (float(x[0]) for x in (descent.place.latitude, descent.place.longitude))
        if distance(north, east, *aim) <= bank_search.MET:
            break
        north, east = aim[0] - north, aim[1] - east
        over = (over[0] + north, over[1] + east)
    assert entry is not None
    one = BankProfile(np.asarray(bank.time)[0], np.asarray(bank.angle)[0])
    flown = (entry, _ballistic(lander, interface), descent, canopies)
    landed = Landed(interface, aim, one, banked, *flown)
    if lander.guiding is not None:
        tell("flying the entry by its guidance")
        return _guided(lander, lander.guiding, landed)
    if lander.turning is None:
        return landed
    tell("flying the entry as a rigid body")
    return _turned(lander, lander.turning, landed)


def shadow_of(lander: Lander, landed: Landed, interface: State) -> Landed:
    """What `lander` flew, on longer steps: the same bank, from the shadow's `interface`."""
    return flown_again(lander.shadow(), landed, interface)


def flown_again(lander: Lander, landed: Landed, interface: State) -> Landed:
    """The bank of what has landed, flown by another `lander` from an `interface` of its own."""
    bank, descent, canopies = in_a_lane(landed.bank), None, None
    if lander.turning is not None:
        return _turned(lander, lander.turning, replace(landed, interface=interface))
    if landed.guided is not None:
        return _flown_guided(lander, landed.guided, replace(landed, interface=interface))
    entry = _enter(lander, interface, bank)
    if lander.train is not None and entry.outcome[0] == OutcomeCode.REACHED:
        descent, canopies = _descend(lander, lander.train, entry, interface)
    return replace(landed, interface=interface, entry=entry, descent=descent, canopies=canopies)


def in_a_lane(bank: BankProfile) -> BankProfile:
    """The bank of one lane with the axis of lanes."""
    return BankProfile(np.asarray(bank.time)[None], np.asarray(bank.angle)[None])


def _descend(lander: Lander, train: Train, entry: Leg, interface: State) -> tuple[Leg, Descended]:
    leg, canopies = legs.descend(
        lander.world,
        lander.capsule.forebody,
        train,
        entry.end,
        interface.t[:1],
        step=lander.opening_step,
        tolerance=lander.tolerance,
    )
    return leg, jax.tree.map(lambda leaf: leaf[0], canopies)


def _turned(lander: Lander, turning: Turning, point: Landed) -> Landed:
    """The landing of the body that turns, on the bank of the point's."""
    bank = in_a_lane(point.bank)
    entry, held = enter_turning(
        lander.world, turning, point.interface, bank, lander.until, lander.tolerance
    )
    descent, canopies = None, None
    if lander.train is not None and entry.outcome[0] == OutcomeCode.REACHED:
        descent, canopies = _descend(lander, lander.train, entry, point.interface)
    turned = Turned(point, held)
    return replace(point, entry=entry, descent=descent, canopies=canopies, turned=turned)


def _guided(lander: Lander, guiding: Guiding, point: Landed) -> Landed:
    """The landing by a law that is told where to hand over, and the bank to begin with."""
    told = (lander.capsule, lander.world, point.interface)
    known = Known(*told, point.over, lander.until, point.start_bank)
    return _flown_guided(lander, Guided(guiding, law_of(guiding, known), point), point)


def _flown_guided(lander: Lander, guided: Guided, landed: Landed) -> Landed:
    """What a law flies from the interface of what has landed."""
    entry = enter_guided(
        guided.guiding,
        guided.law,
        lander.world,
        lander.capsule,
        landed.interface,
        until=lander.until,
        step=lander.step,
        tolerance=lander.tolerance,
    )
    descent, canopies = None, None
    if lander.train is not None and entry.outcome[0] == OutcomeCode.REACHED:
        descent, canopies = _descend(lander, lander.train, entry, landed.interface)
    return replace(landed, entry=entry, descent=descent, canopies=canopies, guided=guided)


def profiles(bank: Bank, magnitude: Array, reversal: Array | float) -> BankProfile:
    """Banks of as many lanes as magnitudes [rad]; the file's own where it gives one."""
    count = len(magnitude)
    if bank.given is not None:
        time, angle = np.asarray(bank.given.time), np.asarray(bank.given.angle)
        return BankProfile(np.tile(time, (count, 1)), np.tile(angle, (count, 1)))
    ones = np.ones(count)
    return with_reversal(magnitude, reversal * ones, bank.roll_rate * ones, ones)


def prepare_rounded(lander: Lander, low: State) -> None:
    """Compile the point's entry on a rounded bank, which a rigid one is solved with."""
    if lander.turning is not None and lander.bank.given is None:
        nominal = profiles(lander.bank, np.array([lander.bank.nominal]), REVERSAL)
        bank = rounded(nominal, float(lander.turning.control.easing))
        legs.enter(lander.world, lander.capsule, low, bank, until=lander.until, step=lander.step)


def sizes_allowed(lander: Lander, interface: State) -> tuple[float, float]:
    """The largest bank up to the nominal one that keeps the load limit, and its side reach [m].

    Where none keeps it, the gentlest: the verdict on the load then says so.
    """
    if lander.bank.given is not None:
        return lander.bank.nominal, _UNSTEERED
    nominal = lander.bank.nominal
    sizes = np.linspace(nominal, min(_LEAST_BANK, nominal), legs.LANES)
    start = interface.take(np.zeros(legs.LANES, dtype=int))
    bank = profiles(lander.bank, sizes, _NEVER)
    mirrored = BankProfile(bank.time, -bank.angle)
    right, left = (
        legs.enter(lander.world, lander.capsule, start, one, until=lander.until, step=COARSE)
        for one in (bank, mirrored)
    )
    down = right.outcome == OutcomeCode.REACHED  # what skips out is loaded little
    fits = np.flatnonzero(down & (right.inner.peak_load <= lander.bank.load_limit - _SLACK))
    gentle = int(np.argmin(np.where(down, right.inner.peak_load, np.inf)))
    best = int(fits[0]) if len(fits) else gentle
    return float(sizes[best]), bank_search.side_reach(right, left, best)


def _glider(lander: Lander, interface: State) -> Glider:
    return Glider(
        world=lander.world,
        capsule=lander.capsule,
        interface=interface,
        until=lander.until,
        roll_rate=lander.bank.roll_rate,
        step=lander.step,
        tolerance=lander.tolerance,
        easing=None if lander.turning is None else float(lander.turning.control.easing),
    )


def _enter(lander: Lander, interface: State, bank: BankProfile) -> Leg:
    return legs.enter(
        lander.world,
        lander.capsule,
        interface,
        bank,
        until=lander.until,
        step=lander.step,
        tolerance=lander.tolerance,
        save=Save.STEPS,
    )


def _ballistic(lander: Lander, interface: State) -> float:
    lift = np.zeros_like(lander.capsule.lift)
    still = eqx.tree_at(lambda c: c.lift, lander.capsule, lift)
    bank = profiles(Bank(None, 0.0, lander.bank.roll_rate, 0.0), np.zeros(1), REVERSAL)
    entry = legs.enter(
        lander.world,
        still,
        interface,
        bank,
        until=lander.until,
        step=lander.step,
        tolerance=lander.tolerance,
    )
    return float(entry.inner.peak_load[0])
