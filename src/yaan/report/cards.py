"""The key numbers of a flight, a card each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from yaan.report.text import TIMES, clock, label, number, quantity

Summary = Mapping[str, Any]

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
    orbit, target = summary.get("orbit") or {}, summary.get("target") or {}
    if orbit.get("perigee") is None:
        return None
    wanted = ""
    if target.get("perigee") is not None:
        wanted = f"; target {_size(target)}, {number(target.get('inclination_deg'), 2)}°"
    below = f"inclined {number(orbit.get('inclination_deg'), 3)}°{wanted}"
    return Card("Orbit at cut-off", _size(orbit, 1), below, broad=True)


def _size(orbit: Summary, digits: int = 0) -> str:
    low, high = (_kilo(orbit.get(key), digits) for key in ("perigee", "apogee"))
    return f"{low} {TIMES} {high} km"


def _kilo(value: float | None, digits: int) -> str:
    return number(None if value is None else value / KILO, digits)


def _flown(summary: Summary) -> Summary:
    return (summary.get("profiles") or {}).get(summary.get("profile")) or {}


def _insertion_card(summary: Summary) -> Card | None:
    flown = _flown(summary)
    if flown.get("cut_off") is None:
        return None
    below = f"{number(flown['cut_off'], 1)} s after ignition"
    if flown.get("separation") is not None:
        below += f"; separation at {number(flown['separation'], 1)} s"
    return Card("Insertion", clock(flown["cut_off"]), below)


def _propellant_card(summary: Summary) -> Card | None:
    # The service module burns after the ascent that this card is about.
    rows = summary.get("propellant") or ()
    stages = [row for row in rows if row.get("stage") != "service_module"]
    if not stages:
        return None
    last = stages[-1]
    left = _flown(summary).get("propellant_left", last.get("left"))
    worth = last.get("margin_velocity")
    below = f"of {quantity(last.get('loaded'), 'kg', 3)} in {label(str(last.get('stage')))}"
    below += f", worth {number(worth)} m/s" if worth is not None else ""
    return Card("Propellant left", f"{_kilo(left, 2)} t", below)


def _load_card(summary: Summary) -> Card | None:
    peak = (summary.get("peaks") or {}).get("load") or {}
    if peak.get("value_g") is None:
        return None
    return Card(LOAD, f"{number(peak['value_g'], 2)} g", f"at {clock(peak.get('time'))}")


def _pressure_card(summary: Summary) -> Card | None:
    peak = (summary.get("peaks") or {}).get("dynamic_pressure") or {}
    if peak.get("value") is None:
        return None
    parts = [clock(peak.get("time"))]
    parts += [f"Mach {number(peak['mach'], 2)}"] if peak.get("mach") is not None else []
    parts += [f"{_kilo(peak['height'], 1)} km"] if peak.get("height") is not None else []
    return Card("Maximum dynamic pressure", f"{_kilo(peak['value'], 1)} kPa", ", ".join(parts))


def _abort_card(summary: Summary) -> Card | None:
    profiles = (summary.get("abort") or {}).get("profiles") or {}
    worst = profiles.get(summary.get("profile")) or {}
    if worst.get("peak_load_g_max") is None:
        return None
    below = f"unpowered ballistic entry from {clock(worst.get('time_of_max'))}"
    return Card("Worst abort load", f"{number(worst['peak_load_g_max'], 1)} g", below)


def _liftoff_card(summary: Summary) -> Card | None:
    given = summary.get("liftoff") or {}
    if given.get("mass") is None:
        return None
    below = f"thrust to weight {number(given.get('thrust_to_weight'), 2)}"
    if given.get("azimuth_deg") is not None:
        below += f", azimuth {number(given['azimuth_deg'], 1)}°"
    return Card("Lift-off mass", f"{_kilo(given['mass'], 1)} t", below)
