"""What the peers need to run without a network: tables, and Sun and Moon of JPL for some days."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import astropy_iers_data
import erfa
import numpy as np
import pytest
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from yaan.base.constants import SECONDS_PER_DAY
from yaan.spacetime.time import EarthOrientation, Epoch, parse_utc

Array = NDArray[np.float64]

DAY = "2015-03-02T00:00:00"
"""[UTC] in the days of the excerpt of JPL's DE430 that Skyfield carries for its own tests."""

_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_BULLETIN_A = 134  # columns of finals2000A; behind them stands Bulletin B
_SPAN = 1.1 * SECONDS_PER_DAY


def epoch_of(instant: str) -> Epoch:
    return parse_utc(f"{instant} UTC")


def clock(instant: str) -> tuple[int, int, int, int, int, float]:
    """Year, month, day, hour, minute and second."""
    day, time = instant.split("T")
    (year, month, date), (hour, minute, second) = day.split("-"), time.split(":")
    return int(year), int(month), int(date), int(hour), int(minute), float(second)


def by_line(instant: str, table: EarthOrientation) -> EarthOrientation:
    """A table held at what a line between its days has at an instant."""
    mjd = sum(epoch_of(instant).utc()) - 2_400_000.5
    leaps = np.array([erfa.dat(*erfa.jd2cal(2_400_000.5, day)[:3], 0.0) for day in table.mjd])

    def held(column: Array) -> Array:
        return np.full(len(table.mjd), np.interp(mjd, table.mjd, column))

    columns = {name: held(getattr(table, name)) for name in ("xp", "yp", "dx", "dy")}
    return replace(table, ut1_utc=held(table.ut1_utc - leaps) + leaps, **columns)


def write_tables(folder: Path) -> Path:
    """Leap seconds, and the Earth orientation that Yaan has: Bulletin A, without Bulletin B."""
    rows: list[str] = []
    for year, month, offset in erfa.leap_seconds.get():
        if year >= 1972:  # when UTC began to have them
            day = sum(erfa.cal2jd(int(year), int(month), 1))
            rows.append(
                f" {int(year)} {_MONTHS[int(month) - 1]}  1 =JD {day:9.1f}  TAI-UTC= "
                f"{offset:11.7f} S + (MJD - 41317.) X 0.0      S"
            )
    (folder / "tai-utc.dat").write_text("\n".join(rows) + "\n")
    with open(astropy_iers_data.IERS_A_FILE, encoding="ascii") as file:
        # Of days that have both, Orekit and astropy take Bulletin B, which Yaan does not read.
        lines = [line.rstrip("\n")[:_BULLETIN_A] for line in file]
    (folder / "finals2000A.all").write_text("\n".join(lines) + "\n")
    return folder


@cache
def sky() -> Any:
    """The excerpt of DE430, as Skyfield reads it."""
    skyfield: Any = pytest.importorskip("skyfield")
    api: Any = pytest.importorskip("skyfield.api")
    file = Path(skyfield.__path__[0]) / "tests" / "data" / "de430-2015-03-02.bsp"
    if not file.is_file():
        pytest.skip("this Skyfield has no excerpt of DE430")
    return api.load_file(str(file))


@cache
def path(body: str, apparent: bool = False) -> Callable[[float], Array]:
    """A body from the Earth's centre, GCRS [3, m], at seconds since `DAY`, within 1 m of DE430.

    Polynomials over `_SPAN`, since what is asked at each step of others has to be quick.
    """
    api: Any = pytest.importorskip("skyfield.api")
    nodes = 0.5 * _SPAN * (1.0 + chebyshev.chebpts1(24))
    tt = epoch_of(DAY).tt()
    time = api.load.timescale(builtin=True).tt_jd(tt[0], tt[1] + nodes / SECONDS_PER_DAY)
    earth, other = sky()["earth"].at(time), sky()[body]
    seen = earth.observe(other).apparent() if apparent else other.at(time) - earth
    places = np.asarray(seen.position.m, dtype=float).T
    series = chebyshev.chebfit(2.0 * nodes / _SPAN - 1.0, places, 20)
    return lambda t: np.asarray(chebyshev.chebval(2.0 * t / _SPAN - 1.0, series), dtype=float)


def satkit(folder: Path) -> Any:
    """Satkit with the tables, and JPL's DE440 where the package satkit-data brings it."""
    found: Any = pytest.importorskip("satkit")
    write_tables(folder)
    place = find_spec("satkit_data")
    if place is not None and place.origin is not None:
        name = "linux_p1550p2650.440"
        (folder / name).symlink_to(Path(place.origin).parent / "data" / name)
    found.utils.set_offline(True)
    found.utils.set_datadir(str(folder))
    found.frametransform.disable_eop_time_warning()
    assert found.frametransform.eop_coverage() is not None
    return found
