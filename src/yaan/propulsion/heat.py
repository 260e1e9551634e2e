"""Heat into the wall of a chamber and its nozzle, by the equation of Bartz.

    h = 0.026 / D^0.2 (mu^0.2 c_p / Pr^0.6) (p_c / c*)^0.8 (D / R)^0.1 (A_t / A)^0.9 sigma
    q = h (T_aw - T_w)

with viscosity, heat capacity and Prandtl number of the gas at rest in the chamber, `D` the throat's
diameter and `R` the radius of its curvature along the flow. `sigma` takes the properties across the
boundary layer into account:

    sigma = [T_w / (2 T_0) B + 1/2]^-(0.8 - w/5) B^-(w/5),   B = 1 + (gamma - 1) M^2 / 2

with w = 0.6 for the viscosity's power of temperature.

Source: D. R. Bartz, A Simple Equation for Rapid Estimation of Rocket Nozzle Convective Heat
Transfer Coefficients, Jet Propulsion 27 (1957), 49; not re-read, the equations as several programs
have them.
"""

import math
from dataclasses import dataclass
from typing import Final

BAND: Final = (0.6, 1.2)
"""What was measured at throats over what the equation says: assumed.

It is rather too high: Hahm and Kang, J. Korean Society of Propulsion Engineers 16(2), 2012, 42
(abstract read), find it above experiment.
"""

WALL: Final = 800.0
"""Gas-side wall temperature where none is given [K], assumed."""

WALL_BAND: Final = (500.0, 1200.0)
"""Its range [K]: copper alloys that are cooled well, up to uncooled metal."""

CURVATURE: Final = 1.0
"""Radius of the throat's curvature over the throat's radius where none is given, assumed."""

CURVATURE_BAND: Final = (0.4, 1.5)
"""Its range: of the arc behind a throat of today's bells, up to that before it."""

IGNORED: Final = (
    "Convection of a clean gas alone: no film cooling, no soot on the wall, no radiation, no"
    " recombination at the wall, no roughness."
)
"""What it says nothing of."""

_W: Final = 0.6  # power of temperature in the viscosity


@dataclass(frozen=True)
class Gas:
    """The gas at rest in the chamber.

    Attributes:
        pressure: at rest, of the flow in the nozzle [Pa].
        temperature: [K].
        cstar: characteristic velocity [m/s].
        gamma: ratio of specific heats, frozen.
        heat_capacity: frozen, at constant pressure [J/(kg K)].
        viscosity: [Pa s].
        prandtl: number, by the paper 4 gamma / (9 gamma - 5) where no better one is known.
    """

    pressure: float
    temperature: float
    cstar: float
    gamma: float
    heat_capacity: float
    viscosity: float
    prandtl: float


@dataclass(frozen=True)
class Throat:
    """The throat, and its wall.

    Attributes:
        diameter: [m].
        curvature: radius of the wall's curvature along the flow [m].
        wall: temperature of the wall on its gas side [K].
    """

    diameter: float
    curvature: float
    wall: float


def coefficient(gas: Gas, throat: Throat, mach: float = 1.0, area_ratio: float = 1.0) -> float:
    """Heat transfer coefficient [W/(m^2 K)] where the flow has this Mach number and area ratio."""
    film = gas.viscosity**0.2 * gas.heat_capacity / gas.prandtl**0.6
    flow = (gas.pressure / gas.cstar) ** 0.8
    bend = (throat.diameter / throat.curvature) ** 0.1
    plain = 0.026 / throat.diameter**0.2 * film * flow * bend
    return plain * area_ratio**-0.9 * sigma(gas, throat.wall, mach)


def sigma(gas: Gas, wall: float, mach: float) -> float:
    """The factor for properties across the boundary layer; 1 of a wall as hot as gas at rest."""
    rise = 1.0 + 0.5 * (gas.gamma - 1.0) * mach**2
    core = 0.5 * wall / gas.temperature * rise + 0.5
    return core ** -(0.8 - _W / 5.0) * rise ** -(_W / 5.0)


def adiabatic_wall(gas: Gas, mach: float) -> float:
    """Temperature of a wall that takes no heat [K]: recovery factor Pr^(1/3) of turbulent flow."""
    rise = 0.5 * (gas.gamma - 1.0) * mach**2
    return gas.temperature * (1.0 + gas.prandtl ** (1.0 / 3.0) * rise) / (1.0 + rise)


def flux(gas: Gas, throat: Throat, mach: float = 1.0, area_ratio: float = 1.0) -> float:
    """Heat flux into the wall [W/m^2]; below zero where the wall is hotter than the gas."""
    hot = adiabatic_wall(gas, mach) - throat.wall
    return coefficient(gas, throat, mach, area_ratio) * hot


@dataclass(frozen=True)
class ThroatHeat:
    """Heat flux at a throat, and how well it is known.

    Attributes:
        throat: as it was taken.
        coefficient: [W/(m^2 K)].
        adiabatic_wall: [K].
        flux: [W/m^2].
        low: of its range [W/m^2]: of the equation and of all that was assumed.
        high: likewise.
        assumed: what was assumed, in words.
    """

    throat: Throat
    coefficient: float
    adiabatic_wall: float
    flux: float
    low: float
    high: float
    assumed: tuple[str, ...]

    @property
    def warning(self) -> str:
        """A sentence where the wall takes no heat, or may take none; empty elsewhere."""
        if self.low > 0.0:
            return ""
        wall, gas = f"{self.throat.wall:.5g} K", f"{self.adiabatic_wall:.5g} K"
        if self.flux > 0.0:
            return f"A wall hotter than {gas} would take no heat from this gas, but give it some."
        return f"A wall at {wall} takes no heat: the gas alone would bring it to {gas} only."


def throat_heat(
    gas: Gas, diameter: float, wall: float | None = None, curvature: float | None = None
) -> ThroatHeat:
    """The heat flux at a throat; what is not given is assumed and widens its range.

    Args:
        gas: at rest in the chamber.
        diameter: of the throat [m].
        wall: temperature [K].
        curvature: radius [m].
    """
    radius = 0.5 * diameter
    made = Throat(
        diameter,
        CURVATURE * radius if curvature is None else curvature,
        WALL if wall is None else wall,
    )
    walls = WALL_BAND if wall is None else (wall, wall)
    bends = CURVATURE_BAND if curvature is None else (curvature / radius, curvature / radius)
    corners = [
        share * flux(gas, Throat(diameter, b * radius, w))
        for w in walls
        for b in bends
        for share in BAND  # below zero the larger share is the lower end
    ]
    assumed: list[str] = []
    if wall is None:
        assumed.append(f"wall at {WALL:g} K ({WALL_BAND[0]:g} to {WALL_BAND[1]:g} K)")
    if curvature is None:
        low, high = CURVATURE_BAND
        assumed.append(f"throat curvature {CURVATURE:g} of its radius ({low:g} to {high:g})")
    assumed.append(f"measured over computed {BAND[0]:g} to {BAND[1]:g}")
    return ThroatHeat(
        throat=made,
        coefficient=coefficient(gas, made),
        adiabatic_wall=adiabatic_wall(gas, 1.0),
        flux=flux(gas, made),
        low=min(corners),
        high=max(corners),
        assumed=tuple(assumed),
    )


def diameter_of(area: float) -> float:
    """The diameter [m] of a round throat of this area [m^2]."""
    return 2.0 * math.sqrt(area / math.pi)
