"""The sentences of the report that are made from numbers."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from yaan.report.evidence import closing, ungraded
from yaan.report.text import clock, difference, known, label, number, plural, quantity
from yaan.results import Summary
from yaan.results.summary import VelocityTotal
from yaan.results.summary_ascent import AbortMap, Ascent, WorstAbort


def open_figures(summary: Summary) -> Iterator[Markup]:
    """Published figures that do not close, loudly."""
    for row in summary.published:
        if closing(row) not in ("open", "outside"):
            continue
        off = row.difference
        share = off / row.published if off is not None and row.published else None
        sentence = Markup(
            '<strong class="loud">{0} does not close:</strong> {1} here, {2} published'
            ' ({3}, {4} %). <span class="soft">{5}</span>'
        )
        yield sentence.format(
            label(row.what),
            quantity(row.ours, row.unit),
            quantity(row.published, row.unit),
            difference(off, row.unit),
            number(None if share is None else 100 * share, 1, sign=True),
            row.source,
        )


def assumed(summary: Summary) -> Iterator[Markup]:
    """How much was assumed, and what was fitted."""
    given = summary.assumptions
    if not given:
        return
    moved = sum(bool(row.effect.low or row.effect.high or row.on_return) for row in given)
    verb = "is" if len(given) == 1 else "are"
    yield Markup(
        "<strong>{0} {1} assumed</strong>, since nobody has published them; {2} of them were moved"
        ' over a plausible range to see <a href="#assumptions">what they change</a>.'
    ).format(plural(len(given), "value"), verb, moved)
    fitted = [row.what for row in summary.published if row.calibrated]
    if fitted:
        yield Markup(
            "{0} served to calibrate the vehicle, so agreement there is no evidence: {1}."
        ).format(plural(len(fitted), "published figure"), ", ".join(fitted))


def limits(summary: Summary) -> Iterator[Markup]:
    """What the crew's verdicts rest on."""
    crew = summary.crew_in("ascent")
    axes = () if crew is None else crew.axes
    second = [row.axis for row in axes if row.verdict.startswith("provisional")]
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


def velocity_closure(total: VelocityTotal) -> str:
    """What the velocity budget of a part of the flight leaves unexplained."""
    left = number(total.residual, 3, sign=True)
    if total.part != "ascent":
        return f"It leaves {left} m/s. A burn against the motion counts as negative."
    share = number(100.0 * total.residual / total.ideal if total.ideal else None, 4, sign=True)
    convention = f" Convention: {total.convention}." if total.convention else ""
    return (
        f"Ideal velocity less everything it went into leaves {left} m/s, {share} % of the whole."
        f"{convention}"
    )


def escape_lead(abort: AbortMap, worst: WorstAbort) -> str:
    """What an abort without help does to the crew on the profile flown."""
    beta = abort.ballistic_coefficient
    capsule = f" (ballistic coefficient {number(beta)} kg/m²)" if known(beta) else ""
    return (
        f"If the flight fails and the capsule{capsule} falls back without escape motor, lift or"
        f" thrust, the entry loads the crew with up to {number(worst.peak_load_g, 1)} g,"
        f" worst when it is let go at {clock(worst.peak_time)}."
    )


def escape_choice(ascent: Ascent, abort: AbortMap, flown: str) -> str:
    """Why this profile is flown, or what flying it costs the crew."""
    mine = abort.profiles[flown].peak_load_g
    for other, row in abort.profiles.items():
        peak = row.peak_load_g
        if other == flown or not known(peak):
            continue
        price = ""
        if flown in ascent.profiles and other in ascent.profiles:
            here, there = ascent.profiles[flown], ascent.profiles[other]
            cost = there.propellant_left - here.propellant_left
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
