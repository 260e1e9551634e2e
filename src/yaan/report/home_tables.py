"""The tables of the way home: orbit, burns, opportunities, deorbit, entry, parachutes, landing."""

from typing import Final

from markupsafe import Markup

from yaan.report.figures.descent import steps
from yaan.report.tables import Cell, Column, Table, badge, capital, make_table, scaled
from yaan.report.text import NONE, SPACE, clock, known, label, number, proper, quantity
from yaan.results import Summary
from yaan.results.summary_ascent import Burn, Opportunity, Place
from yaan.results.summary_return import (
    EntryFlux,
    EntryLoad,
    Interface,
    ParachuteStep,
    Pulsed,
    Separation,
    Touchdown,
    Turning,
)
from yaan.results.summary_shadow import ShadowEdge

Fact = tuple[str, str]

KILO: Final = 1e3  # [1]
_AXES: Final = ("roll", "pitch", "yaw")


def elements(summary: Summary) -> Table | None:
    """The orbit from insertion to deorbit."""
    rows: list[tuple[Cell, ...]] = [
        (
            capital(row.when),
            clock(row.time),
            scaled(row.perigee, KILO, 1),
            scaled(row.apogee, KILO, 1),
            number(row.inclination_deg, 3),
            scaled(row.period, 60.0, 2),
        )
        for row in (() if summary.orbit_phase is None else summary.orbit_phase.elements)
    ]
    columns = (
        Column("When", kind="text"),
        Column("Clock"),
        Column("Perigee", "km"),
        Column("Apogee", "km"),
        Column("Inclination", "deg"),
        Column("Period", "min"),
    )
    return make_table("Orbit, heights above 6378.137 km", columns, rows)


def burns(summary: Summary) -> Table | None:
    """Every burn of the service module, the deorbit's last."""
    raising = () if summary.orbit_phase is None else summary.orbit_phase.burns
    braking = () if summary.deorbit is None else (summary.deorbit.burn,)
    rows: list[tuple[Cell, ...]] = [
        (
            label(row.name),
            clock(row.start),
            number(row.duration, 1),
            number(row.delta_v, 2),
            number(row.propellant, 1),
            number(row.engines),
            number(row.thrust),
        )
        for row in (*raising, *braking)
    ]
    columns = (
        Column("Burn", kind="text"),
        Column("Start"),
        Column("Duration", "s"),
        Column("Ideal velocity", "m/s"),
        Column("Propellant", "kg"),
        Column("Engines"),
        Column("Thrust", "N"),
    )
    return make_table("Burns of the service module", columns, rows)


def shadow(summary: Summary) -> Table | None:
    """Every pass through the Earth's shadow, edge by edge."""
    rows: list[tuple[Cell, ...]] = [
        (
            number(place),
            *(
                _edge(edge, place_in_it)
                for edge, place_in_it in (
                    (one.penumbra_start, "begins in it"),
                    (one.umbra_start, "begins in it" if one.umbra else "no umbra"),
                    (one.umbra_end, "ends in it" if one.umbra else "no umbra"),
                    (one.penumbra_end, "ends in it"),
                )
            ),
            scaled(one.umbra, 60.0, 2),
        )
        for place, one in enumerate(() if summary.shadow is None else summary.shadow.passes, 1)
    ]
    columns = (
        Column("#", kind="text"),
        Column("Into the penumbra"),
        Column("Into the umbra"),
        Column("Out of the umbra"),
        Column("Out of the penumbra"),
        Column("In the umbra", "min"),
    )
    return make_table("Passes through the Earth's shadow, dates in UTC", columns, rows)


def _edge(edge: ShadowEdge | None, without: str) -> Cell:
    """An instant as clock and date; of a pass that the orbit cuts, where it does."""
    if edge is None:
        return without
    return Markup("{0}<br>{1}").format(
        clock(edge.time), edge.utc.removesuffix(" UTC").replace("T", " ")
    )


def opportunities(summary: Summary) -> Table | None:
    """Every pass in the landing window, the chosen one marked."""
    rows = [_opportunity(row) for row in summary.opportunities]
    columns = (
        Column("Rev."),
        Column("Reach", kind="text"),
        Column("Landing"),
        Column("Nearest place"),
        Column("Miss", "km"),
        Column("Light", kind="text"),
        Column("Perigee", "km"),
        Column("Entry angle", "deg"),
        Column("Why", kind="wide"),
    )
    classes = tuple("chosen" if row.chosen else "" for row in summary.opportunities)
    caption = "Every pass in the landing window, times in UTC; 0 km of miss is inside the zone"
    return make_table(caption, columns, rows, classes)


