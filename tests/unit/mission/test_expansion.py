"""Shorthand and the flight of phases that it stands for are one mission."""

import pytest

import yaan
from yaan.description import PhaseSpec
from yaan.mission.checks import check
from yaan.mission.expansion import expanded, shorthand
from yaan.mission.load import load_tree, tree_of
from yaan.validation.case import path

LAUNCHES = ("gaganyaan", "lvm3-leo", "soyuz-fg-leo")


@pytest.mark.parametrize("name", LAUNCHES)
def test_a_launch_expanded_is_the_same_plan(name: str) -> None:
    tree = load_tree(name)
    flight = expanded(tree)
    assert flight.data["kind"] == "flight"
    assert "launch" not in flight.data
    again = check(tree_of(flight.data, "expanded.yaml"))
    plan = check(tree)
    assert again.ascent is not None
    assert plan.ascent is not None
    assert [_of_launch(p) for p in again.ascent.phases] == plan.ascent.phases
    for part in ("vehicle", "target", "steering", "orbit", "landing", "deorbit", "entry", "epoch"):
        assert getattr(again, part) == getattr(plan, part), part


def _of_launch(phase: PhaseSpec) -> PhaseSpec:
    """A phase of a flight as one of a launch, whose keys it has too."""
    told = {name: getattr(phase, name) for name in phase.model_fields_set}
    return PhaseSpec.model_construct(**told)


def test_a_return_reads_back_as_it_was() -> None:
    tree = load_tree("gaganyaan")
    back = shorthand(expanded(tree))
    assert back.data == tree.data


def test_a_return_is_phases_with_what_is_solved() -> None:
    phases = expanded(load_tree("gaganyaan")).data["phases"]
    last = [
        (phase["name"], phase.get("motion"), sorted(phase.get("solve", {}))) for phase in phases
    ]
    assert last[-4:] == [
        ("orbit", "orbit", ["orbit"]),
        ("deorbit", "orbit", ["deorbit", "landing"]),
        ("entry", "entry", ["entry"]),
        ("descent", "canopies", []),
    ]


def test_an_entry_is_a_capsule_from_an_interface() -> None:
    flight = expanded(load_tree("apollo10-entry"))
    plan = check(tree_of(flight.data, "expanded.yaml"))
    assert plan.phased_flight is not None
    assert next(phase.motion for phase in plan.phased_flight.phases) == "entry"


def test_a_mistake_of_an_expanded_return_is_told_where_it_stands() -> None:
    data = expanded(load_tree("gaganyaan")).data
    entry = next(phase for phase in data["phases"] if phase["name"] == "entry")
    entry["solve"]["entry"]["load_limit"] = "four"
    with pytest.raises(yaan.InputError) as refused:
        check(tree_of(data, "expanded.yaml"))
    (problem,) = refused.value.problems
    assert problem.key == "entry.load_limit"


def test_a_body_that_runs_dry_is_named_by_its_flight() -> None:
    told = expanded(load_tree(path("bella-lui")))
    assert told.data["phases"][1]["until"] == {"depleted": "rocket"}
    plan = check(tree_of(told.data, "expanded.yaml"))
    assert plan.phased_flight is not None


@pytest.mark.parametrize(("key", "value"), [("engine", "off"), ("until", {"depleted": "motor"})])
def test_what_does_not_burn_cannot_run_dry(key: str, value: object) -> None:
    data = expanded(load_tree(path("bella-lui"))).data
    data["phases"][1] |= {key: value}
    with pytest.raises(yaan.InputError, match="the body of this phase, with engine: on"):
        check(tree_of(data, "expanded.yaml"))
