"""What is told of a propagated orbit besides its states: burns, the light of its days, models."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from yaan.access import ArcEvent, Search, SunPath
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.model import Model
from yaan.base.units import format_quantity
from yaan.description.arc import ArcBurnSpec, ArcSpec
from yaan.description.plan import Plan
from yaan.dynamics.forces import World
from yaan.environment.sunlight import Eclipse, Kind, clearance
from yaan.flight.models.world import about_world
from yaan.propagation import Propagated, burn_length, burn_start, start_of
from yaan.propagation.propagate import LONGEST
from yaan.spacetime.time import Epoch, parse_utc

Array = NDArray[np.float64]

_SHARP = 1e-6  # [s] by which a row may be beside the edge of a burn


@dataclass(frozen=True)
class Burnt:
    """A burn as it was flown.

    Attributes:
        name: of the burn.
        time: of its start [s].
        epoch: the same as an instant.
        duration: [s]; zero of an impulsive one.
        delta_v: ideal [m/s].
        used: mass [kg]; zero of a burn without a specific impulse.
        finite: whether it has a thrust.
    """

    name: str
    time: float
    epoch: Epoch
    duration: float
    delta_v: float
    used: float
    finite: bool


def burns(spec: ArcSpec, made: Propagated) -> list[Burnt]:
    """The burns that were flown, in the order of their starts; none after the arc has ended."""
    epoch = start_of(spec)
    found: list[Burnt] = []
    for burn in sorted(spec.burns, key=lambda one: burn_start(one, epoch)):
        start = burn_start(burn, epoch)
        if start <= made.arc.stop:
            found.append(_burnt(spec, made, burn, start))
    return found


def _burnt(spec: ArcSpec, made: Propagated, burn: ArcBurnSpec, start: float) -> Burnt:
    time, mass = made.arc.time, made.mass
    impulse = burn.specific_impulse
    exhaust = math.inf if impulse is None else impulse * STANDARD_GRAVITY
    before = float(mass[min(int(np.searchsorted(time, start - _SHARP)), len(mass) - 1)])
    if start <= _SHARP:
        before = spec.spacecraft.weight  # the first row is that after an impulse at the epoch
    lasts = min(burn_length(burn, before, exhaust), made.arc.stop - start)
    last = int(np.searchsorted(time, start + lasts + _SHARP, side="right")) - 1
    after = float(mass[max(last, 0)])
    if burn.thrust is None:
        delta_v = burn.delta_v or 0.0
    elif math.isinf(exhaust):
        delta_v = burn.thrust * lasts / before
    else:
        delta_v = exhaust * math.log(before / after)
    finite = burn.thrust is not None
    name, used = burn.name, before - after
    return Burnt(name, start, start_of(spec) + start, lasts, delta_v, used, finite)


def spells(found: Sequence[ArcEvent], search: Search) -> list[Eclipse]:
    """Every stay in umbra and penumbra, from the events of an arc; cut where the arc is.

    Args:
        found: events of the arc, those of kind `eclipse` among them.
        search: in which they were found.
    """
    if not search.sky:
        return []
    start, stop = search.span
    told: list[Eclipse] = []
    kinds: tuple[Kind, Kind] = ("penumbra", "umbra")
    for kind in kinds:
        edges = [one for one in found if one.kind == "eclipse" and one.name.startswith(kind)]
        inside = _inside(search, kind, edges)
        begun = start if inside else None
        for one in edges:
            if one.name.endswith("entry"):
                begun = one.time
            elif begun is not None:
                told.append(Eclipse(kind, begun, one.time))
                begun = None
        if begun is not None:
            told.append(Eclipse(kind, begun, stop))
    return sorted(told, key=lambda one: (one.start, one.kind))


def _inside(search: Search, kind: Kind, edges: Sequence[ArcEvent]) -> bool:
    """Whether the arc begins in the shadow."""
    if edges:
        return edges[0].name.endswith("exit")
    at = np.array([search.span[0]])
    sun = SunPath(search.arc.epoch, *search.span).at(at)
    return bool(clearance(search.arc.at(at)[0], sun, kind)[0] < 0.0)


@dataclass(frozen=True)
class Day:
    """The light of one day in UTC.

    Attributes:
        date: as 2027-01-15.
        lasts: how much of the day the arc has [s].
        eclipses: stays in the umbra that it holds, those that midnight cuts among them.
        umbra: time without the Sun [s].
        partial: time with a part of it [s].
        longest: of the stays, without what is on another day [s].
    """

    date: str
    lasts: float
    eclipses: int
    umbra: float
    partial: float
    longest: float


def days(found: Sequence[Eclipse], search: Search) -> list[Day]:
    """The light of each day in UTC that an arc has a part of."""
    epoch, (start, stop) = search.arc.epoch, search.span
    first = date.fromisoformat((epoch + start).iso()[:10])
    edges, names = [start], [first]
    while True:
        following = names[-1] + timedelta(days=1)
        midnight = parse_utc(f"{following.isoformat()}T00:00:00 UTC") - epoch
        if midnight >= stop:
            break
        edges.append(midnight)
        names.append(following)
    told: list[Day] = []
    for name, (a, b) in zip(names, pairwise([*edges, stop]), strict=True):
        parts = {
            kind: [
                min(one.end, b) - max(one.start, a)
                for one in found
                if one.kind == kind and one.start < b and one.end > a
            ]
            for kind in ("umbra", "penumbra")
        }
        dark = sum(parts["umbra"])
        partial = sum(parts["penumbra"]) - dark
        longest = max(parts["umbra"], default=0.0)
        told.append(Day(name.isoformat(), b - a, len(parts["umbra"]), dark, partial, longest))
    return told


def models(spec: ArcSpec, world: World, made: Propagated) -> Iterator[Model]:
    """What it was propagated with, the world first."""
    plan = Plan.model_construct(
        name=spec.name, epoch=spec.epoch, environment=spec.environment, start=None
    )
    yield from about_world(plan, world)
    craft = spec.spacecraft
    for word, pressed in (("drag", craft.drag), ("radiation", craft.radiation)):
        if pressed is not None:
            area = format_quantity(pressed.area, "m2", digits=6)
            text = f"{area} at a coefficient of {pressed.coefficient:.6g}, whatever the attitude"
            yield Model(name=word, text=text, ignores="attitude, shape, lift, wear")
    if spec.burns:
        text = "constant thrust along an axis of its frame, or a change of velocity at an instant"
        ignored = "build-up, tail-off, misalignment, errors of pointing"
        yield Model(name="burns", text=text, ignores=ignored)
    if spec.covariance is not None:
        text = "what is known of the start, carried along by the derivatives of the whole orbit"
        ignored = "second order, and whatever is uncertain of forces and burns"
        yield Model(name="covariance", text=text, ignores=ignored)
    text = (
        f"Dormand and Prince 8, {made.steps} steps by their own errors, each of"
        f" {LONGEST:g} s at most; the error is told by the same orbit on longer steps"
    )
    yield Model(name="integrator", text=text, ignores="relativity")
