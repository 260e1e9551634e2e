"""Several runs in one figure: each quantity a panel, each run a colour that it keeps throughout."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from yaan.report.figures.histories import thinned
from yaan.report.figures.legend import legend
from yaan.report.figures.maps import paths_over_ground
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.quantities import Shown, largest, shown
from yaan.report.figures.style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    Array,
    Figure,
    Json,
    safe,
    values,
)
from yaan.report.text import clock, label, number
from yaan.results import History
from yaan.results.summary import Event

COLOURS: Final = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
_DARK: Final = ("#4aa9e9", "#f58442", "#2fc296", "#dd98c0", "#e8ab2e", "#78c6f2")
_DASHES: Final = ("solid", "dash", "dot")
_HOURS: Final = 3.0 * 3600.0  # [s]; what lasts longer is drawn in hours
_RADIUS: Final = 6.371e6  # [m], mean, of the Earth

_MOTION: Final = (
    "height",
    "speed_relative",
    "speed_inertial",
    "flight_path_angle_relative",
    "mass",
    "propellant",
    "thrust",
)
_AIR: Final = (
    "load",
    "dynamic_pressure",
    "mach",
    "heat_flux",
    "heat_flux_stagnation",
    "wall_temperature",
    "angle_of_attack",
    "bank",
    "parachute_load",
)


@dataclass(frozen=True)
class Flown:
    """The rows of one run that a figure shows.

    Attributes:
        name: of the run.
        place: of the run among all, which is its colour.
        history: its rows.
        start: the time that it counts from here [s].
        events: of these rows.
    """

    name: str
    place: int
    history: History
    start: float
    events: tuple[Event, ...] = ()

    @property
    def colour(self) -> str:
        """Its colour, the same in every figure."""
        return colour(self.place)

    @property
    def dash(self) -> str:
        """Its dash, which tells curves apart that lie on each other."""
        return _DASHES[(self.place + self.place // len(COLOURS)) % len(_DASHES)]


@dataclass(frozen=True)
class Part:
    """A part of the flight that several runs have.

    Attributes:
        name: in the names of its figures.
        words: what it is, as it stands in a sentence.
        since: what its time counts from.
        runs: of it.
        absent: names of the runs without it.
    """

    name: str
    words: str
    since: str
    runs: tuple[Flown, ...]
    absent: tuple[str, ...] = ()


def colour(place: int) -> str:
    """The colour of the run at `place`."""
    return COLOURS[place % len(COLOURS)]


def css_colour(place: int) -> str:
    """The same as a style of what stands in the page, on light paper and on dark."""
    light, dark = colour(place), _DARK[place % len(_DARK)]
    return f"color:{light};color:light-dark({light},{dark})"  # the first for older browsers


def motion(part: Part) -> Figure | None:
    """Height, speeds, flight-path angle, mass, propellant and thrust against time."""
    return _against_time(part, "motion", _MOTION, f"Motion of {part.words}")


def air(part: Part) -> Figure | None:
    """Load, dynamic pressure, heat, angle of attack, bank, and the load of canopies."""
    return _against_time(part, "air", _AIR, f"What acts in {part.words}")


def path(part: Part) -> Figure | None:
    """Height against distance over ground."""
    needed = ("height", "latitude", "longitude")
    runs = [run for run in part.runs if all(name in run.history for name in needed)]
    if len(runs) < 2:
        return None
    far = max(_travel(run).max() for run in runs)
    high = max(largest(run.history["height"]) for run in runs)
    along, up = shown("downrange", far), shown("height", high)
    curves = tuple(
        Curve(
            run.name,
            run.history["height"] / up.scale,
            run.colour,
            run.dash,
            against=_travel(run) / along.scale,
        )
        for run in (_short(run, len(runs)) for run in runs)
    )
    panel = Panel("Height", up.unit, curves, up.digits, floor=0.0, keyed=False)
    told = "; ".join(
        f"{run.name} {number(float(_travel(run)[-1]) / along.scale, 1)} {along.unit}"
        for run in runs
    )
    words = Words(
        f"{part.name}-path",
        f"Height against distance over ground of {part.words}; it ends after: {told}.",
        f"The path of {part.words} in height and distance over ground, the vertical scale"
        f" stretched.{_lacking(part, runs)}",
    )
    title = f"Distance over ground from the start of {part.words}, {along.unit}"
    hover = f"%{{x:,.1f}} {along.unit} over ground"
    axis = Axis((0.0, far / along.scale * 1.01), title, hover)
    return legend(stack(words, [panel], [], [], axis, (230, 190)), runs)


def track(part: Part) -> Figure | None:
    """The paths over ground on one map."""
    runs = [run for run in part.runs if "latitude" in run.history and "longitude" in run.history]
    if len(runs) < 2:
        return None
    drawn = [_short(run, len(runs)) for run in runs]
    found = paths_over_ground(
        f"{part.name}-track",
        [(run.name, run.colour, run.history) for run in drawn],
        f"Ground tracks of {part.words}; a circle where each begins, a square where it"
        f" ends.{_lacking(part, runs)}",
    )
    return legend(found, runs)


def _against_time(part: Part, name: str, names: Sequence[str], title: str) -> Figure | None:
    runs = [_short(run, len(part.runs)) for run in part.runs]
    ends = [float(run.history["time"][-1]) - run.start for run in runs]
    starts = [float(run.history["time"][0]) - run.start for run in runs]
    scale, unit = (3600.0, "h") if max(ends) > _HOURS else (1.0, "s")
    panels = [made for key in _without_doubles(runs, names) if (made := _panel(runs, key, scale))]
    if not panels:
        return None
    told = "; ".join(_peaks(panel) for panel in panels)
    lacks = "".join(
        f" {panel.words}: not of {_names(missing)}."
        for panel in panels
        if (missing := [r.name for r in runs if r.name not in {c.name for c in panel.curves}])
    )
    words = Words(
        f"{part.name}-{name}",
        f"{title}, each run a curve; largest: {told}.",
        f"{title}.{_dots(part, panels)}{_lacking(part, part.runs)}{lacks}",
    )
    axis = Axis(
        (min(starts) / scale, (1.01 * max(ends) - 0.01 * min(starts)) / scale),
        f"Time since {part.since}, {unit}",
        f"%{{x:,.{1 if unit == 's' else 3}f}} {unit} since {part.since}",
    )
    figure = stack(words, panels, [], [], axis, (116, 96))
    if panels[0].words == "Height":
        figure.data.extend(_marks(run, scale, panels[0]) for run in runs if run.events)
    return legend(figure, runs)


def _without_doubles(runs: Sequence[Flown], names: Sequence[str]) -> list[str]:
    """The names, but for the free stream's heat flux where the nose's is known."""
    nose = any(_known(run.history, "heat_flux_stagnation") for run in runs)
    return [name for name in names if not (nose and name == "heat_flux")]


def _panel(runs: Sequence[Flown], key: str, scale: float) -> Panel | None:
    """The panel of a column, with the curves of the runs that have it; None where it says nothing.

    Args:
        runs: to be drawn.
        key: the column.
        scale: that times are divided by.
    """
    found = [(run, _column(run.history, key)) for run in runs if _known(run.history, key)]
    if not found:
        return None
    bounds = [edge for _, v in found for edge in (float(np.nanmin(v)), float(np.nanmax(v)))]
    if max(bounds) - min(bounds) <= 1e-9 * max(map(abs, bounds), default=0.0):
        return None  # one constant for all of them is no news
    look = shown(key, max(map(abs, bounds)))
    curves = tuple(
        Curve(
            run.name,
            column / look.scale,
            run.colour,
            run.dash,
            against=(run.history["time"] - run.start) / scale,
        )
        for run, column in found
    )
    said = "Propellant, all stages" if key == "propellant" else look.words
    floor = 0.0 if min(bounds) >= 0.0 else None
    log = _exponents(curves) if key == "heat_flux" else None
    if log is not None:
        curves = tuple(replace(c, values=_positive(np.asarray(c.values), log)) for c in curves)
    return Panel(said, look.unit, curves, look.digits, log=log, floor=floor, keyed=False)


def _known(history: History, key: str) -> bool:
    return key in history and bool(np.isfinite(history[key]).any())


def _column(history: History, key: str) -> Array:
    column = np.asarray(history[key], dtype=float)
    if key == "propellant":
        return np.asarray(np.nansum(column, axis=1))
    if key == "flight_path_angle_relative" and "speed_relative" in history:
        # A vehicle that stands has no direction; its angle would be noise.
        return np.where(history["speed_relative"] > 1.0, column, np.nan)
    return column


def _exponents(curves: Sequence[Curve]) -> tuple[float, float] | None:
    """The range of a logarithmic axis, six decades at most."""
    top = max(largest(np.asarray(curve.values)) for curve in curves)
    if top <= 0.0:
        return None
    high = float(np.log10(top))
    return max(high - 6.0, -2.0), high + 0.2


def _positive(column: Array, log: tuple[float, float]) -> Array:
    return np.where(column > 10.0 ** log[0], column, np.nan)


def _marks(run: Flown, scale: float, panel: Panel) -> Json:
    """The events of a run as circles on its height."""
    look = Shown(panel.words, panel.unit, 1e3 if panel.unit == "km" else 1.0, panel.digits)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{run.name}, events",
        "x": values([(event.time - run.start) / scale for event in run.events]),
        "y": values([event.height / look.scale for event in run.events]),
        "yaxis": "y",
        "text": [f"{safe(label(event.name))}, {clock(event.time)}" for event in run.events],
        "hovertemplate": f"{safe(run.name)}: %{{text}}<extra></extra>",
        "marker": {"size": 6, "color": "#ffffff", "line": {"color": run.colour, "width": 1.6}},
    }


def _dots(part: Part, panels: Sequence[Panel]) -> str:
    """The words for the circles, where there are any."""
    if panels[0].words != "Height" or not any(run.events for run in part.runs):
        return ""
    return " Circles are events; point at one for its name."


def _peaks(panel: Panel) -> str:
    """The largest value of each curve of a panel, in words."""
    pairs = [
        f"{curve.name} {number(float(np.nanmax(np.asarray(curve.values))), panel.digits)}"
        for curve in panel.curves
    ]
    return f"{panel.words.lower()} {', '.join(pairs)} {panel.unit}".rstrip()


def _lacking(part: Part, runs: Sequence[Flown]) -> str:
    """Which runs are not drawn, as a sentence; empty where all are."""
    names = [run.name for run in part.runs if run.place not in {one.place for one in runs}]
    names += part.absent
    return f" Not drawn, for they have none: {_names(names)}." if names else ""


def _names(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]


def _travel(run: Flown) -> Array:
    """Distance over ground from where the rows begin [m]."""
    if "downrange" in run.history and run.history["downrange"][0] == 0.0:
        return run.history["downrange"]
    # That column is from the start of the whole flight: great circles from the first row here.
    north, east = run.history["latitude"], run.history["longitude"]
    half = np.sin((north - north[0]) / 2.0) ** 2
    half = half + np.cos(north[0]) * np.cos(north) * np.sin((east - east[0]) / 2.0) ** 2
    return 2.0 * _RADIUS * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))


def _short(run: Flown, count: int) -> Flown:
    """The run with fewer rows, the more runs the fewer."""
    rows = thinned(run.history, max(5000 // count, 500))
    return run if rows is None else replace(run, history=rows)


MAKERS: Final[tuple[Callable[[Part], Figure | None], ...]] = (motion, air, path, track)
"""The figures of a part, in the order of reading."""
