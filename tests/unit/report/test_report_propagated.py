"""The page of a propagated orbit: all its sections, what is capped, and what is told as bad."""

import re
from dataclasses import replace

import numpy as np
import pytest
from markupsafe import Markup

from tests.unit.analysis.propagated_made import HEIGHT, made, search_of, spec
from tests.unit.report.test_report_page import figures_of, read
from yaan.access import events, passes
from yaan.access.sky import geodetic_of
from yaan.analysis.contacts import station_of, told
from yaan.analysis.propagated import Burnt, days, spells
from yaan.base.model import Model
from yaan.report import Course, page
from yaan.report.figures.course import elements, uncertainty
from yaan.report.propagated import MOST_EVENTS, orbit_head, orbit_sections
from yaan.results.outcome import OutcomeCode

STATION = {"name": "hill-top", "title": "Hill <top>", "latitude": "36.4 deg",
           "longitude": "-10.4 deg", "height": "3580 m"}  # fmt: skip
KICK = {"name": "raise", "at": "1 h", "along": "prograde", "delta_v": "2 m/s"}
SECTIONS = ["orbit", "track", "elements", "burns", "uncertainty", "events", "light", "contacts",
            "models", "notes", "files"]  # fmt: skip


def course_of(duration: float = 21_600.0) -> Course:
    asked = spec(stations=[STATION], burns=[KICK], spacecraft={"mass": "1000 kg"})
    flown = made(asked, duration)
    search = search_of(flown)
    arc, turning = flown.arc, search.turns()

    def path(t: np.ndarray) -> np.ndarray:
        return turning.earth_fixed(t, arc.at(t)[0])

    def columns(t: np.ndarray) -> dict[str, np.ndarray]:
        latitude, longitude, height = geodetic_of(path(t))
        still = {"semi_major_axis": 6.878e6, "eccentricity": 1e-3, "inclination": 0.9}
        names = ("node", "argument_of_perigee", "true_anomaly")
        return {
            "time": t,
            "latitude": latitude,
            "longitude": longitude,
            "height": height,
            "mass": np.full(len(t), 1000.0),
            **{name: np.full(len(t), value) for name, value in still.items()},
            **{name: np.full(len(t), 1.0) for name in names},
        }

    found = events(search)
    dark = spells(found, search)
    stations = [station_of(one) for one in asked.stations]
    t = np.linspace(0.0, duration, 300)
    return Course(
        spec=asked,
        epoch=arc.epoch,
        stop=duration,
        outcome=OutcomeCode.REACHED,
        text="Propagated.",
        error=1e-3,
        accurate=True,
        yaan="0.1.0",
        columns=columns(t),
        ends=columns(np.array([0.0, duration])),
        track=columns(np.arange(0.0, duration, 40.0)),
        left_out=0,
        events=tuple(found),
        spells=tuple(dark),
        days=tuple(days(dark, search)),
        contacts=told(passes(search, stations), asked.stations, search.span, 1e-3),
        path=path,
        burns=(Burnt("raise", 3600.0, arc.epoch + 3600.0, 0.0, 2.0, 0.0, finite=False),),
        spread=(t, np.full((300, 6), 10.0) * (1.0 + t[:, None])),
        models=(Model(name="gravity", text="EGM2008 to degree 20, with Sun", ignores="tides"),),
        notes=("Mind <this>.",),
    )


@pytest.fixture(scope="module")
def course() -> Course:
    return course_of()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))


def said(course: Course, name: str) -> str:
    """The words of a section: its texts and all cells."""
    (part,) = [one for one in orbit_sections(course) if one.name == name]
    words: list[str] = []
    for kind, block in part.blocks:
        if kind == "text":
            words.append(str(block))
        elif kind in ("table", "fold"):
            words += [block.caption, *(str(cell) for row in block.rows for cell in row)]
        elif kind in ("list", "facts"):
            words += [str(item) for item in block]
    return " ".join(words)


@pytest.mark.usefixtures("bare")
def test_the_page_has_every_section_and_figure(course, tmp_path):
    path = page.write_orbit(course, tmp_path)
    assert path == tmp_path / "orbit.html"
    text = path.read_text("utf-8")
    reader = read(text)
    assert [name for name in SECTIONS if name not in reader.ids] == []
    assert set(figures_of(text)) == {"revolutions", "elements", "uncertainty", "skies"}
    assert [v for v in reader.loads if not v.startswith(("#", "data:,"))] == []
    words = " ".join(reader.text)
    assert "Mind <this>." in words
    assert "Hill <top>" in words
    assert "hill <top>" not in text.lower()


