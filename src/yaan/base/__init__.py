"""Errors and units: the floor that everything stands on. Importing it loads no array library."""

from yaan.base.errors import (
    FrameError,
    InputError,
    NoSolutionError,
    Problem,
    UnitError,
    YaanError,
    listed,
    meant,
    nearest,
    quote,
)
from yaan.base.units import UNITS, describe, dimension_of, format_quantity, parse

__all__ = [
    "UNITS",
    "FrameError",
    "InputError",
    "NoSolutionError",
    "Problem",
    "UnitError",
    "YaanError",
    "describe",
    "dimension_of",
    "format_quantity",
    "listed",
    "meant",
    "nearest",
    "parse",
    "quote",
]
