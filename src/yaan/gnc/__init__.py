"""What flies the vehicle: estimates in, commands out."""

from yaan.gnc.bank import BankProfile, constant_bank, with_reversal
from yaan.gnc.navigation import Estimate, perfect
from yaan.gnc.powered import Command, Guidance, Law, Steering, command

__all__ = [
    "BankProfile",
    "Command",
    "Estimate",
    "Guidance",
    "Law",
    "Steering",
    "command",
    "constant_bank",
    "perfect",
    "with_reversal",
]
