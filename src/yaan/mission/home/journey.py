"""From the separation of the launcher to the sea: the orbit kept, the pass chosen, the way down.

1. *Raise*: burns near the named apogee, for every orbit that the landing may choose.
2. *Keep*: all of them are flown through the window, recorded.
3. *Refer*: one deorbit from each tells its price, and how a landing lags behind the orbit.
4. *Choose*: the passes of all landing tracks are judged; one is taken.
5. *Descend*: the burn is moved until the nominal bank lands abreast of the aim, then the bank is
   solved until the parachutes, with the wind, come down on it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from yaan.base.errors import YaanError
from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape
from yaan.gnc.bank import BankProfile, with_reversal
from yaan.mission.home import choice, deorbit, legs, raising, steering
from yaan.mission.home.choice import Opportunity, Wish
from yaan.mission.home.deorbit import Craft, Down, Way
from yaan.mission.home.legs import LANES, Array, States
from yaan.mission.home.passes import Track
from yaan.mission.home.raising import Raised
from yaan.mission.home.steering import Banked, Glider
from yaan.phases.descent import Descent
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.path import Path
from yaan.spacetime.zone import Area, Disc, distance
from yaan.vehicle.parachute import Train

SAMPLE = 10.0
"""Ground tracks are sampled this often [s]."""

_LEG_ROWS = 1_024
_HANG_ROWS = 8_192
_DOWN = 2_600.0  # [s] from ignition to landing, as a first guess
_LEAD = 600.0  # [s] of orbit flown again before a burn, whose start is still being moved
_DRIFTS = 3  # corrections of the aim for what the parachutes drift
_REVERSAL = 240.0  # [s] after the interface, for the references
_LEAST_BANK = np.radians(15.0)
_SLACK = 0.1  # standard gravities kept below the load limit when the bank's size is chosen


@dataclass(frozen=True)
class Plan:
    """What the mission asks of the time between separation and landing, in SI."""

    raiser: "legs.Spacecraft"
    """With the engines that raise the orbit."""
    craft: Craft
    train: Train | None
    way: Way
    wish: Wish
    zone: Area
    aim: tuple[float, float] | None
    """A fixed point (latitude, longitude [rad])."""
    apogee: int
    perigee: float  # [m]
    band: tuple[float, float] | None  # [m]
    apogee_height: float | None
    """Trimmed by a second burn where it is given [m]."""
    nominal_bank: float  # [rad]
    roll_rate: float  # [rad/s]
    load_limit: float  # standard gravities
    bank: BankProfile | None
    """Flown as it is where the file gives one; otherwise solved."""


@dataclass(frozen=True)
class Reference:
    """One deorbit from each orbit, in the middle of the window."""

    lag: Array
    """Of the landing behind the orbit's own passing [s]."""
    delta_v: Array  # [m/s]
    angle_missed: Array  # [rad]


@dataclass(frozen=True)
class Home:
    """The way home, as far as it was found."""

    plan: Plan
    separated: States
    """One lane: where the launcher left it."""
    perigees: Array
    """Of the orbits looked at [m]."""
    raised: Raised
    kept: legs.Coast
    """Every orbit, recorded from separation to the end of the window."""
    reference: Reference
    nominal_bank: float
    """Its size after the load limit had its say [rad]."""
    found: list[Opportunity]
    """Passes of all orbits."""
    chosen: Opportunity | None
    aim: tuple[float, float] | None
    """Latitude, longitude [rad]."""
    down: Down | None
    banked: Banked | None
    ballistic_load: float | None
    """Peak load of the same entry without lift, in standard gravities."""
    descent: Descent | None
    descent_tape: Tape | None

    @property
    def orbit(self) -> int:
        """Index of the orbit that is flown: the chosen one's, else the named one's."""
        if self.chosen is not None:
            return self.chosen.orbit
        return int(np.argmin(np.abs(self.perigees - self.plan.perigee)))

    @property
    def path(self) -> Path:
        """The orbit that is flown, from separation on."""
        return raising.recorded(self.kept, self.orbit)


Tell = Callable[[str, float | None], None]


def fly_home(world: World, plan: Plan, separated: States, sun: choice.Elevation, tell: Tell) -> Home:
    """Fly from `separated` (one lane) to the sea."""
    step = plan.way.orbit_step
    tell("raising the orbit", None)
    perigees = _perigees(plan)
    raised = _raise(world, plan, separated, perigees)
    tell("keeping the orbit through the landing window", None)
    end = plan.wish.time + plan.wish.window
    rows = raising.rows_of(end - separated.t[0], step)
    start = separated.take(np.zeros(LANES, dtype=int))
    kept = legs.coast(world, plan.raiser, start, raised.burns, stop=end, step=step, rows=rows)
    paths = [raising.recorded(kept, i) for i in range(LANES)]
    tell("finding what a deorbit costs and where it lands", None)
    references, nominal, reach = _refer(world, plan, kept, paths)
    wish = plan.wish
    if plan.aim is not None:
        wish = replace(wish, area=Disc(*plan.aim, reach))
    tracks = [
        _track(world, path, wish, lag) for path, lag in zip(paths, references.lag, strict=True)
    ]
    found = choice.opportunities(tracks, wish, sun)
    best = choice.choose(found, wish, list(perigees - plan.perigee))
    home = Home(
        plan, separated, perigees, raised, kept, references, nominal, found, best,
        None, None, None, None, None, None,
    )  # fmt: skip
    return home if best is None else _descend(world, home, best, tell)


