"""Draws follow their distributions, and nothing but seed, number and key."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from yaan.base.units import parse
from yaan.campaign.draws import (
    Column,
    deviations,
    draw,
    markov,
    replicate_of,
    told_kind,
    uniforms,
)
from yaan.campaign.sobol import DIMENSIONS, points, scores
from yaan.description.dispersions import DispersionSpec
from yaan.description.quantity import FILE
from yaan.mission.dispersed import CHOICE, DENSITY, EPOCH, NUMBER, WHOLE, WIND, Drawn

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


def discrete(**told: Any) -> Drawn:
    given = spec(discrete={"values": ["8.2 t", "8.4 t", "9 t"], **told})
    return Drawn("m", given, NUMBER, 8100.0, "mass", (8200.0, 8400.0, 9000.0), "8100.0 kg")


def test_values_come_by_their_probabilities():
    column = one(discrete(probabilities=[0.7, 0.1]))
    counts = [int((column.values == value).sum()) for value in (8200.0, 8400.0, 9000.0)]
    assert sum(counts) == COUNT
    assert stats.chisquare(counts, np.array([0.7, 0.1, 0.2]) * COUNT).pvalue > LEAST
    assert {column.written(row) for row in range(200)} == {"8.2 t", "8.4 t", "9 t"}
    never = one(discrete(probabilities=[0.0, 1.0, 0.0])).values
    assert set(never) == {8400.0}


def test_no_scale_moves_given_values_and_the_nominal_draw_is_as_the_file_is():
    asked = discrete(probabilities=["70 %", "10 %"])
    plain, scaled = (one(asked, 50, scale=k) for k in (1.0, 3.0))
    assert np.array_equal(plain.values, scaled.values)
    calm = one(asked, 50, nominal=True)
    assert (calm.values[0], calm.written(0)) == (8100.0, "8100.0 kg")
    assert np.array_equal(calm.values[1:], plain.values[1:])


def test_a_choice_is_told_by_its_place():
    given = spec(discrete={"values": [None, True, "word"], "probabilities": [0.4, 0.3]})
    column = one(Drawn("f", given, CHOICE, -1.0, None, (0.0, 1.0, 2.0), None), 60, nominal=True)
    assert column.written(0) is None
    assert column.values[0] == -1.0
    words = [column.written(row) for row in range(1, 60)]
    assert words == [[None, True, "word"][int(place)] for place in column.values[1:]]
    assert told_kind(given) == "one of nothing (40 %), true (30 %), word (30 %)"


def test_a_table_is_drawn_by_its_quantiles():
    sample = [-30.0, 4.0, 10.0, 1.0]
    drawn = mass(table={"values": sample, "unit": "kg"})
    off = one(drawn).values - 5300.0
    levels = np.array([0.01, 0.2, 0.5, 0.9])
    exact = np.quantile(sample, levels)
    for level, at in zip(levels, exact, strict=True):
        error = np.sqrt(level * (1.0 - level) / COUNT)
        assert abs((off <= at).mean() - level) < FAR * error
    assert off.min() >= -30.0
    assert off.max() <= 10.0
    twice = one(drawn, 40, scale=2.0).values - 5300.0
    assert twice == pytest.approx(2.0 * off[:40], rel=1e-9)


def test_an_absolute_table_has_values_of_the_key():
    drawn = mass(table={"values": ["5.1 t", "5200 kg"], "absolute": True})
    column = one(drawn, 500, nominal=True)
    assert column.written(0) == "5300.0 kg"
    assert 5100.0 <= column.values[1:].min() < 5101.0
    assert 5199.0 < column.values[1:].max() <= 5200.0
    twice = one(drawn, 500, scale=2.0).values[1:]
    assert twice - 5300.0 == pytest.approx(2.0 * (column.values[1:] - 5300.0))
    shares = one(mass(table={"values": [-1, 2], "unit": "%"}), 500).values
    assert 5247.0 <= shares.min() < shares.max() <= 5406.0


def group(**correlations: dict[str, float]) -> list[Drawn]:
    return [
        Drawn(key, spec(normal=2.0, correlated=told), NUMBER, 1.0, None)
        for key, told in correlations.items()
    ]


def test_normal_keys_of_a_group_have_the_correlation_that_they_were_told():
    keys = group(c={}, b={"c": -0.6}, a={"b": 0.5, "c": 0.2}, d={})
    values = np.stack([column.values for column in draw(keys, 7, 0, COUNT)])
    expected = np.eye(4)
    for i, j, value in ((0, 1, -0.6), (2, 1, 0.5), (2, 0, 0.2)):
        expected[i, j] = expected[j, i] = value
    errors = (1.0 - expected**2) / np.sqrt(COUNT)
    assert np.all(np.abs(np.corrcoef(values) - expected) <= FAR * errors + 1e-12)
    for line in values:
        assert stats.kstest(line, stats.norm(1.0, 2.0).cdf).pvalue > LEAST


def test_a_group_moves_no_other_key_and_its_order_moves_nothing():
    plain = draw(group(a={}, b={}, d={}), 7, 0, 90)
    keys = group(a={"b": 0.5}, b={}, d={})
    together = draw(keys, 7, 0, 90)
    turned = draw([keys[2], keys[1], keys[0]], 7, 0, 90)[::-1]
    for index, (one_, same) in enumerate(zip(together, turned, strict=True)):
        assert np.array_equal(one_.values, same.values)
        assert np.array_equal(one_.values, plain[index].values) == (index != 1)
        part = draw(keys, 7, 31, 7)[index]
        assert np.array_equal(part.values, one_.values[31:38])


def test_keys_that_follow_from_each_other_are_the_same_number():
    keys = group(a={"b": 1.0, "c": -1.0}, b={"c": -1.0}, c={})
    a, b, c = (column.values - 1.0 for column in draw(keys, 7, 0, 500))
    assert b == pytest.approx(a, abs=1e-7)
    assert c == pytest.approx(-a, abs=1e-7)


def test_any_distribution_of_a_group_keeps_its_own():
    drawn = [
        Drawn("a", spec(uniform=[0.0, 1.0]), NUMBER, 0.0, None),
        Drawn("b", spec(triangular=[-1.0, 1.0], correlated={"a": 0.8}), NUMBER, 0.0, None),
    ]
    a, b = (column.values for column in draw(drawn, 7, 0, COUNT))
    assert stats.kstest(a, stats.uniform().cdf).pvalue > LEAST
    assert stats.kstest(b, stats.triang(0.5, -1.0, 2.0).cdf).pvalue > LEAST
    # Of a Gaussian copula, Spearman's is 6 / pi arcsin(rho / 2).
    rank = float(stats.spearmanr(a, b).statistic)  # pyright: ignore
    assert rank == pytest.approx(6.0 / np.pi * np.arcsin(0.4), abs=FAR / np.sqrt(COUNT))


SMOOTH = [Drawn(f"k{i}", spec(uniform=[0.0, 1.0]), NUMBER, 0.0, None) for i in range(4)]


def sobol(first: int, count: int, seed: int = 7, replicates: int = 1) -> Any:
    how: dict[str, Any] = {"sequence": "sobol", "replicates": replicates}
    return np.stack([one.values for one in draw(SMOOTH, seed, first, count, **how)], axis=1)


def test_the_plain_sequence_is_that_of_scipy():
    engine = stats.qmc.Sobol(7, scramble=False, bits=32)
    expected = np.asarray(engine.random(64))
    index = np.arange(64)
    gray = index ^ (index >> 1)
    for dimension in range(7):
        found = points(gray, dimension)
        assert found is not None
        assert np.array_equal(found / 2.0**32, expected[:, dimension])
    assert points(index, DIMENSIONS) is None


@pytest.mark.parametrize("replicates", [1, 4, 5])
def test_a_point_is_the_same_however_many_there_are(replicates: int):
    every = sobol(0, 60, replicates=replicates)
    parts = [sobol(first, 7, replicates=replicates) for first in range(0, 49, 7)]
    assert np.array_equal(np.concatenate(parts), every[:49])


def test_every_replicate_is_a_net_of_its_own():
    count, replicates = 512, 4
    every = sobol(0, count * replicates, replicates=replicates)
    turns = replicate_of(np.arange(count * replicates), replicates)
    assert np.bincount(turns).tolist() == [count] * replicates
    nets = [every[turns == turn] for turn in range(replicates)]
    for net in nets:
        for line in net.T:
            assert sorted(np.floor(line * count)) == list(range(count))
        # The first two dimensions are a (0, m, 2)-net: every box of 1/8 by 1/64 has one point.
        boxes = np.floor(net[:, 0] * 8) * 64 + np.floor(net[:, 1] * 64)
        assert len(set(boxes)) == count
    assert not np.array_equal(sobol(0, 9), sobol(0, 9, seed=8))


def test_replicates_err_alone():
    means = [sobol(0, 32, seed, replicates=4).reshape(8, 4, 4).mean(axis=0) for seed in range(200)]
    errors = np.array(means).transpose(0, 2, 1).reshape(-1, 4)  # [seeds and keys, replicates]
    apart = np.corrcoef(errors, rowvar=False) - np.eye(4)
    assert np.abs(apart).max() < FAR / np.sqrt(len(errors))


def test_single_points_are_uniform_over_scrambles():
    words = uniforms(3, "scrambles", 0, COUNT, 1)[:, 0] * 2.0**53
    for plain in (0, 12345678):
        found = scores(np.full(COUNT, plain, dtype=np.uint64), words.astype(np.uint64))
        assert stats.kstest(found, stats.uniform().cdf).pvalue > LEAST
        assert 0.0 < found.min() < found.max() < 1.0


def test_the_mean_of_a_smooth_function_converges_faster():
    def errors(sequence: Any, count: int) -> float:
        squares = list[float]()
        for seed in range(20):
            lines = draw(SMOOTH, seed, 0, count, sequence=sequence)
            value = np.prod([1.0 + (line.values - 0.5) for line in lines], axis=0)
            squares.append((float(value.mean()) - 1.0) ** 2)
        return float(np.sqrt(np.mean(squares)))

    assert errors("sobol", 1024) < errors("random", 1024) / 50.0
    rate = np.log2(errors("sobol", 64) / errors("sobol", 1024)) / 4.0
    assert rate > 1.2  # of a random mean 0.5; of scrambled nets 1.5, but for logarithms


def test_replicates_give_an_unbiased_mean_and_its_error():
    every = sobol(0, 32 * 64, replicates=32)
    turns = replicate_of(np.arange(len(every)), 32)
    means = np.array([np.exp(every[turns == turn]).mean(axis=0) for turn in range(32)])
    error = means.std(axis=0, ddof=1) / np.sqrt(32)
    assert np.all(np.abs(means.mean(axis=0) - (np.e - 1.0)) < FAR * error)


def test_profiles_and_seeds_stay_as_they_were():
    keys = [profile(DENSITY, "5 %", "5 %"), Drawn("n.draw", spec(seed=True), WHOLE, 0.0, None)]
    plain = draw(keys, 7, 0, 9)
    for one_, same in zip(plain, draw(keys, 7, 0, 9, sequence="sobol"), strict=True):
        assert np.array_equal(one_.values, same.values)
    with pytest.raises(ValueError, match="0 replicates"):
        draw(keys, 7, 0, 9, sequence="sobol", replicates=0)
