"""A file of kind `body` flown as users fly it: its history, what is told of it, its page."""

import json
import math
import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import equinox as eqx
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import yaan
from yaan.analysis.body import matrix
from yaan.analysis.flown import Flown
from yaan.analysis.fly import fly as fly_plan
from yaan.analysis.timeline import peaks_of
from yaan.base.constants import STANDARD_GRAVITY
from yaan.cli.exits import ExitCode
from yaan.cli.fly import exit_code
from yaan.environment.atmosphere import TableAtmosphere
from yaan.mission import check, load_tree, provenance_of
from yaan.report.page import render
from yaan.results import History, Summary, compare, read_flight
from yaan.results.outcome import OutcomeCode
from yaan.results.record import to_plain

pytestmark = pytest.mark.slow

DART = """\
schema: 1
kind: body
name: dart
title: A dart on a booster
source: invented for this test
epoch: "2027-01-18T02:30:00 UTC"
body:
  name: dart
  configurations:
    boosted:
      empty: {mass: "80 kg", centre_of_mass: ["0.2 m", "0 m", "0 m"], inertia: {LIGHT}}
      full: {mass: "130 kg", centre_of_mass: ["0 m", "0 m", "0 m"], inertia: {HEAVY}}
      aerodynamics: AIR
      engine:
        vacuum_thrust: "9 kN"
        exit_area: "0.01 m2"
        specific_impulse: "230 s"
        position: ["-2 m", "0 m", "0 m"]
    dart:
      mass: "60 kg"
      inertia: {xx: "0.5 kg m2", yy: "20 kg m2", zz: "20 kg m2"}
      aerodynamics: AIR
start:
  position: {latitude: "30 deg", longitude: "60 deg", height: "100 m"}
  velocity: {north: "0 m/s", east: "20 m/s", down: "-40 m/s"}
  attitude: {yaw: "90 deg", pitch: "63 deg", roll: "0 deg", from: ned}
phases:
  - name: boost
    configuration: boosted
    engine: on
    until: {duration: "20 s", depleted: true}
    step: "0.05 s"
  - name: glide
    configuration: dart
    until: {duration: "200 s", height_below: "1 km"}
    step: "0.05 s"
pulses:
  - {name: kick, from: "14 s", to: "14.5 s", torque: ["0 N m", "5 N m", "0 N m"]}
environment:
  gravity: {field: j2}
  earth: uniform
  wind: {east: "5 m/s"}
published:
  - what: end of the boost
    at: boost-end
    quantity: time
    value: "12.530 s"
    tolerance: "0.001 s"
    source: 50 kg times 230 s times g0 over 9 kN
  - what: propellant
    quantity: propellant_used
    stage: boosted
    value: "50 kg"
    tolerance: "1 g"
    source: the file
  - {what: latitude, at: start, quantity: latitude, value: 30 deg, tolerance: 1e-9 deg, source: s}
  - {what: longitude, at: start, quantity: longitude, value: 60 deg, tolerance: 1e-9 deg, source: s}
  - {what: a guess, at: apex, quantity: height, value: "300 km", source: nobody}
"""
AIR = """{area: 0.03 m2, span: 0.2 m, chord: 0.2 m, drag: 0.4,
        lift: {angle: [-20 deg, 20 deg], values: [-1.2, 1.2]},
        side: {angle: [-20 deg, 20 deg], values: [1.2, -1.2]},
        pitch: {angle: [-20 deg, 20 deg], values: [3.0, -3.0]},
        yaw: {angle: [-20 deg, 20 deg], values: [-3.0, 3.0]},
        damping: {roll: -2.0, pitch: -300.0, yaw: -300.0}}"""
LIGHT = "xx: 1 kg m2, yy: 40 kg m2, zz: 40 kg m2"
HEAVY = "xx: 2 kg m2, yy: 60 kg m2, zz: 60 kg m2"
Fly = Callable[..., Flown]


