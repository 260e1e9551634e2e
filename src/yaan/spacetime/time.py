"""Time: an epoch as TAI seconds in two parts, its scales, and the Earth's bundled orientation.

Host code: ERFA is never called inside traced code.
"""

import datetime
import functools
import itertools
import re
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import astropy_iers_data
import erfa
import numpy as np

from yaan.base.constants import SECONDS_PER_DAY
from yaan.base.errors import YaanError, nearest

SCALES: Final = ("UTC", "TAI", "TT", "TDB", "UT1", "GPS")
"""Time scales of texts and Julian dates."""

_UTC = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?\s*(?:UTC|Z)", re.ASCII)
_TEXT = re.compile(
    r"(\d{4})-(?:(\d{2})-(\d{2})|(\d{3}))[T ](\d{2}):(\d{2}):(\d{2})(\.\d+)?\s*([A-Za-z]\w*)?",
    re.ASCII,
)
_FORM = 'write it as "2027-01-15T03:30:00 UTC"'
_J2000_JD = 2_451_545.0  # [day]
_J2000_DAY = datetime.date(2000, 1, 1)
_NOON = 43_200.0  # [s]
_MINUTE = 60  # [s]
_HOUR = 3_600  # [s]
_HOURS = 24
_LAST_MINUTE = (23, 59)
_TT_TAI = 32.184  # [s] IAU 1991, exact
_TAI_GPS = 19.0  # [s] as UTC was on 1980-01-06, when GPS time began
_DIGITS = 9  # of a second, as ERFA writes them
_SECONDS = 1972
"""Year from which UTC is adjusted by whole seconds; it began with a step of 0.108 s."""
_BEGUN = 1960
"""Year in which UTC began."""


@dataclass(frozen=True, order=True)
class Epoch:
    """An instant: whole TAI seconds since 2000-01-01T12:00:00 TAI, and the fraction in [0, 1).

    Two parts keep a picosecond over centuries; one float64 keeps 60 ns in 2027. The difference of
    two epochs is in seconds, and the earlier one is the smaller.
    """

    whole: float
    fraction: float

    def __add__(self, seconds: float) -> "Epoch":
        # The whole seconds first, or a long time would cost the fraction its digits.
        steps = float(np.floor(seconds))
        total = self.fraction + (seconds - steps)
        carried = float(np.floor(total))
        return Epoch(self.whole + steps + carried, total - carried)

    def __sub__(self, other: "Epoch") -> float:
        """Seconds from `other` to this one [s]: TAI seconds, leap seconds counted."""
        return (self.whole - other.whole) + (self.fraction - other.fraction)

    def tai(self) -> tuple[float, float]:
        """Two-part Julian date in TAI [day]."""
        days, rest = divmod(self.whole, SECONDS_PER_DAY)
        return _J2000_JD + days, (rest + self.fraction) / SECONDS_PER_DAY

    def tt(self) -> tuple[float, float]:
        """Two-part Julian date in TT [day]."""
        return erfa.taitt(*self.tai())

    def tdb(self) -> tuple[float, float]:
        """Two-part Julian date in TDB [day], of a clock at the Earth's centre.

        Within 2 ms of TT; the series is good to 10 ns between 1950 and 2050. Ignores the place of
        the clock: 2 microseconds at the surface. Source: Fairhead and Bretagnon, A&A 229 (1990)
        240, by ERFA (eraDtdb).
        """
        tt = self.tt()
        return erfa.tttdb(*tt, _tdb_tt(*tt))

    def utc(self) -> tuple[float, float]:
        """Two-part quasi Julian date in UTC [day] (leap seconds as ERFA keeps them)."""
        return erfa.taiutc(*self.tai())

    def ut1(self, orientation: "EarthOrientation") -> tuple[float, float]:
        """Two-part Julian date in UT1 [day]; `orientation.note` tells how good it is."""
        return erfa.taiut1(*self.tai(), _ut1_tai(self, orientation))

    def jd(self, scale: str, orientation: "EarthOrientation | None" = None) -> tuple[float, float]:
        """Two-part Julian date [day] in one of `SCALES`; in UTC the quasi date of ERFA.

        Raises:
            YaanError: no such scale, or UT1 without `orientation`.
        """
        scale = _known(scale)
        if scale == "UT1":
            return self.ut1(_required(orientation))
        if scale == "GPS":
            return (self + -_TAI_GPS).tai()
        with _undated():
            return {"UTC": self.utc, "TAI": self.tai, "TT": self.tt, "TDB": self.tdb}[scale]()

    def iso(
        self, scale: str = "UTC", digits: int = 3, orientation: "EarthOrientation | None" = None
    ) -> str:
        """Calendar text in one of `SCALES`, rounded to `digits` of a second, 0 to 9.

        A rounding carries: into 23:59:60 on the days that have it, into the next day on others.

        Raises:
            YaanError: no such scale, UT1 without `orientation`, or too many digits.
        """
        scale = _known(scale)
        if not 0 <= digits <= _DIGITS:
            raise YaanError(f"{digits} digits of a second: expected 0 to {_DIGITS}")
        with _undated():
            date = self.jd(scale, orientation)
            year, month, day, clock = erfa.d2dtf(scale, digits, *date)
        h, m, s, f = (int(part) for part in clock.item())
        text = f"{int(year):04d}-{int(month):02d}-{int(day):02d}T{h:02d}:{m:02d}:{s:02d}"
        return f"{text}.{f:0{digits}d} {scale}" if digits else f"{text} {scale}"


