"""Epochs: text in and out, leap seconds, nanoseconds kept, and the Earth orientation."""

import json
from pathlib import Path

import erfa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from yaan.base.errors import YaanError
from yaan.spacetime.time import (
    EarthOrientation,
    Epoch,
    bundled_orientation,
    ends_in_leap_second,
    parse_utc,
)

DATA = Path(__file__).parent / "data" / "erfa_expected.json"
EXPECTED = {row["test"]: row["steps"] for row in json.loads(DATA.read_text(encoding="utf-8"))}
derandomised = settings(derandomize=True, deadline=None, max_examples=60)


def apart(first: Epoch, second: Epoch) -> float:
    """Seconds from one epoch to another."""
    return (second.whole - first.whole) + (second.fraction - first.fraction)


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-15T03:30:00.000 UTC",
        "1999-12-31T23:59:59.999 UTC",
        "2016-12-31T23:59:60.000 UTC",  # a leap second
        "2016-12-31T23:59:60.750 UTC",
        "2024-02-29T00:00:00.001 UTC",
    ],
)
def test_text_comes_back(text: str):
    assert parse_utc(text).iso() == text


@derandomised
@given(some.integers(0, 1_500_000_000_000))
def test_any_millisecond_comes_back(milliseconds: int):
    epoch = Epoch(-800_000_000.0, 0.0) + milliseconds * 1e-3  # 1974 to 2022
    assert parse_utc(epoch.iso()).iso() == epoch.iso()


def test_other_spellings():
    wanted = parse_utc("2027-01-15T03:30:00 UTC")
    assert parse_utc(" 2027-01-15 03:30:00Z ") == wanted
    assert parse_utc("2027-01-15T03:30:00.0UTC") == wanted


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2027-01-15", "2027-01-15T03:30:00", "2027-13-15T03:30:00 UTC"]
)
def test_no_epoch_is_refused_with_the_form_or_the_reason(text: str):
    with pytest.raises(YaanError, match=f'"{text}" is no'):
        parse_utc(text)


def test_a_leap_second_is_a_second():
    before = parse_utc("2016-12-31T23:59:59 UTC")
    after = parse_utc("2017-01-01T00:00:00 UTC")
    assert apart(before, after) == pytest.approx(2.0, abs=1e-9)
    assert (before + 1.0).iso() == "2016-12-31T23:59:60.000 UTC"
    assert (before + 2.0).iso() == after.iso()


def test_epochs_keep_nanoseconds():
    epoch = parse_utc("2027-01-15T03:30:00 UTC")
    later = epoch
    for _ in range(1_000):
        later = later + 0.001_000_001
    assert apart(epoch, later) == pytest.approx(1.000_001, abs=1e-9)
    assert 0.0 <= later.fraction < 1.0
    assert apart(epoch, later + -1.000_001) == pytest.approx(0.0, abs=1e-9)


def test_the_zero_is_j2000_in_tai():
    assert Epoch(0.0, 0.0).tai() == (2_451_545.0, 0.0)
    assert sum(Epoch(86_400.0, 0.5).tai()) == pytest.approx(2_451_546.0 + 0.5 / 86_400, abs=1e-9)
    # TT is 32.184 s ahead of TAI, which was 32 s ahead of UTC.
    assert parse_utc("2000-01-01T11:59:28 UTC") == Epoch(0.0, 0.0)
    days, part = Epoch(0.0, 0.0).tt()
    assert (days - 2_451_545.0 + part) * 86_400.0 == pytest.approx(32.184, abs=1e-9)


@pytest.mark.parametrize("scale", ["taiutc", "utctai", "taitt"])
def test_scales_agree_with_sofa(scale: str):
    steps = EXPECTED[scale]
    arguments = next(step for step in steps if step[0] == "call")[2].split(",")
    days, part = float(arguments[0]), float(arguments[1])
    wanted = [step[2] for step in steps if step[0] == "expect"]
    if scale == "utctai":
        year, month, day, clock = erfa.d2dtf("UTC", 9, days, part)
        h, m, s, f = clock.item()
        epoch = parse_utc(f"{year}-{month:02d}-{day:02d}T{h:02d}:{m:02d}:{s:02d}.{f:09d} UTC")
        found = epoch.tai()
    else:
        epoch = Epoch((days - 2_451_545.0) * 86_400.0, 0.0) + part * 86_400.0
        found = epoch.utc() if scale == "taiutc" else epoch.tt()
    difference = (found[0] - wanted[0]) + (found[1] - wanted[1])
    # A nanosecond: the truth's second part carries some 0.1 ns of a day in text.
    assert abs(difference) * 86_400.0 < 2e-9