@pytest.fixture(scope="module")
def fly(tmp_path_factory: pytest.TempPathFactory) -> Fly:
    """Fly the dart with changes; what is changed keeps its shape, so that it compiles once."""
    path = tmp_path_factory.mktemp("dart") / "dart.yaml"
    text = DART.replace("AIR", AIR).replace("LIGHT", LIGHT).replace("HEAVY", HEAVY)
    path.write_text(text, encoding="utf-8")

    def flown(overrides: dict[str, Any] | None = None) -> Flown:
        tree = load_tree(path, overrides)
        return fly_plan(check(tree), provenance_of(tree), lambda values: None)[0]

    return flown


@pytest.fixture(scope="module")
def flown(fly: Fly) -> Flown:
    return fly()


def told(flown: Flown) -> Summary:
    return yaan.Flight(flown, {}).summary


@pytest.fixture(scope="module")
def summary(flown: Flown) -> Summary:
    return told(flown)


def test_the_history_has_a_row_a_step_and_two_where_phases_meet(flown: Flown) -> None:
    h = flown.history
    assert h.phases == ("boost", "glide")
    assert h.stages == ("boosted", "dart")
    meeting = int(np.flatnonzero(h["phase"] == 1)[0])
    assert h["time"][meeting] == h["time"][meeting - 1]
    for column in ("position_gcrs", "velocity_gcrs", "attitude", "rate_body"):
        assert h[column][meeting] == pytest.approx(h[column][meeting - 1], rel=1e-13)
    assert h["mass"][meeting - 1] == pytest.approx(80.0, rel=1e-9)
    assert h["mass"][meeting] == 60.0
    assert h["height"][-1] == pytest.approx(1000.0, abs=1e-4)
    assert np.linalg.norm(h["attitude"], axis=1) == pytest.approx(1.0, abs=1e-12)
    steps = np.diff(h["time"])
    assert np.max(steps) == pytest.approx(0.05, abs=1e-9)


def test_columns_agree_with_each_other(flown: Flown) -> None:
    h = flown.history
    speed = np.linalg.norm(h["velocity_ned"], axis=1)
    assert speed == pytest.approx(h["speed_relative"], abs=1e-6)
    assert np.linalg.norm(h["position_itrs"], axis=1) == pytest.approx(
        np.linalg.norm(h["position_gcrs"], axis=1), rel=1e-14
    )
    apart = np.flatnonzero(np.diff(h["time"]) > 1e-3)
    moved = np.diff(h["position_gcrs"], axis=0)[apart] / np.diff(h["time"])[apart, None]
    mean = 0.5 * (h["velocity_gcrs"][apart] + h["velocity_gcrs"][apart + 1])
    assert moved == pytest.approx(mean, abs=0.05)
    flow = 9e3 / (230.0 * STANDARD_GRAVITY)
    burning = (h["phase"] == 0) & (h["propellant"][:, 0] > 0.0)
    assert h["propellant"][burning, 0] == pytest.approx(50.0 - flow * h["time"][burning], abs=1e-6)
    push = h["thrust"][burning] + 0.01 * h["pressure"][burning]
    assert push == pytest.approx(9e3, rel=1e-12)
    gas = 287.05287
    assert h["density"] == pytest.approx(h["pressure"] / (gas * h["temperature"]), rel=1e-5)
    assert h["dynamic_pressure"] == pytest.approx(
        0.5 * h["density"] * (h["mach"] * h["sound_speed"]) ** 2, rel=1e-9
    )


