"""Entries: published loads and heats of capsules, flown from files as `yaan fly` flies them."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from yaan.api import Flight
from yaan.base.constants import STANDARD_GRAVITY
from yaan.results.summary_evidence import PublishedFigure
from yaan.validation.case import Case, Fly, Line, number

_ANGLES: Final = (-1.2, -1.4, -2.0)  # [deg]
_BANKS: Final = (
    # lift over drag, bank [deg], peak loads [g] by angle, heat load at -1.4 deg [MJ/m^2]
    (0.00, 0.0, (8.3, 8.4, 8.8), 92.0),
    (0.15, 0.0, (4.0, 4.0, 3.7), 112.0),
    (0.25, 0.0, (2.9, 3.0, 3.2), 129.0),
    (0.25, 60.0, (4.5, 4.5, 4.1), 108.0),
    (0.25, 75.0, (6.1, 6.0, 6.1), 99.0),
)
_GAPS: Final = (
    # speed [m/s], angle [deg], mass over drag area [kg/m^2], closed form over integration less one
    (12.8e3, -8.2, 60.0, 34.9),
    (7.2e3, -30.0, 10_000.0, -5.1),
    (7.9e3, -1.35, 450.0, -57.3),
)
_SCALE: Final = 9.0e3  # [m] of the air of cases/allen-eggers.yaml
_STUDY: Final = (
    "last digit of the table, 0.05 g, and details that it does not tell; 0.3 g was asked"
)


def cases() -> tuple[Case, ...]:
    """Studies, a closed form, two flown capsules."""
    return (
        Case(
            suite="entry",
            name="fixed-bank",
            title="a capsule back from low orbit at a fixed bank",
            files=("capsule-entry",),
            about=(
                "Five ways of lift, three entry angles: peak loads, and the heat load at -1.4 deg."
                " The study's nose radius is not told; with that of the file heat is 6 % high."
            ),
            source="an independent 3-degree-of-freedom study made for this project (SciPy)",
            measure=fixed_bank,
        ),
        Case(
            suite="entry",
            name="allen-eggers",
            title="how far Allen and Eggers' closed form is off",
            files=("allen-eggers",),
            about=(
                "The published error of the closed form of the peak load against an integration."
                " The air is not told and was found from the three, so one of them is a check."
            ),
            source="Putnam and Braun, J. Guidance 38-3 (2015), 414-430, as quoted",
            measure=allen_eggers,
        ),
        Case(
            suite="entry",
            name="stardust",
            title="Stardust's capsule, 15 January 2006",
            files=("stardust",),
            about="The peak load that was reconstructed after the flight.",
            source="Desai and Qualls, as quoted; mass and drag of Mitcheltree et al. (1999)",
            measure=stardust,
        ),
        Case(
            suite="entry",
            name="apollo10",
            title="Apollo 10, from its planned interface",
            files=("apollo10-entry",),
            about=(
                "What the file compares with its own `published:` figures. Its bank was fitted to"
                " the flown heights and to two of them, so only the first 0.05 g is a check."
            ),
            source="MSC Internal Note 69-FM-137, table XI(m)",
            measure=apollo,
        ),
    )


def _peak(flight: Flight) -> float:
    """Largest load [g]."""
    assert flight.entry is not None
    return flight.entry.peak_load.value_g


def fixed_bank(fly: Fly) -> Sequence[Line]:
    """Fifteen entries."""
    return [line for row in _BANKS for line in _bank_row(fly, *row)]


def _bank_row(
    fly: Fly, ratio: float, bank: float, loads: tuple[float, ...], heat: float
) -> list[Line]:
    words = f"L/D {ratio:.2f}, bank {bank:.0f} deg"
    lines: list[Line] = []
    for angle, load in zip(_ANGLES, loads, strict=True):
        changes: dict[str, Any] = {
            "capsule.aerodynamics.lift_scale": ratio / 0.25,
            "entry.bank": {"constant": f"{bank} deg"},
            "interface.flight_path_angle": f"{angle} deg",
        }
        flight = fly("capsule-entry", changes)
        told = f"peak load, {words}, {angle} deg"
        lines.append(number(told, "g", (load, _peak(flight)), 0.1, _STUDY))
        if angle == -1.4:
            assert flight.entry is not None
            found = 1e-6 * flight.entry.heat_load
            why = "10 %: the nose radius is not told"
            lines.append(number(f"heat load, {words}", "MJ/m²", (heat, found), 0.1 * heat, why))
    return lines


def allen_eggers(fly: Fly) -> Sequence[Line]:
    """Three entries and the closed form."""
    return [_gap(fly, *row) for row in _GAPS]


def _gap(fly: Fly, speed: float, angle: float, beta: float, gap: float) -> Line:
    changes: dict[str, Any] = {
        "capsule.mass": f"{beta} kg",
        "interface.speed": f"{speed} m/s",
        "interface.flight_path_angle": f"{angle} deg",
    }
    slope = np.sin(np.radians(-angle))
    closed = speed**2 * slope / (2.0 * np.e * _SCALE * STANDARD_GRAVITY)
    found = 100.0 * (closed / _peak(fly("allen-eggers", changes)) - 1.0)
    words = f"error of the closed form, {speed / 1e3:g} km/s, {angle:g} deg"
    return number(words, "%", (gap, found), 1.0, "one point: the air was found from these rows")


def stardust(fly: Fly) -> Sequence[Line]:
    """The peak load."""
    why = "3 %: the drag is known to 2 %, the air of that night and the heading add the rest"
    return [number("peak load", "g", (32.89, _peak(fly("stardust", {}))), 0.03 * 32.89, why)]


def apollo(fly: Fly) -> Sequence[Line]:
    """The rows that the mission file itself compares."""
    rows = fly("apollo10-entry", {}).summary.published
    return [_published(row) for row in rows]


def _published(row: PublishedFigure) -> Line:
    assert row.ours is not None
    why = "the fit's own target: not gated" if row.calibrated else "as the file says"
    margin = None if row.calibrated else row.tolerance
    return number(row.what, row.unit, (row.published, row.ours), margin, why)
