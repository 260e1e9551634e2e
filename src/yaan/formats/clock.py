"""Times as these files write them, in any of their time systems."""

from typing import Final

from yaan.spacetime.time import SCALES, Epoch, bundled_orientation, parse_epoch

SYSTEMS: Final = SCALES
"""Time systems that are read and written."""

_DIGITS: Final = 9  # of a second
_FEWEST: Final = 3


def read_time(text: str, system: str) -> Epoch:
    """The instant of a text such as 2022-02-11T12:00:00.000 or 2022-042T12:00:00Z.

    A Z at its end is the terminator of a CCSDS time code, in whatever system. UT1 is by the bundled
    Earth orientation.

    Raises:
        YaanError: no date of the calendar, or no time of the clock.
    """
    orientation = bundled_orientation() if system == "UT1" else None
    return parse_epoch(text.strip().removesuffix("Z"), system, orientation)


def write_time(epoch: Epoch, system: str = "UTC") -> str:
    """The instant as text, to the nanosecond, at least three digits of a second."""
    orientation = bundled_orientation() if system == "UT1" else None
    text = epoch.iso(system, _DIGITS, orientation).partition(" ")[0]
    whole, _, digits = text.partition(".")
    return f"{whole}.{digits.rstrip('0'):0<{_FEWEST}}"
