"""What a crew may bear: curves of level against duration, each with the standing of its source.

A limit is data: the packaged ones of `library/limits/crew.yaml`, and those of a user's own file
over them. Document, clause, revision, standing and how it was read are fields of their own. Nothing
is filled in: a curve that nobody could obtain is there with no points, so that its axis is reported
as ungraded instead of passing in silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from ruamel.yaml import YAML

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.units import parse

Axis = Literal["+x", "-x", "+y", "-y", "+z", "-z"]
Turning = Literal["rate", "acceleration", "transient_acceleration"]
Condition = Literal["fresh", "deconditioned", "emergency"]
Status = Literal["primary", "second-hand", "recalled", "missing"]
Level = Literal["very-low", "low", "moderate", "high"]

SHORTEST = 0.5  # [s] what is shorter is no sustained load but a blow, judged by its response
SHORTEST_TURN = 1e-3  # [s] a transient angular acceleration is held for longer than this

GRADING: Final = ("primary", "second-hand")
"""Standings of a limit that grades."""


def cited(document: str, revision: str, clause: str, source: str) -> str:
    """Where a limit stands, and how it was read, in one line; what is not known is left out."""
    issue = f"{document} Rev {revision}" if document and revision else document
    return ", ".join(part for part in (issue, clause, source) if part)


@dataclass(frozen=True)
class Curve:
    """How long a level may last: of sustained load on one axis of the seat, or of turning.

    Attributes:
        name: key in the limits file.
        axis: direction of the load, see `yaan.crew.loads` for the signs; or what turns.
        condition: of the crew, "fresh", "deconditioned" or "emergency"; "all" where it makes no
            difference.
        status: "primary" (read in the issuing document), "second-hand" (read in a text quoting
            it), "recalled" or "missing".
        source: how it was read, or where to look for it.
        durations: of the points [s], rising; empty if there are none.
        levels: of the points, falling: loads [g0], rates [rad/s], accelerations [rad/s2].
        document: that says so.
        clause: of the document.
        revision: of the document.
    """

    name: str
    axis: Axis | Turning
    condition: str
    status: Status
    source: str
    durations: tuple[float, ...] = ()
    levels: tuple[float, ...] = ()
    document: str = ""
    clause: str = ""
    revision: str = ""

    @property
    def cited(self) -> str:
        """Document, revision, clause and how it was read, in one line."""
        return cited(self.document, self.revision, self.clause, self.source)

    @property
    def shortest(self) -> float:
        """What lasts no longer [s] is not graded by this curve."""
        return SHORTEST_TURN if self.axis == "transient_acceleration" else SHORTEST

    @property
    def grades(self) -> bool:
        """Whether the curve may grade a load: it has points, and somebody has read them."""
        return bool(self.levels) and self.status in GRADING

    def allowed_level(self, duration: float | ArrayLike) -> NDArray[np.float64]:
        """Level [g0] that may be borne for `duration` [s] > 0, of any shape.

        Straight in log(duration) against log(level) between the points; flat beyond the last (an
        assumption: the standard draws no further) and before the first.
        """
        place = np.log10(np.asarray(duration, dtype=float))
        level = np.interp(place, np.log10(self.durations), np.log10(self.levels))
        return np.asarray(10.0**level)

    def allowed_duration(self, level: float | ArrayLike) -> NDArray[np.float64]:
        """Time [s] for which `level` [g0] > 0 may be borne, of any shape.

        Without end at or below the last point's level. Above the first point's level, which
        `allowed_level` allows for no time at all, what is too short to be graded.
        """
        level = np.asarray(level, dtype=float)
        rising = np.log10(self.levels[::-1])
        place = np.interp(np.log10(level), rising, np.log10(self.durations[::-1]))
        time = np.where(level <= self.levels[-1], np.inf, 10.0**place)
        above = min(self.durations[0], self.shortest)
        return np.asarray(np.where(level > self.levels[0], above, time))


@dataclass(frozen=True)
class Oscillator:
    """The body along one axis of the seat, as a mass on a damped spring.

    Attributes:
        frequency: undamped natural frequency [rad/s].
        damping: ratio to the critical [1].
    """

    frequency: float
    damping: float


@dataclass(frozen=True)
class ResponseLimits:
    """What a blow may do: Brinkley's oscillators and the responses that each level allows.

    Attributes:
        oscillators: of the seat's x, y and z.
        levels: by name, the least and the greatest response [g0] of x, y and z.
        deconditioned: by which a deconditioned crew's are multiplied [1].
        status: the worse of those of the oscillators and the levels.
        source: of both, with document and clause.
        weaker_status: of `deconditioned`.
    """

    oscillators: tuple[Oscillator, Oscillator, Oscillator]
    levels: Mapping[Level, tuple[tuple[float, float], ...]]
    deconditioned: float
    status: Status
    source: str
    weaker_status: Status

    def grades(self, condition: Condition) -> bool:
        """Whether somebody has read what grades a crew of a condition; it stays a screening."""
        standings: list[Status] = [self.status]
        if condition == "deconditioned":
            standings.append(self.weaker_status)
        return worse(*standings) in GRADING


@dataclass(frozen=True)
class Limits:
    """Every limit that a crew is graded by.

    Attributes:
        curves: of sustained load along the axes of the seat.
        turning: of rate and angular acceleration.
        response: to blows.
    """

    curves: tuple[Curve, ...]
    turning: tuple[Curve, ...]
    response: ResponseLimits

    def overlaid(
        self,
        curves: Sequence[Curve],
        turning: Sequence[Curve] = (),
        response: ResponseLimits | None = None,
    ) -> "Limits":
        """The same with others of a user's: they replace those of their axis and condition.

        One for "all" conditions replaces every one of its axis.
        """
        return Limits(
            _overlaid(self.curves, curves),
            _overlaid(self.turning, turning),
            response or self.response,
        )


def _overlaid(known: Sequence[Curve], own: Sequence[Curve]) -> tuple[Curve, ...]:
    replaced = {(one.axis, one.condition) for one in own}
    left = [
        one
        for one in known
        if (one.axis, one.condition) not in replaced and (one.axis, "all") not in replaced
    ]
    return (*own, *left)


def fitting(curves: Sequence[Curve], axis: Axis | Turning, condition: Condition) -> Curve:
    """The curve of an axis and a condition; of several that of the best standing, then the closest.

    Without one, a missing curve of no name.
    """
    known = get_args(Status)
    found = [one for one in curves if one.axis == axis and one.condition in (condition, "all")]
    found.sort(key=lambda one: (known.index(one.status), one.condition == "all"))
    none = Curve("", axis, condition, "missing", "not among the limits given")
    return found[0] if found else none


def load_limits() -> Limits:
    """The packaged limits, of `library/limits/crew.yaml`.

    Its format is that of a user's own file, which `yaan.description.limits` checks.
    """
    file = resources.files("yaan") / "library" / "limits" / "crew.yaml"
    data = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    loads, turning = data["sustained_acceleration"]["curves"], data["rotation"]
    return Limits(
        tuple(_curve(name, entry, entry["axis"], "acceleration") for name, entry in loads.items()),
        tuple(
            _curve(name, entry, axis, dimension)
            for axis, dimension in _TURNING.items()
            for name, entry in turning[axis].items()
        ),
        _response(data["dynamic_response"]),
    )


_TURNING: Final[Mapping[Turning, str]] = {
    "rate": "angular rate",
    "acceleration": "angular acceleration",
    "transient_acceleration": "angular acceleration",
}
"""Dimensions of the levels of what turns."""


def _curve(name: str, entry: Mapping[str, Any], axis: Axis | Turning, dimension: str) -> Curve:
    points = entry["points"] or []
    unit = STANDARD_GRAVITY if dimension == "acceleration" else 1.0
    return Curve(
        name=name,
        axis=axis,
        condition=entry["condition"],
        status=entry["status"],
        source=entry["source"],
        durations=tuple(parse(duration, "time") for duration, _ in points),
        # Rounded, so that "7.5 g0" is 7.5 again after its journey through m/s^2.
        levels=tuple(round(parse(level, dimension) / unit, 12) for _, level in points),
        document=entry["document"],
        clause=entry.get("clause", ""),
        revision=entry.get("revision", ""),
    )


def _response(data: Mapping[str, Any]) -> ResponseLimits:
    masses, levels, weaker = data["oscillators"], data["levels"], data["deconditioned"]
    x, y, z = (
        Oscillator(parse(masses[axis]["frequency"], "angular rate"), masses[axis]["damping"])
        for axis in "xyz"
    )
    return ResponseLimits(
        (x, y, z),
        {
            name: tuple((least, greatest) for least, greatest in (levels[name][a] for a in "xyz"))
            for name in get_args(Level)
        },
        weaker["factor"],
        worse(masses["status"], levels["status"]),
        "; ".join(
            cited(one["document"], one.get("revision", ""), one.get("clause", ""), one["source"])
            for one in (masses, levels)
        ),
        weaker["status"],
    )


def worse(*standings: Status) -> Status:
    """The worst of some standings."""
    return max(standings, key=get_args(Status).index)