def test_what_acts_is_told_by_its_source(flown: Flown) -> None:
    h = flown.history
    assert np.linalg.norm(h["force_engine"], axis=1) == pytest.approx(h["thrust"], rel=1e-14)
    burning = (h["phase"] == 0) & (h["propellant"][:, 0] > 0.0)
    assert np.all(h["force_engine"][burning, 0] > 7.9e3)
    assert np.all(h["force_engine"][h["phase"] == 1] == 0.0)
    # A thrust along the axis, through the centre of mass, turns nothing.
    assert np.all(h["moment_engine"] == 0.0)
    kicked = (h["time"] > 14.0) & (h["time"] < 14.5)
    assert np.all(h["moment_pulses"][kicked] == [0.0, 5.0, 0.0])
    assert np.all(h["moment_pulses"][(h["time"] < 13.9) | (h["time"] > 14.6)] == 0.0)
    assert np.all(h["force_pulses"] == 0.0)
    force = h["force_body"] + h["force_engine"] + h["force_pulses"]
    load = np.linalg.norm(force, axis=1) / (h["mass"] * STANDARD_GRAVITY)
    assert h["load"] == pytest.approx(load, rel=1e-12)
    assert h["speed_air"] == pytest.approx(h["mach"] * h["sound_speed"], rel=1e-12)
    glide = h["phase"] == 1
    turns = [matrix(q) for q in h["attitude"][glide]]
    r = np.stack([c @ p for c, p in zip(turns, h["position_gcrs"][glide], strict=True)])
    far = np.linalg.norm(r, axis=1)[:, None]
    lean = np.cross(r, r * [0.5, 20.0, 20.0])
    gravity = 3.0 * 3.986004415e14 / far**5 * lean
    assert h["moment_gravity"][glide] == pytest.approx(gravity, rel=1e-6, abs=1e-12)


def test_what_acts_off_the_centre_turns_the_body(fly: Fly) -> None:
    changes = {
        "pulses.kick.force": '["0 N", "3 N", "0 N"]',
        "pulses.kick.at": '["1 m", "0 m", "0 m"]',
        "body.configurations.boosted.engine.gimbal": '{pitch: "0.01 deg"}',
    }
    h = fly(changes).history
    ahead = np.stack([h["centre_forward"], *np.zeros((2, len(h)))], axis=1)
    arm = np.array([-2.0, 0.0, 0.0]) - ahead
    assert h["moment_engine"] == pytest.approx(np.cross(arm, h["force_engine"]), abs=1e-9)
    burning = (h["phase"] == 0) & (h["propellant"][:, 0] > 0.0)
    assert np.all(np.abs(h["moment_engine"][burning, 1]) > 2.0)
    kicked = (h["time"] > 14.0) & (h["time"] < 14.5)
    assert np.all(h["force_pulses"][kicked] == [0.0, 3.0, 0.0])
    off = np.cross(np.array([1.0, 0.0, 0.0]) - ahead, h["force_pulses"])
    twist = off + np.array([0.0, 5.0, 0.0])
    assert h["moment_pulses"][kicked] == pytest.approx(twist[kicked], abs=1e-12)
    force = h["force_body"] + h["force_engine"] + h["force_pulses"]
    load = np.linalg.norm(force, axis=1) / (h["mass"] * STANDARD_GRAVITY)
    assert h["load"] == pytest.approx(load, rel=1e-12)


def test_the_attitude_against_the_orbit_is_told(flown: Flown) -> None:
    h = flown.history
    row = len(h) // 3
    r, v = h["position_gcrs"][row], h["velocity_gcrs"][row]
    down, right = -r, np.cross(v, r)
    down, right = down / np.linalg.norm(down), right / np.linalg.norm(right)
    orbit = np.stack([np.cross(right, down), right, down])
    to_body = matrix(h["attitude"][row])
    turned = Rotation.from_matrix((to_body @ orbit.T).T).as_euler("ZYX")
    told = [float(h[f"{name}_vvlh"][row]) for name in ("yaw", "pitch", "roll")]
    assert told == pytest.approx(turned, abs=1e-12)
    rate = h["rate_body"][row] - to_body @ np.cross(r, v) / (r @ r)
    assert h["rate_vvlh"][row] == pytest.approx(rate, abs=1e-15)


