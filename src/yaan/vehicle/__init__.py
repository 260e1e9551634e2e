"""What flies: stages, parts, payload; capsules and all that hangs from canopies; what turns."""

from yaan.vehicle.body import Configuration, Inertia, MassProperties, Nozzle
from yaan.vehicle.capsule import Capsule, CapsuleLoad, RigidCapsule, Trim
from yaan.vehicle.forebody import Forebody, along_stream, blunt
from yaan.vehicle.launcher import Launcher
from yaan.vehicle.parachute import Reefing, Step, Train, stack
from yaan.vehicle.retro import Retro
from yaan.vehicle.spacecraft import Spacecraft

__all__ = [
    "Capsule",
    "CapsuleLoad",
    "Configuration",
    "Forebody",
    "Inertia",
    "Launcher",
    "MassProperties",
    "Nozzle",
    "Reefing",
    "Retro",
    "RigidCapsule",
    "Spacecraft",
    "Step",
    "Train",
    "Trim",
    "along_stream",
    "blunt",
    "stack",
]
