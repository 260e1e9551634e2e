"""What is read from a history: the rows of phases, and records of what stands at a row."""

from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from yaan.design.steer import Steered
from yaan.results.summary_ascent import Elements as OrbitElements
from yaan.results.trajectory import History
from yaan.spacetime.elements import Elements

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Record = TypeVar("_Record", bound="DataclassInstance")


def degrees(angle: ArrayLike) -> float:
    """Radians as degrees, a plain number."""
    return float(np.degrees(angle))


def at_row(kind: type[_Record], history: History, row: int, /, **rest: object) -> _Record:
    """A record of what a history has at a row, but for the fields that `rest` gives.

    A field is the column of its name, in degrees where it ends in `_deg`; `load_g` is the load.
    """
    read = {f.name: _read(history, row, f.name) for f in fields(kind) if f.name not in rest}
    return kind(**read, **rest)


def _read(history: History, row: int, name: str) -> float | tuple[float, ...]:
    if name.endswith("_deg"):
        return degrees(history[name.removesuffix("_deg")][row])
    value = history[name.removesuffix("_g")][row]
    return tuple(value.tolist()) if np.ndim(value) else float(value)


def row_at(history: History, time: float, *, last: bool = True) -> int:
    """The last row at or before `time` [s], or the first at or after it."""
    if last:
        return max(int(np.searchsorted(history["time"], time + 1e-6, side="right")) - 1, 0)
    found = int(np.searchsorted(history["time"], time - 1e-6, side="left"))
    return min(found, len(history) - 1)


def phase_rows(history: History, *names: str) -> np.ndarray:
    """Rows of the named phases."""
    wanted = [history.phases.index(name) for name in names if name in history.phases]
    return np.flatnonzero(np.isin(history["phase"], wanted))


def cut_to(history: History, *names: str) -> History:
    """The rows of the named phases, as a history."""
    return history.rows(phase_rows(history, *names))


def phases_flown(history: History) -> list[tuple[int, int, int]]:
    """Phase, first row and last row of each phase that was flown."""
    phases = range(len(history.phases))
    spans = ((index, np.flatnonzero(history["phase"] == index)) for index in phases)
    return [(index, int(rows[0]), int(rows[-1])) for index, rows in spans if len(rows)]


def leg_rows(history: History, steered: Steered) -> list[tuple[int, int]]:
    """First and last row of each leg of an ascent that was flown."""
    label = np.asarray(steered.lane.tape.label)[: len(history)]
    legs = (np.flatnonzero(label == i) for i in range(len(steered.task.sequence.legs)))
    return [(int(rows[0]), int(rows[-1])) for rows in legs if len(rows)]


def elements_record(e: Elements, frame: str) -> OrbitElements:
    """Osculating elements, and what they are against."""
    return OrbitElements(
        perigee=float(e.perigee),
        apogee=float(e.apogee),
        inclination_deg=degrees(e.inclination),
        raan_deg=degrees(e.right_ascension),
        argument_of_perigee_deg=degrees(e.argument_of_perigee),
        true_anomaly_deg=degrees(e.true_anomaly),
        semi_major_axis=float(e.semi_major_axis),
        eccentricity=float(e.eccentricity),
        frame=frame,
    )
