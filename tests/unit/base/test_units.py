"""Units: what is written comes back, and what is not a quantity is refused with a reason."""

import math
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yaan.base import UNITS, UnitError, describe, dimension_of, format_quantity, parse

DERANDOMISED = settings(derandomize=True, max_examples=300, deadline=None)
ALL_UNITS = sorted({unit for units in UNITS.values() for unit in units})


@DERANDOMISED
@given(
    unit=st.sampled_from(ALL_UNITS),
    number=st.floats(min_value=-1e12, max_value=1e12, allow_nan=False),
)
def test_a_formatted_quantity_parses_to_itself(unit: str, number: float) -> None:
    dimension = dimension_of(unit)
    value = number * UNITS[dimension][unit]
    text = format_quantity(value, unit, digits=17)
    assert parse(text, dimension) == pytest.approx(value, rel=1e-15, abs=0.0)


@DERANDOMISED
@given(text=st.text(max_size=30), dimension=st.sampled_from(sorted(UNITS)))
def test_any_text_is_a_finite_number_or_a_unit_error(text: str, dimension: str) -> None:
    try:
        value = parse(text, dimension)
    except UnitError:
        return
    assert math.isfinite(value)


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("205 t", "mass", 205e3),
        ("4410kg", "mass", 4410.0),
        ("185 km", "length", 185e3),
        ("100 nmi", "length", 185200.0),
        ("1 ft", "length", 0.3048),
        ("180 deg", "angle", math.pi),
        ("51.6°", "angle", math.radians(51.6)),
        ("60 arcmin", "angle", math.radians(1.0)),
        ("2 MN", "force", 2e6),
        ("1 lbf", "force", 4.4482216152605),
        ("1 slug", "mass", 14.593902937206365),
        ("2 in", "length", 0.0508),
        ("1 slug ft^2", "moment of inertia", 1.3558179483314004),
        ("1 kg·m²", "moment of inertia", 1.0),
        ("398600.4415 km^3/s^2", "gravitational parameter", 3.986004415e14),
        ("1.407644311e16 ft³/s²", "gravitational parameter", 398600480106885.44),
        ("1 slug/ft^3", "density", 515.3788183931961),
        ("1 lbf ft", "torque", 1.3558179483314004),
        ("2 kN m", "torque", 2000.0),
        ("1 atm", "pressure", 101325.0),
        ("1 psi", "pressure", 6894.757293168361),
        ("1.4 kW/m2", "heat flux", 1400.0),
        ("1 W/cm2", "heat flux", 1e4),
        ("1135 W/m²", "heat flux", 1135.0),
        ("5.52e8 N s", "impulse", 5.52e8),
        ("552 MN·s", "impulse", 5.52e8),
        ("400 kg/m^2", "mass per area", 400.0),
        ("10.14 km/s", "speed", 10140.0),
        ("36 km/h", "speed", 10.0),
        ("3 g0", "acceleration", 29.41995),
        (" .5  min ", "time", 30.0),
        ("-3 ms", "time", -3e-3),
    ],
)
def test_known_values(text: str, dimension: str, value: float) -> None:
    assert parse(text, dimension) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "dimension", "fragment"),
    [
        (206, "mass", 'write it with a unit, as "206 kg"'),
        ("205", "mass", 'write it with a unit, as "205 kg"'),
        ("205 tonnes", "mass", "unknown unit"),
        ("205 T", "mass", "did you mean t?"),
        ("3 kg", "length", "kg measures a mass"),
        ("3 t", "force", "t measures a mass"),
        ("1,135 W/m2", "heat flux", "no thousands separators"),
        ("nan kg", "mass", "write a number and a unit"),
        ("inf kg", "mass", "write a number and a unit"),
        ("1e400 kg", "mass", "too large"),
        ("kg", "mass", "write a number and a unit"),
        ("", "mass", "write a number and a unit"),
        (None, "mass", "write a text"),
        (True, "mass", "write a text"),
        (["1 kg"], "mass", "write a text"),
    ],
)
def test_what_is_refused_says_why(text: object, dimension: str, fragment: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse(text, dimension)
    assert fragment in str(caught.value)
    assert describe(dimension) in str(caught.value)


@pytest.mark.parametrize("text", [10, "7", "ten", None])
def test_hints_are_in_the_unit_that_is_asked_for(text: object) -> None:
    with pytest.raises(UnitError) as caught:
        parse(text, "angle", "deg")
    assert ' deg"' in caught.value.problems[0].hint
    assert parse("1 rad", "angle", "deg") == 1.0


def test_units_belong_to_one_dimension() -> None:
    assert len(ALL_UNITS) == sum(len(units) for units in UNITS.values())


def test_si_units_come_first() -> None:
    assert all(next(iter(units.values())) == 1.0 for units in UNITS.values())


def test_formats_for_people() -> None:
    assert format_quantity(205e3, "t") == "205 t"
    assert format_quantity(math.radians(51.6), "deg") == "51.6 deg"
    assert format_quantity(186363.4, "kN", digits=4) == "186.4 kN"
    with pytest.raises(UnitError, match="a unit"):
        format_quantity(1.0, "furlong")


def test_a_unit_error_survives_a_process_border() -> None:
    with pytest.raises(UnitError) as caught:
        parse("3 kg", "length")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
