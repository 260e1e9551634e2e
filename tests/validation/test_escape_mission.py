"""`Mission.escape` as a user calls it: the whole of Gaganyaan, and systems of others from files."""

from pathlib import Path

import numpy as np
import pytest

import yaan
from yaan.escapes import Escapes
from yaan.results.escape import EscapeFailure

pytestmark = pytest.mark.slow

STEP = 20.0  # [s]
GRAIN = 0.01
"""Margins that differ by less are alike to the choice."""


@pytest.fixture(scope="module")
def found() -> Escapes:
    """Every mode and failure of the reference mission, at some instants."""
    return yaan.load("gaganyaan").escape(step=STEP)


def test_every_instant_has_a_verdict_and_every_mode_its_window(found: Escapes) -> None:
    summary = found.summary
    assert summary.instants == len(found.map.time) == 1 + int(summary.end // STEP)
    assert [one.name for one in summary.modes][:2] == ["low-altitude", "high-altitude"]
    assert all(one.error_place is not None for one in summary.modes)
    assert sum(one.chosen for one in summary.modes) == summary.instants
    best = np.nanmax(found.map.margin.values, axis=0)
    # Of ways out that are within a hundredth the one that is better elsewhere is taken.
    short = best - found.map.best_margin.values
    assert np.all((short >= 0.0) & (short < GRAIN))
    assert summary.black == int(np.sum(best < 0.0))


def test_a_failure_is_never_better_than_a_command_as_it_is_told(found: Escapes) -> None:
    """Whoever knows it earlier has the way out of the instant at which a failure is told, and more.

    Of a failure that adds nothing to the mode that is flown, the best margin is that of the command
    at the first instant that is not before the detector has told; what bursts, turns, thrusts on or
    is breathed takes from it. Modes have windows: what is told in one that begins later may be
    better than a command before it, and that is the one reason.
    """
    command = found.record.columns("choice")
    for failure in found.summary.failures:
        held = found.record.columns("failure", failure.name)
        if failure.name == "control-loss":
            continue  # flown from a launcher that turns: other flights
        told = _told(failure, held["time"])
        rows = np.searchsorted(command["time"], told - 1e-6)
        known = rows < len(command["time"])
        best = command["margin"][rows[known]] + GRAIN
        assert np.all(held["margin"][known] < best), failure.name


def _told(failure: EscapeFailure, time: np.ndarray) -> np.ndarray:
    return time + failure.latency


def test_a_later_alarm_leaves_less_warning(found: Escapes) -> None:
    """Of one burst the warning is its delay less the latency, whatever the instant."""
    plan = yaan.load("gaganyaan").plan
    assert plan.escape is not None
    assert plan.escape.hazards is not None
    for failure in found.summary.failures:
        bursts = plan.escape.failures[failure.name].bursts
        if bursts is None:
            continue
        delay = plan.escape.hazards.explosions[bursts].delay
        held = found.record.columns("failure", failure.name)
        np.testing.assert_allclose(held["available"], delay - failure.latency, atol=1e-9)


def test_what_is_told_after_the_ascent_is_no_escape_from_it(found: Escapes) -> None:
    for failure in found.summary.failures:
        assert failure.end + failure.latency <= found.summary.end + STEP
        spans = [zone for zone in found.summary.zones if zone.failure == failure.name]
        assert all(zone.mode for zone in spans)


def test_the_crew_can_return_from_orbit_at_every_minute(found: Escapes) -> None:
    """On open water within hours, in the zone within a day or so; the deorbit costs 90 to 220 m/s.

    Figures of the closure study: `test_return_now` holds the passes one by one.
    """
    zone, water = found.summary.returns[0], found.summary.returns[-1]
    assert water.found == water.instants
    assert water.longest is not None
    assert water.longest < 3.0 * 3_600.0
    assert zone.median is not None
    assert water.median is not None
    assert zone.median > water.median
    assert zone.by_day + zone.by_twilight + zone.by_night == zone.found
    assert water.largest_delta_v is not None
    assert 90.0 < water.largest_delta_v < 220.0
    assert water.error_place < 40e3
    held = found.record.columns("return", water.name)
    lasts = held["landing"] - held["ignition"]
    assert np.all((lasts > 1_800.0) & (lasts < 3_700.0))


def test_it_is_kept_and_opened_again(found: Escapes, tmp_path: Path) -> None:
    folder = found.save(tmp_path)
    assert (folder / "escape.html").stat().st_size > 100_000
    again = Escapes.open(folder)
    assert again.summary == found.summary
    assert again.plot("returns").data


def test_a_soyuz_escapes_by_its_tower_its_fairing_and_its_spin() -> None:
    """From a file alone: the loads of its three aborts are of the size that is told of them.

    1983 on the pad 14 to 17 g; 2018 by the fairing's motors after some 118 s 6.7 g; 1975 after some
    295 s 21 g, of an upper stage that had pushed it down (all recalled).
    """
    found = yaan.load("soyuz-fg-leo").escape(step=40.0)
    assert [one.name for one in found.summary.modes] == ["tower", "fairing", "ballistic"]
    peak = {n: found.record.columns("mode", n)["peak_load"] for n in ("tower", "fairing")}
    assert 12.0 < peak["tower"][0] < 17.0
    assert 5.0 < peak["fairing"][0] < 8.0
    ballistic = found.record.columns("mode", "ballistic")
    at = np.interp(295.0, ballistic["time"], ballistic["peak_load"])
    assert 13.0 < at < 21.0
    assert found.record.columns("choice")["margin"][0] > 0.0  # the pad


def test_a_dragon_escapes_with_the_same_engines_from_the_pad_to_orbit() -> None:
    """Eight engines, 6 g and less as it empties, at every instant; on another launcher."""
    found = yaan.load("falcon-9-leo", {"escape": "dragon"}).escape(step=60.0)
    assert [one.name for one in found.summary.modes] == ["superdracos"]
    mode = found.summary.modes[0]
    assert (mode.begin, mode.instants) == (0.0, found.summary.instants)
    pad = found.record.columns("mode", "superdracos")
    assert 5.0 < pad["path_load"][0].max() < 8.0
    assert pad["drogue_mach"][0] < 0.5
    assert found.summary.black <= 1
