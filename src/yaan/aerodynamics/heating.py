"""Aerodynamic heating."""

from jaxtyping import Array, Float


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
