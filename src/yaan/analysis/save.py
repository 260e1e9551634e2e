"""The run folder of a flight: written whole, nothing finished is lost."""

from pathlib import Path
from typing import Any

import numpy as np

from yaan.analysis.flown import Climb, Flown
from yaan.results.store import (
    new_run_folder,
    telling_kept,
    write_flight,
    write_manifest,
    write_text,
)
from yaan.results.summary import Summary


def save(
    flown: Flown,
    summary: Summary,
    timings: dict[str, float],
    parent: Path,
) -> Path:
    """Write input, history and summary into a new run folder below `parent`.

    The summary comes last: a folder that has it can be read, compared and reported.

    Raises:
        OutputError: if a file cannot be written; it says what is kept.
    """
    folder = new_run_folder(parent, flown.plan.name)
    resolved = flown.provenance.text
    with telling_kept(folder):
        write_text(folder / "mission.yaml", resolved)
        write_manifest(
            folder,
            yaan=summary.yaan,
            inputs={"mission.yaml": resolved.encode("utf-8")},
            timings=timings,
        )
        write_flight(folder, summary, flown.history, _groups(flown.climb))
    return folder


def _groups(climb: Climb | None) -> dict[str, dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    if climb is None:
        return groups
    for name, fall in climb.aborts.items():

        def known(load: np.ndarray, flown: np.ndarray = fall.flown) -> np.ndarray:
            return np.where(flown, load, np.nan)

        groups[f"abort/{name}"] = {
            "time": fall.time,
            "release_load": known(fall.release_load),
            "peak_load": known(fall.peak_load),
            "later_load": known(fall.later_load),
            "canopies": fall.low.astype(int),
            "outcome": np.where(fall.landed, 0, np.where(fall.flown, 1, 7)),
        }
    for name, history in climb.histories.items():
        columns = ("time", "height", "speed_inertial", "load", "dynamic_pressure")
        groups[f"profiles/{name}"] = {column: history[column] for column in columns}
    return groups
