"""The orbits of the wall; a file of their own, so that another worker compiles them."""

import pytest

from tests.validation.published_wall import check
from yaan.validation import CASES, Case
from yaan.validation.run import flyer

pytestmark = pytest.mark.slow

FLY = flyer()
ORBITS = [case for case in CASES if case.suite in ("nesc-orbital", "orbits", "station")]


@pytest.mark.validation
@pytest.mark.parametrize("case", ORBITS, ids=lambda case: case.key)
def test_an_orbit_of_the_wall_holds(case: Case):
    check(case, FLY)
