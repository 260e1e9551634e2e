"""What a user's stop leaves of a flight: whatever was finished, and no other thread's interrupt."""

from concurrent.futures import Future
from typing import Any

import pytest

from yaan.analysis import fly
from yaan.analysis.homeward import Homeward
from yaan.analysis.sides import Sides


def ended(result: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)
    return future


def homeward(returning: "Future[Any] | None") -> Homeward:
    """A return of which only the end matters."""
    made = Homeward(None, None, None)  # pyright: ignore[reportArgumentType]
    made.returning = returning
    return made


def test_a_way_home_that_is_stopped_does_not_take_the_ascent_with_it():
    back, lost = homeward(ended(KeyboardInterrupt())).result()
    assert back is None
    assert lost == "The way home was not flown: the user stopped the flight."
    assert homeward(ended("home")).result() == ("home", "")
    assert homeward(None).result() == (None, "")


def test_profiles_whose_search_is_stopped_are_left_out():
    sides = Sides()
    solving = {"a": ended("found"), "b": ended(KeyboardInterrupt())}
    assert fly._solved(solving, sides) == {"a": "found"}
    assert sides.notes == []


def test_a_defect_of_the_way_home_stays_one():
    with pytest.raises(ZeroDivisionError):
        homeward(ended(ZeroDivisionError())).result()