@contextmanager
def _undated() -> Generator[None]:
    """No warning of years whose leap seconds nobody knows yet; a note of the flight says so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", erfa.ErfaWarning)
        yield


def _known(scale: str) -> str:
    if scale.upper() not in SCALES:
        raise YaanError(f'"{scale}" is no time scale; {nearest(scale.upper(), SCALES)}')
    return scale.upper()


def _required(orientation: "EarthOrientation | None") -> "EarthOrientation":
    if orientation is None:
        raise YaanError("UT1 is measured: give the Earth orientation, as bundled_orientation()")
    return orientation


def _ut1_tai(epoch: Epoch, orientation: "EarthOrientation") -> float:
    """UT1 - TAI [s] then."""
    with _undated():
        mjd = sum(epoch.utc()) - 2_400_000.5
    return float(orientation.at(np.asarray(mjd))["ut1_tai"])


def _tdb_tt(day: float, part: float) -> float:
    """TDB - TT [s] at the Earth's centre, where UT1 and longitude count for nothing."""
    return float(erfa.dtdb(day, part, 0.0, 0.0, 0.0, 0.0))


def ends_in_leap_second(year: int, month: int, day: int) -> bool:
    """Whether 23:59:60 UTC of a day was an instant: a leap second was inserted, since 1972."""
    table = erfa.leap_seconds.get()
    begun = {(int(row["year"]), int(row["month"])) for row in table[1:] if row["year"] >= _SECONDS}
    after = datetime.date(year, month, day) + datetime.timedelta(days=1)
    return after.day == 1 and (after.year, after.month) in begun - {(_SECONDS, 1)}


def parse_utc(text: str) -> Epoch:
    """The epoch of a text such as `2027-01-15T03:30:00 UTC`.

    Raises:
        YaanError: when the text is no UTC date of that form.
    """
    if _UTC.fullmatch(text.strip()) is None:
        raise YaanError(f'"{text}" is no epoch: {_FORM}')
    return parse_epoch(text)


