"""Passes over five stations beside Skyfield's own search.

Skyfield turns the Earth by the same precession and nutation, with no polar motion and no offsets of
the pole here, and gets UT1 as we have it: what is left is 0.4 arcseconds of polar motion, 13 m on
the ground, which a low orbit crosses in 2 ms. Its search meets zeros to some milliseconds.

Opt-in: pip install yaan[crosscheck], then pytest -m oracle.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.unit.access.arcs import EPOCH, KeplerArc
from yaan.access import IersTurning, Search, Station, passes
from yaan.base.constants import SECONDS_PER_DAY
from yaan.spacetime.time import bundled_orientation

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

ARC = KeplerArc(inclination=0.9, stop=86_400.0)
PLACES = (
    (13.03, 77.51, 810.0),
    (-20.2, 57.5, 400.0),
    (37.93, -75.48, 12.0),
    (5.25, -52.8, 0.0),
    (-1.3, 36.8, 1700.0),
)
FLOOR = 5.0  # [deg]
SLACK = 0.02  # [s]


def test_passes_are_those_of_skyfield():
    skyfield: Any = pytest.importorskip("skyfield.api")
    VectorFunction: Any = pytest.importorskip("skyfield.vectorlib").VectorFunction

    orientation = bundled_orientation()
    tt, tai = sum(EPOCH.tt()), sum(EPOCH.tai())
    ut1 = (
        tai + orientation.at(np.array(sum(EPOCH.utc()) - 2_400_000.5))["ut1_tai"] / SECONDS_PER_DAY
    )
    scale = skyfield.load.timescale(delta_t=(tt - ut1) * SECONDS_PER_DAY, builtin=True)

    class Craft(VectorFunction):  # pyright: ignore[reportUntypedBaseClass]
        """The same ellipse."""

        center, target = 399, -1

        def _at(self, t: Any) -> Any:
            seconds = (np.atleast_1d(t.whole) - EPOCH.tt()[0]) * SECONDS_PER_DAY
            seconds = seconds + (np.atleast_1d(t.tt_fraction) - EPOCH.tt()[1]) * SECONDS_PER_DAY
            r, v = ARC.at(np.clip(seconds, ARC.start, ARC.stop))
            day = SECONDS_PER_DAY
            shape = np.shape(t.whole)
            au = 149_597_870_700.0
            return (r.T / au).reshape(3, *shape), (v.T / au * day).reshape(3, *shape), None, None

    find_discrete = pytest.importorskip("skyfield.searchlib").find_discrete

    craft = Craft()
    turning = IersTurning(EPOCH, ARC.start, ARC.stop)
    search = Search(replace(ARC), turning)
    count = 0
    for i, (lat, lon, height) in enumerate(PLACES):
        place = skyfield.wgs84.latlon(lat, lon, elevation_m=height)

        def up(t: Any, place: Any = place) -> Any:
            return (craft - place).at(t).altaz()[0].degrees > FLOOR

        up.step_days = 60.0 / SECONDS_PER_DAY  # type: ignore[attr-defined]
        first, last = (scale.tt_jd(*EPOCH.tt()), scale.tt_jd(EPOCH.tt()[0], EPOCH.tt()[1] + 1.0))
        edges, states = find_discrete(first, last, up, epsilon=1e-3 / SECONDS_PER_DAY)
        seconds = (
            edges.whole - EPOCH.tt()[0] + edges.tt_fraction - EPOCH.tt()[1]
        ) * SECONDS_PER_DAY
        station = Station(str(i), np.radians(lat), np.radians(lon), height, np.radians(FLOOR))
        found = passes(search, [station])
        rises = [one.rise.time for one in found if not one.cut_start]
        sets = [one.set.time for one in found if not one.cut_end]
        np.testing.assert_allclose(rises, seconds[states == 1], atol=SLACK)
        np.testing.assert_allclose(sets, seconds[states == 0], atol=SLACK)
        count += len(found)
    assert count >= 20
