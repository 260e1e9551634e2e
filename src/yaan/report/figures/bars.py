"""The figures made of bars: where the velocity went, and what each assumption moves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from yaan.report.figures.data import heading, told
from yaan.report.figures.grid import name as axis_name
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
from yaan.results.summary_evidence import RankedAssumption

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
    wide, narrow = (_rows(labels, "Ideal velocity, m/s", size) for size in (_PAGE, _PHONE))
    for made in (wide, narrow):
        made["barmode"] = "relative"
        made["showlegend"] = True
        made["legend"] = _LEGEND | {"traceorder": "normal"}
        made["margin"]["t"] = 44 if made is wide else 66
        made["height"] += made["margin"]["t"] - 10
    return Figure("velocity", alt, caption, data, wide, narrow)


def tornado(summary: Summary) -> Figure | None:
    """How far each assumption moves the propellant left, at both ends of its range."""
    moved = [row for row in summary.assumptions if _swing(_LEFT, row) > 0.0]
    moved.sort(key=lambda row: _swing(_LEFT, row), reverse=True)
    rows = moved[:MOST_BARS]
    if not rows:
        return None
    first = short_key(rows[0].key)
    alt = (
        f"Change of the propellant left for each of the {len(rows)} assumptions that matter most;"
        f" the first is {first}, {_ends(_LEFT, rows[0])} kg at the ends of its range."
    )
    caption = (
        "Change of the propellant left in the last stage when one assumption at a time goes to the"
        " low or the high end of its range and the steering is solved again."
    )
    return _tornado("tornado", (alt, caption), [(_LEFT, rows)])


def homeward(summary: Summary) -> Figure | None:
    """How far each assumption moves the landing, the load and the touchdown, at both ends."""
    panels: list[tuple[_Measure, list[RankedAssumption]]] = []
    for measure in _HOMEWARD:
        rows = [row for row in summary.assumptions if _swing(measure, row) >= measure.least]
        rows.sort(key=lambda row, measure=measure: _swing(measure, row), reverse=True)
        # A bar that nobody can see is none; the table has all.
        rows = [r for r in rows if _swing(measure, r) >= _SEEN * _swing(measure, rows[0])]
        if rows:
            panels.append((measure, rows[:_MOST_HOMEWARD]))
    if not panels:
        return None
    told_ = "; ".join(
        f"{measure.title.lower()} is moved most by {short_key(rows[0].key)},"
        f" {_ends(measure, rows[0])} {measure.unit}"
        for measure, rows in panels
    )
    alt = f"What assumptions change on the way home, at the ends of their ranges: {told_}."
    caption = (
        "What changes on the way home when one assumption at a time goes to the low or the high"
        " end of its range, from shortly before the deorbit burn on: burns and bank stay as they"
        " were, and nobody corrects them. Bars too small to be seen are left to the table."
    )
    return _tornado("homeward", (alt, caption), panels)


def _tornado(
    name: str,
    words: tuple[str, str],
    panels: "Sequence[tuple[_Measure, Sequence[RankedAssumption]]]",
) -> Figure:
    """Bars at both ends of ranges, a panel a quantity, in the order in which they are given."""
    data: list[Json] = []
    for place, (measure, rows) in enumerate(panels):
        for side, colour, shift in (("low", ORANGE, -0.06), ("high", BLUE, 0.2)):
            bar = _end(measure, rows, side, colour, shift) | _columns(measure, rows, side)
            axes = {"xaxis": axis_name("x", place), "yaxis": axis_name("y", place)}
            data.append(bar | axes | {"showlegend": place == 0, "legendgroup": side})
    sizes = ((_PAGE, 840, 1.18), (_PHONE, 310, 1.45))
    wide, narrow = (_stacked(panels, size, width, room) for size, width, room in sizes)
    return Figure(name, *words, data, wide, narrow)


def _stacked(
    panels: "Sequence[tuple[_Measure, Sequence[RankedAssumption]]]",
    size: tuple[int, int, int],
    width: int,
    room: float,
) -> Json:
    """The layout of such panels: those below the first stand on axes of their own."""
    parts = [
        _rows([_told(row, size, width) for row in rows], measure.axis, size)
        for measure, rows in panels
    ]
    heights = [part["height"] - 56 for part in parts]  # of the bars alone
    plot = sum(heights) + _BETWEEN * (len(parts) - 1)
    made = parts[0]
    made["barmode"] = "overlay"
    made["showlegend"] = True
    made["legend"] = _LEGEND
    made["margin"]["t"] = 44
    made["height"] = plot + made["margin"]["t"] + made["margin"]["b"]
    texts: list[Json] = []
    top = 1.0
    for place, (part, height, (measure, rows)) in enumerate(
        zip(parts, heights, panels, strict=True)
    ):
        x, y = axis_name("x", place), axis_name("y", place)
        widest = max(abs(value) for row in rows for value in _both(measure, row))
        low = -room * widest if measure.signed else 0.0
        across = part["xaxis"] | {"range": [low, room * widest], "anchor": y}
        domain = [max(top - height / plot, 0.0), top]
        made[axis_name("xaxis", place)] = across
        made[axis_name("yaxis", place)] = part["yaxis"] | {"domain": domain, "anchor": x}
        texts += [text | {"yref": y} for text in part["annotations"]]
        top -= (height + _BETWEEN) / plot
    made["annotations"] = texts
    return made


@dataclass(frozen=True)
class _Measure:
    """What an assumption moves.

    Attributes:
        title: in words.
        axis: title of its axis.
        unit: shown.
        digits: decimals.
        of: its value at one end of the range, in `unit`; None where there is none.
        least: change that is drawn.
        signed: whether it may be less than nothing.
    """

    title: str
    axis: str
    unit: str
    digits: int
    of: Callable[[RankedAssumption, str], float | None]
    least: float = 0.0
    signed: bool = True


def _propellant(row: RankedAssumption, side: str) -> float | None:
    effect = row.effect.low if side == "low" else row.effect.high
    return None if effect is None else effect.propellant_left


def _on_return(field: str, scale: float) -> Callable[[RankedAssumption, str], float | None]:
    def value(row: RankedAssumption, side: str) -> float | None:
        effects = row.on_return
        end = None if effects is None else effects.low if side == "low" else effects.high
        found = None if end is None else getattr(end, field)
        return None if found is None else float(found) / scale

    return value


_LEFT: Final = _Measure(
    "Propellant left", "Change of the propellant left, kg", "kg", 0, _propellant
)
_HOMEWARD: Final = (
    _Measure(
        "Landing", "Landing moved by, km", "km", 1, _on_return("miss", 1e3), 0.05, signed=False
    ),
    _Measure(
        "Largest load of the entry",
        "Change of the largest load of the entry, g",
        "g",
        2,
        _on_return("entry_load_g", 1.0),
        0.005,
    ),
    _Measure(
        "Touchdown speed",
        "Change of the touchdown speed, m/s",
        "m/s",
        2,
        _on_return("touchdown_speed", 1.0),
        0.005,
    ),
)
_MOST_HOMEWARD: Final = 6  # bars of one panel
_SEEN: Final = 4e-3  # of the longest bar, that a bar is as long as to be seen
_BETWEEN: Final = 62  # [px], between panels: an axis with its title


_HATCH: Final = {
    "fillmode": "overlay",
    "fgcolor": "rgba(255,255,255,0.75)",
    "size": 6,
    "solidity": 0.3,
}
_LEGEND: Final = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}
_LETTER: Final = 0.56  # of a letter's height: its width, on the side of too much
_LEAST_WORDS: Final = 6  # letters; less of a range says nothing
_PAGE: Final = (46, 16, 12)  # pitch of the rows, margin at the sides, size of the text [px]
_PHONE: Final = (46, 8, 11)


def _rows(labels: Sequence[str], title: str, size: tuple[int, int, int]) -> Json:
    """A layout for horizontal bars whose names stand above them, which suits every width."""
    pitch, side, font = size
    count = len(labels)
    made = layout(count * pitch + 10 + 46, (side, side, 10, 46), hovermode="closest")
    made["bargap"] = 0
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
        **told(("Phase", [label(row.phase) for row in rows]), (heading(label(name), "m/s"), "x")),
    }


def _end(
    measure: _Measure, rows: Sequence[RankedAssumption], side: str, colour: str, shift: float
) -> Json:
    """The bars of one end of the ranges."""
    change = [measure.of(row, side) for row in rows]
    signed = measure.signed
    sign = "+" if signed else ""
    return {
        "type": "bar",
        "orientation": "h",
        "name": _where(side),
        "x": [None if value is None else round(value, measure.digits + 2) for value in change],
        "y": [row + shift for row in range(len(rows))],
        "width": 0.2,
        "text": [number(value, measure.digits, sign=signed) for value in change],
        "textposition": "outside",
        "constraintext": "none",
        "textfont": {"size": 10.5, "color": SOFT},
        "cliponaxis": False,
        "marker": {"color": colour},
        "customdata": [safe(str(getattr(row, side))) for row in rows],
        "hovertemplate": f"%{{customdata}}: %{{x:{sign},.{measure.digits}f}} {measure.unit}"
        "<extra></extra>",
    }


def _where(side: str) -> str:
    return f"at the {side} end"


def _columns(measure: _Measure, rows: Sequence[RankedAssumption], side: str) -> Json:
    where = _where(side)
    named = ("Assumption", [row.key for row in rows])
    value = (heading(f"{measure.title} {where}", measure.unit), "x")
    return told(named, (f"Value {where}", "customdata"), value)


def _both(measure: _Measure, row: RankedAssumption) -> list[float]:
    ends = (measure.of(row, side) for side in ("low", "high"))
    return [value for value in ends if value is not None]


def _swing(measure: _Measure, row: RankedAssumption) -> float:
    return max((abs(value) for value in _both(measure, row)), default=0.0)


def _ends(measure: _Measure, row: RankedAssumption) -> str:
    found = _both(measure, row)
    return " and ".join(number(v, measure.digits, sign=measure.signed) for v in found)


def _told(row: RankedAssumption, size: tuple[int, int, int], width: int) -> str:
    """The assumption and its range, as much of it as `width` [px] has room for."""
    key, reach = short_key(row.key), _range(row)
    room = int(width / (_LETTER * size[2])) - len(key) - 3
    if len(reach) > room:
        reach = f"{reach[: room - 1].rstrip()}…" if room > _LEAST_WORDS else ""
    return f"<b>{safe(key)}</b>   {safe(reach)}".rstrip()


def _range(row: RankedAssumption) -> str:
    if row.value.startswith("["):
        return "a table"
    return row.value if row.low is None or row.high is None else f"{row.low} to {row.high}"
