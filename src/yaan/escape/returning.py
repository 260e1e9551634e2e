"""Home from the orbit at once: at every minute of the stay, the next landing that is allowed.

A deorbit is flown from every ten minutes of the orbit, and from nearer ones where that is too
coarse; what it needs, how long it takes and where it lands, seen from the orbit it leaves, change
so slowly with its ignition that splines of the fifth order between them give all others, never
across a burn of the orbit or a place that no deorbit leaves. So landings are told, not flown, for
ignitions ten seconds apart; some, half way between flown ones, are flown to tell the error. A
landing belongs to all minutes that wait for it.

Ignores: wind; that a decision would call off a raising burn to come; steering to a place.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any, Final

import equinox as eqx
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import make_interp_spline

from yaan.base.errors import YaanError
from yaan.base.session import computing
from yaan.description import Plan
from yaan.description.escape_orbit import ReturnNowSpec
from yaan.design.choice import Light, light
from yaan.design.deorbit import ANGLE_MET, came, fly_down, solve_burns
from yaan.design.return_plan import zone_of
from yaan.design.return_search import ReturnDesign
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.approach import Case
from yaan.flight.legs import Burns, Save
from yaan.flight.models.world import epoch_of
from yaan.gnc.bank import BankProfile
from yaan.motion.base import Leg
from yaan.spacetime.ephemeris import sun_elevation
from yaan.spacetime.frame import Frame, components, vector
from yaan.spacetime.land import far_at_sea
from yaan.spacetime.path import Path
from yaan.spacetime.time import bundled_orientation
from yaan.spacetime.zone import MEAN_RADIUS, distance

Array = NDArray[np.float64]

EVERY: Final = 60.0
"""Instants at which a return is asked for are so far apart [s]."""

OPEN_WATER: Final = "open water"
"""Name of the target that is water anywhere."""

_GRID: Final = 600.0  # [s] between ignitions that are flown, at most
_FINEST: Final = 75.0  # [s] likewise, at least
_ROUGH: Final = 20e3  # [m] by which a landing may be out before it is flown from nearer ignitions
_TOO_ROUGH: Final = 40e3  # [m] beyond which none is told
_BETTER: Final = 10.0  # a spline between its nodes, than a cubic that misses every second one
_ORDER: Final = 5
_SAMPLE: Final = 10.0  # [s] between ignitions whose landing is told: 70 km of a track
_LANES: Final = 64
_LEAST: Final = _ORDER + 1  # flown ignitions of what is told between
_BEFORE: Final = 1.0  # [s] a state is taken so long before an ignition
_DOWN: Final = 3_600.0  # [s] within which a deorbit comes down
_EDGE: Final = 1e-3  # [s]


@dataclass(frozen=True)
class Deorbits:
    """Deorbits, flown or told; [n], NaN where there is none."""

    ignition: Array
    """[s]"""
    lasts: Array
    """From ignition to the end of the entry [s]."""
    delta_v: Array
    """[m/s]"""
    load: Array
    """Largest of the entry, in standard gravities."""
    propellant: Array
    """Left [kg]."""
    ahead: Array
    """Angle that it goes on along the orbit's plane of its ignition [rad]."""
    aside: Array
    """To the side of its angular momentum [rad]."""
    radius: Array
    """Of the end of the entry, from the Earth's centre [m]."""


@dataclass(frozen=True)
class Misses:
    """By how much what is told is out, at most, of deorbits flown half way between others.

    Steps of the entry alone leave 3 km of it.
    """

    place: float  # [m]
    usual: float
    """Root of the mean square of the places' [m]."""
    time: float  # [s]
    delta_v: float  # [m/s]
    load: float  # standard gravities
    checked: int
    """How many were flown for it."""


