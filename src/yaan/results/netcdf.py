"""Histories as netCDF-4 files: units, frames and long names are attributes of each variable.

Written with h5netcdf alone, so that reading results needs no xarray; xarray and any netCDF tool
read them too. Neither h5netcdf nor h5py says its types: both stay behind `Any`, in this file only.
"""

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import h5netcdf  # pyright: ignore[reportMissingTypeStubs]
import h5py  # pyright: ignore[reportMissingTypeStubs]
import numpy as np

from yaan.base.errors import YaanError
from yaan.results.trajectory import (
    COLUMNS,
    GROUP_COLUMNS,
    Array,
    Column,
    History,
    check_group,
    make_history,
)

Groups = dict[str, dict[str, Array]]

_CONVENTIONS = "CF-1.11"
_ABOUT = ("epoch", "centre", "vehicle")
_AXES = ("x", "y", "z")
_QUATERNION = ("w", "x", "y", "z")


def netcdf_bytes(
    history: History,
    groups: Mapping[str, Mapping[str, Array]],
    attributes: Mapping[str, str],
) -> bytes:
    """The content of a file with the history and its groups.

    It is made in memory, since HDF5 does not always come back from a disk that fills.

    Args:
        history: the flown profile; becomes the root group.
        groups: ``kind/profile`` to columns, see `GROUP_COLUMNS`.
        attributes: texts about the file as a whole.
    """
    checked = {name: check_group(name, columns) for name, columns in groups.items()}
    made = io.BytesIO()
    with cast(Any, h5netcdf).File(made, "w") as file:
        about = {key: getattr(history, key) for key in _ABOUT if getattr(history, key)}
        for key, text in {"Conventions": _CONVENTIONS, **attributes, **about}.items():
            file.attrs[key] = text
        write_columns(file, history.columns, COLUMNS)
        if "axis" in file.dimensions:
            _write_names(file, "axis", _AXES)
        if "quaternion" in file.dimensions:
            _write_names(file, "quaternion", _QUATERNION)
        if "stage" in file.dimensions:
            _write_names(file, "stage", history.stages)
        if "phase" in history and history.phases:
            phase = file.variables["phase"]
            phase.attrs["flag_values"] = np.arange(len(history.phases), dtype=np.int32)
            phase.attrs["flag_meanings"] = " ".join(n.replace(" ", "_") for n in history.phases)
            phase.attrs["names"] = "\n".join(history.phases)
        for name, columns in checked.items():
            write_columns(file.create_group(name), columns, GROUP_COLUMNS[name.split("/")[0]])
    return made.getvalue()


def read_netcdf(path: Path) -> tuple[History, Groups]:
    """Read a file of what `netcdf_bytes` made.

    Raises:
        YaanError: if the file is not one of ours, or damaged.
    """
    try:
        return _read(path)
    except YaanError as error:
        raise YaanError(f"{path} is damaged. {error}") from error
    except Exception as error:  # bytes that are wrong fail anywhere in HDF5, and as anything
        raise YaanError(
            f"{path} is not a readable netCDF-4 file of a flight: it is cut, or no such file."
        ) from error


def _read(path: Path) -> tuple[History, Groups]:
    with cast(Any, h5netcdf).File(path, "r") as file:
        variables: Any = file.variables
        columns = {name: _values(variables[name]) for name in COLUMNS if name in variables}
        stages = _names(variables["stage"]) if "stage" in variables else ()
        phases = str(variables["phase"].attrs.get("names", "")) if "phase" in columns else ""
        groups: Groups = {}
        for kind, catalogue in GROUP_COLUMNS.items():
            members: Any = file.groups[kind].groups if kind in file.groups else {}
            for profile in members:
                found: Any = members[profile].variables
                groups[f"{kind}/{profile}"] = {
                    name: _values(found[name]) for name in catalogue if name in found
                }
        about = {key: str(file.attrs[key]) for key in _ABOUT if key in file.attrs}
    history = make_history(columns, stages=stages, phases=phases.splitlines())
    return replace(history, **about), groups


def write_columns(
    group: Any, columns: Mapping[str, Array], catalogue: Mapping[str, Column]
) -> None:
    """Write columns into a group, with the dimensions, units and names of the catalogue."""
    for name, array in columns.items():
        column = catalogue[name]
        for dimension, size in zip(column.dimensions, array.shape, strict=True):
            if dimension not in group.dimensions:
                group.dimensions[dimension] = size
        variable = group.create_variable(name, column.dimensions, array.dtype, data=array)
        variable.attrs["units"] = column.unit
        variable.attrs["long_name"] = column.long_name
        if column.frame:
            variable.attrs["frame"] = column.frame


def _write_names(group: Any, dimension: str, names: tuple[str, ...]) -> None:
    text = cast(Any, h5py).string_dtype("utf-8")
    variable: Any = group.create_variable(dimension, (dimension,), text)
    for index, name in enumerate(names):
        variable[index] = name


def _values(variable: Any) -> Array:
    return np.asarray(variable[...])


def _names(variable: Any) -> tuple[str, ...]:
    values: list[Any] = list(variable[...])
    return tuple(v.decode("utf-8") if isinstance(v, bytes) else str(v) for v in values)