def parse_epoch(
    text: str, default_scale: str | None = None, orientation: "EarthOrientation | None" = None
) -> Epoch:
    """The epoch of a text such as `2027-01-15T03:30:00.123456789 TT`.

    The day is a date or, as CCSDS has it, one of the year: `2022-042T12:00:00.000`. Behind the
    time stands its scale, one of `SCALES`, or Z for UTC; `default_scale` is that of a text without
    one. Decimals count to the picosecond; before 1972, when UTC ran at rates of its own, to the
    nanosecond.

    Raises:
        YaanError: another form, no scale, no such day or time, UTC before 1960, or UT1 without
            `orientation`.
    """
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise YaanError(f'"{text}" is no epoch: {_FORM}')
    scale = match[9] or default_scale
    if scale is None:
        known = ", ".join(SCALES[:-1])
        raise YaanError(f'"{text}" has no time scale: write {known} or {SCALES[-1]} behind it')
    scale = "UTC" if scale in ("Z", "z") else _known(scale)
    hour, minute, second = (int(match[i]) for i in (5, 6, 7))
    fraction = float(f"0{match[8]}") if match[8] else 0.0
    try:
        day = _day(match)
        if not (hour < _HOURS and minute < _MINUTE and second < _MINUTE):
            _require_leap_second(text, scale, day, (hour, minute, second))
    except (ValueError, OverflowError) as error:
        raise YaanError(f'"{text}" is no date of the calendar, or no time of the clock') from error
    if scale == "UTC" and day.year < _SECONDS:
        return _drifting(text, day, (hour, minute, second + fraction))
    of_day = hour * _HOUR + minute * _MINUTE + second
    read = Epoch((day - _J2000_DAY).days * SECONDS_PER_DAY - _NOON + of_day, 0.0) + fraction
    if scale == "UTC":
        with _undated():
            return read + float(erfa.dat(day.year, day.month, day.day, 0.0))
    return _to_tai(read, scale, orientation)


def _day(match: re.Match[str]) -> datetime.date:
    """The day of a text, by its month or by its number in the year."""
    year = int(match[1])
    if match[4] is None:
        return datetime.date(year, int(match[2]), int(match[3]))
    day = datetime.date(year, 1, 1) + datetime.timedelta(days=int(match[4]) - 1)
    if day.year != year:
        raise ValueError(match[4])
    return day


def _require_leap_second(
    text: str, scale: str, day: datetime.date, clock: tuple[int, int, int]
) -> None:
    """Refuse a time that a clock does not show, but for a leap second."""
    hour, minute, second = clock
    if second < _MINUTE or hour >= _HOURS or minute >= _MINUTE:
        raise ValueError(clock)
    last = scale == "UTC" and (hour, minute) == _LAST_MINUTE and second == _MINUTE
    if not (last and ends_in_leap_second(day.year, day.month, day.day)):
        raise YaanError(f'"{text}" is no time of the clock: no leap second was inserted then')


def _drifting(text: str, day: datetime.date, clock: tuple[int, int, float]) -> Epoch:
    """An epoch of the years in which a second of UTC was not one of TAI."""
    if day.year < _BEGUN:
        raise YaanError(f'"{text}" is before UTC began, in {_BEGUN}: write TAI or TT')
    days, part = erfa.utctai(*erfa.dtf2d("UTC", day.year, day.month, day.day, *clock))
    seconds = (days - _J2000_JD) * SECONDS_PER_DAY
    return Epoch(0.0, 0.0) + float(seconds) + float(part) * SECONDS_PER_DAY


def _to_tai(read: Epoch, scale: str, orientation: "EarthOrientation | None") -> Epoch:
    """What a clock of `scale` shows, read as if it were TAI, as the epoch that it is."""
    if scale == "TAI":
        return read
    if scale == "GPS":
        return read + _TAI_GPS
    if scale == "UT1":
        known, found = _required(orientation), read
        for _ in range(3):  # UT1 - TAI changes by 1e-8 of the time
            found = read + -_ut1_tai(found, known)
        return found
    # TDB - TT at a TDB that is taken as TT is out by 1e-12 s.
    ahead = _TT_TAI + (_tdb_tt(*read.tai()) if scale == "TDB" else 0.0)
    return read + -ahead


