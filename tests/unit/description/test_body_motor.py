"""Thrust curves of a body in a file: what may be said, and each mistake told once."""

import pytest

from tests.unit.description.test_body_spec import STAGE, WHOLE, spec_of, told

CURVE = 'thrust_curve: [["0 s", "1 kN"], ["2 s", "3 kN"], ["4 s", "0 N"]]'
SHARES = 'thrust_curve: [["0 s", 1], ["2 s", 3.0], ["4 s", 0]]'
ENGINE = f"{WHOLE}.engine"


def burning(engine: str) -> dict[str, str | None]:
    """A stage with another engine."""
    held = STAGE[: STAGE.index("engine:")]
    return {WHOLE: f"{held}engine: {{{engine}}}}}", "body.box": None, "phases.fall.engine": "on"}


def test_a_curve_has_thrusts_or_shares_of_an_impulse() -> None:
    engine = spec_of(burning(CURVE)).body.configurations["whole"].engine
    assert engine is not None
    assert engine.curve == [(0.0, 1e3), (2.0, 3e3), (4.0, 0.0)]
    engine = spec_of(burning(f"{SHARES}, impulse: 14 kN s")).body.configurations["whole"].engine
    assert engine is not None
    assert engine.curve == [(0.0, 2e3), (2.0, 6e3), (4.0, 0.0)]


@pytest.mark.parametrize(
    ("engine", "key", "words"),
    [
        (SHARES, "thrust_curve.0.1", 'a thrust, as "1500 N"'),
        (CURVE.replace('"3 kN"', "3"), "thrust_curve.1.1", "not both"),
        (CURVE.replace('"0 s"', '"1 s"'), "thrust_curve.0.0", 'the first time to be "0 s"'),
        (CURVE.replace('"4 s"', '"2 s"'), "thrust_curve.2.0", "later than the one before"),
        (CURVE.replace('"1 kN"', '"-1 kN"'), "thrust_curve.0.1", "a force from 0 N"),
        (CURVE.replace('"1 kN"', '"1 kg"'), "thrust_curve.0.1", "a force from 0 N"),
        ('thrust_curve: [["0 s", "0 N"], ["1 s", "0 N"]]', "thrust_curve", "some thrust above 0"),
        ('thrust_curve: [["0 s", "1 kN", 3]]', "thrust_curve.0", "a pair of time and thrust"),
        ('thrust_curve: [["0 s", "1 kN"]]', "thrust_curve", "at least 2 items"),
        (f"{CURVE}, vacuum_thrust: 1 kN", "thrust_curve", "not both"),
        (f"{CURVE}, flow: 1 kg/s", "flow", "specific_impulse, or neither"),
        (f"{CURVE}, exit_area: 0.1 m2", "full_flow_thrust", "required with exit_area"),
        ("vacuum_thrust: 1 kN, flow: 1 kg/s, impulse: 1 kN s", "impulse", "together"),
        ("flow: 1 kg/s", "vacuum_thrust", "required, or thrust_curve"),
    ],
)
def test_mistakes_of_a_curve(engine: str, key: str, words: str) -> None:
    told(burning(engine), f"{ENGINE}.{key}", words)


def test_a_motor_burns_once() -> None:
    phase = '{{name: {}, engine: {}, until: {{duration: "1 s"}}, step: "0.1 s"}}'
    plan = [phase.format(name, on) for name, on in (("a", "on"), ("b", "off"), ("c", "on"))]
    thrice = burning(CURVE) | {"phases": f"[{', '.join(plan)}]"}
    del thrice["phases.fall.engine"]
    told(thrice, "phases.c.engine", "off", "burns once")
    spec_of(thrice | {"phases": f"[{', '.join([plan[0], plan[2]])}]"})


RAIL = {
    **burning(CURVE),
    "phases.fall.rail": '{length: "5 m"}',
    "start.velocity": '{north: "0 m/s", east: "0 m/s", down: "0 m/s"}',
}


def test_a_rail_is_an_end_of_its_own() -> None:
    assert spec_of(RAIL | {"phases.fall.until": None}).phases[0].until.given == []
    told({"phases.fall.until": None}, "phases.fall.until", "required")


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"phases.fall.engine": "off"}, "phases.fall.engine", "on, with a rail"),
        ({"start.velocity.east": "3 m/s"}, "start.velocity.east", "stands still"),
        ({"phases.fall.rail.length": "0 m"}, "phases.fall.rail.length", "above 0 m"),
        ({"phases.fall.rail.length": "5 km"}, "phases.fall.rail.length", "up to 500 m"),
        (
            {"phases.fall.motion": "point", "phases.fall.pointing": "ned"},
            "phases.fall.pointing",
            "nothing on a rail",
        ),
        (
            {"phases.fall.motion": "point", "start.attitude": None},
            "start.attitude",
            "along the body's x axis",
        ),
    ],
)
def test_mistakes_of_a_rail(changes: dict[str, object], key: str, words: str) -> None:
    told(RAIL | changes, key, words)


def test_a_rail_in_the_middle_of_a_flight() -> None:
    phase = '{name: a, engine: on, until: {duration: "1 s"}, step: "0.1 s"}'
    rail = '{name: b, engine: on, rail: {length: "5 m"}, step: "0.1 s"}'
    late = {key: value for key, value in RAIL.items() if not key.startswith("phases")}
    told(late | {"phases": f"[{phase}, {rail}]"}, "phases.b.rail", "in the first phase")


@pytest.mark.parametrize(
    "end", ["apex: true", "ground: true", 'height_above: "0 m"', "mach_above: 2"]
)
def test_each_end_is_enough(end: str) -> None:
    assert spec_of({"phases.fall.until": f"{{{end}}}"}).phases[0].until.given


def test_a_flight_that_sinks_has_passed_its_apex() -> None:
    sinking = {"start.velocity.down": "1 m/s", "phases.fall.until": "{apex: true}"}
    told(sinking, "phases.fall.until.apex", "its apex has been")
