"""Arrays of phases from their descriptions: any vehicle, any start, no pad and no orbit needed."""

from typing import Any

import numpy as np
import pytest

from yaan.base import InputError
from yaan.description import PhaseSpec, VehicleSpec
from yaan.flight.models.launcher import Vehicle, build_vehicle
from yaan.flight.models.phases import PADDED, Run, build_phases, legs_of
from yaan.gnc import Law
from yaan.mission import check, load_tree
from yaan.motion.powered_phases import End, Phases

LIQUID = {"thrust": 1e6, "isp": 320.0, "throttle": [0.5, 1.1]}
PLAIN = {"thrust": 1e5, "isp": 340.0}
STAGES = {
    "booster": {"engine": LIQUID, "propellant": 5e4, "dry_mass": 5e3},
    "upper": {"engine": PLAIN, "propellant": 5e3, "dry_mass": 5e2},
}
PARTS = {"fairing": {"mass": 100.0}}


def vehicle_of(**given: Any) -> VehicleSpec:
    return VehicleSpec.model_validate({"stages": STAGES, "parts": PARTS, **given})


def built(phases: list[dict[str, Any]], **given: Any) -> tuple[Phases, Vehicle]:
    spec = given.pop("spec", vehicle_of())
    vehicle = build_vehicle(spec)
    made = [PhaseSpec.model_validate({"steer": "coast", **phase}) for phase in phases]
    return build_phases(Run(spec, vehicle, 0.5, **given), legs_of(made)), vehicle


def test_ends_and_thresholds_are_those_that_a_phase_names() -> None:
    until = {"apex": True, "height_below": 5e3, "mach_above": 2.0, "perigee_below": -1e5}
    phases, _ = built([{"name": "up", "until": until}])
    wanted = {End.APEX, End.HEIGHT_BELOW, End.MACH_ABOVE, End.PERIGEE_BELOW, End.STRUCK}
    assert {End(i) for i in np.flatnonzero(phases.ends[0][: len(End)])} == wanted
    given = phases.thresholds[0]
    assert (given[End.HEIGHT_BELOW], given[End.MACH_ABOVE]) == (5e3, 2.0)
    assert given[End.PERIGEE_BELOW] == -1e5
    assert phases.law.shape == (PADDED,)
    assert phases.exists.tolist() == [True] + [False] * (PADDED - 1)


def test_every_key_of_an_end_has_an_end() -> None:
    """And the other way round; what ends on a stage, a time or by the pad has none."""
    from yaan.description import UntilSpec

    keys = set(UntilSpec.model_fields) - {"time", "duration", "duration_between", "depleted"}
    assert keys == {end.name.lower() for end in End} - {"struck", "lift_off", "guided"}


def test_what_a_launch_needs_has_no_extras() -> None:
    usual = [
        {"name": "up", "ignite": ["booster"], "steer": "vertical", "until": {"time": 10.0}},
        {"name": "turn", "steer": "gravity_turn", "until": {"depleted": "booster"}},
    ]
    assert built(usual)[0].extras is None
    for more in (
        {"until": {"apex": True}},
        {"steer": "prograde", "until": {"time": 20.0}},
        {"load_limit": 30.0, "until": {"time": 20.0}},
        {"throttle": {"booster": 0.8}, "until": {"time": 20.0}},
    ):
        assert built([usual[0], {"name": "more", **more}])[0].extras is not None


def test_throttle_and_limit_are_of_their_phase_and_of_engines_that_can() -> None:
    slow = {
        "name": "bucket",
        "throttle": {"booster": 0.7},
        "load_limit": 35.0,
        "until": {"time": 20.0},
    }
    phases, _ = built([slow, {"name": "after", "until": {"time": 30.0}}])
    assert phases.extras is not None
    np.testing.assert_array_equal(phases.extras.throttle[:2], [[0.7, 1.0], [1.0, 1.0]])
    # An engine that cannot be throttled gives what it gives.
    np.testing.assert_array_equal(phases.extras.least[:2], [[0.5, 1.0], [0.5, 1.0]])
    np.testing.assert_array_equal(phases.extras.load_limit[:2], [35.0, np.inf])


