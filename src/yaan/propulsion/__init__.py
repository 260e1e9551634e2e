"""Engines and motors: thrust and flow against time since ignition."""

from yaan.propulsion.engine import Engines, Firing
from yaan.propulsion.failures import Failures
from yaan.propulsion.off_design import Mixture, ThrottleMap

__all__ = ["Engines", "Failures", "Firing", "Mixture", "ThrottleMap"]
