"""A root between two values of different signs."""

import math
from collections.abc import Callable

import pytest
from scipy.optimize import brentq

from yaan.base.roots import root

CASES: list[tuple[Callable[[float], float], float, float]] = [
    (lambda x: x**3 - 2.0 * x - 5.0, 2.0, 3.0),
    (lambda x: 1.0 - 1.0 / x**2, 0.5, 10.51),
    (lambda x: math.tan(x) - 1e6, 1.5, 1.570796),
    (lambda x: 5.0 - x**3 + 2.0 * x, 3.0, 2.0),
    (lambda x: math.copysign(1.0, x - 0.3), -1.0, 2.0),
]


@pytest.mark.parametrize(("function", "low", "high"), CASES)
def test_it_is_that_of_the_library_and_found_in_few_looks(
    function: Callable[[float], float], low: float, high: float
) -> None:
    looked: list[float] = []

    def seen(x: float) -> float:
        looked.append(x)
        return function(x)

    found = root(seen, low, high)
    known, told = brentq(function, low, high, xtol=1e-13, full_output=True)  # pyright: ignore
    assert found == pytest.approx(known, abs=1.1e-12)
    assert len(looked) < 3 * told.function_calls  # pyright: ignore


def test_a_flat_root_is_found_as_well_as_numbers_tell_it() -> None:
    assert root(lambda x: (x - 3.0) ** 9, 0.0, 5.0) == pytest.approx(3.0, abs=1e-11)


def test_an_end_that_is_a_root_is_told_and_one_of_a_large_number() -> None:
    assert root(lambda x: x - 2.0, 2.0, 3.0) == 2.0
    assert root(lambda x: x - 3.0, 2.0, 3.0) == 3.0
    assert root(lambda x: x - 1e9 - 0.25, 1e9, 1e9 + 1.0) == 1e9 + 0.25


def test_one_sign_at_both_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="of one sign"):
        root(lambda x: x, 1.0, 2.0)
