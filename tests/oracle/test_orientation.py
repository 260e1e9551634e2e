"""How the Earth is turned, beside ERFA, Orekit, brahe, satkit and Skyfield, each by its own words.

Every difference above a centimetre of a low orbit has its run without it: all of them read the
table that Yaan reads, and what one of them leaves out is left out of Yaan's too. Found so:

- astropy and Skyfield leave out the offsets of the pole (18 mm at most here); satkit and Orekit
  have zeros where Bulletin A has no predicted ones, Yaan and brahe hold the last ones (14 mm).
- Skyfield has a UT1 of its own and no polar motion, 6 to 140 m away; brahe without a table takes
  UT1 for UTC, 17 to 177 m away.
- brahe and satkit interpolate between days by a line, Yaan and Orekit by a cubic: UT1 differs by
  2.3 cm at the equator at most, at noon.
- Orekit can add the diurnal and semidiurnal tides (`simpleEOP=False`), 2.4 cm at most here; Yaan
  leaves them out, which is `simpleEOP=True`.

Opt-in: pip install yaan[crosscheck], then pytest -m oracle.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import erfa
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.oracle import orekit as told
from tests.oracle import peers
from tests.oracle.peers import by_line, clock, epoch_of, write_tables
from yaan.base.constants import SECONDS_PER_DAY
from yaan.spacetime.axes import convert, to_frame
from yaan.spacetime.frame import Frame
from yaan.spacetime.time import EarthOrientation, bundled_orientation

Array = NDArray[np.float64]

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

MEASURED = (
    "2003-03-03T03:00:00",
    "2012-07-01T12:00:10",
    "2020-03-01T00:00:00",
    "2024-08-10T05:06:07",
    "2026-06-01T00:00:00",
)
PREDICTED = ("2027-01-15T03:30:00", "2027-09-01T06:00:00")
PLACE, MOTION = np.array([5.2e6, -3.1e6, 3.3e6]), np.array([3.1e3, 6.5e3, 1.2e3])

# Instants of others are doubles of days or whole microseconds: 0.5 us turn the Earth by 0.2 mm.
SAME = 1e-3  # [m]
ROUNDING = 1e-7  # [m], of 7e6 m: the two chains of ERFA agree to 1e-15 and some
CENTIMETRE = 1e-2  # [m]
OFFSETS = 2e-2  # [m], of the pole, of which Orekit has zeros on predicted days
CREEP = 6e-5  # [m/s], of the axes of date, which Yaan's velocities leave out


def now(instant: str, orientation: EarthOrientation | None = None) -> Array:
    """`PLACE` in ITRS."""
    axes = to_frame(Frame.ITRS, epoch_of(instant), orientation or bundled_orientation())
    return np.asarray(axes[0] @ PLACE)


def apart(one: Any, two: Any) -> float:
    return float(np.linalg.norm(np.asarray(one, dtype=float) - np.asarray(two, dtype=float)))


def without(*names: str) -> EarthOrientation:
    """The table with zeros in some of its columns."""
    flat = np.zeros_like(bundled_orientation().mjd)
    return replace(bundled_orientation(), **dict.fromkeys(names, flat))


@pytest.mark.parametrize("instant", [*MEASURED, *PREDICTED])
def test_erfa(instant: str):
    """ERFA's other chain, by the equinox and Greenwich's apparent sidereal time."""
    epoch = epoch_of(instant)
    table = bundled_orientation().at(np.asarray(sum(epoch.utc()) - 2_400_000.5))
    tai, part = epoch.tai()
    tt, ut1 = epoch.tt(), (tai, part + float(table["ut1_tai"]) / SECONDS_PER_DAY)
    true = erfa.pnm06a(*tt)
    angle = erfa.gst06(*ut1, *tt, true)
    polar = erfa.pom00(float(table["xp"]), float(table["yp"]), erfa.sp00(*tt))
    # It has no offsets of the pole.
    bare = now(instant, without("dx", "dy"))
    assert apart(bare, erfa.c2teqx(true, angle, polar) @ PLACE) < SAME
    assert (
        apart(bare, erfa.c2t06a(*tt, *ut1, float(table["xp"]), float(table["yp"])) @ PLACE) < SAME
    )
    there = convert(PLACE, MOTION, epoch, Frame.GCRS, Frame.ITRS, bundled_orientation())
    back = convert(there[0], there[1], epoch, Frame.ITRS, Frame.GCRS, bundled_orientation())
    assert apart(back[0][0], PLACE) < ROUNDING
    assert apart(back[1][0], MOTION) < 1e-11


@pytest.mark.parametrize("instant", [*MEASURED, *PREDICTED])
def test_orekit(instant: str, orekit: Any):
    """Within a centimetre as it comes, where the table has the offsets of the pole."""
    into = told.gcrf().getTransformTo(told.itrf(), told.date(instant))
    theirs = into.transformPVCoordinates(told.state(PLACE, MOTION))
    place, speed = told.numbers(theirs.getPosition()), told.numbers(theirs.getVelocity())
    alike = without("dx", "dy") if instant in PREDICTED else bundled_orientation()
    assert apart(now(instant, alike), place) < SAME
    plain = convert(PLACE, MOTION, epoch_of(instant), Frame.GCRS, Frame.ITRS, bundled_orientation())
    assert apart(plain[0][0], place) < (OFFSETS if instant in PREDICTED else CENTIMETRE)
    assert apart(plain[1][0], speed) < CREEP


def test_a_line_instead_of_a_cubic_is_small():
    """UT1 at noon by the days about it: what a line would be off by."""
    table = bundled_orientation()
    days = table.mjd[table.mjd > 50_000.0]
    noon = 0.5 * (days[1:-2] + days[2:-1])
    late = table.at(days)["ut1_tai"]
    cubic = (-late[:-3] + 9.0 * late[1:-2] + 9.0 * late[2:-1] - late[3:]) / 16.0
    np.testing.assert_allclose(table.at(noon)["ut1_tai"], cubic, rtol=0, atol=1e-13)
    off = np.abs(cubic - 0.5 * (late[1:-2] + late[2:-1])) * 7.2921e-5 * 6.378e6  # [m]
    assert CENTIMETRE < float(np.max(off)) < 2.5e-2


@pytest.mark.parametrize("instant", ["2012-07-01T12:00:10", "2026-06-01T00:00:00"])
def test_orekits_tides_are_what_is_left_out(instant: str, orekit: Any):
    """Of the two Earths of Orekit Yaan's is the one without diurnal and semidiurnal tides."""
    with_tides = told.gcrf().getTransformTo(told.itrf(tides=True), told.date(instant))
    place = told.numbers(with_tides.transformPosition(told.triple(PLACE)))
    assert CENTIMETRE < apart(now(instant), place) < 5e-2


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tables(tmp_path_factory.mktemp("tables"))


