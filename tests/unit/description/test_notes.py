"""Ratios that are rarely meant are told with their key, for every kind of file, and flown."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from yaan.base import InputError
from yaan.description.notes import notes_of
from yaan.mission import assumptions, check, load_tree, names
from yaan.mission.provenance import assumptions_by_place

BRICK = "body.configurations.whole"


def notes(name: str, changes: dict[str, Any] | None = None) -> list[str]:
    return notes_of(check(load_tree(name, changes)))


@pytest.mark.parametrize("name", names())
def test_a_file_of_the_library_has_none(name: str) -> None:
    assert notes(name) == []


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("capsule-entry", "capsule.mass", "5.3 kg"),
        ("capsule-entry", "capsule.mass", "5300 t"),
        ("capsule-entry", "capsule.nose_radius", "4.2 mm"),
        ("capsule-entry", "capsule.rigid.control.moment.pitch", "300 kN m"),
        ("gaganyaan", "vehicle.stages.c25.dry_mass", "5 kg"),
        ("gaganyaan", "vehicle.stages.c25.propellant", "28 kg"),
        ("gaganyaan", "vehicle.stages.c25.engine.thrust", "186 MN"),
        ("gaganyaan", "vehicle.stages.s200.engine.impulse", "552 kN s"),
        ("gaganyaan", "vehicle.payload.ballistic_coefficient", "4e5 kg/m2"),
        ("gaganyaan", "vehicle.parts.interstage.mass", "2300 t"),
        ("gaganyaan", "reserve.propellant", "500 t"),
        ("gaganyaan", "spacecraft.service_module.engine.thrust", "440 kN"),
        ("gaganyaan", "spacecraft.drag_area", "9000 m2"),
        ("soyuz-fg-leo", "vehicle.payload.mass", "7.2 kg"),
        ("tumbling-brick", f"{BRICK}.mass", "2.3 t"),
        ("tumbling-brick", f"{BRICK}.mass", "2.3 g"),
        ("tumbling-brick", f"{BRICK}.aerodynamics.span", "300 ft"),
    ],
)
def test_a_slip_of_a_thousand_names_its_key(name: str, key: str, value: str) -> None:
    found = notes(name, {key: value})
    assert any(key.removesuffix(".mass") in note for note in found), found
    for note in found:
        assert re.search(r"[a-z_]+\.[a-z_0-9.]+", note)
        assert "rarely" in note or "does not lift" in note or "times what" in note


def slips(name: str) -> Iterator[tuple[str, str]]:
    """Every mass, force and area of a mission, a thousand times too large or too small."""
    for path, block in load_tree(name).blocks():
        for key, value in block.items():
            found = re.fullmatch(r"([0-9.]+) (kg|t|N|kN|MN s|m2)", str(value))
            noted = {"assumed", "published", "parts", "design"} & set(map(str, path))
            if found and float(found[1]) and not noted and "exit_area" not in key:
                for factor in (1e3, 1e-3):
                    where = ".".join((*map(str, path), key))
                    yield where, f"{float(found[1]) * factor!r} {found[2]}"


def test_no_slip_of_a_mass_a_thrust_or_an_area_is_silent() -> None:
    silent: list[tuple[str, str]] = []
    for name in ("capsule-entry", "lvm3-leo"):
        for key, value in slips(name):
            try:
                silent += [] if notes(name, {key: value}) else [(key, value)]
            except InputError:
                continue  # the bounds of the key have it
    # What is all but left out is no slip: the flight is another, and nothing is odd about it.
    told = {key for key, _ in silent}
    assert told <= {"reserve.propellant", "vehicle.stages.s200.engine.full_flow_thrust"}


@pytest.mark.parametrize(
    "changes",
    [
        {"capsule.mass": "250 kg"},  # 26 kg/m^2
        {"capsule.mass": "280 kg", "capsule.diameter": "3 m"},  # an inflatable shield: 40 kg/m^2
        {"capsule.mass": "46 kg", "capsule.diameter": "0.811 m"},  # Stardust
        {"capsule.mass": "346 kg", "capsule.diameter": "1.26 m"},  # Galileo's probe
    ],
)
def test_a_light_capsule_that_was_flown_is_not_odd(changes: dict[str, str]) -> None:
    assert notes("capsule-entry", changes | {"capsule.rigid": None}) == []


def test_a_light_body_that_is_meant_is_told_and_taken() -> None:
    (note,) = notes("capsule-entry", {"capsule.mass": "5 kg", "capsule.rigid": None})
    assert note.startswith(
        "capsule.mass over the disc of capsule.diameter is 0.52 kg/m2, and rarely"
    )


def test_a_tail_off_that_jumps_to_full_thrust_is_told() -> None:
    cut = {
        "vehicle.stages.first.engine.tail_off": "1 s",
        "phases.first-stage.until": {"duration": "60 s"},
        "phases.stage-gap.shut_down": ["first"],
    }
    (note,) = notes("falcon-9-throttled", cut)
    assert note.startswith(
        "phases.stage-gap: the tail-off of first begins at full thrust, and its load"
    )
    assert notes("falcon-9-throttled", {**cut, "phases.first-stage.load_limit": None}) == []
    assert notes("falcon-9-throttled", {**cut, "vehicle.stages.first.engine.tail_off": "0 s"}) == []


def test_the_thrust_of_a_body_is_weighed() -> None:
    tank = {"inertia": {"principal": ["1 kg m2"] * 3}}
    engine = {"vacuum_thrust": "20 kN", "specific_impulse": "200 s"}
    whole = {"empty": {"mass": "1 kg", **tank}, "full": {"mass": "4 kg", **tank}, "engine": engine}
    (note,) = notes("tumbling-brick", {BRICK: whole})
    assert note.startswith(f"{BRICK}.engine.vacuum_thrust over the weight of {BRICK}.full.mass is")


def test_a_file_that_is_used_twice_counts_once() -> None:
    tree = load_tree("lvm3-leo")
    together = assumptions_by_place(tree)
    assert len(together) < len(assumptions(tree))
    assert next(one for same in together for one in same) == assumptions(tree)[0]
    assert sorted(a.key for same in together for a in same) == sorted(
        a.key for a in assumptions(tree)
    )
