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
from yaan.gnc.navigation import Estimate, perfect
from yaan.gnc.powered import Command, Guidance, Law, Steering, command

__all__ = [
    "AirPath",
    "AttitudeCommand",
    "AttitudeControl",
    "BankProfile",
    "Command",
    "EntryEstimate",
    "Estimate",
    "Guidance",
    "Law",
    "Steering",
    "command",
    "command_trim",
    "constant_bank",
    "control_moment",
    "eased",
    "perfect",
    "rounded",
    "with_reversal",
]
