"""A chain of phases in numbers: its phases, where its paths ended, its events, masses, verdicts."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from yaan.analysis.body import orbit_at
from yaan.analysis.flown import Flown
from yaan.analysis.history import at_row, phases_flown
from yaan.description import GroundSpec
from yaan.flight.chain import ChainFlown, PathFlown
from yaan.flight.models.parts import Parts
from yaan.flight.segments import PhaseFlown
from yaan.results.outcome import OutcomeCode
from yaan.results.summary import MassChange, PropellantUse
from yaan.results.summary_sequence import PathEnd, Sequence, SequencePhase
from yaan.spacetime.coastline import at_place
from yaan.spacetime.zone import distance

_LANDED: Final = 1.0  # [m] above the ground: less has come down to it
_FELT: Final = 10.0  # [Pa] with less a stage of 1 t loses some 0.1 m/s in a minute
_MOLECULAR: Final = 110e3  # [m]
_SPENT: Final = 1e-6  # [kg] that a phase burns; less is rounding


def sequence(flown: Flown) -> Sequence | None:
    """Phases and ends of a chain; None of a flight without one."""
    chain = flown.chain
    if chain is None:
        return None
    phases = [one for path in chain.paths for one in _phases(chain, path)]
    return Sequence(
        phases=tuple(phases), ends=tuple(_end(flown, chain, path) for path in chain.paths)
    )


def _phases(chain: ChainFlown, path: PathFlown) -> Iterator[SequencePhase]:
    for one in path.phases:
        start, end = one.start, one.end
        yield SequencePhase(
            path=path.name,
            phase=one.phase.name,
            motion=one.phase.motion,
            flies=one.flies,
            start=float(start.t[0]),
            end=float(end.t[0]),
            steps=int(one.steps[0]),
            outcome=one.code.word,
            mass_start=float(chain.parts.mass(start)[0]),
            mass_end=float(chain.parts.mass(end)[0]),
            ideal=float(end.sums.ideal[0] - start.sums.ideal[0]),
        )


def _end(flown: Flown, chain: ChainFlown, path: PathFlown) -> PathEnd:
    history, first = path.history, flown.history
    row = len(history) - 1
    down = float(history["height"][row]) - float(chain.world.ground) < _LANDED
    place = float(history["latitude"][row]), float(history["longitude"][row])
    far = distance(*place, first["latitude"][0], first["longitude"][0])
    lies_on, shore = at_place(*place) if down else ("", math.nan)
    return at_row(
        PathEnd,
        history,
        row,
        path=path.name,
        at=path.at,
        flies=path.phases[-1].flies,
        outcome=path.code.word,
        surface=_surface(flown) if down else "",
        lies_on=lies_on,
        shore_distance=shore if math.isfinite(shore) else None,
        downrange=float(far),
        mass=float(chain.parts.mass(path.end)[0]),
        highest=float(np.max(history["height"])),
        orbit=orbit_at(history, row, chain.world.mu),
    )


def _surface(flown: Flown) -> str:
    """What the file says of the ground."""
    ground = flown.plan.ground
    return ground.kind if isinstance(ground, GroundSpec) else "land"


def mass_changes(chain: ChainFlown) -> tuple[list[MassChange], float]:
    """Every change of mass of the flight itself, and what they leave unexplained [kg]."""
    parts, path = chain.parts, chain.flight
    if path is None:
        return [], 0.0
    first = path.phases[0]
    mass = float(parts.mass(first.start)[0])
    rows = [MassChange(event="start", item="all aboard", change=0.0, mass=mass)]
    spans = phases_flown(path.history)
    worst, event = 0.0, "start"
    for one, (_, _, end) in zip(path.phases, spans, strict=False):
        for item, change in (*_dropped(parts, path, one), *_burnt(parts, one)):
            mass += change
            at = one.phase.event if item.endswith("propellant") else event
            rows.append(MassChange(event=at, item=item, change=change, mass=mass))
        worst = max(worst, abs(mass - float(path.history["mass"][end])))
        event = one.phase.event
    return rows, worst


def _dropped(parts: Parts, path: PathFlown, one: PhaseFlown) -> Iterator[tuple[str, float]]:
    index = path.phases.index(one)
    if index == 0:
        return
    before = path.phases[index - 1].end
    dry = dict(zip(parts.names, parts.dry, strict=True))
    left = dict(zip(parts.tanks, np.asarray(before.tanks)[0], strict=False))
    for name in one.phase.drop:
        yield name, -float(dry[name] + left.get(name, 0.0))


def _burnt(parts: Parts, one: PhaseFlown) -> Iterator[tuple[str, float]]:
    for i, name in enumerate(parts.tanks):
        change = float(one.end.tanks[0, i] - one.start.tanks[0, i])
        if change < -_SPENT:
            yield f"{name} propellant", change


def propellant(chain: ChainFlown) -> Iterator[PropellantUse]:
    """What each stage used of what it held at the start, in the flight itself."""
    parts, path = chain.parts, chain.flight
    for i, name in enumerate(parts.tanks):
        if path is None:
            return
        loaded = float(path.phases[0].start.tanks[0, i])
        burnt = (item for one in path.phases for item in _burnt(parts, one))
        used = 0.0 - sum(change for item, change in burnt if item == f"{name} propellant")
        yield PropellantUse(
            stage=name, loaded=loaded, used=used, left=loaded - used, margin_velocity=None
        )


def air_notes(chain: ChainFlown) -> Iterator[str]:
    """Where the air was left out or is not what a motion takes it for, a sentence each."""
    for path in chain.paths:
        spans = phases_flown(path.history)
        for one, (_, first, last) in zip(path.phases, spans, strict=False):
            rows, name = slice(first, last + 1), f"{path.name}: {one.phase.name}".lstrip(": ")
            pressure = float(np.max(path.history["dynamic_pressure"][rows]))
            lowest = float(np.min(path.history["height"][rows]))
            dragged = np.any(path.history["drag"][rows] > 0.0)
            if one.phase.motion == "powered" and pressure > _FELT and not dragged:
                yield (
                    f"Nothing that flies in phase {name!r} has `aerodynamics`: it felt no air, "
                    f"which pressed with up to {pressure:.3g} Pa."
                )
            if one.phase.motion == "orbit" and lowest < _MOLECULAR:
                yield (
                    f"Phase {name!r} (motion: orbit) came down to {lowest / 1e3:.0f} km; its drag "
                    f"is of free molecular flow, which holds above some {_MOLECULAR / 1e3:.0f} km."
                )


def passed_over(chain: ChainFlown) -> list[str]:
    """A note for each phase that ended as it began, since what ends it held already."""
    return [
        f"Phase {one.phase.name}{f' of {path.name}' if path.name else ''} ended as it began, at "
        f"{float(one.start.t[0]):g} s: what ends it held already."
        for path in chain.paths
        for one in path.phases
        if one.code == OutcomeCode.REACHED and float(one.end.t[0]) <= float(one.start.t[0])
    ]
