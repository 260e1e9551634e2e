"""Time, frames, the Earth's shape and turning, and orbits."""

from yaan.spacetime.earth import (
    WGS84,
    EarthRotation,
    Ellipsoid,
    Geodetic,
    geodetic,
    iau1980_rotation,
    iers_rotation,
    still_rotation,
    uniform_rotation,
)
from yaan.spacetime.elements import Elements, elements, energy
from yaan.spacetime.ephemeris import (
    Ephemeris,
    apparent_sun_path,
    apparent_sun_position,
    moon_path,
    moon_position,
    sun_elevation,
    sun_over_ground,
    sun_path,
    sun_position,
)
from yaan.spacetime.frame import Frame, Vector, components, vector
from yaan.spacetime.motion import Motion, inertial_state, relative_state
from yaan.spacetime.rotation import Rotation
from yaan.spacetime.time import EarthOrientation, Epoch, bundled_orientation, parse_utc

__all__ = [
    "WGS84",
    "EarthOrientation",
    "EarthRotation",
    "Elements",
    "Ellipsoid",
    "Ephemeris",
    "Epoch",
    "Frame",
    "Geodetic",
    "Motion",
    "Rotation",
    "Vector",
    "apparent_sun_path",
    "apparent_sun_position",
    "bundled_orientation",
    "components",
    "elements",
    "energy",
    "geodetic",
    "iau1980_rotation",
    "iers_rotation",
    "inertial_state",
    "moon_path",
    "moon_position",
    "parse_utc",
    "relative_state",
    "still_rotation",
    "sun_elevation",
    "sun_over_ground",
    "sun_path",
    "sun_position",
    "uniform_rotation",
    "vector",
]
