"""The tables of the way home: orbit, burns, opportunities, deorbit, entry, parachutes, landing."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from yaan.report.figures.descent import steps
from yaan.report.tables import Cell, Column, Summary, Table, badge, capital, make_table, scaled
from yaan.report.text import NONE, SPACE, clock, label, number, proper, quantity

Fact = tuple[str, str]

KILO: Final = 1e3  # [1]
_AXES: Final = ("roll", "pitch", "yaw")
_ASTRAY: Final = ("off_trim", "sideslip", "bank_error")


def elements(summary: Summary) -> Table | None:
    """The orbit from insertion to deorbit."""
    rows: list[tuple[Cell, ...]] = [
        (
            capital(str(row.get("when", ""))),
            clock(row.get("time")),
            scaled(row.get("perigee"), KILO, 1),
            scaled(row.get("apogee"), KILO, 1),
            number(row.get("inclination_deg"), 3),
            scaled(row.get("period"), 60.0, 2),
        )
        for row in (summary.get("orbit_phase") or {}).get("elements") or ()
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
    given = [*((summary.get("orbit_phase") or {}).get("burns") or ())]
    brake = (summary.get("deorbit") or {}).get("burn")
    rows: list[tuple[Cell, ...]] = [
        (
            label(str(row.get("name") or "deorbit")),
            clock(row.get("start")),
            number(row.get("duration"), 1),
            number(row.get("delta_v"), 2),
            number(row.get("propellant"), 1),
            number(row.get("engines")),
            number(row.get("thrust")),
        )
        for row in [*given, *([brake] if brake else [])]
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


def opportunities(summary: Summary) -> Table | None:
    """Every pass in the landing window, the chosen one marked."""
    given: Sequence[Mapping[str, Any]] = summary.get("opportunities") or ()
    rows = [_opportunity(row) for row in given]
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
    classes = tuple("chosen" if row.get("chosen") else "" for row in given)
    caption = "Every pass in the landing window, times in UTC; 0 km of miss is inside the zone"
    return make_table(caption, columns, rows, classes)


def _opportunity(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    tag = Markup(' <span class="tag">chosen</span>') if row.get("chosen") else ""
    reach = badge("within" if row.get("reachable") else "outside", _reach(row))
    return (
        number(row.get("revolution")),
        Markup("{0}{1}").format(reach, tag),
        Markup("{0}<br>{1}").format(clock(row.get("time")), _utc(row.get("utc"))),
        Markup("{0}<br>{1}").format(
            _place(row.get("latitude_deg"), row.get("longitude_deg"), 2) or NONE,
            row.get("direction") or "",
        ),
        scaled(row.get("cross_track"), KILO, 0, sign=True),
        Markup("{0}<br>Sun {1}°").format(
            row.get("light") or NONE, number(row.get("sun_elevation_deg"), 1)
        ),
        scaled(row.get("perigee"), KILO, 1),
        number(row.get("entry_angle_deg"), 2),
        str(row.get("why") or ""),
    )


def _reach(row: Mapping[str, Any]) -> str:
    return "in reach" if row.get("reachable") else "out of reach"


def _utc(text: object) -> str:
    """A time of the clock to the second, date first, without its scale's name."""
    shown = str(text or "").removesuffix(" UTC").removesuffix("Z").replace("T", " ")
    return shown.split(".")[0]


def deorbit(summary: Summary) -> list[Fact]:
    """The deorbit burn, the separation and the interface, as facts."""
    given = summary.get("deorbit") or {}
    burn, apart = given.get("burn") or {}, given.get("separation") or {}
    facts = [
        ("Burn", _burn(burn)),
        ("Separation", _at(apart, apart.get("speed"))),
        *interface(given.get("interface") or {}),
        ("Without lift", _ballistic(given.get("ballistic_peak_g"))),
    ]
    return [fact for fact in facts if fact[1]]


