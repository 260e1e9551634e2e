"""What a flight says of its models fits what was switched on."""

from collections.abc import Iterator
from typing import Any

import pytest

import yaan
from yaan.analysis.models import entry_models, orbit_model
from yaan.base.model import Model
from yaan.base.session import computing
from yaan.description import EntryFlight, Plan
from yaan.flight.models.world import about_world, build_world


@pytest.fixture(autouse=True)
def _session() -> Iterator[None]:
    with computing():
        yield


def plan(name: str, **changes: Any) -> Plan:
    return yaan.load(name, {k.replace("__", "."): v for k, v in changes.items()}).plan


def entering(**changes: Any) -> EntryFlight:
    found = plan("capsule-entry", **changes).entry_flight
    assert found is not None
    return found


def world(name: str, **changes: Any) -> dict[str, Model]:
    flown = plan(name, **changes)
    return {model.name: model for model in about_world(flown, build_world(flown))}


def names(asked: EntryFlight) -> list[str]:
    return [model.name for model in entry_models(asked)]


def test_a_constant_bank_is_solved_for_nothing() -> None:
    assert "landing point" not in names(entering(entry__bank={"constant": "60 deg"}))
    aim = {"landing": {"aim": {"latitude": "0 deg", "longitude": "110 deg"}}}
    assert "landing point" in names(entering(entry__bank="solve", **aim))


def test_parachutes_are_told_where_there_are_some() -> None:
    assert "parachutes" not in names(entering(capsule__parachutes=None))
    assert "parachutes" in names(entering(capsule__parachutes="gaganyaan-parachutes"))


def test_an_entry_says_whether_it_turns_and_what_it_comes_down_on() -> None:
    point, *_, ground = entry_models(entering(ground={"height": "150 m"}))
    rigid, *_ = entry_models(entering(entry__motion="rigid"))
    assert "point mass" in point.text
    assert "rigid body" in rigid.text
    assert ground.text == "land, flat, 150 m above the ellipsoid"


@pytest.mark.parametrize(
    ("bodies", "ignored", "felt"),
    [([], "Sun, Moon", ""), (["sun"], "Moon", "Sun"), (["sun", "moon"], "", "Sun and Moon")],
)
def test_what_feels_sun_and_moon_does_not_ignore_them(
    bodies: list[str], ignored: str, felt: str
) -> None:
    changes = {"environment.third_bodies": bodies}
    flown = yaan.load("gaganyaan", changes).plan
    orbit = orbit_model(flown.environment)
    assert orbit.ignores.startswith(ignored or "radiation")
    assert felt in orbit.text
    gravity = world("gaganyaan", environment__third_bodies=bodies)["gravity"]
    assert gravity.ignores.startswith(ignored or "tides")
    assert felt in gravity.text


@pytest.mark.parametrize(
    ("key", "value", "name", "text"),
    [
        ("atmosphere", "none", "atmosphere", "none"),
        ("atmosphere", "us76", "atmosphere", "US76"),
        ("atmosphere", {"density": "1.4e-12 kg/m3"}, "atmosphere", "1.4e-12 kg/m3 everywhere"),
        (
            "atmosphere",
            {"table": {"height": ["0 km", "9 km"], "density": ["1 kg/m3", "0.4 kg/m3"]}},
            "atmosphere",
            "a table from the file",
        ),
        ("wind", "none", "wind", "none"),
        ("wind", {"east": "5 m/s"}, "wind", "from the file"),
        ("earth", "still", "Earth", "an Earth that does not turn"),
        (
            "earth",
            {"rotation": "uniform", "shape": {"radius": "6371 km"}},
            "Earth",
            "uniform spin about the z axis; a sphere of 6371 km",
        ),
        ("gravity", {"field": "j2", "degree": 2}, "gravity", "J2 to degree 2"),
    ],
)
def test_a_world_is_told_as_it_was_asked_for(key: str, value: Any, name: str, text: str) -> None:
    assert world("tumbling-brick", **{f"environment__{key}": value})[name].text == text


def test_a_return_may_have_a_wind_of_its_own() -> None:
    wind = world("gaganyaan", landing__wind={"east": "5 m/s"})["wind"]
    assert wind.text == "none in the ascent, from the file on the way home"


def test_sunlight_is_told_where_it_presses() -> None:
    area = {"area": "1 m2", "reflectivity": 1.2, "source": "invented"}
    lit = {
        "environment__earth": "iers",
        "environment__radiation": True,
        "body__configurations__whole__radiation": area,
    }
    assert "sunlight" not in world("tumbling-brick")
    assert "sunlight" in world("tumbling-brick", **lit)
