"""A file of kind `body`: read to SI, and every mistake told at once with its key and line."""

import math
from typing import Any

import numpy as np
import pytest

from yaan.base import InputError, Problem
from yaan.description import FreeFlight
from yaan.description.tensor import eigenvalues
from yaan.mission import check, load_tree

BRICK = "tumbling-brick"
WHOLE = "body.configurations.whole"
AIR = f"{WHOLE}.aerodynamics"
INERTIA = f"{WHOLE}.inertia"
UNIT = '{xx: "1 kg m2", yy: "1 kg m2", zz: "1 kg m2"}'
STAGE = (
    "{empty: {mass: 10 t, centre_of_mass: [0 m, 0 m, 0 m], inertia: I}, "
    "full: {mass: 30 t, centre_of_mass: [1 m, 0 m, 0 m], inertia: I}, "
    "engine: {vacuum_thrust: 1 MN, specific_impulse: 300 s}}"
).replace("I}", f"{UNIT}}}")


def spec_of(overrides: dict[str, Any] | None = None) -> FreeFlight:
    free = check(load_tree(BRICK, overrides)).free_flight
    assert free is not None
    return free


def found(overrides: dict[str, Any]) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        check(load_tree(BRICK, overrides))
    return list(caught.value.problems)


def told(overrides: dict[str, Any], key: str, *words: str) -> None:
    """The mistake at `key` is told, in these words, and no other."""
    problems = found(overrides)
    assert [problem.key for problem in problems] == [key], problems
    for word in words:
        assert word in problems[0].sentence()


def test_quantities_are_si() -> None:
    spec = spec_of()
    whole = spec.body.configurations["whole"]
    assert whole.mass == pytest.approx(2.26796, rel=1e-5)
    assert whole.inertia is not None
    assert whole.inertia.yy == pytest.approx(0.006211019 * 1.3558179483314004, rel=1e-14)
    assert spec.start is not None
    assert spec.start.position.height == pytest.approx(9144.0)
    assert spec.start.rate.z == pytest.approx(math.radians(30.0))
    assert spec.phases[0].until.duration == 30.0


def test_what_may_be_left_out_has_a_default() -> None:
    spec = spec_of({"environment": None, "pulses": None, "method": None, "start.rate": None})
    assert (spec.plan.method, spec.pulses) == ("rk4", [])
    assert spec.start is not None
    assert (spec.start.rate.x, spec.start.rate.against) == (0.0, "itrs")
    assert spec.configuration_of(spec.phases[0]) == "whole"
    assert spec.body.configurations["whole"].centre_of_mass == [0.0, 0.0, 0.0]


def test_a_coefficient_is_a_number_or_a_table() -> None:
    tables = {
        f"{AIR}.drag": '{angle: ["0 deg", "90 deg"], mach: [0.5, 2], values: [[1, 2], [3, 4]]}',
        f"{AIR}.lift": '{angle: ["-10 deg", "10 deg"], values: [-0.5, 0.5]}',
        f"{AIR}.side": "{mach: [0, 1, 2], values: [1, 2, 3]}",
        f"{AIR}.pitch": -0.25,
    }
    air = spec_of(tables).body.configurations["whole"].aerodynamics
    assert air is not None
    assert air.drag is not None
    assert air.lift is not None
    assert air.side is not None
    assert air.pitch is not None
    assert air.drag.grid == [[1.0, 2.0], [3.0, 4.0]]
    assert air.lift.grid == [[-0.5], [0.5]]
    assert air.side.grid == [[1.0, 2.0, 3.0]]
    assert air.pitch.grid == [[-0.25]]


def test_principal_moments_are_turned_to_body_axes() -> None:
    c, s = math.cos(0.3), math.sin(0.3)
    axes = f"[[{c}, {s}, 0], [{-s}, {c}, 0], [0, 0, 1]]"
    given = f'{{principal: ["1 kg m2", "2 kg m2", "2.5 kg m2"], axes: {axes}}}'
    inertia = spec_of({INERTIA: given}).body.configurations["whole"].inertia
    assert inertia is not None
    tensor = np.array(inertia.tensor())
    axis = np.array([c, s, 0.0])
    assert tensor @ axis == pytest.approx(1.0 * axis, abs=1e-15)
    assert np.linalg.eigvalsh(tensor) == pytest.approx([1.0, 2.0, 2.5], rel=1e-14)


