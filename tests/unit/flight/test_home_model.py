"""What comes home, from checked files to models."""

import math
from collections.abc import Iterator
from typing import Any

import erfa
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.base.constants import EARTH_SPIN
from yaan.base.session import computing
from yaan.description import EntryFlight, InterfaceSpec, ParachutesSpec
from yaan.dynamics.forces import World
from yaan.flight.models.craft import (
    build_bank,
    build_capsule,
    build_interface,
    build_spacecraft,
    build_train,
    service_module_mass,
)
from yaan.flight.models.world import build_world
from yaan.mission import check, check_ascent, load_tree
from yaan.spacetime.frame import Frame, components
from yaan.vehicle.parachute import APEX, Train, terminal_speed

DEG = math.pi / 180.0
WGS84 = 1  # ERFA's number of the ellipsoid


@pytest.fixture(autouse=True)
def _session() -> Iterator[None]:
    with computing():
        yield


def parachutes(overrides: dict[str, Any] | None = None) -> ParachutesSpec:
    plan = check(load_tree("gaganyaan", overrides))
    assert plan.spacecraft is not None
    assert plan.spacecraft.capsule.parachutes is not None
    return plan.spacecraft.capsule.parachutes


def started(name: str, changes: dict[str, Any] | None = None) -> tuple[InterfaceSpec, World]:
    plan = check(load_tree(name, changes))
    assert isinstance(plan.start, InterfaceSpec)
    return plan.start, build_world(plan)


def entry(name: str = "apollo10-entry", overrides: dict[str, Any] | None = None) -> EntryFlight:
    entering = check(load_tree(name, overrides)).entry_flight
    assert entering is not None
    return entering


