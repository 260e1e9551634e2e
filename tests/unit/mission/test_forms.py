# pyright: reportArgumentType=false
"""A plan is the same from a file and from Python, and goes back to a file that makes it again."""

import pickle

import pytest

import yaan
from yaan.mission import check, load_tree
from yaan.mission.file.library import names
from yaan.mission.forms import form_of
from yaan.mission.load import tree_of


def entry() -> yaan.Plan:
    """An entry in Python, numbers in SI and texts with units side by side."""
    return yaan.Plan(
        name="stone",
        epoch="2027-01-18T02:30:00 UTC",
        start=yaan.Interface(
            latitude="10 deg",
            longitude="60 deg",
            height=120e3,
            speed="7.8 km/s",
            flight_path_angle="-2 deg",
            heading="45 deg",
        ),
        vehicle=yaan.Capsule(
            mass=3e3,
            diameter="3.5 m",
            nose_radius=4,
            emissivity=0.8,
            aerodynamics=yaan.Trim(
                mach=[0, 20], lift=[0.2, 0.3], drag=[1.1, 1.3], angle_of_attack=[0.3, 0.3]
            ),
        ),
        entry=yaan.Entry(bank=yaan.Bank(constant=0.5), floor="10 km"),
    )


@pytest.mark.parametrize("name", names())
def test_a_plan_goes_to_a_file_that_makes_it_again(name: str) -> None:
    plan = check(load_tree(name))
    again = check(tree_of(form_of(plan), "plan"))
    assert again == plan
    assert form_of(again) == form_of(plan)


def test_what_few_phases_say_goes_to_a_file_too() -> None:
    path = {"time": ["0 s", "99 s"], "angle": ["89 deg", "20 deg"], "since": "phase"}
    changes = {
        "phases.vertical-rise.steer": {
            "rail": {"length": "9 m", "elevation": "80 deg", "azimuth": "107 deg"}
        },
        "phases.vertical-rise.until": {"off_rail": True},
        "vehicle.stages.l110.engine.throttle": [0.6, 1.0],
        "phases.core.throttle": {"l110": 0.8},
        "phases.core.load_limit": "3.5 g0",
        "phases.core.steer": {"flight_path": path},
        "phases.core.until": {"perigee_above": "-2000 km", "mach_below": 0.3, "apex": True},
    }
    plan = check(load_tree("lvm3-m5", changes))
    assert plan.ascent is not None
    core = next(phase for phase in plan.ascent.phases if phase.name == "core")
    assert core.load_limit == 3.5 * 9.80665
    assert core.steer.flight_path is not None
    assert check(tree_of(form_of(plan), "plan")) == plan


def test_numbers_are_si_in_python_and_texts_carry_their_unit() -> None:
    plan = entry()
    assert isinstance(plan.start, yaan.Interface)
    assert plan.start.height == 120e3
    assert plan.start.speed == 7800.0
    again = yaan.Mission.of(plan).plan
    assert again.entry_flight is not None
    assert again.entry_flight.capsule.mass == 3000.0


def test_a_file_has_no_number_without_a_unit() -> None:
    with pytest.raises(yaan.InputError) as told:
        yaan.load("lvm3-leo", {"vehicle.payload.mass": 8200})
    (problem,) = told.value.problems
    assert problem.key == "vehicle.payload.mass"
    assert "a mass" in problem.expected


@pytest.mark.parametrize("mass", ["3 km", -1.0, float("nan"), True])
def test_what_is_wrong_is_told_as_the_block_is_made(mass: object) -> None:
    with pytest.raises(ValueError, match="expected a mass"):
        yaan.Payload(name="stone", mass=mass)


def test_what_no_block_can_know_is_told_by_key_before_it_flies() -> None:
    plan = entry().model_copy(update={"entry": yaan.Entry(bank="solve", floor="10 km")})
    with pytest.raises(yaan.InputError) as told:
        yaan.Mission.of(plan)
    (problem,) = told.value.problems
    assert "aim" in f"{problem.key} {problem.expected} {problem.hint}"


@pytest.mark.parametrize(
    ("name", "views"),
    [
        ("gaganyaan", {"ascent", "return_flight", "entry_flight"}),
        ("lvm3-leo", {"ascent"}),
        ("capsule-entry", {"entry_flight"}),
        ("tumbling-brick", {"free_flight"}),
    ],
)
def test_a_plan_is_seen_as_what_flies_in_it(name: str, views: set[str]) -> None:
    plan = yaan.load(name).plan
    known = ("ascent", "return_flight", "entry_flight", "free_flight")
    assert {view for view in known if getattr(plan, view) is not None} == views


def test_a_plan_pickles() -> None:
    plan = yaan.load("gaganyaan").plan
    assert pickle.loads(pickle.dumps(plan)) == plan


def test_the_old_name_of_a_plan_answers_with_a_notice() -> None:
    mission = yaan.load("lvm3-leo")
    with pytest.deprecated_call(match="Mission.plan"):
        assert mission.spec is mission.plan
