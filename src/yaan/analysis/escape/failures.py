"""What is escaped from: how soon it is told, what it does meanwhile, and the best way out of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yaan.analysis.escape.margins import END, Judge, Margins, ranks, recontact
from yaan.base.constants import EARTH_SPIN
from yaan.description.escape import EscapeFailureSpec
from yaan.description.hazard import ExplosionSpec, HazardLimitsSpec
from yaan.escape.modes import ModeFlown, instants
from yaan.hazard import (
    Canopies,
    available_warning,
    blast_at,
    canopies_at,
    chance,
    detection,
    fragments,
    hits_at,
    load_hazards,
    pieces,
    required_warning,
)
from yaan.spacetime.frame import components
from yaan.vehicle.canopies import Deployment

Array = NDArray[np.float64]

WARNING: Final = ("overpressure", "fragments", "canopy_heat", "falling_pieces", "cabin")
"""Constraints that a failure adds to those of a mode."""

_WATCHED: Final = 60.0
"""How long the distance from the launcher is followed [s]."""

_WHEN: Final = np.concatenate(
    [np.arange(0.0, 10.0, 0.1), np.arange(10.0, 30.0, 0.25), np.arange(30.0, _WATCHED + 0.5, 0.5)]
)
"""Delays of a burst that are looked at [s]: the shortest count most."""

_PLACES: Final = 400
"""Rows of the places of capsule and launcher on the way down."""

_FOLLOWED: Final = 20.0
"""How long a failure may go untold before its detector has failed [s]."""

_STILL: Final = 10.0
"""Below this speed [m/s] the air around a launcher is that of a pad at sea level."""

_PAD_DENSITY: Final = 1.2  # [kg/m^3] of air at 20 degC and 1 bar
_PAD_SOUND: Final = 340.0  # [m/s] at 15 degC, ISO 2533
_COLD: Final = 288.0  # [K] of cloth before it is heated: the temperature at sea level, ISO 2533
_RATIO: Final = 1.4  # of specific heats of air


@dataclass(frozen=True)
class FailureJudged:
    """One failure, judged with every mode at each instant."""

    name: str
    spec: EscapeFailureSpec
    latency: float
    """From the failure to the command [s]; infinite where nothing tells of it."""
    time: Array
    """Of the failure [s]."""
    columns: Array
    """Margins [modes, instants, constraints]; NaN of a mode that has no window there."""
    available: Array
    """Warning time that there is [instants; s]."""
    required: Array
    """And that each mode needs [modes, instants; s], of the worst hazard; infinite: not found."""
    overpressure: Array
    """On the capsule [modes, instants; Pa]."""

    def choice(self, active: Sequence[bool]) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
        """Margin, mode and worst constraint of the best way out; NaN and -1 where there is none."""
        there = ~np.all(np.isnan(self.columns), axis=2)
        held = np.where(np.isnan(self.columns) | ~np.asarray(active), np.inf, self.columns)
        worst = np.where(there, held.min(axis=2), -np.inf)
        mode = np.where(there, ranks(self.columns, active), -1).argmax(axis=0)
        at = (mode, np.arange(len(self.time)))
        margin, constraint = worst[at], held.argmin(axis=2)[at]
        some = there.any(axis=0)
        return (
            np.where(some, margin, np.nan),
            np.where(some, mode, -1),
            np.where(some, constraint, -1),
        )


Refly = Callable[[int, float, NDArray[np.int64]], tuple[ModeFlown, Margins, NDArray[np.int64]]]
"""Lanes of a mode by its index, flown from a launcher that turns at a rate [rad/s] in pitch, and
where each of them is among those that were flown."""


def latency_of(judge: Judge, failure: EscapeFailureSpec) -> float:
    """From a failure to the command [s]: of a detector the time by which 99 % are told."""
    if failure.detector is None:
        return failure.latency
    hazards = judge.spec.hazards
    assert hazards is not None
    known = hazards.detectors[failure.detector].detector()
    jump, growth = failure.signal * known.threshold, failure.growth * known.threshold
    seen = detection(known, step=jump, ramp=growth, duration=_FOLLOWED)
    return float(seen.late[0])


def judge_failure(
    judge: Judge,
    name: str,
    flown: Sequence[tuple[ModeFlown, Margins]],
    step: float,
    refly: Refly,
) -> FailureJudged:
    """Every way out of one failure at each instant of its window, `step` [s] apart.

    The command comes after the latency, and the mode is that of the first instant not before it:
    later by less than a step, so never better told than it is. What would be commanded after the
    ascent has ended is left out: that is no escape from it.
    """
    failure, names = judge.spec.failures[name], (END, *judge.asked)
    latency = latency_of(judge, failure)
    times = instants(judge.path, failure.window, step)
    if np.isfinite(latency):
        times = times[times + latency <= judge.path.end]
    shape = (len(flown), len(times))
    columns = np.full((*shape, len(names)), np.nan)
    available = _available(judge, failure, latency, len(times))
    required, pressure = np.full(shape, np.nan), np.full(shape, np.nan)
    for index, (one, margins) in enumerate(flown):
        rows, there = _rows(one, times + (latency if np.isfinite(latency) else 0.0), step)
        if not np.any(there):
            continue
        turning = failure.rate is not None and _turns(one)
        what = (one, margins, rows[there])
        if turning:
            what = refly(index, failure.rate or 0.0, rows[there])
        found, needed, load = _margins(judge, failure, *what, available[there])
        each = np.stack([found[name] for name in names], axis=1)
        if not np.isfinite(latency):
            each[:, 0] = -1.0  # nothing tells of it, so nobody leaves
        columns[index, there], required[index, there] = each, needed
        pressure[index, there] = load
    return FailureJudged(name, failure, latency, times, columns, available, required, pressure)


def _turns(flown: ModeFlown) -> bool:
    return any(phase.motion == "rigid" for phase in flown.asked.mode.phases)


def _rows(
    flown: ModeFlown, commands: Array, step: float
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The lane of the first instant of a mode not before each command, and whether it has one."""
    time = flown.asked.time
    at = np.minimum(np.searchsorted(time, commands - 1e-6), len(time) - 1)
    # The last instant of a mode serves for what is told within a step of it.
    return at, np.abs(time[at] - commands) < step