@dataclass(frozen=True)
class Returns:
    """Home at once from every instant of a stay in orbit.

    Arrays have the targets first, then the instants: [targets, n]; NaN where nothing lands within
    the time that is looked through.
    """

    time: Array
    """Of the decision [n, s]."""
    targets: tuple[str, ...]
    """Zones by name, the mission's own first; then `OPEN_WATER`, where that is allowed."""
    ignition: Array
    """Of the deorbit burn [s]."""
    landing: Array
    """Touchdown [s]."""
    latitude: Array
    """Geodetic, of the landing [rad]."""
    longitude: Array
    """[rad]"""
    delta_v: Array
    """Of the deorbit burn [m/s]."""
    propellant: Array
    """Left after it [kg]."""
    load: Array
    """Largest of the entry, in standard gravities; canopies are not in it."""
    sun: Array
    """Elevation of the Sun at the landing [rad]."""
    misses: Misses
    flown: int
    """Deorbits flown for it."""

    @property
    def wait(self) -> Array:
        """From the decision to the touchdown [s]."""
        return self.landing - self.time

    @property
    def first(self) -> NDArray[np.int64]:
        """Which target is reached first from each instant [n]; -1 where none is."""
        waits = np.where(np.isfinite(self.wait), self.wait, np.inf)
        return np.where(np.isfinite(waits.min(axis=0)), np.argmin(waits, axis=0), -1)

    def light(self, target: int, row: int) -> Light:
        """Day, twilight or night at a landing."""
        return light(float(self.sun[target, row]))


def return_now(
    plan: Plan,
    asked: ReturnNowSpec,
    design: ReturnDesign,
    watch: Callable[[float], None] | None = None,
) -> Returns:
    """The next landings from every minute between the separation and the deorbit of a mission.

    The orbit is the one that was flown; beyond its record it coasts on. `watch` is told which
    share of the deorbits is flown.

    Raises:
        YaanError: no zone is given and open water is not allowed; or no deorbit comes down.
    """
    zones = [zone_of(zone) for zone in asked.zones]
    names = [zone.name or f"zone {k}" for k, zone in enumerate(asked.zones, 1)]
    landing = plan.landing
    if landing is not None:
        zones.insert(0, zone_of(landing.zone))
        names.insert(0, landing.zone.name or "landing zone")
    if not zones and asked.open_water is None:
        raise YaanError("return_now has nowhere to land: give it zones, or open_water")
    world, orbit = design.world, _orbit(design, asked.longest + _DOWN)
    began = design.separated.t[0]
    stays = orbit.path.time[-1] - asked.longest - _DOWN
    time = np.arange(began, stays, EVERY)
    arcs = list(_arcs(design, orbit, asked.preparation))
    flown = [_refined(design, orbit, asked, arc) for arc in _watched(arcs, watch)]
    if not any(np.any(np.isfinite(each.lasts)) for each in flown):
        raise YaanError("no deorbit from this orbit comes down: its propellant does not last")
    every = _joined(
        [
            _between(each, np.arange(arc[0], arc[-1] + _EDGE, _SAMPLE))
            for each, arc in zip(flown, arcs, strict=True)
        ]
    )
    descends = _descending(design)
    latitude, longitude = _places(world, orbit.path, every)
    allowed = [zone.margin(latitude, longitude) >= asked.inside for zone in zones]
    if asked.open_water is not None:
        names.append(OPEN_WATER)
        allowed.append(_at_sea(every, latitude, longitude, asked.open_water.coast))
    able = np.isfinite(every.lasts) & (every.propellant >= 0.0)
    rows = [
        _next(every.ignition, np.isfinite(latitude) & able & each, time + asked.preparation)
        for each in allowed
    ]
    index = np.array(rows)
    there = index >= 0
    touch = every.ignition + every.lasts + descends
    within = there & (touch[index] - time <= asked.longest)

    def column(values: Array) -> Array:
        return np.where(within, values[index], np.nan)

    used = np.unique(index[within])
    sun = np.full(len(touch), np.nan)
    if len(used):
        at = (touch[used], latitude[used], longitude[used])
        sun[used] = sun_elevation(epoch_of(plan), bundled_orientation(), *at)
    return Returns(
        time=time,
        targets=tuple(names),
        ignition=column(every.ignition),
        landing=column(touch),
        latitude=column(latitude),
        longitude=column(longitude),
        delta_v=column(every.delta_v),
        propellant=column(every.propellant),
        load=column(every.load),
        sun=column(sun),
        misses=_misses(design, orbit, asked, flown),
        flown=sum(len(each.ignition) for each in flown),
    )