@pytest.fixture
def brahe(tables: Path) -> Any:
    brahe: Any = pytest.importorskip("brahe")

    def turned(instant: str, still: bool) -> Array:
        if still:
            zero = brahe.StaticEOPProvider.from_zero()
            brahe.set_global_eop_provider_from_static_provider(zero)
        else:
            file = str(tables / "finals2000A.all")
            table = brahe.FileEOPProvider.from_standard_file(file, True, "Hold")
            brahe.set_global_eop_provider_from_file_provider(table)
        when = brahe.Epoch.from_datetime(*clock(instant), 0.0, brahe.TimeSystem.UTC)
        return np.asarray(brahe.rotation_gcrf_to_itrf(when)) @ PLACE

    return turned


@pytest.mark.parametrize("instant", [*MEASURED, *PREDICTED])
def test_brahe(instant: str, brahe: Callable[[str, bool], Array]):
    line = by_line(instant, bundled_orientation())
    assert apart(now(instant, line), brahe(instant, False)) < SAME
    # As it comes, it has no orientation: UT1 is UTC, and the pole is still.
    bare = brahe(instant, True)
    assert apart(now(instant), bare) > 1.0
    # A UT1 that is UTC jumps by a second at a leap second, which a cubic would smear.
    still = by_line(instant, without("ut1_utc", "xp", "yp", "dx", "dy"))
    assert apart(now(instant, still), bare) < SAME


@pytest.mark.parametrize("instant", [*MEASURED, *PREDICTED])
def test_satkit(instant: str, tmp_path: Path):
    satkit = peers.satkit(tmp_path)
    theirs = satkit.frametransform.qgcrf2itrf(satkit.time(*clock(instant))) * PLACE
    alike = without("dx", "dy") if instant in PREDICTED else bundled_orientation()
    assert apart(now(instant, by_line(instant, alike)), theirs) < SAME


@pytest.mark.parametrize("instant", [*MEASURED, *PREDICTED])
def test_skyfield(instant: str):
    api: Any = pytest.importorskip("skyfield.api")
    framelib: Any = pytest.importorskip("skyfield.framelib")
    epoch, table = epoch_of(instant), bundled_orientation()
    found = table.at(np.asarray(sum(epoch.utc()) - 2_400_000.5))
    tt = epoch.tt()
    ahead = 32.184 - float(found["ut1_tai"])  # [s], TT - UT1
    own = framelib.itrs.rotation_at(api.load.timescale(builtin=True).tt_jd(*tt)) @ PLACE
    assert apart(now(instant), own) > 1.0
    scale = api.load.timescale(delta_t=ahead, builtin=True)
    second = 180.0 * 3600.0 / np.pi  # [arcseconds]
    pole = (float(found[name]) * second for name in ("xp", "yp"))
    # Two rows: it interpolates.
    scale.polar_motion_table = (np.array([0.0, 1e7]), *(np.full(2, x) for x in pole))
    theirs = framelib.itrs.rotation_at(scale.tt_jd(*tt)) @ PLACE
    # Its nutation is that of 2000A, not adjusted to the precession of 2006: some 0.1 mm.
    assert apart(now(instant, without("dx", "dy")), theirs) < SAME
