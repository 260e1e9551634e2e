"""The colours of the page, light and dark: none is forgotten, and all can be read."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.unit.report import homecoming, synthetic
from yaan.report.figures import Figure
from yaan.report.figures.dark import DARK, PAPER
from yaan.report.figures.style import TEXT_COLOURS
from yaan.report.sections import sections
from yaan.results import read_flight

COLOUR = re.compile(r"#[0-9a-fA-F]{6}|rgba?\([^)]*\)|white")
DATA = {"x", "y", "z", "text", "hovertext", "customdata", "surfacecolor", "meta"}
CSS = (Path(__file__).parents[3] / "src/yaan/report/page.css").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Figure]:
    """The figures of a whole mission and of an ascent."""
    parent = tmp_path_factory.mktemp("colours")
    folders = (
        homecoming.write_mission(parent / "m-1", 20),
        synthetic.write_run(parent / "g-1"),
        homecoming.write_entry(parent / "c-1"),
    )
    parts = (part for folder in folders for part in sections(read_flight(folder)))
    return [block for part in parts for kind, block in part.blocks if kind == "figure"]


def walk(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a figure that is not data, with its key."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, item in value.items():
            if not (name in DATA and isinstance(item, list)):
                yield from walk(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item, key)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of a hexadecimal colour."""
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(d + d for d in digits)
    parts = [int(digits[i : i + 2], 16) / 255.0 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast("#000000", "#fff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_colour_of_a_figure_has_one_for_dark_paper(drawn: list[Figure]) -> None:
    assert len(drawn) > 20
    found = {
        colour
        for figure in drawn
        for layer in (figure.data, figure.wide, figure.narrow)
        for _, text in walk(layer)
        for colour in COLOUR.findall(text)
    }
    assert len(found) > 20
    assert found - DARK.keys() == set()


def test_the_words_of_a_figure_can_be_read_on_both_papers(drawn: list[Figure]) -> None:
    fonts = set()
    for figure in drawn:
        for made in (figure.wide, figure.narrow):
            notes = made.get("annotations", [])
            fonts |= {note["font"]["color"] for note in notes if "color" in note.get("font", {})}
            fonts |= {made["font"]["color"], made["hoverlabel"]["font"]["color"]}
    assert len(fonts) > 4
    for colour in fonts | set(TEXT_COLOURS.values()):
        assert contrast(colour, "#ffffff") >= 4.5, colour
        assert contrast(DARK[colour], PAPER) >= 4.5, colour


def test_the_lines_of_a_figure_stand_out_from_dark_paper(drawn: list[Figure]) -> None:
    lines = {
        trace["line"]["color"]
        for figure in drawn
        for trace in figure.data
        if trace["type"] == "scatter" and "color" in trace.get("line", {}) and "meta" in trace
    }
    assert len(lines) > 3
    for colour in lines:
        assert contrast(DARK[colour], PAPER) >= 3.0, colour


def blocks() -> list[dict[str, str]]:
    """The colours by name: of light paper, and both blocks of dark."""
    found = re.findall(r":root(?:[^{,]*)\{(.*?)\}", CSS, re.S)
    pairs = [re.findall(r"--([\w-]+):\s*([^;]+);", block) for block in found]
    return [dict(pair) for pair in pairs]


def test_dark_by_the_system_and_by_the_button_are_alike() -> None:
    light, system, button = blocks()
    assert system == button
    assert light.keys() - system.keys() == {"sans", "mono"}
    assert system["paper"] == PAPER
    screens = re.findall(r"@media screen[^{]*\{\s*:root", CSS)
    assert len(screens) == 2  # and paper stays light


@pytest.mark.parametrize("scheme", [0, 1])
def test_the_words_of_the_page_can_be_read(scheme: int) -> None:
    colours = blocks()[scheme]
    for ground in ("paper", "faint", "note"):
        for ink in ("ink", "soft", "accent", "good", "bad", "warn"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5


def test_no_colour_of_the_page_is_outside_the_two_lists() -> None:
    rest = CSS[CSS.index("* { box-sizing") :]
    assert re.findall(r"#[0-9a-fA-F]{3,6}\b(?=[;\s,])|rgb\(", rest) == []


def test_pairs_are_told_apart_on_dark_paper() -> None:
    greys = sorted(luminance(DARK[c]) for c in ("#e8ebe4", "#f3f7fa", "#9aa6ae"))
    assert all(high > 1.3 * low for low, high in pairwise(greys))
