"""The parts that messages share: header, metadata, spacecraft, covariance."""

import math
import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from yaan.formats.clock import SYSTEMS, write_time
from yaan.formats.leaf import COMMENT, USER, Leaf, Leaves, Part
from yaan.formats.record import Covariance, Header, Spacecraft
from yaan.formats.source import Source
from yaan.spacetime.frame import Frame
from yaan.spacetime.time import Epoch

KM: Final = 1e3  # [m]
DEGREE: Final = math.pi / 180.0  # [rad]

HEADER: Final = ("CLASSIFICATION", "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID")
METADATA: Final = (
    "OBJECT_NAME",
    "OBJECT_ID",
    "CENTER_NAME",
    "REF_FRAME",
    "REF_FRAME_EPOCH",
    "TIME_SYSTEM",
)

AXES: Final = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
COVARIANCE: Final = tuple(f"C{AXES[i]}_{AXES[j]}" for i in range(6) for j in range(i + 1))
_SPACECRAFT: Final = {
    "MASS": ("mass", "kg"),
    "SOLAR_RAD_AREA": ("solar_area", "m**2"),
    "SOLAR_RAD_COEFF": ("solar_coefficient", ""),
    "DRAG_AREA": ("drag_area", "m**2"),
    "DRAG_COEFF": ("drag_coefficient", ""),
}
SPACECRAFT: Final = tuple(_SPACECRAFT)

_FRAMES: Final = {
    "GCRF": Frame.GCRS,
    "GCRS": Frame.GCRS,
    "ICRF": Frame.GCRS,
    "EME2000": Frame.EME2000,
    "J2000": Frame.EME2000,
    "TEME": Frame.TEME,
    "TOD": Frame.TOD,
    "MOD": Frame.MOD,
    "ITRS": Frame.ITRS,
}
FRAMES: Final = (*_FRAMES, "ITRF...")
"""Frames that are read and turned to GCRS; of the ITRF any realisation, centimetres apart."""

_ITRF: Final = re.compile(r"ITRF[-_ ]?(?:\d{2}|\d{4})?")
_VERSIONS: Final = {
    "oem": ("1.0", "2.0", "3.0"),
    "opm": ("1.0", "2.0", "3.0"),
    "omm": ("1.0", "2.0", "3.0"),
}
WRITTEN: Final = "2.0"
"""Version that is written where the record has none: what everyone reads."""


def frame_of(name: str) -> Frame | None:
    """The frame of a name; None of one that is not known."""
    return Frame.ITRS if _ITRF.fullmatch(name.upper()) else _FRAMES.get(name.upper())


def header_of(leaves: Leaves, version: str) -> Header:
    """The header among leaves; `CREATION_DATE` and `ORIGINATOR` are required."""
    leaves.epoch("CREATION_DATE", "UTC")
    return Header(
        leaves.text("ORIGINATOR"),
        leaves.text("CREATION_DATE"),
        version,
        leaves.text("MESSAGE_ID", ""),
    )


def check_version(source: Source, kind: str, version: str, line: int | None) -> None:
    """Refuse a version that is not known."""
    if version not in _VERSIONS[kind]:
        expected = f"one of {', '.join(_VERSIONS[kind])}"
        raise source.refusal(line, f"CCSDS_{kind.upper()}_VERS", version, expected)


def check_metadata(leaves: Leaves) -> tuple[str, str, Epoch | None]:
    """Frame and time system, as the file writes them, and the epoch of the frame's axes."""
    centre = leaves.text("CENTER_NAME").upper()
    if centre != "EARTH":
        raise leaves.refusal("CENTER_NAME", "EARTH: nothing else is at the centre of Yaan's world")
    frame = leaves.text("REF_FRAME").upper()
    if frame_of(frame) is None:
        raise leaves.refusal("REF_FRAME", f"one of {', '.join(FRAMES)}")
    system = leaves.choice("TIME_SYSTEM", SYSTEMS)
    at = leaves.epoch("REF_FRAME_EPOCH", system) if "REF_FRAME_EPOCH" in leaves else None
    if at is not None and frame_of(frame) is Frame.ITRS:
        raise leaves.refusal("REF_FRAME_EPOCH", "nothing with axes fixed to the Earth")
    return frame, system, at


def spacecraft_of(leaves: Leaves) -> Spacecraft:
    """Masses and areas; none may be negative."""
    ends = (0.0, math.inf)
    found = {name: leaves.maybe(key, unit, ends=ends) for key, (name, unit) in _SPACECRAFT.items()}
    return Spacecraft(**found)


