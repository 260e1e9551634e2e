"""The timeline: events and peaks of every part of a flight, and its largest values."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from yaan.analysis.flown import Climb, Fall, Flown
from yaan.analysis.history import (
    at_row,
    cut_to,
    degrees,
    leg_rows,
    phase_rows,
    phases_flown,
    row_at,
)
from yaan.analysis.orbit import raising_spans
from yaan.description import FreeFlight, PulseSpec
from yaan.design.return_search import ReturnDesign
from yaan.flight.chain import PathFlown
from yaan.results.extremes import Around, Extreme, peak, turning_height, turning_radius
from yaan.results.summary import Event, Peak, Peaks, PressurePeak, RatePeak
from yaan.results.summary_return import LoadPeak
from yaan.results.trajectory import Array, History

FIRST_LOAD: Final = 0.05
"""The load at which an entry is felt first, in standard gravities: Apollo's 0.05 g."""

LEAST_LOAD: Final = 1e-4  # [g0] with less there is no peak of a body to tell
LEAST_PRESSURE: Final = 1.0  # [Pa] likewise

_AT_ONCE: Final = 1e-9  # [s]
_LEAST_RATE: Final = 1e-12  # [rad/s]: with less nothing turns
_LEAST_RISE: Final = 1.0  # [m] of distance: with less an orbit is a circle
_NOISE: Final = 1e-6  # of the rise: what turns back by less has not turned
_MOST_TOLD: Final = 10  # of apogees, and of perigees
_ARC: Final = 3  # rows on either side of a turning that tell where it is
_SMOOTH: Final = (
    "latitude_deg",
    "downrange",
    "speed_relative",
    "speed_inertial",
    "flight_path_angle_inertial_deg",
    "flight_path_angle_relative_deg",
)


def timeline(flown: Flown, *, touched: bool, orbits: bool) -> tuple[Event, ...]:
    """Events and peaks in the order of time, events first.

    `touched`: it has come to the ground. `orbits`: of a body that stays in orbit apogees and
    perigees are told, of others the apex.
    """
    rows: list[Event] = []
    if flown.climb is not None:
        rows += _ascent(flown.climb)
    if flown.return_design is not None:
        rows += _orbit(flown.history, flown.return_design)
    if flown.fall is not None:
        rows += _fall(flown.history, flown.fall, touched=touched)
    if flown.chain is not None and flown.chain.flight is not None:
        rows += _chain(flown.chain.flight)
    if flown.plan.free_flight is not None:
        rows += body_events(flown.plan.free_flight, flown.history, orbits=orbits)
    return tuple(sorted(rows, key=lambda row: (row.time, row.kind)))


def _event(history: History, row: int, after: int, name: str, phase: str = "") -> Event:
    """An event at a row; `after` is the history's row once it has happened."""
    return at_row(
        Event,
        history,
        row,
        name=name,
        phase=phase,
        kind="event",
        mass_before=float(history["mass"][row]),
        mass_after=float(history["mass"][after]),
        radius=None,
    )


def _event_at(history: History, time: float, name: str, phase: str = "") -> Event:
    """An event at `time` [s], which the history has."""
    return _event(history, row_at(history, time, last=False), row_at(history, time), name, phase)


def _peak(history: History, found: Extreme, name: str) -> Event:
    """A peak of the history, told at its own instant."""
    return replace(_event(history, found.row, found.row, name), time=found.time, kind="peak")


def _ascent(climb: Climb) -> Iterator[Event]:
    history, steered = climb.history, climb.steered
    yield _event(history, 0, 0, "ignition")
    spans = leg_rows(history, steered)
    for i, (leg, (_, last)) in enumerate(zip(steered.task.sequence.legs, spans, strict=False)):
        after = spans[i + 1][0] if i + 1 < len(spans) else last
        if leg.event is not None:
            yield _event(history, last, after, leg.event, leg.phase.name)
    for name, column in (
        ("maximum dynamic pressure", "dynamic_pressure"),
        ("maximum load", "load"),
        ("highest point", "height"),
    ):
        found = peak(history["time"], history[column])
        if name != "highest point" or 0 < found.row < len(history) - 1:
            yield _peak(history, found, name)


