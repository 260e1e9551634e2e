"""The page of a body's flight: what is drawn is there, what is told is true of it."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from markupsafe import Markup

from tests.unit.analysis.orbiting import RADIUS, history, orbit
from tests.unit.report.test_report_page import figures_of
from yaan.report import page
from yaan.report.figures.style import axis
from yaan.report.text import TIMES
from yaan.results import History, read_flight, summary_of, write_flight

ORBIT = {
    "perigee": 400e3, "apogee": 900e3, "inclination_deg": 52.0, "eccentricity": 0.035,
    "raan_deg": 0.0, "argument_of_perigee_deg": 0.0, "true_anomaly_deg": 10.0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves plotly's script out, which takes most of the time."""
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))


def flown(rows: int = 400, **columns: np.ndarray) -> History:
    time = np.linspace(0.0, 8000.0, rows)
    return history(time, *orbit(time, RADIUS + 400e3, RADIUS + 900e3, 0.9, 0.2), **columns)


def acting(time: np.ndarray, *components: float) -> np.ndarray:
    """A vector that acts for ten seconds."""
    on = (time >= 1000.0) & (time < 1010.0)
    return on[:, None] * np.array(components)


def state(h: History, row: int, orbits: dict | None) -> dict[str, Any]:
    three = [float(v) for v in h["position_gcrs"][row]]
    vectors = dict.fromkeys(
        ("position_gcrs", "velocity_gcrs", "position_itrs", "velocity_itrs", "velocity_ned",
         "rate_body"), three,
    )  # fmt: skip
    scalars = ("latitude_deg", "longitude_deg", "yaw_deg", "pitch_deg", "roll_deg", "mass")
    return {
        "time": float(h["time"][row]), "utc": "2027-01-18T02:30:00.000 UTC", "phase": "drift",
        "height": float(h["height"][row]), "quaternion": [1.0, 0.0, 0.0, 0.0], "orbit": orbits,
        **vectors, **dict.fromkeys(scalars, 1.0),
    }  # fmt: skip


def event(name: str, time: float, kind: str = "event", **more: float) -> dict[str, Any]:
    keys = ("height", "latitude_deg", "longitude_deg", "speed_relative", "speed_inertial")
    keys += ("flight_path_angle_deg", "mass_before", "mass_after", "dynamic_pressure", "load_g")
    return {"event": name, "time": time, "kind": kind, **dict.fromkeys(keys, 0.0), **more}


def summary(h: History, orbits: dict | None = ORBIT, **more: Any) -> dict[str, Any]:
    nothing = {"time": 0.0, "value": 0.0, "mach": None, "height": 4e5}
    told = {
        "schema": 1, "kind": "flight", "mission": "stone", "title": "A stone",
        "epoch": "2027-01-18T02:30:00 UTC", "spans": {"body": [0.0, float(h["time"][-1])]},
        "outcome": {"code": "flown", "text": "Flown.", "shortfall": 0.0},
        "start": state(h, 0, orbits), "end": state(h, len(h) - 1, orbits),
        "timeline": [event("start", 0.0), event("f-on", 1000.0), event("f-off", 1010.0)],
        "peaks": {
            "dynamic_pressure": nothing, "load": {"time": 0.0, "value_g": 0.0},
            "rate": {"time": 0.0, "value_deg": 0.065}, "height": {"time": 0.0, "value": 9e5},
        },
        "phases": [], "mass_ledger": [], "mass_closure": 0.0, "propellant": [], "verdicts": [],
        "sources": [{"key": "source", "source": "invented", "file": "stone.yaml", "line": 4}],
    }  # fmt: skip
    return told | more


