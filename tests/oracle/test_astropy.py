"""Frames beside astropy and skyfield, where they are installed: pip install yaan[crosscheck].

Opt-in: pytest -m oracle.
"""

from dataclasses import replace
from typing import Any

import astropy_iers_data
import numpy as np
import pytest

from tests.oracle.peers import by_line
from yaan.spacetime.axes import convert, to_frame
from yaan.spacetime.frame import Frame
from yaan.spacetime.time import EarthOrientation, Epoch, bundled_orientation, parse_utc

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

INSTANTS = ("2020-03-01T12:00:00", "2024-08-10T05:06:07", "2026-06-01T00:00:00")
PLACE, MOTION = np.array([5.2e6, -3.1e6, 3.3e6]), np.array([3.1e3, 6.5e3, 1.2e3])


def as_astropy_has_it(instant: str) -> EarthOrientation:
    """A line between days; without the observed offsets of the pole, 15 mm here."""
    flat = np.zeros_like(bundled_orientation().dx)
    return by_line(instant, replace(bundled_orientation(), dx=flat, dy=flat))


def theirs(instant: str, source: str, target: str) -> tuple[np.ndarray, np.ndarray]:
    coordinates = pytest.importorskip("astropy.coordinates")
    iers: Any = pytest.importorskip("astropy.utils.iers")
    units: Any = pytest.importorskip("astropy.units")
    time: Any = pytest.importorskip("astropy.time").Time(instant, scale="utc")
    iers.conf.auto_download = False
    table = iers.IERS_A.open(astropy_iers_data.IERS_A_FILE)
    # Where it has them astropy takes the values of Bulletin B; Yaan has those of Bulletin A.
    for name, of_a in (("UT1_UTC", "UT1_UTC_A"), ("PM_x", "PM_x_A"), ("PM_y", "PM_y_A")):
        table[name] = table[of_a]
    speed = units.m / units.s
    moving = coordinates.CartesianDifferential(MOTION * speed)
    given = coordinates.CartesianRepresentation(PLACE * units.m, differentials=moving)
    with iers.earth_orientation_table.set(table):
        frame = getattr(coordinates, target)(obstime=time)
        found = getattr(coordinates, source)(given, obstime=time).transform_to(frame).cartesian
    return found.xyz.to_value(units.m), found.differentials["s"].d_xyz.to_value(speed)


@pytest.mark.parametrize("instant", INSTANTS)
@pytest.mark.parametrize(("source", "target"), [("GCRS", "ITRS"), ("ITRS", "TEME")])
def test_astropy(instant: str, source: str, target: str):
    epoch, orientation = parse_utc(f"{instant} UTC"), as_astropy_has_it(instant)
    mine = convert(PLACE, MOTION, epoch, Frame[source], Frame[target], orientation)
    position, velocity = theirs(instant, source, target)
    # One chain: what is left is rounding. Their velocities keep the creep of axes, 6e-5 m/s.
    np.testing.assert_allclose(mine[0][0], position, rtol=0, atol=1e-5)
    np.testing.assert_allclose(mine[1][0], velocity, rtol=0, atol=1e-4)


@pytest.mark.parametrize("instant", INSTANTS)
def test_skyfield(instant: str):
    api: Any = pytest.importorskip("skyfield.api")
    frames: Any = pytest.importorskip("skyfield.framelib")
    epoch: Epoch = parse_utc(f"{instant} UTC")
    day, part = epoch.tt()
    time = api.load.timescale(builtin=True).tt_jd(day, part)
    turned = frames.true_equator_and_equinox_of_date.rotation_at(time) @ PLACE
    np.testing.assert_allclose(to_frame(Frame.TOD, epoch)[0] @ PLACE, turned, rtol=0, atol=2e-3)