@dataclass(frozen=True)
class _Orbit:
    """The orbit that is kept, and what is in the tank at the rows of its record."""

    path: Path
    time: Array
    propellant: Array
    template: State
    tank: int

    def states(self, times: Array) -> State:
        """Lanes on the orbit at `times` [s]."""
        row = np.clip(np.searchsorted(self.time, times, side="right") - 1, 0, None)
        state = self.template.take(np.zeros(len(times), dtype=int))
        there: list[Any] = list(self.path.at(times))
        position, velocity = (vector(x, Frame.GCRS) for x in there)
        tanks = state.tanks.copy()
        tanks[:, self.tank] = self.propellant[row]
        moved = (times, position, velocity, tanks)
        return eqx.tree_at(lambda s: (s.t, s.position, s.velocity, s.tanks), state, moved)


def _orbit(design: ReturnDesign, beyond: float) -> _Orbit:
    """The orbit to its deorbit, and coasting on for `beyond` [s]."""
    craft, lane = design.task.raising.craft, design.orbit
    kept = design.kept.take(lane)
    end = design.path.time[-1] if design.down is None else float(design.down.ignition[0])
    rows = [_rows(kept, end + beyond)]
    if end + beyond > rows[0][0][-1]:
        burns = Burns.none(1)
        stop = end + beyond + 1.0
        step = design.task.way.orbit_step
        on = legs.coast(design.world, craft, kept.end, burns, stop=stop, step=step, save=Save.STEPS)
        rows.append(_rows(on, stop))
    time, position, velocity, left = (np.concatenate([part[k] for part in rows]) for k in range(4))
    path = Path.of(time, position, velocity)
    last = path.time <= end + beyond
    path = Path(path.time[last], path.position[last], path.velocity[last])
    return _Orbit(path, time, left, design.separated, int(craft.tank))


def _rows(leg: Leg, until: float) -> tuple[Array, Array, Array, Array]:
    """Instants, positions, velocities and propellant of a leg of one lane, a row after `until`."""
    assert leg.tape is not None
    state, count = leg.tape.state, int(leg.tape.count[0])
    time = np.asarray(leg.tape.t)[0, :count]
    rows = np.flatnonzero(np.append(True, time[:-1] <= until))
    position, velocity = (components(x)[0, :count][rows] for x in (state.position, state.velocity))
    return time[rows], position, velocity, np.asarray(state.propellant)[0, :count][rows]


def _arcs(design: ReturnDesign, orbit: _Orbit, wait: float) -> Iterator[Array]:
    """Ignitions to be flown on each arc between burns of the orbit [s]."""
    burns, lane = design.raised.burns, design.orbit
    first = orbit.path.time[0] + wait + 2.0 * _BEFORE
    last = orbit.path.time[-1] - _DOWN
    spans = [
        (float(start), float(start + lasting))
        for start, lasting in zip(burns.start[lane], burns.duration[lane], strict=True)
        if lasting > 0.0
    ]
    for start, end in [*sorted(spans), (np.inf, np.inf)]:
        stop = min(start - _BEFORE, last)
        if stop - first > _GRID / 10.0:
            yield np.linspace(first, stop, max(int(np.ceil((stop - first) / _GRID)) + 1, _LEAST))
        first = max(first, end + 2.0 * _BEFORE)


def _watched(arcs: list[Array], watch: Callable[[float], None] | None) -> Iterator[Array]:
    whole, done = sum(map(len, arcs)), 0
    for arc in arcs:
        yield arc
        done += len(arc)
        if watch is not None:
            watch(done / whole)


def _flown(design: ReturnDesign, orbit: _Orbit, asked: ReturnNowSpec, ignition: Array) -> Deorbits:
    """Deorbits to the entry angle of the mission, flown to the end of their entries."""

    def one(at: int) -> Deorbits:
        with computing():
            return _batch(design, orbit, asked, ignition[at : at + _LANES])

    with ThreadPoolExecutor(max_workers=2) as pool:
        return _joined(list(pool.map(one, range(0, len(ignition), _LANES))))


def _refined(
    design: ReturnDesign, orbit: _Orbit, asked: ReturnNowSpec, ignition: Array
) -> Deorbits:
    """The same, and from nearer ignitions wherever a landing between would be out by too much."""
    flown = _flown(design, orbit, asked, ignition)
    while True:
        gap = np.diff(flown.ignition)
        there = np.isfinite(flown.lasts)
        # What has no deorbit ends somewhere between.
        edge = there[1:] != there[:-1]
        coarse = (_roughness(flown) > _ROUGH) | edge
        split = coarse & (gap > 1.5 * _FINEST)
        if not np.any(split):
            return flown
        middles = (flown.ignition[:-1] + 0.5 * gap)[split]
        more = _joined([flown, _flown(design, orbit, asked, middles)])
        flown = _some(more, np.argsort(more.ignition))


