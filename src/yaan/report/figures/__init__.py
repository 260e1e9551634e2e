"""The figures of the report, as plain plotly JSON: the only drawing in Yaan."""

from yaan.report.figures.bars import tornado, velocity
from yaan.report.figures.histories import downrange, environment, motion, profiles
from yaan.report.figures.loads import abort, exposure, seconds_above
from yaan.report.figures.maps import track
from yaan.report.figures.style import Figure

__all__ = [
    "Figure",
    "abort",
    "downrange",
    "environment",
    "exposure",
    "motion",
    "profiles",
    "seconds_above",
    "tornado",
    "track",
    "velocity",
]