def start(interface: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity of an interface on an Earth that is aligned with GCRS."""
    place = {"longitude": "60 deg", **interface}
    changes = {f"interface.{key}": value for key, value in place.items()}
    made = started("capsule-entry", {**changes, "environment.earth": "uniform"})
    position, velocity = build_interface(*made)
    assert position.frame is velocity.frame is Frame.GCRS
    return components(position), components(velocity)


def test_the_capsule_is_scaled_and_looks_along_its_heat_shield() -> None:
    plan = check(load_tree("gaganyaan"))
    assert plan.spacecraft is not None
    capsule = build_capsule(plan.spacecraft.capsule)
    assert float(capsule.area) == pytest.approx(math.pi * 1.75**2, rel=1e-12)
    trim = capsule.trim(jnp.asarray(29.5))
    assert float(trim.lift) == pytest.approx(0.379 * 0.85, rel=1e-12)
    assert float(trim.drag) == pytest.approx(1.30135, rel=1e-12)
    assert float(trim.angle) == pytest.approx((180.0 - 160.7) * DEG, rel=1e-12)


def test_the_apollo_table_has_the_printed_ratios() -> None:
    printed = [28057, 27390, 25901, 29136, 40729, 40074, 42684, 42439, 40876, 39794, 38282, 35387]
    printed += [34079, 29124]
    table = entry().capsule.aerodynamics
    ratios = np.asarray(table.lift) / np.asarray(table.drag)
    # Three printed numbers of five digits each.
    assert np.max(np.abs(ratios - np.asarray(printed) * 1e-5)) < 1.5e-5


def fall(train: Train) -> float:
    """Speed of 5.3 t at sea level under the mains alone [m/s]."""
    area = train.working[3] * train.drag_area[3]
    return float(terminal_speed(jnp.asarray(5300.0 * 9.8), jnp.asarray(1.225), area))


def test_three_mains_bring_the_capsule_down_at_eight_metres_a_second() -> None:
    train = build_train(parachutes())
    three = fall(train)
    assert 7.5 < three < 8.5
    short = build_train(parachutes({"capsule.parachutes.steps.mains.working": 2}))
    two = fall(short)
    assert two / three == pytest.approx(math.sqrt(1.5), rel=1e-12)


def test_a_train_keeps_the_order_and_the_conditions_of_its_file() -> None:
    train = build_train(parachutes())
    assert train.exists.tolist() == [True] * 4
    assert train.working.tolist() == [2, 2, 3, 3]
    assert train.carries.tolist() == [False, True, False, True]
    assert train.deploy_height[0] == 7000.0
    assert train.deploy_delay[1] == 2.0
    assert train.release_delay[0] == 2.0
    assert train.release_with.tolist() == [-1, 2, 3, -1]
    assert train.ratio[3, :3].tolist() == [0.04, 0.15, 1.0]
    assert train.duration[3, :2].tolist() == [6.0, 5.0]
    assert train.mach[1].tolist() == [0.1, 0.7]
    assert train.dynamic_pressure[1].tolist() == [500.0, 12e3]


def test_a_step_may_be_deployed_a_while_after_the_apex() -> None:
    deploy = {"capsule.parachutes.steps.apex-cover.deploy": {"apex": True, "lag": "1.5 s"}}
    train = build_train(parachutes(deploy))
    assert train.deploy_height[0] == APEX
    assert train.lag.tolist() == [1.5, 0.0, 0.0, 0.0]
    assert not train.climbing[0]


def test_a_step_without_a_box_is_always_inside() -> None:
    train = build_train(parachutes({"capsule.parachutes.steps.mains.box": None}))
    assert train.mach[3].tolist() == [-math.inf, math.inf]


def test_a_skipped_stage_is_no_opening() -> None:
    skipped = {"capsule.parachutes.steps.mains.skip_reefing": [1]}
    assert build_train(parachutes(skipped)).ratio[3, :2].tolist() == [0.15, 1.0]


def test_the_spacecraft_is_the_payload_with_its_propellant_told_apart() -> None:
    ascent = check_ascent(load_tree("gaganyaan"))
    asked = ascent.plan.return_flight
    assert asked is not None
    craft = build_spacecraft(ascent, asked)
    assert float(craft.dry_mass) == 7200.0
    assert float(craft.drag_area) == pytest.approx(26.4)
    assert float(craft.thrust) == 2200.0
    assert float(build_spacecraft(ascent, asked, engines=4).thrust) == 1760.0
    assert service_module_mass(ascent, asked) == pytest.approx(1900.0)


@pytest.mark.parametrize(
    ("bank", "elapsed", "angle"),
    [
        ({"constant": "1 rad"}, 50.0, 1.0),
        ({"time": ["10 s"], "angle": ["0.5 rad"]}, 50.0, 0.5),
        ({"time": ["10 s", "20 s"], "angle": ["0.5 rad", "-0.5 rad"]}, 15.0, 0.0),
    ],
    ids=["constant", "one", "table"],
)
def test_banks(bank: dict[str, Any], elapsed: float, angle: float) -> None:
    profile = build_bank(entry(overrides={"entry.bank": bank}).entry.bank)
    assert profile is not None
    found = float(profile.at(jnp.asarray(elapsed)))
    assert found == pytest.approx(angle, abs=1e-12)


def test_a_bank_that_is_solved_has_no_profile_yet() -> None:
    assert build_bank(entry(overrides={"entry.bank": "solve"}).entry.bank) is None


def test_the_planned_interface_of_apollo_10() -> None:
    r, v = map(components, build_interface(*started("apollo10-entry")))
    assert np.linalg.norm(r) == pytest.approx(6_498_270.0, abs=1e-6)
    assert math.asin(r[2] / np.linalg.norm(r)) == pytest.approx(-23.51457 * DEG, abs=1e-14)
    assert math.atan2(r[1], r[0]) == pytest.approx(174.24384 * DEG, abs=1e-12)
    assert np.linalg.norm(v) == pytest.approx(11067.15, rel=1e-14)
    rise = r @ v / (np.linalg.norm(r) * np.linalg.norm(v))
    assert math.asin(rise) == pytest.approx(-6.6198381 * DEG, abs=1e-12)
    east = np.cross([0.0, 0.0, 1.0], r)
    north = np.cross(r, east)
    east, north = east / np.linalg.norm(east), north / np.linalg.norm(north)
    assert math.atan2(v @ east, v @ north) == pytest.approx(71.9317 * DEG, abs=1e-12)


@pytest.mark.parametrize("latitude", [-89.0, -45.0, 0.0, 13.7, 60.0])
def test_a_geodetic_interface_is_where_erfa_puts_it(latitude: float) -> None:
    r, _ = start({"latitude": f"{latitude} deg", "height": "121 km"})
    truth = erfa.gd2gc(WGS84, 60.0 * DEG, latitude * DEG, 121e3)
    assert np.max(np.abs(r - truth)) < 1e-6


@pytest.mark.parametrize("latitude", [-80.0, -30.0, 0.0, 51.5])
def test_kinds_of_latitude_and_of_distance_mix(latitude: float) -> None:
    r, _ = start({"latitude": f"{latitude} deg", "radius": "6500 km", "height": None})
    _, geodetic, _ = erfa.gc2gd(WGS84, r)
    assert np.linalg.norm(r) == pytest.approx(6.5e6, abs=1e-6)
    assert geodetic == pytest.approx(latitude * DEG, abs=1e-13)
    r, _ = start({"latitude": f"{latitude} deg", "latitude_kind": "geocentric"})
    _, _, height = erfa.gc2gd(WGS84, r)
    assert height == pytest.approx(120e3, abs=1e-6)
    assert math.asin(r[2] / np.linalg.norm(r)) == pytest.approx(latitude * DEG, abs=1e-13)


def test_a_relative_velocity_is_carried_round_with_the_earth() -> None:
    # On the equator both horizons are one.
    motion = {"latitude": "0 deg", "heading": "200 deg", "flight_path_angle": "-3 deg"}
    r, inertial = start(motion)
    again, relative = start({**motion, "velocity": "relative"})
    assert r.tolist() == again.tolist()
    carried = np.cross([0.0, 0.0, EARTH_SPIN], r)
    assert np.max(np.abs(relative - inertial - carried)) < 1e-6


def test_a_relative_angle_is_above_the_ellipsoid() -> None:
    level = {"latitude": "45 deg", "flight_path_angle": "0 deg", "velocity": "relative"}
    r, v = start(level)
    relative = v - np.cross([0.0, 0.0, EARTH_SPIN], r)
    up = [math.cos(45 * DEG) * 0.5, math.cos(45 * DEG) * math.sin(60 * DEG), math.sin(45 * DEG)]
    assert relative @ up == pytest.approx(0.0, abs=1e-6)
    assert np.linalg.norm(relative) == pytest.approx(7890.0, abs=1e-6)


def test_a_still_earth_carries_nothing() -> None:
    changes = {"environment.earth": "still", "interface.velocity": "relative"}
    interface, world = started("capsule-entry", changes)
    _, velocity = build_interface(interface, world)
    assert np.linalg.norm(components(velocity)) == pytest.approx(7890.0, rel=1e-14)
    late = world.earth.rotation(jnp.asarray(5e3))
    assert float(late.w) == pytest.approx(1.0, abs=1e-15)


def test_an_interface_turns_with_the_earth_of_its_epoch() -> None:
    interface, world = started("capsule-entry", {"environment.earth": "iers"})
    position, _ = build_interface(interface, world)
    fixed = world.earth.rotation(jnp.zeros(())).apply(position)
    east = math.atan2(float(fixed.y), float(fixed.x))
    assert east == pytest.approx(80.0 * DEG, abs=1e-12)
