"""How long a flight will take, told before; and what would use up its steps, refused."""

from typing import Any

import pytest

import yaan
from yaan.base import InputError
from yaan.description import work
from yaan.description.thrust import burn_time
from yaan.description.work import work_of
from yaan.flight import body
from yaan.flight.progress import Progress, before
from yaan.mission import check, load_tree
from yaan.motion import powered

LONG_FALL = [{"name": "fall", "until": {"duration": "20000 s"}, "step": "0.05 s"}]


def checked(name: str, changes: dict[str, Any] | None = None) -> Any:
    return check(load_tree(name, changes or {}))


def test_the_limit_is_that_of_the_loop() -> None:
    assert work.MOST_ASCENT_STEPS == powered.Powered.most_steps


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
    drag = min(light.vehicle.aerodynamics.drag)
    last = (2.0 * light.vehicle.mass * 9.80665 / (1.225 * drag * 625.0 * 3.14159)) ** 0.5
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


@pytest.mark.slow
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
    assert flight.outcome.code == "out-of-steps"
    shares = [record.fraction for record in told if record.fraction is not None]
    assert shares == [pytest.approx(0.3, abs=0.05)]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("gaganyaan", {"entry.step": "1 ms"}),
        ("gaganyaan", {"phases.core.step": "1 ms"}),
        ("gaganyaan", {"phases.cryogenic.step": "5 ms"}),
        ("soyuz-fg-leo", {"phases.third.step": "1 ms"}),
        ("gaganyaan", {"entry.motion": "rigid", "entry.attitude_step": "1 ms"}),
        (
            "tumbling-brick",
            {"phases": [{"name": "f", "until": {"height_below": "0 m"}, "step": "0.1 ms"}]}
            | {"environment.gravity": {"degree": 70}},
        ),
    ],
)
def test_a_short_step_of_any_leg_is_told(name: str, changes: dict[str, Any]) -> None:
    assert "roughly" in before(checked(name, changes))


def test_a_fall_lasts_as_long_as_without_air() -> None:
    """From 9144 m at rest: 43.18 s, by hand."""
    fall = [{"name": "f", "until": {"height_below": "0 m"}, "step": "0.01 s"}]
    assert work_of(checked("tumbling-brick", {"phases": fall})).steps == pytest.approx(4318, 1e-3)


@pytest.mark.parametrize("thrust", ["1e-3 N", "100 N", "5 kN"])
@pytest.mark.parametrize("stage", ["l110", "c25"])
def test_a_thrust_that_burns_for_ever_is_refused(stage: str, thrust: str) -> None:
    key = f"vehicle.stages.{stage}.engine.thrust"
    with pytest.raises(InputError) as refused:
        checked("lvm3-leo", {key: thrust})
    (problem,) = refused.value.problems
    assert problem.key == key
    assert "within 20000 s" in problem.expected


def test_a_burn_to_the_end_of_its_stage_is_counted() -> None:
    step = {"phases.cryogenic.step": "0.5 s"}
    usual = checked("lvm3-leo", step)
    slow = checked("lvm3-leo", step | {"vehicle.stages.c25.engine.thrust": "20 kN"})
    stage, before_it = slow.vehicle.stages["c25"], usual.vehicle.stages["c25"]
    assert burn_time(stage) == pytest.approx(stage.propellant * stage.engine.isp * 9.80665 / 20e3)
    more = (burn_time(stage) - burn_time(before_it)) / 0.5
    assert work_of(slow).steps - work_of(usual).steps == pytest.approx(more)
    curve = slow.vehicle.stages["s200"].engine.thrust_curve
    assert burn_time(slow.vehicle.stages["s200"]) == curve[-1][0]
