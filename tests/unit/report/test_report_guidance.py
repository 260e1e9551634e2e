"""A guided flight in the report: commanded against flown, convergence, what was believed."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from markupsafe import Markup

from tests.unit.report import homecoming, synthetic
from tests.unit.report.test_report_page import figures_of, read, unpacked
from yaan.report import page
from yaan.results import FlightRecord, read_flight
from yaan.results.summary_guidance import (
    AscentGuidance,
    EntryGuidance,
    Navigation,
    OrbitGuidance,
    ResolvedBurn,
)
from yaan.results.trajectory import check_group

DRAWN = {"guidance-ascent", "guidance-entry", "navigation-ascent", "navigation-entry"}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_plotly", lambda: Markup("/* plotly */"))


@pytest.fixture(scope="module")
def by_time(tmp_path_factory: pytest.TempPathFactory) -> FlightRecord:
    return read_flight(homecoming.write_mission(tmp_path_factory.mktemp("guided") / "m-1", 20))


def ascent_columns() -> dict[str, Any]:
    """A law that solves every 2 s from 131 s on, and is at rest after four solutions."""
    t = np.arange(0.0, synthetic.END, 1.0)
    epoch = np.where(t < 131.0, np.nan, 131.0 + 2.0 * np.floor((t - 131.0) / 2.0))
    age = epoch - 131.0
    return {
        "time": t,
        "pitch": 1.5 * np.exp(-t / 300.0),
        "pitch_designed": 1.5 * np.exp(-t / 301.0),
        "off_command": np.full(len(t), np.radians(0.01)),
        "solution": epoch,
        "cut_off": 940.0 + 5.0 * np.exp(-age / 3.0),
        "residual": np.exp(-age / 4.0) + 1e-4,
        "converged": np.where(age > 8.0, 1.0, 0.0),
        "looks": np.where(age > 8.0, 2.0, 0.0),
        "shortfall": 0.0 * age,
        "thrust_factor": 1.0 + 0.01 * np.exp(-age / 3.0),
    }


def entry_columns(reach: tuple[float, float]) -> dict[str, Any]:
    """Updates every 2 s, two changes of side."""
    t = np.linspace(*reach, 400)
    age = np.floor((t - reach[0]) / 2.0) * 2.0
    return {
        "time": t,
        "miss": -8e3 * np.exp(-age / 50.0),
        "aside": 9e4 * np.exp(-age / 90.0),
        "load_predicted": 3.5 - 0.001 * age,
        "reversals": np.searchsorted([100.0, 200.0], age).astype(float),
        "drag_ratio": 1.0 + 0.01 * np.sin(age / 50.0),
        "lift_ratio": np.ones(len(t)),
        "status": np.ones(len(t)),
        "unheard": np.zeros(len(t)),
    }


def navigation_columns(t: np.ndarray) -> dict[str, Any]:
    """Errors within their bounds, silent in the middle third."""
    axes = np.stack([np.sin(t / 30.0 + k) for k in range(3)], axis=1)
    third = len(t) // 3
    return {
        "time": t,
        "position_error": 5.0 * axes,
        "position_sigma": 4.0 + 0.0 * axes,
        "velocity_error": 0.05 * axes,
        "velocity_sigma": 0.03 + 0.0 * axes,
        "tilt_error": np.full(len(t), 1e-4),
        "tilt_sigma": np.full(len(t), 1e-4),
        "fixed": t,
        "silent": np.where((np.arange(len(t)) // third) == 1, 1.0, 0.0),
    }


def navigation(draw: int) -> Navigation:
    return Navigation(
        draw=draw,
        fixes=600,
        silent=333.0,
        position_error=63.7,
        position_error_time=200.0,
        position_sigma=86.3,
        velocity_error=0.698,
        velocity_error_time=200.0,
        velocity_sigma=0.793,
        nees=6.8,
        within=0.993,
    )


def burn(
    name: str, start: float, duration: float, delta_v: float, designed: float | None = None
) -> ResolvedBurn:
    """A burn that was designed a second and a metre a second less, if it was."""
    asked = designed is not None
    return ResolvedBurn(
        name=name,
        start=start,
        duration=duration,
        delta_v=delta_v,
        start_designed=designed,
        duration_designed=duration - 1.0 if asked else None,
        delta_v_designed=delta_v - 1.0 if asked else None,
    )


@pytest.fixture(scope="module")
def guided(by_time: FlightRecord) -> FlightRecord:
    summary = by_time.summary
    reach = summary.spans["entry"]
    up = AscentGuidance(
        law="explicit",
        converged=True,
        shortfall=0.0,
        perigee_miss=-0.8,
        apogee_miss=-111.0,
        inclination_miss_deg=0.0003,
        cut_off_later=-0.0275,
        propellant_more=1.18,
        solutions=410,
        unconverged=4,
        off_command_deg=0.01,
        off_command_time=63.5,
        navigation=navigation(3),
    )
    down = EntryGuidance(
        law="predictor-corrector",
        reversals=2,
        reversal_times=(reach[0] + 100.0, reach[0] + 200.0),
        miss=220.0,
        miss_by_time=0.17,
        peak_load_by_time=3.81,
        commands=1398,
        unheard=0,
        unheard_first=None,
        navigation=navigation(3),
    )
    around = OrbitGuidance(
        law="re-solved",
        burns=(
            burn("circularise", 14_559.9, 220.9, 59.85, designed=14_559.1),
            burn("phasing", 17_300.0, 1.7, 0.46),
            burn("deorbit", 252_628.0, 377.9, 105.17, designed=252_627.5),
        ),
        interface_later=-0.25,
        interface_apart=37.4,
        draw=3,
    )
    assert summary.ascent is not None
    assert summary.orbit_phase is not None
    assert summary.entry is not None
    told = replace(
        summary,
        orbit_phase=replace(summary.orbit_phase, guidance=around),
        ascent=replace(summary.ascent, guidance=up),
        entry=replace(summary.entry, guidance=down),
    )
    ascent, entry = ascent_columns(), entry_columns(reach)
    groups = {
        "guidance/ascent": ascent,
        "guidance/entry": entry,
        "navigation/ascent": navigation_columns(ascent["time"]),
        "navigation/entry": navigation_columns(entry["time"]),
    }
    checked = {name: check_group(name, columns) for name, columns in groups.items()}
    return replace(by_time, summary=told, groups=by_time.groups | checked)


def test_a_flight_by_time_has_no_such_section(by_time: FlightRecord) -> None:
    text = page.render(by_time)
    assert "guidance" not in read(text).ids
    assert not DRAWN & set(figures_of(text))


def test_a_guided_flight_shows_what_it_did_and_believed(guided: FlightRecord) -> None:
    text = page.render(guided)
    reader = read(text)
    assert "guidance" in reader.ids
    assert set(figures_of(text)) >= DRAWN
    assert "NaN" not in unpacked(text, "figures").decode()
    said = " ".join(" ".join(reader.text).split())
    for words in (
        "410; 4 did not converge",
        "0.03 s earlier",
        "+1.2 kg",
        "220 m; 0.17 m by time",
        "2: T+",
        "all heard",
        "Errors are those of draw 3",
        "63.7",
        "from an estimate, of draw 3",
        "met 0.25 s earlier and 37 m beside the designed one",
        "+0.80 220.9 219.9 59.85 58.85",
        "1.7 not designed 0.46 not designed",
    ):
        assert words in said, words


def test_each_solution_is_one_step_and_the_silence_is_grey(guided: FlightRecord) -> None:
    drawn = figures_of(page.render(guided))
    solved = next(t for t in drawn["guidance-ascent"]["data"] if "Cut-off" in t["name"])
    assert len(solved["x"]) == len(set(solved["x"])) == 413
    assert solved["y"][0] == pytest.approx(5.0, abs=1e-3)
    bands = [s for s in drawn["navigation-entry"]["wide"]["shapes"] if s["type"] == "rect"]
    t = guided.groups["navigation/entry"]["time"]
    third = len(t) // 3
    (band,) = bands
    assert band["x0"] == pytest.approx(t[third - 1] - t[0])
    assert band["x1"] == pytest.approx(t[2 * third - 1] - t[0])
    changes = next(t for t in drawn["guidance-entry"]["data"] if t["mode"] == "markers")
    assert changes["x"] == pytest.approx([100.0, 200.0])


def test_a_law_that_tells_nothing_shows_its_banks_alone(guided: FlightRecord) -> None:
    few = {k: guided.groups["guidance/entry"][k] for k in ("time", "unheard")}
    entry = guided.summary.entry
    assert entry is not None
    assert entry.guidance is not None
    own = replace(
        entry.guidance,
        law="my.Law",
        reversals=None,
        reversal_times=(),
        unheard=62,
        unheard_first=entry.interface.time + 10.0,
        navigation=None,
    )
    told = replace(guided.summary, entry=replace(entry, guidance=own))
    groups = {k: v for k, v in guided.groups.items() if not k.startswith("navigation")}
    text = page.render(replace(guided, summary=told, groups=groups | {"guidance/entry": few}))
    titles = {t["name"] for t in figures_of(text)["guidance-entry"]["data"]}
    assert titles == {"Bank"}
    assert "62 were no number, the first at T+" in " ".join(" ".join(read(text).text).split())


def test_what_was_not_drawn_is_told(guided: FlightRecord) -> None:
    ascent, entry = guided.summary.ascent, guided.summary.entry
    assert ascent is not None
    assert ascent.guidance is not None
    assert entry is not None
    assert entry.guidance is not None
    up = replace(ascent.guidance, navigation=navigation(0))
    down = replace(entry.guidance, navigation=navigation(0))
    told = replace(
        guided.summary,
        ascent=replace(ascent, guidance=up),
        entry=replace(entry, guidance=down),
    )
    assert "No errors were drawn (draw 0)" in page.render(replace(guided, summary=told))
