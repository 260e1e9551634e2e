"""A crew in a mission file: its couches, and limits of one's own."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import yaan
from yaan.analysis.crew import couches_of, limits_of
from yaan.base.errors import InputError
from yaan.crew import dynamic_response, grade_lanes, load_limits
from yaan.crew.limits import fitting
from yaan.description import CrewSpec
from yaan.description.limits import LimitsSpec
from yaan.description.quantity import FILE
from yaan.mission.file.library import library_text

OWN = """\
schema: 1
kind: limits
name: invented
source: invented for a test
sustained_acceleration:
  curves:
    mine:
      axis: AXIS
      condition: all
      status: primary
      document: Invented Standard
      clause: "1.2"
      revision: C
      points: [["0.5 s", "4 g0"], ["10 s", "2 g0"]]
"""


def crew_of(folder: Path, block: str, limits: str | None = None) -> CrewSpec:
    """The crew of a mission file with this block, and of limits beside it."""
    if limits is not None:
        (folder / "own.yaml").write_text(limits)
    file = folder / "mine.yaml"
    head = "schema: 1\nkind: entry\nfrom: capsule-entry\nname: mine\n"
    file.write_text(f"{head}crew: {block}\n")
    crew = yaan.load(str(file)).plan.crew
    assert crew is not None
    return crew


def refused(folder: Path, block: str, limits: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        crew_of(folder, block, limits)
    return str(caught.value)


def test_the_packaged_limits_are_a_file_like_any():
    read = YAML(typ="safe", pure=True).load(library_text("limits", "crew"))
    block = LimitsSpec.model_validate(
        {key: value for key, value in read.items() if key not in ("schema", "kind")}, context=FILE
    )
    laid = limits_of(CrewSpec(limits=block))
    assert set(laid.curves) == set(load_limits().curves)
    assert set(laid.turning) == set(load_limits().turning)
    assert laid.response == load_limits().response


@pytest.mark.parametrize("axis", ["+x", "-x", "+y", "-y", "+z", "-z"])
def test_a_curve_of_one_s_own_grades_on_each_axis(tmp_path: Path, axis):
    crew = crew_of(tmp_path, "{limits: own.yaml}", OWN.replace("AXIS", axis))
    limits = limits_of(crew)
    curve = fitting(limits.curves, axis, "deconditioned")
    assert (curve.name, curve.status) == ("mine", "primary")
    assert (curve.durations, curve.levels) == ((0.5, 10.0), (4.0, 2.0))
    assert curve.cited == "Invented Standard Rev C, 1.2"
    load = np.zeros((2, 2, 3))
    for lane, level in enumerate((1.99, 2.01)):
        load[lane, :, "xyz".index(axis[1])] = level if axis[0] == "+" else -level
    found = grade_lanes([[0.0, 20.0]] * 2, load, limits.curves, "deconditioned")
    i = found.axes.index(axis)
    np.testing.assert_array_equal(found.passed[:, i], [True, False])
    # The others are as they were.
    others = {c.name for c in limits.curves if c.axis != axis}
    assert others == {c.name for c in load_limits().curves if c.axis != axis}


def test_limits_may_stand_in_the_mission_itself(tmp_path: Path):
    crew = crew_of(
        tmp_path,
        """
  limits:
    from: crew
    rotation:
      rate:
        rate:
          condition: all
          status: primary
          document: D
          points: [["0.5 s", "3 rad/s"], ["60 s", "30 deg/s"]]
    dynamic_response:
      levels:
        status: primary
        document: D
        very-low: {x: [-1, 1], y: [-1, 1], z: [-1, 1]}
        low: {x: [-2, 2], y: [-2, 2], z: [-2, 2]}
        moderate: {x: [-3, 3], y: [-3, 3], z: [-3, 3]}
        high: {x: [-4, 4], y: [-4, 4], z: [-4, 4]}
