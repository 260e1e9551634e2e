"""What flies the vehicle: estimates in, commands out."""

from yaan.gnc.attitude import (
    AirPath,
    AttitudeCommand,
    AttitudeControl,
    EntryEstimate,
    command_trim,
    control_moment,
)
from yaan.gnc.bank import BankProfile, constant_bank, eased, rounded, with_reversal
from yaan.gnc.base import AbstractEntryGuidance, AbstractGuidance, Command
from yaan.gnc.inertial import Inertial, InertialMemory, drawn, nominal
from yaan.gnc.inertial_errors import InertialParameters, in_orbit
from yaan.gnc.navigation import AbstractNavigator, Estimate, Perfect, Truth
from yaan.gnc.powered import Aims, Law, OpenLoop, Steering

__all__ = [
    "AbstractEntryGuidance",
    "AbstractGuidance",
    "AbstractNavigator",
    "Aims",
    "AirPath",
    "AttitudeCommand",
    "AttitudeControl",
    "BankProfile",
    "Command",
    "EntryEstimate",
    "Estimate",
    "Inertial",
    "InertialMemory",
    "InertialParameters",
    "Law",
    "OpenLoop",
    "Perfect",
    "Steering",
    "Truth",
    "command_trim",
    "constant_bank",
    "control_moment",
    "drawn",
    "eased",
    "in_orbit",
    "nominal",
    "rounded",
    "with_reversal",
]
