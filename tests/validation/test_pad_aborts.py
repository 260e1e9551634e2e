# pyright: reportOptionalMemberAccess=false, reportAttributeAccessIssue=false
"""Pad aborts from files, held against the flown tests: 15 % of apogee, range and time."""

from functools import cache

import numpy as np
import pytest

import yaan
from yaan.validation.case import path

pytestmark = pytest.mark.slow

TESTS = ("pad-abort-2018", "pad-abort-apollo-1", "pad-abort-dragon")


@cache
def flight(name: str) -> yaan.Flight:
    """Of the library or of the cases, once."""
    return yaan.load(path(name)).fly()


@pytest.mark.parametrize("name", TESTS)
def test_apogee_range_and_time_are_within_15_percent(name: str):
    found = flight(name)
    assert found.outcome.code == "flown"
    judged = [one for one in found.summary.published if not one.calibrated and one.tolerance]
    assert len(judged) == 3
    assert all((one.tolerance or 0.0) <= 0.152 * abs(one.published) for one in judged)
    assert not [verdict.name for verdict in found.verdicts if verdict.passed is False]


@pytest.mark.parametrize("name", TESTS)
def test_momentum_of_the_module_is_that_of_the_part_it_was(name: str):
    """At the parting it goes on with omega x (its centre - that of the stack) more."""
    found = flight(name)
    history = found.history
    before = int(np.argmin(np.diff(history["mass"])))
    after = before + 1
    bodies = found.mission.plan.vehicle.bodies
    flies = "capsule" if name == "pad-abort-dragon" else "module"
    shift = np.array(bodies[flies].centre_of_mass) - np.array(bodies["stack"].empty.centre_of_mass)
    w, x, y, z = history["attitude"][before]
    to_body = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
            [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
            [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    rate = history["rate_body"][before]
    moved = history["position_gcrs"][after] - history["position_gcrs"][before]
    gained = history["velocity_gcrs"][after] - history["velocity_gcrs"][before]
    np.testing.assert_allclose(to_body @ moved, shift, atol=1e-6)
    np.testing.assert_allclose(to_body @ gained, np.cross(rate, shift), atol=1e-6)
