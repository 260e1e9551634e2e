"""The key numbers of the orbit and the return, a card each."""

from yaan.report.cards import KILO, Card
from yaan.report.text import TIMES, clock, known, label, number, plural, proper, quantity
from yaan.results import Summary
from yaan.results.summary_ascent import Place
from yaan.results.summary_return import Touchdown


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
    land = summary.landing
    if land is None or land.touchdown is None:
        return None
    down = land.touchdown
    below = f"{proper(land.zone)}, " if land.zone else ""
    below += clock(down.time)
    if down.light:
        below += f", {down.light}"
    if land.miss is not None:
        # A nominal flight meets its aim; how far a real one would miss is another study.
        below += f"; {quantity(land.miss, 'm', 2)} from the aim, nothing dispersed"
    return Card("Landing", _place(down), below, broad=True)


def _place(place: Place | Touchdown) -> str:
    """A place in degrees with its hemispheres."""
    latitude, longitude = place.latitude_deg, place.longitude_deg
    north, east = "N" if latitude >= 0.0 else "S", "E" if longitude >= 0.0 else "W"
    return f"{number(abs(latitude), 2)}° {north}, {number(abs(longitude), 2)}° {east}"


def _orbit_card(summary: Summary) -> Card | None:
    orbit = summary.orbit_phase
    if orbit is None or not orbit.elements:
        return None
    last = orbit.elements[-1]
    size = f"{number(last.perigee / KILO)} {TIMES} {number(last.apogee / KILO)} km"
    below = f"{number(orbit.revolutions)} revolutions"
    if known(orbit.eclipse_fraction):
        below += f", {number(100.0 * orbit.eclipse_fraction)} % in shadow"
    return Card("Orbit before the deorbit", size, below)


def _deorbit_card(summary: Summary) -> Card | None:
    if summary.deorbit is None:
        return None
    burn, below = summary.deorbit.burn, f"in {number(summary.deorbit.burn.duration)} s"
    if summary.entry is not None and known(summary.entry.interface.flight_path_angle_inertial_deg):
        angle = summary.entry.interface.flight_path_angle_inertial_deg
        below += f"; enters at {number(angle, 2)}° (inertial)"
    return Card("Deorbit", f"{number(burn.delta_v, 1)} m/s", below)


def _load_card(summary: Summary) -> Card | None:
    given = summary.entry
    if given is None or not known(given.peak_load.value_g):
        return None
    peak, limit = given.peak_load, given.load_limit_g
    below = f"at {number(peak.height / KILO, 1)} km" if known(peak.height) else ""
    below += f"; limit {number(limit, 1)} g" if known(limit) else ""
    return Card("Peak load of the entry", f"{number(peak.value_g, 2)} g", below.lstrip("; "))


def _heat_card(summary: Summary) -> Card | None:
    given = summary.entry
    if given is None or not known(given.peak_flux.value):
        return None
    below = f"{number(given.peak_flux.value / 1e4, 1)} W/cm²"  # [W/m2 over W/cm2]
    if known(given.heat_load):
        below += f"; in all {quantity(given.heat_load, 'J/m2', 3)}"
    return Card("Peak heat flux", quantity(given.peak_flux.value, "W/m2", 3), below)


def _touchdown_card(summary: Summary) -> Card | None:
    down = None if summary.landing is None else summary.landing.touchdown
    if down is None or down.contact is None:
        return None
    below = ""
    if known(down.contact.horizontal):
        below = f"and {number(down.contact.horizontal, 1)} m/s across, with the wind"
    return Card("Touchdown speed", f"{number(down.contact.vertical, 2)} m/s", below)


def _parachute_card(summary: Summary) -> Card | None:
    given = () if summary.descent is None else summary.descent.steps
    pulled = [step for step in given if known(step.peak_load)]
    if not pulled:
        return None
    hardest = max(pulled, key=lambda step: step.peak_load)
    lost = sum(step.count - step.working for step in given)
    below = f"on each of the {label(hardest.name).lower()}"
    below += f"; {plural(lost, 'canopy', 'canopies')} out" if lost else "; none out"
    return Card("Hardest opening", quantity(hardest.peak_load, "N", 3), below)
