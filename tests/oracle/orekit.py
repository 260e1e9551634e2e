"""Orekit in this process, with the tables of `peers` and a sky of JPL's; its words in NumPy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.oracle.peers import DAY
from yaan.base.constants import EARTH_FLATTENING, EARTH_RADIUS

Array = NDArray[np.float64]


def date(instant: str) -> Any:
    from org.orekit.time import AbsoluteDate, TimeScalesFactory  # pyright: ignore

    return AbsoluteDate(instant, TimeScalesFactory.getUTC())


def gcrf() -> Any:
    from org.orekit.frames import FramesFactory  # pyright: ignore

    return FramesFactory.getGCRF()


def itrf(tides: bool = False) -> Any:
    """ITRS by the conventions of 2010, with or without diurnal and semidiurnal tides."""
    from org.orekit.frames import FramesFactory  # pyright: ignore
    from org.orekit.utils import IERSConventions  # pyright: ignore

    return FramesFactory.getITRF(IERSConventions.IERS_2010, not tides)


def earth() -> Any:
    """The ellipsoid of WGS 84."""
    from org.orekit.bodies import OneAxisEllipsoid  # pyright: ignore

    return OneAxisEllipsoid(EARTH_RADIUS, EARTH_FLATTENING, itrf())


def triple(numbers: Any) -> Any:
    from org.hipparchus.geometry.euclidean.threed import Vector3D  # pyright: ignore

    return Vector3D(*(float(x) for x in numbers))


def state(position: Any, velocity: Any) -> Any:
    from org.orekit.utils import PVCoordinates  # pyright: ignore

    return PVCoordinates(triple(position), triple(velocity))


def numbers(vector: Any) -> Array:
    return np.array(vector.toArray(), dtype=float)


def body(name: str, mu: float, where: Callable[[float], Array]) -> Any:
    """A body of the sky that is `where` [m, GCRS] at seconds since `DAY`."""
    jpype: Any = pytest.importorskip("jpype")
    from org.orekit.utils import TimeStampedPVCoordinates  # pyright: ignore

    start = date(DAY)

    @jpype.JImplements("org.orekit.bodies.CelestialBody", deferred=True)
    class Body:
        @jpype.JOverride
        def getName(self):
            return name

        @jpype.JOverride
        def getGM(self):
            return mu

        @jpype.JOverride
        def getInertiallyOrientedFrame(self):
            return gcrf()

        @jpype.JOverride
        def getBodyOrientedFrame(self):
            return gcrf()

        @jpype.JOverride
        def getPosition(self, date, frame):
            here = triple(where(float(date.durationFrom(start))))
            return gcrf().getStaticTransformTo(frame, date).transformPosition(here)

        @jpype.JOverride
        def getPVCoordinates(self, date, frame):
            t = float(date.durationFrom(start))
            speed = (where(t + 1.0) - where(t - 1.0)) / 2.0
            here = TimeStampedPVCoordinates(date, triple(where(t)), triple(speed))
            return gcrf().getTransformTo(frame, date).transformPVCoordinates(here)

    return Body()
