"""A body with several motors, one that parts from what it drops, and one that thrusters turn."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.bodies import (
    body,
    body_vector,
    end_of,
    fly,
    inertia,
    numbers,
    phases,
    pulses,
    quaternion,
    space,
    state,
)
from yaan.base.session import computing
from yaan.description import AttitudeSpec, BodyConfigurationSpec
from yaan.flight.models.body import facing_of, stacked
from yaan.gnc.pointing_control import Aim, PointingControl
from yaan.motion.body import fly_body
from yaan.motion.body_phases import BodyPhases, limits
from yaan.spacetime.frame import Frame, Vector, components
from yaan.vehicle.body import Configuration, MassProperties

STILL = body_vector(0, 0, 0, Frame.GCRS)
PLACE = body_vector(1e7, 0, 0, Frame.GCRS)
EMPTY_SPACE = 1e-9  # mu [m^3/s^2]

TENSOR = {"xx": 500.0, "yy": 500.0, "zz": 500.0}
HALVES = {
    "empty": {"mass": 900.0, "inertia": TENSOR},
    "full": {"mass": 1000.0, "inertia": TENSOR},
}
FIRST = {"thrust_curve": [[0.0, 10e3], [2.0, 10e3], [2.1, 0.0]], "specific_impulse": 200.0}
SECOND = {"thrust_curve": [[0.0, 0.0], [1.0, 6e3], [3.0, 0.0]], "specific_impulse": 250.0}
G0 = 9.80665


def built(**motors: dict) -> Configuration:
    """One configuration with motors, without the axis of configurations."""
    with computing():
        spec = BodyConfigurationSpec.model_validate(HALVES | {"motors": motors})
        return jax.tree.map(lambda leaf: leaf[0], stacked([spec]))


def ended_by(*names: str, duration: float = 60.0) -> BodyPhases:
    """Two phases with the engine on; the ends of the first."""
    plan = phases(duration, step=0.1, engine=True)
    ends = jnp.stack([limits(**dict.fromkeys(names, 1.0)), limits()])
    return eqx.tree_at(lambda p: p.limits, plan, ends)


def test_motors_burn_together_each_from_its_delay_on():
    late = SECOND | {"delay": 1.5, "position": [-1.0, 0.0, 0.002]}
    craft = built(first=FIRST, second=late)
    begin = state(PLACE, STILL, propellant=100.0)
    legs, _ = fly(space(mu=EMPTY_SPACE), craft, ended_by("depleted"), begin)
    end = end_of(legs)
    impulses = np.array([10e3 * 2.05, 6e3 * 1.5])
    burnt = np.sum(impulses / np.array([200.0, 250.0]) / G0)
    # The last is over 1.5 s + 3 s after the engine is on; propellant is left, so the curve says so.
    assert float(legs.stop[0, 0]) == pytest.approx(4.5, abs=1e-6)
    assert float(end.propellant[0]) == pytest.approx(100.0 - burnt, rel=1e-9)
    # Force along x at z = 2 mm: M_y = 0.002 F. Jet damping takes 2 % of it: f e^2 against I.
    assert float(end.rate.y) == pytest.approx(0.002 * impulses[1] / 500.0, rel=0.02)
    # It turns by 3 deg; the mass falls by 2 %.
    gained = np.linalg.norm(numbers(end.velocity))
    assert gained == pytest.approx(np.sum(impulses) / 993.0, rel=0.005)


def test_a_delayed_motor_goes_on_in_the_next_phase_of_the_same_body():
    craft = built(late=SECOND | {"delay": 2.0})
    whole = phases(4.0, step=0.1, engine=True)
    cut = phases(1.0, 3.0, step=0.1, engine=True)
    begin = state(PLACE, STILL, propellant=100.0)
    one, two = (fly(space(mu=EMPTY_SPACE), craft, plan, begin)[0] for plan in (whole, cut))
    assert float(end_of(one).velocity.x) > 5.0
    np.testing.assert_allclose(
        numbers(end_of(two).velocity), numbers(end_of(one).velocity), atol=1e-9
    )


def test_motors_that_are_alike_stand_evenly_around_the_axis():
    ring = FIRST | {"count": 4, "position": [2.0, 0.0, -0.5], "gimbal": {"pitch": -0.5}}
    nozzle = built(ring=ring).nozzle
    push = nozzle.push(jnp.asarray(1.0), jnp.asarray(0.0))
    force = components(nozzle.direction * push)
    arm = components(nozzle.position)
    assert force.shape == (4, 3)
    np.testing.assert_allclose(force.sum(axis=0), [4.0 * 10e3 * np.cos(0.5), 0, 0], atol=1e-9)
    np.testing.assert_allclose(np.cross(arm, force).sum(axis=0), 0.0, atol=1e-9)
    # The exhaust of the upper one goes up and out, so its thrust has a part down, along +z.
    assert force[0, 2] == pytest.approx(10e3 * np.sin(0.5))
    np.testing.assert_allclose(arm[1], [2.0, 0.5, 0.0], atol=1e-12)


def test_lanes_with_masses_starts_and_thrusts_of_their_own_fly_as_each_alone():
    craft = built(first=FIRST, second=SECOND | {"position": [-1.0, 0.0, 0.1]})
    scales, speeds, loads = [1.0, 0.9, 1.1], [0.0, 50.0, -20.0], [100.0, 90.0, 100.0]

    def lane(k: int) -> tuple:
        mine = eqx.tree_at(lambda c: c.nozzle.thrust, craft, craft.nozzle.thrust * scales[k])
        mine = eqx.tree_at(lambda c: c.empty.mass, mine, jnp.asarray(900.0 + 10.0 * k))
        moving = body_vector(0, speeds[k], 0, Frame.GCRS)
        return mine, state(PLACE, moving, propellant=loads[k])

    plan, world = phases(3.0, step=0.1, engine=True), space(mu=EMPTY_SPACE)
    many = jax.tree.map(lambda *leaves: jnp.stack(leaves), *(lane(k) for k in range(3)))
    bodies = jax.tree.map(lambda leaf: leaf[:, None], many[0])
    legs, _ = jax.jit(lambda b, s: fly_body(world, (b, plan, pulses()), s))(bodies, many[1])
    for k in range(3):
        alone = end_of(fly(world, *(lane(k)[0], plan, lane(k)[1]), gradient=True)[0])
        mine = jax.tree.map(lambda leaf, k=k: leaf[-1, k], legs.inner)
        np.testing.assert_allclose(numbers(mine.velocity), numbers(alone.velocity), atol=1e-9)
        np.testing.assert_allclose(numbers(mine.rate), numbers(alone.rate), atol=1e-12)


def test_what_is_left_of_a_turning_body_goes_on_as_the_part_that_it_was():
    """Two masses on a bar that turns about z; one of them is let go."""
    tensor = inertia(1.0, 100.0, 100.0)
    whole = MassProperties(jnp.asarray(30.0), body_vector(0, 0, 0), tensor)
    part = MassProperties(jnp.asarray(10.0), body_vector(2.0, 0.5, 0.0), tensor)
    one = [
        eqx.tree_at(lambda c: (c.empty, c.full), body(tensor), (each, each))
        for each in (whole, part)
    ]
    craft = jax.tree.map(lambda *leaves: jnp.stack(leaves)[None], *one)
    plan = phases(1.0, 2.0, step=0.01)
    plan = eqx.tree_at(
        lambda p: (p.configuration, p.separates, p.before),
        plan,
        (jnp.asarray([0, 1]), jnp.asarray([False, True]), jnp.asarray([0, 0])),
        is_leaf=lambda x: x is None,
    )
    start = eqx.tree_at(
        lambda s: s.tanks,
        state(PLACE, STILL, rate=body_vector(0, 0, 0.5)),
        jnp.zeros(2),
    )
    begin = jax.tree.map(lambda leaf: leaf[None], start)
    legs, _ = jax.jit(
        lambda b, s: fly_body(space(mu=EMPTY_SPACE), (b, plan, pulses()), s, gradient=False)
    )(craft, begin)
    end = jax.tree.map(lambda leaf: leaf[-1, 0], legs.inner)
    # At 1 s the bar has turned by 0.5 rad; the part flies off at omega x r, straight on.
    turn = np.array([[np.cos(0.5), -np.sin(0.5), 0], [np.sin(0.5), np.cos(0.5), 0], [0, 0, 1]])
    arm = turn @ np.array([2.0, 0.5, 0.0])
    speed = np.cross([0, 0, 0.5], arm)
    gone = numbers(end.position) - numbers(PLACE)
    np.testing.assert_allclose(numbers(end.velocity), speed, atol=1e-7)
    np.testing.assert_allclose(gone, arm + 2.0 * speed, atol=1e-6)
    np.testing.assert_allclose(numbers(end.rate), [0, 0, 0.5], atol=1e-9)


def controlled(
    aim: Aim,
    *,
    rate: Vector | None = None,
    velocity: Vector = STILL,
    attitude: tuple = (1.0, 0.0, 0.0, 0.0),
    duration: float = 120.0,
    most: float = 20.0,
    held: AttitudeSpec | None = None,
):
    """A body of 100 kg m^2 under a control of 20 N m; its end, on one lane."""
    control = PointingControl(
        jnp.asarray([int(aim)] * 2), jnp.full(2, 0.5), jnp.full(2, 1.0),
        jax.tree.map(lambda leaf: jnp.full(2, leaf), body_vector(most, most, most)),
        jax.tree.map(lambda leaf: jnp.stack([leaf] * 2), facing_of(held, None)),
    )  # fmt: skip
    plan = eqx.tree_at(
        lambda p: p.control,
        phases(duration, step=0.05),
        control,
        is_leaf=lambda x: x is None,
    )
    start = state(PLACE, velocity, rate=rate, attitude=quaternion(attitude, Frame.GCRS, Frame.BODY))
    legs, _ = fly(space(mu=EMPTY_SPACE), body(inertia(100.0, 100.0, 100.0)), plan, start)
    return end_of(legs)


SPEED = body_vector(0, 100.0, 0, Frame.GCRS)


def nose(end) -> np.ndarray:
    """The x axis of the body in GCRS."""
    return numbers(end.attitude.inverse().apply(body_vector(1, 0, 0)))


@pytest.mark.parametrize(
    ("aim", "wanted"),
    [
        (Aim.STREAM, [0, 1, 0]),
        (Aim.OPPOSED, [0, -1, 0]),
        (Aim.VELOCITY, [0, 1, 0]),
        (Aim.UP, [1, 0, 0]),
        (Aim.HELD, [0, -1, 0]),
        (None, [np.cos(0.3), np.sin(0.3), 0]),
    ],
)
def test_a_control_turns_the_nose_to_where_it_should_be(aim: Aim | None, wanted: list[float]):
    told = AttitudeSpec.model_validate({"yaw": 0.3, "from": "gcrs"}) if aim is None else None
    aim = aim or Aim.HELD
    half = np.sqrt(0.5)
    end = controlled(aim, velocity=SPEED, attitude=(half, 0.0, 0.0, -half), held=told)
    # It starts with its nose against the velocity. Critically damped at 0.5 rad/s for 120 s; the
    # place moves by 12 km of 10,000 km meanwhile, so up turns by 1.2 mrad.
    np.testing.assert_allclose(nose(end), wanted, atol=2e-3)
    assert np.linalg.norm(numbers(end.rate)) < 1e-4


def test_a_tumbling_body_is_stopped_within_the_limit_of_its_thrusters():
    fast = body_vector(0.0, np.radians(30.0), 0.0)
    # 2 z w I omega = 52 N m is asked at first, 20 N m is there until 0.2 rad/s are left; then it
    # falls exponentially, at 2 z w = 1/s.
    slow = (np.radians(30.0) - 0.2) * 100.0 / 20.0
    end = controlled(Aim.RATES_ONLY, rate=fast, duration=slow + 3.0)
    assert float(end.rate.y) == pytest.approx(0.2 * np.exp(-3.0), rel=1e-4)
    idle = controlled(Aim.RATES_ONLY, rate=fast, duration=slow + 3.0, most=0.0)
    assert float(idle.rate.y) == pytest.approx(float(fast.y), rel=1e-12)


def test_a_round_body_feels_the_same_air_in_every_plane():
    table = {"angle": [0.0, 1.0, 3.1415], "values": [0.0, 0.8, 0.0]}
    air = {
        "area": 10.0, "chord": 3.0, "symmetric": True, "lift": table,
        "drag": {"angle": [0.0, 3.1415], "values": [0.6, 1.2]},
        "pitch": {"angle": [0.0, 1.0, 3.1415], "values": [0.0, -0.5, 0.3]},
        "damping": {"pitch": -2.0},
    }  # fmt: skip
    with computing():
        spec = BodyConfigurationSpec.model_validate(
            {"mass": 1.0, "inertia": TENSOR, "aerodynamics": air}
        )
        tables = jax.tree.map(lambda leaf: leaf[0], stacked([spec]).coefficients)

        def load(angle: float, roll: float) -> tuple[np.ndarray, np.ndarray]:
            across = np.sin(angle)
            v = [np.cos(angle), across * np.sin(roll), across * np.cos(roll)]
            stream = body_vector(*(100.0 * c for c in v))
            rate = body_vector(0.0, 0.1 * np.cos(roll), -0.1 * np.sin(roll))
            told = tables.load(stream, jnp.asarray(1.2), jnp.asarray(340.0), rate)
            return components(told.force), components(told.moment)

        for angle in (0.3, 1.5, 2.8):
            force, moment = load(angle, 0.0)
            for roll in (0.7, 2.0, np.pi, 4.5):
                back = np.array(
                    [
                        [1, 0, 0],
                        [0, np.cos(roll), -np.sin(roll)],
                        [0, np.sin(roll), np.cos(roll)],
                    ]
                )
                turned, twisted = load(angle, roll)
                np.testing.assert_allclose(back @ turned, force, atol=1e-9 * np.abs(force).max())
                np.testing.assert_allclose(back @ twisted, moment, atol=1e-7)
    # In the x-z plane it is as without symmetric.
    plain = dict(air, symmetric=False, span=3.0)
    with computing():
        spec = BodyConfigurationSpec.model_validate({"mass": 1.0, "aerodynamics": plain})
        same = jax.tree.map(lambda leaf: leaf[0], stacked([spec]).coefficients)
        stream, still = body_vector(90.0, 0.0, 40.0), body_vector(0, 0, 0)
        one, two = (
            t.load(stream, jnp.asarray(1.2), jnp.asarray(340.0), still) for t in (tables, same)
        )
        np.testing.assert_allclose(components(one.force), components(two.force), rtol=1e-12)
        np.testing.assert_allclose(components(one.moment), components(two.moment), rtol=1e-12)