def _orbit(history: History, design: ReturnDesign) -> Iterator[Event]:
    """Events between separation and the interface."""
    for name, start, duration in raising_spans(design):
        yield _event_at(history, start, f"{name}-ignition", "orbit")
        yield _event_at(history, start + duration, f"{name}-cut-off", "circularise")
    if design.down is not None:
        start, duration = float(design.down.ignition[0]), float(design.down.duration[0])
        yield _event_at(history, start, "deorbit-ignition", "orbit")
        yield _event_at(history, start + duration, "deorbit-cut-off", "deorbit")
        parted = float(design.down.burnt.end.t[0])
        yield _event_at(history, parted, "service-module-separation", "coast-to-entry")


def _fall(history: History, fall: Fall, *, touched: bool) -> Iterator[Event]:
    """Events from the interface to the ground, if it has `touched` that, and peaks between."""
    h, rows = history, phase_rows(history, "entry")
    time, load = h["time"][rows], h["load"][rows]
    yield _event_at(h, float(time[0]), "entry-interface", "entry")
    felt = np.flatnonzero(load >= FIRST_LOAD)
    if len(felt) and felt[0] > 0:
        k = int(felt[0])
        share = (FIRST_LOAD - load[k - 1]) / (load[k] - load[k - 1])
        first = float(time[k - 1] + share * (time[k] - time[k - 1]))
        yield replace(_event_at(h, float(time[k]), "first-load", "entry"), time=first)
    yield _largest(h, rows, "heat_flux_stagnation", "peak-heat-flux", "entry")
    yield _largest(h, rows, "load", "peak-load", "entry")
    yield _event_at(h, float(time[-1]), "entry-end", "entry")
    if touched:
        yield _event_at(h, float(h["time"][-1]), "touchdown", h.phases[int(h["phase"][-1])])
    canopies, parachutes = fall.landed.canopies, fall.entering.capsule.parachutes
    if canopies is None or parachutes is None:
        return
    yield _largest(h, phase_rows(h, "descent"), "load", "peak-opening-load", "descent")
    for i, step in enumerate(parachutes.steps):
        deployed = float(canopies.deployed.time[i])
        if np.isfinite(deployed):
            yield _event_at(h, deployed, step.name, "descent")


def _chain(path: PathFlown) -> Iterator[Event]:
    """Ends of phases, the highest point and peaks of a chain."""
    history, phases = path.history, path.phases
    yield _event(history, 0, 0, "start", phases[0].phase.name)
    for index, _, end in phases_flown(history):
        one = phases[index].phase
        yield _event(history, end, min(end + 1, len(history) - 1), one.event, one.name)
    yield from _apex(history)
    yield from _canopies(path)
    for name, column, least in (
        ("maximum dynamic pressure", "dynamic_pressure", LEAST_PRESSURE),
        ("maximum load", "load", LEAST_LOAD),
    ):
        found = peak(history["time"], history[column])
        if found.value > least:
            yield _peak(history, found, name)


def _canopies(path: PathFlown) -> Iterator[Event]:
    """Deployments of the canopies of a chain."""
    hung = [one for one in path.phases if one.canopies is not None]
    parts = path.parachutes
    if not hung or parts is None or hung[-1].canopies is None:
        return
    for i, step in enumerate(parts.steps):
        deployed = float(hung[-1].canopies.deployed.time[i])
        if np.isfinite(deployed):
            yield _event_at(path.history, deployed, step.name, hung[-1].phase.name)


def _largest(history: History, rows: Array, column: str, name: str, phase: str) -> Event:
    """The row of some where a column is largest."""
    at = rows[np.argmax(history[column][rows])]
    return replace(_event_at(history, float(history["time"][at]), name, phase), kind="peak")