def _opportunity(row: Opportunity) -> tuple[Cell, ...]:
    tag = Markup(' <span class="tag">chosen</span>') if row.chosen else ""
    words = ("within", "in reach") if row.reachable else ("outside", "out of reach")
    return (
        number(row.revolution),
        Markup("{0}{1}").format(badge(*words), tag),
        Markup("{0}<br>{1}").format(clock(row.time), _utc(row.utc)),
        Markup("{0}<br>{1}").format(_place(row, 2), row.direction),
        scaled(row.cross_track, KILO, 0, sign=True),
        Markup("{0}<br>Sun {1}°").format(row.light or NONE, number(row.sun_elevation_deg, 1)),
        scaled(row.perigee, KILO, 1),
        number(row.entry_angle_deg, 2),
        row.why,
    )


def _utc(text: str) -> str:
    """A time of the clock to the second, date first, without its scale's name."""
    shown = text.removesuffix(" UTC").removesuffix("Z").replace("T", " ")
    return shown.split(".")[0]


def deorbit(summary: Summary) -> list[Fact]:
    """The deorbit burn, the separation and the interface, as facts."""
    if summary.deorbit is None:
        return []
    facts = [
        ("Burn", _burn(summary.deorbit.burn)),
        ("Separation", _at(summary.deorbit.separation)),
    ]
    if summary.entry is not None:
        facts += interface(summary.entry.interface)
        peak = summary.entry.ballistic_peak_g
        if known(peak):
            facts.append(
                ("Without lift", f"a ballistic entry from here peaks at {number(peak, 1)} g")
            )
    return facts


def interface(given: Interface) -> list[Fact]:
    """The state at the entry interface, as facts."""
    if not known(given.time):
        return []
    speeds = ((given.speed_inertial, "inertial"), (given.speed_relative, "relative"))
    angles = (
        (given.flight_path_angle_inertial_deg, "inertial"),
        (given.flight_path_angle_relative_deg, "relative"),
    )
    return [
        ("Entry interface", f"{_at(given)}, {_place(given)}"),
        ("Speed there", ", ".join(f"{number(v / KILO, 4)} km/s {words}" for v, words in speeds)),
        ("Flight-path angle", ", ".join(f"{number(a, 3)}° {words}" for a, words in angles)),
        ("Heading", f"{number(given.heading_deg, 2)}° from north"),
    ]


def _burn(burn: Burn) -> str:
    parts = (
        f"{number(burn.delta_v, 1)} m/s in {number(burn.duration)} s",
        f"from {clock(burn.start)}",
        f"{number(burn.engines)} engines, {number(burn.thrust)} N",
        f"{number(burn.propellant)} kg of propellant",
    )
    return "; ".join(parts)


def _at(given: Separation | Interface | EntryLoad | EntryFlux, speed: float | None = None) -> str:
    parts = [clock(given.time)] if known(given.time) else []
    parts += [f"{number(given.height / KILO, 1)} km"] if known(given.height) else []
    parts += [f"{number(speed)} m/s"] if known(speed) else []
    return ", ".join(parts)


def _place(place: Place | Opportunity | Interface | Touchdown | None, digits: int = 3) -> str:
    if place is None or not known(place.latitude_deg):
        return ""
    latitude, longitude = place.latitude_deg, place.longitude_deg
    north = f"{number(abs(latitude), digits)}° {'N' if latitude >= 0 else 'S'}"
    return f"{north} {number(abs(longitude), digits)}° {'E' if longitude >= 0 else 'W'}"


def entry(summary: Summary) -> list[Fact]:
    """What the entry asked and gave, as facts."""
    given = summary.entry
    if given is None:
        return []
    bank, load, flux, turned = given.bank, given.peak_load, given.peak_flux, ""
    if bank.magnitude_deg is not None:
        turned = f"{number(bank.magnitude_deg, 1)}°, {bank.kind}"
        turned += f", reversed at {clock(bank.reversal)}" if bank.reversal is not None else ""
    limit = f"; limit {number(given.load_limit_g, 1)} g" if known(given.load_limit_g) else ""
    hardest = f"{number(load.value_g, 2)}{SPACE}g, {_at(load, load.speed_relative)}{limit}"
    hottest = f"{quantity(flux.value, 'W/m2', 3)}, {_at(flux)}"
    wall = f"{number(given.wall_temperature)} K, radiative equilibrium"
    facts = [
        *(interface(given.interface) if summary.deorbit is None else []),
        ("Bank", turned),
        ("Peak load", hardest if known(load.value_g) else ""),
        ("Peak heat flux", hottest if known(flux.value) else ""),
        ("Heat load", quantity(given.heat_load, "J/m2", 3)),
        ("Hottest wall", wall if known(given.wall_temperature) else ""),
        ("Duration", f"{number(given.duration)} s" if given.duration > 0.0 else ""),
        *turning(given.turning),
    ]
    return [fact for fact in facts if fact[1] and fact[1] != NONE]


