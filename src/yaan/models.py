"""What a model of one's own is made of: the abstract classes, and what they answer with.

    from yaan.models import AbstractAtmosphere, Air, Model

`yaan.Mission.with_model` flies it.
"""

from yaan.base.model import Model
from yaan.base.tables import Table
from yaan.environment.atmosphere import AbstractAtmosphere, Air
from yaan.environment.gravity import AbstractGravity
from yaan.environment.wind import AbstractWind

__all__ = ["AbstractAtmosphere", "AbstractGravity", "AbstractWind", "Air", "Model", "Table"]
