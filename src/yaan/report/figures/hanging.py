"""What the ends of a dispersed mission hang on: a bar a key, a panel a quantity.

A key may move an end to one side whichever way it is out, as a cross wind moves the distance from
the aim: its rank correlation is then none, and its share of the variance is not. So keys are ranked
by the square of the correlation, which is the share were all ranks on a line, or by the share where
that is larger and told from noise; and a key is noise only where neither is told from none.
"""

from collections.abc import Sequence
from typing import Final

from yaan.report.figures.data import heading, told
from yaan.report.figures.grid import name as axis_name
from yaan.report.figures.lanes import Hanging, Lanes, Said
from yaan.report.figures.style import BLUE, INK, SOFT, Figure, Json, axis, layout, note, safe
from yaan.report.tables import capital
from yaan.report.text import number, short_key

BARS: Final = 12
"""Keys of one quantity that are told, the strongest first."""

_SURE: Final = 2.0  # standard errors, within which nothing is told from none

_ELSE: Final = ("miss", "peak_load")  # where no requirement names a quantity
_FAINT: Final = "#a9b4be"  # of bars that are noise
_PITCH: Final = 34  # [px], from bar to bar
_BETWEEN: Final = 84  # [px], from panel to panel: an axis, and the next one's heading
_HEAD: Final = 30  # [px], above the first
_FOOT: Final = 46  # [px]
_LEAST: Final = 0.2  # of a correlation that an axis reaches: noise alone is not to fill it
_LETTER: Final = 6.3  # [px], on the side of too much
_LEAST_WORDS: Final = 10  # letters of a key


def asked_for(lanes: Lanes, said: Said) -> tuple[str, ...]:
    """The quantities that requirements name and that hang on something, else the usual ones."""
    named = dict.fromkeys(one.quantity for one in said.required)
    for names in (named, _ELSE, lanes.main[:1]):
        found = tuple(name for name in names if said.hanging.get(name))
        if found:
            return found
    return ()


def strongest(rows: Sequence[Hanging]) -> list[Hanging]:
    """The keys that a quantity hangs on most."""

    def size(row: Hanging) -> float:
        return max(row.correlation**2, row.variance if _explains(row) else 0.0)

    return sorted(rows, key=lambda row: -size(row))[:BARS]


def certain(row: Hanging) -> bool:
    """Whether a key does something that is told from noise."""
    return abs(row.correlation) > _SURE * row.correlation_error or _explains(row)


def _explains(row: Hanging) -> bool:
    return row.variance > _SURE * row.variance_error


def hanging(lanes: Lanes, said: Said) -> Figure | None:
    """The rank correlation of each quantity with the keys that it hangs on most."""
    panels = [(name, strongest(said.hanging[name])) for name in asked_for(lanes, said)]
    if not panels:
        return None
    data = [_bars(lanes, name, rows, place) for place, (name, rows) in enumerate(panels)]
    alt = "Bars of rank correlations: " + "; ".join(
        f"{lanes.shown(name).words.lower()} hangs most on {short_key(rows[0].key)}, at"
        f" {number(rows[0].correlation, 2, sign=True)}, which explains {_share(rows[0])} alone"
        for name, rows in panels
    )
    caption = (
        "Spearman's rank correlation with each key, the strongest first, of the draws that ended"
        " as they should: to the right a larger value goes with a larger end. Whiskers are one"
        " standard error. In numbers: the share of the variance that a key explains by itself,"
        " below zero by noise; large without a correlation, where either side of the key does the"
        " same. Grey: both within two standard errors of nothing, where chance alone may make them."
        " Profiles over height and errors of navigation are left out, so that shares need not add"
        " up."
    )
    wide = _stacked(lanes, panels, (2 if len(panels) > 1 else 1, 12, 24))
    narrow = _stacked(lanes, panels, (1, 11, 10))
    return Figure("hanging", f"{alt}.", caption, data, wide, narrow)


