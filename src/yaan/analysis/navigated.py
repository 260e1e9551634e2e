"""What navigation was out by along a flight, against the covariance that it told of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yaan.gnc.inertial import Inertial
from yaan.gnc.navigation import AbstractNavigator
from yaan.results.consistency import consistency
from yaan.results.summary_guidance import Navigation

Array = NDArray[np.float64]
Columns = dict[str, Array]

_NOW = 1e-9  # [s]


@dataclass(frozen=True)
class Looped:
    """What a guided part has recorded, as groups of columns."""

    guidance: Columns
    navigation: Columns | None
    told: Navigation | None


def navigation_columns(
    navigator: AbstractNavigator, t: Array, state: tuple[Array, Array], memory: Any
) -> Columns | None:
    """Columns of the group `navigation`; None of a navigator that knows the truth.

    Args:
        navigator: of one lane.
        t: instants [s], [n].
        state: true position and velocity [n, 3], GCRS.
        memory: of the navigator, with the rows first.
    """
    if not isinstance(navigator, Inertial):
        return None
    error, told = (np.asarray(x) for x in (memory.error, memory.covariance))
    fixed, axes = np.asarray(memory.fixed), _axes(*state)
    columns: Columns = {"time": t}
    for name, rows in (("position", slice(0, 3)), ("velocity", slice(3, 6))):
        turned = np.einsum("nij,njk,nlk->nil", axes, told[:, rows, rows], axes)
        columns[f"{name}_error"] = np.einsum("nij,nj->ni", axes, error[:, rows])
        columns[f"{name}_sigma"] = np.sqrt(np.maximum(np.einsum("nii->ni", turned), 0.0))
    tilt = np.einsum("nii->n", told[:, 6:9, 6:9])
    period = float(np.asarray(navigator.parameters.satellite_period))
    return columns | {
        "tilt_error": np.linalg.norm(error[:, 6:9], axis=1),
        "tilt_sigma": np.sqrt(np.maximum(tilt, 0.0)),
        "fixed": np.where(fixed >= np.asarray(memory.begun) - _NOW, fixed, np.nan),
        # At the alignment none is due yet.
        "silent": (t - np.maximum(fixed, np.asarray(memory.begun)) >= period - _NOW).astype(float),
    }


def navigation_record(columns: Columns | None, memory: Any, draw: int) -> Navigation | None:
    """The same in numbers; None where there are none."""
    if columns is None:
        return None
    t = columns["time"]
    error, told = np.asarray(memory.error)[:, :6], np.asarray(memory.covariance)[:, :6, :6]
    held = consistency(error, told)
    largest: dict[str, float] = {}
    for name in ("position", "velocity"):
        sizes = np.linalg.norm(columns[f"{name}_error"], axis=1)
        row = int(np.argmax(sizes))
        largest[f"{name}_error"] = float(sizes[row])
        largest[f"{name}_error_time"] = float(t[row])
        largest[f"{name}_sigma"] = float(np.linalg.norm(columns[f"{name}_sigma"][row]))
    return Navigation(
        draw=draw,
        fixes=int(np.asarray(memory.fixes)[-1]),
        silent=float(np.sum(np.diff(t, prepend=t[0]) * columns["silent"])),
        nees=held.nees,
        within=float(np.min(held.within)),
        **largest,
    )


def _axes(position: Array, velocity: Array) -> Array:
    """Radial, along the motion and across it to the left, [n, 3, 3], a row each."""
    radial = position / np.linalg.norm(position, axis=1, keepdims=True)
    across = np.cross(position, velocity)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    return np.stack([radial, np.cross(across, radial), across], axis=1)