@dataclass(frozen=True)
class EarthOrientation:
    """Daily Earth orientation from IERS Bulletin A (finals2000A), held past its last day.

    Measured, then predicted for a year; what lies beyond has the last values, and `note` says what
    error to expect of them. UT1 - TAI is what is held, so that a leap second moves nothing.

    mjd [day, UTC]; ut1_utc [s]; polar motion xp, yp [rad]; celestial pole offsets dx, dy [rad].
    Source: IERS Bulletin A as carried by the package astropy-iers-data.
    """

    mjd: np.ndarray
    ut1_utc: np.ndarray
    xp: np.ndarray
    yp: np.ndarray
    dx: np.ndarray
    dy: np.ndarray
    last_measured: float
    """Modified Julian day [day] of the last measured UT1."""

    def at(self, mjd: np.ndarray) -> dict[str, np.ndarray]:
        """Values at `mjd` [day, UTC]: cubics through the four days about it, held outside them.

        A line between days would have UT1 off by up to 2.3 cm at the equator, at noon. Ignores the
        tides of a day and half a day, 2.4 cm at most.
        Source: Lagrange's polynomial through four days, as IERS's own routine `interp.f` has it.
        """
        within = np.clip(np.asarray(mjd, dtype=float), self.mjd[0], self.mjd[-1])
        count = min(4, len(self.mjd))
        first = np.searchsorted(self.mjd, within, side="right") - count // 2
        near = np.clip(first, 0, len(self.mjd) - count)[..., None] + np.arange(count)
        days = self.mjd[near]
        weights = np.ones_like(days)
        for i, k in itertools.permutations(range(count), 2):
            weights[..., i] *= (within - days[..., k]) / (days[..., i] - days[..., k])
        columns = {"ut1_tai": self._ut1_tai} | {name: getattr(self, name) for name in _SMOOTH}
        return {name: np.sum(weights * one[near], axis=-1) for name, one in columns.items()}

    @functools.cached_property
    def _ut1_tai(self) -> np.ndarray:
        # UT1 - UTC jumps by a second at a leap second: interpolate UT1 - TAI, which does not.
        return self.ut1_utc - _leap_seconds(self.mjd)

    def note(self, mjd: float) -> str | None:
        """A sentence for a day outside the measured ones; None inside."""
        if mjd < self.mjd[0]:
            return "Earth orientation before its first day is held: error up to a second of UT1."
        if mjd > self.mjd[-1]:
            days = mjd - self.mjd[-1]
            # UT1 wanders by some 1 ms a day at most over months (length-of-day variations), from
            # where the last prediction has it.
            error = _predicted(self.mjd[-1] - self.last_measured) + days * 1e-3
            return (
                f"Earth orientation is held {days:.0f} days past its last predicted day; expect "
                f"an error of UT1 up to about {error:.2f} s, that is "
                f"{error * 465:.0f} m at the equator."
            )
        if mjd > self.last_measured:
            days = mjd - self.last_measured
            error = _predicted(days)
            return (
                f"Earth orientation is predicted {days:.0f} days ahead; expect an error of UT1 "
                f"of about {error * 1e3:.1f} ms, that is {error * 465:.1f} m at the equator."
            )
        return None


def _predicted(days: float) -> float:
    """Bulletin A's own estimate of the error of its UT1 [s], that many days ahead."""
    return 0.00025 * max(days, 0.0) ** 0.75


_SMOOTH = ("xp", "yp", "dx", "dy")
_ARCSECOND = np.pi / 648_000.0  # [rad]


def _leap_seconds(mjd: np.ndarray) -> np.ndarray:
    year, month, day, part = erfa.jd2cal(2_400_000.5, mjd)
    return erfa.dat(year, month, day, part)


@functools.cache
def bundled_orientation() -> EarthOrientation:
    """The Earth orientation installed with astropy-iers-data; nothing is fetched."""
    with open(astropy_iers_data.IERS_A_FILE, encoding="ascii") as file:
        lines = [line for line in file if line[58:68].strip()]
    measured = [float(line[7:15]) for line in lines if line[57] == "I"]

    def column(start: int, stop: int, unit: float) -> np.ndarray:
        # The last predicted days carry no pole offsets: they are held at the last ones.
        texts = [line[start:stop].strip() for line in lines]
        values = np.array([float(text) if text else np.nan for text in texts]) * unit
        known = np.isfinite(values)
        return np.interp(np.arange(len(values)), np.flatnonzero(known), values[known])

    return EarthOrientation(
        mjd=column(7, 15, 1.0),
        ut1_utc=column(58, 68, 1.0),
        xp=column(18, 27, _ARCSECOND),
        yp=column(37, 46, _ARCSECOND),
        dx=column(97, 106, 1e-3 * _ARCSECOND),
        dy=column(116, 125, 1e-3 * _ARCSECOND),
        last_measured=max(measured),
    )
