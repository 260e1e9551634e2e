"""Several motors, control, and parting of a body in a file: what may be said, each mistake once."""

import pytest

from tests.unit.description.test_body_motor import CURVE
from tests.unit.description.test_body_spec import AIR, STAGE, WHOLE, spec_of, told
from yaan.description.notes import notes_of

ONE = f"{{{CURVE}, specific_impulse: 250 s}}"
CONTROL = "{point: opposed, frequency: 0.5 rad/s, moment: {pitch: 300 N m}}"


def flying(motors: str) -> dict[str, str | None]:
    """A stage with motors."""
    held = STAGE[: STAGE.index("engine:")]
    return {WHOLE: f"{held}motors: {motors}}}", "body.box": None, "phases.fall.engine": "on"}


def test_a_motor_waits_and_comes_up_at_once() -> None:
    plan = spec_of(flying(f"{{a: {{{CURVE}, delay: 1.5 s, count: 4}}, b: {{{CURVE}}}}}"))
    whole = plan.body.configurations["whole"]
    late, first = whole.motors["a"], whole.motors["b"]
    assert late.curve == [
        (0.0, 0.0), (1.5 - 1e-4, 0.0), (1.5, 1e3), (3.5, 3e3), (5.5, 0.0),
    ]  # fmt: skip
    assert first.curve[0] == (0.0, 1e3)
    assert [count for _, count in whole.engines] == [4, 1]
    # Curves that say nothing of what they burn share the 20 t: five of 7 kN s each.
    assert whole.exhaust(first) == pytest.approx(5 * 7e3 / 20e3, rel=1e-4)


@pytest.mark.parametrize(
    ("motors", "key", "words"),
    [
        (f"{{a: {ONE}}}, engine: {ONE}", "motors", "either engine or motors"),
        (f"{{a: {ONE}, b: {{{CURVE}}}}}", "motors.b.specific_impulse", "or none of them"),
        (f"{{a: {{{CURVE}, count: 0}}}}", "motors.a.count", "1"),
        (f"{{a: {{{CURVE}, count: 40}}, b: {{{CURVE}, count: 30}}}}", "motors", "at most 64"),
        (f"{{a: {{{CURVE}, delay: -1 s}}}}", "motors.a.delay", "a time from 0 s"),
    ],
)
def test_mistakes_of_motors(motors: str, key: str, words: str) -> None:
    told(flying(motors), f"{WHOLE}.{key}", words)


def test_motors_have_propellant() -> None:
    whole = f"{{mass: 1 t, motors: {{a: {ONE}}}}}"
    bare = {WHOLE: whole, "body.box": None, "phases.fall.motion": "point"}
    told(bare, f"{WHOLE}.motors", "motors with propellant", "empty and full")


def test_motors_burn_once_too() -> None:
    phase = '{{name: {}, engine: {}, until: {{duration: "1 s"}}, step: "0.1 s"}}'
    plan = [phase.format(name, on) for name, on in (("a", "on"), ("b", "off"), ("c", "on"))]
    thrice = flying(f"{{m: {ONE}}}") | {"phases": f"[{', '.join(plan)}]"}
    del thrice["phases.fall.engine"]
    told(thrice, "phases.c.engine", "off", "burns once")


def test_motors_that_are_too_strong_are_noted() -> None:
    strong = CURVE.replace("3 kN", "300 MN")
    (first, *_) = notes_of(spec_of(flying(f"{{m: {{{strong}, count: 2}}}}")).plan)
    assert "motors, together at peak" in first


def test_a_control_turns_a_rigid_body() -> None:
    control = spec_of({"phases.fall.control": CONTROL}).phases[0].control
    assert control is not None
    assert (control.frequency, control.damping_ratio, control.moment.pitch) == (0.5, 1.0, 300.0)


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"phases.fall.motion": "point"}, "phases.fall.control", "with motion: point"),
        ({"phases.fall.control.point": "down"}, "phases.fall.control.point", "opposed"),
        ({"phases.fall.control.attitude": "{}"}, "phases.fall.control.attitude", "point: opposed"),
        ({"phases.fall.control.moment": "{}"}, "phases.fall.control.moment", "some axis"),
        ({"phases.fall.control.frequency": "0 rad/s"}, "phases.fall.control.frequency", "above 0"),
    ],
)
def test_mistakes_of_a_control(changes: dict[str, str], key: str, words: str) -> None:
    told({"phases.fall.control": CONTROL} | changes, key, words)


def test_a_round_body_has_one_table_for_all_planes() -> None:
    given = {f"{AIR}.symmetric": True, f"{AIR}.damping": "{pitch: -1.0}"}
    spec_of(given)
    told(given | {f"{AIR}.side": 0.1}, f"{AIR}.side", "nothing with symmetric")
    lift = '{angle: ["-5 deg", "5 deg"], values: [-1, 1]}'
    told(given | {f"{AIR}.lift": lift}, f"{AIR}.lift.angle.0", "from 0 deg on", "lift")
