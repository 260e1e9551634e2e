"""The page of a launcher's payloads: a curve an inclination, and what was not found."""

import math

import pytest
from markupsafe import Markup

from tests.unit.report.test_report_page import figures_of, read
from yaan.report import Payloads, page, write_capability
from yaan.report.capability import CAVEAT, capability_head, capability_sections
from yaan.report.figures.payload import payload
from yaan.results.payloads import Point

NAN = float("nan")


def point(height: float, mass: float, text: str = "") -> Point:
    known = math.isfinite(mass)
    return Point(
        height, 0.9, mass, 0.4 if known else NAN, 3, "flown" if known else "not-found", text
    )


LOW = Payloads("51.57°", (point(3e5, 2000.0), point(5e5, 1800.0)))
HIGH = Payloads("68.75°", (point(3e5, 1500.0), point(5e5, NAN, "It lacks <much>.")))


def test_it_is_a_curve_an_inclination_and_a_cross_where_none_was_found() -> None:
    figure = payload([LOW, HIGH])
    low, high, cross = figure.data
    assert low["x"] == [300.0, 500.0]
    assert low["y"] == [2000.0, 1800.0]
    assert high["y"] == [1500.0, None]
    assert (cross["x"], cross["y"]) == ([500.0], [0.0])
    assert cross["line" if "line" in cross else "marker"]["color"] == high["line"]["color"]
    assert figure.wide["yaxis"]["rangemode"] == "tozero"
    assert "none found to 500 km" in figure.alt
    names = " ".join(note["text"] for note in figure.wide["annotations"])
    assert "51.57°" in names
    assert "68.75°" in names


def test_one_inclination_needs_no_legend_and_heavy_payloads_are_in_tonnes() -> None:
    figure = payload([Payloads("a", (point(3e5, 2.2e4), point(5e5, 2e4)))])
    assert len(figure.data) == 1
    assert figure.data[0]["y"] == [22.0, 20.0]
    assert len(figure.wide["annotations"]) == 1
    assert figure.caption.startswith("Payload to circular orbits (a) that")


def test_the_page_tells_every_orbit_and_what_is_shown_by_it(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))
    path = write_capability([LOW, HIGH], tmp_path, mission="m", title="M", yaan="0.1.0")
    assert path == tmp_path / "capability.html"
    text = path.read_text("utf-8")
    reader = read(text)
    said = " ".join(" ".join(reader.text).split())
    assert CAVEAT in said
    assert "It lacks <much>." in said
    assert "Not found" in said
    assert set(figures_of(text)) == {"payload"}
    assert [v for v in reader.loads if not v.startswith(("#", "data:,"))] == []


def test_the_head_counts_what_was_found() -> None:
    told = capability_head("m", "M", "0.1.0", [LOW, HIGH])
    assert "4 orbits; a payload was found for 3 of them." in told["outcome"]
    assert "1\u202f500\u00a0kg" in told["outcome"]
    assert told["tone"] == ""
    assert capability_head("m", "M", "0.1.0", [LOW])["tone"] == "good"
    none = capability_head("m", "M", "0.1.0", [Payloads("a", (point(3e5, NAN),))])
    assert none["tone"] == "bad"
    assert none["outcome"] == "1 orbit; a payload was found for none."


def test_the_column_of_what_is_missing_is_there_where_something_is() -> None:
    columns = {}
    for name, curves in (("all", [LOW]), ("some", [LOW, HIGH])):
        points = next(part for part in capability_sections(curves) if part.name == "points")
        columns[name] = len(points.blocks[0][1].columns)
    assert columns["some"] == columns["all"] + 1
