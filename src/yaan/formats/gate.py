"""What element sets must be to be let in: of an orbit, of this Earth, and of a craft that is there.

Columns, checksums and keywords are looked at as a file is read. Here is what the numbers say: a
perigee below the ground, an epoch before the launch, digits that nobody measured.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from yaan.base.constants import SECONDS_PER_DAY
from yaan.base.errors import InputError, YaanError
from yaan.formats.blocks import DEGREE
from yaan.formats.clock import read_time
from yaan.formats.record import ElementSet, ElementSets
from yaan.formats.sgp4_arc import EARTH_RADIUS_72, MU_72, satellite, states_teme
from yaan.formats.source import Source
from yaan.formats.tle import REVOLUTION
from yaan.spacetime.time import Epoch

STALE: Final = 14.0
"""Days from the epoch beyond which a set is doubted: in a low orbit drag has its way."""

_FASTEST: Final = 17.1  # [rev/day], an orbit at the ground
_SLOWEST: Final = 0.03  # [rev/day], the Moon's
_ROUND: Final = 10
"""Trailing zeros of the printed elements together from which on they are invented.

Of measured ones a set in three million has as many: 3003 ways to deal ten zeros to six elements,
each zero one time in ten.
"""

_WORDS: Final = re.compile(
    r"\b(SYNTHETIC|FICTITIOUS|FICTIONAL|FAKE|INVENTED|SIMULATED|PLACEHOLDER|NOT REAL)\b"
)
_LAUNCH: Final = re.compile(r"(\d{4})-(\d{3})([A-Z]{1,3})")
_YEAR: Final = 365.25  # [day]
_WRAP: Final = 100_000  # revolutions that five digits count
_SHARE: Final = 0.2  # of the revolutions since the launch that counts of payloads are out by


def admitted(sets: ElementSets, source: Source) -> ElementSets:
    """The sets with what is doubtful of them in their notes.

    Raises:
        InputError: the first that cannot be, with its line and the reason.
    """
    notes = list[str]()
    for one in sets.sets:
        _check_orbit(source, one)
        _check_invented(source, one)
        _check_launch(source, one)
        notes += revolution_notes(one)
    _check_copies(source, sets.sets)
    return replace(sets, notes=(*sets.notes, *notes))


def _refuse(
    source: Source, one: ElementSet, key: str, value: object, expected: str, hint: str = ""
) -> InputError:
    return source.refusal(one.line, f"{title(one)}, {key}", value, expected, hint)


def title(one: ElementSet) -> str:
    """The craft as messages call it."""
    return f"{one.name} ({one.number})" if one.name else str(one.number)


def _check_orbit(source: Source, one: ElementSet) -> None:
    """Elements in their ranges, of an orbit that is above the ground, from which SGP4 starts."""
    motion = one.mean_motion / REVOLUTION
    if not _SLOWEST <= motion <= _FASTEST:
        expected = f"{_SLOWEST} to {_FASTEST} rev/day: about the Earth, above its ground"
        raise _refuse(source, one, "mean motion", f"{motion:.8f}", expected)
    if not 0.0 <= one.eccentricity < 1.0:
        raise _refuse(source, one, "eccentricity", f"{one.eccentricity:.7f}", "0 to below 1")
    if not 0.0 <= one.inclination <= math.pi:
        value = f"{one.inclination / DEGREE:.4f} deg"
        raise _refuse(source, one, "inclination", value, "0 to 180 deg")
    for key, angle in (
        ("right ascension of the node", one.node),
        ("argument of perigee", one.argument_of_perigee),
        ("mean anomaly", one.mean_anomaly),
    ):
        if not -2.0 * math.pi <= angle <= 2.0 * math.pi:
            value = f"{angle / DEGREE:.4f} deg"
            raise _refuse(source, one, key, value, "an angle of at most 360 deg")
    height = perigee(one)
    if height < 0.0:
        expected = "a perigee above the ground: a set of a craft that has decayed, or of none"
        raise _refuse(source, one, "perigee", f"{height / 1e3:.1f} km", expected)
    try:
        satellite(one)
        states_teme(one, 0.0)
    except YaanError as error:
        expected = "elements from which SGP4 starts"
        raise _refuse(source, one, "elements", None, expected, str(error)) from error


def perigee(one: ElementSet) -> float:
    """Height of the mean perigee above the equator's radius [m], by Kepler's law as SGP4 has it."""
    axis = (MU_72 / one.mean_motion**2) ** (1.0 / 3.0)
    return axis * (1.0 - one.eccentricity) - EARTH_RADIUS_72


def _check_invented(source: Source, one: ElementSet) -> None:
    """A set that says so itself, or whose digits nobody measured."""
    found = _WORDS.search(one.name.upper())
    if found:
        expected = "a set that was measured: this one says itself that it was not"
        raise _refuse(source, one, "name", one.name, expected)
    zeros = trailing_zeros(one)
    if zeros >= _ROUND:
        expected = f"elements that were measured: together they end in {zeros} zeros"
        raise _refuse(source, one, "elements", None, expected, "round numbers are invented ones")


def trailing_zeros(one: ElementSet) -> int:
    """Zeros at the ends of the six elements, in the digits that two lines print."""
    angles = (one.inclination, one.node, one.argument_of_perigee, one.mean_anomaly)
    texts = [f"{angle / DEGREE:.4f}" for angle in angles]
    texts += [f"{one.eccentricity:.7f}", f"{one.mean_motion / REVOLUTION:.8f}"]
    decimals = [text.partition(".")[2] for text in texts]
    return sum(len(digits) - len(digits.rstrip("0")) for digits in decimals)


def _check_launch(source: Source, one: ElementSet) -> None:
    """No orbit before the launch, nor after today's science: 1957."""
    launch = _launched(one)
    if launch is None:
        return
    if (one.epoch - launch) < 0.0:
        expected = f"an epoch after the launch, {one.designator}"
        raise _refuse(source, one, "epoch", one.epoch.iso(), expected)