@pytest.mark.slow
def test_a_straight_fall_has_no_orbit_and_is_flown_all_the_same(fly: Fly) -> None:
    still = {
        "environment.earth": "still",
        "start.velocity": "{north: 0 m/s, east: 0 m/s, down: 0 m/s}",
    }
    fallen = fly(still)
    h = fallen.history
    assert np.isnan(h["yaw_vvlh"][0])
    assert h["time"][-1] > 1.0
    assert np.all(np.isfinite(h["position_gcrs"]))


def test_the_timeline_has_phases_pulses_and_peaks(summary: Summary) -> None:
    rows = {row.name: row for row in summary.timeline}
    assert next(iter(rows)) == "start"
    assert {"boost-end", "kick-on", "kick-off", "apex", "glide-end", "maximum load"} <= set(rows)
    assert rows["boost-end"].mass_before == pytest.approx(80.0)
    assert rows["boost-end"].mass_after == 60.0
    assert rows["kick-on"].time == pytest.approx(14.0, abs=1e-9)
    times = [row.time for row in summary.timeline]
    assert times == sorted(times)
    assert summary.outcome.code == "flown"
    assert summary.spans == {"body": (0.0, times[-1])}


def test_the_end_is_told_in_full(flown: Flown, summary: Summary) -> None:
    assert summary.body is not None
    end, h = summary.body.end, flown.history
    assert list(end.position_gcrs) == h["position_gcrs"][-1].tolist()
    assert list(end.quaternion) == h["attitude"][-1].tolist()
    assert np.linalg.norm(end.velocity_itrs) == pytest.approx(h["speed_relative"][-1], rel=1e-12)
    apart = h["time"][-1] - h["time"][-10]
    moved = (h["position_itrs"][-1] - h["position_itrs"][-10]) / apart
    assert moved == pytest.approx(end.velocity_itrs, abs=3.0)
    turned = np.array(end.matrix)
    assert turned @ turned.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(turned) == pytest.approx(1.0)
    assert end.phase == "glide"
    assert json.loads(json.dumps(to_plain(end))) == to_plain(end)


def test_the_matrix_takes_components_to_the_body() -> None:
    # A quarter turn about z: the old y axis is the new x axis.
    quarter = np.array([math.cos(math.pi / 4), 0.0, 0.0, math.sin(math.pi / 4)])
    assert matrix(quarter) @ [0.0, 1.0, 0.0] == pytest.approx([1.0, 0.0, 0.0], abs=1e-15)


def test_masses_add_up(summary: Summary) -> None:
    rows = summary.budgets.mass
    assert [row.item for row in rows] == [
        "all aboard",
        "boosted propellant",
        "boosted becomes dart",
    ]
    assert [row.mass for row in rows] == pytest.approx([130.0, 80.0, 60.0])
    assert summary.budgets.mass_closure is not None
    assert summary.budgets.mass_closure < 1e-9
    (row,) = summary.budgets.propellant
    assert (row.stage, row.loaded) == ("boosted", 50.0)
    assert row.left == pytest.approx(0.0, abs=1e-7)


def test_published_figures_are_judged(summary: Summary) -> None:
    within = {row.what: row.within for row in summary.published}
    named = ("end of the boost", "propellant", "latitude", "longitude")
    assert within == {**dict.fromkeys(named, True), "a guess": None}
    verdicts = {row.name: row for row in summary.verdicts}
    assert verdicts["published figures"].passed
    assert verdicts["published figures"].value == "4 of 4 within"
    assert verdicts["budgets close"].passed
    assert verdicts["inside its tables"].passed


def test_a_table_that_is_left_is_told(fly: Fly) -> None:
    tumbling = told(fly({"start.attitude.pitch": "35 deg"}))
    (verdict,) = [row for row in tumbling.verdicts if row.name == "inside its tables"]
    assert verdict.passed is False
    assert any(
        "the angle of attack" in note and "lift and pitch" in note for note in tumbling.notes
    )
    assert any("20 deg" in note and "held" in note for note in tumbling.notes)
    assert tumbling.outcome.code == "flown"