""",
    )
    limits = limits_of(crew)
    rate = fitting(limits.turning, "rate", "fresh")
    assert rate.grades
    assert rate.levels == pytest.approx((3.0, np.radians(30.0)))
    assert limits.response.levels["low"] == ((-2.0, 2.0),) * 3
    # The oscillators are still those that somebody recalled.
    assert not dynamic_response([[0.0, 1.0]], np.ones((1, 2, 3)), limits.response).graded


def test_responses_grade_where_all_of_it_was_read(tmp_path: Path):
    read = YAML(typ="safe", pure=True).load(library_text("limits", "crew"))
    own = {"schema": 1, "kind": "limits", "dynamic_response": read["dynamic_response"]}
    for part in read["dynamic_response"].values():
        part["status"] = "second-hand"
    with (tmp_path / "own.yaml").open("w") as file:
        YAML(typ="safe", pure=True).dump(own, file)
    response = limits_of(crew_of(tmp_path, "{limits: own.yaml}")).response
    assert response.grades("deconditioned")
    assert response.levels == load_limits().response.levels


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("AXIS", "x", "one of +x, -x"),
        ("status: primary", "status: certain", "one of primary, second-hand"),
        ("status: primary", "status: missing", "another status than missing"),
        ("condition: all", "condition: tired", "one of fresh, deconditioned"),
        ("      document: Invented Standard\n", "", "document: required"),
        ('"10 s", "2 g0"', '"0.5 s", "2 g0"', "a time above that of the point before"),
        ('"10 s", "2 g0"', '"10 s", "5 g0"', "a level below that of the point before"),
        ('"2 g0"', "2", "write it with a unit"),
        ('"2 g0"', '"2 g"', "g measures a mass"),
        (', ["10 s", "2 g0"]', ', ["10 s"]', "a pair [duration, level]"),
        ("sustained_acceleration:", "sustained_accelerations:", "did you mean"),
        ("kind: limits", "kind: station", "limits"),
    ],
)
def test_a_mistake_in_a_file_of_limits_is_told_at_its_line(
    tmp_path: Path, old: str, new: str, said: str
):
    text = OWN.replace(old, new).replace("AXIS", "+z")
    told = refused(tmp_path, "{limits: own.yaml}", text)
    assert said in told
    assert "own.yaml" in told


def test_a_file_of_limits_must_be_there(tmp_path: Path):
    assert "a file that exists" in refused(tmp_path, "{limits: own.yaml}")
    assert "limits of a crew from the library" in refused(tmp_path, "{limits: crw}")


def test_couches_stand_as_the_file_says(tmp_path: Path):
    crew = crew_of(
        tmp_path,
        '{seat: null, couches: {left: {}, right: {recline: "76 deg", clocking: "90 deg",'
        ' position: ["1 m", "0.5 m", "0 m"]}}}',
    )
    left, right = couches_of(crew)
    assert (left.name, right.name) == ("left", "right")
    np.testing.assert_allclose(left.resolved([1.0, 0.0, 0.0]), [1.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(right.resolved([1.0, 0.0, 0.0]), [0.97, 0.0, 0.242], atol=1e-3)
    np.testing.assert_array_equal(right.position, [1.0, 0.5, 0.0])


@pytest.mark.parametrize(
    ("couch", "said"),
    [
        ('{recline: "120 deg"}', "an angle from 0 deg to 110 deg"),
        ('{recline: "-5 deg"}', "an angle from 0 deg to 110 deg"),
        ('{cant: "60 deg"}', "an angle from -45 deg to 45 deg"),
        ('{clocking: "200 deg"}', "an angle from -180 deg to 180 deg"),
        ("{recline: 80}", "write it with a unit"),
        ('{position: ["1 m", "2 m"]}', "three values"),
        ('{reclined: "80 deg"}', "did you mean recline?"),
    ],
)
def test_a_couch_that_cannot_be_is_refused(tmp_path: Path, couch: str, said: str):
    assert said in refused(tmp_path, f"{{seat: null, couches: {{one: {couch}}}}}")


def test_couches_and_a_seat_are_two_ways_to_say_one_thing(tmp_path: Path):
    assert "either seat or couches" in refused(tmp_path, "{couches: {one: {}}}")


def test_each_couch_is_graded_and_judged(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    (tmp_path / "own.yaml").write_text(OWN.replace("AXIS", "+z"))
    block: dict[str, Any] = {
        "seat": None,
        "limits": "own.yaml",
        "couches": {"flat": {}, "up": {"recline": "20 deg"}},
    }
    with file.open("w") as out:
        whole = {"schema": 1, "kind": "entry", "from": "capsule-entry", "name": "mine"}
        YAML(typ="safe", pure=True).dump(whole | {"crew": block}, out)
    summary = yaan.load(str(file)).fly().summary
    flat, up = summary.couches_in("return")
    assert (flat.couch, up.couch) == ("flat", "up")
    loads = {one.axis: one for one in up.axes}
    assert loads["+z"].verdict == "fail"
    assert loads["+z"].clause == "1.2"
    assert {one.axis: one.verdict for one in flat.axes}["+z"] != "fail"
    names = {one.name: one.passed for one in summary.verdicts}
    assert names["crew load on return up +z"] is False
    # Turned by 70 deg, the load along the axis is felt as it stands.
    whole_load = np.hypot(flat.axes[0].peak_g, max(one.peak_g for one in flat.axes[4:]))
    assert loads["+z"].peak_g <= whole_load + 1e-9
