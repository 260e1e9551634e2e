"""Verdicts on a touchdown and on a return, by what is told of them."""

from typing import Any

import pytest

from tests.unit.analysis.sections import contact, entry, summary
from yaan.analysis.guidance import unheard_notes
from yaan.analysis.verdict import judge_commands, judge_return, judge_touchdown
from yaan.results.record import to_plain
from yaan.results.summary_return import Contact


@pytest.mark.parametrize(
    ("given", "inside", "expected"),
    [
        (contact(9.7), None, True),
        (contact(9.8), None, False),
        (contact(8.0), True, True),
        (contact(8.0), False, None),  # on what, nobody knows
        (contact(9.8), False, False),
        (contact(12.0, vertical=13.0, vertical_from="capsule"), None, False),  # no class bears it
        (contact(9.0, vertical=13.0, vertical_from="capsule"), None, True),
        (contact(8.0, vertical=None, vertical_from=None), None, None),
        (contact(9.8, vertical=None, vertical_from=None), None, False),
    ],
)
def test_a_touchdown_is_judged_by_capsule_class_and_place(
    given: Contact, inside: bool | None, expected: bool | None
) -> None:
    assert next(judge_touchdown(given, inside=inside)).passed is expected


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({}, "The limit is assumed: what capsules of the class came down with."),
        (
            {"vertical_from": "capsule", "assumed": ["vertical"]},
            "An assumed limit of the capsule.",
        ),
        (
            {"vertical": 13.0, "vertical_from": "capsule", "assumed": ["vertical"]},
            "No capsule of the class bears more, on any surface.",
        ),
        (
            {"vertical": None, "vertical_from": None},
            "The capsule's own limit is needed; above 9.7 m/s it fails.",
        ),
    ],
)
def test_a_limit_says_whose_it_is(limits: dict[str, Any], words: str) -> None:
    assert next(judge_touchdown(contact(8.0, **limits), inside=None)).text == words


PLACE = {
    "miss": 2_000.0,
    "touchdown": {"light": "day", "utc": "some day"},
    "zone": "the sea",
    "inside": True,
}


@pytest.mark.parametrize(
    ("solved", "returning", "outcome", "expected"),
    [
        (True, True, "flown", False),  # two kilometres from its aim
        (True, True, "skipped-out", None),
        (False, True, "flown", True),  # inside its zone
        (False, False, "flown", "absent"),  # nobody has asked for its place
    ],
)
def test_a_landing_is_judged_by_what_was_asked_for(
    solved: bool, returning: bool, outcome: str, expected: Any
) -> None:
    told = summary(entry=to_plain(entry(solved=solved, outcome=outcome)), landing=PLACE)
    found = {v.name: v.passed for v in judge_return(told, hung=True, returning=returning)}
    assert found.get("landing", "absent") is expected


def test_a_return_that_was_not_flown_is_open_throughout() -> None:
    found = list(judge_return(summary(landing={"miss": None}), hung=True, returning=True))
    names = ["landing", "entry load", "parachutes", "touchdown speed"]
    assert [v.name for v in found] == names
    assert all(v.passed is None for v in found)


def test_commands_that_were_no_number_are_told_and_fail() -> None:
    law = {"law": "my.Law", "commands": 1400, "unheard": 62, "unheard_first": 468.04}
    told = summary(entry=to_plain(entry(solved=False)) | {"guidance": law}).entry
    (judged,) = judge_commands(told)
    assert (judged.name, judged.passed) == ("guidance commands", False)
    assert judged.value == "62 of 1400 not heard"
    (note,) = unheard_notes(told)
    for words in ("my.Law: 62 of 1400", "the first at 468.0 s", "the command before went on"):
        assert words in note
    heard = law | {"unheard": 0, "unheard_first": None}
    for one in ({"guidance": heard}, {}):
        well = summary(entry=to_plain(entry(solved=False)) | one).entry
        assert not [*judge_commands(well), *unheard_notes(well)]
