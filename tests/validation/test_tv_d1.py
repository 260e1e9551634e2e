# pyright: reportOptionalMemberAccess=false, reportAttributeAccessIssue=false
"""TV-D1 of the library: what was told of it, its coast by SciPy alone, canopies that wait."""

import numpy as np
import pytest

import yaan
from tests.physics.plain_rocket import At, Stretch, along, climbing, flown, on_ground
from yaan.results.summary import Event

pytestmark = pytest.mark.slow


def events(flight: yaan.Flight) -> dict[str, Event]:
    """By name."""
    return {event.name: event for event in flight.timeline}


@pytest.fixture(scope="module")
def flight() -> yaan.Flight:
    """Of the library."""
    return yaan.load("tv-d1").fly()


def test_every_published_figure_is_met(flight: yaan.Flight):
    assert flight.outcome.code == "flown"
    assert not [verdict.name for verdict in flight.verdicts if verdict.passed is False]
    free = [one.what for one in flight.summary.published if not one.calibrated]
    assert len(free) == 4


def test_the_coast_over_the_top_is_that_of_another_integration(flight: yaan.Flight):
    """In the plane of its path, from where the escape motors have burnt out."""
    found = events(flight)
    start, top = found["escape-burn-out"], found["module-separation"]
    plan = flight.mission.plan
    shape = plan.vehicle.stages["escape_system"].aerodynamics
    r, east, north, up = on_ground(start.latitude_deg, start.longitude_deg, start.height)
    slope, heading = np.radians([start.flight_path_angle_relative_deg, 100.0])
    level = np.cos(heading) * north + np.sin(heading) * east
    v = start.speed_relative * (np.cos(slope) * level + np.sin(slope) * up)
    drag = [1.55 * one for one in shape.table.axial_force[0]]
    leg = Stretch(0.0, shape.reference_area, shape.table.mach, drag, along, climbing)
    theirs = flown(At(start.time, r, v, start.mass_after), [leg])[0]
    assert top.time == pytest.approx(theirs.t, abs=0.02)
    # The timeline tells angles to 1e-4 deg and the heading has turned by some 0.01 deg since.
    assert top.height == pytest.approx(theirs.height, abs=2.0)
    assert top.speed_relative == pytest.approx(float(np.linalg.norm(theirs.v)), abs=0.1)


def test_canopies_wait_until_it_falls():
    """Let go below the height of its first canopy, and climbing: that one is deployed falling."""
    early = yaan.load("tv-d1", {"phases.over-the-top.until": {"height_above": "16.3 km"}}).fly()
    found = events(early)
    let_go, top, cover = (found[name] for name in ("module-separation", "apex", "apex-cover"))
    assert let_go.height == pytest.approx(16.3e3, abs=1.0)
    assert let_go.flight_path_angle_relative_deg > 20.0
    assert cover.time >= top.time - 1e-3
    assert cover.height < 16.8e3
    assert early.outcome.code == "flown"
