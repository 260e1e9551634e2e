"""Edges of eclipses beside Orekit, with the Sun of JPL's DE430 as Skyfield has it.

Both have the ellipsoid of WGS 84 and a Sun of 695,700 km, by other ways: Orekit meets the limb of
the ellipsoid itself, Yaan stretches space until it is a sphere.

Opt-in: pip install yaan[crosscheck], then pytest -m oracle.
"""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.oracle import orekit as told
from tests.oracle.peers import DAY, epoch_of, path
from tests.unit.access.arcs import KeplerArc
from yaan.access import Question, Search, events
from yaan.base.constants import EARTH_MU, SECONDS_PER_DAY
from yaan.environment.sunlight import SUN_RADIUS

Array = NDArray[np.float64]

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

ORBITS = {
    "low": KeplerArc(6_778e3, inclination=0.9, node=1.2, epoch=epoch_of(DAY)),
    "dawn": KeplerArc(7_178e3, inclination=1.7, node=2.6, epoch=epoch_of(DAY)),
}
# 0.2 degrees between the axes of GCRS and of the Earth, which Yaan leaves out of its shadow, move
# the limb by 75 m at most, 0.01 s of an edge that is crossed straight; the second orbit crosses it
# at a slant.
SLACK = 0.05  # [s]
# Aberration and light time are 20.5 arcseconds, 0.1 s of a low orbit crossed straight.
ABERRATION = 0.3  # [s]


def theirs(arc: KeplerArc, kind: str, apparent: bool) -> Array:
    """Times of entries and exits [s]."""
    from org.orekit.orbits import CartesianOrbit  # pyright: ignore
    from org.orekit.propagation.analytical import KeplerianPropagator  # pyright: ignore
    from org.orekit.propagation.events import EclipseDetector, EventsLogger  # pyright: ignore
    from org.orekit.propagation.events.handlers import ContinueOnEvent  # pyright: ignore

    start = told.date(DAY)
    place, motion = (x[0] for x in arc.at([0.0]))
    orbit = CartesianOrbit(told.state(place, motion), told.gcrf(), start, EARTH_MU)
    flown = KeplerianPropagator(orbit)
    sun = told.body("sun", 1.3e20, path("sun", apparent))
    shadow = EclipseDetector(sun, SUN_RADIUS, told.earth())
    shadow = shadow.withUmbra() if kind == "umbra" else shadow.withPenumbra()
    shadow = shadow.withMaxCheck(60.0).withThreshold(1e-4).withHandler(ContinueOnEvent())
    log = EventsLogger()
    flown.addEventDetector(log.monitorDetector(shadow))
    flown.propagate(start, start.shiftedBy(SECONDS_PER_DAY))
    return np.array([float(x.getDate().durationFrom(start)) for x in log.getLoggedEvents()])


@pytest.mark.parametrize("kind", ["umbra", "penumbra"])
@pytest.mark.parametrize("name", ORBITS)
def test_edges_are_those_of_orekit(name: str, kind: str, orekit: Any):
    arc = ORBITS[name]
    found = events(Search(arc), Question(kinds=("eclipse",)))
    mine = [one.time for one in found if one.name.startswith(f"{kind} ")]
    assert len(mine) >= 29  # two a revolution
    np.testing.assert_allclose(mine, theirs(arc, kind, True), rtol=0.0, atol=SLACK)
    # What Orekit does by itself: the Sun where it is, not where it is seen.
    np.testing.assert_allclose(mine, theirs(arc, kind, False), rtol=0.0, atol=ABERRATION)
