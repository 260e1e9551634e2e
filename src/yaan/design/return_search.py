"""From the separation of the launcher to the sea: the orbit kept, the pass chosen, the way down.

1. *Raise*: burns near the named apogee, for every orbit that the landing may choose.
2. *Keep*: all of them are flown through the window, recorded.
3. *Refer*: one deorbit from each tells its price, and how landings lie to the orbit.
4. *Choose*: the passes of all landing tracks are judged; one is taken.
5. *Descend*: the burn is moved until the nominal bank lands abreast of the aim, then the bank is
   solved until the parachutes, with the wind, come down on it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yaan.base.errors import YaanError
from yaan.design import choice, deorbit, raising
from yaan.design.choice import Opportunity, Wish
from yaan.design.landing import (
    REVERSAL,
    Landed,
    Lander,
    Tell,
    land,
    profiles,
    sizes_allowed,
)
from yaan.design.lost import Lost, none_down, not_raised, stays, still_burning
from yaan.design.offset import Offset, offset_of
from yaan.design.passes import Pass, Track
from yaan.design.raising import Raised
from yaan.design.return_plan import ReturnTask
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.approach import Approach, Case, fly_approach
from yaan.flight.legs import LANES, Array, Burns, Save
from yaan.gnc.bank import BankProfile
from yaan.motion.base import Leg
from yaan.motion.orbit import FLOOR
from yaan.results.commands import Commands, ReturnCommands
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.path import Path
from yaan.spacetime.zone import Disc
from yaan.vehicle.spacecraft import Spacecraft

SAMPLE = 10.0
"""Ground tracks are sampled this often [s]."""

_DOWN = 2_600.0  # [s] from ignition to landing, as a first guess
_SPARE = 0.1  # of a deorbit's propellant: another place of the orbit may need so much more
_SETTLED = 60.0  # [s] after the last burn that raises the orbit
_RAISED = 1e3  # [m] by which the height of a raised orbit may be missed
_LEAD = 600.0  # [s] of orbit flown again before a burn, whose start is still being moved


@dataclass(frozen=True)
class Reference:
    """One deorbit from each orbit, near the middle of the window."""

    offset: Offset
    """Of landings from the orbit that is left."""
    duration: Array
    """Of the burn [s]."""
    lasts: Array
    """From ignition to the hand-over to the parachutes [s]."""
    delta_v: Array  # [m/s]
    spare: Array
    """Propellant left after it, over what it used."""


@dataclass(frozen=True)
class ReturnDesign:
    """The way home, as far as it was found."""

    world: World
    task: ReturnTask
    separated: State
    """One lane: where the launcher left it."""
    perigees: Array
    """Of the orbits looked at [m]."""
    raised: Raised
    kept: Leg
    """Every orbit, recorded from separation to the end of the window."""
    reference: Reference
    nominal_bank: float
    """Its size after the load limit had its say [rad]."""
    found: list[Opportunity]
    """Passes of all orbits."""
    chosen: Opportunity | None
    down: Approach | None
    landed: Landed | None
    lost: Lost | None = None
    """Why no way down was found, where that is known."""
    designed: ReturnCommands | None = None
    """What was designed, of a return whose burns were solved again in flight."""

    @property
    def lander(self) -> Lander:
        """What comes down."""
        return lander_of(self.world, self.task)

    @property
    def orbit(self) -> int:
        """Index of the orbit that is flown: the chosen one's, else the named one's."""
        if self.chosen is not None:
            return self.chosen.orbit
        return int(np.argmin(np.abs(self.perigees - self.task.raising.perigee)))

    @property
    def path(self) -> Path:
        """The orbit that is flown, from separation on."""
        return raising.recorded(self.kept, self.orbit)


def lander_of(world: World, task: ReturnTask) -> Lander:
    """What comes down, and how it may."""
    return Lander(
        world=world,
        capsule=task.craft.capsule,
        train=task.train,
        bank=task.bank,
        until=task.way.until,
        step=task.way.entry_step,
        turning=task.turning,
        guiding=task.guiding,
        tolerance=task.way.entry_tolerance,
    )


def design_return(
    world: World, task: ReturnTask, separated: State, sun: choice.Elevation, tell: Tell
) -> ReturnDesign:
    """Fly from `separated` (one lane) to the sea."""
    step = task.way.orbit_step
    tell("raising the orbit")
    perigees = _perigees(task)
    raised = _raise(world, task, separated, perigees)
    keeping = "keeping the orbit through the landing window"
    tell(keeping)
    end = task.wish.time + task.wish.window
    start = separated.take(np.zeros(LANES, dtype=int))
    kept = legs.coast(
        *(world, task.raising.craft, start, raised.burns),
        stop=end,
        step=step,
        save=Save.STEPS,
        watch=lambda share: tell(f"{keeping}, {share:.0%}"),
    )
    paths = [raising.recorded(kept, i) for i in range(LANES)]
    tell("finding what a deorbit costs and where it lands")
    ready = float(np.max(raised.burns.start + raised.burns.duration)) + _SETTLED
    references, nominal, reach, lost = _refer(world, task, kept, paths, ready)
    wish = task.wish
    if task.aim is not None:
        wish = replace(wish, area=Disc(*task.aim, reach))
    soonest = max(wish.time - wish.window, ready + float(np.max(references.lasts)))
    tracks = [_track(world, path, wish, references.offset, soonest) for path in paths]
    # Where a landing lies to its orbit is known from those that came down.
    found = [] if lost is not None else choice.opportunities(tracks, wish, sun)
    able = np.isfinite(raised.misses) & (references.spare >= _SPARE)
    found = choice.refused(found, list(able), "the propellant does not last")
    there = (np.abs(raised.misses) <= _RAISED) | np.isinf(raised.misses)  # what ran dry is told
    found = choice.refused(found, list(there), "the orbit is not raised to its perigee")
    best = choice.choose(found, wish, list(perigees - task.raising.perigee))
    if not np.any(there):
        lost = not_raised(raised)
    elif lost is not None and not np.any(able):
        lost = Lost(OutcomeCode.NO_SOLUTION, "The propellant does not last for the deorbit burn.")
    design = ReturnDesign(
        *(world, task, separated, perigees, raised, kept, references, nominal, found, best),
        down=None,
        landed=None,
        lost=lost,
    )
    return design if best is None else _descend(world, design, best, tell)


def follow(
    world: World,
    task: ReturnTask,
    separated: State,
    commands: Commands,
    sun: choice.Elevation,
    tell: Tell,
) -> ReturnDesign:
    """Fly from `separated` (one lane) to the sea by commands: nothing is searched.

    Raises:
        YaanError: commands without a return or without a bank.
    """
    back, banked = commands.orbit, commands.entry
    if back is None or banked is None:
        raise YaanError("the commands have no way home; none was found when they were made")
    given = BankProfile(np.asarray(banked.time), np.asarray(banked.angle))
    task = replace(task, bank=replace(task.bank, given=given))
    perigees, burns = np.full(LANES, back.perigee), Burns.none(LANES)
    for k, one in enumerate(back.raising):
        burns = burns.with_burn(k, one.start, one.duration, one.sense)
    tell("keeping the orbit by commands")
    raised, kept = kept_by(world, task, separated, burns, perigees)
    one = back.landing
    margin = float(np.ravel(task.wish.area.margin(one.latitude, one.longitude))[0])
    passed = Pass(one.revolution, one.ascending, one.time, one.latitude, one.longitude, margin)
    chosen = Opportunity(0, passed, sun(one.time, one.latitude, one.longitude), True, "")
    nothing = np.zeros(LANES)
    unknown = Reference(Offset(0.0, 0.0, 0.0), nothing, nothing, nothing, nothing)
    design = ReturnDesign(
        *(world, task, separated, perigees, raised, kept, unknown, task.bank.nominal),
        found=[chosen],
        chosen=chosen,
        down=None,
        landed=None,
    )
    tell("deorbiting by commands")
    down = deorbited(design, back.parting, back.ignition, back.duration)
    return _down(design, down, banked.aim or (one.latitude, one.longitude), tell)


def kept_by(
    world: World, task: ReturnTask, separated: State, burns: Burns, heights: Array
) -> tuple[Raised, Leg]:
    """Orbits raised by known `burns`, of which `heights` [m] were asked, and kept to the end."""
    step, start = task.way.orbit_step, separated.take(np.zeros(LANES, dtype=int))
    craft, end = task.raising.craft, task.wish.time + task.wish.window
    raised = raising.raised_by(world, craft, start, burns, heights, step)
    kept = legs.coast(world, craft, start, burns, stop=end, step=step, save=Save.STEPS)
    return raised, kept


def deorbited(design: ReturnDesign, parting: float, ignition: float, duration: float) -> Approach:
    """The orbit that is flown, left at the row before `parting` [s] by a known burn [s]."""
    before = _row_before(design, design.orbit, parting)
    case = Case(design.world, design.task.craft, design.task.way)
    burn = np.array([ignition]), np.array([duration])
    return fly_approach(case, before, *burn, save=Save.STEPS)


def _down(
    design: ReturnDesign, down: Approach, aim: tuple[float, float], tell: Tell
) -> ReturnDesign:
    """The design with its deorbit, and with its landing where it comes down."""
    task, (ignition,), (duration,) = design.task, down.ignition, down.duration
    if not down.interface.fired[0, FLOOR]:
        dry = down.burnt.outcome[0] == OutcomeCode.RAN_DRY
        return design if dry else replace(design, lost=stays(task, ignition, duration))
    if down.burnt.end.t[0] < ignition + duration:
        return replace(design, lost=still_burning(task, down))
    landed = land(design.lander, down.interface.end, aim, design.nominal_bank, tell)
    return replace(design, down=down, landed=landed)


def _perigees(task: ReturnTask) -> Array:
    """The orbits looked at: the named one, and others over the band."""
    if task.raising.band is None:
        return np.full(LANES, task.raising.perigee)
    return np.sort(np.append(np.linspace(*task.raising.band, LANES - 1), task.raising.perigee))


def _raise(world: World, task: ReturnTask, separated: State, perigees: Array) -> Raised:
    step = task.way.orbit_step
    near = raising.apogees(world, task.raising.craft, separated, task.raising.apogee, step)[-1]
    start = separated.take(np.zeros(LANES, dtype=int))
    raised = raising.raise_orbit(world, task.raising.craft, start, near, perigees, step=step)
    if task.raising.apogee_height is None:
        return raised
    opposite = near + 0.5 * raising.period(float(world.mu), raised.end)
    # A band moves the whole orbit, so that the trimmed apogee follows the perigee.
    heights = perigees + (task.raising.apogee_height - task.raising.perigee)
    return raising.raise_orbit(
        world, task.raising.craft, start, opposite, heights, step=step, index=1, burns=raised.burns
    )


def rows_before(kept: Leg, craft: Spacecraft, times: Array) -> State:
    """The saved state of each lane of a coast last before `times` [s]."""
    assert kept.tape is not None
    tape = kept.tape
    rows = [
        int(np.searchsorted(tape.t[i, : int(tape.count[i])], times[i], side="right")) - 1
        for i in range(len(times))
    ]
    return legs.saved_at(kept, np.array(rows), int(craft.tank))


def _refer(
    world: World, task: ReturnTask, kept: Leg, paths: list[Path], first: float
) -> tuple[Reference, float, float, Lost | None]:
    """Deorbits before the middle of the window, spread over a revolution; none before `first` [s].

    And the bank that the load limit allows, its side reach [m], and why none came down.
    """
    middle = max(task.wish.time - _DOWN, first)
    turn = float(np.mean(raising.period(float(world.mu), kept.end)))
    ignition = np.maximum(middle - turn * np.arange(LANES) / LANES, first)
    start = rows_before(kept, task.raising.craft, ignition - 1.0)
    case = Case(world, task.craft, task.way)
    solved = deorbit.solve_burns(case, start, ignition)
    bank = profiles(task.bank, np.full(LANES, task.bank.nominal), REVERSAL)
    down = deorbit.fly_down(case, start, ignition, solved.duration, bank)
    landed = np.flatnonzero(deorbit.came(down))
    offset = offset_of([paths[i] for i in landed], down.entry.end.take(landed))
    if task.bank.given is None:
        # What the reference bank does to the side the solved one undoes.
        offset = replace(offset, aside=0.0)
    one = int(landed[0]) if len(landed) else 0
    nominal, reach = sizes_allowed(lander_of(world, task), down.approach.interface.end.take(one))
    lasts = _like_the_landed(down.entry.end.t - ignition, landed)
    burnt, craft = down.approach.burnt, task.craft.whole
    used = np.maximum(craft.propellant(start.tanks) - craft.propellant(burnt.end.tanks), 1e-9)
    spare = craft.propellant(burnt.end.tanks) / used
    duration = _like_the_landed(solved.duration, landed)
    lost = None if len(landed) else none_down(task, down, solved)
    return Reference(offset, duration, lasts, burnt.added.ideal, spare), nominal, reach, lost


def _like_the_landed(values: Array, landed: NDArray[np.int64]) -> Array:
    """One value a lane; those that did not land get the mean of those that did."""
    if len(landed) in (0, len(values)):
        return values
    there = np.isin(np.arange(len(values)), landed)
    return np.where(there, values, np.mean(values[landed]))


def _track(world: World, path: Path, wish: Wish, offset: Offset, soonest: float) -> Track:
    """Where descents from an orbit would land in the window, and not before `soonest` [s]."""
    lag = offset.lag
    first = max(soonest - lag - SAMPLE, path.time[0])
    last = min(wish.time + wish.window - lag, path.time[-1])
    times = np.arange(first, last, SAMPLE)
    if len(times) < 2:
        nothing = np.zeros(0)
        return Track(nothing, nothing, nothing)
    latitude, longitude, _ = legs.below(world, times, offset.beside(*path.at(times)))
    # The node may lie between the last row before the track and its first point.
    south = np.append(path.position[path.time <= first, 2], latitude[0]) < 0.0
    before = int(np.sum(south[:-1] & ~south[1:]))
    return Track(times, latitude, longitude, before).landed(lag, offset.carried)


def _descend(world: World, design: ReturnDesign, best: Opportunity, tell: Tell) -> ReturnDesign:
    task, lane = design.task, best.orbit
    aim = task.aim or (best.passed.latitude, best.passed.longitude)
    tell("solving the deorbit burn")
    reference = design.reference
    guess = (best.passed.time - float(reference.lasts[lane]), float(reference.duration[lane]))
    start = _row_before(design, lane, guess[0] - _LEAD)
    bank = profiles(task.bank, np.array([design.nominal_bank]), REVERSAL)
    case = Case(world, task.craft, task.way)
    ignition, duration = deorbit.aim_along(case, start, guess, bank, aim)
    down = deorbited(design, ignition - 1.0, ignition, duration)
    return _down(design, down, aim, tell)


def _row_before(design: ReturnDesign, lane: int, time: float) -> State:
    return rows_before(design.kept, design.task.raising.craft, np.full(LANES, time)).take(lane)
