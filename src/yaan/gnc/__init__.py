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
    "Law",
    "OpenLoop",
    "Perfect",
    "Steering",
    "Truth",
    "command_trim",
    "constant_bank",
    "control_moment",
    "eased",
    "rounded",
    "with_reversal",
]