def test_air_that_is_left_is_told(flown: Flown) -> None:
    table = TableAtmosphere([0.0, 1500.0], [1.2, 1.0], [288.0, 280.0])
    world = eqx.tree_at(lambda w: w.atmosphere, flown.world, table, is_leaf=lambda x: x is None)
    assert flown.body is not None
    summary = told(replace(flown, body=replace(flown.body, world=world)))
    verdict = next(row for row in summary.verdicts if row.name == "inside its tables")
    assert verdict.passed is False
    assert "table of the air" in verdict.text
    assert verdict.text in summary.notes
    body = replace(flown.body, history=_lifted(flown.history, 2e6))
    summary = told(replace(flown, body=body))
    verdict = next(row for row in summary.verdicts if row.name == "inside its tables")
    assert verdict.passed  # above its top the standard says that there is nothing
    assert any("1000 km" in note for note in summary.notes)


def _lifted(history: History, by: float) -> History:
    columns = dict(history.columns) | {"height": history["height"] + by}
    return History(columns, history.stages, history.phases)


def test_the_ground_ends_a_flight_with_a_word(fly: Fly) -> None:
    sunk = told(fly({"phases.glide.until.height_below": None}))
    assert sunk.outcome.code == "struck-ground"
    assert "'glide'" in sunk.outcome.text
    assert "height_below" in sunk.outcome.text
    assert "kick" not in sunk.outcome.text
    assert sunk.body is not None
    assert sunk.body.phases[1].outcome == "struck-ground"


def test_a_phase_that_fails_ends_the_flight(fly: Fly) -> None:
    down = {"start.velocity.down": "300 m/s", "start.velocity.east": "0 m/s"}
    sunk = told(fly(down))
    assert sunk.outcome.code == "struck-ground"
    assert "'boost'" in sunk.outcome.text
    assert sunk.body is not None
    assert [row.outcome for row in sunk.body.phases] == ["struck-ground", "no-solution"]
    assert [row.name for row in sunk.timeline][-1] != "glide-end"


@pytest.mark.slow
def test_a_flight_that_leaves_the_numbers_says_so_and_keeps_its_last_state(fly: Fly) -> None:
    damping = "body.configurations.boosted.aerodynamics.damping.roll"
    lost = fly({damping: 1000.0, "start.rate.x": "90000 deg/s"})
    summary = told(lost)
    assert summary.outcome.code == "not-finite"
    assert "`step`" in summary.outcome.text
    assert all(np.all(np.isfinite(values)) for values in lost.history.columns.values())
    json.dumps(to_plain(summary), allow_nan=False)


def test_a_flight_that_leaves_the_numbers_at_once_is_told_kept_and_shown(
    flown: Flown, tmp_path: Path
) -> None:
    h = flown.history
    lost = {name: values[:1].copy() for name, values in h.columns.items()}
    for name in ("attitude", "rate_body", "load", "dynamic_pressure", "downrange", "yaw_vvlh"):
        lost[name] *= np.nan
    codes = np.array([OutcomeCode.NOT_FINITE, OutcomeCode.NO_SOLUTION])
    assert flown.body is not None
    legs = eqx.tree_at(lambda leg: leg.outcome, flown.body.legs, codes)
    one = History(lost, h.stages, h.phases)
    body = replace(flown.body, history=one, legs=legs)
    flight = yaan.Flight(replace(flown, history=one, body=body), {})
    text = flight.outcome.text
    assert flight.outcome.code == "not-finite"
    assert "'boost'" in text
    assert "at once" in text
    assert "attitude, rate_body" in text
    assert "yaw_vvlh" not in text
    folder = flight.save(tmp_path)
    assert "left the numbers at once" in (folder / "report.html").read_text(encoding="utf-8")
    assert exit_code(flight.summary) == ExitCode.NO_SOLUTION
    peak = read_flight(folder).summary.peaks.load
    assert peak is not None
    assert np.isnan(peak.value_g)


