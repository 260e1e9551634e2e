# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false
"""The way home in the report: what is flown is shown, what is not is left out."""

import io
from dataclasses import replace

import numpy as np
import pytest
from markupsafe import Markup
from rich.console import Console

from tests.unit.report import homecoming
from tests.unit.report.test_report_page import figures_of, read, unpacked
from yaan.cli import tables
from yaan.report import figures, home, home_tables, page
from yaan.report.figures.body_panels import umbras
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.span import ascent, cut, span
from yaan.results import make_history, read_flight, summary_of
from yaan.results.summary_return import LoadPeak
from yaan.results.summary_shadow import Shadow, ShadowEdge, ShadowPass

HOME = (
    "overview", "orbit", "opportunities", "deorbit", "entry", "crew-return", "descent", "landing",
)  # fmt: skip
DRAWN = (
    "globe", "mission", "revolutions", "sunlight", "corridor", "entry", "exposure-return",
    "parachutes", "boxes", "landing",
)  # fmt: skip
ENTRY_ONLY = {"overview", "entry", "crew-return", "descent", "landing", "numbers"}


NOTHING = summary_of({"schema": 1})


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return read_flight(homecoming.write_mission(tmp_path_factory.mktemp("home") / "m-1", 20))


@pytest.fixture(scope="module")
def capsule(tmp_path_factory):
    return read_flight(homecoming.write_entry(tmp_path_factory.mktemp("home") / "c-1"))


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))


def test_the_whole_mission_has_every_section_and_figure(record):
    text = page.render(record)
    reader = read(text)
    assert [name for name in HOME if name not in reader.ids] == []
    assert [name for name in DRAWN if name not in figures_of(text)] == []
    assert all(len(words) > 60 for words in reader.labels)
    assert "NaN" not in unpacked(text, "figures").decode()


def test_the_page_fetches_nothing_for_its_globe(record):
    kinds = {t["type"] for f in figures_of(page.render(record)).values() for t in f["data"]}
    assert kinds <= {"scatter", "bar", "scatter3d", "surface"}


def test_an_entry_has_no_ascent_and_no_orbit(capsule):
    peaks = replace(capsule.summary.peaks, load=LoadPeak(time=100.0, value_g=3.0))
    text = page.render(replace(capsule, summary=replace(capsule.summary, peaks=peaks)))
    reader = read(text)
    assert ">Ascent<" not in text
    sections = {i for i in reader.ids if f"{i}-title" in reader.ids}
    assert sections >= ENTRY_ONLY
    assert not sections & {"histories", "track", "orbit", "opportunities", "deorbit", "escape"}
    assert not set(figures_of(text)) & {"motion", "mission", "sunlight", "track", "exposure"}


def test_the_ascent_shows_only_the_ascent(record):
    end = span(record.summary, "ascent")[1]
    for name in ("motion", "environment"):
        made = getattr(figures, name)(ascent(record))
        assert max(max(t["x"]) for t in made.data if t["mode"] == "lines") <= end
        assert made.wide["xaxis"]["range"][1] == pytest.approx(end)
    track = figures.track(ascent(record))
    assert len(track.data[2]["x"]) == int(np.sum(record.history["time"] <= end))
    assert len(track.data[4]["x"]) < len(record.summary.timeline)


def test_the_returns_exposure_leaves_the_ascent_out(record):
    up, back = figures.exposure(ascent(record)), figures.exposure(record, "return")
    home = cut(record.history, span(record.summary, "deorbit", "entry", "descent"))
    felt = cut(record.history, span(record.summary, "ascent"))["load_x"]
    assert max(up.data[0]["y"]) == pytest.approx(float(felt.max()), rel=1e-3)
    assert max(back.data[0]["y"]) == pytest.approx(float(np.nanmax(home["load_x"])), rel=1e-3)
    assert max(back.data[0]["x"]) <= float(home["time"][-1] - home["time"][0])
    early = np.where(record.history["time"] < 900.0, 9.0, record.history["load_x"])
    columns = dict(record.history.columns) | {"load_x": early}
    history = make_history(columns, stages=record.history.stages, phases=record.history.phases)
    harder = figures.exposure(replace(record, history=history), "return")
    assert harder.data[0] == back.data[0]


@pytest.mark.parametrize("key", [
    "spans", "orbit_phase", "opportunities", "landing", "deorbit", "entry", "descent", "crew",
])  # fmt: skip
def test_each_part_of_the_return_may_be_missing(record, key):
    summary = replace(record.summary, **{key: getattr(NOTHING, key)})
    read(page.render(replace(record, summary=summary)))


def test_lines_of_equal_load_meet_the_flight_at_its_own_load(record):
    made = figures.corridor(record)
    history = cut(record.history, span(record.summary, "entry"))
    curve = next(t for t in made.data if t["name"] == "2 g")
    known = [(x, y) for x, y in zip(curve["x"], curve["y"], strict=True) if y is not None]
    x, y = map(np.array, zip(*known, strict=True))
    row = int(np.flatnonzero(history["load"] > 2.0)[0])
    speed, height = history["speed_relative"][row] / 1e3, history["height"][row] / 1e3
    # A row a second falls 1 km; the scale height is 7 km, so 15 % of load is 1 km.
    assert np.interp(speed, x, y) == pytest.approx(height, abs=1.0)


