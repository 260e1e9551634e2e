"""The executor: a lane is the flight that flies alone, whatever flies beside it."""

import dataclasses
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

import yaan
from yaan.api import Flight, Mission
from yaan.base.errors import YaanError
from yaan.base.units import parse
from yaan.flight.run import Seen, run
from yaan.models import Estimate
from yaan.report import write_report
from yaan.results.ends import ENDS
from yaan.results.outcome import OutcomeCode

pytestmark = pytest.mark.slow

# Compiled for another number of lanes the same flight is rounded otherwise: by 1e-9 m a step.
ROUNDED = 1e-3  # [m]


@pytest.fixture(scope="module")
def gaganyaan() -> Flight:
    return yaan.load("gaganyaan").fly()


@pytest.fixture(scope="module")
def capsule() -> Flight:
    return yaan.load("capsule-entry").fly()


def metres(ends: dict[str, np.ndarray], lane: int, history: dict[str, np.ndarray]) -> float:
    """How far the end of a lane is from that of a history."""
    north = ends["latitude"][lane] - history["latitude"][-1]
    east = ends["longitude"][lane] - history["longitude"][-1]
    return float(np.hypot(north, east * np.cos(ends["latitude"][lane])) * 6_371e3)


def test_a_whole_mission_in_a_lane_lands_where_it_lands_alone(gaganyaan: Flight):
    mission = gaganyaan.mission
    ends = run([mission.plan], gaganyaan.commands, batch=16)
    history = gaganyaan.history
    assert ends["outcome"].tolist() == [0]
    assert ends["phase"].tolist() == ["descent"]
    assert metres(ends, 0, history) < ROUNDED
    # What is so much higher under its canopies comes down as much later, at 8 m/s.
    assert ends["time"][0] == pytest.approx(history["time"][-1], abs=ROUNDED / 8.0)
    entry, ascent = gaganyaan.entry, gaganyaan.ascent
    assert entry is not None
    assert ascent is not None
    assert ends["peak_load"][0] == pytest.approx(entry.peak_load.value_g, rel=1e-6)
    assert ends["miss"][0] < 2e3


def careless(estimate: Estimate) -> Any:
    """A bank that is no number at about half the speed of an orbit."""
    speed = estimate.relative.norm()
    return jnp.where((speed > 4_000.0) & (speed < 5_000.0), jnp.nan, 1.0)


def test_a_law_that_asks_for_no_number_is_told_alone_and_in_a_lane():
    mission = yaan.load("capsule-entry").with_model(guidance={"entry": careless})
    ends = run([mission.plan], None)
    assert OutcomeCode(int(ends["outcome"][0])) is OutcomeCode.UNHEARD
    assert ends["phase"].tolist() == ["entry"]
    assert np.isfinite(ends["latitude"]).all()
    flight = mission.fly()
    assert [one.name for one in flight.verdicts if one.passed is False] == ["guidance commands"]
    entry = flight.summary.entry
    assert entry is not None
    told = entry.guidance
    assert told is not None
    assert 0 < told.unheard < told.commands
    # The columns have the same count, and the first at the time that is told.
    unheard = flight.record.groups["guidance/entry"]
    assert unheard["unheard"][-1] == told.unheard
    assert unheard["time"][np.argmax(unheard["unheard"] > 0)] == told.unheard_first
    assert sum("were no finite number" in note for note in flight.summary.notes) == 1


def test_what_is_drawn_changes_its_own_lane_alone(gaganyaan: Flight):
    # By time: what is guided would take back what is drawn.
    mission, commands = gaganyaan.mission.replace("guidance", None), gaganyaan.commands
    drawn: list[dict[str, Any]] = [
        {},
        {"environment.density_scale": 1.003},
        {"environment.wind.east": "0.5 m/s"},
        {"vehicle.payload.mass": "8205 kg"},
        {"vehicle.stages.l110.engine.thrust": _scaled(mission, 1.0005)},
        {"spacecraft.capsule.aerodynamics.drag_scale": 1.01},
    ]
    plans = [mission.replace(one).plan if one else mission.plan for one in drawn]
    ends = run(plans, commands, batch=16)
    alone = run(plans[:1], commands, batch=16)
    assert ends["outcome"].tolist() == [0] * len(drawn)
    for name in ("latitude", "longitude", "perigee", "peak_load"):
        assert ends[name][0] == pytest.approx(alone[name][0], rel=1e-9)
    moved = [abs(ends["miss"][k] - ends["miss"][0]) for k in range(1, len(drawn))]
    assert all(distance > 1e3 for distance in moved)
    # What acts in the air of the entry alone does not change the orbit.
    assert ends["perigee"][5] == pytest.approx(ends["perigee"][0], rel=1e-12)
    assert abs(ends["perigee"][3] - ends["perigee"][0]) > 100.0


