"""What flies: stages, parts and payload; the capsule that comes home."""

from yaan.vehicle.capsule import Capsule, CapsuleLoad, RigidCapsule, Trim
from yaan.vehicle.launcher import Launcher
from yaan.vehicle.parachute import Reefing, Step, Train, stack
from yaan.vehicle.spacecraft import Spacecraft

__all__ = [
    "Capsule",
    "CapsuleLoad",
    "Launcher",
    "Reefing",
    "RigidCapsule",
    "Spacecraft",
    "Step",
    "Train",
    "Trim",
    "stack",
]
