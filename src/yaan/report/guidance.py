"""The section on guidance: what was commanded and flown, and what was believed of it."""

from collections.abc import Iterator
from typing import Any

from yaan.report import figures
from yaan.report.tables import Column, Table
from yaan.report.text import SPACE, clock, known, label, legible, number, quantity, significant
from yaan.results import FlightRecord, Summary
from yaan.results.summary_guidance import AscentGuidance, EntryGuidance, Navigation, OrbitGuidance

Block = tuple[str, Any]


def guidance(record: FlightRecord) -> Iterator[Block]:
    """Of the parts that were guided; nothing of a flight by time."""
    summary = record.summary
    up = None if summary.ascent is None else summary.ascent.guidance
    down = None if summary.entry is None else summary.entry.guidance
    if up is not None:
        yield "heading", "Ascent"
        yield "facts", _ascent(up)
        yield "figure", figures.guided_ascent(record)
    orbit = None if summary.orbit_phase is None else summary.orbit_phase.guidance
    if orbit is not None:
        yield "heading", "Orbit"
        yield "text", _met(orbit)
        yield "table", _burns(orbit, summary)
    if down is not None:
        yield "heading", "Entry"
        yield "facts", _entry(down)
        yield "figure", figures.guided_entry(record)
    told = {"ascent": up and up.navigation, "entry": down and down.navigation}
    known_of = {part: one for part, one in told.items() if one is not None}
    if not known_of:
        return
    yield "heading", "Navigation"
    yield "text", _believed(list(known_of.values()))
    yield "table", _errors(known_of)
    for part in known_of:
        yield "figure", figures.navigated(record, part)


def _ascent(told: AscentGuidance) -> list[tuple[str, str]]:
    facts = [("Law", told.law)]
    if told.solutions is not None and told.unconverged is not None:
        failed = told.unconverged
        words = "all converged" if not failed else f"{number(failed)} did not converge"
        facts.append(("Solutions", f"{number(told.solutions)}; {words}"))
        facts.append(("Last solution", "converged" if told.converged else "not converged"))
    lack = told.shortfall
    if lack > 0.0:
        facts.append(("Lacking for the target", f"{number(lack, 1)}{SPACE}m/s"))
    facts += [
        ("Perigee, off the target", quantity(told.perigee_miss, "m", 3, sign=True)),
        ("Apogee, off the target", quantity(told.apogee_miss, "m", 3, sign=True)),
        ("Inclination, off the target", f"{number(told.inclination_miss_deg, 5)}°"),
        ("Cut-off, against the design", _later(told.cut_off_later)),
        (
            "Propellant left, against the design",
            f"{significant(told.propellant_more, 2, sign=True)}{SPACE}kg",
        ),
        (
            "Off the command, at most",
            f"{significant(told.off_command_deg, 2)}° at {clock(told.off_command_time)}",
        ),
    ]
    return facts


def _met(told: OrbitGuidance) -> str:
    """Where burns that were solved again have led."""
    seen = "the truth, which is known" if told.draw is None else f"an estimate, of draw {told.draw}"
    if told.draw == 0:
        seen = "an estimate without a drawn error"
    later, apart = told.interface_later, quantity(told.interface_apart, "m", 2)
    return (
        f"Each burn was solved again shortly before it, from {seen}, and ended as it had its"
        f" velocity. The interface was met {_later(later)} and {apart} beside the designed one."
    )


def _burns(told: OrbitGuidance, summary: Summary) -> Table:
    """The burns in orbit beside their design, and what is left after them."""
    left = {use.stage: use.left for use in summary.budgets.propellant}.get("service_module")
    columns = (
        Column("Burn", kind="text"),
        Column("Starts", kind="text"),
        Column("later than designed", "s"),
        Column("Lasts", "s"),
        Column("designed", "s"),
        Column("Velocity", "m/s"),
        Column("designed", "m/s"),
    )
    rows = [
        (
            label(one.name),
            clock(one.start),
            _difference(one.start, one.start_designed),
            number(one.duration, 1),
            _or_none(one.duration_designed, 1),
            number(one.delta_v, 2),
            _or_none(one.delta_v_designed, 2),
        )
        for one in told.burns
    ]
    caption = "Burns in orbit, as flown and as designed"
    if known(left):
        caption += f"; {number(left, 1)}{SPACE}kg of propellant left after them"
    return Table(caption, columns, tuple(rows))


def _difference(flown: float, designed: float | None) -> str:
    return "" if designed is None else significant(flown - designed, 2, sign=True)


def _or_none(value: float | None, digits: int) -> str:
    return "not designed" if value is None else number(value, digits)


def _later(seconds: float) -> str:
    words = "later" if seconds > 0.0 else "earlier"
    return f"{legible(abs(seconds), 2)}{SPACE}s {words}" if seconds else "at the same time"


def _entry(told: EntryGuidance) -> list[tuple[str, str]]:
    facts = [("Law", told.law)]
    if told.reversals is not None:
        when = ", ".join(clock(time) for time in told.reversal_times)
        facts.append(("Changes of side", f"{number(told.reversals)}{': ' + when if when else ''}"))
    if known(told.miss) and known(told.miss_by_time):
        by_time = quantity(told.miss_by_time, "m", 3)
        facts.append(("From the aim", f"{quantity(told.miss, 'm', 3)}; {by_time} by time"))
    facts.append(("Largest load by time", f"{number(told.peak_load_by_time, 2)}{SPACE}g"))
    heard = "all heard"
    if told.unheard:
        heard = f"{number(told.unheard)} were no number, the first at {clock(told.unheard_first)}"
    facts.append(("Commands", f"{number(told.commands)}; {heard}"))
    return facts


def _believed(told: list[Navigation]) -> str:
    text = (
        "Inertial navigation with fixes by satellites. An error is the estimate less the truth, and"
        " sigma the standard deviation that navigation told of it then, of all axes together."
    )
    if all(one.draw == 0 for one in told):
        return f"{text} No errors were drawn (draw 0): the estimate is the truth, unknown to it."
    draw = told[0].draw
    return (
        f"{text} Errors are those of draw {draw}. The normalised error squared is 6 on average"
        " where sigmas are right; a single draw, whose errors go on for minutes, may be far off it."
    )


def _errors(told: dict[str, Navigation]) -> Table:
    columns = (
        Column("Part", kind="text"),
        Column("Fixes"),
        Column("Without them", "s"),
        Column("Position, at most", "m"),
        Column("Sigma then", "m"),
        Column("Velocity, at most", "m/s"),
        Column("Sigma then", "m/s"),
        Column("Within three sigma", "%"),
        Column("Normalised error squared"),
    )
    rows = tuple(
        (
            part.capitalize(),
            number(one.fixes),
            number(one.silent),
            number(one.position_error, 1),
            number(one.position_sigma, 1),
            number(one.velocity_error, 3),
            number(one.velocity_sigma, 3),
            number(100.0 * one.within, 1),
            number(one.nees, 1),
        )
        for part, one in told.items()
    )
    return Table("What navigation was out by, and what it told", columns, rows)
