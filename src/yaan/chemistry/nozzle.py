"""A nozzle for any gas whose state is known at each pressure: throat, and places by area.

Isentropic, one-dimensional. With A the area, u the velocity, M the Mach number and gamma the
isentropic exponent, d ln A / d ln p = (1 - M^2) / (gamma M^2), from continuity and
u du = -dp / rho. What melts or freezes on the way makes kinks in it, so that every root is kept in
brackets.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from yaan.base.errors import NoSolutionError

_ROUNDS: Final = 80
_GOLDEN: Final = (math.sqrt(5.0) - 1.0) / 2.0
_LOWEST: Final = 1e-9  # pressure over that of the chamber, below which no exit is sought


@dataclass(frozen=True, slots=True)
class Place:
    """The state of the flow at one pressure.

    Attributes:
        pressure: [Pa].
        density: [kg/m^3].
        velocity: [m/s].
        gamma: isentropic exponent.
        state: whatever the flow keeps of it.
    """

    pressure: float
    density: float
    velocity: float
    gamma: float
    state: Any

    @property
    def flux(self) -> float:
        """Mass flux [kg/(m^2 s)]."""
        return self.density * self.velocity

    @property
    def mach_squared(self) -> float:
        """Square of the Mach number."""
        return self.velocity**2 * self.density / (self.gamma * self.pressure)


Flow = Callable[[float], Place]
"""The place of a flow at a pressure [Pa]."""


def throat(flow: Flow, chamber: float, guess: float | None = None) -> Place:
    """The place of the largest mass flux, where M is one unless a phase changes there."""
    pressure = 0.56 * chamber if guess is None else guess
    for _ in range(25):
        place = flow(pressure)
        mach = place.mach_squared
        if abs(mach - 1.0) < 1e-9:
            return place
        following = pressure * (1.0 + place.gamma * mach) / (1.0 + place.gamma)
        if not 0.05 * chamber < following < chamber:
            break
        pressure = following
    return _largest_flux(flow, chamber)


def _largest_flux(flow: Flow, chamber: float) -> Place:
    """By golden sections: where a phase changes at the throat, M jumps past one."""
    low, high = math.log(0.2 * chamber), math.log(0.98 * chamber)
    inner, outer = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_inner, at_outer = flow(math.exp(inner)), flow(math.exp(outer))
    while high - low > 1e-8:
        if at_inner.flux > at_outer.flux:
            high, outer, at_outer = outer, inner, at_inner
            inner = high - _GOLDEN * (high - low)
            at_inner = flow(math.exp(inner))
        else:
            low, inner, at_inner = inner, outer, at_outer
            outer = low + _GOLDEN * (high - low)
            at_outer = flow(math.exp(outer))
    return flow(math.exp(0.5 * (low + high)))


def at_area(flow: Flow, narrowest: Place, chamber: float, ratio: float, *, subsonic: bool) -> Place:
    """The place where the area is `ratio` of the throat's."""
    target = math.log(ratio)
    near, far = math.log(narrowest.pressure), math.log(_LOWEST * chamber)
    if subsonic:
        far = math.log(chamber) - 1e-12
    # Area grows from the throat to either side.
    x = near + 0.5 * (far - near) if subsonic else near - (0.5 + 1.4 * target)
    x = min(max(x, min(near, far) + 1e-9), max(near, far) - 1e-12)
    for _ in range(_ROUNDS):
        place = flow(math.exp(x))
        miss = math.log(narrowest.flux / place.flux) - target if place.flux > 0.0 else math.inf
        if abs(miss) < 1e-10 or abs(far - near) < 1e-13:
            return place
        if miss > 0.0:
            far = x
        else:
            near = x
        mach = place.mach_squared
        slope = (1.0 - mach) / (place.gamma * mach) if mach > 0.0 else 0.0
        following = x - miss / slope if slope and math.isfinite(miss) else math.nan
        low, high = min(near, far), max(near, far)
        x = following if low < following < high else 0.5 * (near + far)
    raise NoSolutionError(f"no exit of area ratio {ratio:g} was found")
