"""The figures of the report, as plain plotly JSON: the only drawing in Yaan."""

from yaan.report.figures.attitude import attitude
from yaan.report.figures.bars import homeward, tornado, velocity
from yaan.report.figures.body import (
    body_attitude,
    body_motion,
    body_path,
    goes_around,
    goes_far,
)
from yaan.report.figures.body_loads import body_air, body_loads
from yaan.report.figures.columns import columns
from yaan.report.figures.descent import boxes, parachutes
from yaan.report.figures.entry import corridor, entry
from yaan.report.figures.globe import globe
from yaan.report.figures.guidance import guided_ascent, guided_entry, navigated
from yaan.report.figures.histories import downrange, environment, falls, motion, profiles
from yaan.report.figures.landing import landing
from yaan.report.figures.loads import abort, exposure, seconds_above
from yaan.report.figures.maps import letters, track
from yaan.report.figures.orbit import mission, sunlight
from yaan.report.figures.revolutions import revolutions, stations
from yaan.report.figures.rigid_ascent import rigid_ascent
from yaan.report.figures.skies import skies
from yaan.report.figures.style import Figure

__all__ = [
    "Figure",
    "abort",
    "attitude",
    "body_air",
    "body_attitude",
    "body_loads",
    "body_motion",
    "body_path",
    "boxes",
    "columns",
    "corridor",
    "downrange",
    "entry",
    "environment",
    "exposure",
    "falls",
    "globe",
    "goes_around",
    "goes_far",
    "guided_ascent",
    "guided_entry",
    "homeward",
    "landing",
    "letters",
    "mission",
    "motion",
    "navigated",
    "parachutes",
    "profiles",
    "revolutions",
    "rigid_ascent",
    "seconds_above",
    "skies",
    "stations",
    "sunlight",
    "tornado",
    "track",
    "velocity",
]
