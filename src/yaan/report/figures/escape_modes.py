"""What the figures of escapes share: how a mode is drawn, its columns, and the events shown."""

from dataclasses import dataclass, replace
from typing import Final

from yaan.report.figures.overlay import COLOURS
from yaan.report.figures.style import SOFT, Array, Json, note, safe
from yaan.report.text import MINUS, known, label, number
from yaan.results.escape import EscapeRecord

_MEANT: Final = ("lift-off", "ignition", "cut-off", "separation", "jettison", "burn-out")
_LETTER: Final = 5.9  # [px] of the letters of an event, on average
ROW: Final = 14  # [px], of a row of events
_DASHES: Final = ("solid", "dash", "dot")
_SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "cross", "x")


def margin(value: float | None) -> str:
    """A margin with two decimals; one just beyond its limit is not shown as zero."""
    if known(value) and -0.005 < value < 0.0:
        return f"> {MINUS}0.01"
    return number(value, 2)


def mode_columns(made: EscapeRecord, name: str) -> dict[str, Array]:
    """The columns of a mode; none of one whose group is absent."""
    return made.groups.get(f"mode/{name}", {})


@dataclass(frozen=True)
class Look:
    """What a mode is drawn with, and named with in a legend.

    Attributes:
        name: title of the mode.
        colour: of lines and points.
        dash: of lines.
        symbol: of points.
    """

    name: str
    colour: str
    dash: str = "solid"
    symbol: str = "circle"

    @property
    def key(self) -> "Look":
        """Itself, named by its symbol."""
        return replace(self, dash=self.symbol)


def look(made: EscapeRecord, name: str) -> Look:
    """How a mode is drawn, alike in every figure; six colours, then again in other strokes."""
    place = [one.name for one in made.summary.modes].index(name)
    turn = place // len(COLOURS)
    return Look(
        made.summary.modes[place].title,
        COLOURS[place % len(COLOURS)],
        _DASHES[turn % len(_DASHES)],
        _SYMBOLS[(place + turn) % len(_SYMBOLS)],
    )


def last_cut_off(made: EscapeRecord) -> tuple[str, float] | None:
    """The last event that cuts an engine off, and when it comes [s]."""
    ends = [(at, name) for name, at in made.summary.events.items() if "cut-off" in name]
    return (max(ends)[1], max(ends)[0]) if ends else None


def meant(given: dict[str, float], ends: tuple[float, float]) -> list[tuple[float, str]]:
    """The events that matter to an escape, in the order of time: when, and as words."""
    return sorted(
        (at, label(name))
        for name, at in given.items()
        if ends[0] <= at <= ends[1] and any(word in name for word in _MEANT)
    )


def events(
    given: dict[str, float], ends: tuple[float, float], width: int
) -> tuple[list[Json], list[Json], int]:
    """Events that matter to an escape: lines through the plot, and names in rows above it.

    Returns:
        Shapes, whose upper end is given in pixels above the plot; annotations; and how many rows.
    """
    wanted = meant(given, ends)
    scale = width / (ends[1] - ends[0])
    free: list[float] = []
    placed: list[tuple[float, str, int, bool]] = []
    for at, name in wanted:
        start, wide = scale * (at - ends[0]), _LETTER * len(name) + 12
        left = start + wide > width  # the name stands on the left of its line
        begin = start - wide if left else start
        row = next((k for k, end in enumerate(free) if end <= begin), len(free))
        if row == len(free):
            free.append(0.0)
        free[row] = max(start, begin + wide)
        placed.append((at, name, row, left))
    rows = len(free)
    shapes: list[Json] = []
    texts: list[Json] = []
    for at, name, row, left in placed:
        up = 19 + ROW * (rows - 1 - row)
        stroke = {"color": "#8a96a1", "width": 1, "dash": "dot"}
        shapes.append(
            {
                "type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": up,
                "line": stroke,
            }
        )  # fmt: skip
        side: Json = {"xanchor": "right", "xshift": -3} if left else {"xshift": 3}
        side |= {"font": {"size": 11, "color": SOFT}, "bgcolor": "rgba(255,255,255,0.85)"}
        texts.append(note(safe(name), at, 1, xref="x", yshift=up, borderpad=0, **side))
    return shapes, texts, rows