def interface(given: Mapping[str, Any]) -> list[Fact]:
    """The state at the entry interface, as facts."""
    if given.get("time") is None and given.get("height") is None:
        return []
    where = _place(given.get("latitude_deg"), given.get("longitude_deg"))
    speeds = [
        f"{number(given[key] / KILO, 4)} km/s {words}"
        for key, words in (("speed_inertial", "inertial"), ("speed_relative", "relative"))
        if given.get(key) is not None
    ]
    angles = [
        f"{number(given[key], 3)}° {words}"
        for key, words in (
            ("flight_path_angle_inertial_deg", "inertial"),
            ("flight_path_angle_relative_deg", "relative"),
        )
        if given.get(key) is not None
    ]
    heading = given.get("heading_deg")
    facts = [
        ("Entry interface", f"{_at(given, None)}{', ' if where else ''}{where}"),
        ("Speed there", ", ".join(speeds)),
        ("Flight-path angle", ", ".join(angles)),
        ("Heading", f"{number(heading, 2)}° from north" if heading is not None else ""),
    ]
    return [fact for fact in facts if fact[1]]


def _burn(burn: Mapping[str, Any]) -> str:
    if burn.get("delta_v") is None:
        return ""
    parts = [f"{number(burn['delta_v'], 1)} m/s in {number(burn.get('duration'))} s"]
    if burn.get("start") is not None:
        parts.append(f"from {clock(burn['start'])}")
    if burn.get("engines") is not None and burn.get("thrust") is not None:
        parts.append(f"{number(burn['engines'])} engines, {number(burn['thrust'])} N")
    if burn.get("propellant") is not None:
        parts.append(f"{number(burn['propellant'])} kg of propellant")
    return "; ".join(parts)


def _at(given: Mapping[str, Any], speed: float | None) -> str:
    parts = [clock(given["time"])] if given.get("time") is not None else []
    parts += [f"{number(given['height'] / KILO, 1)} km"] if given.get("height") is not None else []
    parts += [f"{number(speed)} m/s"] if speed is not None else []
    return ", ".join(parts)


def _place(latitude: float | None, longitude: float | None, digits: int = 3) -> str:
    if latitude is None or longitude is None:
        return ""
    north = f"{number(abs(latitude), digits)}° {'N' if latitude >= 0 else 'S'}"
    return f"{north} {number(abs(longitude), digits)}° {'E' if longitude >= 0 else 'W'}"


def _ballistic(peak: float | None) -> str:
    return f"a ballistic entry from here peaks at {number(peak, 1)} g" if peak is not None else ""


def entry(summary: Summary) -> list[Fact]:
    """What the entry asked and gave, as facts."""
    given = summary.get("entry") or {}
    bank, load = given.get("bank") or {}, given.get("peak_load") or {}
    flux = given.get("peak_flux") or {}
    turned = ""
    if bank.get("magnitude_deg") is not None:
        turned = f"{number(bank['magnitude_deg'], 1)}°"
        turned += f", {bank['kind']}" if bank.get("kind") else ""
        if bank.get("reversal") is not None:
            turned += f", reversed at {clock(bank['reversal'])}"
    limit = given.get("load_limit_g")
    facts = [
        *(interface(given.get("interface") or {}) if not summary.get("deorbit") else []),
        ("Bank", turned),
        (
            "Peak load",
            _peak(load, "value_g", "g", 2) + (f"; limit {number(limit, 1)} g" if limit else ""),
        ),
        ("Peak heat flux", _peak(flux, "value", "W/m2", 3)),
        ("Heat load", quantity(given.get("heat_load"), "J/m2", 3)),
        ("Hottest wall", _kelvin(given.get("wall_temperature"))),
        ("Duration", f"{number(given['duration'])} s" if given.get("duration") else ""),
        *turning(given.get("turning") or {}),
    ]
    return [fact for fact in facts if fact[1] and fact[1] != NONE]


