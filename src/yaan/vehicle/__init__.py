"""What flies: stages, parts and payload; the capsule that comes home."""

from yaan.vehicle.capsule import Capsule, Trim
from yaan.vehicle.launcher import Launcher
from yaan.vehicle.spacecraft import Spacecraft

__all__ = ["Capsule", "Launcher", "Spacecraft", "Trim"]
