"""Draws follow their distributions, and nothing but seed, number and key."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from yaan.base.units import parse
from yaan.campaign.draws import Column, deviations, draw, markov, told_kind, uniforms
from yaan.description.dispersions import DispersionSpec
from yaan.description.quantity import FILE
from yaan.mission.dispersed import DENSITY, EPOCH, NUMBER, WHOLE, WIND, Drawn

COUNT = 20_000
LEAST = 1e-4
"""Of a test of Kolmogorov and Smirnov: what follows its distribution fails so rarely, and the seed
is fixed, so that it fails always or never."""

FAR = 5.0
"""Standard errors; beyond lies one in a million of what is right."""


def spec(**keys: Any) -> DispersionSpec:
    return DispersionSpec.model_validate(keys, context=FILE)


def mass(**keys: Any) -> Drawn:
    return Drawn("capsule.mass", spec(**keys), NUMBER, 5300.0, "mass")


def one(drawn: Drawn, count: int = COUNT, **how: Any) -> Column:
    (column,) = draw([drawn], 7, 0, count, **how)
    return column


def profile(kind: str, *sigma: str) -> Drawn:
    told = {
        "height": ["0 km", "100 km"],
        "sigma": list(sigma),
        "correlation": "10 km",
        "spacing": "5 km",
    }
    return Drawn(f"environment.{kind}", spec(profile=told), kind, 0.0, None)


def test_the_generator_is_the_one_that_it_was():
    found = uniforms(1, "capsule.mass", 0, 2, 2)
    expected = [
        [0.1137672680247403, 0.21446768037034675],
        [0.6743970419432976, 0.44326145264798805],
    ]
    assert found.tolist() == expected


@pytest.mark.parametrize("width", [1, 4, 5, 42])
def test_a_draw_is_the_same_however_many_there_are(width: int):
    every = uniforms(3, "a.b", 0, 50, width)
    assert np.array_equal(uniforms(3, "a.b", 17, 9, width), every[17:26])
    assert np.array_equal(uniforms(3, "a.b", 49, 1, width), every[49:])
    assert np.array_equal(uniforms(3, "a.b", 0, 50, 1)[:, 0], every[:, 0])


def test_seeds_keys_draws_and_numbers_are_independent():
    rows = [uniforms(seed, key, 0, COUNT, 9) for seed in (1, 2) for key in ("a.b", "a.c")]
    table = np.concatenate(rows, axis=1)
    apart = np.corrcoef(table, rowvar=False) - np.eye(table.shape[1])
    after = [np.corrcoef(x[1:], x[:-1])[0, 1] for x in table.T]
    assert np.abs(apart).max() < FAR / np.sqrt(COUNT)
    assert np.abs(after).max() < FAR / np.sqrt(COUNT)
    assert table.min() > 0.0
    assert table.max() < 1.0


def test_a_key_is_drawn_alike_whatever_else_is_drawn():
    alone = one(mass(normal="1 %"), 40)
    other = Drawn("a.b", spec(normal=0.1), NUMBER, 1.0, None)
    beside = draw([other, profile(DENSITY, "5 %", "5 %"), mass(normal="1 %")], 7, 0, 40)[2]
    later = draw([mass(normal="1 %")], 7, 25, 3)[0]
    assert np.array_equal(alone.values, beside.values)
    assert np.array_equal(alone.values[25:28], later.values)


@pytest.mark.parametrize(
    ("told", "law"),
    [
        ({"normal": "1 %"}, stats.norm(5300.0, 53.0)),
        ({"normal": "0.02 t"}, stats.norm(5300.0, 20.0)),
        ({"normal": "1 %", "truncated": 2.0}, stats.truncnorm(-2.0, 2.0, 5300.0, 53.0)),
        ({"uniform": ["-1 %", "3 %"]}, stats.uniform(5247.0, 212.0)),
        ({"uniform": ["5 kg", "9 kg"]}, stats.uniform(5305.0, 4.0)),
        ({"triangular": ["-20 kg", "60 kg"]}, stats.triang(0.25, 5280.0, 80.0)),
        ({"triangular": ["0 kg", "60 kg"]}, stats.triang(0.0, 5300.0, 60.0)),
        ({"log_normal": "10 %"}, stats.lognorm(0.1, 0.0, 5300.0)),
    ],
)
def test_values_follow_their_distribution(told: dict[str, Any], law: Any):
    values = one(mass(**told)).values
    assert stats.kstest(values, law.cdf).pvalue > LEAST
    error = law.std() / np.sqrt(COUNT)
    assert abs(values.mean() - law.mean()) < FAR * error
    # The variance of a sample variance, of the fourth moment.
    fourth = float(law.stats("k")) + 3.0
    wide = law.var() * np.sqrt((fourth - 1.0) / COUNT)
    assert abs(values.var() - law.var()) < FAR * wide


def test_what_is_cut_off_stays_within():
    cut = one(mass(normal="1 kg", truncated=1.5)).values
    assert np.abs(cut - 5300.0).max() <= 1.5
    assert np.abs(cut - 5300.0).max() > 1.49


def test_a_scale_moves_the_same_draws_further_out():
    for told in ({"normal": "1 %", "truncated": 2.0}, {"uniform": ["-3 kg", "4 kg"]}):
        once, twice = (one(mass(**told), 30, scale=k).values - 5300.0 for k in (1.0, 2.0))
        assert twice == pytest.approx(2.0 * once, rel=1e-9)
    assert np.array_equal(one(mass(normal="1 %"), 9, scale=0.0).values, np.full(9, 5300.0))


def test_the_first_draw_may_be_the_mission_as_it_is():
    keys = [mass(normal="1 %"), profile(DENSITY, "5 %", "15 %"), profile(WIND, "10 m/s", "10 m/s")]
    plain, first = (draw(keys, 7, 0, 5, nominal=asked) for asked in (False, True))
    assert first[0].written(0) == "5300.0 kg"
    assert set(first[1].written(0)["scale"]) == {1.0}
    assert set(first[2].written(0)["east"]) == {"0.0 m/s"}
    for a, b in zip(plain, first, strict=True):
        assert np.array_equal(a.values[1:], b.values[1:])
    later = draw(keys, 7, 1, 4, nominal=True)
    assert np.array_equal(later[0].values, plain[0].values[1:])


def test_units_of_a_stage_are_drawn_alone():
    scale = Drawn("a.thrust_scale", spec(normal="1 %", units=2), NUMBER, 1.0, None)
    values = one(scale).values
    assert values.shape == (COUNT, 2)
    assert abs(np.corrcoef(values, rowvar=False)[0, 1]) < FAR / np.sqrt(COUNT)  # pyright: ignore[reportIndexIssue]
    assert one(scale, 3).written(1) == values[1].tolist()


def test_a_lift_that_follows_the_drag_is_drawn_as_their_ratio():
    drag = Drawn("drag", spec(normal="5 %"), NUMBER, 1.0, None)
    lift = Drawn("lift", spec(normal="3 %", follows="drag"), NUMBER, 0.85, None)
    lifted, dragged = draw([lift, drag], 7, 0, COUNT)
    ratio = lifted.values / dragged.values
    assert abs(np.corrcoef(ratio, dragged.values)[0, 1]) < FAR / np.sqrt(COUNT)
    assert ratio.std() == pytest.approx(0.85 * 0.03, rel=FAR / np.sqrt(2.0 * COUNT))


def test_a_process_correlates_as_its_closed_form():
    knots = np.array([0.0, 1.0, 2.5, 7.0, 20.0]) * 1e3
    found = markov(knots.tolist(), 4e3, uniforms(5, "p", 0, COUNT, len(knots)))
    expected = np.exp(-np.abs(knots[:, None] - knots) / 4e3)
    errors = (1.0 - expected**2) / np.sqrt(COUNT)  # of a sample correlation
    apart = np.abs(np.corrcoef(found, rowvar=False) - expected)
    assert np.all(apart <= FAR * errors + 1e-12)
    assert np.abs(found.var(axis=0) - 1.0).max() < FAR * np.sqrt(2.0 / COUNT)
    assert np.abs(found.mean(axis=0)).max() < FAR / np.sqrt(COUNT)


def test_a_density_has_the_sigma_that_it_was_told():
    column = one(profile(DENSITY, "5 %", "15 %"))
    values, knots = column.values[:, 0], np.array(column.knots)
    sigma = 0.05 + 0.10 * knots / 100e3
    assert values.shape == (COUNT, 21)
    assert np.all(np.abs(values.mean(axis=0) - 1.0) < FAR * sigma / np.sqrt(COUNT))
    # Excess kurtosis of a log-normal of 15 % is 0.37, which widens the error of its variance.
    assert np.all(np.abs(values.std(axis=0) / sigma - 1.0) < FAR * np.sqrt(0.6 / COUNT))
    process = np.log(values) / np.sqrt(np.log1p(sigma**2))
    expected = np.exp(-5e3 / 10e3)
    found = [np.corrcoef(process[:, k], process[:, k + 1])[0, 1] for k in range(20)]
    assert np.abs(np.array(found) - expected).max() < FAR * (1.0 - expected**2) / np.sqrt(COUNT)
    assert one(profile(DENSITY, "15 %", "15 %"), scale=4.0).values.min() > 0.0


def test_a_wind_has_two_components_of_their_own():
    values = one(profile(WIND, "10 m/s", "10 m/s")).values
    assert values.shape == (COUNT, 2, 21)
    assert values.std(axis=0) == pytest.approx(10.0, rel=FAR / np.sqrt(2.0 * COUNT))
    assert abs(np.corrcoef(values[:, 0, 4], values[:, 1, 4])[0, 1]) < FAR / np.sqrt(COUNT)


def test_values_are_written_to_the_last_digit():
    column = one(mass(normal="1 %"), 20)
    for row in range(20):
        assert parse(column.written(row), "mass") == column.values[row]
    told = one(profile(DENSITY, "5 %", "15 %"), 2).written(1)
    assert [parse(h, "length") for h in told["height"]] == [5e3 * k for k in range(21)]


def test_epochs_and_seeds():
    begun = Drawn("e", spec(uniform=["0 s", "5 s"]), EPOCH, "2027-01-15T23:59:58.5 UTC", None)
    column = draw([begun], 1, 0, 200)[0]
    assert column.values.min() >= 0.0
    assert column.values.max() <= 5.0
    late = next(row for row, x in enumerate(column.values) if x > 1.5)
    assert column.written(late).startswith("2027-01-16T00:00:0")
    noise = Drawn("navigation.draw", spec(seed=True), WHOLE, 0.0, None)
    numbers = [draw([noise], 1, 0, 100)[0].written(row) for row in range(100)]
    assert all(isinstance(x, int) and 0 <= x < 2**31 for x in numbers)
    assert len(set(numbers)) == 100


@pytest.mark.parametrize("u", [2.0**-54, 0.5, 1.0 - 2.0**-53])
def test_no_probability_leads_beyond_all_numbers(u: float):
    for told in ({"normal": "1 kg"}, {"normal": "1 kg", "truncated": 0.1}, {"log_normal": "9 %"}):
        assert np.isfinite(deviations(spec(**told), "mass", np.array([u]))).all()


def test_distributions_are_told_in_words():
    assert told_kind(spec(normal="1 %", truncated=3.0)) == "normal, sigma 1 %, cut off at 3 sigma"
    assert told_kind(spec(uniform=["-1 %", "1 %"])) == "uniform, -1 % to 1 %"
