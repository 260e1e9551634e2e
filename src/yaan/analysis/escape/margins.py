"""How far each lane of an escape is from what it is judged by.

A margin is dimensionless: 1 - value / limit of what must be small, value / limit - 1 of what must
be large, and of a box the distance to its nearest edge over half its width. Zero is at the limit,
and what is below it fails. It is infinite where a constraint does not apply, and NaN where it was
not judged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from yaan.crew import water_limit
from yaan.crew.lanes import LaneLoads, grade_lanes
from yaan.crew.limits import Limits
from yaan.description.escape import ConstraintSpec, EscapeSpec
from yaan.description.parachutes import ParachutesSpec
from yaan.escape.instants import AscentPath
from yaan.escape.modes import ModeFlown
from yaan.spacetime.frame import components
from yaan.spacetime.land import RESOLUTION, coast_distance, country_at
from yaan.vehicle.canopies import Deployment

Array = NDArray[np.float64]

END: Final = "end"
"""The first column: a lane that did not come to its end has failed, whatever else it met."""

FAR: Final = 50e3
"""Distance [m] from the coast at which the margin of a landing on water is one."""

_CLOSES: Final = 1.0  # [m] by which a distance that falls is one that closes

_PARTED: Final = 30.0
"""How long after the separation the launcher is watched, which thrusts on [s]."""


_GRAIN: Final = 0.01
"""Margins that differ by less are alike; of alike ones the next margins decide."""


def ranks(margins: Array, active: Sequence[bool]) -> NDArray[np.int64]:
    """How each row of `margins` [..., constraints] stands among all, from 0 for the worst.

    By the least of its `active` margins; of alike ones by the next, and so on, so that of two ways
    out that share their weakest point the one that is better elsewhere is taken. What was not
    judged counts as no limit. A row that fails never stands above one that does not.
    """
    held = np.where(np.isnan(margins) | ~np.asarray(active), np.inf, margins)
    held = np.clip(np.sort(held.reshape(-1, held.shape[-1]), axis=1), -1.0, 1.0)
    grains = np.floor(held / _GRAIN)
    order = np.lexsort(grains.T[::-1])
    more = np.any(np.diff(grains[order], axis=0) != 0.0, axis=1)
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.concatenate([[0], np.cumsum(more)]) if len(order) else 0
    return found.reshape(margins.shape[:-1])


@dataclass(frozen=True)
class Margins:
    """Margins of the lanes of one mode; columns are the constraints."""

    names: tuple[str, ...]
    margin: Array
    """[lanes, constraints]"""
    value: Array
    """What was found, in the unit of the limit; likewise."""

    def worst(self, active: Sequence[bool]) -> tuple[Array, NDArray[np.int64]]:
        """The least known margin of each lane among the `active` columns, and its column."""
        held = np.where(np.asarray(active)[None], self.margin, np.inf)
        filled = np.where(np.isnan(held), np.inf, held)
        index = np.argmin(filled, axis=1)
        return filled[np.arange(len(index)), index], index

    def open(self, active: Sequence[bool]) -> NDArray[np.bool_]:
        """Lanes of which one of the `active` columns was not judged."""
        return np.any(np.isnan(self.margin) & np.asarray(active)[None], axis=1)

    def with_(self, other: "Margins") -> "Margins":
        """These lanes, and after them others."""
        margin = np.concatenate([self.margin, other.margin])
        return Margins(self.names, margin, np.concatenate([self.value, other.value]))

    def take(self, rows: NDArray[np.int64]) -> "Margins":
        """Some of the lanes."""
        return Margins(self.names, self.margin[rows], self.value[rows])


@dataclass(frozen=True)
class Judge:
    """What escapes of one mission are judged by."""

    spec: EscapeSpec
    couches: Mapping[str, Array]
    """Axes of each couch as rows, in those of what flies: x to its nose, y right, z down."""
    limits: Limits
    path: AscentPath

    @property
    def asked(self) -> dict[str, ConstraintSpec]:
        """The constraints that are asked, by name."""
        return self.spec.constraints.asked

    def margins(self, flown: ModeFlown) -> Margins:
        """Margins of all lanes of a mode, by every constraint that is asked."""
        came = np.where(flown.came_down, np.inf, -1.0)
        found = [(came, flown.outcome.astype(float))]
        found += [_JUDGED[name](self, flown, one) for name, one in self.asked.items()]
        names = (END, *self.asked)
        margin, value = (np.stack(column, axis=1) for column in zip(*found, strict=True))
        return Margins(names, margin, value)


def _below(value: Array, limit: float) -> tuple[Array, Array]:
    """The margin of what must be small; what is nowhere known does not apply."""
    return np.where(np.isnan(value), np.inf, 1.0 - value / limit), value


def largest(rows: Any, where: NDArray[np.bool_] | None = None) -> Array:
    """The largest of the rows of each lane; NaN where none is known."""
    held = np.asarray(rows) if where is None else np.where(where, rows, np.nan)
    known = ~np.all(np.isnan(held), axis=1)
    return np.where(known, np.nanmax(np.where(known[:, None], held, 0.0), axis=1), np.nan)


def phase_is(flown: ModeFlown, motion: str) -> NDArray[np.bool_]:
    """Which rows are of phases of a motion."""
    return _phases_are(flown, motion)[flown.phase]


def _phases_are(flown: ModeFlown, motion: str) -> NDArray[np.bool_]:
    """By index of the phase; the last is that of `BURN`, which is none of them."""
    return np.array([*(phase.motion == motion for phase in flown.asked.mode.phases), False])


def felt(judge: Judge, flown: ModeFlown) -> dict[str, Array]:
    """Loads along the axes of each couch [lanes, rows, 3; g0].

    Those of a body that turns are taken at its centre of mass: where that lies from the couches
    changes with what has been dropped. So the turning itself is left out, which adds the rate
    squared times the distance: 0.1 g for each metre at 60 deg/s.
    """
    load = flown.seen.load
    every = np.nan_to_num(np.stack([np.asarray(x) for x in (load.x, load.y, load.z)], axis=-1))
    return {name: every @ axes.T for name, axes in judge.couches.items()}


def crew_loads(judge: Judge, flown: ModeFlown) -> dict[str, LaneLoads]:
    """The grades of what is felt in each couch."""
    condition, time = judge.spec.constraints.crew_load.condition, np.asarray(flown.seen.time)
    return {
        name: grade_lanes(time, loads, judge.limits.curves, condition)
        for name, loads in felt(judge, flown).items()
    }


def _crew_load(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    """The most that any couch uses of what is allowed, on the axes that are graded."""
    least = np.full(len(flown.outcome), np.inf)
    for graded in crew_loads(judge, flown).values():
        least = np.fmin(least, graded.worst()[0])
    return least, 1.0 - least


def _canopies(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    """The least margin of any step of the train to an end of its box."""
    train, became = judge.spec.train(flown.asked.mode), flown.canopies
    lanes = len(flown.outcome)
    if became is None or train is None:
        return np.full(lanes, np.inf), np.full(lanes, np.nan)
    least = np.full(lanes, np.inf)
    for k, step in enumerate(train.steps):
        never = np.asarray(became.deployment)[:, k] == int(Deployment.NEVER)
        least = np.where(never, -1.0, least)
        box = step.box
        if box is None:
            continue
        met = {
            "mach": np.asarray(became.deployed.mach)[:, k],
            "dynamic_pressure": np.asarray(became.deployed.dynamic_pressure)[:, k],
            "height": np.asarray(became.deployed.height)[:, k],
        }
        for key, found in met.items():
            ends = getattr(box, key)
            if ends is None:
                continue
            low, high = ends
            # A box from nothing on has one edge only.
            inside = 1.0 - found / high
            if low > 0.0:
                inside = np.minimum(found - low, high - found) / (0.5 * (high - low))
            least = np.where(never, least, np.minimum(least, inside))
    least = np.where(np.isinf(least), 1.0, least)
    return _came(flown, least), least


def _came(flown: ModeFlown, margin: Array) -> Array:
    """A margin of the descent, of lanes that came to it."""
    hung = _phases_are(flown, "canopies")
    return np.where(hung[flown.last], margin, np.inf)


def _open(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    """How high the last step of the train that carries is at full size."""
    train, became = judge.spec.train(flown.asked.mode), flown.canopies
    lanes = len(flown.outcome)
    if became is None or train is None:
        return np.full(lanes, np.inf), np.full(lanes, np.nan)
    carrying = [k for k, step in enumerate(train.steps) if step.drags == "capsule"]
    full = np.asarray(became.full_open)[:, carrying[-1]]
    height = np.full(lanes, np.nan)
    for lane in range(lanes):
        if np.isfinite(full[lane]):
            height[lane] = np.interp(full[lane], flown.seen.time[lane], flown.seen.height[lane])
    height = np.where(np.isnan(height), 0.0, height)
    return _came(flown, height / one.height - 1.0), height


def _touchdown(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    """The larger share of the speeds down and across that the surface allows."""
    became, lanes = flown.canopies, len(flown.outcome)
    if became is None:
        return np.full(lanes, np.inf), np.full(lanes, np.nan)
    lost = _any_lost(judge.spec.train(flown.asked.mode))
    down, across = _speeds(judge.spec, lost=lost)
    vertical = np.asarray(became.vertical_speed)
    if down is None:
        return _came(flown, np.full(lanes, np.nan)), vertical
    share = vertical / down
    if across is not None:
        share = np.maximum(share, np.asarray(became.horizontal_speed) / across)
    return _came(flown, 1.0 - share), vertical


def _speeds(spec: EscapeSpec, *, lost: bool) -> tuple[float | None, float | None]:
    """What its surface allows down and across [m/s]: of the capsule, on water of its class."""
    told = spec.capsule.touchdown
    own = None if told is None else getattr(told, spec.surface)
    down = None if own is None else (own.vertical_lost if lost else None) or own.vertical
    across = None if own is None else own.horizontal
    if spec.surface == "water":
        known = water_limit()
        return down or known.down(lost=lost), across or known.horizontal
    return down, across


def _any_lost(train: ParachutesSpec | None) -> bool:
    return train is not None and any(step.opened < step.count for step in train.steps)


def _water(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    """How far from the coast it comes down, negative on land; unknown nearer than is drawn."""
    seen = flown.seen
    latitude, longitude = np.asarray(seen.latitude)[:, -1], np.asarray(seen.longitude)[:, -1]
    on_land = np.array([bool(name) for name in country_at(latitude, longitude)])
    far = coast_distance(latitude, longitude)
    margin = np.where(on_land, -1.0, 1.0) * np.minimum(far / FAR, 1.0)
    margin = np.where(far < RESOLUTION, np.nan, margin)
    return _came(flown, margin), np.where(on_land, -far, far)


def _heat_flux(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    return _below(largest(flown.seen.heat_flux), one.limit)


def _heat_load(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    return _below(largest(flown.seen.heat_load), one.limit)


def _dynamic_pressure(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    rigid = phase_is(flown, "rigid")
    return _below(largest(flown.seen.dynamic_pressure, rigid), one.limit)


def _attack_pressure(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    rigid = phase_is(flown, "rigid")
    product = np.asarray(flown.seen.dynamic_pressure) * np.abs(np.asarray(flown.seen.incidence))
    return _below(largest(product, rigid), one.limit)


def _rate(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    """As its last rigid phase ends."""
    rigid = phase_is(flown, "rigid")
    if not np.any(rigid):
        nothing = np.full(len(flown.outcome), np.nan)
        return np.full_like(nothing, np.inf), nothing
    last = rigid.shape[1] - 1 - np.argmax(rigid[:, ::-1], axis=1)
    found = np.asarray(flown.seen.rate)[np.arange(len(last)), last]
    return _below(found, one.limit)


def separation(judge: Judge, flown: ModeFlown, *, thrusting: bool = False) -> Array:
    """Distance [lanes, rows; m] from the launcher for half a minute after the parting; then NaN.

    It flies on as it was to fly where it is `thrusting`, or a motor burns that cannot be shut
    down; else its engines stop as it is left.
    """
    time, start = np.asarray(flown.seen.time), np.asarray(flown.start.t)
    found = np.full(time.shape, np.nan)
    watched = time - start[:, None] <= _PARTED
    rows = slice(0, int(np.max(np.sum(watched, axis=1), initial=0)))
    watched, early = watched[:, rows], time[:, rows]
    begun = flown.asked.time if flown.asked.mode.shut_down else start
    on = judge.path.unstoppable(begun) | thrusting
    there = judge.path.launcher(begun, np.where(watched, early, start[:, None]), on)
    apart = np.linalg.norm(components(flown.seen.position)[:, rows] - there, axis=-1)
    found[:, rows] = np.where(watched, apart, np.nan)
    return found


def _recontact(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    return recontact(judge, flown, one.limit)


def recontact(
    judge: Judge, flown: ModeFlown, limit: float, *, thrusting: bool = False
) -> tuple[Array, Array]:
    """Margin of the distance [m], and that: the least after the launcher has begun to close again.

    Where it never closes, the distance half a minute after the parting.
    """
    apart = separation(judge, flown, thrusting=thrusting)
    known = np.where(np.isnan(apart), -np.inf, apart)
    closing = np.maximum.accumulate(known, axis=1) - known > _CLOSES
    closing &= ~np.isnan(apart)
    again = np.maximum.accumulate(closing, axis=1) & ~np.isnan(apart)
    closes = np.any(again, axis=1)
    nearest = np.min(np.where(again, apart, np.inf), axis=1)
    last = np.max(known, axis=1)
    least = np.where(closes, nearest, last)
    return least / limit - 1.0, least


def _deorbit(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    """Delta-v over what a deorbit needs [m/s], of what ends in orbit."""
    lanes = len(flown.outcome)
    if flown.burnt is None or not flown.asked.mode.ends_in_orbit:
        return np.full(lanes, np.inf), np.full(lanes, np.nan)
    spare = np.asarray(flown.burnt.spare)
    return np.where(flown.came_down, spare / one.reserve - 1.0, np.inf), spare


def _apart(judge: Judge, flown: ModeFlown, one: Any) -> tuple[Array, Array]:
    """Of a mode alone: it does not apply."""
    lanes = len(flown.outcome)
    return np.full(lanes, np.inf), np.full(lanes, np.nan)


_JUDGED: Final[dict[str, Callable[[Judge, ModeFlown, Any], tuple[Array, Array]]]] = {
    "crew_load": _crew_load,
    "canopies": _canopies,
    "open": _open,
    "touchdown": _touchdown,
    "water": _water,
    "heat_flux": _heat_flux,
    "heat_load": _heat_load,
    "dynamic_pressure": _dynamic_pressure,
    "attack_pressure": _attack_pressure,
    "rate": _rate,
    "recontact": _recontact,
    "deorbit": _deorbit,
    # What only a failure asks.
    "overpressure": _apart,
    "fragments": _apart,
    "canopy_heat": _apart,
    "falling_pieces": _apart,
    "cabin": _apart,
}