def _launched(one: ElementSet) -> Epoch | None:
    """The first instant of the year of the launch; None where nothing says which."""
    match = _LAUNCH.fullmatch(one.designator)
    if match is None:
        return None
    if not 1 <= int(match[2]) <= 999 or int(match[1]) < 1957:
        return None
    try:
        return read_time(f"{match[1]}-01-01T00:00:00", "UTC")
    except YaanError:
        return None


def revolution_notes(one: ElementSet) -> list[str]:
    """Doubt about a payload whose count of revolutions is not that of its years in orbit.

    Counts start anew now and then, so this is no proof; a set with another craft's numbers has
    that craft's count, though.
    """
    launch, match = _launched(one), _LAUNCH.fullmatch(one.designator)
    if launch is None or match is None or match[3] != "A" or one.revolution == 0:
        return []
    motion = one.mean_motion / REVOLUTION
    days = (one.epoch - launch) / SECONDS_PER_DAY
    most, least = motion * days, motion * max(days - _YEAR, 0.0)
    low, high = least * (1.0 - _SHARE), most * (1.0 + _SHARE)
    counts = (one.revolution + k * _WRAP for k in range(int(high // _WRAP) + 1))
    if any(low <= count <= high for count in counts):
        return []
    return [
        f"{title(one)}: revolution {one.revolution} is none of a craft launched in {match[1]} "
        f"({least:.0f} to {most:.0f} since): it may be a set of another craft."
    ]


_Shape = tuple[float, float, float, float, float, float, float]


def _check_copies(source: Source, sets: Sequence[ElementSet]) -> None:
    """No two craft on one orbit to the last digit: the second was made from the first."""
    seen = dict[_Shape, ElementSet]()
    for one in sets:
        shape = (
            one.epoch.whole + one.epoch.fraction,
            one.inclination,
            one.node,
            one.eccentricity,
            one.argument_of_perigee,
            one.mean_motion,
            one.bstar,
        )
        other = seen.setdefault(shape, one)
        if other.number != one.number:
            expected = f"elements of its own: they are those of {title(other)} to the last digit"
            raise _refuse(source, one, "elements", None, expected, "one is a copy of the other")


def age_notes(one: ElementSet, start: Epoch, stop: Epoch, days: float = STALE) -> list[str]:
    """A sentence where a span from `start` to `stop` goes further from the epoch than `days`."""
    ends = ((at - one.epoch) / SECONDS_PER_DAY for at in (start, stop))
    furthest = max(ends, key=abs)
    if abs(furthest) <= days:
        return []
    way = "after" if furthest > 0.0 else "before"
    return [
        f"{title(one)}: asked for {abs(furthest):.0f} days {way} the epoch of its elements, "
        f"{one.epoch.iso()}; in a low orbit the error of SGP4 grows by kilometres a day."
    ]
