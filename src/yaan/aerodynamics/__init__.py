"""Forces of the air on a body, and how they heat it."""

from yaan.aerodynamics.heating import (
    free_stream_flux,
    radiative_equilibrium_temperature,
    sutton_graves,
)
from yaan.aerodynamics.tables import ForceTable

__all__ = [
    "ForceTable",
    "free_stream_flux",
    "radiative_equilibrium_temperature",
    "sutton_graves",
]
