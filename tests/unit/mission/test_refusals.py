"""Single values that cannot be, each refused at its key, in our words and nobody else's."""

from pathlib import Path
from typing import Any

import pytest

from yaan.base import InputError, Problem
from yaan.mission import check, load_tree


def problems(name: str | Path, changes: dict[str, Any] | None = None) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        check(load_tree(name, changes))
    return caught.value.problems


@pytest.mark.parametrize(
    "text",
    ["2016-12-31T23:59:60 UTC", "1998-12-31T23:59:60.5 UTC", "1972-06-30T23:59:60 UTC"],
)
def test_a_leap_second_is_an_instant(text: str) -> None:
    assert check(load_tree("tumbling-brick", {"epoch": text})).epoch == text  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2015-12-31T23:59:60 UTC", "no leap second was inserted on that day"),
        ("2060-12-31T23:59:60 UTC", "no leap second was inserted on that day"),
        ("1971-12-31T23:59:60 UTC", "no leap second was inserted on that day"),
        ("2016-12-31T22:59:60 UTC", "the clock has no such time"),
        ("2016-12-31T23:59:61 UTC", "the clock has no such time"),
        ("2016-12-31T24:00:00 UTC", "the clock has no such time"),
        ("2016-02-30T00:00:00 UTC", "the calendar has no such day"),
        ("2016-13-01T00:00:00 UTC", "the calendar has no such day"),
        ("0000-01-01T00:00:00 UTC", ""),
    ],
)
def test_an_instant_that_never_was_says_why(text: str, hint: str) -> None:
    (problem,) = problems("tumbling-brick", {"epoch": text})
    assert problem.key == "epoch"
    assert problem.hint == hint
    assert problem.expected.startswith("a UTC time from 1960 to 2100")


@pytest.mark.parametrize("value", [1e-300, 0.0, 0.009, -0.8, 1.1, float("nan")])
def test_no_heat_shield_keeps_its_heat(value: float) -> None:
    for name, at in (("capsule-entry", "capsule"), ("gaganyaan", "spacecraft.capsule")):
        (problem,) = problems(name, {f"{at}.emissivity": value})
        assert problem.key == f"{at}.emissivity"
    check(load_tree("capsule-entry", {"capsule.emissivity": 0.02, "capsule.assumed": None}))


@pytest.mark.parametrize(
    ("name", "changes", "interface"),
    [
        ("capsule-entry", {"entry.floor": "200 km"}, "120 km"),
        ("capsule-entry", {"entry.floor": "120 km"}, "120 km"),
        ("apollo10-entry", {"entry.floor": "150 km"}, "12"),
        ("gaganyaan", {"entry.floor": "130 km"}, "120 km"),
        ("gaganyaan", {"entry.floor": "95 km", "entry.interface_height": "95 km"}, "95 km"),
    ],
)
def test_an_entry_leads_down_to_its_floor(
    name: str, changes: dict[str, str], interface: str
) -> None:
    found = {problem.key: problem for problem in problems(name, changes)}
    expected = f"a height below the entry interface at {interface}"
    assert found["entry.floor"].expected.startswith(expected)


def test_a_floor_below_the_interface_is_one() -> None:
    check(load_tree("capsule-entry", {"entry.floor": "119 km"}))
    check(load_tree("apollo10-entry", {"entry.floor": "100 km"}))


NOTED = """\
schema: 1
kind: entry
from: capsule-entry
name: noted
capsule:
  rigid:
    inertia:
      yy: null
      assumed:
        yy: {why: as before}
        colour: {range: [1, 2], why: none}
"""


def test_what_is_missing_is_told_beside_the_note_on_it(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(NOTED, encoding="utf-8")
    found = {p.key.removeprefix("capsule.rigid.inertia."): p for p in problems(path)}
    assert found["yy"].expected.startswith("required: moment about y")
    assert found["assumed.yy"].expected == "a key of this block"
    assert found["assumed.colour"].line == 11


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"capsule.mass": "4 t"}, "capsule.mass", "within its assumed range 5.0 t to 5.8 t"),
        ({"capsule.mass": None}, "capsule.mass", "required"),
        ({"capsule.assumed.mass.range": ["6 t", "5 t"]}, "capsule.assumed.mass.range.0", "lower"),
        ({"capsule.assumed.mass.range": ["6 s", "7 t"]}, "capsule.assumed.mass.range.0", "a mass"),
    ],
)
def test_notes_are_checked_though_another_key_is_wrong(
    changes: dict[str, Any], key: str, words: str
) -> None:
    note = {"mass": {"range": ["5.0 t", "5.8 t"], "why": "w"}}
    base = {"capsule.mass": "5.3 t", "capsule.assumed": note, "capsule.diameter": 3, **changes}
    found = {problem.key: problem.expected for problem in problems("capsule-entry", base)}
    assert words in found[key]
    assert "capsule.diameter" in found


def test_a_phase_without_a_name_is_told_once(tmp_path: Path) -> None:
    phase = {"steer": "coast", "until": {"duration": "3 s"}}
    told = problems("lvm3-leo", {"phases": [phase]})
    assert not [p for p in told if p.key.endswith("event")]
    assert [p.expected for p in told if p.key == "phases.0.name"] == [
        "required: name, once in a mission"
    ]
