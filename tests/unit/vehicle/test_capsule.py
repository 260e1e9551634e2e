"""The trimmed capsule: its tables, and what they say of Apollo."""

import jax.numpy as jnp
import numpy as np
import pytest

from tests.validation.entry_cases import APOLLO_TRIM
from yaan.vehicle import Capsule


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