def _roughness(flown: Deorbits) -> Array:
    """By how much landings between flown ones may be out, one a gap [m].

    From how far each is off the cubic through four neighbours, along the way; beside the end of an
    arc or a missing one these are all on one side, which asks for more.
    """
    way = MEAN_RADIUS * flown.ahead
    count, off = len(way), np.zeros(len(way))
    for k in range(count):
        for beside in ((-2, -1, 1, 2), (1, 2, 3, 4), (-4, -3, -2, -1)):
            rows = k + np.array(beside)
            if rows[0] < 0 or rows[-1] >= count or not np.all(np.isfinite(way[[*rows, k]])):
                continue
            since = (flown.ignition[rows] - flown.ignition[k]) / _GRID
            told = np.linalg.solve(np.vander(since), way[rows])[-1]
            off[k] = abs(way[k] - told) / _BETTER
            break
    return np.maximum(off[1:], off[:-1])


def _batch(design: ReturnDesign, orbit: _Orbit, asked: ReturnNowSpec, wanted: Array) -> Deorbits:
    count = len(wanted)
    ignition = np.concatenate([wanted, np.repeat(wanted[-1:], _LANES - count)])
    case = Case(design.world, design.task.craft, design.task.way)
    start = orbit.states(ignition - _BEFORE)
    solved = solve_burns(case, start, ignition)
    bank = BankProfile(np.repeat([[0.0, 1.0]], _LANES, axis=0), np.full((_LANES, 2), asked.bank))
    met = np.abs(solved.error) <= 100.0 * ANGLE_MET
    # What skips out flies for an hour: a lane whose burn is not found is flown as one whose is.
    rows = np.where(met, np.arange(_LANES), int(np.argmax(met)))
    position, velocity = orbit.path.at(ignition)
    ignition, start = ignition[rows], start.take(rows)
    down = fly_down(case, start, ignition, solved.duration[rows], bank)
    good = came(down) & met
    burnt, end = down.approach.burnt, down.entry.end
    ahead, aside = _angles(position, velocity, end.position_gcrs)
    left = case.craft.whole.propellant(burnt.end.tanks)

    def column(values: ArrayLike) -> Array:
        return np.where(good, np.asarray(values), np.nan)[:count]

    return Deorbits(
        ignition=wanted,
        lasts=column(end.t - ignition),
        delta_v=column(burnt.added.ideal),
        load=column(down.entry.inner.peak_load),
        propellant=column(left),
        ahead=column(ahead),
        aside=column(aside),
        radius=column(np.linalg.norm(end.position_gcrs, axis=1)),
    )


def _angles(position: Array, velocity: Array, place: Array) -> tuple[Array, Array]:
    """Where `place` lies, seen from a position on an orbit: ahead, 0 to 2 pi, and aside [rad]."""
    up, along, normal = _axes(position, velocity)
    there = place / np.linalg.norm(place, axis=1)[:, None]
    x, y, z = (np.einsum("ij,ij->i", axis, there) for axis in (up, along, normal))
    return np.arctan2(y, x) % (2.0 * np.pi), np.arcsin(np.clip(z, -1.0, 1.0))


def _axes(position: Array, velocity: Array) -> tuple[Array, Array, Array]:
    up = position / np.linalg.norm(position, axis=1)[:, None]
    normal = np.cross(position, velocity)
    normal = normal / np.linalg.norm(normal, axis=1)[:, None]
    return up, np.cross(normal, up), normal


def _between(flown: Deorbits, ignition: Array) -> Deorbits:
    """Deorbits told between flown ones; none where that is too rough, or beside a missing one."""
    columns = {field.name: np.full(len(ignition), np.nan) for field in fields(Deorbits)}
    columns["ignition"] = ignition
    there = np.append(np.append(False, np.isfinite(flown.lasts)), False)
    begins, ends = (
        np.flatnonzero(edge) for edge in (there[1:] & ~there[:-1], there[:-1] & ~there[1:])
    )
    smooth = _roughness(flown) <= _TOO_ROUGH
    for first, end in zip(begins, ends, strict=True):
        if end - first < _LEAST:
            continue
        nodes = flown.ignition[first:end]
        rows = np.flatnonzero((ignition >= nodes[0]) & (ignition <= nodes[-1]))
        gap = np.clip(np.searchsorted(flown.ignition, ignition[rows]) - 1, 0, len(smooth) - 1)
        rows = rows[smooth[gap]]
        for name, column in columns.items():
            if name != "ignition":
                known = getattr(flown, name)[first:end]
                column[rows] = make_interp_spline(nodes, known, k=_ORDER)(ignition[rows])
    return Deorbits(**columns)


