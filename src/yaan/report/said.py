"""What the draws of a dispersed mission say: its requirements, its spread, and what it hangs on."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from markupsafe import Markup

from yaan.report.figures.hanging import BARS, asked_for, certain, hanging, strongest
from yaan.report.figures.lanes import Lanes, Required, Said
from yaan.report.sections import Block
from yaan.report.tables import Cell, Column, badge, capital, make_table
from yaan.report.text import NONE, label, number, plural, short_key, significant

_VERDICTS: Final = {"held": "pass", "failed": "fail", "open": "ungraded"}
_SURELY: Final = 3.0  # times the noise, of one among many keys
_SIDE: Final = 60  # [px] of a small interval, on each side of what is asked for
_ROOM: Final = 1.15  # of its half, that the farther end of the interval takes one


def verdicts(every: Sequence[Required]) -> str:
    """How many requirements held, failed and are open."""
    words = [one.verdict for one in every]
    counts = [f"{words.count(word)} {word}" for word in _VERDICTS if word in words]
    return f"Requirements: {', '.join(counts)}."


def required(lanes: Lanes) -> Iterator[Block]:
    """Every requirement with its verdict, what it rests on, and the worst draw."""
    said = lanes.said
    if said is None or not said.required:
        return
    sure = f"{100.0 * said.confidence:g} %"
    rows: list[tuple[Cell, ...]] = [
        (
            badge(_VERDICTS[one.verdict], one.verdict),
            Markup('{0}<span class="soft">{1}</span>').format(capital(one.words), label(one.name)),
            f"{number(one.met)} of {number(one.draws)}",
            _interval(one),
            _percent(one.required, one),
            _more(one),
            _worst(lanes, one),
        )
        for one in said.required
    ]
    columns = (
        Column("Verdict", kind="text"),
        Column("Requirement", kind="wide"),
        Column("Met by draws"),
        Column("Probability", f"%, {sure} sure", kind="text"),
        Column("Asked for", "%"),
        Column("More draws to decide"),
        Column("Worst draw"),
    )
    yield "table", make_table("What the draws say of each", columns, rows)
    how = (
        f"The interval is of the spread between {said.replicates} replicates of a Sobol sequence."
        if said.replicates
        else "The interval is exact, of independent draws."
    )
    nominal = lanes.drawing is not None and lanes.drawing.nominal
    first = " Draw 0, the mission as it is, does not count." if nominal else ""
    yield (
        "text",
        "A draw that failed, or did not come to the quantity, counts against the requirement."
        f" {how} Bars show it against what is asked for, each to a scale of its own: to the right"
        " of the tick it held, to the left it failed, and across it so many draws do not decide."
        " The worst draw is the one nearest to the bound, or farthest beyond it; yaan fly FOLDER"
        f" --lane K flies it in full.{first}",
    )


def _interval(one: Required) -> Markup:
    """The interval of a probability as a bar against what is asked for, and in numbers."""
    reach = _ROOM * max(abs(one.low - one.required), abs(one.high - one.required), 1e-9)
    low, high = (_SIDE * (1.0 + (x - one.required) / reach) for x in (one.low, one.high))
    svg = Markup(
        '<svg width="{0}" height="12" aria-hidden="true">'
        '<path class="zero" d="M{1} 0v12" stroke-width="1.5"></path>'
        '<path d="M{2:.1f} 3.5h{3:.1f}v5h-{3:.1f}z" fill="currentcolor"></path></svg>'
    ).format(2 * _SIDE, _SIDE, low, max(high - low, 1.5))
    colour = {"held": "good", "failed": "bad"}.get(one.verdict, "soft")
    return Markup('<span class="bar" style="color: var(--{0})">{1}</span>{2} to {3}').format(
        colour, svg, _percent(one.low, one), _percent(one.high, one)
    )


def _percent(share: float, one: Required) -> str:
    """A share with as many digits as tell the requirement from one."""
    digits = min(max(2, 1 - int(np.floor(np.log10(100.0 * (1.0 - one.required))))), 6)
    text = number(100.0 * share, digits)
    return text.rstrip("0").rstrip(".") if share == one.required else text


def _more(one: Required) -> str:
    if one.verdict != "open":
        return ""
    return "not known" if one.more is None else number(one.more)


def _worst(lanes: Lanes, one: Required) -> Cell:
    if one.worst is None:
        return NONE
    lane, value = one.worst
    look = lanes.shown(one.quantity)
    told = f"{number(value / look.scale, look.digits)} {look.unit}".rstrip()
    return Markup('{0}<br><code class="soft">--lane {1}</code>').format(told, lane)


def percentiles(lanes: Lanes, said: Said) -> Iterator[Block]:
    """The spread of each quantity in numbers, with the intervals of its percentiles."""
    names = [name for name in lanes.main if name in said.spreads]
    if not names:
        return
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        look, found = lanes.shown(name), said.spreads[name]
        mean, deviation = (
            number(x / look.scale, look.digits) for x in (found.mean, found.deviation)
        )
        cells = [
            Markup('{0}<br><span class="soft">{1}</span>').format(
                number(value / look.scale, look.digits),
                "" if np.isnan(low) and np.isnan(high)
                else " to ".join(number(x / look.scale, look.digits) for x in (low, high)),
            )
            for _, value, low, high in found.shares
        ]  # fmt: skip
        rows.append((look.named, mean, deviation, *cells))
    columns = (
        Column("Quantity", kind="text"),
        Column("Mean"),
        Column("Standard deviation"),
        *(Column(f"{100.0 * share:g} % below") for share, *_ in said.spreads[names[0]].shares),
    )
    yield (
        "table",
        make_table("The spread in numbers, of the draws that ended as they should", columns, rows),
    )
    sure = f"{100.0 * said.confidence:g} %"
    yield (
        "text",
        "The draws are of a Sobol sequence, whose percentiles have no known interval."
        if said.replicates
        else f"Below each percentile is the interval that holds it with {sure}, whatever the"
        f" distribution; {NONE} where the draws are too few for that end.",
    )


def footprints(lanes: Lanes) -> Iterator[Block]:
    """The ellipses on the ground in numbers."""
    said = lanes.said
    if said is None or not {"latitude", "longitude"} <= lanes.columns.keys():
        return
    rows: list[tuple[Cell, ...]] = [
        (
            f"{100.0 * one.probability:g}",
            f"{100.0 * one.inside:.2f}",
            significant(one.semi_major / 1e3),
            significant(one.semi_minor / 1e3),
            number(np.degrees(one.azimuth), 1),
        )
        for one in said.footprints
    ]
    columns = (
        Column("Of normal scatter", "%"),
        Column("Of these draws", "%"),
        Column("Semi-major axis", "km"),
        Column("Semi-minor axis", "km"),
        Column("Azimuth of the major axis", "deg"),
    )
    yield "table", make_table("What each ellipse holds, and how large it is", columns, rows)


def hangs(lanes: Lanes) -> Iterator[Block]:
    """What the ends hang on, those first that requirements name."""
    said = lanes.said
    if said is None:
        return
    figure = hanging(lanes, said)
    if figure is None:
        return
    yield "figure", figure
    names = list(dict.fromkeys([*asked_for(lanes, said), *lanes.main]))
    rows: list[tuple[Cell, ...]] = []
    for name in (name for name in names if said.hanging.get(name)):
        sure = [one for one in strongest(said.hanging[name]) if certain(one)]
        for one in sure:
            rows.append(
                (
                    lanes.shown(name).named if one is sure[0] else "",
                    capital(short_key(one.key)),
                    f"{number(one.correlation, 2)} ± {number(one.correlation_error, 2)}",
                    f"{number(100.0 * one.variance, 0)} ± {number(100.0 * one.variance_error, 0)}",
                )
            )
    columns = (
        Column("Quantity", kind="text"),
        Column("Key", kind="text"),
        Column("Rank correlation"),
        Column("Share of the variance by itself", "%"),
    )
    caption = "The strongest keys of every quantity, those that are told from noise"
    yield "fold", make_table(caption, columns, rows)


def in_common(lanes: Lanes) -> Iterator[Block]:
    """What draws that failed have in common."""
    said = lanes.said
    if said is None or not said.lost:
        return
    lost = [(key, delta, noise) for key, delta, noise in said.lost if abs(delta) > _SURELY * noise]
    keys = plural(len(said.lost), "key")
    if not lost:
        yield (
            "text",
            "Draws that failed have nothing in common that can be told from chance: none of"
            f" {keys} lies beyond three times its noise.",
        )
        return
    rows: list[tuple[Cell, ...]] = [
        (
            capital(short_key(key)),
            "larger values" if delta > 0.0 else "smaller values",
            number(delta, 2, sign=True),
            number(noise, 2),
        )
        for key, delta, noise in lost[:BARS]
    ]
    columns = (
        Column("Key", kind="text"),
        Column("Draws that failed have", kind="text"),
        Column("Delta"),
        Column("Noise"),
    )
    rest = len(lost) - len(rows)
    more = f" {plural(rest, 'more lies', 'more lie')} beyond it too." if rest > 0 else ""
    yield (
        "table",
        make_table("Keys beyond three times their noise, the strongest first", columns, rows),
    )
    yield (
        "text",
        "Delta is the chance that a draw that failed has a larger value than one that came"
        " through, less the chance that it has a smaller one; noise is its standard error of a key"
        f" that does not matter. Of {keys} the others are not told from chance.{more}",
    )
