"""Entries against an integration that shares nothing with ours: steep ones, and one with lift."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import yaan
from tests.physics.plain_entry import Capsule, peak_load
from yaan.description import InterfaceSpec

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "fly-your-own-capsule.md"
WORLD = {"environment": {"gravity": {"field": "j2"}, "earth": "uniform"}}


@pytest.fixture(scope="module")
def plover(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = re.search(r"^```yaml\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None
    file = tmp_path_factory.mktemp("entry") / "plover.yaml"
    file.write_text(found[1], encoding="utf-8")
    return file


def start(at: InterfaceSpec) -> tuple[np.ndarray, np.ndarray]:
    """Position [m] and velocity [m/s] against the Earth, in ITRS."""
    assert at.height is not None
    north, east = at.latitude, at.longitude
    up = np.array([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    eastward = np.array([-np.sin(east), np.cos(east), 0.0])
    squared = (2.0 - 1.0 / 298.257223563) / 298.257223563
    normal = 6_378_137.0 / np.sqrt(1.0 - squared * np.sin(north) ** 2)
    r = (normal + at.height) * up - np.array([0.0, 0.0, normal * squared * np.sin(north)])
    level = np.cos(at.heading) * np.cross(up, eastward) + np.sin(at.heading) * eastward
    climb = at.flight_path_angle
    return r, at.speed * (np.sin(climb) * up + np.cos(climb) * level)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "load"),
    [
        (
            {"interface.flight_path_angle": "-90 deg", "capsule.aerodynamics.lift_scale": 0.0},
            173.36,
        ),
        (
            {
                "interface.height": "160 km",
                "interface.speed": "12 km/s",
                "interface.flight_path_angle": "-80 deg",
                "capsule.aerodynamics.lift_scale": 0.0,
            },
            417.5,
        ),
        ({"capsule.mass": "250 kg", "entry.bank": {"constant": "55 deg"}}, 3.398),
    ],
)
def test_the_peak_load_is_that_of_another_integration(
    plover: Path, changes: dict[str, Any], load: float
) -> None:
    given = {
        "interface.velocity": "relative",
        "landing": None,
        "entry.bank": {"constant": "55 deg"},
    }
    mission = yaan.load(plover, WORLD | given | changes)
    plan: Any = mission.plan
    craft, bank = plan.vehicle, plan.entry.bank.constant
    table = craft.aerodynamics
    lift = [table.lift_scale * value for value in table.lift]
    capsule = Capsule(craft.mass, craft.area, table.mach, lift, table.drag, bank)
    floor = craft.parachutes.steps[0].deploy.height

    time, peak = peak_load(capsule, *start(plan.start), floor)
    entry = mission.fly().entry

    assert peak == pytest.approx(load, rel=2e-4)
    assert entry is not None
    assert entry.peak_load.value_g == pytest.approx(peak, rel=1e-3)
    assert entry.peak_load.time == pytest.approx(time, abs=0.5)