def turning(given: Turning | None) -> list[Fact]:
    """How a rigid body turned in its entry, and where the point's would have ended, as facts."""
    if given is None:
        return []
    end, firm = given.entry_end, given.firm_distance
    apart = f"{quantity(end.distance, 'm', 3)} at its end"
    apart += f" ({quantity(end.along, 'm', 3, sign=True)} along,"
    apart += f" {quantity(end.right, 'm', 3, sign=True)} to the right)"
    landed = quantity(given.landing_distance, "m", 3)
    astray = (given.peak_off_trim_deg, given.peak_sideslip_deg, given.peak_bank_error_deg)
    off, slip, bank = (number(angle, 2) for angle in astray)
    moments = zip(_AXES, given.peak_moment, given.moment_limit, strict=True)
    asked = ", ".join(f"{number(m)} of {number(top)} N m in {axis}" for axis, m, top in moments)
    return [
        ("Motion", f"a rigid body in steps of {given.step:g} s, on the bank of the point entry"),
        ("From the point entry", f"{apart}; {landed} on landing"),
        ("Held firmly", f"{quantity(firm, 'm', 3)}: {given.firm}" if firm is not None else ""),
        ("Off the trim", f"{off}° at most, sideslip {slip}°; {bank}° of bank off its programme"),
        ("Fastest turn", f"{number(given.peak_rate_deg, 1)}°/s"),
        ("Control moment", f"{asked}; {_limited(given.at_limit)}"),
        ("Thrusters", _pulsed(given.thrusters)),
    ]


def _pulsed(given: Pulsed | None) -> str:
    if given is None:
        return ""
    words = f"{number(given.propellant, 2)} kg in {given.pulses} pulses, beside the budget"
    words += f"; {number(given.missed, 1)} N m at most not given"
    return words if given.solved else f"{words}; an allocation was not solved"


def _limited(seconds: float) -> str:
    return f"at a limit for {number(seconds, 1)} s" if seconds > 0.0 else "never at a limit"


def parachutes(summary: Summary) -> Table | None:
    """Each step of the train, as it went."""
    rows = [(str(place), *_step(step)) for place, step in enumerate(steps(summary), 1)]
    columns = (
        Column("#", kind="mark"),
        Column("Step", kind="text"),
        Column("Open", kind="text"),
        Column("Deployed"),
        Column("Height", "km"),
        Column("Speed", "m/s"),
        Column("Mach"),
        Column("Dynamic pressure", "kPa"),
        Column("In its box", kind="text"),
        Column("Fill times", "s"),
        Column("Peak on each", "kN"),
        Column("Let go"),
    )
    return make_table("Parachutes in the order of deployment", columns, rows)


def _step(step: ParachuteStep) -> tuple[Cell, ...]:
    deploy, cells = step.deploy, (NONE,) * 5
    if deploy is not None:
        cells = (
            clock(deploy.time),
            scaled(deploy.height, KILO, 2),
            number(deploy.speed, 1),
            number(deploy.mach, 2),
            scaled(deploy.dynamic_pressure, KILO, 2),
        )
    return (
        label(step.name),
        f"{number(step.working)} of {number(step.count)}",
        *cells,
        _boxed(step),
        " + ".join(number(t, 1) for t in step.fill_times) or NONE,
        scaled(step.peak_load, KILO, 1),
        clock(step.release),
    )


def _boxed(step: ParachuteStep) -> Cell:
    if step.deploy is None or step.box is None:
        return "no box"
    words = "inside" if step.deploy.in_box else "outside"
    return badge("within" if step.deploy.in_box else "outside", words)


def touchdown(summary: Summary) -> list[Fact]:
    """Where, when and how it came down, as facts."""
    land = summary.landing
    if land is None:
        return []
    facts = [("Zone", proper(land.zone or ""))]
    down = land.touchdown
    contact = None if down is None else down.contact
    facts += [("Touchdown", _place(down, 4)), ("Aim", _place(land.aim, 4))]
    facts.append(("Miss", quantity(land.miss, "m", 3)))
    if down is not None:
        light = f"{down.light}, the Sun {number(down.sun_elevation_deg, 1)}° above the horizon"
        facts += [("Time", f"{clock(down.time)} = {down.utc}"), ("Light", light)]
    if contact is not None:
        across = f"{number(contact.horizontal, 2)} m/s across"
        facts += [("Speed", f"{number(contact.vertical, 2)} m/s down, {across}")]
        facts += [("Mass", quantity(contact.mass, "kg"))]
    facts.append(("Way of the wind in the descent", quantity(land.wind_drift, "m", 3)))
    return [fact for fact in facts if fact[1] and fact[1] != NONE]