def test_orientation_is_continuous_over_a_leap_second():
    orientation = bundled_orientation()
    day = 57_754.0  # 2017-01-01
    around = orientation.at(day + np.array([-0.6, -0.4, 0.0, 0.4]))
    assert np.ptp(around["ut1_tai"]) < 3e-3  # a day is some 1 ms longer than 86,400 s
    # UT1 - UTC was -0.4078 s before the leap second and 0.5913 s after (Bulletin A).
    assert around["ut1_tai"][2] == pytest.approx(0.5913 - 37.0, abs=2e-3)


def test_orientation_is_held_and_says_so():
    orientation = bundled_orientation()
    last = orientation.mjd[-1]
    assert orientation.at(np.asarray(last + 4_000.0)) == orientation.at(np.asarray(last))
    assert orientation.note(58_000.0) is None
    assert "before its first day" in (orientation.note(30_000.0) or "")
    assert "predicted 10 days" in (orientation.note(orientation.last_measured + 10.0) or "")
    assert "held 100 days" in (orientation.note(last + 100.0) or "")
    for values in orientation.at(orientation.mjd).values():
        assert np.all(np.isfinite(values))


def test_between_days_orientation_is_a_cubic_through_four_of_them():
    days = np.arange(60_000.0, 60_008.0)

    def curve(mjd: np.ndarray) -> np.ndarray:
        x = mjd - 60_003.0
        return 1e-3 * (0.2 - x + 0.3 * x**2 - 0.05 * x**3)

    flat = np.zeros_like(days)
    # TAI is 37 s ahead of UTC in all of these days.
    table = EarthOrientation(days, curve(days) + 37.0, curve(days), flat, flat, flat, 60_007.0)
    asked = np.array([60_000.0, 60_000.3, 60_003.0, 60_003.5, 60_006.9, 60_007.0])
    found = table.at(asked)
    np.testing.assert_allclose(found["ut1_tai"], curve(asked), rtol=0, atol=1e-14)
    np.testing.assert_allclose(found["xp"], curve(asked), rtol=0, atol=1e-16)
    assert table.at(np.asarray(60_009.0))["xp"] == pytest.approx(float(curve(days[-1])))
    assert table.at(np.asarray(59_999.0))["xp"] == pytest.approx(float(curve(days[0])))


def test_a_leap_second_is_between_its_neighbours():
    texts = ("2016-12-31T23:59:59 UTC", "2016-12-31T23:59:60 UTC", "2017-01-01T00:00:00 UTC")
    before, leap, after = (parse_utc(text) for text in texts)
    assert apart(before, leap) == pytest.approx(1.0, abs=1e-9)
    assert apart(leap, after) == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "2015-12-31T23:59:60 UTC",
        "2016-12-31T23:58:60 UTC",
        "2016-12-31T22:59:60 UTC",
        "2016-12-30T23:59:60 UTC",
        "2016-12-31T23:59:61 UTC",
        "1971-12-31T23:59:60 UTC",
        "9999-12-31T23:59:60 UTC",
        "2016-13-31T23:59:60 UTC",
        "2016-02-30T00:00:00 UTC",
        "2016-02-10T24:00:00 UTC",
    ],
)
def test_what_no_clock_has_shown_is_refused(text: str):
    with pytest.raises(YaanError, match="time of the clock") as caught:
        parse_utc(text)
    assert "ERFA" not in str(caught.value)


def test_the_leap_seconds_are_those_of_erfa():
    days = [(year, *end) for year in range(1972, 2025) for end in ((6, 30), (12, 31))]
    found = {day for day in days if ends_in_leap_second(*day)}
    steps = {day for day in days if _steps(*day) == 1.0}
    assert found == steps
    assert len(found) == 27


def _steps(year: int, month: int, day: int) -> float:
    """How far TAI - UTC steps at the end of a day [s]."""
    after = (year, 7, 1) if month == 6 else (year + 1, 1, 1)
    return float(erfa.dat(*after, 0.0) - erfa.dat(year, month, day, 0.0))
