"""From the insertion orbit to the entry interface by burns that are solved again in flight.

What is flown is the truth; what solves sees estimates of it and its own models (`correcting`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import equinox as eqx
import numpy as np

from yaan.base.errors import YaanError
from yaan.description import Plan
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.approach import Approach, Case, Craft, Way
from yaan.flight.correcting import (
    DEORBIT_LEAD,
    LEAD,
    Burn,
    Deorbit,
    Place,
    Truths,
    apogee_near,
    calibrated,
    coasted,
    fly_deorbit,
    lasting,
    period_of,
    phasing,
    solve_deorbit,
    solve_raising,
    velocity_of,
)
from yaan.flight.legs import Array
from yaan.results.commands import ReturnCommands
from yaan.results.outcome import OutcomeCode
from yaan.vehicle.spacecraft import Spacecraft

_LEVER = 1.5  # revolutions before a deorbit: a phasing that has fewer moves too little
_LACKING = 1e-3  # [m/s] what a burn lacks more of was cut

Estimating = Callable[[State, str], State]
"""What is believed of true states by lane, before a burn: `circularise`, `phasing`, `deorbit`.

Times, and lanes, stay as they are."""


def perfect(state: State, burn: str) -> State:
    """Navigation without error."""
    del burn
    return state


class Flyer(eqx.Module):
    """The models of a return, in lanes: as they are, or as guidance believes them to be."""

    raising: Spacecraft
    craft: Craft
    way: Way


@dataclass(frozen=True)
class Models:
    """What flies: its models and its world."""

    flyer: Flyer
    world: World

    @property
    def case(self) -> Case:
        """Of a deorbit."""
        return Case(self.world, self.flyer.craft, self.flyer.way)


@dataclass(frozen=True)
class Orders:
    """What was designed, the same in all lanes."""

    raising: tuple[tuple[float, float, float], ...]
    """Of each burn that raises its orbit: start and duration [s], and the height of the other side
    that it brings [m]."""
    ignition: float
    """Of the deorbit [s]."""
    duration: float
    """Of the deorbit [s]."""
    place: Place
    """Of the designed interface."""


@dataclass(frozen=True)
class Resolved:
    """Returns as they were flown, by lane."""

    orbit: Array
    """Outcome codes of the orbit with its burns."""
    burns: tuple[Burn, ...]
    """As they were solved: those that raise, then the phasing if there was one."""
    deorbit: Deorbit
    """As it was solved."""
    approach: Approach
    """As it was flown."""

    @property
    def unsolved(self) -> Truths:
        """Which lanes' deorbit has no solution."""
        return ~self.deorbit.burn.solved


def orders_of(plan: Plan, back: ReturnCommands) -> Orders:
    """What commands have designed for a plan.

    Raises:
        YaanError: commands that do not tell where their entry began.
    """
    asked, place = plan.orbit, back.interface
    if asked is None or place is None:
        raise YaanError(
            f"{plan.name} cannot solve its burns again by these commands: they do not tell where "
            "the entry begins. Design it anew, or write guidance.orbit: designed"
        )
    wanted = asked.circularise
    apogee = wanted.perigee if wanted.apogee_height is None else wanted.apogee_height
    # A band moves the whole orbit, so that the trimmed apogee follows the perigee.
    heights = (back.perigee, back.perigee + apogee - wanted.perigee)
    burns = zip(back.raising, heights, strict=False)
    return Orders(
        raising=tuple((one.start, one.duration, height) for one, height in burns),
        ignition=back.ignition,
        duration=back.duration,
        place=Place(place.time, place.latitude, place.longitude),
    )


class _Truth:
    """The lanes on their way: what they truly do."""

    def __init__(self, models: Models, start: State) -> None:
        self.models, self.state = models, start
        self.code = np.full(len(start), int(OutcomeCode.REACHED))
        self.pending: Burn | None = None
        """A burn that is still ahead."""

    def to(self, stop: Array) -> State:
        """Fly to `stop` [s], by the burn that is ahead."""
        none = Burn(self.state.t, np.zeros(len(self.state)), np.ones(len(self.state), dtype=bool))
        burn, self.pending = self.pending or none, None
        flyer = self.models.flyer
        leg = legs.coast(
            *(self.models.world, flyer.raising, self.state, burn.flown),
            stop=np.maximum(stop, self.state.t),
            step=flyer.way.orbit_step,
        )
        cut = leg.added.ideal < np.abs(burn.delta_v) - _LACKING
        self._say(leg.outcome)
        self._say(np.where(cut, int(OutcomeCode.TIMED_OUT), int(OutcomeCode.REACHED)))
        self.state = leg.end
        return self.state

    def take(self, burn: Burn) -> None:
        """Have a burn ahead; a lane whose burn has no solution says so."""
        self._say(np.where(burn.solved, int(OutcomeCode.REACHED), int(OutcomeCode.NOT_FOUND)))
        self.pending = burn

    def _say(self, codes: Array) -> None:
        self.code = np.where(self.code == OutcomeCode.REACHED, codes, self.code)


