"""What the Sun does: levels of its activity, and the mean of its cycles.

Of days to come nobody knows the solar flux. A flight takes a level of a standard, or what the
cycles of the past did on average at the same time after their minimum.
"""

import csv
from importlib import resources
from typing import Final, NamedTuple

import numpy as np

LEVELS: Final = {"low": (65.0, 0.0), "mean": (140.0, 15.0), "high": (250.0, 45.0)}
"""Flux at 10.7 cm [1e-22 W/(m2 Hz)], the same for the day and for its mean, and daily Ap.

Source: ECSS-E-ST-10-04C (2008), reference values of the indices for long-term low, moderate and
high activity, as commonly quoted; the standard was not re-read."""

MINIMA: Final = (1954.3, 1964.8, 1976.2, 1986.7, 1996.6, 2008.9, 2019.96)
"""Years of the minima of the smoothed sunspot number. Source: WDC-SILSO, Royal Observatory of
Belgium, table of minima and maxima, to a tenth of a year; as commonly quoted."""

PERCENTILES: Final = {"low": "5", "mean": "50", "high": "95"}
"""Column of the table for each word."""


class Cycle(NamedTuple):
    """A solar cycle against the time since its minimum."""

    year: np.ndarray
    """[n] years after the minimum; the last row is the next minimum."""
    f107: np.ndarray
    """[n] mean solar flux at 10.7 cm [1e-22 W/(m2 Hz)]."""
    ap: np.ndarray
    """[n] geomagnetic index."""


def load_cycle(word: str) -> Cycle:
    """The mean cycle, or what one cycle in twenty stays below (`low`) or above (`high`)."""
    source = resources.files("yaan") / "library" / "tables" / "solar_cycle.csv"
    lines = source.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    share = PERCENTILES[word]
    columns = ("years_after_minimum", f"f107_{share}", f"ap_{share}")
    return Cycle(*(np.array([float(row[name]) for row in rows]) for name in columns))


def in_cycle(word: str, year: float) -> tuple[float, float]:
    """Solar flux at 10.7 cm and Ap of a date in the mean cycle.

    Cycles of the past are stretched to their own lengths; those after the last known minimum have
    the mean one.

    Args:
        word: `mean`, `low` or `high`, one cycle in twenty each.
        year: the date, as a year and its fraction; from 1954.
    """
    cycle = load_cycle(word)
    length = float(cycle.year[-1])
    after = year - MINIMA[-1]
    share = (after % length) / length
    if after < 0.0:
        share = float(np.interp(year, MINIMA, np.arange(len(MINIMA)))) % 1.0
    at = share * length
    return float(np.interp(at, cycle.year, cycle.f107)), float(np.interp(at, cycle.year, cycle.ap))