def body_events(free: FreeFlight, history: History, *, orbits: bool) -> Iterator[Event]:
    """Events and peaks of a body's flight, its turning points between two rows."""
    yield _event(history, 0, 0, "start")
    for index, _, end in phases_flown(history):
        name = free.phases[index].name
        yield _event(history, end, min(end + 1, len(history) - 1), f"{name}-end", name)
    for pulse in free.pulses:
        for word, time in zip(("on", "off"), _lasting(free, history, pulse), strict=False):
            if time <= history["time"][-1] + _AT_ONCE:
                yield _event_at(history, time, f"{pulse.name}-{word}")
    yield from _apsides(history) if orbits else _apex(history)
    for name, values, least in (
        ("maximum dynamic pressure", history["dynamic_pressure"], LEAST_PRESSURE),
        ("maximum load", history["load"], LEAST_LOAD),
        ("maximum rate", _rate(history), _LEAST_RATE),
    ):
        found = peak(history["time"], values)
        if 0 < found.row < len(history) - 1 and found.value > least:
            yield _peak(history, found, name)


def _rate(history: History) -> Array:
    """Size of the rate against GCRS [rad/s]."""
    return np.linalg.norm(history["rate_body"], axis=1)


def _lasting(free: FreeFlight, history: History, pulse: PulseSpec) -> tuple[float, ...]:
    """When a pulse came on and went off [s]; one that burns is on while something is left."""
    if not pulse.burns:
        return pulse.from_, pulse.to
    names = list(free.body.configurations)
    columns = np.array([names.index(free.configuration_of(phase)) for phase in free.phases])
    left = history["propellant"][np.arange(len(history)), columns[history["phase"].astype(int)]]
    time = history["time"]
    lit = np.flatnonzero((left > 0.0) & (time >= pulse.from_ - _AT_ONCE) & (time < pulse.to))
    if not len(lit):
        return ()
    dry = np.flatnonzero((left <= 0.0) & (time < pulse.to))
    dry = dry[dry > lit[0]]
    return float(time[lit[0]]), float(time[dry[0]]) if len(dry) else pulse.to


def _apex(history: History) -> Iterator[Event]:
    """The highest point, unless it is the start or the end."""
    apart = _apart(history)
    top = int(np.argmax(history["height"][apart]))
    if 0 < top < len(apart) - 1:
        rows, middle = _arc(history, apart, top)
        rise = _rise(history)
        found = turning_height(history["time"], history["height"], rise, rows, middle)
        yield _turning(history, found, int(apart[top]), "apex")


def _apsides(history: History) -> Iterator[Event]:
    """Where the distance from the Earth's centre is greatest and least, each with its number."""
    apart, position = _apart(history), history["position_gcrs"]
    radius = np.linalg.norm(position, axis=1)
    turns = _turns(radius[apart])
    for name, found in (
        ("apogee", [k for k in turns if radius[apart[k]] >= radius[apart[k - 1]]]),
        ("perigee", [k for k in turns if radius[apart[k]] < radius[apart[k - 1]]]),
    ):
        for number, k in enumerate(found, 1):
            # Of a long flight the first and the last: their numbers say how many lie between.
            if len(found) <= _MOST_TOLD or number in (1, len(found)):
                rows, middle = _arc(history, apart, k)
                velocity = history["velocity_gcrs"]
                turned = turning_radius(history["time"], position, velocity, rows, middle)
                event = _turning(history, turned, int(apart[k]), f"{name}-{number}")
                place = turned.with_rate(history["time"], position, velocity)
                yield replace(event, kind="peak", radius=float(np.linalg.norm(place)))


def _arc(history: History, apart: Array, k: int) -> tuple[Array, int]:
    """The rows about `apart[k]` that no switch parts from it, and its place among them.

    Those beside it are of the arc in any case: the turning lies between them.
    """
    phase, mass = history["phase"], history["mass"]
    row = apart[k]
    same = (phase[apart] == phase[row]) & (mass[apart] == mass[row])
    first, last = k - 1, k + 1
    while first > 0 and same[first - 1] and same[first]:
        first -= 1
        if k - first >= _ARC:
            break
    while last < len(apart) - 1 and same[last + 1] and same[last]:
        last += 1
        if last - k >= _ARC:
            break
    return apart[first : last + 1], k - first


