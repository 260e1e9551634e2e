"""Time scales: texts and Julian dates of each, and what no clock shows."""

import itertools

import erfa
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from yaan.base.errors import YaanError
from yaan.spacetime.time import (
    SCALES,
    EarthOrientation,
    Epoch,
    bundled_orientation,
    parse_epoch,
    parse_utc,
)

derandomised = settings(derandomize=True, deadline=None, max_examples=80)
# 1974 to 2033, within which orientation is measured or held and leap seconds are known or not.
epochs = some.builds(
    Epoch,
    some.integers(-800_000_000, 1_050_000_000).map(float),
    some.integers(0, 999_999_999).map(lambda n: n * 1e-9),
)
LEAP = parse_utc("2016-12-31T23:59:60 UTC")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2027-01-15T03:30:00.123456789 TT", "2027-01-15T03:28:50.939456789 UTC"),
        ("2027-01-15T03:30:37 TAI", "2027-01-15T03:30:00.000000000 UTC"),
        ("2027-01-15T03:30:18 GPS", "2027-01-15T03:30:00.000000000 UTC"),
        ("2022-042T12:00:00.000Z", "2022-02-11T12:00:00.000000000 UTC"),
        ("2024-366T00:00:00 UTC", "2024-12-31T00:00:00.000000000 UTC"),
        ("2016-366T23:59:60.5Z", "2016-12-31T23:59:60.500000000 UTC"),
        ("2017-01-01T00:00:37.000000001 tai", "2017-01-01T00:00:00.000000001 UTC"),
        # The first instant of GPS time, by its definition.
        ("1980-01-06T00:00:00 GPS", "1980-01-06T00:00:00.000000000 UTC"),
    ],
)
def test_texts_of_all_scales(text: str, utc: str):
    assert parse_epoch(text).iso(digits=9) == utc


@pytest.mark.parametrize("scale", SCALES)
@derandomised
@given(epochs)
@example(LEAP)
@example(LEAP + 0.999_999_999)
@example(LEAP + -1e-9)
def test_a_nanosecond_comes_back_in_every_scale(scale: str, epoch: Epoch):
    orientation = bundled_orientation()
    text = epoch.iso(scale, 9, orientation)
    back = parse_epoch(text, orientation=orientation)
    # Half of the last digit, and what two-part Julian dates keep of a day.
    assert abs(back - epoch) < 0.5e-9 + 1e-10
    assert back.iso(scale, 9, orientation) == text


@derandomised
@given(epochs, some.floats(-1e9, 1e9, allow_subnormal=False))
def test_differences_are_what_was_added(epoch: Epoch, seconds: float):
    later = epoch + seconds
    assert 0.0 <= later.fraction < 1.0
    assert later.whole == np.floor(later.whole)
    # A difference of 1e9 s is one float64: 1e-7 s is its last digit.
    assert later - epoch == pytest.approx(seconds, rel=3e-16, abs=1e-15)
    assert (later > epoch) == (later - epoch > 0.0)
    back = later + -seconds
    assert abs(back - epoch) < 1e-12 + 2e-16 * abs(seconds)


def test_a_hair_before_a_second_is_that_second():
    assert Epoch(10.0, 0.0) + -1e-17 == Epoch(10.0, 0.0)
    assert sorted([LEAP + 1.0, LEAP, LEAP + 1e-9]) == [LEAP, LEAP + 1e-9, LEAP + 1.0]


def test_long_times_keep_the_fraction():
    epoch = Epoch(0.0, 0.123_456_789_012)
    assert (epoch + 3e9).fraction == epoch.fraction


@pytest.mark.parametrize(
    ("text", "digits", "wanted"),
    [
        ("2016-12-31T23:59:59.9996Z", 3, "2016-12-31T23:59:60.000 UTC"),
        ("2016-12-31T23:59:60.9996Z", 3, "2017-01-01T00:00:00.000 UTC"),
        ("2015-12-31T23:59:59.9996Z", 3, "2016-01-01T00:00:00.000 UTC"),
        ("2024-02-28T23:59:59.7Z", 0, "2024-02-29T00:00:00 UTC"),
        ("2024-02-28T23:59:59.24Z", 1, "2024-02-28T23:59:59.2 UTC"),
    ],
)
def test_rounding_carries(text: str, digits: int, wanted: str):
    assert parse_epoch(text).iso(digits=digits) == wanted


def test_scales_are_apart_by_what_defines_them():
    epoch, orientation = parse_utc("2027-01-15T03:30:00 UTC"), bundled_orientation()
    days = {scale: epoch.jd(scale, orientation) for scale in SCALES}

    def apart(one: str, two: str) -> float:
        return ((days[one][0] - days[two][0]) + (days[one][1] - days[two][1])) * 86_400.0

    assert apart("TT", "TAI") == pytest.approx(32.184, abs=1e-10)
    assert apart("TAI", "GPS") == pytest.approx(19.0, abs=1e-10)
    assert apart("TAI", "UTC") == pytest.approx(37.0, abs=1e-10)
    assert abs(apart("UT1", "UTC")) < 0.9
    assert days["UTC"] == epoch.utc()
    # The largest term of TDB - TT: 1.657 ms times the sine of the Earth's mean anomaly.
    centuries = sum(days["TT"]) - 2_451_545.0
    anomaly = 6.2400601 + 0.0172019703 * centuries
    assert apart("TDB", "TT") == pytest.approx(1.657e-3 * np.sin(anomaly), abs=5e-5)