@pytest.mark.parametrize("seed", range(20))
def test_eigenvalues_are_those_of_numpy(seed: int) -> None:
    generator = np.random.default_rng(seed)
    axes, _ = np.linalg.qr(generator.normal(size=(3, 3)))
    # Nearly equal, widely different, and of both signs.
    values = np.array([1.0, 1.0 + 10.0 ** -generator.uniform(0, 14), generator.uniform(-1e6, 1e6)])
    matrix = axes @ np.diag(values) @ axes.T
    matrix = 0.5 * (matrix + matrix.T)
    size = np.max(np.abs(values))
    ours = eigenvalues(matrix.tolist())
    assert ours == pytest.approx(np.linalg.eigvalsh(matrix), abs=1e-14 * size)


def test_a_flat_plate_is_a_body() -> None:
    spec_of({INERTIA: '{xx: "1 kg m2", yy: "2 kg m2", zz: "3 kg m2"}'})


def test_a_stage_burns() -> None:
    spec = spec_of({WHOLE: STAGE, "phases.fall.engine": "on", "body.box": None})
    empty, full = spec.body.configurations["whole"].ends()
    assert (empty.mass, full.mass, full.centre_of_mass[0]) == (10e3, 30e3, 1.0)


# Done means 6 of the rigid body: each of these is one clear mistake.


def test_an_inertia_that_is_not_positive() -> None:
    given = '{xx: "1 kg m2", yy: "1 kg m2", zz: "1 kg m2", xy: "2 kg m2"}'
    told({INERTIA: given}, INERTIA, "positive about every axis", "-1")


def test_an_inertia_that_no_body_has() -> None:
    given = '{xx: "1 kg m2", yy: "1 kg m2", zz: "2.001 kg m2"}'
    told({INERTIA: given}, INERTIA, "none is more than the sum of the other two", "2.001")


def test_axes_that_are_not_at_right_angles() -> None:
    given = '{principal: ["1 kg m2", "1 kg m2", "1 kg m2"], axes: [[1,0,0],[0.6,0.8,0],[0,0,1]]}'
    told({INERTIA: given}, f"{INERTIA}.axes.1", "right angle to row 0", "their product is 0.6")


def test_axes_that_are_not_of_length_one() -> None:
    given = '{principal: ["1 kg m2", "1 kg m2", "1 kg m2"], axes: [[1,0,0],[0,0.9,0],[0,0,1]]}'
    told({INERTIA: given}, f"{INERTIA}.axes.1", "length 1, not 0.9")


@pytest.mark.parametrize(
    ("given", "key", "words"),
    [
        ('{xx: "1 kg m2", yy: "1 kg m2"}', f"{INERTIA}.zz", "required"),
        (UNIT[:-1] + ", axes: [[1,0,0],[0,1,0],[0,0,1]]}", f"{INERTIA}.axes", "without principal"),
        (
            '{principal: ["1 kg m2", "1 kg m2", "1 kg m2"], xz: "0 kg m2"}',
            f"{INERTIA}.xz",
            "nothing with principal",
        ),
    ],
)
def test_an_inertia_in_two_forms_or_half_of_one(given: str, key: str, words: str) -> None:
    told({INERTIA: given}, key, words)


def test_a_centre_of_mass_outside_the_body() -> None:
    given = {f"{WHOLE}.centre_of_mass": '["0 m", "0 m", "3 in"]'}
    told(given, f"{WHOLE}.centre_of_mass.2", "inside the body's box", "0.028575 m")


def test_a_box_around_which_nothing_is() -> None:
    told({"body.box.x": '["1 in", "-1 in"]'}, "body.box.x.0", "the lower end first")


def test_a_position_and_a_velocity_of_two_frames() -> None:
    given = {"start.velocity": '{x: "1 m/s", y: "0 m/s", z: "0 m/s"}'}
    told(given, "start.velocity", "north, east, down", "one frame")
    place = {
        "start.position": '{x: "7000 km", y: "0 km", z: "0 km"}',
        "start.frame": "gcrs",
    }
    told(place, "start.velocity", "x, y, z", "one frame")


def test_a_block_of_two_frames() -> None:
    told({"start.velocity.x": "1 m/s"}, "start.velocity", "one of the two")
    told({"start.position.z": "7000 km"}, "start.position", "one of the two")


def test_a_frame_where_it_belongs() -> None:
    told({"start.frame": "gcrs"}, "start.frame", "nothing with latitude")
    state = {
        "start.position": '{x: "7000 km", y: "0 km", z: "0 km"}',
        "start.velocity": '{x: "0 m/s", y: "7 km/s", z: "0 m/s"}',
    }
    told(state, "start.frame", "required", "gcrs or itrs")
    told(state | {"start.frame": "lvlh"}, "start.frame", "gcrs")
    told(state | {"start.frame": "teme"}, "start.frame", "earth: uniform", "not of the sky")
    sky = {"start.frame": "teme", "environment.earth": "iers", "start.attitude.from": "vvlh"}
    assert spec_of(state | sky).start is not None
    spec = spec_of(state | {"start.frame": "itrs", "start.attitude.from": "vvlh"})
    assert spec.start is not None
    assert spec.start.frame == "itrs"


