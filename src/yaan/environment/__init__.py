"""What surrounds a vehicle: gravity, air, wind, Sun and Moon."""

from yaan.environment.atmosphere import (
    AbstractAtmosphere,
    Air,
    ExponentialAtmosphere,
    NoAtmosphere,
    ScaledAtmosphere,
    StandardAtmosphere1976,
    TableAtmosphere,
    UniformAtmosphere,
    load_standard_atmosphere,
)
from yaan.environment.fields import harmonic_gravity, load_gravity
from yaan.environment.gravity import AbstractGravity, PointGravity, ZonalJ2Gravity
from yaan.environment.harmonics import HarmonicGravity
from yaan.environment.nrlmsise00 import NRLMSISE00, Gases, load_nrlmsise00
from yaan.environment.nrlmsise00_series import Drivers, Instant
from yaan.environment.placed import (
    AbstractPlacedAtmosphere,
    ScaledPlacedAtmosphere,
    air_over,
    wind_over,
)
from yaan.environment.radiation import Radiation, lit_fraction
from yaan.environment.sunlight import Eclipse, eclipses, shadow
from yaan.environment.thermosphere import NRLMSISE00Atmosphere, SolarActivity, clock_of
from yaan.environment.third_bodies import AbstractThirdBodies, PointBodies, ThirdBody
from yaan.environment.wind import (
    AbstractPlacedWind,
    AbstractWind,
    ConstantWind,
    NoWind,
    PlacedTableWind,
    TableWind,
)

__all__ = [
    "NRLMSISE00",
    "AbstractAtmosphere",
    "AbstractGravity",
    "AbstractPlacedAtmosphere",
    "AbstractPlacedWind",
    "AbstractThirdBodies",
    "AbstractWind",
    "Air",
    "ConstantWind",
    "Drivers",
    "Eclipse",
    "ExponentialAtmosphere",
    "Gases",
    "HarmonicGravity",
    "Instant",
    "NRLMSISE00Atmosphere",
    "NoAtmosphere",
    "NoWind",
    "PlacedTableWind",
    "PointBodies",
    "PointGravity",
    "Radiation",
    "ScaledAtmosphere",
    "ScaledPlacedAtmosphere",
    "SolarActivity",
    "StandardAtmosphere1976",
    "TableAtmosphere",
    "TableWind",
    "ThirdBody",
    "UniformAtmosphere",
    "ZonalJ2Gravity",
    "air_over",
    "clock_of",
    "eclipses",
    "harmonic_gravity",
    "lit_fraction",
    "load_gravity",
    "load_nrlmsise00",
    "load_standard_atmosphere",
    "shadow",
    "wind_over",
]
