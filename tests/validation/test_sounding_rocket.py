# pyright: reportOptionalMemberAccess=false,reportAttributeAccessIssue=false,reportArgumentType=false,reportOperatorIssue=false
"""The sounding rocket of the library against an integration by SciPy alone, and what was told."""

import numpy as np
import pytest

import yaan
from tests.physics.plain_entry import place
from tests.physics.plain_rocket import (
    At,
    Axis,
    Burn,
    Stretch,
    below,
    climbing,
    flown,
    on_ground,
    surface_point,
    until,
)

pytestmark = pytest.mark.slow

G0 = 9.80665


@pytest.fixture(scope="module")
def flight() -> yaan.Flight:
    """RH-200 of the library."""
    return yaan.load("rh-200").fly()


@pytest.fixture(scope="module")
def twin() -> dict[str, At]:
    """The same file, read by hand."""
    told = yaan.load("rh-200").plan
    stages = told.vehicle.stages
    first, second = stages["first"], stages["second"]
    site = told.start.pad.site
    r, east, north, up = on_ground(np.degrees(site.latitude), np.degrees(site.longitude), 0.0)
    table = told.environment.wind.table

    def wind(height: float) -> np.ndarray:
        blown = (np.interp(height, table.height, speeds) for speeds in (table.east, table.north))
        return next(blown) * east + next(blown) * north

    def ahead(t: float, at: np.ndarray, v: np.ndarray) -> np.ndarray:
        stream = v - wind(place(at)[0])
        return stream / np.linalg.norm(stream)

    law = told.phases[0].steer.rail
    level = np.sin(law.azimuth) * east + np.cos(law.azimuth) * north
    rail = np.sin(law.elevation) * up + np.cos(law.elevation) * level
    lit = told.phases[2].until.time
    burns = [_burn(first.engine, 0.0), _burn(second.engine, lit)]

    def leg(stage, axis: Axis, end, burn: int | None, drops=0.0, rail=None) -> Stretch:
        shape = stage.aerodynamics
        table = (shape.table.mach, shape.table.axial_force[0])
        fires = [] if burn is None else [burns[burn]]
        return Stretch(drops, shape.reference_area, *table, axis, end, fires, rail)

    mass = 108.0
    legs = [
        leg(first, lambda t, r, v: rail, lambda t, x, v: (x - r) @ rail - law.length, 0, rail=rail),
        leg(first, ahead, until(told.phases[1].until.time), 0),
        leg(second, ahead, until(lit), None, first.dry_mass),
        leg(second, ahead, until(told.phases[3].until.time), 1),
        leg(second, ahead, climbing, None),
    ]
    found = flown(At(0.0, r, 0.0 * r, mass), legs, wind)
    spent = told.branches[0].phases[0].ballistic_coefficient
    fall = Stretch(0.0, first.dry_mass / spent, [0.0, 1.0], [1.0, 1.0], ahead, below(0.0))
    stage = At(found[1].t, found[1].r, found[1].v, first.dry_mass)
    return {
        "burn-out": found[1],
        "apogee": found[-1],
        "stage": flown(stage, [fall], wind)[0],
    }


def _burn(engine, lit: float) -> Burn:
    times, relative = (list(column) for column in zip(*engine.thrust_curve, strict=True))
    scale = engine.impulse / np.trapezoid(relative, times)
    return Burn(lit, times, [scale * share for share in relative], engine.isp)


def test_the_apogee_is_that_of_another_integration(flight: yaan.Flight, twin: dict[str, At]):
    ours = next(event for event in flight.timeline if event.name == "apogee")
    theirs = twin["apogee"]
    # The error told is 1.5 m; what the two wind tables mean by up and east is worth the rest.
    assert ours.height == pytest.approx(theirs.height, abs=5.0)
    assert ours.time == pytest.approx(theirs.t, abs=0.02)


def test_the_spent_stage_comes_down_where_another_integration_has_it(
    flight: yaan.Flight, twin: dict[str, At]
):
    end = flight.summary.sequence.ends[1]
    assert end.path == "first-stage"
    ours = surface_point(end.latitude_deg, end.longitude_deg)
    assert np.linalg.norm(ours - twin["stage"].r) < 20.0  # [m], of a path of some 4 km
    assert end.time == pytest.approx(twin["stage"].t, abs=0.05)


def test_the_apogee_is_the_one_told_within_a_tenth(flight: yaan.Flight):
    told = {one.what: one for one in flight.summary.published}
    apogee = told["apogee as predicted"]
    assert apogee.ours == pytest.approx(60.61e3, rel=0.1)


def test_a_nose_under_its_main_comes_down_at_the_terminal_speed():
    end = yaan.load("rh-200-recovery").fly().summary.sequence.ends[0]
    assert "nose" in end.flies
    canopy, body = 0.75 * np.pi / 4 * 3.6**2, 0.42 * 0.0117  # [m^2]
    terminal = np.sqrt(2 * 12.0 * 9.78 / (1.225 * (canopy + body)))
    wind = np.hypot(3.0, 2.0)
    # 9.78 m/s^2 is that at the sea there, with the turning of the Earth.
    assert end.speed_relative == pytest.approx(np.hypot(terminal, wind), rel=0.005)
