"""What a user's stop leaves of a flight: whatever was finished, and no other thread's interrupt."""

from concurrent.futures import Future
from typing import Any

import pytest

from yaan.analysis import fly
from yaan.analysis.fly import Sides


def ended(result: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)
    return future


def test_a_way_home_that_is_stopped_does_not_take_the_ascent_with_it():
    back, lost = fly._returned(ended(KeyboardInterrupt()))
    assert back is None
    assert lost == "The way home was not flown: the user stopped the flight."
    assert fly._returned(ended("home")) == ("home", "")
    assert fly._returned(None) == (None, "")


def test_profiles_whose_search_is_stopped_are_left_out():
    sides = Sides()
    solving = {"a": ended("found"), "b": ended(KeyboardInterrupt())}
    assert fly._solved(solving, sides) == {"a": "found"}
    assert sides.notes == []


def test_a_defect_of_the_way_home_stays_one():
    with pytest.raises(ZeroDivisionError):
        fly._returned(ended(ZeroDivisionError()))