def test_what_is_gone_stays_gone_and_what_is_stuck_stays() -> None:
    rows = [
        {"name": "burn", "ignite": ["upper"], "until": {"time": 10.0}},
        {"name": "rest", "drop": ["fairing"], "shut_down": ["upper"], "until": {"time": 20.0}},
    ]
    phases, vehicle = built(rows, gone={"booster"})
    assert vehicle.items == ("fairing", "payload")
    np.testing.assert_array_equal(phases.stages_aboard[:2], [[False, True]] * 2)
    np.testing.assert_array_equal(phases.items_aboard[:2, 0], [True, False])
    stuck, _ = built(rows, gone={"booster"}, stuck={"fairing"})
    np.testing.assert_array_equal(stuck.items_aboard[:2, 0], [True, True])


def test_a_run_that_is_not_searched_burns_what_it_has() -> None:
    rows = [{"name": "burn", "ignite": ["upper"], "until": {"orbit": "target"}}]
    assert not np.any(built(rows, energy=-3e7)[0].overdraws)
    searched, _ = built(rows, energy=-3e7, searched=True)
    np.testing.assert_array_equal(searched.overdraws[0], [False, True])
    assert searched.thresholds[0, End.ORBIT] == -3e7


def test_a_stage_that_is_lit_again_may_burn_for_the_orbit() -> None:
    rows = [
        {"name": "burn", "ignite": ["upper"], "until": {"time": 10.0}},
        {"name": "rest", "shut_down": ["upper"], "until": {"duration": 20.0}},
        {"name": "again", "ignite": ["upper"], "until": {"orbit": "target"}},
    ]
    phases, _ = built(rows, searched=True)
    np.testing.assert_array_equal(phases.overdraws[2], [False, True])
    np.testing.assert_array_equal(phases.ignite[:3, 1], [True, False, True])


def test_tables_are_padded_and_turn_the_short_way() -> None:
    north = {"attitude": {"time": [0.0, 10.0], "pitch": [1.5, 1.0], "azimuth": [6.2, 0.1]}}
    path = {"flight_path": {"time": [5.0], "angle": [0.3], "since": "phase"}}
    phases, _ = built(
        [
            {"name": "one", "steer": north, "until": {"time": 10.0}},
            {"name": "two", "steer": path, "until": {"time": 20.0}},
        ]
    )
    assert phases.law[:2].tolist() == [Law.TABLE, Law.TABLE]
    assert phases.extras is not None
    aims = phases.extras.aims
    assert aims.times.shape == (PADDED, 64)
    assert np.all(np.diff(aims.times) > 0.0)
    np.testing.assert_allclose(aims.azimuths[0, :2], [6.2, 0.1 + 2.0 * np.pi])
    assert aims.follows[:2].tolist() == [False, True]
    assert aims.since_phase[:2].tolist() == [False, True]
    assert float(aims.elevations[1, -1]) == 0.3


def test_a_rail_is_as_long_as_it_is_said_to_be() -> None:
    rail = {"rail": {"length": 12.0, "elevation": 1.4, "azimuth": 2.0}}
    phases, _ = built([{"name": "rail", "steer": rail, "until": {"off_rail": True}}])
    assert phases.thresholds[0, End.OFF_RAIL] == 12.0
    assert phases.extras is not None
    assert (phases.extras.aims.elevation[0], phases.extras.aims.azimuth[0]) == (1.4, 2.0)


def test_a_long_phase_is_not_cut_short() -> None:
    phases, _ = built([{"name": "drift", "until": {"duration": 20_000.0}}])
    assert phases.timeout[0] >= 20_000.0


def test_a_vehicle_may_have_no_stage_and_no_payload() -> None:
    spec = vehicle_of(stages={}, parts={"ball": {"mass": 50.0}})
    phases, vehicle = built([{"name": "fall", "until": {"ground": True}}], spec=spec)
    assert phases.ends.shape == (PADDED, len(End))
    assert vehicle.launcher.item_mass.tolist() == [50.0, 0.0]
    with pytest.raises(ValueError, match="required, or stages, or parts"):
        vehicle_of(stages={}, parts={})


ROCKET = "lvm3-leo"


