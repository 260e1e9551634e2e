"""How flights ended, one a lane: the columns of a batch, checked against one catalogue."""

from collections.abc import Mapping
from types import MappingProxyType

from yaan.results.trajectory import Array, Column

_LANE = ("lane",)


def _column(unit: str, frame: str, long_name: str, *, integer: bool = False) -> Column:
    return Column(unit, frame, long_name, _LANE, integer)


ENDS: Mapping[str, Column] = MappingProxyType(
    {
        "outcome": _column("1", "", "how it ended, 0 as it should", integer=True),
        "time": _column("s", "", "of the end, since the epoch"),
        "height": _column("m", "WGS 84 ellipsoid", "geodetic height of the end"),
        "latitude": _column("rad", "WGS 84 ellipsoid", "geodetic latitude of the end"),
        "longitude": _column("rad", "ITRS", "longitude of the end, east positive"),
        "perigee": _column("m", "", "perigee at cut-off, above 6378.137 km"),
        "apogee": _column("m", "", "apogee at cut-off, above 6378.137 km"),
        "inclination": _column("rad", "true equator of date", "inclination at cut-off"),
        "propellant_left": _column("kg", "", "in the stages that are aboard at cut-off"),
        "velocity_lacking": _column(
            "m s-1", "", "what a guided ascent that ran dry lacked for the energy of its orbit"
        ),
        "module_propellant_left": _column("kg", "", "in the service module after the deorbit"),
        "interface_time": _column("s", "", "at which the entry begins, since the epoch"),
        "interface_speed": _column("m s-1", "GCRS", "inertial speed as the entry begins"),
        "interface_angle": _column("rad", "GCRS", "inertial flight-path angle as it begins"),
        "peak_load": _column(
            "1", "body", "largest load of the entry, over g0; of a body or of phases, of all"
        ),
        "peak_heat_flux": _column(
            "W m-2", "nose", "largest flux at the stagnation point, likewise"
        ),
        "heat_load": _column("J m-2", "nose", "heat flux of the stagnation point over time"),
        "canopy_load": _column("N", "", "largest force of one canopy"),
        "speed_down": _column("m s-1", "ground", "at touchdown, downwards"),
        "speed_across": _column("m s-1", "ground", "at touchdown, horizontal"),
        "miss": _column("m", "ground", "distance of the end from the aim of the commands"),
    }
)
"""What is told of the end of a lane; NaN of what it did not come to."""

Ends = dict[str, Array]
"""Columns of `ENDS` by name [lanes], and `phase`: the name of the one that each ended in."""
