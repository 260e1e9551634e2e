"""The sentences of the report that are made from numbers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from yaan.report.evidence import closing, ungraded
from yaan.report.text import clock, difference, label, number, plural, quantity

Summary = Mapping[str, Any]


def open_figures(summary: Summary) -> Iterator[Markup]:
    """Published figures that do not close, loudly."""
    for row in summary.get("published") or ():
        if closing(row) not in ("open", "outside"):
            continue
        unit = str(row.get("unit") or "")
        share = row["difference"] / row["published"] if row.get("published") else None
        sentence = Markup(
            '<strong class="loud">{0} does not close:</strong> {1} here, {2} published'
            ' ({3}, {4} %). <span class="soft">{5}</span>'
        )
        yield sentence.format(
            label(str(row.get("what"))),
            quantity(row.get("ours"), unit),
            quantity(row.get("published"), unit),
            difference(row.get("difference"), unit),
            number(None if share is None else 100 * share, 1, sign=True),
            row.get("source") or "",
        )


def assumed(summary: Summary) -> Iterator[Markup]:
    """How much was assumed, and what was fitted."""
    given = summary.get("assumptions") or ()
    if not given:
        return
    moved = sum(1 for row in given if any((row.get("effect") or {}).values()))
    verb = "is" if len(given) == 1 else "are"
    yield Markup(
        "<strong>{0} {1} assumed</strong>, since nobody has published them; {2} of them were moved"
        ' over a plausible range to see <a href="#assumptions">what they change</a>.'
    ).format(plural(len(given), "value"), verb, moved)
    fitted = [str(r.get("what")) for r in summary.get("published") or () if r.get("calibrated")]
    if fitted:
        yield Markup(
            "{0} served to calibrate the vehicle, so agreement there is no evidence: {1}."
        ).format(plural(len(fitted), "published figure"), ", ".join(fitted))


def limits(summary: Summary) -> Iterator[Markup]:
    """What the crew's verdicts rest on."""
    axes = (summary.get("crew") or {}).get("axes") or ()
    second = [str(a.get("axis")) for a in axes if str(a.get("verdict")).startswith("provisional")]
    if second:
        yield Markup(
            "The crew verdict on {0} is <strong>provisional</strong>: its limit is known"
            " second-hand only."
        ).format(", ".join(second))
    sentence = ungraded(summary)
    if sentence:
        yield Markup("{0} No sourced limit is at hand; nothing is concluded from that.").format(
            sentence
        )


def escape_lead(abort: Summary, worst: Summary) -> str:
    """What an abort without help does to the crew on the profile flown."""
    beta = abort.get("ballistic_coefficient")
    capsule = f" (ballistic coefficient {number(beta)} kg/m²)" if beta is not None else ""
    return (
        f"If the flight fails and the capsule{capsule} falls back without escape motor, lift or"
        f" thrust, the entry loads the crew with up to {number(worst['peak_load_g_max'], 1)} g,"
        f" worst when it is let go at {clock(worst.get('time_of_max'))}."
    )


def escape_choice(summary: Summary, flown: str, profiles: Mapping[str, Any]) -> str:
    """Why this profile is flown, or what flying it costs the crew."""
    mine = profiles[flown]["peak_load_g_max"]
    known: Mapping[str, Any] = summary.get("profiles") or {}
    for other, row in profiles.items():
        peak = row.get("peak_load_g_max")
        if other == flown or peak is None:
            continue
        here, there = known.get(flown) or {}, known.get(other) or {}
        price = ""
        if None not in (here.get("propellant_left"), there.get("propellant_left")):
            cost = there["propellant_left"] - here["propellant_left"]
            price = f" The choice {'costs' if cost > 0 else 'saves'} {quantity(abs(cost), 'kg', 3)}"
            price += " of the propellant left at cut-off."
        versus = f"{number(mine, 1)} g against {number(peak, 1)} g on {other}"
        if mine <= peak:
            return f"That is why {flown} is the one flown: {versus}.{price}"
        return f"The profile flown, {flown}, is not the gentler one: {versus}.{price}"
    return ""


def escape_consequence(row: tuple[str, Sequence[tuple[float, float]]]) -> str:
    """What the loads mean for the design, from a profile's seconds above some levels."""
    name, pairs = row
    level, seconds = next(((g, s) for g, s in reversed(pairs) if s > 0), pairs[0])
    return (
        f"Design consequence: the shape of the ascent sets these loads, so it is a decision about"
        f" crew safety and not about propellant alone. On {name} a fall without lift exceeds"
        f" {number(level)} g during {number(seconds)} s of the ascent; over that stretch the crew"
        " depends on lift in the entry, on thrust before it, or on a lower profile, whose heating"
        " is the price. Abort motors, lift, heating and landing points are not computed here."
    )
