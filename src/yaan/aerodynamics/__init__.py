"""Forces of the air on a body, and how they heat it."""

from yaan.aerodynamics.coefficients import AirLoad, Coefficients, Stream, meet
from yaan.aerodynamics.heating import (
    free_stream_flux,
    radiative_equilibrium_temperature,
    sutton_graves,
)
from yaan.aerodynamics.tables import ForceTable

__all__ = [
    "AirLoad",
    "Coefficients",
    "ForceTable",
    "Stream",
    "free_stream_flux",
    "meet",
    "radiative_equilibrium_temperature",
    "sutton_graves",
]
