"""The figures made of bars: where the velocity went, and what each assumption moves."""

from collections.abc import Sequence
from typing import Final

from yaan.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    SOFT,
    VERMILION,
    Figure,
    Json,
    axis,
    layout,
    note,
    safe,
)
from yaan.report.tables import COMPONENTS
from yaan.report.text import label, number, short_key
from yaan.results import Summary
from yaan.results.summary import VelocityLosses, VelocityTotal
from yaan.results.summary_evidence import Effect, RankedAssumption

MOST_BARS: Final = 12  # assumptions drawn; the table has all

_PARTS: Final = {
    "achieved": ("achieved", BLUE, ""),
    "gravity": ("gravity", ORANGE, "/"),
    "drag": ("drag", VERMILION, ""),
    "steering": ("steering", GREEN, "x"),
    "back_pressure": ("back-pressure", PURPLE, "."),
}


def velocity(summary: Summary) -> Figure | None:
    """Ideal velocity of each phase of the ascent, split into what was achieved and lost."""
    phases = (row for row in summary.budgets.velocity if row.part == "ascent")
    rows = [row for row in phases if max(map(abs, _parts(row))) >= 5]
    if not rows:
        return None
    places = list(range(len(rows)))
    data = [_part(k, rows, places) for k in range(len(COMPONENTS))]
    labels = [f"<b>{safe(label(r.phase))}</b>   {number(r.ideal)} m/s ideal" for r in rows]
    alt = "Ideal velocity by phase as stacked bars."
    for total in (row for row in summary.budgets.velocity_totals if row.part == "ascent"):
        named = zip(COMPONENTS, _parts(total), strict=True)
        lost = ", ".join(f"{_PARTS[k][0]} {number(value)}" for k, value in named)
        alt += f" In all {number(total.ideal)} m/s: {lost}."
    caption = (
        "What each phase's ideal velocity went into. Phases under 5 m/s are left to the table. A"
        " bar to the left of zero is a gain, such as gravity while falling."
    )
    wide, narrow = (_rows(labels, "m/s", size) for size in (_PAGE, _PHONE))
    for made in (wide, narrow):
        made["barmode"] = "relative"
        made["showlegend"] = True
        made["legend"] = _LEGEND | {"traceorder": "normal"}
        made["margin"]["t"] = 44 if made is wide else 66
        made["height"] += made["margin"]["t"] - 10
    return Figure("velocity", alt, caption, data, wide, narrow)


def tornado(summary: Summary) -> Figure | None:
    """How far each assumption moves the propellant left, at both ends of its range."""
    moved = [row for row in summary.assumptions if _swing(row) > 0.0]
    moved.sort(key=_swing, reverse=True)
    rows = moved[:MOST_BARS]
    if not rows:
        return None
    low = [(row.low, row.effect.low) for row in rows]
    high = [(row.high, row.effect.high) for row in rows]
    data = [
        _end(low, "at the low end", ORANGE, -0.05),
        _end(high, "at the high end", BLUE, 0.17),
    ]
    labels = [f"<b>{safe(short_key(row.key))}</b>   {safe(_range(row))}" for row in rows]
    first = short_key(rows[0].key)
    alt = (
        f"Change of the propellant left for each of the {len(rows)} assumptions that matter most;"
        f" the first is {first}, {_ends(rows[0])} kg at the ends of its range."
    )
    caption = (
        "Change of the propellant left in the last stage when one assumption at a time goes to the"
        " low or the high end of its range and the steering is solved again."
    )
    wide, narrow = (_rows(labels, "kg", size) for size in (_PAGE, _PHONE))
    widest = max(abs(v) for row in rows for v in _both(row))
    for made, room in ((wide, 1.18), (narrow, 1.45)):
        made["barmode"] = "overlay"
        made["showlegend"] = True
        made["legend"] = _LEGEND
        made["margin"]["t"] = 44
        made["height"] += 34
        made["xaxis"]["range"] = [-room * widest, room * widest]
    return Figure("tornado", alt, caption, data, wide, narrow)


_HATCH: Final = {
    "fillmode": "overlay",
    "fgcolor": "rgba(255,255,255,0.75)",
    "size": 6,
    "solidity": 0.3,
}
_LEGEND: Final = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}
_PAGE: Final = (46, 16, 12)  # pitch of the rows, margin at the sides, size of the text [px]
_PHONE: Final = (46, 8, 11)


def _rows(labels: Sequence[str], unit: str, size: tuple[int, int, int]) -> Json:
    """A layout for horizontal bars whose names stand above them, which suits every width."""
    pitch, side, font = size
    count = len(labels)
    made = layout(count * pitch + 10 + 46, (side, side, 10, 46), hovermode="closest")
    made["bargap"] = 0
    title = f"Ideal velocity, {unit}" if unit == "m/s" else f"Change of the propellant left, {unit}"
    made["xaxis"] = axis(title={"text": title, "font": {"size": 12}, "standoff": 8})
    made["xaxis"] |= {"zeroline": True, "zerolinecolor": INK, "zerolinewidth": 1, "showline": False}
    made["yaxis"] = axis(
        range=[count - 0.55, -0.62], showticklabels=False, ticks="", showgrid=False, showline=False
    )
    made["annotations"] = [
        note(text, 0, row - 0.19, yref="y", font={"size": font, "color": INK})
        | {"bgcolor": "#ffffff", "borderpad": 0}
        for row, text in enumerate(labels)
    ]
    return made


def _parts(row: VelocityLosses | VelocityTotal) -> tuple[float, ...]:
    """What the ideal velocity went into [m/s], in the order of `COMPONENTS`."""
    return row.achieved, row.gravity, row.drag, row.steering, row.back_pressure


def _part(k: int, rows: Sequence[VelocityLosses], places: Sequence[int]) -> Json:
    name, colour, pattern = _PARTS[COMPONENTS[k]]
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "x": [round(_parts(row)[k], 2) for row in rows],
        "y": [place + 0.02 for place in places],
        "width": 0.36,
        "marker": {"color": colour, "pattern": _HATCH | {"shape": pattern}}
        | {"line": {"color": "#ffffff", "width": 0.6}},
        "hovertemplate": f"{name} %{{x:,.1f}} m/s<extra></extra>",
    }


def _end(
    ends: Sequence[tuple[str | None, Effect | None]], words: str, colour: str, shift: float
) -> Json:
    change = [0.0 if effect is None else effect.propellant_left for _, effect in ends]
    return {
        "type": "bar",
        "orientation": "h",
        "name": words,
        "x": [round(value, 2) for value in change],
        "y": [row + shift for row in range(len(ends))],
        "width": 0.2,
        "text": [number(value, sign=True) for value in change],
        "textposition": "outside",
        "constraintext": "none",
        "textfont": {"size": 10.5, "color": SOFT},
        "cliponaxis": False,
        "marker": {"color": colour},
        "customdata": [safe(str(value)) for value, _ in ends],
        "hovertemplate": "%{customdata}: %{x:+,.0f} kg<extra></extra>",
    }


def _both(row: RankedAssumption) -> list[float]:
    ends = (row.effect.low, row.effect.high)
    return [effect.propellant_left for effect in ends if effect is not None]


def _swing(row: RankedAssumption) -> float:
    return max((abs(value) for value in _both(row)), default=0.0)


def _ends(row: RankedAssumption) -> str:
    return " and ".join(number(value, sign=True) for value in _both(row))


def _range(row: RankedAssumption) -> str:
    return row.value if row.low is None or row.high is None else f"{row.low} to {row.high}"
