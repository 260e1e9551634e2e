"""What flies: stages, parts and payload; the capsule that comes home."""

from yaan.vehicle.capsule import Capsule, Trim
from yaan.vehicle.launcher import Launcher

__all__ = ["Capsule", "Launcher", "Trim"]
