"""Time, frames, the Earth's shape and turning, and orbits."""

from yaan.spacetime.anomaly import (
    eccentric_from_mean,
    eccentric_from_true,
    mean_from_true,
    true_from_eccentric,
    true_from_mean,
)
from yaan.spacetime.arc import AbstractArc, ChainedArc, TabulatedArc
from yaan.spacetime.attitude import (
    Angles,
    angles_of,
    from_angles,
    from_axes,
    kinematics,
    ned,
    normalised,
    orbital_rate,
    rate_of,
    vvlh,
)
from yaan.spacetime.axes import convert, to_frame
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
from yaan.spacetime.equinoctial import Equinoctial, equinoctial, state_of_equinoctial
from yaan.spacetime.frame import Frame, Vector, components, frame_named, vector
from yaan.spacetime.keplerian import Keplerian, keplerian, state_of_keplerian
from yaan.spacetime.local import axes_of, local_axes, local_matrices
from yaan.spacetime.mean_elements import Oblate, mean_elements, mean_state, osculating_state
from yaan.spacetime.motion import Motion, inertial_state, relative_state
from yaan.spacetime.rotation import Rotation
from yaan.spacetime.state_vector import StateVector
from yaan.spacetime.time import (
    EarthOrientation,
    Epoch,
    bundled_orientation,
    parse_epoch,
    parse_utc,
)
from yaan.spacetime.topocentric import Look, Place, look, looked_at

__all__ = [
    "WGS84",
    "AbstractArc",
    "Angles",
    "ChainedArc",
    "EarthOrientation",
    "EarthRotation",
    "Elements",
    "Ellipsoid",
    "Ephemeris",
    "Epoch",
    "Equinoctial",
    "Frame",
    "Geodetic",
    "Keplerian",
    "Look",
    "Motion",
    "Oblate",
    "Place",
    "Rotation",
    "StateVector",
    "TabulatedArc",
    "Vector",
    "angles_of",
    "apparent_sun_path",
    "apparent_sun_position",
    "axes_of",
    "bundled_orientation",
    "components",
    "convert",
    "eccentric_from_mean",
    "eccentric_from_true",
    "elements",
    "energy",
    "equinoctial",
    "frame_named",
    "from_angles",
    "from_axes",
    "geodetic",
    "iau1980_rotation",
    "iers_rotation",
    "inertial_state",
    "keplerian",
    "kinematics",
    "local_axes",
    "local_matrices",
    "look",
    "looked_at",
    "mean_elements",
    "mean_from_true",
    "mean_state",
    "moon_path",
    "moon_position",
    "ned",
    "normalised",
    "orbital_rate",
    "osculating_state",
    "parse_epoch",
    "parse_utc",
    "rate_of",
    "relative_state",
    "state_of_equinoctial",
    "state_of_keplerian",
    "still_rotation",
    "sun_elevation",
    "sun_over_ground",
    "sun_path",
    "sun_position",
    "to_frame",
    "true_from_eccentric",
    "true_from_mean",
    "uniform_rotation",
    "vector",
    "vvlh",
]
