"""Small figures beside and below each other, each with axes of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from yaan.report.figures.style import Json, axis, layout, note, safe


@dataclass(frozen=True)
class Look:
    """How many stand beside each other, and their sizes.

    Attributes:
        across: how many.
        height: of one [px].
        gap: between rows [px].
        margin: left, right, top, bottom [px].
        share: of its column that each fills.
        flush: whether the last of a row reaches the right edge; else each has room beside it.
    """

    across: int
    height: int
    gap: int
    margin: tuple[int, int, int, int]
    share: float
    flush: bool = True


@dataclass(frozen=True)
class Cell:
    """One small figure.

    Attributes:
        words: its heading.
        unit: behind the heading; empty for a pure number.
        across: title of its horizontal axis.
        up: title of its vertical axis; empty for none.
    """

    words: str
    unit: str
    across: str
    up: str = ""


def name(letter: str, place: int) -> str:
    """Plotly's name of an axis: the first has no number."""
    return letter if place == 0 else f"{letter}{place + 1}"


def grid(cells: Sequence[Cell], look: Look) -> Json:
    """A layout of `cells`, row by row; their axes are x and y with the number of each."""
    rows = -(-len(cells) // look.across)
    plot = rows * look.height + (rows - 1) * look.gap
    made = layout(plot + look.margin[2] + look.margin[3], look.margin, hovermode="closest")
    made["annotations"] = []
    for place, cell in enumerate(cells):
        row, column = divmod(place, look.across)
        top = 1.0 - row * (look.height + look.gap) / plot
        wide = look.share / look.across
        room = 1.0 - (wide if look.flush else 1.0 / look.across)
        start = column * room / max(look.across - 1, 1)
        small = {"tickfont": {"size": 11}}
        made[name("xaxis", place)] = axis(
            domain=[start, start + wide],
            anchor=name("y", place),
            nticks=6,
            title={"text": safe(cell.across), "font": {"size": 12}, "standoff": 6},
            **small,
        )
        made[name("yaxis", place)] = axis(
            domain=[max(top - look.height / plot, 0.0), top],
            anchor=name("x", place),
            nticks=6,
            **small,
        )
        if cell.up:
            title = {"text": safe(cell.up), "font": {"size": 12}, "standoff": 6}
            made[name("yaxis", place)]["title"] = title
        unit = f", {safe(cell.unit)}" if cell.unit else ""
        head = note(f"<b>{safe(cell.words)}</b>{unit}", start, top + 5 / plot)
        made["annotations"].append(head)
    return made