def _perigees(plan: Plan) -> Array:
    """The orbits looked at: the named one, and others over the band."""
    if plan.band is None:
        return np.full(LANES, plan.perigee)
    return np.sort(np.append(np.linspace(*plan.band, LANES - 1), plan.perigee))


def _raise(world: World, plan: Plan, separated: States, perigees: Array) -> Raised:
    step = plan.way.orbit_step
    near = raising.apogees(world, plan.raiser, separated, plan.apogee, step)[-1]
    start = separated.take(np.zeros(LANES, dtype=int))
    raised = raising.raise_orbit(world, plan.raiser, start, near, perigees, step=step)
    if plan.apogee_height is None:
        return raised
    opposite = near + 0.5 * raising.period(float(world.mu), raised.end)
    # A band moves the whole orbit, so that the trimmed apogee follows the perigee.
    heights = perigees + (plan.apogee_height - plan.perigee)
    return raising.raise_orbit(
        world, plan.raiser, start, opposite, heights, step=step, index=1, burns=raised.burns
    )


def rows_before(kept: legs.Coast, times: Array) -> States:
    """The recorded state of each lane last before `times` [s]."""
    assert kept.tape is not None
    tape = kept.tape
    rows = [
        int(np.searchsorted(tape.t[i, : int(tape.count[i])], times[i], side="right")) - 1
        for i in range(len(times))
    ]
    lanes = np.arange(len(times))
    orbit = tape.state.orbit
    pick = (lanes, np.array(rows))
    return States(
        tape.t[pick],
        np.stack([np.asarray(c)[pick] for c in (orbit.position.x, orbit.position.y, orbit.position.z)], axis=1),
        np.stack([np.asarray(c)[pick] for c in (orbit.velocity.x, orbit.velocity.y, orbit.velocity.z)], axis=1),
        orbit.propellant[pick],
    )


def _profiles(plan: Plan, magnitude: Array, reversal: Array | float) -> BankProfile:
    """Banks of as many lanes; the file's own where it gives one."""
    if plan.bank is not None:
        time, angle = np.asarray(plan.bank.time), np.asarray(plan.bank.angle)
        return BankProfile(np.tile(time, (len(magnitude), 1)), np.tile(angle, (len(magnitude), 1)))
    ones = np.ones(len(magnitude))
    return with_reversal(magnitude, reversal * ones, plan.roll_rate * ones, ones)


def _refer(
    world: World, plan: Plan, kept: legs.Coast, paths: list[Path]
) -> tuple[Reference, float, float]:
    """Deorbits in the middle of the window; the bank that the load limit allows; side reach [m]."""
    middle = np.full(LANES, plan.wish.time - _DOWN)
    start = rows_before(kept, middle - 1.0)
    solved = deorbit.solve_burns(world, plan.craft, plan.way, start, middle)
    bank = _profiles(plan, np.full(LANES, plan.nominal_bank), _REVERSAL)
    down = deorbit.fly_down(
        world, plan.craft, plan.way, start, middle, solved.duration, bank, step=deorbit.COARSE
    )
    lag = np.array([_lag(path, down.entry.ends, i) for i, path in enumerate(paths)])
    nominal, reach = _banks(world, plan, down.interface.ends.take(0))
    return Reference(lag, down.burnt.delta_v, solved.error), nominal, reach


def _lag(path: Path, landed: States, lane: int) -> float:
    """How long after the orbit passes overhead a deorbit lands there [s]."""
    place, time = landed.position[lane], float(landed.t[lane])
    at = min(time, path.time[-1])
    for _ in range(3):
        r, v = (x[0] for x in path.at([at]))
        ahead = np.cross(np.cross(r, v), r)
        angle = np.arctan2(
            place @ ahead / np.linalg.norm(ahead), place @ r / np.linalg.norm(r)
        )
        at += float(angle * (r @ r) / np.linalg.norm(np.cross(r, v)))
    return time - at


