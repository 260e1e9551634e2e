"""An arc from whatever holds one: a run folder, or a file of another format.

One table, `INTAKES`: each kind says whether a path is one of its own, and reads it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from yaan import api, orbits
from yaan.access import Search, TabulatedTurning
from yaan.analysis.arcs import interpolation_error
from yaan.base.errors import InputError, Problem, YaanError, quote
from yaan.base.session import computing
from yaan.description.stations import StationSpec
from yaan.flight.models.world import earth_of
from yaan.formats import ElementSets, Oem, Opm, age_notes, arcs_of, read, sgp4_arc
from yaan.formats.arcs import UsableArc
from yaan.mission.checks import check_arc
from yaan.mission.load import load_tree
from yaan.mission.orbit_source import orbit_tree
from yaan.spacetime.arc import ChainedArc, TabulatedArc
from yaan.spacetime.time import Epoch, parse_utc

_DAY: Final = 86_400.0  # [s]


@dataclass(frozen=True)
class Span:
    """What part of an arc is asked for.

    Attributes:
        start: from when; from where the arc begins, if left out.
        duration: how long [s]; to where the arc ends, if left out.
    """

    start: Epoch | None = None
    duration: float | None = None


@dataclass(frozen=True)
class Taken:
    """An arc that was read, with what goes along.

    Attributes:
        search: the arc, how the Earth turns below it, and from when to when it is asked for.
        title: what it is, for people.
        stations: those that it names itself.
        notes: what a reader must know.
    """

    search: Search
    title: str
    stations: tuple[StationSpec, ...] = ()
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Intake:
    """One kind of source."""

    what: str
    """In words, as "a run folder"."""
    is_one: Callable[[Path], bool]
    take: Callable[[Path, Span], Taken]
    """Reads it; what has no end of its own takes the span that is asked for."""


def _is_run(path: Path) -> bool:
    return path.is_dir() or path.name == "summary.json"


def _of_run(path: Path, span: Span) -> Taken:
    del span  # a flight is as long as it is
    flight = api.open(path)
    arc, plan = flight.arc, flight.mission.plan
    note = _interpolated(interpolation_error(arc))
    return Taken(flight.search, plan.title or plan.name, tuple(plan.stations), (note,))


def _is_orbit(path: Path) -> bool:
    return (path / orbits.SUMMARY).is_file() or path.name == orbits.SUMMARY


def _of_orbit(path: Path, span: Span) -> Taken:
    """Over the Earth that it was propagated over, with the stations of its file."""
    del span  # it is as long as it is
    arc = orbits.read_arc(path)
    folder = path if path.is_dir() else path.parent
    spec = check_arc(load_tree(folder / "mission.yaml"))
    earth = spec.environment.earth
    with computing():
        turning = TabulatedTurning(arc.epoch, earth_of(earth, arc.epoch, max(arc.stop, 1.0)))
    search = Search(arc, turning, sky=earth.sky)
    return Taken(search, spec.title or spec.name, tuple(spec.stations))


def _is_file(path: Path) -> bool:
    return path.is_file()


def _of_file(path: Path, span: Span) -> Taken:
    """A file of kind orbit is propagated, and a state likewise; the others are arcs."""
    if path.suffix.lower() in (".yaml", ".yml"):
        begun = parse_utc(str(orbit_tree(path).data["epoch"]))
        made = orbits.propagate(path, days=_days(begun, span))
        notes = (made.text, *made.notes)
        return Taken(made.search(), made.spec.title or made.name, tuple(made.spec.stations), notes)
    record = read(path)
    if isinstance(record, Opm):
        made = orbits.propagate(path, days=_days(record.epoch, span))
        return Taken(made.search(), record.name, (), (made.text, *made.notes))
    if isinstance(record, Oem):
        arcs = arcs_of(record)
        arc = arcs[0] if len(arcs) == 1 else ChainedArc(arcs[0].name, arcs[0].epoch, arcs)
        tables = [one.table if isinstance(one, UsableArc) else one for one in arcs]
        off = max(interpolation_error(one) for one in tables if isinstance(one, TabulatedArc))
        return Taken(Search(arc), record.segments[0].name, (), (_interpolated(off),))
    return _of_sets(path, record, span)


def _days(epoch: Epoch, span: Span) -> float | None:
    """How many days after its epoch a state must be propagated; None: as its file says."""
    if span.duration is None:
        return None
    return (span.duration + (0.0 if span.start is None else max(span.start - epoch, 0.0))) / _DAY


def _interpolated(off: float) -> str:
    return (
        f"Between saved rows the path is within {off:.2g} m (every second row left out and found)."
    )


def _of_sets(path: Path, record: ElementSets, span: Span) -> Taken:
    """By SGP4, from the set whose epoch is nearest to the start."""
    numbers = {one.number for one in record.sets}
    if len(numbers) > 1:
        names = ", ".join(dict.fromkeys(one.name or str(one.number) for one in record.sets))
        expected = "element sets of one craft"
        raise InputError(Problem(str(path), None, "", "", expected, f"it has {names}"))
    start = span.start or max(one.epoch for one in record.sets)
    nearest = min(record.sets, key=lambda one: abs(one.epoch - start))
    stop = start + (_DAY if span.duration is None else span.duration)
    arc = sgp4_arc(nearest, start, stop)
    told = (
        f"By SGP4 from elements of {nearest.epoch.iso()}: a kilometre or so off at their epoch, and"
        " more each day; at 7.5 km/s that is a tenth of a second and more of every time told here."
    )
    notes = (told, *age_notes(nearest, start, stop))
    return Taken(Search(arc), nearest.name or str(nearest.number), (), notes)


INTAKES: Final[tuple[Intake, ...]] = (
    Intake("the folder of an orbit", _is_orbit, _of_orbit),
    Intake("a run folder", _is_run, _of_run),
    Intake("an OEM, OPM, OMM, TLE or file of kind orbit", _is_file, _of_file),
)
"""Every kind of source, asked in turn."""


def take(source: str | Path, span: Span | None = None) -> Taken:
    """The arc of a source, cut to a span.

    Raises:
        InputError: no such source, or one of no known kind.
        YaanError: a source that cannot be read, or a span outside of its arc.
    """
    path, asked = Path(source), span or Span()
    kind = next((one for one in INTAKES if one.is_one(path)), None)
    if kind is None or not os.path.lexists(path):
        expected = " or ".join(one.what for one in INTAKES)
        hint = "" if os.path.lexists(path) else "there is no such file or folder"
        raise InputError(Problem("", None, "", quote(str(source)), expected, hint))
    taken = kind.take(path, asked)
    return replace(taken, search=_cut(taken.search, asked))


def _cut(search: Search, span: Span) -> Search:
    """The search in the part that is asked for."""
    arc = search.arc
    start = arc.start if span.start is None else span.start - arc.epoch
    stop = arc.stop if span.duration is None else min(arc.stop, start + span.duration)
    if not (arc.start <= start < arc.stop):
        raise YaanError(
            f"{arc.name} is known from {(arc.epoch + arc.start).iso()} to"
            f" {(arc.epoch + arc.stop).iso()}: nothing of it begins at {(arc.epoch + start).iso()}"
        )
    return replace(search, start=start, stop=stop)


def arc_from(source: str | Path, *, start: str | None = None, days: float | None = None) -> Search:
    """The arc of a run folder or of a file, for `yaan.access.passes` and `yaan.access.events`.

    Args:
        source: a path.
        start: from when, as "2027-01-15T03:30:00 UTC"; from where it begins, if left out.
        days: for how long; to where it ends, if left out.

    Raises:
        InputError: no such source, or one of no known kind.
        YaanError: a source that cannot be read, or a span outside of its arc.
    """
    begin = None if start is None else parse_utc(start)
    return take(source, Span(begin, None if days is None else days * _DAY)).search
