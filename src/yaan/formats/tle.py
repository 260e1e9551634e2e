"""Two-line element sets, with or without a name in a line before.

Columns: Hoots and Roehrich, Spacetrack Report No. 3 (1980), and Vallado et al., AIAA 2006-6753,
table 1 (not re-read).
"""

import math
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import Final

import erfa
import numpy as np

from yaan.base.constants import SECONDS_PER_DAY
from yaan.formats.blocks import DEGREE
from yaan.formats.clock import read_time
from yaan.formats.record import ElementSet
from yaan.formats.source import Source
from yaan.spacetime.time import Epoch

LENGTH: Final = 69  # characters of a line
REVOLUTION: Final = 2.0 * math.pi / SECONDS_PER_DAY
"""A revolution a day [rad/s]."""

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # Alpha-5: no I, no O
_CENTURY: Final = 57  # years from here on are of the 1900s: the first satellite's
_MOST: Final = 10_000 * (len(_LETTERS) + 10) - 1  # number that five characters hold

_SET: Final = r"[ \d]{0,4}"
_EXPONENT: Final = r"[ +-]\d{5}[+-]\d"
# Name of each field with what it looks like, and its columns, from 1 as the reports have them.
_ONE: Final = (
    ("catalogue number", 3, 7, r"[A-HJ-NP-Z\d ][\d ]{3}\d"),
    ("classification", 8, 8, r"[UCS ]"),
    ("designator", 10, 17, r"(?:\d{5}[A-Z ]{1,3})? *"),
    ("epoch", 19, 32, r"\d{2}[ \d]{2}\d\.\d{8}"),
    ("first derivative of the mean motion", 34, 43, r"[ +-]\.\d{8}|[ +-]?0\.\d{7,8}"),
    ("second derivative of the mean motion", 45, 52, _EXPONENT),
    ("drag term B*", 54, 61, _EXPONENT),
    ("ephemeris type", 63, 63, r"[ 0-9]"),
    ("number of the set", 65, 68, _SET),
)
_TWO: Final = (
    ("catalogue number", 3, 7, r"[A-HJ-NP-Z\d ][\d ]{3}\d"),
    ("inclination", 9, 16, r"[ \d]{2}\d\.\d{4}"),
    ("right ascension of the node", 18, 25, r"[ \d]{2}\d\.\d{4}"),
    ("eccentricity", 27, 33, r"[ \d]{0,6}\d"),
    ("argument of perigee", 35, 42, r"[ \d]{2}\d\.\d{4}"),
    ("mean anomaly", 44, 51, r"[ \d]{2}\d\.\d{4}"),
    ("mean motion", 53, 63, r"[ \d]\d\.\d{8}"),
    ("revolution", 64, 68, r"[ \d]{0,5}"),
)
_BLANK: Final = {1: (2, 9, 18, 33, 44, 53, 62, 64), 2: (2, 8, 17, 26, 34, 43, 52)}


def element_sets(source: Source) -> tuple[ElementSet, ...]:
    """The sets of a text, in its order; nothing is said yet of whether they can be.

    Raises:
        InputError: a line that is no line of a set, a wrong checksum, two lines of two craft.
    """
    found = list[ElementSet]()
    name, first = "", tuple[int, str]()
    for number, text in enumerate(source.text.splitlines(), 1):
        line = text.rstrip()
        if not line or line.startswith("#"):
            continue
        if first:
            found.append(_set(source, name, first, (number, line)))
            name, first = "", ()
        elif line.startswith("1 "):
            first = (number, line)
        elif line.startswith("2 "):
            raise source.refusal(number, "line number", line[0], "1: a line 2 follows a line 1")
        elif name:
            raise source.refusal(number, "", line, "line 1 of a set, after its name")
        else:
            name = line.removeprefix("0 ").strip()
    if first:
        raise source.refusal(first[0], "line 2", None, "line 2 of this set before the file ends")
    if name or not found:
        raise source.refusal(None, "", None, "line 1 and line 2 of a set before the file ends")
    return tuple(found)


