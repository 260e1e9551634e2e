"""Aerodynamic heating."""

from typing import Final

import jax.numpy as jnp
from jaxtyping import Array, Float

SUTTON_GRAVES: Final = 1.7415e-4
"""Constant of the stagnation-point flux in the Earth's air [kg^0.5/m]."""

STEFAN_BOLTZMANN: Final = 5.670374419e-8
"""Radiant flux of a black body over T^4 [W/(m^2 K^4)] (CODATA 2018, exact in the SI)."""


def free_stream_flux(
    density: Float[Array, "*batch"], speed: Float[Array, "*batch"]
) -> Float[Array, "*batch"]:
    """Free-molecular heat flux on a plate across the stream, 0.5 rho v^3 [W/m^2].

    `density` [kg/m^3], `speed` [m/s] relative to the air. Valid: the criterion for dropping a
    fairing; no wall flux in continuum flow.
    Source: the convention of launchers' user manuals, as Ariane 5 User's Manual, issue 5 (the
    section was not re-read).
    """
    return 0.5 * density * speed**3


def sutton_graves(
    density: Float[Array, "*batch"],
    speed: Float[Array, "*batch"],
    nose_radius: Float[Array, "*batch"],
) -> Float[Array, "*batch"]:
    """Convective heat flux on a cold wall at the stagnation point, k sqrt(rho / R) V^3 [W/m^2].

    `density` [kg/m^3], `speed` [m/s] relative to the air, `nose_radius` [m].
    Valid: laminar continuum flow over a sphere's cap, roughly 3 to 11 km/s below 90 km; higher up
    it exceeds the free-molecular limit and there it says too much.
    Ignores: a hot wall (it takes less), the radiation of the gas (small below 9 km/s, as large as
    convection at lunar speeds), turbulence, catalysis, the shoulder of a capsule at incidence.
    Source: the form of Sutton and Graves, NASA TR R-376 (1971), with the constant for metres and
    kilograms that NASA's thermal workshops print (TFAWS 2012; the report itself has an enthalpy
    form and another constant).
    """
    return SUTTON_GRAVES * jnp.sqrt(density) * (1.0 / jnp.sqrt(nose_radius)) * speed**3


def radiative_equilibrium_temperature(
    flux: Float[Array, "*batch"], emissivity: Float[Array, "*batch"]
) -> Float[Array, "*batch"]:
    """Temperature [K] of a wall that radiates all of `flux` [W/m^2] into a cold sky.

    Ignores: conduction into the wall, ablation, and that a hot wall takes less heat. An upper
    bound for what lasts long, wrong for what is short or ablates.
    """
    return (flux / (emissivity * STEFAN_BOLTZMANN)) ** 0.25
