"""Numbers and names as a reader sees them."""

import numpy as np
import pytest

from yaan.report import prose, text
from yaan.report.figures.style import Mark, rail, spread, values
from yaan.results import summary_of


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0, "T+00:00.0"),
        (59.96, "T+01:00.0"),
        (940.5, "T+15:40.5"),
        (3723.4, "T+1:02:03.4"),
        (-3.0, f"T{text.MINUS}00:03.0"),
        (None, text.NONE),
        (float("nan"), text.NONE),
    ],
)
def test_clock(seconds, shown):
    assert text.clock(seconds) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (649800.0, "kg", "649.8 t"),
        (830.0, "kg", "830 kg"),
        (-0.0, "m", "0 m"),
        (62300.0, "m", "62.3 km"),
        (51.5, "deg", "51.5 deg"),
        (1e12, "", f"1 {text.TIMES} 10^12"),
        (None, "kg", text.NONE),
    ],
)
def test_quantity(value, unit, shown):
    plain = text.quantity(value, unit).replace("\xa0", " ").replace("\u202f", " ")
    assert plain == shown


def test_number_has_a_true_minus_and_no_negative_zero():
    assert text.number(-1234.56, 1) == f"{text.MINUS}1\u202f234.6"
    assert text.number(-0.04, 1) == "0.0"
    assert text.number(2.0, sign=True) == "+2"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("c25-cut-off", "C25 cut-off"),
        ("s200_interface", "S200 interface"),
        ("lift-off", "Lift-off"),
        ("crew-shaped", "Crew-shaped"),
        ("escape-system-jettison", "Escape system jettison"),
        ("core-tail-off", "Core tail-off"),
        ("torque-off", "Torque off"),
        ("torque-on", "Torque on"),
        ("apogee-1", "Apogee 1"),
    ],
)
def test_label(name, words):
    assert text.label(name) == words


@pytest.mark.parametrize(
    ("value", "shown"), [(0.004, "0.0040"), (1.66, "1.66"), (0.0, "0.00"), (None, text.NONE)]
)
def test_what_would_show_as_zero_is_legible(value, shown):
    assert text.legible(value, 2) == shown


def test_short_key_keeps_the_telling_end():
    assert text.short_key("vehicle.stages.s200.engine.exit_area") == "s200 engine exit area"
    assert text.short_key("vehicle") == "vehicle"


def test_spread_labels_stay_within_their_bounds_to_the_last_bit():
    high = 200.36363576271927
    moved = spread([0.0, 37.376, 134.17, 195.36363576271955, high], 15 * high / 700, 0.0, high)
    assert max(moved) <= high


def test_spread_labels_keep_their_gap_order_and_bounds():
    places = [0.0, 1.0, 1.5, 50.0, 99.0, 100.0]
    moved = spread(places, 10.0, 0.0, 100.0)
    assert np.all(np.diff(moved) >= 10.0 - 1e-9)
    assert moved[0] >= 0.0
    assert moved[-1] <= 100.0
    assert moved[3] == pytest.approx(50.0)
    assert spread([], 1.0, 0.0, 1.0) == []


def test_labels_that_cannot_fit_share_the_room():
    moved = spread([5.0] * 11, 10.0, 0.0, 50.0)
    assert moved == pytest.approx(np.linspace(0.0, 50.0, 11))


def test_rail_leaves_out_what_is_out_of_sight():
    marks = [Mark(1, "a", 0.0), Mark(2, "b", 200.0)]
    shapes, texts, _ = rail(marks, (0.0, 100.0), (700, 100), named=True)
    assert (len(shapes), len(texts)) == (1, 1)


def test_values_for_the_page_are_short_and_leave_gaps():
    found = values([0.0, -1 / 3, 123456789.0, 1e-12, np.nan, np.inf, 299792.458], 6)
    assert found == [0.0, -0.333333, 123457000.0, 1e-12, None, None, 299792.0]


def test_only_assumptions_that_were_flown_count_as_moved():
    moved = {"low": None, "high": {"propellant_left": 1.0}}
    still = {"low": None, "high": None}
    rows: list[dict[str, object]] = [
        {"key": "a", "effect": moved},
        {"key": "b", "effect": still},
        {"key": "c"},
    ]
    sentence = next(iter(prose.assumed(summary_of({"schema": 1, "assumptions": rows}))))
    assert "3 values are assumed" in sentence
    assert "; 1 of them" in sentence
    end = {"miss": 3.0, "entry_load_g": 0.0, "propellant_left": 0.0}
    rows[2]["on_return"] = {
        "low": end | {"touchdown_speed": None, "canopy_load": None},
        "high": None,
    }
    sentence = next(iter(prose.assumed(summary_of({"schema": 1, "assumptions": rows}))))
    assert "; 2 of them" in sentence
