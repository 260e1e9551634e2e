"""The names of what several panels have in common, above them, in their colours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

from yaan.report.figures.style import NARROW, SOFT, WIDE, Figure, Json, note, safe

_LETTER: Final = 6.6  # [px] of the letters, on average
_HEADING: Final = 28  # [px] of the heading of a panel
_ROW: Final = 17  # [px]
_KEYS: Final = {
    "solid": "━━",
    "dash": "╍╍",
    "dot": "┅┅",
    "circle": "○",
    "square": "□",
    "diamond": "◇",
    "triangle-up": "△",
    "cross": "✚",
    "x": "✖",
}


class Named(Protocol):
    """What a legend names: a curve that every panel has."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def colour(self) -> str:
        """Of its lines."""
        ...

    @property
    def dash(self) -> str:
        """Of its lines: solid, dash or dot; or the symbol of its points."""
        ...


def legend(figure: Figure, curves: Sequence[Named], *, events: bool = False) -> Figure:
    """The figure with the names of `curves` above it, in their colours; no room where none is.

    Args:
        figure: whose layouts get them.
        curves: that are named.
        events: whether events stand above it, which keep their room.
    """

    def above(layout: Json, width: int) -> Json:
        rows, used = list[list[Named]](), 0.0
        for curve in curves:
            wanted = _LETTER * (len(curve.name) + 5)
            if not rows or used + wanted > width:
                rows.append([])
                used = 0.0
            rows[-1].append(curve)
            used += wanted
        margin = layout["margin"]
        plot = layout["height"] - margin["t"] - margin["b"]
        top = margin["t"] if events else min(margin["t"], _HEADING)
        tall = top + _ROW * len(rows) + 6
        texts = [
            note(
                "    ".join(
                    f'<span style="color:{curve.colour}">{_KEYS[curve.dash]}</span>'
                    f" {safe(curve.name)}"
                    for curve in row
                ),
                0.0,
                1.0 + (top + _ROW * (len(rows) - 1 - place)) / plot,
                font={"size": 12, "color": SOFT},
            )
            for place, row in enumerate(rows)
        ]
        return layout | {
            "height": plot + tall + margin["b"],
            "margin": margin | {"t": tall},
            "annotations": [*layout.get("annotations", []), *texts],
        }

    return replace(figure, wide=above(figure.wide, WIDE), narrow=above(figure.narrow, NARROW))
