"""Histories are checked against the catalogue."""

import numpy as np
import pytest

from yaan.base.errors import YaanError
from yaan.results import COLUMNS, OutcomeCode, check_group, make_history

TIME = np.arange(4.0)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"time": TIME, "hight": TIME}, "did you mean 'height'"),
        ({"height": TIME}, "no column 'time'"),
        ({"time": TIME, "height": TIME[:3]}, "'height'.* 3 entries along time, expected 4"),
        ({"time": TIME, "position_gcrs": np.zeros((4, 2))}, "2 entries along axis, expected 3"),
        ({"time": TIME, "height": np.zeros((4, 2))}, "2 dimensions"),
        ({"time": TIME[::-1]}, "goes back"),
        ({"time": TIME * np.nan}, "not finite"),
        ({"time": TIME, "phase": TIME + 0.5}, "not whole"),
        ({"time": TIME, "phase": TIME}, "2 phases are named"),
        ({"time": TIME, "propellant": np.zeros((4, 3))}, "3 stages, 0 are named"),
    ],
)
def test_what_does_not_fit_is_refused(columns, words):
    with pytest.raises(YaanError, match=words):
        make_history(columns, phases=["a", "b"])


def test_two_rows_may_share_an_instant():
    assert len(make_history({"time": [0.0, 1.0, 1.0]})) == 3


def test_groups_are_named_by_kind_and_profile():
    with pytest.raises(YaanError, match="abort/<name>"):
        check_group("aborts", {"time": TIME})
    with pytest.raises(YaanError, match="unknown column 'mass'"):
        check_group("profiles/x", {"time": TIME, "mass": TIME})


def test_every_column_says_its_unit():
    assert all(c.unit and c.long_name and c.dimensions[0] == "time" for c in COLUMNS.values())


@pytest.mark.parametrize("code", OutcomeCode)
def test_every_outcome_has_a_word_and_a_sentence(code):
    assert OutcomeCode.from_word(code.word) is code
    assert code.sentence("coast").startswith("Phase 'coast' ")
    assert code.sentence().endswith(".")
