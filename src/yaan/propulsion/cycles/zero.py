"""Zeros between two points of different signs."""

from collections.abc import Callable
from typing import Any


def zero(function: Callable[[float], float], low: float, high: float) -> float:
    """The zero of a function between two points, by Brent's method (SciPy), to rounding."""
    from scipy.optimize import root_scalar

    found: Any = root_scalar(function, bracket=[low, high], method="brentq", xtol=1e-13, rtol=1e-13)
    return float(found.root)
