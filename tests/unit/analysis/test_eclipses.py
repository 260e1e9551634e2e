"""Passes through the Earth's shadow: their edges in the light, their dates, and who has none."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.unit.analysis.orbiting import BODY, MU, RADIUS, history, orbit, spec_of
from yaan.analysis.eclipses import in_orbit, shadow
from yaan.environment.sunlight import eclipses
from yaan.environment.sunlight import shadow as lit
from yaan.results import History, summary_of
from yaan.results.record import from_plain, plain, to_plain
from yaan.results.summary_ascent import Eclipse
from yaan.results.summary_shadow import Shadow
from yaan.spacetime.ephemeris import apparent_sun_position
from yaan.spacetime.time import parse_utc

EPOCH = parse_utc("2027-01-18T02:30:00 UTC")
ORBIT = (RADIUS + 400e3, RADIUS + 900e3, math.radians(52.0), 0.4)


def path(time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return orbit(time, *ORBIT)


def rows(first: float = 0.0, last: float = 20_000.0, step: float = 30.0) -> History:
    time = np.arange(first, last + 1.0, step)
    return history(time, *path(time))


def flown(folder: Path, made: History, text: str = BODY) -> Any:
    """As much of a flight as is asked for."""
    plan, world = spec_of(folder, text).plan, SimpleNamespace(mu=MU)
    return SimpleNamespace(plan=plan, world=world, body=SimpleNamespace(history=made), chain=None)


def told(folder: Path, made: History, text: str = BODY) -> Shadow:
    found = shadow(flown(folder, made, text), None)
    assert found is not None
    return found


def fraction(time: float) -> float:
    """How much of the Sun is seen from the true orbit."""
    place, _ = path(np.array([time]))
    return float(lit(place, apparent_sun_position(EPOCH, [time]))[0])


def test_the_light_goes_and_comes_where_the_edges_are(tmp_path: Path) -> None:
    found = told(tmp_path, rows())
    assert len(found.passes) == 4
    for one in found.passes[:-1]:
        edges = [one.penumbra_start, one.umbra_start, one.umbra_end, one.penumbra_end]
        times = [edge.time for edge in edges if edge is not None]
        assert len(times) == 4
        assert times == sorted(times)
        into, dark, back, out = times
        assert fraction(into - 0.05) == 1.0 > fraction(into + 0.05)
        assert fraction(dark - 0.05) > 0.0 == fraction(dark + 0.05)
        assert fraction(back - 0.05) == 0.0 < fraction(back + 0.05)
        assert fraction(out - 0.05) < 1.0 == fraction(out + 0.05)
        assert one.umbra == back - dark
    total = sum(one.umbra for one in found.passes)
    assert found.umbra_share == pytest.approx(total / 19_980.0)
    assert found.longest_umbra == max(one.umbra for one in found.passes)


def test_every_edge_has_its_date(tmp_path: Path) -> None:
    for one in told(tmp_path, rows()).passes:
        for edge in (one.penumbra_start, one.umbra_start, one.umbra_end, one.penumbra_end):
            if edge is not None:
                date = datetime.strptime(edge.utc, "%Y-%m-%dT%H:%M:%S.%f UTC").replace(tzinfo=UTC)
                since = date - datetime(2027, 1, 18, 2, 30, tzinfo=UTC)
                assert since.total_seconds() == pytest.approx(edge.time, abs=0.6e-3)


def test_the_sun_between_its_nodes_moves_no_edge(tmp_path: Path) -> None:
    made = rows()
    t = made["time"]
    spells = eclipses(
        t, made["position_gcrs"], made["velocity_gcrs"], apparent_sun_position(EPOCH, t)
    )
    dark = [e.start for e in spells if e.kind == "umbra"]
    found = [p.umbra_start.time for p in told(tmp_path, made).passes if p.umbra_start is not None]
    np.testing.assert_allclose(found, dark, rtol=0, atol=1e-4)


def test_a_pass_that_the_orbit_cuts_has_no_edge_there(tmp_path: Path) -> None:
    first = told(tmp_path, rows()).passes[0]
    assert first.umbra_start is not None
    assert first.umbra_end is not None
    middle = 0.5 * (first.umbra_start.time + first.umbra_end.time)
    late = told(tmp_path, rows(first=middle))
    begun = late.passes[0]
    assert (begun.penumbra_start, begun.umbra_start) == (None, None)
    assert begun.umbra_end is not None
    assert begun.umbra_end.time == pytest.approx(first.umbra_end.time, abs=1e-3)
    assert begun.umbra == pytest.approx(first.umbra_end.time - middle, abs=1e-3)
    early = told(tmp_path, rows(last=middle))
    assert (early.passes[-1].umbra_end, early.passes[-1].penumbra_end) == (None, None)


def test_the_orbit_of_a_return_tells_the_eclipses_that_are_known(tmp_path: Path) -> None:
    spells = [Eclipse(kind="penumbra", start=10.0, end=90.0)]
    spells += [Eclipse(kind="umbra", start=20.0, end=80.0)]
    spells += [Eclipse(kind="penumbra", start=200.0, end=210.0)]
    ends = [SimpleNamespace(time=time) for time in (0.0, 300.0, 600.0)]
    kept: Any = SimpleNamespace(eclipses=spells, elements=ends)
    found = shadow(flown(tmp_path, rows()), kept)
    assert found is not None
    whole, grazed = found.passes
    assert whole.umbra == 60.0
    assert whole.umbra_start is not None
    assert whole.umbra_start.time == 20.0
    assert (grazed.umbra_start, grazed.umbra_end, grazed.umbra) == (None, None, 0.0)
    assert found.umbra_share == 0.1


def test_under_no_sky_there_is_no_shadow(tmp_path: Path) -> None:
    for turning in ("uniform", "still"):
        text = f"{BODY}  earth: {turning}\n"
        assert shadow(flown(tmp_path, rows(), text), None) is None
    assert told(tmp_path, rows(), f"{BODY}  earth: iau1980\n").passes


def test_what_falls_back_and_what_leaves_is_in_no_orbit() -> None:
    time = np.arange(0.0, 500.0, 10.0)
    whole = rows(last=490.0, step=10.0)
    assert in_orbit(whole, MU) == slice(0, len(time))
    for pace in (0.7, 1.6):
        made = history(time, *(way * k for way, k in zip(path(time), (1.0, pace), strict=True)))
        assert in_orbit(made, MU) is None
    # A burn that brings it down ends what is told.
    slow = np.where(time[:, None] < 300.0, 1.0, 0.7)
    place, speed = path(time)
    assert in_orbit(history(time, place, speed * slow), MU) == slice(0, 30)


def test_a_summary_of_before_has_no_shadow_and_one_of_now_is_read_back(tmp_path: Path) -> None:
    before = to_plain(summary_of({"schema": 1})) | {"schema": 2}
    del before["shadow"]
    assert summary_of(before).shadow is None
    found = told(tmp_path, rows())
    assert from_plain(Shadow, plain(found), "summary.json") == found
    assert replace(found, passes=()) != found
