"""Gain and phase margins of the attitude loop of an ascent, in its linearised pitch plane.

At an instant, with coefficients frozen, the angle of attack taken as the pitch angle (the drift of
the vehicle, seconds slower, left out):

    theta'' = mu_alpha theta + mu_control delta

and the control's gains scheduled by mu_control, an actuator of first order, a delay:

    L(s) = (w^2 + 2 z w s) e^(-s T) / ((lag s + 1) (s^2 - mu_alpha))

Of a vehicle that the air turns away (mu_alpha > 0) the gain may neither rise nor fall too far: at
rest L is -w^2 / mu_alpha.

Ignores: bending, slosh, drift, tail-wags-dog, higher actuator modes, filters, and sampling beyond
the half period by which its hold delays. They take from the margins at high frequency; usual
requirements are 6 dB and 30 deg with all of them in.

Source: Greensite, Analysis and Design of Space Vehicle Flight Control Systems, volume I, NASA
CR-820 (1967) (not re-read).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yaan.base.roots import root

Array = NDArray[np.float64]

_GRID = np.geomspace(1e-3, 1e3, 3_000)  # [rad/s]
_POLE = 1e6
_PADE = (1.0, 1 / 2, 1 / 10, 1 / 120)
"""Of e^x to the third order over its mirror (Padé)."""


@dataclass(frozen=True)
class PitchPlane:
    """The loop at an instant."""

    mu_alpha: float
    """Pitch acceleration by angle of attack [1/s^2]; positive: the air turns it away."""
    frequency: float
    """Of the control [rad/s]."""
    damping_ratio: float
    lag: float
    """Time constant of the actuators [s]."""
    delay: float
    """Of the loop [s]: half a sampling period, and what it takes to compute."""

    def response(self, w: Array | float) -> NDArray[np.complex128]:
        """L at frequencies [rad/s]."""
        s = 1j * np.asarray(w, dtype=float)
        gain = self.frequency**2 + 2.0 * self.damping_ratio * self.frequency * s
        return gain * np.exp(-s * self.delay) / ((self.lag * s + 1.0) * (s * s - self.mu_alpha))

    @property
    def poles(self) -> NDArray[np.complex128]:
        """Of the closed loop [1/s], the delay by a Padé approximation of third order."""
        up = np.array([c * self.delay**k for k, c in enumerate(_PADE)])[::-1]
        down = up * (-1.0) ** np.arange(len(up) - 1, -1, -1)
        gain = np.array([2.0 * self.damping_ratio * self.frequency, self.frequency**2])
        plant = np.polymul([self.lag, 1.0], [1.0, 0.0, -self.mu_alpha])
        closed = np.polyadd(np.polymul(plant, up), np.polymul(gain, down))
        return np.roots(np.trim_zeros(closed, "f")).astype(complex)


@dataclass(frozen=True)
class Margins:
    """How far the loop is from the edge of stability; None where nothing of it leads there."""

    stable: bool
    gain_rise: float | None
    """By which the gain may rise [dB]."""
    gain_fall: float | None
    """By which it may fall [dB]."""
    phase: float | None
    """Least lag or lead that takes it to the edge [rad], at any frequency of gain one."""
    crossover: float | None
    """That frequency [rad/s]."""
    delay: float | None
    """Least delay that does [s]."""


def margins(loop: PitchPlane) -> Margins:
    """The margins of a loop; of one that is not stable they are what is missing, or None.

    Valid: a loop whose frequencies lie between 1e-3 and 1e3 rad/s.
    """
    response = loop.response(_GRID)

    def at(w: float) -> complex:
        return complex(loop.response(w))

    turns = _zeros(response.imag, lambda w: at(w).imag)
    # The swing of a stable vehicle is a pole on the axis, through which the sign changes too.
    sizes = [abs(at(w)) for w in turns if at(w).real < 0.0 and abs(at(w)) < _POLE]
    if loop.mu_alpha > 0.0:
        sizes.append(loop.frequency**2 / loop.mu_alpha)
    rise = [-_decibel(size) for size in sizes if size < 1.0]
    fall = [_decibel(size) for size in sizes if size >= 1.0]
    crossings = _zeros(np.log(np.abs(response)), lambda w: float(np.log(abs(at(w)))))
    # Of -L, so that nought is on the edge; lag makes it smaller.
    phases = [(float(np.angle(-at(w))), w) for w in crossings]
    least = min(phases, key=lambda one: abs(one[0]), default=None)
    stable = bool(np.all(loop.poles.real < 0.0))
    later = [phase / w for phase, w in phases if phase > 0.0]
    return Margins(
        stable=stable,
        gain_rise=min(rise, default=None),
        gain_fall=min(fall, default=None),
        phase=None if least is None else abs(least[0]) * (1.0 if stable else -1.0),
        crossover=None if least is None else least[1],
        delay=min(later, default=None) if stable else None,
    )


def _zeros(values: Array, function: Callable[[float], float]) -> list[float]:
    """Where a function changes its sign on the grid [rad/s]."""
    index = np.flatnonzero(np.sign(values[1:]) * np.sign(values[:-1]) < 0.0)
    return [root(function, float(_GRID[i]), float(_GRID[i + 1])) for i in index]


def _decibel(size: float) -> float:
    return float(20.0 * np.log10(size))
