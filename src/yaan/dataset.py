"""A history as datasets: one row a time to look things up in, and the rows that meet at borders."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray

from yaan.results.escape import EscapeRecord
from yaan.results.trajectory import COLUMNS, History

if TYPE_CHECKING:
    import pandas

_AXES = ("x", "y", "z")
_PARTS = ("w", "x", "y", "z")


class Trajectory(xarray.Dataset):
    """A dataset over time; as a data frame it has one row a time, and one column a number."""

    __slots__ = ()

    def to_dataframe(self, dim_order: Any = None) -> "pandas.DataFrame":
        """One row a time; vectors are three columns (`position_gcrs_x`), stages one each.

        Args:
            dim_order: for a dataset that has lost its time, as `xarray.Dataset.to_dataframe`.
        """
        if "time" not in self.dims:
            return super().to_dataframe(dim_order)
        flat = dict(self._flat())
        return xarray.Dataset(flat, {"time": self["time"]}).to_dataframe()

    def _flat(self) -> Iterator[tuple[Hashable, xarray.DataArray]]:
        for name, values in self.data_vars.items():
            others = [dimension for dimension in values.dims if dimension != "time"]
            if not others:
                yield name, values.reset_coords(drop=True)
                continue
            labels = values[others[0]].values.tolist()
            for i, label in enumerate(labels):
                yield f"{name}_{label}", values.isel({others[0]: i}).reset_coords(drop=True)


def trajectory(history: History, about: Mapping[str, Any]) -> Trajectory:
    """The history with one row a time, units and frames as attributes; `about` are its own.

    Where two rows meet at one instant, it is that of after: `borders` has both.
    """
    time = history["time"]
    last = np.append(np.diff(time) > 0.0, True)
    rows = np.flatnonzero(last)
    variables = {
        name: (_dimensions(name), values[rows], _attributes(name))
        for name, values in history.columns.items()
        if name != "time"
    }
    return Trajectory(variables, {"time": time[rows]} | _coordinates(history), dict(about))


def borders(history: History, about: Mapping[str, Any]) -> xarray.Dataset:
    """Where phases meet or something switches: each column before and after, along `side`."""
    time, phase = history["time"], history["phase"].astype(int)
    first = np.flatnonzero((np.diff(time) <= 0.0) | (np.diff(phase) != 0))
    sides = np.stack([first, first + 1], axis=1)
    variables: dict[str, Any] = {
        name: (("border", "side", *_dimensions(name)[1:]), values[sides], _attributes(name))
        for name, values in history.columns.items()
        if name not in ("time", "phase")
    }
    names = np.asarray(history.phases, dtype=object)
    variables["phase"] = (("border", "side"), names[phase[sides]])
    coordinates = {"time": ("border", time[first + 1]), "side": ["before", "after"]}
    return xarray.Dataset(variables, coordinates | _coordinates(history), dict(about))


def _dimensions(name: str) -> tuple[str, ...]:
    return COLUMNS[name].dimensions


def _attributes(name: str) -> dict[str, str]:
    column = COLUMNS[name]
    told = {"units": column.unit, "long_name": column.long_name}
    return told | ({"frame": column.frame} if column.frame else {})


def _coordinates(history: History) -> dict[str, Any]:
    """The labels of the dimensions that the history has, time left out."""
    known = {"axis": list(_AXES), "quaternion": list(_PARTS), "stage": list(history.stages)}
    used = {dimension for name in history.columns for dimension in _dimensions(name)}
    return {name: labels for name, labels in known.items() if name in used}


def escape_map(made: EscapeRecord) -> xarray.Dataset:
    """Margins of escape by mode and time, what is worst, and the choice at each instant.

    An instant outside of the window of a mode is NaN there.
    """
    summary, choice = made.summary, made.columns("choice")
    time, names = choice["time"], [one.name for one in summary.modes]
    margin = np.full((len(names), len(time)), np.nan)
    worst = np.full((len(names), len(time)), -1)
    for k, name in enumerate(names):
        columns = made.columns("mode", name)
        at = np.searchsorted(time, columns["time"] - 1e-9)
        margin[k, at], worst[k, at] = columns["margin"], columns["constraint"]
    constraints = np.array(["", *(one.name for one in summary.constraints)])
    modes = np.array(["", *names])
    variables = {
        "margin": (("mode", "time"), margin, {"long_name": "least margin", "units": "1"}),
        "constraint": (("mode", "time"), constraints[worst + 1], {"long_name": "which is least"}),
        "best_margin": ("time", choice["margin"], {"long_name": "of the best mode", "units": "1"}),
        "best_mode": ("time", modes[choice["mode"].astype(int) + 1], {"long_name": "best mode"}),
        "height": ("time", choice["height"], {"long_name": "of the launcher", "units": "m"}),
    }
    about = {"mission": summary.mission, "profile": summary.profile, "sentence": summary.sentence}
    return xarray.Dataset(variables, {"time": time, "mode": names}, about)