def _some(every: Deorbits, rows: NDArray[Any]) -> Deorbits:
    return Deorbits(**{field.name: getattr(every, field.name)[rows] for field in fields(Deorbits)})


def _joined(parts: list[Deorbits]) -> Deorbits:
    names = [field.name for field in fields(Deorbits)]
    return Deorbits(**{n: np.concatenate([getattr(one, n) for one in parts]) for n in names})


def _places(world: World, path: Path, every: Deorbits) -> tuple[Array, Array]:
    """Latitude and longitude of the ends of entries [n, rad]; NaN where there is none."""
    there = np.isfinite(every.lasts)
    ignition = every.ignition[there]
    up, along, normal = _axes(*path.at(ignition))
    ahead, aside = every.ahead[there], every.aside[there]
    across = np.cos(aside)[:, None] * (np.cos(ahead)[:, None] * up + np.sin(ahead)[:, None] * along)
    place = (across + np.sin(aside)[:, None] * normal) * every.radius[there][:, None]
    latitude, longitude = (np.full(len(there), np.nan) for _ in range(2))
    latitude[there], longitude[there], _ = legs.below(world, ignition + every.lasts[there], place)
    return latitude, longitude


def _at_sea(every: Deorbits, latitude: Array, longitude: Array, coast: float) -> NDArray[np.bool_]:
    """Which landings are far at sea; looked at once a minute, so that most are no candidates."""
    number = np.floor(every.ignition / EVERY)
    wanted = np.append(True, np.diff(number) > 0.0) & np.isfinite(latitude)
    allowed = np.zeros(len(wanted), dtype=bool)
    allowed[wanted] = far_at_sea(latitude[wanted], longitude[wanted], coast)
    return allowed


def _next(ignition: Array, allowed: NDArray[np.bool_], ready: Array) -> NDArray[np.int64]:
    """The first allowed ignition from each `ready` on [n]; -1 where there is none."""
    rows = np.flatnonzero(allowed)
    at = np.searchsorted(ignition[rows], ready - _EDGE)
    return np.where(at < len(rows), np.append(rows, -1)[np.minimum(at, len(rows))], -1)


def _descending(design: ReturnDesign) -> float:
    """How long canopies take from the end of an entry [s]; as long as in the mission's landing."""
    landed = design.landed
    if landed is None or landed.descent is None:
        return 0.0
    leg = landed.descent
    return float(leg.end.t[0] - leg.start.t[0])


def _misses(
    design: ReturnDesign, orbit: _Orbit, asked: ReturnNowSpec, flown: list[Deorbits]
) -> Misses:
    """Flown half way between ignitions, spread over the arcs, against what is told there."""
    middles = [0.5 * (each.ignition[1:] + each.ignition[:-1]) for each in flown]
    guess = _joined([_between(*pair) for pair in zip(flown, middles, strict=True)])
    known = np.flatnonzero(np.isfinite(guess.lasts))
    guess = _some(guess, known[np.unique(np.linspace(0, len(known) - 1, _LANES).astype(int))])
    truth = _flown(design, orbit, asked, guess.ignition)
    both = np.flatnonzero(np.isfinite(truth.lasts))
    truth, guess = _some(truth, both), _some(guess, both)
    if len(both) == 0:
        return Misses(np.nan, np.nan, np.nan, np.nan, np.nan, 0)
    places = [_places(design.world, orbit.path, each) for each in (truth, guess)]

    def most(name: str) -> float:
        return float(np.max(np.abs(getattr(truth, name) - getattr(guess, name))))

    away = distance(*places[0], *places[1])
    usual = float(np.sqrt(np.mean(away**2)))
    return Misses(
        float(np.max(away)), usual, most("lasts"), most("delta_v"), most("load"), len(both)
    )
