"""The key numbers of the orbit and the return, a card each."""

from yaan.report.cards import KILO, Card, Summary
from yaan.report.text import TIMES, clock, label, number, plural, proper, quantity


def return_numbers(summary: Summary) -> list[Card]:
    """The cards that the summary has numbers for; none if the flight ends in orbit."""
    makers = (
        _landing_card,
        _orbit_card,
        _deorbit_card,
        _load_card,
        _heat_card,
        _touchdown_card,
        _parachute_card,
    )
    return [card for make in makers if (card := make(summary)) is not None]


def _landing_card(summary: Summary) -> Card | None:
    land = summary.get("landing") or {}
    place = land.get("touchdown")
    if not place:
        return None
    below = proper(str(land["zone"])) + ", " if land.get("zone") else ""
    below += clock(land.get("time"))
    if land.get("light"):
        below += f", {land['light']}"
    if land.get("miss") is not None:
        # A nominal flight meets its aim; how far a real one would miss is another study.
        below += f"; {quantity(land['miss'], 'm', 2)} from the aim, nothing dispersed"
    return Card("Landing", _place(*place), below, broad=True)


def _place(latitude: float, longitude: float) -> str:
    """A place in degrees with its hemispheres."""
    north, east = "N" if latitude >= 0.0 else "S", "E" if longitude >= 0.0 else "W"
    return f"{number(abs(latitude), 2)}° {north}, {number(abs(longitude), 2)}° {east}"


def _orbit_card(summary: Summary) -> Card | None:
    orbit = summary.get("orbit_phase") or {}
    last = (orbit.get("elements") or [{}])[-1]
    if last.get("perigee") is None:
        return None
    size = f"{number(last['perigee'] / KILO)} {TIMES} {number((last.get('apogee') or 0) / KILO)} km"
    below = f"{number(orbit.get('revolutions'))} revolutions"
    if orbit.get("eclipse_fraction") is not None:
        below += f", {number(100.0 * orbit['eclipse_fraction'])} % in shadow"
    return Card("Orbit before the deorbit", size, below)


def _deorbit_card(summary: Summary) -> Card | None:
    given = summary.get("deorbit") or {}
    burn, door = given.get("burn") or {}, given.get("interface") or {}
    if burn.get("delta_v") is None:
        return None
    below = f"in {number(burn.get('duration'))} s"
    if door.get("flight_path_angle_inertial_deg") is not None:
        below += f"; enters at {number(door['flight_path_angle_inertial_deg'], 2)}° (inertial)"
    return Card("Deorbit", f"{number(burn['delta_v'], 1)} m/s", below)


def _load_card(summary: Summary) -> Card | None:
    given = summary.get("entry") or {}
    peak = given.get("peak_load") or {}
    if peak.get("value_g") is None:
        return None
    limit = given.get("load_limit_g")
    below = f"at {number(peak['height'] / KILO, 1)} km" if peak.get("height") is not None else ""
    below += f"; limit {number(limit, 1)} g" if limit is not None else ""
    return Card("Peak load of the entry", f"{number(peak['value_g'], 2)} g", below.lstrip("; "))


def _heat_card(summary: Summary) -> Card | None:
    given = summary.get("entry") or {}
    peak = given.get("peak_flux") or {}
    if peak.get("value") is None:
        return None
    below = f"{number(peak['value'] / 1e4, 1)} W/cm²"  # [W/m2 over W/cm2]
    if given.get("heat_load") is not None:
        below += f"; in all {quantity(given['heat_load'], 'J/m2', 3)}"
    return Card("Peak heat flux", quantity(peak["value"], "W/m2", 3), below)


def _touchdown_card(summary: Summary) -> Card | None:
    down = summary.get("touchdown") or {}
    speed = down.get("vertical") if down.get("vertical") is not None else down.get("speed")
    if speed is None:
        return None
    below = ""
    if down.get("horizontal") is not None:
        below = f"and {number(down['horizontal'], 1)} m/s across, with the wind"
    return Card("Touchdown speed", f"{number(speed, 2)} m/s", below)


def _parachute_card(summary: Summary) -> Card | None:
    given = (summary.get("descent") or {}).get("steps") or ()
    pulled = [s for s in given if s.get("peak_load") is not None]
    if not pulled:
        return None
    hardest = max(pulled, key=lambda s: s["peak_load"])
    lost = sum((s.get("count") or 0) - (s.get("working") or 0) for s in given)
    below = f"on each of the {label(str(hardest.get('name'))).lower()}"
    below += f"; {plural(lost, 'canopy', 'canopies')} out" if lost else "; none out"
    return Card("Hardest opening", quantity(hardest["peak_load"], "N", 3), below)