def _banks(world: World, plan: Plan, interface: States) -> tuple[float, float]:
    """The largest bank up to the nominal one that keeps the load limit; the reach to the side."""
    if plan.bank is not None:
        return plan.nominal_bank, 0.0
    sizes = np.linspace(plan.nominal_bank, min(_LEAST_BANK, plan.nominal_bank), LANES)
    start = interface.take(np.zeros(LANES, dtype=int))
    bank = _profiles(plan, sizes, 1e5)  # never reversed
    fall = legs.fall(
        world, plan.craft.capsule, start, bank, floor=plan.way.floor, step=deorbit.COARSE
    )
    fits = np.flatnonzero(fall.peak_load <= plan.load_limit - _SLACK)
    best = int(fits[0]) if len(fits) else LANES - 1
    latitude, longitude, _ = legs.below(world, interface.t, interface.position)
    _, right = deorbit.offsets(
        (latitude, longitude),
        _ahead(world, interface),
        (fall.latitude[best : best + 1], fall.longitude[best : best + 1]),
    )
    return float(sizes[best]), 0.9 * float(np.abs(right[0]))


def _ahead(world: World, states: States) -> tuple[Array, Array]:
    """The ground a little further along the motion against the turning Earth."""
    moved = states.position + 10.0 * states.velocity
    latitude, longitude, _ = legs.below(world, states.t + 10.0, moved)
    return latitude, longitude


def _track(world: World, path: Path, wish: Wish, lag: float) -> Track:
    """Where descents from an orbit would land in the window, and from its start."""
    # From the first row on: revolutions are counted from separation.
    last = min(wish.time + wish.window - lag, path.time[-1])
    times = np.arange(path.time[0], last, SAMPLE)
    position, _ = path.at(times)
    latitude, longitude, _ = legs.below(world, times, position)
    return Track(times, latitude, longitude).landed(lag)


def _descend(world: World, home: Home, best: Opportunity, tell: Tell) -> Home:
    plan, lane = home.plan, best.orbit
    aim = plan.aim or (best.passed.latitude, best.passed.longitude)
    tell("solving the deorbit burn", None)
    ignition = np.array([best.passed.time - _DOWN])
    start = _row_before(home, lane, float(ignition[0]) - _LEAD)
    bank = _profiles(plan, np.array([home.nominal_bank]), _REVERSAL)
    at = (np.array([aim[0]]), np.array([aim[1]]))
    found = deorbit.aim_along(world, plan.craft, plan.way, start, ignition, bank, at)
    start = _row_before(home, lane, float(found.ignition[0]) - 1.0)
    rows = (_LEG_ROWS, legs.ENTRY_ROWS)
    down = deorbit.fly_down(
        world, plan.craft, plan.way, start, found.ignition, found.duration, bank,
        step=plan.way.entry_step, rows=rows,
    )  # fmt: skip
    return _land(world, home, down, aim, tell)


def _row_before(home: Home, lane: int, time: float) -> States:
    return rows_before(home.kept, np.full(LANES, time)).take(lane)


def _land(world: World, home: Home, down: Down, aim: tuple[float, float], tell: Tell) -> Home:
    """Solve the bank for where the parachutes must take over, until they come down on the aim."""
    plan = home.plan
    interface = down.interface.ends
    glider = Glider(
        world, plan.craft.capsule, interface, plan.way.floor, plan.roll_rate,
        plan.way.entry_step, legs.ENTRY_ROWS,
    )  # fmt: skip
    over, banked, descent, tape = aim, None, None, None
    fall = down.entry
    for _ in range(_DRIFTS):
        if plan.bank is None:
            tell("solving the bank", None)
            banked = steering.reach_aim(glider, over, home.nominal_bank, banked)
            fall = banked.fall
        if plan.train is None or fall.outcome[0] != OutcomeCode.REACHED:
            break
        tell("descending under parachutes", None)
        descent, tape = legs.hang(
            world, plan.craft.capsule, plan.train, fall.ends, rows=_HANG_ROWS
        )
        miss = float(distance(descent.latitude, descent.longitude, *aim))
        if plan.bank is not None or miss <= steering.MET:
            break
        over = (
            over[0] + aim[0] - float(descent.latitude),
            over[1] + aim[1] - float(descent.longitude),
        )
    still = eqx.tree_at(lambda c: c.lift, plan.craft.capsule, jnp.zeros_like(plan.craft.capsule.lift))
    straight = legs.fall(
        world, still, interface, _profiles(plan, np.zeros(1), 0.0), floor=plan.way.floor,
        step=deorbit.COARSE,
    )  # fmt: skip
    return replace(
        home,
        aim=aim,
        down=replace(down, entry=fall),
        banked=banked,
        ballistic_load=float(straight.peak_load[0]),
        descent=descent,
        descent_tape=tape,
    )


def no_opportunity(home: Home) -> YaanError:
    """What to say when no pass serves."""
    near = max(home.found, key=lambda o: o.passed.margin, default=None)
    words = "no pass comes near" if near is None else f"the nearest is {near.why}"
    return YaanError(f"no landing opportunity in the window: {words}")