def shown(folder: Path, h: History, told: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The words of the page, and its figures."""
    write_flight(folder, summary_of(told), h)
    text = page.render(read_flight(folder))
    words = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", text, flags=re.S)
    return " ".join(words.split()), figures_of(text)


def headings(figure: dict[str, Any]) -> list[str]:
    """The headings of a figure's panels."""
    texts = [note["text"] for note in figure["wide"]["annotations"]]
    return [text for text in texts if text.startswith("<b>") and not text[3].isdigit()]


def test_what_acts_is_drawn_by_its_source_and_nothing_else(tmp_path: Path) -> None:
    time = flown()["time"]
    lean = 1e-4 * np.sin(time / 900.0)[:, None] * np.array([0.0, 1.0, -1.0])
    h = flown(
        load=1e-7 * (2.0 + np.sin(time / 900.0)),
        force_engine=np.zeros((len(time), 3)),
        moment_engine=np.zeros((len(time), 3)),
        force_pulses=acting(time, 0.0, 3.0, 0.0),
        moment_pulses=acting(time, 0.0, 0.0, 6.0),
        moment_gravity=lean,
    )
    words, figures = shown(tmp_path, h, summary(h))
    assert "body-air" not in figures
    drawn = headings(figures["body-loads"])
    assert drawn == [
        "<b>Load</b>, 10⁻⁹ g",
        "<b>Force of the pulses</b>, N",
        "<b>Moment of the pulses</b>, N m",
        "<b>Torque of gravity</b>, µN m",
    ]
    assert "about the centre of mass" in words
    assert "damping" not in words
    pulses = [t for t in figures["body-loads"]["data"] if t["name"].startswith("Force of the p")]
    assert {trace["line"]["shape"] for trace in pulses} == {"hv"}
    assert max(pulses[1]["y"]) == 3.0


def test_an_older_history_has_no_columns_of_engine_and_pulses(tmp_path: Path) -> None:
    h = flown(load=np.full(400, 0.3))
    words, figures = shown(tmp_path, h, summary(h))
    assert headings(figures["body-loads"]) == ["<b>Load</b>, g"]
    assert "Moments" not in words
    assert headings(figures["body-attitude"])[-1] == "<b>Body rates</b>, deg/s"


def test_nothing_that_acts_is_no_figure(tmp_path: Path) -> None:
    h = flown(force_engine=np.zeros((400, 3)))
    _, figures = shown(tmp_path, h, summary(h))
    assert {"body-air", "body-loads"} & set(figures) == set()


def test_where_there_is_no_air_no_mach_number_is_drawn(tmp_path: Path) -> None:
    airy = np.where(np.arange(400) < 200, 1e-9, 0.0)
    push = airy[:, None] * np.array([-1.0, 0.0, 0.0])
    h = flown(density=airy, dynamic_pressure=airy, force_body=push, mach=np.full(400, 21.5))
    _, figures = shown(tmp_path, h, summary(h))
    (mach,) = [t for t in figures["body-air"]["data"] if t["name"] == "Mach number"]
    assert mach["y"][0] == 21.5
    assert mach["y"][-1] is None


def test_a_pulse_of_one_row_is_drawn_however_many_rows_there_are(tmp_path: Path) -> None:
    time = np.linspace(0.0, 8000.0, 20_000)
    short = np.zeros((len(time), 3))
    short[np.searchsorted(time, 1000.0)] = [5.0, 0.0, 0.0]
    h = flown(20_000, force_pulses=short)
    _, figures = shown(tmp_path, h, summary(h))
    assert len(figures["body-loads"]["data"][0]["y"]) < 2600
    assert max(figures["body-loads"]["data"][0]["y"]) == 5.0


def test_an_orbit_is_told_and_its_angles_are_against_it(tmp_path: Path) -> None:
    time = flown()["time"]
    against = dict.fromkeys(("yaw_vvlh", "pitch_vvlh", "roll_vvlh"), 1e-3 * time)
    h = flown(**against, rate_vvlh=np.full((len(time), 3), 1e-3))
    words, figures = shown(tmp_path, h, summary(h))
    assert f"Orbit at the end 400.0 {TIMES} 900.0 km" in words.replace("\xa0", " ")
    assert "Argument of perigee" in words
    assert headings(figures["body-attitude"])[-1] == "<b>Against VVLH</b>, deg/s"
    yaw = figures["body-attitude"]["data"][0]["y"]
    assert yaw[-1] == pytest.approx(math.degrees(8.0))
    assert "take VVLH" in words
    marks = [t for t in figures["globe"]["data"] if "markers" in t.get("mode", "")]
    assert [t["text"] for t in marks] == [["<b>Start</b>"], ["<b>End</b>"]]


def test_words_of_the_timeline_and_the_ledger(tmp_path: Path) -> None:
    h = flown()
    ledger = [{"event": "start", "item": "all aboard", "change": 0.0, "mass": 100.0}] * 2
    peak = event("maximum load", 1000.0, "peak", load_g=3.06e-4)
    told = summary(h, mass_ledger=ledger)
    told["timeline"] += [peak, event("apogee-1", 2000.0, "peak", load_g=1e-7)]
    words, _ = shown(tmp_path, h, told)
    for text in ("F on", "F off", "Apogee 1", "0.00031", "1 entry", "closes exactly"):
        assert text in words, text
    for text in ("F-off", "1 entries", "0.0e", "10^"):
        assert text not in words, text
    words, _ = shown(tmp_path, h, summary(h, mass_ledger=ledger, mass_closure=2.3e-13))
    assert "closes within 2.3" in words


def test_a_flight_that_left_the_numbers_at_once_has_a_page(tmp_path: Path) -> None:
    h = flown(400)
    lost = {name: values[:1] * np.nan for name, values in h.columns.items()}
    lost |= {name: h[name][:1] for name in ("time", "phase", "position_gcrs", "height")}
    one = History(lost, h.stages, h.phases)
    told = summary(one, None)
    nan = float("nan")
    told["peaks"] = {
        key: {name: nan if name != "time" else 0.0 for name in peak}
        for key, peak in told["peaks"].items()
    }
    told["end"] |= {"velocity_ned": [nan] * 3, "quaternion": [nan] * 4, "yaw_deg": nan}
    told["outcome"] = {"code": "not-finite", "text": "It left the numbers.", "shortfall": 0.0}
    words, figures = shown(tmp_path, one, told)
    assert "It left the numbers." in words
    assert "Start and end" in words
    assert "nan" not in words.lower().split()
    assert figures == {}


def test_no_axis_has_prefixes_of_units() -> None:
    assert axis()["exponentformat"] == "power"
