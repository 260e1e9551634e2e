"""What flies: stages, parts and payload; the capsule that comes home; a body that turns."""

from yaan.vehicle.body import Configuration, Inertia, MassProperties, Nozzle
from yaan.vehicle.capsule import Capsule, CapsuleLoad, RigidCapsule, Trim
from yaan.vehicle.launcher import Launcher
from yaan.vehicle.parachute import Reefing, Step, Train, stack
from yaan.vehicle.spacecraft import Spacecraft

__all__ = [
    "Capsule",
    "CapsuleLoad",
    "Configuration",
    "Inertia",
    "Launcher",
    "MassProperties",
    "Nozzle",
    "Reefing",
    "RigidCapsule",
    "Spacecraft",
    "Step",
    "Train",
    "Trim",
    "stack",
]
