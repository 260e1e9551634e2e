"""Neighbours of a mission: problems beside it that are easier to solve, and the way back from them.

A search that finds nothing where it is asked may find something beside it; from there the asked
problem is reached in steps, each of which starts where the one before ended.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from yaan.description import MissionSpec
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
    at: Callable[[float], MissionSpec]


def neighbours(spec: MissionSpec) -> Iterator[Neighbour]:
    """Those that are tried, in turn."""
    if abs(least_inclination(spec) - spec.target.inclination) > np.radians(0.05):
        yield Neighbour("a smaller dog-leg", lambda s: _tilted(spec, s))
    yield Neighbour(f"{_LIGHT:.0%} of the payload", lambda s: _loaded(spec, _LIGHT, s))
    coasts = [p.name for p in spec.phases if (p.until.duration or 0.0) > _COAST]
    if coasts:
        yield Neighbour("shorter coasts", lambda s: _coasting(spec, coasts, s))
    if spec.target.perigee > 1.2 * _LOW:
        yield Neighbour("a lower orbit", lambda s: _lowered(spec, s))
    yield Neighbour(f"{_STRONG:.0%} of the last thrust", lambda s: _driven(spec, s))
    yield Neighbour(f"{_HEAVY:.0%} of the payload", lambda s: _loaded(spec, _HEAVY, s))


def continuous(spec: MissionSpec, profile: str) -> MissionSpec | None:
    """The same with every programme starting where the one before ended; None if it is so."""
    programmes = spec.steering.profiles[profile].programmes
    flown = [p.steer.programme for p in spec.phases if p.steer.programme is not None]
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
    mine = spec.steering.profiles[profile].model_copy(update={"programmes": programmes | changed})
    profiles = dict(spec.steering.profiles) | {profile: mine}
    return spec.model_copy(
        update={"steering": spec.steering.model_copy(update={"profiles": profiles})}
    )


def _between(start: float, end: float, s: float) -> float:
    return start + (end - start) * s


def _loaded(spec: MissionSpec, factor: float, s: float) -> MissionSpec:
    payload = spec.vehicle.payload
    mass = payload.mass * _between(factor, 1.0, s)
    vehicle = spec.vehicle.model_copy(update={"payload": payload.model_copy(update={"mass": mass})})
    return spec.model_copy(update={"vehicle": vehicle})


def _driven(spec: MissionSpec, s: float) -> MissionSpec:
    lit = [stage for phase in spec.phases for stage in phase.ignite]
    stage = spec.vehicle.stages[lit[-1]]
    engine, factor = stage.engine, _between(_STRONG, 1.0, s)
    more = {k: v * factor for k in ("thrust", "impulse") if (v := getattr(engine, k)) is not None}
    changed = stage.model_copy(update={"engine": engine.model_copy(update=more)})
    stages = dict(spec.vehicle.stages) | {lit[-1]: changed}
    return spec.model_copy(update={"vehicle": spec.vehicle.model_copy(update={"stages": stages})})


def _aimed(spec: MissionSpec, **changed: float) -> MissionSpec:
    return spec.model_copy(update={"target": spec.target.model_copy(update=changed)})


def _lowered(spec: MissionSpec, s: float) -> MissionSpec:
    lower = (1.0 - s) * (spec.target.perigee - _LOW)
    return _aimed(spec, perigee=spec.target.perigee - lower, apogee=spec.target.apogee - lower)


def _tilted(spec: MissionSpec, s: float) -> MissionSpec:
    wanted, least = spec.target.inclination, least_inclination(spec)
    easy = least + np.sign(least - wanted) * _TURN
    return _aimed(spec, inclination=_between(easy, wanted, s))


def _coasting(spec: MissionSpec, names: list[str], s: float) -> MissionSpec:
    factor = _between(_SHORT, 1.0, s)
    phases = []
    for phase in spec.phases:
        until, length = phase.until, phase.until.duration
        if phase.name in names and length is not None:
            until = until.model_copy(update={"duration": length * factor})
        phases.append(phase.model_copy(update={"until": until}))
    return spec.model_copy(update={"phases": phases})
