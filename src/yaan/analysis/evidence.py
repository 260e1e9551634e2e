"""How far the numbers can be trusted: assumptions ranked, errors, published figures beside ours."""

import numpy as np

from yaan.analysis.sensitivity import Ranked
from yaan.base.constants import STANDARD_GRAVITY
from yaan.description import IntegrationSpec, Plan, PublishedSpec
from yaan.flight.accuracy import PhaseError
from yaan.results import summary_evidence as records
from yaan.results.summary import Summary

_DEGREE = 57.29577951308232  # [deg/rad]


def assumption(ranked: Ranked) -> records.RankedAssumption:
    """An assumption and what it moves."""
    a = ranked.assumption
    return records.RankedAssumption(
        key=a.key,
        file=a.file,
        line=a.line,
        value=a.value,
        low=a.low_text,
        high=a.high_text,
        why=a.why,
        effect=records.Effects(low=ranked.low, high=ranked.high),
        rank=ranked.rank,
        on_return=ranked.on_return,
    )


def integration(errors: list[PhaseError], bounds: IntegrationSpec) -> records.Integration:
    """The errors of each phase at its end, and of the peaks within it."""
    return records.Integration(
        bounds=records.IntegrationBounds(
            peak=bounds.peak,
            position=bounds.position,
            speed=bounds.speed,
            orbit=bounds.orbit,
        ),
        phases=tuple(_error(error, bounds) for error in errors),
    )


def _error(error: PhaseError, bounds: IntegrationSpec) -> records.PhaseError:
    peaks = error.peaks
    return records.PhaseError(
        phase=error.phase,
        steps=error.steps,
        shortest_step=_known(error.shortest),
        position=_known(error.position),
        speed=_known(error.speed),
        time=_known(error.time),
        load_share=_known(peaks.get("load")),
        dynamic_pressure_share=_known(peaks.get("dynamic_pressure")),
        heat_flux_share=_known(peaks.get("heat_flux_stagnation", peaks.get("heat_flux"))),
        bound="orbit" if error.airless else "air",
        excess=_known(error.excess(bounds)),
    )


def _known(value: float | None) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None


_EVENT_UNITS = {
    "time": "s",
    "height": "m",
    "latitude": "deg",
    "longitude": "deg",
    "downrange": "m",
    "speed_inertial": "m/s",
    "speed_relative": "m/s",
    "flight_path_angle": "deg",
    "flight_path_angle_relative": "deg",
    "mass": "kg",
    "dynamic_pressure": "Pa",
}
"""Quantities at an event, and their units."""

_ATTRIBUTES = {"mass": "mass_after", "flight_path_angle": "flight_path_angle_inertial"}
"""What an event calls a quantity, where that is not the same."""


def published(plan: Plan, summary: Summary) -> tuple[records.PublishedFigure, ...]:
    """Our figures beside the published ones; `within` is None where no tolerance is given.

    A figure of an event that was not reached has no value of ours.
    """
    return tuple(_figure(p, summary) for p in plan.published)


def _figure(figure: PublishedSpec, summary: Summary) -> records.PublishedFigure:
    ours, unit = _ours(figure, summary)
    factor = {"deg": _DEGREE, "g0": 1.0 / STANDARD_GRAVITY}.get(unit, 1.0)
    theirs = figure.value * factor
    tolerance = None if figure.tolerance is None else figure.tolerance * factor
    difference = None if ours is None else ours - theirs
    within = None
    if tolerance is not None and difference is not None:
        within = abs(difference) <= tolerance
    return records.PublishedFigure(
        what=figure.what,
        ours=ours,
        published=theirs,
        difference=difference,
        unit=unit,
        tolerance=tolerance,
        within=within,
        calibrated=figure.calibrated,
        source=figure.source,
    )


def _ours(figure: PublishedSpec, summary: Summary) -> tuple[float | None, str]:
    """Our value of a published quantity, and the unit of both."""
    quantity, unit = figure.quantity, _EVENT_UNITS.get(figure.quantity)
    if unit is not None:
        name = _ATTRIBUTES.get(quantity, quantity) + ("_deg" if unit == "deg" else "")
        found = [getattr(event, name) for event in summary.timeline if event.name == figure.at]
        return (found[0] if found else None), unit
    ascent, pressure, load = summary.ascent, summary.peaks.dynamic_pressure, summary.peaks.load
    orbit = ascent and ascent.orbit
    opening = summary.descent and summary.descent.peak_load
    use = next((use for use in summary.budgets.propellant if use.stage == figure.stage), None)
    known: dict[str, tuple[float | None, str]] = {
        "propellant_used": (use and use.used, "kg"),
        "propellant_left": (use and use.left, "kg"),
        "liftoff_mass": (ascent and ascent.lift_off.mass, "kg"),
        "perigee": (orbit and orbit.perigee, "m"),
        "apogee": (orbit and orbit.apogee, "m"),
        "inclination": (orbit and orbit.inclination_deg, "deg"),
        "max_dynamic_pressure": (pressure and pressure.value, "Pa"),
        "max_load": (load and load.value_g, "g0"),
        "max_opening_load": (opening and opening.value_g, "g0"),
    }
    return known[quantity]
