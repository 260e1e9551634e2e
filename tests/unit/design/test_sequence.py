"""How long a phase may last: what the file says, and only what it leaves open is bounded."""

from typing import Any

import numpy as np
import pytest

from yaan.base.constants import EARTH_MU
from yaan.flight.models.launcher import build_vehicle, burn_time
from yaan.flight.models.sequence import Sequence, make_sequence
from yaan.mission import check_ascent, load_tree

MOTOR = {
    "engine": {"thrust_curve": [["0 s", 1.0], ["3 s", 0.0]], "impulse": "2 MN s", "isp": "220 s"},
    "propellant": "900 kg",
    "dry_mass": "100 kg",
}
UP = {"name": "up", "steer": "coast"}


def sequence(phases: list[dict[str, Any]], stages: dict[str, Any] | None = None) -> Sequence:
    changes = {
        "vehicle.stages": {"motor": MOTOR} if stages is None else stages,
        "vehicle.parts": None,
        "environment.atmosphere": "none",
        "steering": {"profile": "p", "profiles": {"p": {"kick": "3 deg"}}},
        "phases": phases,
        "reserve": None,
        "published": None,
    }
    ascent = check_ascent(load_tree("lvm3-leo", changes))
    vehicle = build_vehicle(ascent.vehicle)
    return make_sequence(ascent, ascent.steering.profiles["p"], vehicle, EARTH_MU)


def first(until: dict[str, Any]) -> dict[str, Any]:
    return {"name": "rail", "ignite": ["motor"], "steer": "pitch_over", "until": until}


def last(made: Sequence) -> tuple[float, bool]:
    """Timeout of the last leg [s], and whether a stage may burn more than it has."""
    end = len(made.legs) - 1
    return float(made.phases.timeout[end]), bool(np.any(made.phases.overdraws[end]))


@pytest.mark.parametrize("end", [{"duration": "25 s"}, {"time": "40 s"}])
def test_a_phase_with_a_time_of_its_own_lasts_it(end: dict[str, str]) -> None:
    ended = {**UP, "until": {"orbit": "target", **end}}
    timeout, _ = last(sequence([first({"time": "0.5 s"}), ended]))
    assert timeout > 1000.0


def test_a_stage_that_has_run_dry_burns_no_more() -> None:
    spent = [first({"depleted": "motor"}), {**UP, "until": {"orbit": "target"}}]
    timeout, overdraws = last(sequence(spent))
    assert timeout > 1000.0
    assert not overdraws


def test_what_may_still_burn_is_bounded() -> None:
    """Else a search would burn what no stage holds."""
    open_ended = [first({"time": "0.5 s"}), {**UP, "until": {"orbit": "target"}}]
    assert last(sequence(open_ended)) == (3.0, True)
    liquid = MOTOR | {"engine": {"thrust": "700 kN", "isp": "220 s"}}
    timed = [first({"time": "0.5 s"}), {**UP, "until": {"orbit": "target", "duration": "900 s"}}]
    timeout, overdraws = last(sequence(timed, {"motor": liquid}))
    assert overdraws
    assert timeout < 900.0


@pytest.mark.parametrize("name", ["gaganyaan", "lvm3-m5", "soyuz-fg-leo"])
def test_the_missions_of_the_library_are_flown_as_they_were(name: str) -> None:
    ascent = check_ascent(load_tree(name))
    vehicle = build_vehicle(ascent.vehicle)
    profile = ascent.steering.profiles[ascent.steering.profile]
    made = make_sequence(ascent, profile, vehicle, EARTH_MU)
    orbit = made.orbit_leg
    assert orbit is not None
    (burning,) = np.flatnonzero(np.asarray(made.phases.overdraws)[orbit])
    stage = ascent.vehicle.stages[vehicle.stages[burning]]
    assert float(made.phases.timeout[orbit]) > burn_time(stage)
