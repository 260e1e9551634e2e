"""The trimmed capsule: its tables, and what they say of Apollo."""

import jax.numpy as jnp
import numpy as np
import pytest

from tests.validation.entry_cases import APOLLO_TRIM
from yaan.spacetime import Frame, Vector, vector
from yaan.vehicle import Capsule, CapsuleLoad, RigidCapsule
from yaan.vehicle.body import Inertia


@pytest.fixture
def apollo() -> Capsule:
    """Apollo's command module."""
    mach, alpha, lift, drag = APOLLO_TRIM.T
    angle = np.radians(180.0 - alpha)
    return Capsule(5498.0, 12.0, 4.69, 0.85, mach, lift, drag, angle)


def test_it_holds_its_table_at_the_nodes_and_is_linear_between(apollo: Capsule):
    trim = apollo.trim(jnp.asarray(10.0))
    found = (float(trim.lift), float(trim.drag), np.degrees(float(trim.angle)))
    assert found == pytest.approx((0.42155, 1.23698, 22.6))
    assert float(apollo.trim(jnp.asarray(7.0)).lift) == pytest.approx((0.43414 + 0.42155) / 2)


def test_it_is_flat_beyond_its_ends(apollo: Capsule):
    assert float(apollo.trim(jnp.asarray(0.0)).drag) == pytest.approx(0.82584)
    assert float(apollo.trim(jnp.asarray(50.0)).drag) == pytest.approx(1.30135)


def test_the_table_has_the_printed_ratios():
    # L/D of MSC Internal Note 69-FM-137, table I(d), last column, of four rows.
    ratio = dict(zip(APOLLO_TRIM[:, 0], APOLLO_TRIM[:, 2] / APOLLO_TRIM[:, 3], strict=True))
    for mach, printed in ((0.2, 0.28057), (1.35, 0.42684), (4.0, 0.35387), (29.5, 0.29124)):
        assert ratio[mach] == pytest.approx(printed, abs=2e-5)


def test_the_force_is_nearly_along_the_axis(apollo: Capsule):
    # A blunt cap at its trim angle: the part across the axis is small, at hypersonic speed under a
    # tenth. The wrong sign of the angle would make it half of the whole.
    for mach in (4.0, 10.0, 29.5):
        trim = apollo.trim(jnp.asarray(mach))
        axial = trim.drag * np.cos(trim.angle) + trim.lift * np.sin(trim.angle)
        normal = trim.drag * np.sin(trim.angle) - trim.lift * np.cos(trim.angle)
        assert abs(float(normal)) < 0.1 * float(axial)


@pytest.fixture
def turning(apollo: Capsule) -> RigidCapsule:
    """The same as a body that turns, with products of inertia of nothing."""
    inertia = Inertia(*(jnp.asarray(v) for v in (7900.0, 7000.0, 6400.0, 0.0, 0.0, 0.0)))
    return RigidCapsule(apollo, inertia, 3.9, 0.2, 0.25, -0.1, -0.3, -0.4)


SPEED, PRESSURE, MACH = 3000.0, 5e3, jnp.asarray(10.0)
STILL = Vector(jnp.asarray(0.0), jnp.asarray(0.0), jnp.asarray(0.0), Frame.BODY)


def wind(angle: float, sideslip: float = 0.0) -> Vector:
    """The stream in body axes, the shield `angle` below it, from the right by `sideslip`."""
    ahead = SPEED * np.cos(sideslip)
    x, y, z = ahead * np.cos(angle), SPEED * np.sin(sideslip), -ahead * np.sin(angle)
    return Vector(jnp.asarray(x), jnp.asarray(y), jnp.asarray(z), Frame.BODY)


def loaded(one: RigidCapsule, stream: Vector, rate: Vector = STILL) -> CapsuleLoad:
    return one.load(stream, rate, jnp.asarray(PRESSURE), MACH)


def test_at_trim_the_body_feels_lift_and_drag_and_no_moment(turning: RigidCapsule):
    trim = turning.capsule.trim(MACH)
    stream = wind(float(trim.angle))
    load = loaded(turning, stream)
    ahead = stream.unit()
    scale = PRESSURE * 12.0
    assert float(load.force.dot(ahead)) == pytest.approx(-scale * float(trim.drag))
    across = load.force - ahead * load.force.dot(ahead)
    assert float(across.norm()) == pytest.approx(scale * float(trim.lift))
    assert float(across.z) < 0.0  # the lift is on the side away from z
    assert float(load.moment.norm()) == pytest.approx(0.0, abs=1e-6)
    assert float(load.attack) == pytest.approx(float(trim.angle))
    assert float(load.off_trim) == pytest.approx(0.0, abs=1e-9)


def test_off_its_trim_it_is_turned_back(turning: RigidCapsule):
    trim, scale = float(turning.capsule.trim(MACH).angle), PRESSURE * 12.0 * 3.9
    # The shield too far below the stream: the moment lifts it.
    assert float(loaded(turning, wind(trim + 0.1)).moment.y) == pytest.approx(0.2 * 0.1 * scale)
    # The stream from the right: the shield turns to the right.
    assert float(loaded(turning, wind(trim, 0.1)).moment.z) == pytest.approx(0.25 * 0.1 * scale)
    assert float(loaded(turning, wind(trim, 0.1)).sideslip) == pytest.approx(0.1)


@pytest.mark.parametrize(("index", "damping"), [(0, -0.1), (1, -0.3), (2, -0.4)])
def test_a_turn_is_damped(turning: RigidCapsule, index: int, damping: float):
    rate = vector(0.2 * jnp.eye(3)[index], Frame.BODY)
    stream = wind(float(turning.capsule.trim(MACH).angle))
    moment = loaded(turning, stream, rate).moment
    reduced = 0.2 * 3.9 / (2.0 * SPEED)
    found = float((moment.x, moment.y, moment.z)[index])
    assert found == pytest.approx(damping * reduced * PRESSURE * 12.0 * 3.9)


def test_the_swing_is_that_of_the_stiffer_axis(turning: RigidCapsule):
    stream = wind(float(turning.capsule.trim(MACH).angle))
    stiff = PRESSURE * 12.0 * 3.9 * max(0.2 / 7000.0, 0.25 / 6400.0)
    assert float(loaded(turning, stream).swing) == pytest.approx(np.sqrt(stiff))