def checksum(line: str) -> int:
    """The last digit of a line: its digits added up, a minus as one, modulo ten."""
    return sum(int(c) if c.isdigit() else c == "-" for c in line[: LENGTH - 1]) % 10


def _fields(source: Source, number: int, line: str, which: int) -> dict[str, str]:
    """The fields of a line by name, each of the form that it must have."""
    if line[:2] != f"{which} ":
        raise source.refusal(number, "line number", line[:1], f"line {which} of a set")
    if len(line) != LENGTH:
        raise source.refusal(number, "length", len(line), f"{LENGTH} characters in a line of a set")
    if not line.isascii():
        raise source.refusal(number, "", line, "letters, digits and signs of ASCII")
    for column in _BLANK[which]:
        if line[column - 1] != " ":
            raise source.refusal(number, f"column {column}", line[column - 1], "a blank")
    found = dict[str, str]()
    for name, low, high, form in _ONE if which == 1 else _TWO:
        text = line[low - 1 : high]
        if not re.fullmatch(form, text, re.ASCII):
            raise source.refusal(number, name, text, f"its form, in columns {low} to {high}")
        found[name] = text
    if line[-1] != str(checksum(line)):
        expected = f"{checksum(line)}, what the digits of the line add up to"
        raise source.refusal(number, "checksum", line[-1], expected, "a digit was changed")
    return found


def _set(source: Source, name: str, first: tuple[int, str], second: tuple[int, str]) -> ElementSet:
    one = _fields(source, *first, 1)
    two = _fields(source, *second, 2)
    if one["catalogue number"] != two["catalogue number"]:
        hint = "the two lines are of two craft"
        value, expected = two["catalogue number"], f"{one['catalogue number']}, as in line 1"
        raise source.refusal(second[0], "catalogue number", value, expected, hint)
    return ElementSet(
        name=name,
        number=_number(one["catalogue number"]),
        designator=_designator(one["designator"]),
        classification=one["classification"].strip() or "U",
        epoch=_epoch(source, first[0], one["epoch"]),
        mean_motion=float(two["mean motion"]) * REVOLUTION,
        eccentricity=float(f"0.{two['eccentricity'].replace(' ', '0'):0>7}"),
        inclination=float(two["inclination"]) * DEGREE,
        node=float(two["right ascension of the node"]) * DEGREE,
        argument_of_perigee=float(two["argument of perigee"]) * DEGREE,
        mean_anomaly=float(two["mean anomaly"]) * DEGREE,
        bstar=_with_exponent(one["drag term B*"]),
        mean_motion_dot=_motion_dot(one["first derivative of the mean motion"]),
        mean_motion_ddot=_motion_ddot(one["second derivative of the mean motion"]),
        set_number=int(one["number of the set"].strip() or 0),
        revolution=int(two["revolution"].strip() or 0),
        line=first[0],
    )


def _motion_dot(text: str) -> float:
    return float(text) * REVOLUTION / SECONDS_PER_DAY


def _motion_ddot(text: str) -> float:
    return _with_exponent(text) * REVOLUTION / SECONDS_PER_DAY**2


def _with_exponent(text: str) -> float:
    """The number of a field such as ` 17095-3`: 0.17095e-3."""
    return float(f"{text[0].strip()}0.{text[1:6]}e{text[6:]}")


def _number(text: str) -> int:
    first, rest = text[0], text[1:]
    if first.isalpha():
        return (_LETTERS.index(first) + 10) * 10_000 + int(rest)
    return int(text.replace(" ", "0"))


def _designator(text: str) -> str:
    short = text.strip()
    if not short:
        return ""
    return f"{_year(int(short[:2]))}-{short[2:]}"


def _year(two: int) -> int:
    return two + (1900 if two >= _CENTURY else 2000)