@pytest.mark.parametrize(
    ("changes", "key", "fragment"),
    [
        ({"phases.core.throttle": {"l110": 0.6}}, "phases.core.throttle.l110", "engine.throttle"),
        (
            {"phases.gravity-turn.throttle": {"s200": 0.6}},
            "phases.gravity-turn.throttle.s200",
            "a motor cannot be",
        ),
        ({"phases.core.throttle": {"c25": 0.6}}, "phases.core.throttle.c25", "burns in this phase"),
        ({"phases.core.throttle": {"l111": 0.6}}, "phases.core.throttle.l111", "l110"),
        ({"phases.core.load_limit": "3.5 g0"}, "phases.core.load_limit", "engine.throttle"),
        (
            {
                "vehicle.stages.l110.engine.throttle": [0.6, 1.0],
                "phases.core.throttle": {"l110": 0.5},
            },
            "phases.core.throttle.l110",
            "from 0.6 to 1",
        ),
        (
            {"vehicle.stages.l110.engine.throttle": [0.6, 0.9]},
            "vehicle.stages.l110.engine.throttle",
            "a range with 1",
        ),
        (
            {"vehicle.stages.s200.engine.throttle": [0.6, 1.0]},
            "vehicle.stages.s200.engine.throttle",
            "burns by it",
        ),
        ({"phases.core.until": {"apex": False}}, "phases.core.until.apex", "True"),
        (
            {"phases.core.until": {"off_rail": True}},
            "phases.core.until.off_rail",
            "nothing without",
        ),
        (
            {
                "phases.core.steer": {
                    "rail": {"length": "9 m", "elevation": "80 deg", "azimuth": "9 deg"}
                }
            },
            "phases.core.steer.rail",
            "first phase",
        ),
        (
            {
                "phases.core.steer": {
                    "rail": {"length": "9 m", "elevation": "30 deg", "azimuth": "9 deg"}
                }
            },
            "phases.core.steer.rail.elevation",
            "from 45 deg to 90 deg",
        ),
        (
            {"phases.core.steer": {"attitude": {"time": ["0 s", "1 s"], "pitch": ["9 deg"]}}},
            "phases.core.steer.attitude.pitch",
            "2 angles",
        ),
        (
            {"phases.core.steer": {"flight_path": {"time": ["0 s", "0 s"], "angle": []}}},
            "phases.core.steer.flight_path.time.1",
            "greater",
        ),
        (
            {"phases.core.steer": {"fixed": {"elevation": "9 deg"}}},
            "phases.core.steer.fixed.azimuth",
            "required",
        ),
        ({"phases.core.steer": {"attitude": 3}}, "phases.core.steer.attitude", "mapping"),
        (
            {"phases.core.steer": {"attitude": {}, "fixed": {}}},
            "phases.core.steer.fixed",
            "one law",
        ),
        ({"vehicle.stages": {}}, "vehicle.stages", "at least one"),
    ],
)
def test_a_mistake_is_told_at_its_key(changes: dict, key: str, fragment: str) -> None:
    with pytest.raises(InputError) as caught:
        check(load_tree(ROCKET, changes))
    told = {problem.key: problem.sentence() for problem in caught.value.problems}
    assert key in told
    assert fragment in told[key]


@pytest.mark.parametrize(
    ("stage", "until", "fragment"),
    [
        ("l110", {"time": "200 s"}, None),
        ("l110", {"depleted": "l110"}, "it runs dry in pause-before"),
        ("s200", {"time": "200 s"}, "burns once"),
    ],
)
def test_a_stage_is_lit_again_if_it_can_be(
    stage: str, until: dict[str, str], fragment: str | None
) -> None:
    """The stage burns, is shut down, and is lit again before the upper stage takes over."""
    usual = {"steer": "coast"}
    phases = [
        {"name": "up", "ignite": ["s200", "l110"], **usual, "until": {"time": "100 s"}},
        {"name": "pause-before", **usual, "until": until},
        {"name": "pause", "shut_down": [stage], **usual, "until": {"duration": "9 s"}},
        {"name": "again", "ignite": [stage], **usual, "until": {"duration": "9 s"}},
        {"name": "end", "ignite": ["c25"], **usual, "until": {"orbit": "target"}},
    ]
    steering = {"profile": "p", "profiles": {"p": {"kick": "3 deg"}}}
    changes = {"phases": phases, "steering": steering, "published": None, "reserve": None}
    tree = load_tree(ROCKET, changes)
    if fragment is None:
        assert check(tree).ascent is not None
        return
    with pytest.raises(InputError) as caught:
        check(tree)
    told = {problem.key: problem.sentence() for problem in caught.value.problems}
    assert fragment in told["phases.again.ignite.0"]