def _bars(lanes: Lanes, quantity: str, rows: Sequence[Hanging], place: int) -> Json:
    look = lanes.shown(quantity)
    return {
        "type": "bar",
        "orientation": "h",
        "name": look.words,
        "x": [round(row.correlation, 4) for row in rows],
        "y": [i + 0.13 for i in range(len(rows))],
        "width": 0.36,
        "xaxis": axis_name("x", place),
        "yaxis": axis_name("y", place),
        "marker": {"color": [BLUE if certain(row) else _FAINT for row in rows]},
        "error_x": {
            "type": "data",
            "array": [round(row.correlation_error, 4) for row in rows],
            "color": INK,
            "thickness": 1.2,
            "width": 3,
        },
        "customdata": [f"{safe(row.key)}<br>variance {_share(row)}" for row in rows],
        "hovertemplate": "%{customdata}<br>correlation %{x:+.3f}<extra></extra>",
        **told(
            ("Quantity", [look.words] * len(rows)),
            ("Key", [row.key for row in rows]),
            (heading("Rank correlation"), "x"),
            ("Standard error", [row.correlation_error for row in rows]),
            ("Share of the variance", [row.variance for row in rows]),
            ("Standard error of the share", [row.variance_error for row in rows]),
        ),
    }


def _share(row: Hanging) -> str:
    """The share of the variance in percent, with its error."""
    share, error = (number(100.0 * x) for x in (row.variance, row.variance_error))
    return f"{share} ± {error} %"


def _stacked(
    lanes: Lanes, panels: Sequence[tuple[str, Sequence[Hanging]]], look: tuple[int, int, int]
) -> Json:
    """The layout of panels, so many `look` says beside each other, with its letters and margin."""
    across, font, side = look
    lines = [panels[i : i + across] for i in range(0, len(panels), across)]
    heights = [_PITCH * max(len(rows) for _, rows in line) for line in lines]
    plot = sum(heights) + _BETWEEN * (len(lines) - 1)
    made = layout(plot + _HEAD + _FOOT, (side, side, _HEAD, _FOOT), hovermode="closest")
    made["bargap"] = 0
    made["annotations"] = []
    share = 1.0 if across == 1 else 0.475
    width = share * (840 if side > 10 else 310)
    top = 1.0
    for line, height in zip(lines, heights, strict=True):
        for column, (quantity, rows) in enumerate(line):
            place = next(i for i, (named, _) in enumerate(panels) if named == quantity)
            start = column * (1.0 - share)
            ends = (abs(row.correlation) + row.correlation_error for row in rows)
            reach = 1.12 * max(_LEAST, *ends)
            across_ = _across(reach) | {"domain": [start, start + share]}
            up = axis(range=[height / _PITCH - 0.5, -0.68], showticklabels=False, ticks="")
            up |= {"showgrid": False, "showline": False}
            up |= {"domain": [max(top - height / plot, 0.0), top], "anchor": axis_name("x", place)}
            made[axis_name("xaxis", place)] = across_ | {"anchor": axis_name("y", place)}
            made[axis_name("yaxis", place)] = up
            head = f"<b>{safe(lanes.shown(quantity).words)}</b>"
            made["annotations"].append(note(head, start, top + 6 / plot, font={"size": 12.5}))
            made["annotations"] += [
                _named(row, start, i, font, width) | {"yref": axis_name("y", place)}
                for i, row in enumerate(rows)
            ]
        top -= (height + _BETWEEN) / plot
    return made


def _across(reach: float) -> Json:
    title = {"text": "Rank correlation", "font": {"size": 12}, "standoff": 6}
    made = axis(range=[-reach, reach], title=title, nticks=7, tickfont={"size": 11})
    made |= {"zeroline": True, "zerolinecolor": INK, "zerolinewidth": 1, "showline": False}
    return made


def _named(row: Hanging, start: float, place: int, font: int, width: float) -> Json:
    """The key and its share of the variance above its bar, as much as there is room for."""
    share, key = _share(row), capital(short_key(row.key))
    room = max(int(width / (_LETTER * font / 12)) - len(share) - 4, _LEAST_WORDS)
    key = key if len(key) <= room else f"…{key[len(key) - room + 1 :].lstrip()}"
    sure = certain(row)
    text = f"<b>{safe(key)}</b>   {share}" if sure else f"{safe(key)}   {share}"
    colour = INK if sure else SOFT
    made = note(text, start, place - 0.08, font={"size": font, "color": colour})
    return made | {"bgcolor": "#ffffff", "borderpad": 0}