def _epoch(source: Source, line: int, text: str) -> Epoch:
    year, day = _year(int(text[:2])), float(text[2:])
    last = 365 + (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    if not 1.0 <= day < last + 1.0:
        raise source.refusal(line, "epoch", text, f"a day of {year}, 1 to {last} and its part")
    # Of a day of 86,400 s, as whoever writes two lines counts.
    midnight = read_time(f"{year}-{int(day):03d}T00:00:00", "UTC")
    return midnight + round((day - int(day)) * SECONDS_PER_DAY, 6)


def tle_text(sets: Sequence[ElementSet]) -> str:
    """Sets as lines, three where there is a name.

    Raises:
        ValueError: a number that no column can hold.
    """
    return "\n".join(line for one in sets for line in _lines(one)) + "\n"


def _lines(one: ElementSet) -> Iterator[str]:
    if one.name:
        yield one.name
    number = _five(one.number)
    year, day = _day_of_year(one.epoch)
    dot = one.mean_motion_dot * SECONDS_PER_DAY / REVOLUTION
    ddot = one.mean_motion_ddot * SECONDS_PER_DAY**2 / REVOLUTION
    if abs(dot) >= 1.0:
        raise ValueError(f"a first derivative of the mean motion of {dot:g} rev/day^2")
    slope = f"{dot:+.8f}".replace("+0.", " .").replace("-0.", "-.")
    # The piece of a designator has three letters at most; its year and launch are five digits.
    launch = re.fullmatch(r"\d{2}(\d{2})-(\d{3}[A-Z]{1,3})", one.designator)
    piece = f"{launch[1]}{launch[2]}" if launch else ""
    text = f"1 {number}{one.classification[:1] or 'U'} {piece:<8} {year % 100:02d}{day:012.8f} "
    text += (
        f"{slope} {_exponent_text(ddot)} {_exponent_text(one.bstar)} 0 {one.set_number % 10_000:4d}"
    )
    yield f"{text}{checksum(text)}"
    angles = (one.inclination, one.node, one.argument_of_perigee, one.mean_anomaly)
    tilt, node, perigee, anomaly = (f"{angle / DEGREE:8.4f}" for angle in angles)
    shape = f"{round(one.eccentricity * 1e7):07d}"
    text = f"2 {number} {tilt} {node} {shape} {perigee} {anomaly} "
    text += f"{one.mean_motion / REVOLUTION:11.8f}{one.revolution % 100_000:5d}"
    yield f"{text}{checksum(text)}"


def _five(number: int) -> str:
    if not 0 <= number <= _MOST:
        raise ValueError(f"a catalogue number of {number}: two lines hold up to {_MOST}")
    if number < 100_000:
        return f"{number:05d}"
    return f"{_LETTERS[number // 10_000 - 10]}{number % 10_000:04d}"


def _exponent_text(value: float) -> str:
    """A number as ` 17095-3`."""
    sign = "-" if value < 0.0 else " "
    size = abs(value)
    power = 0 if size == 0.0 else math.floor(math.log10(size)) + 1
    digits = round(size / 10.0**power * 1e5)
    if digits == 100_000:
        digits, power = 10_000, power + 1
    if power < -9:
        digits, power = round(size * 1e14), -9
    if power > 9:
        raise ValueError(f"a number of {value:g}: two lines hold up to 1e9")
    mark = "-" if power < 0 else "+"
    return f"{sign}{digits:05d}{mark}{abs(power)}"


def _day_of_year(epoch: Epoch) -> tuple[int, float]:
    """Year and day of it from 1, in UTC."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", erfa.ErfaWarning)  # years of unknown leap seconds
        day, part = epoch.utc()
        year, _, _, _ = erfa.jd2cal(day, part)
        start = np.sum(erfa.cal2jd(int(year), 1, 1))
    found = (day - start) + part + 1.0
    return int(year), float(found)
