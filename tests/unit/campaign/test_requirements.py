"""Requirements are judged by all draws: none is dropped, and few draws decide nothing."""

from typing import Any

import numpy as np
import pytest

from yaan.campaign.requirements import Judged, Worst, judge
from yaan.campaign.statistics import binomial_interval, more_to_decide, replicated_interval
from yaan.description.quantity import FILE
from yaan.description.requirements import RequirementSpec


def asked(**keys: object) -> RequirementSpec:
    """A requirement as a file has it."""
    return RequirementSpec.model_validate(keys, context=FILE)


MISS = asked(quantity="miss", below="10 km", probability="90 %")


def of(values: Any, flown: Any = None, spec: RequirementSpec = MISS, **how: Any) -> Judged:
    """What draws say of one requirement."""
    column = np.array(values, dtype=float)
    flew = np.ones(len(column), bool) if flown is None else np.array(flown, bool)
    (found,) = judge({"it": spec}, {spec.quantity: column}, flew, **how)
    return found


def test_draws_that_all_meet_it_are_counted_and_told():
    found = of([1e3] * 400)
    assert (found.name, found.quantity, found.text) == ("it", "miss", MISS.words)
    assert (found.met, found.draws, found.share, found.required) == (400, 400, 1.0, 0.9)
    assert (found.low, found.high) == tuple(binomial_interval(400, 400, 0.95))
    assert (found.verdict, found.more, found.failed, found.untold) == ("held", 0, 0, 0)


def test_a_draw_that_failed_counts_against_it_whatever_it_says():
    found = of([1e3] * 8 + [2e3, 3e3], [True] * 8 + [False] * 2)
    assert (found.met, found.draws, found.share, found.failed) == (8, 10, 0.8, 2)
    assert found.worst == Worst(0, 1e3)


def test_a_draw_without_the_quantity_counts_against_it():
    found = of([1e3, np.nan, 2e3, np.nan], [True, True, True, False])
    assert (found.met, found.draws, found.failed, found.untold) == (2, 4, 1, 1)
    assert found.worst == Worst(2, 2e3)


def test_a_quantity_that_no_draw_came_to_is_met_by_none():
    (found,) = judge({"it": MISS}, {}, np.ones(100, bool))
    assert (found.met, found.untold, found.verdict, found.worst) == (0, 100, "failed", None)


def test_bounds_are_strict():
    both = asked(quantity="perigee", above="100 km", below="200 km", probability="50 %")
    found = of([100e3, 150e3, 200e3], spec=both)
    assert found.met == 1
    assert found.worst == Worst(0, 100e3)


@pytest.mark.parametrize(
    ("values", "worst"),
    [
        ([150e3, 120e3, 160e3], Worst(1, 120e3)),
        ([150e3, 190e3, 120e3], Worst(1, 190e3)),
        ([150e3, 210e3, 80e3], Worst(2, 80e3)),
        ([150e3, np.inf, 80e3], Worst(1, np.inf)),
        ([np.nan, 150e3, 150e3], Worst(1, 150e3)),
    ],
)
def test_the_worst_draw_is_the_nearest_to_a_bound_or_the_farthest_beyond(
    values: list[float], worst: Worst
):
    both = asked(quantity="perigee", above="100 km", below="200 km", probability="50 %")
    assert of(values, spec=both).worst == worst


def test_few_draws_leave_it_open_and_say_how_many_decide():
    found = of([1e3] * 20)
    assert found.verdict == "open"
    assert found.more == more_to_decide(20, 20, 0.9, 0.95)
    assert found.more
    assert of([1e3] * (20 + found.more)).verdict == "held"


def test_many_that_do_not_meet_it_fail_it():
    found = of([1e3] * 70 + [2e4] * 30)
    assert (found.verdict, found.more) == ("failed", 0)
    assert found.high < 0.9


def test_more_confidence_asks_for_more_draws():
    sure, surer = of([1e3] * 40, confidence=0.9), of([1e3] * 40, confidence=0.999)
    assert (sure.verdict, surer.verdict) == ("held", "open")
    assert surer.low < sure.low


def test_replicates_are_judged_by_the_spread_between_them():
    values = np.full(64, 1e3)
    values[[3, 20, 21, 22]] = 2e4  # one of the first replicate, three of the second
    found = of(values, replicates=np.repeat([7, 3, 5, 1], 16))
    shares = [15 / 16, 13 / 16, 1.0, 1.0]
    _, low, high = replicated_interval(shares, 0.95)
    assert (found.low, found.high) == (low, high)
    assert found.share == pytest.approx(np.mean(shares))
    assert (found.verdict, found.more) == ("open", None)


def test_replicates_that_cannot_be_are_refused():
    for wrong in ([1] * 4, [1, 1, 1, 2], [1, 2]):
        with pytest.raises(ValueError, match="replicates"):
            of([1e3] * 4, replicates=np.array(wrong))


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match="of 2 draws"):
        judge({"it": MISS}, {"miss": np.zeros(3)}, np.ones(2, bool))
    with pytest.raises(ValueError, match="at least one"):
        judge({"it": MISS}, {}, np.ones(0, bool))


def test_requirements_are_judged_in_the_order_of_the_file():
    load = asked(quantity="peak_load", below="4 g", probability="99 %")
    ends = {"miss": np.array([1e3, 2e4]), "peak_load": np.array([3.0, 4.5])}
    found = judge({"landing": MISS, "load": load}, ends, np.array([True, True]))
    assert [(one.name, one.met) for one in found] == [("landing", 1), ("load", 1)]
    assert judge({}, ends, np.array([True, True])) == ()
