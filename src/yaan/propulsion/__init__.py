"""Engines and motors: thrust and flow against time since ignition."""

from yaan.propulsion.engine import Engines, Failures, Firing

__all__ = ["Engines", "Failures", "Firing"]
