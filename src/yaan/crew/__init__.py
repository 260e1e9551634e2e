"""What a crew may bear, and what a flight does to it."""

from yaan.crew.limits import SHORTEST, Curve, load_limits
from yaan.crew.loads import grade, longest_exposure
from yaan.crew.touchdown import ClassLimit, water_limit

__all__ = [
    "SHORTEST",
    "ClassLimit",
    "Curve",
    "grade",
    "load_limits",
    "longest_exposure",
    "water_limit",
]
