"""Guided ascents in lanes: each is the flight that flies alone, by the commands of the design."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

import yaan
from yaan.api import Flight
from yaan.base.constants import EARTH_MU
from yaan.base.errors import YaanError
from yaan.flight.run import run
from yaan.gnc import Estimate
from yaan.results.commands import Commands
from yaan.results.record import from_plain, to_plain

pytestmark = pytest.mark.slow

THRUST = "vehicle.stages.c25.thrust_scale"
SAME = 1e-6  # [m]


def prograde(estimate: Estimate) -> Any:
    v = estimate.relative
    return v.x, v.y, v.z


@pytest.fixture(scope="module")
def guided() -> Flight:
    """The reference ascent in closed loop."""
    return yaan.load("lvm3-m5").replace("guidance.ascent", "explicit").fly()


@pytest.fixture(scope="module")
def commands(guided: Flight) -> Commands:
    """Its commands as a file has them."""
    assert guided.commands is not None
    return from_plain(Commands, json.loads(json.dumps(to_plain(guided.commands))), "commands.json")


def apart(ends: dict[str, np.ndarray], lane: int, flight: Flight) -> float:
    """How far the end of a lane is from that of a flight [m]."""
    last = {n: flight.history[n][-1] for n in ("height", "latitude", "longitude")}
    off = {name: float(ends[name][lane] - value) for name, value in last.items()}
    return float(np.hypot(off["height"], 6.4e6 * np.hypot(off["latitude"], off["longitude"])))


def test_commands_tell_guidance_all_to_the_last_bit(guided: Flight, commands: Commands):
    assert commands == guided.commands
    assert commands.ascent is not None
    told = commands.ascent.guidance
    assert told is not None
    assert told.stage == "c25"
    assert told.burns[-1].stop is None
    assert [leg.part for leg in told.legs[:2]] == ["table", "table"]
    assert [leg.phase for leg in told.legs if leg.lit][-1] == "cryogenic"


def test_a_guided_lane_is_the_flight_that_flies_alone(guided: Flight, commands: Commands):
    """Also one that is off its design: what guidance believes is the design's in both."""
    mission = guided.mission
    off = mission.replace({THRUST: 0.98, "navigation": {"model": "inertial", "draw": 3}})
    same = mission.replace("navigation", {"model": "inertial", "draw": 4})
    ends = run([mission.plan], commands, batch=8)
    assert apart(ends, 0, guided) < SAME
    lanes = run([off.plan, same.plan, off.replace("navigation.draw", 9).plan], commands, batch=8)
    alone = off.fly(commands=commands)
    assert apart(lanes, 0, alone) < SAME
    assert alone.commands is not None
    assert alone.commands.ascent == commands.ascent
    assert lanes["outcome"].tolist() == [0, 0, 0]
    target = mission.plan.ascent.target  # pyright: ignore[reportOptionalMemberAccess]
    assert np.max(np.abs(lanes["perigee"] - target.perigee)) < 200.0
    # 1 m/s moves an apogee of 30,000 km by 15 km.
    assert np.max(np.abs(lanes["apogee"] - target.apogee)) < 10e3
    assert len(set(lanes["apogee"].tolist())) == 3
    assert lanes["time"][0] > ends["time"][0] + 5.0


def test_a_replay_of_a_guided_ascent_searches_nothing(
    guided: Flight, commands: Commands, monkeypatch: pytest.MonkeyPatch
):
    def searched(*arguments: object, **options: object) -> None:
        raise AssertionError("a replay has searched")

    for place in ("yaan.design.steer.seek", "yaan.design.guided.told_of"):
        monkeypatch.setattr(place, searched)
    again = guided.mission.fly(commands=commands)
    for name in ("time", "position_gcrs", "velocity_gcrs", "mass"):
        assert np.array_equal(again.history[name], guided.history[name], equal_nan=True), name


def test_what_runs_dry_on_the_way_says_what_it_lacks(guided: Flight, commands: Commands):
    weak = guided.mission.replace("vehicle.stages.c25.propellant", "22 t")
    ends = run([weak.plan, guided.mission.plan], commands, batch=8)
    assert ends["velocity_lacking"][0] > 100.0
    assert ends["velocity_lacking"][1] == 0.0
    assert ends["propellant_left"][0] == pytest.approx(0.0, abs=1e-6)
    assert ends["propellant_left"][1] > 100.0
    # At 10 km/s the energy that is missing is the velocity times so much.
    half = [6378137.0 + 0.5 * (ends["perigee"] + ends["apogee"])[k] for k in range(2)]
    missing = 0.5 * EARTH_MU * (1.0 / half[0] - 1.0 / half[1])
    assert ends["velocity_lacking"][0] == pytest.approx(missing / 10e3, rel=0.1)


def test_a_guided_ascent_by_commands_of_one_by_time_is_refused(guided: Flight, commands: Commands):
    assert commands.ascent is not None
    older = to_plain(dataclasses.replace(commands, ascent=dataclasses.replace(commands.ascent)))
    ascent = older["ascent"]
    assert isinstance(ascent, dict)
    del ascent["guidance"]  # a file of an older Yaan has no such key
    read = from_plain(Commands, json.loads(json.dumps(older)), "commands.json")
    with pytest.raises(YaanError, match="these commands tell its guidance nothing"):
        run([guided.mission.plan], read)
    with pytest.raises(YaanError, match="these commands tell its guidance nothing"):
        guided.mission.fly(commands=read)
    by_time = guided.mission.replace("guidance", None)
    one, other = (run([by_time.plan], given, batch=8) for given in (read, commands))
    assert one["apogee"].tolist() == other["apogee"].tolist()
    assert one["outcome"].tolist() == [0]


def test_guidance_of_another_ascent_is_refused(guided: Flight, commands: Commands):
    assert commands.ascent is not None
    assert commands.ascent.guidance is not None
    other = dataclasses.replace(commands.ascent.guidance, stage="l99")
    ascent = dataclasses.replace(commands.ascent, guidance=other)
    with pytest.raises(YaanError, match=r"of another ascent: .* ends a burn of l99"):
        run([guided.mission.plan], dataclasses.replace(commands, ascent=ascent))


def test_a_law_of_ones_own_flies_in_lanes(guided: Flight, commands: Commands):
    own = yaan.load("lvm3-m5").with_model(guidance={"ascent": prograde})
    heavy = own.replace(THRUST, 0.99)
    ends = run([own.plan, heavy.plan], commands, batch=8)
    assert np.isnan(ends["velocity_lacking"]).all()
    assert ends["perigee"][0] != ends["perigee"][1]
