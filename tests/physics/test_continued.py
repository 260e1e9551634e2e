"""A flight that begins at an event of another run goes on as if nothing had been cut."""

import json
from pathlib import Path

import numpy as np
import pytest

import yaan
from yaan.api import Mission
from yaan.mission.load import tree_of


@pytest.mark.slow
def test_both_halves_are_the_whole(tmp_path: Path) -> None:
    """Its first row is the last of the run in every digit, and it comes down at the same place.

    What differs at the impact, after 7,000 s and a burn, is rounding that has grown: the text of
    a state holds all its digits, and time, steps and tanks go on.
    """
    data = yaan.load("upper-stage-relight").tree
    whole = yaan.load("upper-stage-relight").fly()
    phases = data["phases"]
    cut = next(i for i, phase in enumerate(phases) if phase.get("event") == "payload-separation")
    first = Mission(tree_of(data | {"phases": phases[: cut + 1], "branches": []}, "first.yaml"))
    folder = first.fly().save(tmp_path)
    run = {"folder": str(folder), "at": "payload-separation"}
    # The first phase of a file has nothing before it that could be left at an event.
    later = data | {"start": {"run": run}, "phases": phases[cut + 1 :], "branches": []}
    del later["epoch"], later["assumed"]  # of the run
    file = tmp_path / "rest.yaml"
    file.write_text(json.dumps(later), encoding="utf-8")
    rest = yaan.load(file).fly()
    before, after = yaan.open(folder).history, rest.history
    for name in ("time", "position_gcrs", "velocity_gcrs"):
        assert np.array_equal(before[name][-1], after[name][0]), name
    landed = [flight.summary.sequence.ends[0] for flight in (whole, rest)]  # type: ignore[union-attr]
    assert abs(landed[0].time - landed[1].time) < 1e-5
    assert abs(landed[0].latitude - landed[1].latitude) * 6.4e6 < 0.01
    assert abs(landed[0].longitude - landed[1].longitude) * 6.4e6 < 0.01