def turning(given: Mapping[str, Any]) -> list[Fact]:
    """How a rigid body turned in its entry, and where the point's would have ended, as facts."""
    if not given:
        return []
    end, firm = given["entry_end"], given.get("firm_distance")
    apart = f"{quantity(end['distance'], 'm', 3)} at its end"
    apart += f" ({quantity(end['along'], 'm', 3, sign=True)} along,"
    apart += f" {quantity(end['right'], 'm', 3, sign=True)} to the right)"
    landed = quantity(given["landing_distance"], "m", 3)
    off, slip, bank = (number(given[f"peak_{k}_deg"], 2) for k in _ASTRAY)
    moments = zip(_AXES, given["peak_moment"], given["moment_limit"], strict=True)
    asked = ", ".join(f"{number(m)} of {number(top)} N m in {axis}" for axis, m, top in moments)
    return [
        ("Motion", f"a rigid body in steps of {given['step']:g} s, on the bank of the point entry"),
        ("From the point entry", f"{apart}; {landed} on landing"),
        ("Held firmly", f"{quantity(firm, 'm', 3)}: {given['firm']}" if firm is not None else ""),
        ("Off the trim", f"{off}° at most, sideslip {slip}°; {bank}° of bank off its programme"),
        ("Fastest turn", f"{number(given['peak_rate_deg'], 1)}°/s"),
        ("Control moment", f"{asked}; {_limited(given['at_limit'])}"),
    ]


def _limited(seconds: float) -> str:
    return f"at a limit for {number(seconds, 1)} s" if seconds > 0.0 else "never at a limit"


def _peak(peak: Mapping[str, Any], key: str, unit: str, digits: int) -> str:
    if peak.get(key) is None:
        return ""
    shown = f"{number(peak[key], 2)}{SPACE}g" if unit == "g" else quantity(peak[key], unit, digits)
    return ", ".join(filter(None, (shown, _at(peak, peak.get("speed_relative")))))


def _kelvin(value: float | None) -> str:
    return f"{number(value)} K, radiative equilibrium" if value is not None else ""


def parachutes(summary: Summary) -> Table | None:
    """Each step of the train, as it went."""
    rows: list[tuple[Cell, ...]] = []
    for place, step in enumerate(steps(summary), 1):
        deploy = step.get("deploy") or {}
        rows.append(
            (
                str(place),
                label(str(step.get("name", ""))),
                f"{number(step.get('working'))} of {number(step.get('count'))}",
                clock(deploy.get("time")),
                scaled(deploy.get("height"), KILO, 2),
                number(deploy.get("speed"), 1),
                number(deploy.get("mach"), 2),
                scaled(deploy.get("dynamic_pressure"), KILO, 2),
                _boxed(step),
                " + ".join(number(t, 1) for t in step.get("fill_times") or ()) or NONE,
                scaled(step.get("peak_load"), KILO, 1),
                clock(step.get("release")),
            )
        )
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


def _boxed(step: Mapping[str, Any]) -> Cell:
    inside = (step.get("deploy") or {}).get("in_box")
    if inside is None or not step.get("box"):
        return "no box"
    return badge("within" if inside else "outside", "inside" if inside else "outside")


def touchdown(summary: Summary) -> list[Fact]:
    """Where, when and how it came down, as facts."""
    down, land = summary.get("touchdown") or {}, summary.get("landing") or {}
    speeds = ""
    if down.get("vertical") is not None:
        speeds = f"{number(down['vertical'], 2)} m/s down"
        if down.get("horizontal") is not None:
            speeds += f", {number(down['horizontal'], 2)} m/s across"
    light = str(land.get("light") or "")
    if light and land.get("sun_elevation_deg") is not None:
        light += f", the Sun {number(land['sun_elevation_deg'], 1)}° above the horizon"
    facts = [
        ("Zone", proper(str(land.get("zone") or ""))),
        ("Touchdown", _pair(land.get("touchdown"))),
        ("Aim", _pair(land.get("aim"))),
        ("Miss", quantity(land.get("miss"), "m", 3)),
        ("Time", " = ".join(filter(None, (_known(down, land), str(land.get("utc") or ""))))),
        ("Light", light),
        ("Speed", speeds),
        ("Mass", quantity(down.get("mass"), "kg")),
        ("Way of the wind in the descent", quantity(land.get("wind_drift"), "m", 3)),
    ]
    return [fact for fact in facts if fact[1] and fact[1] != NONE]


def _known(down: Mapping[str, Any], land: Mapping[str, Any]) -> str:
    at = down.get("time") if down.get("time") is not None else land.get("time")
    return clock(at) if at is not None else ""


def _pair(place: Sequence[float] | None) -> str:
    return _place(place[0], place[1], 4) if place else ""
