# pyright: reportOptionalMemberAccess=false, reportAttributeAccessIssue=false
"""Drop tests of the library: the free fall by SciPy alone, the end by a closed form."""

from functools import cache
from typing import Any

import numpy as np
import pytest

import yaan
from tests.physics.plain_entry import place
from tests.physics.plain_rocket import At, Stretch, along, flown, on_ground, until

AREA = 0.25 * np.pi * 3.5**2  # [m^2] of the heat shield


@cache
def flight(name: str) -> yaan.Flight:
    """Of the library, once."""
    return yaan.load(name).fly()


def fallen(name: str, time: float) -> At:
    """A fall without canopies until a `time` [s]."""
    plan: Any = yaan.load(name).plan
    drop, air = plan.start.drop, plan.environment.wind
    shape = plan.vehicle.parts["crew_module"].capsule.aerodynamics
    north_of, east_of = np.degrees(drop.latitude), np.degrees(drop.longitude)
    r, east, north, _ = on_ground(north_of, east_of, drop.height)

    def wind(height: float) -> np.ndarray:
        if air.table is None:
            return 0.0 * r
        known = (
            np.interp(height, air.table.height, row) for row in (air.table.east, air.table.north)
        )
        return next(known) * east + next(known) * north

    start = wind(drop.height) if drop.at_rest == "air" else 0.0 * r
    leg = Stretch(0.0, AREA, shape.mach, shape.drag, along, until(time))
    return flown(At(0.0, r, start, 4800.0), [leg], wind)[0]


@pytest.mark.parametrize(("name", "time"), [("iadt-01", 2.0), ("balloon-drop", 100.0)])
def test_the_free_fall_is_that_of_another_integration(name: str, time: float):
    ours = flight(name).trajectory
    theirs = fallen(name, time)
    height = float(np.interp(time, ours.time, ours["height"]))
    speed = float(np.interp(time, ours.time, ours["speed_relative"]))
    assert height == pytest.approx(place(theirs.r)[0], abs=2.0)
    assert speed == pytest.approx(float(np.linalg.norm(theirs.v)), abs=0.2)


@pytest.mark.parametrize("name", ["iadt-01", "balloon-drop"])
def test_it_comes_down_at_the_terminal_speed_of_three_mains(name: str):
    end = flight(name).timeline[-1]
    capsule = 0.826 * AREA  # of the table at Mach 0.2
    mains = 3 * 0.95 * 0.85 * 0.25 * np.pi * 25.0**2
    terminal = np.sqrt(2 * 4800.0 * 9.785 / (1.225 * (capsule + mains)))
    level = 0.0 if name == "iadt-01" else np.hypot(3.0, 2.0)
    assert end.speed_relative == pytest.approx(np.hypot(terminal, level), rel=0.003)
    assert end.speed_relative == pytest.approx(8.0, rel=0.12)
