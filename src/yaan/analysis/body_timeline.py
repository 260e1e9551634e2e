"""The timeline of a body's flight: events and peaks, the turning points between two rows."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from yaan.analysis.body_budget import legs_of
from yaan.analysis.event import entry, event, in_time, told_peak
from yaan.description import FreeFlight, PulseSpec
from yaan.results.extremes import Around, peak, turning_height, turning_radius
from yaan.results.trajectory import Array, History

LEAST_LOAD: Final = 1e-4  # [g0] with less there is no peak to tell
LEAST_PRESSURE: Final = 1.0  # [Pa] likewise

_AT_ONCE: Final = 1e-9  # [s]
_LEAST_RATE: Final = 1e-12  # [rad/s]: with less nothing turns
_LEAST_RISE: Final = 1.0  # [m] of distance: with less an orbit is a circle
_NOISE: Final = 1e-6  # of the rise: what turns back by less has not turned
_MOST_TOLD: Final = 10  # of apogees, and of perigees
_ARC: Final = 3  # rows on either side of a turning that tell where it is
_SMOOTH: Final = (
    ("latitude_deg", "latitude", 180.0 / np.pi),
    ("downrange", "downrange", 1.0),
    ("speed_relative", "speed_relative", 1.0),
    ("speed_inertial", "speed_inertial", 1.0),
    ("flight_path_angle_deg", "flight_path_angle_inertial", 180.0 / np.pi),
    ("flight_path_angle_relative_deg", "flight_path_angle_relative", 180.0 / np.pi),
)


def timeline(free: FreeFlight, history: History, *, orbits: bool) -> list[dict[str, Any]]:
    """Events and peaks in the order of time.

    `orbits`: the body stays in orbit, so that its apogees and perigees are told; else its apex.
    """
    rows = [entry(history, 0, 0, "start", "", "event"), *_ends(free, history)]
    for pulse in free.pulses:
        for word, time in zip(("on", "off"), _lasting(free, history, pulse), strict=False):
            if time <= history["time"][-1] + _AT_ONCE:
                rows.append(event(history, time, f"{pulse.name}-{word}", ""))
    rows += _apsides(history) if orbits else _apex(history)
    rows += _peaks(history)
    return in_time(rows)


def rate_of(history: History) -> Array:
    """Size of the rate against GCRS [rad/s]."""
    return np.linalg.norm(history["rate_body"], axis=1)


def highest(history: History) -> tuple[float, float]:
    """Time [s] and height [m] of the highest point, between the rows where it lies between."""
    apex = [(row["time"], row["height"]) for row in _apex(history)]
    if apex:
        return apex[0]
    row = int(np.argmax(history["height"]))
    return float(history["time"][row]), float(history["height"][row])


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


def _ends(free: FreeFlight, history: History) -> Iterator[dict[str, Any]]:
    for index, _, end in legs_of(history):
        name = free.phases[index].name
        yield entry(history, end, min(end + 1, len(history) - 1), f"{name}-end", name, "event")


def _peaks(history: History) -> Iterator[dict[str, Any]]:
    for name, values, least in (
        ("maximum dynamic pressure", history["dynamic_pressure"], LEAST_PRESSURE),
        ("maximum load", history["load"], LEAST_LOAD),
        ("maximum rate", rate_of(history), _LEAST_RATE),
    ):
        found = peak(history["time"], values)
        if 0 < found.row < len(history) - 1 and found.value > least:
            yield told_peak(history, found, name)


def _apex(history: History) -> Iterator[dict[str, Any]]:
    """The highest point, unless it is the start or the end."""
    apart = _apart(history)
    top = int(np.argmax(history["height"][apart]))
    if 0 < top < len(apart) - 1:
        rows, middle = _arc(history, apart, top)
        rise = _rise(history)
        found = turning_height(history["time"], history["height"], rise, rows, middle)
        yield _turning(history, found, int(apart[top]), "apex", "event")


def _apsides(history: History) -> Iterator[dict[str, Any]]:
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
                told = _turning(history, turned, int(apart[k]), f"{name}-{number}", "peak")
                place = turned.with_rate(history["time"], position, velocity)
                yield told | {"radius": float(np.linalg.norm(place))}


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
    kept: list[int] = []
    for k in (np.flatnonzero(rising[1:] != rising[:-1]) + 1).tolist():
        if kept and abs(values[k] - values[kept[-1]]) < _NOISE * rise:
            kept.pop()
        else:
            kept.append(k)
    return kept


def _turning(history: History, around: Around, row: int, name: str, kind: str) -> dict[str, Any]:
    """The row of the timeline where a path turns.

    What may jump from row to row, as mass and load, is that of the row before it.
    """
    time = history["time"]
    told = entry(history, row if around.time >= time[row] else row - 1, row, name, "", kind)
    for key, column, scale in _SMOOTH:
        told[key] = scale * around.at(time, history[column])
    told["height"] = float(around.with_rate(time, history["height"], _rise(history)))
    # A longitude may pass the end of its range between two rows.
    east = np.unwrap(history["longitude"][around.rows])
    turned = np.degrees(around.along(time, east))
    return told | {"time": around.time, "longitude_deg": (float(turned) + 180.0) % 360.0 - 180.0}
