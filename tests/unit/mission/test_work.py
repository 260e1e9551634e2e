"""How long a flight will take, told before; and what would use up its steps, refused."""

from typing import Any

import pytest

import yaan
from yaan.base import InputError
from yaan.mission import check, load_tree
from yaan.mission.flight import body
from yaan.mission.flight.fly import Progress, before
from yaan.mission.spec import work
from yaan.mission.spec.work import work_of
from yaan.phases import ascent

LONG_FALL = [{"name": "fall", "until": {"duration": "20000 s"}, "step": "0.05 s"}]


def checked(name: str, changes: dict[str, Any] | None = None) -> Any:
    return check(load_tree(name, changes or {}))


def test_the_limit_is_that_of_the_loop() -> None:
    assert work.MOST_ASCENT_STEPS == ascent.MAX_STEPS


@pytest.mark.parametrize("name", ["gaganyaan", "capsule-entry", "tumbling-brick"])
def test_nothing_is_said_of_a_short_flight(name: str) -> None:
    assert before(checked(name)) == ""


def test_the_steps_of_a_body_are_counted() -> None:
    long = checked("tumbling-brick", {"phases": LONG_FALL, "environment.gravity": {"degree": 70}})
    assert work_of(long).steps == pytest.approx(400_000)
    assert before(long).startswith(": 400,000 steps, roughly")


def test_the_steps_of_an_orbit_are_counted() -> None:
    assert work_of(checked("gaganyaan", {"orbit.step": "1 s"})).steps == pytest.approx(
        259_500, 0.01
    )


def test_an_entry_lasts_as_long_as_its_fall() -> None:
    """Straight down from 100 km at 1 km/s: 73 s, by hand."""
    straight = {"height": "100 km", "speed": "1 km/s", "flight_path_angle": "-90 deg"}
    changes = {f"interface.{key}": value for key, value in straight.items()}
    changes |= {"interface.radius": None, "entry.step": "1 ms", "entry.floor": "0 m"}
    one = checked("capsule-entry", changes | {"capsule.diameter": "1 m"})
    assert work_of(one).steps == pytest.approx(73_600, rel=0.01)
    # A balloon of 3 kg/m^2 sinks at 7 m/s in the end.
    light = checked("capsule-entry", changes | {"capsule.diameter": "50 m"})
    drag = min(light.capsule.aerodynamics.drag)
    last = (2.0 * light.capsule.mass * 9.80665 / (1.225 * drag * 625.0 * 3.14159)) ** 0.5
    assert work_of(light).seconds > 60.0
    assert work_of(light).steps == pytest.approx(14_400.0 / last / 1e-3, rel=0.01)


@pytest.mark.parametrize(
    ("name", "key", "value", "words"),
    [
        ("gaganyaan", "step", "1 ms", "phase gravity-turn"),
        ("gaganyaan", "orbit.step", "0.1 s", "the flight to landing.time"),
    ],
)
def test_what_would_run_out_of_steps_is_refused(
    name: str, key: str, value: str, words: str
) -> None:
    with pytest.raises(InputError) as refused:
        checked(name, {key: value})
    (problem,) = refused.value.problems
    assert problem.key == key
    assert words in problem.hint


def test_a_phase_with_a_step_of_its_own_is_named() -> None:
    with pytest.raises(InputError) as refused:
        checked("lvm3-m5", {"step": "2 ms"})
    assert [problem.key for problem in refused.value.problems] == ["step"]


def test_a_height_that_is_never_reached_says_how_far_it_is(monkeypatch: Any) -> None:
    """It was flown to its last step twice, without a word."""
    monkeypatch.setattr(body, "_ROWS", (64, 256))
    told: list[Progress] = []
    place = {"frame": "gcrs", "position": {"x": "7000 km", "y": "0 km", "z": "0 km"}}
    moving = {"velocity": {"x": "0 km/s", "y": "7.546 km/s", "z": "0 km/s"}}
    start = place | moving | {"attitude": {"from": "gcrs"}}
    fall = {"name": "fall", "until": {"height_below": "100 km"}, "step": "1 s"}
    changes = {"start": start, "phases": [fall], "published": None}
    flight = yaan.load("tumbling-brick", changes).fly(progress=told.append)
    assert flight.outcome["code"] == "out-of-steps"
    shares = [record.fraction for record in told if record.fraction is not None]
    assert shares == [pytest.approx(0.3, abs=0.05)]
