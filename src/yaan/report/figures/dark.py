"""The colours of the figures on dark paper: each colour of light paper, and what it becomes.

Figures are made in the colours of light paper, which print in them too. The page's script replaces
them where the page is dark; a test looks that none is missing here, that text stands out from
its paper by 4.5 to 1 and lines by 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).
"""

from typing import Final

from yaan.report.figures.style import (
    BLACK_COLOUR,
    BLUE,
    COLOUR_SCALE,
    GREEN,
    GRID,
    INK,
    MARGIN_COLOURS,
    ORANGE,
    PURPLE,
    SHADE,
    SKY,
    SOFT,
    TEXT_COLOURS,
    VERMILION,
)

PAPER: Final = "#12181e"

DARK: Final[dict[str, str]] = {
    "#ffffff": PAPER,
    INK: "#e3e9ef",
    SOFT: "#a3b0bc",
    GRID: "#263039",
    BLUE: "#4aa9e9",
    VERMILION: "#f58442",
    GREEN: "#2fc296",
    ORANGE: "#e8ab2e",
    SKY: "#78c6f2",
    PURPLE: "#dd98c0",
    TEXT_COLOURS[VERMILION]: "#f79a63",
    TEXT_COLOURS[GREEN]: "#4cc79a",
    TEXT_COLOURS[PURPLE]: "#e3a8cb",
    TEXT_COLOURS[ORANGE]: "#e8ab2e",
    "#8a96a1": "#7c8995",  # axes and what is drawn across
    "#a9b4be": "#55626e",  # lines of events
    "#c3ccd4": "#3b4854",  # edge of a readout
    "#dbe3e9": "#2a3641",  # grid of a map
    "#e8ebe4": "#2a332d",  # land
    "#9aa6ae": "#66747f",  # shore
    "#f3f7fa": "#151e27",  # sea
    "#c9d0c2": "#3a463d",  # land of the globe
    "#dfeaf2": "#1c2b38",  # sea of the globe
    "#6f7d88": "#93a1ad",  # shore of the globe
    "#b4c3ce": "#3b4b58",  # its meridians
    "#7d8b98": "#8b99a5",  # tracks of other passes
    SHADE: "#2b3743",
    "#f6d58a": "#d9b25c",  # sunlight
    "#3d4a58": "#46535f",  # night, umbra
    "#aab4be": "#aab4be",  # twilight
    **{c: c for c in MARGIN_COLOURS},  # margins are told by hue, whatever the paper
    BLACK_COLOUR: BLACK_COLOUR,  # within a frame
    **{c: c for c in COLOUR_SCALE},  # even in lightness, from dark to light on either paper
    "white": "white",  # day, whatever the paper
    "rgba(0,0,0,0)": "rgba(0,0,0,0)",
    "rgba(0,158,115,0.13)": "rgba(47,194,150,0.2)",
    **{f"rgba(255,255,255,{a})": f"rgba(18,24,30,{a})" for a in ("0.7", "0.75", "0.8", "0.85")},
}
