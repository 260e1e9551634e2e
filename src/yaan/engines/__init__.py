"""Engines for users: design points from propellants, sweeps of them, and those that exist."""

from yaan.engines.ask import EngineOptions
from yaan.engines.design import EngineDesign, EngineSweep, catalogue, engine, named
from yaan.engines.entry import CatalogueEngine
from yaan.engines.sweep import Stopped

__all__ = [
    "CatalogueEngine",
    "EngineDesign",
    "EngineOptions",
    "EngineSweep",
    "Stopped",
    "catalogue",
    "engine",
    "named",
]