def fly_resolved(
    truth: Models,
    belief: Models,
    separated: State,
    orders: Orders,
    estimating: Estimating = perfect,
) -> Resolved:
    """Fly lanes from `separated`, just free of their launcher, to the entry interface.

    The models of `truth` and `belief` have lanes. Lanes that have failed fly on by what came
    nearest; their outcome says so.
    """
    flown, believed = _Truth(truth, separated), belief
    burns: list[Burn] = []
    centre = np.full(len(separated), np.nan)
    turn = centre
    for k, (start, duration, height) in enumerate(orders.raising):
        asked = start + 0.5 * duration + 0.0 * separated.t if k == 0 else centre + 0.5 * turn
        seen = estimating(flown.to(asked - 0.5 * duration - LEAD), "circularise")
        centre, burn, turn = _raised(believed, seen, asked, height, near=k == 0)
        if k == 0:
            believed = _measured(believed, truth, seen, flown.state, burn)
        flown.take(burn)
        burns.append(burn)
    before = orders.ignition - DEORBIT_LEAD
    if orders.raising and np.all(before - centre > _LEVER * turn):
        centre = centre + 0.5 * turn
        seen = estimating(flown.to(centre - LEAD), "phasing")
        burn = _phasing(believed, seen, centre, orders)
        flown.take(burn)
        burns.append(burn)
    state = flown.to(np.full(len(separated), before))
    solved = _deorbited(believed, estimating(state, "deorbit"), orders)
    approach = fly_deorbit(truth.case, state, solved.burn)
    return Resolved(flown.code, tuple(burns), solved, approach)


def _raised(
    believed: Models, seen: State, asked: Array, height: float, *, near: bool
) -> tuple[Array, Burn, Array]:
    """The centre [s] of a burn that raises, that burn, and the period after it [s]."""
    world, craft, step = believed.world, believed.flyer.raising, believed.flyer.way.orbit_step
    centre = apogee_near(world, craft, seen, asked, step) if near else asked
    heights = np.full(len(seen), height)
    burn = solve_raising(world, craft, seen, centre, heights, step)
    stop = 2.0 * centre - burn.ignition + 1.0
    after = legs.coast(world, craft, seen, burn.flown, stop=stop, step=step).end
    return centre, burn, period_of(world, after)


def _measured(believed: Models, truth: Models, seen: State, there: State, burn: Burn) -> Models:
    """What is believed after a burn has shown its acceleration: how long it took for its velocity.

    Ignores: what the clock and the accelerometer are out by.
    """
    thought = lasting(believed.flyer.raising, seen.tanks, burn.delta_v)
    took = lasting(truth.flyer.raising, there.tanks, burn.delta_v)
    told = np.isfinite(took) & np.isfinite(thought) & (took > 0.0)
    factor = np.where(told, thought / np.where(told, took, 1.0), 1.0)
    flyer = eqx.tree_at(
        lambda f: (f.raising, f.craft.whole),
        believed.flyer,
        (
            calibrated(believed.flyer.raising, factor),
            calibrated(believed.flyer.craft.whole, factor),
        ),
    )
    return Models(flyer, believed.world)


def _phasing(believed: Models, seen: State, centre: Array, orders: Orders) -> Burn:
    """The burn that brings a lane to the designed interface at its time."""
    flyer = believed.flyer
    stop = np.full(len(seen), orders.ignition - DEORBIT_LEAD)
    kept = coasted(believed.world, flyer.raising, seen, stop, flyer.way.orbit_step)
    expected = _deorbited(believed, kept, orders)
    late = np.where(expected.burn.solved, expected.time - orders.place.time, 0.0)
    return phasing(flyer.raising, seen, centre, late, orders.place.time - centre)


def _deorbited(believed: Models, seen: State, orders: Orders) -> Deorbit:
    whole, count = believed.flyer.craft.whole, len(seen)
    # As long as was designed, by the engines that were; one that is weaker burns longer.
    wanted = velocity_of(whole, seen.tanks, np.full(count, orders.duration))
    ignition = np.full(count, orders.ignition)
    return solve_deorbit(believed.case, seen, ignition, wanted, orders.place)
