"""What flies: stages, parts and payload."""

from yaan.vehicle.launcher import Launcher

__all__ = ["Launcher"]