def test_no_air_has_no_mach_number(flown: Flown) -> None:
    columns = dict(flown.history.columns)
    bare = History(columns | {"density": 0.0 * columns["density"]}, (), flown.history.phases)
    found = [peaks_of(one, turning=True).dynamic_pressure for one in (bare, flown.history)]
    silent, loud = (None if one is None else one.mach for one in found)
    assert silent is None
    assert loud is not None
    assert loud > 0.5


def test_a_folder_with_a_summary_holds_all_that_was_flown(
    flown: Flown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed: list[str] = []

    def replaced(source: Path, target: Path) -> None:
        placed.append(target.name)
        move(source, target)

    move = os.replace
    monkeypatch.setattr(os, "replace", replaced)
    yaan.Flight(flown, {}).save(tmp_path)
    assert sorted(placed[:-1]) == ["flight.nc", "manifest.json", "mission.yaml", "summary.json"]
    assert placed[-2:] == ["summary.json", "report.html"]


def test_a_history_that_is_full_says_so(flown: Flown) -> None:
    assert flown.body is not None
    full = replace(flown, body=replace(flown.body, full=True))
    assert full.body is not None
    assert full.body.outcomes == [OutcomeCode.REACHED, OutcomeCode.OUT_OF_STEPS]
    outcome = told(full).outcome
    assert outcome.code == "out-of-steps"
    assert "`step`" in outcome.text


def test_the_run_folder_is_kept_read_and_shown(flown: Flown, tmp_path: Path) -> None:
    flight = yaan.Flight(flown, {"fly": 1.0})
    first, second = flight.save(tmp_path), flight.save(tmp_path)
    record = read_flight(first)
    assert record.history is not None
    assert np.array_equal(record.history["attitude"], flown.history["attitude"])
    page = render(record)
    for words in ("What acts on it", "Path over ground", "Start and end", "Epoch"):
        assert words in page
    for words in ("Lift-off", ">nan", "nan "):
        assert words not in page.split("<script", maxsplit=1)[0]
    again = yaan.load(first / "mission.yaml")
    assert again.tree["kind"] == "body"
    assert not [d for d in compare(first, second) if d.section == "result"]
    dataset = flight.trajectory
    assert dataset["rate_body"].attrs["frame"] == "body against GCRS"
    assert dataset["attitude"].dims == ("time", "quaternion")


def test_a_flight_comes_back_from_its_folder_and_from_a_pickle(
    flown: Flown, tmp_path: Path
) -> None:
    flight = yaan.Flight(flown, {"fly": 1.0})
    folder = flight.save(tmp_path)
    opened = yaan.open(folder)
    for again in (opened, pickle.loads(pickle.dumps(flight))):
        assert to_plain(again.summary) == to_plain(flight.summary)
        np.testing.assert_equal(again.history, flight.history)
        assert again.timings == {"fly": 1.0}
        about = {"mission": "dart", "epoch": flown.plan.epoch, "centre": "Earth", "vehicle": "dart"}
        assert again.trajectory.attrs == about
        assert again.mission.plan == flown.plan
        with pytest.raises(yaan.YaanError, match="flies it again"):
            _ = again.flown
    copy = pickle.loads(pickle.dumps(opened)).save(tmp_path)
    for name in ("mission.yaml", "flight.nc", "summary.json"):
        assert (copy / name).read_bytes() == (folder / name).read_bytes()


def test_what_a_run_folder_has_lost_is_told(flown: Flown, tmp_path: Path) -> None:
    folder = yaan.Flight(flown, {}).save(tmp_path)
    for name in ("mission.yaml", "flight.nc", "manifest.json"):
        (folder / name).unlink()
    flight = yaan.open(folder / "summary.json")
    assert flight.outcome.code == "flown"
    with pytest.raises(yaan.YaanError, match=r"lost its flight\.nc"):
        _ = flight.trajectory
    with pytest.raises(yaan.YaanError, match=r"lost its mission\.yaml"):
        _ = flight.mission
