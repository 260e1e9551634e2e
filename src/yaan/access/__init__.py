"""Who sees what from where and when: events of an arc, stations, passes."""

from yaan.access.events import ArcEvent, Question, SunEvent, events, sun_events
from yaan.access.find import Extrema, Zeros, maxima, minima, samples, zeros
from yaan.access.passes import Pass, PassPoint, Search, passes
from yaan.access.sky import AbstractTurning, IersTurning, SunPath, TabulatedTurning
from yaan.access.stations import Look, Mask, Station

__all__ = [
    "AbstractTurning",
    "ArcEvent",
    "Extrema",
    "IersTurning",
    "Look",
    "Mask",
    "Pass",
    "PassPoint",
    "Question",
    "Search",
    "Station",
    "SunEvent",
    "SunPath",
    "TabulatedTurning",
    "Zeros",
    "events",
    "maxima",
    "minima",
    "passes",
    "samples",
    "sun_events",
    "zeros",
]