def _scaled(mission: Mission, factor: float) -> str:
    text = mission.tree["vehicle"]["stages"]["l110"]["engine"]["thrust"]
    return f"{parse(text, 'force') * factor} N"


def test_the_size_of_a_batch_moves_nothing(capsule: Flight):
    mission = capsule.mission
    masses = [f"{5.0 + 0.02 * k} t" for k in range(20)]
    plans = [mission.replace("capsule.mass", mass).plan for mass in masses]
    few, many = (run(plans, capsule.commands, batch=size) for size in (16, 32))
    for name in ENDS:
        if np.any(np.isfinite(few[name])):
            scale = np.nanmax(np.abs(few[name])) + 1e-12
            assert np.nanmax(np.abs(few[name] - many[name])) / scale < 1e-10, name


def test_an_entry_in_a_lane_is_that_entry(capsule: Flight):
    mission = capsule.mission
    changes = [
        {"environment.density_scale": 1.2},
        {"environment.wind.east": "30 m/s", "environment.density_scale": 0.9},
        {"interface.flight_path_angle": "-2 deg"},
    ]
    missions = [mission.replace(one) for one in changes]
    ends = run([one.plan for one in missions], capsule.commands, batch=16)
    for lane, one in enumerate(missions):
        flight = one.fly(commands=capsule.commands)
        assert metres(ends, lane, flight.history) < ROUNDED
        assert flight.entry is not None
        assert ends["peak_load"][lane] == pytest.approx(flight.entry.peak_load.value_g, rel=1e-5)


def test_a_lane_that_fails_stops_no_other(capsule: Flight):
    mission = capsule.mission
    speeds = ("7.89 km/s", "12 km/s", "7.8 km/s")  # the second one leaves the Earth
    plans = [mission.replace("interface.speed", speed).plan for speed in speeds]
    ends = run(plans, capsule.commands, batch=16)
    assert ends["outcome"][[0, 2]].tolist() == [0, 0]
    assert ends["outcome"][1] != 0
    assert np.isnan(ends["peak_load"][1])
    assert np.all(np.isfinite(ends["peak_load"][[0, 2]]))


def test_commands_of_another_ascent_are_refused(gaganyaan: Flight):
    commands = gaganyaan.commands
    assert commands is not None
    assert commands.ascent is not None
    other = dataclasses.replace(commands.ascent, programmes={"core": (0.0, 0.0, 0.0)})
    wrong = dataclasses.replace(commands, ascent=other)
    with pytest.raises(YaanError, match="of another ascent: it steers by core, cryogenic"):
        run([gaganyaan.mission.plan], wrong)
    with pytest.raises(YaanError, match="of another ascent"):
        gaganyaan.mission.fly(commands=wrong)


def test_without_commands_what_needs_them_is_refused(gaganyaan: Flight):
    with pytest.raises(YaanError, match="none of them steers its ascent"):
        run([gaganyaan.mission.plan], None)


def test_a_replay_searches_nothing(capsule: Flight, monkeypatch: pytest.MonkeyPatch):
    def searched(*arguments: object, **options: object) -> None:
        raise AssertionError("a replay has searched")

    for place in ("yaan.design.bank_search.find", "yaan.design.bank_search.refine"):
        monkeypatch.setattr(place, searched)
    again = capsule.mission.fly(commands=capsule.commands)
    for name, values in capsule.history.items():
        assert np.array_equal(again.history[name], values, equal_nan=True), name