def test_half_a_position() -> None:
    told({"start.position.height": None}, "start.position.height", "required")
    told({"start.position": "{}"}, "start.position", "latitude, longitude, height")


def test_a_place_inside_the_earth() -> None:
    state = {
        "start.frame": "gcrs",
        "start.position": '{x: "700 km", y: "0 km", z: "0 km"}',
        "start.velocity": '{x: "0 m/s", y: "7 km/s", z: "0 m/s"}',
    }
    told(state, "start.position", "6000 km", "700 km")


def test_an_attitude_that_is_needed() -> None:
    told({"start.attitude": None}, "start.attitude", "required", "the first phase is rigid")
    held = {"start.attitude": None, "phases.fall.motion": "point", "phases.fall.pointing": "held"}
    told(held, "start.attitude", "required", "pointing: held")
    spec_of({"start.attitude": None, "phases.fall.motion": "point"})


@pytest.mark.parametrize(
    ("attitude", "key", "words"),
    [
        ("{quaternion: [1, 1, 0, 0]}", "start.attitude.quaternion", "1.41421356"),
        ("{quaternion: [1, 0, 0]}", "start.attitude.quaternion", "four numbers: w, x, y and z"),
        ('{quaternion: [1, 0, 0, 0], yaw: "0 deg"}', "start.attitude.yaw", "whole attitude"),
        ("{quaternion: [1, 0, 0, 0], order: yaw-pitch-roll}", "start.attitude.order", "nothing"),
        ('{yaw: "1 deg", order: yaw-yaw-roll}', "start.attitude.order", "pitch-yaw-roll"),
    ],
)
def test_attitudes_that_are_none(attitude: str, key: str, words: str) -> None:
    told({"start.attitude": attitude}, key, words)


def test_moments_without_their_lengths() -> None:
    told({f"{AIR}.chord": None}, f"{AIR}.chord", "required", "needed by damping.pitch")
    told({f"{AIR}.span": None}, f"{AIR}.span", "required", "needed by damping.roll, damping.yaw")
    tables = {f"{AIR}.damping": None, f"{AIR}.chord": None, f"{AIR}.pitch": 0.1}
    told(tables, f"{AIR}.chord", "needed by pitch")


@pytest.mark.parametrize(
    ("table", "key", "words"),
    [
        ('{angle: ["0 deg", "9 deg"], values: [1]}', "values", "2 values, one for each angle"),
        ('{angle: ["9 deg", "0 deg"], values: [1, 2]}', "angle.1", "greater than the one before"),
        ("{mach: [2, 1], values: [1, 2]}", "mach.1", "greater than the one before"),
        ("{mach: [1, 2], values: [1, 2, 3]}", "values", "2 values, one for each Mach number"),
        (
            '{angle: ["0 deg", "9 deg"], mach: [1, 2], values: [[1, 2], [1]]}',
            "values.1",
            "2 values, one for each Mach number",
        ),
        ('{angle: ["0 deg", "9 deg"], values: [1, .inf]}', "values.1", "a number from"),
        ('{angle: ["0 deg", "9 deg"], values: [1, [1, x]]}', "values.1.1", "a number from"),
        ('{angle: ["-9 deg", "9 deg"], values: [1, 2]}', "angle.0", "total angle of attack"),
        ("{values: [1, 2]}", "", "a number, or a table with angle or mach"),
    ],
)
def test_tables_that_do_not_fit(table: str, key: str, words: str) -> None:
    told({f"{AIR}.drag": table}, f"{AIR}.drag.{key}".rstrip("."), words)


def test_a_coefficient_that_is_a_word() -> None:
    told({f"{AIR}.drag": "much"}, f"{AIR}.drag", "a number from", "or a table")


@pytest.mark.parametrize(
    ("pulse", "key", "words"),
    [
        ('{name: p, from: "2 s", to: "2 s", torque: T}', "pulses.p.to", "a time after from"),
        ('{name: p, from: "2 s", to: "3 s"}', "pulses.p", "a force or a torque"),
        ('{name: p, from: "2 s", to: "3 s", force: ["1 N"]}', "pulses.p.force", "three values"),
    ],
)
def test_pulses_that_do_nothing(pulse: str, key: str, words: str) -> None:
    torque = '["1 N m", "0 N m", "0 N m"]'
    told({"pulses": f"[{pulse.replace('T}', torque + '}')}]"}, key, words)


