"""What a crew may bear: curves of level against duration, each with the standing of its source.

A limit is data, read from the packaged file `library/limits/crew.yaml` or one like it. Nothing is
filled in: a curve that nobody could obtain is there with no points, so that its axis is reported
as ungraded instead of passing in silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from ruamel.yaml import YAML

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.units import parse

Axis = Literal["+x", "-x", "+y", "-y", "+z", "-z"]
Condition = Literal["fresh", "deconditioned", "emergency"]
Status = Literal["primary", "second-hand", "recalled", "missing"]

SHORTEST = 0.5  # [s] what is shorter is no sustained load but a blow, judged by its response


@dataclass(frozen=True)
class Curve:
    """How long a level of sustained load may last, on one axis of the seat.

    Attributes:
        name: key in the limits file.
        axis: direction of the load; see `yaan.crew.loads` for the signs.
        condition: of the crew, "fresh", "deconditioned" or "emergency"; "all" where it makes no
            difference.
        status: "primary" (read in the issuing document), "second-hand" (read in a text quoting
            it), "recalled" or "missing".
        source: the document, or where to look for it.
        durations: of the points [s], rising; empty if there are none.
        levels: of the points [g0], falling.
    """

    name: str
    axis: Axis
    condition: str
    status: Status
    source: str
    durations: tuple[float, ...] = ()
    levels: tuple[float, ...] = ()

    @property
    def grades(self) -> bool:
        """Whether the curve may grade a load: it has points, and somebody has read them."""
        return bool(self.levels) and self.status in ("primary", "second-hand")

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

        Without end at or below the last point's level, the first point's duration above the
        first point's level.
        """
        level = np.asarray(level, dtype=float)
        rising = np.log10(self.levels[::-1])
        place = np.interp(np.log10(level), rising, np.log10(self.durations[::-1]))
        return np.asarray(np.where(level <= self.levels[-1], np.inf, 10.0**place))


def load_limits(file: Path | None = None) -> tuple[Curve, ...]:
    """The curves of a limits file, the packaged one by default.

    Raises:
        UnitError: a point is not written as a time and an acceleration, as ["5 s", "16 g0"].
        ValueError: the file's schema, or an axis, a status or the order of the points of a curve
            is not what it must be; the message names file and curve.
    """
    source = file or resources.files("yaan") / "library" / "limits" / "crew.yaml"
    data = YAML(typ="safe", pure=True).load(source.read_text(encoding="utf-8"))
    if data.get("schema") != 1:
        raise ValueError(f"{source}: schema {data.get('schema')!r}: expected 1")
    curves = data["sustained_acceleration"]["curves"]
    return tuple(_curve(f"{source}: {name}", name, entry) for name, entry in curves.items())


def _curve(place: str, name: str, entry: Mapping[str, Any]) -> Curve:
    """One curve, checked."""
    for key, known in (("axis", get_args(Axis)), ("status", get_args(Status))):
        if entry[key] not in known:
            raise ValueError(f"{place}: {key} {entry[key]!r}: expected one of {', '.join(known)}")
    points = entry["points"] or []
    durations = tuple(parse(duration, "time") for duration, _ in points)
    # Rounded, so that "7.5 g0" is 7.5 again after its journey through m/s^2.
    levels = tuple(
        round(parse(level, "acceleration") / STANDARD_GRAVITY, 12) for _, level in points
    )
    if np.any(np.diff(durations) <= 0.0) or np.any(np.diff(levels) >= 0.0):
        raise ValueError(f"{place}: durations must rise and levels fall from point to point")
    return Curve(
        name=name,
        axis=entry["axis"],
        condition=str(entry["condition"]),
        status=entry["status"],
        source=str(entry["source"]),
        durations=durations,
        levels=levels,
    )