def test_a_mission_flown_by_its_commands_has_the_same_digits(
    gaganyaan: Flight, monkeypatch: pytest.MonkeyPatch
):
    def searched(*arguments: object, **options: object) -> None:
        raise AssertionError("a replay has searched")

    for place in (
        "yaan.design.steer.seek",
        "yaan.design.return_search.choice.opportunities",
        "yaan.design.deorbit.aim_along",
        "yaan.design.bank_search.find",
    ):
        monkeypatch.setattr(place, searched)
    again = gaganyaan.mission.fly(commands=gaganyaan.commands)
    for name in ("time", "position_gcrs", "velocity_gcrs", "mass", "load"):
        assert np.array_equal(again.history[name], gaganyaan.history[name], equal_nan=True), name
    assert again.outcome.text == gaganyaan.outcome.text


def test_the_return_is_ranked_by_what_physics_says(gaganyaan: Flight):
    rows = {row.key: row.on_return for row in gaganyaan.summary.assumptions}
    known = next(row for row in gaganyaan.summary.assumptions if row.key.endswith("mains.diameter"))
    moved = known.on_return
    assert moved is not None
    assert moved.low is not None
    assert moved.high is not None
    # Under the mains the fall is steady: its speed goes with one over their diameter.
    speed = gaganyaan.history["speed_relative"][-1]
    texts = (known.low or "", known.value, known.high or "")
    low, value, high = (float(text.split()[0]) for text in texts)
    assert moved.low.touchdown_speed == pytest.approx(speed * (value / low - 1.0), rel=0.02)
    assert moved.high.touchdown_speed == pytest.approx(speed * (value / high - 1.0), rel=0.02)
    assert moved.low.miss < 10.0
    lift = rows["spacecraft.capsule.aerodynamics.lift_scale"]
    assert lift is not None
    assert lift.low is not None
    # By time it would be more than 100 km; what guides takes nearly all of it back.
    assert 100.0 < lift.low.miss < 5e3
    assert lift.low.entry_load_g > 0.0
    # A wish of the design moves nothing that is flown by commands.
    assert rows["entry.nominal_bank"] is None
    assert rows["deorbit.entry_angle"] is None


def test_a_page_drawn_as_a_flight_is_kept_is_that_of_its_folder(capsule: Flight, tmp_path: Path):
    folder = capsule.save(tmp_path)
    kept = (folder / "report.html").read_bytes()
    assert write_report(folder).read_bytes() == kept


THRUST = "spacecraft.service_module.engine.thrust"
OUT = {"engine": "spacecraft", "lost": 1}


def test_burns_that_are_solved_again_bring_lanes_to_the_designed_interface(gaganyaan: Flight):
    """Thrust out by 3 %, one of five engines out for a burn: by the clock they land elsewhere."""
    mission, commands = gaganyaan.mission, gaganyaan.commands
    assert commands is not None
    assert commands.orbit is not None
    assert commands.orbit.interface is not None
    drawn: list[dict[str, Any]] = [
        {},
        {THRUST: f"{1.03 * 440.0} N"},
        {THRUST: f"{0.97 * 440.0} N"},
        {"failures": [OUT | {"at": "deorbit"}]},
        {"failures": [OUT | {"at": "circularise"}]},
        {"failures": [{"engine": "spacecraft", "at": "deorbit"}]},
    ]
    found: dict[str, dict[str, np.ndarray]] = {}
    for law in ("designed", "re-solved"):
        guided = {"guidance.orbit": law, "guidance.entry": "open-loop"}
        plans = [mission.replace(one | guided).plan for one in drawn]
        seen = Seen(nominal=mission.replace(guided).plan)
        found[law] = run(plans, commands, batch=16, seen=seen)
    flown, clocked = found["re-solved"], found["designed"]
    assert flown["outcome"].tolist() == [0, 0, 0, 0, 0, OutcomeCode.NOT_FOUND]
    assert np.degrees(flown["interface_angle"][:5]) == pytest.approx(-1.4, abs=1e-3)
    # Phasing is of first order: what it leaves is a second or so, half a kilometre to the side.
    late = flown["interface_time"][:5] - commands.orbit.interface.time
    assert np.max(np.abs(late)) < 3.0
    assert np.max(flown["miss"][:5]) < 5e3
    assert clocked["miss"][0] < 100.0
    assert np.all((clocked["outcome"][1:5] != 0) | (clocked["miss"][1:5] > 1e5))
    assert clocked["outcome"][5] == OutcomeCode.TIMED_OUT
