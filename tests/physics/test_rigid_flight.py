"""A file of kind `entry` flown rigid from the front door: history, summary, run folder, page."""

from pathlib import Path

import numpy as np
import pytest

import yaan
from yaan.api import Flight

pytestmark = pytest.mark.slow

# The reversal in the middle of the air, and a train: the body hands over to a point.
CHANGES = {
    "entry.motion": "rigid",
    "entry.bank": {"time": ["250 s", "258 s"], "angle": ["60 deg", "-60 deg"]},
    "capsule.parachutes": "gaganyaan-parachutes",
}


@pytest.fixture(scope="module")
def flight() -> Flight:
    return yaan.load("capsule-entry", CHANGES).fly()


def test_it_flies_to_its_parachutes_and_tells_the_point_beside_it(flight: Flight):
    entry = flight.entry
    assert flight.outcome.code == "flown"
    assert entry is not None
    assert entry.motion == "rigid"
    told = entry.turning
    assert told is not None
    # A bank of the file's own is not rounded for its point: the roll's 14 s for 8 move the end.
    assert 1e3 < told.entry_end.distance < 5e3
    assert told.firm_distance == pytest.approx(told.entry_end.distance, rel=0.1)
    assert np.hypot(told.entry_end.along, told.entry_end.right) == pytest.approx(
        told.entry_end.distance, rel=1e-3
    )
    assert told.peak_off_trim_deg < 0.5
    assert told.peak_bank_error_deg < 0.5
    assert told.peak_rate_deg == pytest.approx(15.0, abs=0.5)
    assert max(told.peak_moment) <= 300.0
    assert flight.summary.descent is not None
    assert flight.summary.descent.outcome == "flown"
    words = next(m for m in flight.summary.models if m.name == "entry").text
    assert words.startswith("rigid body")


def test_its_history_turns_in_the_entry_and_not_under_the_parachutes(flight: Flight):
    h = flight.history
    handed = flight.summary.spans["entry"][1]
    entry = h["time"] < handed - 1e-6
    assert h["attitude"].shape[1] == 4
    assert h["rate_body"].shape[1] == 3
    for name in ("attitude", "rate_body", "moment_control", "force_body", "yaw", "sideslip"):
        assert np.all(np.isfinite(h[name][entry]))
        assert np.all(np.isnan(h[name][h["time"] > handed + 1e-6]))
    assert np.max(np.diff(h["time"][entry])) < 0.11
    # The path goes on where the body handed it over.
    at = int(np.argmax(h["time"] > handed + 1e-6))
    speed = np.linalg.norm(h["velocity_gcrs"], axis=1)
    assert abs(speed[at] - speed[at - 1]) < 5.0
    # Eastward with the lift 60 deg to the right of up, the shield leans to the left of the motion:
    # by atan(sin 20 sin 60 / cos 20) = 17.5 deg of heading.
    assert np.degrees(h["yaw"][0]) == pytest.approx(90.0 - 17.5, abs=0.5)


def test_its_page_shows_how_it_turned(flight: Flight, tmp_path: Path):
    folder = flight.save(tmp_path)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "From the point entry" in page
    assert "The capsule as a rigid body." in page
    assert "Control moment" in page
