"""What a flight says of its models fits what was switched on."""

from typing import Any

import pytest
from yaan.analysis.return_summary import entry_models, orbit_model

import yaan
from yaan.description import EntrySpec, MissionSpec


def entry(**changes: Any) -> EntrySpec:
    spec = yaan.load("capsule-entry", {k.replace("__", "."): v for k, v in changes.items()}).spec
    assert isinstance(spec, EntrySpec)
    return spec


def names(spec: EntrySpec) -> list[str]:
    return [row["name"] for row in entry_models(spec.capsule, spec.entry, spec.ground)]


def test_a_constant_bank_is_solved_for_nothing() -> None:
    assert "landing point" not in names(entry(entry__bank={"constant": "60 deg"}))
    aim = {"landing": {"aim": {"latitude": "0 deg", "longitude": "110 deg"}}}
    assert "landing point" in names(entry(entry__bank="solve", **aim))


def test_parachutes_are_told_where_there_are_some() -> None:
    assert "parachutes" not in names(entry(capsule__parachutes=None))
    assert "parachutes" in names(entry(capsule__parachutes="gaganyaan-parachutes"))


@pytest.mark.parametrize(
    ("bodies", "ignored", "felt"),
    [([], "Sun, Moon", ""), (["sun"], "Moon", "Sun"), (["sun", "moon"], "", "Sun and Moon")],
)
def test_an_orbit_that_feels_sun_and_moon_does_not_ignore_them(
    bodies: list[str], ignored: str, felt: str
) -> None:
    spec = yaan.load("gaganyaan", {"environment.third_bodies": bodies}).spec
    assert isinstance(spec, MissionSpec)
    told = orbit_model(spec)
    assert told["ignores"].startswith(ignored or "radiation")
    assert felt in told["text"]
