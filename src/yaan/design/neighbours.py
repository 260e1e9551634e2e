"""Neighbours of a mission: problems beside it that are easier to solve, and the way back from them.

A search that finds nothing where it is asked may find something beside it; from there the asked
problem is reached in steps, each of which starts where the one before ended.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from yaan.description import Ascent
from yaan.design.aim import least_inclination

_LIGHT, _HEAVY, _STRONG = 0.6, 1.3, 1.5
_LOW = 250e3  # [m]
_SHORT = 0.3
_COAST = 10.0  # [s]; shorter ones are gaps between stages
_TURN = np.radians(2.0)


@dataclass(frozen=True)
class Neighbour:
    """A problem beside the asked one; `at` leads from it (0) to the asked one (1)."""

    name: str
    at: Callable[[float], Ascent]


def neighbours(ascent: Ascent) -> Iterator[Neighbour]:
    """Those that are tried, in turn."""
    if abs(least_inclination(ascent) - ascent.target.inclination) > np.radians(0.05):
        yield Neighbour("a smaller dog-leg", lambda s: _tilted(ascent, s))
    yield Neighbour(f"{_LIGHT:.0%} of the payload", lambda s: _loaded(ascent, _LIGHT, s))
    coasts = [p.name for p in ascent.phases if (p.until.duration or 0.0) > _COAST]
    if coasts:
        yield Neighbour("shorter coasts", lambda s: _coasting(ascent, coasts, s))
    if ascent.target.perigee > 1.2 * _LOW:
        yield Neighbour("a lower orbit", lambda s: _lowered(ascent, s))
    yield Neighbour(f"{_STRONG:.0%} of the last thrust", lambda s: _driven(ascent, s))
    yield Neighbour(f"{_HEAVY:.0%} of the payload", lambda s: _loaded(ascent, _HEAVY, s))


def continuous(ascent: Ascent, profile: str) -> Ascent | None:
    """The same with every programme starting where the one before ended; None if it is so."""
    programmes = ascent.steering.profiles[profile].programmes
    flown = [p.steer.programme for p in ascent.phases if p.steer.programme is not None]
    freed = [
        name
        for name, p in programmes.items()
        if name != flown[0] and not p.continuous and p.coefficients is None
    ]
    if not freed:
        return None
    changed = {
        n: p.model_copy(update={"continuous": True}) for n, p in programmes.items() if n in freed
    }
    mine = ascent.steering.profiles[profile].model_copy(update={"programmes": programmes | changed})
    profiles = dict(ascent.steering.profiles) | {profile: mine}
    return ascent.changed(steering=ascent.steering.model_copy(update={"profiles": profiles}))


def _between(start: float, end: float, s: float) -> float:
    return start + (end - start) * s


def _loaded(ascent: Ascent, factor: float, s: float) -> Ascent:
    payload = ascent.vehicle.payload
    mass = payload.mass * _between(factor, 1.0, s)
    vehicle = ascent.vehicle.model_copy(
        update={"payload": payload.model_copy(update={"mass": mass})}
    )
    return ascent.changed(vehicle=vehicle)


def _driven(ascent: Ascent, s: float) -> Ascent:
    lit = [stage for phase in ascent.phases for stage in phase.ignite]
    stage = ascent.vehicle.stages[lit[-1]]
    engine, factor = stage.engine, _between(_STRONG, 1.0, s)
    more = {k: v * factor for k in ("thrust", "impulse") if (v := getattr(engine, k)) is not None}
    changed = stage.model_copy(update={"engine": engine.model_copy(update=more)})
    stages = dict(ascent.vehicle.stages) | {lit[-1]: changed}
    return ascent.changed(vehicle=ascent.vehicle.model_copy(update={"stages": stages}))


def _aimed(ascent: Ascent, **changed: float) -> Ascent:
    return ascent.changed(target=ascent.target.model_copy(update=changed))


def _lowered(ascent: Ascent, s: float) -> Ascent:
    lower = (1.0 - s) * (ascent.target.perigee - _LOW)
    return _aimed(
        ascent, perigee=ascent.target.perigee - lower, apogee=ascent.target.apogee - lower
    )


def _tilted(ascent: Ascent, s: float) -> Ascent:
    wanted, least = ascent.target.inclination, least_inclination(ascent)
    easy = least + np.sign(least - wanted) * _TURN
    return _aimed(ascent, inclination=_between(easy, wanted, s))


def _coasting(ascent: Ascent, names: list[str], s: float) -> Ascent:
    factor = _between(_SHORT, 1.0, s)
    phases = []
    for phase in ascent.phases:
        until, length = phase.until, phase.until.duration
        if phase.name in names and length is not None:
            until = until.model_copy(update={"duration": length * factor})
        phases.append(phase.model_copy(update={"until": until}))
    return ascent.changed(phases=phases)