def _available(judge: Judge, failure: EscapeFailureSpec, latency: float, count: int) -> Array:
    """From the command to the burst [s]; infinite where nothing bursts."""
    explosion = _explosion(judge, failure)
    burst = np.inf if explosion is None else explosion.delay
    return np.repeat(available_warning(latency, burst), count)


def _explosion(judge: Judge, failure: EscapeFailureSpec) -> ExplosionSpec | None:
    hazards = judge.spec.hazards
    if failure.bursts is None or hazards is None:
        return None
    return hazards.explosions[failure.bursts]


def _margins(
    judge: Judge,
    failure: EscapeFailureSpec,
    flown: ModeFlown,
    margins: Margins,
    rows: NDArray[np.int64],
    available: Array,
) -> tuple[dict[str, Array], Array, Array]:
    """Margins of some lanes of a mode out of a failure, required warning [s] and overpressure."""
    some = flown.take(rows)
    found = {n: margins.margin[rows, k] for k, n in enumerate(margins.names)}
    asked = judge.spec.constraints.recontact
    thrusting = failure.thrusting and not some.asked.mode.shut_down
    if thrusting and asked is not None:
        found["recontact"] = recontact(judge, some, asked.limit, thrusting=True)[0]
    nothing = np.full(len(rows), np.inf)
    found |= {name: nothing for name in WARNING if name in found}
    if failure.survive is not None:
        stays = np.asarray(some.seen.time)[:, -1] - some.asked.time
        if some.asked.mode.ends_in_orbit:
            stays = np.full_like(stays, np.inf)
        found["cabin"] = failure.survive / np.maximum(stays, 1e-9) - 1.0
    explosion = _explosion(judge, failure)
    if explosion is None or failure.bursts is None:
        return found, np.zeros(len(rows)), np.zeros(len(rows))
    bursting = _Bursting(judge, failure.bursts, explosion, some, thrusting)
    needed, load = bursting.warnings(available)
    for name, required in needed.items():
        found[name] = _share(available, required)
    found |= bursting.canopies(available)
    worst = np.max(np.stack(list(needed.values())), axis=0)
    return found, worst, load


