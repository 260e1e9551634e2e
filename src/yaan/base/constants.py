"""Constants that are definitions or conventions, never data of a vehicle or a mission."""

from typing import Final

STANDARD_GRAVITY: Final = 9.80665
"""Unit of load and of specific impulse [m/s^2] (CGPM 1901, exact)."""

EARTH_RADIUS: Final = 6_378_137.0
"""Equatorial radius [m]: WGS 84, and the zero of perigee and apogee heights."""

EARTH_FLATTENING: Final = 1.0 / 298.257223563
"""WGS 84 flattening (NGA.STND.0036, table 3.1)."""

EARTH_SPIN: Final = 7.292115e-5
"""Nominal mean angular velocity of the Earth [rad/s] (WGS 84, NGA.STND.0036, table 3.1)."""

EARTH_MU: Final = 3.986004418e14
"""Gravitational parameter of the Earth with its atmosphere [m^3/s^2] (IERS TN 36, table 1.1)."""

SECONDS_PER_DAY: Final = 86_400.0
"""Length of a day [s]."""

EARTH_J2: Final = 1.08262668e-3
"""Second zonal harmonic of the Earth, not normalised, tide-free: sqrt(5) 0.484165371736e-3 (EGM96).

EGM2008 has 1.08262617e-3, five parts in ten million less.
"""