def _rise(history: History) -> Array:
    """Rate of the height [m/s]."""
    return history["speed_relative"] * np.sin(history["flight_path_angle_relative"])


def _apart(history: History) -> Array:
    """The rows that are not at the instant of the row before them."""
    return np.flatnonzero(np.diff(history["time"], prepend=-np.inf) > _AT_ONCE)


def _turns(values: Array) -> list[int]:
    """Where values turn back, without what is the noise of their last digits."""
    rise = float(np.ptp(values))
    if rise < _LEAST_RISE:
        return []
    rising = np.diff(values) >= 0.0
    turns: list[int] = []
    for k in (np.flatnonzero(rising[1:] != rising[:-1]) + 1).tolist():
        if turns and abs(values[k] - values[turns[-1]]) < _NOISE * rise:
            turns.pop()
        else:
            turns.append(k)
    return turns


def _turning(history: History, around: Around, row: int, name: str) -> Event:
    """The event of a path that turns.

    What may jump from row to row, as mass and load, is that of the row before it.
    """
    time = history["time"]
    before = row if around.time >= time[row] else row - 1
    smooth: dict[str, float] = {}
    for field in _SMOOTH:
        scale = 180.0 / np.pi if field.endswith("_deg") else 1.0
        smooth[field] = scale * around.at(time, history[field.removesuffix("_deg")])
    # A longitude may pass the end of its range between two rows.
    east = np.unwrap(history["longitude"][around.rows])
    turned = float(np.degrees(around.along(time, east)))
    return replace(
        _event(history, before, row, name),
        time=around.time,
        height=float(around.with_rate(time, history["height"], _rise(history))),
        longitude_deg=(turned + 180.0) % 360.0 - 180.0,
        **smooth,
    )


def peaks(flown: Flown) -> Peaks:
    """The largest values of an ascent; else of an entry without its canopies, or of a body."""
    if flown.climb is not None:
        return peaks_of(flown.climb.history, flux=True)
    if flown.body is not None:
        return peaks_of(flown.history, turning=True)
    if flown.chain is not None:
        return peaks_of(flown.history, flux=True, high=True)
    return peaks_of(cut_to(flown.history, "entry"))


def peaks_of(
    history: History, *, flux: bool = False, turning: bool = False, high: bool = False
) -> Peaks:
    """The largest values of a history: of a launcher with its heat flux, of what turns its rate.

    `high`: the highest point too, which of what turns is always told.
    """
    h, time = history, history["time"]
    q, load = peak(time, h["dynamic_pressure"]), peak(time, h["load"])
    heat, rate, height = None, None, None
    if flux and "heat_flux" in h:
        found = peak(time, h["heat_flux"])
        heat = Peak(time=found.time, value=found.value)
    if turning:
        found = peak(time, _rate(h))
        rate = RatePeak(time=found.time, value_deg=degrees(found.value))
    if turning or high:
        height = _highest(h)
    # Where there is no air there is no sound in it.
    silent = turning and not h["density"][q.row] > 0.0
    return Peaks(
        dynamic_pressure=PressurePeak(
            time=q.time,
            value=q.value,
            mach=None if silent else float(h["mach"][q.row]),
            height=float(h["height"][q.row]),
        ),
        load=LoadPeak(time=load.time, value_g=load.value),
        heat_flux=heat,
        rate=rate,
        height=height,
    )


def _highest(history: History) -> Peak:
    """The highest point, between the rows where it lies between."""
    for apex in _apex(history):
        return Peak(time=apex.time, value=apex.height)
    row = int(np.argmax(history["height"]))
    return Peak(time=float(history["time"][row]), value=float(history["height"][row]))