def test_the_chosen_pass_and_the_misses_are_told_apart(record):
    table = home_tables.opportunities(record.summary)
    assert list(table.classes) == ["", "", "", "chosen", ""]
    assert ["in reach" in str(row[1]) for row in table.rows] == [False, True, False, True, False]


def test_a_deployment_outside_its_box_is_said(record):
    cover, drogues, *others = record.summary.descent.steps
    out = replace(drogues, deploy=replace(drogues.deploy, in_box=False))
    descent = replace(record.summary.descent, steps=(cover, out, *others))
    summary = replace(record.summary, descent=descent)
    assert "outside its box: drogues" in figures.boxes(replace(record, summary=summary)).alt
    assert "outside" in str(home_tables.parachutes(summary).rows[1][8])


def test_the_crew_has_one_badge_an_axis(record):
    first = record.summary.verdicts[0]
    row = replace(first, name="crew load +x", passed=True, state="provisional-pass")
    verdicts = (*record.summary.verdicts, row)
    found = [str(b) for b in page._badges(replace(record.summary, verdicts=verdicts))]
    assert sum("+x" in b and "return" not in b for b in found) == 1
    assert sum("+x" in b and "return" in b for b in found) == 1


def test_the_page_stays_light(tmp_path):
    full = read_flight(homecoming.write_mission(tmp_path / "m-1"))
    assert len(page.render(full)) < 1e6  # plotly's own 2.0 MB leave this under 3 MB in all


def test_the_terminal_has_the_way_home(record):
    stream = io.StringIO()
    for table in tables.overview(record.summary):
        Console(file=stream, width=120).print(table)
    text = stream.getvalue()
    for words in ("Burns in orbit", "2 of 5 passes", "Entry", "Parachutes", "bay-of-bengal"):
        assert words in text


def shadowed(record, passes):
    """The flight with passes through the shadow, an edge each 100 s and one without an umbra."""

    def edge(time):
        return ShadowEdge(time=time, utc=f"2027-01-15T03:{int(time) // 60:02d}:00.275 UTC")

    found = [
        ShadowPass(
            penumbra_start=edge(600.0 * i + 60.0),
            umbra_start=edge(600.0 * i + 120.0) if i else None,
            umbra_end=edge(600.0 * i + 300.0) if i else None,
            penumbra_end=None if i == passes - 1 else edge(600.0 * i + 360.0),
            umbra=180.0 if i else 0.0,
        )
        for i in range(passes)
    ]
    told = Shadow(start=0.0, end=7200.0, passes=tuple(found), umbra_share=0.3, longest_umbra=180.0)
    return replace(record, summary=replace(record.summary, shadow=told))


def test_eclipses_are_told_edge_by_edge(record):
    few = home_tables.shadow(shadowed(record, 3).summary)
    assert [str(cell) for cell in few.rows[0]] == [
        "1", "T+01:00.0<br>2027-01-15 03:01:00.275", "no umbra", "no umbra",
        "T+06:00.0<br>2027-01-15 03:06:00.275", "0.00",
    ]  # fmt: skip
    assert few.rows[2][4] == "ends in it"
    text = page.render(shadowed(record, 3))
    assert "shadow-title" in text
    assert "met 3 times" in " ".join(read(text).text)
    folded = dict(home.shadow(shadowed(record, 30)))
    assert set(folded) == {"text", "fold"}
    assert not any(home.shadow(replace(record, summary=replace(record.summary, shadow=None))))


def test_umbras_are_grey_behind_the_histories_of_a_body(record):
    told = shadowed(record, 3).summary.shadow
    cut = replace(told.passes[2], umbra_start=None)
    summary = replace(record.summary, shadow=replace(told, passes=(*told.passes[:2], cut)))
    assert list(umbras(summary)) == [(720.0, 900.0), (0.0, 1500.0)]
    bands = tuple(umbras(summary))
    made = stack(
        Words("m", "alt", "caption"),
        [Panel("Height", "km", (Curve("height", [0.0, 1.0], "#0072B2"),))],
        [0.0, 2000.0], [], Axis((0.0, 2000.0), bands=bands),
    )  # fmt: skip
    shapes = [shape for shape in made.wide["shapes"] if shape["type"] == "rect"]
    assert [(shape["x0"], shape["x1"]) for shape in shapes] == list(bands)
    assert all(shape["layer"] == "below" for shape in shapes)


def test_flags_of_one_place_keep_their_mark_there(record):
    texts = [note["text"] for note in figures.sunlight(record).wide["annotations"]]
    assert all(text.startswith("▾") or text.endswith("▾") for text in texts)
