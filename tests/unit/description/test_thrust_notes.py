"""Notes on the thrust: an impulse that is not its propellant's, more thrust than is meant."""

import math
from typing import Any

import pytest

from yaan.description.thrust import lift_off_ratio, peak_thrust, thrust_notes
from yaan.mission import Ascent, check_ascent, load_tree

IMPULSE = "vehicle.stages.s200.engine.impulse"


def spec(changes: dict[str, Any]) -> Ascent:
    return check_ascent(load_tree("lvm3-leo", changes))


def test_a_mission_of_the_library_has_none() -> None:
    assert thrust_notes(spec({})) == []


def test_the_peak_of_a_curve_is_that_of_its_shape_times_the_scale() -> None:
    curve = [["0 s", 1.0], ["10 s", 2.0], ["20 s", 0.0]]  # 25 s of unit thrust in all
    changes: dict[str, Any] = {"vehicle.stages.s200.engine.thrust_curve": curve, IMPULSE: "50 MN s"}
    engine = spec(changes).vehicle.stages["s200"].engine
    assert peak_thrust(engine) == pytest.approx(4e6)


def test_an_impulse_twice_too_big_is_told_with_its_peak() -> None:
    (note,) = thrust_notes(spec({IMPULSE: "1104 MN s"}))
    assert note.startswith(f"{IMPULSE}: 1104 MN s is 2.00 times")
    assert "peaks at 11449 kN" in note


def test_more_thrust_than_a_launcher_has_names_its_key() -> None:
    heavy = spec({IMPULSE: "1600 MN s"})
    assert 5.0 < lift_off_ratio(heavy) < 6.0
    note = thrust_notes(heavy)[-1]
    assert "rarely above 5" in note
    assert IMPULSE in note


def test_an_engine_of_constant_thrust_is_named_by_it() -> None:
    changes: dict[str, Any] = {"vehicle.stages.s200.engine": {"thrust": "20 MN", "isp": "274.5 s"}}
    note = thrust_notes(spec(changes))[-1]
    assert "vehicle.stages.s200.engine.thrust" in note


def test_the_weight_is_that_of_everything() -> None:
    one = spec({})
    stages = one.vehicle.stages.values()
    mass = sum(s.count * (s.propellant + s.dry_mass) for s in stages) + one.vehicle.payload.mass
    mass += sum(part.mass for part in one.vehicle.parts.values())
    s200 = one.vehicle.stages["s200"]
    thrust = s200.count * s200.engine_count * peak_thrust(s200.engine)
    assert math.isclose(lift_off_ratio(one), thrust / mass / 9.80665)