def covariance_of(leaves: Leaves, epoch: Epoch | None = None) -> Covariance | None:
    """The covariance among leaves; all of its lower triangle, or none of it.

    Raises:
        InputError: one that is not positive semidefinite: it is of no state.
    """
    if not any(key in leaves for key in COVARIANCE):
        return None
    matrix = np.empty((6, 6))
    for k, key in enumerate(COVARIANCE):
        row, column = _place(k)
        unit = ("km**2", "km**2/s", "km**2/s**2")[(row > 2) + (column > 2)]
        matrix[row, column] = matrix[column, row] = leaves.number(key, unit, KM**2)
    check_covariance(leaves, matrix)
    return Covariance(matrix, leaves.text("COV_REF_FRAME", "").upper(), epoch)


def check_covariance(leaves: Leaves, matrix: np.ndarray) -> None:
    """Refuse a matrix that is the covariance of nothing: of correlations beyond one."""
    spread = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    scale = np.where(spread > 0.0, spread, 1.0)
    # 1e-4 is what four printed digits leave of a correlation.
    lowest = np.linalg.eigvalsh(matrix / np.outer(scale, scale))[0]
    if np.any(np.diag(matrix) < 0.0) or lowest < -1e-4:
        hint = "a variance is negative, or a correlation beyond one"
        raise leaves.refusal("CX_X", "a covariance that is positive semidefinite", hint)


def _place(k: int) -> tuple[int, int]:
    """Row and column of number k of the lower triangle."""
    row = int((math.sqrt(8 * k + 1) - 1) / 2)
    return row, k - row * (row + 1) // 2


def header_part(header: Header, created: str) -> Part:
    """The header to write; `created` where the record has no date."""
    leaves = [Leaf(COMMENT, line) for line in header.comments]
    leaves.append(Leaf("CREATION_DATE", header.created or created))
    leaves.append(Leaf("ORIGINATOR", header.originator))
    if header.message and header.version == "3.0":
        leaves.append(Leaf("MESSAGE_ID", header.message))
    return Part("header", tuple(leaves))


def metadata_leaves(
    craft: tuple[str, str], frame: str, frame_epoch: Epoch | None, system: str
) -> list[Leaf]:
    """The metadata that all messages have; `craft` is name and designator."""
    name, designator = craft
    leaves = [
        Leaf("OBJECT_NAME", name or "UNKNOWN"),
        Leaf("OBJECT_ID", designator or "UNKNOWN"),
        Leaf("CENTER_NAME", "EARTH"),
        Leaf("REF_FRAME", frame),
    ]
    if frame_epoch is not None:
        leaves.append(Leaf("REF_FRAME_EPOCH", write_time(frame_epoch, system)))
    return [*leaves, Leaf("TIME_SYSTEM", system)]


def spacecraft_part(craft: Spacecraft) -> Part:
    """Masses and areas that are told."""
    values = ((key, unit, getattr(craft, name)) for key, (name, unit) in _SPACECRAFT.items())
    told = (Leaf(key, number(value), unit) for key, unit, value in values if value is not None)
    return Part("spacecraftParameters", tuple(told))


def covariance_part(covariance: Covariance | None) -> Part:
    """The lower triangle, in ten digits."""
    if covariance is None:
        return Part("covarianceMatrix", ())
    leaves = [Leaf("COV_REF_FRAME", covariance.frame)] if covariance.frame else []
    for k, key in enumerate(COVARIANCE):
        row, column = _place(k)
        unit = ("km**2", "km**2/s", "km**2/s**2")[(row > 2) + (column > 2)]
        leaves.append(Leaf(key, covariance_text(covariance.matrix[row, column]), unit))
    return Part("covarianceMatrix", tuple(leaves))


def covariance_text(value: float) -> str:
    """An element of a covariance [SI] in km and s."""
    return f"{value / KM**2:.9e}"


def user_part(user: Sequence[tuple[str, str]]) -> Part:
    """Keywords of the user's own."""
    leaves = tuple(Leaf(f"{USER}{key}", value) for key, value in user)
    return Part("userDefinedParameters", leaves)


def number(value: float, digits: int = 15) -> str:
    """A number in as many digits as it has, at most `digits`; zero without a sign."""
    return f"{value + 0.0:.{digits}g}"


def km(value: float) -> str:
    """A length [m] in km, to the micrometre."""
    return f"{value / KM:.9f}"


def km_s(value: float) -> str:
    """A speed [m/s] in km/s, to the nanometre a second."""
    return f"{value / KM:.12f}"
