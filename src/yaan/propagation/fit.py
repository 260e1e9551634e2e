"""An orbit fitted to states that were given: by least squares, with derivatives of the flight.

What is found is the state at the epoch and, where asked, factors on what air and sunlight press
on. A factor takes up whatever else is wrong along the track: of the density, the mass, the area.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from yaan.base.errors import NoSolutionError
from yaan.propagation.motion import Craft
from yaan.propagation.propagate import STATE, Propagated, Scene, Start, changed_state, propagate
from yaan.results.outcome import OutcomeCode

Array = NDArray[np.float64]

AREAS: Final = ("drag_area", "radiation_area")
"""What a factor may be fitted on, by the names of `Craft`."""

_BEYOND: Final = 60.0  # [s] that is propagated after the last state
_MOST: Final = 40  # propagations
_SLOWER: Final = 1e-3  # [1/s] a metre in position is as much as this in velocity, in low orbit


@dataclass(frozen=True)
class Seen:
    """States that were given, in GCRS."""

    time: Array
    """[n, s] since the epoch."""
    position: Array
    """[n, 3, m]"""
    velocity: Array | None = None
    """[n, 3, m/s]; None: positions alone are fitted."""
    sigma: float = 1.0
    """Of each component of a position [m]; that of a velocity is a thousandth of it a second."""


@dataclass(frozen=True)
class Fitted:
    """The orbit that is nearest to what was seen."""

    start: Start
    """At the epoch."""
    factors: dict[str, float]
    """By which what is pressed on was multiplied."""
    residuals: Array
    """[n, 3, m], seen less fitted, in GCRS."""
    covariance: Array
    """Of the state [m, m/s] and the factors, in the order of `factors`, as `sigma` has it."""
    orbit: Propagated
    propagations: int

    @property
    def rms(self) -> float:
        """Root mean square of the distances [m]."""
        return float(np.sqrt(np.mean(np.sum(self.residuals**2, axis=1))))


def fit(
    scene: Scene,
    guess: Start,
    seen: Seen,
    factors: Sequence[str] = (),
    accuracy: float = 0.01,
) -> Fitted:
    """The orbit nearest to the states `seen`, from a first `guess` of the one at the epoch.

    `factors` are some of `AREAS`; `accuracy` [m] as of `propagate`.

    Raises:
        NoSolutionError: an orbit on the way came down, or the search did not settle.
    """
    stop = float(np.max(seen.time)) + _BEYOND
    count = STATE + len(factors)
    areas = [float(getattr(scene.craft, name)) for name in factors]
    known: dict[bytes, Propagated] = {}

    def flown(x: Array) -> Propagated:
        found = known.get(x.tobytes())
        if found is None:
            craft = _scaled(scene.craft, factors, x[STATE:])
            there = replace(scene, craft=craft, changed=changed_state(craft, *factors))
            start = (guess[0] + x[:3], guess[1] + x[3:STATE], guess[2])
            (found,) = propagate(there, [start], stop, accuracy)
            if found.outcome is not OutcomeCode.REACHED:
                raise NoSolutionError(f"{scene.name}: an orbit on the way of the fit came down.")
            known[x.tobytes()] = found
        return found

    def residuals(x: Array) -> Array:
        position, velocity = flown(x).arc.at(seen.time)
        parts = [(position - seen.position) / seen.sigma]
        if seen.velocity is not None:
            parts.append((velocity - seen.velocity) / (seen.sigma * _SLOWER))
        return np.concatenate(parts, axis=1).ravel()

    def slopes(x: Array) -> Array:
        answer = flown(x).answer(seen.time)  # [n, 6, k]
        scale = np.repeat([1.0 / seen.sigma, 1.0 / (seen.sigma * _SLOWER)], 3)
        rows = STATE if seen.velocity is not None else 3
        scaled = answer[:, :rows] * scale[:rows, None]
        # A column is after square metres; a factor is of the area that there was.
        scaled[:, :, STATE:] *= areas
        return scaled.reshape(-1, count)

    first = np.concatenate([np.zeros(STATE), np.ones(len(factors))])
    jacobian: Any = slopes
    found: Any = least_squares(
        residuals, first, jac=jacobian, method="lm", x_scale="jac", xtol=1e-12, max_nfev=_MOST
    )
    if found.status <= 0:
        raise NoSolutionError(f"{scene.name}: no orbit was found within {_MOST} propagations.")
    x, best = np.asarray(found.x), flown(np.asarray(found.x))
    normal = slopes(x).T @ slopes(x)
    return Fitted(
        start=(guess[0] + x[:3], guess[1] + x[3:STATE], guess[2]),
        factors={name: float(v) for name, v in zip(factors, x[STATE:], strict=True)},
        residuals=seen.position - best.arc.at(seen.time)[0],
        covariance=np.asarray(np.linalg.inv(normal), dtype=float),
        orbit=best,
        propagations=len(known),
    )


def _scaled(craft: Craft, names: Sequence[str], factors: Array) -> Craft:
    areas = {name: getattr(craft, name) for name in AREAS}
    for name, factor in zip(names, factors, strict=True):
        areas[name] = areas[name] * jnp.asarray(factor)
    return Craft(**areas, burns=craft.burns, kicks=craft.kicks)
