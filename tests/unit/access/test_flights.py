"""Contacts and events of a flight, by Python, by the command line and on the page."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

import yaan
from tests.unit.access.arcs import KeplerArc
from tests.unit.access.flights import HOURS, flown, saved
from yaan.access import passes
from yaan.analysis.arcs import arc_of, interpolation_error
from yaan.analysis.contacts import station_of
from yaan.cli.verbs import app
from yaan.intake import INTAKES, Span, take
from yaan.report import contacts, figures
from yaan.results.trajectory import make_history
from yaan.spacetime.arc import TabulatedArc


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("flown"))


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return flown(tmp_path_factory.mktemp("record"))


def yaan_says(*words: str) -> str:
    told = CliRunner().invoke(app, list(words))
    assert told.exit_code == 0, told.output
    return told.output


def test_a_saved_flight_tells_what_its_summary_tells(run):
    flight = yaan.open(run)
    told = flight.summary.contacts
    found = flight.contacts()
    assert told is not None
    assert len(told.passes) == len(found) > 2
    for one, other in zip(told.passes, found, strict=True):
        assert one.station == other.station.name
        assert one.rise.time == pytest.approx(other.rise.time, abs=1e-6)
        assert one.set.utc == other.set.epoch.iso()
        assert one.culmination.elevation_deg == pytest.approx(
            np.degrees(other.culmination.elevation), abs=1e-6
        )
    assert {one.name: one.minimum_elevation_deg for one in told.stations}["kourou"] == (
        pytest.approx(10.0)
    )
    assert sum(one.contacts for one in told.stations) == len(found)


def test_passes_between_rows_a_minute_apart_are_those_of_the_orbit(run):
    flight = yaan.open(run)
    exact = KeplerArc(stop=HOURS * 3600.0, epoch=flight.arc.epoch)
    stations = [station_of(one) for one in flight.mission.plan.stations]
    for one, other in zip(
        flight.contacts(), passes(replace(flight.search, arc=exact), stations), strict=True
    ):
        assert one.rise.time == pytest.approx(other.rise.time, abs=1e-5)
        assert one.set.time == pytest.approx(other.set.time, abs=1e-5)


def test_stations_may_be_named_or_made(run):
    flight = yaan.open(run)
    mine = yaan.Station(name="mine", latitude="10 deg", longitude="20 deg")  # type: ignore[arg-type]
    found = flight.contacts(["svalbard", mine], minimum_elevation="1 deg", frequency="2.2 GHz")
    assert {one.station.name for one in found} <= {"svalbard", "mine"}
    assert all(one.rise.doppler is not None for one in found)
    with pytest.raises(yaan.InputError, match="did you mean bengaluru"):
        flight.contacts(["bengalru"])


def test_a_mission_without_stations_says_so(tmp_path):
    flight = yaan.open(saved(tmp_path, None))
    assert flight.summary.contacts is None
    with pytest.raises(yaan.YaanError, match="names no stations"):
        flight.contacts()


def test_coverage_counts_no_time_twice(record):
    told = record.summary.contacts
    up = np.zeros(round(HOURS * 3600.0))
    for one in told.passes:
        up[round(one.rise.time) : round(one.set.time)] = 1.0
    assert told.share == pytest.approx(up.mean(), abs=1e-3)
    gaps = np.diff(np.flatnonzero(np.concatenate([[1.0], up, [1.0]])))
    assert told.longest_gap == pytest.approx(gaps.max(), abs=2.0)


def test_the_error_between_rows_is_no_smaller_than_it_is():
    exact = KeplerArc(eccentricity=0.02, stop=20_000.0)
    for gap in (60.0, 240.0, 600.0):
        time = np.arange(0.0, 18_000.0, gap)
        arc = TabulatedArc("rows", exact.epoch, time, *exact.at(time))
        between = np.linspace(0.0, time[-1], 4001)
        off = np.linalg.norm(arc.at(between)[0] - exact.at(between)[0], axis=1).max()
        assert off <= interpolation_error(arc) + 1e-7  # rounding


def test_rows_that_know_no_place_are_left_out():
    exact = KeplerArc(stop=600.0)
    time = np.array([0.0, 60.0, 120.0, 120.0, 180.0, 240.0])
    position, velocity = exact.at(time)
    position[1] = np.nan
    history = make_history({"time": time, "position_gcrs": position, "velocity_gcrs": velocity})
    assert arc_of(history, exact.epoch, "rows").arc.time.tolist() == [0, 120, 120, 180, 240]
    with pytest.raises(yaan.YaanError, match="fewer than 2 rows"):
        arc_of(history.rows(time == 60.0), exact.epoch, "rows")
    with pytest.raises(yaan.YaanError, match="no positions"):
        arc_of(make_history({"time": time}), exact.epoch, "rows")


def test_events_of_a_flight(run):
    found = yaan.open(run).orbit_events(("node", "height"), values={"height": (405e3,)})
    assert {one.name for one in found} >= {"ascending node", "descending node"}
    assert [one.time for one in found] == sorted(one.time for one in found)


def test_the_verb_tells_the_same(run, tmp_path):
    told = json.loads(yaan_says("contacts", str(run), "--json", "--frequency", "2.2 GHz"))
    found = yaan.open(run).contacts(frequency="2.2 GHz")
    assert [one["rise"]["utc"] for one in told["passes"]] == [p.rise.epoch.iso() for p in found]
    assert told["passes"][0]["rise"]["doppler"] == pytest.approx(found[0].rise.doppler)
    table = tmp_path / "passes.csv"
    text = yaan_says("contacts", str(run), "--station", "kiruna", "--save", str(table))
    assert "kiruna: " in text
    assert "every second row left out" in text
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    mine = [one for one in found if one.station.name == "kiruna"]
    assert [float(row["duration_s"]) for row in rows] == pytest.approx([p.duration for p in mine])


def test_a_span_cuts_the_arc(run):
    whole = take(run).search
    start = (whole.arc.epoch + 3600.0).iso()
    part = take(run, Span(whole.arc.epoch + 3600.0, 7200.0)).search
    assert part.span == (pytest.approx(3600.0), pytest.approx(10_800.0))
    assert yaan.arc_from(run, start=start, days=7200.0 / 86_400.0).span == pytest.approx(part.span)
    told = json.loads(yaan_says("contacts", str(run), "--json", "--start", start, "--days", "0.1"))
    assert told["start"] == start
    with pytest.raises(yaan.YaanError, match="nothing of it begins"):
        take(run, Span(whole.arc.epoch + 1e6))


def test_events_by_the_verb(run):
    words = ("events", str(run), "--kinds", "node,daylight", "--station", "kourou", "--json")
    rows = json.loads(yaan_says(*words))["events"]
    assert {"sunrise", "sunset"} & {row["event"] for row in rows}
    assert {row["over"] for row in rows if row["kind"] == "node"} > {"sea"}
    text = yaan_says("events", str(run), "--at", "height=405 km", "--at", "local-time=10:30")
    assert "apparent local time crossed" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("contacts", "nowhere"), "there is no such file or folder"),
        (("contacts", "RUN", "--station", "kouru"), "did you mean kourou"),
        (("contacts", "RUN", "--minimum-elevation", "5"), "expected an angle"),
        (("contacts", "RUN", "--start", "2027"), "a UTC time"),
        (("events", "RUN", "--kinds", "nodes"), "did you mean node"),
        (("events", "RUN", "--kinds", "height"), "a value, as --at height="),
        (("events", "RUN", "--at", "height=3 kg"), "--at: height:"),
        (("events", "RUN", "--at", "local-time=25:00"), "a time of the clock"),
        (("events", "RUN", "--equator", "1950"), "one of date, J2000"),
    ],
)
def test_what_is_wrong_is_told(run, words, told):
    words = [str(run) if word == "RUN" else word for word in words]
    ended = CliRunner().invoke(app, words)
    assert ended.exit_code == 2
    assert told in ended.output


def test_every_kind_of_source_says_what_it_is():
    assert all(one.what for one in INTAKES)


def test_the_page_has_contacts_skies_and_circles(record):
    blocks = list(contacts.contacts(record))
    kinds = [kind for kind, block in blocks if block]
    assert kinds[0] == "text"
    table = contacts.passes(record.summary.contacts)
    assert table is not None
    assert len(table.rows) == len(record.summary.contacts.passes)
    sky = figures.skies(record)
    assert sky is not None
    for line, one in zip(sky.data, _by_station(record), strict=True):
        away = np.hypot(line["x"], line["y"])
        assert 90.0 - away.min() == pytest.approx(one.culmination.elevation_deg, abs=0.05)
        assert 90.0 - away[0] == pytest.approx(one.rise.elevation_deg, abs=0.05)
    map_ = figures.stations(record) or figures.revolutions(record)
    assert map_ is not None
    assert sum(one.get("name", "").startswith("Seen from") for one in map_.data) == 3


def _by_station(record):
    told = record.summary.contacts
    return [p for s in told.stations for p in told.passes if p.station == s.name]


def test_a_page_without_stations_has_none(record):
    bare = replace(record, summary=replace(record.summary, contacts=None))
    assert not list(contacts.contacts(bare))
    assert figures.skies(bare) is None
    assert figures.stations(bare) is None


def test_a_burn_between_rows_is_told_as_an_error():
    """Rows that nobody marked as an event: 100 m/s within a minute are not met by a polynomial."""
    exact = KeplerArc(stop=7200.0)
    time = np.arange(0.0, 7201.0, 60.0)
    position, velocity = exact.at(time)
    later = time > 3600.0
    position[later] += 100.0 * (time[later] - 3600.0)[:, None] * np.array([1.0, 0.0, 0.0])
    velocity[later] += np.array([100.0, 0.0, 0.0])
    assert interpolation_error(TabulatedArc("burn", exact.epoch, time, position, velocity)) > 100.0