def test_ut1_is_that_of_the_bulletin():
    day = 57_754.0  # 2017-01-01: UT1 - UTC was 0.5913 s
    epoch, orientation = parse_utc("2017-01-01T00:00:00 UTC"), bundled_orientation()
    ut1, utc = epoch.ut1(orientation), epoch.utc()
    dut1 = float(orientation.at(np.asarray(day))["ut1_tai"]) + 37.0
    assert ((ut1[0] - utc[0]) + (ut1[1] - utc[1])) * 86_400.0 == pytest.approx(dut1, abs=1e-9)
    assert dut1 == pytest.approx(0.5913, abs=1e-3)


def test_epochs_of_texts_are_exact():
    # Whole seconds are whole, so that equal instants are equal.
    for day, clock in itertools.product(("2027-01-15", "2026-11-03"), ("03:30:00", "07:13:47")):
        epoch = parse_utc(f"{day}T{clock} UTC")
        assert epoch.fraction == 0.0
        assert parse_epoch(epoch.iso("TAI", 0)) == epoch


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2027-01-15T03:30:00", "no time scale: write UTC, TAI, TT, TDB, UT1 or GPS"),
        ("2027-01-15T03:30:00 EST", "no time scale"),
        ("2027-01-15T03:30:00+05:30", "is no epoch"),
        ("2027-02-29T03:30:00 TT", "no date of the calendar"),
        ("2027-366T03:30:00 TT", "no date of the calendar"),
        ("2027-000T03:30:00 TT", "no date of the calendar"),
        ("2027-13-01T00:00:00 TT", "no date of the calendar"),
        ("0000-01-01T00:00:00 TT", "no date of the calendar"),
        ("2016-12-31T23:59:60 TAI", "no leap second"),
        ("2015-12-31T23:59:60 UTC", "no leap second"),
        ("2016-12-31T24:00:00 TT", "no date of the calendar, or no time of the clock"),
        ("2016-12-31T23:60:00 TT", "no time of the clock"),
        ("1959-12-31T00:00:00 UTC", "before UTC began, in 1960"),
        ("2027-01-15T03:30:00 UT1", "give the Earth orientation"),
    ],
)
def test_what_is_no_epoch_is_refused(text: str, why: str):
    with pytest.raises(YaanError, match=why):
        parse_epoch(text)


def test_a_default_scale_is_for_texts_without_one():
    assert parse_epoch("2022-042T12:00:00", "TT") == parse_epoch("2022-02-11T12:00:00 TT")
    assert parse_epoch("2022-042T12:00:00Z", "TT") == parse_epoch("2022-02-11T12:00:00 UTC")
    with pytest.raises(YaanError, match="no time scale"):
        parse_epoch("2022-042T12:00:00", "EST")


def test_what_is_no_scale_or_no_digit_is_refused():
    with pytest.raises(YaanError, match="no time scale"):
        LEAP.jd("TDT")
    with pytest.raises(YaanError, match="0 to 9"):
        LEAP.iso(digits=10)
    with pytest.raises(YaanError, match="Earth orientation"):
        LEAP.iso("UT1")


def test_utc_of_the_sixties_is_that_of_erfa():
    epoch = parse_epoch("1965-03-01T00:00:00 UTC")
    wanted = erfa.utctai(*erfa.dtf2d("UTC", 1965, 3, 1, 0, 0, 0.0))
    found = epoch.tai()
    assert abs((found[0] - wanted[0]) + (found[1] - wanted[1])) * 86_400.0 < 2e-9


def test_the_error_of_what_is_held_goes_on_from_that_of_the_prediction():
    orientation = bundled_orientation()
    last = orientation.mjd[-1]

    def told(day: float) -> float:
        text = orientation.note(day) or ""
        return float(text.split(" m at the equator")[0].split()[-1])

    assert told(last + 0.5) >= told(last - 0.5) - 1.0  # in metres, rounded
    # It is UT1 - TAI that is held: nothing keeps its error within a second.
    assert told(last + 20_000.0) > 5_000.0


def test_the_reading_of_ut1_inverts_a_fast_earth():
    flat, late = np.zeros(2), np.array([0.0, -12.0])
    days = np.array([58_000.0, 62_000.0])
    slope = EarthOrientation(days, late, flat, flat, flat, flat, 60_000.0)
    epoch = parse_epoch("2026-01-15T03:30:00 UT1", orientation=slope)
    assert epoch.iso("UT1", 9, slope) == "2026-01-15T03:30:00.000000000 UT1"
