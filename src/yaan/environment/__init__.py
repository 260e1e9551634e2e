"""What surrounds a vehicle: gravity, air, wind, Sun and Moon."""

from yaan.environment.atmosphere import (
    AbstractAtmosphere,
    Air,
    NoAtmosphere,
    StandardAtmosphere1976,
    TableAtmosphere,
    UniformAtmosphere,
    load_standard_atmosphere,
)
from yaan.environment.fields import harmonic_gravity, load_gravity
from yaan.environment.gravity import AbstractGravity, PointGravity, ZonalJ2Gravity
from yaan.environment.harmonics import HarmonicGravity, LowDegreeGravity
from yaan.environment.radiation import Radiation, lit_fraction
from yaan.environment.sunlight import Eclipse, eclipses, shadow
from yaan.environment.third_bodies import AbstractThirdBodies, PointBodies, ThirdBody
from yaan.environment.wind import AbstractWind, ConstantWind, NoWind, TableWind

__all__ = [
    "AbstractAtmosphere",
    "AbstractGravity",
    "AbstractThirdBodies",
    "AbstractWind",
    "Air",
    "ConstantWind",
    "Eclipse",
    "HarmonicGravity",
    "LowDegreeGravity",
    "NoAtmosphere",
    "NoWind",
    "PointBodies",
    "PointGravity",
    "Radiation",
    "StandardAtmosphere1976",
    "TableAtmosphere",
    "TableWind",
    "ThirdBody",
    "UniformAtmosphere",
    "ZonalJ2Gravity",
    "eclipses",
    "harmonic_gravity",
    "lit_fraction",
    "load_gravity",
    "load_standard_atmosphere",
    "shadow",
]
