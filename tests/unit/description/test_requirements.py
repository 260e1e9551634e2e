"""The block of requirements: what it reads, in which units, and how it is told."""

import math

import pytest
from pydantic import TypeAdapter, ValidationError

from yaan.base.units import UNITS
from yaan.description.quantity import FILE
from yaan.description.requirements import (
    LOAD,
    QUANTITIES,
    RequiredQuantity,
    Requirements,
    RequirementSpec,
)
from yaan.results.ends import ENDS


def read(**keys: object) -> RequirementSpec:
    """A requirement as a file has it."""
    return RequirementSpec.model_validate(keys, context=FILE)


def short(text: str) -> RequirementSpec:
    """A requirement that a file writes in one line."""
    return TypeAdapter(Requirements).validate_python({"it": text}, context=FILE)["it"]


def test_all_that_is_told_of_an_end_can_be_required_but_its_outcome():
    assert QUANTITIES.keys() == ENDS.keys() - {"outcome"}
    assert set(RequiredQuantity.__args__) == QUANTITIES.keys()


def test_bounds_are_read_to_the_units_of_the_columns():
    for name, told in QUANTITIES.items():
        unit = "1" if told.dimension == LOAD else told.si.replace("/", " ").replace("m2", "m-2")
        assert unit.replace("m s", "m s-1") == ENDS[name].unit, name
        assert told.unit in ("g", *UNITS.get(told.dimension, ())), name
        assert math.isfinite(told.read(told.example)), name


def test_a_g_is_no_gram_where_loads_are_bounded():
    for text in ("3.3 g", "3.3g", "3.3 g0", "32.361945 m/s2"):
        assert read(quantity="peak_load", below=text, probability="99 %").high == 3.3
    left = read(quantity="propellant_left", above="500 g", probability="99 %")
    assert (left.low, left.high) == (0.5, math.inf)


def test_both_bounds_stand_together():
    spec = read(quantity="perigee", above="165 km", below="175 km", probability=0.997)
    assert (spec.low, spec.high, spec.probability) == (165e3, 175e3, 0.997)
    assert spec.words == "perigee above 165 km and below 175 km in 99.7 % of draws"


@pytest.mark.parametrize(
    ("text", "share"), [("99.7 %", 0.997), ("99.87%", 0.9987), (0.5, 0.5), ("0.001 %", 1e-5)]
)
def test_a_probability_is_a_share(text: object, share: float):
    assert read(quantity="miss", below="1 km", probability=text).probability == share


@pytest.mark.parametrize(
    "text", ["100 %", "0 %", "-1 %", 0.0, 1.0, 99.7, "99", "1e9 %", "..", "..%", True, math.nan]
)
def test_a_probability_that_is_none_is_refused(text: object):
    with pytest.raises(ValidationError, match="a share above 0 % and below 100 %"):
        read(quantity="miss", below="1 km", probability=text)


def test_a_requirement_needs_its_probability():
    with pytest.raises(ValidationError, match="probability"):
        read(quantity="miss", below="1 km")


def test_the_short_form_is_the_long_one():
    long = read(quantity="miss", below="10 km", probability="99.7 %")
    assert short("miss < 10 km at 99.7 %") == long
    assert short("  miss<10 km   at 99.7%") == long
    assert short("perigee > 140 km at 99 %").low == 140e3


def test_a_program_gives_numbers_in_si():
    spec = RequirementSpec(quantity="miss", below=1e4, probability=0.99)  # pyright: ignore[reportArgumentType]
    assert (spec.below, spec.high) == ("10000.0 m", 1e4)
    load = RequirementSpec(quantity="peak_load", below=4.0, probability=0.99)  # pyright: ignore[reportArgumentType]
    assert load.high == 4.0
    with pytest.raises(ValidationError, match="write it with a unit"):
        read(quantity="miss", below=1e4, probability=0.99)
