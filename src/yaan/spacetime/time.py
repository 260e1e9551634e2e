"""Time: an epoch as TAI seconds in two parts, and the Earth orientation bundled with it.

Host code: ERFA is never called inside traced code.
"""

import datetime
import functools
import re
import warnings
from dataclasses import dataclass

import astropy_iers_data
import erfa
import numpy as np

from yaan.base.constants import SECONDS_PER_DAY
from yaan.base.errors import YaanError

_UTC = re.compile(r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2}(?:\.\d+)?)\s*(?:UTC|Z)")
_J2000_JD = 2_451_545.0  # [day]
_MINUTE = 60.0  # [s]
_LAST_MINUTE = (23, 59)
_SECONDS = 1972
"""Year from which UTC is adjusted by whole seconds; it began with a step of 0.108 s."""


@dataclass(frozen=True)
class Epoch:
    """An instant: whole TAI seconds since 2000-01-01T12:00:00 TAI, and the fraction in [0, 1).

    Two parts keep nanoseconds over centuries; one float64 keeps 60 ns in 2027.
    """

    whole: float
    fraction: float

    def __add__(self, seconds: float) -> "Epoch":
        total = self.fraction + seconds
        carried = float(np.floor(total))
        return Epoch(self.whole + carried, total - carried)

    def tai(self) -> tuple[float, float]:
        """Two-part Julian date in TAI [day]."""
        days, rest = divmod(self.whole, SECONDS_PER_DAY)
        return _J2000_JD + days, (rest + self.fraction) / SECONDS_PER_DAY

    def tt(self) -> tuple[float, float]:
        """Two-part Julian date in TT [day]."""
        return erfa.taitt(*self.tai())

    def utc(self) -> tuple[float, float]:
        """Two-part quasi Julian date in UTC [day] (leap seconds as ERFA keeps them)."""
        return erfa.taiutc(*self.tai())

    def iso(self) -> str:
        """Calendar text in UTC to the millisecond."""
        with warnings.catch_warnings():
            # Of years whose leap seconds nobody knows yet; a note of the flight says so.
            warnings.simplefilter("ignore", erfa.ErfaWarning)
            year, month, day, clock = erfa.d2dtf("UTC", 3, *self.utc())
        h, m, s, f = (int(part) for part in clock.item())
        text = f"{int(year):04d}-{int(month):02d}-{int(day):02d}T{h:02d}:{m:02d}:{s:02d}"
        return f"{text}.{f:03d} UTC"


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
    match = _UTC.fullmatch(text.strip())
    if match is None:
        raise YaanError(f'"{text}" is no epoch: write it as "2027-01-15T03:30:00 UTC"')
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    try:
        second = float(match[6])
        last = (hour, minute) == _LAST_MINUTE and second < _MINUTE + 1.0
        if second >= _MINUTE and not (last and ends_in_leap_second(year, month, day)):
            raise YaanError(f'"{text}" is no time of the clock: no leap second was inserted then')
        jd = erfa.dtf2d("UTC", year, month, day, hour, minute, second)
    except (erfa.ErfaError, ValueError, OverflowError) as error:
        raise YaanError(f'"{text}" is no date of the calendar, or no time of the clock') from error
    days, part = erfa.utctai(*jd)
    seconds = (days - _J2000_JD) * SECONDS_PER_DAY
    whole = float(np.floor(seconds))
    return Epoch(whole, 0.0) + (float(seconds - whole) + float(part) * SECONDS_PER_DAY)


@dataclass(frozen=True)
class EarthOrientation:
    """Daily Earth orientation from IERS Bulletin A (finals2000A), held past its last day.

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
        """Values at `mjd` [day, UTC], linear between days, held outside them."""
        ut1_tai = np.interp(mjd, self.mjd, self._ut1_tai)
        columns = {name: np.interp(mjd, self.mjd, getattr(self, name)) for name in _SMOOTH}
        return {"ut1_tai": ut1_tai, **columns}

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
            # UT1 wanders by some 1 ms a day at most over months (length-of-day variations).
            return (
                f"Earth orientation is held {days:.0f} days past its last predicted day; expect "
                f"an error of UT1 up to about {min(days * 1e-3, 1.0):.2f} s, that is "
                f"{min(days * 1e-3, 1.0) * 465:.0f} m at the equator."
            )
        if mjd > self.last_measured:
            days = mjd - self.last_measured
            # Bulletin A's own estimate of its prediction error, 0.00025 s x days^0.75.
            error = 0.00025 * days**0.75
            return (
                f"Earth orientation is predicted {days:.0f} days ahead; expect an error of UT1 "
                f"of about {error * 1e3:.1f} ms, that is {error * 465:.1f} m at the equator."
            )
        return None


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
