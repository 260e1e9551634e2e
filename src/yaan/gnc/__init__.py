"""What flies the vehicle: estimates in, commands out."""

from yaan.gnc.navigation import Estimate, perfect
from yaan.gnc.powered import Command, Guidance, Law, Steering, command

__all__ = ["Command", "Estimate", "Guidance", "Law", "Steering", "command", "perfect"]
