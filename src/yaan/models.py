"""What a model of one's own is made of: the abstract classes, and what they answer with.

    from yaan.models import AbstractAtmosphere, Air, Model

`yaan.Mission.with_model` flies it.
"""

from yaan.base.model import Model
from yaan.base.tables import Table
from yaan.environment.atmosphere import AbstractAtmosphere, Air
from yaan.environment.gravity import AbstractGravity
from yaan.environment.wind import AbstractWind
from yaan.gnc.base import AbstractEntryGuidance, AbstractGuidance, Command
from yaan.gnc.navigation import Estimate
from yaan.spacetime.frame import Vector

__all__ = [
    "AbstractAtmosphere",
    "AbstractEntryGuidance",
    "AbstractGravity",
    "AbstractGuidance",
    "AbstractWind",
    "Air",
    "Command",
    "Estimate",
    "Model",
    "Table",
    "Vector",
]