def test_a_phase_of_an_unknown_configuration() -> None:
    told({"phases.fall.configuration": "hole"}, "phases.fall.configuration", "did you mean whole?")
    two = {f"{WHOLE}-too": f'{{mass: "1 kg", inertia: {UNIT}}}'}
    told(two, "phases.fall.configuration", "required", "whole-too")


def test_engines_that_cannot_burn() -> None:
    told({"phases.fall.engine": "on"}, "phases.fall.engine", "off without an engine")
    engine = '{vacuum_thrust: "1 kN", specific_impulse: "300 s"}'
    told({f"{WHOLE}.engine": engine}, f"{WHOLE}.engine", "an engine with propellant")
    two = {WHOLE: STAGE.replace("300 s}", "300 s, flow: 1 kg/s}"), "body.box": None}
    told(two, f"{WHOLE}.engine", "specific_impulse or flow")
    idle = {"phases.fall.until.depleted": "true"}
    told(idle, "phases.fall.until.depleted", "nothing burns")


def test_full_is_heavier_than_empty() -> None:
    given = {WHOLE: STAGE.replace("30 t", "10 t"), "body.box": None}
    told(given, f"{WHOLE}.full.mass", "a mass above 10000 kg")
    told({f"{WHOLE}.mass": None}, f"{WHOLE}.mass", "required", "or empty and full")
    half = {WHOLE: '{empty: {mass: "1 t"}}', "phases.fall.motion": "point"}
    told(half, f"{WHOLE}.full", "required", "goes with empty")
    both = {f"{WHOLE}.empty": '{mass: "1 kg"}', f"{WHOLE}.full": '{mass: "2 kg"}'}
    problems = found(both | {"phases.fall.motion": "point"})
    keys = [f"{WHOLE}.{key}" for key in ("mass", "inertia")]
    assert [problem.key for problem in problems] == keys


def test_what_turns_has_an_inertia() -> None:
    told({INERTIA: None}, INERTIA, "required", "phase fall is rigid")
    spec_of({INERTIA: None, "phases.fall.motion": "point"})


def test_a_rigid_body_has_no_pointing() -> None:
    told({"phases.fall.pointing": "held"}, "phases.fall.pointing", "nothing with motion: rigid")


def test_a_phase_that_never_ends() -> None:
    told({"phases.fall.until": "{}"}, "phases.fall.until.duration", "required", "or height_below")


def test_more_steps_than_a_history_has_rows() -> None:
    given = {"phases.fall.until.duration": "8 h"}
    told(given, "phases.fall.step", "at most 500000", "1440000")


def test_names_that_are_used_twice() -> None:
    phase = '{name: fall, until: {duration: "1 s"}, step: "0.1 s"}'
    told({"phases": f"[{phase}, {phase}]"}, "phases.1.name", "fall is used before")


def test_published_figures_are_of_this_flight() -> None:
    row = '{what: w, quantity: height, at: fall-and, value: "1 km", source: s}'
    told({"published": f"[{row}]"}, "published.0.at", "did you mean fall-end?")
    orbit = '{what: w, quantity: perigee, value: "1 km", source: s}'
    told({"published": f"[{orbit}]"}, "published.0.quantity", "a body's flight")
    used = '{what: w, quantity: propellant_used, stage: hole, value: "1 kg", source: s}'
    told({"published": f"[{used}]"}, "published.0.stage", "did you mean whole?")


def test_an_old_epoch_turns_uniformly() -> None:
    told(
        {"epoch": "1968-12-24T00:00:00 UTC", "environment.earth": "iers"},
        "environment.earth",
        "uniform or still",
    )


def test_every_mistake_is_told_at_once() -> None:
    overrides = {
        f"{WHOLE}.mass": "2.3",
        INERTIA: '{xx: "1 kg m2", yy: "1 kg m2", zz: "3 kg m2"}',
        f"{WHOLE}.centre_of_mass": '["1 m", "0 m", "0 m"]',
        f"{AIR}.chord": None,
        "start.velocity": '{x: "1 m/s", y: "0 m/s", z: "0 m/s"}',
        "start.rate.x": "10 deg",
        "phases.fall.configuration": "hole",
        "phases.fall.step": "1 us",
        "colour": "blue",
    }
    keys = {problem.key for problem in found(overrides)}
    assert keys == {*overrides, f"{WHOLE}.centre_of_mass.0"} - {f"{WHOLE}.centre_of_mass"}


def test_a_mistake_is_told_with_file_and_line(tmp_path: Any) -> None:
    from yaan.mission import library_text

    text = library_text("mission", BRICK).replace('"0.00189422 slug ft2"', '"0.1 slug ft2"')
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        check(load_tree(path))
    line = 1 + text.splitlines().index("      inertia:")
    assert str(caught.value).startswith(f"{path}:{line}: {INERTIA}: ")
