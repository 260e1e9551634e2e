"""The key numbers of a flight, a card each."""

from dataclasses import dataclass
from typing import Final

from yaan.report.text import TIMES, clock, known, label, number, quantity
from yaan.results import Summary
from yaan.results.summary_ascent import Profile

KILO: Final = 1e3  # [1]


@dataclass(frozen=True)
class Card:
    """One key number."""

    words: str
    value: str
    below: str = ""
    broad: bool = False


LOAD: Final = "Peak load"
"""Words of the card of the largest load."""


def key_numbers(summary: Summary) -> list[Card]:
    """The cards that the summary has numbers for."""
    makers = (
        _orbit_card,
        _insertion_card,
        _propellant_card,
        _load_card,
        _pressure_card,
        _abort_card,
        _liftoff_card,
    )
    return [card for make in makers if (card := make(summary)) is not None]


def _orbit_card(summary: Summary) -> Card | None:
    ascent = summary.ascent
    if ascent is None or ascent.orbit is None:
        return None
    orbit, target = ascent.orbit, ascent.target
    wanted = ""
    if known(target.perigee):
        wanted = f"; target {_size(target.perigee, target.apogee)}"
        wanted += f", {number(target.inclination_deg, 2)}°"
    below = f"inclined {number(orbit.inclination_deg, 3)}°{wanted}"
    return Card("Orbit at cut-off", _size(orbit.perigee, orbit.apogee, 1), below, broad=True)


def _size(perigee: float, apogee: float, digits: int = 0) -> str:
    return f"{_kilo(perigee, digits)} {TIMES} {_kilo(apogee, digits)} km"


def _kilo(value: float, digits: int) -> str:
    return number(value / KILO, digits)


def _flown(summary: Summary) -> Profile | None:
    profiles = {} if summary.ascent is None else summary.ascent.profiles
    return profiles.get(summary.profile or "")


def _insertion_card(summary: Summary) -> Card | None:
    flown = _flown(summary)
    if flown is None:
        return None
    below = f"{number(flown.cut_off, 1)} s after ignition"
    if known(flown.separation):
        below += f"; separation at {number(flown.separation, 1)} s"
    return Card("Insertion", clock(flown.cut_off), below)


def _propellant_card(summary: Summary) -> Card | None:
    # The service module burns after the ascent that this card is about.
    stages = [row for row in summary.budgets.propellant if row.stage != "service_module"]
    if not stages:
        return None
    last, flown = stages[-1], _flown(summary)
    left = last.left if flown is None else flown.propellant_left
    below = f"of {quantity(last.loaded, 'kg', 3)} in {label(last.stage)}"
    worth = last.margin_velocity
    below += f", worth {number(worth)} m/s" if known(worth) else ""
    return Card("Propellant left", f"{_kilo(left, 2)} t", below)


def _load_card(summary: Summary) -> Card | None:
    peak = summary.peaks.load
    if peak is None or not known(peak.value_g):
        return None
    return Card(LOAD, f"{number(peak.value_g, 2)} g", f"at {clock(peak.time)}")


def _pressure_card(summary: Summary) -> Card | None:
    peak = summary.peaks.dynamic_pressure
    if peak is None or not known(peak.value):
        return None
    parts = [clock(peak.time)]
    parts += [f"Mach {number(peak.mach, 2)}"] if known(peak.mach) else []
    parts += [f"{_kilo(peak.height, 1)} km"] if known(peak.height) else []
    return Card("Maximum dynamic pressure", f"{_kilo(peak.value, 1)} kPa", ", ".join(parts))


def _abort_card(summary: Summary) -> Card | None:
    abort = None if summary.ascent is None else summary.ascent.abort
    worst = None if abort is None else abort.profiles.get(summary.profile or "")
    if worst is None or not known(worst.peak_load_g):
        return None
    below = f"unpowered ballistic entry from {clock(worst.peak_time)}"
    return Card("Worst abort load", f"{number(worst.peak_load_g, 1)} g", below)


def _liftoff_card(summary: Summary) -> Card | None:
    if summary.ascent is None or not known(summary.ascent.lift_off.mass):
        return None
    given = summary.ascent.lift_off
    below = f"thrust to weight {number(given.thrust_to_weight, 2)}"
    if known(given.azimuth_deg):
        below += f", azimuth {number(given.azimuth_deg, 1)}°"
    return Card("Lift-off mass", f"{_kilo(given.mass, 1)} t", below)