def _share(available: Array, required: Array) -> Array:
    """The margin of a warning time; what needs none has all of it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = available / required - 1.0
    share = np.where(np.isinf(required), -1.0, share)
    return np.where(required <= 0.0, np.where(available >= 0.0, np.inf, -1.0), share)


@dataclass(frozen=True)
class _Bursting:
    """A stage that bursts beneath the lanes of a mode."""

    judge: Judge
    stage: str
    explosion: ExplosionSpec
    flown: ModeFlown
    thrusting: bool

    @property
    def limits(self) -> HazardLimitsSpec:
        """What capsule and canopies bear."""
        hazards = self.judge.spec.hazards
        assert hazards is not None
        return hazards.limits

    @property
    def left(self) -> Array:
        """Propellant of the stage at the command [kg]; of a stage that is gone none."""
        path, times = self.judge.path, self.flown.asked.time
        if self.stage not in path.stages:
            return np.zeros(len(times))
        held = path.column("propellant", times)[:, path.stages.index(self.stage)]
        return np.nan_to_num(np.maximum(held, 0.0))

    @property
    def air(self) -> tuple[Array, Array, Array]:
        """Density [kg/m^3], pressure [Pa] and speed of sound [m/s] around the launcher."""
        path, times = self.judge.path, self.flown.asked.time
        q, speed = path.column("dynamic_pressure", times), path.column("speed_relative", times)
        mach = path.column("mach", times)
        moving = speed > _STILL
        with np.errstate(divide="ignore", invalid="ignore"):
            sound = np.where(moving & (mach > 0.0), speed / mach, _PAD_SOUND)
            density = np.where(moving, 2.0 * q / speed**2, _PAD_DENSITY)
        return density, density * sound**2 / _RATIO, sound

    def distance(self) -> tuple[Array, Array]:
        """Times since the command [rows, s], and distance from the launcher [lanes, rows; m]."""
        seen = self.flown.seen
        rows = _WHEN
        time, place = np.asarray(seen.time), components(seen.position)
        begun = self.flown.asked.time
        at = begun[:, None] + rows[None]
        own = _along(time, place, at)
        apart = np.linalg.norm(own - self._launcher(begun, at), axis=-1)
        # Until it parts it is where it sits, ahead of the launcher's centre of mass.
        return rows, np.where(at >= time[:, :1], apart, self.flown.asked.mode.ahead)

    def _launcher(self, begun: Array, at: Array) -> Array:
        """Where the launcher is [lanes, rows, 3; m, GCRS] that was told at `begun` [lanes, s]."""
        path = self.judge.path
        return path.launcher(begun, at, path.unstoppable(begun) | self.thrusting)

    def warnings(self, available: Array) -> tuple[dict[str, Array], Array]:
        """Required warning [s] of the blast and of fragments, and the blast at the burst [Pa]."""
        rows, apart = self.distance()
        density, pressure, sound = self.air
        burst = self.explosion.burst(self.left, pressure, sound)
        blast = blast_at(rows, apart, burst)
        data = load_hazards()
        kind = data.fragments["solid" if self.explosion.propellant == "solid" else "liquid"]
        hazards = self.judge.spec.hazards
        assert hazards is not None
        area = hazards.frontal_area or self.judge.spec.capsule.area
        struck = chance(hits_at(rows, apart, fragments(kind, self.left, density), area))
        needed = {
            "overpressure": required_warning(rows, blast, self.limits.overpressure),
            "fragments": required_warning(rows, struck, self.limits.hit_chance),
        }
        at = np.clip(available, 0.0, rows[-1])
        load = np.array([np.interp(t, rows, line) for t, line in zip(at, blast, strict=True)])
        return needed, load

    def canopies(self, available: Array) -> dict[str, Array]:
        """Margins of canopies among the burning pieces of a motor, at the burst that comes."""
        opened = self._opened()
        if self.explosion.propellant != "solid" or opened is None:
            return {}
        delay = float(np.clip(available[0], 0.0, _WATCHED))
        data, left = load_hazards(), self.left
        what = pieces(data.fragments["solid"], data.propellants["solid"], left)
        times, own, other = self._places()
        train = self.judge.spec.train(self.flown.asked.mode)
        assert train is not None
        last = [step for step in train.steps if step.drags == "capsule"][-1]
        area = last.count * 0.25 * np.pi * last.diameter**2
        held = Canopies(cloth=data.cloth["nylon"], area=area, opened=opened)
        found = canopies_at(times, own, other, np.array([delay]), what, held)
        heat, fallen = (one[:, 0] for one in found)
        limit = self.limits.cloth_temperature
        open_ = np.isfinite(opened)
        warm = 1.0 - (heat - _COLD) / (limit - _COLD)
        return {
            "canopy_heat": np.where(open_, warm, np.inf),
            "falling_pieces": np.where(open_, 1.0 - fallen / self.limits.falling_pieces, np.inf),
        }

    def _opened(self) -> Array | None:
        """When the first canopy that carries is deployed, since the command [s]."""
        became = self.flown.canopies
        train = self.judge.spec.train(self.flown.asked.mode)
        if became is None or train is None:
            return None
        first = next(k for k, step in enumerate(train.steps) if step.drags == "capsule")
        never = np.asarray(became.deployment)[:, first] == int(Deployment.NEVER)
        since = np.asarray(became.deployed.time)[:, first] - self.flown.asked.time
        return np.where(never, np.inf, since)

    def _places(self) -> tuple[Array, Array, Array]:
        """Times since the command, and places of capsule and launcher east, north and up [m]."""
        seen, path = self.flown.seen, self.judge.path
        time, place = np.asarray(seen.time), components(seen.position)
        begun = self.flown.asked.time
        span = np.maximum(time[:, -1] - begun, _WATCHED + 1.0)
        times = span[:, None] * np.linspace(0.0, 1.0, _PLACES)[None] ** 2
        at = begun[:, None] + times
        own, other = (
            np.stack([_level(one, since) for one, since in zip(places, times, strict=True)])
            for places in (_along(time, place, at), self._launcher(begun, at))
        )
        origin = other[:, :1].copy()
        up = origin[:, 0] / np.linalg.norm(origin[:, 0], axis=1, keepdims=True)
        east = np.cross(np.array([0.0, 0.0, 1.0]), up)
        east /= np.linalg.norm(east, axis=1, keepdims=True)
        axes = np.stack([east, np.cross(up, east), up], axis=1)
        ground = np.zeros((len(time), 1, 3))
        ground[:, 0, 2] = path.column("height", begun)
        own, other = (np.einsum("lij,lrj->lri", axes, x - origin) + ground for x in (own, other))
        return times, own, other


def _along(time: Array, place: Array, at: Array) -> Array:
    """Places [lanes, rows, 3] at times [lanes, rows], straight between those of a history."""
    found = np.empty((*at.shape, 3))
    for lane in range(len(at)):
        for k in range(3):
            found[lane, :, k] = np.interp(at[lane], time[lane], place[lane, :, k])
    return found


def _level(place: Array, since: Array) -> Array:
    """Places in GCRS [rows, 3] as the Earth turns beneath them, from the first row on."""
    angle = EARTH_SPIN * since
    c, s = np.cos(angle), np.sin(angle)
    x, y = c * place[:, 0] + s * place[:, 1], -s * place[:, 0] + c * place[:, 1]
    return np.stack([x, y, place[:, 2]], axis=-1)
