"""A history as datasets: one row a time to look things up in, and the rows that meet at borders."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray

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