@pytest.mark.usefixtures("bare")
def test_what_is_not_there_leaves_no_section(course, tmp_path):
    few = replace(course, contacts=None, burns=(), spread=None, notes=(), events=(), days=(),
                  spells=(), spec=spec())  # fmt: skip
    names = [one.name for one in orbit_sections(few)]
    assert names == ["orbit", "track", "elements", "models", "files"]
    page.write_orbit(few, tmp_path)
    assert "contacts.csv" not in said(few, "files")
    assert "contacts.csv" in said(course, "files")


def test_what_came_down_or_is_inaccurate_is_bad(course):
    good = orbit_head(course)
    assert (good["tone"], good["flown"]) == ("good", True)
    wide = orbit_head(replace(course, accurate=False, error=5.0))
    assert (wide["tone"], wide["flown"]) == ("bad", True)
    assert "fail" in wide["badges"][0]
    down = orbit_head(replace(course, accurate=False, outcome=OutcomeCode.STRUCK_GROUND))
    assert (down["tone"], down["flown"], down["badges"]) == ("bad", False, [])
    assert dict(good["facts"])["Span"] == "6\u00a0h"


def test_events_are_counted_and_the_rows_shown_are_capped(course):
    text = said(course, "events")
    nodes = [one for one in course.events if one.name == "ascending node"]
    assert f"{len(nodes)} ascending nodes" in text
    assert f"{len(course.events)} events" in text
    assert "Every event" in text
    many = course.events * (MOST_EVENTS // len(course.events) + 1)
    capped = said(replace(course, events=many), "events")
    assert f"The first {MOST_EVENTS} of {len(many)} events" in capped
    assert capped.count("<br>") == MOST_EVENTS


def test_eclipses_are_told_by_day_and_their_absence_in_words(course):
    text = said(course, "light")
    assert "2027-03-20" in text
    assert "2027-03-21" in text
    assert "sunlight all the time" in said(replace(course, spells=()), "light")


def test_burns_that_never_came_are_said_to_be_missing(course):
    assert "Raise" in said(course, "burns")
    none = said(replace(course, burns=()), "burns")
    assert "ended before 1 burn" in none


def test_the_track_that_is_cut_keeps_the_numbers_of_its_revolutions(course):
    def figure(one: Course):
        (part,) = [part for part in orbit_sections(one) if part.name == "track"]
        return part.blocks[0][1]

    whole = figure(course)
    assert "revolution 0 leads" in whole.caption
    cut = figure(replace(course, left_out=7))
    names = [t["name"] for t in cut.data if t.get("name", "").startswith("Revolution")]
    assert names[0] == "Revolution 7"
    count = len(names)
    assert f"the last {count} of {7 + count} revolutions" in cut.caption
    assert not [t for t in cut.data if t.get("name") == "Start"]
    # What passes no ascending node is drawn in one piece.
    short = {key: column[2:40] for key, column in course.track.items()}
    assert figure(replace(course, track=short)).name == "stations"


def test_curves_mark_burns_shade_the_umbra_and_break_where_an_angle_turns(course):
    turning = course.columns | {"argument_of_perigee": np.linspace(6.0, 7.0, 300)}
    figure = elements(replace(course, columns=turning))
    assert figure is not None
    drawn = {trace["name"]: trace for trace in figure.data}
    assert drawn["Height"]["y"][0] == pytest.approx(HEIGHT / 1e3, abs=20.0)
    assert drawn["Height"]["x"][-1] == pytest.approx(6.0)  # [h]
    perigee = drawn["Argument of perigee"]["y"]
    assert perigee.count(None) == 1
    assert max(y for y in perigee if y is not None) <= 360.0
    texts = " ".join(note["text"] for note in figure.wide["annotations"])
    assert re.search(r"<b>1</b>\s+raise", texts)
    umbra = [one for one in course.spells if one.kind == "umbra"]
    rects = [one for one in figure.wide["shapes"] if one["type"] == "rect"]
    assert len(rects) == len(umbra)
    assert rects[0]["x0"] == pytest.approx(umbra[0].start / 3600.0)


def test_what_is_known_is_drawn_on_a_logarithmic_axis(course):
    figure = uncertainty(course)
    assert figure is not None
    assert figure.wide["yaxis"]["type"] == "log"
    assert figure.data[0]["y"][0] == pytest.approx(10.0)
    assert uncertainty(replace(course, spread=None)) is None
