"""What a flight leaves: its summary, its histories and the input that flies it again."""

import numpy as np

from yaan.analysis.attitude import turning_columns
from yaan.analysis.flown import Climb, Flown
from yaan.analysis.guidance import watch_entry
from yaan.analysis.navigated import Looped
from yaan.analysis.summary import summarise
from yaan.flight.chain import ChainFlown
from yaan.results.store import FlightRecord
from yaan.results.trajectory import GROUP_COLUMNS, Array


def record_of(flown: Flown) -> FlightRecord:
    """What a run folder of the flight holds, but for its manifest."""
    summary = summarise(flown)
    groups = {} if flown.climb is None else _profiles(flown.climb)
    groups |= {} if flown.chain is None else _branches(flown.chain)
    groups |= _looped("ascent", flown.climb and flown.climb.looped)
    groups |= _looped("entry", flown.fall and watch_entry(flown.fall))
    text = flown.provenance.text
    return FlightRecord(summary, flown.history, groups, text, commands=flown.commands)


def _looped(part: str, found: Looped | None) -> dict[str, dict[str, Array]]:
    """What guidance and navigation did in a part; nothing where it was flown by time."""
    if found is None:
        return {}
    groups = {f"guidance/{part}": found.guidance}
    return groups if found.navigation is None else groups | {f"navigation/{part}": found.navigation}


def _branches(chain: ChainFlown) -> dict[str, dict[str, Array]]:
    """What each branch knows of itself, but for what is along the stages."""
    known, groups = GROUP_COLUMNS["branch"], dict[str, dict[str, Array]]()
    for path in chain.branches:
        groups[f"branch/{path.name}"] = {
            name: values
            for name, values in path.history.columns.items()
            if name in known and np.isfinite(values).any()
        }
    return groups


def _profiles(climb: Climb) -> dict[str, dict[str, Array]]:
    """The aborts and the history of each profile."""
    groups: dict[str, dict[str, Array]] = {}
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
    if climb.turned is not None:
        groups["turning/ascent"] = turning_columns(climb, climb.turned)
    return groups
